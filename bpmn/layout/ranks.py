"""In which column an item stands: by the longest way from a start, the same columns for all lanes and pools.

Flows that lead back are found by a depth-first search from the starts and set aside. A message flow asks for the same
column or a later one, where that is possible. Items with room on their right move towards what follows them if more
leads out of them than in: a start stands right before its first step, a message right above the step that takes it.
Source: Sugiyama, Tagawa, Toda 1981; the pull to the right is one sweep of Gansner et al. 1993.
"""

from collections.abc import Iterable, Mapping, Sequence

from bpmn.layout.board import Board, Item, Link
from bpmn.layout.style import Style

#: Steps the search for message flows that would close a circle may take in all.
_BUDGET = 400_000


def assign_columns(board: Board, style: Style) -> None:
    """Set the column of every node of the board, its `forward` links and its number of columns."""
    for item in board.items.values():
        item.column = 0
    board.folded = set()
    flows = _ranked(board)
    forward = _without_circles(board, flows)
    constraints = forward + _kept_messages(board, forward)
    order = _topological(board, constraints)
    lengths = _longest_ways(board, constraints, order, style)
    _pull_right(board, constraints, order, lengths)
    _wrap_lonely(board)
    if not style.columns:
        _close_gaps(board)
    position = {item: place for place, item in enumerate(order)}
    board.forward = sorted(forward, key=lambda link: (position[link.source], link.order))
    board.columns = max((item.last + 1 for item in board.items.values() if item.kind == "node"), default=1)


def _ranked(board: Board) -> list[Link]:
    """The links the columns follow: flows, and associations of a compensation event with its handler."""
    nodes = {item.id for item in board.items.values() if item.kind == "node"}
    return [
        link
        for link in board.links
        if link.source != link.target
        and (link.kind == "flow" or (link.kind == "association" and link.port))
        and link.source in nodes
        and link.target in nodes
    ]


def _without_circles(board: Board, flows: list[Link]) -> list[Link]:
    """The flows but for those that close a circle in a depth-first search from the starts."""
    incoming = board.incoming(flows)
    following = {item: [link.target for link in links] for item, links in board.outgoing(flows).items()}
    back = leading_back([item for item in board.items if not incoming[item]] + list(board.items), following)
    return [link for link in flows if (link.source, link.target) not in back]


def leading_back(roots: Iterable[str], following: Mapping[str, Sequence[str]]) -> set[tuple[str, str]]:
    """The pairs that close a circle in a depth-first search from the roots, one after the other.

    >>> sorted(leading_back(["a"], {"a": ["b"], "b": ["c"], "c": ["b", "d"]}))
    [('c', 'b')]
    """
    #: Whether all that follows an item has been looked at.
    is_done: dict[str, bool] = {}
    back: set[tuple[str, str]] = set()
    for root in roots:
        if root in is_done:
            continue
        is_done[root] = False
        stack = [(root, iter(following.get(root, ())))]
        while stack:
            item, targets = stack[-1]
            target = next(targets, None)
            if target is None:
                is_done[item] = True
                stack.pop()
            elif target not in is_done:
                is_done[target] = False
                stack.append((target, iter(following.get(target, ()))))
            elif not is_done[target]:
                back.add((item, target))
    return back


def _kept_messages(board: Board, forward: list[Link]) -> list[Link]:
    """The message flows between nodes that close no circle with the flows and with one another."""
    after: dict[str, list[str]] = {item: [] for item in board.items}
    for link in forward:
        after[link.source].append(link.target)
    kept = []
    budget = _BUDGET
    for link in board.links:
        if link.kind != "message" or not _are_nodes(board, link):
            continue
        seen, stack = {link.target}, [link.target]
        while stack and link.source not in seen and budget > 0:
            fresh = [item for item in after[stack.pop()] if item not in seen]
            seen.update(fresh)
            stack.extend(fresh)
            budget -= 1 + len(fresh)
        if link.source not in seen and budget > 0:
            kept.append(link)
            after[link.source].append(link.target)
    return kept


