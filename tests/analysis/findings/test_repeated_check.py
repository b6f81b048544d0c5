"""`repeated-check`: one purpose verified twice with nothing new to look at."""

import pytest

from analysis.findings import find
from bpmn.build import build, gives, needs


def check(builder, name, **values):
    values.setdefault("materials", [needs("房产证", origin="shared")])
    return builder.step(name, **{"kind": "check", "purpose": "premises", "automatic": True, **values})


def permit():
    return build("permit").start()


def two_pools(catch=False):
    builder = check(build("one").pool("甲局").start(), "a").step("hand").end()
    builder.pool("乙局").start("begun", event="message")
    if catch:
        builder.catch("reply", "message")
    return check(builder, "b").end().message("hand", "begun").model


def beside(**values):
    builder = check(permit().parallel("p").branch(), "a", **values.get("a", {})).branch()
    return check(builder, "b", **values.get("b", {})).join().end().model


@pytest.mark.parametrize(
    ("model", "remove"),
    [
        (check(check(permit(), "a"), "b").end().model, ["b"]),
        (check(check(permit(), "a").step("c").sub_process("s").start(), "b").end().close().end().model, ["b"]),
        (two_pools(), ["b"]),
        (check(check(permit(), "a").exclusive("x").branch(), "b").branch().join().end().model, ["b"]),
        (beside(), ["b"]),
        (beside(a={"work": "PT2H"}, b={"work": "PT1H"}), ["a"]),
        (beside(b={"mandatory": True}), ["a"]),
        (beside(a={"cost": 9, "work": "PT1M"}, b={"cost": 5, "work": "PT1H"}), ["a"]),
    ],
    ids=["in a row", "in a sub-process", "in a pool", "in a branch", "parallel", "the dearer", "the free one", "money"],
)
def test_the_later_goes(model, remove, of):
    (finding,) = of(model, "repeated-check")

    assert (finding.steps, finding.evidence["remove"]) == (("a", "b"), remove)
    assert finding.sure
    assert not finding.protected


@pytest.mark.parametrize(
    "model",
    [
        check(check(permit(), "a"), "b", purpose="tax").end().model,
        check(check(permit(), "a"), "b", materials=[needs("图纸", origin="shared")]).end().model,
        check(check(permit().exclusive("x").branch(), "a").branch(), "b").join().end().model,
        check(check(permit(), "a").step("c", materials=[gives("房产证")]), "b").end().model,
        check(check(permit(), "a").catch("m", "message"), "b").end().model,
        check(check(permit(), "a"), "b", separate_from=["a"]).end().model,
        two_pools(catch=True),
        check(permit().node("m", "exclusiveGateway").to("m").at("m"), "a").exclusive("x").branch(0.05).to("m")
        .branch(0.95).end().model,
    ],
    ids=["two purposes", "new input", "exclusive", "given again", "message", "four eyes", "reply", "once, in a loop"],
)  # fmt: skip
def test_what_only_looks_repeated(model, of):
    assert of(model, "repeated-check") == []


def test_papers_collected_anew_are_new_input(of):
    paper = [needs("房产证")]
    builder = check(permit(), "a", materials=paper).step("again", kind="collect", materials=paper)

    assert of(check(builder, "b", materials=paper).end().model, "repeated-check") == []


def test_where_not_every_way_leads_through_the_first_nothing_is_safe_to_remove(of):
    model = check(check(permit().exclusive("x").branch(), "a").branch().join(), "b").end().model

    (finding,) = of(model, "repeated-check")

    assert (finding.evidence["remove"], finding.evidence["not_always"]) == ([], ["b"])


def test_a_mandatory_second_is_protected(of):
    (finding,) = of(check(check(permit(), "a"), "b", mandatory=True).end().model, "repeated-check")

    assert finding.protected


def test_three_in_a_row_are_one_finding(of):
    (finding,) = of(check(check(check(permit(), "a"), "b"), "c").end().model, "repeated-check")

    assert (finding.steps, finding.evidence["remove"]) == (("a", "b", "c"), ["b", "c"])


def test_a_check_without_a_kind_is_not_sure(of):
    (finding,) = of(check(check(permit(), "a"), "b", kind="").end().model, "repeated-check")

    assert [(one.element, one.annotation) for one in finding.missing] == [("b", "kind")]


def test_thousands_of_checks_of_one_purpose_end(of):
    builder = permit()
    for number in range(1_500):
        check(builder, f"s{number}")

    (finding,) = of(builder.end().model, "repeated-check")

    assert len(finding.steps) == 1_500


def test_a_check_that_sees_more_than_the_one_before_it_does_not_go_with_those_that_repeat_it():
    plan, both = [needs("plan", origin="shared")], [needs("plan", origin="shared"), needs("map", origin="shared")]
    builder = check(permit(), "first", materials=plan).exclusive("choice").branch(0.5)
    builder = check(builder, "now and then", materials=both).branch(0.5).join()
    model = check(check(builder, "wider", materials=both), "last", materials=plan).end().model

    (finding,) = [one for one in find(model) if one.finding == "repeated-check"]

    assert finding.evidence["remove"] == ["last"]
    assert finding.evidence["not_always"] == ["now and then", "wider"]
