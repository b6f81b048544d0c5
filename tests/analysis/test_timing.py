"""Exact times against arithmetic done by hand, with its source where it is more than a sum."""

import math

import pytest
from hypothesis import given, settings

from analysis.timing import critical_path, exact, longest_way
from bpmn.annotation import Duration, GovTime
from bpmn.build import build, needs
from bpmn.model import Loop
from tests.strategies import graphs

HOUR = 3600.0
DAY = 7 * HOUR


def fixed(hours: float, **said) -> GovTime:
    return GovTime(mean=Duration(seconds=hours * HOUR), **said)


def chance(mean: float = 1.0) -> GovTime:
    """An exponential time of so many hours."""
    return GovTime(distribution="exponential", mean=Duration(seconds=mean * HOUR))


def hours(builder):
    """The exact elapsed working hours of what was built."""
    found = exact(builder.end().model)
    assert found.holds, found.why_not
    return found.elapsed_working.mean / HOUR


def reasons(model):
    return {(why.reason, why.element) for why in exact(model).why_not}


def test_steps_in_a_row_add_up_wait_and_work():
    b = build().start().step("a", wait=fixed(2), work=fixed(1)).step("b", work=fixed(0.5))

    found = exact(b.end().model)

    assert found.elapsed_working.mean == pytest.approx(3.5 * HOUR)
    assert found.elapsed_working.median == found.elapsed_working.p95 == pytest.approx(3.5 * HOUR)
    assert found.elapsed_working.low == found.elapsed_working.high == found.elapsed_working.mean
    assert found.work.mean == pytest.approx(1.5 * HOUR)
    assert found.elapsed_working.source == "exact"


def test_the_sum_of_exponential_times_is_an_erlang_time():
    """Of two of mean 1: P(T ≤ t) = 1 - (1 + t) e^-t; the 95 % quantile is 4.743865 (A. K. Erlang, 1909)."""
    b = build().start().step("a", work=chance()).step("b", work=chance())

    found = exact(b.end().model)

    assert found.elapsed_working.mean == pytest.approx(2 * HOUR)
    assert found.elapsed_working.median == pytest.approx(1.6783470 * HOUR, rel=5e-4)
    assert found.elapsed_working.p95 == pytest.approx(4.7438645 * HOUR, rel=5e-4)
    assert found.distribution.within(2 * HOUR) == pytest.approx(1 - 3 * math.exp(-2), abs=1e-4)


def test_a_choice_is_the_mixture_of_its_branches():
    b = build().start().exclusive("which").branch(0.25).step("a", work=fixed(4)).branch(0.75).step("b", work=fixed(1))

    found = exact(b.join().end().model)

    assert found.elapsed_working.mean == pytest.approx((0.25 * 4 + 0.75) * HOUR)
    assert (found.elapsed_working.median, found.elapsed_working.p90) == pytest.approx((HOUR, 4 * HOUR))


def test_the_last_of_equal_exponential_branches_takes_a_harmonic_number():
    """1 + 1/2 + 1/3 + 1/4 of their mean (Rényi, 1953); the median is -ln(1 - 0.5^(1/4))."""
    b = build().start().parallel("fork")
    for number in range(4):
        b.branch().step(f"s{number}", work=chance())

    found = exact(b.join().end().model)

    assert found.elapsed_working.mean == pytest.approx(25 / 12 * HOUR, rel=1e-3)
    assert found.elapsed_working.median == pytest.approx(-math.log(1 - 0.5**0.25) * HOUR, rel=1e-3)
    assert found.work.mean == pytest.approx(4 * HOUR)


