"""The office hours of a procedure and of its units, and open time counted for whole columns of moments."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from analysis.extent import steps_of
from bpmn.model import Model
from org import WorkTime, holidays

#: Office hours as spans of the day, in seconds.
Hours = tuple[tuple[int, int], ...]


def office_hours(model: Model) -> WorkTime:
    """The procedure's office hours on its calendar."""
    return WorkTime(holidays=holidays(model.procedure.calendar), hours=model.procedure.hours)


def units_with_other_hours(model: Model) -> tuple[str, ...]:
    """Names of the units whose people work in other hours than the procedure's, in the order of the file."""
    own = office_hours(model)
    busy = {
        model.unit_of[step.id].key for step in steps_of(model) if step.id in model.unit_of and not step.is_automatic
    }
    return tuple(
        unit.name
        for unit in model.units
        if unit.key in busy
        and unit.hours is not None
        and WorkTime(holidays=own.holidays, hours=unit.hours).hours != own.hours
    )


def open_between(hours: WorkTime, start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
    """Open microseconds between moments in local microseconds, one for each pair; one search in all spans together."""
    if not len(start):
        return np.zeros(0, dtype=np.int64)
    first, last = (hours.from_local(int(moment)).date() for moment in (start.min(), max(start.max(), end.max())))
    begins, ends, before = (np.array(column, dtype=np.int64) for column in hours.spans(first, last))
    if not len(begins):
        return np.zeros(len(start), dtype=np.int64)

    def opened(moments: NDArray[np.int64]) -> NDArray[np.int64]:
        span = np.searchsorted(begins, moments, side="right") - 1
        inside = before[span] + np.minimum(moments, ends[span]) - begins[span]
        return np.where(span < 0, 0, inside)

    counted: NDArray[np.int64] = opened(end) - opened(start)
    return counted


def estimated_years(hours: WorkTime, start: NDArray[np.int64], end: NDArray[np.int64]) -> dict[int, float]:
    """The years without an official calendar that cases touch, each with the share of cases that touch it."""
    if not len(start):
        return {}
    first, last = hours.from_local(int(start.min())), hours.from_local(int(end.max()))
    found: dict[int, float] = {}
    for year in range(first.year, last.year + 1):
        if hours.holidays.status(year) == "official":
            continue
        begins = hours.to_local(datetime(year, 1, 1, tzinfo=hours.zone))
        after = hours.to_local(datetime(year + 1, 1, 1, tzinfo=hours.zone))
        touched = float(((start < after) & (end >= begins)).mean())
        if touched:
            found[year] = touched
    return found
