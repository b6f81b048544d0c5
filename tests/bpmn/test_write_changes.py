"""Each change of a model is written at its place alone, read back, and taken back without a trace."""

from dataclasses import replace

import pytest

from bpmn import (
    Artifact,
    Association,
    Bounds,
    Data,
    Duration,
    EventDefinition,
    GovMaterial,
    GovStep,
    GovTime,
    GovUnit,
    Lane,
    Loop,
    MessageFlow,
    Model,
    Node,
    Pool,
    Root,
    SequenceFlow,
    Shape,
    build,
    read,
    write,
)
from tests.bpmn.writing import FILE, change, everything, said


def test_an_unchanged_file_is_the_same_bytes():
    assert write(read(FILE)) == FILE
    assert write(change(change(read(FILE), "t", name="new"), "t", name="old")) == FILE


def test_one_changed_name_is_one_changed_name():
    assert write(change(read(FILE), "t", name="新")) == FILE.replace(b'"old"', '"新"'.encode())


def test_a_new_annotation_stands_beside_those_of_other_tools():
    written = write(change(read(FILE), "t", step=GovStep(kind="check"))).decode()

    assert "<![CDATA[ <a> ]]></o:thing>" in written
    assert '<gov:step xmlns:gov="urn:zaizao:gov:1" kind="check"/>' in written
    assert "<!-- between -->" in written
    assert "<?keep this?>" in written


def test_a_removed_annotation_takes_its_frame_with_it():
    plain = write(build().start().step("a").end().model)
    annotated = write(change(read(plain), "a", step=GovStep(kind="check"), repeat=2.0))

    assert write(change(read(annotated), "a", step=None, repeat=None)) == plain


def test_a_new_step_is_put_among_its_like_and_listed_by_its_neighbours():
    model = read(FILE)
    step = Node(id="new", kind="userTask", process="p")
    flows = (model.flows[0].evolve(target="new"), SequenceFlow(id="g", source="new", target="u", process="p"))

    written = write(model.evolve(nodes=(*model.nodes, step), flows=flows)).decode()

    assert '\t\t<b:userTask id="new">\n\t\t\t<b:incoming>f</b:incoming>\n\t\t\t<b:outgoing>g</b:outgoing>' in written
    assert '<b:task id="u">\n\t\t\t<b:incoming>g</b:incoming>\n\t\t</b:task>' in written


def test_a_removed_step_leaves_nothing_behind():
    model = everything().evolve(source=write(everything()))
    gone = {"late", "told"}
    left = model.evolve(
        nodes=tuple(node for node in model.nodes if node.id not in gone),
        flows=tuple(flow for flow in model.flows if not {flow.source, flow.target} & gone),
        lanes=tuple(lane.evolve(nodes=tuple(node for node in lane.nodes if node not in gone)) for lane in model.lanes),
    )

    written = write(left)

    assert b"late" not in written
    assert read(written).faults == ()
    assert len(read(written).shapes) == len(model.shapes) - 2


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "serviceTask"},
        {"documentation": "两\n行"},
        {"times": (GovTime(part="wait", mean=Duration(days=1.0)), GovTime(mean=Duration(seconds=0.25)))},
        {"materials": (GovMaterial(name="章程"), GovMaterial(name="执照", origin="shared"))},
        {"materials": ()},
        {"step": GovStep(kind="accept", mandatory=True, basis="食品安全法 第三十五条", after=("ask", "c"))},
        {"reads": (), "writes": ("form",)},
        {"reads": ("form", "register")},
        {"loop": Loop(kind="parallel", cardinality="2", collection="form")},
        {"repeat": 1 / 3},
        {"for_compensation": True, "start_quantity": 2, "completion_quantity": 3},
        {"kind": "serviceTask", "implementation": "##WebService"},
        {"loop": Loop(kind="parallel", behavior="One", behavior_event="thrown", output="form", input_item="one")},
        {"loop": Loop(kind="sequential", behavior="Complex", output_item="one")},
    ],
    ids=lambda values: "-".join(values),
)
def test_every_kind_of_change_to_a_step_is_read_back(values):
    model = everything()
    changed = change(model.evolve(source=write(model)), "a", **values)

    again = read(write(changed))

    assert again.node["a"] == changed.node["a"]
    assert [node for node in again.nodes if node.id != "a"] == [node for node in model.nodes if node.id != "a"]
    assert again.faults == ()


