"""How flows run through the grid: straight, else with one bend, else through the channels.

For every link the ways are tried from the plainest to the longest, and the first that crosses no shape and lies on no
other link's line is taken: straight along a row; down or up out of a gateway and along the target's row; along the
source's row and down or up into the target; along both rows with a step in a channel; around through the channel above
or below, which is also how a flow leads back; and at last through two row channels and a channel that nothing lies
across, which always exists at the sides. Short links go first. The cost of a link is about its length in cells.
"""

from collections.abc import Iterator

from bpmn.layout.board import Board, Item, Link
from bpmn.layout.grid import Grid, Line, Route

#: Where a message or a second flow may leave a wide item beside its middle, in parts of half its width.
_SHIFTS = (0.0, -0.4, 0.4, -0.7, 0.7)

#: Rows tried above and below for a flow that runs around others.
_OUTWARD = 6


def route_links(board: Board) -> tuple[Grid, list[Route]]:
    """The routes of all links of a board, in the order they were found."""
    grid = Grid(board=board)
    ways_in: dict[str, int] = {}
    for link in board.links:
        if link.kind == "flow":
            ways_in[link.target] = ways_in.get(link.target, 0) + 1
    router = _Router(grid, ways_in)
    routes = [router.route(link) for link in sorted(board.links, key=lambda link: _priority(grid, link))]
    return grid, routes


def _priority(grid: Grid, link: Link) -> tuple[int, ...]:
    """Straight flows come first, then short ones; those that must run around others see what is in their way."""
    board = grid.board
    kind = ("flow", "message", "association").index(link.kind)
    source, target = board.items.get(link.source), board.items.get(link.target)
    if source is None or target is None:
        return 0, 1, 0, link.order
    columns, rows = target.column - source.last, abs(target.row - source.row)
    if link.id in board.folded:
        return 0, 0, rows, link.order
    if link.kind == "message" and source.middle == target.middle:
        return 0, 1, rows, link.order
    if kind:
        return kind, abs(columns), rows, link.order
    is_level = columns > 0 and not rows and not link.port
    if is_level and grid.is_row_clear(source.row, source.last + 1, target.column - 1):
        return kind, 0, columns, link.order
    return kind, 2 if columns >= 0 else 3, abs(columns) + rows, link.order


