"""How a redesign is weighed: the four cuts against the procedure as it is; its time exact or by common numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from analysis.cuts import Counts, counts
from analysis.errors import AnalysisError
from analysis.findings import Saving
from analysis.simulation import Columns, default_warm_up, simulate
from analysis.time import elapsed_working, saved_mean
from analysis.timing import ExactTime, exact
from bpmn.model import Model

#: Cases of one simulation that ranks; what decides is simulated with more.
CASES = 2_000
_SECOND = 1e6


@dataclass(frozen=True, kw_only=True)
class _Weighed:
    """One model with what is known of its time."""

    model: Model
    counts: Counts
    exact: ExactTime


class Scales:
    """Weighs redesigns of one procedure, each against it."""

    def __init__(self, model: Model, *, cases: int = CASES, seed: int = 1) -> None:
        self._cases, self._seed = cases, seed
        self._before = _weighed(model)

    @cached_property
    def elapsed_working_s(self) -> float | None:
        """The mean elapsed working seconds of the procedure as it is; None where they are not known."""
        if self._before.exact.holds:
            return self._before.exact.elapsed_working.mean
        columns = self._columns
        if columns is None or columns.overloaded:
            return None
        return float(elapsed_working(self._before.model, columns).mean())

    def saved(self, after: Model) -> Saving:
        """What a redesign saves: steps, time, papers and visits; positive is less than before.

        Times are exact where nobody waits for people and all clocks are one; else of simulated cases, pair by pair;
        None where one of both cannot be simulated or kept up with.
        """
        new = _weighed(after)
        old = self._before
        found = Saving(
            steps=old.counts.steps - new.counts.steps,
            materials=old.counts.materials - new.counts.materials,
            visits=old.counts.visits - new.counts.visits,
            elapsed_working_s=None,
            work_s=None,
        )
        if old.exact.holds and new.exact.holds:
            return _exactly(found, old.exact, new.exact)
        return self._simulated(found, after)

    def _simulated(self, found: Saving, after: Model) -> Saving:
        old = self._columns
        if old is None:
            return found
        try:
            new = simulate(after, cases=self._cases, seed=self._seed, warm_up=old.warm_up)
        except AnalysisError:
            return found
        elapsed = saved_mean(self._before.model, old, after, new)
        return found.evolve(
            elapsed_working_s=elapsed.saved if elapsed is not None else None,
            low=elapsed.low if elapsed is not None else None,
            high=elapsed.high if elapsed is not None else None,
            work_s=float(old.work.mean() - new.work.mean()) / _SECOND,
            source="simulated",
        )

    @cached_property
    def _columns(self) -> Columns | None:
        """The procedure as it is, simulated; None where it cannot be."""
        model = self._before.model
        try:
            return simulate(model, cases=self._cases, seed=self._seed, warm_up=default_warm_up(model))
        except AnalysisError:
            return None


def _weighed(model: Model) -> _Weighed:
    return _Weighed(model=model, counts=counts(model), exact=exact(model))


def _exactly(found: Saving, old: ExactTime, new: ExactTime) -> Saving:
    elapsed = (old.elapsed_working.mean or 0.0) - (new.elapsed_working.mean or 0.0)
    work = None if old.work.mean is None or new.work.mean is None else old.work.mean - new.work.mean
    return found.evolve(elapsed_working_s=elapsed, low=elapsed, high=elapsed, work_s=work, source="exact")
