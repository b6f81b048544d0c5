"""How the boxes and lines of a plane lie to one another."""

from collections.abc import Sequence
from itertools import pairwise
from math import hypot

from bpmn.model import Bounds

Point = tuple[float, float]


def rounded(box: Bounds) -> Bounds:
    """A box in hundredths of a unit, as files hold it."""
    return Bounds(x=round(box.x, 2), y=round(box.y, 2), width=round(box.width, 2), height=round(box.height, 2))


def within(inner: Bounds, outer: Bounds) -> bool:
    """Whether the middle of a box lies in another one."""
    x, y = inner.centre
    return outer.x <= x <= outer.right and outer.y <= y <= outer.bottom


def side_by_side(one: Bounds, other: Bounds) -> bool:
    """Whether two boxes share some height."""
    return one.y < other.bottom and other.y < one.bottom


def halfway(points: Sequence[Point]) -> Point:
    """The point in the middle of a line."""
    lengths = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points)]
    left = sum(lengths) / 2
    for (a, b), length in zip(pairwise(points), lengths, strict=True):
        if 0 < length >= left:
            return a[0] + (b[0] - a[0]) * left / length, a[1] + (b[1] - a[1]) * left / length
        left -= length
    return points[0]


def crosses(one: Point, other: Point, box: Bounds, *, beside: float = 0.0) -> bool:
    """Whether a straight piece runs through a box, or closer beside it than so much (Liang, Barsky 1984)."""
    start, end = 0.0, 1.0
    sides = (
        (one[0], other[0], box.x - beside, box.right + beside),
        (one[1], other[1], box.y - beside, box.bottom + beside),
    )
    for begin, stop, least, most in sides:
        delta = stop - begin
        if abs(delta) < 1e-9:
            if not least < begin < most:
                return False
            continue
        enters, leaves = sorted(((least - begin) / delta, (most - begin) / delta))
        start, end = max(start, enters), min(end, leaves)
    return start < end - 1e-9
