"""The longest ways, by limits and by expected time."""

import pytest

from analysis.timing import critical_path, longest_way
from bpmn.annotation import Duration, GovTime
from bpmn.build import build

HOUR = 3600.0
DAY = 7 * HOUR


def fixed(hours: float, **said) -> GovTime:
    return GovTime(mean=Duration(seconds=hours * HOUR), **said)


def test_of_branches_the_longest_counts_and_names_its_steps():
    b = build().start().step("a", work=fixed(1)).parallel("fork").branch().step("b", work=fixed(2))
    b.branch().step("c", work=fixed(1)).step("d", work=fixed(3)).join()
    b.exclusive("which").branch(0.9).step("e", work=fixed(1)).branch(0.1).step("f", work=fixed(5)).join()

    way = critical_path(b.end().model)

    assert (way.seconds, way.steps, way.span) == (pytest.approx(10 * HOUR), ("a", "c", "d", "f"), "start-end")


def test_a_loop_counts_by_expected_visits():
    b = build().start().step("check", work=fixed(4)).exclusive("again").branch(0.2).step("back", work=fixed(8))

    way = critical_path(b.to("check").branch(0.8).end().model)

    assert way.seconds == pytest.approx((4 * 1.25 + 8 * 0.25) * HOUR)


def test_a_loop_with_two_ways_out_counts_by_expected_visits():
    """check, then a second check; both may send back to the first, and the first may end the case."""
    b = build().start().step("a", work=fixed(1)).exclusive("x").branch(0.1).end("off").branch(0.9)
    b.step("b", work=fixed(2)).exclusive("y").branch(0.5).to("a").branch(0.5).end()

    way = critical_path(b.model)

    rounds = 1 / (1 - 0.9 * 0.5)
    assert way.seconds == pytest.approx((1 + 2 * 0.9) * rounds * HOUR, rel=0.2)
    assert way.steps == ("a", "b")


def clocked():
    """accept, three steps with and without limits, a clock-stop, decide, delivery."""
    b = build().start().step("before", work=fixed(9)).step("accept", kind="accept", work=fixed(1), limit=1.0)
    b.step("check", kind="check", work=fixed(1), limit=2.0).step("test", clock_stop="test", work=fixed(99))
    return b.step("plain", work=fixed(3)).step("decide", kind="decide", work=fixed(1), limit=1.0)


def test_limits_run_from_the_end_of_accept_to_the_end_of_decide():
    """2 days + the 3 expected hours of a step without a limit + 1 day; a clock-stop is 0; delivery is not in it."""
    model = clocked().step("deliver", limit=9.0).end().model

    way = longest_way(model)

    assert (way.seconds, way.span) == (pytest.approx(3 * DAY + 3 * HOUR), "accept-decide")
    assert way.steps == ("check", "test", "plain", "decide")
    assert critical_path(model, between_clocks=True).seconds == pytest.approx(5 * HOUR)
    assert critical_path(model).seconds == pytest.approx((9 + 1 + 1 + 99 + 3 + 1) * HOUR)


def test_by_limits_a_loop_counts_once_with_its_way_back():
    b = build().start().step("accept", kind="accept").node("m", "exclusiveGateway").to("m").at("m")
    b.step("check", kind="check", limit=2.0).exclusive("ok").branch(0.5).step("supplement", limit=1.0).to("m")

    way = longest_way(b.branch(0.5).step("decide", kind="decide", limit=1.0).end().model)

    assert way.seconds == pytest.approx(4 * DAY)


def test_a_branch_that_never_comes_to_the_decision_does_not_count():
    b = build().start().step("accept", kind="accept").exclusive("x").branch(0.5).step("off", limit=30.0).end()

    way = longest_way(b.branch(0.5).step("decide", kind="decide", limit=1.0).end().model)

    assert (way.seconds, way.steps) == (pytest.approx(DAY), ("decide",))


@pytest.mark.parametrize(
    ("kinds", "span", "days"),
    [(("accept", "other"), "accept-end", 1), (("other", "decide"), "start-end", 2)],
    ids=["no decide", "no accept"],
)
def test_without_accept_or_decide_the_way_begins_or_ends_with_the_case(kinds, span, days):
    b = build().start().step("a", kind=kinds[0], limit=1.0).step("b", kind=kinds[1], limit=1.0)

    way = longest_way(b.end().model)

    assert (way.seconds, way.span) == (pytest.approx(days * DAY), span)


def test_the_applicants_own_time_is_no_time_of_the_clock():
    b = build("p").lane("窗口").start().step("accept", kind="accept").lane("申请人", applicant=True)
    b.step("fill", work=fixed(50)).lane("窗口").step("decide", kind="decide", work=fixed(1))

    assert critical_path(b.end().model, between_clocks=True).seconds == pytest.approx(HOUR)


def test_offices_joined_by_messages_are_on_one_way():
    b = build("p", pool="甲").start("s").step("a", work=fixed(1)).catch("answer", "message").step("z", work=fixed(1))
    b.end().pool("乙", process="q").start("t", event="message").step("other", work=fixed(3)).end("sent")
    model = b.message("a", "t").message("sent", "answer").model

    assert critical_path(model).steps == ("a", "other", "z")


def test_calendar_days_are_taken_as_the_open_time_of_a_mean_week():
    b = build(calendar="none").start().step("post", wait=GovTime(mean=Duration(days=7.0), clock="calendar"))

    assert critical_path(b.end().model).seconds == pytest.approx(5 * DAY)
