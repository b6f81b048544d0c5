"""How likely a case is to take a flow at least once, by the written shares."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from bpmn.control_flow import ControlFlow, Vertex
from bpmn.model import Model
from bpmn.routing import exclusive_shares, routes_on

#: Rounds of the solver, and the change after which it stops.
_ROUNDS, _CLOSE = 2_000, 1e-12
#: Share of a conditional flow where the file names none.
_EVEN = 0.5


class Chances:
    """The chances of the arcs of a model's token game.

    The chance to meet an arc from a vertex solves: an exclusive choice takes the mean over its branches, a parallel
    split the largest (an arc lies in one branch, or behind the join of all), a step the share it does not turn down.
    It is exact where branches that run at once do not end apart; solved by Gauss and Seidel from the arc backwards.
    """

    def __init__(self, model: Model, flow: ControlFlow) -> None:
        self._model, self._flow = model, flow
        self._routed = routes_on(model, flow)

    def unwritten(self, flow: str) -> tuple[str, ...]:
        """The flow itself, where it leaves a choice and no share is written on it or follows from the others."""
        way = self._model.flow.get(flow)
        if way is None or way.probability is not None:
            return ()
        branches = self._model.outgoing[way.source]
        others = [branch for branch in branches if branch.id != flow]
        if not others or all(branch.probability is not None for branch in others):
            return ()
        return (flow,)

    def at_least_once(self, flow: str) -> float:
        """The share of cases that take a sequence flow at least once."""
        arcs = [number for number, arc in enumerate(self._flow.arcs) if arc.flow == flow]
        if not arcs:
            return 0.0
        wanted = self._flow.arcs[arcs[0]]
        around = self._before(wanted.source)
        chance = dict.fromkeys(around, 0.0)
        for _ in range(_ROUNDS):
            change = 0.0
            for number in around:
                value = self._value(number, arcs[0], chance)
                change = max(change, abs(value - chance[number]))
                chance[number] = value
            if change < _CLOSE:
                break
        return max(
            (self._begun(scope, chance) for scope in range(len(self._flow.scopes)) if self._is_top(scope)), default=0.0
        )

    def _is_top(self, scope: int) -> bool:
        return not self._flow.scopes[scope].node

    def _begun(self, scope: int, chance: dict[int, float]) -> float:
        starts = [chance.get(start, 0.0) for start in self._flow.scopes[scope].starts]
        return max(starts, default=0.0)

    def _before(self, number: int) -> Sequence[int]:
        """The vertices from which one can be reached, nearest first."""
        seen, waiting = {number: None}, [number]
        for place in waiting:
            for source in self._sources[place]:
                if source not in seen:
                    seen[source] = None
                    waiting.append(source)
        return tuple(seen)

    @cached_property
    def _sources(self) -> list[list[int]]:
        sources: list[list[int]] = [[] for _ in self._flow.vertices]
        for number in range(len(self._flow.vertices)):
            for target in self._targets(number):
                sources[target].append(number)
        return sources

    def _targets(self, number: int) -> list[int]:
        vertex = self._flow.vertices[number]
        found = [self._flow.arcs[arc].target for arc in vertex.leaving]
        if vertex.kind == "enter":
            found += self._flow.scopes[self._flow.scope_of[vertex.node]].starts
        return found

    def _value(self, number: int, wanted: int, chance: dict[int, float]) -> float:
        vertex = self._flow.vertices[number]
        ways = [1.0 if arc == wanted else chance.get(self._flow.arcs[arc].target, 0.0) for arc in vertex.leaving]
        if vertex.kind == "enter":
            inside = self._begun(self._flow.scope_of[vertex.node], chance)
            return max([inside, *ways])
        if not ways:
            return 0.0
        if vertex.kind == "exclusive-split":
            shares = exclusive_shares(self._model, self._flow, vertex)
            return sum(share * way for share, way in zip(shares, ways, strict=True))
        if vertex.kind == "inclusive-split":
            return self._inclusive(vertex, ways)
        return self._passing(vertex) * max(ways)

    def _inclusive(self, vertex: Vertex, ways: Sequence[float]) -> float:
        """Each flow is taken by its own share; what lies behind the join is met by any of them."""
        least = min(ways)
        return max(
            share * way + (1 - share) * least for share, way in zip(map(self._own, vertex.leaving), ways, strict=True)
        )

    def _own(self, arc: int) -> float:
        taken = self._flow.arcs[arc]
        if taken.role != "choice":
            return 1.0
        way = self._model.flow.get(taken.flow)
        if way is not None:
            return _EVEN if way.probability is None else way.probability
        return sum(leaving.probability or 0.0 for leaving in self._model.outgoing.get(taken.flow, ()))

    def _passing(self, vertex: Vertex) -> float:
        node = self._model.node.get(vertex.node)
        if vertex.kind != "step" or node is None or node.step is None or node.id in self._routed:
            return 1.0
        return 1.0 - (node.step.rejects or 0.0)
