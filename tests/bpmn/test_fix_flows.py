"""Each repair of a flow: what it repairs, and what only looks like it."""

import pytest

from bpmn import Association, EventDefinition, Model, SequenceFlow, build, read, write
from bpmn.fix import repair


def fixed(model: Model) -> tuple[Model, list[str]]:
    """The model repaired, and the names of the repairs, lists and diagram apart."""
    repaired = repair(write(model))
    names = [fix.fix for fix in repaired.fixes if fix.fix not in ("flow-lists", "diagram")]
    return read(repaired.file), names


def changed(model: Model, node: str, **values: object) -> Model:
    return model.evolve(nodes=tuple(item.evolve(**values) if item.id == node else item for item in model.nodes))


def ways(model: Model) -> set[tuple[str, str]]:
    return {(flow.source, flow.target) for flow in model.flows}


def choice(*, default: str = "", conditions: tuple[str, str] = ("a", "")) -> Model:
    builder = build().start().exclusive("g", name="齐全？")
    builder.branch(condition=conditions[0]).step("x").branch(condition=conditions[1]).step("y").join("j").end()
    model = builder.model
    return changed(model, "g", default=default)


def test_the_one_flow_without_condition_becomes_the_default():
    model, names = fixed(choice())

    assert model.node["g"].default == "g-y"
    assert names == ["default-flow"]


@pytest.mark.parametrize(
    "model",
    [
        choice(default="g-x", conditions=("", "b")),
        choice(conditions=("a", "b")),
        choice(conditions=("", "")),
        changed(choice(), "g", kind="inclusiveGateway"),
    ],
    ids=["has one", "all have conditions", "two have none", "inclusive: taken always"],
)
def test_no_default_where_it_is_not_plain(model):
    again, names = fixed(model)

    assert "default-flow" not in names
    assert again.node["g"].default == model.node["g"].default


def test_a_condition_nobody_asks_is_taken_off():
    model, names = fixed(choice(default="g-y", conditions=("a", "b")))

    assert (model.flow["g-y"].condition, model.flow["g-x"].condition) == ("", "a")
    assert names == ["condition-on-default"]


def test_a_parallel_gateway_keeps_conditions_nobody_can_say_what_for():
    _, names = fixed(changed(choice(default="g-y", conditions=("a", "b")), "g", kind="parallelGateway"))

    assert "condition-on-default" not in names


def twice(kind: str, **second: object) -> Model:
    builder = build().start().node("g", kind, name="几路？").to("g").at("g").to("x").at("g").to("x").at("g").to("y")
    model = builder.node("x").node("y").at("x").to("e").at("y").to("e").node("e", "endEvent").model
    last = next(flow for flow in model.flows if flow.id == "g-x_2")
    return model.evolve(flows=tuple(flow.evolve(**second) if flow is last else flow for flow in model.flows))


def test_one_of_two_equal_flows_of_a_choice_is_kept():
    model, names = fixed(twice("exclusiveGateway"))

    assert [flow.id for flow in model.outgoing["g"]] == ["g-x", "g-y"]
    assert names == ["duplicate-flow"]


@pytest.mark.parametrize(
    "model",
    [
        twice("parallelGateway"),
        twice("exclusiveGateway", condition="a > 1"),
        twice("exclusiveGateway", name="是"),
        twice("exclusiveGateway", probability=0.5),
    ],
    ids=["both are taken", "another condition", "another answer", "a share"],
)
def test_flows_that_only_look_equal_stay(model):
    again, names = fixed(model)

    assert len(again.outgoing["g"]) == 3
    assert "duplicate-flow" not in names


def passing(**values: object) -> Model:
    model = build().start("s").step("a").node("g", "exclusiveGateway").to("g").at("g").step("b").end("e").model
    return changed(model, "g", **values)


@pytest.mark.parametrize("kind", ["exclusiveGateway", "parallelGateway", "inclusiveGateway"])
def test_a_gateway_that_only_passes_on_is_taken_out(kind):
    model, names = fixed(passing(kind=kind))

    assert "g" not in model.node
    assert ways(model) == {("s", "a"), ("a", "b"), ("b", "e")}
    assert names == ["superfluous-gateway"]


def test_a_gateway_of_which_something_is_said_stays():
    noted = passing()
    note = Association(id="n", source="g", target="a", process="process")
    between = passing().evolve(
        flows=(*passing().flows, SequenceFlow(id="beside", source="a", target="b", process="process"))
    )
    look_alikes = [
        passing(name="齐全？"),
        passing(documentation="为何"),
        passing(kind="complexGateway"),
        noted.evolve(associations=(note,)),
        between,
    ]

    for model in look_alikes:
        assert "superfluous-gateway" not in fixed(model)[1]


def test_a_gateway_with_settings_of_a_tool_stays():
    gateway = b'<bpmn:exclusiveGateway xmlns:o="o" o:x="1" id="g"'
    source = write(passing()).replace(b'<bpmn:exclusiveGateway id="g"', gateway)

    assert "superfluous-gateway" not in [fix.fix for fix in repair(source).fixes]