def test_rework_takes_a_geometric_number_of_rounds():
    """With p = 0.2 the rounds are geometric: mean 1 / 0.8; three of them are enough for 1 - 0.2³ of the cases."""
    b = build().start().step("check", work=fixed(1)).exclusive("again").branch(0.2).step("back", work=fixed(0.5))

    found = exact(b.to("check").branch(0.8).end().model)

    assert found.elapsed_working.mean == pytest.approx((1 / 0.8 + 0.5 * 0.25) * HOUR)
    assert found.distribution.within(4 * HOUR) == pytest.approx(1 - 0.2**3, abs=1e-4)
    assert found.visits == pytest.approx({"check": 1.25, "back": 0.25})


def test_inclusive_branches_are_drawn_each_for_itself_and_the_last_is_awaited():
    """P(both) = 0.3, P(a only) = 0.3, P(b only) = 0.2, P(neither) = 0.2: then the default."""
    b = build().start().inclusive("some")
    b.branch(0.6).step("a", work=fixed(3)).branch(0.5).step("b", work=fixed(1)).branch(default=True)

    found = exact(b.step("else", work=fixed(2)).join().end().model)

    assert found.elapsed_working.mean == pytest.approx((0.6 * 3 + 0.2 * 1 + 0.2 * 2) * HOUR)
    assert found.work.mean == pytest.approx((0.6 * 3 + 0.5 * 1 + 0.2 * 2) * HOUR)
    assert found.visits == pytest.approx({"a": 0.6, "b": 0.5, "else": 0.2})


def test_inclusive_branches_without_a_default_are_drawn_again():
    b = build().start().inclusive("some").branch(0.5).step("a", work=fixed(3)).branch(0.5).step("b", work=fixed(1))

    found = exact(b.join().end().model)

    assert found.elapsed_working.mean == pytest.approx((2 / 3 * 3 + 1 / 3) * HOUR)
    assert found.visits == pytest.approx({"a": 2 / 3, "b": 2 / 3})


def test_a_case_turned_down_ends_at_once_and_has_its_own_time():
    b = build().start().step("a", kind="check", work=fixed(1), rejects=0.25).step("b", work=fixed(2))

    found = exact(b.end().model)

    assert found.outcome_shares == pytest.approx({"granted": 0.75, "rejected": 0.25})
    assert found.by_outcome["rejected"].mean == pytest.approx(HOUR)
    assert found.by_outcome["granted"].mean == pytest.approx(3 * HOUR)
    assert found.elapsed_working.mean == pytest.approx(2.5 * HOUR)
    assert found.visits == pytest.approx({"a": 1, "b": 0.75})


def test_the_first_branch_that_turns_a_case_down_ends_it():
    """Turned down after 1 h by a with 0.5, else after 2 h by b with 0.5, else done after 4 h."""
    b = build().start().parallel("fork").branch().step("a", work=fixed(1), rejects=0.5)
    b.branch().step("b", work=fixed(2), rejects=0.5).branch().step("c", work=fixed(4))

    found = exact(b.join().end().model)

    assert found.elapsed_working.mean == pytest.approx((0.5 * 1 + 0.25 * 2 + 0.25 * 4) * HOUR)
    assert found.outcome_shares == pytest.approx({"granted": 0.25, "rejected": 0.75})
    assert (found.work.mean, found.visits) == (None, None)


def test_end_events_tell_the_outcome():
    b = build().start().step("a", work=fixed(1)).exclusive("grant").branch(0.1).end(outcome="rejected")

    found = exact(b.branch(0.9).step("b", work=fixed(1)).end().model)

    assert found.outcome_shares == pytest.approx({"granted": 0.9, "rejected": 0.1})
    assert found.by_outcome["rejected"].mean == pytest.approx(HOUR)


def test_branches_that_end_apart_with_different_outcomes_have_none_by_outcome():
    b = build().start().parallel("fork").branch().step("a", work=chance()).end(outcome="rejected")

    found = exact(b.branch().step("b", work=chance()).end().model)

    assert found.elapsed_working.mean == pytest.approx(1.5 * HOUR, rel=1e-3)
    assert found.by_outcome == {}


