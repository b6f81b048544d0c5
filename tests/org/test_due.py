"""Due dates: examples recounted by hand with their law, every unit against a walk from day to day, explanations."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from org import BadLimit, BadStop, CalendarMissing, WorkTime, holidays

CHINA = ZoneInfo("Asia/Shanghai")
OFFICE = WorkTime(holidays=holidays("CN"))
PLAIN = WorkTime(holidays=holidays("none"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def stop(text: str) -> tuple[datetime, datetime]:
    first, _, last = text.partition("/")
    return at(first), at(last)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "stops", "due"),
    [
        ("2026-09-21T10:00", 20, "workday", [], "2026-10-26T17:30"),
        ("2026-09-21T10:00", 20, "workday", ["2026-09-23T15:00/2026-09-29T09:00"], "2026-10-30T17:30"),
        ("2026-02-11T16:00", 10, "workday", [], "2026-03-03T17:30"),
        ("2026-02-12T10:00", 3, "workday", [], "2026-02-24T17:30"),
        ("2026-09-05T09:00", 30, "day", [], "2026-10-08T17:30"),
        ("2026-09-04T09:00", 30, "day", ["2026-09-20/2026-09-22"], "2026-10-08T17:30"),
        ("2026-07-08T11:00", 90, "day", [], "2026-10-08T17:30"),
        ("2026-08-11T11:00", 60, "day", [], "2026-10-10T17:30"),
        ("2026-08-31T09:00", 6, "month", [], "2027-02-28T17:30"),
        ("2024-01-31T09:00", 1, "month", [], "2024-02-29T17:30"),
        ("2026-12-15T09:00", 20, "workday", [], "2027-01-13T17:30"),
        ("2026-02-13T16:00", 24, "hour", [], "2026-02-14T16:00"),
    ],
    ids=[
        "permit law 42: 20 days are working days (82), over Mid-Autumn and National Day, one Saturday worked",
        "permit law 45: an inspection from 23 to 29 September is not counted",
        "permit law 44: delivery within 10 days, over the Spring Festival, two Saturdays worked",
        "coercion law 69: up to ten days are working days",
        "coercion law 25: 30 days are calendar days and end on the first working day after the holiday",
        "the same with three days stopped",
        "penalty law 85: 90 days are calendar days",
        "a last day on a Saturday worked stays",
        "litigation law 46: six months, the last of February, which may be a Sunday",
        "a month from the 31st in a leap year",
        "over New Year into an estimated year",
        "hours run through the evening",
    ],
)
def test_due_dates_by_law(start, amount, unit, stops, due):
    found = OFFICE.due(at(start), amount, unit, [stop(text) for text in stops])

    assert found.due == at(due)
    assert found.last_day == at(due).date()


def walked(start: date, amount: int, unit: str, stopped: set[date], time: WorkTime) -> tuple[date, list[date]]:
    """Count day by day, as an official does on a paper calendar; give the last day and those not counted."""
    day, skipped = start, []
    if unit == "month":
        month = start.year * 12 + start.month - 1 + amount
        day = date(month // 12, month % 12 + 1, 1)
        while day.day < start.day and (day + timedelta(days=1)).month == day.month:
            day += timedelta(days=1)
        amount, day = (day - start).days, start
    while amount:
        day += timedelta(days=1)
        if day in stopped or (unit == "workday" and not time.holidays.day(day).is_workday):
            skipped.append(day)
        else:
            amount -= 1
    while unit == "day" and (day in stopped or not time.holidays.day(day).is_workday):
        skipped.append(day)
        day += timedelta(days=1)
    return day, skipped


starts = st.datetimes(datetime(2004, 1, 1), datetime(2032, 6, 1)).map(lambda naive: naive.replace(tzinfo=CHINA))
#: Offsets of a stop's first day from the event, and its length in days.
stop_days = st.lists(st.tuples(st.integers(-20, 200), st.integers(0, 30)), max_size=5)


@given(starts, st.integers(1, 90), st.sampled_from(["workday", "day", "month"]), stop_days)
def test_due_is_as_counted_day_by_day(start, amount, unit, offsets):
    amount = amount // 10 + 1 if unit == "month" else amount
    stops = [(start + timedelta(days=after), start + timedelta(days=after + length)) for after, length in offsets]
    stopped = {(start + timedelta(days=after + n)).date() for after, length in offsets for n in range(length + 1)}

    last, skipped = walked(start.date(), amount, unit, stopped, OFFICE)
    due = OFFICE.due(start, amount, unit, stops)

    assert due.due == datetime(last.year, last.month, last.day, 17, 30, tzinfo=CHINA)
    assert [skip.date for skip in due.skipped] == skipped
    assert {skip.date for skip in due.skipped if skip.why == "stopped"} == stopped & set(skipped)


@given(starts, st.integers(0, 400), stop_days)
def test_hours_run_outside_of_stopped_days_only(start, hours, offsets):
    stops = [(start + timedelta(days=after), start + timedelta(days=after + length)) for after, length in offsets]
    stopped = {(start + timedelta(days=after + n)).date() for after, length in offsets for n in range(length + 1)}
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)

    due = OFFICE.due(start, hours, "hour", stops).due

    run = timedelta()
    for number in range((due.date() - start.date()).days + 1):
        day = midnight + timedelta(days=number)
        if day.date() not in stopped:
            run += max(timedelta(), min(due, day + timedelta(days=1)) - max(start, day))
    assert run == timedelta(hours=hours)


@given(starts, st.integers(1, 60), st.sampled_from(["workday", "day", "hour", "month"]), stop_days)
def test_a_later_event_is_never_due_earlier(start, amount, unit, offsets):
    amount = amount // 6 + 1 if unit == "month" else amount
    stops = [(start + timedelta(days=after), start + timedelta(days=after + length)) for after, length in offsets]

    if unit != "month":
        assert (
            OFFICE.due(start + timedelta(days=1), amount, unit, stops).due >= OFFICE.due(start, amount, unit, stops).due
        )
    assert OFFICE.due(start, amount + 1, unit, stops).due >= OFFICE.due(start, amount, unit, stops).due
    assert OFFICE.due(start, amount, unit, stops).due >= OFFICE.due(start, amount, unit).due


def test_the_time_of_day_of_the_event_does_not_matter_for_days():
    dues = {OFFICE.due(at(f"2026-03-02T{time}"), 5, "workday").due for time in ("00:00", "12:30", "23:59")}

    assert dues == {at("2026-03-09T17:30")}


def test_every_skipped_day_says_why():
    due = OFFICE.due(at("2026-09-24T10:00"), 8, "workday", [stop("2026-10-08/2026-10-09")])

    assert [(skip.date.isoformat()[5:], skip.why, skip.name) for skip in due.skipped] == [
        ("09-25", "holiday", "中秋节"),
        ("09-26", "holiday", "中秋节"),
        ("09-27", "holiday", "中秋节"),
        *((f"10-0{day}", "holiday", "国庆节") for day in range(1, 8)),
        ("10-08", "stopped", ""),
        ("10-09", "stopped", ""),
        ("10-11", "weekend", ""),
    ]
    assert [day.date.isoformat() for day in due.made_up] == ["2026-10-10"]
    assert due.due == at("2026-10-15T17:30")


def test_of_calendar_days_only_those_after_the_last_are_skipped():
    due = OFFICE.due(at("2026-02-12T10:00"), 5, "day")

    assert due.due == at("2026-02-24T17:30")
    assert [skip.date.day for skip in due.skipped] == [17, 18, 19, 20, 21, 22, 23]
    assert due.made_up == ()


def test_a_stopped_day_worked_for_a_holiday_is_not_told_as_counted():
    due = OFFICE.due(at("2026-02-13T10:00"), 1, "workday", [stop("2026-02-14/2026-02-14")])

    assert due.due == at("2026-02-24T17:30")
    assert due.made_up == ()


def test_overlapping_and_touching_stops_are_one():
    stops = [stop("2026-03-04/2026-03-05"), stop("2026-03-03/2026-03-04"), stop("2026-03-06/2026-03-06")]

    due = OFFICE.due(at("2026-03-02T10:00"), 1, "workday", stops)

    assert due.stops == ((date(2026, 3, 3), date(2026, 3, 6)),)
    assert due.due == at("2026-03-09T17:30")


def test_stops_before_the_event_or_after_the_due_date_change_nothing():
    stops = [stop("2026-02-01/2026-03-02"), stop("2026-03-05/2026-03-20")]

    assert OFFICE.due(at("2026-03-02T10:00"), 2, "workday", stops).due == at("2026-03-04T17:30")


def test_hours_that_run_out_as_a_stop_begins_are_not_stopped():
    stops = [stop("2026-03-03/2026-03-04")]

    assert OFFICE.due(at("2026-03-02T10:00"), 14, "hour", stops).due == at("2026-03-03T00:00")
    assert OFFICE.due(at("2026-03-02T10:00"), 15, "hour", stops).due == at("2026-03-05T01:00")


def test_a_last_day_does_not_move_into_a_stop():
    due = OFFICE.due(at("2026-03-06T10:00"), 1, "day", [stop("2026-03-09/2026-03-10")])

    assert due.due == at("2026-03-11T17:30")
    assert [(skip.date.day, skip.why) for skip in due.skipped] == [
        (7, "weekend"),
        (8, "weekend"),
        (9, "stopped"),
        (10, "stopped"),
    ]


def test_the_days_of_a_stop_are_those_of_the_zone():
    """23:00 in London is the next morning in Shanghai."""
    london = datetime(2026, 1, 12, 23, tzinfo=ZoneInfo("Europe/London"))

    due = OFFICE.due(at("2026-01-12T10:00"), 1, "workday", [(london, london)])

    assert due.due == at("2026-01-14T17:30")


@pytest.mark.parametrize(
    ("start", "amount", "unit", "due"),
    [
        ("2026-03-02T10:00", 0.5, "workday", "2026-03-03T14:00"),
        ("2026-03-02T10:00", 1.5, "workday", "2026-03-04T14:00"),
        ("2026-03-06T10:00", 0.5, "workday", "2026-03-09T14:00"),
        ("2026-03-06T10:00", 0.5, "day", "2026-03-09T14:00"),
        ("2026-03-02T10:00", 0.5, "hour", "2026-03-02T10:30"),
    ],
)
def test_a_fraction_of_a_day_is_that_share_of_its_open_time(start, amount, unit, due):
    assert OFFICE.due(at(start), amount, unit).due == at(due)


@pytest.mark.parametrize(
    ("start", "unit", "due"),
    [
        ("2026-03-02T10:00", "workday", "2026-03-02T17:30"),
        ("2026-03-02T17:30", "workday", "2026-03-03T17:30"),
        ("2026-03-07T10:00", "workday", "2026-03-09T17:30"),
        ("2026-03-02T10:00", "day", "2026-03-02T17:30"),
        ("2026-03-07T10:00", "day", "2026-03-09T17:30"),
        ("2026-03-02T10:00", "hour", "2026-03-02T10:00"),
    ],
)
def test_a_limit_of_nothing_ends_when_the_office_next_closes(start, unit, due):
    assert OFFICE.due(at(start), 0, unit).due == at(due)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "status", "years"),
    [
        ("2026-12-30T10:00", 1, "workday", "official", ()),
        ("2026-12-31T10:00", 1, "workday", "estimated", (2027,)),
        ("2026-12-31T10:00", 24, "hour", "estimated", (2027,)),
        ("2026-12-31T10:00", 13, "hour", "official", ()),
        ("2003-12-31T10:00", 1, "workday", "official", ()),
        ("2026-06-30T10:00", 600, "day", "estimated", (2027, 2028)),
    ],
)
def test_status_of_a_due_date(start, amount, unit, status, years):
    due = OFFICE.due(at(start), amount, unit)

    assert (due.status, due.estimated_years) == (status, years)


def test_without_holidays_all_is_official():
    assert PLAIN.due(at("2040-01-02T10:00"), 5, "workday").status == "official"


def test_limits_are_counted_in_days_of_the_calendar_even_around_the_clock():
    """A unit that never closes does not make Sunday a working day of the law; its day ends at midnight."""
    always = WorkTime(holidays=holidays("CN"), hours=((0, 86400),))

    due = always.due(at("2026-03-06T10:00"), 1, "workday")

    assert due.last_day == date(2026, 3, 9)
    assert due.due == at("2026-03-10T00:00")


@pytest.mark.parametrize(
    ("start", "amount", "unit", "stops", "year"),
    [
        ("2099-12-20T10:00", 20, "workday", [], 2100),
        ("2140-01-05T10:00", 1, "workday", [], 2140),
        ("2140-01-05T10:00", 1, "day", [], 2140),
        ("2140-01-05T10:00", 1, "hour", [], 2140),
        ("2099-12-31T10:00", 1, "month", [], 2100),
        ("2003-06-02T10:00", 1, "workday", [], 2003),
        ("2026-01-05T10:00", 10**9, "workday", [], 2100),
        ("2026-01-05T10:00", 10**9, "day", [], 2100),
        ("2026-01-05T10:00", 10**9, "month", [], 2100),
        ("2026-01-05T10:00", 1e300, "hour", [], 2100),
        ("2026-01-05T10:00", 1, "workday", ["2026-01-06/2141-01-01"], 2141),
        ("2026-01-05T10:00", 1, "hour", ["2026-01-05/9999-12-31"], 2100),
    ],
)
def test_a_year_without_calendar_is_named(start, amount, unit, stops, year):
    with pytest.raises(CalendarMissing) as missing:
        OFFICE.due(at(start), amount, unit, [stop(text) for text in stops])

    assert missing.value.year == year


@pytest.mark.parametrize(
    ("amount", "unit"),
    [(1, "week"), (1, ""), (-1, "workday"), (float("nan"), "day"), (float("inf"), "hour"), (1.5, "month")],
)
def test_a_limit_that_is_none_is_refused(amount, unit):
    with pytest.raises(BadLimit) as refused:
        OFFICE.due(at("2026-03-02T10:00"), amount, unit)

    assert refused.value.unit == unit


def test_a_stop_that_ends_before_it_begins_is_refused():
    with pytest.raises(BadStop):
        OFFICE.due(at("2026-03-02T10:00"), 1, "workday", [stop("2026-03-05/2026-03-04")])
