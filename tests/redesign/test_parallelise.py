"""`parallelise`: what hangs on nothing is done at once."""

import pytest

from analysis.timing import exact
from bpmn.build import Builder, build, gives, needs
from redesign.change import Change
from redesign.prove import prove
from tests.redesign.moving import moved, refused


def desk() -> Builder:
    return build("permit", pool="县局", hours="00:00-24:00").lane("县局").start("start")


def row(*, second: dict[str, object] | None = None) -> Builder:
    builder = desk().step("fire", kind="check", materials=[needs("plan")], work="PT4H")
    values = {"kind": "check", "materials": [needs("lease")], "work": "PT3H", **(second or {})}
    return builder.step("water", **values)  # type: ignore[arg-type]


def branches(model, split: str) -> set[str]:
    return {flow.target for flow in model.outgoing[split]}


def test_independent_steps_stand_between_a_split_and_its_join():
    model = row().step("decide", kind="decide").end("end").model

    after = moved(model, "parallelise", "fire", "water")

    split = after.outgoing["start"][0].target
    assert after.node[split].kind == "parallelGateway"
    assert branches(after, split) == {"fire", "water"}
    assert after.lane_of[split].name == "县局"


def test_a_case_then_takes_as_long_as_the_longer_of_them():
    model = row().end("end").model

    after = moved(model, "parallelise", "fire", "water")

    assert exact(model).elapsed_working.mean == pytest.approx(7 * 3600)
    assert exact(after).elapsed_working.mean == pytest.approx(4 * 3600)


def test_a_check_may_stand_beside_a_stop_of_the_clock_it_does_not_need():
    builder = desk().step("notice", kind="other", clock_stop="publicity", basis="law 5", materials=[needs("plan")])
    model = builder.step("water", kind="check", materials=[needs("lease")]).step("decide", kind="decide").end().model

    after = moved(model, "parallelise", "notice", "water")

    assert branches(after, after.outgoing["start"][0].target) == {"notice", "water"}


@pytest.mark.parametrize(
    "second",
    [{"kind": "decide"}, {"kind": "check", "materials": [needs("objections", origin="internal")]}],
    ids=["a decision", "a check of what was said"],
)
def test_what_is_judged_by_a_stop_of_the_clock_stays_behind_it(second):
    builder = desk().step(
        "notice", kind="other", clock_stop="publicity", basis="law 5", materials=[needs("plan"), gives("objections")]
    )
    model = builder.step("judge", **second).end().model
    change = Change(model)
    change.lead(model.incoming["notice"][0].id, target="judge")
    change.lead(model.outgoing["judge"][0].id, source="notice")
    change.lead(model.outgoing["notice"][0].id, source="judge", target="notice")

    failed = prove(model, change.model).failed

    assert "clock-stop" in {one.obligation for one in failed}
    assert refused(model, "parallelise", "notice", "judge") == "dependent"


def test_a_row_inside_a_branch_joins_the_block_around_it():
    builder = desk().parallel("split").branch().step("tax", kind="check", materials=[needs("form")]).branch()
    builder.step("fire", kind="check", materials=[needs("plan")])
    model = builder.step("water", kind="check", materials=[needs("lease")]).join("join").end("end").model

    after = moved(model, "parallelise", "fire", "water")

    assert branches(after, "split") == {"tax", "fire", "water"}
    assert len([node for node in after.nodes if node.is_gateway]) == 2


def test_what_lies_between_stays_behind_its_step():
    builder = desk().step("fire", kind="check", materials=[needs("plan")]).step("note", kind="record")
    model = builder.step("water", kind="check", materials=[needs("lease")]).end("end").model

    after = moved(model, "parallelise", "fire", "water")

    assert [flow.target for flow in after.outgoing["fire"]] == ["note"]
    assert branches(after, after.outgoing["start"][0].target) == {"fire", "water"}


def test_a_paper_that_what_lies_between_gives_keeps_the_row():
    builder = desk().step("fire", kind="check", materials=[needs("plan")])
    builder.step("note", kind="record", materials=[gives("number")])
    second = [needs("lease"), needs("number", origin="internal")]
    model = builder.step("water", kind="check", materials=second).end("end").model

    assert refused(model, "parallelise", "fire", "water") == "dependent"


def test_a_collect_is_not_beside_the_record_that_needs_its_papers():
    builder = desk().step("collect", kind="collect", materials=[needs("form")])
    builder.step("record", kind="record", materials=[needs("form", origin="internal"), gives("entry")])

    assert refused(builder.end().model, "parallelise", "collect", "record") == "dependent"


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "decide"},
        {"kind": "produce"},
        {"after": ["fire"]},
        {"materials": [needs("plan", origin="internal")]},
        {"materials": []},
        {"kind": ""},
    ],
    ids=["a decision", "a product", "a legal order", "a paper taken in", "nothing looked at", "nothing said"],
)
def test_what_hangs_on_the_first_stays_behind_it(values):
    assert refused(row(second=values).end().model, "parallelise", "fire", "water") == "dependent"


def test_acceptance_stays_first():
    builder = desk().step("accept", kind="accept", materials=[needs("form")])
    builder.step("fire", kind="check", materials=[needs("plan")])

    assert refused(builder.end().model, "parallelise", "accept", "fire") == "dependent"


def test_ways_that_come_together_do_so_before_the_split():
    builder = desk().exclusive("choice").branch(0.5).step("a").branch(0.5).step("b").close()
    builder.step("fire", kind="check", materials=[needs("plan")])
    model = builder.step("water", kind="check", materials=[needs("lease")]).end("end").model

    after = moved(model, "parallelise", "fire", "water")

    merge = after.outgoing["a"][0].target
    assert after.node[merge].kind == "exclusiveGateway"
    assert after.outgoing["b"][0].target == merge


def test_a_step_with_an_event_on_it_stays_in_the_row():
    builder = desk().step("fire", kind="check", materials=[needs("plan")]).boundary("late", "timer", "P3D")
    builder.end("lost").at("fire").step("water", kind="check", materials=[needs("lease")])

    assert refused(builder.end().model, "parallelise", "fire", "water") == "has-events"
