"""Fewer crossings: a placed board is changed a little, drawn again, and left so where fewer lines cross.

Three changes are tried, as long as they help and the size of the board allows: the branches of a choice on the other
side, a whole row of a strip at another height (sifting), a stretch of nodes in another row that is free there. Columns
and strips stay, so that the flow still runs from left to right and every lane keeps what is in it; a way to a rejection
never rises above what it lay below. Sifting with exact counts: Matuszewski, Schönfeld, Molitor 1999.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

from bpmn.layout.bands import assign_rows, granted_ways
from bpmn.layout.board import Board, Item
from bpmn.layout.crossings import crossings
from bpmn.layout.placing import Placed

#: The most lines of a board on which changes are tried, and the most lines drawn for that in all.
_MANY, _TRIED = 250, 8_000
#: How much longer all lines together may become for each crossing that is gone; a bend counts as so much.
_LONGER, _BEND = 300.0, 250.0


def with_fewest_crossings(board: Board, draw: Callable[[], Placed]) -> Placed:
    """The board placed, after those changes that make fewer lines cross."""
    if len(board.links) > _MANY:
        return draw()
    search = _Search(board, draw)
    for name in _turnable(board):
        board.turned ^= {name}
        assign_rows(board)
        if not search.is_better():
            board.turned ^= {name}
    assign_rows(board)
    rejecting = {item for item, is_granted in granted_ways(board).items() if not is_granted}
    first = search.least
    _number(board, spare=1 if search.goes_on else 0)
    while search.goes_on:
        least = search.least
        _sift_rows(board, search, rejecting)
        _move_stretches(board, search, rejecting)
        if search.least == least:
            break
    _number(board, spare=0)
    return search.closed() if search.least < first else search.best


def _number(board: Board, *, spare: int) -> None:
    """Number the rows that hold something through all strips, with so many empty ones above and below in each."""
    used = {item.row for item in board.items.values()}
    number: dict[int, int] = {}
    count = 0
    for strip in board.strips:
        kept = [row for row in strip.rows if row in used] or strip.rows[:1]
        begin, beside = count, 0 if strip.is_band else spare
        number.update((row, count + beside + place) for place, row in enumerate(kept))
        count += len(kept) + 2 * beside
        strip.rows = list(range(begin, count))
    _set_rows(board, {item.id: number[item.row] for item in board.items.values()})
    board.rows = count


class _Search:
    """The best drawing so far, and how much may still be drawn."""

    def __init__(self, board: Board, draw: Callable[[], Placed]) -> None:
        self._draw = draw
        self._lines = max(1, len(board.links))
        self._left = _TRIED
        #: What is counted: lines to data and notes may cross, they are thin and dotted.
        self._counted = [link.id for link in board.links if link.kind != "association"]
        self.best = draw()
        self.least = self._crossings(self.best)
        self._cost = _cost(self.best)

    @property
    def goes_on(self) -> bool:
        """Whether there is something to gain and drawing left to be done."""
        return self.least > 0 and self._left > 0

    def closed(self) -> Placed:
        """The board as it is now, if no more lines cross without the empty rows."""
        drawn = self._draw()
        return drawn if self._crossings(drawn) <= self.least else self.best

    def _crossings(self, placed: Placed) -> int:
        return crossings(placed.edges[line] for line in self._counted if line in placed.edges)

    def is_better(self) -> bool:
        """Draw the board as it is now; whether fewer lines cross than ever before."""
        if not self.goes_on:
            return False
        self._left -= self._lines
        drawn = self._draw()
        count = self._crossings(drawn)
        cost = _cost(drawn)
        if count >= self.least or cost - self._cost > _LONGER * (self.least - count):
            return False
        self.best, self.least, self._cost = drawn, count, cost
        return True


def _cost(placed: Placed) -> float:
    """How long all lines are together, and how often they bend."""
    lines = placed.edges.values()
    bends = sum(len(points) - 2 for points in lines)
    pieces = (piece for points in lines for piece in pairwise(points))
    return _BEND * bends + sum(abs(one[0] - other[0]) + abs(one[1] - other[1]) for one, other in pieces)


def _turnable(board: Board) -> list[str]:
    """The choices whose branches may change sides, along the flow: a way to a rejection stays below."""
    outgoing, granted = board.outgoing(board.forward), granted_ways(board)
    choices = [
        item
        for item in board.items.values()
        if len(outgoing[item.id]) > 1
        and not (item.keeps_order or item.ports)
        and len({granted[link.target] for link in outgoing[item.id]}) == 1
    ]
    return [item.id for item in sorted(choices, key=lambda item: item.column)]


def _sift_rows(board: Board, search: _Search, rejecting: set[str]) -> None:
    """Try every row of every strip at every height of the strip."""
    for strip in board.strips:
        for row in list(strip.rows):
            for target in strip.rows:
                if not search.goes_on:
                    return
                before = {item.id: item.row for item in board.items.values()}
                moved = _shifted(row, target)
                if target != row and not _raises(board, moved, rejecting):
                    _set_rows(board, {name: moved.get(at, at) for name, at in before.items()})
                    if search.is_better():
                        break
                    _set_rows(board, before)


def _shifted(row: int, target: int) -> dict[int, int]:
    """Where the rows go when one of them is taken to the place of another."""
    step = 1 if target > row else -1
    return {row: target} | {at: at - step for at in range(row + step, target + step, step)}


def _raises(board: Board, moved: Mapping[int, int], rejecting: set[str]) -> bool:
    """Whether a row on the way to a rejection would come to lie above one that lay above it."""
    low = {item.row for item in board.items.values() if item.id in rejecting}
    return any(
        one not in low and other in low and (one < other) and moved[one] > moved[other]
        for one in moved
        for other in moved
    )


def _set_rows(board: Board, rows: Mapping[str, int]) -> None:
    for name, row in rows.items():
        board.items[name].row = row


def _move_stretches(board: Board, search: _Search, rejecting: set[str]) -> None:
    """Try every stretch of nodes in the other rows of its strip that are free there, the nearest first."""
    for stretch in _stretches(board):
        row = stretch[0].row
        rows = sorted(board.strips[stretch[0].strip].rows, key=lambda other: (abs(other - row), other))
        for target in rows[1:]:
            if not search.goes_on:
                return
            if _sinks(board, stretch, target, rejecting) or not _is_free(board, stretch, target):
                continue
            _set_rows(board, {item.id: target for item in stretch})
            if search.is_better():
                break
            _set_rows(board, {item.id: row for item in stretch})


def _sinks(board: Board, stretch: list[Item], target: int, rejecting: set[str]) -> bool:
    """Whether a stretch on the way to a rejection would rise, or another one sink below such a one."""
    row = stretch[0].row
    if any(item.id in rejecting for item in stretch):
        return target < row
    return any(row < board.items[name].row <= target for name in rejecting)


def _stretches(board: Board) -> Iterator[list[Item]]:
    """The nodes that follow one another in a row, each run of them as a whole and from each of its nodes on."""
    follows: dict[str, Item] = {}
    entered = set()
    for link in board.forward:
        source, target = board.items[link.source], board.items[link.target]
        if source.row == target.row and source.strip == target.strip and source.last < target.column:
            known = follows.get(source.id)
            if known is None or target.column < known.column:
                follows[source.id] = target
            entered.add(target.id)
    for item in [item for item in board.items.values() if item.kind == "node"]:
        stretch = [item]
        while stretch[-1].id in follows:
            stretch.append(follows[stretch[-1].id])
        yield stretch
        if len(stretch) > 1 and item.id in entered:
            yield [item]


def _is_free(board: Board, stretch: list[Item], row: int) -> bool:
    """Whether nothing stands in a row where a stretch would."""
    first, last = stretch[0].column, stretch[-1].last
    return all(item.row != row or item.last < first or item.column > last for item in board.items.values())
