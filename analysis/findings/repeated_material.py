"""`repeated-material`: the applicant hands in the same material more than once in one case.

The redesign heuristic is "contact reduction" and "buffering" (Reijers and Limam Mansar 2005); in Chinese
practice 一次提交、多方复用. A hand-in the law wants in the original is no repetition that could be spared.
"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.findings.finding import Finding
from analysis.findings.subject import Subject


def repeated_material(subject: Subject) -> Iterator[Finding]:
    """One finding a material: all steps at which it is handed in and one case can pass another of them."""
    for material, steps in hand_ins(subject).items():
        groups = [group for group in subject.relations.meeting_groups(steps) if len(group) > 1]
        again = [step for group in groups for step in subject.in_path_order(group)[1:]]
        if all(must_come_in(subject, step, material) for step in again):
            continue
        repeated = subject.in_path_order(step for group in groups for step in group)
        yield Finding(
            finding="repeated-material",
            steps=repeated,
            evidence={
                "material": material,
                "hand_ins": len(repeated),
                "spared": [step for step in repeated if _is_there(subject, step, material)],
            },
            missing=subject.suggested_materials(repeated, material),
            move="share-material",
        )


def _is_there(subject: Subject, step: str, material: str) -> bool:
    """Whether the material is in the case on every way to the step, and no law wants it to come in once more."""
    return subject.relations.is_available(step, material) and not must_come_in(subject, step, material)


def hand_ins(subject: Subject) -> dict[str, list[str]]:
    """The steps at which each material is handed in by the applicant and not only corrected, in path order."""
    found: dict[str, list[str]] = {}
    for step in subject.steps:
        for material in sorted(subject.relations.handed_in(step)):
            if not is_renewed(subject, step, material):
                found.setdefault(material, []).append(step)
    return found


def is_renewed(subject: Subject, step: str, material: str) -> bool:
    """Whether a step takes in anew what was checked and is checked again: a corrected paper (补正) repeats nothing."""
    if subject.kind(step) != "collect":
        return False
    checks = [check for check in subject.of_kind("check") if material in subject.relations.needs(check)]
    again = [check for check in checks if subject.relations.later(step, check)]
    return any(
        other == check or bool(set(subject.said(check).purposes) & set(subject.said(other).purposes))
        for check in checks
        if subject.relations.before(check, step)
        for other in again
    )


def must_come_in(subject: Subject, step: str, material: str) -> bool:
    """Whether the law wants the original of the material at this step."""
    return any(
        item.surrender or bool(item.basis)
        for item in subject.node(step).materials
        if item.name == material and item.use == "needs"
    )
