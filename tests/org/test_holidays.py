"""Calendars: the kind of a day, the status of a year, and the numbering of working days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from org import CalendarMissing, Holiday, Holidays, UnknownCalendar, Year, holidays
from org.holidays import EPOCH

CN_DAYS = st.dates(date(2004, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("day", "kind", "name"),
    [
        ("2026-02-13", "workday", ""),
        ("2026-02-14", "made-up", "春节"),
        ("2026-02-15", "holiday", "春节"),
        ("2026-02-20", "holiday", "春节"),
        ("2026-02-24", "workday", ""),
        ("2026-03-01", "weekend", ""),
        ("2015-09-03", "holiday", "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日"),
        ("2020-02-01", "holiday", "春节"),
        ("2018-12-31", "holiday", "元旦"),
        ("2018-12-29", "made-up", "元旦"),
    ],
)
def test_kind_of_a_day(day, kind, name):
    entry = holidays("CN").day(date.fromisoformat(day))

    assert (entry.kind, entry.name) == (kind, name)
    assert entry.is_workday == holidays("CN").is_workday(entry.date) == (kind in ("workday", "made-up"))


@pytest.mark.parametrize(
    ("calendar", "year", "status"),
    [
        ("CN", 2003, "missing"),
        ("CN", 2004, "official"),
        ("CN", 2026, "official"),
        ("CN", 2027, "estimated"),
        ("CN", 2099, "estimated"),
        ("CN", 2100, "missing"),
        ("none", 1900, "official"),
        ("none", 2200, "official"),
        ("none", 10000, "missing"),
    ],
)
def test_status_of_a_year(calendar, year, status):
    assert holidays(calendar).status(year) == status


def test_the_last_official_year_is_that_of_the_table():
    assert holidays("CN").last_official_year == holidays("none").last_official_year == 2026


def test_an_unknown_calendar_is_refused():
    with pytest.raises(UnknownCalendar) as refused:
        holidays("cn")

    assert refused.value.name == "cn"


@pytest.mark.parametrize("day", ["2003-12-31", "2100-01-01"])
def test_a_day_without_calendar_names_its_year(day):
    with pytest.raises(CalendarMissing) as missing:
        holidays("CN").is_workday(date.fromisoformat(day))

    assert missing.value.year == int(day[:4])


def test_a_year_without_calendar_is_refused_by_name():
    with pytest.raises(CalendarMissing, match="2100"):
        holidays("CN").year(2100)


def test_without_holidays_monday_to_friday_are_worked():
    none = holidays("none")

    for offset in range(400):
        day = date(2026, 1, 1) + timedelta(days=offset)
        assert none.is_workday(day) == (day.weekday() < 5)
    assert none.year(2026).holidays == ()


@given(CN_DAYS, st.integers(0, 800))
def test_working_days_are_counted_as_one_by_one(first, length):
    cn = holidays("CN")
    last = min(first + timedelta(days=length), date(2099, 12, 31))

    assert cn.workdays(first, last) == sum(day.is_workday for day in cn.days(first, last))


@given(CN_DAYS, st.sampled_from(["CN", "none"]))
def test_the_numbering_of_working_days_has_an_inverse(day, name):
    calendar = holidays(name)
    number = day.toordinal() - EPOCH
    position, worked = calendar.position(number)

    found = date.fromordinal(calendar.workday(position) + EPOCH)

    assert worked == calendar.day(day).is_workday
    assert (found == day) if worked else (found > day)
    assert calendar.workdays(day, found) == 1


@given(
    st.sets(st.integers(0, 120), max_size=40),
    st.sets(st.integers(0, 120), max_size=40),
)
def test_any_pattern_of_days_off_and_days_made_up_is_numbered_right(off, made_up):
    """Days off on weekends and made-up days in the week change nothing; long runs of either are passed."""
    start = date(2026, 1, 1)
    rows = [Holiday(name="x", first=start + timedelta(days=n), last=start + timedelta(days=n)) for n in off - made_up]
    days = tuple(start + timedelta(days=n) for n in made_up)
    rows.append(Holiday(name="y", first=date(2026, 12, 31), last=date(2026, 12, 31), made_up=days))
    calendar = Holidays(
        "test", {2026: Year(year=2026, status="official", holidays=tuple(rows))}, last_official_year=2026
    )

    worked = [day.date for day in calendar.days(start, date(2026, 12, 31)) if day.is_workday]
    first, _ = calendar.position(start.toordinal() - EPOCH)

    assert [calendar.workday(first + n) + EPOCH for n in range(len(worked))] == [day.toordinal() for day in worked]
