"""`delegate`: the lowest office that may do it does it."""

import pytest

from bpmn.build import Builder, build
from tests.redesign.moving import moved, refused


def offices(**values: object) -> Builder:
    builder = build("permit", pool="三级").lane("镇", level="town").start("start").step("town step")
    builder.lane("县", level="county").step("county step").lane("市", level="city")
    return builder.step("act", **{"kind": "check", "level": "town", "work": "P1D", **values})  # type: ignore[arg-type]


def test_the_step_goes_to_the_lowest_office_of_the_procedure_that_may_do_it():
    model = offices().end().model

    after = moved(model, "delegate", "act", level="town")

    assert after.lane_of["act"].name == "镇"
    assert after.node["act"].times == model.node["act"].times


def test_no_lower_than_the_law_allows_whatever_is_asked():
    after = moved(offices(level="county").end().model, "delegate", "act", level="town")

    assert after.lane_of["act"].name == "县"


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"mandatory": True, "basis": "law 3"}, "mandatory"),
        ({"separate_from": ["town step"]}, "kept-apart"),
        ({"level": "city"}, "no-unit-of-level"),
    ],
)
def test_a_step_the_law_keeps_up_stays(values, why):
    assert refused(offices(**values).end().model, "delegate", "act", level="town") == why
