"""`redraw`: a changed model keeps its diagram, and what changed looks as if somebody had drawn it."""

import random
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bpmn.build import build
from bpmn.errors import BpmnError
from bpmn.layout import complete, lay_out, redraw
from bpmn.model import Bounds, Model, Node, Process, SequenceFlow, Shape
from bpmn.read import read
from tests.bpmn.test_layout import QUICK, faults, outside, overlaps, permit, tangle, undrawn
from tests.strategies import graphs, models


def without(model: Model, step: str) -> Model:
    """The model without a step; what led to it leads to what followed it first."""
    gone = {step} | {event.id for event in model.boundary_events.get(step, ())}
    target = next((flow.target for flow in model.outgoing[step] if flow.target not in gone), "")
    flows = []
    for flow in model.flows:
        if flow.target == step and target and flow.source not in gone and flow.source != target:
            flows.append(flow.evolve(target=target))
        elif not {flow.source, flow.target} & gone:
            flows.append(flow)
    return model.evolve(
        nodes=tuple(node for node in model.nodes if node.id not in gone),
        flows=tuple(flows),
        lanes=tuple(lane.evolve(nodes=tuple(name for name in lane.nodes if name not in gone)) for lane in model.lanes),
        message_flows=tuple(flow for flow in model.message_flows if not {flow.source, flow.target} & gone),
        associations=tuple(line for line in model.associations if not {line.source, line.target} & gone),
    )


def beside(model: Model, first: str, second: str) -> Model:
    """The model with two steps in a row put in parallel."""
    like = model.node[first]
    split, join = (
        Node(id=f"{name}_{first}", kind="parallelGateway", process=like.process, scope=like.scope)
        for name in ("split", "join")
    )
    flows = []
    for flow in model.flows:
        if flow.target == first:
            flows.append(flow.evolve(target=split.id))
        elif (flow.source, flow.target) == (first, second):
            flows.append(flow.evolve(target=join.id))
        elif flow.source == second:
            flows.append(flow.evolve(source=join.id))
        else:
            flows.append(flow)
    for source, target in ((split.id, first), (split.id, second), (second, join.id)):
        flows.append(
            SequenceFlow(id=f"{source}-{target}", source=source, target=target, process=like.process, scope=like.scope)
        )
    return _listed(model.evolve(nodes=(*model.nodes, split, join), flows=tuple(flows)), first, (split.id, join.id))


def between(model: Model, flow: str, name: str = "fresh") -> Model:
    """The model with a new step on a flow."""
    old = model.flow[flow]
    step = Node(id=name, kind="userTask", name="新环节", process=old.process, scope=old.scope)
    second = SequenceFlow(id=f"{name}-out", source=name, target=old.target, process=old.process, scope=old.scope)
    flows = [one.evolve(target=name) if one.id == flow else one for one in model.flows]
    return _listed(model.evolve(nodes=(*model.nodes, step), flows=(*flows, second)), old.source, (name,))


def earlier(model: Model, first: str, second: str) -> Model:
    """The model with two steps in a row the other way round."""
    flows = []
    for flow in model.flows:
        if flow.target == first:
            flows.append(flow.evolve(target=second))
        elif (flow.source, flow.target) == (first, second):
            flows.append(flow.evolve(source=second, target=first))
        elif flow.source == second:
            flows.append(flow.evolve(source=first))
        else:
            flows.append(flow)
    return model.evolve(flows=tuple(flows))


def in_lane(model: Model, step: str, lane: str) -> Model:
    """The model with a step in another lane."""
    lanes = []
    for one in model.lanes:
        names = tuple(name for name in one.nodes if name != step)
        lanes.append(one.evolve(nodes=(*names, step) if one.id == lane else names))
    return model.evolve(lanes=tuple(lanes))


def _listed(model: Model, like: str, names: tuple[str, ...]) -> Model:
    return model.evolve(
        lanes=tuple(lane.evolve(nodes=(*lane.nodes, *names)) if like in lane.nodes else lane for lane in model.lanes)
    )


