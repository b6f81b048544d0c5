"""`unused-result`: a step makes something nobody needs: no later step, no condition, no register, not the applicant."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.findings.finding import Finding
from analysis.findings.pass_through import is_used
from analysis.findings.subject import Subject


def unused_result(subject: Subject) -> Iterator[Finding]:
    """One finding for each step that gives materials of which none is used."""
    for step in subject.of_kind("record", "forward", "other"):
        given = subject.relations.gives(step)
        is_kept = subject.said(step).archive or subject.stops_clock(step) or subject.relations.stores_written(step)
        if not given or is_kept or subject.is_awaited(step):
            continue
        if not any(is_used(subject, step, material) for material in given):
            yield Finding(
                finding="unused-result",
                steps=(step,),
                evidence={"materials": sorted(given)},
                protected=subject.is_mandatory(step),
                missing=subject.unsure((step,), "kind", "materials"),
                move="remove-step",
            )
