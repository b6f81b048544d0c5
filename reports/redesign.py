"""A redesign as JSON, in the shape of docs/reference/json.md."""

from __future__ import annotations

from typing import Any

from redesign import MOST_USE, Move, Obligation, Redesign, Refused, Staffing, Weighed, people
from reports.findings import saving_json


def redesign_json(made: Redesign, *, before: str, after: str) -> dict[str, Any]:
    """What `zaizao redesign --json` prints."""
    return {
        "before": before,
        "after": after,
        "moves": [_move(move) for move in made.moves],
        "refused": [_refused(one) for one in made.refused],
        "proof": [_obligation(one) for one in made.proof.obligations],
        "cuts": saving_json(made.saving),
        "line": [_weighed(one) for one in made.line],
        "trade_offs": [_weighed(one) | {"worsens": sorted(one.worsens)} for one in made.trade_offs],
        "tried": made.tried,
        "complete": made.complete,
        "bound": made.bound,
        "reached": made.reached,
        "staff": {"most_use": MOST_USE, "before": _staffing(made.staff), "after": _staffing(made.staff_after)},
    }


def _move(move: Move) -> dict[str, Any]:
    return {
        "move": move.move,
        "finding": move.finding,
        "steps": list(move.steps),
        "saving": saving_json(move.saving),
    }


def _refused(one: Refused) -> dict[str, Any]:
    known = {"finding": one.finding, "steps": list(one.steps), "why": one.why, "details": dict(one.details)}
    return known | ({"material": one.material} if one.material else {})


def _obligation(one: Obligation) -> dict[str, Any]:
    return {
        "obligation": one.obligation,
        "holds": one.holds,
        "element": one.element,
        "witness": dict(one.witness),
    }


def _weighed(one: Weighed) -> dict[str, Any]:
    moves = [{"move": move.move, "finding": move.finding, "steps": list(move.steps)} for move in one.moves]
    return {"moves": moves, "saving": saving_json(one.saving), "staff": _staffing(one.staff)}


def _staffing(staffing: tuple[Staffing, ...] | None) -> dict[str, Any] | None:
    """The people each unit needs; null where nobody says how many cases arrive."""
    if staffing is None:
        return None
    units = [
        {"unit": one.unit, "element": one.element, "busy": one.busy, "needed": one.needed, "staff": one.staff}
        for one in staffing
    ]
    return {"needed": people(staffing), "units": units}
