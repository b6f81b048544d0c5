"""Working time: against a walk from span to span, and the borders of days, hours, years and calendars."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from org import BadDuration, BadHours, CalendarMissing, NaiveTime, WorkTime, holidays

CHINA = ZoneInfo("Asia/Shanghai")
OFFICE = WorkTime(holidays=holidays("CN"))
PLAIN = WorkTime(holidays=holidays("none"))
ALWAYS = WorkTime(holidays=holidays("CN"), hours=((0, 86400),))
ODD = WorkTime(holidays=holidays("CN"), hours=((1, 2), (3600, 3601), (80000, 86399)))
NIGHT = WorkTime(holidays=holidays("CN"), hours=((0, 21600), (79200, 86400)))
ALL = [OFFICE, PLAIN, ALWAYS, ODD, NIGHT]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def spans_from(time: WorkTime, day: date, last: date):
    """Walk the open spans day by day: the plain way."""
    while day <= last:
        if time.is_around_the_clock or time.holidays.day(day).is_workday:
            midnight = datetime(day.year, day.month, day.day, tzinfo=CHINA)
            for start, end in time.hours:
                yield midnight + timedelta(seconds=start), midnight + timedelta(seconds=end)
        day += timedelta(days=1)


def walked_count(time: WorkTime, start: datetime, end: datetime) -> timedelta:
    overlaps = (min(close, end) - max(opening, start) for opening, close in spans_from(time, start.date(), end.date()))
    return sum((overlap for overlap in overlaps if overlap > timedelta()), timedelta())


def walked_add(time: WorkTime, start: datetime, left: timedelta) -> datetime:
    if not left:
        return start
    for opening, close in spans_from(time, start.date(), date(2099, 12, 31)):
        begin = max(opening, start)
        if begin < close:
            if left <= close - begin:
                return begin + left
            left -= close - begin
    raise AssertionError("beyond the calendar")


#: Whole microseconds anywhere in the calendar, and often on the borders of days and hours.
moments = st.builds(
    lambda day, time, jitter: (
        datetime(day.year, day.month, day.day, tzinfo=CHINA) + timedelta(seconds=time, microseconds=jitter)
    ),
    st.one_of(
        st.dates(date(2004, 1, 1), date(2034, 6, 30)),
        st.dates(date(2026, 2, 10), date(2026, 3, 2)),
        st.dates(date(2023, 12, 28), date(2024, 3, 1)),
        st.dates(date(2026, 12, 30), date(2027, 1, 5)),
    ),
    st.one_of(st.sampled_from([0, 1, 32400, 43200, 48600, 63000, 79200, 86399]), st.integers(0, 86399)),
    st.sampled_from([0, 0, 1, 999_999]),
)
amounts = st.one_of(
    st.sampled_from([0, 1, 10_800, 14_400, 25_200, 50_400, 86_400]).map(lambda s: s * 1_000_000),
    st.integers(0, 3_000_000 * 1_000_000),
)
times = st.sampled_from(ALL)


@given(times, moments, amounts)
def test_add_is_as_walked(time, start, microseconds):
    expected = walked_add(time, start, timedelta(microseconds=microseconds))

    assert time.add(start, microseconds / 1e6) == expected


@given(times, moments, st.integers(0, 40 * 86_400))
def test_count_is_as_walked(time, start, seconds):
    end = start + timedelta(seconds=seconds)

    assert time.count(start, end) == walked_count(time, start, end).total_seconds()


@given(moments, st.integers(0, 3 * 1440))
def test_count_is_as_minute_by_minute(start, minutes):
    start = start.replace(second=0, microsecond=0)
    every = (start + timedelta(minutes=minute) for minute in range(minutes))
    opened = sum(
        OFFICE.holidays.day(moment.date()).is_workday
        and (540 <= moment.hour * 60 + moment.minute < 720 or 810 <= moment.hour * 60 + moment.minute < 1050)
        for moment in every
    )

    assert OFFICE.count(start, start + timedelta(minutes=minutes)) == opened * 60


@given(times, moments, amounts)
def test_what_was_added_is_counted(time, start, microseconds):
    assert time.count(start, time.add(start, microseconds / 1e6)) == microseconds / 1e6


@given(times, moments, amounts, amounts)
def test_adding_in_two_parts_is_adding_at_once(time, start, one, two):
    parts = time.add(time.add(start, one / 1e6), two / 1e6)

    assert parts == time.add(start, (one + two) / 1e6)


@given(times, moments, moments, amounts, amounts)
def test_add_is_monotone(time, one, two, less, more):
    (one, two), (less, more) = sorted([one, two]), sorted([less, more])

    assert one <= time.add(one, less / 1e6) <= time.add(two, less / 1e6) <= time.add(two, more / 1e6)


@given(times, moments, moments, moments)
def test_count_is_additive(time, one, two, three):
    assert time.count(one, two) + time.count(two, three) == pytest.approx(time.count(one, three), abs=1e-6)
    assert time.count(one, two) == -time.count(two, one)


@given(times, moments)
def test_the_next_opening_is_the_first_open_moment(time, start):
    opening = time.next_opening(start)

    assert opening >= start
    assert time.count(start, opening) == 0
    assert time.is_open(opening)
    assert time.is_open(start) == (opening == start)
    assert time.count(start, opening + timedelta(microseconds=1)) == 1e-6


@given(times, st.dates(date(2004, 1, 1), date(2034, 12, 31)), st.integers(0, 40))
def test_spans_are_the_open_time_in_order(time, first, length):
    last = first + timedelta(days=length)

    starts, ends, before = time.spans(first, last)

    midnight = datetime(first.year, first.month, first.day, tzinfo=CHINA)
    assert all(end < start for end, start in zip(ends, starts[1:], strict=False)), "apart, in order"
    for start, end, opened in zip(starts, ends, before, strict=True):
        assert start < end
        assert time.count(midnight, time.from_local(start)) == opened / 1e6
    assert sum(ends) - sum(starts) == round(time.count(midnight, midnight + timedelta(days=length + 1)) * 1e6)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-02-13T17:00", 1, "2026-02-14T09:30"),
        ("2026-02-14T17:00", 1, "2026-02-24T09:30"),
        ("2026-02-18T08:00", 7, "2026-02-24T17:30"),
        ("2026-03-02T09:00", 3, "2026-03-02T12:00"),
        ("2026-03-02T12:00", 4, "2026-03-02T17:30"),
        ("2026-03-02T12:30", 0, "2026-03-02T12:30"),
        ("2026-03-06T17:30", 7, "2026-03-09T17:30"),
        ("2025-12-31T17:00", 1, "2026-01-04T09:30"),
        ("2024-02-29T16:30", 2, "2024-03-01T10:00"),
    ],
    ids=[
        "Saturday worked for the Spring Festival",
        "over the Spring Festival",
        "from within a holiday, a whole day ends at closing",
        "ends at noon, not after the break",
        "from closing at noon",
        "nothing added",
        "from closing on Friday",
        "over New Year, Sunday worked",
        "leap day",
    ],
)
def test_adding_hours(start, hours, end):
    assert OFFICE.add(at(start), hours * 3600) == at(end)


def test_a_day_of_work_is_one_working_day_not_a_day_of_hours():
    assert OFFICE.day_seconds == 7 * 3600
    assert OFFICE.add(at("2026-03-02T10:00"), OFFICE.day_seconds) == at("2026-03-03T10:00")


def test_around_the_clock_holidays_are_worked_and_no_calendar_is_needed():
    assert ALWAYS.is_around_the_clock
    assert ALWAYS.add(at("2026-02-16T23:00"), 7200) == at("2026-02-17T01:00")
    assert ALWAYS.count(at("2040-01-01"), at("2040-01-02")) == 86400


def test_two_spans_that_touch_are_one():
    halves = WorkTime(holidays=holidays("CN"), hours=((0, 43200), (43200, 86400)))

    assert halves.is_around_the_clock
    assert halves == ALWAYS


def test_spans_at_midnight_are_one():
    starts, ends, _ = NIGHT.spans(date(2026, 3, 2), date(2026, 3, 3))

    assert [(end - start) // 3_600_000_000 for start, end in zip(starts, ends, strict=True)] == [6, 8, 2]


@pytest.mark.parametrize(
    "hours",
    [(), ((9, 9),), ((10, 9),), ((-1, 5),), ((0, 86401),), ((0, 10), (5, 20)), ((10, 20), (0, 5))],
    ids=["none", "empty", "backwards", "before midnight", "after midnight", "overlapping", "out of order"],
)
def test_hours_that_are_no_spans_of_a_day_are_refused(hours):
    with pytest.raises(BadHours):
        WorkTime(holidays=holidays("CN"), hours=hours)


def test_moments_of_another_zone_are_the_same_moments():
    start = at("2026-03-02T10:00")

    end = OFFICE.add(start.astimezone(UTC), 3600)

    assert end == at("2026-03-02T11:00")
    assert end.tzinfo == CHINA
    assert OFFICE.count(start.astimezone(timezone(timedelta(hours=-5))), end) == 3600


def test_a_moment_without_zone_is_refused():
    naive = datetime(2026, 3, 2, 10)

    for refused in (
        lambda: OFFICE.add(naive, 1),
        lambda: OFFICE.count(naive, at("2026-03-02")),
        lambda: OFFICE.count(at("2026-03-02"), naive),
        lambda: OFFICE.next_opening(naive),
        lambda: OFFICE.due(naive, 1, "workday"),
        lambda: OFFICE.due(at("2026-03-02"), 1, "workday", [(naive, naive)]),
    ):
        with pytest.raises(NaiveTime):
            refused()


@pytest.mark.parametrize("seconds", [-1, -1e-9, float("nan"), float("inf")])
def test_only_a_duration_can_be_added(seconds):
    with pytest.raises(BadDuration):
        OFFICE.add(at("2026-03-02"), seconds)


@pytest.mark.parametrize(
    ("call", "year"),
    [
        (lambda: OFFICE.add(at("2099-12-31T17:00"), 3600), 2100),
        (lambda: OFFICE.add(at("2030-01-01"), 1e15), 2100),
        (lambda: OFFICE.add(at("2003-06-01"), 1), 2003),
        (lambda: OFFICE.count(at("2026-01-01"), at("2100-01-01T00:01")), 2100),
        (lambda: OFFICE.next_opening(at("2099-12-31T18:00")), 2100),
        (lambda: OFFICE.spans(date(2099, 1, 1), date(2100, 1, 1)), 2100),
        (lambda: PLAIN.add(at("2026-01-01"), 1e14), 10000),
        (lambda: ALWAYS.add(at("2026-01-01"), 1e14), 10000),
        (lambda: PLAIN.add(datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), 1), 1),
    ],
)
def test_a_year_without_calendar_is_named(call, year):
    with pytest.raises(CalendarMissing) as missing:
        call()

    assert missing.value.year == year


def test_the_last_moment_of_the_calendar_can_be_reached():
    assert OFFICE.add(at("2099-12-31T17:00"), 1800) == at("2099-12-31T17:30")


@pytest.mark.parametrize(
    ("time", "first"),
    [(OFFICE, "2026-01-04T09:00"), (PLAIN, "2026-01-01T09:00"), (ALWAYS, "2026-01-01T00:00")],
    ids=["the Sunday worked for New Year", "no holidays", "every day"],
)
def test_first_opening(time, first):
    assert time.first_opening() == at(first)


def test_the_wall_clock_counts_where_a_zone_changes_its_time():
    """An office is open from nine to five on the night's change of time as on any day."""
    berlin = ZoneInfo("Europe/Berlin")
    time = WorkTime(holidays=holidays("none"), zone=berlin)

    end = time.add(datetime(2026, 3, 27, 17, tzinfo=berlin), 3600)

    assert end == datetime(2026, 3, 30, 9, 30, tzinfo=berlin)


def test_explain_lists_what_a_plain_week_does_not():
    days = OFFICE.explain(at("2026-02-13T10:00"), at("2026-02-25T10:00"))

    assert [(day.date.day, day.kind) for day in days] == [(14, "made-up"), *((day, "holiday") for day in range(15, 24))]
    assert ALWAYS.explain(at("2026-02-13"), at("2026-02-25")) == ()


def test_years_that_a_span_touches():
    shares = OFFICE.years(at("2026-12-31"), at("2028-01-01"))

    assert [(share.year, share.status) for share in shares] == [(2026, "official"), (2027, "estimated")]
    assert [share.share for share in shares] == pytest.approx([1 / 366, 365 / 366])


@given(moments, moments)
def test_shares_of_years_sum_to_one(one, two):
    one, two = sorted([one, two])

    shares = OFFICE.years(one, two)

    assert sum(share.share for share in shares) == pytest.approx(1)
    assert all(share.share > 0 for share in shares)


def test_years_without_calendar_are_said_to_be_missing():
    assert [share.status for share in OFFICE.years(at("2099-12-01"), at("2100-02-01"))] == ["estimated", "missing"]
