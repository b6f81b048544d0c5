"""Due dates: when a legal limit ends, and which days on the way did not count.

The day of the event is never counted. How the days after it are counted belongs to the unit of the limit:

    workday   working days only; the office hours' closing on the last of them
    day       every day; a last day that is no working day moves to the next one; closing on it
    month     the day with the event's number in the last month, or that month's last day; closing on it
    hour      natural hours from the moment of the event, day and night

A stop of the clock takes out whole days; they are skipped in every unit.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from math import ceil
from typing import TYPE_CHECKING

from org.errors import BadLimit, BadStop, CalendarMissing
from org.holidays import EPOCH, Day

if TYPE_CHECKING:
    from org.worktime import WorkTime

#: Days out of the count, first and last, in order and apart from each other.
Stops = tuple[tuple[date, date], ...]

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """One day that did not count towards a limit."""

    date: date
    #: "weekend", "holiday" or "stopped".
    why: str
    #: The name of the holiday, else empty.
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Due:
    """The end of a limit and its explanation.

    The lists of days are made when they are asked for: the date itself costs the same for any limit.
    """

    due: datetime
    #: The last day of the limit; that of `due` unless the office closes at midnight.
    last_day: date
    #: "estimated" where a day that was counted or skipped lies in an estimated year, else "official".
    status: str
    #: The years with an estimated calendar among the days counted and skipped.
    estimated_years: tuple[int, ...]
    #: The event, in the zone of the working time.
    start: datetime
    amount: float
    unit: str
    #: The stopped days, overlapping stops united.
    stops: Stops
    worktime: WorkTime = field(repr=False, compare=False)

    @cached_property
    def skipped(self) -> tuple[Skipped, ...]:
        """The days after the event that did not count, up to the last day, in order."""
        return tuple(self._skipped())

    @cached_property
    def made_up(self) -> tuple[Day, ...]:
        """The weekend days that were worked in return for a holiday, and so counted as working days."""
        if self.unit != "workday":
            return ()
        days = self.worktime.holidays.days(self.start.date() + _ONE_DAY, self.last_day)
        return tuple(day for day in days if day.kind == "made-up" and not _stop_of(self.stops, day.date))

    def _skipped(self) -> Iterable[Skipped]:
        holidays = self.worktime.holidays
        counted = 0
        day = self.start.date() if self.unit == "hour" else self.start.date() + _ONE_DAY
        while day <= self.last_day:
            if _stop_of(self.stops, day):
                yield Skipped(date=day, why="stopped")
            elif self.unit == "workday" or (self.unit == "day" and counted >= ceil(self.amount) - 1):
                # Of a limit in days only what lies beyond the last day has to be a working day.
                entry = holidays.day(day)
                if not entry.is_workday:
                    yield Skipped(date=day, why=entry.kind, name=entry.name)
            counted += not _stop_of(self.stops, day)
            day += _ONE_DAY


def united(stops: Iterable[tuple[date, date]]) -> Stops:
    """Put stops in order and make those that overlap or touch one."""
    together: list[tuple[date, date]] = []
    for first, last in sorted(stops):
        if last < first:
            raise BadStop(first, last)
        if together and first <= together[-1][1] + _ONE_DAY:
            together[-1] = (together[-1][0], max(last, together[-1][1]))
        else:
            together.append((first, last))
    return tuple(together)


def due_date(worktime: WorkTime, start: datetime, amount: float, unit: str, stops: Stops) -> Due:
    """Give the due date of a limit; `start` is in the zone of the working time, `stops` are united."""
    if unit not in _LAST_DAY or not 0 <= amount < float("inf") or (unit == "month" and amount != int(amount)):
        raise BadLimit(amount, unit)
    try:
        day, due = _LAST_DAY[unit](worktime, start, amount, stops)
    except (OverflowError, ValueError):
        raise CalendarMissing(worktime.holidays.last_year + 1) from None
    first = min(start.date() if unit == "hour" else start.date() + _ONE_DAY, day)
    estimated = _estimated(worktime, first, day)
    return Due(
        due=due,
        last_day=day,
        status="estimated" if estimated else "official",
        estimated_years=estimated,
        start=start,
        amount=amount,
        unit=unit,
        stops=stops,
        worktime=worktime,
    )


def _workdays(worktime: WorkTime, start: datetime, amount: float, stops: Stops) -> tuple[date, datetime]:
    event = _number(start.date())
    if amount == 0:
        last = _same_day(worktime, start, stops)
    else:
        holidays = worktime.holidays
        position = holidays.position(event + 1)[0] + ceil(amount) - 1
        last = holidays.workday(position)
        for begin, end in _numbers(stops, event):
            if begin > last:
                break
            ahead, worked = holidays.position(end)
            position += ahead + worked - holidays.position(begin)[0]
            last = holidays.workday(position)
    return _closing(worktime, last, amount)


def _days(worktime: WorkTime, start: datetime, amount: float, stops: Stops) -> tuple[date, datetime]:
    if amount == 0:
        last = _same_day(worktime, start, stops)
    else:
        last = _working(worktime, _counted(_number(start.date()), ceil(amount), stops), stops)
    return _closing(worktime, last, amount)


def _months(worktime: WorkTime, start: datetime, amount: float, stops: Stops) -> tuple[date, datetime]:
    event = start.date()
    years, month = divmod(event.month - 1 + int(amount), 12)
    year = event.year + years
    last = min(date(year, month + 1, 1) + timedelta(days=event.day - 1), _month_end(year, month + 1))
    return _closing(worktime, _counted(_number(event), (last - event).days, stops), amount)


def _hours(worktime: WorkTime, start: datetime, amount: float, stops: Stops) -> tuple[date, datetime]:
    # Hours are natural: they pass on the same clock everywhere, whatever a zone does to its own at night.
    moment, left = start.astimezone(UTC), timedelta(hours=amount)
    for first, last in stops:
        begin = datetime(first.year, first.month, first.day, tzinfo=worktime.zone).astimezone(UTC)
        after = last + _ONE_DAY
        end = datetime(after.year, after.month, after.day, tzinfo=worktime.zone).astimezone(UTC)
        if end <= moment:
            continue
        if moment + left <= begin:
            break
        left -= max(begin - moment, timedelta())
        moment = end
    due = (moment + left).astimezone(worktime.zone)
    return due.date(), due


#: How each unit finds the last day and the moment of a limit.
_LAST_DAY = {"workday": _workdays, "day": _days, "hour": _hours, "month": _months}


def _month_end(year: int, month: int) -> date:
    in_the_next = date(year, month, 28) + timedelta(days=4)
    return in_the_next - timedelta(days=in_the_next.day)


def _number(day: date) -> int:
    return day.toordinal() - EPOCH


def _numbers(stops: Stops, event: int) -> Iterable[tuple[int, int]]:
    """Give the stops as day numbers, what lies up to the event's day cut off."""
    for first, last in stops:
        if _number(last) > event:
            yield max(_number(first), event + 1), _number(last)


