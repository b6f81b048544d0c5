"""The picture: every element and flow in it, well-formed and self-contained, names whole, marks told by shape."""

import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from bpmn.build import build
from bpmn.drawing import Mark, draw
from bpmn.errors import BpmnError
from bpmn.layout import COMPACT, lay_out
from bpmn.lettering import set_text, width
from bpmn.model import (
    ACTIVITIES,
    EVENTS,
    GATEWAYS,
    Bounds,
    EventDefinition,
    Loop,
    Model,
    Node,
    Root,
    SequenceFlow,
    Shape,
)
from bpmn.read import read
from tests.strategies import graphs, models

SVG = "{http://www.w3.org/2000/svg}"
QUICK = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
EVENT_KINDS = (
    "message",
    "timer",
    "signal",
    "error",
    "escalation",
    "conditional",
    "link",
    "compensate",
    "cancel",
    "terminate",
)


def parsed(svg: str) -> etree._Element:
    return etree.fromstring(svg.encode())


def drawn(svg: str) -> set[str]:
    return {group.get("data-element") for group in parsed(svg).iter(f"{SVG}g") if group.get("data-element")}


def part(svg: str, element: str) -> etree._Element:
    return next(group for group in parsed(svg).iter(f"{SVG}g") if group.get("data-element") == element)


def texts(element: etree._Element) -> list[str]:
    """The lines of text in a part of a picture."""
    return [span.text or "" for span in element.iter(f"{SVG}tspan")]


def step(name: str = "审查", **values) -> Model:
    return build("p", name="许可").start("s").step("a", name=name, **values).end("e").model


@QUICK
@given(models() | graphs())
def test_every_node_and_flow_is_drawn(model: Model) -> None:
    elements = drawn(draw(model))

    assert {node.id for node in model.nodes} <= elements
    assert {flow.id for flow in model.flows} <= elements


@QUICK
@given(models())
def test_a_compact_picture_has_every_node_and_flow_too(model: Model) -> None:
    assert {item.id for item in (*model.nodes, *model.flows)} <= drawn(
        draw(lay_out(model, style=COMPACT), compact=True)
    )


def test_same_model_same_picture() -> None:
    assert draw(step()) == draw(step())


@pytest.mark.parametrize("kind", sorted(ACTIVITIES | GATEWAYS | EVENTS))
@pytest.mark.parametrize("compact", [False, True])
def test_every_kind_of_node_has_a_picture(kind: str, compact: bool) -> None:
    host = Node(id="h", kind="task", process="p")
    node = Node(id="n", kind=kind, name="甲", process="p", attached_to="h" if kind == "boundaryEvent" else "")

    assert "n" in drawn(draw(Model(nodes=(host, node)), compact=compact))


@pytest.mark.parametrize("kind", ["message", "signal", "error", "escalation", "link", "compensate", "cancel"])
def test_throwing_events_have_filled_icons(kind: str) -> None:
    def filled(node_kind: str) -> bool:
        node = Node(id="n", kind=node_kind, process="p", events=(EventDefinition(kind=kind),))
        icon = part(draw(Model(nodes=(node,))), "n")[-1]
        return icon[0].get("fill") == icon[0].get("stroke")

    assert filled("intermediateThrowEvent")
    assert filled("endEvent")
    assert not filled("intermediateCatchEvent")


def test_pictures_of_events_differ_by_kind() -> None:
    nodes = [Node(id=kind, kind="endEvent", process="p", events=(EventDefinition(kind=kind),)) for kind in EVENT_KINDS]
    svg = draw(Model(nodes=tuple(nodes)))

    icons = {etree.tostring(part(svg, kind)[-1]).decode().split("scale", 1)[-1] for kind in EVENT_KINDS}
    assert len(icons) == len(EVENT_KINDS)


def test_a_boundary_event_that_does_not_interrupt_is_dashed() -> None:
    model = build("p").start().step("a").boundary("soft", "timer", "P1D", interrupting=False).end("x").at("a")
    model = model.boundary("hard", "timer", "P1D", on="a").end("y").at("a").end("z").model
    svg = draw(model)

    assert part(svg, "soft")[0].get("stroke-dasharray")
    assert not part(svg, "hard")[0].get("stroke-dasharray")


def test_a_call_activity_has_a_thick_border_and_a_loop_its_sign() -> None:
    model = build("p").start().call("call", "other").step("plain").step("many", loop=Loop(kind="parallel")).end().model
    svg = draw(model)

    borders = {name: float(next(part(svg, name).iter(f"{SVG}rect")).get("stroke-width")) for name in ("call", "plain")}
    assert borders["call"] > 2 * borders["plain"]
    assert len(list(part(svg, "many").iter())) > len(list(part(svg, "plain").iter()))


def test_default_and_conditional_flows_bear_their_signs() -> None:
    nodes = tuple(Node(id=name, kind="task", process="p", default="plain" if name == "a" else "") for name in "abc")
    flows = (
        SequenceFlow(id="plain", source="a", target="b", process="p"),
        SequenceFlow(id="asked", source="a", target="c", process="p", condition="fee > 0"),
        SequenceFlow(id="bare", source="b", target="c", process="p"),
    )
    svg = draw(Model(nodes=nodes, flows=flows))

    counts = {flow.id: len(part(svg, flow.id).findall(f"{SVG}path")) for flow in flows}
    assert counts == {"plain": 3, "asked": 3, "bare": 2}


