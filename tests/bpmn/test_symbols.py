"""Every symbol and marker of BPMN by its parts in the picture: events at every place, tasks, gateways, data, frames."""

from dataclasses import replace
from itertools import product

import pytest
from lxml import etree

from bpmn.build import build
from bpmn.drawing import draw
from bpmn.layout import lay_out
from bpmn.model import (
    Artifact,
    Association,
    Bounds,
    Data,
    EventDefinition,
    Loop,
    MessageFlow,
    Model,
    Node,
    Pool,
    Process,
    SequenceFlow,
    Shape,
)
from tests.bpmn.test_drawing import SVG, part

#: The places of an event: its rings, and whether its icon is filled because it throws.
PLACES = {
    "startEvent": (1, False),
    "intermediateCatchEvent": (2, False),
    "boundaryEvent": (2, False),
    "intermediateThrowEvent": (2, True),
    "endEvent": (1, True),
}
#: The icons of events: their lines and their circles, and whether throwing fills them.
ICONS = {
    "message": (2, 0, True),
    "timer": (2, 1, False),
    "signal": (1, 0, True),
    "error": (1, 0, True),
    "escalation": (1, 0, True),
    "conditional": (2, 0, False),
    "link": (1, 0, True),
    "compensate": (1, 0, True),
    "cancel": (1, 0, True),
    "terminate": (0, 1, False),
}
#: The signs in the corner of a task: their lines and circles.
TASKS = {
    "task": (0, 0),
    "userTask": (3, 1),
    "manualTask": (1, 0),
    "serviceTask": (2, 2),
    "scriptTask": (2, 0),
    "sendTask": (2, 0),
    "receiveTask": (2, 0),
    "businessRuleTask": (3, 0),
}


def picture(node: Node, *others: Node) -> etree._Element:
    return part(draw(Model(nodes=(*others, node))), node.id)


def node(kind: str, **values) -> Node:
    return Node(id="n", kind=kind, process="p", **values)


def count(element: etree._Element) -> tuple[int, int]:
    """The lines and circles in a part of a picture, at any depth."""
    return len(list(element.iter(f"{SVG}path"))), len(list(element.iter(f"{SVG}circle")))


def marker(element: etree._Element) -> str:
    """The path of the last sign of an activity."""
    return str(list(element.findall(f"{SVG}g")[-1].iter(f"{SVG}path"))[-1].get("d"))


@pytest.mark.parametrize(("place", "kind"), list(product(PLACES, ICONS)))
def test_an_event_has_the_rings_of_its_place_and_the_icon_of_its_kind(place: str, kind: str) -> None:
    host = Node(id="h", kind="task", process="p")
    event = node(place, events=(EventDefinition(kind=kind),), attached_to="h" if place == "boundaryEvent" else "")
    drawn = picture(event, host)

    rings, throws = PLACES[place]
    lines, circles, is_fillable = ICONS[kind]
    icon = drawn[-1]
    assert len(drawn.findall(f"{SVG}circle")) == rings
    assert count(icon) == (lines, circles)
    assert (icon[0].get("fill") == icon[0].get("stroke")) == (throws and is_fillable)


@pytest.mark.parametrize("place", PLACES)
def test_an_event_of_no_kind_is_an_empty_ring(place: str) -> None:
    drawn = picture(node(place, attached_to="h"), Node(id="h", kind="task", process="p"))

    assert drawn.find(f"{SVG}g") is None
    assert len(drawn.findall(f"{SVG}circle")) == PLACES[place][0]


def test_the_ring_of_an_end_is_thicker_than_that_of_a_start() -> None:
    start, end = (float(picture(node(kind))[0].get("stroke-width")) for kind in ("startEvent", "endEvent"))

    assert end >= 2 * start


@pytest.mark.parametrize(("place", "interrupts"), list(product(("startEvent", "boundaryEvent"), (True, False))))
def test_the_rings_of_what_does_not_interrupt_are_dashed(place: str, interrupts: bool) -> None:
    host = Node(id="h", kind="task", process="p")
    drawn = picture(node(place, interrupting=interrupts, attached_to="h" if place == "boundaryEvent" else ""), host)

    assert {ring.get("stroke-dasharray") is None for ring in drawn.findall(f"{SVG}circle")} == {interrupts}


