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
