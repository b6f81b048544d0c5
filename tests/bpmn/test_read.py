"""Reading: any tool's file, with its faults, and one clear problem for what is no file of BPMN."""

import os
from collections import Counter
from pathlib import Path

import pytest

from bpmn import Limits, UnreadableFile, read

HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:x" xmlns:x="urn:x">'
DRAWING = 'xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'


def file(body: str, *, roots: str = "") -> bytes:
    """A file with one process."""
    return f'{HEAD}{roots}<process id="p">{body}</process></definitions>'.encode()


def faults(source: bytes) -> list[tuple[str, str, str]]:
    return [(fault.problem, fault.rule, fault.element) for fault in read(source).faults]


# What is read


def test_a_small_file_is_read_whole():
    model = read(
        file('<startEvent id="s"/><task id="t" name="受理"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/>')
    )

    assert [(node.id, node.kind, node.name) for node in model.nodes] == [("s", "startEvent", ""), ("t", "task", "受理")]
    assert [(flow.source, flow.target) for flow in model.flows] == [("s", "t")]
    assert model.faults == ()


@pytest.mark.parametrize("prefix", ["", "bpmn:", "semantic:", "业务:"])
def test_any_prefix_will_do(prefix):
    declared = f"xmlns{':' if prefix else ''}{prefix.rstrip(':')}"
    text = (
        f'<{prefix}definitions {declared}="http://www.omg.org/spec/BPMN/20100524/MODEL">'
        f'<{prefix}process id="p"><{prefix}task id="t"/></{prefix}process></{prefix}definitions>'
    )

    assert [node.id for node in read(text.encode()).nodes] == ["t"]


def test_pools_lanes_and_message_flows():
    model = read(
        (
            f'{HEAD}<collaboration id="c"><participant id="a" name="申请人"/>'
            '<participant id="b" name="局" processRef="x:p"/><messageFlow id="m" sourceRef="a" targetRef="t"/>'
            '</collaboration><process id="p"><laneSet><lane id="l1" name="局"><flowNodeRef>t</flowNodeRef>'
            '<childLaneSet><lane id="l2" name="科"><flowNodeRef> u </flowNodeRef></lane></childLaneSet></lane>'
            '</laneSet><task id="t"/><task id="u"/></process></definitions>'
        ).encode()
    )

    assert [(pool.id, pool.process) for pool in model.pools] == [("a", ""), ("b", "p")]
    assert [(lane.id, lane.parent, lane.nodes) for lane in model.lanes] == [("l1", "", ("t",)), ("l2", "l1", ("u",))]
    assert model.lane_of["u"].name == "科"
    assert model.message_flows[0].source == "a"


def test_sub_processes_are_flattened_in_the_order_of_the_file():
    model = read(
        file(
            '<task id="a"/><subProcess id="s"><task id="b"/>'
            '<transaction id="x"><task id="c"/></transaction></subProcess>'
        )
    )

    assert [(node.id, node.scope) for node in model.nodes] == [("a", ""), ("s", ""), ("b", "s"), ("x", "s"), ("c", "x")]


def test_sub_processes_may_nest_as_deep_as_the_parser_allows():
    depth = 250

    model = read(file("".join(f'<subProcess id="s{n}">' for n in range(depth)) + "</subProcess>" * depth))

    assert len(model.nodes) == depth


EVENTS = [
    ('<messageEventDefinition messageRef="m"/>', ("message", "m", "", "")),
    (
        "<timerEventDefinition><timeDuration> P3D </timeDuration></timerEventDefinition>",
        ("timer", "", "timeDuration", "P3D"),
    ),
    (
        "<timerEventDefinition><timeCycle>R3/PT1H</timeCycle></timerEventDefinition>",
        ("timer", "", "timeCycle", "R3/PT1H"),
    ),
    (
        "<conditionalEventDefinition><condition>a > 1</condition></conditionalEventDefinition>",
        ("conditional", "", "", "a > 1"),
    ),
    ('<linkEventDefinition name="甲"/>', ("link", "甲", "", "")),
    ("<eventDefinitionRef>shared</eventDefinitionRef>", ("signal", "sig", "", "")),
    ("<eventDefinitionRef>x:shared</eventDefinitionRef>", ("signal", "sig", "", "")),
]


