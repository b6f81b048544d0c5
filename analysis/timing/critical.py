"""The longest way through a procedure: by the limits of its steps, or by their expected time.

Of branches the longest counts, whether all are awaited or one is chosen. By limits a loop counts once, with its way
back; by expected time it counts as often as a mean case goes round. Times of other clocks are taken as the open seconds
of the procedure that pass meanwhile on average: of the calendar, as many as a mean week has; of a unit with other
hours, a day for a day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from analysis.runs import Edge, best_run
from analysis.timing.structure import Structure
from bpmn.block import Block, Exclusive, Frame, Inclusive, Leaf, Loop, Parallel, Rest, fold
from bpmn.control_flow import ControlFlow
from bpmn.model import Model, Node

#: More places than that are not solved as equations; their loops then count once.
_MOST_PLACES = 1_500


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way through a procedure."""

    #: Working seconds of the procedure's hours.
    seconds: float
    #: The steps on it, in their order.
    steps: tuple[str, ...]
    #: Between which moments: "accept-decide", "accept-end" or "start-end".
    span: str


def critical_path(model: Model, *, between_clocks: bool = False, structure: Structure | None = None) -> Way:
    """The way that takes longest by expected times.

    Of the whole case; or, `between_clocks`, as the legal and promised clocks run: from the end of the first accept to
    the end of the first decide after it, with clock-stops and the applicant's own time as 0. Nobody waits for people.
    `structure` is that of the model, where it is known already.
    """
    return _longest(structure or Structure(model), by_limits=False, between_clocks=between_clocks)


def longest_way(model: Model, *, structure: Structure | None = None) -> Way:
    """The way with the longest step limits, as the legal and promised clocks run.

    A step without a limit adds its expected time. Clock-stops and the applicant's own time are 0.
    """
    return _longest(structure or Structure(model), by_limits=True, between_clocks=True)


class _Walk(NamedTuple):
    """What is met on a way: its seconds, its steps as a tree of pairs, and the share of cases not turned down on it."""

    seconds: float = 0.0
    steps: Any = None
    passes: float = 1.0


_NOTHING = _Walk()


class _Longer:
    """How ways are put together."""

    nothing = _NOTHING

    def add(self, one: _Walk, other: _Walk) -> _Walk:
        """One after the other."""
        if other.steps is None or one.steps is None:
            steps = one.steps if other.steps is None else other.steps
        else:
            steps = (one.steps, other.steps)
        return _Walk(one.seconds + other.seconds, steps, one.passes * other.passes)

    def best(self, one: _Walk, other: _Walk) -> _Walk:
        """The longer one; of equal ones the one with steps on it, else the first."""
        if other.seconds == one.seconds:
            return other if one.steps is None else one
        return other if other.seconds > one.seconds else one


_SCALE = _Longer()


def _longest(structure: Structure, *, by_limits: bool, between_clocks: bool) -> Way:
    if structure.pools.home < 0:
        return Way(seconds=0.0, steps=(), span="start-end")
    counted, span = _between(structure) if between_clocks else (None, "start-end")
    lengths = _Lengths(structure, counted, by_limits=by_limits, between_clocks=between_clocks)
    called = structure.pools.called
    for process in structure.calls or ():
        lengths.called[process] = fold(called[process], lengths.combine)
    found = fold(structure.tree, lengths.combine)
    return Way(seconds=found.seconds, steps=tuple(_listed(found.steps)), span=span)


def _listed(steps: Any) -> Iterable[str]:
    """The steps of a tree of pairs, each once."""
    found: dict[str, None] = {}
    waiting = [steps]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            found.setdefault(part)
        elif part is not None:
            waiting += [part[1], part[0]]
    return found


