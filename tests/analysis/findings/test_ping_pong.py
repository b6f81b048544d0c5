"""`ping-pong`: work goes to another office and back, and nothing was gained."""

import pytest

from bpmn.build import build, gives, needs


def turns(*steps):
    """Steps in lanes, each (name, lane, what it says)."""
    builder = build("permit").lane("甲局", level="county").lane("乙局", level="county").start()
    for name, lane, values in steps:
        builder.lane(lane).step(name, **{"kind": "other", **values})
    return builder.end().model


def stay(**values):
    return turns(("a", "甲局", {}), ("b", "乙局", values), ("c", "甲局", {}))


@pytest.mark.parametrize(
    ("model", "steps"),
    [
        (stay(), ("b",)),
        (turns(("a", "甲局", {}), ("b", "乙局", {}), ("d", "乙局", {}), ("c", "甲局", {})), ("b", "d")),
    ],
    ids=["one step", "two steps"],
)
def test_found_and_nothing_else(model, steps, told):
    assert told(model) == {("ping-pong", steps)}


def test_in_parallel_branches(told):
    builder = build("permit").lane("甲局").start().step("a", kind="other").parallel("p")
    builder.branch().lane("乙局").step("b", kind="other").branch().lane("甲局").step("d", kind="other").join()

    assert told(builder.step("c", kind="other").end().model) == {("ping-pong", ("b",))}


def test_over_message_flows(told):
    builder = build("one").pool("甲局").start().step("a", kind="other").catch("back", "message")
    builder.step("c", kind="other").end()
    builder.pool("乙局").start("begun", event="message").step("b", kind="other").end()

    model = builder.message("a", "begun").message("b", "back").model

    assert told(model) == {("ping-pong", ("b",))}


@pytest.mark.parametrize(
    "model",
    [
        stay(kind="check"),
        stay(kind="approve"),
        stay(kind="produce"),
        stay(clock_stop="hearing"),
        stay(materials=[gives("证", to="applicant")]),
        turns(("a", "甲局", {}), ("b", "乙局", {"materials": [gives("函")]}),
              ("c", "甲局", {"materials": [needs("函", origin="internal")]})),
        turns(("a", "甲局", {}), ("b", "乙局", {})),
        turns(("a", "甲局", {}), ("b", "乙局", {}), ("c", "丙局", {})),
    ],
    ids=["a check", "an approval", "a product", "a hearing", "a result", "needed later", "no way back", "to a third"],
)  # fmt: skip
def test_what_was_gained(model, of):
    assert of(model, "ping-pong") == []


def test_the_way_round_a_loop_is_rework(of):
    builder = build("permit").lane("甲局").start().node("m", "exclusiveGateway").to("m").at("m")
    builder.step("a", kind="other").lane("乙局").step("b", kind="other").exclusive("x").branch(0.3).to("m").branch(0.7)

    assert of(builder.end().model, "ping-pong") == []


def test_mandatory_stays_are_protected(of):
    assert of(stay(mandatory=True), "ping-pong")[0].protected


def test_an_unannotated_stay_is_not_sure(of):
    (finding,) = of(stay(kind=""), "ping-pong")

    assert ("b", "kind") in [(one.element, one.annotation) for one in finding.missing]


CHECKED = ("x", "y", "z", "w")


def checked(*lanes):
    return turns(
        *((name, lane, {"kind": "check", "purpose": name}) for name, lane in zip(CHECKED, lanes, strict=False))
    )


def test_three_hand_overs_with_something_gained_are_only_pointed_at(of):
    (finding,) = of(checked("甲局", "乙局", "甲局", "乙局"), "ping-pong")

    assert (finding.steps, finding.evidence["hand_overs"], finding.sure) == (("y", "w"), 3, False)


def test_two_hand_overs_are_the_ordinary_way(of):
    assert of(checked("甲局", "乙局", "甲局", "丙局"), "ping-pong") == []


def test_hand_overs_of_branches_that_exclude_each_other_do_not_add_up(of):
    builder = build("permit").lane("甲局").start().step("a", kind="check", purpose="a").exclusive("x").branch(0.5)
    builder.lane("乙局").step("b", kind="check", purpose="b").branch(0.5).step("d", kind="check", purpose="d").join()
    builder.lane("甲局").step("c", kind="check", purpose="c")

    assert of(builder.end().model, "ping-pong") == []
