"""The table of Chinese holidays, checked against two independent packages and against the rule of its estimates."""

from collections import Counter
from datetime import date, datetime, timedelta

import chinese_calendar
import holidays as other
import pytest

from org import Holiday, Holidays, WorkTime, Year, holidays
from org.worktime import shanghai

OFFICIAL = range(2004, 2027)
ESTIMATED = range(2027, 2100)

#: The notice for 2006 orders work on this Saturday; chinesecalendar does not know it, holidays does.
ONLY_IN_THE_NOTICE = date(2005, 12, 31)


@pytest.fixture(scope="module")
def cn() -> Holidays:
    return holidays("CN")


def days_of(years: range) -> list[date]:
    first, last = date(years[0], 1, 1), date(years[-1], 12, 31)
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def test_every_official_day_is_as_in_chinesecalendar(cn):
    different = [day for day in days_of(OFFICIAL) if cn.is_workday(day) != chinese_calendar.is_workday(day)]

    assert different == [ONLY_IN_THE_NOTICE]


def test_every_official_day_is_as_in_holidays(cn):
    table = other.country_holidays("CN", years=[*OFFICIAL, 2027])

    different = [day for day in days_of(OFFICIAL) if cn.is_workday(day) != table.is_working_day(day)]

    assert different == []


def test_a_day_off_carries_the_name_of_its_holiday(cn):
    names = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}

    for day in days_of(OFFICIAL):
        entry = cn.day(day)
        if entry.kind == "holiday" and entry.date.weekday() < 5:
            _, name = chinese_calendar.get_holiday_detail(day)
            assert names[name] in entry.name, day


def statutory(year: int) -> list[date]:
    """Give the 13 days of the law, a day twice where two of them fall together."""
    table = other.country_holidays("CN", years=year, observed=False, language="en_US")
    festivals = [(day, name) for day, names in sorted(table.items()) for name in names.split("; ")]
    return [day for day, name in festivals if "substituted" not in name]


@pytest.mark.parametrize("year", ESTIMATED)
def test_an_estimated_year_follows_its_rule(cn, year):
    """Statutory days are off, each that is no free weekday gives the next one, no weekend is worked."""
    owed = statutory(year)
    off = {day.date for day in cn.days(date(year, 1, 1), date(year, 12, 31)) if day.kind == "holiday"}

    assert len(owed) == 13
    assert set(owed) <= off
    assert sum(day.weekday() < 5 for day in off) == 13
    assert cn.status(year) == "estimated"
    assert not any(holiday.made_up for holiday in cn.year(year).holidays)
    for day in off - set(owed):
        before = day - timedelta(days=1)
        assert before in off or before.weekday() == 6, "a day in lieu follows its holiday or the weekend after it"


@pytest.mark.parametrize("year", ESTIMATED)
def test_an_estimated_year_is_as_in_holidays_unless_two_festivals_meet(cn, year):
    table = other.country_holidays("CN", years=year)
    met = [day for day, times in Counter(statutory(year)).items() if times > 1]

    different = [day for day in days_of(range(year, year + 1)) if cn.is_workday(day) != table.is_working_day(day)]

    assert len(different) <= len(met), (
        "as in 2020, two festivals on one day give one day more, there where it is a weekday"
    )


@pytest.mark.parametrize("day", ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"])
def test_the_weekend_days_worked_in_2026(cn, day):
    assert cn.day(date.fromisoformat(day)).kind == "made-up"


def test_counts_of_2026(cn):
    kinds = Counter(day.kind for day in cn.days(date(2026, 1, 1), date(2026, 12, 31)))

    assert (kinds["holiday"], kinds["made-up"]) == (33, 6)


def test_every_holiday_lies_in_or_just_before_its_year(cn):
    for year in cn.years.values():
        for holiday in year.holidays:
            days = [holiday.first, holiday.last, *holiday.made_up]
            assert all(date(year.year - 1, 12, 29) <= day <= date(year.year, 12, 31) for day in days)
            assert holiday.first <= holiday.last
            assert all(day.weekday() >= 5 for day in holiday.made_up)


def test_years_are_without_gap(cn):
    assert list(cn.years) == [*OFFICIAL, *ESTIMATED]
    assert [year for year in cn.years if cn.status(year) == "official"] == list(OFFICIAL)


def test_an_official_year_names_its_notice(cn):
    for year in OFFICIAL:
        first, *_ = cn.year(year).notices
        assert first.title == f"国务院办公厅关于{year}年部分节假日安排的通知"
        if first.dated:
            assert first.dated.year == year - 1
            assert f"〔{year - 1}〕" in first.number


def estimate(year: int) -> Year:
    """Reckon a year by the rule of the estimates."""
    days = statutory(year)
    off: set[date] = set()
    for day in days:
        while day.weekday() >= 5 or day in off:
            day += timedelta(days=1)
        off.add(day)
    rows = tuple(Holiday(name="", first=day, last=day) for day in sorted(off | set(days)))
    return Year(year=year, status="estimated", holidays=rows)


def test_estimates_of_known_years_would_have_been_right_mostly(cn):
    """The figures of docs/reference/calendar.md."""
    known = Holidays("estimate", {year: estimate(year) for year in (2025, 2026)}, last_official_year=2024)
    official, estimated = WorkTime(holidays=cn), WorkTime(holidays=known)
    starts = [datetime(2025, 1, 1, tzinfo=shanghai()) + timedelta(days=number) for number in range(365 + 304)]

    off = [
        abs((official.due(start, 20, "workday").last_day - estimated.due(start, 20, "workday").last_day).days)
        for start in starts
    ]

    assert round(100 * off.count(0) / len(off)) == 82
    assert round(100 * sum(days <= 1 for days in off) / len(off)) == 96
    assert max(off) == 7
