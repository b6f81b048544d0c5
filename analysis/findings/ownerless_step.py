"""`ownerless-step`: nobody is named who does a step (无头事项), or a unit the organisation does not know."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.findings.finding import Finding
from analysis.findings.subject import Subject


def ownerless_step(subject: Subject) -> Iterator[Finding]:
    """One finding for each such step, an automatic one too: somebody answers for the program."""
    with_lanes = {lane.process for lane in subject.model.lanes}
    for step in subject.steps:
        node = subject.node(step)
        unit = subject.model.unit_of.get(step)
        if unit is None and node.process in with_lanes:
            yield Finding(finding="ownerless-step", steps=(step,), evidence={"unit": ""}, move="assign-owner")
        elif unit is not None and subject.organisation is not None and not unit.applicant:
            if not {unit.name, unit.code} & subject.organisation:
                yield Finding(
                    finding="ownerless-step", steps=(step,), evidence={"unit": unit.name}, move="assign-owner"
                )