def pairs(model: Model) -> list[tuple[str, str]]:
    """The steps in a row with nothing else at them."""
    return [
        (flow.source, flow.target)
        for flow in model.flows
        if flow.source != flow.target
        and model.node[flow.source].is_activity
        and model.node[flow.target].is_activity
        and len(model.outgoing[flow.source]) == len(model.incoming[flow.target]) == 1
        and (flow.target, flow.source) not in {(other.source, other.target) for other in model.flows}
    ]


def changed(model: Model, chance: random.Random, times: int) -> Model:
    """The model after some changes as a redesign makes them."""
    for number in range(times):
        steps = [node.id for node in model.nodes if node.is_step]
        rows = pairs(model)
        kind = chance.choice(("remove", "parallel", "insert", "earlier", "lane"))
        if kind == "remove" and len(steps) > 1:
            model = without(model, chance.choice(steps))
        elif kind in ("parallel", "earlier") and rows:
            model = (beside if kind == "parallel" else earlier)(model, *chance.choice(rows))
        elif kind == "insert" and model.flows:
            model = between(model, chance.choice(model.flows).id, f"fresh{number}")
        elif kind == "lane" and len(model.lanes) > 1 and steps:
            step = chance.choice(steps)
            homes = [lane.id for lane in model.lanes if lane.process == model.node[step].process]
            if homes and not model.node[step].scope:
                model = in_lane(model, step, chance.choice(homes))
    return model


@QUICK
@given(models(inclusive=True), st.integers(0, 1 << 30), st.integers(1, 4))
def test_a_changed_model_is_drawn_without_a_fault(model: Model, seed: int, times: int) -> None:
    before = lay_out(model)
    after = redraw(before, changed(before, random.Random(seed), times))

    assert faults(after) == []


@QUICK
@given(graphs(max_nodes=12), st.integers(0, 1 << 30))
def test_any_graph_is_redrawn_without_a_fault(model: Model, seed: int) -> None:
    before = lay_out(model)
    after = redraw(before, changed(before, random.Random(seed), 2))

    assert [*undrawn(after), *overlaps(after), *outside(after)] == []


def test_models_over_lanes_and_pools_are_redrawn_without_a_fault() -> None:
    for seed in range(40):
        before = lay_out(tangle(seed))
        after = redraw(before, changed(before, random.Random(seed), 3))

        assert [*undrawn(after), *overlaps(after), *outside(after)] == [], seed


@QUICK
@given(models() | graphs())
def test_without_a_change_the_diagram_stays(model: Model) -> None:
    drawn = lay_out(model)

    assert redraw(drawn, model) == drawn


def test_same_models_same_diagram() -> None:
    before = lay_out(permit().model)
    after = changed(before, random.Random(3), 4)

    assert redraw(before, after) == redraw(before, after)


def test_what_stands_before_the_change_keeps_its_place_and_its_edges() -> None:
    before = lay_out(permit().model)
    after = redraw(before, without(before, "print"))

    for name in ("begin", "accept", "check", "complete", "ask", "refuse", "no", "split", "decide", "want", "apply"):
        assert after.shape[name] == before.shape[name]
    for flow in ("begin-accept", "accept-check", "check-complete", "ask-accept", "split-decide", "apply-begin"):
        assert after.edge[flow] == before.edge[flow]


def test_the_gap_of_a_step_that_is_gone_is_closed() -> None:
    model = build("p").start("s").step("a").step("b").step("c").step("d").end("e").model
    before = lay_out(model)
    after = redraw(before, without(before, "b"))

    gap = before.shape["b"].bounds.x - before.shape["a"].bounds.right
    moved = before.shape["c"].bounds.x - before.shape["b"].bounds.x
    assert after.shape["c"].bounds.x == after.shape["a"].bounds.right + gap
    for name in ("c", "d", "e"):
        assert after.shape[name].bounds.x == before.shape[name].bounds.x - moved


def test_a_step_gone_from_the_shorter_of_two_branches_moves_nothing_behind_the_join() -> None:
    builder = build("p").start("s").parallel("split").branch().step("a").step("b").step("c")
    model = builder.branch().step("x").step("y").join("join").step("z").end("e").model
    before = lay_out(model)
    after = redraw(before, without(before, "x"))

    for name in ("a", "b", "c", "join", "z", "e"):
        assert after.shape[name] == before.shape[name]