def _counted(event: int, days: int, stops: Stops) -> int:
    """Give the day on which so many days after the event's have passed, stopped ones not counted."""
    last = event + days
    for begin, end in _numbers(stops, event):
        if begin > last:
            break
        last += end - begin + 1
    return last


def _same_day(worktime: WorkTime, start: datetime, stops: Stops) -> int:
    """Give the day of a limit of nothing: the event's, if the office still closes on it, else the next it opens on."""
    day = _number(start.date())
    if worktime.next_opening(start).date() > start.date():
        day += 1
    return _working(worktime, day, stops)


def _working(worktime: WorkTime, number: int, stops: Stops) -> int:
    """Give the first day from this one on that is a working day and not stopped."""
    while True:
        position, worked = worktime.holidays.position(number)
        if not worked:
            number = worktime.holidays.workday(position)
        stopped_until = _stop_of(stops, date.fromordinal(number + EPOCH))
        if stopped_until is None:
            return number
        number = _number(stopped_until) + 1


def _stop_of(stops: Stops, day: date) -> date | None:
    """Give the last day of the stop a day lies in, or none."""
    index = bisect_right(stops, (day, date.max)) - 1
    return stops[index][1] if index >= 0 and day <= stops[index][1] else None


def _closing(worktime: WorkTime, number: int, amount: float) -> tuple[date, datetime]:
    """Give a last day and its closing; a fraction of a day ends after that share of the day's open time."""
    day = date.fromordinal(number + EPOCH)
    share = amount - int(amount) or 1.0
    return day, worktime.moment_on(day, share)


def _estimated(worktime: WorkTime, first: date, last: date) -> tuple[int, ...]:
    years = []
    for year in range(first.year, last.year + 1):
        status = worktime.holidays.status(year)
        if status == "missing":
            raise CalendarMissing(year)
        if status == "estimated":
            years.append(year)
    return tuple(years)
