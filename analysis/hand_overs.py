"""How often work changes hands: from which unit to which, expected in a mean case.

Work changes hands where a step of one unit is followed by a step of another, whatever gateways and events lie between
them, and where a message goes from one unit's pool to another's. The number is the expected number of visits to the
step before, times the share of them that go on to the step after. Branches that join hand over one by one: each brings
its own result. The applicant is no unit: coming and going is counted by visits, papers by hand-ins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

from analysis.simulation import expected_visits
from bpmn.control_flow import ControlFlow, Vertex
from bpmn.model import MessageFlow, Model
from bpmn.routing import exclusive_shares, own_share, routes_on
from bpmn.unroll import unrolled

#: What is less than this is not followed further, and neither is a way through more gateways than that.
_LEAST, _LONGEST = 1e-9, 20_000


@dataclass(frozen=True, kw_only=True)
class HandOver:
    """From one unit to another, so many times in a mean case."""

    giver: str
    taker: str
    times: float


def expected_hand_overs(model: Model) -> tuple[tuple[HandOver, ...], bool]:
    """Every pair of units between which work changes hands, and whether the numbers are exact (else counted).

    Raises what the simulation raises where the procedure cannot be simulated.
    """
    visits, is_exact = expected_visits(model)
    return hand_overs(model, visits), is_exact


def hand_overs(model: Model, visits: Mapping[str, float]) -> tuple[HandOver, ...]:
    """Every pair of units between which work changes hands, in the order of the file, for known visits to each step.

    Cost: for each step the gateways and events up to the next steps.
    """
    ways = _Ways(model, unrolled(model))
    found: dict[tuple[str, str], float] = defaultdict(float)
    passed: dict[str, float] = defaultdict(float)
    for number, vertex in enumerate(ways.flow.vertices):
        times = visits.get(vertex.node, 0.0) if vertex.kind == "step" else float(vertex.kind == "start")
        if times <= 0:
            continue
        for target, share in ways.following(number).items():
            node = ways.flow.vertices[target].node
            if vertex.kind == "step" and ways.flow.vertices[target].kind == "step":
                _add(found, ways.unit(vertex.node), ways.unit(node), times * share)
            elif ways.flow.main.get(node) == target:
                passed[node] += times * share
    for message in model.message_flows:
        times = visits.get(message.source, passed.get(message.source, 0.0))
        _add(found, ways.unit(message.source), ways.taker(message), times)
    return tuple(HandOver(giver=giver, taker=taker, times=times) for (giver, taker), times in found.items())


def _add(found: dict[tuple[str, str], float], giver: str, taker: str, times: float) -> None:
    """Count a hand-over, unless it stays in one unit or one side has none."""
    if giver and taker and giver != taker and times > _LEAST:
        found[giver, taker] += times


class _Ways:
    """The ways from one step to the next."""

    def __init__(self, model: Model, flow: ControlFlow) -> None:
        self.model, self.flow = model, flow
        self.routed = routes_on(model, flow)
        #: Where a token of a sub-process's end goes: the vertex that leaves it.
        self.leave = {
            flow.scope_of[vertex.node]: number
            for number, vertex in enumerate(flow.vertices)
            if vertex.kind == "leave" and vertex.node in flow.scope_of
        }

    def unit(self, node: str) -> str:
        """The name of the unit that has a node; empty for none and for the applicant."""
        unit = self.model.unit_of.get(node)
        return "" if unit is None or unit.applicant else unit.name

    def taker(self, message: MessageFlow) -> str:
        """The name of the unit a message goes to: that of a node, or of a pool."""
        if message.target in self.model.node:
            return self.unit(message.target)
        pool = next((pool for pool in self.model.pools if pool.id == message.target), None)
        if pool is None or (pool.unit is not None and pool.unit.applicant):
            return ""
        inside = (self.unit(node.id) for node in self.model.nodes if node.process == pool.process)
        return next(inside, "") if pool.process else pool.name

    def following(self, start: int) -> Mapping[int, float]:
        """The vertices met from one, up to the next steps, each with the expected number of tokens that come there."""
        met: dict[int, float] = defaultdict(float)
        waiting = self._leaving(start)
        rounds = 0
        while waiting and rounds < _LONGEST:
            rounds += 1
            number, share = waiting.pop()
            met[number] += share
            if self.flow.vertices[number].kind != "step":
                waiting += [(target, share * part) for target, part in self._leaving(number) if share * part > _LEAST]
        return met

    def _leaving(self, number: int) -> list[tuple[int, float]]:
        """Where tokens go from a vertex, and how many of each that came."""
        vertex = self.flow.vertices[number]
        if vertex.kind == "enter" and vertex.node in self.flow.scope_of:
            scope = self.flow.scopes[self.flow.scope_of[vertex.node]]
            share = 1.0 if scope.together or not scope.starts else 1.0 / len(scope.starts)
            return [(start, share) for start in scope.starts]
        if vertex.kind in ("end", "terminate") and vertex.scope in self.leave:
            return [(self.leave[vertex.scope], 1.0)]
        targets = [self.flow.arcs[arc].target for arc in vertex.leaving]
        return [pair for pair in zip(targets, self._shares(vertex), strict=True) if pair[1] > 0]

    def _shares(self, vertex: Vertex) -> list[float]:
        if vertex.kind == "exclusive-split":
            return list(exclusive_shares(self.model, self.flow, vertex))
        if vertex.kind == "inclusive-split":
            return self._inclusive(vertex)
        node = self.model.node[vertex.node]
        rejects = node.step.rejects if vertex.kind == "step" and node.step is not None else None
        on = 1.0 - (rejects or 0.0) if vertex.node not in self.routed else 1.0
        return [on] * len(vertex.leaving)

    def _inclusive(self, vertex: Vertex) -> list[float]:
        """The shares of an inclusive split: each flow's own, and for the default that none of them fires."""
        arcs = [self.flow.arcs[arc] for arc in vertex.leaving]
        own = [own_share(self.model, arc.flow) if arc.role == "choice" else 1.0 for arc in arcs]
        none = prod(1.0 - share for share, arc in zip(own, arcs, strict=True) if arc.role == "choice")
        return [none if arc.role == "default" else share for share, arc in zip(own, arcs, strict=True)]