def test_events_change_in_place_and_in_kind():
    model = everything()
    wait = EventDefinition(kind="timer", timer="timeDuration", expression="PT1H")
    changed = change(model.evolve(source=write(model)), "wait", events=(wait,))
    changed = change(changed, "signal", events=(EventDefinition(kind="message", reference="apply"),))

    again = read(write(changed))

    assert again.node["wait"].events == (wait,)
    assert again.node["signal"].event("message") is not None


PARTICULAR = [
    {"kind": "complexGateway", "activation": "n >= 2", "direction": "Converging"},
    {"kind": "eventBasedGateway", "instantiate": True, "event_gateway_type": "Parallel"},
    {"kind": "adHocSubProcess", "ordering": "Sequential", "completion": "done", "cancel_remaining": False},
    {"kind": "transaction", "method": "##Image"},
    {"kind": "intermediateCatchEvent", "parallel_multiple": True},
    {"kind": "intermediateThrowEvent", "events": (EventDefinition(kind="compensate", reference="t", waits=False),)},
    {"kind": "intermediateThrowEvent", "events": (EventDefinition(kind="message", operation="op"),)},
    {"events": (EventDefinition(kind="link", reference="甲", link_sources=("l1", "l2"), link_target="l3"),)},
    {"events": (EventDefinition(kind="conditional", expression="a > 1", language="feel"),)},
]


@pytest.mark.parametrize("values", PARTICULAR, ids=lambda values: "-".join(values))
def test_what_only_some_kinds_say_is_written_and_taken_back(values):
    operation = '<b:operation id="op"><b:inMessageRef>m</b:inMessageRef></b:operation>'
    before = with_roots(f'<b:message id="m"/><b:interface id="i">{operation}</b:interface>')
    node = Node(**{"id": "new", "kind": "intermediateThrowEvent", "process": "p"} | values)

    plain = before.evolve(nodes=(*before.nodes, Node(id="new", kind=node.kind, process="p")))
    changed = read(write(change(read(write(plain)), "new", **values)))
    back = read(write(plain.evolve(source=changed.source)))

    assert changed.node["new"] == read(write(before.evolve(nodes=(*before.nodes, node)))).node["new"] == node
    assert said(back) == said(plain)
    assert changed.faults == ()


def with_roots(text: str) -> Model:
    """The small file with more beside its process."""
    return read(FILE.replace(b"<b:process", text.encode() + b"<b:process", 1))


def test_a_shared_definition_that_changes_at_one_event_stays_for_the_others():
    event = '<b:endEvent id="{}"><b:eventDefinitionRef>d</b:eventDefinitionRef></b:endEvent>'
    process = f'<b:process id="two">{event.format("e1")}{event.format("e2")}</b:process>'
    model = with_roots(f'<b:signal id="s"/><b:signalEventDefinition id="d" signalRef="s"/>{process}')

    again = read(write(change(model, "e1", events=(EventDefinition(kind="signal", reference="other"),))))

    assert [event.reference for event in again.node["e1"].events] == ["other"]
    assert [(event.id, event.reference) for event in again.node["e2"].events] == [("d", "s")]
    assert not any(fault.problem == "duplicate-id" for fault in again.faults)


def test_pools_processes_data_and_messages_say_more_and_say_it_no_more():
    model = read(write(everything()))
    more = model.evolve(
        processes=tuple(part.evolve(type="Public") for part in model.processes),
        pools=tuple(replace(part, multiplicity=(2, 5)) for part in model.pools),
        data=tuple(replace(part, state="核验", item="paper") for part in model.data),
        roots=(
            *(replace(root, structure="paper") for root in model.roots),
            Root(id="paper", kind="itemDefinition", code="xs:string", is_collection=True),
        ),
    )

    again = read(write(more))

    assert said(again) == said(more)
    assert again.faults == ()
    assert said(read(write(model.evolve(source=again.source)))) == said(model)


def test_a_step_moves_to_another_lane_and_pool():
    model = everything()
    lanes = tuple(
        lane.evolve(nodes=tuple(node for node in lane.nodes if node != "check"), unit=GovUnit(staff=1))
        if lane.name == "审批科"
        else lane.evolve(nodes=(*lane.nodes, "check"))
        for lane in model.lanes
    )

    again = read(write(model.evolve(source=write(model), lanes=lanes)))

    assert again.lane_of["check"].name == "窗口"
    assert again.lanes == lanes


