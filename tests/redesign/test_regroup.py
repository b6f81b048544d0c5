"""`regroup`: the step goes to the office where the case lies."""

import pytest

from bpmn.build import Builder, build
from tests.redesign.moving import moved, refused, said


def there_and_back(**values: object) -> Builder:
    builder = build("permit", pool="县级").lane("A", level="county", code="A").start("start").step("begin", post="科长")
    builder.lane("B", level="county", code="B")
    builder.step("at b", **{"kind": "other", "work": "PT1H", "wait": "P2D", **values})  # type: ignore[arg-type]
    return builder.lane("A").step("end it")


def test_the_step_is_done_where_the_case_came_from_without_waiting():
    model = there_and_back(post="主任").end().model

    after = moved(model, "regroup", "at b", came_from="begin")

    assert after.lane_of["at b"].name == "A"
    assert [time.part for time in after.node["at b"].times] == ["work"]
    assert said(after, "at b").post == ""
    assert [lane.name for lane in after.lanes] == ["A", "B"]


def test_an_event_on_the_step_moves_with_it():
    builder = there_and_back().end("end").at("at b").boundary("late", "timer", "P9D", interrupting=False).end("told")

    after = moved(builder.model, "regroup", "at b", came_from="begin")

    assert after.lane_of["late"].name == "A"


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"mandatory": True, "basis": "law 3"}, "mandatory"),
        ({"level": "city"}, "level"),
        ({"separate_from": ["begin"]}, "kept-apart"),
    ],
)
def test_a_step_the_law_gives_to_the_other_office_stays(values, why):
    assert refused(there_and_back(**values).end().model, "regroup", "at b", came_from="begin") == why


def test_a_step_in_another_pool_stays():
    builder = build("permit", pool="A").start().step("begin").end()
    builder.pool("B", process="other").start("go", event="message").step("at b").end()

    assert refused(builder.message("begin", "go").model, "regroup", "at b", came_from="begin") == "no-lane"


def test_offices_that_hand_over_often_are_for_a_person_to_look_at():
    assert refused(there_and_back().end().model, "regroup", "at b") == "not-sure"