class _Lengths:
    """The longest way of each block, innermost first."""

    def __init__(
        self, structure: Structure, counted: frozenset[str] | None, *, by_limits: bool, between_clocks: bool
    ) -> None:
        self.structure = structure
        self.counted = counted
        self.by_limits = by_limits
        self.between_clocks = between_clocks
        self.called: dict[str, _Walk] = {}

    def combine(self, block: Block, inside: Sequence[_Walk]) -> _Walk:
        """The longest way of a block, made of those inside it."""
        if isinstance(block, Leaf):
            return self._node(block.node)
        if isinstance(block, Exclusive):
            return self._chosen(block, inside)
        if isinstance(block, Parallel | Inclusive):
            longest = _best(inside)
            return longest._replace(passes=_product(walk.passes for walk in inside))
        if isinstance(block, Loop):
            return self._loop(block, inside)
        if isinstance(block, Rest):
            return self._rest(block, inside)
        if isinstance(block, Frame):
            return self._often(inside[0], self._rounds(self.structure.model.node[block.node]))
        found = _NOTHING
        for walk in inside:
            found = _SCALE.add(found, walk)
        return found

    def _node(self, name: str) -> _Walk:
        node = self.structure.model.node.get(name)
        if node is None:
            return _NOTHING
        if node.called in self.called:
            return self._often(self.called[node.called], self._rounds(node))
        passes = 1.0 - self.structure.rejects(node)
        if self.counted is not None and name not in self.counted:
            return _Walk(0.0, None, passes)
        return _Walk(self._seconds(node), name if node.is_step else None, passes)

    def _seconds(self, node: Node) -> float:
        clocks = self.structure.clocks
        stops_clock = node.step is not None and node.step.stops_clock
        if self.between_clocks and (stops_clock or self._is_applicants(node)):
            return 0.0
        if self.by_limits and node.step is not None and node.step.limit is not None:
            return clocks.limit(node.step.limit, node.step.limit_unit)
        timer = self.structure.timers.get(node.id)
        if timer is not None:
            return timer.mean * timer.pace
        times = self.structure.times(node.id)
        once = sum(part.mean * part.pace for part in (times.wait, times.work))
        return once * self._rounds(node)

    def _is_applicants(self, node: Node) -> bool:
        """Whether the applicant's own time passes at a node: theirs, or one that waits for their pool, drawn or not."""
        return self.structure.model.is_applicants(node) or node.id in self._awaited

    @cached_property
    def _awaited(self) -> frozenset[str]:
        """The events and receive tasks that wait for the applicant's pool in which nothing is drawn."""
        model = self.structure.model
        pools = {pool.id for pool in model.pools if not pool.process and pool.unit is not None and pool.unit.applicant}
        heard = {message.target for message in model.message_flows if message.source in pools}
        catching = ("intermediateCatchEvent", "receiveTask")
        return frozenset(node.id for node in model.nodes if node.id in heard and node.kind in catching)

    def _rounds(self, node: Node) -> float:
        """How often in a row an activity is done; by limits once, and what is done at the same time once."""
        times = self.structure.times(node.id)
        return 1.0 if self.by_limits or times.is_parallel else times.rounds

    def _often(self, walk: _Walk, times: float) -> _Walk:
        return walk._replace(seconds=walk.seconds * times)

    def _chosen(self, block: Exclusive, inside: Sequence[_Walk]) -> _Walk:
        weights = self.structure.weights(block.node, [branch.flows for branch in block.branches])
        keys = self.structure.keys(block.node)
        taken = [
            walk
            for walk, weight, branch in zip(inside, weights, block.branches, strict=True)
            if weight > 0 or any(key in branch.flows for key in keys)
        ]
        passes = sum(weight * walk.passes for walk, weight in zip(inside, weights, strict=True))
        return _best(taken)._replace(passes=passes)

    def _loop(self, block: Loop, inside: Sequence[_Walk]) -> _Walk:
        body, back = inside
        again, _ = self.structure.weights(block.node, [block.back.flows, block.exits])
        rounds, returns = 1.0, 1.0
        left = 1.0 - body.passes * again * back.passes
        if not self.by_limits and left > 0:
            rounds = 1.0 / left
            returns = body.passes * again * rounds
        found = _SCALE.add(self._often(body, rounds), self._often(back, returns))
        return found._replace(passes=body.passes * (1.0 - again) / left if left > 0 else 0.0)

    def _rest(self, block: Rest, inside: Sequence[_Walk]) -> _Walk:
        times = [1.0] * len(inside) if self.by_limits else self._times(block, inside)
        edges = [
            Edge(edge.source, edge.target, self._often(walk, often))
            for edge, walk, often in zip(block.edges, inside, times, strict=True)
        ]
        return best_run(edges, 0, _SCALE).amount

    def _times(self, block: Rest, inside: Sequence[_Walk]) -> list[float]:
        """How often a case that comes to a loop takes each way in it; 1 for ways in no loop."""
        import networkx

        graph = networkx.DiGraph((edge.source, edge.target) for edge in block.edges)
        loop_of: dict[int, int] = {}
        for number, places in enumerate(networkx.strongly_connected_components(graph)):
            if len(places) > 1:
                loop_of.update(dict.fromkeys(places, number))
        flows = [edge.branch.flows for edge in block.edges]
        is_of_choices = {place.kind for place in block.places[2:]} <= {"exclusive"}
        if not loop_of or not is_of_choices or len(block.places) > _MOST_PLACES:
            return [1.0] * len(flows)
        met = _traversed(block, self._weights(block), [walk.passes for walk in inside])
        entering: dict[int, float] = {}
        for edge, times in zip(block.edges, met, strict=True):
            loop = loop_of.get(edge.target)
            if loop is not None and loop_of.get(edge.source) != loop:
                entering[loop] = entering.get(loop, 0.0) + times
        found = []
        for edge, times in zip(block.edges, met, strict=True):
            loop = loop_of.get(edge.source)
            is_inside = loop is not None and loop == loop_of.get(edge.target)
            found.append(times / entering[loop] if is_inside and loop is not None and entering.get(loop) else 1.0)
        return found

    def _weights(self, block: Rest) -> list[float]:
        leaving: dict[int, list[int]] = {}
        for number, edge in enumerate(block.edges):
            leaving.setdefault(edge.source, []).append(number)
        weights = [1.0] * len(block.edges)
        for place, numbers in leaving.items():
            shares = self.structure.weights(
                block.places[place].node, [block.edges[number].branch.flows for number in numbers]
            )
            for number, share in zip(numbers, shares, strict=True):
                weights[number] = share
        return weights


