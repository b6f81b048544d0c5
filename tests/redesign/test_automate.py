"""`automate`: same work, no wait, nobody at it."""

import pytest

from analysis.timing import exact
from bpmn.annotation import Duration
from bpmn.build import Builder, build, needs
from tests.redesign.moving import moved, refused, said


def desk(**values: object) -> Builder:
    shared = {"kind": "check", "materials": [needs("population", origin="shared")], "work": "P1D", "wait": "PT3H"}
    builder = build("permit", pool="县局").lane("县局", staff=1).start("start")
    return builder.step("look up", **{**shared, **values}).end()  # type: ignore[arg-type]


def test_no_person_works_and_nobody_waits():
    after = moved(desk().model, "automate", "look up")

    assert after.node["look up"].is_automatic
    assert after.node["look up"].time("wait") is None


def test_a_day_of_work_stays_the_hours_of_an_office_day():
    after = moved(desk().model, "automate", "look up")

    work = after.node["look up"].time("work")
    assert work is not None
    assert work.mean == Duration(seconds=7 * 3600)


def test_a_rule_decides_alone():
    after = moved(desk(kind="decide", task="businessRuleTask", materials=[]).model, "automate", "look up")

    assert said(after, "look up").automatic


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"mandatory": True, "basis": "law 3"}, "mandatory"),
        ({"clock_stop": "inspection"}, "clock-stop"),
        ({"materials": [needs("deed")]}, "not-available"),
        ({"materials": []}, "not-available"),
        ({"automatic": True}, "nothing-left"),
    ],
)
def test_what_no_register_answers_stays_by_hand(values, why):
    assert refused(desk(**values).model, "automate", "look up") == why


def test_an_automated_procedure_takes_its_work_round_the_clock():
    builder = build("permit", pool="县局", hours="00:00-24:00").lane("县局").start("start")
    shared = [needs("population", origin="shared")]
    model = builder.step("look up", kind="check", materials=shared, work="PT2H", wait="PT3H").end().model

    after = moved(model, "automate", "look up")

    assert exact(after).elapsed_working.mean == pytest.approx(2 * 3600)
