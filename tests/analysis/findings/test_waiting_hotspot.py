"""`waiting-hotspot`: after a hand-over a case waits for more than a third of the whole."""

import pytest

from analysis.findings import Subject
from analysis.findings.waiting_hotspot import may_hold
from bpmn.build import build


def two(wait, lane="乙局", **values):
    builder = build("permit").lane("甲局").start().step("a", kind="other", work="PT4H")
    return builder.lane(lane).step("b", kind="check", work="PT2H", wait=wait, **values).end().model


def test_found_and_nothing_else(told):
    assert told(two("PT4H")) == {("waiting-hotspot", ("b",))}


@pytest.mark.parametrize(
    "model",
    [two("PT3H"), two("PT9H", lane="甲局"), two("P9D", clock_stop="test")],
    ids=["exactly a third", "no change of unit", "a clock-stop"],
)
def test_what_is_none(model, told):
    assert told(model) == set()


def test_queues_count(of):
    builder = build("permit", arrivals_per_day=40).lane("甲局").start().step("a", work="PT10M")
    builder.lane("乙局", staff=1).step("b", work="PT10M")

    (finding,) = of(builder.end().model, "waiting-hotspot")

    assert finding.steps == ("b",)
    assert finding.evidence["queue_s"] > 0


def test_short_waits_are_told_without_simulating():
    assert may_hold(Subject(two("PT4H")))
    assert not may_hold(Subject(two("PT1H")))
    assert not may_hold(Subject(build("p").start().step("a").end().model))


def test_a_wait_met_by_few_cases_is_weighed_by_their_share(told):
    builder = build("permit").lane("甲局").start().step("a", work="PT7H").exclusive("x").branch(0.1)
    builder.lane("乙局").step("b", kind="check", wait="P2D").branch(0.9).join()

    assert told(builder.end().model) == set()


def test_work_that_comes_from_the_applicant_changes_no_unit(of):
    builder = (
        build("one").pool("申请人", applicant=True).start().step("fill", work="PT1H").throw("send", "message").end()
    )
    builder.pool("窗口").start("got", event="message").step("accept", kind="accept", wait="P1D").end()

    assert of(builder.message("send", "got").model, "waiting-hotspot") == []


def test_over_pools_and_in_a_sub_process(of):
    builder = build("one").pool("甲局").start().step("a", work="PT4H").throw("send", "message").end()
    builder.pool("乙局").start("got", event="message").sub_process("s").start().step(
        "b", wait="P1D"
    ).end().close().end()

    (finding,) = of(builder.message("send", "got").model, "waiting-hotspot")

    assert (finding.steps, finding.evidence["from"]) == (("b",), ["甲局"])