def _traversed(block: Rest, weights: Sequence[float], passes: Sequence[float]) -> list[float]:
    """How often a case that enters a part of choices takes each of its ways; once each where that has no answer."""
    size = len(block.places)
    matrix, entered = np.eye(size), np.zeros(size)
    entered[0] = 1.0
    for edge, weight, passed in zip(block.edges, weights, passes, strict=True):
        matrix[edge.target, edge.source] -= weight * passed
    try:
        met = np.linalg.solve(matrix, entered)
    except np.linalg.LinAlgError:
        return [1.0] * len(weights)
    return [float(met[edge.source]) * weight for edge, weight in zip(block.edges, weights, strict=True)]


def _best(walks: Sequence[_Walk]) -> _Walk:
    found = walks[0] if walks else _NOTHING
    for walk in walks[1:]:
        found = _SCALE.best(found, walk)
    return found


def _product(shares: Iterable[float]) -> float:
    total = 1.0
    for share in shares:
        total *= share
    return total


def _between(structure: Structure) -> tuple[frozenset[str] | None, str]:
    """The nodes between the first accept and the first decide after it, and what the clocks run between."""
    flow = structure.flow
    accepts, decides = _of_kind(structure, "accept"), _of_kind(structure, "decide")
    if not accepts:
        return None, "start-end"
    starts = flow.scopes[structure.pools.home].starts
    first = accepts & _reached(flow, structure, starts, stop=accepts)
    after = _reached(flow, structure, sorted(first), stop=decides) - accepts
    ended = decides & after
    if not ended:
        return frozenset(flow.vertices[vertex].node for vertex in after), "accept-end"
    before = _reached(flow, structure, sorted(ended), stop=accepts, backward=True)
    between = (after & before) | ended
    return frozenset(flow.vertices[vertex].node for vertex in between), "accept-decide"


def _of_kind(structure: Structure, kind: str) -> set[int]:
    """The vertices of an office's steps of a kind."""
    found = set()
    for node in structure.model.nodes:
        is_known = node.id in structure.flow.main and not structure.model.is_applicants(node)
        if is_known and node.step is not None and node.step.kind == kind:
            found.add(structure.flow.main[node.id])
    return found


def _reached(
    flow: ControlFlow,
    structure: Structure,
    starts: Iterable[int],
    *,
    stop: set[int],
    backward: bool = False,
) -> set[int]:
    """All that can be reached from some vertices; nothing is followed on from where it stops, but from the starts."""
    import networkx

    graph = _graph(flow, structure.model)
    begins = list(starts)
    leaving: Callable[[int], Iterable[tuple[int, int]]] = graph.in_edges if backward else graph.out_edges
    for vertex in stop - set(begins):
        graph.remove_edges_from(list(leaving(vertex)))
    if backward:
        graph = graph.reverse(copy=False)
    found = set(begins) if not backward else set()
    for begin in begins:
        found |= networkx.descendants(graph, begin)
    return found | set(begins)


def _graph(flow: ControlFlow, model: Model) -> Any:
    """The vertices as a graph of networkx: arcs, ways into and out of sub-processes and called processes."""
    import networkx

    graph = networkx.DiGraph()
    graph.add_nodes_from(range(len(flow.vertices)))
    graph.add_edges_from((arc.source, arc.target) for arc in flow.arcs)
    tops = {scope.process: scope for scope in flow.scopes if not scope.node}
    ends: dict[int, list[int]] = {}
    for number, vertex in enumerate(flow.vertices):
        if vertex.kind in ("end", "terminate"):
            ends.setdefault(vertex.scope, []).append(number)
    scope_number = {id(scope): number for number, scope in enumerate(flow.scopes)}
    for number, vertex in enumerate(flow.vertices):
        node = model.node.get(vertex.node)
        scope = None
        if vertex.kind == "enter":
            scope = flow.scopes[flow.scope_of[vertex.node]]
        elif vertex.kind == "step" and node is not None and node.called in tops:
            scope = tops[node.called]
        if scope is None:
            continue
        graph.add_edges_from((number, start) for start in scope.starts)
        behind = [flow.arcs[arc].target for arc in vertex.leaving]
        graph.add_edges_from((end, target) for end in ends.get(scope_number[id(scope)], ()) for target in behind)
    return graph
