"""`repeated-material`: handed in twice by one case, wherever the two steps lie."""

import pytest

from analysis.findings import find
from bpmn.build import build, needs
from bpmn.calls import flattened

PAPER = [needs("执照")]
STAYS = [needs("执照", surrender=True)]


def office(**values):
    return build("permit", **values).start()


def exclusive(first=PAPER, second=PAPER):
    return office().exclusive("x").branch().step("a", materials=first).branch().step("b", materials=second).join()


def two_pools():
    builder = build("one").pool("窗口").start().step("a", kind="collect", materials=PAPER).step("hand").end()
    builder.pool("消防").start("begun", event="message").step("b", kind="collect", materials=PAPER).end()
    return builder.message("hand", "begun").model


def beside(kind):
    builder = getattr(office(), kind)("p").branch().step("a", materials=PAPER)
    return builder.branch().step("b", materials=PAPER).join().end().model


def inside():
    builder = office().step("a", materials=PAPER).sub_process("s").start()
    return builder.step("b", materials=PAPER).end().close().end().model


def on_the_way_back():
    builder = office().step("a", materials=PAPER).exclusive("x")
    return builder.branch(0.5).step("b", materials=PAPER).to("a").branch(0.5).end().model


@pytest.mark.parametrize(
    ("model", "steps"),
    [
        (office().step("a", materials=PAPER).step("b", materials=PAPER).end().model, ("a", "b")),
        (beside("parallel"), ("a", "b")),
        (beside("inclusive"), ("a", "b")),
        (exclusive().step("c", materials=PAPER).end().model, ("a", "b", "c")),
        (inside(), ("a", "b")),
        (two_pools(), ("a", "b")),
        (on_the_way_back(), ("a", "b")),
    ],
    ids=["in a row", "parallel", "inclusive", "after a choice", "in a sub-process", "in two pools", "on the way back"],
)
def test_handed_in_twice(model, steps, told):
    assert told(model) == {("repeated-material", steps)}


@pytest.mark.parametrize(
    "model",
    [
        exclusive().end().model,
        office().step("a", materials=PAPER).step("b", materials=STAYS).end().model,
        office().step("a", materials=PAPER).step("b", materials=[needs("执照", basis="条例 第三条")]).end().model,
        office().step("a", materials=PAPER).step("b", materials=[needs("执照", origin="internal")]).end().model,
        office().step("a", materials=PAPER).step("b", materials=[needs("图纸")]).end().model,
        office().step("a", materials=[needs("执照"), needs("执照", copies=2)]).end().model,
    ],
    ids=["exclusive", "surrendered", "by law", "already in the case", "another paper", "two copies at one step"],
)
def test_what_only_looks_repeated(model, told):
    assert told(model) == set()


def test_only_what_is_there_on_every_way_is_spared(of):
    once, either = of(exclusive().step("c", materials=PAPER).end().model, "repeated-material"), exclusive(second=())

    assert once[0].evidence["spared"] == ["c"]
    assert of(either.step("c", materials=PAPER).end().model, "repeated-material")[0].evidence["spared"] == []


def test_a_suggested_paper_is_not_sure(of):
    model = office().step("a", materials=PAPER).step("b", materials=[needs("执照", source="suggested")]).end().model

    (finding,) = of(model, "repeated-material")

    assert not finding.sure
    assert [(one.element, one.annotation) for one in finding.missing] == [("b", "materials")]


def test_thousands_of_the_same_paper_in_one_choice_are_told_apart(told):
    builder = office().exclusive("x")
    for number in range(3_000):
        builder.branch().step(f"s{number}", materials=PAPER)

    assert told(builder.join().end().model) == set()


def with_event(interrupting):
    """One paper on the way on, one on the way of an event at the edge of the step before."""
    builder = office().step("t").boundary("w", "timer", "P5D", interrupting=interrupting)
    builder.step("b", materials=PAPER).end().at("t")
    return builder.step("a", materials=PAPER).end().model


def test_an_event_that_interrupts_excludes_and_one_that_does_not_is_met_beside(told):
    assert told(with_event(interrupting=True)) == set()
    assert {name for name, _ in told(with_event(interrupting=False))} == {"repeated-material"}


def test_in_a_called_process(of):
    builder = office().step("a", materials=PAPER).call("c", "other").end()
    model = builder.process("other").start().step("b", materials=PAPER).end().model

    (finding,) = of(flattened(model, {}).model, "repeated-material")

    assert finding.evidence["hand_ins"] == 2


def test_one_process_called_on_two_branches_is_met_once(of):
    builder = office().exclusive("x").branch().call("c", "other").branch().call("d", "other").join().end()
    model = builder.process("other").start().step("b", materials=PAPER).end().model

    assert of(flattened(model, {}).model, "repeated-material") == []


def test_a_corrected_paper_that_is_checked_again_repeats_nothing():
    builder = build().start().step("a", kind="collect", materials=[needs("plan")])
    builder.step("check", kind="check", purpose="title", materials=[needs("plan", origin="internal")])
    builder.step("mend", kind="collect", materials=[needs("plan")])
    builder.step("again", kind="check", purpose="title", materials=[needs("plan", origin="internal")])

    assert "repeated-material" not in {one.finding for one in find(builder.end().model)}
