"""A run as a whole: how it begins, what it draws, how it ends, and what may be expected of it before."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from analysis.errors import BadRun, EndlessCase, NothingToSimulate, NotSimulated, RunTooLong
from analysis.simulation import default_start, expected_visits, refusals, simulate
from bpmn.annotation import Duration, GovTime
from bpmn.build import build
from org import CalendarMissing, NaiveTime, holidays
from tests.analysis.office import HOUR, OFFICE, ZONE, applicant, exponential, moment, one_case

# The run


def test_default_start_is_the_first_opening_of_the_last_official_year():
    start, at_once = default_start(build("p").start().step("a").end().model)

    assert (start, at_once) == (OFFICE.first_opening(), False)


@pytest.mark.parametrize("text", ["2026-05-06T10:00:00", "2026-05-06T02:00:00Z", "2026-05-06T10:00:00+08:00"])
def test_the_date_of_a_timer_start_starts_all_at_once(text):
    model = build("p").start(event="timer", value=text).step("a", work="PT1H").end().model

    columns = simulate(model, cases=3)

    assert [moment(start) for start in columns.start] == [datetime(2026, 5, 6, 10, 0, tzinfo=ZONE)] * 3
    assert columns.at_once


def test_a_timer_that_is_no_date_is_no_start():
    model = build("p").start(event="timer", value="${when}").step("a", work="PT1H").end().model

    assert not simulate(model, cases=3).at_once


def test_starts_are_spread_over_the_open_hours_of_a_year():
    model = build("p").start().step("a", work="PT1H").end().model

    columns = simulate(model, cases=4_000)

    first, last = moment(columns.start[0]), moment(columns.start[-1])
    assert (last - first) > timedelta(days=360)
    assert (np.diff(columns.start) >= 0).all()
    opened = [OFFICE.is_open(moment(start - 1)) or OFFICE.is_open(moment(start)) for start in columns.start[::50]]
    assert all(opened)
    assert columns.key.tolist() == list(range(4_000))


def test_start_opens_the_arrivals():
    model = build("p", arrivals_per_day=50.0).start().step("a", work="PT1H").end().model

    columns = simulate(model, cases=200, start=datetime(2026, 6, 1, 1, 0, tzinfo=UTC))

    assert moment(columns.start[0]).date() == datetime(2026, 6, 1).date()
    assert not columns.at_once


def test_equal_seeds_give_equal_columns_and_others_do_not():
    model = build("p", arrivals_per_day=20.0).lane("窗口", staff=2).start().step("a", work=exponential(0.5)).end().model

    first, again, other = (simulate(model, cases=2_000, seed=seed) for seed in (7, 7, 8))

    assert (first.end == again.end).all()
    assert (first.end != other.end).any()


def test_a_step_draws_the_same_in_a_redesign_whatever_else_changes():
    before = build("p").start().step("a", work=exponential(1.0)).step("b", work=exponential(1.0)).end().model
    after = build("p").start().step("new", work=exponential(1.0), replaces=["b"]).step("c", work="PT1M").end().model

    old, new = simulate(before, cases=100), simulate(after, cases=100)
    alone = simulate(build("p").start().step("a", work=exponential(1.0)).end().model, cases=100)

    assert (old.work - alone.work == new.work - 60_000_000).all()


def test_more_cases_or_another_warm_up_change_no_draw_of_a_case():
    model = build("p", arrivals_per_day=20.0).start().step("a", work=exponential(1.0)).end().model

    few, many = simulate(model, cases=50, warm_up=0), simulate(model, cases=500, warm_up=30)

    assert (few.work == many.work[:50]).all()


def test_cases_are_counted_after_the_warm_up_and_until_the_last_has_ended():
    model = build("p", arrivals_per_day=30.0).lane("窗口", staff=4).start().step("a", work=exponential(0.8)).end().model

    columns = simulate(model, cases=300, warm_up=100)

    assert columns.cases == 300
    assert columns.warm_up == 100
    assert columns.steps[0].times == 300
    assert (columns.end > columns.start).all()


def test_columns_are_in_order_of_start_though_applicants_take_their_time():
    b = build("p").pool("窗口").start("begin", event="message").step("take", kind="accept", work="PT1H").end()
    b.procedure(arrivals_per_day=30.0)
    applicant(b).start("wish").step("fill", work=exponential(20.0)).throw("apply").end().message("apply", "begin")

    columns = simulate(b.model, cases=400)

    assert (np.diff(columns.start) >= 0).all()
    assert sorted(columns.key.tolist()) == list(range(400))
    assert columns.key.tolist() != list(range(400))
    assert (columns.clock_start == columns.end).all()


def test_progress_is_told_and_grows_to_the_end():
    model = build("p", arrivals_per_day=300.0).start().step("a", work=exponential(0.8)).end().model
    told = []

    simulate(model, cases=250_000, progress=lambda done, cases: told.append((done, cases)))

    assert len(told) > 2
    assert told[-1] == (250_000, 250_000)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert {cases for _, cases in told} == {250_000}


def test_an_interrupt_stops_the_run():
    model = build("p", arrivals_per_day=300.0).start().step("a", work=exponential(0.8)).end().model

    def interrupt(done, cases):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(model, cases=60_000, progress=interrupt)


def test_a_loop_nobody_leaves_is_told_by_name():
    b = build("p").start().step("a").exclusive("x").branch(1.0).to("a").branch(0.0).end()

    with pytest.raises(EndlessCase) as caught:
        simulate(b.model, cases=1)

    assert caught.value.element in ("a", "x")


def test_a_calendar_that_ends_too_early_is_named_by_its_year():
    model = build("p", arrivals_per_day=1.0).start().step("a", work="PT1H").end().model

    with pytest.raises(CalendarMissing) as caught:
        simulate(model, cases=25_000)

    assert caught.value.year == holidays("CN").last_year + 1


def test_a_run_longer_than_planned_gets_a_longer_calendar():
    model = build("p", calendar="none").start().step("a", work=GovTime(mean=Duration(days=4000.0))).end().model

    assert simulate(model, cases=2).work.tolist() == [4000 * 7 * HOUR] * 2


def test_a_run_of_more_than_a_thousand_years_is_refused():
    model = build("p", calendar="none").start().step("a", work=GovTime(mean=Duration(weeks=1e9))).end().model

    with pytest.raises(RunTooLong):
        simulate(model, cases=2)


@pytest.mark.parametrize("year", [1, 1999, 2003, 2100, 9999])
def test_a_start_without_a_calendar_names_its_year(year):
    start = datetime(year, 6, 1, 10, 0, tzinfo=ZONE)

    with pytest.raises(CalendarMissing) as caught:
        one_case(build("p").start().step("a", work="PT1H").end(), start)

    assert caught.value.year == year


def test_a_start_needs_a_time_zone():
    with pytest.raises(NaiveTime):
        one_case(build("p").start().step("a", work="PT1H").end(), datetime(2026, 3, 2, 9, 0))


@pytest.mark.parametrize(("cases", "warm_up"), [(0, None), (-1, 0), (5, -1)])
def test_a_run_needs_cases(cases, warm_up):
    with pytest.raises(BadRun):
        simulate(build("p").start().step("a").end().model, cases=cases, warm_up=warm_up)


def test_a_file_without_an_office_has_nothing_to_simulate():
    b = build("home").pool("申请人", applicant=True).start().step("a").end()

    with pytest.raises(NothingToSimulate):
        simulate(b.model, cases=1)


def test_an_empty_process_has_nothing_to_simulate():
    with pytest.raises(NothingToSimulate):
        simulate(build("p").model, cases=1)


def test_what_is_not_simulated_is_refused_all_at_once():
    b = build("p").start().catch("late", event="timer", value="P1M").parallel("x")
    b.branch().step("a", repeat=2.0).branch().call("c", "p").join().end()

    with pytest.raises(NotSimulated) as caught:
        simulate(b.model, cases=1)

    assert [(problem.element, problem.rule) for problem in caught.value.problems] == [
        ("late", "timer-event"),
        ("a", "repeat"),
        ("c", "recursive-call"),
    ]
    assert refusals(b.model) == caught.value.problems


# What is expected


def test_expected_visits_solve_the_traffic_equations():
    b = build("p").start().step("a").exclusive("x").branch(0.2).step("b").to("a").branch(0.8).parallel("fork")
    b.branch().step("c").branch().step("d").join().step("e", rejects=0.5).end()
    model = b.close().model if b._blocks else b.model

    found, is_exact = expected_visits(model)

    assert found == pytest.approx({"a": 1.25, "b": 0.25, "c": 1, "d": 1, "e": 1}, abs=0.02)
    assert not is_exact


def test_expected_visits_of_a_plain_procedure_are_exact():
    b = build("p").start().step("a").exclusive("x").branch(0.2).step("b").to("a").branch(0.8)
    b.sub_process("sub").start("s").step("c", rejects=0.25).end().close().close().step("d").end()

    found, is_exact = expected_visits(b.model)

    assert found == pytest.approx({"a": 1.25, "b": 0.25, "c": 1, "d": 0.75})
    assert is_exact