def test_steps_put_in_parallel_stand_above_one_another_between_their_gateways() -> None:
    model = build("p").pool("单位").lane("窗口").start("s").step("a").step("b").step("c").step("d").end("e").model
    before = lay_out(model)
    after = redraw(before, beside(before, "b", "c"))
    box = {name: shape.bounds for name, shape in after.shape.items()}

    assert faults(after) == []
    assert box["b"].centre[0] == box["c"].centre[0]
    assert box["b"].bottom < box["c"].y
    assert box["a"].right < box["split_b"].x < box["split_b"].right < box["b"].x
    assert box["c"].right < box["join_b"].x < box["join_b"].right < box["d"].x
    assert box["split_b"].centre[1] == box["b"].centre[1] == box["join_b"].centre[1] == box["d"].centre[1]
    assert len(after.edge["split_b-c"].waypoints) == 3


def test_steps_in_another_order_stand_in_that_order() -> None:
    model = build("p").start("s").step("a").step("b").step("c").end("e").model
    before = lay_out(model)
    after = redraw(before, earlier(before, "a", "b"))
    box = {name: shape.bounds for name, shape in after.shape.items()}

    assert box["s"].right < box["b"].x < box["a"].x < box["c"].x
    assert len({box[name].centre[1] for name in "abc"}) == 1
    assert box["e"] == before.shape["e"].bounds


def test_a_step_of_another_lane_moves_there() -> None:
    before = lay_out(permit().model)
    lane = next(lane.id for lane in before.lanes if lane.name == "公安局")
    after = redraw(before, in_lane(before, "check", lane))

    assert faults(after) == []
    assert after.shape["check"].bounds.x == before.shape["check"].bounds.x


def test_a_row_with_nothing_left_in_it_is_closed() -> None:
    builder = build("p").pool("单位").lane("甲").start("s").parallel("split").branch().step("a").branch().step("b")
    before = lay_out(builder.join("join").lane("乙").step("z").end("e").model)
    after = redraw(before, without(before, "b"))

    first, second = (before.shape[lane.id].bounds for lane in before.lanes)
    assert after.shape[before.lanes[0].id].bounds.height < first.height
    assert after.shape[before.lanes[1].id].bounds.height == second.height


def test_an_upright_message_stays_upright() -> None:
    before = lay_out(permit().model)
    after = redraw(before, without(before, "print"))

    assert after.shape["give"].bounds.x < before.shape["give"].bounds.x
    assert len({x for x, _ in after.edge["give-receive"].waypoints}) == 1


def test_boundary_events_and_insides_go_with_their_frame() -> None:
    builder = build("p").start("s").step("a").step("b").sub_process("frame").start("in").step("i").end("out").close()
    model = builder.boundary("late", "timer", "P1D", on="frame").end("x").at("frame").end("e").model
    before = lay_out(model)
    after = redraw(before, without(before, "a"))

    by = before.shape["frame"].bounds.x - after.shape["frame"].bounds.x
    assert by > 0
    for name in ("in", "i", "out", "late"):
        assert after.shape[name].bounds.x == before.shape[name].bounds.x - by
    assert faults(after) == []


def test_a_sub_process_shrinks_with_what_is_in_it() -> None:
    builder = build("p").start("s").sub_process("frame").start("in").step("i").step("j").step("k").end("out").close()
    before = lay_out(builder.step("z").end("e").model)
    after = redraw(before, without(before, "j"))

    assert after.shape["frame"].bounds.width < before.shape["frame"].bounds.width
    assert after.shape["z"].bounds.x < before.shape["z"].bounds.x
    assert faults(after) == []


def test_a_model_without_a_diagram_is_laid_out_first() -> None:
    model = build("p").start("s").step("a").step("b").end("e").model

    assert redraw(model, without(model, "a")) == redraw(lay_out(model), without(model, "a"))
    assert redraw(Model(), Model()).shapes == ()


