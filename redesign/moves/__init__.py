"""The moves: one file each. What each does to time and papers stands in docs/reference/moves.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from analysis.findings import Subject
from bpmn.model import Model
from redesign.errors import CannotMove
from redesign.move import Move
from redesign.moves.ask_once import ask_once
from redesign.moves.assign import assign_lead, assign_owner
from redesign.moves.automate import automate
from redesign.moves.delegate import delegate
from redesign.moves.flatten_approvals import flatten_approvals
from redesign.moves.join_visits import join_visits
from redesign.moves.merge_steps import merge_steps
from redesign.moves.parallelise import parallelise
from redesign.moves.regroup import regroup
from redesign.moves.remove_step import remove_step
from redesign.moves.reorder_checks import reorder_checks
from redesign.moves.share_material import share_material
from redesign.result import Refused

__all__ = ["MOVES", "Applied", "apply"]

#: Every move by its name, in the order in which a set of them is made: what takes away first, what rearranges last.
MOVES: Mapping[str, Callable[[Subject, Move], Model]] = {
    "share-material": share_material,
    "remove-step": remove_step,
    "flatten-approvals": flatten_approvals,
    "merge-steps": merge_steps,
    "regroup": regroup,
    "delegate": delegate,
    "automate": automate,
    "ask-once": ask_once,
    "join-visits": join_visits,
    "reorder-checks": reorder_checks,
    "parallelise": parallelise,
    "assign-owner": assign_owner,
    "assign-lead": assign_lead,
}
_RANK = {name: place for place, name in enumerate(MOVES)}


@dataclass(frozen=True, kw_only=True)
class Applied:
    """What became of a set of moves; the diagram is not drawn yet."""

    model: Model
    moves: tuple[Move, ...]
    refused: tuple[Refused, ...]


def apply(model: Model, moves: Sequence[Move]) -> Applied:
    """Make moves one after another, each on what the ones before it left; those that do not hold there are refused."""
    subject = Subject(model)
    made: list[Move] = []
    refused: list[Refused] = []
    for move in sorted(moves, key=lambda move: _RANK[move.move]):
        try:
            changed = MOVES[move.move](subject, move)
        except CannotMove as reason:
            refused.append(Refused(finding=move.finding, steps=move.steps, why=reason.why, details=reason.details))
            continue
        made.append(move)
        subject = Subject(changed, units=subject.organisation)
    return Applied(model=subject.model, moves=tuple(made), refused=tuple(refused))
