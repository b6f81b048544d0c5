"""The most that one case can meet on its way through a graph, without repeating a loop.

Each edge carries an amount. A case walks from the entry as long as it can. Branches exclude each other, so the best of
them counts. A loop has one place where cases come into it; between there and the place where they leave it lies its
body, and what leads back without passing that place again is its way back. The body counts once and each way back
once: of several ways back that begin at one place the best, of those that begin at different places all.

Loops are taken innermost first, and each is replaced by edges from its beginning to wherever it is left. A loop that
can be entered at several places has no body and no way back to tell apart; all that is in it is then counted, which is
an upper bound; so it is where loops are nested too deep. Cost: for each loop its edges times the places where it is
left, within a budget.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, Protocol, TypeVar

Amount = TypeVar("Amount")

#: Loops inside loops are taken apart to this depth, and as long as this many edges have been looked at.
_DEEPEST = 100
_BUDGET = 1_000_000


class Scale(Protocol[Amount]):
    """How amounts are put together."""

    @property
    def nothing(self) -> Amount:
        """The amount of a way on which nothing is met."""

    def add(self, one: Amount, other: Amount) -> Amount:
        """The amount of two ways one after the other."""

    def best(self, one: Amount, other: Amount) -> Amount:
        """The greater amount of two ways that exclude each other."""


class Edge(NamedTuple, Generic[Amount]):
    """A way from one place to another and the amount met on it."""

    source: int
    target: int
    amount: Amount


@dataclass(frozen=True, kw_only=True)
class Run(Generic[Amount]):
    """The most a case can meet."""

    amount: Amount
    #: True where it may be more than any case can meet.
    is_bound: bool


def best_run(edges: Sequence[Edge[Amount]], entry: int, scale: Scale[Amount]) -> Run[Amount]:
    """The most a case can meet from the entry on.

    >>> body, back, on = Edge(0, 1, 0b0001), Edge(1, 0, 0b0110), Edge(1, 2, 0b1000)
    >>> best_run([body, back, on], 0, Largest()).amount.bit_count()
    4
    """
    solver = _Solver(scale)
    flat = solver.flatten(list(edges), entry, 0)
    reached = solver.forward(flat, entry)
    amount = scale.nothing
    for met in reached.values():
        amount = scale.best(amount, met)
    return Run(amount=amount, is_bound=solver.is_bound)


class Largest:
    """Amounts that are counted: a bit for each thing met, so that nothing met again counts twice.

    Of two amounts the one with more things is the best. Its things are those of one way, so the other way's are left
    out even where they would go better with what comes later; ways that exclude each other share no things.
    """

    nothing = 0

    def add(self, one: int, other: int) -> int:
        """The things of both."""
        return one | other

    def best(self, one: int, other: int) -> int:
        """The one with more things, the first where both have as many."""
        return other if other.bit_count() > one.bit_count() else one


class Sets:
    """Amounts that are sets of things, as bits: of all that ways can bring, those sets that no other makes needless.

    A thing that can be met at one step only is a `lone` one: which of them a set holds does not matter later, only how
    many. Where more sets than a limit would be left, their union stands for all, which is an upper bound.
    """

    nothing: tuple[int, ...] = (0,)

    def __init__(self, lone: int = 0, most: int = 64) -> None:
        self.lone = lone
        self.most = most
        #: Whether a union had to stand for its sets.
        self.is_bound = False

    def add(self, one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
        """Every union of a set of the one and a set of the other."""
        return self._needed({first | second for first in one for second in other})

    def best(self, one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
        """The sets of both."""
        return self._needed({*one, *other})

    def _needed(self, sets: set[int]) -> tuple[int, ...]:
        if len(sets) == 1:
            return tuple(sets)
        kept: list[int] = []
        for candidate in sorted(sets, key=lambda bits: (-bits.bit_count(), bits)):
            if not any(self._is_needless(candidate, larger) for larger in kept):
                kept.append(candidate)
            if len(kept) > self.most:
                self.is_bound = True
                union = 0
                for bits in sets:
                    union |= bits
                return (union,)
        return tuple(kept)

    def _is_needless(self, candidate: int, larger: int) -> bool:
        others = candidate & ~larger
        if not others & ~self.lone:
            return not others or (candidate & self.lone).bit_count() <= (larger & self.lone).bit_count()
        return False


class _Solver(Generic[Amount]):
    def __init__(self, scale: Scale[Amount]) -> None:
        self.scale = scale
        self.is_bound = False
        self.left = _BUDGET
        self.fresh = 0

    def flatten(self, edges: list[Edge[Amount]], entry: int, depth: int) -> list[Edge[Amount]]:
        """The same graph with every loop replaced by edges from its beginning to where it is left."""
        self.left -= len(edges)
        loops = _loops(edges)
        if not loops:
            return edges
        loop_of = {place: number for number, loop in enumerate(loops) for place in loop}
        inner: list[list[Edge[Amount]]] = [[] for _ in loops]
        leaving: list[list[Edge[Amount]]] = [[] for _ in loops]
        begins: list[set[int]] = [{entry} & loop for loop in loops]
        flat: list[Edge[Amount]] = []
        for edge in edges:
            source, target = loop_of.get(edge.source), loop_of.get(edge.target)
            if source is not None and source == target:
                inner[source].append(edge)
                continue
            if target is not None:
                begins[target].add(edge.target)
            if source is not None:
                leaving[source].append(edge)
            else:
                flat.append(edge)
        for number in range(len(loops)):
            flat += self._replaced(inner[number], leaving[number], begins[number], depth)
        return flat

    def _replaced(
        self, inner: list[Edge[Amount]], leaving: list[Edge[Amount]], begins: set[int], depth: int
    ) -> list[Edge[Amount]]:
        """The edges that stand for one loop."""
        if len(begins) != 1 or depth >= _DEEPEST or self.left < 0 or not leaving:
            return self._all_of_it(inner, leaving, begins)
        begin, back = next(iter(begins)), self._new_place()
        # A way back ends at a place of its own, so that inside the loop nothing leads to its beginning.
        opened = [edge._replace(target=back) if edge.target == begin else edge for edge in inner]
        flat = self.flatten(opened + leaving, begin, depth + 1)
        inside = {edge.source for edge in opened} | {begin}
        ways = [edge for edge in flat if edge.target in inside or edge.target == back]
        exits = [edge for edge in flat if edge.target not in inside and edge.target != back]
        sources = {edge.source for edge in exits}
        self.left -= len(ways) * len(sources)
        if self.left < 0:
            return self._all_of_it(inner, leaving, begins)
        reached = self.forward(ways, begin)
        amounts = {
            source: self.scale.add(reached[source], self._ways_back(ways, source, back))
            for source in sources
            if source in reached
        }
        return [
            Edge(begin, edge.target, self.scale.add(amounts[edge.source], edge.amount))
            for edge in exits
            if edge.source in amounts
        ]

    def _all_of_it(
        self, inner: list[Edge[Amount]], leaving: list[Edge[Amount]], begins: set[int]
    ) -> list[Edge[Amount]]:
        """An upper bound: everything in the loop, from wherever it begins to wherever it is left."""
        total = self.scale.nothing
        for edge in inner:
            total = self.scale.add(total, edge.amount)
        self.is_bound = self.is_bound or (total != self.scale.nothing and bool(leaving))
        ways = leaving or [Edge(0, self._new_place(), self.scale.nothing)]
        return [
            Edge(begin, edge.target, self.scale.add(total, edge.amount)) for begin in sorted(begins) for edge in ways
        ]

    def _new_place(self) -> int:
        self.fresh -= 1
        return self.fresh

    def forward(self, edges: Sequence[Edge[Amount]], entry: int) -> dict[int, Amount]:
        """The most met before each place that can be reached; the graph has no loop."""
        following = _by_source(edges)
        reached = {entry: self.scale.nothing}
        for place in reversed(_last_first(following, entry)):
            for edge in following.get(place, ()):
                met = self.scale.add(reached[place], edge.amount)
                known = reached.get(edge.target)
                reached[edge.target] = met if known is None else self.scale.best(known, met)
        return reached

    def _ways_back(self, ways: Sequence[Edge[Amount]], left_at: int, back: int) -> Amount:
        """What is met on the ways back of a loop that is left at one place, all together."""
        leads_there = _reaching(ways, left_at)
        following = _by_source(edge for edge in ways if edge.target not in leads_there)
        begins = sorted(place for place in leads_there if place in following)
        total = self.scale.nothing
        tails: dict[int, Amount | None] = {back: self.scale.nothing}
        for begin in begins:
            for place in _last_first(following, begin):
                if place not in tails:
                    tails[place] = self._best_tail(following.get(place, ()), tails)
            best = tails[begin]
            if best is not None:
                total = self.scale.add(total, best)
        return total

    def _best_tail(self, edges: Iterable[Edge[Amount]], tails: Mapping[int, Amount | None]) -> Amount | None:
        """The most that is met from a place to the beginning of the loop; none where no way leads there."""
        best: Amount | None = None
        for edge in edges:
            rest = tails.get(edge.target)
            if rest is not None:
                met = self.scale.add(edge.amount, rest)
                best = met if best is None else self.scale.best(best, met)
        return best


def _by_source(edges: Iterable[Edge[Amount]]) -> dict[int, list[Edge[Amount]]]:
    following: dict[int, list[Edge[Amount]]] = defaultdict(list)
    for edge in edges:
        following[edge.source].append(edge)
    return dict(following)


def _reaching(edges: Iterable[Edge[Amount]], place: int) -> set[int]:
    """The places from which a place can be reached, itself among them."""
    before: dict[int, list[int]] = defaultdict(list)
    for edge in edges:
        before[edge.target].append(edge.source)
    found, todo = {place}, [place]
    while todo:
        for source in before.get(todo.pop(), ()):
            if source not in found:
                found.add(source)
                todo.append(source)
    return found


def _last_first(following: Mapping[int, Sequence[Edge[Amount]]], entry: int) -> list[int]:
    """The places reached from an entry, each after all that follow it; the graph has no loop."""
    left: list[int] = []
    seen = {entry}
    stack = [(entry, iter(following.get(entry, ())))]
    while stack:
        place, edges = stack[-1]
        for edge in edges:
            if edge.target not in seen:
                seen.add(edge.target)
                stack.append((edge.target, iter(following.get(edge.target, ()))))
                break
        else:
            left.append(place)
            stack.pop()
    return left


def _loops(edges: Sequence[Edge[Amount]]) -> list[set[int]]:
    """The sets of places that can all reach each other, single places only with an edge to themselves (Tarjan 1972)."""
    following: dict[int, list[int]] = defaultdict(list)
    for edge in edges:
        following[edge.source].append(edge.target)
    return [
        component
        for component in components(following)
        if len(component) > 1 or any(place in following.get(place, ()) for place in component)
    ]


def components(following: Mapping[int, Sequence[int]]) -> list[set[int]]:
    """The strongly connected components of a graph, each after all that it leads to (Tarjan 1972)."""
    order: dict[int, int] = {}
    lowest: dict[int, int] = {}
    open_places: list[int] = []
    is_open: set[int] = set()
    found: list[set[int]] = []
    for root in list(following):
        if root in order:
            continue
        stack = [(root, iter(following.get(root, ())))]
        order[root] = lowest[root] = len(order)
        open_places.append(root)
        is_open.add(root)
        while stack:
            place, targets = stack[-1]
            entered = False
            for target in targets:
                if target not in order:
                    order[target] = lowest[target] = len(order)
                    open_places.append(target)
                    is_open.add(target)
                    stack.append((target, iter(following.get(target, ()))))
                    entered = True
                    break
                if target in is_open:
                    lowest[place] = min(lowest[place], order[target])
            if entered:
                continue
            stack.pop()
            if stack:
                lowest[stack[-1][0]] = min(lowest[stack[-1][0]], lowest[place])
            if lowest[place] == order[place]:
                component: set[int] = set()
                while place not in component:
                    component.add(open_places.pop())
                is_open -= component
                found.append(component)
    return found