class _Router:
    """Finds one route after the other in a grid."""

    def __init__(self, grid: Grid, ways_in: dict[str, int]) -> None:
        self._grid = grid
        self._board = grid.board
        self._ways_in = ways_in

    def route(self, link: Link) -> Route:
        """The first route of the link that is free, taken in the grid."""
        for route in self._ways(link):
            if self._grid.is_free(route):
                self._grid.take(route)
                return route
        fallback = self._always(link)
        self._grid.take(fallback)
        return fallback

    def _ways(self, link: Link) -> Iterator[Route]:
        source, target = self._board.items.get(link.source), self._board.items.get(link.target)
        if source is None and target is None:
            return
        if source is None or target is None:
            yield from self._to_pool(link)
            return
        if link.source == link.target:
            yield from self._own_loop(link, source)
        elif link.kind == "flow" and (target.column > source.last or link.port):
            yield from self._forward(link, source, target)
        elif link.kind == "flow":
            yield from self._upright(link, source, target)
            yield from self._around(link, source, target)
            yield from self._aside(link, source, target)
            yield from self._jog(link, source, target)
        else:
            yield from self._upright(link, source, target)
            yield from self._beside(link, source, target)
            yield from self._jog(link, source, target)
        yield from self._through(link, source, target)

    # forward flows

    def _forward(self, link: Link, source: Item, target: Item) -> Iterator[Route]:
        grid = self._grid
        if (
            source.row == target.row
            and not link.port
            and grid.is_row_clear(source.row, source.last + 1, target.column - 1)
        ):
            yield _straight(link, source, target)
        if source.row != target.row:
            if (source.is_gateway or link.port) and target.column > source.middle:
                yield from self._down_then_along(link, source, target)
            if not link.port:
                joins = target.is_gateway or (self._ways_in[target.id] == 1 and source.strip != target.strip)
                if joins:
                    yield from self._along_then_down(link, source, target)
                yield from self._steps(link, source, target)
                if not joins:
                    yield from self._along_then_down(link, source, target)
        if target.column >= source.last:
            yield from self._around(link, source, target)
        yield from self._jog(link, source, target)

    def _down_then_along(self, link: Link, source: Item, target: Item) -> Iterator[Route]:
        down = target.row > source.row
        if link.port and not down:
            return
        column, step = source.middle, 1 if down else -1
        corner_clear = self._grid.is_column_clear(column, *sorted((source.row + step, target.row)))
        if corner_clear and self._grid.is_row_clear(target.row, column + 1, target.column - 1):
            first = self._out(source, down, 3 * target.row + 1, source.ports.get(link.port, 0.0))
            second = _line(False, 3 * target.row + 1, 2 * column + 1, 2 * target.column)
            yield Route(link=link, lines=(first, second), exit=_side(down), entry="left")

    def _along_then_down(self, link: Link, source: Item, target: Item) -> Iterator[Route]:
        down = target.row > source.row
        column = target.middle
        clear = self._grid.is_row_clear(source.row, source.last + 1, column)
        between = (min(source.row, target.row) + 1, max(source.row, target.row) - 1)
        if clear and self._grid.is_column_clear(column, *between):
            first = _line(False, 3 * source.row + 1, 2 * source.last + 2, 2 * column + 1)
            second = _line(True, 2 * column + 1, 3 * source.row + 1, 3 * target.row + (0 if down else 2))
            yield Route(link=link, lines=(first, second), exit="right", entry=_side(not down))

    def _steps(self, link: Link, source: Item, target: Item) -> Iterator[Route]:
        """Along the source's row, in a channel to the target's row, along it."""
        grid = self._grid
        furthest = min(grid.clear_right(source.row, source.last + 1) + 1, target.column)
        nearest = max(grid.clear_left(target.row, target.column - 1), source.last + 1)
        rows = sorted((source.row, target.row))
        joins = self._ways_in[target.id] > 1
        channels = range(nearest, furthest + 1)
        for channel in list(reversed(channels))[:4] if joins else list(channels)[:4]:
            if grid.is_channel_clear(channel, *rows):
                net = f"t {target.id}" if channel == target.column and joins else f"s {source.id}"
                yield Route(
                    link=link,
                    lines=(
                        _line(False, 3 * source.row + 1, 2 * source.last + 2, 2 * channel),
                        _run(True, 2 * channel, 3 * source.row + 1, 3 * target.row + 1, net),
                        _line(False, 3 * target.row + 1, 2 * channel, 2 * target.column),
                    ),
                    exit="right",
                    entry="left",
                )

    # flows in one column, and back

    def _upright(self, link: Link, source: Item, target: Item) -> Iterator[Route]:
        """Straight up or down, where nothing lies between."""
        column = source.middle
        if source.row == target.row or column != target.middle:
            return
        down = target.row > source.row
        between = (min(source.row, target.row) + 1, max(source.row, target.row) - 1)
        if not self._grid.is_column_clear(column, *between):
            return
        narrow = target if source.is_wide and not target.is_wide else source
        for shift in _shifts(narrow, link):
            begin, end = 3 * source.row + (2 if down else 0), 3 * target.row + (0 if down else 2)
            line = Line(is_vertical=True, place=2 * column + 1, shift=shift, begin=begin, end=end)
            yield Route(link=link, lines=(line,), exit=_side(down), entry=_side(not down))

    def _around(self, link: Link, source: Item, target: Item) -> Iterator[Route]:
        """Up out of the source, along a channel above, down into the target; or the same below.

        Of the channels of their lanes that are reached that way the one that crosses the fewest lines comes first, then
        the nearest.
        """
        found: list[tuple[int, bool, int, Route]] = []
        prefers_above = source.row <= target.row and not link.port
        for above in (True, False)[bool(link.port) :]:
            for distance, row in enumerate(self._rows_beyond(source, target, above)):
                if not (self._reaches(source, row) and self._reaches(target, row)):
                    break
                route = self._over(link, source, target, 3 * row + (0 if above else 2), above)
                found.append((2 * self._grid.crossed(route) + distance, above is not prefers_above, len(found), route))
        for _, _, _, route in sorted(found, key=lambda each: each[:3]):
            yield route

    def _rows_beyond(self, source: Item, target: Item, above: bool) -> list[int]:
        """The rows of the lanes of two items, from the outer one of these on outwards."""
        rows = [*self._board.strips[source.strip].rows, *self._board.strips[target.strip].rows]
        if above:
            first = min(source.row, target.row)
            return sorted({row for row in rows if row <= first}, reverse=True)[:_OUTWARD]
        first = max(source.row, target.row)
        return sorted({row for row in rows if row >= first})[:_OUTWARD]

    def _reaches(self, item: Item, row: int) -> bool:
        """Whether the column of an item is clear as far as that row."""
        if row == item.row:
            return True
        low, high = (item.row + 1, row) if row > item.row else (row, item.row - 1)
        return self._grid.is_column_clear(item.middle, low, high)

    def _over(self, link: Link, source: Item, target: Item, place: int, above: bool) -> Route:
        first = self._out(source, not above, place, source.ports.get(link.port, 0.0))
        run = _run(False, place, 2 * source.middle + 1, 2 * target.middle + 1, f"t {target.id}")
        last = _line(True, 2 * target.middle + 1, place, 3 * target.row + (0 if above else 2))
        return Route(link=link, lines=(first, run, last), exit=_side(not above), entry=_side(not above))

    def _aside(self, link: Link, source: Item, target: Item) -> Iterator[Route]:
        """Out to the right, up or down the next channel, back into the target's right side: in one column."""
        channel = source.last + 1
        if target.last == source.last and self._grid.is_channel_clear(channel, *sorted((source.row, target.row))):
            first = _line(False, 3 * source.row + 1, 2 * channel, 2 * channel)
            run = _run(True, 2 * channel, 3 * source.row + 1, 3 * target.row + 1, f"s {source.id}")
            last = _line(False, 3 * target.row + 1, 2 * channel, 2 * channel)
            yield Route(link=link, lines=(first, run, last), exit="right", entry="right")

    def _own_loop(self, link: Link, item: Item) -> Iterator[Route]:
        """From the right side around the corner into the top or bottom of the same item."""
        for above in (True, False):
            place = 3 * item.row + (0 if above else 2)
            yield Route(
                link=link,
                lines=(
                    _line(False, 3 * item.row + 1, 2 * item.last + 2, 2 * item.last + 2),
                    _run(True, 2 * item.last + 2, 3 * item.row + 1, place, f"s {item.id}"),
                    _run(False, place, 2 * item.last + 2, 2 * item.middle + 1, f"t {item.id}"),
                    _line(True, 2 * item.middle + 1, place, place),
                ),
                exit="right",
                entry=_side(not above),
            )

    # messages and associations

    def _beside(self, link: Link, source: Item, target: Item) -> Iterator[Route]:
        """An association between neighbours of a row."""
        if source.row != target.row or link.port:
            return
        left, right = sorted((source, target), key=lambda item: item.column)
        if self._grid.is_row_clear(source.row, left.last + 1, right.column - 1):
            forth = left is source
            begin, end = 2 * left.last + 2, 2 * right.column
            line = _line(False, 3 * source.row + 1, *((begin, end) if forth else (end, begin)))
            sides = ("right", "left") if forth else ("left", "right")
            yield Route(link=link, lines=(line,), exit=sides[0], entry=sides[1])

    def _jog(self, link: Link, source: Item, target: Item) -> Iterator[Route]:
        """Down or up, along the channel next to the target or next to the source, and on."""
        down = target.row > source.row
        if source.row == target.row or source.middle == target.middle or (link.port and not down):
            return
        near = (3 * target.row + (0 if down else 2), target.row - (1 if down else -1))
        far = (3 * source.row + (2 if down else 0), source.row)
        for (place, row), at in ((near, "t"), (far, "s")):
            source_clear = at == "s" or self._reaches(source, row)
            target_clear = at == "t" or self._reaches(target, source.row + (1 if down else -1))
            if source_clear and target_clear:
                for shift in _shifts(source, link):
                    yield self._bent(link, source, target, place, down, shift)

    def _bent(self, link: Link, source: Item, target: Item, place: int, down: bool, shift: float) -> Route:
        first = self._out(source, down, place, shift)
        run = _run(False, place, 2 * source.middle + 1, 2 * target.middle + 1, self._net(link))
        end = 3 * target.row + (0 if down else 2)
        for landing in _shifts(target, link):
            last = Line(is_vertical=True, place=2 * target.middle + 1, shift=landing, begin=place, end=end)
            route = Route(link=link, lines=(first, run, last), exit=_side(down), entry=_side(not down))
            if self._grid.is_free(route):
                break
        return route

    # whatever else

    def _through(self, link: Link, source: Item, target: Item) -> Iterator[Route]:
        """Through a channel beside the source, a clear channel between the columns, a channel beside the target."""
        for below in (target.row > source.row, target.row <= source.row):
            if link.port and not below:
                continue
            for above_target in (target.row >= source.row, target.row < source.row):
                for shift in _shifts(source, link)[:3]:
                    yield self._through_channels(link, below, above_target, shift)

    def _through_channels(self, link: Link, below: bool, above_target: bool, shift: float) -> Route:
        source, target = self._board.items[link.source], self._board.items[link.target]
        leave, enter = 3 * source.row + (2 if below else 0), 3 * target.row + (0 if above_target else 2)
        first = self._out(source, below, leave, shift)
        end = 2 * target.middle + 1
        if leave == enter:
            middle: tuple[Line, ...] = (_run(False, leave, 2 * source.middle + 1, end, self._net(link)),)
        else:
            wish = target.column if link.kind == "flow" else (source.middle + target.middle + 1) // 2
            channel = 2 * self._clear_channel(wish, *sorted((leave, enter)))
            middle = (
                _run(False, leave, 2 * source.middle + 1, channel, self._net(link)),
                _run(True, channel, leave, enter, self._net(link)),
                _run(False, enter, channel, end, self._net(link)),
            )
        landing = 0.0 if link.kind == "flow" else self._landing(target, link, enter)
        last = Line(is_vertical=True, place=end, shift=landing, begin=enter, end=enter)
        return Route(link=link, lines=(first, *middle, last), exit=_side(below), entry=_side(not above_target))

    def _net(self, link: Link) -> str:
        """Flows into one node and associations of one piece of data run together; a message has its own track."""
        if link.kind == "flow":
            return f"t {link.target}"
        if link.kind == "message":
            return link.id
        source = self._board.items[link.source]
        return f"s {link.source}" if source.kind != "node" else f"t {link.target}"

    def _landing(self, target: Item, link: Link, place: int) -> float:
        """Where beside its middle a target's side is free."""
        for shift in _shifts(target, link):
            line = Line(is_vertical=True, place=2 * target.middle + 1, shift=shift, begin=place, end=place)
            if self._grid.is_free(Route(link=link, lines=(line,), exit="", entry="")):
                return shift
        return 0.0

    def _clear_channel(self, wish: int, leave: int, enter: int) -> int:
        """The channel nearest to the one wished for that nothing lies across between two places along y."""
        first, last = (leave + 1) // 3, (enter - 1) // 3
        for step in range(self._board.columns + 1):
            for channel in (wish + step, wish - step):
                inside = 0 <= channel <= self._board.columns
                if inside and self._grid.is_channel_clear(channel, first, last):
                    return channel
        return 0

    def _always(self, link: Link) -> Route:
        """A route that exists whatever else is drawn."""
        source, target = self._board.items.get(link.source), self._board.items.get(link.target)
        if source is not None and target is not None:
            return self._through_channels(
                link, target.row > source.row or bool(link.port), target.row >= source.row, 0.0
            )
        if source is None and target is None:
            return self._between_pools(link)
        return list(self._to_pool(link))[-1]

    def _to_pool(self, link: Link) -> Iterator[Route]:
        """Between a node and the border of a pool: straight, or through the clear channel beside the node."""
        item = self._board.items[link.source or link.target]
        border, below = self._border(link.target_pool or link.source_pool, item.row)
        leave = 3 * item.row + (2 if below else 0)
        reach = (border - 1) // 3 if below else (border + 1) // 3
        beyond = (item.row + 1, reach) if below else (reach, item.row - 1)
        if self._grid.is_column_clear(item.middle, *beyond):
            for shift in _shifts(item, link):
                yield self._at_pool(link, (self._out(item, below, border, shift),), _side(below))
        for wish in (item.middle + 1, item.middle):
            channel = 2 * self._clear_channel(wish, *sorted((leave, border)))
            for shift in _shifts(item, link):
                lines = (
                    self._out(item, below, leave, shift),
                    _run(False, leave, 2 * item.middle + 1, channel, link.id),
                    _run(True, channel, leave, border, link.id),
                )
                yield self._at_pool(link, lines, _side(below))

    def _at_pool(self, link: Link, lines: tuple[Line, ...], side: str) -> Route:
        """The route of those lines, which lead from a node to a pool, in the direction of the link."""
        if link.source:
            return Route(link=link, lines=lines, exit=side, entry="pool")
        for line in lines:
            line.begin, line.end = line.end, line.begin
        return Route(link=link, lines=lines[::-1], exit="pool", entry=side)

    def _border(self, pool: str, row: int) -> tuple[int, bool]:
        """The place along y just inside the nearer border of a pool, and whether it lies below that row."""
        rows = [row for strip in self._board.strips if strip.pool == pool for row in strip.rows]
        below = rows[0] > row
        return (3 * rows[0], True) if below else (3 * rows[-1] + 2, False)

    def _between_pools(self, link: Link) -> Route:
        """Between the borders of two pools: one straight line in a clear channel near the middle."""
        spans = [
            [row for strip in self._board.strips if strip.pool == pool for row in strip.rows]
            for pool in (link.source_pool, link.target_pool)
        ]
        down = spans[1][0] > spans[0][-1]
        begin, end = (3 * spans[0][-1] + 2, 3 * spans[1][0]) if down else (3 * spans[0][0], 3 * spans[1][-1] + 2)
        channel = 2 * self._clear_channel(self._board.columns // 2, *sorted((begin, end)))
        return Route(link=link, lines=(_run(True, channel, begin, end, self._net(link)),), exit="pool", entry="pool")

    def _out(self, item: Item, down: bool, end: int, shift: float) -> Line:
        begin = 3 * item.row + (2 if down else 0)
        return Line(is_vertical=True, place=2 * item.middle + 1, shift=shift, begin=begin, end=end)


def _straight(link: Link, source: Item, target: Item) -> Route:
    line = _line(False, 3 * source.row + 1, 2 * source.last + 2, 2 * target.column)
    return Route(link=link, lines=(line,), exit="right", entry="left")


def _side(below: bool) -> str:
    return "bottom" if below else "top"


def _line(is_vertical: bool, place: int, begin: int, end: int) -> Line:
    return Line(is_vertical=is_vertical, place=place, begin=begin, end=end)


def _run(is_vertical: bool, place: int, begin: int, end: int, net: str) -> Line:
    return Line(is_vertical=is_vertical, place=place, begin=begin, end=end, is_run=True, net=net)


def _shifts(item: Item, link: Link) -> tuple[float, ...]:
    """Where a link may leave an item up or down, from its middle."""
    if link.port in item.ports:
        return (item.ports[link.port],)
    if link.kind == "flow" or not item.is_wide:
        return (0.0,)
    shifts = (shift * min(item.width, 120) / 2 for shift in _SHIFTS)
    return tuple(
        shift
        for shift in shifts
        if all(abs(shift - port) >= item.port_room for port in item.ports.values()) or not shift
    )
