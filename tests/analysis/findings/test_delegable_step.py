"""`delegable-step`: a higher office does what a lower one may do, or only signs what lower ones found."""

import pytest

from bpmn.build import build, gives, needs

OPINION = [needs("意见", origin="internal")]


def two(given=(), **values):
    """A step at the town that gives, one at the county that needs."""
    builder = build("permit").lane("镇街", level="town").start().step("t", kind="check", materials=given)
    return builder.lane("县局", level="county").step("a", **values).end().model


@pytest.mark.parametrize(
    ("model", "level"),
    [
        (two(kind="record", archive=True, level="town"), "town"),
        (two([gives("意见")], kind="decide", materials=OPINION), "town"),
        (two([gives("意见")], kind="approve", materials=OPINION), "town"),
    ],
    ids=["by law", "decides on a town's opinion", "approves a town's opinion"],
)
def test_found(model, level, of):
    (finding,) = of(model, "delegable-step")

    assert (finding.steps, finding.evidence["level"], finding.sure) == (("a",), level, True)


@pytest.mark.parametrize(
    "model",
    [
        two(kind="record", level="county"),
        two(kind="record", level="city"),
        two([gives("意见")], kind="decide", level="county", materials=OPINION),
        two([gives("意见")], kind="check", materials=OPINION),
        two([gives("意见")], kind="decide"),
        two([gives("意见")], kind="decide", materials=[*OPINION, needs("执照")]),
        two(kind="decide", materials=OPINION),
    ],
    ids=[
        "its own level",
        "too low already",
        "demanded by law",
        "a check",
        "no material",
        "a hand-in too",
        "given nowhere",
    ],
)
def test_what_stays(model, of):
    assert of(model, "delegable-step") == []


def test_a_paper_of_an_equal_office_keeps_it(of):
    builder = build("permit").lane("乙局", level="county").start().step("t", kind="check", materials=[gives("意见")])
    model = builder.lane("甲局", level="county").step("a", kind="decide", materials=OPINION).end().model

    assert of(model, "delegable-step") == []


def test_mandatory_is_protected_and_suggested_not_sure(of):
    assert of(two(kind="record", level="town", mandatory=True), "delegable-step")[0].protected
    assert not of(two(kind="record", level="town", source="suggested"), "delegable-step")[0].sure