def test_a_sub_process_is_what_is_inside_it():
    b = build().start().sub_process("sub").start().step("a", work=fixed(1)).step("b", work=fixed(2)).end().close()

    assert hours(b.step("c", work=fixed(1))) == pytest.approx(4)


@pytest.mark.parametrize(
    ("loop", "repeat", "mean"),
    [
        (Loop(kind="sequential", cardinality="3"), None, 3.0),
        (Loop(kind="sequential"), 2.5, 2.5),
        (Loop(kind="standard"), 2.0, 2.0),
        (Loop(kind="parallel", cardinality="3"), None, 11 / 6),
        (Loop(kind="parallel"), 2.5, (1.5 + 11 / 6) / 2),
        (Loop(kind="sequential"), 0.5, 0.5),
        (Loop(kind="parallel"), None, 1.0),
        (None, 3.0, 1.0),
    ],
    ids=["three", "2.5 in a row", "loop", "three at once", "2.5 at once", "half", "unsaid", "no loop"],
)
def test_rounds_are_summed_or_the_last_is_awaited(loop, repeat, mean):
    values = {} if repeat is None else {"repeat": repeat}
    b = build().start().step("a", work=chance(), **({"loop": loop} if loop else {}), **values)

    assert hours(b) == pytest.approx(mean, rel=1e-3)


def test_called_steps_take_their_time_where_they_are_called():
    b = build("p").start().call("call", "q").step("a", work=fixed(1)).end()
    b.process("q").start().step("inner", work=fixed(2)).end()

    found = exact(b.model)

    assert found.elapsed_working.mean == pytest.approx(3 * HOUR)
    assert found.visits == pytest.approx({"a": 1, "inner": 1})


def test_processes_that_call_each_other_are_named():
    b = build("p").start().call("call", "q").end()
    b.process("q").start().call("again", "q").end()

    assert {reason for reason, _ in reasons(b.model)} == {"recursive-call"}


# Timers, in office hours (clock="work")


def timed(**said):
    """A step of so long with a timer of two office hours at its border that leads elsewhere."""
    b = build().start().step("a", work=said["work"])
    b.step("b", work=fixed(1)).end()
    b.boundary("late", "timer", "PT2H", on="a", work=GovTime(clock="work"), interrupting=said.get("interrupting", True))
    return b.step("reminder", work=fixed(said.get("then", 0.25))).end().model


def test_a_timer_ends_an_activity_that_is_slower():
    """min(T, 2 h), then 1 h where T ≤ 2 h, else 15 minutes; E[min(T, 2)] = 1 - e^-2."""
    found = exact(timed(work=chance()))

    late = math.exp(-2)
    assert found.elapsed_working.mean == pytest.approx(((1 - late) + (1 - late) + late * 0.25) * HOUR, rel=1e-3)
    assert found.distribution.within(2.1 * HOUR) == pytest.approx(1 - math.exp(-1.1), abs=1e-3)


@pytest.mark.parametrize(("work", "mean"), [(1.0, 2.0), (2.0, 3.0), (3.0, 2.25)])
def test_an_activity_of_one_length_is_before_or_behind_its_timer(work, mean):
    assert exact(timed(work=fixed(work))).elapsed_working.mean == pytest.approx(mean * HOUR)


def test_a_timer_beside_an_activity_begins_a_branch_that_is_awaited():
    """max(T + 1, 2 + 4) where T > 2, else T + 1; with T exponential, D = 2: an integral done by hand."""
    found = exact(timed(work=chance(), interrupting=False, then=4))

    # ∫₀² (t + 1) e^-t dt, then 6 up to t = 5, then ∫₅^∞ (t + 1) e^-t dt.
    early = 2 - 4 * math.exp(-2)
    between = 6 * (math.exp(-2) - math.exp(-5))
    late = 7 * math.exp(-5)
    assert found.elapsed_working.mean == pytest.approx((early + between + late) * HOUR, rel=1e-3)


