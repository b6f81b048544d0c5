"""A row of steps cut into segments: each step with what lies between it and the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from analysis.findings import Subject
from redesign.change import Change
from redesign.errors import CannotMove


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A step and what follows it up to the next step of the row."""

    step: str
    #: The last node of the segment, and the flow that leaves it to the next segment or to what follows the row.
    last: str
    onward: str
    #: Every node of it, the step first.
    nodes: tuple[str, ...]


def segments(
    change: Change, row: Sequence[str], *, through: Mapping[str, frozenset[str]] = MappingProxyType({})
) -> list[Segment]:
    """Cut a row into segments; what lies between must be single ways on, or the gateways named in `through`.

    Of a gateway in `through` the one flow that is not among those named with it, which only end the case, leads on.
    Raises `CannotMove` where the way from one step of the row to the next parts otherwise.
    """
    found: list[Segment] = []
    for place, step in enumerate(row):
        following = row[place + 1] if place + 1 < len(row) else ""
        found.append(_segment(change, step, following, through))
    return found


def _segment(change: Change, step: str, following: str, through: Mapping[str, frozenset[str]]) -> Segment:
    if change.has_events(step):
        raise CannotMove("has-events", step=step)
    passed = {step: None}
    node = step
    while True:
        leaving = [flow for flow in change.outgoing(node) if flow.id not in through.get(node, ())]
        if len(leaving) != 1 or (leaving[0].condition and node not in through):
            raise CannotMove("several-ways-on", step=node)
        onward = leaving[0]
        gateway = change.nodes[onward.target].is_gateway and onward.target in through
        if onward.target == following or (not following and not gateway):
            return Segment(step=step, last=node, onward=onward.id, nodes=tuple(passed))
        node = onward.target
        if node in passed or len(change.incoming(node)) != 1 or change.has_events(node):
            raise CannotMove("several-ways-on", step=node)
        passed[node] = None


def single_entry(change: Change, step: str) -> None:
    """Give a step one flow into it: several come together in a gateway first."""
    entering = change.incoming(step)
    if not entering:
        raise CannotMove("several-ways-on", step=step)
    if len(entering) > 1:
        merge = change.gateway("exclusiveGateway", step, f"Merge_{step}")
        for flow in entering:
            change.lead(flow.id, target=merge)
        change.connect(merge, step)


def refuse_ties(subject: Subject, first: Segment, second: Segment) -> None:
    """Raise `CannotMove` where something in one segment hangs on something in the other.

    The steps of the row themselves are judged by `Relations.independent`; what rides along with them by what it reads
    and writes and by what the law says.
    """
    for one in first.nodes:
        for other in second.nodes:
            if (one, other) != (first.step, second.step) and _are_tied(subject, one, other):
                raise CannotMove("dependent", first=one, second=other)


def _are_tied(subject: Subject, one: str, other: str) -> bool:
    related = subject.relations
    for giver, taker in ((one, other), (other, one)):
        left = related.gives(giver) | related.takes_in(giver)
        if left & (related.needs(taker) - related.takes_in(taker)):
            return True
        if related.stores_written(giver) & (related.stores_read(taker) | related.stores_written(taker)):
            return True
        if giver in subject.said(taker).after:
            return True
    both = related.gives(one) & related.gives(other)
    return bool(both) or subject.catches_message(one) or (subject.is_awaited(one) and subject.catches_message(other))
