"""Which gateways follow what a step found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from bpmn.model import Model
from bpmn.relations.materials import Materials
from bpmn.relations.ways import Ways
from bpmn.routing import JUDGING

_CHOICES = frozenset(("exclusive-split", "inclusive-split"))


class Routes:
    """The choices after every step, as FORMAT defines "a gateway routes on a step" (see `bpmn.routing`)."""

    def __init__(self, ways: Ways, materials: Materials) -> None:
        self.ways = ways
        self.flow = ways.flow
        self.model: Model = ways.model
        self.materials = materials
        self._first: dict[int, frozenset[int]] = {}
        self._border = {event.id for events in self.model.boundary_events.values() for event in events}

    def of(self, step: str) -> tuple[str, ...]:
        """The gateways, or steps with conditional flows, that route on a step, in path order."""
        vertex = self.flow.main.get(step)
        if vertex is None:
            return ()
        found = set(self._met_first(vertex))
        for material in self.materials.gives[step]:
            for user in self.materials.read_by.get(material, ()):
                choice = self._choice(user)
                if choice >= 0 and self.ways.leads_later(vertex, choice):
                    found.add(choice)
        ordered = sorted(found, key=self.ways.rank.__getitem__)
        return tuple(dict.fromkeys(self.flow.vertices[choice].node for choice in ordered))

    def _choice(self, user: str) -> int:
        """The choice a flow with a condition leaves, -1 where it is none."""
        known = self.model.flow.get(user)
        if known is None or known.source not in self.flow.main:
            return -1
        return self._choice_of.get(known.source, -1)

    @cached_property
    def _choice_of(self) -> Mapping[str, int]:
        """The choice that stands for each node that has one."""
        return {
            vertex.node: number
            for number, vertex in enumerate(self.flow.vertices)
            if vertex.kind in _CHOICES and not self._is_of_boundary(number)
        }

    def _is_of_boundary(self, vertex: int) -> bool:
        return any(self.flow.vertices[target].node in self._border for target in self.ways.following[vertex])

    def _met_first(self, start: int) -> frozenset[int]:
        """The choices met first after a vertex, with no check, decide or approve before them; each vertex once."""
        stack = [start]
        while stack:
            vertex = stack[-1]
            missing = [v for v in self._on(vertex) if v not in self._first and not self._stops(v)]
            if missing and vertex not in self._first:
                self._first.setdefault(vertex, frozenset())
                stack += missing
                continue
            stack.pop()
            self._first[vertex] = self._gathered(vertex)
        return self._first[start]

    def _gathered(self, vertex: int) -> frozenset[int]:
        found: list[frozenset[int]] = []
        for target in self._on(vertex):
            if self._is_choice(target):
                found.append(frozenset((target,)))
            elif not self._stops(target):
                found.append(self._first.get(target, frozenset()))
        return found[0] if len(found) == 1 else frozenset().union(*found)

    def _on(self, vertex: int) -> Sequence[int]:
        return [target for target in self._ways_on[vertex] if self.flow.vertices[target].node not in self._border]

    @cached_property
    def _ways_on(self) -> Sequence[Sequence[int]]:
        """The vertices after each one by flows and loops back, not by messages."""
        found = [list(targets) for targets in self.ways.in_pools]
        for source, target in self.ways.backs:
            found[source].append(target)
        return found

    def _is_choice(self, vertex: int) -> bool:
        return self.flow.vertices[vertex].kind in _CHOICES and not self._is_of_boundary(vertex)

    def _stops(self, vertex: int) -> bool:
        """Whether the walk goes no further: at a choice, or at a step that judges itself."""
        if self._is_choice(vertex):
            return True
        found = self.flow.vertices[vertex]
        step = self.model.node[found.node].step
        return found.kind == "step" and step is not None and step.kind in JUDGING