def test_names_are_broken_between_words_and_never_inside_one() -> None:
    name = "Check whether the application for a business licence is complete"

    lines = texts(part(draw(step(name)), "a"))

    assert " ".join(lines) == name


def test_a_chinese_name_keeps_closing_marks_off_the_beginning_of_a_line() -> None:
    setting = set_text("核对申请材料（含住所证明），出具受理通知书", room=84, lines=5, size=12, smallest=8)

    assert "".join(setting.lines) == "核对申请材料（含住所证明），出具受理通知书"
    assert not any(line[0] in "），" or line[-1] == "（" for line in setting.lines)
    assert max(width(line) for line in setting.lines) * setting.size <= 84


def test_a_name_too_long_ends_in_an_ellipsis_and_stands_whole_in_the_title() -> None:
    name = "核" * 400

    shape = part(draw(step(name)), "a")

    assert texts(shape)[-1].endswith("…")
    assert shape.find(f"{SVG}title").text == name


def test_four_characters_stand_two_by_two_in_a_compact_picture() -> None:
    assert texts(part(draw(step("形式审查"), compact=True), "a")) == ["形式", "审查"]
    assert texts(part(draw(step("核验营业执照"), compact=True), "a")) == ["核验", "营业", "执照"]


def test_text_of_a_file_is_escaped_and_cannot_turn_around() -> None:
    svg = draw(step('<script>alert("1")</script>&\u202e\x07', documentation="x"))

    assert "<script" not in svg
    assert "\u202e" not in svg
    assert "\x07" not in svg


def test_a_character_that_cannot_be_seen_has_a_sign_in_the_picture() -> None:
    assert texts(part(draw(step("a\u200bb\u202ec\u3000d\te")), "a")) == ["a\ufffdb\ufffdc d e"]


@pytest.mark.parametrize("colour", ["url(http://example.org/x.svg)", 'red" onload="x', "javascript:1", "#12345678901"])
def test_a_colour_that_is_none_is_not_drawn(colour: str) -> None:
    shape = Shape(element="a", bounds=Bounds(x=0, y=0, width=100, height=80), fill=colour, stroke=colour)

    svg = draw(step().evolve(shapes=(shape,)))

    assert colour not in svg
    assert "onload" not in svg


def test_colours_of_the_file_are_kept() -> None:
    shape = Shape(element="a", bounds=Bounds(x=0, y=0, width=100, height=80), fill="#ffe0b2", stroke="#6b3c00")

    box = next(part(draw(step().evolve(shapes=(shape,))), "a").iter(f"{SVG}rect"))

    assert (box.get("fill"), box.get("stroke")) == ("#ffe0b2", "#6b3c00")


def test_a_picture_needs_nothing_from_outside_and_runs_nothing() -> None:
    svg = draw(step())

    assert not re.search(r"<script|<style|<image|<use|href|url\(|@import|on\w+=", svg)
    assert set(re.findall(r"https?://[^\"' ]+", svg)) == {"http://www.w3.org/2000/svg"}


def test_a_picture_tells_its_name_to_a_screen_reader() -> None:
    root = parsed(draw(step(), prefix="x-"))

    ids = root.get("aria-labelledby").split()
    assert root.get("role") == "img"
    assert [root.find(f"{SVG}title").get("id"), root.find(f"{SVG}desc").get("id")] == ids == ["x-title", "x-desc"]
    assert root.find(f"{SVG}title").text == "许可"
    assert "1 个环节" in root.find(f"{SVG}desc").text
    assert "1 steps" in parsed(draw(step(), language="en")).find(f"{SVG}desc").text


def test_ids_of_two_pictures_on_one_page_differ() -> None:
    one, other = draw(step()), draw(step().evolve(id="other"))

    assert not set(re.findall(r'id="([^"]+)"', one)) & set(re.findall(r'id="([^"]+)"', other)) - {
        "s",
        "a",
        "e",
        "s-a",
        "a-e",
    }


def test_the_picture_fits_tightly_around_the_diagram() -> None:
    model = lay_out(step())
    x, y, wide, high = map(float, parsed(draw(model)).get("viewBox").split())

    for shape in model.shapes:
        assert x <= shape.bounds.x
        assert shape.bounds.right <= x + wide
        assert y <= shape.bounds.y
        assert shape.bounds.bottom <= y + high
    assert wide < 100 + max(shape.bounds.right for shape in model.shapes) - min(
        shape.bounds.x for shape in model.shapes
    )


@pytest.mark.parametrize("compact", [False, True])
def test_each_state_of_a_mark_is_told_by_its_shape(compact: bool) -> None:
    def without_colour(state: str) -> str:
        svg = etree.tostring(part(draw(step(), marks={"a": Mark(state=state)}, compact=compact), "a")).decode()
        return re.sub(r"#[0-9a-f]{6}", "", svg)

    pictures = {without_colour(state) for state in ("kept", "removed", "merged", "moved", "new")}

    assert len(pictures) == 5


