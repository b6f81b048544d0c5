"""Which edges of a graph cut it in two, two at a time: the borders of all parts with one way in and one way out."""

from collections.abc import Iterable, Mapping

Ends = tuple[int, int]


def cut_together(edges: Mapping[int, Ends], closing: Iterable[Ends] = ()) -> list[set[int]]:
    """Groups of edges, named by number, any two of which cut the graph in two; `closing` edges are in no group.

    Direction does not matter. Every edge outside a spanning tree gets a mark; an edge of the tree gets the marks of all
    edges that go round it, added up bit by bit. Edges with one sum are gone round by the same edges, save for a chance
    of 2 to the -64 for each two. Linear. Source: Pritchard and Thurimella, "Fast computation of small cuts via cycle
    space sampling", ACM Transactions on Algorithms 7 (2011).

    >>> cut_together({1: (0, 1), 2: (1, 2), 3: (1, 2), 4: (2, 3)}, closing=[(3, 0)])
    [{1, 4}]
    """
    ends = dict(edges) | {-1 - place: pair for place, pair in enumerate(closing)}
    around: dict[int, list[tuple[int, int]]] = {}
    for number, (source, target) in ends.items():
        around.setdefault(source, []).append((number, target))
        around.setdefault(target, []).append((number, source))
    came_by, order = _spanning_tree(around)
    tree = {number for number, _ in came_by.values()}
    sums = dict.fromkeys(order, 0)
    marks: dict[int, int] = {}
    for number, (source, target) in ends.items():
        if number not in tree:
            marks[number] = _mark(number)
            sums[source] ^= marks[number]
            sums[target] ^= marks[number]
    for place in reversed(order):
        if place in came_by:
            number, before = came_by[place]
            marks[number] = sums[place]
            sums[before] ^= sums[place]
    groups: dict[int, set[int]] = {}
    for number in edges:
        if marks[number]:
            groups.setdefault(marks[number], set()).add(number)
    return [group for group in groups.values() if len(group) > 1]


def _spanning_tree(around: Mapping[int, list[tuple[int, int]]]) -> tuple[dict[int, tuple[int, int]], list[int]]:
    """The edge and the place by which each place is first come to, and the places in that order."""
    came_by: dict[int, tuple[int, int]] = {}
    order: list[int] = []
    seen: set[int] = set()
    for root in around:
        if root in seen:
            continue
        seen.add(root)
        stack = [root]
        while stack:
            place = stack.pop()
            order.append(place)
            for number, other in around[place]:
                if other not in seen:
                    seen.add(other)
                    came_by[other] = (number, place)
                    stack.append(other)
    return came_by, order


def _mark(number: int) -> int:
    """64 well-mixed bits of a number (the finisher of SplitMix64: Steele, Lea, Flood 2014)."""
    bits = (number * 0x9E3779B97F4A7C15 + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    bits = ((bits ^ bits >> 30) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    bits = ((bits ^ bits >> 27) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    return bits ^ bits >> 31