def test_generated_ids_are_written_once_the_structure_changes():
    source = FILE.replace(b' id="f"', b"")
    model = read(source)
    added = model.evolve(nodes=(*model.nodes, Node(id="new", kind="task", process="p")))

    assert b'id="sequenceFlow_1"' not in write(change(model, "t", name="x"))
    assert b'id="sequenceFlow_1"' in write(added)


# Parts beside the flow


def test_a_process_gets_a_pool_a_lane_a_note_and_a_name():
    model = read(write(build().start().step("a").end().model))
    changed = model.evolve(
        name="图",
        collaboration="both",
        processes=(model.processes[0].evolve(name="许可", executable=True, documentation="说明"),),
        pools=(Pool(id="pool", name="局", process="process"), Pool(id="bank", name="银行", documentation="外部")),
        lanes=(Lane(id="lane", name="窗口", process="process", nodes=("a",), unit=GovUnit(staff=2)),),
        message_flows=(MessageFlow(id="m", source="a", target="bank", message="msg"),),
        roots=(Root(id="msg", kind="message", name="通知"), Root(id="err", kind="error", code="E1")),
        data=(Data(id="in", kind="dataInput", name="表", process="process"),),
        artifacts=(
            Artifact(id="note", kind="textAnnotation", text="注", process="process"),
            Artifact(id="frame", kind="group", text="一组", process="process"),
        ),
        associations=(Association(id="line", source="note", target="a", direction="One", process="process"),),
    )

    again = read(write(changed))

    assert said(again) == said(changed)
    assert again.faults == ()
    assert said(read(write(model.evolve(source=write(changed))))) == said(model)


def test_a_group_and_a_note_say_something_else():
    note = Artifact(id="note", kind="textAnnotation", text="注", process="process")
    group = Artifact(id="group", kind="group", text="一组", process="process")
    model = build().step("a").model.evolve(artifacts=(note, group))
    changed = model.evolve(source=write(model), artifacts=(replace(note, text="改"), replace(group, text="两组")))

    written = write(changed)

    assert read(written).artifacts == changed.artifacts
    assert written.count(b"<bpmn:categoryValue ") == 1


def test_shapes_move_change_colour_and_lose_their_label():
    model = everything()
    first, second, *rest = model.shapes
    moved = replace(
        first, bounds=Bounds(x=9.0, y=9.5, width=1.0, height=2.0), fill="", stroke="#000000", is_horizontal=True
    )
    shapes = (moved, replace(second, label=None, is_expanded=False), *rest)
    edges = (
        replace(model.edges[0], waypoints=((0.0, 0.0), (5.0, 5.0), (9.0, 9.0)), label=second.label),
        *model.edges[2:],
    )

    again = read(write(model.evolve(source=write(model), shapes=shapes, edges=edges)))

    assert said(again)["shapes"] == said(model.evolve(shapes=shapes))["shapes"]
    assert said(again)["edges"] == said(model.evolve(edges=edges))["edges"]
    assert again.faults == ()


def test_a_file_without_diagram_gets_one_and_a_second_plane():
    model = read(FILE).evolve(
        shapes=(Shape(element="t", bounds=Bounds(x=1.0, y=1.0, width=2.0, height=2.0), plane="p"),)
    )
    more = model.evolve(
        source=write(model),
        shapes=(*model.shapes, Shape(element="u", bounds=Bounds(x=1.0, y=1.0, width=2.0, height=2.0), plane="t")),
    )

    assert read(write(model)).shapes == model.shapes
    assert read(write(more)).shapes == more.shapes


def test_both_spellings_of_a_colour_change_together():
    bioc = 'xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0" bioc:fill="#111111" bioc:stroke="#222222"'
    model = everything()
    source = write(model).replace(b'bpmnElement="a"', f'bpmnElement="a" {bioc}'.encode(), 1)
    shapes = tuple(replace(shape, fill="#333333") if shape.element == "a" else shape for shape in read(source).shapes)

    written = write(read(source).evolve(shapes=shapes))

    assert b'bioc:fill="#333333"' in written
    assert read(written).shape["a"].fill == "#333333"
