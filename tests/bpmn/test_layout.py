"""Layout: nothing overlaps, everything stands where it belongs, flows run around shapes and from left to right."""

import random
from collections.abc import Iterable, Iterator
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from bpmn.build import Builder, build
from bpmn.errors import BpmnError
from bpmn.layout import COMPACT, NORMAL, complete, lay_out, lay_out_pair
from bpmn.model import Artifact, Association, Bounds, Edge, Lane, Model, Node, SequenceFlow, Shape
from bpmn.read import read
from tests.strategies import graphs, models

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
STYLES = pytest.mark.parametrize("style", [NORMAL, COMPACT], ids=["normal", "compact"])


def solid(model: Model) -> list[Shape]:
    """The shapes of nodes, data and notes."""
    elements = {item.id for item in (*model.nodes, *model.data)}
    elements |= {artifact.id for artifact in model.artifacts if artifact.kind == "textAnnotation"}
    return [shape for shape in model.shapes if shape.element in elements]


def around(model: Model, element: str) -> set[str]:
    """The sub-processes around an element, and the host of a boundary event."""
    found: set[str] = set()
    scopes = {item.id: item.scope for item in (*model.data, *model.nodes)}
    while element in scopes:
        host = model.node[element].attached_to if element in model.node else ""
        element = host or scopes[element]
        found.add(element)
    return found


def within(inner: Bounds, outer: Bounds) -> bool:
    return (
        inner.x >= outer.x - 0.1
        and inner.y >= outer.y - 0.1
        and inner.right <= outer.right + 0.1
        and inner.bottom <= outer.bottom + 0.1
    )


def meet(one: Bounds, other: Bounds) -> bool:
    return (
        one.x < other.right - 0.5
        and other.x < one.right - 0.5
        and one.y < other.bottom - 0.5
        and other.y < one.bottom - 0.5
    )


def overlaps(model: Model) -> list[tuple[str, str]]:
    """The pairs of shapes that lie on one another though neither is inside or on the border of the other."""
    notes = {artifact.id for artifact in model.artifacts}
    frames = {node.id for node in model.nodes if node.is_frame}
    found = []
    for one, other in combinations(solid(model), 2):
        related = one.element in around(model, other.element) or other.element in around(model, one.element)
        related |= {one.element, other.element} <= notes | frames and not {one.element, other.element} <= frames
        if one.plane == other.plane and not related and meet(one.bounds, other.bounds):
            found.append((one.element, other.element))
    return found


def crossings(model: Model) -> list[tuple[str, str]]:
    """The flows that run through a shape they have nothing to do with."""
    ends = {flow.id: (flow.source, flow.target) for flow in model.flows}
    ends |= {flow.id: (flow.source, flow.target) for flow in model.message_flows}
    shapes = solid(model)
    found = []
    for edge in model.edges:
        if edge.element not in ends:
            continue
        own = set(ends[edge.element])
        own |= {element for end in ends[edge.element] for element in around(model, end)}
        others = [shape for shape in shapes if shape.plane == edge.plane and shape.element not in own]
        for piece in pieces(edge):
            found.extend((edge.element, shape.element) for shape in others if meet(piece, shape.bounds))
    return found


def pieces(edge: Edge) -> Iterator[Bounds]:
    """The straight pieces of an edge as thin boxes."""
    for (x1, y1), (x2, y2) in pairwise(edge.waypoints):
        x, y = min(x1, x2) - 0.6, min(y1, y2) - 0.6
        yield Bounds(x=x, y=y, width=abs(x1 - x2) + 1.2, height=abs(y1 - y2) + 1.2)


def outside(model: Model) -> list[str]:
    """What does not stand in its lane, pool or expanded sub-process."""
    frames: list[tuple[str, str]] = []
    for node in model.nodes:
        lane = model.lane_of.get(node.id)
        if node.scope:
            frames.append((node.id, node.scope))
        elif lane is not None and lane.process == node.process and not node.attached_to:
            frames.append((node.id, lane.id))
        elif node.process in model.pool_of_process and not node.attached_to:
            frames.append((node.id, model.pool_of_process[node.process].id))
    pools = model.pool_of_process
    frames += [(lane.id, pools[lane.process].id) for lane in model.lanes if lane.process in pools]
    return [
        inner
        for inner, outer in frames
        if model.shape[inner].plane == model.shape[outer].plane
        and not within(model.shape[inner].bounds, model.shape[outer].bounds)
    ]


def undrawn(model: Model) -> list[str]:
    """What has neither a shape nor an edge."""
    shapes: Iterable[Node | Lane] = (*model.nodes, *model.lanes)
    missing = [item.id for item in shapes if item.id not in model.shape]
    missing += [pool.id for pool in model.pools if pool.id not in model.shape]
    missing += [flow.id for flow in model.flows if flow.id not in model.edge]
    return missing + [flow.id for flow in model.message_flows if flow.id not in model.edge]


