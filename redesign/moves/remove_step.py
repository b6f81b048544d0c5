"""`remove-step`: a step that adds nothing, or repeats another, is left out; what it rejects the other one rejects."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from analysis.findings import Subject
from bpmn.model import Model
from redesign.change import Change
from redesign.errors import CannotMove
from redesign.move import Move


def remove_step(subject: Subject, move: Move) -> Model:
    """Take out the steps of the finding that may go; raises `CannotMove` where none may."""
    removable = [step for step in move.details.get("remove", move.steps) if step in subject.model.node]
    free = [step for step in removable if not subject.is_mandatory(step) and step not in subject.kept_apart]
    if not free:
        raise CannotMove("protected", steps=removable)
    kept = [step for step in move.steps if step not in free]
    change = Change(subject.model)
    for step in free:
        if kept and not any(_stands_for(subject, other, step) for other in kept):
            raise CannotMove("not-on-every-way", step=step)
        remove(subject, change, step, [other for other in kept if _stands_for(subject, other, step)])
    return change.model


def remove(subject: Subject, change: Change, step: str, kept: Sequence[str]) -> None:
    """Take out one step; what it rejects goes to the last of the steps that stay for it."""
    said = subject.node(step).step
    rejects = said.rejects if said is not None else None
    if rejects and not kept:
        raise CannotMove("rejects", step=step)
    if rejects:
        hand_rejects(change, kept[-1], rejects)
    if kept:
        hand_gifts(change, kept[-1], step)
    change.bypass(step)
    change.tidy(near_gateways(subject, step))


def hand_rejects(change: Change, step: str, share: float) -> None:
    """Let a step turn down what another one turned down too."""
    said = change.nodes[step].step
    own = said.rejects if said is not None and said.rejects else 0.0
    change.set_step(step, rejects=1 - prod((1 - own, 1 - share)))


def hand_gifts(change: Change, step: str, gone: str) -> None:
    """Let a step give what another one gave: its word stands for the word of the one that goes."""
    own, other = change.nodes[step], change.nodes[gone]
    known = {item.name for item in own.materials if item.use == "gives"}
    gifts = tuple(item for item in other.materials if item.use == "gives" and item.name not in known)
    change.set(step, materials=(*own.materials, *gifts))


def near_gateways(subject: Subject, step: str) -> list[str]:
    """The gateways directly before and behind a step."""
    before = [flow.source for flow in subject.model.incoming[step]]
    behind = [flow.target for flow in subject.model.outgoing[step]]
    return [node for node in (*before, *behind) if node in subject.model.node and subject.model.node[node].is_gateway]


def _stands_for(subject: Subject, kept: str, step: str) -> bool:
    """Whether every case that would meet the removed step meets the kept one."""
    related = subject.relations
    return related.always_before(kept, step) or (related.parallel(kept, step) and related.always_after(step, kept))