def test_a_boundary_event_with_a_share_is_decided_when_the_work_is_done():
    b = build().start().step("a", work=fixed(2)).step("b", work=fixed(1)).end()
    b.boundary("off", "error", on="a", probability=0.25)

    assert exact(b.end().model).elapsed_working.mean == pytest.approx(2.75 * HOUR)


def test_a_gateway_takes_the_event_that_comes_first():
    """A message of mean 1 h against a timer of 1 h: min has the mean 1 - e^-1."""
    b = build(pool="办").start().event_based("wait")
    b.branch().catch("letter", "message", work=chance()).step("a", work=fixed(1))
    b.branch().catch("late", "timer", "PT1H", work=GovTime(clock="work"))

    found = exact(b.join().end().model)

    gone = math.exp(-1)
    assert found.elapsed_working.mean == pytest.approx(((1 - gone) + (1 - gone)) * HOUR, rel=1e-3)


def test_a_timer_that_reminds_and_waits_again_is_a_loop():
    """Rounds end by the message with 1 - e^-1 each; a round takes 1 - e^-1, a reminder half an hour."""
    b = build(pool="办").start().event_based("wait")
    b.branch().catch("late", "timer", "PT1H", work=GovTime(clock="work")).step("remind", work=fixed(0.5)).to("wait")
    b.branch().catch("letter", "message", work=chance())

    found = exact(b.end().close().model)

    gone = math.exp(-1)
    assert found.elapsed_working.mean == pytest.approx((1 + 0.5 * gone / (1 - gone)) * HOUR, rel=1e-3)


# Pools


def test_offices_that_hand_over_by_message_are_one_flow():
    """a 1 h, then its own 1 h beside the other office's 3 h, whose answer is awaited, then 1 h."""
    b = build("p", pool="甲").start("s").step("a", work=fixed(1)).step("own", work=fixed(1))
    b.catch("answer", "message").step("z", work=fixed(1)).end()
    b.pool("乙", process="q").start("t", event="message").step("other", work=fixed(3)).end("sent", event="message")
    b.message("a", "t").message("sent", "answer")

    assert exact(b.model).elapsed_working.mean == pytest.approx(5 * HOUR)


def test_an_applicant_who_begins_the_case_does_not_take_its_time():
    b = build("p", pool="甲").start("s", event="message").step("a", work=fixed(1)).end()
    b.pool("申请人", process="q", applicant=True).start("t").step("fill", work=fixed(9)).step("send").end()
    b.message("send", "s")

    assert exact(b.model).elapsed_working.mean == pytest.approx(HOUR)


def test_an_answer_of_the_applicant_makes_the_time_inexact():
    b = build("p", pool="甲").start("s").step("ask").catch("answer", "message").end()
    b.pool("申请人", process="q", applicant=True).start("t", event="message").step("fill", work=fixed(9)).end()
    b.message("ask", "t").message("fill", "answer")

    assert ("message", "answer") in reasons(b.model)


# Where it does not hold


def test_other_clocks_are_named_with_their_elements_and_work_is_still_exact():
    b = build().lane("窗口").start().step("a", work=fixed(1)).step("post", wait=fixed(24, clock="calendar"))
    b.step("robot", task="serviceTask", work=fixed(0.1)).catch("timer", "timer", "P1D")
    b.lane("夜班", hours=((0, 86400),)).step("night", work=fixed(2))

    found = exact(b.end().model)

    assert {why.reason for why in found.why_not} == {"mixed-clocks"}
    assert [why.element for why in found.why_not] == ["post", "robot", "timer", "night"]
    assert (found.holds, found.elapsed_working.mean) == (False, None)
    assert found.work.mean == pytest.approx(3 * HOUR)


def test_round_the_clock_all_clocks_are_one():
    b = build(hours="00:00-24:00", calendar="none").start().step("a", work=fixed(1))
    b.step("post", wait=fixed(24, clock="calendar")).step("robot", task="serviceTask", work=fixed(0.5))

    assert hours(b) == pytest.approx(25.5)