@pytest.mark.parametrize(("inside", "said"), EVENTS)
def test_event_definitions(inside, said):
    roots = '<message id="m"/><signal id="sig"/><signalEventDefinition id="shared" signalRef="sig"/>'

    event = (
        read(file(f'<intermediateCatchEvent id="e">{inside}</intermediateCatchEvent>', roots=roots)).nodes[0].events[0]
    )

    assert (event.kind, event.reference, event.timer, event.expression) == said


def test_loops():
    several = '<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>3</loopCardinality>'
    model = read(
        file(
            f'<task id="a">{several}</multiInstanceLoopCharacteristics></task>'
            '<task id="b"><standardLoopCharacteristics loopMaximum="5" testBefore="true"/></task><task id="c"/>'
        )
    )
    loops = [node.loop for node in model.nodes]

    assert (loops[0].kind, loops[0].cardinality) == ("sequential", "3")
    assert (loops[1].kind, loops[1].cardinality, loops[1].test_before) == ("standard", "5", True)
    assert loops[2] is None


def test_boundary_events_default_and_conditional_flows():
    model = read(
        file(
            '<task id="t" default="f"/><boundaryEvent id="e" attachedToRef="t" cancelActivity="false"/><task id="u"/>'
            '<sequenceFlow id="f" sourceRef="t" targetRef="u"/><sequenceFlow id="g" sourceRef="t" targetRef="u">'
            '<conditionExpression language="feel">a = 1</conditionExpression></sequenceFlow>'
        )
    )

    assert (model.node["e"].attached_to, model.node["e"].interrupting) == ("t", False)
    assert model.node["t"].default == "f"
    assert (model.flow["g"].condition, model.flow["g"].language) == ("a = 1", "feel")


def test_data_is_joined_to_the_steps_that_use_it():
    model = read(
        file(
            '<dataObject id="o" name="执照"/><dataObjectReference id="r" dataObjectRef="o"/>'
            '<dataStoreReference id="s" name="库"/><task id="t"><dataInputAssociation id="i"><sourceRef>r</sourceRef>'
            "<targetRef>x</targetRef></dataInputAssociation><dataOutputAssociation><targetRef>s</targetRef>"
            "</dataOutputAssociation></task>"
        )
    )

    assert (model.node["t"].reads, model.node["t"].writes) == (("r",), ("s",))
    assert next(data for data in model.data if data.id == "r").name == "执照"
    assert [(line.source, line.target, line.kind) for line in model.associations] == [
        ("r", "t", "input"),
        ("t", "s", "output"),
    ]


def test_ids_of_any_script_and_with_spaces_are_kept():
    model = read(file('<task id="受理 1"/><task id="b"/><sequenceFlow id="流" sourceRef="受理 1" targetRef="b"/>'))

    assert model.flow["流"].source == "受理 1"


def test_colours_labels_and_planes_of_the_diagram():
    diagram = (
        f'<di:BPMNDiagram {DRAWING} xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0"><di:BPMNPlane bpmnElement="p">'
        '<di:BPMNShape bpmnElement="t" bioc:fill="#fff" isExpanded="true">'
        '<dc:Bounds x="1" y="-2.5" width="3" height="4"/>'
        "</di:BPMNShape></di:BPMNPlane></di:BPMNDiagram>"
    )

    shape = read(file('<task id="t"/>').replace(b"</process>", b"</process>" + diagram.encode())).shapes[0]

    assert (shape.bounds.x, shape.bounds.y, shape.fill, shape.is_expanded, shape.plane) == (1, -2.5, "#fff", True, "p")


# Ids


def test_missing_ids_are_made_and_never_taken_twice():
    model = read(file('<task/><task id="task_1"/><task name="x"/>'))

    assert [node.id for node in model.nodes] == ["task_2", "task_1", "task_3"]
    assert [(fault.rule, fault.severity) for fault in model.faults] == [("missing-id", "warning")] * 2


def test_a_second_element_of_one_id_gets_another_and_is_told_by_the_id_the_file_gives_it():
    model = read(file('<task id="a"/><task id="a" name="两"/>'))

    assert [node.id for node in model.nodes] == ["a", "a_1"]
    assert [(fault.problem, fault.element, fault.stops) for fault in model.faults] == [("duplicate-id", "a", "all")]


def test_the_id_of_a_shape_and_of_a_form_field_are_told_apart():
    """The ids of other tools' extensions live in their own world."""
    body = '<task id="a"><extensionElements><field xmlns="urn:other" id="a"/></extensionElements></task>'

    assert faults(file(body)) == []


