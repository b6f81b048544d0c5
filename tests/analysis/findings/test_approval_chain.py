"""`approval-chain`: superiors of one line agree one after another and learn nothing new."""

import pytest

from bpmn.build import build, gives, needs


def chain(*approvals, before="check", units=("甲局",), levels=("county",)):
    """A judgement, then approvals; each is (name, place of its unit, what else it says)."""
    builder = build("permit").lane(units[0], level=levels[0]).start().step("judge", kind=before, post="经办")
    for name, place, values in approvals:
        builder.lane(units[place], level=levels[place]).step(name, **{"kind": "approve", "post": name, **values})
    return builder.end().model


def plain(*names):
    return [(name, 0, {}) for name in names]


LINES = {"units": ("甲局", "市局"), "levels": ("county", "city")}


@pytest.mark.parametrize(
    ("model", "steps"),
    [
        (chain(*plain("a", "b")), ("a", "b")),
        (chain(*plain("a", "b", "c"), before="decide"), ("a", "b", "c")),
        (chain(("a", 0, {}), ("b", 1, {}), **LINES), ("a", "b")),
        (chain(("a", 0, {}), ("n", 0, {"kind": "record", "archive": True}), ("b", 0, {})), ("a", "b")),
        (chain(("a", 0, {"basis": "甲法"}), ("b", 0, {"basis": "甲法"})), ("a", "b")),
    ],
    ids=["one unit", "after a decision", "the superior level", "a record between", "one basis"],
)
def test_found_and_nothing_else(model, steps, told):
    assert told(model) == {("approval-chain", steps)}


@pytest.mark.parametrize(
    "model",
    [
        chain(*plain("a")),
        chain(*plain("a", "b"), before="record"),
        chain(("a", 0, {}), ("b", 1, {}), units=("甲局", "乙局"), levels=("county", "county")),
        chain(("a", 0, {}), ("b", 1, {}), units=("市局", "甲局"), levels=("city", "county")),
        chain(("a", 0, {"basis": "甲法"}), ("b", 0, {"basis": "乙法"})),
        chain(("a", 0, {}), ("n", 0, {"kind": "record", "materials": [gives("纪要")]}),
              ("b", 0, {"materials": [needs("纪要", origin="internal")]})),
        chain(("a", 0, {}), ("n", 0, {"kind": "record", "archive": True, "clock_stop": "hearing"}), ("b", 0, {})),
        chain(("a", 0, {}), ("n", 0, {"kind": "check"}), ("b", 0, {})),
        chain(("a", 0, {}), ("b", 0, {"separate_from": ["a"]})),
    ],
    ids=["one approval", "after no judgement", "two lines", "downwards", "two bases", "news", "clock-stop", "a check",
         "four eyes"],
)  # fmt: skip
def test_what_only_looks_like_a_chain(model, of):
    assert of(model, "approval-chain") == []


def test_a_message_between_is_news(of):
    builder = build("permit").lane("甲局").start().step("judge", kind="check").step("a", kind="approve")
    model = builder.catch("reply", "message").step("b", kind="approve").end().model

    assert of(model, "approval-chain") == []


def test_without_levels_it_is_not_sure(of):
    (finding,) = of(chain(("a", 0, {}), ("b", 1, {}), units=("甲局", "乙局"), levels=("", "")), "approval-chain")

    assert [one.annotation for one in finding.missing] == ["level", "level"]


def test_the_law_keeps_what_it_demands(of):
    (finding,) = of(chain(("a", 0, {}), ("b", 0, {"mandatory": True}), ("c", 0, {})), "approval-chain")
    (protected,) = of(chain(("a", 0, {"mandatory": True}), ("b", 0, {})), "approval-chain")

    assert (finding.evidence["remove"], finding.evidence["keep"], finding.protected) == (["a"], ["b", "c"], False)
    assert protected.protected


def test_two_branches_into_one_approval_are_two_chains(of):
    builder = build("permit").lane("甲局").start().step("judge", kind="check").parallel("p")
    builder.branch().step("a", kind="approve").branch().step("b", kind="approve").join()

    found = of(builder.step("c", kind="approve").end().model, "approval-chain")

    assert [finding.steps for finding in found] == [("a", "c"), ("b", "c")]


def test_approvals_of_one_line_behind_one_of_another_follow_the_same_judgement(of):
    model = chain(("a", 1, {}), ("b", 0, {}), ("c", 0, {}), units=("甲局", "乙局"), levels=("county", "county"))

    assert [finding.steps for finding in of(model, "approval-chain")] == [("b", "c")]
