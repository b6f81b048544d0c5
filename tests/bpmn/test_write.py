"""Writing: the same bytes, only the differences, or a whole new file."""

from collections import Counter
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from bpmn import (
    Artifact,
    Association,
    Bounds,
    Data,
    Duration,
    Edge,
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
    StaleElement,
    UnreadableFile,
    UnwritableValue,
    build,
    needs,
    read,
    write,
)
from tests.strategies import graphs, models

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
PARTS = [part.name for part in fields(Model) if part.compare]


def differences(one: Model, other: Model) -> list[str]:
    """The parts of two models that are not equal, order included."""
    return [name for name in PARTS if getattr(one, name) != getattr(other, name)]


def said(model: Model) -> dict[str, object]:
    """What a model says, whatever the order in its file."""
    parts = {name: getattr(model, name) for name in PARTS}
    return {name: sorted(value, key=_key) if isinstance(value, tuple) else value for name, value in parts.items()}


def _key(part: object) -> tuple[str, str]:
    return getattr(part, "element", "") or getattr(part, "id", ""), getattr(part, "plane", "")


def change(model: Model, node: str, **values: object) -> Model:
    """The model with one node changed."""
    return model.evolve(nodes=tuple(item.evolve(**values) if item.id == node else item for item in model.nodes))


# Whole models


@QUICK
@given(models(inclusive=True))
def test_a_written_model_reads_back_the_same(model):
    again = read(write(model))

    assert differences(model, again) == []
    assert again.faults == ()


@QUICK
@given(graphs())
def test_any_graph_reads_back_the_same(model):
    assert differences(model, read(write(model))) == []


@QUICK
@given(models(), models())
def test_one_model_is_brought_into_the_file_of_another(before, after):
    """The hardest change there is: nearly everything. Only the order in the file may differ."""
    again = read(write(after.evolve(source=write(before))))

    for name in PARTS:
        one, other = getattr(after, name), getattr(again, name)
        if isinstance(one, tuple):
            assert {part.id: part for part in one} == {part.id: part for part in other}


@QUICK
@given(models(), models())
def test_a_change_taken_back_leaves_the_first_model(before, after):
    changed = write(after.evolve(source=write(before)))

    again = read(write(before.evolve(source=changed)))

    assert {node.id: node for node in again.nodes} == {node.id: node for node in before.nodes}
    assert {flow.id: flow for flow in again.flows} == {flow.id: flow for flow in before.flows}


def everything() -> Model:
    """A model with one of everything the builder and the diagram know."""
    model = (
        build("permit", name="许可", pool="市政务服务中心", arrivals_per_day=4, hours="09:00-12:00")
        .data("form", name="申请表", collection=True)
        .store("register", name="法人库")
        .lane("窗口", staff=2, level="county", code="11370700")
        .start(event="message", value="apply", documentation="网上申请\n或窗口")
        .step("a", work="PT30M", wait="P1DT30M", kind="accept", materials=[needs("执照", copies=2)], reads=["form"])
        .exclusive("ok")
        .branch(0.2, name="补正", condition="a < 1")
        .step("ask", task="sendTask")
        .to("a")
        .branch(0.8, default=True)
        .close()
        .lane("审批科", parent="窗口")
        .step("check", task="scriptTask", script="x = 1", writes=["register", "form"])
        .sub_process("s", loop=Loop(kind="sequential", cardinality="3", condition="done"), repeat=2.5)
        .start("s1")
        .step("t", loop=Loop(kind="standard", cardinality="4", condition="more", test_before=True))
        .end("s2", event="error", value="E1")
        .close()
        .boundary("late", "timer", "P3D", on="s", interrupting=False)
        .end("told")
        .at("s")
        .call("c", "another")
        .catch("wait", "timer", "2026-10-01T09:00:00")
        .event_based("first")
        .branch()
        .catch("signal", "signal", "go")
        .branch()
        .catch("rule", "conditional", "x > 1")
        .join()
        .end(outcome="rejected", event="terminate")
        .pool("申请人", applicant=True)
        .start()
        .step("send", task="sendTask")
        .end()
        .black_box("银行")
        .message("send", "start", name="申请")
        .model
    )
    shapes = [
        Shape(
            element=part.id,
            bounds=Bounds(x=1.5, y=-2.0, width=100.0, height=80.0),
            label=Bounds(x=0.0, y=0.25, width=10.0, height=14.0) if number % 2 else None,
            is_expanded=True if part.id == "s" else None,
            plane="collaboration",
            fill="#ffeeee" if number % 3 == 0 else "",
            stroke="#aa0000" if number % 3 == 0 else "",
        )
        for number, part in enumerate((*model.pools, *model.lanes, *model.nodes))
    ]
    edges = [
        Edge(element=flow.id, waypoints=((0.0, 1.0), (2.125, 3.0)), plane="collaboration")
        for flow in (*model.flows, *model.message_flows)
    ]
    return model.evolve(shapes=tuple(shapes), edges=tuple(edges))


