"""`same-approver`: one post judges the same case twice in a row."""

import pytest

from bpmn.build import build


def two(first, second, **unit):
    builder = build("permit").lane("甲局", **unit).start()
    for name, values in (("a", first), ("b", second)):
        builder.step(name, **{"kind": "check", "purpose": name, "post": "经办", **values})
    return builder.end().model


@pytest.mark.parametrize(
    "model",
    [
        two({}, {}),
        two({"kind": "decide"}, {"kind": "approve"}),
        two({}, {"kind": "decide"}, staff=1),
    ],
    ids=["two checks", "decided and approved", "a unit of one person"],
)
def test_found_and_nothing_else(model, told):
    assert told(model) == {("same-approver", ("a", "b"))}


@pytest.mark.parametrize(
    "model",
    [
        two({}, {"post": "科长"}),
        two({}, {"separate_from": ["a"]}),
        two({}, {"kind": "decide"}),
        two({}, {"kind": "decide"}, staff=2),
        two({}, {"kind": "record", "archive": True}),
        two({"automatic": True}, {}),
        two({"clock_stop": "hearing"}, {}),
    ],
    ids=["two posts", "four eyes", "check and decision", "two people", "no judgement", "a program", "a hearing"],
)
def test_what_only_looks_like_one(model, of):
    assert of(model, "same-approver") == []


def test_two_units_are_two(of):
    builder = build("permit").lane("甲局").start().step("a", kind="check", post="经办")

    assert of(builder.lane("乙局").step("b", kind="check", post="经办").end().model, "same-approver") == []


def test_an_unknown_post_is_not_sure(of):
    (finding,) = of(two({"post": ""}, {"post": ""}), "same-approver")

    assert [one.annotation for one in finding.missing] == ["post", "post"]


def test_only_where_every_step_is_demanded_it_is_protected(of):
    assert not of(two({}, {"mandatory": True}), "same-approver")[0].protected
    assert of(two({"mandatory": True}, {"mandatory": True}), "same-approver")[0].protected


def test_three_with_an_unknown_post_between_two_known_ones_are_not_one_row(of):
    builder = build("permit").lane("甲局").start().step("a", kind="check", post="经办").step("b", kind="check")

    found = of(builder.step("c", kind="check", post="科长").end().model, "same-approver")

    assert [finding.steps for finding in found] == [("a", "b"), ("b", "c")]