# References


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<task id="t"/><sequenceFlow id="f" sourceRef="t" targetRef="gone"/>', ("missing-reference", "flow-end", "f")),
        (
            '<dataObject id="d"/><task id="t"/><sequenceFlow id="f" sourceRef="t" targetRef="d"/>',
            ("missing-reference", "flow-end", "f"),
        ),
        ('<task id="t"/><sequenceFlow id="f" targetRef="t"/>', ("missing-reference", "flow-end", "f")),
        ('<task id="t" default="gone"/>', ("missing-reference", "default-flow", "t")),
        ('<boundaryEvent id="e" attachedToRef="gone"/>', ("missing-reference", "attached-to", "e")),
        ('<boundaryEvent id="e" attachedToRef="e"/>', ("missing-reference", "attached-to", "e")),
        (
            '<laneSet><lane id="l"><flowNodeRef>gone</flowNodeRef></lane></laneSet>',
            ("missing-reference", "lane-node", "l"),
        ),
        ('<task id="t"><incoming>gone</incoming></task>', ("missing-reference", "listed-flow", "t")),
        ('<receiveTask id="t" messageRef="gone"/>', ("missing-reference", "event", "t")),
        (
            '<startEvent id="s"><eventDefinitionRef>gone</eventDefinitionRef></startEvent>',
            ("missing-reference", "event-definition", "s"),
        ),
        ('<dataObjectReference id="r" dataObjectRef="gone"/>', ("missing-reference", "data-reference", "r")),
        ('<choreographyTask id="c"/>', ("unsupported-element", "choreographyTask", "p")),
        ('<wobble id="w"/>', ("bpmn-rule", "unknown-element", "p")),
    ],
)
def test_faults_are_named_at_their_element(body, fault):
    assert faults(file(body)) == [fault]


@pytest.mark.parametrize(
    "body",
    [
        '<task id="t"/><sequenceFlow id="f" sourceRef="x:t" targetRef="t"/>',
        '<callActivity id="c" calledElement="another-file"/>',
        '<receiveTask id="r" messageRef="other:m" xmlns:other="urn:other"/>',
        '<laneSet><lane id="l"><flowNodeRef>d</flowNodeRef></lane></laneSet><dataObject id="d"/>',
        '<task id="t"><dataInputAssociation><targetRef>anything</targetRef></dataInputAssociation></task>',
    ],
    ids=["own prefix", "called elsewhere", "imported", "data in a lane", "association without source"],
)
def test_what_only_looks_like_a_fault(body):
    assert faults(file(body)) == []


def test_boundary_events_never_sit_on_each_other():
    model = read(file('<boundaryEvent id="a" attachedToRef="b"/><boundaryEvent id="b" attachedToRef="a"/>'))

    assert [node.attached_to for node in model.nodes] == ["", ""]
    assert model.lane_of == {}


def test_all_faults_come_together_with_line_and_what_to_do():
    model = read(file('\n<task id="t" default="no"/>\n<sequenceFlow id="f" sourceRef="t" targetRef="gone"/>'))

    assert [(fault.line, fault.rule) for fault in model.faults] == [(2, "default-flow"), (3, "flow-end")]
    assert all(fault.message.endswith(".") for fault in model.faults)


def test_ten_thousand_equal_faults_are_not_all_listed():
    assert len(read(file("<task/>" * 10_000)).faults) == 1_000


