"""What holds for any bytes at all: an answer of ours, nothing lost. Tests and fuzzing ask the same."""

from collections import Counter
from contextlib import suppress
from typing import Any

from lxml import etree

from bpmn import Model, UnreadableFile, read, write
from bpmn.check import check
from bpmn.decisions import read_decisions
from bpmn.drawing import draw
from bpmn.errors import BpmnError
from bpmn.expression import parse, read_expression


def keeps_file(data: bytes) -> Model | None:
    """Read, check, write, change and write again: an answer each time, and no element or attribute is lost."""
    try:
        model = read(data)
    except UnreadableFile:
        return None
    check(model, purpose="run")
    assert write(model) == data
    _change(model)
    return model


def _change(model: Model) -> None:
    step = next((node for node in model.nodes if node.is_step), None)
    if step is None:
        return
    changed = model.evolve(nodes=tuple(node.evolve(name="改名") if node is step else node for node in model.nodes))
    written = write(changed)
    again = read(written)
    assert [node.id for node in again.nodes] == [node.id for node in changed.nodes]
    assert again.node[step.id].name == "改名"
    lost = _said(model.source) - _said(written)
    assert not lost, lost


def _said(data: bytes) -> Counter[Any]:
    """Every element of a file with its attributes but its name."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=False)
    found: Counter[Any] = Counter()
    for element in etree.fromstring(data, parser).iter():
        kept = {name: value for name, value in element.attrib.items() if name != "name"}
        found[element.tag, tuple(sorted(kept.items()))] += 1
    return found


def keeps_drawing(data: bytes) -> None:
    """What can be read can be drawn as XML that can be read."""
    try:
        model = read(data)
    except UnreadableFile:
        return
    etree.fromstring(draw(model).encode())


def keeps_decisions(data: bytes) -> None:
    """Decision tables are read or refused."""
    with suppress(BpmnError):
        read_decisions(data)


def keeps_expression(data: bytes) -> None:
    """An expression in whatever language is read or refused."""
    text = data.decode("utf-8", "replace")
    for reader in (parse, read_expression):
        with suppress(BpmnError):
            reader(text)
