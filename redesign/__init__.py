"""Better processes out of a procedure as it is: moves, their proof, and the search for the best set of them.

redesigned(model) -> Redesign        the best set of moves, proved and drawn
measured(model, find(model))         findings with what the move of each would save
prove(before, after) -> Proof        sound, lawful, complete
"""

from __future__ import annotations

from collections.abc import Sequence

from analysis.findings import Finding, find
from bpmn.layout import redraw
from bpmn.model import Model
from redesign.errors import CannotMove, RedesignError
from redesign.filled import fileable, housed
from redesign.move import Move, move_of
from redesign.prove import prove
from redesign.result import Obligation, Proof, Redesign, Refused, Weighed
from redesign.saving import measured
from redesign.search import Found, Options, Progress, search
from redesign.staff import MOST_USE, Staffing, people, staff_needed

__all__ = [
    "MOST_USE",
    "CannotMove",
    "Found",
    "Move",
    "Obligation",
    "Options",
    "Proof",
    "Redesign",
    "RedesignError",
    "Refused",
    "Staffing",
    "Weighed",
    "fileable",
    "measured",
    "move_of",
    "people",
    "prove",
    "redesigned",
    "search",
    "staff_needed",
]


def redesigned(
    model: Model,
    *,
    findings: Sequence[Finding] | None = None,
    options: Options | None = None,
    progress: Progress | None = None,
) -> Redesign:
    """The best set of moves of a procedure, with its proof and its diagram; the model itself where nothing pays.

    `findings` are those of the model, measured (`measured`), so that each move knows what it saves alone.
    """
    known = measured(model, find(model)) if findings is None else tuple(findings)
    found = search(model, findings=known, options=options, progress=progress)
    best = found.best
    return Redesign(
        before=model,
        after=redraw(model, housed(best.model)) if best.moves else model,
        moves=best.moves,
        refused=found.refused,
        proof=found.proof,
        saving=best.saving,
        line=found.line,
        trade_offs=found.trade_offs,
        complete=found.complete,
        tried=found.tried,
        bound=found.bound,
        reached=found.reached,
        staff=staff_needed(model),
        staff_after=best.staff,
    )
