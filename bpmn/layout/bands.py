"""In which row an item stands: the main way straight, branches below it or on both sides of it.

The flow is taken apart into ways: the first follows at every split the branch that leads on to a granted end, by
probability, default, length and order of the file; each further one starts at a branch not yet taken and goes on until
it meets an item that has its row. A way keeps one row in each lane, the free one nearest to where it branches off; the
stretches its flows run through are taken too, so that a join is reached without a detour. Branches of a later split are
placed first: what is nested stands nearer. Source: the grid of Kitzmann et al. 2009, with Siebenhaller and Kaufmann's
lanes (2006).
"""

from bisect import bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass, field

from bpmn.layout.board import Board, Item, Link

#: Rows tried before a new one is opened at the outer side.
_TRIED = 400


@dataclass(kw_only=True, slots=True)
class _Rows:
    """The stretches of columns taken in every row of a strip; rows count from 0, the main one, in both directions."""

    taken: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    #: The row below the last one given to a way of its own over some columns; nothing above it is free there.
    below: dict[tuple[int, int], int] = field(default_factory=dict)

    def is_free(self, row: int, first: int, last: int) -> bool:
        """Whether no stretch in that row meets the columns from first to last."""
        stretches = self.taken.get(row, [])
        place = bisect_right(stretches, (last, 1 << 60))
        return place == 0 or stretches[place - 1][1] < first

    def take(self, row: int, first: int, last: int) -> None:
        """Take the columns from first to last in that row."""
        insort(self.taken.setdefault(row, []), (first, last))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Branch:
    """A way still to be placed: its first item and where it branches off."""

    head: str
    start: str = ""
    #: Rows away from where it branches off, 0 where it goes straight on.
    offset: int = 0


def assign_rows(board: Board) -> None:
    """Set the row of every item of the board; rows are numbered through all strips from the top."""
    strips = [_Rows() for _ in board.strips]
    _place_ways(board, strips)
    _place_beside(board, strips)
    _number(board, strips)


def _place_ways(board: Board, strips: list[_Rows]) -> None:
    onward = _onward(board)
    incoming = board.incoming(board.forward)
    nodes = [item for item in board.items.values() if item.kind == "node"]
    length = _lengths(board)
    heads = sorted((item for item in nodes if not incoming[item.id]), key=lambda item: -length[item.id])
    stack = [_Branch(head=item.id) for item in reversed([*heads, *nodes])]
    placed: dict[str, int] = {}
    while stack:
        branch = stack.pop()
        if branch.head in placed:
            continue
        way, meets = _way(branch.head, onward, placed)
        _place_way(board, strips, branch, way, meets, placed)
        stack.extend(_branches(board, way, onward, placed))
    for item in nodes:
        item.row = placed[item.id]


def _lengths(board: Board) -> dict[str, int]:
    """How many items follow each one on its longest way."""
    length = dict.fromkeys(board.items, 0)
    for link in reversed(board.forward):
        length[link.source] = max(length[link.source], length[link.target] + 1)
    return length


