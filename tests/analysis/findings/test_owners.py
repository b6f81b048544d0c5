"""`ownerless-step` and `missing-lead`: nobody is named for a step, or for the whole."""

from analysis.findings import find
from bpmn.build import build


def lanes(*names, **procedure):
    builder = build("permit", **procedure).start()
    for number, name in enumerate(names):
        builder.lane(name).step(f"s{number}", kind="other")
    return builder.end().model


def test_a_step_in_no_lane_has_no_owner(told):
    assert told(lanes("甲局", "")) == {("ownerless-step", ("s1",))}


def test_where_there_are_no_lanes_the_pool_owns_its_steps(told):
    assert told(lanes("")) == set()
    assert told(build("p").pool("窗口").start().step("a").end().model) == set()


def test_steps_of_a_sub_process_have_its_unit(told):
    builder = build("p").lane("甲局").start().sub_process("s").start().step("a", kind="other").end().close()

    assert told(builder.end().model) == set()


def test_a_unit_the_organisation_does_not_know():
    found = find(lanes("甲局", "乙局"), units=["甲局"])

    assert [(one.finding, one.steps, one.evidence["unit"]) for one in found] == [("ownerless-step", ("s1",), "乙局")]


def test_three_units_without_a_lead(told):
    assert told(lanes("甲局", "乙局", "丙局", matter="1")) == {("missing-lead", ())}


def test_where_a_lead_is_not_missed(told):
    assert told(lanes("甲局", "乙局", "丙局", matter="1", lead="甲局")) == set()
    assert told(lanes("甲局", "乙局", "甲局", matter="1")) - {("ping-pong", ("s1",))} == set()
    assert told(lanes("甲局", "乙局", "丙局")) == set()
