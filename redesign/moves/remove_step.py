"""`remove-step`: a step that adds nothing, or repeats another, is left out; what it rejects the other one rejects."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from analysis.findings import Subject
from analysis.findings.pass_through import is_used
from analysis.findings.repeated_check import stands_for
from bpmn.model import Model
from redesign.change import Change
from redesign.errors import CannotMove
from redesign.move import Move
from redesign.moves.conditions import keeps_outcomes, keeps_papers, needed_from, turns_down

#: Kinds of steps that may go for what they do not add; a check only where another one stands for it.
_IDLE = frozenset(("forward", "record", "other"))


def remove_step(subject: Subject, move: Move) -> Model:
    """Take out the steps of the finding that may go; raises `CannotMove` where none may."""
    removable = [step for step in move.details.get("remove", move.steps) if step in subject.model.node]
    if not removable:
        raise CannotMove("nothing-left", steps=list(move.steps))
    free = [step for step in removable if not subject.is_mandatory(step) and step not in subject.kept_apart]
    if not free:
        raise CannotMove("protected", steps=removable)
    kept = [step for step in move.steps if step in subject.model.node and step not in free]
    change = Change(subject.model)
    for step in free:
        heirs = [other for other in kept if stands_for(subject, other, step)]
        _may_go(subject, step, heirs)
        remove(subject, change, step, heirs)
    return checked(subject, change, free)


def checked(subject: Subject, change: Change, gone: Sequence[str]) -> Model:
    """The changed model; raises `CannotMove` where papers of the steps gone are missed or outcomes are others."""
    model = change.model
    keeps_papers(subject, model, needed_from(subject, gone))
    if any(turns_down(subject, step) or subject.relations.routed_by(step) for step in gone):
        keeps_outcomes(subject, model, gone[0])
    return model


def _may_go(subject: Subject, step: str, heirs: Sequence[str]) -> None:
    """Refuse to take out a step that does something nobody else does."""
    if subject.said(step).archive:
        raise CannotMove("adds-something", step=step)
    stop = subject.said(step).clock_stop
    if stop and not any(subject.said(heir).clock_stop == stop for heir in heirs):
        raise CannotMove("clock-stop", step=step)
    if subject.kind(step) not in _IDLE and not heirs:
        raise CannotMove("not-on-every-way", step=step)
    used = [material for material in sorted(subject.relations.gives(step)) if is_used(subject, step, material)]
    if (used and not heirs) or subject.relations.stores_written(step):
        raise CannotMove("adds-something", step=step, materials=used)


def remove(subject: Subject, change: Change, step: str, heirs: Sequence[str]) -> None:
    """Take out one step; the last of the steps that stand for it turns down and gives what it did.

    The papers it takes in come in no more. Raises `CannotMove` where somebody waits for a message of the step, or the
    law orders another step by it.
    """
    _refuse_messages(subject, step)
    said = change.nodes[step].step
    if said is not None and said.rejects:
        if not heirs:
            raise CannotMove("rejects", step=step)
        if not subject.relations.routed_by(step):
            # Else the gateway stays with its shares, and turns down what the step did.
            hand_rejects(change, heirs[-1], said.rejects)
    if heirs:
        hand_gifts(subject, change, heirs[-1], step)
    hand_orders(subject, change, step, heirs[-1] if heirs else "")
    near = change.near(step)
    change.bypass(step)
    change.tidy(near)


def _refuse_messages(subject: Subject, step: str) -> None:
    """Refuse where a message of the step is awaited, tells the applicant something, or comes from a drawn office."""
    if subject.is_awaited(step) or subject.tells_applicant(step) or hears_from_office(subject, step):
        raise CannotMove("awaited", step=step)


def hears_from_office(subject: Subject, step: str) -> bool:
    """Whether a step waits for a message of another office's pool."""
    senders = (message.source for message in subject.model.message_flows if message.target == step)
    return any(sender in subject.model.node and not subject.is_applicants(sender) for sender in senders)


def hand_rejects(change: Change, step: str, share: float) -> None:
    """Let a step turn down what another one turned down too."""
    said = change.nodes[step].step
    own = said.rejects if said is not None and said.rejects else 0.0
    change.set_step(step, rejects=round(1 - prod((1 - own, 1 - share)), 12))


def hand_gifts(subject: Subject, change: Change, step: str, gone: str) -> None:
    """Let a step give what another one gave and somebody else still uses: its word stands for the word that goes."""
    own, other = change.nodes[step], change.nodes[gone]
    wanted = {name for name in subject.relations.gives(gone) if _is_wanted(subject, change, gone, name, step)}
    known = {item.name for item in own.materials if item.use == "gives"}
    gifts = (i for i in other.materials if i.use == "gives" and i.name in wanted - known)
    change.set(step, materials=(*own.materials, *gifts))
    if any(data.name in wanted for data in subject.model.data if data.id in other.writes):
        change.write_too(step, gone)


def _is_wanted(subject: Subject, change: Change, gone: str, material: str, heir: str) -> bool:
    """Whether anybody but the heir uses what a step that goes gave: a step, a condition, a register, the applicant."""
    if subject.is_result(gone, material):
        return True
    for user in subject.relations.used_after(gone, material):
        if user not in subject.model.node:
            return True
        node = change.nodes.get(user)
        if node is None or user == heir:
            continue
        read = {data.name for data in subject.model.data if data.id in node.reads}
        is_condition = not node.is_activity
        if is_condition or material in read or any(i.name == material and i.use == "needs" for i in node.materials):
            return True
    return False


def hand_orders(subject: Subject, change: Change, gone: str, heir: str) -> None:
    """Let the legal orders that name a step name the one that stands for it; refuse where none does in time."""
    for node in list(change.nodes.values()):
        said = node.step
        if said is None or node.id == gone or gone not in said.after:
            continue
        if not heir or (node.id != heir and not subject.relations.always_before(heir, node.id)):
            raise CannotMove("legal-order", step=node.id, after=gone)
        order = dict.fromkeys(heir if name == gone else name for name in said.after)
        change.set_step(node.id, after=tuple(name for name in order if name != node.id))