def _are_nodes(board: Board, link: Link) -> bool:
    ends = [board.items.get(link.source), board.items.get(link.target)]
    return all(end is not None and end.kind == "node" for end in ends)


def _topological(board: Board, links: list[Link]) -> list[str]:
    """The items, each after all that lead to it, ties in the order of the file."""
    outgoing = board.outgoing(links)
    missing = {item: len(found) for item, found in board.incoming(links).items()}
    ready = [item for item, count in missing.items() if not count]
    for item in ready:
        for link in outgoing[item]:
            missing[link.target] -= 1
            if not missing[link.target]:
                ready.append(link.target)
    return ready


def _longest_ways(board: Board, links: list[Link], order: list[str], style: Style) -> dict[str, int]:
    """Set the leftmost column of every item; the least distance in columns of each link."""
    incoming, outgoing = board.incoming(links), board.outgoing(links)
    flows_in = {item: sum(link.kind == "flow" for link in found) for item, found in incoming.items()}
    flows_out = {item: sum(link.kind == "flow" for link in found) for item, found in outgoing.items()}
    #: The direction in which a column has been followed so far, 0 where the item begins its column.
    folding: dict[str, int] = {}
    lengths: dict[str, int] = {}
    for name in order:
        item = board.items[name]
        flows = [link for link in incoming[name] if link.kind != "message"]
        folds = style.folds and len(flows) == 1 and flows_out[flows[0].source] == 1
        folds = folds and flows[0].id not in board.unfolded and flows_in[flows[0].source] < 2
        way = 0
        if folds:
            source = board.items[flows[0].source]
            way = (item.strip > source.strip) - (item.strip < source.strip)
            folds = way != 0 and folding.get(source.id, 0) in (0, way) and source.span == item.span == 1
        for link in incoming[name]:
            source = board.items[link.source]
            lengths[link.id] = 0 if link.kind == "message" or folds else source.span
            item.column = max(item.column, source.column + lengths[link.id])
        if folds and item.column == board.items[flows[0].source].column:
            folding[name] = way
            board.folded.add(flows[0].id)
        wanted = style.columns.get(name, 0)
        if item.column < wanted <= item.column + 2:
            item.column = wanted
            folding.pop(name, None)
    return lengths


def _pull_right(board: Board, links: list[Link], order: list[str], lengths: dict[str, int]) -> None:
    """Move items whose links out outweigh those in to the rightmost column that makes none of them shorter."""
    outgoing, incoming = board.outgoing(links), board.incoming(links)
    for name in reversed(order):
        if len(outgoing[name]) > len(incoming[name]):
            limit = min(board.items[link.target].column - lengths[link.id] for link in outgoing[name])
            board.items[name].column = max(board.items[name].column, limit)


def _wrap_lonely(board: Board) -> None:
    """Nodes without any flow stand side by side instead of all below one another."""
    joined = {end for link in board.links if link.kind == "flow" for end in (link.source, link.target)}
    tied = joined | {link.target for link in board.links if link.port}
    used = max((board.items[item].last + 1 for item in joined), default=0)
    strips: dict[int, list[Item]] = {}
    for item in board.items.values():
        if item.kind == "node" and item.id not in tied:
            strips.setdefault(item.strip, []).append(item)
    for lonely in strips.values():
        wide = max(used, round(len(lonely) ** 0.5 * 1.3), 1)
        column = 0
        for item in lonely:
            if column and column + item.span > wide:
                column = 0
            item.column = column
            column += item.span


def _close_gaps(board: Board) -> None:
    """Number the columns that hold something 0, 1, 2 …"""
    nodes = [item for item in board.items.values() if item.kind == "node"]
    used = sorted({column for item in nodes for column in range(item.column, item.last + 1)})
    number = {column: place for place, column in enumerate(used)}
    for item in nodes:
        item.column = number[item.column]
