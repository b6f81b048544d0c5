"""`needless-sequence`: steps wait for each other although neither needs anything of the other.

The redesign heuristic is "parallelism" (Reijers and Limam Mansar 2005); in Chinese practice 并联办理.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from analysis.findings.finding import Finding, Missing
from analysis.findings.rows import LONGEST, rows
from analysis.findings.subject import Subject


def needless_sequence(subject: Subject) -> Iterator[Finding]:
    """One finding for each longest row of steps that could all be done at once."""

    def fits(row: Sequence[str], step: str, after: bool) -> bool:
        nearest = reversed(row) if after else row
        return all(_are_independent(subject, *((other, step) if after else (step, other))) for other in nearest)

    pairs = [
        (pair.first, pair.second) for pair in subject.neighbours if _are_independent(subject, pair.first, pair.second)
    ]
    for row in rows(pairs, fits):
        if len(row) == LONGEST:
            subject.left_out.add("needless-sequence")
        yield Finding(
            finding="needless-sequence",
            steps=row,
            evidence={
                "units": list(dict.fromkeys(subject.unit_key(step) for step in row)),
                **_asked_anyway(subject, row),
            },
            missing=_missing(subject, row),
            move="parallelise",
        )


def _are_independent(subject: Subject, first: str, second: str) -> bool:
    """Whether neither needs anything of the other and somebody is there to do the second meanwhile."""
    unit = subject.unit(first)
    if unit is not None and unit.staff == 1 and unit.key == subject.unit_key(second):
        return False
    return subject.relations.independent(first, second).holds


def _asked_anyway(subject: Subject, row: tuple[str, ...]) -> dict[str, list[str]]:
    """Who turns cases down, and where those applicants would then come or hand in all the same; nothing if nowhere."""
    places = [place for place, step in enumerate(row) if subject.said(step).rejects]
    later = row[places[0] + 1 :] if places else ()
    asked = [step for step in later if subject.said(step).visit or subject.relations.handed_in(step)]
    if not asked:
        return {}
    turning = [row[place] for place in places if place < row.index(asked[-1])]
    return {"turns_down": turning, "asked_anyway": asked}


def _missing(subject: Subject, row: tuple[str, ...]) -> tuple[Missing, ...]:
    found = dict.fromkeys(subject.unsure(row, "kind", "materials"))
    for first, second in pairwise(row):
        for element in subject.relations.independent(first, second).missing:
            found.setdefault(Missing(element=element, annotation="materials"))
    return tuple(found)
