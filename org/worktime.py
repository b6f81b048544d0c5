"""Working time: the only place that adds time to a moment or counts it between two.

Theory. Every working day of a calendar has the same office hours, so the open time before a moment is

    (working days before its day) × (open time of a working day) + (open time of that day before the moment)

The calendar answers the first factor with one bisection, the hours the last term with a look at their few spans. To
count is to subtract two such numbers; to add is to turn the sum back into a day and a time of it. Nothing walks from
day to day, so ten years cost as much as one day.

Inside, a moment is a whole number: microseconds since 1970-01-01T00:00 on the wall clock of the zone ("local"). A
border belongs to the span it ends: time that runs out exactly at closing ends at closing, not at the next opening.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from org.due import Due, due_date, united
from org.errors import BadDuration, BadHours, CalendarMissing, NaiveTime
from org.holidays import EPOCH, Day, Holidays

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

#: Office hours where nothing is said, in seconds of the day: 09:00-12:00 and 13:30-17:30.
DEFAULT_HOURS: tuple[tuple[int, int], ...] = ((32400, 43200), (48600, 63000))

_SECOND = 1_000_000
_DAY = 86_400 * _SECOND


def shanghai() -> ZoneInfo:
    """Give the time zone of China, the zone where nothing is said."""
    # Imported when first needed: it takes longer than this package, and many commands need no time.
    from zoneinfo import ZoneInfo

    return ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, kw_only=True)
class YearShare:
    """One calendar year that a span of time touches."""

    year: int
    #: "official", "estimated" or "missing".
    status: str
    #: The part of the span's natural time that lies in it; the parts of a span sum to 1.
    share: float


@dataclass(frozen=True, kw_only=True)
class WorkTime:
    """Office hours on a calendar.

    All methods take aware moments of any zone and give moments of `zone`. They raise CalendarMissing where a year is
    needed that the calendar does not have, and NaiveTime for a moment without a zone.
    """

    holidays: Holidays
    #: The spans of a working day in seconds, in order; `((0, 86400),)` works every day of the year, holidays too.
    hours: tuple[tuple[int, int], ...] = DEFAULT_HOURS
    zone: ZoneInfo = field(default_factory=shanghai)
    #: Open seconds of a working day.
    day_seconds: int = field(init=False)
    #: Whether it works every day of the year, day and night.
    is_around_the_clock: bool = field(init=False)
    _epoch: datetime = field(init=False, repr=False, compare=False)
    _day: int = field(init=False, repr=False, compare=False)
    #: Start, end and open time before, of each span of the day, in microseconds.
    _spans: tuple[tuple[int, int, int], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        hours = _joined(self.hours)
        spans = []
        total = 0
        for start, end in hours:
            spans.append((start * _SECOND, end * _SECOND, total))
            total += (end - start) * _SECOND
        derived = {
            "hours": hours,
            "day_seconds": total // _SECOND,
            "is_around_the_clock": total == _DAY,
            "_epoch": datetime(1970, 1, 1, tzinfo=self.zone),
            "_day": total,
            "_spans": tuple(spans),
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    def to_local(self, moment: datetime) -> int:
        """Turn an aware moment into local microseconds."""
        if moment.tzinfo is not self.zone:
            if moment.utcoffset() is None:
                raise NaiveTime(moment)
            try:
                moment = moment.astimezone(self.zone)
            except OverflowError:
                raise CalendarMissing(moment.year) from None
        # Two moments of one zone are subtracted on its wall clock.
        since = moment - self._epoch
        return (since.days * 86_400 + since.seconds) * _SECOND + since.microseconds

    def from_local(self, microseconds: int) -> datetime:
        """Turn local microseconds into a moment of the zone."""
        try:
            return self._epoch + timedelta(microseconds=microseconds)
        except OverflowError:
            raise CalendarMissing(date.max.year + 1 if microseconds > 0 else 0) from None

    def add(self, start: datetime, seconds: float) -> datetime:
        """Give the moment at which so many open seconds have passed since the start.

        It is the first such moment: time that runs out at closing ends at closing. Nothing added gives the start.
        """
        if not 0 <= seconds < float("inf"):
            raise BadDuration(seconds)
        local = self.to_local(start)
        added = round(seconds * _SECOND)
        return self.from_local(self._reach(self._open_before(local) + added) if added else local)

    def count(self, start: datetime, end: datetime) -> float:
        """Count the open seconds between two moments; negative where the end lies before the start."""
        return (self._open_before(self.to_local(end)) - self._open_before(self.to_local(start))) / _SECOND

    def next_opening(self, start: datetime) -> datetime:
        """Give the first moment from the start on at which the office is open: the start itself where it is."""
        return self.from_local(self._opening(self.to_local(start)))

    def first_opening(self) -> datetime:
        """Give the first opening of the first working day of the last official year."""
        return self.next_opening(datetime(self.holidays.last_official_year, 1, 1, tzinfo=self.zone))

    def is_open(self, moment: datetime) -> bool:
        """Whether the office is open at a moment; at closing it no longer is."""
        local = self.to_local(moment)
        return self._opening(local) == local

    def is_workday(self, day: date) -> bool:
        """Whether the office opens on a day."""
        return self.is_around_the_clock or self.holidays.is_workday(day)

    def spans(self, first: date, last: date) -> tuple[array[int], array[int], array[int]]:
        """Give the open spans from the first day to the last, both in: starts, ends, open time before each start.

        All three are local microseconds; spans that touch, at midnight too, are one.
        """
        starts, ends, before = array("q"), array("q"), array("q")
        total = 0
        for midnight in self._open_days(first, last):
            for start, end, _ in self._spans:
                if ends and ends[-1] == midnight + start:
                    ends[-1] = midnight + end
                else:
                    starts.append(midnight + start)
                    ends.append(midnight + end)
                    before.append(total)
                total += end - start
        return starts, ends, before

    def due(self, start: datetime, amount: float, unit: str, stops: Sequence[tuple[datetime, datetime]] = ()) -> Due:
        """Give the due date of a limit that began with an event at the start, with its explanation.

        `unit` is "workday", "day", "hour" or "month". A stop takes out every day from its first moment's to its last
        moment's. docs/explanation/working-time.md says how each unit is counted.
        """
        local = self.from_local(self.to_local(start))
        days = united((self._day_of(first), self._day_of(last)) for first, last in stops)
        return due_date(self, local, amount, unit, days)

    def explain(self, start: datetime, end: datetime) -> tuple[Day, ...]:
        """List the days between two moments, both in, that a plain week does not explain.

        They are the weekends and holidays that were not worked and the weekend days that were.
        """
        if self.is_around_the_clock:
            return ()
        days = self.holidays.days(self._day_of(start), self._day_of(end))
        return tuple(day for day in days if day.kind != "workday")

    def years(self, start: datetime, end: datetime) -> tuple[YearShare, ...]:
        """Give the calendar years that the time between two moments touches, with their status and share."""
        first, last = self.to_local(start), self.to_local(end)
        length = last - first
        shares = []
        for year in range(self._day_of(start).year, self._day_of(end).year + 1):
            begin = max(first, _midnight(date(year, 1, 1)))
            finish = min(last, _midnight(date(year, 12, 31)) + _DAY)
            share = (finish - begin) / length if length else 1.0
            if share or not length:
                shares.append(YearShare(year=year, status=self.holidays.status(year), share=share))
        return tuple(shares)

    def _day_of(self, moment: datetime) -> date:
        return self.from_local(self.to_local(moment)).date()

    def _open_days(self, first: date, last: date) -> Sequence[int]:
        """Give the midnights of the days in a range on which the office opens."""
        begin, end = first.toordinal() - EPOCH, last.toordinal() - EPOCH
        if self.is_around_the_clock:
            return range(begin * _DAY, (end + 1) * _DAY, _DAY)
        start, _ = self.holidays.position(begin)
        stop, worked = self.holidays.position(end)
        return [self.holidays.workday(position) * _DAY for position in range(start, stop + worked)]

    def _open_before(self, local: int) -> int:
        """Give the open time before a moment, counted from some moment long ago."""
        if self.is_around_the_clock:
            return local
        day, time = divmod(local, _DAY)
        position, worked = self.holidays.position(day)
        opened = position * self._day
        if not worked:
            return opened
        for start, end, before in self._spans:
            if time <= start:
                return opened + before
            if time < end:
                return opened + before + time - start
        return opened + self._day

    def _reach(self, opened: int) -> int:
        """Give the first moment before which so much open time lies: the inverse of `_open_before`."""
        if self.is_around_the_clock:
            return opened
        position, rest = divmod(opened - 1, self._day)
        return self.holidays.workday(position) * _DAY + self._time_of(rest + 1)

    def moment_on(self, day: date, share: float) -> datetime:
        """Give the moment of a day by which that share of its open time has passed, closing for the whole of it."""
        return self.from_local(_midnight(day) + self._time_of(max(round(share * self._day), 1)))

    def _time_of(self, opened: int) -> int:
        """Give the time of a working day by which so much of its open time has passed."""
        for start, end, before in self._spans:
            if opened <= before + end - start:
                return start + opened - before
        return self._spans[-1][1]

    def _opening(self, local: int) -> int:
        if self.is_around_the_clock:
            return local
        day, time = divmod(local, _DAY)
        position, worked = self.holidays.position(day)
        if worked:
            for start, end, _ in self._spans:
                if time < end:
                    return day * _DAY + max(time, start)
            position += 1
        return self.holidays.workday(position) * _DAY + self._spans[0][0]


def _joined(hours: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Check the spans of a day and make those that touch one."""
    joined: list[tuple[int, int]] = []
    for start, end in hours:
        if not (joined[-1][1] if joined else 0) <= start < end <= 86_400:
            raise BadHours(hours)
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    if not joined:
        raise BadHours(hours)
    return tuple(joined)


def _midnight(day: date) -> int:
    return (day.toordinal() - EPOCH) * _DAY
