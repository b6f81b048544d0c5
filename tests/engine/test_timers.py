"""When timers ring: dates, durations and cycles, by the calendar clock or in the office's working time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bpmn.annotation import GovTime
from bpmn.build import build
from engine.errors import BadTimer
from engine.timers import due
from engine.world import OfficeDays, work_time
from tests.engine.offices import Town

ZONE = ZoneInfo("Asia/Shanghai")
#: A Friday, four in the afternoon.
FRIDAY = datetime(2026, 3, 6, 16, tzinfo=ZONE)
OFFICE = work_time("CN")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("PT90M", "2026-03-06T17:30"),
        ("P1D", "2026-03-07T16:00"),
        ("P1W", "2026-03-13T16:00"),
        ("PT0.5S", "2026-03-06T16:00:00.500000"),
        ("P1M", "2026-04-06T16:00"),
        ("P1Y", "2027-03-06T16:00"),
        ("P1M1DT1H", "2026-04-07T17:00"),
        ("2026-03-09", "2026-03-09T00:00"),
        ("2026-03-09T10:00:00", "2026-03-09T10:00"),
        ("2026-03-09T10:00:00Z", "2026-03-09T18:00"),
        ("R3/PT1H", "2026-03-06T17:00"),
        ("R/2026-03-09T10:00:00/PT1H", "2026-03-09T10:00"),
    ],
)
def test_by_the_calendar_clock(text: str, moment: str) -> None:
    assert due(text, FRIDAY, ZONE, None).at == datetime.fromisoformat(moment).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("PT90M", "2026-03-06T17:30"),
        ("PT2H", "2026-03-09T09:30"),
        ("P1D", "2026-03-09T16:00"),
        ("P1W", "2026-03-13T16:00"),
    ],
)
def test_in_working_time(text: str, moment: str) -> None:
    assert due(text, FRIDAY, ZONE, OFFICE).at == datetime.fromisoformat(moment).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("text", "again", "left"),
    [
        ("PT1H", "", 0),
        ("R1/PT1H", "", 0),
        ("R3/PT1H", "PT1H", 2),
        ("R/PT1H", "PT1H", -1),
        ("R/PT1H/2026-03-06T20:30:00", "PT1H", 3),
        ("R2/PT1H/2026-03-06T20:30:00", "PT1H", 1),
    ],
)
def test_a_cycle_goes_on(text: str, again: str, left: int) -> None:
    found = due(text, FRIDAY, ZONE, None)

    assert (found.again, found.left) == (again, left)


NO_TIMERS = (
    "", "x", "R0/PT1H", "R/PT0S", "R/", "RPT1H", "0 0 9 * * ?", "P", "PT", "P1.5D1", "2026-02-30", "PT1H/PT1H",
    "P9999Y", "P999999999D", "R/PT1H/PT2H/PT3H", "-PT1H",
)  # fmt: skip


@pytest.mark.parametrize("text", NO_TIMERS)
def test_what_is_no_timer_is_refused(text: str) -> None:
    with pytest.raises(BadTimer):
        due(text, FRIDAY, ZONE, None)


def test_the_end_of_a_month_stays_in_its_month() -> None:
    assert due("P1M", datetime(2026, 1, 31, 9, tzinfo=ZONE), ZONE, None).at == datetime(2026, 2, 28, 9, tzinfo=ZONE)


def test_an_event_with_the_working_clock_waits_for_the_office(office: Town) -> None:
    office.now = FRIDAY
    model = build("p").lane("窗口").start().catch("t", "timer", "PT4H", work=GovTime(clock="work")).step("a").end()
    plain = build("q").lane("窗口").start().catch("t", "timer", "PT4H").step("a").end()

    moments = [office.jobs(office.start(one))[0].run_at.astimezone(ZONE) for one in (model, plain)]

    assert moments == [datetime(2026, 3, 9, 11, 30, tzinfo=ZONE), datetime(2026, 3, 6, 20, tzinfo=ZONE)]


def test_the_data_of_the_case_set_a_timer(office: Town) -> None:
    model = build("p").start().catch("t", "timer", "duration(宽限)").step("a").end()

    case = office.start(model, data={"宽限": "PT2H"})

    assert office.jobs(case)[0].run_at == datetime(2026, 3, 2, 3, tzinfo=UTC)


def test_working_days_as_expressions_count_them() -> None:
    days = OfficeDays(OFFICE)
    friday = FRIDAY.date()

    assert days.between(friday, days.after(friday, 3)) == 3
    assert days.after(friday, 1).isoformat() == "2026-03-09"
    assert days.after(friday, -1).isoformat() == "2026-03-05"
    assert days.between(days.after(friday, 3), friday) == -3
    assert days.after(friday, 0) == friday
