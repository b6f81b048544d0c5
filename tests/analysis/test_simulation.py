"""What a simulation means, one rule of docs/explanation/simulation.md a test."""

from datetime import datetime, timedelta

import pytest

from analysis.errors import CaseStuck
from analysis.simulation import default_warm_up, overloads, simulate
from bpmn.annotation import Duration, GovTime
from bpmn.build import Builder, build, gives, needs
from tests.analysis.office import HOUR, MONDAY, OFFICE, ZONE, applicant, moment, one_case

# Office hours


def test_work_stops_at_closing_and_goes_on_at_opening():
    columns = one_case(build("p").start().step("a", work="PT8H").end())

    assert moment(columns.end[0]) == datetime(2026, 3, 3, 10, 0, tzinfo=ZONE)
    assert columns.work[0] == 8 * HOUR


def test_a_case_across_spring_festival_skips_the_holidays_and_works_the_days_in_return():
    start = datetime(2026, 2, 13, 16, 30, tzinfo=ZONE)

    columns = one_case(build("p").start().step("a", work="PT2H", wait="P1D").end(), start)

    assert moment(columns.end[0]) == OFFICE.add(OFFICE.add(start, 7 * 3600), 2 * 3600)
    assert moment(columns.end[0]).date() in {datetime(2026, 2, 14).date(), datetime(2026, 2, 24).date()}


def test_the_longest_of_parallel_branches_is_the_critical_path_to_the_microsecond():
    b = build("p").start().step("a", work="PT45M").parallel("fork")
    b.branch().step("b", work="PT3H20M").step("c", wait="P2D", work="PT10M")
    b.branch().step("d", work="PT13H")
    b.join().step("e", work="PT1.5S").end()
    ways = [[2700, 12000, 14 * 3600, 600, 1.5], [2700, 13 * 3600, 1.5]]

    columns = one_case(b)

    expected = MONDAY
    for seconds in ways[0]:
        expected = OFFICE.add(expected, seconds)
    assert moment(columns.end[0]) == expected
    assert columns.work[0] == 2700e6 + 12000e6 + 600e6 + 13 * HOUR + 1.5e6
    assert columns.waiting[0] == 14 * HOUR


def test_a_day_is_the_open_hours_of_the_units_day():
    b = build("p").lane("短", hours="09:00-11:00").start().step("a", work="P1DT30M").end()

    columns = one_case(b)

    assert columns.work[0] == 2.5 * HOUR
    assert moment(columns.end[0]) == datetime(2026, 3, 3, 9, 30, tzinfo=ZONE)


def test_an_automatic_step_runs_through_the_night_and_is_no_work():
    b = build("p").start().step("a", work="PT6H").step("b", task="serviceTask", work="PT10H").end()

    columns = one_case(b)

    assert moment(columns.end[0]) == datetime(2026, 3, 3, 2, 30, tzinfo=ZONE)
    assert columns.work[0] == 6 * HOUR
    assert columns.path.other == 10 * HOUR
    assert not columns.steps[1].hands_on


def test_a_unit_round_the_clock_works_on_sunday():
    sunday = datetime(2026, 3, 1, 3, 0, tzinfo=ZONE)
    b = build("p").lane("热线", hours="00:00-24:00", staff=1).start().step("a", work="PT2H").end()

    columns = one_case(b, sunday)

    assert columns.end[0] - columns.start[0] == 2 * HOUR


def test_time_by_the_calendar_runs_over_the_weekend_and_waits_in_open_hours():
    friday = datetime(2026, 3, 6, 16, 30, tzinfo=ZONE)
    b = build("p").start().step("a", wait=GovTime(mean=Duration(days=3.0), clock="calendar")).end()

    columns = one_case(b, friday)

    assert columns.end[0] - columns.start[0] == 72 * HOUR
    assert columns.waiting[0] == 7 * HOUR
    assert columns.path.closed == 65 * HOUR


def test_a_step_without_time_takes_none_and_needs_nobody():
    b = build("p").lane("窗口", staff=1).start().step("a").step("b", work="PT1H").end()

    columns = one_case(b)

    assert columns.end[0] - columns.start[0] == HOUR
    assert [step.times for step in columns.steps] == [1, 1]


def test_an_event_takes_its_time_in_the_hours_of_its_unit_and_is_neither_work_nor_waiting():
    b = build("p").start().catch("answer", event="message", work="P1D").step("a", work="PT1H").end()

    columns = one_case(b)

    assert moment(columns.end[0]) == datetime(2026, 3, 3, 10, 0, tzinfo=ZONE)
    assert (columns.work[0], columns.waiting[0]) == (HOUR, 0)


# Queues


