"""Whether two models turn down the same share of cases."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from analysis.outcomes import expected_outcomes
from bpmn.annotation import GovStep
from bpmn.model import Model, Node

#: Shares of outcomes that differ by more are another procedure.
TOLERANCE = 0.001
#: Under which name a model keeps its shares.
_KNOWN = "_outcome_shares"


def shares_of(model: Model) -> Mapping[str, float] | None:
    """The expected shares of the outcomes of a model, told once; none where they cannot be told."""
    if _KNOWN not in vars(model):
        vars(model)[_KNOWN] = expected_outcomes(model)
    shares: Mapping[str, float] | None = vars(model)[_KNOWN]
    return shares


def outcome_gap(before: Model, after: Model) -> float | None:
    """By how much the shares of an outcome differ at most; none where they cannot be told.

    Where they cannot, the shares that steps turn down stand for them, as long as all choices are as they were.
    """
    if _is_alike(before, after):
        vars(after).setdefault(_KNOWN, shares_of(before))
    shares = shares_of(before), shares_of(after)
    if shares[0] is not None and shares[1] is not None:
        names = {*shares[0], *shares[1]}
        return max((abs(shares[0].get(name, 0.0) - shares[1].get(name, 0.0)) for name in names), default=0.0)
    if _choices(before) != _choices(after):
        return None
    return abs(_passed(before) - _passed(after))


def _is_alike(before: Model, after: Model) -> bool:
    """Whether two models are equal in all that outcomes depend on: papers, offices and names do not matter to them."""
    if len(before.nodes) != len(after.nodes) or before.flows != after.flows:
        return False
    if before.message_flows != after.message_flows or before.processes != after.processes:
        return False
    if before.applicant_processes != after.applicant_processes:
        return False
    return all(one is other or _is_same(one, other) for one, other in zip(before.nodes, after.nodes, strict=True))


def _is_same(one: Node, other: Node) -> bool:
    return one == other or (one.id == other.id and _of_outcomes(one) == _of_outcomes(other))


def _of_outcomes(node: Node) -> Node:
    """A node without what turns no case down; what it gives stays, since a condition may name it."""
    said = node.step or GovStep()
    gifts = tuple(item for item in node.materials if item.use == "gives")
    step = GovStep(kind=said.kind, rejects=said.rejects)
    return node.evolve(name="", documentation="", materials=gifts, reads=(), step=step)


def _choices(model: Model) -> list[tuple[str, float | None, int | None]]:
    """Every flow out of a choice, with its share."""
    return sorted(
        (flow.id, flow.probability, flow.most)
        for flow in model.flows
        if model.node[flow.source].kind != "parallelGateway" and len(model.outgoing[flow.source]) > 1
    )


def _passed(model: Model) -> float:
    """The share of cases that no step turns down, if every case met every step."""
    return prod(1 - (node.step.rejects or 0.0) for node in model.nodes if node.step is not None)
