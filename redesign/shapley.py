"""What each move of a redesign brings: the saving of all together, split so that no order of telling favours any.

The share of a move is its mean addition over all orders in which the moves could be made (Shapley, A Value for n-Person
Games, 1953). The shares of one redesign sum to what it saves as a whole. Up to `EXACT` moves every set is weighed;
beyond, random orders are drawn, each together with its reverse (which halves the noise where moves overlap), and each
share gets the 95 % interval of its mean over these pairs; the sum is exact still, since every order telescopes to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial, sqrt
from random import Random

from analysis.findings import Saving
from bpmn.model import Model
from redesign.move import Move
from redesign.moves import Making
from redesign.scales import CASES, Scales

#: Up to so many moves all their sets are weighed.
EXACT = 7
#: Pairs of orders drawn beyond.
PAIRS = 12
#: The cuts that are split.
CUTS = ("steps", "elapsed_working_s", "materials", "visits")
_NORMAL = 1.96

#: Called with the number of sets weighed and of all.
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
    """The share of each move, in their order; they sum to what all of them save together."""
    splitting = _Splitting(model, moves, Scales(model, cases=min(1_000, cases), seed=seed, warm_up=250), progress)
    if len(moves) <= EXACT:
        return splitting.exactly()
    return splitting.drawn(Random(seed))


class _Splitting:
    def __init__(self, model: Model, moves: Sequence[Move], scales: Scales, progress: Progress | None) -> None:
        self._moves, self._scales, self._progress = tuple(moves), scales, progress
        self._making = Making(model)
        self._known: dict[frozenset[int], Saving] = {}
        self._all = 2 ** len(moves) if len(moves) <= EXACT else 2 * PAIRS * len(moves)

    def _saved(self, chosen: frozenset[int]) -> _Amounts:
        """What a set saves of each cut."""
        if chosen not in self._known:
            applied = self._making.made(self._moves[number] for number in sorted(chosen))
            self._known[chosen] = self._scales.saved(applied.model)
            if self._progress is not None:
                self._progress(min(len(self._known), self._all), self._all)
        return tuple(float(getattr(self._known[chosen], cut) or 0.0) for cut in CUTS)

    def exactly(self) -> tuple[Share, ...]:
        """Every move's mean addition to all sets of the others, by how many orders come to each."""
        count = len(self._moves)
        shares: list[Share] = []
        for number in range(count):
            others = [other for other in range(count) if other != number]
            total = [0.0] * len(CUTS)
            for size in range(count):
                weight = factorial(size) * factorial(count - size - 1) / factorial(count)
                for chosen in combinations(others, size):
                    added = self._added(frozenset(chosen), number)
                    total = [known + weight * more for known, more in zip(total, added, strict=True)]
            shares.append(self._share(number, total, spread=0.0))
        return tuple(shares)

    def drawn(self, random: Random) -> tuple[Share, ...]:
        """Every move's mean addition over random orders and their reverses."""
        count = len(self._moves)
        pairs: list[list[_Amounts]] = []
        for _ in range(PAIRS):
            order = random.sample(range(count), count)
            there, back = self._along(order), self._along(order[::-1])
            pairs.append(
                [
                    tuple((one + other) / 2 for one, other in zip(there[number], back[number], strict=True))
                    for number in range(count)
                ]
            )
        shares = []
        for number in range(count):
            values = [pair[number] for pair in pairs]
            means = [sum(value[cut] for value in values) / PAIRS for cut in range(len(CUTS))]
            time = CUTS.index("elapsed_working_s")
            variance = sum((value[time] - means[time]) ** 2 for value in values) / (PAIRS - 1)
            shares.append(self._share(number, means, spread=_NORMAL * sqrt(variance / PAIRS)))
        return tuple(shares)

    def _along(self, order: Sequence[int]) -> dict[int, _Amounts]:
        """What each move adds in one order."""
        chosen: frozenset[int] = frozenset()
        found: dict[int, _Amounts] = {}
        for number in order:
            found[number] = self._added(chosen, number)
            chosen |= {number}
        return found

    def _added(self, chosen: frozenset[int], number: int) -> _Amounts:
        before, after = self._saved(chosen), self._saved(chosen | {number})
        return tuple(more - less for more, less in zip(after, before, strict=True))

    def _share(self, number: int, amounts: Sequence[float], *, spread: float) -> Share:
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
