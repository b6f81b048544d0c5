"""How likely a case is to take a flow at least once, by the written shares.

Where a case comes without going round, its chances are handed on from the start: a choice hands each branch its share,
a parallel split each of its branches all. In a part in which ways lead round, what comes into it solves linear
equations (Kemeny and Snell, Finite Markov Chains, 1960), and so does the chance to take the flow from where the part is
entered. What lies in a sub-process, or in a pool that a message opens, is met when the step that begins it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from operator import mul

import numpy as np
from numpy.typing import NDArray

from bpmn.control_flow import ControlFlow, Vertex
from bpmn.model import Model
from bpmn.relations.circles import circles
from bpmn.routing import exclusive_shares, own_share, routes_on

#: Rounds of the solver, and the change after which it stops.
_ROUNDS, _CLOSE = 500, 1e-10
#: Steps of the solver in all, after which no more is computed.
_MOST = 1_000_000
#: Vertices of the largest part that is solved as equations.
_MOST_PLACES = 2_500
#: Kinds of vertices out of which one arc is taken, and those that take or wait for several.
_ONE, _MANY = frozenset(("exclusive-split",)), frozenset(("parallel-join", "inclusive-join", "inclusive-split"))


class Chances:
    """The chances of the flows of a model; exact where branches that run at once do not end apart.

    Cost: linear for all flows together, but for flows in loops, each of which costs the size of its loop.
    """

    def __init__(self, model: Model, flow: ControlFlow) -> None:
        self._model, self._flow = model, flow
        self._routed = routes_on(model, flow)
        self._left = _MOST
        self._solutions: dict[int, NDArray[np.float64] | None] = {}

    def unwritten(self, flow: str) -> tuple[str, ...]:
        """The flow itself, where it leaves a choice and no share is written on it or follows from the others."""
        way = self._model.flow.get(flow)
        if way is None or way.probability is not None:
            return (flow,) if way is not None and way.share_source == "suggested" else ()
        others = [branch for branch in self._model.outgoing[way.source] if branch.id != flow]
        if not others or all(branch.probability is not None for branch in others):
            return ()
        return (flow,)

    def at_least_once(self, flow: str) -> float | None:
        """The share of cases that take a sequence flow at least once; None where that takes too long to compute."""
        wanted = next((number for number, arc in enumerate(self._flow.arcs) if arc.flow == flow), None)
        if wanted is None:
            return 0.0
        vertex, seen = self._flow.arcs[wanted].source, set[int]()
        chance = self._from_start(vertex, wanted, 0.0)
        while vertex not in seen:
            seen.add(vertex)
            around = self._begun_by(self._flow.vertices[vertex].scope)
            if around is None:
                return None if self._left < 0 else chance
            vertex = around
            chance = self._from_start(vertex, -1, 1.0 - pow(1.0 - chance, self._rounds(vertex)))
        return None if self._left < 0 else chance

    def _begun_by(self, number: int) -> int | None:
        """The vertex that begins a scope: the sub-process it is, or what sends the message that opens its pool."""
        scope = self._flow.scopes[number]
        if scope.triggered:
            return None
        if scope.node:
            return self._flow.main.get(scope.node)
        senders = {source for start in scope.starts for source in self._opened_by.get(start, ())}
        return senders.pop() if len(senders) == 1 else None

    @cached_property
    def _opened_by(self) -> Mapping[int, Sequence[int]]:
        """The offices' vertices that send to each start."""
        found: dict[int, list[int]] = {}
        for message in self._flow.messages:
            if message.source >= 0 and message.target >= 0:
                process = self._model.node[self._flow.vertices[message.source].node].process
                if process not in self._model.applicant_processes:
                    found.setdefault(message.target, []).append(message.source)
        return found

    def _rounds(self, vertex: int) -> float:
        node = self._model.node[self._flow.vertices[vertex].node]
        return node.repeat if node.loop is not None and node.repeat else 1.0

    # From the start of a scope.

    def _from_start(self, vertex: int, wanted: int, passing: float) -> float:
        """The chance of what begins a scope to take an arc, or to pass a vertex to which another chance belongs."""
        around = self._members[self._circle[vertex]]
        met = self._met_from(self._circle[vertex])
        if met is not None:
            return self._solved(vertex, wanted, passing, met)
        chance = dict.fromkeys(around, 0.0)
        for _ in range(_ROUNDS):
            change = 0.0
            for number in reversed(around):
                value = self._value(number, wanted, chance)
                if number == vertex and passing:
                    value = 1.0 - (1.0 - passing) * (1.0 - value)
                change = max(change, abs(value - chance[number]))
                chance[number] = value
            self._left -= len(around)
            if change < _CLOSE or len(around) == 1 or self._left < 0:
                break
        return min(1.0, sum(self._entered[number] * chance[number] for number in around))

    def _solved(self, vertex: int, wanted: int, passing: float, met: NDArray[np.float64]) -> float:
        """The same in a part of choices: how often it happens, over how often it does once it has."""
        around = self._members[self._circle[vertex]]
        place = {number: row for row, number in enumerate(around)}
        entered = np.array([self._entered[number] for number in around])
        column = met[:, place[vertex]]
        if wanted < 0:
            share, again = passing, column[place[vertex]] - 1.0
        else:
            share, target = self._share[wanted], self._flow.arcs[wanted].target
            again = column[place[target]] if target in place else 0.0
        return float(min(1.0, entered @ column * share / (1.0 + share * again)))

    def _met_from(self, circle: int) -> NDArray[np.float64] | None:
        """How often each vertex of a part is met from each; None where it is too large or not all of it chooses."""
        if circle not in self._solutions:
            self._solutions[circle] = self._inverted(self._members[circle])
        return self._solutions[circle]

    def _inverted(self, around: Sequence[int]) -> NDArray[np.float64] | None:
        place = {number: row for row, number in enumerate(around)}
        matrix = np.eye(len(around)) if 1 < len(around) <= _MOST_PLACES else None
        for number in around if matrix is not None else ():
            vertex = self._flow.vertices[number]
            if vertex.kind in _MANY or (vertex.kind not in _ONE and len(vertex.leaving) > 1):
                return None
            for arc in vertex.leaving:
                if matrix is not None and (target := place.get(self._flow.arcs[arc].target)) is not None:
                    matrix[place[number], target] -= self._share[arc]
        try:
            return None if matrix is None else np.linalg.inv(matrix).astype(np.float64)
        except np.linalg.LinAlgError:
            return None

    def _value(self, number: int, wanted: int, chance: Mapping[int, float]) -> float:
        vertex = self._flow.vertices[number]
        ways = [1.0 if arc == wanted else chance.get(self._flow.arcs[arc].target, 0.0) for arc in vertex.leaving]
        shares = [self._share[arc] for arc in vertex.leaving]
        if vertex.kind == "exclusive-split":
            return float(sum(map(mul, shares, ways)))
        if vertex.kind == "inclusive-split":
            least = min(ways)
            return max(share * way + (1 - share) * least for share, way in zip(shares, ways, strict=True))
        return float(max(map(mul, shares, ways), default=0.0))

    # How often each vertex is come to.

    @cached_property
    def _entered(self) -> Sequence[float]:
        """How often what begins a scope comes to each vertex from outside the part in which it goes round."""
        entered = [0.0] * len(self._flow.vertices)
        for scope in self._flow.scopes:
            for start in scope.starts:
                entered[start] = 1.0 if scope.together else 1.0 / len(scope.starts)
        for around in reversed(self._members):
            met = self._met(around, entered)
            for number in around:
                for arc in self._flow.vertices[number].leaving:
                    target = self._flow.arcs[arc].target
                    if self._circle[target] != self._circle[number]:
                        entered[target] = self._with(target, entered[target], met[number] * self._share[arc])
        return entered

    def _with(self, number: int, times: float, more: float) -> float:
        """What comes to a vertex where more comes: a join waits for all, so that one of its ways tells of it."""
        return max(times, more) if self._flow.vertices[number].kind == "parallel-join" else times + more

    def _met(self, around: Sequence[int], entered: Sequence[float]) -> Mapping[int, float]:
        """How often each vertex of a part is met, rounds counted."""
        met = {number: entered[number] for number in around}
        if len(around) == 1:
            return met
        solved = self._met_from(self._circle[around[0]])
        if solved is not None:
            times = np.array([entered[number] for number in around]) @ solved
            return dict(zip(around, times.tolist(), strict=True))
        for _ in range(_ROUNDS):
            change = 0.0
            for number in around:
                value = entered[number]
                for arc in self._flow.vertices[number].entering:
                    source = self._flow.arcs[arc].source
                    if source in met:
                        value = self._with(number, value, met[source] * self._share[arc])
                change = max(change, abs(value - met[number]))
                met[number] = value
            self._left -= len(around)
            if change < _CLOSE or self._left < 0:
                break
        return met

    @cached_property
    def _share(self) -> Sequence[float]:
        """The share of what comes to a vertex that each arc out of it takes."""
        found = [0.0] * len(self._flow.arcs)
        for vertex in self._flow.vertices:
            if vertex.kind == "exclusive-split":
                shares: Sequence[float] = exclusive_shares(self._model, self._flow, vertex)
            elif vertex.kind == "inclusive-split":
                shares = [self._own(arc) for arc in vertex.leaving]
            else:
                shares = [self._passing(vertex)] * len(vertex.leaving)
            for arc, share in zip(vertex.leaving, shares, strict=True):
                found[arc] = share
        return found

    def _own(self, arc: int) -> float:
        taken = self._flow.arcs[arc]
        return own_share(self._model, taken.flow) if taken.role == "choice" else 1.0

    def _passing(self, vertex: Vertex) -> float:
        node = self._model.node.get(vertex.node)
        if vertex.kind != "step" or node is None or node.step is None or node.id in self._routed:
            return 1.0
        return 1.0 - (node.step.rejects or 0.0)

    # The parts in which ways lead round.

    @cached_property
    def _targets(self) -> Sequence[Sequence[int]]:
        return [[self._flow.arcs[arc].target for arc in vertex.leaving] for vertex in self._flow.vertices]

    @cached_property
    def _circle(self) -> Sequence[int]:
        return circles(self._targets)

    @cached_property
    def _members(self) -> Sequence[Sequence[int]]:
        """The vertices of each part, as a case comes by them; the part that is come to last stands first."""
        found: list[list[int]] = [[] for _ in range(max(self._circle, default=-1) + 1)]
        for number in self._onward():
            found[self._circle[number]].append(number)
        return found

    def _onward(self) -> Iterable[int]:
        """The vertices in an order in which each comes after those before it, but for ways that lead round."""
        done: list[int] = []
        seen = [False] * len(self._targets)
        starts = [start for scope in self._flow.scopes for start in scope.starts]
        for root in (*starts, *range(len(self._targets))):
            stack = [] if seen[root] else [(root, iter(self._targets[root]))]
            seen[root] = True
            while stack:
                number, targets = stack[-1]
                target = next(targets, -1)
                if target < 0:
                    done.append(number)
                    stack.pop()
                elif not seen[target]:
                    seen[target] = True
                    stack.append((target, iter(self._targets[target])))
        return reversed(done)
