"""`merge-steps`: one step does the work of both."""

import pytest

from analysis.findings import find
from bpmn.annotation import Duration
from bpmn.build import Builder, build, gives, needs
from tests.redesign.moving import moved, papers, refused, said, way


def desk() -> Builder:
    builder = build("permit", pool="县局").lane("县局", level="county", staff=1).start("start")
    return builder.step("look", name="看", kind="check", purpose="a", work="PT1H", wait="PT5H")


def both(**second: object) -> Builder:
    values = {"name": "批", "kind": "decide", "purpose": "b", "work": "PT2H", "wait": "PT7H", **second}
    return desk().step("rule", **values).end("end")  # type: ignore[arg-type]


def merged(builder: Builder):
    return moved(builder.model, "merge-steps", "look", "rule")


def test_the_first_step_does_the_work_of_both_after_one_wait():
    after = merged(both())

    assert way(after) == ["start", "look", "end"]
    work, wait = after.node["look"].time("work"), after.node["look"].time("wait")
    assert work is not None
    assert wait is not None
    assert (work.mean, wait.mean) == (Duration(seconds=10_800), Duration(seconds=18_000))


def test_it_bears_both_names_and_says_which_step_it_replaces():
    after = merged(both())

    assert after.node["look"].name == "看、批"
    assert said(after, "look").replaces == ("rule",)
    assert said(after, "look").kind == "decide"


def test_the_word_of_the_law_stays():
    after = merged(both(mandatory=True, basis="law 3"))

    assert (said(after, "look").mandatory, said(after, "look").basis) == (True, "law 3")
    assert said(after, "look").purposes == ("a", "b")


def test_both_turn_down():
    builder = desk().step("rule", kind="decide", rejects=0.2).end("end")
    model = builder.model
    look = model.node["look"]
    assert look.step is not None
    model = model.evolve(
        nodes=tuple(
            node.evolve(step=look.step.__class__(kind="check", rejects=0.5)) if node.id == "look" else node
            for node in model.nodes
        )
    )

    after = moved(model, "merge-steps", "look", "rule")

    assert said(after, "look").rejects == pytest.approx(0.6)


def test_papers_are_united_and_what_one_gives_the_other_stays_on_the_desk():
    builder = build("permit", pool="县局").lane("县局", staff=1).start("start")
    builder.step("look", kind="check", materials=[needs("plan"), gives("opinion")])
    second = [needs("opinion", origin="internal"), needs("form"), gives("decision", to="applicant")]
    builder.step("rule", kind="decide", materials=second).end("end")

    after = merged(builder)

    assert papers(after, "look") == {"plan": "applicant", "form": "applicant"}
    assert papers(after, "look", "gives") == {"opinion": "", "decision": "applicant"}


def test_data_read_and_written_by_either_is_read_and_written():
    builder = desk().data("plan", name="plan").data("decision", name="decision")
    builder.step("rule", kind="decide", reads=["plan"], writes=["decision"]).end("end")

    after = merged(builder)

    assert (after.node["look"].reads, after.node["look"].writes) == (("plan",), ("decision",))
    assert {(line.source, line.target) for line in after.associations} == {("plan", "look"), ("look", "decision")}


def test_messages_of_the_second_are_the_firsts():
    builder = both().black_box("申请人", id="applicant", applicant=True)

    after = merged(builder.message("rule", "applicant", id="told"))

    assert [(message.source, message.target) for message in after.message_flows] == [("look", "applicant")]


def test_an_order_by_law_names_the_merged_step():
    builder = desk().step("rule", kind="decide").step("later", after=["rule", "look"]).end("end")

    after = merged(builder)

    assert said(after, "later").after == ("look",)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"separate_from": ["look"]}, "kept-apart"),
        ({"clock_stop": "hearing"}, "clock-stop"),
        ({"automatic": True}, "unlike"),
        ({"post": "局长"}, ""),
    ],
)
def test_what_cannot_be_one_step_stays_two(values, why):
    if why:
        assert refused(both(**values).model, "merge-steps", "look", "rule") == why
    else:
        assert said(merged(both(**values)), "look").post == "局长"


def test_two_that_the_law_demands_stay_two():
    builder = build("permit", pool="县局").lane("县局", staff=1).start("start")
    for step in ("look", "rule"):
        builder.step(step, kind="check", mandatory=True, basis="law 3")

    assert refused(builder.end().model, "merge-steps", "look", "rule") == "protected"


def test_a_paper_that_comes_between_keeps_them_two():
    builder = desk().step("note", kind="record", materials=[gives("number")])
    builder.step("rule", kind="decide", materials=[needs("number", origin="internal")]).end()

    assert refused(builder.model, "merge-steps", "look", "rule") == "not-available"


def test_a_way_back_between_them_keeps_them_two():
    builder = build("permit", pool="县局").lane("县局", staff=1).start("start").node("again", "exclusiveGateway")
    builder.to("again").at("again").step("look", kind="check").exclusive("fine").branch(0.2).to("again").branch(0.8)
    builder.step("rule", kind="decide").end("end").close()

    assert refused(builder.model, "merge-steps", "look", "rule") == "several-ways-on"


def test_steps_of_two_offices_stay_two():
    builder = desk().lane("市局").step("rule", kind="decide").end("end")

    assert refused(builder.model, "merge-steps", "look", "rule") == "another-post"


def test_all_that_was_checked_is_checked_still():
    after = merged(both(purpose="b"))

    assert said(after, "look").purposes == ("a", "b")


@pytest.mark.parametrize(
    ("first", "second"),
    [({"limit": 2}, {}), ({}, {"limit": 2}), ({"limit": 2}, {"limit": 3, "limit_unit": "day"})],
    ids=["only the first has a limit", "only the second", "two units"],
)
def test_a_limit_that_would_be_lost_is_refused(first, second):
    builder = build().start().lane("office", staff=1)
    builder.step("a", kind="check", purpose="a", post="clerk", **first)
    builder.step("b", kind="check", purpose="b", post="clerk", **second)

    assert refused(builder.end().model, "merge-steps", "a", "b", finding="same-approver") == "limit"


def test_judging_before_and_after_a_publicity_are_two():
    builder = build().start().lane("office", staff=1).step("a", kind="decide", post="clerk")
    builder.step("notice", kind="wait", clock_stop="publicity", basis="law 5", wait="P7D")
    model = builder.step("b", kind="decide", post="clerk").end().model

    assert refused(model, "merge-steps", "a", "b", finding="same-approver") == "clock-stop-between"
    assert "same-approver" not in {one.finding for one in find(model)}