def test_several_ways_out_of_a_step_leave_through_a_parallel_gateway():
    source = build().start("s").step("a").to("b").at("a").to("c").node("b").node("c")
    model, names = fixed(source.at("b").end("e1").at("c").end("e2").model)

    assert model.node["a_split"].kind == "parallelGateway"
    assert ways(model) >= {("a", "a_split"), ("a_split", "b"), ("a_split", "c")}
    assert names == ["implicit-split"]


def test_ways_out_of_a_step_with_conditions_stay():
    builder = build().start("s").step("a").node("b").node("c").flow("a", "b", condition="x").flow("a", "c")
    model, names = fixed(builder.at("b").end("e1").at("c").end("e2").model)

    assert len(model.outgoing["a"]) == 2
    assert names == []


def looping() -> Model:
    builder = build().start("s").step("a").exclusive("g", name="再来？").branch(condition="x").to("a")
    return builder.branch(default=True).close().end("e").model


def test_several_ways_into_a_step_meet_in_a_gateway():
    model, names = fixed(looping())

    assert ways(model) == {("s", "a_join"), ("g", "a_join"), ("a_join", "a"), ("a", "g"), ("g", "e")}
    assert names == ["implicit-join"]


def test_several_ways_into_an_end_stay():
    _, names = fixed(build().start().parallel("g").branch().step("a").branch().step("b").close().end().model)

    assert names == []


def test_what_an_event_based_gateway_waits_for_gets_no_gateway_before_it():
    builder = build().start().event_based("g").branch().catch("m", "message", "x").end("e1")
    model = builder.branch().catch("t", "timer", "P1D").to("m").model

    assert "m_join" not in fixed(model)[0].node


def test_a_gateway_that_joins_and_splits_becomes_two():
    builder = build().start().exclusive("g", name="甲？").branch(condition="a").step("x").to("g")
    model, names = fixed(builder.branch(default=True).close().end().model)

    assert (model.node["g_join"].kind, model.node["g"].default) == ("exclusiveGateway", "g-end")
    assert ("x", "g_join") in ways(model)
    assert names == ["join-fork"]


def test_a_start_and_an_end_are_drawn_in_the_lane_of_what_they_stand_beside():
    source = build(pool="局").lane("窗口").step("a").lane("审批科").step("b").model

    model, names = fixed(source)

    assert {(flow.source, flow.target) for flow in model.flows} >= {("process_start", "a"), ("b", "b_end")}
    assert [model.lane_of[node].name for node in ("process_start", "b_end")] == ["窗口", "审批科"]
    assert sorted(names) == ["implicit-end", "implicit-start"]


@pytest.mark.parametrize(
    "model",
    [
        build().node("a").node("b").flow("a", "c").flow("b", "c").step("c").end().model,
        build().start().sub_process("s", kind="adHocSubProcess").node("a").close().end().model,
        build().step("a").to("a").model,
    ],
    ids=["two beginnings", "ad hoc", "a ring"],
)
def test_no_start_is_drawn_where_it_is_not_plain(model):
    _, names = fixed(model)

    assert "implicit-start" not in names


def test_no_end_is_drawn_where_some_end_is():
    model, names = fixed(build().start().parallel("g").branch().step("a").branch().step("b").end().model)

    assert "a_end" not in model.node
    assert names == []


def test_a_repair_never_covers_a_flow_that_lost_its_end():
    source = write(build().start("s").step("a").model).replace(
        b"</bpmn:process>", b'<bpmn:sequenceFlow id="lost" sourceRef="a" targetRef="gone"/></bpmn:process>'
    )

    repaired = repair(source)

    assert "implicit-end" not in [fix.fix for fix in repaired.fixes]
    assert ("flow-end", "lost") in [(fault.rule, fault.element) for fault in read(repaired.file).faults]


def test_what_undoes_work_is_marked():
    builder = build().start().step("a").end().boundary("c", on="a").node("undo")
    event = EventDefinition(kind="compensate")
    model = changed(builder.model, "c", events=(event,))
    line = Association(id="l", source="c", target="undo", direction="One", process="process")

    again, names = fixed(model.evolve(associations=(line,)))

    assert again.node["undo"].for_compensation
    assert "compensation-mark" in names
    assert "compensation-mark" not in fixed(model)[1]


def test_a_gateway_says_which_way_its_flows_run():
    wrong, names = fixed(changed(choice(default="g-y"), "g", direction="Converging"))
    right, no_names = fixed(changed(choice(default="g-y"), "g", direction="Diverging"))

    assert (wrong.node["g"].direction, names) == ("Diverging", ["gateway-direction"])
    assert (right.node["g"].direction, no_names) == ("Diverging", [])


def test_a_long_row_of_gateways_that_pass_on_is_repaired_at_once():
    builder = build()
    for number in range(500):
        builder.step(f"s{number}").node(f"g{number}", "exclusiveGateway").to(f"g{number}").at(f"g{number}")
    source = write(builder.step("last").model)

    model = read(repair(source).file)

    assert not any(node.is_gateway for node in model.nodes)