def test_everything_at_once_reads_back_the_same():
    model = everything()

    again = read(write(model))

    assert differences(model, again) == []
    assert again.faults == ()


def test_a_new_file_can_be_read_by_people():
    lines = write(build().lane("局").start().step("a", kind="check").end().model).decode().splitlines()

    assert '  <bpmn:process id="process" isExecutable="false">' in lines
    assert '        <gov:step kind="check"/>' in lines
    assert "      <bpmn:incoming>start-a</bpmn:incoming>" in lines


def test_children_stand_in_the_order_of_the_schema():
    text = write(everything()).decode()
    orders = [
        (
            "<bpmn:message ",
            "<bpmn:collaboration",
            "<bpmn:participant",
            "<bpmn:messageFlow",
            "<bpmn:process",
            "<bpmndi:",
        ),
        ("<bpmn:laneSet", "<bpmn:dataObject ", "<bpmn:startEvent", "<bpmn:sequenceFlow"),
        ("<bpmn:documentation", "<bpmn:incoming", "<bpmn:property", "<bpmn:dataInputAssociation"),
        ("<bpmn:loopCardinality", "<bpmn:completionCondition"),
        ("<dc:Bounds", "<bpmndi:BPMNLabel", "<di:waypoint"),
    ]

    for order in orders:
        places = [text.index(start) for start in order]
        assert places == sorted(places), order


# Single changes

FILE = b"""<?xml version='1.0' encoding='UTF-8'?>
<!-- drawn by hand -->
<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:o="urn:other" id="d">
\t<b:process id="p" o:owner="me"><?keep this?>
\t\t<b:task id="t" name="old" o:form="f"><b:extensionElements>
\t\t\t<o:thing><![CDATA[ <a> ]]></o:thing></b:extensionElements></b:task>
\t\t<!-- between -->
\t\t<b:task id="u"/>
\t\t<b:sequenceFlow id="f" sourceRef="t" targetRef="u"/>
\t</b:process>
</b:definitions>
"""


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


# How it is written


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk", "us-ascii", "iso-8859-1"])
def test_encoding_mark_and_declaration_are_kept(encoding):
    declared = encoding.removesuffix("-sig")
    source = FILE.decode().replace("UTF-8", declared).encode(encoding)

    written = write(change(read(source), "t", name="受理𠮷"))

    assert read(written).node["t"].name == "受理𠮷"
    assert written.decode(encoding).startswith(f"<?xml version='1.0' encoding='{declared}'?>")
    assert written[:3] == source[:3]


def test_line_ends_are_kept():
    written = write(change(read(FILE.replace(b"\n", b"\r\n")), "t", name="x", documentation="a"))

    assert written.count(b"\n") == written.count(b"\r\n") > 8


def test_texts_with_markup_and_line_breaks_survive():
    name = "a & <b> \"c\" 'd'\n\té\u2028"

    assert read(write(change(read(FILE), "t", name=name))).node["t"].name == name


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "C:\\x",
        "CON",
        "a" * 300,
        "=1+1",
        "<script>",
        "\u202eabc",
        "${x}",
        "{value}",
        "%s",
        "𠮷\U0010ffff",
    ],
)
def test_names_and_ids_are_only_text(name):
    model = build().lane(name).step(name, name=name, purpose="x", reads=()).end(f"{name}.").model

    again = read(write(model))

    assert again == model
    assert again.faults == ()


