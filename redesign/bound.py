"""The most any set of moves can save of time: what would be saved if nothing they touch took any.

Moves remove, merge, move and rearrange steps; none makes a step they do not touch faster in itself. So no set of them
beats the procedure in which all steps they touch take no time at all, and loops they would bound are bounded. (Where
people are waited for, less work in one place can in rare cases make others wait longer; the bound is that of means.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bpmn.model import Model
from redesign.move import Move
from redesign.sets import Sets

#: Moves that change papers and visits only.
UNTIMED = frozenset(("share-material", "join-visits", "assign-lead"))


def most_to_gain(sets: Sets, moves: Sequence[Move], *, least: float) -> float | None:
    """The elapsed working seconds that no set of these moves can save more than; None where they are not known.

    `least` is what some set saves: the bound is not given below it.
    """
    timed = [move for move in moves if move.move not in UNTIMED]
    if not timed:
        return least if sets.decided_elapsed_working_s else None
    once = sets.made([move for move in timed if move.move == "ask-once"])
    touched = set[str]()
    for move in timed:
        touched |= {*move.steps, *_changed(sets.model, sets.made((move,)).model)}
    saved = sets.saved(_without_time(once.model, touched))
    return None if saved is None else max(saved, least)


def _changed(before: Model, after: Model) -> Iterable[str]:
    """The nodes of a procedure that are gone or are not the same after a move."""
    return (node.id for node in before.nodes if after.node.get(node.id) is not node)


def _without_time(model: Model, touched: set[str]) -> Model:
    return model.evolve(
        nodes=tuple(node.evolve(times=()) if node.id in touched and node.is_activity else node for node in model.nodes)
    )
