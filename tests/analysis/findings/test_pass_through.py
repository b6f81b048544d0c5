"""`pass-through`: a step hands on or writes down, and nobody uses it."""

from dataclasses import replace

import pytest

from analysis.findings import find
from bpmn.build import build, gives, needs


def office():
    return build("permit").lane("甲局").start()


def one(then=(), **values):
    builder = office().step("f", **{"kind": "forward", **values})
    return builder.step("next", kind="other", materials=then).end().model


def two_pools(target):
    builder = build("one").pool("甲局").start().step("f", kind="forward").end()
    builder.pool("乙局").start("begun", event="message").catch("answer", "message").step("t", kind="other").end()
    return builder.message("f", target).model


@pytest.mark.parametrize(
    "model",
    [
        one(),
        one(kind="record"),
        one(kind="record", task="serviceTask"),
        one(materials=[needs("申请表", origin="internal")]),
    ],
    ids=["forward", "record", "by a program", "what it only needs"],
)
def test_found_and_nothing_else(model, told):
    assert told(model) == {("pass-through", ("f",))}


def test_a_record_nobody_reads_is_found_twice(told):
    model = one(kind="record", materials=[gives("台账")])

    assert told(model) == {("pass-through", ("f",)), ("unused-result", ("f",))}


@pytest.mark.parametrize(
    "model",
    [
        one(kind="check"),
        one(kind="record", archive=True),
        one(materials=[gives("函")], then=[needs("函", origin="internal")]),
        one(materials=[gives("回执", to="applicant")]),
        two_pools("begun"),
        two_pools("answer"),
        two_pools("pool_process"),
        build("permit").store("s", name="台账").start().step("f", kind="record", writes=["s"]).end().model,
        office().step("f", kind="forward", materials=[gives("等级")]).exclusive("g").branch(0.5, condition="等级 = 1")
        .step("x").branch(0.5).join().end().model,
    ],
    ids=["a check", "archive", "needed later", "for the applicant", "starts a pool", "awaited", "to a pool",
         "a register", "read by a condition"],
)  # fmt: skip
def test_what_adds_something(model, of):
    assert of(model, "pass-through") == []


def test_needed_on_the_way_round_a_loop_is_needed_later(of):
    builder = office().node("m", "exclusiveGateway").to("m").at("m")
    builder.step("use", kind="other", materials=[needs("函", origin="internal")])
    builder.step("f", kind="forward", materials=[gives("函")]).exclusive("x").branch(0.05).to("m").branch(0.95)

    assert of(builder.end().model, "pass-through") == []


def test_mandatory_is_protected_and_suggested_not_sure(of):
    assert of(one(mandatory=True), "pass-through")[0].protected
    assert not of(one(source="suggested"), "pass-through")[0].sure


def test_a_step_that_stops_the_clock_adds_something():
    builder = build().start().step("notice", kind="record", clock_stop="publicity", basis="law 5")

    assert "pass-through" not in {one.finding for one in find(builder.end().model)}


@pytest.mark.parametrize(
    ("condition", "is_used"),
    [('${execution.getVariable("word") == "yes"}', True), ('${vars["word"]}', True), ('other = "word"', False)],
    ids=["a call names it", "it is looked up", "a text that looks like it"],
)
def test_a_word_a_foreign_condition_asks_for_is_used(condition, is_used):
    model = build().start().step("hand", kind="forward", materials=[gives("word")]).exclusive("g")
    model = model.branch(0.5).step("a").branch(0.5).step("b").join("j").end().model
    (first, *_) = model.outgoing["g"]
    flows = tuple(replace(flow, condition=condition) if flow.id == first.id else flow for flow in model.flows)

    found = {one.finding for one in find(model.evolve(flows=flows))}

    assert ("pass-through" not in found) == is_used


def test_a_word_a_script_reads_is_used():
    model = build().start().step("hand", kind="forward", materials=[gives("word")]).step("run").end().model
    nodes = tuple(node.evolve(script="if (word) send()") if node.id == "run" else node for node in model.nodes)

    assert "pass-through" not in {one.finding for one in find(model.evolve(nodes=nodes))}
