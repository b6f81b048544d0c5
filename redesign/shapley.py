"""What each move of a redesign brings: the saving of all together, split so that no order of telling favours any.

The share of a move is its mean addition over all orders in which the moves could be made (Shapley, A Value for n-Person
Games, 1953). The shares of one redesign sum to what it saves as a whole. Up to `EXACT` moves every set is weighed;
beyond, random orders are drawn, each together with its reverse (which halves the noise where moves overlap), and each
share gets the 95 % interval of its mean over these pairs; the sum is exact still, since every order telescopes to it.
Sets that differ in papers and visits only are timed once (`redesign.scales`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb, sqrt
from random import Random

from analysis.findings import Saving
from analysis.statistics import student
from bpmn.model import Model
from redesign.move import Move
from redesign.moves import Making
from redesign.scales import CASES, Scales, affordable
from redesign.sets import AHEAD, RANKING

#: Up to so many moves all their sets are weighed.
EXACT = 7
#: Sets that are weighed beyond, roughly; and the fewest pairs of orders drawn.
_SETS, _FEWEST_PAIRS = 200, 4
#: Moves times nodes up to which orders are drawn.
_MOST_NODES = 15_000
#: The cuts that are split.
CUTS = ("steps", "elapsed_working_s", "materials", "visits")
_TIME = CUTS.index("elapsed_working_s")

#: Called with the number of sets weighed and the most that will be.
Progress = Callable[[int, int], None]
_Amounts = tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Share:
    """What one move brings to each cut."""

    move: Move
    steps: float
    #: None where the procedure cannot be timed.
    elapsed_working_s: float | None
    materials: float
    visits: float
    #: The 95 % interval of the time that comes of drawing orders; equal to it where all were taken.
    low: float | None
    high: float | None


def shapley(
    model: Model, moves: Sequence[Move], *, cases: int = CASES, seed: int = 1, progress: Progress | None = None
) -> tuple[Share, ...]:
    """The share of each move, in their order; they sum to what all of them save together.

    Of so many moves of so large a procedure that not even a few orders can be weighed, the saving is split in
    proportion to what each saves alone; such a share lies between nothing and that.
    """
    few = affordable(model, min(cases, RANKING))
    splitting = _Splitting(model, moves, Scales(model, cases=few, seed=seed, warm_up=AHEAD), progress)
    if len(moves) <= EXACT:
        return splitting.exactly()
    if len(moves) * len(model.nodes) > _MOST_NODES:
        return splitting.in_proportion()
    return splitting.drawn(Random(seed))


class _Splitting:
    def __init__(self, model: Model, moves: Sequence[Move], scales: Scales, progress: Progress | None) -> None:
        self._moves, self._scales, self._progress = tuple(moves), scales, progress
        self._making = Making(model)
        self._known: dict[frozenset[int], Saving] = {}
        count = len(moves)
        self._pairs = max(_SETS // (2 * max(count, 1)), _FEWEST_PAIRS)
        self._all = 2**count if count <= EXACT else 2 * self._pairs * count

    def exactly(self) -> tuple[Share, ...]:
        """Every move's mean addition to all sets of the others, each weighed by how many orders come to it."""
        return tuple(self._share(number, self._mean_addition(number)) for number in range(len(self._moves)))

    def _mean_addition(self, number: int) -> _Amounts:
        count = len(self._moves)
        others = [other for other in range(count) if other != number]
        total = (0.0,) * len(CUTS)
        for size in range(count):
            weight = 1.0 / (count * comb(count - 1, size))
            for chosen in combinations(others, size):
                added = self._added(frozenset(chosen), number)
                total = tuple(known + weight * more for known, more in zip(total, added, strict=True))
        return total

    def drawn(self, random: Random) -> tuple[Share, ...]:
        """Every move's mean addition over random orders and their reverses."""
        pairs = [self._pair(random.sample(range(len(self._moves)), len(self._moves))) for _ in range(self._pairs)]
        return tuple(self._of_pairs(number, [pair[number] for pair in pairs]) for number in range(len(self._moves)))

    def in_proportion(self) -> tuple[Share, ...]:
        """The whole saving in proportion to what each move saves alone, as far as that was measured."""
        whole = self._saved(frozenset(range(len(self._moves))))
        alone = [
            tuple(float(getattr(move.saving, cut, None) or 0.0) for cut in CUTS) if move.saving else (0.0,) * len(CUTS)
            for move in self._moves
        ]
        sums = [sum(column) for column in zip(*alone, strict=True)]
        shares = []
        for number, own in enumerate(alone):
            parts = zip(whole, own, sums, strict=True)
            amounts = tuple(total * (one / every if every else 1 / len(alone)) for total, one, every in parts)
            share = self._share(number, amounts)
            low, high = min(0.0, amounts[_TIME], own[_TIME]), max(0.0, amounts[_TIME], own[_TIME])
            shares.append(share if share.low is None else replace(share, low=low, high=high))
        return tuple(shares)

    def _pair(self, order: list[int]) -> list[_Amounts]:
        """What each move adds on average in one order and its reverse."""
        one, other = self._along(order), self._along(order[::-1])
        return [
            tuple((first + second) / 2 for first, second in zip(one[number], other[number], strict=True))
            for number in range(len(order))
        ]

    def _along(self, order: Sequence[int]) -> dict[int, _Amounts]:
        """What each move adds in one order."""
        return {number: self._added(frozenset(order[:place]), number) for place, number in enumerate(order)}

    def _of_pairs(self, number: int, values: Sequence[_Amounts]) -> Share:
        count = len(values)
        means = tuple(sum(value[cut] for value in values) / count for cut in range(len(CUTS)))
        variance = sum((value[_TIME] - means[_TIME]) ** 2 for value in values) / (count - 1)
        return self._share(number, means, spread=student(count - 1) * sqrt(variance / count))

    def _added(self, chosen: frozenset[int], number: int) -> _Amounts:
        before, after = self._saved(chosen), self._saved(chosen | {number})
        return tuple(more - less for more, less in zip(after, before, strict=True))

    def _saved(self, chosen: frozenset[int]) -> _Amounts:
        """What a set saves of each cut."""
        if chosen not in self._known:
            applied = self._making.made(self._moves[number] for number in sorted(chosen))
            self._known[chosen] = self._scales.saved(applied.model)
            if self._progress is not None:
                self._progress(min(len(self._known), self._all), self._all)
        saving = self._known[chosen]
        return tuple(float(getattr(saving, cut) or 0.0) for cut in CUTS)

    def _share(self, number: int, amounts: _Amounts, *, spread: float = 0.0) -> Share:
        steps, elapsed, materials, visits = amounts
        is_timed = self._known[frozenset(range(len(self._moves)))].elapsed_working_s is not None
        return Share(
            move=self._moves[number],
            steps=steps,
            elapsed_working_s=elapsed if is_timed else None,
            materials=materials,
            visits=visits,
            low=elapsed - spread if is_timed else None,
            high=elapsed + spread if is_timed else None,
        )
