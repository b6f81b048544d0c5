"""Writing: the same bytes, only the differences, or a whole new file."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from bpmn import (
    Duration,
    GovStep,
    GovTime,
    Model,
    Node,
    SequenceFlow,
    StaleElement,
    UnreadableFile,
    UnwritableValue,
    build,
    read,
    write,
)
from tests.bpmn.writing import FILE, PARTS, change, differences, everything, said
from tests.strategies import graphs, models

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))

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
