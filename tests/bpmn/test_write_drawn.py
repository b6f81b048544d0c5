"""New shapes and edges as text: read back the same whatever prefixes, encoding and names the file has."""

import re
from dataclasses import replace

import pytest
from lxml import etree

from bpmn.build import build
from bpmn.errors import UnwritableValue
from bpmn.layout import complete, lay_out
from bpmn.model import Bounds, Shape
from bpmn.read import read
from bpmn.write import write

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
PROCESS = (
    '<process id="p"><startEvent id="s"/><task id="a" name="甲"/>'
    '<sequenceFlow id="f" sourceRef="s" targetRef="a" name="办"/></process>'
)
#: Files with a diagram that draws nothing yet, or with none.
FILES = {
    "no diagram": f'<definitions xmlns="{BPMN}">{PROCESS}</definitions>',
    "no prefixes of coordinates": (
        f'<definitions xmlns="{BPMN}" xmlns:x="{DI}">{PROCESS}<x:BPMNDiagram><x:BPMNPlane bpmnElement="p"/>'
        "</x:BPMNDiagram></definitions>"
    ),
    "the diagram without a prefix": (
        f'<b:definitions xmlns:b="{BPMN}"><b:process id="p"><b:startEvent id="s"/><b:task id="a" name="甲"/>'
        '<b:sequenceFlow id="f" sourceRef="s" targetRef="a" name="办"/></b:process>'
        f'<BPMNDiagram xmlns="{DI}"><BPMNPlane bpmnElement="p"/></BPMNDiagram></b:definitions>'
    ),
    "prefixes that mean something else": (
        f'<definitions xmlns="{BPMN}" xmlns:ns0="urn:a" xmlns:dc="urn:b" xmlns:color="urn:c">{PROCESS}</definitions>'
    ),
    "indented": f'<definitions xmlns="{BPMN}">\n\t{PROCESS}\n</definitions>\n',
}


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "gb18030"])
@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
def test_a_new_diagram_reads_back_the_same(file: str, codec: str) -> None:
    source = f'<?xml version="1.0" encoding="{codec.upper()}"?>\n{file}'.encode(codec)
    drawn = lay_out(read(source))
    coloured = (replace(shape, fill="#112233", stroke="#445566") for shape in drawn.shapes)
    model = drawn.evolve(shapes=tuple(coloured))

    again = read(write(model))

    assert again.shapes == model.shapes
    assert again.edges == model.edges
    assert again.faults == read(source).faults


def test_lines_end_as_the_file_ends_them() -> None:
    source = FILES["indented"].replace("\n", "\r\n").encode()

    written = write(lay_out(read(source)))

    assert b"\r\n\t\t\t<" in written
    assert written.count(b"\n") == written.count(b"\r\n")


def test_what_is_new_stands_behind_what_is_drawn_already_each_on_a_line() -> None:
    drawn = lay_out(build("p").start("s").step("a").end("e").model)
    part = read(write(drawn.evolve(shapes=drawn.shapes[:1], edges=())))
    full = part.evolve(shapes=drawn.shapes, edges=drawn.edges)

    written = write(full)

    plane = next(etree.fromstring(written).iter(f"{{{DI}}}BPMNPlane"))
    assert [child.get("bpmnElement") for child in plane] == [
        *(shape.element for shape in drawn.shapes),
        *(edge.element for edge in drawn.edges),
    ]
    assert {child.tail.count("\n") for child in plane} == {1}
    assert written == write(read(written))


def test_the_id_of_an_element_is_escaped_and_one_that_no_file_can_hold_is_refused() -> None:
    model = read(FILES["no diagram"].encode())
    box = Bounds(x=0.0, y=0.0, width=1.0, height=1.0)

    odd = write(model.evolve(shapes=(Shape(element='&<"\n', bounds=box, plane="p"),)))

    shape = next(etree.fromstring(odd).iter(f"{{{DI}}}BPMNShape"))
    assert shape.get("bpmnElement") == '&<"\n'
    with pytest.raises(UnwritableValue):
        write(model.evolve(shapes=(Shape(element="a\x00", bounds=box, plane="p"),)))


def test_text_that_looks_like_the_place_of_a_shape_is_left_alone() -> None:
    file = FILES["indented"].replace("</process>", "</process><!-- <?drawn-0 0?> --><?drawn 0?>").encode()

    written = write(lay_out(read(file)))

    assert b"<!-- <?drawn-0 0?> --><?drawn 0?>" in written
    assert len(read(written).shapes) == 2


def test_what_is_drawn_anew_lists_its_flows() -> None:
    bare = re.sub(
        rb"<bpmn:(incoming|outgoing)>[^<]*</bpmn:\1>", b"", write(build("p").start("s").step("a").end("e").model)
    )

    assert b"<bpmn:incoming>" not in bare
    assert [fault.rule for fault in read(write(complete(read(bare)))).faults] == []
    assert write(complete(read(bare))).count(b"<bpmn:incoming>") == 2