def slanted(model: Model) -> list[str]:
    """The flows with a piece that is neither level nor upright."""
    flows = {flow.id for flow in (*model.flows,)} | {flow.id for flow in model.message_flows}
    return [
        edge.element
        for edge in model.edges
        if edge.element in flows
        and any(abs(x1 - x2) > 0.1 and abs(y1 - y2) > 0.1 for (x1, y1), (x2, y2) in pairwise(edge.waypoints))
    ]


def faults(model: Model) -> list[object]:
    return [*undrawn(model), *overlaps(model), *outside(model), *crossings(model), *slanted(model)]


def permit() -> Builder:
    """A procedure across three offices with a loop, a rejection and a parallel block, and the applicant's pool."""
    builder = build("permit").pool("政务服务", id="office").lane("综合窗口").start("begin", event="message")
    builder.step("accept", name="受理").lane("审批局").step("check", name="审查").exclusive("complete", name="齐全？")
    builder.branch(0.1, name="补正").lane("综合窗口").step("ask", name="一次性告知").to("accept")
    builder.branch(0.1, name="不予").lane("审批局").step("refuse", name="不予许可").end("no", outcome="rejected")
    builder.branch(0.8, name="齐全").parallel("split")
    builder.branch().lane("公安局").step("seal", name="刻章备案")
    builder.branch().lane("审批局").step("decide", name="决定").step("print", name="制证").join("join").close()
    builder.lane("综合窗口").step("give", name="发证").end("done")
    builder.process("citizen").pool("申请人", id="people", applicant=True).start("want").step("apply", name="申请")
    builder.step("receive", name="领证").end("happy")
    return builder.message("apply", "begin", name="申请材料").message("give", "receive")


@QUICK
@given(models(inclusive=True))
def test_sound_models_are_drawn_without_a_fault(model: Model) -> None:
    assert faults(lay_out(model)) == []


@QUICK
@given(graphs(max_nodes=14))
def test_any_graph_is_drawn_without_a_fault(model: Model) -> None:
    assert faults(lay_out(model)) == []
    assert faults(lay_out(model, style=COMPACT)) == []


@STYLES
def test_random_graphs_over_lanes_pools_and_boundary_events_are_drawn_without_a_fault(style) -> None:
    for seed in range(30):
        assert faults(lay_out(tangle(seed), style=style)) == [], seed


def tangle(seed: int) -> Model:
    """Two pools with lanes, a black box, boundary events and messages, connected at random."""
    chance = random.Random(seed)
    builder = build("a").pool("甲", id="pool_a")
    nodes: dict[str, list[str]] = {"a": [], "b": []}
    for process in nodes:
        if process == "b":
            builder.process("b").pool("乙", id="pool_b")
        for number in range(chance.randint(3, 14)):
            if process == "a":
                builder.lane(chance.choice("子丑寅卯"))
            name = f"{process}{number}"
            kind = chance.choice(("task", "userTask", "exclusiveGateway", "parallelGateway", "intermediateThrowEvent"))
            builder.node(name, kind, name=chance.choice(("", "审查", "核对申请材料是否齐全", "Check it")))
            nodes[process].append(name)
        for number in range(2 * len(nodes[process])):
            source, target = chance.choice(nodes[process]), chance.choice(nodes[process])
            builder.flow(source, target, id=f"f{process}{number}", name=chance.choice(("", "是", "不符合条件")))
        tasks = [name for name in nodes[process] if builder.model.node[name].is_activity]
        for number, host in enumerate(chance.sample(tasks, min(2, len(tasks)))):
            builder.boundary(f"on_{process}{number}", "timer", "P1D", on=host, name="超时").to(chance.choice(tasks))
    builder.black_box("外部", id="box")
    for number in range(5):
        ends = chance.choice(nodes["a"]), chance.choice((*nodes["b"], "box", "pool_b"))
        builder.message(*(ends if chance.random() < 0.5 else ends[::-1]), id=f"m{number}", name="材料")
    return builder.model


@STYLES
def test_a_procedure_across_offices_runs_from_left_to_right(style) -> None:
    model = lay_out(permit().model, style=style)

    backwards = [
        flow.id
        for flow in model.flows
        if model.shape[flow.source].bounds.centre[0] > model.shape[flow.target].bounds.centre[0] + 0.5
    ]
    assert faults(model) == []
    assert backwards == ["ask-accept"]


def test_every_forward_flow_leads_to_a_later_column() -> None:
    model = lay_out(permit().model)

    for flow in model.flows:
        if flow.id != "ask-accept":
            assert model.shape[flow.source].bounds.right < model.shape[flow.target].bounds.x


