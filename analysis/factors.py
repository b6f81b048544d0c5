"""What in a procedure's file could be otherwise: its times, the shares of its choices, the staff of its units.

A factor is one number of the file; nothing is varied that the file does not say. `varied` gives the value a factor has
when it is moved one way, `altered` the procedure with that value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from analysis.simulation import layout as at
from analysis.simulation.compile import Program, compile_model
from bpmn.annotation import Duration, GovTime
from bpmn.begin import processes_of
from bpmn.model import Model, Node, SequenceFlow

Kind = Literal["work", "wait", "share", "rejects", "staff"]
#: Which way a factor is moved.
Way = Literal[-1, 1]
WAYS: tuple[Way, Way] = (-1, 1)

#: A time by this part of itself, a share by so much, staff by one person.
TIME_STEP, SHARE_STEP = 0.1, 0.05
_SECOND = 1e6
#: The parts of a time in the order of an operation's laws.
_PARTS: tuple[Literal["wait", "work"], ...] = ("wait", "work")
#: Sources of a time that tell nothing of how wrong it may be.
_GUESSED = frozenset(("estimate", "suggested"))


@dataclass(frozen=True, kw_only=True)
class Factor:
    """One number of the file."""

    #: "work" or "wait" of a step or event, "share" of a flow, "rejects" of a step, "staff" of a unit.
    kind: Kind
    #: The step or event, the flow, or the lane or pool of the unit.
    element: str
    #: The mean in seconds of its own clock, the share, or the number of people.
    value: float
    #: Whether the file calls it an estimate: how far it may be off, nobody knows.
    estimated: bool = False


def factors(model: Model, program: Program, visits: Mapping[str, float]) -> tuple[Factor, ...]:
    """Every factor of a procedure in the order of the file: times, shares, staff.

    `visits` tells how often a case comes to each step. Times and rejections of steps no case comes to are left out, and
    so is the staff of units without work.
    """
    nodes = [node for node in model.nodes if node.process in processes_of(model) and visits.get(node.id, 1.0) > 0.0]
    return (*_times(nodes, program), *_shares(model), *_rejects(nodes, program), *_staff(program, visits))


def varied(factor: Factor, way: Way) -> float | None:
    """The value of a factor moved one way; None where it is at its bound already.

    >>> varied(Factor(kind="share", element="flow", value=0.98), 1)
    1.0
    """
    if factor.kind == "staff":
        return factor.value + way if factor.value + way >= 0 else None
    if factor.kind in ("share", "rejects"):
        moved = min(1.0, max(0.0, round(factor.value + way * SHARE_STEP, 12)))
        return moved if moved != factor.value else None
    return factor.value * (1 + way * TIME_STEP)


def altered(model: Model, program: Program, factor: Factor, value: float) -> tuple[Model, Program]:
    """The procedure where one factor has another value, and its tables."""
    if factor.kind == "staff":
        staff = (
            round(value) if unit.id == factor.element else people
            for unit, people in zip(program.staffed, program.staff, strict=True)
        )
        return model, replace(program, staff=tuple(staff))
    if factor.kind == "share":
        changed = _with_share(model, model.flow[factor.element], value)
    else:
        changed = _with_node(model, _changed(model.node[factor.element], factor, value))
    return changed, compile_model(changed)


def _times(nodes: list[Node], program: Program) -> Iterator[Factor]:
    """The times that take time; each node's mean is that of the first operation made of it."""
    means: dict[tuple[str, str], float] = {}
    for op, name in enumerate(program.nodes):
        for place, part in enumerate(_PARTS):
            mean = program.mean(op, place) / _SECOND
            if mean > 0.0:
                means.setdefault((name, part), mean)
    for node in nodes:
        for part in _PARTS:
            time, known = node.time(part), means.get((node.id, part))
            if time is not None and known is not None:
                yield Factor(kind=part, element=node.id, value=known, estimated=time.source in _GUESSED)


