"""Which steps follow one another in a row, and what lies between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

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
        self._known: dict[int, Sequence[int]] = {}

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
                if len(met) >= MOST:
                    break
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

    def _on(self, vertex: int) -> Sequence[int]:
        """Where the row goes on from a vertex."""
        if vertex not in self._known:
            self._known[vertex] = tuple(self._found_on(vertex))
        return self._known[vertex]

    def _found_on(self, vertex: int) -> Iterator[int]:
        targets = [target for target in self.ways.in_pools[vertex] if not self._is_border(target)]
        if self.flow.vertices[vertex].kind != "exclusive-split":
            yield from targets
            return
        # Branches that meet again have the last steps that all of both come to in common.
        meets = Counter(self._last_met[target] for target in targets)
        yield from (target for target in targets if meets[self._last_met[target]] == 1 or self._last_met[target] < 0)

    @cached_property
    def _last_met(self) -> Sequence[int]:
        """Of each vertex the last one on every way from it to the end of its pool behind which steps come; -1 for none.

        Found on the tree of what every way on leads through (post-dominators; Cooper, Harvey and Kennedy 2001).
        """
        parent = self._post_dominators()
        found = [-1] * len(parent)
        is_before_steps = [False] * len(parent)
        for vertex in reversed(self.ways.order):
            is_step = self._node(vertex).is_step and self._is_main(vertex)
            is_before_steps[vertex] = is_step or any(is_before_steps[target] for target in self.ways.in_pools[vertex])
            if not is_before_steps[vertex]:
                continue
            above = parent[vertex]
            found[vertex] = vertex if above < 0 or found[above] < 0 else found[above]
        return found

    def _post_dominators(self) -> Sequence[int]:
        """The next vertex on every way on from each; -1 for none."""
        parent, depth = [-1] * len(self.ways.in_pools), [0] * len(self.ways.in_pools)
        for vertex in reversed(self.ways.order):
            targets = self.ways.in_pools[vertex]
            common = targets[0] if targets else -1
            for target in targets[1:]:
                common = _common(parent, depth, common, target)
            parent[vertex] = common
            depth[vertex] = depth[common] + 1 if common >= 0 else 0
        return parent

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


def _common(parent: Sequence[int], depth: Sequence[int], one: int, other: int) -> int:
    """The nearest vertex above two in a tree, each counted as above itself; -1 for none."""
    while one != other and one >= 0 and other >= 0:
        if depth[one] >= depth[other]:
            one = parent[one]
        else:
            other = parent[other]
    return one if one == other else -1
