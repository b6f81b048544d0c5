"""From the grid to coordinates: widths of columns, heights of rows and lanes, way points and labels."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from bpmn.layout.board import Board, Item, Strip
from bpmn.layout.free import Field
from bpmn.layout.grid import Grid, Line, Route
from bpmn.layout.style import Style
from bpmn.layout.tracks import Tracks, assign_tracks
from bpmn.lettering import Setting
from bpmn.model import Bounds, Model

Point = tuple[float, float]


@dataclass(kw_only=True)
class Placed:
    """A board with coordinates, its upper left corner at 0, 0."""

    width: float = 0.0
    height: float = 0.0
    #: The line along which the flow enters it, from its top.
    axis: float = 0.0
    shapes: dict[str, Bounds] = field(default_factory=dict)
    labels: dict[str, Bounds] = field(default_factory=dict)
    edges: dict[str, tuple[Point, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _Label:
    """Where a label stands beside its item: "below", "above", "below-left" or "above-left"."""

    setting: Setting
    side: str


class Placing:
    """Turns the routed grid of one board into coordinates."""

    def __init__(self, board: Board, grid: Grid, routes: list[Route], model: Model, style: Style) -> None:
        self._board, self._grid, self._routes = board, grid, routes
        self._model, self._style = model, style
        self._tracks: Tracks = assign_tracks(routes)
        self._labels = self._label_sides()
        #: Left edges of channels and middles of columns; tops of channels and middles of rows.
        self._column_x: list[float] = []
        self._channel_x: list[tuple[float, float]] = []
        self._row_y: list[float] = []
        self._channel_y: dict[int, tuple[float, float]] = {}
        self._strip_y: list[tuple[float, float]] = []
        #: The names of messages, which would lie on each other between two pools.
        self._messages = Field()

    def place(self) -> Placed:
        """The coordinates of everything on the board."""
        placed = Placed()
        placed.width = self._place_columns()
        placed.height = self._place_rows()
        main = self._board.strips[0].rows[0] if self._board.strips else 0
        starts = [item for item in self._board.items.values() if item.kind == "node"]
        first = min(starts, key=lambda item: item.column, default=None)
        placed.axis = self._row_y[first.row if first is not None else main] if self._row_y else placed.height / 2
        self._place_frames(placed)
        self._place_items(placed)
        self._set_runs()
        for route in self._routes:
            points = self._points(route, placed)
            placed.edges[route.link.id] = points
            self._label_flow(route, points, placed)
        return placed

    # labels

    def _label_sides(self) -> dict[str, _Label]:
        labels: dict[str, _Label] = {}
        if not self._style.has_labels:
            return labels
        data = {item.id: item.name for item in self._model.data}
        for item in self._board.items.values():
            node = self._model.node.get(item.id)
            name = node.name if node is not None and (node.is_event or node.is_gateway) else ""
            if item.kind == "data":
                name = data.get(item.id, "")
            if not name:
                continue
            sides = ("above", "below") if item.is_gateway else ("below", "above")
            used = {
                "above": "top" in item.messages or self._grid.is_used(item, "top"),
                "below": "bottom" in item.messages or self._grid.is_used(item, "bottom"),
            }
            free = next((side for side in sides if not used[side]), sides[0] + "-left")
            labels[item.id] = _Label(setting=self._style.label(name), side=free)
        return labels

    def _width(self, item: Item) -> float:
        """The width of its column an item asks for."""
        label = self._labels.get(item.id)
        if label is None:
            return item.width
        wide = label.setting.width + 2
        over = self._style.column_gap * 0.8
        return max(item.width, 2 * (wide + 4 - over) if label.side.endswith("left") else wide - over / 2)

    def _extent(self, item: Item) -> tuple[float, float]:
        """How far an item and its label reach above and below the middle of its row."""
        up, down = item.up, item.down
        label = self._labels.get(item.id)
        if label is not None:
            high = label.setting.height + 4
            up, down = (up + high, down) if label.side.startswith("above") else (up, down + high)
        if item.ports:
            names = [self._model.node[port].name for port in item.ports]
            high = (
                max((self._style.label(name).height for name in names), default=0.0) if self._style.has_labels else 0.0
            )
            down += self._style.event / 2 + 2 + high
        return up, down

    # columns

    def _place_columns(self) -> float:
        board = self._board
        widths = [0.0] * board.columns
        nodes = [item for item in board.items.values() if item.kind != "band"]
        for item in nodes:
            if item.span == 1:
                widths[item.column] = max(widths[item.column], self._width(item))
        gaps = [self._gap(channel) for channel in range(board.columns + 1)]
        for route in self._routes:
            self._ask_for_label(route, widths, gaps)
        for item in nodes:
            if item.span > 1:
                covered = range(item.column, item.last + 1)
                lacking = (
                    item.width - sum(widths[c] for c in covered) - sum(gaps[c] for c in covered if c > item.column)
                )
                for column in covered:
                    widths[column] += max(0.0, lacking) / item.span
        x = self._left()
        for column in range(board.columns + 1):
            self._channel_x.append((x, gaps[column]))
            x += gaps[column]
            if column < board.columns:
                self._column_x.append(x + widths[column] / 2)
                x += widths[column]
        return x

    def _gap(self, channel: int) -> float:
        style = self._style
        outer = channel in (0, self._board.columns)
        least = (style.frame_padding if self._board.scope else style.lane_padding + 4) if outer else style.column_gap
        count = self._tracks.count.get((True, 2 * channel), 0)
        return max(least, (count + 1) * style.spacing if count else 0.0)

    def _ask_for_label(self, route: Route, widths: list[float], gaps: list[float]) -> None:
        """Widen the channel behind the source of a named flow, so that its name has room."""
        link = route.link
        if not (self._style.has_labels and link.name and link.kind == "flow" and link.source in self._board.items):
            return
        source, target = self._board.items[link.source], self._board.items[link.target]
        wide = self._style.label(link.name).width + 12
        if target.column > source.last + 1 or target.column <= source.last:
            return
        inside = widths[source.last] / 2 if route.exit != "right" else (widths[source.last] - source.width) / 2
        gaps[target.column] = max(gaps[target.column], wide - inside)

    def _left(self) -> float:
        """Where the content of the board begins, right of all heads."""
        if self._board.scope:
            return 0.0
        if self._style.has_flat_heads:
            return self._style.head
        heads = [
            self._style.head * (bool(strip.pool) + len(self._chain(strip)))
            for strip in self._board.strips
            if not strip.is_band
        ]
        return max(heads, default=0.0)

    def _chain(self, strip: Strip) -> list[str]:
        """The lanes around a strip, the outermost first."""
        chain: list[str] = []
        lane = self._model.lane.get(strip.lane)
        while lane is not None and lane.id not in chain:
            chain.append(lane.id)
            lane = self._model.lane.get(lane.parent)
        return chain[::-1]

    # rows

    def _place_rows(self) -> float:
        board, style = self._board, self._style
        extents = [(0.0, 0.0)] * board.rows
        for item in board.items.values():
            up, down = self._extent(item)
            extents[item.row] = (max(extents[item.row][0], up), max(extents[item.row][1], down))
        self._row_y = [0.0] * board.rows
        y = 0.0
        for place, strip in enumerate(board.strips):
            before = board.strips[place - 1] if place else None
            if before is not None and (before.pool, before.process) != (strip.pool, strip.process):
                y += max(style.pool_gap, 0.0)
            top = y
            sizes = [self._row_gaps(strip, row) for row in strip.rows]
            high = sum(above + below + sum(extents[row]) for (above, below), row in zip(sizes, strip.rows, strict=True))
            least = 0.0 if board.scope else style.lane_heights.get(strip.name, 0.0 if strip.is_band else style.lane)
            y += max(0.0, least - high) / 2
            for (above, below), row in zip(sizes, strip.rows, strict=True):
                self._channel_y[3 * row] = (y, above)
                self._row_y[row] = y + above + extents[row][0]
                self._channel_y[3 * row + 2] = (self._row_y[row] + extents[row][1], below)
                y = self._row_y[row] + extents[row][1] + below
            y = max(y, top + least, y + max(0.0, least - high) / 2 if least > high else y)
            self._strip_y.append((top, y))
        return y

    def _row_gaps(self, strip: Strip, row: int) -> tuple[float, float]:
        """The heights of the channels above and below a row."""
        style = self._style
        outer_top = outer_bottom = 0.0 if strip.is_band else style.lane_padding
        if self._board.scope:
            outer_top, outer_bottom = style.frame_head, style.frame_padding
        elif not strip.is_band:
            strips = self._board.strips
            outer_top += style.pool_padding * (strip.pool not in ("", strips[0].pool) and _is_edge(strips, strip))
            outer_bottom += style.pool_padding * (
                strip.pool not in ("", strips[-1].pool) and _is_edge(strips[::-1], strip)
            )
        above = outer_top if row == strip.rows[0] else style.row_gap / 2
        below = outer_bottom if row == strip.rows[-1] else style.row_gap / 2
        counts = [self._tracks.count.get((False, 3 * row + side), 0) for side in (0, 2)]
        asked = [(count + 1.1) * style.spacing if count else 0.0 for count in counts]
        if self._board.scope in self._model.boundary_events and row == strip.rows[-1]:
            asked[1] += style.event / 2
        extra = style.frame_head * 0.75 if self._board.scope and row == strip.rows[0] else 0.0
        return max(above, asked[0] + extra), max(below, asked[1])

    # shapes

    def _place_frames(self, placed: Placed) -> None:
        """Pools and lanes; pools are as wide as the board."""
        if self._board.scope:
            return
        style = self._style
        for place, strip in enumerate(self._board.strips):
            top, bottom = self._strip_y[place]
            ids = [(strip.pool, 0.0)] if strip.pool else []
            first = 0.0 if style.has_flat_heads or not strip.pool else style.head
            step = 0.0 if style.has_flat_heads else style.head
            ids += [(lane, first + step * depth) for depth, lane in enumerate(self._chain(strip))]
            for element, left in ids:
                old = placed.shapes.get(element)
                top_ = old.y if old is not None else top
                placed.shapes[element] = Bounds(x=left, y=top_, width=placed.width - left, height=bottom - top_)

    def _place_items(self, placed: Placed) -> None:
        for item in self._board.items.values():
            if item.kind == "band":
                continue
            left, right = self._edge(item.column, -1), self._edge(item.last, 1)
            x, y = (left + right) / 2, self._row_y[item.row]
            bounds = Bounds(x=x - item.width / 2, y=y - item.up, width=item.width, height=item.up + item.down)
            placed.shapes[item.id] = bounds
            size = self._style.event
            for port, shift in item.ports.items():
                middle = self._column_x[item.middle] + shift
                placed.shapes[port] = Bounds(x=middle - size / 2, y=bounds.bottom - size / 2, width=size, height=size)
                self._label_port(port, placed)
            label = self._labels.get(item.id)
            if label is not None:
                placed.labels[item.id] = _beside(bounds, label)

    def _edge(self, column: int, side: int) -> float:
        """The left or right edge of a column."""
        if side < 0:
            start, gap = self._channel_x[column]
            return start + gap
        return self._channel_x[column + 1][0]

    def _label_port(self, port: str, placed: Placed) -> None:
        name = self._model.node[port].name
        if name and self._style.has_labels:
            setting, box = self._style.label(name), placed.shapes[port]
            x = box.centre[0] + 4
            placed.labels[port] = Bounds(x=x, y=box.bottom + 1, width=setting.width, height=setting.height)

    # routes

    def _set_runs(self) -> None:
        for line, track in self._tracks.of.items():
            if line.is_vertical:
                start, gap = self._channel_x[line.place // 2]
                count = self._tracks.count[True, line.place]
                line.position = start + gap * (track + 1) / (count + 1)
            else:
                start, gap = self._channel_y[line.place]
                offset = self._style.spacing * (track + 1.3)
                line.position = start + gap - offset if line.place % 3 == 0 else start + offset

    def _position(self, line: Line) -> float:
        if line.is_run:
            return line.position
        if line.is_vertical:
            return self._column_x[line.place // 2] + line.shift
        return self._row_y[line.place // 3]

    def _points(self, route: Route, placed: Placed) -> tuple[Point, ...]:
        """The way points of a route, without those in the middle of a straight line."""
        lines = route.lines
        positions = [self._position(line) for line in lines]
        points = [self._dock(route, placed, is_target=False)]
        for before, after, first, second in zip(lines, lines[1:], positions, positions[1:], strict=False):
            points.append((first, second) if before.is_vertical and not after.is_vertical else (second, first))
        points.append(self._dock(route, placed, is_target=True))
        return _straightened(points)

    def _dock(self, route: Route, placed: Placed, *, is_target: bool) -> Point:
        """Where the first line of a route leaves the shape at its beginning, or the last one meets that at its end."""
        link, line = route.link, route.lines[-1 if is_target else 0]
        side, position = route.entry if is_target else route.exit, self._position(line)
        if side == "pool":
            box = placed.shapes[link.target_pool if is_target else link.source_pool]
            leads_down = line.end > line.begin or (line.end == line.begin and line.begin % 3 == 2)
            return position, box.y if leads_down is is_target else box.bottom
        box = placed.shapes[link.target if is_target else link.port or link.source]
        if side in ("left", "right"):
            return (box.x if side == "left" else box.right), position
        return position, box.y if side == "top" else box.bottom

    def _between_pools(self, points: tuple[Point, ...]) -> Point:
        """Where a message flow first crosses the white between two pools, else its middle."""
        for (x, y1), (x2, y2) in pairwise(points):
            if abs(x - x2) > 0.5:
                continue
            low, high = min(y1, y2), max(y1, y2)
            crossed = [middle for middle in self._pool_gaps() if low <= middle <= high]
            if crossed:
                return x, crossed[0] if y1 < y2 else crossed[-1]
        return points[0][0], (points[0][1] + points[-1][1]) / 2

    def _pool_gaps(self) -> list[float]:
        """The middles of the white between pools."""
        strips = self._board.strips
        return [
            (self._strip_y[place][1] + self._strip_y[place + 1][0]) / 2
            for place in range(len(strips) - 1)
            if strips[place].pool != strips[place + 1].pool
        ]

    def _label_flow(self, route: Route, points: tuple[Point, ...], placed: Placed) -> None:
        """The name of a flow stands above its first stretch across, or right of its first stretch down."""
        name = route.link.name
        if not name or not self._style.has_labels or len(points) < 2:
            return
        setting = self._style.label(name)
        wide, high = setting.width, setting.height
        if route.link.kind == "message":
            x, y = self._between_pools(points)
            spots = [
                Bounds(x=left, y=y - high / 2 + down, width=wide, height=high)
                for down in (0.0, high + 2, -high - 2)
                for left in (x + 5, x - 5 - wide)
            ]
            spot = next((spot for spot in spots if not self._messages.near(spot, 1.0)), spots[0])
            self._messages.add(route.link.id, spot)
            placed.labels[route.link.id] = spot
            return
        (x0, y0), (x1, y1) = points[0], points[1]
        if x0 == x1 and len(points) > 2 and points[2][0] > x1 and not route.lines[1].is_run:
            (x0, y0), (x1, y1) = points[1], points[2]
        if y0 == y1:
            left = x0 + 4 if x1 > x0 else x0 - 4 - wide
            placed.labels[route.link.id] = Bounds(x=left, y=y0 - high - 2, width=wide, height=high)
        else:
            top = y0 + 2 if y1 > y0 else y0 - 2 - high
            placed.labels[route.link.id] = Bounds(x=x0 + 4, y=top, width=wide, height=high)


def _is_edge(strips: list[Strip], strip: Strip) -> bool:
    """Whether a strip is the first of its pool in that order."""
    return next(other for other in strips if other.pool == strip.pool) is strip


def _beside(box: Bounds, label: _Label) -> Bounds:
    wide, high = label.setting.width, label.setting.height
    y = box.y - high - 3 if label.side.startswith("above") else box.bottom + 3
    x = box.centre[0] - 5 - wide if label.side.endswith("left") else box.centre[0] - wide / 2
    return Bounds(x=x, y=y, width=wide, height=high)


def _straightened(points: list[Point]) -> tuple[Point, ...]:
    """The points without repeated ones and those on a straight line between their neighbours."""
    kept: list[Point] = []
    for point in points:
        if kept and abs(point[0] - kept[-1][0]) < 0.01 and abs(point[1] - kept[-1][1]) < 0.01:
            continue
        if len(kept) > 1 and any(
            abs(kept[-2][axis] - kept[-1][axis]) < 0.01 and abs(kept[-1][axis] - point[axis]) < 0.01 for axis in (0, 1)
        ):
            kept.pop()
        kept.append(point)
    return tuple(kept) if len(kept) > 1 else (*kept, *kept)
