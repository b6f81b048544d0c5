"""`ask-once`: all that is missing is asked for at once, so that no case is sent back a second time."""

from __future__ import annotations

from analysis.findings import Subject
from bpmn.model import Model
from bpmn.unroll import hindrance
from redesign.change import Change
from redesign.errors import CannotMove
from redesign.move import Move
from redesign.moves.conditions import keeps_outcomes

#: What is said where something keeps the loop from being counted; of the rest that it is no loop of its own.
_WHY = {"no-choice": "no-single-choice", "sub-process": "loop-sub-process", "messages": "loop-messages"}


def ask_once(subject: Subject, move: Move) -> Model:
    """Let a case take the way back once at most."""
    flow = str(move.details["choice"])
    if not flow:
        raise CannotMove("no-single-choice", steps=list(move.steps))
    if flow not in subject.model.flow:
        raise CannotMove("nothing-left", steps=list(move.steps))
    known = subject.model.flow[flow]
    if known.most == 1:
        raise CannotMove("once-already", flow=flow)
    why = hindrance(subject.model, flow)
    if why:
        raise CannotMove(_WHY.get(why, "no-single-loop"), flow=flow)
    change = Change(subject.model)
    change.flows[flow] = known.evolve(most=1)
    model = change.model
    keeps_outcomes(subject, model, known.source)
    return model
