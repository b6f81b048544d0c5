"""`delegate`: a lower office does what it may do by law; only the lane changes."""

from __future__ import annotations

from analysis.findings import Subject
from analysis.findings.subject import LEVELS, level_rank
from bpmn.model import Lane, Model
from redesign.change import Change
from redesign.errors import CannotMove
from redesign.move import Move
from redesign.moves.regroup import may_move


def delegate(subject: Subject, move: Move) -> Model:
    """Move the step into the lane of a lower office that may do it: of the lowest level, then nearest in the flow."""
    step = move.steps[0]
    if step not in subject.model.node:
        raise CannotMove("nothing-left", steps=list(move.steps))
    level = str(move.details["level"])
    said = subject.said(step)
    lowest = max((name for name in (level, said.level) if name in LEVELS), key=LEVELS.index)
    lane = _lane(subject, step, lowest)
    if lane is None:
        raise CannotMove("no-unit-of-level", step=step, level=lowest)
    may_move(subject, step, subject.model.unit_at[lane.id])
    change = Change(subject.model)
    change.into_lane(step, lane.id)
    if said.post:
        change.set_step(step, post="")
    return change.model


def _lane(subject: Subject, step: str, level: str) -> Lane | None:
    """The lane of the lowest unit that may do the step and lies below its own, the nearest of several in the flow."""
    model, own = subject.model, level_rank(subject.unit(step))
    position = subject.relations.position
    candidates: list[tuple[int, int, Lane]] = []
    for lane in model.lanes:
        unit = model.unit_at[lane.id]
        rank = level_rank(unit)
        inside = [node for node in lane.nodes if node in position]
        is_open = lane.process == model.node[step].process and not unit.applicant and bool(inside)
        if is_open and LEVELS.index(level) <= rank < own:
            distance = min(abs(position[node] - position[step]) for node in inside)
            candidates.append((rank, distance, lane))
    return min(candidates, key=lambda found: found[:2])[2] if candidates else None
