"""Routes between any two boxes, where no grid helps: into a sub-process, or in a diagram drawn by another tool.

The lines worth trying are those through the middles of the two boxes and close around every obstacle near them; on
these a shortest path with a price for every bend is sought (Dijkstra on the orthogonal visibility grid). The plain
ways, straight and with one or two bends, are tried before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import chain, pairwise

from bpmn.model import Bounds

Point = tuple[float, float]
#: A place on the grid and the direction it was reached in.
State = tuple[int, int, int]

#: How far a line may lie inside a border unnoticed.
_TOUCH = 0.5
#: How far a line keeps from what it passes.
_BESIDE = 3.0
#: What one bend costs, in units of length.
_BEND = 60.0
#: What leaving or entering by that side costs more than the natural one.
_SIDES = {"right": 0.0, "bottom": 20.0, "top": 20.0, "left": 50.0}
_OPPOSITE = {"right": "left", "left": "right", "top": "bottom", "bottom": "top"}
#: Obstacles matter within this distance of the two boxes.
REACH = 160.0


class Field:
    """Boxes by where they lie, so that the ones near a place are found at once."""

    _SIDE = 256.0
    #: Boxes over more cells than this are kept apart.
    _LARGE = 1024

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], list[tuple[int, str, Bounds]]] = {}
        self._large: list[tuple[int, str, Bounds]] = []
        self._count = 0
        self.left, self.bottom = float("inf"), float("-inf")

    def add(self, element: str, box: Bounds) -> None:
        """Add the box of an element."""
        columns, rows = self._covered(box)
        entry = (self._count, element, box)
        self._count += 1
        self.left, self.bottom = min(self.left, box.x), max(self.bottom, box.bottom)
        if len(columns) * len(rows) > self._LARGE:
            self._large.append(entry)
            return
        for column in columns:
            for row in rows:
                self._cells.setdefault((column, row), []).append(entry)

    def near(self, spot: Bounds, reach: float) -> list[tuple[str, Bounds]]:
        """The elements within that distance of a spot with their boxes, in the order they were added."""
        left, right, top, bottom = spot.x - reach, spot.right + reach, spot.y - reach, spot.bottom + reach
        columns, rows = self._covered(Bounds(x=left, y=top, width=right - left, height=bottom - top))
        lists = [self._large]
        if len(columns) * len(rows) > len(self._cells):
            lists += self._cells.values()
        else:
            lists += [self._cells[column, row] for column in columns for row in rows if (column, row) in self._cells]
        found: dict[int, tuple[str, Bounds]] = {}
        for entries in lists:
            for number, element, box in entries:
                if box.x < right and box.right > left and box.y < bottom and box.bottom > top:
                    found[number] = (element, box)
        return [found[number] for number in sorted(found)]

    def _covered(self, box: Bounds) -> tuple[range, range]:
        columns = range(int(box.x // self._SIDE), int(box.right // self._SIDE) + 1)
        return columns, range(int(box.y // self._SIDE), int(box.bottom // self._SIDE) + 1)


@dataclass(frozen=True, kw_only=True)
class End:
    """A box a route begins or ends at; a pool only by its upper and lower border."""

    box: Bounds
    is_pool: bool = False
    #: Whether flows branch off or join there, up and down rather than beside one another.
    is_gateway: bool = False
    #: Sides other lines leave or enter by.
    closed: frozenset[str] = frozenset()

    @property
    def sides(self) -> dict[str, float]:
        """The sides a route may leave by, with their price."""
        sides = {side: price for side, price in _SIDES.items() if not self.is_pool or side in ("top", "bottom")}
        return {side: price for side, price in sides.items() if side not in self.closed} or sides

    def admits(self, dock: Point, following: Point) -> bool:
        """Whether a route may leave from there towards there."""
        return not self.is_pool or abs(dock[0] - following[0]) < 0.01


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a route runs among."""

    obstacles: Sequence[Bounds]
    #: Names, which a route runs around where there is a way.
    soft: Sequence[Bounds] = ()
    #: Heights to turn at, if any.
    levels: Sequence[float] = ()
    #: How much farther than usual the route keeps from obstacles.
    aside: float = 0.0
    #: Whether a route that is clear of the obstacles lies on other lines or runs through names.
    spoils: Callable[[Sequence[Point]], bool] = lambda points: False


