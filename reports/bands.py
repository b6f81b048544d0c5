"""A drawing cut into bands a page wide: between columns, each with the heads of the lanes it needs.

A lane in which nothing happens in a band is left out there, and of a lane with several rows only those in which
something happens are shown. The drawing stands once in the page, unseen; a band shows windows of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from bpmn.model import Bounds
from reports import format as write
from reports.contents import Contents, Shown
from reports.lanes import PAGE, Drawing, alternative, inside
from reports.study import Study

#: White between two bands.
BAND = 5.0
#: White around the drawings.
MARGIN = 5.0
#: What belongs to it at its left.
NUMBERS = 5.0


@dataclass(frozen=True, kw_only=True)
class Cutting:
    """Where a drawing is cut, and at what scale its bands are drawn."""

    drawing: Drawing
    contents: Contents
    #: From where to where each band goes.
    spans: tuple[tuple[float, float], ...]
    scale: float

    @property
    def height(self) -> float:
        """How high all its bands are together, in pixels."""
        rows = [bottom - top for start, end in self.spans for _, top, bottom in _rows(self, start, end)]
        return self.scale * sum(rows) + BAND * (len(self.spans) - 1)


def cutting(drawing: Drawing, scale: float) -> Cutting:
    """Cut a drawing into as few lanes as can be; drawn smaller where a single column is wider than a page."""
    head = drawing.head - drawing.box.x
    contents = Contents(drawing)
    cuts = _cuts(drawing, contents, PAGE / scale - head)
    widest = max(end - start for start, end in pairwise(cuts))
    spans, drawn_at = tuple(pairwise(cuts)), min(scale, PAGE / (head + widest))
    return Cutting(drawing=drawing, contents=contents, spans=spans, scale=drawn_at)


def source(drawing: Drawing) -> str:
    """The drawing once for all its bands, not seen itself."""
    group = f'<g id="{drawing.name}-all">{inside(drawing.svg)}</g>'
    return f'<svg width="0" height="0" class="source" aria-hidden="true"><defs>{group}</defs></svg>'


def bands(study: Study, cutting: Cutting) -> list[str]:
    """The drawing as pictures a page wide; only the first says what it is where there are several."""
    name = alternative(study, cutting.drawing)
    names = [name] if len(cutting.spans) == 1 else [f"{name} {place + 1}" for place in range(len(cutting.spans))]
    return [_band(cutting, span, title) for span, title in zip(cutting.spans, names, strict=True)]


def _cuts(drawing: Drawing, contents: Contents, room: float) -> list[float]:
    """Where to cut, between columns: each band at most `room` wide, all together as low as can be, then most even.

    A shortest path over the gaps between columns: a band costs the heights of the lanes it must show.
    """
    if drawing.box.right - drawing.head <= room:
        return [drawing.head, drawing.box.right]
    boxes = [shape.bounds for shape in drawing.model.shapes if shape.element in drawing.model.node]
    places = [drawing.head, *_gaps(boxes, drawing.head, drawing.box.right), drawing.box.right]
    busy = [contents.shown(start, end) for start, end in pairwise(places)]
    lowest: list[tuple[float, float, int]] = [(0.0, 0.0, 0)]
    for end in range(1, len(places)):
        shown: Shown = {}
        best = (math.inf, math.inf, end - 1)
        for start in range(end - 1, -1, -1):
            width = places[end] - places[start]
            if width > room and start < end - 1:
                break
            shown = _merged(shown, busy[start])
            height = sum(bottom - top for top, bottom in shown.values())
            cost = lowest[start][0] + (height or drawing.box.height) + BAND
            best = min(best, (cost, lowest[start][1] + width * width, start))
        lowest.append(best)
    cuts, place = [places[-1]], len(places) - 1
    while place > 0:
        place = lowest[place][2]
        cuts.append(places[place])
    return cuts[::-1]


def _gaps(boxes: Sequence[Bounds], left: float, right: float) -> list[float]:
    """Where columns of boxes part: far enough before the next for the numbers at its left."""
    gaps, end = [], left
    for box in sorted(boxes, key=lambda box: box.x):
        if box.x > end:
            gaps.append(max(end + 0.4 * (box.x - end), box.x - NUMBERS))
        end = max(end, box.right)
    return [gap for gap in gaps if gap < right]


def _merged(one: Shown, other: Shown) -> Shown:
    """What two neighbours show together."""
    found = dict(one)
    for place, (top, bottom) in other.items():
        upper, lower = found.get(place, (top, bottom))
        found[place] = min(top, upper), max(bottom, lower)
    return found


def _band(cutting: Cutting, span: tuple[float, float], name: str) -> str:
    """One band: of each lane in which something happens there, its head and its part of the drawing."""
    drawing, scale = cutting.drawing, cutting.scale
    start, end = span
    head = drawing.head - drawing.box.x
    width = (head + end - start) * scale
    parts, y = [], 0.0
    for place, top, bottom in _rows(cutting, start, end):
        height = (bottom - top) * scale
        strip = drawing.strips[place] if drawing.strips else None
        # The name of a lane stands in its middle, also where only a part of the lane is shown.
        is_part = strip is not None and bottom - top < strip.bottom - strip.top - 1
        above = (strip.top + strip.bottom - bottom + top) / 2 if strip is not None and is_part else top
        for x, left, from_, wide in ((0.0, drawing.box.x, above, head), (head * scale, start, top, end - start)):
            parts.append(
                f'<svg x="{x:.1f}" y="{y:.1f}" width="{wide * scale:.1f}" height="{height:.1f}" '
                f'viewBox="{left:.1f} {from_:.1f} {wide:.1f} {bottom - top:.1f}">'
                f'<use href="#{drawing.name}-all"/></svg>'
            )
        if y and is_part:
            parts.append(f'<path d="M{MARGIN * scale:.1f} {y:.1f}H{width:.1f}" class="ax"/>')
        y += height
    edges = f'<path d="M{head * scale:.1f} 0V{y:.1f}" class="cut"/>' if start > drawing.head else ""
    edges += f'<path d="M{width - 0.5:.1f} 0V{y:.1f}" class="cut"/>' if end < drawing.box.right else ""
    title = escape(write.visible(name))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.1f} {y:.1f}" width="{width:.1f}" '
        f'height="{y:.1f}" role="img"><title>{title}</title>{"".join(parts)}{edges}</svg>'
    )


def _rows(cutting: Cutting, start: float, end: float) -> list[tuple[int, float, float]]:
    """The lanes a band shows: their places, and the tops and bottoms of what is shown of them."""
    drawing = cutting.drawing
    if not drawing.strips:
        return [(0, drawing.box.y, drawing.box.bottom)]
    shown = cutting.contents.shown(start, end)
    rows = [(place, *shown[place]) for place in sorted(shown)]
    rows = rows or [(place, strip.top, strip.bottom) for place, strip in enumerate(drawing.strips)]
    if rows[0][0] == 0:
        rows[0] = (0, drawing.box.y, rows[0][2])
    # Numbers hang over the lower edge of a lane: they need a little of what follows where that is not shown.
    follows = {place - 1 for place, top, _ in rows if top == drawing.strips[place].top}
    return [
        (place, top, bottom if place in follows or bottom < drawing.strips[place].bottom else bottom + MARGIN)
        for place, top, bottom in rows
    ]
