"""How many lines of a drawing cross."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

Point = tuple[float, float]


def crossings(lines: Iterable[Sequence[Point]]) -> int:
    """How often level and upright pieces of different lines cross; pieces that only touch or overlap do not.

    >>> crossings([[(0, 1), (4, 1)], [(2, 0), (2, 2)], [(3, 1), (3, 2)]])
    1

    Cost: the number of level pieces times that of the upright ones near them.
    """
    level: list[tuple[float, float, float, int]] = []
    upright: list[tuple[float, float, float, int]] = []
    for number, points in enumerate(lines):
        for (x1, y1), (x2, y2) in pairwise(points):
            if abs(y1 - y2) < 0.01:
                level.append((y1, min(x1, x2), max(x1, x2), number))
            elif abs(x1 - x2) < 0.01:
                upright.append((x1, min(y1, y2), max(y1, y2), number))
    upright.sort()
    count = 0
    for y, left, right, line in level:
        for x, top, bottom, other in upright:
            if x >= right:
                break
            count += left < x and top < y < bottom and line != other
    return count
