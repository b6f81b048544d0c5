"""`same-approver`: one and the same post judges the same case twice in a row.

The redesign heuristic is "task composition" (Reijers and Limam Mansar 2005). Four eyes stay four: where the law wants
another person, or several people may share the work, two judgements are two; so are one before and one after a
clock-stop, which asks somebody else. What a program checks no post does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analysis.findings.finding import Finding
from analysis.findings.rows import rows
from analysis.findings.subject import Subject
from bpmn.routing import JUDGING


def same_approver(subject: Subject) -> Iterator[Finding]:
    """One finding for each longest row of judgements of one post."""

    def fits(row: Sequence[str], step: str, after: bool) -> bool:
        return all(_is_one_person(subject, other, step) for other in row)

    pairs = [
        (pair.first, pair.second)
        for pair in subject.neighbours
        if _is_one_person(subject, pair.first, pair.second) and not any(map(subject.stops_clock, pair.between))
    ]
    for row in rows(pairs, fits):
        yield Finding(
            finding="same-approver",
            steps=row,
            evidence={
                "unit": subject.unit_key(row[0]),
                "post": next((post for step in row if (post := subject.model.post_of.get(step, ""))), ""),
            },
            protected=all(map(subject.is_mandatory, row)),
            missing=subject.unsure(row, "kind", "post"),
            move="merge-steps",
        )


def _is_one_person(subject: Subject, first: str, second: str) -> bool:
    kinds = {subject.kind(first), subject.kind(second)}
    unit = subject.unit(first)
    if not kinds <= JUDGING or unit is None or unit.key != subject.unit_key(second):
        return False
    if any(subject.node(step).is_automatic or subject.stops_clock(step) for step in (first, second)):
        return False
    posts = {subject.model.post_of.get(step, "") for step in (first, second)} - {""}
    if len(posts) > 1 or subject.are_apart(first, second):
        return False
    is_mixed = "check" in kinds and len(kinds) > 1
    return unit.staff == 1 or not is_mixed