class FreeRouter:
    """Finds routes one after the other; its budget of grid points keeps a large file from taking minutes."""

    def __init__(self, *, clear: float = 12.0, budget: int = 1_500_000) -> None:
        #: White wished for between a route and an obstacle; a quarter of it is always kept.
        self._clear = clear
        self._budget = budget

    def route(self, source: End, target: End, ground: Ground) -> tuple[Point, ...]:
        """The way points from one end to the other around the obstacles, and around what spoils it if that can be."""
        first: tuple[Point, ...] = ()
        second: tuple[Point, ...] = ()
        obstacles, levels, aside = ground.obstacles, ground.levels, ground.aside
        ways = chain(_branching(source, target), _plain(source.box, target.box, levels, self._clear))
        for points in ways:
            if source.admits(points[0], points[1]) and target.admits(points[-1], points[-2]):
                first = first or points
                if _is_clear(points, obstacles, -_BESIDE) and _is_clear(points, (source.box, target.box), _TOUCH):
                    if not ground.spoils(points):
                        return points
                    second = second or points
        if second or ground.soft:
            one, other = self._beside_others(source, ground), self._beside_others(target, ground)
            points = self._search(one, other, (*obstacles, *ground.soft), self._clear)
            if points and _is_clear(points, (*obstacles, *ground.soft), _TOUCH) and not ground.spoils(points):
                return points
        if second:
            return second
        for clear in dict.fromkeys((self._clear + aside, self._clear)):
            points = self._search(source, target, obstacles, clear)
            if points and _is_clear(points, obstacles, _TOUCH):
                return points
        return points or first

    def _beside_others(self, end: End, ground: Ground) -> End:
        """An end without the sides where a route would lie on another line from the start."""
        sides = {side: (dock(end.box, side), _out(end.box, side, self._clear)) for side in end.sides}
        return replace(end, closed=frozenset(side for side, piece in sides.items() if ground.spoils(piece)))

    def _search(self, source: End, target: End, near: Sequence[Bounds], clear: float) -> tuple[Point, ...]:
        xs, ys = _lines(source.box, target.box, near, clear)
        size = len(xs) * len(ys)
        if self._budget < size:
            return ()
        self._budget -= size
        across, down = _blocked(xs, ys, [*near, source.box, target.box], self._clear / 4)
        return _shortest(_Mesh(xs, ys, across, down), source, target, clear)


class _Mesh:
    """The lines of a visibility grid and which pieces of them run through something."""

    def __init__(self, xs: list[float], ys: list[float], across: list[bytearray], down: list[bytearray]) -> None:
        self.xs, self.ys = xs, ys
        self.across, self.down = across, down
        self._x_at = {x: place for place, x in enumerate(xs)}
        self._y_at = {y: place for place, y in enumerate(ys)}

    def place(self, point: Point) -> tuple[int, int]:
        """Where a point of the grid is."""
        return self._x_at[point[0]], self._y_at[point[1]]

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


def dock(box: Bounds, side: str) -> Point:
    """The middle of a side of a box."""
    x, y = box.centre
    return {"right": (box.right, y), "left": (box.x, y), "top": (x, box.y), "bottom": (x, box.bottom)}[side]


def _out(box: Bounds, side: str, clear: float) -> Point:
    """The point a step away from the middle of a side."""
    x, y = box.centre
    return {
        "right": (box.right + clear, y),
        "left": (box.x - clear, y),
        "top": (x, box.y - clear),
        "bottom": (x, box.bottom + clear),
    }[side]


def _branching(source: End, target: End) -> Iterator[tuple[Point, ...]]:
    """Up or down out of a gateway and along, or along and up or down into one."""
    one, other = source.box, target.box
    (sx, sy), (tx, ty) = one.centre, other.centre
    if source.is_gateway and not target.is_gateway and abs(sy - ty) > one.height / 2 and other.x > sx:
        yield dock(one, "bottom" if ty > sy else "top"), (sx, ty), (other.x, ty)
    if target.is_gateway and not source.is_gateway and abs(sy - ty) > other.height / 2 and tx > one.right:
        yield (one.right, sy), (tx, sy), dock(other, "top" if ty > sy else "bottom")


def _plain(source: Bounds, target: Bounds, levels: Sequence[float], clear: float) -> Iterator[tuple[Point, ...]]:
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
        for x in ((source.right + target.x) / 2, target.x - clear, source.right + clear):
            yield (source.right, sy), (x, sy), (x, ty), (target.x, ty)
    if forth and (below or above):
        yield (source.right, sy), (tx, sy), dock(target, ends[1])
        yield dock(source, ends[0]), (sx, ty), (target.x, ty)
    if below or above:
        low, high = (source.bottom, target.y) if below else (target.bottom, source.y)
        for y in (*(level for level in levels if low < level < high), (low + high) / 2):
            yield dock(source, ends[0]), (sx, y), (tx, y), dock(target, ends[1])
    top = min(source.y, target.y) - 2 * clear
    yield dock(source, "top"), (sx, top), (tx, top), dock(target, "top")