def _shares(model: Model) -> Iterator[Factor]:
    """The written shares; of two that add up to one, the smaller stands for both."""
    processes = processes_of(model)
    for node in model.nodes:
        flows = model.outgoing[node.id]
        written = [flow for flow in flows if flow.probability is not None]
        if node.process not in processes or (len(flows) < 2 and node.kind != "boundaryEvent"):
            continue
        if _is_shared(model, node) and len(flows) == 2 and len(written) == 2:
            written = [min(written, key=lambda flow: flow.probability or 0.0)]
        for flow in written:
            yield Factor(kind="share", element=flow.id, value=_shared(model, node)[flow.id])


def _rejects(nodes: list[Node], program: Program) -> Iterator[Factor]:
    """The shares of cases that steps turn down, unless a gateway routes on them."""
    turning = {node for node, share in zip(program.nodes, program.reject.tolist(), strict=True) if share > 0.0}
    for node in nodes:
        if node.id in turning and node.step is not None and node.step.rejects is not None:
            yield Factor(kind="rejects", element=node.id, value=node.step.rejects)


def _staff(program: Program, visits: Mapping[str, float]) -> Iterator[Factor]:
    busy = {
        int(row[at.OP_STAFF])
        for row, node in zip(program.op, program.nodes, strict=True)
        if visits.get(node, 0.0) > 0.0
    }
    for number, (unit, people) in enumerate(zip(program.staffed, program.staff, strict=True)):
        if number in busy:
            yield Factor(kind="staff", element=unit.id, value=float(people))


def _is_shared(model: Model, node: Node) -> bool:
    """Whether the flows out of a node exclude each other, so that what one gains the others lose."""
    if node.is_gateway:
        return node.kind in ("exclusiveGateway", "eventBasedGateway")
    flows = model.outgoing[node.id]
    return node.is_activity and len(flows) == 2 and any(flow.id == node.default for flow in flows)


def _shared(model: Model, node: Node) -> dict[str, float]:
    """The shares of the flows out of a node as they hold: silent ones split what is left, the sum is 1."""
    flows = model.outgoing[node.id]
    if not _is_shared(model, node):
        return {flow.id: flow.probability or 0.0 for flow in flows}
    if node.kind == "eventBasedGateway":
        flows = tuple(flow for flow in flows if flow.probability is not None)
    known = [flow.probability for flow in flows]
    left = max(0.0, 1.0 - sum(share for share in known if share is not None))
    silent = known.count(None)
    shares = [left / silent if share is None else share for share in known]
    total = sum(shares) or 1.0
    return {flow.id: share / total for flow, share in zip(flows, shares, strict=True)}


def _with_share(model: Model, flow: SequenceFlow, value: float) -> Model:
    """Give a flow another share; those it shares with keep their proportions, or split evenly where they had none."""
    node = model.node[flow.source]
    new = {flow.id: value}
    if _is_shared(model, node):
        shares = _shared(model, node)
        others = {other: share for other, share in shares.items() if other != flow.id}
        rest = sum(others.values())
        for other, share in others.items():
            new[other] = (1.0 - value) * (share / rest if rest > 0.0 else 1.0 / len(others))
    return model.evolve(
        flows=tuple(item.evolve(probability=new[item.id]) if item.id in new else item for item in model.flows)
    )


def _with_node(model: Model, changed: Node) -> Model:
    return model.evolve(nodes=tuple(changed if node.id == changed.id else node for node in model.nodes))


def _changed(node: Node, factor: Factor, value: float) -> Node:
    if factor.kind == "rejects":
        assert node.step is not None
        return node.evolve(step=replace(node.step, rejects=value))
    scale = value / factor.value
    return node.evolve(
        times=tuple(scaled(time, scale) if time is node.time(factor.kind) else time for time in node.times)
    )


def scaled(time: GovTime, scale: float) -> GovTime:
    """The same distribution of durations that are all `scale` times as long."""

    def longer(duration: Duration | None) -> Duration | None:
        if duration is None:
            return None
        return Duration(weeks=duration.weeks * scale, days=duration.days * scale, seconds=duration.seconds * scale)

    values = tuple(
        Duration(weeks=value.weeks * scale, days=value.days * scale, seconds=value.seconds * scale)
        for value in time.values
    )
    return replace(
        time,
        mean=longer(time.mean),
        sd=longer(time.sd),
        low=longer(time.low),
        mode=longer(time.mode),
        high=longer(time.high),
        values=values,
    )
