"""Each repair of the file itself: what it repairs, and what only looks like it."""

import pytest

from bpmn import read
from bpmn.fix import repair

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:x" xmlns:o="urn:other" '
    'xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:dd="http://www.omg.org/spec/DD/20100524/DI" id="d">'
)
FLOW = (
    '<startEvent id="s"><outgoing>f</outgoing></startEvent><task id="t" name="受理"><incoming>f</incoming>'
    '<outgoing>g</outgoing></task><endEvent id="e"><incoming>g</incoming></endEvent>'
    '<sequenceFlow id="f" sourceRef="s" targetRef="t"/><sequenceFlow id="g" sourceRef="t" targetRef="e"/>'
)


def shape(element: str, x: str = "0", id_: str = "") -> str:
    return (
        f'<di:BPMNShape id="{id_ or element + "_di"}" bpmnElement="{element}">'
        f'<dc:Bounds x="{x}" y="0" width="36" height="36"/></di:BPMNShape>'
    )


DRAWN = (
    f"{shape('s')}{shape('t', '100')}{shape('e', '200')}"
    '<di:BPMNEdge id="f_di" bpmnElement="f"><dd:waypoint x="36" y="18"/><dd:waypoint x="100" y="18"/></di:BPMNEdge>'
    '<di:BPMNEdge id="g_di" bpmnElement="g"><dd:waypoint x="136" y="18"/><dd:waypoint x="200" y="18"/></di:BPMNEdge>'
)


def file(body: str = FLOW, *, drawn: str = DRAWN) -> bytes:
    diagram = f'<di:BPMNDiagram><di:BPMNPlane bpmnElement="p">{drawn}</di:BPMNPlane></di:BPMNDiagram>'
    return f'{HEAD}<process id="p">{body}</process>{diagram}</definitions>'.encode()


def fixed(source: bytes) -> tuple[str, list[tuple[str, str]]]:
    repaired = repair(source)
    return repaired.file.decode(), [(fix.fix, fix.element) for fix in repaired.fixes]


def test_a_file_in_order_is_left_alone():
    assert fixed(file()) == (file().decode(), [])


def test_an_element_without_id_gets_one():
    bare = FLOW.replace(' id="g"', "").replace("<outgoing>g</outgoing>", "").replace("<incoming>g", "<incoming>f")

    text, fixes = fixed(file(bare))

    assert ("missing-id", "sequenceFlow_1") in fixes
    assert "<outgoing>sequenceFlow_1</outgoing>" in text


def test_a_second_shape_of_one_id_gets_another():
    text, fixes = fixed(file(drawn=DRAWN.replace('id="e_di"', 'id="t_di"')))

    assert fixes == [("duplicate-id", "t_di_1")]
    assert read(text.encode()).faults == ()


def test_an_id_used_twice_stays_where_something_refers_to_it():
    named = "<userTask id='s2'><potentialOwner id='x'><resourceRef>r</resourceRef></potentialOwner></userTask>"
    body = FLOW + '<property id="x"/>' + named + '<property id="x" name="x"/>'

    assert not any(fix == "duplicate-id" for fix, _ in fixed(file(body))[1])


@pytest.mark.parametrize(
    ("flow", "is_taken_out"),
    [
        ('<sequenceFlow id="h" sourceRef="nowhere" targetRef="gone"/>', True),
        ('<sequenceFlow id="h" sourceRef="t" targetRef="gone"/>', True),
        ('<sequenceFlow id="h" targetRef="t"/>', True),
        ('<sequenceFlow id="h" sourceRef="e" targetRef="gone"/>', False),
        ('<exclusiveGateway id="x"/><sequenceFlow id="h" sourceRef="x" targetRef="gone"/>', False),
        ('<sequenceFlow id="h" sourceRef="t" targetRef="o:gone"/>', False),
        ('<dataObject id="data"/><sequenceFlow id="h" sourceRef="t" targetRef="data"/>', False),
    ],
    ids=[
        "no end",
        "beside another",
        "into one with another",
        "the only one",
        "at a gateway",
        "another file",
        "to data",
    ],
)
def test_a_flow_to_nothing_is_taken_out_where_it_leaves_no_gap(flow, is_taken_out):
    edge = '<di:BPMNEdge id="h_di" bpmnElement="h"><dd:waypoint x="0" y="0"/><dd:waypoint x="9" y="0"/></di:BPMNEdge>'
    text, fixes = fixed(file(FLOW + flow, drawn=DRAWN + edge))

    assert (("flow-end", "h") in fixes) == is_taken_out
    assert ('id="h_di"' in text) != is_taken_out


def test_lists_follow_the_flows_and_keep_what_lost_its_end():
    bare = FLOW.replace("<outgoing>f</outgoing>", "").replace("<incoming>g</incoming>", "<incoming>f</incoming>")
    lost = '<exclusiveGateway id="x"><outgoing>h</outgoing></exclusiveGateway>'
    lost += '<sequenceFlow id="h" sourceRef="x" targetRef="y"/>'

    text, fixes = fixed(file(bare + lost))

    assert ("flow-lists", "p") in fixes
    assert '<startEvent id="s"><outgoing>f</outgoing></startEvent>' in text
    assert '<endEvent id="e"><incoming>g</incoming></endEvent>' in text
    assert "<outgoing>h</outgoing>" in text


def test_leftovers_are_taken_out():
    lanes = '<laneSet id="ls"><lane id="l"><flowNodeRef>s</flowNodeRef><flowNodeRef>gone</flowNodeRef></lane></laneSet>'
    note = '<textAnnotation id="n"/><association id="a" sourceRef="n" targetRef="gone"/>'
    extra = shape("l", "300") + shape("n", "400") + shape("gone", "500")

    text, fixes = fixed(file(lanes + FLOW + note, drawn=DRAWN + extra))

    assert sorted(name for name, _ in fixes) == ["association-end", "drawn-element", "lane-node"]
    assert "gone" not in text


def test_a_shape_without_readable_place_is_drawn_anew():
    text, fixes = fixed(file(drawn=DRAWN.replace('x="100" y="0"', 'x="a" y="0"')))
    model = read(text.encode())

    assert ("coordinate", "t") in fixes
    assert ("diagram", "p") in fixes
    assert len([one for one in model.shapes if one.element == "t"]) == 1
    assert model.faults == ()


def test_encoding_and_line_ends_are_kept():
    source = file(FLOW.replace("<outgoing>g</outgoing>", "")).decode()
    given = f'<?xml version="1.0" encoding="GB18030"?>\r\n{source}\r\n'.encode("gb18030")

    repaired = repair(given).file

    assert repaired.startswith(b'<?xml version="1.0" encoding="GB18030"?>\r\n')
    assert "受理" in repaired.decode("gb18030")
    assert repaired.endswith(b"</definitions>\r\n")