def test_the_main_way_is_straight_and_the_rejection_lies_below_it() -> None:
    model = lay_out(permit().model)

    spine = {
        round(model.shape[node].bounds.centre[1]) for node in ("check", "complete", "split", "decide", "print", "join")
    }
    assert len(spine) == 1
    assert model.shape["refuse"].bounds.y > spine.pop()


def test_a_message_runs_straight_between_its_steps() -> None:
    model = lay_out(permit().model)

    assert len(model.edge["apply-begin"].waypoints) == 2
    assert len(model.edge["give-receive"].waypoints) == 2


def test_the_applicant_stands_above_the_offices() -> None:
    model = lay_out(permit().model)

    assert model.shape["people"].bounds.bottom < model.shape["office"].bounds.y


def test_three_like_branches_keep_the_order_of_the_file_around_the_main_way() -> None:
    builder = build("p").start().parallel("split")
    for name in ("first", "second", "third"):
        builder.branch().step(name)
    model = lay_out(builder.join("join").end().model)

    heights = [model.shape[name].bounds.centre[1] for name in ("first", "second", "third")]
    assert heights == sorted(heights)
    assert heights[1] == model.shape["split"].bounds.centre[1] == model.shape["join"].bounds.centre[1]


def test_same_model_same_diagram() -> None:
    assert lay_out(tangle(7)) == lay_out(tangle(7))


def test_many_boundary_events_stand_on_their_host_side_by_side_with_their_names() -> None:
    builder = build("p").start().step("a")
    for number in range(6):
        builder = builder.boundary(f"b{number}", "timer", "P1D", on="a", name=f"第{number}个提醒事件").end(f"e{number}")
    shapes = lay_out(builder.at("a").end("done").model).shape

    host, events = shapes["a"].bounds, [shapes[f"b{number}"] for number in range(6)]
    assert all(host.x <= event.bounds.x and event.bounds.right <= host.right for event in events)
    labels = sorted((event.label for event in events if event.label is not None), key=lambda label: label.x)
    assert len(labels) == 6
    assert all(one.right <= other.x for one, other in pairwise(labels))


def test_boundary_events_stand_on_the_lower_border_of_their_host() -> None:
    model = lay_out(build("p").start().step("a").boundary("late", "timer", "P1D").end("out").at("a").end("done").model)

    host, event = model.shape["a"].bounds, model.shape["late"].bounds
    assert event.centre[1] == host.bottom
    assert host.x < event.centre[0] < host.right


def test_a_collapsed_sub_process_has_its_inside_on_a_plane_of_its_own() -> None:
    model = build("p").start().sub_process("frame").start("inner").end("over").close().end().model
    shut = Shape(element="frame", bounds=Bounds(x=0, y=0, width=100, height=80), is_expanded=False)

    drawn = lay_out(model.evolve(shapes=(shut,)))

    assert drawn.shape["frame"].plane == "p"
    assert drawn.shape["frame"].is_expanded is False
    assert {drawn.shape["inner"].plane, drawn.shape["over"].plane, drawn.edge["inner-over"].plane} == {"frame"}


def test_a_message_reaches_a_step_inside_a_sub_process() -> None:
    builder = build("p").pool("单位").start().sub_process("frame").start("in").step("ask").step("go").end("out").close()
    builder.end().process("q").pool("申请人").start("wish", event="message").step("answer").end("over")
    model = lay_out(builder.message("ask", "wish").message("answer", "go").model)

    assert faults(model) == []
    assert within(model.shape["ask"].bounds, model.shape["frame"].bounds)


def test_data_notes_and_groups_are_drawn_beside_what_they_belong_to() -> None:
    model = (
        build("p")
        .start()
        .data("paper", name="申请表")
        .step("a", reads=["paper"])
        .step("b", writes=["paper"])
        .end()
        .model
    )
    note = Artifact(id="note", kind="textAnnotation", text="二十日内作出决定", process="p")
    group = Artifact(id="group", kind="group", text="审查", process="p")
    model = model.evolve(
        artifacts=(note, group), associations=(*model.associations, Association(id="on", source="b", target="note"))
    )

    drawn = lay_out(model)

    assert overlaps(drawn) == []
    assert {"paper", "note", "group"} <= drawn.shape.keys()
    assert {association.id for association in model.associations} <= drawn.edge.keys()
    assert abs(drawn.shape["note"].bounds.centre[0] - drawn.shape["b"].bounds.centre[0]) < 150


def test_colours_and_ids_of_the_old_diagram_stay() -> None:
    model = build("p").start("s").step("a").end("e").model
    old = Shape(element="a", bounds=Bounds(x=0, y=0, width=9, height=9), fill="#ffe0b2", stroke="#6b3c00", id="shape_7")

    new = lay_out(model.evolve(shapes=(old,))).shape["a"]

    assert (new.fill, new.stroke, new.id) == ("#ffe0b2", "#6b3c00", "shape_7")
    assert new.bounds != old.bounds