# Encodings


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("gb18030", "GB18030"),
        ("gbk", "GBK"),
        ("gb2312", "gb2312"),
        ("utf-8", "UTF-16"),
    ],
)
def test_encodings_of_chinese_files(encoding, declared):
    text = f'<?xml version="1.0" encoding="{declared}"?>\n' + file('<task id="t" name="受理申请"/>').decode()

    assert read(text.encode(encoding)).nodes[0].name == "受理申请"


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "us-ascii"])
def test_encodings_of_western_files(encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + file('<task id="t" name="Pr&#252;fen"/>').decode()

    assert read(text.encode(encoding)).nodes[0].name == "Prüfen"


# What is no file of BPMN

GOOD = file('<task id="t"/>')
HOSTILE = {
    "empty": (b"", "empty"),
    "only a byte order mark": (b"\xef\xbb\xbf", "empty"),
    "only space": (b" \n\t ", "empty"),
    "a zip": (b"PK\x03\x04" + b"\0" * 30, "zip"),
    "a gzip file": (b"\x1f\x8b\x08\x00" + b"\0" * 30, "zip"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 30, "no-markup"),
    "json": (b'{"nodes": []}', "no-markup"),
    "cut off": (GOOD[: len(GOOD) // 2], "cut-off"),
    "cut off in a comment": (GOOD[:-14] + b"<!-- and then", "cut-off"),
    "two roots": (GOOD + b"<more/>", "syntax"),
    "mismatched": (GOOD.replace(b"</process>", b"</task>"), "syntax"),
    "undeclared prefix": (GOOD.replace(b"<task", b"<no:task"), "undeclared-prefix"),
    "control character": (GOOD.replace(b'"t"', b'"t\x01"'), "syntax"),
    "undefined entity": (GOOD.replace(b'"t"', b'"&boom;"'), "syntax"),
    "dtd": (b"<!DOCTYPE definitions>" + GOOD, "doctype"),
    "dtd behind a comment": (b"<?xml version='1.0'?><!-- <a> --><!DOCTYPE d [<!ENTITY a 'b'>]>" + GOOD, "doctype"),
    "file entity": (b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + GOOD, "doctype"),
    "network dtd": (b'<!DOCTYPE d SYSTEM "http://localhost:1/x.dtd">' + GOOD, "doctype"),
    "dtd in utf-16": ("<!DOCTYPE d>".encode("utf-16") + GOOD.decode().encode("utf-16-le"), "doctype"),
    "html": (b"<!doctype html><html></html>", "doctype"),
    "utf-32": (GOOD.decode().encode("utf-32"), "unknown-encoding"),
    "utf-7": (b'<?xml version="1.0" encoding="UTF-7"?>' + GOOD, "unknown-encoding"),
    "shift-jis": (b'<?xml version="1.0" encoding="Shift_JIS"?>' + GOOD, "unknown-encoding"),
    "not its encoding": (GOOD.replace(b'"t"', b'"\xff\xfe"'), "encoding"),
    "not ascii": (b'<?xml version="1.0" encoding="us-ascii"?>' + GOOD.replace(b'"t"', "受".encode()), "encoding"),
    "too deep": (file("<subProcess>" * 5_000 + "</subProcess>" * 5_000), "too-deep"),
    "a long text": (file("<documentation>" + "x" * 10_100_000 + "</documentation>"), "long-text"),
    "dmn": (b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>', "dmn"),
    "bpmn 1": (b'<definitions xmlns="http://schema.omg.org/spec/BPMN/2.0"/>', "wrong-namespace"),
    "no namespace": (b"<definitions/>", "wrong-namespace"),
    "a piece": (b'<process xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>', "no-definitions"),
    "another xml": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "other-xml"),
}


@pytest.mark.parametrize(("source", "rule"), HOSTILE.values(), ids=HOSTILE.keys())
def test_what_cannot_be_read_is_one_clear_problem(source, rule):
    with pytest.raises(UnreadableFile) as refused:
        read(source)

    assert refused.value.problem.rule == rule
    assert str(refused.value).endswith(".")


def test_nothing_outside_the_file_is_followed(tmp_path):
    """Includes and schema locations are text like any other."""
    secret = tmp_path / "secret.xml"
    secret.write_text("<secret/>")
    body = f'<task id="t"/><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret}"/>'

    assert [node.id for node in read(file(body)).nodes] == ["t"]


@pytest.mark.parametrize("where", range(1, 12))
def test_a_file_cut_off_anywhere_is_refused_with_its_line(where):
    text = GOOD.replace(b"<", b"\n<").strip()

    with pytest.raises(UnreadableFile) as refused:
        read(text[: len(text) * where // 12])

    assert refused.value.problem.rule == "cut-off"
    assert refused.value.problem.line > 0


def test_files_are_regular_and_small_enough(tmp_path):
    good = tmp_path / "a.bpmn"
    good.write_bytes(GOOD)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    refused = {}

    for path, limits in ((tmp_path, Limits()), (pipe, Limits()), (tmp_path / "no", Limits()), (good, Limits(bytes=10))):
        with pytest.raises(UnreadableFile) as error:
            read(path, limits=limits)
        refused[path.name] = error.value.problem.rule

    assert [node.id for node in read(good).nodes] == ["t"]
    assert list(refused.values()) == ["not-a-file", "not-a-file", "missing-file", "too-large"]


def test_devices_are_not_opened():
    with pytest.raises(UnreadableFile):
        read(Path("/dev/zero"))


def test_the_number_of_elements_is_limited():
    many = file("".join(f'<task id="t{n}"/>' for n in range(11)))

    with pytest.raises(UnreadableFile, match="more than 10 elements"):
        read(many, limits=Limits(nodes=10))
    with pytest.raises(UnreadableFile, match="tags and attributes"):
        read(many, limits=Limits(markup=10))


@pytest.mark.parametrize("number", ["NaN", "inf", "1e400", "9" * 5000, "", "0x10", "1,5", "١"])
def test_a_coordinate_that_is_none_is_told_and_left_out(number):
    diagram = (
        f'<di:BPMNDiagram {DRAWING}><di:BPMNPlane bpmnElement="p"><di:BPMNShape id="s" bpmnElement="t">'
        f'<dc:Bounds x="{number}" y="1" width="1" height="1"/></di:BPMNShape></di:BPMNPlane></di:BPMNDiagram>'
    )

    model = read(file('<task id="t"/>').replace(b"</process>", b"</process>" + diagram.encode()))

    assert model.shapes == ()
    assert [(fault.rule, fault.severity) for fault in model.faults] == [("coordinate", "warning")]


# Files nobody here drew

#: Files a reader must refuse: fragments, broken XML, decisions.
REFUSED = {
    "bpmn/bpmn-moddle": 18,
    "bpmn/bpmnlint": 2,
    "bpmn/formsflow": 1,
    "dmn/camunda": 49,
    "dmn/cr-connect": 2,
    "dmn/spiffworkflow": 24,
}
#: Errors in them that are there, broken rules of the specification apart: looked at one by one.
ERRORS = {
    "bpmn/betsy": 32,
    "bpmn/camunda-engine": 3,
    "bpmn/cr-connect": 2,
    "bpmn/miwg": 25,
}


def test_every_public_file_is_read_or_refused_by_name(shared):
    refused: Counter[str] = Counter()
    errors: Counter[str] = Counter()

    for path in sorted(shared.rglob("*")):
        if path.suffix not in (".bpmn", ".xml", ".dmn"):
            continue
        folder = "/".join(path.relative_to(shared).parts[:2])
        try:
            model = read(path)
        except UnreadableFile:
            refused[folder] += 1
        else:
            counted = (fault for fault in model.faults if fault.problem != "bpmn-rule")
            errors[folder] += sum(fault.severity == "error" for fault in counted)

    assert refused == REFUSED
    assert +errors == ERRORS


def test_working_government_files_have_no_fault_but_one_drawing_with_stale_lists(shared):
    paths = sorted((shared / "bpmn" / "ukhomeoffice").rglob("*.bpmn"))

    assert len(paths) == 77
    assert [(path.name, fault.rule) for path in paths for fault in read(path).faults] == [
        ("FOI.bpmn", "listed-elsewhere"),
        ("FOI.bpmn", "listed-elsewhere"),
        ("FOI.bpmn", "unlisted-flow"),
    ]


def listed(*, source: str = "<outgoing>f</outgoing>", target: str = "<incoming>f</incoming>", other: str = "") -> bytes:
    return (
        f'{HEAD}<process id="p"><startEvent id="s">{source}</startEvent>'
        f'<task id="t">{target}</task><endEvent id="e">{other}</endEvent>'
        '<sequenceFlow id="f" sourceRef="s" targetRef="t"/><sequenceFlow id="g" sourceRef="t" targetRef="e"/>'
        "</process></definitions>"
    ).encode()


@pytest.mark.parametrize(
    ("source", "target", "other", "rules"),
    [
        ("", "", "", []),
        ("<outgoing>f</outgoing>", "<incoming>f</incoming><outgoing>g</outgoing>", "<incoming>g</incoming>", []),
        ("<outgoing>f</outgoing>", "<outgoing>g</outgoing>", "<incoming>g</incoming>", ["unlisted-flow"]),
        (
            "<outgoing>f</outgoing>",
            "<incoming>f</incoming><outgoing>g</outgoing>",
            "<incoming>g</incoming><incoming>f</incoming>",
            ["listed-elsewhere"],
        ),
    ],
    ids=["no lists at all", "lists that agree", "a flow its end does not list", "a flow listed by another node"],
)
def test_lists_of_flows_are_held_against_the_flows(source, target, other, rules):
    faults = read(listed(source=source, target=target, other=other)).faults

    assert [fault.rule for fault in faults] == rules
    assert all(fault.severity == "warning" for fault in faults)
