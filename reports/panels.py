"""A lane drawing cut into panels that fit a page, each with the heads of the lanes, for paper and Word.

A panel is drawn in one go, without windows into a shared drawing, so that it becomes a picture quickly.
"""

from __future__ import annotations

import math
import re
from html import escape, unescape
from itertools import pairwise

from reports import format as write
from reports.lanes import Drawing, alternative, inside
from reports.study import Study


def panels(study: Study, drawing: Drawing, room: float) -> list[str]:
    """The drawing in as few panels as a width allows, cut where no step stands."""
    head = drawing.head - drawing.box.x
    cuts = _cuts(drawing, max(room - head, head))
    name = alternative(study, drawing)
    if len(cuts) == 2:
        return [_titled(drawing, (drawing.head, drawing.box.right), name)]
    return [
        _titled(drawing, span, study.words("docx.part-of", name=name, place=str(place), count=str(len(cuts) - 1)))
        for place, span in enumerate(pairwise(cuts), start=1)
    ]


def _cuts(drawing: Drawing, room: float) -> list[float]:
    """Where to cut: as even as the gaps between steps allow."""
    left, right = drawing.head, drawing.box.right
    gaps = _gaps(drawing)
    cuts = [left]
    while right - cuts[-1] > room:
        parts = math.ceil((right - cuts[-1]) / room)
        wanted = cuts[-1] + (right - cuts[-1]) / parts
        within = [gap for gap in gaps if cuts[-1] + room / 4 < gap <= cuts[-1] + room]
        cuts.append(min(within, key=lambda gap: abs(gap - wanted)) if within else cuts[-1] + room)
    return [*cuts, right]


def _gaps(drawing: Drawing) -> list[float]:
    """The middles of the spaces between columns of steps."""
    boxes = [shape.bounds for shape in drawing.model.shapes if shape.element in drawing.model.node]
    gaps, end = [], drawing.head
    for box in sorted(boxes, key=lambda box: box.x):
        if box.x > end:
            gaps.append((end + box.x) / 2)
        end = max(end, box.right)
    return gaps


def _titled(drawing: Drawing, span: tuple[float, float], name: str) -> str:
    """One panel: the part of the drawing, as high as what happens there, and before it the heads of the lanes."""
    box, (start, end) = drawing.box, span
    body, title = inside(drawing.svg), f"<title>{escape(write.visible(name))}</title>"
    head = drawing.head - box.x
    width = head + end - start
    top, bottom = _rows(drawing, span)
    frame = f'width="{width:.1f}" height="{bottom - top:.1f}" viewBox="0 {top:.1f} {width:.1f} {bottom - top:.1f}"'
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" {frame} role="img">{title}'
    if start == drawing.head and end == box.right:
        return f'{opening}<g transform="translate({-box.x:.1f} 0)">{body}</g></svg>'
    place = f'y="{top:.1f}" height="{bottom - top:.1f}"'
    edges = "".join(
        f'<path d="M{x:.1f} {top:.1f}V{bottom:.1f}" class="cut"/>'
        for x, is_cut in ((head, start > drawing.head), (width - 0.5, end < box.right))
        if is_cut
    )
    return (
        f'{opening}<defs><clipPath id="heads"><rect x="0" width="{head:.1f}" {place}/></clipPath></defs>'
        f'<g transform="translate({head - start:.1f} 0)">{body}</g>'
        f'<rect x="0" width="{head:.1f}" {place} fill="#ffffff"/>'
        f'<g clip-path="url(#heads)"><g transform="translate({-box.x:.1f} 0)">{_frames(drawing, body)}</g></g>'
        f"{edges}</svg>"
    )


def _frames(drawing: Drawing, body: str) -> str:
    """What stands first in a drawing: its pools and lanes; all of it where something stands between them."""
    frames = {lane.id for lane in drawing.model.lanes} | {pool.id for pool in drawing.model.pools}
    for found in re.finditer(r'<g data-element="([^"]*)"', body):
        if unescape(found[1]) not in frames:
            rest = body[found.start() :]
            is_whole = not any(f'data-element="{escape(frame)}"' in rest for frame in frames)
            return body[: found.start()] if is_whole else body
    return body


def _rows(drawing: Drawing, span: tuple[float, float]) -> tuple[float, float]:
    """From the top of the first lane in which something happens in a part to the bottom of the last."""
    box, (start, end) = drawing.box, span
    heights = [
        y
        for shape in drawing.model.shapes
        if shape.element in drawing.model.node and shape.bounds.right > start and shape.bounds.x < end
        for y in (shape.bounds.y, shape.bounds.bottom)
    ]
    heights += [
        y
        for edge in drawing.model.edges
        if edge.element in drawing.model.flow
        for x, y in edge.waypoints
        if start < x < end
    ]
    if not heights or (start == drawing.head and end == box.right):
        return box.y, box.bottom
    tops = [strip.top for strip in drawing.strips[1:] if strip.top <= min(heights)]
    bottoms = [strip.bottom for strip in drawing.strips[:-1] if strip.bottom >= max(heights)]
    return max(tops, default=box.y), min(bottoms, default=box.bottom)
