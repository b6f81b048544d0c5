"""`ask-once`: no case is sent back twice."""

import pytest

from analysis.timing import exact
from bpmn.build import Builder, build
from tests.redesign.moving import moved, refused


def loop(**inside: object) -> Builder:
    builder = (
        build("permit", pool="县局", hours="00:00-24:00").lane("县局").start("start").node("again", "exclusiveGateway")
    )
    builder.to("again").at("again").step("look", work="PT1H", **inside).exclusive("fine").branch(0.5)  # type: ignore[arg-type]
    builder.step("ask", work="PT2H").to("again").branch(0.5).close()
    return builder.step("decide", kind="decide").end("end")


def choice(model) -> str:
    return next(flow.id for flow in model.outgoing["fine"] if flow.target == "ask")


def test_the_way_back_is_taken_once_at_most():
    model = loop().model

    after = moved(model, "ask-once", "look", "ask", choice=choice(model))

    assert after.flow[choice(after)].most == 1


def test_a_case_then_takes_one_round_and_half_a_second_one():
    model = loop().model

    after = moved(model, "ask-once", "look", "ask", choice=choice(model))

    # Before: each round is followed by another with probability one half, so one more on average.
    assert exact(model).elapsed_working.mean == pytest.approx(3600 * (1 + 1 * 3))
    assert exact(after).elapsed_working.mean == pytest.approx(3600 * (1 + 0.5 * 3))


def test_it_is_asked_once_only_once():
    model = loop().model
    after = moved(model, "ask-once", "look", "ask", choice=choice(model))

    assert refused(after, "ask-once", "look", "ask", choice=choice(after)) == "once-already"


def test_a_check_whose_gateway_says_who_ends_may_come_fewer_times():
    model = loop(kind="check", rejects=0.3).model

    assert moved(model, "ask-once", "look", "ask", choice=choice(model)).flow[choice(model)].most == 1


def test_fewer_rounds_must_not_mean_fewer_refusals():
    builder = build("permit", pool="县局").lane("县局").start("start").node("again", "exclusiveGateway")
    builder.to("again").at("again").step("first", kind="check", rejects=0.2).step("look", kind="check")
    builder.exclusive("fine").branch(0.5).step("ask").to("again").branch(0.5).close().end("end")
    model = builder.model

    assert refused(model, "ask-once", "look", "ask", choice=choice(model)) == "rejects"


def test_a_flow_outside_a_loop_is_none():
    model = build().start().exclusive("fine").branch(0.5).step("ask").branch(0.5).join("join").end().model

    assert refused(model, "ask-once", "ask", choice=choice(model)) == "no-single-loop"


def test_a_loop_that_cannot_be_counted_says_what_is_in_it():
    around = build("p").start("start").node("again", "exclusiveGateway").to("again").at("again").sub_process("s")
    around.start().step("look").end().close().exclusive("fine").branch(0.5).step("ask").to("again").branch(0.5).close()
    asking = build("p").pool("甲局").start().node("again", "exclusiveGateway").to("again").at("again")
    asking.throw("send", "message").exclusive("fine").branch(0.5).step("ask").to("again").branch(0.5).close().end()
    asking.pool("乙局").start("got", event="message").step("look").end().message("send", "got")

    for builder, why in ((around.end(), "loop-sub-process"), (asking, "loop-messages")):
        model = builder.model
        assert refused(model, "ask-once", "look", "ask", choice=choice(model)) == why


def test_a_way_back_of_no_single_choice_is_not_bounded():
    assert refused(loop().model, "ask-once", "look", "ask", choice="") == "no-single-choice"
