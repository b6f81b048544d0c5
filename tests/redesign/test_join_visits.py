"""`join-visits`: the applicant comes once where once is enough."""

import pytest

from bpmn.build import Builder, build, gives, needs
from tests.redesign.moving import moved, refused, said


def desk(**values: object) -> Builder:
    builder = build("permit", pool="县局").lane("县局").start("start")
    return builder.step("first", kind="collect", visit=True, materials=[needs("form")], **values)  # type: ignore[arg-type]


def visits(model) -> list[str]:
    return [node.id for node in model.nodes if node.step is not None and node.step.visit]


def test_a_visit_that_could_be_made_with_the_first_one_is():
    model = desk().step("second", kind="check", visit=True, materials=[needs("deed")]).end().model

    after = moved(model, "join-visits", "first", "second")

    assert visits(after) == ["first"]
    assert said(after, "second").kind == "check"


def test_a_result_is_delivered():
    builder = desk().step("decide", kind="decide", materials=[gives("decision")])
    model = builder.step("hand out", kind="notify", visit=True, materials=[needs("decision", origin="internal")])

    assert visits(moved(model.end().model, "join-visits", "first", "hand out")) == ["first"]


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "check", "materials": [needs("decision", origin="internal")]},
        {"kind": "check", "after": ["decide"]},
        {"kind": "check", "separate_from": ["first"]},
        {"kind": "check", "clock_stop": "inspection"},
        {"kind": "decide"},
        {"kind": "produce", "materials": [needs("receipt")]},
    ],
    ids=[
        "needs what comes between",
        "the law puts something between",
        "four eyes",
        "an inspection",
        "a decision",
        "a paper handed in",
    ],
)
def test_a_visit_that_has_to_be_later_stays(values):
    builder = desk().step("decide", kind="decide", materials=[gives("decision")])
    model = builder.step("second", visit=True, **values).end().model

    assert refused(model, "join-visits", "first", "second") == "not-together"


def test_a_visit_some_cases_do_not_make_saves_nobody_another():
    builder = build("permit", pool="县局").lane("县局").start("start").exclusive("choice").branch(0.5)
    builder.step("first", kind="collect", visit=True, materials=[needs("form")]).branch(0.5).join()
    model = builder.step("second", kind="check", visit=True, materials=[needs("deed")]).end().model

    assert refused(model, "join-visits", "first", "second") == "not-together"
