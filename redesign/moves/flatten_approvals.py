"""`flatten-approvals`: of a chain of approvals the last stays, and those the law demands."""

from __future__ import annotations

from analysis.findings import Subject
from bpmn.model import Model
from redesign.change import Change
from redesign.errors import CannotMove
from redesign.move import Move
from redesign.moves.remove_step import remove


def flatten_approvals(subject: Subject, move: Move) -> Model:
    """Take out the approvals that may go; what they reject the last one rejects."""
    chain = [step for step in move.steps if step in subject.model.node]
    free = [step for step in chain[:-1] if not subject.is_mandatory(step) and step not in subject.kept_apart]
    if not free:
        raise CannotMove("protected", steps=list(chain[:-1]))
    change = Change(subject.model)
    for step in free:
        _spare(subject, change, chain, step)
        remove(subject, change, step, [chain[-1]])
    return change.model


def _spare(subject: Subject, change: Change, chain: list[str], gone: str) -> None:
    """Let no later approval of the chain wait for the word of one that goes."""
    words = subject.relations.gives(gone)
    for step in chain[chain.index(gone) + 1 :]:
        if step in change.nodes:
            kept = (i for i in change.nodes[step].materials if i.use != "needs" or i.name not in words)
            change.set(step, materials=tuple(kept))
