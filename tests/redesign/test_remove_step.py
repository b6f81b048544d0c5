"""`remove-step`: what goes, what goes with it, and what must stay."""

import pytest

from analysis.findings import Subject
from bpmn.build import Builder, build, gives, needs
from redesign.move import Move
from redesign.moves import MOVES
from redesign.prove import prove
from tests.redesign.moving import moved, papers, refused, said, way


def desk() -> Builder:
    return build("permit", pool="县局").lane("窗口", level="county").start("start")


def twice(**second: object) -> Builder:
    """Two checks of the premises, the second with these values."""
    plan = [needs("plan")]
    builder = desk().step("first", kind="check", purpose="premises", materials=plan, rejects=0.1)
    values = {"kind": "check", "purpose": "premises", "materials": [needs("plan", origin="internal")], **second}
    return builder.step("second", **values)  # type: ignore[arg-type]


def test_a_step_that_only_hands_on_is_left_out():
    model = desk().step("a").step("hand on", kind="forward").step("b").end("end").model

    after = moved(model, "remove-step", "hand on", finding="pass-through")

    assert way(after) == ["start", "a", "b", "end"]


def test_the_check_that_stays_turns_down_what_both_did():
    model = twice(rejects=0.2).step("decide", kind="decide").end("end").model

    after = moved(model, "remove-step", "first", "second", finding="repeated-check", remove=["second"])

    assert way(after) == ["start", "first", "decide", "end"]
    assert said(after, "first").rejects == pytest.approx(1 - 0.9 * 0.8)


def test_the_word_of_the_check_that_goes_is_given_by_the_other_one_where_somebody_needs_it():
    given = [needs("plan", origin="internal"), gives("opinion"), gives("note")]
    reader = {"kind": "decide", "materials": [needs("opinion", origin="internal")]}
    model = twice(materials=given).step("decide", **reader).end().model

    after = moved(model, "remove-step", "first", "second", finding="repeated-check", remove=["second"])

    assert set(papers(after, "first", "gives")) == {"opinion"}


def test_a_check_stays_where_its_gateway_would_swallow_what_the_other_one_turns_down():
    builder = twice(rejects=None).exclusive("fine").branch(0.3).end("no", outcome="rejected").branch(0.7)
    model = builder.step("decide", kind="decide").end("end").close().model

    why = refused(model, "remove-step", "first", "second", finding="repeated-check", remove=["second"])

    # The first turns down a tenth by itself; with the gateway behind it that tenth would be lost.
    assert why == "rejects"


def test_a_gateway_that_routes_on_the_check_stays_with_its_shares():
    builder = desk().step("first", kind="check", purpose="premises").step("second", kind="check", purpose="premises")
    builder.exclusive("fine").branch(0.3).end("no", outcome="rejected").branch(0.7).step("decide", kind="decide")
    model = builder.end("end").close().model

    after = moved(model, "remove-step", "first", "second", finding="repeated-check", remove=["second"])

    assert way(after)[:3] == ["start", "first", "fine"]
    assert [flow.probability for flow in after.outgoing["fine"]] == [0.3, 0.7]


def test_what_a_gateway_turns_down_is_not_handed_on_a_second_time():
    builder = desk().step("first", kind="check", purpose="premises")
    builder.step("second", kind="check", purpose="premises", rejects=0.3).exclusive("fine").branch(0.3)
    builder.end("no", outcome="rejected").branch(0.7).step("decide", kind="decide").end("end").close()

    after = moved(builder.model, "remove-step", "first", "second", finding="repeated-check", remove=["second"])

    assert not said(after, "first").rejects
    assert [flow.probability for flow in after.outgoing["fine"]] == [0.3, 0.7]


def test_its_hand_in_goes_with_it():
    builder = twice().step("decide", kind="decide").end("end").black_box("申请人", id="applicant", applicant=True)
    model = builder.message("applicant", "second", id="plan again").message("applicant", "first", id="plan").model

    after = moved(model, "remove-step", "first", "second", finding="repeated-check", remove=["second"])

    assert [message.id for message in after.message_flows] == ["plan"]


def test_data_that_only_it_touched_goes_with_it():
    builder = desk().data("list", name="list").data("file", name="file").step("a", reads=["file"])
    model = builder.step("note", kind="record", reads=["file"], writes=["list"]).step("b").end("end").model

    after = moved(model, "remove-step", "note", finding="unused-result")

    assert {data.name for data in after.data} == {"file"}
    assert [(line.source, line.target) for line in after.associations] == [("file", "a")]


def test_an_emptied_branch_of_a_parallel_block_goes_with_its_gateways():
    builder = desk().parallel("split").branch().step("a").branch().step("note", kind="record").join("join")
    model = builder.step("b").end("end").model

    after = moved(model, "remove-step", "note", finding="pass-through")

    assert way(after) == ["start", "a", "b", "end"]


