"""`automate`: a rule or the registers answer what people looked up; the work takes as long, nobody waits for it."""

from __future__ import annotations

from analysis.findings import Subject
from bpmn.model import Model
from redesign.change import Change
from redesign.errors import CannotMove
from redesign.move import Move


def automate(subject: Subject, move: Move) -> Model:
    """Let no person work at the step."""
    change = Change(subject.model)
    for step in move.steps:
        if step not in subject.model.node:
            raise CannotMove("nothing-left", steps=list(move.steps))
        if subject.is_mandatory(step):
            raise CannotMove("mandatory", step=step)
        if step in subject.kept_apart:
            raise CannotMove("kept-apart", step=step)
        change.set_step(step, automatic=True)
        change.set(step, times=tuple(time for time in subject.node(step).times if time.part != "wait"))
    return change.model
