"""`late-knockout`: a check that turns down many cases for little work comes after one that turns down fewer for more.

The redesign heuristic is "knockout" (Reijers and Limam Mansar 2005; van der Aalst 2000): order checks by what they
reject per hour of work, highest first. Checks tied by papers or by law keep their order.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from analysis.findings.finding import Finding
from analysis.findings.subject import Subject, runs

_HOUR = 3600.0


def late_knockout(subject: Subject) -> Iterator[Finding]:
    """One finding for each longest row of checks that could change places and of which a later one is better."""
    shares = {step: share for step in subject.of_kind("check") if (share := reject_share(subject, step)) > 0}
    pairs = [
        (pair.first, pair.second)
        for pair in subject.neighbours
        if pair.first in shares and pair.second in shares and can_swap(subject, pair.first, pair.second)
    ]
    for row in runs(pairs):
        rates = {step: rate(subject, step, shares[step]) for step in row}
        better = sorted(row, key=lambda step: -rates[step])
        if list(row) != better and any(map(_is_worse, map(rates.get, row), map(rates.get, row[1:]))):
            yield Finding(
                finding="late-knockout",
                steps=row,
                evidence={
                    "order": better,
                    "rejects": [shares[step] for step in row],
                    "work_s": [subject.work_seconds(step) for step in row],
                },
                missing=subject.unsure(row, "kind", "materials"),
                move="reorder-checks",
            )


def _is_worse(first: float | None, second: float | None) -> bool:
    return first is not None and second is not None and second > first


def rate(subject: Subject, step: str, share: float) -> float:
    """The share of cases a check rejects for each hour of its mean work; without work it comes first."""
    work = subject.work_seconds(step)
    return share / (work / _HOUR) if work > 0 else math.inf


def reject_share(subject: Subject, step: str) -> float:
    """The share of cases a check turns down: its `rejects`, else that of the gateway behind it that ends them."""
    said = subject.node(step).step
    if said is not None and said.rejects:
        return said.rejects
    gateway = knockout_gateway(subject, step)
    return subject.ending_share(gateway) if gateway else 0.0


def knockout_gateway(subject: Subject, step: str) -> str:
    """The exclusive gateway directly behind a step all but one of whose branches only end the case; empty for none."""
    flows = subject.model.outgoing.get(step, ())
    gateway = subject.model.node.get(flows[0].target) if len(flows) == 1 else None
    if gateway is None or gateway.kind != "exclusiveGateway" or len(subject.model.incoming[gateway.id]) != 1:
        return ""
    branches = subject.model.outgoing[gateway.id]
    ending = sum(subject.only_ends(flow) for flow in branches)
    return gateway.id if len(branches) > 1 and ending == len(branches) - 1 else ""


def can_swap(subject: Subject, first: str, second: str) -> bool:
    """Whether two checks in a row do not hang on each other but for a gateway that only ends the case."""
    tie = subject.relations.independent(first, second)
    if tie.holds:
        return True
    between = subject.relations.between(first, second)
    gateways = {element for element in between if subject.model.node[element].is_gateway}
    return tie.why == "routes-on-first" and gateways <= {knockout_gateway(subject, first)}
