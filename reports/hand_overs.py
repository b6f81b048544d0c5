"""Who hands work to whom: one matrix a side, a number in every cell, on one scale of heat."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.errors import AnalysisError
from analysis.hand_overs import expected_hand_overs, hand_overs
from reports import format as write
from reports.comparison import Side
from reports.lanes import lane_order
from reports.study import Study

#: The steps of heat, 0 for nothing; a cell's number is set in paper from step 5 on.
HEATS = 6


@dataclass(frozen=True, kw_only=True)
class Cell:
    """How often one unit hands over to another in a mean case."""

    text: str
    heat: int


@dataclass(frozen=True, kw_only=True)
class Giver:
    """A row: what one unit hands over, to each and in all."""

    number: int
    name: str
    cells: tuple[Cell, ...]
    total: str


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """The hand-overs of one side."""

    side: str
    rows: tuple[Giver, ...]
    #: What each unit receives, and all hand-overs.
    received: tuple[str, ...]
    total: str
    is_exact: bool


@dataclass(frozen=True, kw_only=True)
class Matrices:
    """The hand-overs of each side, the units in the same order and with the same numbers."""

    sides: tuple[Matrix, ...]
    #: The sentence above them: all hand-overs before and after.
    summary: str
    #: Whether all numbers follow from the traffic equations.
    is_exact: bool

    @property
    def width(self) -> int:
        """How many units there are."""
        return len(self.sides[0].rows)


def matrices(study: Study) -> Matrices | None:
    """The hand-overs of each side; None where work never changes hands."""
    found = [_pairs(side) for _, side in study.sides]
    named = dict.fromkeys(name for pairs, _ in found for pair in pairs for name in pair)
    if not named:
        return None
    order = [name for name in lane_order([side for _, side in study.sides]) if name in named]
    units = list(dict.fromkeys([*order, *named]))
    most = max(times for pairs, _ in found for times in pairs.values())
    sides = tuple(
        _matrix(study.side_name(key), units, pairs, most, is_exact=is_exact)
        for (key, _), (pairs, is_exact) in zip(study.sides, found, strict=True)
    )
    summary = write.ARROW.join(side.total for side in sides)
    return Matrices(sides=sides, summary=summary, is_exact=all(side.is_exact for side in sides))


def _pairs(side: Side) -> tuple[Mapping[tuple[str, str], float], bool]:
    """The hand-overs of a side: from exact visits, else from those its simulation counted."""
    try:
        found, is_exact = expected_hand_overs(side.model)
    except AnalysisError:
        is_exact = False
    if not is_exact:
        found = hand_overs(side.model, {step.id: step.times_per_case for step in side.times.steps})
    return {(pair.giver, pair.taker): pair.times for pair in found}, is_exact


def _matrix(
    side: str, units: Sequence[str], pairs: Mapping[tuple[str, str], float], most: float, *, is_exact: bool
) -> Matrix:
    rows = tuple(
        Giver(
            number=place,
            name=giver,
            cells=tuple(_cell(pairs.get((giver, taker), 0.0), most) for taker in units),
            total=_text(sum(times for (one, _), times in pairs.items() if one == giver)),
        )
        for place, giver in enumerate(units, start=1)
    )
    received = tuple(_text(sum(times for (_, other), times in pairs.items() if other == taker)) for taker in units)
    return Matrix(side=side, rows=rows, received=received, total=_text(sum(pairs.values())), is_exact=is_exact)


def _cell(times: float, most: float) -> Cell:
    return Cell(text=_text(times), heat=math.ceil(HEATS * times / most - 1e-9) if times > 0 else 0)


def _text(times: float) -> str:
    """A number of times, with two decimals unless it is whole."""
    return write.number(times, 0 if abs(times - round(times)) < 5e-4 else 2)
