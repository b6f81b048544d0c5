"""The moves: one file each. What each does to time and papers stands in docs/reference/moves.md."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from analysis.findings import Subject
from bpmn.model import Model
from redesign.errors import CannotMove
from redesign.move import Move, MoveKey
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

__all__ = ["MOVES", "Applied", "Making", "apply"]

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


class Making:
    """Makes sets of moves of one model; what sets have in common at their beginning is made once."""

    def __init__(self, model: Model) -> None:
        self._begin = _Made(subject=Subject(model), moves=(), refused=())
        self._known: OrderedDict[tuple[MoveKey, ...], _Made] = OrderedDict()
        #: Nodes of all models made so far: what the making costs.
        self.spent = 0
        self._remembered = max(_REMEMBERED_NODES // max(len(model.nodes), 1), _FEWEST_REMEMBERED)

    def made(self, moves: Iterable[Move]) -> Applied:
        """Make moves one after another, each on what the ones before it left.

        Those that do not hold there are refused, as are those whose steps are gone.
        """
        made = self._begin
        way: tuple[MoveKey, ...] = ()
        for move in sorted(moves, key=lambda move: _RANK[move.move]):
            way = (*way, move.key)
            known = self._known.get(way)
            if known is None:
                known = self._known[way] = _with(made, move)
                self.spent += len(known.subject.model.nodes)
                if len(self._known) > self._remembered:
                    self._known.popitem(last=False)
            made = known
        return Applied(model=made.subject.model, moves=made.moves, refused=made.refused)


def apply(model: Model, moves: Iterable[Move]) -> Applied:
    """Make one set of moves of a model."""
    return Making(model).made(moves)


#: Beginnings of sets that are kept: so many nodes together, and so many in any case.
_REMEMBERED_NODES, _FEWEST_REMEMBERED = 50_000, 50


@dataclass(frozen=True, kw_only=True)
class _Made:
    """How far a set is made."""

    subject: Subject
    moves: tuple[Move, ...]
    refused: tuple[Refused, ...]


def _with(made: _Made, move: Move) -> _Made:
    try:
        model = MOVES[move.move](made.subject, move)
    except CannotMove as reason:
        why = Refused(
            finding=move.finding, steps=move.steps, why=reason.why, details=reason.details, material=move.material
        )
        return replace(made, refused=(*made.refused, why))
    return replace(made, subject=Subject(model, units=made.subject.organisation), moves=(*made.moves, move))