def test_ids_and_colours_of_shapes_stay() -> None:
    before = lay_out(permit().model)
    shapes = (replace(shape, fill="#ffe0b2", id=f"{shape.element}_shape") for shape in before.shapes)
    before = before.evolve(shapes=tuple(shapes))
    after = redraw(before, without(before, "seal"))

    assert {shape.fill for shape in after.shapes} == {"#ffe0b2"}
    assert all(shape.id == f"{shape.element}_shape" for shape in after.shapes)


def test_public_files_are_redrawn(shared: Path) -> None:
    """What was drawn without a fault stays so after a change."""
    wrong = {}
    files = sorted(path for path in shared.glob("bpmn/**/*.bpmn") if path.stat().st_size % 11 == 0)
    for path in files:
        try:
            before = complete(read(path))
        except BpmnError:
            continue
        if [*overlaps(before), *outside(before)]:
            continue
        after = redraw(before, changed(before, random.Random(path.name), 2))
        found = [*undrawn(after), *overlaps(after), *outside(after)]
        if found:
            wrong[path.name] = found
    assert len(files) > 20
    assert wrong == {}


def test_a_step_drawn_below_the_one_before_it_stays_there() -> None:
    boxes = {"s": (0, 32, 36), "a": (100, 10, 100), "b": (300, 10, 100), "c": (300, 160, 100), "e": (500, 182, 36)}
    model = build("p").start("s").step("a").step("b").step("c").end("e").model
    shapes = tuple(
        Shape(element=name, bounds=Bounds(x=x, y=y, width=wide, height=80 if wide == 100 else 36), plane="p")
        for name, (x, y, wide) in boxes.items()
    )
    drawn = complete(model.evolve(shapes=shapes))

    again = redraw(drawn, between(drawn, drawn.incoming["b"][0].id, "fresh"))

    assert again.shape["b"].bounds.x > drawn.shape["b"].bounds.x
    assert again.shape["c"].bounds.x == again.shape["b"].bounds.x
    assert again.shape["c"].bounds.y == drawn.shape["c"].bounds.y


def test_a_pool_that_grows_uses_its_white_and_moves_the_pool_to_its_right() -> None:
    model = build("p").pool("甲").start("s").step("a").process("q").pool("乙").start("t").step("b").model

    def drawn(wide: float) -> Model:
        boxes = {
            model.pools[0].id: (0, wide, 200),
            model.pools[1].id: (wide + 20, 400, 200),
            "s": (50, 36, 36),
            "a": (136, 100, 80),
            "t": (wide + 70, 36, 36),
            "b": (wide + 156, 100, 80),
        }
        shapes = tuple(
            Shape(element=name, bounds=Bounds(x=x, y=100 - high / 2, width=width, height=high), plane="collaboration")
            for name, (x, width, high) in boxes.items()
        )
        return complete(model.evolve(shapes=shapes))

    for wide, grows in ((600, False), (256, True)):
        before = drawn(wide)
        after = redraw(before, between(before, before.incoming["a"][0].id, "fresh"))
        moved = after.shape["b"].bounds.x - before.shape["b"].bounds.x
        assert (moved > 0) == grows
        assert overlaps(after) == []
        assert outside(after) == []


def test_a_new_flow_keeps_off_names_and_off_other_lines() -> None:
    boxes = {"a": (100, 100), "g": (260, 115), "b": (400, 100), "c": (560, 100)}
    nodes = tuple(Node(id=name, kind="exclusiveGateway" if name == "g" else "task", process="p") for name in boxes)
    flows = tuple(
        SequenceFlow(id=f"{one}{other}", source=one, target=other, process="p")
        for one, other in ("ag", "gb", "bc", "gc")
    )
    label = Bounds(x=255, y=70, width=60, height=40)
    shapes = tuple(
        Shape(
            element=name,
            bounds=Bounds(x=x, y=y, width=50 if name == "g" else 100, height=50 if name == "g" else 80),
            label=label if name == "g" else None,
            plane="p",
        )
        for name, (x, y) in boxes.items()
    )
    model = complete(Model(processes=(Process(id="p"),), nodes=nodes, flows=flows, shapes=shapes))

    points = model.edge["gc"].waypoints
    assert points[0] == (285, 165)
    assert all(y >= 140 for _, y in points)
