"""`automatable-step`: by hand what registers or a rule could answer."""

import pytest

from bpmn.build import build, gives, needs

REGISTER = [needs("不动产登记", origin="shared")]


def one(**values):
    return build("permit").start().step("a", **values).end().model


def reading_a_store():
    return build("permit").store("s", name="登记簿").start().step("a", kind="check", reads=["s"]).end().model


@pytest.mark.parametrize(
    "model",
    [
        one(kind="check", materials=REGISTER),
        one(kind="record", archive=True, materials=[*REGISTER, gives("记录", to="applicant")]),
        one(task="businessRuleTask"),
        reading_a_store(),
    ],
    ids=["a check", "a record", "a rule", "a data store"],
)
def test_found_and_nothing_else(model, told):
    assert told(model) == {("automatable-step", ("a",))}


@pytest.mark.parametrize(
    "model",
    [
        one(kind="check"),
        one(kind="check", materials=[*REGISTER, needs("图纸")]),
        one(kind="check", materials=[*REGISTER, needs("意见", origin="internal")]),
        one(kind="decide", materials=REGISTER),
        one(kind="check", materials=REGISTER, automatic=True),
        one(kind="check", materials=REGISTER, task="serviceTask"),
        one(kind="check", materials=REGISTER, clock_stop="test"),
        one(task="businessRuleTask", automatic=True),
        one(task="businessRuleTask", clock_stop="hearing"),
    ],
    ids=["no material", "a hand-in", "an opinion", "a decision", "automatic", "a program", "a test",
         "an automatic rule", "a hearing"],
)  # fmt: skip
def test_what_people_have_to_do(model, of):
    assert of(model, "automatable-step") == []


def test_mandatory_is_protected(of):
    assert of(one(kind="check", materials=REGISTER, mandatory=True), "automatable-step")[0].protected