def test_a_mark_bears_its_number_and_the_line_of_the_law() -> None:
    plain = part(draw(step(), marks={"a": Mark()}), "a")
    marked = part(draw(step(), marks={"a": Mark(number=7, mandatory=True)}), "a")

    assert marked.findall(f"{SVG}text")[-1].text == "7"
    assert len(marked.findall(f"{SVG}path")) == len(plain.findall(f"{SVG}path")) + 1


def test_several_numbers_stand_side_by_side_on_discs_that_do_not_meet() -> None:
    marked = part(draw(step(), marks={"a": Mark(number="1,12,3")}), "a")
    discs = [(float(disc.get("cx")), float(disc.get("r"))) for disc in marked.findall(f"{SVG}circle")]

    assert [text.text for text in marked.findall(f"{SVG}text")][-3:] == ["1", "12", "3"]
    assert len(discs) == 3
    assert all(right - left > 2 * radius for (left, radius), (right, _) in pairwise(discs))


def test_flows_at_a_removed_step_are_removed_with_it() -> None:
    svg = draw(
        build("p").start("s").step("a").step("b").end("e").model, marks={"a": Mark(state="removed"), "b": Mark()}
    )

    dashed = {flow for flow in ("s-a", "a-b", "b-e") if part(svg, flow)[0].get("stroke-dasharray")}
    assert dashed == {"s-a", "a-b"}


def test_a_collapsed_sub_process_hides_what_is_in_it() -> None:
    model = build("p").start().sub_process("frame", name="审查").step("inner").close().end().model
    shut = Shape(element="frame", bounds=Bounds(x=0, y=0, width=100, height=80), is_expanded=False)
    model = lay_out(model.evolve(shapes=(shut,)))

    assert "frame" in drawn(draw(model))
    assert "inner" not in drawn(draw(model))
    assert "inner" in drawn(draw(model, plane="frame"))


def test_a_model_with_nothing_in_it_has_a_picture() -> None:
    assert parsed(draw(Model())).get("role") == "img"


def test_drawing_loads_no_heavy_library() -> None:
    code = "import bpmn.drawing, sys; print([m for m in ('networkx', 'numpy', 'numba') if m in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_public_files_are_drawn_as_they_are(shared: Path) -> None:
    count = 0
    for path in sorted(shared.glob("bpmn/**/*")):
        if path.suffix not in (".bpmn", ".xml") or path.stat().st_size % 4:
            continue
        try:
            model = read(path)
        except BpmnError:
            continue
        parsed(draw(model))
        count += 1
    assert count > 100


def test_an_event_that_waits_for_all_its_events_has_another_sign_than_one_that_waits_for_any() -> None:
    events = (EventDefinition(kind="message"), EventDefinition(kind="timer"))
    nodes = tuple(
        Node(id=name, kind="intermediateCatchEvent", process="p", events=events, parallel_multiple=name == "all")
        for name in ("any", "all")
    )
    svg = draw(Model(nodes=nodes))

    signs = [etree.tostring(part(svg, name)[-1][-1]) for name in ("any", "all")]
    assert signs[0] != signs[1]


def test_a_call_of_a_process_has_a_plus_and_a_call_of_a_global_task_the_sign_of_the_task() -> None:
    model = build("p").start().call("flow", "other").call("task", "shared").step("plain", task="userTask").end().model
    model = model.evolve(roots=(Root(id="shared", kind="globalUserTask"),))
    svg = draw(model)

    signs = {
        name: [etree.tostring(each)[30:] for each in part(svg, name).findall(f"{SVG}g")] for name in ("flow", "task")
    }
    assert len(signs["flow"]) == len(signs["task"]) == 1
    assert signs["flow"] != signs["task"]
    assert len(part(svg, "task").find(f"{SVG}g")) == len(part(svg, "plain").find(f"{SVG}g"))


def test_a_compensation_handler_bears_its_sign_though_nothing_leads_to_it() -> None:
    nodes = tuple(Node(id=name, kind="task", process="p", for_compensation=name == "undo") for name in ("do", "undo"))
    svg = draw(Model(nodes=nodes))

    assert part(svg, "undo").find(f"{SVG}g") is not None
    assert part(svg, "do").find(f"{SVG}g") is None


@pytest.mark.parametrize(("envelope", "drawn_on"), [("", 0), ("initiating", 1), ("non_initiating", 1)])
def test_a_message_is_drawn_on_its_flow_where_the_file_shows_it(envelope: str, drawn_on: int) -> None:
    builder = build("p").pool("甲").start("a").end().process("q").pool("乙").start("b", event="message").end()
    model = lay_out(builder.message("a", "b", id="m").model)
    edges = tuple(replace(edge, envelope=envelope) if edge.element == "m" else edge for edge in model.edges)

    assert len(part(draw(model.evolve(edges=edges)), "m").findall(f"{SVG}g")) == drawn_on