@pytest.mark.parametrize("kind", TASKS)
def test_a_task_bears_the_sign_of_its_kind(kind: str) -> None:
    drawn = picture(node(kind))

    signs = drawn.find(f"{SVG}g")
    assert (count(signs) if signs is not None else (0, 0)) == TASKS[kind]


def test_the_envelope_of_what_sends_is_filled_and_that_of_what_receives_is_not() -> None:
    fills = {kind: next(picture(node(kind)).find(f"{SVG}g").iter(f"{SVG}path")) for kind in ("sendTask", "receiveTask")}

    assert fills["sendTask"].get("fill") == fills["sendTask"].get("stroke")
    assert fills["receiveTask"].get("fill") != fills["receiveTask"].get("stroke")


@pytest.mark.parametrize(
    ("values", "strokes"),
    [({"loop": Loop(kind="parallel")}, "vvv"), ({"loop": Loop(kind="sequential")}, "hhh")],
    ids=["upright for parallel", "level for one after the other"],
)
def test_many_rounds_are_three_strokes(values: dict, strokes: str) -> None:
    assert "".join(letter for letter in marker(picture(node("task", **values))) if letter in "vh") == strokes


def test_a_loop_is_an_open_circle_with_an_arrow() -> None:
    signs = picture(node("task", loop=Loop(kind="standard"))).find(f"{SVG}g")

    paths = [path.get("d") for path in signs.iter(f"{SVG}path")]
    assert len(paths) == 2
    assert "a" in paths[0]


def test_compensation_and_loop_stand_side_by_side() -> None:
    drawn = picture(node("task", loop=Loop(kind="parallel"), for_compensation=True))

    places = [group.get("transform") for group in drawn.findall(f"{SVG}g")]
    assert len(set(places)) == 2


@pytest.mark.parametrize("kind", ["subProcess", "transaction", "adHocSubProcess"])
def test_a_closed_frame_has_a_plus_and_an_open_one_has_none(kind: str) -> None:
    frame, inner = node(kind), Node(id="i", kind="task", process="p", scope="n")
    box = Bounds(x=0, y=0, width=200, height=100)

    def signs(is_expanded: bool) -> int:
        shapes = (
            Shape(element="n", bounds=box, is_expanded=is_expanded),
            *([Shape(element="i", bounds=Bounds(x=40, y=20, width=60, height=40))] if is_expanded else []),
        )
        drawn = part(draw(Model(nodes=(frame, inner), shapes=shapes)), "n")
        return len(drawn.findall(f"{SVG}g"))

    assert signs(False) == signs(True) + 1
    assert signs(True) == (kind == "adHocSubProcess")


def test_a_transaction_has_two_frames_and_a_sub_process_started_by_an_event_a_dotted_one() -> None:
    transaction, plain = picture(node("transaction")), picture(node("subProcess"))
    event = picture(node("subProcess", triggered_by_event=True))

    frames = [len(drawn.findall(f"{SVG}rect")) for drawn in (transaction, plain, event)]
    assert frames == [2, 1, 1]
    assert event.find(f"{SVG}rect").get("stroke-dasharray")
    assert not plain.find(f"{SVG}rect").get("stroke-dasharray")


@pytest.mark.parametrize(
    ("values", "parts"),
    [
        ({"kind": "exclusiveGateway"}, (1, 0)),
        ({"kind": "parallelGateway"}, (1, 0)),
        ({"kind": "inclusiveGateway"}, (0, 1)),
        ({"kind": "complexGateway"}, (1, 0)),
        ({"kind": "eventBasedGateway"}, (1, 2)),
        ({"kind": "eventBasedGateway", "instantiate": True}, (1, 1)),
        ({"kind": "eventBasedGateway", "instantiate": True, "event_gateway_type": "Parallel"}, (1, 1)),
    ],
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else "",
)
def test_a_gateway_has_its_mark_in_a_diamond(values: dict, parts: tuple[int, int]) -> None:
    drawn = picture(node(**values))

    assert drawn.find(f"{SVG}path").get("d").count("L") == 3
    assert count(drawn.find(f"{SVG}g")) == parts


