"""The lane diagrams of the page: named on the first page, or a numbered map with the drawing in bands behind it."""

import itertools
import re
from datetime import date

import pytest

from bpmn.layout import lay_out
from bpmn.model import Lane, Model, Node, Pool, Process, SequenceFlow
from reports.bands import cutting
from reports.contents import Contents
from reports.format import letters
from reports.html import report_html
from reports.lanes import CLOSE, Drawing, Strip
from reports.matching import Match
from reports.study import study_of


def write(content):
    return report_html(study_of(content, language="zh", title="测试事项", version="0.1.0", day=date(2026, 11, 24)))


def chain(steps, units=5):
    """Rows of so many steps with names of eight characters, unit after unit."""
    return tuple(
        (f"s{n}", f"第{n}步审核核验材料", f"第{n * units // steps}单位", "check", 5, 1, "") for n in range(steps)
    )


def all_moved(rows):
    return [Match(kind="moved", before=(row[0],), after=(row[0],), by="id") for row in rows]


@pytest.mark.parametrize("steps", [8, 24, 36])
def test_a_procedure_of_up_to_forty_steps_is_drawn_with_its_names_on_the_first_page(make_side, make_comparison, steps):
    rows = chain(steps)
    sides = make_side(rows, 200.0, 900.0), make_side(rows[: steps // 2], 100.0, 400.0)
    html = write(make_comparison(*sides, all_moved(rows)))

    assert 'class="map"' not in html
    assert html.index("步审核") < html.index('new-page">')
    assert "流程图全图" not in html


def test_a_longer_one_is_a_numbered_map_beside_the_list_of_changes_and_its_drawing_is_behind_them(
    make_side, make_comparison
):
    rows = chain(90)
    html = write(make_comparison(make_side(rows, 200.0, 900.0), make_side(rows, 100.0, 400.0), all_moved(rows)))

    assert html.index('class="map"') < html.index("改动清单 <") < html.index("流程图全图 <")


def test_the_letters_of_a_map_are_those_of_the_list(make_side, make_comparison):
    rows = chain(60, units=12)
    html = write(make_comparison(make_side(rows, 200.0, 900.0), make_side(rows, 100.0, 400.0), all_moved(rows)))
    maps = [part[: part.index("</div>")] for part in html.split('class="map"')[1:]]
    marks = [re.findall(r'text-anchor="middle">([A-Z]+)</text>', drawn) for drawn in maps]

    assert marks == [[letters(place) for place in range(1, 61)]] * 2


def test_no_picture_is_wider_than_a_page(make_side):
    html = write(make_side(chain(90), 200.0, 900.0))

    assert all(float(width) <= 681 for width in re.findall(r'<svg [^>]*? width="([\d.]+)"', html))


def test_a_band_shows_each_step_once_and_only_the_lanes_it_needs(make_side, make_comparison):
    rows = chain(36, units=6)
    html = write(make_comparison(make_side(rows, 200.0, 900.0), make_side(rows[:6], 100.0, 400.0), all_moved(rows[:6])))
    windows = re.findall(r'viewBox="([-\d.]+) ([-\d.]+) ([\d.]+) ([\d.]+)"><use href="#before-all"', html)
    spans = {(float(x), float(x) + float(width)) for x, _, width, _ in windows}
    bands = sorted(span for span in spans if span[0] != min(spans)[0])

    assert len(bands) > 1
    assert all(end == pytest.approx(start, abs=0.2) for (_, end), (start, _) in itertools.pairwise(bands))
    assert len(windows) < 2 * len(bands) * 7


def test_cutting_a_very_long_chain_looks_at_each_of_its_steps_a_few_times_only():
    looked = []
    for steps in (500, 2000):
        drawing = _chain_in_lanes(steps)
        found = cutting(drawing, 1.0)
        assert len(found.spans) > 5
        assert found.height > 0
        looked.append(found.contents.looked / steps)
    assert looked[1] < 30
    assert looked[1] < 1.2 * looked[0]


def test_what_a_part_shows_is_the_same_however_the_drawing_is_kept():
    drawing = _chain_in_lanes(60)
    contents = Contents(drawing)
    boxes = {shape.element: shape.bounds for shape in drawing.model.shapes}
    for place in range(60):
        box = boxes[f"s{place}"]
        lanes = {lane for lane, strip in enumerate(drawing.strips) if strip.top <= box.centre[1] <= strip.bottom}
        shown = contents.shown(box.x + 1, box.right - 1)
        assert lanes <= set(shown)
        for lane in lanes:
            top, bottom = shown[lane]
            assert top <= box.y
            assert bottom >= box.bottom
    everything = contents.shown(drawing.head, drawing.box.right)
    assert set(everything) == set(range(len(drawing.strips)))


def _chain_in_lanes(steps):
    """A chain whose steps stand in three lanes by turns, laid out without being drawn."""
    names = [f"s{place}" for place in range(steps)]
    source = Model(
        processes=(Process(id="main", name="事项"),),
        pools=(Pool(id="pool", name="事项", process="main"),),
        lanes=tuple(
            Lane(id=f"lane{place}", name=f"单位{place}", process="main", nodes=tuple(names[place::3]))
            for place in range(3)
        ),
        nodes=tuple(Node(id=name, kind="userTask", name=name, process="main") for name in names),
        flows=tuple(
            SequenceFlow(id=f"f{name}", source=name, target=other, process="main")
            for name, other in itertools.pairwise(names)
        ),
    )
    model = lay_out(source, style=CLOSE)
    shapes = {shape.element: shape.bounds for shape in model.shapes}
    lanes = [shapes[f"lane{place}"] for place in range(3)]
    return Drawing(
        key="only",
        name="only",
        model=model,
        svg="",
        plain="",
        marks={},
        box=shapes["pool"],
        head=lanes[0].x + CLOSE.head,
        strips=tuple(Strip(name="", top=lane.y, bottom=lane.bottom) for lane in sorted(lanes, key=lambda lane: lane.y)),
    )
