"""The grid as the router sees it: which cells hold something, which lines are taken, which channels are shared.

Places along both axes are numbered: along x channel 0, column 0, channel 1, column 1 …, so that column c is place
2c + 1 and the channel left of it 2c; along y each row r has its channel above at 3r, its middle line at 3r + 1 and its
channel below at 3r + 2. Lines through the middle of rows and columns are fixed and may be shared only by links that
have an end in common; runs in channels get tracks of their own afterwards.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, field

from bpmn.layout.board import Board, Item, Link


@dataclass(kw_only=True, eq=False)
class Line:
    """A straight part of a route, along one axis.

    A fixed line lies on the middle of a row or column (`shift` away from it); a run lies in a channel and gets a track.
    """

    is_vertical: bool
    #: The place on the other axis: of a vertical line along x, of a horizontal one along y.
    place: int
    shift: float = 0.0
    #: Whether it lies in a channel.
    is_run: bool = False
    #: First and last place along its own axis, in the direction of the flow.
    begin: int = 0
    end: int = 0
    #: Of a run: links with the same net share one track.
    net: str = ""
    #: Its coordinate on the other axis, known at the end.
    position: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Route:
    """How a link runs: its lines in order and the sides it leaves and enters by."""

    link: Link
    lines: tuple[Line, ...]
    #: "right", "left", "top", "bottom", or "pool".
    exit: str
    entry: str


@dataclass(kw_only=True)
class Grid:
    """What is taken of a board."""

    board: Board
    _row_cells: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    _column_cells: dict[int, list[int]] = field(default_factory=dict)
    _channel_cells: dict[int, list[int]] = field(default_factory=dict)
    #: The links on each place of the fixed lines.
    _taken: dict[tuple[bool, int, int], list[tuple[float, Link]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for item in self.board.items.values():
            insort(self._row_cells.setdefault(item.row, []), (item.column, item.last))
            for column in range(item.column, item.last + 1):
                insort(self._column_cells.setdefault(column, []), item.row)
                if column > item.column:
                    insort(self._channel_cells.setdefault(column, []), item.row)

    def is_row_clear(self, row: int, first: int, last: int) -> bool:
        """Whether the cells of a row from column first to last hold nothing."""
        if first > last:
            return True
        cells = self._row_cells.get(row, [])
        place = bisect_right(cells, (last, 1 << 60))
        return place == 0 or cells[place - 1][1] < first

    def is_column_clear(self, column: int, first: int, last: int) -> bool:
        """Whether the cells of a column from row first to last hold nothing."""
        return _none_within(self._column_cells.get(column, []), first, last)

    def is_channel_clear(self, channel: int, first: int, last: int) -> bool:
        """Whether nothing that covers several columns lies across a channel from row first to last."""
        return _none_within(self._channel_cells.get(channel, []), first, last)

    def clear_right(self, row: int, column: int) -> int:
        """The last column that is reached from `column` on to the right through empty cells; column - 1 if none."""
        cells = self._row_cells.get(row, [])
        place = bisect_left(cells, (column, -1))
        return cells[place][0] - 1 if place < len(cells) else self.board.columns - 1

    def clear_left(self, row: int, column: int) -> int:
        """The first column that is reached from `column` on to the left through empty cells; column + 1 if none."""
        cells = self._row_cells.get(row, [])
        place = bisect_right(cells, (column, 1 << 60)) - 1
        return cells[place][1] + 1 if place >= 0 else 0

    def is_free(self, route: Route) -> bool:
        """Whether the fixed lines of a route meet those of no other link but of ones with an end in common."""
        for line in route.lines:
            if line.is_run:
                continue
            for place in range(min(line.begin, line.end), max(line.begin, line.end) + 1):
                for shift, link in self._taken.get((line.is_vertical, line.place, place), ()):
                    if abs(shift - line.shift) < 8 and not _may_share(link, route.link):
                        return False
        return True

    def take(self, route: Route) -> None:
        """Take the fixed lines of a route."""
        for line in route.lines:
            if not line.is_run:
                for place in range(min(line.begin, line.end), max(line.begin, line.end) + 1):
                    self._taken.setdefault((line.is_vertical, line.place, place), []).append((line.shift, route.link))

    def is_used(self, item: Item, side: str) -> bool:
        """Whether a route touches the middle of that side of an item."""
        x, y = 2 * item.middle + 1, 3 * item.row + 1
        key = {
            "top": (True, x, y - 1),
            "bottom": (True, x, y + 1),
            "left": (False, y, 2 * item.column),
            "right": (False, y, 2 * item.last + 2),
        }[side]
        return key in self._taken


def _none_within(places: list[int], first: int, last: int) -> bool:
    place = bisect_left(places, first)
    return place == len(places) or places[place] > last


def _may_share(one: Link, other: Link) -> bool:
    if one.kind != other.kind or one.kind == "message":
        return False
    same_source = one.source == other.source and one.port == other.port and one.source != ""
    return same_source or (one.target == other.target and one.target != "")
