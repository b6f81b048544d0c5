"""`limit-overrun`: by limits or expected time the promise cannot be kept."""

import pytest

from bpmn.build import build


def permit(*steps, promised=3, unit="workday", **procedure):
    """An acceptance, steps, each (name, what it says), and a decision."""
    builder = (
        build("permit", promised_limit=promised, limit_unit=unit, **procedure).start().step("accept", kind="accept")
    )
    for name, values in steps:
        builder.step(name, **values)
    return builder.step("decide", kind="decide").step("deliver", work="P90D", limit=90).end().model


@pytest.mark.parametrize(
    ("model", "by", "steps"),
    [
        (permit(("a", {"limit": 2}), ("b", {"limit": 2})), "limits", ("a", "b", "decide")),
        (permit(("a", {"limit": 2}), ("b", {"wait": "P2D"})), "limits", ("a", "b", "decide")),
        (permit(("a", {"wait": "P4D"})), "time", ("a", "decide")),
        (permit(("a", {"limit": 7}), promised=7, unit="day"), "limits", ("a", "decide")),
        (permit(("a", {"wait": "P9D"}), promised=None, legal_limit=5), "time", ("a", "decide")),
    ],
    ids=["sum of limits", "a step without limit", "expected time", "calendar days are fewer", "the legal limit"],
)
def test_found_once(model, by, steps, of):
    (finding,) = of(model, "limit-overrun")

    assert (finding.evidence["by"], finding.steps, finding.move) == (by, steps, "")


@pytest.mark.parametrize(
    "model",
    [
        permit(("a", {"limit": 2}), ("b", {"limit": 1})),
        permit(("a", {"limit": 2}), ("t", {"limit": 30, "clock_stop": "test"})),
        permit(("a", {"limit": 2}), promised=None),
        permit(("a", {"limit": 4}), promised=7, unit="day"),
        permit(("a", {"wait": "PT2H"})),
    ],
    ids=["exactly the promise", "a clock-stop", "nothing promised", "fits in a week", "short"],
)
def test_what_can_be_kept(model, of):
    assert of(model, "limit-overrun") == []


def test_of_branches_the_longest_counts(of):
    builder = build("permit", promised_limit=3).start().step("accept", kind="accept").parallel("p")
    builder.branch().step("a", limit=2).branch().step("b", limit=3).join()

    assert of(builder.step("decide", kind="decide").end().model, "limit-overrun") == []


def test_the_applicants_own_time_is_not_counted(of):
    builder = build("one", promised_limit=3).pool("窗口").start().step("accept", kind="accept")
    builder.step("ask", kind="notify").catch("got", "message").step("decide", kind="decide", work="PT1H").end()
    builder.pool("申请人", applicant=True).start("told", event="message").step("write", wait="P30D").end()

    assert of(builder.message("ask", "told").message("write", "got").model, "limit-overrun") == []


def test_suggested_times_are_not_sure(of):
    (finding,) = of(permit(("a", {"limit": 9, "source": "suggested"})), "limit-overrun")

    assert not finding.sure


@pytest.mark.parametrize(("applicant", "found"), [(True, 0), (False, 1)], ids=["the applicant", "another body"])
def test_waiting_for_a_pool_in_which_nothing_is_drawn(applicant, found, of):
    builder = build("one", promised_limit=3).pool("窗口").start().step("accept", kind="accept")
    builder.step("ask", kind="notify").catch("got", "message", wait="P30D").step("decide", kind="decide").end()
    model = builder.black_box("who", id="who", applicant=applicant).message("ask", "who").message("who", "got").model

    assert len(of(model, "limit-overrun")) == found


def test_the_way_leads_over_pools_and_back(of):
    builder = build("one", promised_limit=3).pool("甲局").start().step("accept", kind="accept").step("a", limit=2)
    builder.throw("send", "message").catch("answer", "message").step("decide", kind="decide").end()
    builder.pool("乙局").start("got", event="message").step("c", limit=2).end("said", event="message")

    (finding,) = of(builder.message("send", "got").message("said", "answer").model, "limit-overrun")

    assert finding.steps == ("a", "c", "decide")


@pytest.mark.parametrize(
    ("step", "found"), [({"limit": 2}, 0), ({"wait": "P2D"}, 1)], ids=["once by limits", "twice by expected time"]
)
def test_a_loop_counts(step, found, of):
    builder = build("one", promised_limit=3).start().step("accept", kind="accept").node("m", "exclusiveGateway")
    builder.to("m").at("m").step("a", **step).exclusive("x").branch(0.5).to("m").branch(0.5).close()

    assert len(of(builder.step("decide", kind="decide").end().model, "limit-overrun")) == found


def test_a_clock_stop_beside_a_longer_branch_is_nothing(of):
    builder = build("one", promised_limit=3).start().step("accept", kind="accept").parallel("p").branch()
    builder.step("test", clock_stop="test", wait="P9D", limit=9).branch().step("a", limit=3).join()

    assert of(builder.step("decide", kind="decide").end().model, "limit-overrun") == []
