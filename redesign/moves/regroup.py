"""`regroup`: what another office did in between is done where the case lies; nobody waits for it to come back."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.findings import Subject
from analysis.findings.subject import level_rank, rank
from bpmn.model import Model, Unit
from redesign.change import Change
from redesign.errors import CannotMove
from redesign.move import Move


def regroup(subject: Subject, move: Move) -> Model:
    """Move the steps at the other office into the lane of the step the case came from; their wait is gone."""
    home = str(move.details.get("came_from", ""))
    steps = [step for step in move.steps if step in subject.model.node]
    if not home:
        # Offices that hand over often: which of them should do what is not known.
        raise CannotMove("not-sure", steps=steps)
    if not steps or home not in subject.model.node:
        raise CannotMove("nothing-left", steps=list(move.steps))
    lane = subject.model.lane_of.get(home)
    unit = subject.unit(home)
    if lane is None or unit is None:
        raise CannotMove("no-lane", step=home)
    if all(subject.unit_key(step) == unit.key for step in steps):
        raise CannotMove("nothing-left", steps=steps)
    change = Change(subject.model)
    for step in steps:
        node = subject.node(step)
        if node.process != subject.node(home).process:
            raise CannotMove("another-pool", step=step)
        may_move(subject, step, unit, among=steps)
        change.into_lane(step, lane.id)
        change.set(step, times=tuple(time for time in node.times if time.part != "wait"))
        if subject.said(step).post:
            change.set_step(step, post="")
    return change.model


def may_move(subject: Subject, step: str, unit: Unit, *, among: Sequence[str] = ()) -> None:
    """Refuse to give a step to a unit where law or four eyes forbid it; `among` names those moved together."""
    if subject.is_mandatory(step):
        raise CannotMove("mandatory", step=step)
    if subject.is_applicants(step) or subject.unit(step) is None:
        raise CannotMove("no-unit", step=step)
    if subject.node(step).scope and not any(step in lane.nodes for lane in subject.model.lanes):
        raise CannotMove("in-frame", step=step)
    lowest = subject.said(step).level
    if 0 <= level_rank(unit) < rank(lowest):
        raise CannotMove("level", step=step, level=lowest)
    if step not in subject.kept_apart:
        return
    for other in subject.steps:
        is_there = subject.unit_key(other) == unit.key or other in among
        if is_there and other != step and subject.are_apart(step, other):
            raise CannotMove("kept-apart", step=step, other=other)
