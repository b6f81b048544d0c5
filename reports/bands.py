"""A long drawing cut into bands a page wide: between columns, each with the heads of the lanes it needs.

A lane in which nothing happens in a band is left out there. The drawing stands once in the page, unseen; a band shows
windows of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from itertools import pairwise

from bpmn.model import Bounds, Edge
from reports import format as write
from reports.lanes import PAGE, READABLE, Drawing, alternative, inside
from reports.study import Study

#: White between two bands.
BAND = 8.0


def source(drawing: Drawing) -> str:
    """The drawing once for all its bands, not seen itself."""
    group = f'<g id="{drawing.key}-all">{inside(drawing.svg)}</g>'
    return f'<svg width="0" height="0" class="source" aria-hidden="true"><defs>{group}</defs></svg>'


def bands(study: Study, drawing: Drawing) -> list[str]:
    """The drawing cut into pictures a page wide."""
    head = drawing.head - drawing.box.x
    cuts = _cuts(drawing, PAGE / READABLE - head)
    widest = max(end - start for start, end in pairwise(cuts))
    scale = min(1.0, PAGE / (head + widest))
    name = alternative(study, drawing)
    return [_band(drawing, span, scale, f"{name} {place}") for place, span in enumerate(pairwise(cuts), start=1)]


def _cuts(drawing: Drawing, room: float) -> list[float]:
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


def _band(drawing: Drawing, span: tuple[float, float], scale: float, name: str) -> str:
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


def _rows(drawing: Drawing, start: float, end: float) -> list[tuple[float, float]]:
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


def _busy(drawing: Drawing, start: float, end: float) -> frozenset[int]:
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