@pytest.mark.parametrize(
    ("arrivals", "staff", "branches", "holds"),
    [(40.0, 3, 2, False), (40.0, None, 2, True), (None, 3, 2, True), (None, 1, 2, False), (None, 1, 1, True)],
    ids=["cases meet", "no limit", "enough for its own branches", "its own branches meet", "alone"],
)
def test_where_people_are_waited_for_it_is_only_the_least(arrivals, staff, branches, holds):
    b = build("p", **({"arrivals_per_day": arrivals} if arrivals else {}))
    b.lane("窗口", **({"staff": staff} if staff else {})).start().parallel("fork")
    for number in range(branches):
        b.branch().step(f"s{number}", work=fixed(1))

    found = exact(b.join().end().model)

    assert (found.holds, found.queueless) == (holds, not holds)
    assert found.elapsed_working.mean == pytest.approx(HOUR)
    assert {why.reason for why in found.why_not} == (set() if holds else {"staff"})


@pytest.mark.parametrize(
    ("draw", "reason"),
    [
        (lambda b: b.catch("x", "signal"), "signal-event"),
        (lambda b: b.catch("x", "timer", "2026-03-02T09:00"), "timer-event"),
        (lambda b: b.throw("x", "error"), "error-event"),
        (lambda b: b.sub_process("x", kind="adHocSubProcess").step("in").close(), "ad-hoc"),
    ],
    ids=["signal", "instant", "error", "ad hoc"],
)
def test_what_has_no_rule_is_named(draw, reason):
    b = build().start().step("a", work=fixed(1))
    draw(b)

    assert (reason, "x") in reasons(b.end().model)


def test_a_loop_that_is_never_left_is_named():
    b = build().start().step("a", work=fixed(1)).exclusive("again").branch(1.0).to("a").branch(0.0).end()

    assert ("endless-loop", "again") in reasons(b.model)


def test_branches_that_are_not_nested_are_named():
    """a and b begin together, c waits for both, d for b only."""
    b = build().start().parallel("fork").branch().step("a", work=fixed(1)).branch().step("b", work=fixed(2)).close()
    model = b.model
    b = build().start().node("f", "parallelGateway").flow("start1" if "start1" in model.node else "start", "f")
    for name, kind in (("g", "parallelGateway"), ("h", "parallelGateway"), ("k", "parallelGateway")):
        b.node(name, kind)
    for name in ("a", "b", "c", "d", "e"):
        b.node(name, "userTask", work=chance())
    b.flow("f", "a").flow("a", "h").flow("f", "b").flow("b", "g").flow("g", "c").flow("c", "h").flow("h", "e")
    b.flow("e", "k").flow("g", "d").flow("d", "k").node("end", "endEvent").flow("k", "end")

    assert "irreducible" in {reason for reason, _ in reasons(b.model)}


def test_hand_ins_and_visits_follow_the_rounds():
    b = build().start().step("check", materials=[needs("plan"), needs("title")], visit=True).exclusive("again")

    found = exact(b.branch(0.5).to("check").branch(0.5).end().model)

    assert found.materials_per_case.mean == pytest.approx(4)
    assert found.visits_per_case.mean == pytest.approx(2)


def test_a_case_that_takes_no_time_takes_none():
    found = exact(build().start().step("a").end().model)

    assert (found.holds, found.elapsed_working.mean, found.elapsed_working.p95) == (True, 0.0, 0.0)


def test_two_thousand_steps_in_a_row_are_no_matter_of_depth():
    b = build().start()
    for number in range(2_000):
        b.step(f"s{number}", work=chance(0.01))

    assert hours(b) == pytest.approx(20)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(graphs())
def test_any_drawing_has_an_exact_time_or_a_reason(model):
    found = exact(model)

    assert (found.distribution is not None) or found.why_not
    assert critical_path(model).seconds >= 0
    assert longest_way(model).seconds >= 0
