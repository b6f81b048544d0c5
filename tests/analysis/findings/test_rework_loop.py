"""`rework-loop`: many cases go back to the applicant or to another office."""

import pytest

from bpmn.build import build


def loop(share, *, back=(), at="乙局", event=False):
    """a at 甲局, b at `at`; a share of the cases goes back to a, over the steps (name, lane) of `back`."""
    builder = build("permit").lane("甲局").start().node("m", "exclusiveGateway").to("m").at("m").step("a", kind="other")
    builder.lane(at).step("b", kind="check").exclusive("x").branch(share)
    for name, lane in back:
        builder.lane(lane).step(name, kind="notify")
    return (
        builder.to("m")
        .branch(None if share is None else 1 - share)
        .close()
        .lane(at)
        .step("c", kind="other")
        .end()
        .model
    )


def by_message(share, *, race=False):
    """The office asks the applicant for what is missing and waits for it, or for a day at most."""
    builder = build("permit").pool("窗口").start().node("m", "exclusiveGateway").to("m").at("m").step("a", kind="check")
    builder.exclusive("x").branch(share).step("ask", kind="notify")
    if race:
        builder.event_based("r").branch().catch("got", "message").to("m")
        builder.branch().catch("late", "timer", "P5D").end("gone", outcome="rejected").close()
    else:
        builder.catch("got", "message").to("m")
    builder.branch(1 - share).close().end()
    return builder.black_box("申请人", id="who", applicant=True).message("ask", "who").message("who", "got").model


@pytest.mark.parametrize(
    ("model", "steps"),
    [
        (loop(0.1), ("a", "b")),
        (loop(0.4, back=[("r", "乙局")]), ("a", "r")),
        (by_message(0.2), ("a", "ask")),
        (by_message(0.2, race=True), ("a", "ask")),
    ],
    ids=["exactly a tenth", "over a step that returns it", "to the applicant by message", "with a time-limit"],
)
def test_found_and_nothing_else(model, steps, told):
    assert told(model) == {("rework-loop", steps)}


@pytest.mark.parametrize(
    "model",
    [loop(0.099), loop(0.5, at="甲局"), by_message(0.05)],
    ids=["less than a tenth", "inside one office", "few to the applicant"],
)
def test_what_is_no_rework(model, of):
    assert of(model, "rework-loop") == []


def test_the_chance_of_coming_to_the_choice_counts(of):
    """Half of the cases come to a choice that sends 15 % back: that is 7.5 % of all."""
    builder = build("permit").lane("甲局").start().step("a", kind="other").exclusive("y").branch(0.5)
    builder.node("m", "exclusiveGateway").to("m").at("m").lane("乙局").step("b", kind="other")
    builder.lane("丙局").step("d", kind="check").exclusive("x").branch(0.15).to("m").branch(0.85).close()

    assert of(builder.branch(0.5).join().end().model, "rework-loop") == []


def test_in_a_sub_process_a_pool_and_a_parallel_branch(of):
    builder = build("one").pool("窗口").lane("甲局").start().parallel("p").branch().sub_process("s").start()
    builder.node("m", "exclusiveGateway").to("m").at("m").step("a", kind="other", automatic=True)
    builder.exclusive("x").branch(0.3).sub_process("t").start().step("i", kind="other").end().close().to("m")
    model = builder.branch(0.7).close().end().close().branch().step("z", kind="other").join().end().model

    (finding,) = of(in_units(model, {"a": "甲局", "i": "乙局"}), "rework-loop")

    assert (finding.steps, finding.evidence["share"]) == (("a", "i"), pytest.approx(0.3))


def in_units(model, units):
    """The same model with steps in lanes of their own."""
    lane = model.lanes[0]
    own = [lane.evolve(id=f"lane_{name}", name=unit, nodes=(name,)) for name, unit in units.items()]
    return model.evolve(lanes=(lane, *own))


def test_without_a_share_it_is_not_sure(of):
    (finding,) = of(loop(None), "rework-loop")

    assert (finding.evidence["share"], [one.annotation for one in finding.missing]) == (None, ["probability"])


def test_several_choices_into_one_way_back_are_one_finding(of):
    builder = build("permit").lane("甲局").start().node("m", "exclusiveGateway").to("m").at("m").step("a", kind="other")
    builder.lane("乙局").step("b", kind="check").exclusive("x").branch(0.1).to("r").branch(0.9).close()
    builder.step("c", kind="check").exclusive("y").branch(0.2).to("r").branch(0.8).close().end()
    model = builder.node("r", "userTask").at("r").to("m").model

    (finding,) = of(model, "rework-loop")

    assert (finding.steps, finding.evidence["share"]) == (("a", "r"), pytest.approx(1 - 0.9 * 0.8))


def by_answer(share, *, written=True):
    """The office sends the case to another one, whose answer sends it back."""
    race = share if written else None
    builder = build("one").pool("甲局").start().node("m", "exclusiveGateway").to("m").at("m").step("a", kind="other")
    builder.throw("send", "message").event_based("wait").branch(race).catch("returned", "message").to("m")
    builder.branch(None if race is None else 1 - race).catch("fine", "message").close().step("d", kind="decide").end()
    builder.pool("乙局").start("got", event="message").step("o", kind="check").exclusive("x").branch(share)
    builder.end("back", event="message").branch(1 - share).end("on", event="message").close()
    return builder.message("send", "got").message("back", "returned").message("on", "fine").model


def test_the_answer_of_another_office_sends_back(of):
    (finding,) = of(by_answer(0.2), "rework-loop")

    assert (finding.steps, finding.evidence["share"]) == (("a", "o"), pytest.approx(0.2))
    assert of(by_answer(0.05), "rework-loop") == []


def test_an_answer_without_a_share_is_not_sure(of):
    (finding,) = of(by_answer(0.2, written=False), "rework-loop")

    assert (finding.evidence["share"], finding.sure) == (None, False)


def test_an_office_that_is_only_asked_does_not_send_back(of):
    """Who asked decides by itself to do its own step again."""
    builder = build("one").pool("甲局").start().node("m", "exclusiveGateway").to("m").at("m").step("a", kind="check")
    builder.throw("send", "message").catch("answer", "message").exclusive("x").branch(0.3).to("m").branch(0.7).close()
    builder.step("d", kind="decide").end().pool("乙局").start("got", event="message").step("o", kind="check")
    model = builder.end("said", event="message").message("send", "got").message("said", "answer").model

    assert of(model, "rework-loop") == []


def test_the_last_step_of_a_sub_process_before_the_choice_sends_back(of):
    builder = build("p").start().node("m", "exclusiveGateway").to("m").at("m").step("a", kind="other")
    builder.sub_process("s").start().step("i", kind="check").end().close().exclusive("x").branch(0.2).to("m")
    model = builder.branch(0.8).close().lane("甲局").end().model

    (finding,) = of(in_units(model, {"a": "甲局", "i": "乙局"}), "rework-loop")

    assert finding.steps == ("a", "i")


@pytest.mark.parametrize(("share", "found"), [(0.2, 1), (0.05, 0)])
def test_an_event_on_a_step_may_send_back(share, found, of):
    builder = build("p").lane("甲局").start().node("m", "exclusiveGateway").to("m").at("m").step("a", kind="other")
    builder.lane("乙局").step("b", kind="check").boundary("bad", "error", probability=share).to("m")

    assert len(of(builder.at("b").step("c", kind="other").end().model, "rework-loop")) == found
