"""`missing-lead`: several offices work on a procedure and none is named that answers for it (牵头单位)."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.findings.finding import Finding
from analysis.findings.subject import Subject

#: Two offices settle between themselves what three do not.
_UNITS = 3


def missing_lead(subject: Subject) -> Iterator[Finding]:
    """One finding where three or more units have steps and `gov:procedure` names no lead."""
    process = subject.model.procedure_process
    if process is None or process.procedure is None or process.procedure.lead:
        return
    units = {unit.key: unit.name for step in subject.steps if (unit := subject.unit(step)) is not None}
    if len(units) >= _UNITS:
        yield Finding(finding="missing-lead", evidence={"units": list(units.values())}, move="assign-lead")
