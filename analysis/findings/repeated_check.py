"""`repeated-check`: the same thing is verified twice in one case, the second time with nothing new to look at.

The redesign heuristic is "task elimination" and "knockout" (Reijers and Limam Mansar 2005); in Chinese practice
检查结果互认, mutual recognition. A second check with new input, or one the law wants from another person, is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import length_hint

from analysis.findings.finding import Finding
from analysis.findings.subject import Subject

#: Pairs of checks that are looked at in one file.
_MOST_ASKED = 50_000


def repeated_check(subject: Subject) -> Iterator[Finding]:
    """One finding for each group of checks of one purpose that repeat each other."""
    left = iter(range(_MOST_ASKED))
    for purpose, steps in _purposes(subject).items():
        for together in subject.relations.meeting_groups(steps):
            for group in _groups(subject, together, left):
                if len(group) > 1:
                    yield _finding(subject, purpose, subject.in_path_order(group))


def _groups(subject: Subject, steps: Sequence[str], left: Iterator[int]) -> list[list[str]]:
    """Bring checks together of which one repeats the other, as long as questions are left to ask."""
    found: list[list[str]] = []
    for step in steps if len(steps) > 1 else ():
        together, others = [step], list[list[str]]()
        for group in found:
            if any(_repeats(subject, other, step) for other in reversed(group) if next(left, None) is not None):
                together = group + together
            else:
                others.append(group)
        found = [*others, together]
        if not length_hint(left):
            subject.left_out.add("repeated-check")
            break
    return found


def _purposes(subject: Subject) -> dict[str, list[str]]:
    """The steps that check each purpose, in path order."""
    found: dict[str, list[str]] = {}
    for step in subject.steps:
        said = subject.said(step)
        for purpose in said.purposes if said.kind in ("check", "") else ():
            found.setdefault(purpose, []).append(step)
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
    between = subject.relations.between(first, second)
    return not any(
        subject.catches_message(element) or bool(needed & _given_at(subject, element)) for element in between
    )


def _given_at(subject: Subject, element: str) -> frozenset[str]:
    """What a step between two checks gives anew; collecting papers anew is giving, asking for them beside is not."""
    given = subject.relations.gives(element)
    return given | subject.relations.handed_in(element) if subject.kind(element) == "collect" else given


def _finding(subject: Subject, purpose: str, steps: tuple[str, ...]) -> Finding:
    going = _going(subject, steps)
    staying = [step for step in steps if step not in going]
    safe = [step for step in going if any(stands_for(subject, kept, step) for kept in staying)]
    return Finding(
        finding="repeated-check",
        steps=steps,
        evidence={
            "purpose": purpose,
            "remove": safe,
            "not_always": [step for step in going if step not in safe],
            "units": list(dict.fromkeys(unit.name for step in steps if (unit := subject.unit(step)) is not None)),
        },
        protected=bool(going) and all(map(subject.is_mandatory, going)),
        missing=subject.unsure(steps, "kind", "materials"),
        move="remove-step",
    )


def _going(subject: Subject, steps: Sequence[str]) -> list[str]:
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
    return first if _cost(subject, first, second) > _cost(subject, second, first) else second


def _cost(subject: Subject, step: str, other: str) -> float:
    """What a check costs beside another: money where the file names it for both, else work."""
    own, beside = subject.said(step).cost, subject.said(other).cost
    if own is not None and beside is not None:
        return own
    return subject.work_seconds(step)


def stands_for(subject: Subject, kept: str, removed: str) -> bool:
    """Whether every case that would meet the removed check meets the kept one, which sees and asks all it would."""
    related = subject.relations
    if not set(subject.said(removed).purposes) <= set(subject.said(kept).purposes):
        return False
    if related.always_before(kept, removed):
        return no_new_input(subject, kept, removed)
    return related.always_beside(removed, kept) and related.needs(removed) <= related.needs(kept)
