"""`automate`: a rule or the registers answer what people looked up; the work takes as long, nobody waits for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from analysis.findings import Subject
from analysis.findings.automatable_step import is_in_registers
from bpmn.annotation import Duration, GovTime
from bpmn.model import Model, Node
from redesign.change import Change
from redesign.errors import CannotMove
from redesign.move import Move

#: The durations of a `gov:time`.
_DURATIONS = ("mean", "sd", "low", "mode", "high")


def automate(subject: Subject, move: Move) -> Model:
    """Let no person work at the step."""
    change = Change(subject.model)
    for step in move.steps:
        if step not in subject.model.node or subject.node(step).is_automatic:
            raise CannotMove("nothing-left", steps=list(move.steps))
        if subject.is_mandatory(step):
            raise CannotMove("mandatory", step=step)
        if step in subject.kept_apart:
            raise CannotMove("kept-apart", step=step)
        if subject.stops_clock(step):
            raise CannotMove("clock-stop", step=step)
        if subject.node(step).kind != "businessRuleTask" and not is_in_registers(subject, step):
            raise CannotMove("not-available", step=step, material="")
        change.set_step(step, automatic=True)
        change.set(step, times=_as_long(subject, subject.node(step)))
    return change.model


def _as_long(subject: Subject, node: Node) -> tuple[GovTime, ...]:
    """The work in hours: what took a person a day of seven hours takes no machine a day of 24."""
    day = float(sum(end - start for start, end in subject.model.hours_of(subject.unit(node.id))))
    return tuple(_in_hours(time, day) for time in node.times if time.part != "wait")


def _in_hours(time: GovTime, day: float) -> GovTime:
    if time.clock == "calendar":
        return time

    def seconds(duration: Duration) -> Duration:
        return Duration(seconds=duration.on(day_seconds=day, week_days=5))

    known: dict[str, Any] = {name: seconds(found) for name in _DURATIONS if (found := getattr(time, name)) is not None}
    return replace(time, values=tuple(map(seconds, time.values)), **known)
