"""The days people work: holidays and the weekend days worked in return, year by year, official or estimated.

Theory. Without holidays the working days before a day are five for every week and one for every weekday of the week
begun: arithmetic, whatever the distance. A calendar only lists the days on which that is wrong, its exceptions: days
off between Monday and Friday (-1) and weekend days that are worked (+1). With the exceptions in order and their running
sum beside them, both questions of `WorkTime` are one bisection over a few hundred numbers, whatever the distance:

    how many working days lie before a day     weekdays before it + sum of the exceptions before it
    which day is the n-th working day          weekday number n - that sum, or the worked weekend day that is the n-th

Days are numbers here, counted from 1970-01-01; `WorkTime` turns moments into them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from org.errors import CalendarMissing, UnknownCalendar

#: The ordinal of 1970-01-01, the day with number 0.
EPOCH = date(1970, 1, 1).toordinal()

#: 1970-01-01 was a Thursday: day numbers plus this count from a Monday.
_THURSDAY = 3


@dataclass(frozen=True, kw_only=True)
class Day:
    """One day of a calendar and why it is worked or not."""

    date: date
    #: "workday", "made-up" (a weekend day worked in return), "weekend" or "holiday".
    kind: str
    #: The holiday it belongs to: of a day off, or of the day worked in return for it; else empty.
    name: str = ""

    @property
    def is_workday(self) -> bool:
        """Whether people work on it."""
        return self.kind in ("workday", "made-up")


@dataclass(frozen=True, kw_only=True)
class Notice:
    """The document that orders a year's holidays; number and date where known."""

    title: str
    number: str = ""
    dated: date | None = None


