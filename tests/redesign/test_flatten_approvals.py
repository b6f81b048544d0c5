"""`flatten-approvals`: the last approval stays, with what the others read and rejected."""

import pytest

from bpmn.build import Builder, build, gives, needs
from tests.redesign.moving import moved, papers, refused, said, way


def chain(**first: object) -> Builder:
    """A check, two approvals that read each other's word, and a decision."""
    builder = build("permit", pool="县局").lane("县局", level="county").start("start")
    builder.step("check", kind="check", materials=[needs("plan"), gives("opinion")])
    approval = {"kind": "approve", "materials": [needs("opinion", origin="internal"), gives("word")], **first}
    builder.step("section", **approval)  # type: ignore[arg-type]
    return builder


def chief(builder: Builder) -> Builder:
    materials = [needs("word", origin="internal"), gives("approval")]
    builder.step("chief", kind="approve", materials=materials, rejects=0.1)
    return builder.step("decide", kind="decide", materials=[needs("approval", origin="internal")]).end("end")


def test_the_last_approval_stays_and_reads_what_the_first_one_read():
    after = moved(chief(chain()).model, "flatten-approvals", "section", "chief")

    assert way(after) == ["start", "check", "chief", "decide", "end"]
    assert papers(after, "chief") == {"opinion": "internal"}
    assert papers(after, "chief", "gives") == {"approval": ""}


def test_what_the_first_one_rejected_the_last_one_rejects():
    after = moved(chief(chain(rejects=0.2)).model, "flatten-approvals", "section", "chief")

    assert said(after, "chief").rejects == pytest.approx(1 - 0.8 * 0.9)


def test_a_gateway_that_routed_on_the_first_one_stands_behind_the_last_one():
    builder = chain().exclusive("agreed").branch(0.2).end("no", outcome="rejected").branch(0.8)
    builder.step("chief", kind="approve", materials=[needs("word", origin="internal")]).step("decide", kind="decide")
    model = builder.end("end").close().model

    after = moved(model, "flatten-approvals", "section", "chief")

    assert [flow.target for flow in after.outgoing["check"]] == ["chief"]
    assert [flow.target for flow in after.outgoing["chief"]] == ["agreed"]
    assert {flow.target: flow.probability for flow in after.outgoing["agreed"]} == {"no": 0.2, "decide": 0.8}


def test_the_word_of_the_first_one_is_given_by_the_last_one_where_another_step_reads_it():
    builder = chief(chain()).at("decide")
    model = builder.model
    reader = model.node["decide"].evolve(materials=(needs("word", origin="internal"),))
    model = model.evolve(nodes=tuple(reader if node.id == "decide" else node for node in model.nodes))

    after = moved(model, "flatten-approvals", "section", "chief")

    assert set(papers(after, "chief", "gives")) == {"word", "approval"}


@pytest.mark.parametrize("values", [{"mandatory": True, "basis": "law 3"}, {"separate_from": ["check"]}])
def test_an_approval_the_law_demands_stays(values):
    assert refused(chief(chain(**values)).model, "flatten-approvals", "section", "chief") == "protected"


def test_an_approval_alone_is_no_chain():
    assert refused(chief(chain()).model, "flatten-approvals", "gone", "chief") == "nothing-left"


def test_an_approval_on_a_branch_stays_where_the_last_one_could_not_read_its_paper_on_every_way():
    builder = build("permit", pool="县局").lane("县局", level="county").start("start").exclusive("split")
    builder.branch(0.4).step("survey", kind="check", materials=[needs("plan"), gives("map")])
    builder.step("section", kind="approve", materials=[needs("map", origin="internal")])
    builder.branch(0.6).step("look", kind="check").join("join")

    why = refused(chief(builder).model, "flatten-approvals", "section", "chief")

    assert why == "not-available"