# What cannot be written


@pytest.mark.parametrize(
    "values",
    [
        {"flows": (SequenceFlow(id="f", source="t", target="gone", process="p"),)},
        {"nodes": ()},
        {"nodes": (Node(id="t", kind="task", process="gone"), Node(id="u", kind="task", process="p"))},
    ],
    ids=["flow", "no nodes", "process"],
)
def test_a_model_that_names_what_it_lacks_is_refused(values):
    with pytest.raises(StaleElement):
        write(read(FILE).evolve(**values))


@pytest.mark.parametrize(
    "values",
    [
        {"name": "\x00"},
        {"repeat": float("nan")},
        {"times": (GovTime(mean=Duration(weeks=0.5, days=1.0)),)},
        {"kind": "wobble"},
    ],
    ids=lambda values: "-".join(values),
)
def test_a_value_without_words_is_refused(values):
    with pytest.raises(UnwritableValue):
        write(change(read(FILE), "t", **values))


# Files nobody here drew


def canonical(source: bytes) -> dict[str, Counter[bytes]]:
    """Every element that has an id, in canonical XML."""
    found: dict[str, Counter[bytes]] = {}
    for element in etree.fromstring(source, etree.XMLParser(resolve_entities=False)).iter("{*}*"):
        if element.get("id"):
            found.setdefault(element.get("id"), Counter())[_canonical(element)] += 1
    return found


def _canonical(element: etree._Element) -> bytes:
    try:
        return etree.tostring(element, method="c14n", exclusive=True, with_tail=False)
    except etree.C14NError:  # a namespace that is no absolute address, which canonical XML refuses
        return etree.tostring(element, with_tail=False)


def around(source: bytes, node: str) -> set[str]:
    """The ids of an element, of all around it and of all inside it."""
    root = etree.fromstring(source, etree.XMLParser(resolve_entities=False))
    element = next(item for item in root.iter("{*}*") if item.get("id") == node)
    return {item.get("id") for item in (*element.iter("{*}*"), *element.iterancestors())}


def readable(shared: Path) -> list[tuple[Path, Model]]:
    found = []
    for path in sorted((*shared.rglob("*.bpmn"), *shared.rglob("*.xml"))):
        try:
            found.append((path, read(path)))
        except UnreadableFile:
            continue
    return found


def test_every_public_file_takes_a_small_change_and_keeps_the_rest(shared):
    annotated = {"step": GovStep(kind="check", purpose="title"), "times": (GovTime(mean=Duration(seconds=1800.0)),)}

    for path, model in readable(shared):
        assert write(model) == model.source, path
        node = next((node for node in model.nodes if node.is_step and node.id.encode() in model.source), None)
        if node is None or any(fault.rule in ("missing-id", "element") for fault in model.faults):
            continue
        changed = change(model, node.id, name="新名称 & <x>", documentation="为何", **annotated)
        written = write(changed)
        touched = around(model.source, node.id)
        after = canonical(written)

        assert said(read(written)) == said(changed), path
        assert all(after[id_] == text for id_, text in canonical(model.source).items() if id_ not in touched), path


def test_every_public_file_takes_a_new_step_and_gives_it_back(shared):
    for path, model in readable(shared)[::2]:
        if not model.flows:
            continue
        flow = model.flows[0]
        step = Node(id="a-new-step", kind="userTask", process=flow.process, scope=flow.scope)
        after = SequenceFlow(
            id="a-new-flow", source=step.id, target=flow.target, process=flow.process, scope=flow.scope
        )
        flows = tuple(item.evolve(target=step.id) if item is flow else item for item in model.flows)
        changed = model.evolve(nodes=(*model.nodes, step), flows=(*flows, after))

        written = write(changed)

        assert said(read(written)) == said(changed), path
        assert said(read(write(model.evolve(source=written)))) == said(model), path


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