def test_an_emptied_branch_of_a_choice_stays():
    builder = desk().exclusive("split").branch(0.4).step("a").branch(0.6).step("note", kind="record").join("join")
    model = builder.step("b").end("end").model

    after = moved(model, "remove-step", "note", finding="pass-through")

    assert [flow.target for flow in after.outgoing["split"]] == ["a", "join"]
    assert [flow.probability for flow in after.outgoing["split"]] == [0.4, 0.6]


def test_a_choice_with_nothing_left_to_choose_goes():
    builder = desk().exclusive("split").branch(0.4).branch(0.6).step("note", kind="record").join("join")
    model = builder.step("b").end("end").model

    after = moved(model, "remove-step", "note", finding="pass-through")

    assert way(after) == ["start", "b", "end"]


def test_an_emptied_sub_process_goes():
    builder = desk().sub_process("frame").start("in").step("note", kind="record").end("out").close()
    model = builder.step("b").end("end").model

    after = moved(model, "remove-step", "note", finding="pass-through")

    assert way(after) == ["start", "b", "end"]
    assert set(after.node) == {"start", "b", "end"}


def test_a_legal_order_names_the_check_that_stays():
    model = twice().step("decide", kind="decide", after=["second"]).end("end").model

    after = moved(model, "remove-step", "first", "second", finding="repeated-check", remove=["second"])

    assert said(after, "decide").after == ("first",)


def test_several_ways_into_a_join_come_together_first():
    builder = desk().parallel("split").branch().step("a").branch().exclusive("choice").branch(0.5).step("b")
    builder.branch(0.5).step("c").close().step("note", kind="record").join("join").end("end")

    after = moved(builder.model, "remove-step", "note", finding="pass-through")

    assert len(after.incoming["join"]) == 2


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"mandatory": True, "basis": "law 3"}, "protected"),
        ({"separate_from": ["a"]}, "protected"),
        ({"archive": True}, "adds-something"),
        ({"rejects": 0.1}, "rejects"),
        ({"materials": [gives("list")]}, "adds-something"),
        ({"writes": ["register"]}, "adds-something"),
    ],
)
def test_a_step_that_does_something_stays(values, why):
    builder = desk().store("register").step("a").step("note", kind="record", **values)
    model = builder.step("b", kind="decide", materials=[needs("list", origin="internal")]).end().model

    assert refused(model, "remove-step", "note", finding="pass-through") == why


def test_papers_that_come_in_at_a_step_keep_it():
    builder = desk().step("note", kind="record", materials=[needs("form")])
    model = builder.step("b", kind="decide", materials=[needs("form", origin="internal")]).end().model

    assert refused(model, "remove-step", "note", finding="pass-through") == "not-available"


def test_a_step_somebody_waits_for_stays():
    builder = desk().step("note", kind="record").step("b").end("end")
    builder.pool("公安", process="other").start("go", event="message").step("c").end()
    model = builder.message("note", "go").model

    assert refused(model, "remove-step", "note", finding="pass-through") == "awaited"


def test_a_step_with_an_event_on_it_stays():
    builder = desk().step("note", kind="record").boundary("late", "timer", "P3D").end("lost").at("note")
    model = builder.step("b").end("end").model

    assert refused(model, "remove-step", "note", finding="pass-through") == "has-events"


def test_a_check_that_not_every_way_leads_through_stands_for_nothing():
    builder = desk().exclusive("split").branch(0.5).step("first", kind="check", purpose="premises")
    model = builder.branch(0.5).join("join").step("second", kind="check", purpose="premises").end().model

    why = refused(model, "remove-step", "first", "second", finding="repeated-check", remove=["second"])

    assert why == "not-on-every-way"


def test_a_step_the_law_puts_another_one_behind_stays():
    model = desk().step("note", kind="forward").step("b", after=["note"]).end().model

    assert refused(model, "remove-step", "note", finding="pass-through") == "legal-order"


def test_a_step_that_an_event_undoes_stays():
    model = desk().step("hand on", kind="forward").step("b").end("end", event="compensate", value="hand on").model

    assert refused(model, "remove-step", "hand on", finding="pass-through") == "has-events"


def test_a_check_of_a_paper_that_came_in_anew_is_not_done_by_the_first_one():
    paper = [needs("plan", origin="internal")]
    builder = desk().step("take", kind="collect", materials=[needs("plan")])
    builder = builder.step("first", kind="check", purpose="premises", materials=paper)
    builder = builder.step("anew", kind="collect", materials=[needs("plan")])
    model = builder.step("second", kind="check", purpose="premises", materials=paper).step("d").end("end").model
    shared = model.evolve(
        nodes=tuple(node.evolve(materials=tuple(paper)) if node.id == "anew" else node for node in model.nodes)
    )
    after = MOVES["remove-step"](
        Subject(shared),
        Move(move="remove-step", finding="repeated-check", steps=("first", "second"), details={"remove": ["second"]}),
    )

    assert [one.element for one in prove(model, after).failed if one.obligation == "step-stands"] == ["second"]
