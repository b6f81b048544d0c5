"""`repeated-material`: the applicant hands in the same material more than once in one case.

The redesign heuristic is "contact reduction" and "information sharing" (Reijers and Limam Mansar 2005); in Chinese
practice 一次提交、多方复用. A hand-in the law wants in the original is no repetition that could be spared.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from analysis.findings.finding import Finding
from analysis.findings.subject import Subject


def repeated_material(subject: Subject) -> Iterator[Finding]:
    """One finding a material: all steps at which it is handed in and one case can pass another of them."""
    for material, steps in hand_ins(subject).items():
        together = {step for pair in combinations(steps, 2) if subject.relations.can_meet(*pair) for step in pair}
        repeated = [step for step in steps if step in together]
        spared = [step for step in repeated[1:] if not must_come_in(subject, step, material)]
        if spared:
            yield Finding(
                finding="repeated-material",
                steps=tuple(repeated),
                evidence={"material": material, "hand_ins": len(repeated), "spared": spared},
                missing=subject.suggested_materials(repeated, material),
                move="share-material",
            )


def hand_ins(subject: Subject) -> dict[str, list[str]]:
    """The steps at which each material is handed in by the applicant, in path order."""
    found: dict[str, list[str]] = {}
    for step in subject.steps:
        for material in sorted(subject.relations.handed_in(step)):
            found.setdefault(material, []).append(step)
    return found


def must_come_in(subject: Subject, step: str, material: str) -> bool:
    """Whether the law wants the original of the material at this step."""
    return any(
        item.surrender or bool(item.basis)
        for item in subject.node(step).materials
        if item.name == material and item.use == "needs"
    )
