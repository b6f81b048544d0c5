"""The lane diagrams: both at one scale on the first page, and in full, in bands a page wide, where they are long.

A procedure of a dozen steps is drawn on the first page with its names. A long one would be too small to read there, so
the first page has a map of it (the same drawing without the names in its boxes), and a later page the drawing in bands:
cut between columns, each band with the heads of its lanes, without the lanes in which nothing happens there.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise
from statistics import median

from markupsafe import Markup

from bpmn.drawing import Mark, draw
from bpmn.layout import COMPACT, lay_out
from bpmn.model import Bounds, Edge, Model
from reports import format as write
from reports.changes import numbers
from reports.charts import SMALL, Label, wrap
from reports.comparison import Side
from reports.study import Study

#: Width of a page between its margins, in pixels.
PAGE = 680.0
#: The smallest scale at which the names in a compact drawing are still read with ease: 小六, 6.5 points.
READABLE = 0.9
#: How high both drawings may be together on the first page.
FIRST_PAGE = 600.0
#: White between two bands.
BAND = 8.0
#: Width of the lane names beside a map.
NAMES = 106.0
#: How high the maps may be together, unless the names of their lanes need more.
MAPS = 390.0
#: The least usual height of a lane in a map, so that its name can be read.
LANE = 12.0


@dataclass(frozen=True, kw_only=True)
class Diagram:
    """A diagram with its heading."""

    name: str
    counts: str
    svgs: tuple[Markup, ...]


@dataclass(frozen=True, kw_only=True)
class Diagrams:
    """What stands on the first page, and the readable drawings of their own page where they need one."""

    first: tuple[Diagram, ...]
    #: Parts the bands are made of, not visible themselves.
    sources: Markup
    full: tuple[Diagram, ...]


@dataclass(frozen=True, kw_only=True)
class _Strip:
    """A lane, or a pool without lanes."""

    name: str
    top: float
    bottom: float


@dataclass(frozen=True, kw_only=True)
class _Drawing:
    """One side laid out and drawn."""

    key: str
    model: Model
    svg: str
    #: The same without the numbers of the list, for the map.
    plain: str
    #: The part of the plane that the picture shows.
    box: Bounds
    #: Where the heads of the lanes end.
    head: float
    strips: tuple[_Strip, ...]


def diagrams(study: Study) -> Diagrams:
    """Draw each side, at the same scale and with the lanes in the same order."""
    order = _lane_order([side for _, side in study.sides])
    drawings = [_drawing(study, key, side, order) for key, side in study.sides]
    widest = max(drawing.box.width for drawing in drawings)
    scale = min(1.0, PAGE / widest)
    if scale >= READABLE and sum(drawing.box.height * scale for drawing in drawings) <= FIRST_PAGE:
        first = [_whole(drawing, scale) for drawing in drawings]
        return Diagrams(first=_headed(study, [(svg,) for svg in first]), sources=Markup(""), full=())
    maps = [_map(study, drawing, drawings) for drawing in drawings]
    bands = [_bands(study, drawing) for drawing in drawings]
    sources = Markup("".join(_source(drawing) for drawing in drawings))
    return Diagrams(first=_headed(study, [(svg,) for svg in maps]), sources=sources, full=_headed(study, bands))


def _headed(study: Study, svgs: Sequence[Sequence[str]]) -> tuple[Diagram, ...]:
    return tuple(
        Diagram(name=study.side_name(key), counts=_counts(study, side), svgs=tuple(map(Markup, parts)))
        for (key, side), parts in zip(study.sides, svgs, strict=True)
    )


def _counts(study: Study, side: Side) -> str:
    words = study.words
    units = {unit.key for node in side.model.nodes if node.is_step and (unit := side.model.unit_of.get(node.id))}
    units -= {unit.key for unit in side.model.units if unit.applicant}
    parts = (
        words.counted("count.step", side.steps),
        words.counted("count.unit", len(units)),
        words.counted("count.visit", side.visits),
    )
    return " · ".join(parts)


def _alternative(study: Study, drawing: _Drawing) -> str:
    """What a picture shows, for those who do not see it; the list of changes is the table behind it."""
    side = dict(study.sides)[drawing.key]
    return study.words(f"report.flow.{drawing.key}-alt", title=side.title, counts=_counts(study, side))


# --------------------------------------------------------------------------------------------------------------------
# Laying out


def _lane_order(sides: Sequence[Side]) -> tuple[str, ...]:
    """The lanes of the first file in its order; those only the second has stand behind the lane they follow there."""
    order: list[str] = []
    for side in sides:
        place = 0
        for name in _lane_names(side.model):
            if name in order:
                place = order.index(name) + 1
            else:
                order.insert(place, name)
                place += 1
    return tuple(order)


def _lane_names(model: Model) -> list[str]:
    """Names of pools without lanes and of lanes, in the order of the file."""
    names = []
    for pool in model.pools:
        lanes = [lane.name for lane in model.lanes if lane.process == pool.process] if pool.process else []
        names += lanes or [pool.name]
    return list(dict.fromkeys(names or [lane.name for lane in model.lanes]))


def _drawing(study: Study, key: str, side: Side, order: tuple[str, ...]) -> _Drawing:
    model = lay_out(side.model, style=COMPACT.evolve(lane_order=order))
    marks = _marks(study, key, side.model)
    unnumbered = {identity: replace(mark, number=None) for identity, mark in marks.items()}
    svg, plain = (
        draw(model, marks=shown, language=study.words.language, compact=True, prefix=f"{key}-{prefix}")
        for shown, prefix in ((marks, ""), (unnumbered, "map-"))
    )
    found = re.match(r'<svg [^>]*?viewBox="([^"]*)"', svg)
    x, y, width, height = map(float, found[1].split()) if found else (0.0, 0.0, 100.0, 40.0)
    strips = _strips(model)
    lanes = {lane.id for lane in model.lanes} | {pool.id for pool in model.pools}
    left = min((shape.bounds.x for shape in model.shapes if shape.element in lanes), default=x)
    head = left + COMPACT.head if strips else x
    box = Bounds(x=x, y=y, width=width, height=height)
    return _Drawing(key=key, model=model, svg=svg, plain=plain, box=box, head=head, strips=strips)


def _marks(study: Study, key: str, model: Model) -> Mapping[str, Mark]:
    """What became of each step of a side, with its number in the list; steps demanded by law have a heavy line."""
    comparison = study.comparison
    states: dict[str, tuple[str, int | None]] = {}
    if comparison is not None:
        number = numbers(comparison.changes)
        for place, match in enumerate(comparison.changes):
            for identity in match.before if key == "before" else match.after:
                states[identity] = match.kind, number.get(place)
    marks = {}
    for node in model.nodes:
        if node.is_step:
            state, index = states.get(node.id, ("kept", None))
            is_law = node.step is not None and node.step.mandatory
            marks[node.id] = Mark(state=state, number=index, mandatory=is_law)
    return marks


def _strips(model: Model) -> tuple[_Strip, ...]:
    """The rows of the drawing from the top."""
    parents = {lane.parent for lane in model.lanes}
    with_lanes = {lane.process for lane in model.lanes}
    named = {lane.id: lane.name for lane in model.lanes if lane.id not in parents}
    named |= {pool.id: pool.name for pool in model.pools if pool.process not in with_lanes}
    found = [
        _Strip(name=named[shape.element], top=shape.bounds.y, bottom=shape.bounds.bottom)
        for shape in model.shapes
        if shape.element in named
    ]
    return tuple(sorted(found, key=lambda strip: strip.top))


# --------------------------------------------------------------------------------------------------------------------
# On the first page


def _whole(drawing: _Drawing, scale: float) -> str:
    """The drawing as it is, at the common scale."""
    size = f'width="{drawing.box.width * scale:.1f}" height="{drawing.box.height * scale:.1f}"'
    return re.sub(r' width="[^"]*" height="[^"]*"', f" {size}", drawing.svg, count=1)


def _map(study: Study, drawing: _Drawing, drawings: Sequence[_Drawing]) -> str:
    """The drawing without the names in its boxes, small, with the names of the lanes beside it in type to read.

    It is as wide as the page allows; where its lanes would be too low for their names they are stretched.
    """
    names = NAMES if drawing.strips else 0.0
    across = min(1.0, (PAGE - NAMES) / max(other.box.right - other.head for other in drawings))
    usual = median([strip.bottom - strip.top for other in drawings for strip in other.strips] or [LANE])
    down = max(min(across, MAPS / sum(other.box.height for other in drawings)), LANE / usual)
    box = drawing.box
    inner = re.sub(r"<text\b.*?</text>", "", _inside(drawing.plain), flags=re.DOTALL)
    view = f"{drawing.head:.1f} {box.y:.1f} {box.right - drawing.head:.1f} {box.height:.1f}"
    width, height = (box.right - drawing.head) * across, box.height * down
    labels = "".join(_lane_label(strip, box.y, down) for strip in drawing.strips)
    title = escape(write.visible(_alternative(study, drawing)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {names + width:.1f} {height:.1f}" '
        f'width="{names + width:.1f}" height="{height:.1f}" role="img" class="map"><title>{title}</title>{labels}'
        f'<svg x="{names:.1f}" width="{width:.1f}" height="{height:.1f}" viewBox="{view}" '
        f'preserveAspectRatio="none">{inner}</svg></svg>'
    )


def _lane_label(strip: _Strip, top: float, scale: float) -> str:
    """The name of a lane on as many lines as its height allows, and the line that parts it from the next."""
    height = (strip.bottom - strip.top) * scale
    lines = wrap(strip.name, NAMES - 6, lines=max(1, int(height / 11)), size=SMALL)
    middle = (strip.top - top) * scale + height / 2
    texts = ""
    for place, line in enumerate(lines):
        label = Label(x=0, y=middle + 3.4 + 11 * (place - (len(lines) - 1) / 2), text=line, size=SMALL)
        texts += f'<text x="0" y="{label.y:.1f}" font-size="{label.size}">{escape(label.text)}</text>'
    bottom = (strip.bottom - top) * scale
    return f'{texts}<path d="M0 {bottom:.1f}H{NAMES:.0f}" class="ax"/>'


# --------------------------------------------------------------------------------------------------------------------
# In bands


def _inside(svg: str) -> str:
    """What a picture draws, without its frame and its name."""
    body = svg[svg.index(">") + 1 : svg.rindex("</svg>")]
    return re.sub(r"^<title\b.*?</desc>", "", body, count=1, flags=re.DOTALL)


def _source(drawing: _Drawing) -> str:
    group = f'<g id="{drawing.key}-all">{_inside(drawing.svg)}</g>'
    return f'<svg width="0" height="0" class="source" aria-hidden="true"><defs>{group}</defs></svg>'


def _bands(study: Study, drawing: _Drawing) -> list[str]:
    """The drawing cut into pictures a page wide."""
    head = drawing.head - drawing.box.x
    cuts = _cuts(drawing, PAGE / READABLE - head)
    widest = max(end - start for start, end in pairwise(cuts))
    scale = min(1.0, PAGE / (head + widest))
    name = _alternative(study, drawing)
    return [_band(drawing, span, scale, f"{name} {place}") for place, span in enumerate(pairwise(cuts), start=1)]


def _cuts(drawing: _Drawing, room: float) -> list[float]:
    """Where to cut, between columns: each band at most `room` wide, all together as low as can be, then most even.

    A shortest path over the gaps between columns: a band costs the heights of the lanes it must show.
    """
    boxes = [shape.bounds for shape in drawing.model.shapes if shape.element in drawing.model.node]
    places = [drawing.head, *_gaps(boxes, drawing.head, drawing.box.right), drawing.box.right]
    busy = [_busy(drawing, start, end) for start, end in pairwise(places)]
    lowest: list[tuple[float, float, int]] = [(0.0, 0.0, 0)]
    for end in range(1, len(places)):
        shown: frozenset[int] = frozenset()
        best = (math.inf, math.inf, end - 1)
        for start in range(end - 1, -1, -1):
            width = places[end] - places[start]
            if width > room and start < end - 1:
                break
            shown |= busy[start]
            height = sum(drawing.strips[strip].bottom - drawing.strips[strip].top for strip in shown)
            cost = lowest[start][0] + (height or drawing.box.height) + BAND
            best = min(best, (cost, lowest[start][1] + width * width, start))
        lowest.append(best)
    cuts, place = [places[-1]], len(places) - 1
    while place > 0:
        place = lowest[place][2]
        cuts.append(places[place])
    return cuts[::-1]


def _gaps(boxes: Sequence[Bounds], left: float, right: float) -> list[float]:
    """The middles of the spaces between columns of boxes."""
    gaps, end = [], left
    for box in sorted(boxes, key=lambda box: box.x):
        if box.x > end:
            gaps.append((end + box.x) / 2)
        end = max(end, box.right)
    return [gap for gap in gaps if gap < right]


def _band(drawing: _Drawing, span: tuple[float, float], scale: float, name: str) -> str:
    """One band: of each lane in which something happens there, its head and its part of the drawing."""
    start, end = span
    head = drawing.head - drawing.box.x
    parts, y = [], 0.0
    for top, bottom in _rows(drawing, start, end):
        height = (bottom - top) * scale
        windows = ((0.0, drawing.box.x, head), (head * scale, start, end - start))
        for x, left, width in windows:
            parts.append(
                f'<svg x="{x:.1f}" y="{y:.1f}" width="{width * scale:.1f}" height="{height:.1f}" '
                f'viewBox="{left:.1f} {top:.1f} {width:.1f} {bottom - top:.1f}"><use href="#{drawing.key}-all"/></svg>'
            )
        y += height
    width = (head + end - start) * scale
    edges = f'<path d="M{head * scale:.1f} 0V{y:.1f}" class="cut"/>' if start > drawing.head else ""
    edges += f'<path d="M{width - 0.5:.1f} 0V{y:.1f}" class="cut"/>' if end < drawing.box.right else ""
    title = escape(write.visible(name))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.1f} {y:.1f}" width="{width:.1f}" '
        f'height="{y:.1f}" role="img"><title>{title}</title>{"".join(parts)}{edges}</svg>'
    )


def _rows(drawing: _Drawing, start: float, end: float) -> list[tuple[float, float]]:
    """Tops and bottoms of what a band shows."""
    shown = sorted(_busy(drawing, start, end)) or list(range(len(drawing.strips)))
    if not shown:
        return [(drawing.box.y, drawing.box.bottom)]
    rows = [(drawing.strips[strip].top, drawing.strips[strip].bottom) for strip in shown]
    if shown[0] == 0:
        rows[0] = (drawing.box.y, rows[0][1])
    if shown[-1] == len(drawing.strips) - 1:
        rows[-1] = (rows[-1][0], drawing.box.bottom)
    return rows


def _busy(drawing: _Drawing, start: float, end: float) -> frozenset[int]:
    """The lanes in which a node stands in that part, a flow runs along, or a message begins or ends."""
    model = drawing.model
    heights = [
        shape.bounds.centre[1]
        for shape in model.shapes
        if shape.element in model.node and shape.bounds.right > start and shape.bounds.x < end
    ]
    for edge in model.edges:
        heights += _runs(edge, start, end, is_flow=edge.element in model.flow)
    return frozenset(
        place for place, strip in enumerate(drawing.strips) if any(strip.top <= y <= strip.bottom for y in heights)
    )


def _runs(edge: Edge, start: float, end: float, *, is_flow: bool) -> list[float]:
    """The heights at which an edge has business in a part: a message passes through lanes it has none in."""
    points = edge.waypoints
    if not is_flow:
        return [y for x, y in (points[0], points[-1]) if start <= x <= end] if points else []
    return [
        y
        for (x, y), (along, other) in pairwise(points)
        if abs(y - other) < 0.5 and min(max(x, along), end) - max(min(x, along), start) > 6
    ]


# --------------------------------------------------------------------------------------------------------------------
# The key


def _box(style: str, more: str = "") -> str:
    return (
        '<svg viewBox="0 0 34 20" width="34" height="20" aria-hidden="true">'
        f'<rect x="2" y="3" width="25" height="14" rx="2" class="box {style}"/>{more}</svg>'
    )


#: Small boxes that show how each kind of change is drawn.
SAMPLES = {
    "kept": Markup(_box("kept")),
    "moved": Markup(_box("moved", '<path d="M9 10h10m-3-3 3 3-3 3" class="sign moved"/>')),
    "merged": Markup(_box("merged", '<rect x="4" y="5" width="21" height="10" rx="1" class="box merged hollow"/>')),
    "removed": Markup(_box("removed", '<path d="M11 7l7 6m0-6-7 6" class="sign removed"/>')),
    "new": Markup(_box("new", '<path d="M14.5 6.5v7m-3.5-3.5h7" class="sign new"/>')),
}
