"""`needless-sequence`: steps wait for each other although neither needs anything of the other.

The redesign heuristic is "parallelism" (Reijers and Limam Mansar 2005); in Chinese practice 并联办理.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from analysis.findings.finding import Finding, Missing
from analysis.findings.subject import Subject, runs


def needless_sequence(subject: Subject) -> Iterator[Finding]:
    """One finding for each longest row of steps that could all be done at once."""
    pairs = [
        (pair.first, pair.second) for pair in subject.neighbours if _are_independent(subject, pair.first, pair.second)
    ]
    for row in runs(pairs):
        for part in _independent_parts(subject, row):
            yield Finding(
                finding="needless-sequence",
                steps=part,
                evidence={"units": list(dict.fromkeys(subject.unit_key(step) for step in part))},
                missing=_missing(subject, part),
                move="parallelise",
            )


def _are_independent(subject: Subject, first: str, second: str) -> bool:
    """Whether neither needs anything of the other and somebody is there to do the second meanwhile."""
    unit = subject.unit(first)
    if unit is not None and unit.staff == 1 and unit.key == subject.unit_key(second):
        return False
    return subject.relations.independent(first, second).holds


def _independent_parts(subject: Subject, row: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Cut a row of steps, each independent of the next, into rows in which all are independent of each other."""
    part: list[str] = [row[0]]
    for step in row[1:]:
        if all(_are_independent(subject, earlier, step) for earlier in part):
            part.append(step)
            continue
        yield tuple(part)
        # The last step is independent of this one: the two begin the next part.
        part = [part[-1], step]
    yield tuple(part)


def _missing(subject: Subject, part: tuple[str, ...]) -> tuple[Missing, ...]:
    found = dict.fromkeys(subject.unsure(part, "kind", "materials"))
    for first, second in pairwise(part):
        for element in subject.relations.independent(first, second).missing:
            found.setdefault(Missing(element=element, annotation="materials"))
    return tuple(found)
