"""`assign-owner` and `assign-lead`: a person says which unit does a step, or answers for the procedure."""

from __future__ import annotations

from dataclasses import replace

from analysis.findings import Subject
from bpmn.annotation import GovProcedure
from bpmn.model import Model
from redesign.change import Change
from redesign.errors import CannotMove
from redesign.move import Move


def assign_owner(subject: Subject, move: Move) -> Model:
    """Put the step into a lane of the unit a person chose."""
    unit = str(move.details.get("unit", ""))
    if not unit:
        raise CannotMove("person-chooses", steps=list(move.steps))
    if move.steps[0] not in subject.model.node:
        raise CannotMove("nothing-left", steps=list(move.steps))
    step = subject.node(move.steps[0])
    lanes = [lane for lane in subject.model.lanes if lane.process == step.process]
    lane = next((lane for lane in lanes if unit in (lane.name, subject.model.unit_at[lane.id].code)), None)
    if lane is None:
        raise CannotMove("no-lane", step=step.id)
    change = Change(subject.model)
    change.into_lane(step.id, lane.id)
    return change.model


def assign_lead(subject: Subject, move: Move) -> Model:
    """Name the unit a person chose as the lead of the procedure."""
    unit = str(move.details.get("unit", ""))
    process = subject.model.procedure_process
    if not unit or process is None:
        raise CannotMove("person-chooses", steps=list(move.steps))
    procedure = replace(process.procedure or GovProcedure(), lead=unit)
    processes = tuple(
        one.evolve(procedure=procedure) if one.id == process.id else one for one in subject.model.processes
    )
    return subject.model.evolve(processes=processes)