def two_branches(staff: int) -> Builder:
    b = build("p").lane("窗口", staff=staff).start().parallel("fork")
    b.branch().step("a", wait="PT3H", work="PT1H")
    b.branch().lane("门口").step("before", work="PT1H").lane("窗口").step("b", wait="PT2H30M", work="PT1H")
    b.branch().step("busy", work="PT4H")
    return b.join().end()


def test_who_was_handed_over_first_is_served_first_though_another_was_ready_before():
    columns = one_case(two_branches(1))

    queue = {step.id: step.queue for step in columns.steps}
    assert queue == {"a": HOUR, "b": 1.5 * HOUR, "before": 0, "busy": 0}


def test_one_pool_of_people_serves_all_steps_of_a_unit_in_every_pool():
    b = build("p").pool("甲").lane("窗口", staff=1).start().step("a", work="PT1H").end()
    b.pool("乙", process="other").lane("窗口", staff=1).start().step("b", work="PT1H").end()
    b.message("pool_p", "pool_other")

    columns = one_case(b)

    assert columns.end[0] - columns.start[0] == 2 * HOUR
    assert columns.waiting[0] == HOUR


def test_somebody_whose_work_paused_at_closing_goes_on_with_it():
    b = build("p").lane("窗口", staff=1).start().parallel("fork")
    b.branch().step("a", work="PT8H").branch().step("b", work="PT1H").join().end()

    columns = one_case(b)

    assert {step.id: step.queue for step in columns.steps} == {"a": 0, "b": 8 * HOUR}


def test_cases_that_never_meet_share_nobody():
    alone = build("p").lane("窗口", staff=1).start().step("a", work="P1D").end().model

    columns = simulate(alone, cases=500)

    assert columns.waiting.max() == 0
    assert not columns.meeting
    assert columns.warm_up == 0


def test_a_unit_that_cannot_keep_up_is_named_with_the_staff_it_needs():
    b = build("p", arrivals_per_day=40.0, calendar="none").lane("窗口", staff=3).start()
    b.step("a", work="PT30M").exclusive("again").branch(0.5).to("a").branch(0.5).end()

    (found,) = overloads(b.model)
    columns = simulate(b.model, cases=2000)

    assert (found.unit, found.staff, found.needed) == ("窗口", 3, 6)
    assert found.use == pytest.approx(40 / 7 / 3)
    assert columns.overloaded == (found,)
    assert columns.work.mean() == pytest.approx(HOUR, rel=0.1)


def test_a_unit_that_just_keeps_up_is_not_named():
    b = build("p", arrivals_per_day=13.9, calendar="none").lane("窗口", staff=1).start().step("a", work="PT30M").end()

    assert overloads(b.model) == ()


def test_a_unit_round_the_clock_has_more_open_time():
    b = build("p", arrivals_per_day=13.9 * 24 / 7, calendar="none")
    b.lane("热线", staff=1, hours="00:00-24:00").start().step("a", work="PT30M").end()

    assert overloads(b.model) == ()


def test_queues_are_warmed_up_the_longer_the_busier():
    def model(per_day):
        return build("p", arrivals_per_day=per_day).lane("窗口", staff=1).start().step("a", work="PT30M").end().model

    assert 0 < default_warm_up(model(5.0)) < default_warm_up(model(12.5)) < default_warm_up(model(13.8))
    assert simulate(model(5.0), cases=10).warm_up == default_warm_up(model(5.0))


def test_where_nobody_can_be_waited_for_nothing_is_warmed_up():
    assert default_warm_up(build("p", arrivals_per_day=5.0).start().step("a", work="PT1H").end().model) == 0


# Ways through


def test_shares_decide_and_what_has_none_splits_the_rest():
    b = build("p").start().exclusive("x").branch(0.6).step("a", work="PT1M")
    model = b.branch().step("b", work="PT1M").branch().step("c", work="PT1M").join().end().model

    columns = simulate(model, cases=40_000)

    shares = {step.id: step.times / 40_000 for step in columns.steps}
    assert shares == pytest.approx({"a": 0.6, "b": 0.2, "c": 0.2}, abs=0.01)


def test_several_flows_out_of_a_step_are_all_taken():
    b = build("p").start().step("a", work="PT1H").step("b", work="PT1H").end()

    columns = one_case(b.at("a").step("c", work="PT2H").end())

    assert columns.work[0] == 4 * HOUR
    assert columns.end[0] - columns.start[0] == 3 * HOUR


def test_a_sub_process_is_left_when_all_in_it_is_done_and_entered_anew_in_a_loop():
    b = build("p").start().exclusive("loop").branch(1.0).sub_process("sub").start("s").parallel("fork")
    b.branch().step("a", work="PT1H").end().branch().step("b", work="PT2H").end().close()
    model = b.close().exclusive("again").branch(0.5).to("sub").branch(0.5).close().close().end().model

    columns = simulate(model, cases=2_000, start=MONDAY)

    rounds = columns.work // (3 * HOUR)
    assert (columns.work % (3 * HOUR) == 0).all()
    assert rounds.mean() == pytest.approx(2.0, rel=0.07)
    once = rounds == 1
    assert (columns.end - columns.start)[once].max() == 2 * HOUR


