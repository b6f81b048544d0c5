"""`late-knockout`: a check that turns down many cases for little work comes after one that turns down fewer for more.

The redesign heuristic is "knockout" (Reijers and Limam Mansar 2005; van der Aalst 2000): order checks by what they
reject per hour of work, highest first. Checks tied by papers or by law keep their order.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise

from analysis.findings.finding import Finding, Missing
from analysis.findings.rows import rows
from analysis.findings.subject import Subject

_HOUR = 3600.0


def late_knockout(subject: Subject) -> Iterator[Finding]:
    """One finding for each longest row of checks that could change places and of which a later one is better."""
    shares = {step: share for step in subject.of_kind("check") if (share := reject_share(subject, step)) > 0}
    gateways = frozenset(filter(None, (knockout_gateway(subject, step) for step in shares)))

    def fits(row: Sequence[str], step: str, after: bool) -> bool:
        pairs = ((other, step) if after else (step, other) for other in row)
        return all(can_swap(subject, *pair, gateways) for pair in pairs)

    pairs = [
        (pair.first, pair.second)
        for pair in subject.neighbours
        if pair.first in shares and pair.second in shares and can_swap(subject, pair.first, pair.second, gateways)
    ]
    for row in rows(pairs, fits):
        rates = {step: rate(subject, step, shares[step]) for step in row}
        better = sorted(row, key=lambda step: -rates[step])
        if any(rates[second] > rates[first] for first, second in pairwise(row)):
            yield Finding(
                finding="late-knockout",
                steps=row,
                evidence={
                    "order": better,
                    "rejects": [shares[step] for step in row],
                    "work_s": [subject.work_seconds(step) for step in row],
                },
                missing=(*subject.unsure(row, "kind", "materials"), *_suggested(subject, row)),
                move="reorder-checks",
            )


def _suggested(subject: Subject, row: Sequence[str]) -> Iterator[Missing]:
    """The checks whose work, and the gateways whose shares, are only suggested."""
    for step in row:
        work = subject.node(step).time("work")
        if work is not None and work.source == "suggested":
            yield Missing(element=step, annotation="time")
        gateway = knockout_gateway(subject, step)
        for flow in subject.model.outgoing[gateway] if gateway else ():
            if flow.share_source == "suggested":
                yield Missing(element=flow.id, annotation="probability")


def rate(subject: Subject, step: str, share: float) -> float:
    """The share of cases a check rejects for each hour of its mean work; without work it comes first."""
    work = subject.work_seconds(step)
    return share / (work / _HOUR) if work > 0 else math.inf


def reject_share(subject: Subject, step: str) -> float:
    """The share of cases a check turns down: its `rejects`, else that of the gateway behind it that ends them."""
    if rejects := subject.said(step).rejects:
        return rejects
    gateway = knockout_gateway(subject, step)
    return subject.ending_share(gateway) if gateway else 0.0


def knockout_gateway(subject: Subject, step: str) -> str:
    """The exclusive gateway directly behind a step all but one of whose branches only end the case; empty for none."""
    flows = subject.model.outgoing.get(step, ())
    gateway = subject.model.node.get(flows[0].target) if len(flows) == 1 else None
    if gateway is None or gateway.kind != "exclusiveGateway" or len(subject.model.incoming[gateway.id]) != 1:
        return ""
    return gateway.id if subject.ending_flows(gateway.id) else ""


def can_swap(subject: Subject, first: str, second: str, gateways: AbstractSet[str]) -> bool:
    """Whether two checks in a row do not hang on each other but for gateways that only end the case."""
    tie = subject.relations.independent(first, second)
    if tie.holds:
        return True
    between = subject.relations.between(first, second)
    return (
        tie.why == "routes-on-first" and {node for node in between if subject.model.node[node].is_gateway} <= gateways
    )