def test_the_marks_of_gateways_differ() -> None:
    kinds = ({"kind": kind} for kind in ("exclusiveGateway", "parallelGateway", "complexGateway", "eventBasedGateway"))
    started = {"kind": "eventBasedGateway", "event_gateway_type": "Parallel"}
    marks = [etree.tostring(picture(node(**values)).find(f"{SVG}g")) for values in (*kinds, started)]

    assert len(set(marks)) == 5


def test_the_mark_of_a_choice_is_left_out_where_the_file_hides_it() -> None:
    box = Bounds(x=0, y=0, width=50, height=50)
    shapes = (Shape(element="n", bounds=box, is_marker_visible=False),)

    drawn = part(draw(Model(nodes=(node("exclusiveGateway"),), shapes=shapes)), "n")
    assert drawn.find(f"{SVG}g") is None


@pytest.mark.parametrize(
    ("kind", "is_collection", "lines"),
    [
        ("dataObjectReference", False, 2),
        ("dataObjectReference", True, 3),
        ("dataInput", False, 3),
        ("dataOutput", False, 3),
        ("dataInput", True, 4),
        ("dataStoreReference", False, 2),
    ],
)
def test_data_has_the_parts_of_its_kind(kind: str, is_collection: bool, lines: int) -> None:
    data = Data(id="d", kind=kind, process="p", is_collection=is_collection)
    drawn = part(draw(Model(processes=(Process(id="p"),), nodes=(node("task"),), data=(data,))), "d")

    assert count(drawn) == (lines, 0)


def test_the_arrow_of_an_output_is_filled_and_that_of_an_input_is_hollow() -> None:
    data = tuple(Data(id=kind, kind=kind, process="p") for kind in ("dataInput", "dataOutput"))
    svg = draw(Model(processes=(Process(id="p"),), nodes=(node("task"),), data=data))

    fills = [list(part(svg, kind).iter(f"{SVG}path"))[-1].get("fill") for kind in ("dataInput", "dataOutput")]
    assert fills[0] == "none" != fills[1]


def test_a_note_is_a_bracket_with_its_text_and_a_group_a_frame_of_dots_and_dashes() -> None:
    artifacts = (
        Artifact(id="note", kind="textAnnotation", text="注", process="p"),
        Artifact(id="group", kind="group", text="组", process="p"),
    )
    svg = draw(Model(processes=(Process(id="p"),), nodes=(node("task"),), artifacts=artifacts))

    assert part(svg, "note").find(f"{SVG}path").get("d").count("H") == 2
    assert "注" in "".join(part(svg, "note").itertext())
    assert part(svg, "group").find(f"{SVG}rect").get("stroke-dasharray").count(" ") == 3


def test_flows_messages_and_associations_are_told_by_their_lines() -> None:
    places = {"a": "pa", "b": "pb", "c": "pa"}
    model = Model(
        processes=(Process(id="pa"), Process(id="pb")),
        pools=tuple(Pool(id=f"pool_{name}", process=f"p{name}", name=name) for name in "ab"),
        nodes=tuple(Node(id=name, kind="task", process=process) for name, process in places.items()),
        flows=(SequenceFlow(id="flow", source="a", target="c", process="pa"),),
        message_flows=(MessageFlow(id="message", source="a", target="b"),),
        artifacts=(Artifact(id="note", kind="textAnnotation", text="注", process="pa"),),
        associations=(Association(id="line", source="note", target="a", kind="association", process="pa"),),
    )
    svg = draw(model)

    dashes = {name: part(svg, name).find(f"{SVG}path").get("stroke-dasharray") for name in ("flow", "message", "line")}
    assert dashes.pop("flow") is None
    assert None not in dashes.values()
    assert dashes["message"] != dashes["line"]
    assert part(svg, "message").find(f"{SVG}circle") is not None
    assert part(svg, "flow").find(f"{SVG}circle") is None


def test_a_pool_that_stands_for_many_has_three_strokes_and_a_black_box_its_name() -> None:
    model = lay_out(build("p").pool("单位").start().end().model)
    many = model.evolve(pools=tuple(replace(pool, multiplicity=(2, 5)) for pool in model.pools))

    pool = model.pools[0].id
    assert len(list(part(draw(many), pool).iter())) > len(list(part(draw(model), pool).iter()))
    assert "单位" in "".join(part(draw(model), pool).itertext())