def test_lanes_stand_in_the_order_asked_for() -> None:
    model = lay_out(permit().model, style=NORMAL.evolve(lane_order=("公安局", "综合窗口")))

    names = {lane.name: model.shape[lane.id].bounds.y for lane in model.lanes}
    assert sorted(names, key=names.__getitem__) == ["公安局", "综合窗口", "审批局"]


def test_two_models_side_by_side_share_order_and_heights_of_their_lanes() -> None:
    after = build("permit").pool("政务服务").lane("审批局").start().step("check").lane("专班").step("x").lane("公安局")
    before, second = lay_out_pair(permit().model, after.step("seal").end().model)

    for name in ("审批局", "公安局"):
        one, other = (
            next(model.shape[lane.id].bounds for lane in model.lanes if lane.name == name) for model in (before, second)
        )
        assert one.height == other.height
    tops = {lane.name: second.shape[lane.id].bounds.y for lane in second.lanes}
    assert tops["审批局"] < tops["专班"] < tops["公安局"]


def test_a_full_diagram_is_returned_as_it_is() -> None:
    model = lay_out(permit().model)

    assert complete(model) == model


def test_what_has_coordinates_keeps_them_and_the_rest_is_added() -> None:
    full = lay_out(permit().model)
    missing = {"decide", "seal", "give", "join"}
    partial = full.evolve(
        shapes=tuple(shape for shape in full.shapes if shape.element not in missing),
        edges=tuple(edge for edge in full.edges if edge.element != "check-complete"),
    )

    completed = complete(partial)

    kept = {shape.element: shape for shape in partial.shapes if shape.element in full.node}
    assert {element: completed.shape[element] for element in kept} == kept
    assert [*undrawn(completed), *overlaps(completed), *outside(completed)] == []


def test_flows_without_edges_are_led_around_the_shapes() -> None:
    bare = lay_out(permit().model).evolve(edges=())

    completed = complete(bare)

    assert completed.shapes == bare.shapes
    assert [*undrawn(completed), *crossings(completed), *slanted(completed)] == []


def test_a_model_with_nothing_in_it_has_an_empty_diagram() -> None:
    assert lay_out(Model()).shapes == ()
    assert complete(Model()).shapes == ()


@pytest.mark.parametrize("count", [3000])
def test_chains_fans_and_loops_of_thousands_are_laid_out(count: int) -> None:
    names = [f"n{number}" for number in range(count)]
    nodes = tuple(Node(id=name, kind="exclusiveGateway", process="p") for name in names)
    chain = [(a, b) for a, b in pairwise(names)]
    fan = [("n0", name) for name in names[2:]]
    back = [(names[number], names[number // 2]) for number in range(100, count, 50)]
    flows = tuple(
        SequenceFlow(id=f"f{place}", source=a, target=b, process="p") for place, (a, b) in enumerate(chain + fan + back)
    )

    model = lay_out(Model(nodes=nodes, flows=flows))

    assert len(model.shapes) == count
    assert len(model.edges) == len(flows)


def test_sub_processes_may_nest_deeply() -> None:
    depth = 1200
    nodes = [Node(id="s0", kind="subProcess", process="p")]
    nodes += [Node(id=f"s{n}", kind="subProcess", process="p", scope=f"s{n - 1}") for n in range(1, depth)]

    model = lay_out(Model(nodes=tuple(nodes)))

    assert within(model.shape[f"s{depth - 1}"].bounds, model.shape["s0"].bounds)


def test_public_files_are_laid_out_without_a_fault(shared: Path) -> None:
    files = sorted(path for path in shared.glob("bpmn/**/*") if path.suffix in (".bpmn", ".xml"))
    chosen = [path for path in files if "Reference" in path.parts or path.stat().st_size % 9 == 0]
    wrong = {}
    for path in chosen:
        try:
            model = read(path)
        except BpmnError:
            continue
        found = faults(lay_out(model))
        if found:
            wrong[path.name] = found
    assert chosen
    assert wrong == {}


def test_names_of_messages_do_not_lie_on_one_another() -> None:
    builder = build("p").pool("申请人").start("s")
    for number in range(3):
        builder.step(f"a{number}")
    builder.end().process("q").pool("单位").start("t")
    for number in range(3):
        builder.step(f"b{number}")
    builder.end()
    for number in range(3):
        builder.message("a1", "b1", id=f"m{number}", name="补充材料清单与身份证明文件")
    model = lay_out(builder.model)

    names = [model.edge[f"m{number}"].label for number in range(3)]
    for one, other in combinations(names, 2):
        assert one.right <= other.x or other.right <= one.x or one.bottom <= other.y or other.bottom <= one.y
