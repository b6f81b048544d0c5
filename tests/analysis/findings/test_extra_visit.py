"""`extra-visit`: the applicant comes more than once in one case."""

import pytest

from bpmn.build import build


def visit(builder, name):
    return builder.step(name, kind="collect", visit=True)


def permit():
    return build("permit").start()


def beside(kind):
    return visit(visit(getattr(permit(), kind)("g").branch(), "a").branch(), "b").join()


@pytest.mark.parametrize(
    ("model", "steps"),
    [
        (visit(visit(permit(), "a"), "b").end().model, ("a", "b")),
        (beside("parallel").end().model, ("a", "b")),
        (beside("inclusive").end().model, ("a", "b")),
        (visit(beside("exclusive"), "c").end().model, ("a", "b", "c")),
        (visit(visit(permit(), "a").sub_process("s").start(), "b").end().close().end().model, ("a", "b")),
    ],
    ids=["in a row", "parallel", "inclusive", "after a choice", "in a sub-process"],
)
def test_found_and_nothing_else(model, steps, told):
    assert told(model) == {("extra-visit", steps)}


@pytest.mark.parametrize(
    "model",
    [
        visit(permit(), "a").end().model,
        beside("exclusive").end().model,
        visit(permit().node("m", "exclusiveGateway").to("m").at("m"), "a").exclusive("x").branch(0.05).to("m")
        .branch(0.95).end().model,
    ],
    ids=["once", "exclusive", "once, in a loop"],
)  # fmt: skip
def test_one_visit(model, told):
    assert told(model) == set()


def test_what_the_applicant_does_at_home_is_no_visit(of):
    builder = visit(build("one").pool("窗口").start(), "a").end()
    builder.pool("申请人", applicant=True).start().step("b", visit=True).end()

    assert of(builder.message("b", "a").model, "extra-visit") == []
