"""Routes between any two boxes, where no grid helps: into a sub-process, or in a diagram drawn by another tool.

The lines worth trying are those through the middles of the two boxes and close around every obstacle near them; over
these a shortest path with a price for every bend is sought (Dijkstra on the orthogonal visibility grid). The plain ways,
straight and with one or two bends, are tried before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush

from bpmn.model import Bounds

Point = tuple[float, float]

#: White kept between a route and an obstacle, and what may not be touched at all.
_CLEAR, _TOUCH = 12.0, 2.0
#: What one bend costs, in units of length.
_BEND = 60.0
#: What leaving or entering by that side costs more than the natural one.
_SIDES = {"right": 0.0, "bottom": 20.0, "top": 20.0, "left": 50.0}
_OUT: dict[str, Point] = {"right": (1, 0), "left": (-1, 0), "top": (0, -1), "bottom": (0, 1)}
_OPPOSITE = {"right": "left", "left": "right", "top": "bottom", "bottom": "top"}
#: Obstacles looked at within this distance of the two boxes.
_REACH = 160.0


class FreeRouter:
    """Finds routes one after the other; its budget of grid points keeps a large file from taking minutes."""

    def __init__(self, budget: int = 1_500_000) -> None:
        self._budget = budget

    def route(self, source: Bounds, target: Bounds, obstacles: Sequence[Bounds]) -> tuple[Point, ...]:
        """The way points from one box to the other around the obstacles."""
        near = [box for box in obstacles if _is_near(box, source, target)]
        for points in _plain(source, target):
            if _is_clear(points, [*near, source, target]):
                return points
        found = self._search(source, target, near)
        return found or next(_plain(source, target))

    def _search(self, source: Bounds, target: Bounds, near: list[Bounds]) -> tuple[Point, ...]:
        xs, ys = _lines(source, target, near)
        size = len(xs) * len(ys)
        if self._budget < size:
            return ()
        self._budget -= size
        blocked_across, blocked_down = _blocked(xs, ys, [*near, source, target])
        return _shortest(_Mesh(xs, ys, blocked_across, blocked_down), source, target)


class _Mesh:
    """The lines of a visibility grid and which pieces of them run through something."""

    def __init__(self, xs: list[float], ys: list[float], across: list[bytearray], down: list[bytearray]) -> None:
        self.xs, self.ys = xs, ys
        self.across, self.down = across, down
        self.x_at = {x: place for place, x in enumerate(xs)}
        self.y_at = {y: place for place, y in enumerate(ys)}

    def steps(self, ix: int, iy: int) -> Iterator[tuple[int, int, int, float]]:
        """The neighbours of a point: direction, place, distance."""
        if ix + 1 < len(self.xs) and not self.across[iy][ix]:
            yield 0, ix + 1, iy, self.xs[ix + 1] - self.xs[ix]
        if ix and not self.across[iy][ix - 1]:
            yield 1, ix - 1, iy, self.xs[ix] - self.xs[ix - 1]
        if iy + 1 < len(self.ys) and not self.down[ix][iy]:
            yield 2, ix, iy + 1, self.ys[iy + 1] - self.ys[iy]
        if iy and not self.down[ix][iy - 1]:
            yield 3, ix, iy - 1, self.ys[iy] - self.ys[iy - 1]


def _is_near(box: Bounds, source: Bounds, target: Bounds) -> bool:
    return (
        box.x < max(source.right, target.right) + _REACH
        and box.right > min(source.x, target.x) - _REACH
        and box.y < max(source.bottom, target.bottom) + _REACH
        and box.bottom > min(source.y, target.y) - _REACH
    )


def dock(box: Bounds, side: str) -> Point:
    """The middle of a side of a box."""
    x, y = box.centre
    return {"right": (box.right, y), "left": (box.x, y), "top": (x, box.y), "bottom": (x, box.bottom)}[side]


def _plain(source: Bounds, target: Bounds) -> Iterator[tuple[Point, ...]]:
    """The routes with at most two bends, the plainest first; the very first is always good enough to be drawn."""
    (sx, sy), (tx, ty) = source.centre, target.centre
    forth = target.x >= source.right
    if abs(sy - ty) < 0.5 and (forth or target.right <= source.x):
        ends = ("right", "left") if forth else ("left", "right")
        yield dock(source, ends[0]), dock(target, ends[1])
    below = target.y >= source.bottom
    above = target.bottom <= source.y
    ends = ("bottom", "top") if below else ("top", "bottom")
    if abs(sx - tx) < 0.5 and (below or above):
        yield dock(source, ends[0]), dock(target, ends[1])
    if forth:
        for x in ((source.right + target.x) / 2, target.x - _CLEAR, source.right + _CLEAR):
            yield (source.right, sy), (x, sy), (x, ty), (target.x, ty)
    if forth and (below or above):
        yield (source.right, sy), (tx, sy), dock(target, ends[1])
        yield dock(source, ends[0]), (sx, ty), (target.x, ty)
    if below or above:
        y = (source.bottom + target.y) / 2 if below else (source.y + target.bottom) / 2
        yield dock(source, ends[0]), (sx, y), (tx, y), dock(target, ends[1])
    top = min(source.y, target.y) - 2 * _CLEAR
    yield dock(source, "top"), (sx, top), (tx, top), dock(target, "top")


def _is_clear(points: Sequence[Point], boxes: Iterable[Bounds]) -> bool:
    """Whether the lines between the points run through none of the boxes."""
    for (x1, y1), (x2, y2) in zip(points, points[1:], strict=False):
        left, right, top, bottom = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
        for box in boxes:
            if left < box.right - _TOUCH / 4 and right > box.x + _TOUCH / 4:
                if top < box.bottom - _TOUCH / 4 and bottom > box.y + _TOUCH / 4:
                    return False
    return True


def _lines(source: Bounds, target: Bounds, near: list[Bounds]) -> tuple[list[float], list[float]]:
    """The lines worth trying: through the middles of both boxes, and around everything."""
    xs = {source.centre[0], target.centre[0], source.x, source.right, target.x, target.right}
    ys = {source.centre[1], target.centre[1], source.y, source.bottom, target.y, target.bottom}
    for box in (*near, source, target):
        xs.update((box.x - _CLEAR, box.right + _CLEAR))
        ys.update((box.y - _CLEAR, box.bottom + _CLEAR))
    return sorted(xs), sorted(ys)


def _blocked(xs: list[float], ys: list[float], boxes: list[Bounds]) -> tuple[list[bytearray], list[bytearray]]:
    """Which pieces of the lines across and down run through a box."""
    across = [bytearray(len(xs)) for _ in ys]
    down = [bytearray(len(ys)) for _ in xs]
    for box in boxes:
        inside_x = [place for place, x in enumerate(xs) if box.x + 0.1 < x < box.right - 0.1]
        inside_y = [place for place, y in enumerate(ys) if box.y + 0.1 < y < box.bottom - 0.1]
        over_x = [p for p in range(len(xs) - 1) if xs[p] < box.right - 0.1 and xs[p + 1] > box.x + 0.1]
        over_y = [p for p in range(len(ys) - 1) if ys[p] < box.bottom - 0.1 and ys[p + 1] > box.y + 0.1]
        for line in inside_y:
            for piece in over_x:
                across[line][piece] = 1
        for line in inside_x:
            for piece in over_y:
                down[line][piece] = 1
    return across, down


def _shortest(mesh: _Mesh, source: Bounds, target: Bounds) -> tuple[Point, ...]:
    """The cheapest way from a side of the source to a side of the target; empty if there is none."""
    directions = {"right": 0, "left": 1, "bottom": 2, "top": 3}
    State = tuple[int, int, int]  # noqa: N806 - a type
    best: dict[State, float] = {}
    came: dict[State, State] = {}
    heap: list[tuple[float, State]] = []
    goals: dict[State, float] = {}
    for side, price in _SIDES.items():
        x, y = dock(source, side)
        start = (mesh.x_at[x], mesh.y_at[y], directions[side])
        best[start] = price
        heappush(heap, (price, start))
        x, y = dock(target, side)
        goals[mesh.x_at[x], mesh.y_at[y], directions[_OPPOSITE[side]]] = _SIDES[_OPPOSITE[side]]
    finish, limit = None, float("inf")
    while heap:
        cost, state = heappop(heap)
        if cost >= limit:
            break
        if cost > best[state]:
            continue
        if state in goals and cost + goals[state] < limit:
            finish, limit = state, cost + goals[state]
        for direction, ix, iy, length in mesh.steps(state[0], state[1]):
            if direction == state[2] ^ 1:
                continue
            price = cost + length + (_BEND if direction != state[2] else 0.0)
            following = (ix, iy, direction)
            if price < best.get(following, float("inf")):
                best[following] = price
                came[following] = state
                heappush(heap, (price, following))
    return _traced(mesh, came, finish)


def _traced(
    mesh: _Mesh, came: dict[tuple[int, int, int], tuple[int, int, int]], finish: tuple[int, int, int] | None
) -> tuple[Point, ...]:
    if finish is None:
        return ()
    points = [(mesh.xs[finish[0]], mesh.ys[finish[1]])]
    state = finish
    while state in came:
        before = came[state]
        if before[2] != state[2] or before not in came:
            points.append((mesh.xs[before[0]], mesh.ys[before[1]]))
        state = before
    kept = [points[0]]
    for point in points[1:]:
        if len(kept) > 1 and any(kept[-2][axis] == kept[-1][axis] == point[axis] for axis in (0, 1)):
            kept.pop()
        kept.append(point)
    return tuple(kept[::-1])
