"""Timers against an activity: who is first, and when.

On the grid one of two is first at a point with the probability that the other is not done yet, which between two
points is the mean of what it is at both: the error falls with the square of the step.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from analysis.timing.grid import Grid, Portion
from analysis.timing.special import Column
from analysis.timing.times import Part, fixed_length

#: Portions of the cases by the way in, the way out and what they have been told.
Raced = Mapping[tuple[str, str, int], Portion]


def race(grid: Grid, value: Raced, timers: Mapping[str, Part], length: float | None) -> Raced:
    """The portions of an activity that is done before every timer, and of each timer that is before all else.

    `length` is that of an activity whose time does not vary; at equal times it is done before the timer rings.
    """
    lengths = {event: fixed_length(part) for event, part in timers.items()}
    if length is not None and None not in lengths.values():
        first, limit = min(((event, limit or 0.0) for event, limit in lengths.items()), key=lambda item: item[1])
        if length <= limit:
            return value
        return {("", first, 0): grid.of_masses(grid.atoms([limit]), mass=1.0, moment=limit)}
    own = {way: grid.masses(portion) for way, portion in value.items()}
    others = {event: grid.masses(grid.of_law(part.law, part.values)) for event, part in timers.items()}
    left = {event: _left(masses) for event, masses in others.items()}
    left_of_own = _left(np.sum(list(own.values()), axis=0)) if own else np.ones(grid.size)
    found: dict[tuple[str, str, int], Column] = {}
    for way, masses in own.items():
        found[way] = masses * np.prod(list(left.values()), axis=0)
    for event, masses in others.items():
        rest = [shares for other, shares in left.items() if other != event]
        found["", event, 0] = masses * left_of_own * (np.prod(rest, axis=0) if rest else 1.0)
    return _whole(grid, found)


def waited(grid: Grid, value: Raced, event: str, limit: float) -> tuple[Raced, Raced]:
    """An activity beside which a timer rings after `limit`: how it is passed, and what is left of it after the ring.

    Where it is done before, it is passed as ever; where the timer rings, by the way of that event at that moment.
    """
    place = limit / grid.step
    # What lies in the cell of the limit is divided where the limit divides it.
    done = np.clip(place - np.arange(grid.size) + 0.5, 0.0, 1.0)
    own = {way: grid.masses(portion) for way, portion in value.items()}
    passed = {}
    for way, masses in own.items():
        early = masses * done
        passed[way] = grid.of_masses(early, mass=float(early.sum()), moment=float(early @ grid.points))
    late = 1.0 - sum(portion.mass for portion in passed.values())
    if late <= 0.0:
        return value, value
    rest = {way: _shifted(masses * (1.0 - done), place) for way, masses in own.items()}
    kept = sum(float(masses.sum()) for masses in rest.values()) or 1.0
    moment = sum(portion.moment for portion in value.values()) - sum(portion.moment for portion in passed.values())
    left = {
        way: grid.of_masses(
            masses / late,
            mass=float(masses.sum()) / kept,
            moment=(moment / late - limit) * float(masses.sum()) / kept,
        )
        for way, masses in rest.items()
    }
    rung = grid.of_masses(grid.atoms([limit]) * late, mass=late, moment=late * limit)
    return {**passed, ("", event, 0): rung}, left


def _shifted(masses: Column, place: float) -> Column:
    """The masses so many points nearer to the beginning, split between two where it lies between."""
    lower = int(place)
    share = place - lower
    found = np.zeros_like(masses)
    kept = masses[lower:]
    if len(kept):
        found[: len(kept)] = kept * (1.0 - share)
        found[: len(kept) - 1] += kept[1:] * share
        found[0] += kept[0] * share
    return found


def _left(masses: Column) -> Column:
    """The share that is not done yet around each point."""
    done = np.cumsum(masses)
    left: Column = 1.0 - (done - masses / 2.0)
    return left


def _whole(grid: Grid, found: Mapping[tuple[str, str, int], Column]) -> Raced:
    """The portions, with what lies beyond the grid in the first of them: there it is too little to matter."""
    sums = {way: float(masses.sum()) for way, masses in found.items()}
    missing = 1.0 - sum(sums.values())
    first = next(iter(found))
    end = grid.step * grid.size
    return {
        way: grid.of_masses(
            masses,
            mass=sums[way] + (missing if way == first else 0.0),
            moment=float(masses @ grid.points) + (missing * end if way == first else 0.0),
        )
        for way, masses in found.items()
    }
