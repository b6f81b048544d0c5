"""`ownerless-step`: nobody is named who does a step (无头事项), or a unit the organisation does not know."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.findings.finding import Finding
from analysis.findings.subject import Subject
from bpmn.model import Unit


def ownerless_step(subject: Subject) -> Iterator[Finding]:
    """One finding for each such step, an automatic one too: somebody answers for the program."""
    with_lanes = {lane.process for lane in subject.model.lanes}
    for step in subject.steps:
        unit = subject.model.unit_of.get(step)
        if unit is None and subject.node(step).process in with_lanes:
            yield Finding(finding="ownerless-step", steps=(step,), evidence={"unit": ""}, move="assign-owner")
        elif unit is not None and not unit.applicant and not _is_known(subject, unit):
            yield Finding(finding="ownerless-step", steps=(step,), evidence={"unit": unit.name}, move="assign-owner")


def _is_known(subject: Subject, unit: Unit) -> bool:
    """Whether the organisation has a unit, where one is loaded."""
    return subject.organisation is None or bool({unit.name, unit.code} & subject.organisation)