def _is_clear(points: Sequence[Point], boxes: Iterable[Bounds], within: float) -> bool:
    """Whether the lines between the points come into none of the boxes farther than so much."""
    for (x1, y1), (x2, y2) in pairwise(points):
        left, right, top, bottom = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
        for box in boxes:
            across = left < box.right - within and right > box.x + within
            if across and top < box.bottom - within and bottom > box.y + within:
                return False
    return True


def _lines(source: Bounds, target: Bounds, near: Sequence[Bounds], clear: float) -> tuple[list[float], list[float]]:
    """The lines worth trying: through the middles of both boxes, and around everything."""
    xs, ys = {source.centre[0], target.centre[0]}, {source.centre[1], target.centre[1]}
    for box in (*near, source, target):
        xs.update((box.x - clear, box.right + clear))
        ys.update((box.y - clear, box.bottom + clear))
    return sorted(xs), sorted(ys)


def _blocked(
    xs: list[float], ys: list[float], boxes: list[Bounds], near: float
) -> tuple[list[bytearray], list[bytearray]]:
    """Which pieces of the lines across and down run through a box."""
    across = [bytearray(len(xs)) for _ in ys]
    down = [bytearray(len(ys)) for _ in xs]
    for box in boxes:
        left, right, top, bottom = box.x - near, box.right + near, box.y - near, box.bottom + near
        inside_x = [place for place, x in enumerate(xs) if left < x < right]
        inside_y = [place for place, y in enumerate(ys) if top < y < bottom]
        over_x = [place for place in range(len(xs) - 1) if xs[place] < right and xs[place + 1] > left]
        over_y = [place for place in range(len(ys) - 1) if ys[place] < bottom and ys[place + 1] > top]
        for line in inside_y:
            for piece in over_x:
                across[line][piece] = 1
        for line in inside_x:
            for piece in over_y:
                down[line][piece] = 1
    return across, down


def _shortest(mesh: _Mesh, source: End, target: End, clear: float) -> tuple[Point, ...]:
    """The cheapest way from a side of the source to a side of the target; empty if there is none."""
    directions = {"right": 0, "left": 1, "bottom": 2, "top": 3}
    best: dict[State, float] = {}
    came: dict[State, State] = {}
    heap: list[tuple[float, State]] = []
    starts: dict[State, Point] = {}
    goals: dict[State, tuple[float, Point]] = {}
    for side, price in source.sides.items():
        start = (*mesh.place(_out(source.box, side, clear)), directions[side])
        best[start] = price
        starts[start] = dock(source.box, side)
        heappush(heap, (price, start))
    for side in target.sides:
        goal = (*mesh.place(_out(target.box, side, clear)), directions[_OPPOSITE[side]])
        goals[goal] = (_SIDES[_OPPOSITE[side]] if not target.is_pool else 0.0, dock(target.box, side))
    finish, limit = None, float("inf")
    while heap:
        cost, state = heappop(heap)
        if cost >= limit:
            break
        if cost > best[state]:
            continue
        if state in goals and cost + goals[state][0] < limit:
            finish, limit = state, cost + goals[state][0]
        for direction, ix, iy, length in mesh.steps(state[0], state[1]):
            if direction == state[2] ^ 1:
                continue
            price = cost + length + (_BEND if direction != state[2] else 0.0)
            following = (ix, iy, direction)
            if price < best.get(following, float("inf")):
                best[following] = price
                came[following] = state
                heappush(heap, (price, following))
    return _traced(mesh, came, starts, finish, goals[finish][1]) if finish is not None else ()


def _traced(
    mesh: _Mesh, came: dict[State, State], starts: dict[State, Point], finish: State, last: Point
) -> tuple[Point, ...]:
    """The way points from a start to the finish, without those in the middle of a straight line."""
    points = [last, (mesh.xs[finish[0]], mesh.ys[finish[1]])]
    state = finish
    while state in came:
        state = came[state]
        points.append((mesh.xs[state[0]], mesh.ys[state[1]]))
    points.append(starts[state])
    kept = points[:1]
    for point in points[1:]:
        if len(kept) > 1 and any(abs(kept[-2][axis] - point[axis]) < 0.01 for axis in (0, 1)):
            kept.pop()
        kept.append(point)
    return tuple(kept[::-1])
