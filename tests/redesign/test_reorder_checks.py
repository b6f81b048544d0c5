"""`reorder-checks`: the check that turns down most for its work comes first."""

import pytest

from analysis.timing import exact
from bpmn.build import Builder, build, gives, needs
from tests.redesign.moving import moved, refused, way


def desk() -> Builder:
    return build("permit", pool="县局", hours="00:00-24:00").lane("县局").start("start")


def check(builder: Builder, name: str, *, work: str, **values: object) -> Builder:
    materials = [needs(f"paper of {name}")]
    return builder.step(name, kind="check", **{"materials": materials, "work": work, **values})  # type: ignore[arg-type]


def row(**second: object) -> Builder:
    builder = check(desk(), "long", work="PT8H", rejects=0.1)
    return check(builder, "short", **{"work": "PT1H", "rejects": 0.2, **second})  # type: ignore[arg-type]


def test_the_short_check_that_turns_down_more_comes_first():
    model = row().step("decide", kind="decide").end("end").model

    after = moved(model, "reorder-checks", "long", "short")

    assert way(after) == ["start", "short", "long", "decide", "end"]
    assert exact(after).elapsed_working.mean < exact(model).elapsed_working.mean


def test_each_check_takes_its_gateway_along():
    builder = check(desk(), "long", work="PT8H").exclusive("long?").branch(0.1).end("no", outcome="rejected")
    builder.branch(0.9)
    builder = check(builder, "short", work="PT1H").exclusive("short?").branch(0.2).end("nay", outcome="rejected")
    model = builder.branch(0.8).step("decide", kind="decide").end("end").close().close().model

    after = moved(model, "reorder-checks", "long", "short")

    assert [flow.target for flow in after.outgoing["start"]] == ["short"]
    assert {flow.target: flow.probability for flow in after.outgoing["short?"]} == {"nay": 0.2, "long": 0.8}
    assert {flow.target: flow.probability for flow in after.outgoing["long?"]} == {"no": 0.1, "decide": 0.9}


def test_a_gateway_takes_along_what_is_done_for_those_it_turns_away():
    builder = check(desk(), "long", work="PT8H").exclusive("long?").branch(0.1)
    builder.step("tell", kind="notify", work="PT1H").end("no", outcome="rejected").branch(0.9)
    builder = check(builder, "short", work="PT1H").exclusive("short?").branch(0.2)
    builder.step("write", kind="notify", work="PT1H").end("nay", outcome="rejected").branch(0.8)
    model = builder.step("decide", kind="decide").end("end").close().close().model

    after = moved(model, "reorder-checks", "long", "short")

    assert {flow.target: flow.probability for flow in after.outgoing["short?"]} == {"write": 0.2, "long": 0.8}
    assert {flow.target: flow.probability for flow in after.outgoing["long?"]} == {"tell": 0.1, "decide": 0.9}


def test_three_checks_are_sorted():
    builder = check(row(), "mid", work="PT2H", rejects=0.2)
    model = builder.step("decide", kind="decide").end("end").model

    after = moved(model, "reorder-checks", "long", "short", "mid")

    assert way(after) == ["start", "short", "mid", "long", "decide", "end"]


@pytest.mark.parametrize(
    "values", [{"after": ["long"]}, {"materials": [needs("paper of long", origin="internal")]}], ids=["law", "paper"]
)
def test_a_check_that_hangs_on_the_one_before_stays_behind_it(values):
    assert refused(row(**values).end().model, "reorder-checks", "long", "short") == "dependent"


def test_checks_in_their_best_order_are_left_alone():
    builder = check(check(desk(), "short", work="PT1H", rejects=0.2), "long", work="PT8H", rejects=0.1)

    assert refused(builder.end().model, "reorder-checks", "short", "long") == "nothing-left"


def test_a_paper_that_what_lies_between_gives_keeps_the_order():
    builder = check(desk(), "long", work="PT8H", rejects=0.1).step("note", kind="record", materials=[gives("number")])
    materials = [needs("paper"), needs("number", origin="internal")]
    builder = check(builder, "short", work="PT1H", rejects=0.2, materials=materials)

    assert refused(builder.end().model, "reorder-checks", "long", "short") == "dependent"
