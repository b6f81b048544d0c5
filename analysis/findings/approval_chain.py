"""`approval-chain`: several superiors of one line agree to the same decision one after another, and learn nothing new.

The redesign heuristic is "empower" with "task elimination" (Reijers and Limam Mansar 2005); in Chinese practice
减少审批层级. Approvals of two lines, or with something new between them, are no chain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from analysis.findings.finding import Finding, Missing
from analysis.findings.rows import rows
from analysis.findings.subject import Subject, level_rank
from bpmn.relations import Neighbour


def approval_chain(subject: Subject) -> Iterator[Finding]:
    """One finding for each longest chain of approvals after a decision or a check."""
    approvals = [
        pair for pair in subject.neighbours if subject.kind(pair.first) == subject.kind(pair.second) == "approve"
    ]
    chained = [
        (pair.first, pair.second)
        for pair in approvals
        if not subject.are_apart(pair.first, pair.second)
        and not is_news(subject, pair)
        and _line(subject, pair.first, pair.second) is not None
    ]
    judged = _judged(subject, approvals)
    for chain in rows(chained, lambda row, step, after: True):
        if chain[0] in judged:
            yield _finding(subject, chain)


def _judged(subject: Subject, approvals: Iterable[Neighbour]) -> set[str]:
    """The approvals that follow a decision or a check in a row, with nothing but approvals between."""
    found = {pair.second for pair in subject.neighbours if subject.kind(pair.first) in ("decide", "check")}
    following: dict[str, list[str]] = {}
    for pair in approvals:
        following.setdefault(pair.first, []).append(pair.second)
    waiting = list(found)
    while waiting:
        for second in following.get(waiting.pop(), ()):
            if second not in found:
                found.add(second)
                waiting.append(second)
    return found


def is_news(subject: Subject, pair: Neighbour) -> bool:
    """Whether something new comes between two approvals: a paper the later needs, a clock-stop or a message."""
    needed = subject.relations.needs(pair.second)
    return any(
        subject.catches_message(element)
        or subject.stops_clock(element)
        or bool(needed & subject.relations.gives(element))
        for element in pair.between
    )


def _line(subject: Subject, first: str, second: str) -> tuple[Missing, ...] | None:
    """What is missing to be sure that two approvals are of one line; None where they are of two."""
    basis = subject.said(first).basis, subject.said(second).basis
    if all(basis) and basis[0] != basis[1]:
        return None
    units = subject.unit(first), subject.unit(second)
    if units[0] is None or units[1] is None:
        lacking = [step for step, unit in zip((first, second), units, strict=True) if unit is None]
        return tuple(Missing(element=step, annotation="unit") for step in lacking)
    if units[0].key == units[1].key:
        return ()
    ranks = level_rank(units[0]), level_rank(units[1])
    if -1 in ranks:
        return tuple(
            Missing(element=step, annotation="level")
            for step, rank in zip((first, second), ranks, strict=True)
            if rank < 0
        )
    return () if ranks[1] > ranks[0] else None


def _finding(subject: Subject, chain: tuple[str, ...]) -> Finding:
    demanded = [step for step in chain if subject.is_mandatory(step)]
    kept = set(demanded) | {step for step in chain if step in subject.kept_apart} | {chain[-1]}
    removable = [step for step in chain if step not in kept]
    lines = [missing for pair in pairwise(chain) for missing in _line(subject, *pair) or ()]
    missing = dict.fromkeys((*subject.unsure(chain, "kind"), *lines))
    return Finding(
        finding="approval-chain",
        steps=chain,
        evidence={
            "units": list(dict.fromkeys(unit.name for step in chain if (unit := subject.unit(step)) is not None)),
            "remove": removable,
            "keep": [step for step in chain if step in kept],
            "demanded": demanded,
        },
        protected=all(map(subject.is_mandatory, chain[:-1])),
        missing=tuple(missing),
        move="flatten-approvals",
    )
