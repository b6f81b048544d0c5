"""`regroup`: what another office did in between is done where the case lies; nobody waits for it to come back."""

from __future__ import annotations

from analysis.findings import Subject
from analysis.findings.subject import LEVELS, level_rank
from bpmn.model import Model
from redesign.change import Change
from redesign.errors import CannotMove
from redesign.move import Move


def regroup(subject: Subject, move: Move) -> Model:
    """Move the steps at the other office into the lane of the step the case came from; their wait is gone."""
    home = str(move.details.get("came_from", ""))
    steps = [step for step in move.steps if step in subject.model.node]
    if not steps or home not in subject.model.node:
        raise CannotMove("nothing-left", steps=list(move.steps))
    lane = subject.model.lane_of.get(home)
    if lane is None:
        raise CannotMove("no-lane", step=home)
    change = Change(subject.model)
    for step in steps:
        node = subject.node(step)
        if node.process != subject.node(home).process:
            raise CannotMove("another-pool", step=step)
        may_move(subject, step, home)
        change.into_lane(step, lane.id)
        change.set(step, times=tuple(time for time in node.times if time.part != "wait"))
        if node.step is not None and node.step.post:
            change.set_step(step, post="")
    return change.model


def may_move(subject: Subject, step: str, home: str) -> None:
    """Refuse to give a step to the unit of another where law or four eyes forbid it."""
    said = subject.node(step).step
    if subject.is_mandatory(step):
        raise CannotMove("mandatory", step=step)
    unit = subject.unit(home)
    if unit is None:
        raise CannotMove("no-unit", step=home)
    lowest = LEVELS.index(said.level) if said is not None and said.level in LEVELS else -1
    if 0 <= level_rank(unit) < lowest:
        raise CannotMove("level", step=step, level=said.level if said is not None else "")
    for other in subject.steps:
        if subject.are_apart(step, other) and subject.unit_key(other) == unit.key:
            raise CannotMove("kept-apart", step=step, other=other)
