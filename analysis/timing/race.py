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
        return {("", first, 0): grid.of_masses(grid._atoms([limit]), mass=1.0, moment=limit)}
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
    lower = int(place)
    before: dict[tuple[str, str, int], Column] = {}
    after: dict[tuple[str, str, int], Column] = {}
    for way, portion in value.items():
        masses = grid.masses(portion)
        points = np.arange(grid.size)
        # What lies in the cell of the limit is divided where the limit divides it.
        done = np.clip(place - points + 0.5, 0.0, 1.0)
        before[way] = masses * done
        late = masses * (1.0 - done)
        # Shifted by the limit; between two points, split between them.
        share = place - lower
        shifted = np.zeros(grid.size)
        if lower < grid.size:
            kept = late[lower:]
            shifted[: len(kept)] += kept * (1.0 - share)
            shifted[: max(len(kept) - 1, 0)] += kept[1:] * share
            shifted[0] += kept[0] * share
        after[way] = shifted
    late_mass = max(1.0 - float(sum(masses.sum() for masses in before.values())), 0.0)
    passed = {
        way: grid.of_masses(masses, mass=float(masses.sum()), moment=float(masses @ grid.points))
        for way, masses in before.items()
    }
    if late_mass <= 0.0:
        return value, value
    total = sum(portion.moment for portion in value.values())
    rest_moment = total - sum(portion.moment for portion in passed.values()) - late_mass * limit
    rung = grid.of_masses(grid._atoms([limit]) * late_mass, mass=late_mass, moment=late_mass * limit)
    left = {
        way: grid.of_masses(masses / late_mass, mass=float(masses.sum()) / late_mass, moment=0.0)
        for way, masses in after.items()
    }
    scale = sum(portion.mass for portion in left.values())
    left = {
        way: Portion(
            transform=portion.transform,
            mass=portion.mass / scale if scale else 0.0,
            moment=rest_moment / late_mass * (portion.mass / scale if scale else 0.0),
        )
        for way, portion in left.items()
    }
    return {**passed, ("", event, 0): rung}, left


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