def test_a_terminate_end_takes_every_other_token_of_its_process():
    b = build("p").lane("窗口", staff=1).start().parallel("fork")
    b.branch().step("a", work="PT3H", automatic=True).end(event="terminate", outcome="rejected")
    b.branch().step("b", work="PT10H").step("c", work="PT1H").end()

    columns = one_case(b)

    assert columns.end[0] - columns.start[0] == 3 * HOUR
    assert columns.work[0] == 3 * HOUR
    assert columns.rejected[0]
    assert [step.times for step in columns.steps] == [1, 1, 0]


def test_a_terminate_end_in_a_sub_process_ends_only_that():
    b = build("p").start().sub_process("sub").start("s").parallel("fork")
    b.branch().step("a", work="PT1H").end(event="terminate").branch().step("b", work="PT9H").end().close().close()

    columns = one_case(b.step("c", work="PT1H").end())

    assert columns.end[0] - columns.start[0] == 2 * HOUR


def test_the_person_of_a_killed_step_takes_the_next():
    b = build("p").lane("窗口", staff=1).start().sub_process("sub").start("s").parallel("fork")
    b.branch().step("a", work="PT1H", automatic=True).end(event="terminate")
    b.branch().step("b", work="PT6H").end().close().close()

    columns = one_case(b.step("c", work="PT1H").end())

    assert (columns.waiting[0], columns.work[0]) == (0, 2 * HOUR)


def test_a_rejecting_step_ends_the_case_where_no_gateway_follows():
    model = build("p").start().step("a", kind="check", work="PT1H", rejects=0.3).step("b", work="PT1H").end().model

    columns = simulate(model, cases=20_000)

    assert columns.rejected.mean() == pytest.approx(0.3, abs=0.01)
    assert set(columns.work[columns.rejected]) == {HOUR}
    assert set(columns.work[~columns.rejected]) == {2 * HOUR}


def test_a_gateway_behind_a_rejecting_step_decides_instead():
    b = build("p").start().step("a", kind="check", work="PT1H", rejects=0.3).exclusive("x")
    model = b.branch(0.5).step("b", work="PT1H").end().branch(0.5).end(outcome="rejected").close().model

    columns = simulate(model, cases=20_000)

    assert columns.rejected.mean() == pytest.approx(0.5, abs=0.011)


def test_a_gateway_behind_another_check_does_not_route_on_the_first():
    b = build("p").start().step("a", kind="check", rejects=0.3).step("b", kind="check", work="PT1H").exclusive("x")
    model = b.branch(0.5).end().branch(0.5).end().close().model

    assert simulate(model, cases=10_000).rejected.mean() == pytest.approx(0.3, abs=0.015)


def test_a_gateway_whose_condition_names_what_the_step_gives_routes_on_it():
    b = build("p").start().step("a", kind="check", rejects=0.3, materials=[gives("意见")])
    b.step("b", kind="check", work="PT1H").exclusive("x")
    model = b.branch(0.5, condition='意见 = "同意"').end().branch(0.5).end().close().model

    assert not simulate(model, cases=1_000).rejected.any()


def test_the_last_end_event_gives_the_outcome():
    b = build("p").start().parallel("fork").branch().step("a", work="PT1H").end(outcome="rejected")
    b.branch().step("b", work="PT2H").end()

    assert not one_case(b).rejected[0]


def test_a_case_counts_hand_ins_visits_clock_and_stops():
    papers = [needs("申请表"), needs("身份证"), needs("身份证"), needs("执照", origin="shared"), gives("受理单")]
    b = build("p").start().step("a", kind="accept", work="PT1H", materials=papers, visit=True)
    b.step("b", clock_stop="inspection", wait="PT30M", work="PT15M")
    b.step("c", kind="decide", work="PT1H", visit=True).end()

    columns = one_case(b)

    assert (columns.hand_ins[0], columns.visits[0]) == (2, 2)
    assert columns.clock_start[0] - columns.start[0] == HOUR
    assert columns.clock_end[0] == columns.end[0]
    assert columns.stop_case.tolist() == [0]
    assert columns.stop_from[0] == columns.clock_start[0]
    assert columns.stop_to[0] == columns.clock_end[0] - HOUR


def test_a_decision_before_acceptance_ends_no_clock():
    columns = one_case(build("p").start().step("a", kind="decide").step("b", kind="accept", work="PT1H").end())

    assert columns.clock_start[0] == columns.end[0]
    assert columns.clock_end[0] == -1


# Pools


