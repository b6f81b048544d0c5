"""`repeated-check`: the same thing is verified twice in one case, the second time with nothing new to look at.

The redesign heuristic is "task elimination" and "knockout" (Reijers and Limam Mansar 2005); in Chinese practice
检查结果互认, mutual recognition. A second check with new input, or one the law wants from another person, is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analysis.findings.finding import Finding
from analysis.findings.subject import Subject, groups


def repeated_check(subject: Subject) -> Iterator[Finding]:
    """One finding for each group of checks of one purpose that repeat each other."""
    for purpose, steps in _purposes(subject).items():
        pairs = [
            (first, second)
            for place, second in enumerate(steps)
            for first in steps[:place]
            if _repeats(subject, first, second)
        ]
        for group in groups(pairs):
            yield _finding(subject, purpose, subject.in_path_order(group))


def _purposes(subject: Subject) -> dict[str, list[str]]:
    """The steps that check each purpose, in path order."""
    found: dict[str, list[str]] = {}
    for step in subject.steps:
        said = subject.node(step).step
        if said is not None and said.purpose and said.kind in ("check", ""):
            found.setdefault(said.purpose, []).append(step)
    return found


def _repeats(subject: Subject, first: str, second: str) -> bool:
    """Whether one case can pass both and the second has nothing new to look at."""
    if subject.are_apart(first, second) or not subject.relations.can_meet(first, second):
        return False
    if subject.relations.parallel(first, second):
        needs = subject.relations.needs
        return needs(first) <= needs(second) or needs(second) <= needs(first)
    if not subject.relations.before(first, second):
        return subject.relations.before(second, first) and no_new_input(subject, second, first)
    return no_new_input(subject, first, second)


def no_new_input(subject: Subject, first: str, second: str) -> bool:
    """Whether a later check needs no more than the earlier one, nothing of it was given again and no message came."""
    needed = subject.relations.needs(second)
    if not needed <= subject.relations.needs(first):
        return False
    between = subject.relations.between(first, second) - {first, second}
    return not any(
        subject.catches_message(element) or bool(needed & (subject.relations.gives(element))) for element in between
    )


def _finding(subject: Subject, purpose: str, steps: tuple[str, ...]) -> Finding:
    removable = _removable(subject, steps)
    always = [step for step in removable if any(_leads_to(subject, kept, step) for kept in steps if kept != step)]
    return Finding(
        finding="repeated-check",
        steps=steps,
        evidence={
            "purpose": purpose,
            "remove": removable,
            "not_always": [step for step in removable if step not in always],
            "units": list(dict.fromkeys(unit.name for step in steps if (unit := subject.unit(step)) is not None)),
        },
        protected=bool(removable) and all(map(subject.is_mandatory, removable)),
        missing=subject.unsure(steps, "kind", "materials"),
        move="remove-step",
    )


def _removable(subject: Subject, steps: Sequence[str]) -> list[str]:
    """Which of the checks would go: the later ones; of parallel ones the unprotected, else the dearer."""
    kept = steps[0]
    found: list[str] = []
    for step in steps[1:]:
        gone = step
        if subject.relations.parallel(kept, step):
            gone = _worse(subject, kept, step)
        if gone == kept:
            kept = step
        if gone not in subject.kept_apart:
            found.append(gone)
    return [step for step in steps if step in found]


def _worse(subject: Subject, first: str, second: str) -> str:
    """Which of two parallel checks is not protected; where both are or none, which takes more work."""
    needs = subject.relations.needs
    if needs(first) != needs(second):
        # The one that looks at less goes: what it sees the other sees too.
        return first if needs(first) < needs(second) else second
    protected = subject.is_mandatory(first), subject.is_mandatory(second)
    if protected[0] != protected[1]:
        return second if protected[0] else first
    return first if subject.work_seconds(first) > subject.work_seconds(second) else second


def _leads_to(subject: Subject, kept: str, removed: str) -> bool:
    """Whether every case that would meet the removed check meets the kept one."""
    related = subject.relations
    return related.always_before(kept, removed) or (
        related.parallel(kept, removed) and related.always_after(removed, kept)
    )
