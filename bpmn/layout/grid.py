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

#: Lines nearer than this to one another would look like one.
_APART = 8.0
#: Lines looked at, of one drawing, to learn what a route would cross; the routes left over take the nearest channel.
_MOST_LOOKED = 10_000_000


@dataclass(kw_only=True, eq=False, slots=True)
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """How a link runs: its lines in order and the sides it leaves and enters by."""

    link: Link
    lines: tuple[Line, ...]
    #: "right", "left", "top", "bottom", or "pool".
    exit: str
    entry: str


@dataclass(kw_only=True, slots=True)
class Grid:
    """What is taken of a board."""

    board: Board
    _row_cells: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    _column_cells: dict[int, list[int]] = field(default_factory=dict)
    _channel_cells: dict[int, list[int]] = field(default_factory=dict)
    #: The stretches taken on each fixed line, by its axis and place, then by how far beside the middle they lie.
    _taken: dict[tuple[bool, int], dict[float, _Taken]] = field(default_factory=dict)
    #: The runs in each channel, by its axis and place: first and last place, and net.
    _runs: dict[tuple[bool, int], list[tuple[int, int, str]]] = field(default_factory=dict)
    _looked: int = 0

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
            low, high = min(line.begin, line.end), max(line.begin, line.end)
            for shift, taken in self._taken.get((line.is_vertical, line.place), {}).items():
                if abs(shift - line.shift) < _APART and not taken.admits(low, high, route.link):
                    return False
        return True

    def take(self, route: Route) -> None:
        """Take the lines of a route."""
        for line in route.lines:
            if line.is_run:
                stretch = min(line.begin, line.end), max(line.begin, line.end), line.net
                self._runs.setdefault((line.is_vertical, line.place), []).append(stretch)
            else:
                lines = self._taken.setdefault((line.is_vertical, line.place), {})
                taken = lines.setdefault(line.shift, _Taken())
                taken.add(min(line.begin, line.end), max(line.begin, line.end), route.link)

    def crossed(self, route: Route) -> int:
        """How many routes taken before the runs of a route across would cross; none once too many were looked at."""
        if self._looked > _MOST_LOOKED:
            return 0
        return sum(self._crossed_by(line) for line in route.lines if line.is_run and not line.is_vertical)

    def _crossed_by(self, run: Line) -> int:
        first, last = min(run.begin, run.end), max(run.begin, run.end)
        count = 0
        self._looked += last - first + len(self._runs.get((False, run.place), ()))
        for low, high, net in self._runs.get((False, run.place), ()):
            count += net != run.net and (low < first < high < last or first < low < last < high)
        for place in range(first + 1, last):
            if place % 2:
                taken = self._taken.get((True, place), {})
                count += any(stretches.passes(run.place) for stretches in taken.values())
                self._looked += len(taken)
            else:
                upright = self._runs.get((True, place), ())
                self._looked += len(upright)
                count += sum(low < run.place < high and net != run.net for low, high, net in upright)
        return count

    def is_used(self, item: Item, side: str) -> bool:
        """Whether a route touches that side of an item."""
        x, y = 2 * item.middle + 1, 3 * item.row + 1
        is_vertical, line, place = {
            "top": (True, x, y - 1),
            "bottom": (True, x, y + 1),
            "left": (False, y, 2 * item.column),
            "right": (False, y, 2 * item.last + 2),
        }[side]
        return any(taken.covers(place) for taken in self._taken.get((is_vertical, line), {}).values())


@dataclass(kw_only=True, slots=True)
class _Taken:
    """Disjoint stretches of one line, each with the kind, source and target its links have in common, if any."""

    _starts: list[int] = field(default_factory=list)
    _stretches: list[tuple[int, int, str, str, str]] = field(default_factory=list)

    def _meeting(self, low: int, high: int) -> tuple[int, int]:
        """Which stretches meet the places from low to high: the first and the one after the last."""
        first = bisect_right(self._starts, low) - 1
        if first < 0 or self._stretches[first][1] < low:
            first += 1
        return first, bisect_right(self._starts, high)

    def covers(self, place: int) -> bool:
        """Whether something lies there."""
        first, end = self._meeting(place, place)
        return first < end

    def passes(self, place: int) -> bool:
        """Whether a line up or down runs through a channel beside a row and on, and does not turn in it."""
        first, end = self._meeting(place, place)
        above = place % 3 == 0
        return any(
            low < place <= high if above else low <= place < high for low, high, _, _, _ in self._stretches[first:end]
        )

    def admits(self, low: int, high: int, link: Link) -> bool:
        """Whether the link may lie there: everything there has its source or its target."""
        first, end = self._meeting(low, high)
        ends = _ends(link)
        return all(
            kind == ends[0] and ((source and source == ends[1]) or (target and target == ends[2]))
            for _, _, kind, source, target in self._stretches[first:end]
        )

    def add(self, low: int, high: int, link: Link) -> None:
        """Lay the link there; the stretches it meets become one with it."""
        first, end = self._meeting(low, high)
        kind, source, target = _ends(link)
        for other_low, other_high, other_kind, other_source, other_target in self._stretches[first:end]:
            low, high = min(low, other_low), max(high, other_high)
            kind = kind if kind == other_kind else ""
            source = source if source == other_source else ""
            target = target if target == other_target else ""
        self._starts[first:end] = [low]
        self._stretches[first:end] = [(low, high, kind, source, target)]


def _ends(link: Link) -> tuple[str, str, str]:
    """Kind, source and target of a link by which it may share a line; a message shares none."""
    if link.kind == "message":
        return f"message {link.id}", "", ""
    return link.kind, link.port or link.source, link.target


def _none_within(places: list[int], first: int, last: int) -> bool:
    place = bisect_left(places, first)
    return place == len(places) or places[place] > last