def office_and_applicant() -> Builder:
    """The applicant fills in a form; the office asks back and tells."""
    b = build("p").pool("窗口").start("begin", event="message").step("take", work="PT1H")
    b.step("ask", work="PT1H").step("answered", task="receiveTask", work="PT30M").end("told", event="message")
    applicant(b).start("wish").step("fill", work="PT30H").throw("apply").catch("asked", event="message")
    b.step("find", work="PT10H", materials=[needs("照片")], visit=True).throw("reply")
    b.catch("hear", event="message").end()
    for source, target in (("apply", "begin"), ("ask", "asked"), ("reply", "answered"), ("told", "hear")):
        b.message(source, target)
    return b


def test_the_applicant_begins_but_the_case_starts_with_the_offices_start():
    columns = one_case(office_and_applicant())

    assert moment(columns.start[0]) == MONDAY + timedelta(hours=30)
    assert moment(columns.end[0]) == datetime(2026, 3, 4, 9, 30, tzinfo=ZONE)


def test_the_applicants_time_runs_by_the_calendar_and_is_neither_work_nor_waiting_nor_hand_in():
    columns = one_case(office_and_applicant())

    assert columns.work[0] == 2.5 * HOUR
    assert columns.waiting[0] == 0
    assert columns.hand_ins[0] == columns.visits[0] == 0
    assert columns.path.other == 10 * HOUR


def test_the_way_goes_through_the_message_that_was_waited_for():
    columns = one_case(office_and_applicant())

    path = columns.path
    assert (
        path.closed + path.other + sum(u.work + u.wait + u.queue for u in path.units)
        == columns.end[0] - columns.start[0]
    )
    assert sum(unit.work for unit in path.units) == 2.5 * HOUR


def test_a_message_waits_until_it_is_caught():
    b = build("p").pool("甲").start().parallel("fork").branch().step("send", task="sendTask", work="PT1M").end()
    b.branch().step("long", work="PT5H").end()
    b.pool("乙", process="q").start("go").step("own", work="PT3H").catch("in", event="message")
    b.step("last", work="PT1H").end()
    b.message("send", "in")

    columns = one_case(b)

    ended = {step.id: step.times for step in columns.steps}
    assert ended == {"send": 1, "long": 1, "own": 1, "last": 1}
    assert columns.end[0] - columns.start[0] == 6.5 * HOUR


def test_a_message_start_opens_its_pool_once_a_message():
    b = build("p").pool("甲").start().step("call", work="PT1H").exclusive("again").branch(0.5).to("call")
    b.branch(0.5).end()
    b.pool("乙", process="q").start("called", event="message").step("look", work="PT1H").end()
    b.message("call", "called")

    columns = simulate(b.model, cases=500)

    calls, looks = (step.times for step in columns.steps)
    assert calls == looks > 900


def test_messages_to_other_activities_and_to_black_boxes_only_inform():
    b = build("p").pool("甲").start().step("a", work="PT1H").end()
    b.pool("乙", process="q").start().step("b", work="PT2H").end()
    b.black_box("外", id="box").message("a", "b").message("b", "box").message("box", "a")

    assert one_case(b).end[0] - one_case(b).start[0] == 2 * HOUR


def test_a_catch_from_a_black_box_takes_its_own_time():
    b = build("p").pool("甲").start().catch("in", event="message", work="PT2H").end().black_box("外", id="box")

    assert one_case(b.message("box", "in")).end[0] - one_case(b.message("box", "in")).start[0] == 2 * HOUR


def test_a_message_to_the_border_of_a_pool_is_for_its_message_start():
    b = build("p").pool("甲").start().step("a", work="PT2H").end()
    b.pool("乙", process="q", id="border").start("called", event="message").step("b", work="PT1H").end()

    assert one_case(b.message("a", "border")).end[0] - one_case(b).start[0] == 3 * HOUR


def test_pools_that_are_not_joined_take_no_part():
    b = build("p").pool("甲").start().step("a", work="PT1H").end()
    b.pool("乙", process="q").start().step("b", work="PT2H").end()

    assert [step.id for step in one_case(b).steps] == ["a"]


def test_a_message_nobody_sends_stops_the_run_by_name():
    b = build("p").pool("甲").start().exclusive("x").branch(0.5).step("say", work="PT1H").end().branch(0.5).end()
    b.pool("乙", process="q").start().catch("in", event="message").end().message("say", "in")

    with pytest.raises(CaseStuck) as caught:
        simulate(b.model, cases=100)

    assert caught.value.element == "in"


def test_the_applicant_may_wait_for_ever():
    b = build("p").pool("甲").start().exclusive("x").branch(0.5).step("say", work="PT1H").end().branch(0.5).end()
    applicant(b).start().catch("in", event="message").end().message("say", "in")

    assert simulate(b.model, cases=100).cases == 100
