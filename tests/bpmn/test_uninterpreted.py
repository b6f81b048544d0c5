"""What the model does not hold is drawn as a plain shape with its name, and stays in the file."""

import re
from collections import Counter
from pathlib import Path

from lxml import etree

from bpmn.drawing import draw
from bpmn.errors import BpmnError
from bpmn.layout import lay_out
from bpmn.model import Model
from bpmn.read import read
from bpmn.uninterpreted import uninterpreted
from bpmn.write import write

_FILE = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:d="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:c="http://www.omg.org/spec/DD/20100524/DC" xmlns:i="http://www.omg.org/spec/DD/20100524/DI"
  id="x" targetNamespace="t">
  <collaboration id="talk"><participant id="one"/><conversation id="words" name="商量 &lt;b&gt;"/>
    <conversationLink id="link" sourceRef="one" targetRef="words"/></collaboration>
  <choreography id="dance"><choreographyTask id="step" name="申请与受理" initiatingParticipantRef="one">
    <participantRef>one</participantRef></choreographyTask></choreography>
  <d:BPMNDiagram><d:BPMNPlane bpmnElement="talk">
    <d:BPMNShape id="s1" bpmnElement="words"><c:Bounds x="10" y="10" width="60" height="50"/></d:BPMNShape>
    <d:BPMNShape id="s2" bpmnElement="step"><c:Bounds x="150" y="10" width="100" height="80"/></d:BPMNShape>
    <d:BPMNShape id="s3" bpmnElement="one"><c:Bounds x="10" y="200" width="300" height="80"/></d:BPMNShape>
    <d:BPMNEdge id="e1" bpmnElement="link"><i:waypoint x="40" y="60"/><i:waypoint x="40" y="200"/></d:BPMNEdge>
  </d:BPMNPlane></d:BPMNDiagram></definitions>"""


def drawn(model: Model) -> set[str]:
    """The elements in the pictures of all planes."""
    planes = dict.fromkeys(shape.plane for shape in model.shapes)
    return {name for plane in planes for name in re.findall(r'data-element="([^"]*)"', draw(model, plane=plane))}


def test_choreographies_and_conversations_are_named_by_kind() -> None:
    found = uninterpreted(read(_FILE.encode()))

    assert {name: (each.kind, each.name) for name, each in found.items()} == {
        "words": ("conversation", "商量 <b>"),
        "link": ("conversationLink", ""),
        "step": ("choreographyTask", "申请与受理"),
    }


def test_they_are_drawn_where_they_stand_with_their_names_escaped() -> None:
    picture = draw(read(_FILE.encode()))

    assert {"words", "link", "step", "one"} <= drawn(read(_FILE.encode()))
    assert "申请与受理" in picture
    assert "<b>" not in picture


def test_a_model_that_holds_all_it_draws_is_not_looked_into_again() -> None:
    assert uninterpreted(Model()) == {}


def test_every_shape_and_edge_of_public_files_is_in_the_picture(shared: Path) -> None:
    wrong = {}
    for path, model in _public(shared, 7):
        named = {shape.element for shape in model.shapes}
        named |= {edge.element for edge in model.edges if edge.element in uninterpreted(model) or _is_line(model, edge)}
        missing = named - drawn(model)
        if missing:
            wrong[path.name] = missing
    assert wrong == {}


def test_every_node_of_public_files_is_drawn_and_every_element_kept(shared: Path) -> None:
    wrong = {}
    for path, model in _public(shared, 9):
        laid = lay_out(model)
        missing = {node.id for node in model.nodes} - {shape.element for shape in laid.shapes}
        lost = _elements(model.source) - _elements(write(laid))
        if missing or lost:
            wrong[path.name] = (missing, lost)
    assert wrong == {}


def _is_line(model: Model, edge) -> bool:
    lines = {flow.id for flow in model.message_flows} | {line.id for line in model.associations}
    return edge.element in lines or edge.element in model.flow


def _public(shared: Path, every: int):
    files = sorted(path for path in shared.glob("bpmn/**/*") if path.suffix in (".bpmn", ".xml"))
    chosen = [path for path in files if path.stat().st_size % every == 0]
    assert len(chosen) > 40
    for path in chosen:
        try:
            yield path, read(path)
        except BpmnError:
            continue


def _elements(source: bytes) -> Counter:
    """The elements of a file outside its diagram, by tag and text; what is drawn gets an id where it had none."""
    written = ("incoming", "outgoing")
    return Counter(
        (element.tag, (element.text or "").strip())
        for element in etree.fromstring(source).iter("{*}*")
        if "/DI}" not in element.tag and "/DC}" not in element.tag and not element.tag.endswith(written)
    )


def test_a_new_layout_keeps_them_below_what_it_lays_out() -> None:
    model = read(_FILE.encode())
    laid = lay_out(model)

    assert {"words", "link", "step"} <= drawn(laid)
    assert laid.shape["words"].bounds.y > laid.shape["one"].bounds.bottom
    assert laid.shape["step"].bounds.x - laid.shape["words"].bounds.x == 140
