"""`flatten-approvals`: of a chain of approvals the last stays, and those the law demands."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.findings import Subject
from bpmn.model import Model
from redesign.change import Change
from redesign.errors import CannotMove
from redesign.move import Move
from redesign.moves.conditions import keeps_papers
from redesign.moves.remove_step import checked, remove


def flatten_approvals(subject: Subject, move: Move) -> Model:
    """Take out the approvals that may go; what they rejected and read the last one rejects and reads."""
    chain = [step for step in move.steps if step in subject.model.node]
    if len(chain) < 2:
        raise CannotMove("nothing-left", steps=list(move.steps))
    last = chain[-1]
    free = [step for step in chain[:-1] if not subject.is_mandatory(step) and step not in subject.kept_apart]
    if not free:
        raise CannotMove("protected", steps=chain[:-1])
    change = Change(subject.model)
    for step in free:
        if not subject.relations.before(step, last) or subject.kind(step) != "approve":
            raise CannotMove("not-on-every-way", step=step)
        _move_choices(subject, change, step, last)
        _hand_needs(subject, change, step, chain)
        remove(subject, change, step, [last])
    model = checked(subject, change, free)
    needs = subject.relations.needs
    keeps_papers(subject, model, {last: frozenset[str]().union(*map(needs, free)) - needs(last)})
    return model


def _hand_needs(subject: Subject, change: Change, gone: str, chain: Sequence[str]) -> None:
    """Let the last approval read what one that goes read, and no later one wait for a word nobody gives any more."""
    last = chain[-1]
    words = subject.relations.gives(gone)
    for step in chain[chain.index(gone) + 1 :]:
        if step in change.nodes:
            spared = (item for item in change.nodes[step].materials if item.use != "needs" or item.name not in words)
            change.set(step, materials=tuple(spared))
    own = change.nodes[last].materials
    known = {item.name for item in own if item.use == "needs"} | {item.name for item in own if item.use == "gives"}
    read = tuple(item for item in change.nodes[gone].materials if item.use == "needs" and item.name not in known)
    change.set(last, materials=(*read, *own))
    change.read_too(last, gone)
    own_words = {data.id for data in subject.model.data if data.name in words}
    change.set(last, reads=tuple(data for data in change.nodes[last].reads if data not in own_words))


def _move_choices(subject: Subject, change: Change, gone: str, last: str) -> None:
    """Put the gateways that route on an approval that goes behind the last one, each with its shares."""
    between = subject.relations.between(gone, last)
    for gateway in reversed(subject.relations.routed_by(gone)):
        if gateway in between:
            _behind(subject, change, gateway, last)


def _behind(subject: Subject, change: Change, gateway: str, step: str) -> None:
    """Take a gateway out of the way to a step and put it directly behind the step."""
    entering, leaving = change.incoming(gateway), change.outgoing(gateway)
    onward = [flow for flow in leaving if _leads(subject, flow.target, step)]
    after = change.outgoing(step)
    if len(entering) != 1 or len(onward) != 1 or len(after) != 1:
        raise CannotMove("several-ways-on", step=gateway)
    change.lead(entering[0].id, target=onward[0].target)
    change.lead(onward[0].id, target=after[0].target)
    change.lead(after[0].id, target=gateway)
    if (lane := subject.model.lane_of.get(step)) and not change.nodes[gateway].scope:
        change.into_lane(gateway, lane.id)


def _leads(subject: Subject, node: str, step: str) -> bool:
    return node == step or subject.relations.before(node, step)