def _onward(board: Board) -> dict[str, list[Link]]:
    """The forward links of every item, the main one first."""
    length = _lengths(board)
    granted = granted_ways(board)
    outgoing = board.outgoing(board.forward)
    onward: dict[str, list[Link]] = {}
    for item, links in outgoing.items():
        strip = board.items[item].strip
        if board.items[item].keeps_order:
            near = sorted(
                (link for link in links if board.items[link.target].strip == strip), key=lambda link: link.order
            )
            middle = near[(len(near) - 1) // 2 : (len(near) + 1) // 2]
            onward[item] = middle + sorted((link for link in links if link not in middle), key=lambda link: link.order)
            continue
        longest = max((length[link.target] for link in links), default=0)

        def rank(link: Link, strip: int = strip, longest: int = longest) -> tuple[float, ...]:
            return (
                bool(link.port) or link.kind == "association",
                not granted[link.target],
                -(link.probability if link.probability is not None else 0.5) if length[link.target] else 0,
                -(link.is_default and length[link.target] * 2 >= longest),
                -length[link.target],
                board.items[link.target].strip != strip,
                link.order,
            )

        onward[item] = sorted(links, key=rank)
    return onward


def granted_ways(board: Board) -> dict[str, bool]:
    """Whether a way from the item leads to an end that is not a rejection."""
    outgoing = board.outgoing(board.forward)
    granted = {name: not item.is_rejection and not outgoing[name] for name, item in board.items.items()}
    for link in reversed(board.forward):
        granted[link.source] |= granted[link.target]
    return granted


def _way(head: str, onward: dict[str, list[Link]], placed: dict[str, int]) -> tuple[list[str], str]:
    """The items from the head on that have no row yet, and the item with a row that the way then meets, if any."""
    way, item = [head], head
    seen = {head}
    while True:
        ahead = [link for link in onward[item] if not link.port]
        free = next((link for link in ahead if link.target not in placed and link.target not in seen), None)
        if free is None:
            return way, next((link.target for link in ahead if link.target in placed), "")
        item = free.target
        way.append(item)
        seen.add(item)


def _branches(board: Board, way: list[str], onward: dict[str, list[Link]], placed: dict[str, int]) -> Iterator[_Branch]:
    """The branches off a way, those to be placed first at the end."""
    for name in way:
        strip = board.items[name].strip
        near = [link for link in onward[name] if board.items[link.target].strip == strip]
        side = -1 if name in board.turned else 1
        wishes = (side * offset for offset in _offsets(board.items[name], near))
        offsets = dict(zip((link.id for link in near), wishes, strict=True))
        found = [
            _Branch(head=link.target, start=name, offset=offsets.get(link.id, 0))
            for link in onward[name]
            if link.target not in placed
        ]
        yield from reversed(found)


def _offsets(item: Item, near: list[Link]) -> list[int]:
    """How many rows away from an item each of its branches in the same strip wishes to be, the main one first."""
    if item.keeps_order and len(near) > 2:
        order = sorted(link.order for link in near)
        main = order.index(near[0].order)
        return [order.index(link.order) - main for link in near]
    offsets, count = [], 0
    for place, link in enumerate(near):
        count += 1 if place or link.port else 0
        is_below = len(near) < 3 or link.port
        offsets.append(count if is_below else (count + 1) // 2 * (1 if count % 2 else -1))
    return offsets


def _place_way(
    board: Board, strips: list[_Rows], branch: _Branch, way: list[str], meets: str, placed: dict[str, int]
) -> None:
    """Give each stretch of a way within one strip a row."""
    items = [board.items[name] for name in way]
    start = board.items.get(branch.start)
    stretches: list[list[Item]] = []
    for item in items:
        if stretches and stretches[-1][0].strip == item.strip and stretches[-1][-1].last < item.column:
            stretches[-1].append(item)
        else:
            stretches.append([item])
    for place, stretch in enumerate(stretches):
        first, last = stretch[0].column, stretch[-1].last
        strip = strips[stretch[0].strip]
        base, offset = 0, 0
        if place == 0 and start is not None:
            first = min(first, start.last + 1)
            if start.strip == stretch[0].strip:
                base, offset = placed[start.id], branch.offset
        if place == len(stretches) - 1 and meets:
            last = max(last, board.items[meets].column - 1)
        row = _free_row(strip, base, offset, first, last, only_below=start is None)
        strip.take(row, first, last)
        placed.update((item.id, row) for item in stretch)


def _free_row(strip: _Rows, base: int, offset: int, first: int, last: int, *, only_below: bool) -> int:
    """The free row nearest to `base + offset`, outwards before inwards, below before above."""
    if only_below:
        row = strip.below.get((first, last), 0)
        while not strip.is_free(row, first, last):
            row += 1
        strip.below[first, last] = row + 1
        return row
    outward = -1 if (offset or base) < 0 else 1
    wanted = base + offset
    for step in range(_TRIED):
        for row in (wanted + outward * step, wanted - outward * step):
            if strip.is_free(row, first, last):
                return row
    return max(strip.taken) + 1


def _place_beside(board: Board, strips: list[_Rows]) -> None:
    """Data above the top row of their strip or below its lowest, near the item they belong to, notes likewise."""
    extent = [(min(rows.taken, default=0), max(rows.taken, default=0)) for rows in strips]
    beside = [item for item in board.items.values() if item.kind in ("data", "note")]
    #: Where the last one was put that wanted the same place: nothing nearer is free any more.
    reached: dict[tuple[int, bool, int], int] = {}
    for item in beside:
        anchor = board.items.get(board.anchors.get(item.id, ""))
        top, bottom = extent[item.strip]
        is_above = anchor is not None and anchor.row == top
        wanted = anchor.column + (anchor.span - 1) // 2 if anchor is not None else -2
        place = (item.strip, is_above, wanted)
        row = reached.get(place, top - 1 if is_above else bottom + 1)
        step = -1 if is_above else 1
        while True:
            near = [wanted, wanted + 1, wanted - 1] if anchor is not None else list(range(max(1, board.columns)))
            column = next((c for c in near if 0 <= c < board.columns and strips[item.strip].is_free(row, c, c)), None)
            if column is not None:
                break
            row += step
        item.row, item.column = row, column
        reached[place] = row
        strips[item.strip].take(row, column, column)


def _number(board: Board, strips: list[_Rows]) -> None:
    """Number the rows of all strips through from the top; a strip without anything in it gets one row."""
    number: dict[tuple[int, int], int] = {}
    used_in: list[set[int]] = [set() for _ in strips]
    for item in board.items.values():
        used_in[item.strip].add(item.row)
    for place, (strip, rows) in enumerate(zip(board.strips, strips, strict=True)):
        used = sorted(used_in[place]) if rows.taken else [0]
        for row in used or [0]:
            number[place, row] = len(number)
        strip.rows = [number[place, row] for row in used or [0]]
    for item in board.items.values():
        item.row = (
            number[item.strip, item.row] if (item.strip, item.row) in number else board.strips[item.strip].rows[0]
        )
        if item.kind == "band":
            item.column, item.span = 0, board.columns
    board.rows = len(number)
