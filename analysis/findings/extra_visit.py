"""`extra-visit`: the applicant has to come more than once.

The redesign heuristic is "contact reduction" (Reijers and Limam Mansar 2005); in Chinese practice 最多跑一次.
"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.findings.finding import Finding
from analysis.findings.subject import Subject


def extra_visit(subject: Subject) -> Iterator[Finding]:
    """One finding for each group of visits of which one case can meet two."""
    visits = [step for step in subject.steps if subject.said(step).visit]
    for group in subject.relations.meeting_groups(visits):
        if len(group) < 2:
            continue
        steps = subject.in_path_order(group)
        yield Finding(
            finding="extra-visit",
            steps=steps,
            evidence={"visits": len(steps), "units": list(dict.fromkeys(filter(None, map(subject.unit_key, steps))))},
            missing=subject.suggested(steps),
            move="join-visits",
        )
