"""The lane diagrams: both at one scale on the first page, and in full behind it where they are very long.

A procedure of up to about forty steps is drawn on the first page with its names, in two or three bands if need be. A
longer one would be too small to read there, so the first page has a map of it (the same drawing without the names in
its boxes) beside the list of changes, and a later page the drawing in bands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from statistics import median

from markupsafe import Markup

from reports import format as write
from reports.bands import Cutting, bands, cutting, source
from reports.charts import SMALL, Label, text_width, wrap
from reports.lanes import CLOSE, LOW, PAGE, READABLE, Drawing, Strip, alternative, counts, drawn, inside, lane_order
from reports.room import room
from reports.study import Study

#: The scales the drawings of the first page are tried at.
SCALES = (1.0, 0.96, 0.93, READABLE)
#: Width of the lane names beside a map.
NAMES = 106.0
#: How high the maps may be together, unless the names of their lanes need more.
MAPS = 320.0
#: Size of the numbers in a map: 5.4 points on paper.
NUMBER = 7.2
#: A procedure of more nodes is drawn once on the page, not again for its findings and the proposal.
MOST = 400
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


#: No drawing.
_NONE = Diagrams(first=(), sources=Markup(""), full=())


def diagrams(study: Study) -> Diagrams:
    """Draw each side, at the same scale and with the lanes in the same order."""
    order = lane_order([side for _, side in study.sides])
    pairs = [
        [drawn(study, key, side, style.evolve(lane_order=order)) for key, side in study.sides] for style in (CLOSE, LOW)
    ]
    cuttings = _fitting(study, pairs)
    if cuttings is not None:
        drawings = [cutting.drawing for cutting in cuttings]
        named = _headed(study, [bands(study, cutting) for cutting in cuttings])
        return Diagrams(first=named, sources=_sources(drawings), full=())
    cuttings = min(([cutting(drawing, READABLE) for drawing in pair] for pair in pairs), key=_height)
    drawings = [cutting.drawing for cutting in cuttings]
    maps = [[_map(study, drawing, drawings)] for drawing in drawings]
    full = _headed(study, [bands(study, cutting) for cutting in cuttings])
    return Diagrams(first=_headed(study, maps), sources=_sources(drawings), full=full)


def found_diagrams(study: Study) -> Diagrams:
    """The procedure as it is with the numbers of its findings; on page 1 already where nobody decided anything."""
    return _named(study.alone, "only", "found") if study.proposal is not None and study.is_decided else _NONE


def proposed_diagrams(study: Study) -> Diagrams:
    """What the program proposes; on page 1 already where nobody decided anything."""
    return _named(study.proposed, "after", "proposed") if study.is_decided and study.proposed is not None else _NONE


def _named(study: Study, key: str, name: str) -> Diagrams:
    """One side drawn to be read, in bands; nothing of one too large for that."""
    side = dict(study.sides)[key]
    if len(side.model.nodes) > MOST:
        return _NONE
    order = lane_order([study.before, side])
    both = [drawn(study, key, side, style.evolve(lane_order=order), name=name) for style in (CLOSE, LOW)]
    best = min((cutting(drawing, READABLE) for drawing in both), key=lambda cut: cut.height)
    svgs = tuple(map(Markup, bands(study, best)))
    diagram = Diagram(name=study.side_name(key), counts=counts(study, side), svgs=svgs)
    return Diagrams(first=(diagram,), sources=_sources([best.drawing]), full=())


def _fitting(study: Study, pairs: Sequence[Sequence[Drawing]]) -> list[Cutting] | None:
    """The drawings with their names, as large as the first page allows; None where it does not."""
    left = room(study)
    for scale in SCALES:
        found = min(([cutting(drawing, scale) for drawing in pair] for pair in pairs), key=_height)
        if _height(found) <= left and all(cutting.scale >= READABLE for cutting in found):
            return found
    return None


def _height(cuttings: Sequence[Cutting]) -> float:
    return sum(cutting.height for cutting in cuttings)


def _sources(drawings: Sequence[Drawing]) -> Markup:
    return Markup("".join(source(drawing) for drawing in drawings))


def _headed(study: Study, svgs: Sequence[Sequence[str]]) -> tuple[Diagram, ...]:
    return tuple(
        Diagram(name=study.side_name(key), counts=counts(study, side), svgs=tuple(map(Markup, parts)))
        for (key, side), parts in zip(study.sides, svgs, strict=True)
    )


def _map(study: Study, drawing: Drawing, drawings: Sequence[Drawing]) -> str:
    """The drawing without the names in its boxes, small, with the names of the lanes beside it in type to read.

    It is as wide as the page allows; where its lanes would be too low for their names they are stretched.
    """
    names = NAMES if drawing.strips else 0.0
    across = min(1.0, (PAGE - NAMES) / max(other.box.right - other.head for other in drawings))
    usual = median([strip.bottom - strip.top for other in drawings for strip in other.strips] or [LANE])
    down = max(min(across, MAPS / sum(other.box.height for other in drawings)), LANE / usual)
    box = drawing.box
    inner = re.sub(r"<text\b.*?</text>", "", inside(drawing.plain), flags=re.DOTALL)
    view = f"{drawing.head:.1f} {box.y:.1f} {box.right - drawing.head:.1f} {box.height:.1f}"
    width, height = (box.right - drawing.head) * across, box.height * down
    labels = "".join(_lane_label(strip, box.y, down) for strip in drawing.strips)
    title = escape(write.visible(alternative(study, drawing)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {names + width:.1f} {height:.1f}" '
        f'width="{names + width:.1f}" height="{height:.1f}" role="img" class="map"><title>{title}</title>{labels}'
        f'<svg x="{names:.1f}" width="{width:.1f}" height="{height:.1f}" viewBox="{view}" '
        f'preserveAspectRatio="none">{inner}</svg>{_map_numbers(drawing, names, across, down)}</svg>'
    )


def _map_numbers(drawing: Drawing, left: float, across: float, down: float) -> str:
    """The numbers of the list in the boxes of a map; none in a box too small for its own."""
    texts = ""
    for shape in drawing.model.shapes:
        mark, box = drawing.marks.get(shape.element), shape.bounds
        if mark is None or not mark.number:
            continue
        if box.width * across < 0.7 * text_width(str(mark.number), NUMBER) or box.height * down < NUMBER:
            continue
        x = left + (box.centre[0] - drawing.head) * across
        y = (box.centre[1] - drawing.box.y) * down + 0.36 * NUMBER
        texts += f'<text x="{x:.1f}" y="{y:.1f}" font-size="{NUMBER}" text-anchor="middle">{mark.number}</text>'
    return texts


def _lane_label(strip: Strip, top: float, scale: float) -> str:
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
