"""When a timer rings: a date, a duration or a cycle, by the calendar clock or in working time.

The text is ISO 8601; expressions have been worked out to one before. A duration runs on the calendar clock; where the
event holds `<gov:time clock="work"/>` it is working time of the event's unit: a day is its daily open hours, a week
five such days. Months and years are those of the calendar on either clock.
"""

import re
from datetime import datetime, timedelta, tzinfo

from bpmn.annotation import Duration
from bpmn.expression.temporal import aware, later, read_moment
from bpmn.expression.tree import Months
from bpmn.gov import parse_duration
from engine.errors import BadTimer
from engine.spiff.world import Due
from org import CalendarMissing, WorkTime

_MONTHS = re.compile(r"P(?:([0-9]{1,4})Y)?(?:([0-9]{1,5})M)?(.*)", re.ASCII)
_CYCLE = re.compile(r"R([0-9]{0,9})/(.+)", re.ASCII)
_WORKDAYS_A_WEEK = 5
_MONTHS_A_YEAR = 12


def due(text: str, at: datetime, zone: tzinfo, clock: WorkTime | None) -> Due:
    """When the timer of that text rings, counted from a moment; without a clock durations are those of the calendar."""
    try:
        if text.strip().startswith("R"):
            return _cycle(text.strip(), at, zone, clock)
        return Due(at=_moment(text.strip(), at, zone, clock))
    except (ValueError, OverflowError, CalendarMissing):
        raise BadTimer(text[:200]) from None


def _moment(text: str, at: datetime, zone: tzinfo, clock: WorkTime | None) -> datetime:
    if not text.startswith("P"):
        moment = read_moment(text)
        if moment is None:
            raise ValueError(text)
        return aware(moment, zone)
    found = _MONTHS.fullmatch(text)
    if found is None:
        raise ValueError(text)
    years, months, rest = found.groups()
    moved = _months_later(at, int(years or 0) * _MONTHS_A_YEAR + int(months or 0), zone)
    if not rest and (years or months):
        return moved
    return _later(moved, parse_duration(f"P{rest}"), clock)


def _later(at: datetime, duration: Duration, clock: WorkTime | None) -> datetime:
    if clock is None:
        return at + timedelta(seconds=duration.on(day_seconds=86_400, week_days=7))
    return clock.add(at, duration.on(day_seconds=clock.day_seconds, week_days=_WORKDAYS_A_WEEK))


def _months_later(at: datetime, count: int, zone: tzinfo) -> datetime:
    """The same day and time in the zone so many months later, or that month's last day."""
    moved = later(at.astimezone(zone), Months(count)) if count else at
    if not isinstance(moved, datetime):
        raise OverflowError(count)
    return moved


def _cycle(text: str, at: datetime, zone: tzinfo, clock: WorkTime | None) -> Due:
    """A cycle: how often, from when, and its period; an end that is a moment bounds it."""
    found = _CYCLE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    count, rest = found.groups()
    parts = rest.split("/")
    period = next(part for part in parts if part.startswith("P")) if "P" in rest else ""
    if not period or len(parts) > 2:
        raise ValueError(text)
    left = int(count) - 1 if count else -1
    if count and left < 0:
        raise ValueError(text)
    first = _moment(period, at, zone, clock) if parts[0] == period else _moment(parts[0], at, zone, None)
    if parts[-1] != period:
        left = _until(period, first, _moment(parts[-1], at, zone, None), left, zone, clock)
    if first <= at and parts[0] == period:
        raise ValueError(text)  # a period of nothing would ring for ever
    return Due(at=first, again=period if left else "", left=left)


#: Most times a cycle with an end rings.
_MOST_TIMES = 10_000


def _until(period: str, first: datetime, end: datetime, left: int, zone: tzinfo, clock: WorkTime | None) -> int:
    """How often a cycle still rings after the first time, if not beyond an end."""
    times, moment = 0, first
    while times != left:
        later = _moment(period, moment, zone, clock)
        if later > end or later <= moment:
            break
        times, moment = times + 1, later
        if times >= _MOST_TIMES:
            raise ValueError(period)
    return times