@dataclass(frozen=True, kw_only=True)
class Holiday:
    """One holiday as its notice orders it."""

    name: str
    first: date
    last: date
    #: The weekend days worked in return.
    made_up: tuple[date, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Year:
    """One year of a calendar: its status, the documents it rests on and its holidays."""

    year: int
    #: "official", "estimated" or "missing".
    status: str
    notices: tuple[Notice, ...] = ()
    #: As ordered for this year; some begin or are worked for in the last days of the year before.
    holidays: tuple[Holiday, ...] = ()


class Holidays:
    """A calendar: which days are working days, and how far that is official, estimated or missing.

    Without years it knows no holidays, Monday to Friday are worked in every year, and all of it is official.
    """

    def __init__(self, name: str, years: Mapping[int, Year] | None = None, *, last_official_year: int) -> None:
        self.name = name
        #: The years it holds; empty where there are no holidays at all.
        self.years: Mapping[int, Year] = years or {}
        self.last_official_year = last_official_year
        self.first_year = min(self.years, default=date.min.year)
        self.last_year = max(self.years, default=date.max.year)
        self._first = date(self.first_year, 1, 1).toordinal() - EPOCH
        self._last = date(self.last_year, 12, 31).toordinal() - EPOCH
        self._off: dict[int, str] = {}
        self._made_up: dict[int, str] = {}
        for year in self.years.values():
            self._enter(year)
        self._exceptions, self._sums, self._reached = self._summed()

    def _enter(self, year: Year) -> None:
        for holiday in year.holidays:
            for number in range(holiday.first.toordinal() - EPOCH, holiday.last.toordinal() - EPOCH + 1):
                self._off[number] = holiday.name
            for day in holiday.made_up:
                self._made_up[day.toordinal() - EPOCH] = holiday.name

    def _summed(self) -> tuple[list[int], list[int], list[int]]:
        """Give the exceptions in order, the sum of those before each, and the working days up to and with each."""
        changes = {number: -1 for number in self._off if _is_weekday(number)}
        changes |= {number: 1 for number in self._made_up if not _is_weekday(number)}
        exceptions = sorted(changes)
        sums = [0]
        reached = []
        for number in exceptions:
            sums.append(sums[-1] + changes[number])
            reached.append(_weekdays_before(number + 1) + sums[-1])
        return exceptions, sums, reached

    def status(self, year: int) -> str:
        """Whether a year is "official", "estimated" or "missing"."""
        if not self.years:
            return "official" if date.min.year <= year <= date.max.year else "missing"
        entry = self.years.get(year)
        return entry.status if entry else "missing"

    def year(self, year: int) -> Year:
        """Give one year as its notices order it."""
        if self.status(year) == "missing":
            raise CalendarMissing(year)
        return self.years.get(year) or Year(year=year, status="official")

    def is_workday(self, day: date) -> bool:
        """Whether people work on a day."""
        return self.position(day.toordinal() - EPOCH)[1]

    def day(self, day: date) -> Day:
        """Say of a day whether it is worked, and why."""
        number = day.toordinal() - EPOCH
        self._require(number)
        if number in self._made_up:
            return Day(date=day, kind="made-up", name=self._made_up[number])
        if number in self._off:
            return Day(date=day, kind="holiday", name=self._off[number])
        return Day(date=day, kind="workday" if _is_weekday(number) else "weekend")

    def days(self, first: date, last: date) -> Iterator[Day]:
        """Give every day from the first to the last, both in, in order."""
        for offset in range((last - first).days + 1):
            yield self.day(first + timedelta(days=offset))

    def workdays(self, first: date, last: date) -> int:
        """Count the working days from the first day to the last, both in."""
        before = self.position(first.toordinal() - EPOCH)[0]
        upto, worked = self.position(last.toordinal() - EPOCH)
        return upto + worked - before

    def position(self, number: int) -> tuple[int, bool]:
        """Give the running number a day has among the working days, and whether it is one itself.

        The running numbers of a calendar count up by one from working day to working day; where they begin means
        nothing. A day that is no working day has that of the next one.
        """
        self._require(number)
        index = bisect_left(self._exceptions, number)
        worked = _is_weekday(number)
        if index < len(self._exceptions) and self._exceptions[index] == number:
            worked = not worked
        return _weekdays_before(number) + self._sums[index], worked

    def workday(self, position: int) -> int:
        """Give the day number of the working day with a running number."""
        index = bisect_right(self._reached, position)
        if index < len(self._reached) and self._reached[index] == position + 1 and self._is_made_up(index):
            return self._exceptions[index]
        weeks, weekday = divmod(position - self._sums[index], 5)
        number = weeks * 7 + weekday - _THURSDAY
        if number > self._last:
            raise CalendarMissing(self.last_year + 1)
        return number

    def _is_made_up(self, index: int) -> bool:
        return self._sums[index + 1] > self._sums[index]

    def _require(self, number: int) -> None:
        if not self._first <= number <= self._last:
            raise CalendarMissing(date.fromordinal(number + EPOCH).year)

    def __repr__(self) -> str:
        return f"Holidays({self.name!r})"


def _is_weekday(number: int) -> bool:
    return (number + _THURSDAY) % 7 < 5


def _weekdays_before(number: int) -> int:
    weeks, weekday = divmod(number + _THURSDAY, 7)
    return weeks * 5 + min(weekday, 5)


@cache
def holidays(calendar: str) -> Holidays:
    """Give the calendar of that name: `CN`, or `none` for Monday to Friday without holidays."""
    if calendar == "CN":
        return read_holidays("CN", Path(__file__).parent / "calendars" / "cn.toml")
    if calendar == "none":
        return Holidays("none", last_official_year=holidays("CN").last_official_year)
    raise UnknownCalendar(calendar)


def read_holidays(name: str, table: Path) -> Holidays:
    """Read a calendar from its table; docs/reference/calendar.md says what stands in it."""
    # Reading the table is rare and its parser slow to import: most calls need none.
    import tomllib

    with table.open("rb") as file:
        years = {int(year): _year(int(year), entry) for year, entry in tomllib.load(file).items()}
    official = [year for year, entry in years.items() if entry.status == "official"]
    return Holidays(name, years, last_official_year=max(official))


def _year(year: int, entry: dict[str, Any]) -> Year:
    notices = tuple(
        Notice(**dict(zip(("title", "number", "dated"), row, strict=False))) for row in entry.get("notices", ())
    )
    days = tuple(
        Holiday(name=name, first=first, last=last, made_up=tuple(made_up))
        for name, first, last, *made_up in entry["holidays"]
    )
    return Year(year=year, status=entry["status"], notices=notices, holidays=days)
