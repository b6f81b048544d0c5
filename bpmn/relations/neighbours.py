"""Which steps follow one another in a row, and what lies between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bpmn.model import Node
from bpmn.relations.ways import Ways

#: Steps of these kinds may lie between two steps in a row.
PASSED = frozenset(("forward", "record", "wait"))
#: Neighbours told of one step; a step with more of them is a drawing nobody can read.
MOST = 100


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """Two steps in a row."""

    first: str
    second: str
    #: The nodes between them in path order: gateways, events, frames entered or left, steps of kind forward, record and
    #: wait.
    between: tuple[str, ...] = ()


class Row:
    """Walks on from steps through what may lie between two steps in a row."""

    def __init__(self, ways: Ways) -> None:
        self.ways = ways
        self.model = ways.model
        self.flow = ways.flow
        self.border = {event.id for events in self.model.boundary_events.values() for event in events}
        self._sent: dict[int, set[int]] = {}
        for source, target, _ in ways.messages:
            self._sent.setdefault(source, set()).add(target)

    def after(self, step: str) -> tuple[Neighbour, ...]:
        """The steps in a row with one, nearest first."""
        start = self.flow.main.get(step)
        if start is None:
            return ()
        came_from: dict[int, list[int]] = {start: []}
        stack, met = [start], list[int]()
        while stack and len(met) < MOST:
            vertex = stack.pop()
            for target in self._on(vertex):
                if target in came_from:
                    came_from[target].append(vertex)
                    continue
                came_from[target] = [vertex]
                node = self._node(target)
                if node.is_step and self._is_main(target):
                    met.append(target)
                if self._is_passed(target):
                    stack.append(target)
        met.sort(key=self.ways.rank.__getitem__)
        return tuple(
            Neighbour(first=step, second=self._node(vertex).id, between=self._between(step, vertex, came_from))
            for vertex in met
        )

    def _node(self, vertex: int) -> Node:
        return self.model.node[self.flow.vertices[vertex].node]

    def _is_main(self, vertex: int) -> bool:
        return self.flow.main[self.flow.vertices[vertex].node] == vertex

    def _between(self, first: str, second: int, came_from: dict[int, list[int]]) -> tuple[str, ...]:
        found: dict[int, None] = {}
        stack = [second]
        while stack:
            for vertex in came_from[stack.pop()]:
                if vertex not in found:
                    found[vertex] = None
                    stack.append(vertex)
        nodes = dict.fromkeys(
            self.flow.vertices[vertex].node for vertex in sorted(found, key=self.ways.rank.__getitem__)
        )
        return tuple(node for node in nodes if node not in (first, self._node(second).id))

    def _on(self, vertex: int) -> Iterator[int]:
        """Where the row goes on from a vertex."""
        is_choice = self.flow.vertices[vertex].kind == "exclusive-split"
        sent = self._sent.get(vertex, ())
        targets = [
            target for target in self.ways.following[vertex] if target not in sent and not self._is_border(target)
        ]
        for target in targets:
            if not is_choice or self._do_others_end(target, targets):
                yield target

    def _is_border(self, vertex: int) -> bool:
        return self.flow.vertices[vertex].node in self.border

    def _is_passed(self, vertex: int) -> bool:
        """Whether a vertex may lie between two steps in a row."""
        node = self._node(vertex)
        if node.is_gateway:
            return node.kind not in ("eventBasedGateway", "complexGateway")
        if node.is_frame:
            return node.loop is None and node.kind == "subProcess" and node.id not in self.model.boundary_events
        if node.is_step:
            if not self._is_main(vertex):
                return True
            return node.step is not None and node.step.kind in PASSED
        return node.kind in ("intermediateThrowEvent", "endEvent") or (node.kind == "startEvent" and not node.events)

    def _do_others_end(self, chosen: int, targets: Sequence[int]) -> bool:
        """Whether every other branch of a choice ends the case or leads back: it shares no step with this one."""
        process = self._node(chosen).process
        mine = self.ways.steps_from(chosen, process)
        return not any(mine & self.ways.steps_from(other, process) for other in targets if other != chosen)
