"""`pass-through`: a step hands the case on, or writes it down, and nothing it does is used by anybody.

The redesign heuristic is "task elimination" (Reijers and Limam Mansar 2005): a step that adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.findings.finding import Finding
from analysis.findings.subject import Subject


def pass_through(subject: Subject) -> Iterator[Finding]:
    """One finding for each such step."""
    for step in subject.of_kind("forward", "record"):
        if not adds_something(subject, step):
            yield Finding(
                finding="pass-through",
                steps=(step,),
                evidence={"gives": sorted(subject.relations.gives(step))},
                protected=subject.is_mandatory(step),
                missing=subject.unsure((step,), "kind", "materials"),
                move="remove-step",
            )


def adds_something(subject: Subject, step: str) -> bool:
    """Whether anything a step does is used: a material, a result, a register, an archive, a message, a clock-stop."""
    if subject.said(step).archive or subject.stops_clock(step):
        return True
    if subject.relations.stores_written(step) or subject.is_awaited(step) or subject.tells_applicant(step):
        return True
    return any(is_used(subject, step, material) for material in subject.relations.gives(step))


def is_used(subject: Subject, step: str, material: str) -> bool:
    """Whether a material is needed later, read by a condition or decision, kept or sent, or a result."""
    return subject.is_result(step, material) or bool(subject.relations.used_after(step, material))
