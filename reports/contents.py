"""What stands in which lane of a drawing, asked by the part of it: for cutting it, and for showing only what is used.

A drawing of thousands of columns is asked of each of them, so what stands in it is kept in slices of the width.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bpmn.model import Edge
from reports.lanes import Drawing, Strip

#: What belongs to a step above and below its box: the sign and the number.
ABOVE, BELOW = 6.0, 8.0
#: A lane is cut down only where that saves so much.
_WORTH = 10.0
#: A flow that runs across for no more than this only bends there.
BEND = 14.0
#: What belongs to a line above and below it.
_LINE = 4.0
#: A point stands in a part also where it stands on its border.
_POINT = -1e-9
#: The width of a slice.
_SLICE = 120.0

#: What is shown of lanes, by their place from the top: from where to where.
Shown = Mapping[int, tuple[float, float]]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Thing:
    """Something that stands in a lane: a box, a line across, or the end of a message."""

    left: float
    right: float
    lane: int
    top: float
    bottom: float
    #: How much of it a part must have for it to count there.
    least: float
    #: Whether it needs its lane only where something else does: a message that passes.
    is_passing: bool = False


class Contents:
    """What stands in the lanes of a drawing."""

    def __init__(self, drawing: Drawing) -> None:
        self._strips = drawing.strips
        #: How many things were looked at to answer.
        self.looked = 0
        self._slices: dict[int, list[_Thing]] = defaultdict(list)
        for thing in _things(drawing) if drawing.strips else ():
            for place in range(_slice(thing.left), _slice(thing.right) + 1):
                self._slices[place].append(thing)

    def shown(self, start: float, end: float) -> Shown:
        """The lanes a node stands in, a flow runs along, or a message begins or ends in, in a part; and what of them.

        Lines that cross a lane straight up or down need nothing of it.
        """
        found: dict[int, list[_Thing]] = defaultdict(list)
        for place in range(_slice(start), _slice(end) + 1):
            things = self._slices.get(place, ())
            self.looked += len(things)
            for thing in things:
                if min(thing.right, end) - max(thing.left, start) > thing.least:
                    found[thing.lane].append(thing)
        return {
            lane: _part(self._strips[lane], things)
            for lane, things in sorted(found.items())
            if any(not thing.is_passing for thing in things)
        }


def _slice(x: float) -> int:
    return math.floor(x / _SLICE)


def _things(drawing: Drawing) -> Iterator[_Thing]:
    """All that stands in the lanes of a drawing, once for each lane it stands in."""
    model, strips = drawing.model, drawing.strips
    tops, bottoms = [strip.top for strip in strips], [strip.bottom for strip in strips]
    for shape in model.shapes:
        if shape.element in model.node:
            box = shape.bounds
            top, bottom, middle = box.y - ABOVE, box.bottom + BELOW, box.centre[1]
            # The lanes a height stands in: two where it is the border between them.
            for lane in range(bisect_left(bottoms, middle), bisect_right(tops, middle)):
                yield _Thing(left=box.x, right=box.right, lane=lane, top=top, bottom=bottom, least=0.0)
    for edge in model.edges:
        is_message = edge.element not in model.flow
        for left, right, y in _runs(edge):
            lanes = range(bisect_left(bottoms, y), bisect_right(tops, y))
            if is_message:
                lanes = range(bisect_right(bottoms, y), bisect_left(tops, y))
            top, bottom = y - _LINE, y + _LINE
            for lane in lanes:
                yield _Thing(
                    left=left, right=right, lane=lane, top=top, bottom=bottom, least=BEND, is_passing=is_message
                )
        for x, y in _ends(edge) if is_message else ():
            for lane in range(bisect_left(bottoms, y), bisect_right(tops, y)):
                yield _Thing(left=x, right=x, lane=lane, top=y, bottom=y, least=_POINT)


def _part(strip: Strip, things: Sequence[_Thing]) -> tuple[float, float]:
    """What is shown of a lane: all of it, unless leaving something out is worth while."""
    first, last = min(thing.top for thing in things), max(thing.bottom for thing in things)
    if last - first < _WORTH or (strip.bottom - strip.top) - (last - first) < _WORTH:
        return strip.top, strip.bottom
    return max(strip.top, first), min(strip.bottom, last)


def _ends(edge: Edge) -> list[tuple[float, float]]:
    """Where an edge begins and ends, a little inside the shapes it ties: their borders are those of lanes too."""
    points = edge.waypoints
    if len(points) < 2:
        return []
    pairs = ((points[0], points[1]), (points[-1], points[-2]))
    return [(x, y + math.copysign(1.0, y - other) if y != other else y) for (x, y), (_, other) in pairs]


def _runs(edge: Edge) -> list[tuple[float, float, float]]:
    """Where an edge runs across: from where, to where, and at what height."""
    return [
        (min(x, along), max(x, along), y)
        for (x, y), (along, other) in pairwise(edge.waypoints)
        if abs(y - other) < 0.5 and abs(x - along) > BEND
    ]
