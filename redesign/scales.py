"""How a redesign is weighed: the four cuts against the procedure as it is; its time exact or by common numbers.

Time costs far more to find than counts do, and many moves do not touch it: papers asked elsewhere, visits saved. Scales
remember a time by all in a model that time can depend on, and two redesigns that are equal in that are timed once.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import cached_property

from analysis.cuts import Counts, counts
from analysis.errors import AnalysisError
from analysis.findings import Saving
from analysis.hours import units_with_other_hours
from analysis.simulation import Columns, default_warm_up, simulate
from analysis.time import elapsed_working, saved_calendar, saved_mean
from analysis.timing import ExactTime, exact
from bpmn.model import Model, Node

#: Cases of one simulation whose figures are shown.
CASES = 2_000
#: Time is bettered from this share of the time before on.
LEAST_TIME = 0.005
#: Cases times nodes of one simulation that shows or ranks, and the fewest cases of it.
_MOST_VISITS, _FEWEST_CASES = 200_000, 100
_SECOND = 1e6


@dataclass(frozen=True, kw_only=True)
class Weight:
    """What a redesign saves, and the names of the cuts it betters and worsens."""

    saving: Saving
    #: "steps", "time", "materials", "visits".
    betters: frozenset[str]
    worsens: frozenset[str]
    #: Units that cannot keep up with what arrives.
    overloaded: int = 0


@dataclass(frozen=True, kw_only=True)
class _Timed:
    """What a redesign saves of time; None where it is not known."""

    elapsed: float | None = None
    low: float | None = None
    high: float | None = None
    work: float | None = None
    source: str = ""
    #: Units that cannot keep up with what arrives.
    overloaded: int = 0
    #: Whether it is worse in what has no mean: it cannot be simulated any more, more units cannot keep up, or calendar
    #: time is longer where units work in hours of their own.
    is_worse: bool = False


def affordable(model: Model, cases: int) -> int:
    """So many cases, of large procedures fewer: many redesigns of one are weighed."""
    return min(cases, max(_MOST_VISITS // max(len(model.nodes), 1), _FEWEST_CASES))


class Scales:
    """Weighs redesigns of one procedure, each against it.

    Times are exact where nobody waits for people and all clocks are one; else of so many simulated cases, pair by pair
    with common random numbers. `warm_up` bounds the cases left uncounted at the beginning.
    """

    def __init__(self, model: Model, *, cases: int = CASES, seed: int = 1, warm_up: int | None = None) -> None:
        self.model = model
        self.cases = cases
        self._seed, self._most_ahead = seed, warm_up
        self._counts = counts(model)
        self._times: dict[Hashable, _Timed] = {}

    @cached_property
    def is_exact(self) -> bool:
        """Whether the time of the procedure as it is is exact."""
        return self._exact.holds

    @cached_property
    def elapsed_working_s(self) -> float | None:
        """The mean elapsed working seconds of the procedure as it is; None where they are not known."""
        if self.is_exact:
            return self._exact.elapsed_working.mean
        columns = self._columns
        if columns is None or columns.overloaded:
            return None
        return float(elapsed_working(self.model, columns).mean())

    def saved(self, after: Model) -> Saving:
        """What a redesign saves: steps, time, papers and visits; positive is less than before.

        Time is None where one of both cannot be simulated or kept up with.
        """
        return self.weigh(after).saving

    def with_work(self, after: Model, saving: Saving) -> Saving:
        """The saving with its work simulated, where its time is exact and its work has no closed form."""
        if saving.elapsed_working_s is None or saving.work_s is not None:
            return saving
        return replace(saving, work_s=self._simulated(after).work)

    def weigh(self, after: Model) -> Weight:
        """What a redesign saves, betters and worsens (FORMAT of a set that pays)."""
        old, new, timed = self._counts, counts(after), self._timed(after)
        counted = {name: _less(old, new, name) for name in ("steps", "materials", "visits")}
        betters = {name for name, saved in counted.items() if saved > 0}
        worsens = {name for name, saved in counted.items() if saved < 0}
        if self._is_faster(timed):
            betters.add("time")
        if timed.is_worse or (timed.high is not None and timed.high < 0):
            worsens.add("time")
        saving = Saving(
            **counted,
            elapsed_working_s=timed.elapsed,
            work_s=timed.work,
            low=timed.low,
            high=timed.high,
            source=timed.source,
        )
        return Weight(
            saving=saving, betters=frozenset(betters), worsens=frozenset(worsens), overloaded=timed.overloaded
        )

    def _is_faster(self, timed: _Timed) -> bool:
        """Whether time is bettered: a unit keeps up that could not, or the interval and the mean say so."""
        if timed.elapsed is None or timed.low is None:
            return not self.is_exact and timed.overloaded < self._overloaded and not timed.is_worse
        return timed.low > 0 and timed.elapsed > LEAST_TIME * (self.elapsed_working_s or 0.0)

    def _timed(self, after: Model) -> _Timed:
        key = _of_time(after)
        if key not in self._times:
            self._times[key] = self._exactly(after) or self._simulated(after)
        return self._times[key]

    def _exactly(self, after: Model) -> _Timed | None:
        """Exact times, where both sides have them."""
        if not self.is_exact:
            return None
        old, new = self._exact, exact(after)
        if not new.holds:
            return None
        elapsed = (old.elapsed_working.mean or 0.0) - (new.elapsed_working.mean or 0.0)
        work = None if old.work.mean is None or new.work.mean is None else old.work.mean - new.work.mean
        return _Timed(elapsed=elapsed, low=elapsed, high=elapsed, work=work, source="exact")

    def _simulated(self, after: Model) -> _Timed:
        old = self._columns
        if old is None:
            return _Timed()
        try:
            new = simulate(after, cases=self.cases, seed=self._seed, warm_up=old.warm_up)
        except AnalysisError:
            return _Timed(is_worse=True, overloaded=self._overloaded)
        elapsed = saved_mean(self.model, old, after, new)
        return _Timed(
            elapsed=elapsed.saved if elapsed is not None else None,
            low=elapsed.low if elapsed is not None else None,
            high=elapsed.high if elapsed is not None else None,
            work=float(old.work.mean() - new.work.mean()) / _SECOND,
            source="simulated",
            overloaded=len(new.overloaded),
            is_worse=len(new.overloaded) > len(old.overloaded) or self._is_later(old, new),
        )

    def _is_later(self, old: Columns, new: Columns) -> bool:
        if old.overloaded or new.overloaded or not self._has_other_hours:
            return False
        return saved_calendar(old, new).high < 0

    @property
    def _overloaded(self) -> int:
        return len(self._columns.overloaded) if self._columns is not None else 0

    @cached_property
    def _has_other_hours(self) -> bool:
        return bool(units_with_other_hours(self.model))

    @cached_property
    def _exact(self) -> ExactTime:
        return exact(self.model)

    @cached_property
    def _columns(self) -> Columns | None:
        """The procedure as it is, simulated; None where it cannot be."""
        try:
            ahead = default_warm_up(self.model)
            if self._most_ahead is not None:
                ahead = min(ahead, self._most_ahead)
            return simulate(self.model, cases=self.cases, seed=self._seed, warm_up=ahead)
        except AnalysisError:
            return None


def _less(old: Counts, new: Counts, name: str) -> int:
    less: int = getattr(old, name) - getattr(new, name)
    return less


def _of_time(model: Model) -> Hashable:
    """All in a model that its time depends on and a move may change; papers and visits do not matter to it."""
    return tuple(map(_bare, model.nodes)), model.flows, model.lanes, model.message_flows


def _bare(node: Node) -> Node:
    """A node without what does not take time."""
    step = replace(node.step, visit=False) if node.step is not None and node.step.visit else node.step
    if step is node.step and not (node.materials or node.reads or node.writes):
        return node
    return node.evolve(step=step, materials=(), reads=(), writes=())
