"""The three clocks of a case, its clock-stops, and the due dates of its steps."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bpmn.build import Builder, build
from org import holidays
from tests.engine.offices import Town

ZONE = ZoneInfo("Asia/Shanghai")


def permit(**more: object) -> Builder:
    model = build("permit").procedure(legal_limit=20, promised_limit=3, limit_unit="workday").lane("窗口")
    return model.start().step("accept", kind="accept").step("test", kind="check", **more)


def test_the_clocks_run_from_the_acceptance_to_the_decision(office: Town) -> None:
    case = office.start(permit().step("decide", kind="decide").step("notify", kind="notify").end())
    assert office.engine.clocks(case, office.now).began is None
    office.later(hours=1)
    office.do("complete", item=office.item(case).id)
    office.do("complete", item=office.item(case).id)
    office.later(days=1)
    office.do("complete", item=office.item(case).id)

    found = office.engine.clocks(case, office.now)

    assert found.span == "accept-decide"
    assert (found.began, found.ceased) == (datetime(2026, 3, 2, 2, tzinfo=UTC), datetime(2026, 3, 3, 2, tzinfo=UTC))
    assert {limit.clock: limit.due.due for limit in found.limits} == {
        "legal": datetime(2026, 3, 30, 17, 30, tzinfo=ZONE),
        "promised": datetime(2026, 3, 5, 17, 30, tzinfo=ZONE),
    }
    assert (found.elapsed_working, found.elapsed_calendar) == (8 * 3600, 25 * 3600)


def test_a_stop_takes_whole_days_out(office: Town) -> None:
    case = office.start(permit(clock_stop="test").step("decide", kind="decide").end())
    office.do("complete", item=office.item(case).id)
    office.later(days=1)
    office.do("complete", item=office.item(case).id)

    found = office.engine.clocks(case, office.now)

    assert [limit.due.due for limit in found.limits if limit.clock == "promised"] == [
        datetime(2026, 3, 6, 17, 30, tzinfo=ZONE)
    ]
    assert len(found.stops) == 1


def test_a_stop_that_needs_a_basis_and_has_none_counts(office: Town) -> None:
    case = office.start(permit(clock_stop="publicity").step("decide", kind="decide").end())
    office.do("complete", item=office.item(case).id)

    assert office.engine.clocks(case, office.now).stops == ()


def test_without_a_decision_the_clocks_run_to_the_end(office: Town) -> None:
    case = office.start(permit().end())
    office.do("complete", item=office.item(case).id)
    office.do("complete", item=office.item(case).id)

    found = office.engine.clocks(case, office.now)

    assert (found.span, found.ceased) == ("accept-end", office.now)
    assert not any(limit.is_late(office.now) for limit in found.limits)


def test_a_step_is_due_by_its_own_limit(office: Town) -> None:
    case = office.start(permit(limit=2, limit_unit="hour").end())
    assert office.item(case).due is None
    office.do("complete", item=office.item(case).id)

    assert office.item(case).due == datetime(2026, 3, 2, 3, tzinfo=UTC)


def test_a_year_without_calendar_holds_nobody_up(office: Town) -> None:
    office.now = datetime(holidays("CN").last_year + 1, 3, 2, 1, tzinfo=UTC)
    case = office.start(build("p").procedure(calendar="CN").lane("窗口").start().step("a", limit=2).end())

    assert office.item(case).due is None
