"""What a procedure takes: simulate its file and reduce the case columns to measures. The one way to a `TimeResult`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from analysis.annotated import not_annotated
from analysis.errors import AnalysisError, NotComparable
from analysis.hours import estimated_years, office_hours, open_between, units_with_other_hours
from analysis.limits import limit_shares, span
from analysis.measure import CaseTimes, Measure, PathTime, StepTime, TimeResult, UnitTime, measure, missing
from analysis.outcomes import expected_outcomes
from analysis.simulation import Columns, default_warm_up, simulate
from analysis.statistics import Column, interval, sectioned
from analysis.timing import exact
from bpmn.model import Model

#: Called with the number of cases done and of all cases.
Progress = Callable[[int, int], None]

Made = TypeVar("Made")

_SECOND = 1e6
#: Most values kept for drawing a distribution.
_SAMPLE = 10_000


@dataclass(frozen=True, kw_only=True)
class Saving:
    """A figure of two simulations that share their random numbers, with the 95 % interval of the difference."""

    before: float
    after: float
    saved: float
    low: float
    high: float
    #: Pairs of cases.
    n: int


@dataclass(frozen=True, kw_only=True)
class TimePair:
    """Two procedures, case by case; a saving is None where a unit of either cannot keep up."""

    before: TimeResult
    after: TimeResult
    #: Mean and median of elapsed working seconds, mean of elapsed calendar seconds.
    mean: Saving | None
    median: Saving | None
    calendar: Saving | None


def time(
    model: Model,
    *,
    cases: int = 10_000,
    seed: int = 1,
    start: datetime | None = None,
    warm_up: int | None = None,
    progress: Progress | None = None,
) -> TimeResult:
    """Simulate a procedure and measure it; raises what `simulate` raises where it cannot be simulated."""
    columns = simulate(model, cases=cases, seed=seed, start=start, warm_up=warm_up, progress=progress)
    return time_of(model, columns)


def time_pair(
    before: Model,
    after: Model,
    *,
    cases: int = 10_000,
    seed: int = 1,
    start: datetime | None = None,
    warm_up: int | None = None,
    progress: Progress | None = None,
) -> TimePair:
    """Simulate two procedures with common random numbers and measure both and their differences.

    Both get the longer of their warm-ups, so that the counted cases are the same ones. Raises NotComparable where a
    side cannot be simulated.
    """
    if warm_up is None:
        warm_up = max(_on_side(name, default_warm_up, model) for name, model in (("before", before), ("after", after)))

    def run(side: str, model: Model, done_before: int) -> Columns:
        def told(done: int, cases: int) -> None:
            if progress is not None:
                progress(done_before * cases + done, 2 * cases)

        begin = partial(simulate, cases=cases, seed=seed, start=start, warm_up=warm_up, progress=told)
        return _on_side(side, begin, model)

    old, new = run("before", before, 0), run("after", after, 1)
    first, second = time_of(before, old), time_of(after, new)
    if old.overloaded or new.overloaded:
        return TimePair(before=first, after=second, mean=None, median=None, calendar=None)
    independent = not (old.meeting or new.meeting)
    working = elapsed_working(before, old), elapsed_working(after, new)[_paired(old, new)]
    return TimePair(
        before=first,
        after=second,
        mean=_saved_mean(*working, independent=independent),
        median=_saved_median(*working, independent=independent),
        calendar=saved_calendar(old, new),
    )


def saved_mean(before: Model, old: Columns, after: Model, new: Columns) -> Saving | None:
    """What the second of two runs of one seed saves of the first's mean elapsed working seconds, case by case.

    None where a unit of either cannot keep up.
    """
    if old.overloaded or new.overloaded:
        return None
    independent = not (old.meeting or new.meeting)
    return _saved_mean(
        elapsed_working(before, old), elapsed_working(after, new)[_paired(old, new)], independent=independent
    )


def saved_calendar(old: Columns, new: Columns) -> Saving:
    """What the second of two runs of one seed saves of the first's mean elapsed calendar seconds, case by case."""
    independent = not (old.meeting or new.meeting)
    return _saved_mean(elapsed_calendar(old), elapsed_calendar(new)[_paired(old, new)], independent=independent)


def _paired(old: Columns, new: Columns) -> NDArray[np.int64]:
    """The places of the cases of the second run in the order of the first."""
    order = np.empty(new.cases, dtype=np.int64)
    order[new.key] = np.arange(new.cases)
    return order[old.key]


def _on_side(side: str, make: Callable[[Model], Made], model: Model) -> Made:
    """Make something of one of two procedures, and say which one where that cannot be."""
    try:
        return make(model)
    except AnalysisError as fault:
        raise NotComparable(side, fault) from fault


def time_of(model: Model, columns: Columns, *, source: str = "simulated") -> TimeResult:
    """Reduce the columns of cases of this model to its measures; what was not simulated expects nothing."""
    is_simulated = source == "simulated"
    shares = expected_outcomes(model) if is_simulated else None
    process = model.procedure_process
    elapsed = elapsed_working(model, columns)
    return TimeResult(
        process=process.id if process is not None else "",
        cases=columns.cases,
        seed=columns.seed,
        start=columns.opened,
        warm_up=columns.warm_up,
        times=_case_times(columns, elapsed, np.ones(columns.cases, dtype=np.bool_), source),
        by_outcome={
            outcome: _case_times(columns, elapsed, chosen, source)
            for outcome, chosen in (("granted", ~columns.rejected), ("rejected", columns.rejected))
            if chosen.any()
        },
        outcome_shares=shares if shares is not None else _simulated_outcomes(columns),
        outcome_shares_exact=shares is not None,
        overloaded=columns.overloaded,
        not_annotated=not_annotated(model),
        materials_per_case=_count(columns, columns.hand_ins, "hand-ins", source),
        visits_per_case=_count(columns, columns.visits, "visits", source),
        steps=_steps(columns, knows_queues=is_simulated),
        path=_path(columns, knows_queues=is_simulated),
        limits=limit_shares(columns, model.procedure, office_hours(model)),
        sample=() if columns.overloaded else _sample(elapsed),
        day_seconds=float(office_hours(model).day_seconds),
        other_hours=units_with_other_hours(model),
        estimated_years=estimated_years(office_hours(model), columns.start, columns.end),
        notes=_notes(model, columns, exact=shares is not None) if is_simulated else (),
        exact=exact(model) if is_simulated else None,
    )


def elapsed_working(model: Model, columns: Columns) -> Column:
    """The procedure's open seconds between start and end of each case."""
    return open_between(office_hours(model), columns.start, columns.end) / _SECOND


def elapsed_calendar(columns: Columns) -> Column:
    """The natural seconds between start and end of each case."""
    seconds: Column = (columns.end - columns.start) / _SECOND
    return seconds


def _case_times(columns: Columns, elapsed: Column, chosen: NDArray[np.bool_], source: str) -> CaseTimes:
    """The four times of the chosen cases; no means where a unit cannot keep up, as none exist then."""

    def made(basis: str, values: Column) -> Measure:
        if columns.overloaded:
            return missing(basis=basis, n=int(chosen.sum()), source=source)
        return measure(values[chosen], basis=basis, independent=not columns.meeting, source=source)

    return CaseTimes(
        work=made("work", columns.work / _SECOND),
        elapsed_working=made("elapsed-working", elapsed),
        elapsed_calendar=made("elapsed-calendar", elapsed_calendar(columns)),
        waiting=made("waiting", columns.waiting / _SECOND),
    )


def _count(columns: Columns, counts: NDArray[np.signedinteger[Any]], basis: str, source: str) -> Measure:
    """Counts do not depend on queues, so they hold where a unit cannot keep up, and cases are independent in them."""
    return measure(counts.astype(np.float64), basis=basis, independent=True, source=source)


def _simulated_outcomes(columns: Columns) -> dict[str, float]:
    if not columns.cases:
        return {}
    rejected = float(columns.rejected.mean())
    return {"granted": 1 - rejected, "rejected": rejected}


def _steps(columns: Columns, *, knows_queues: bool) -> tuple[StepTime, ...]:
    """The steps outside the applicant's pool, each in a mean case; records tell wait and queue as one."""
    cases = max(columns.cases, 1)

    def mean(total: int) -> float | None:
        return None if columns.overloaded else total / cases / _SECOND

    return tuple(
        StepTime(
            id=step.id,
            name=step.name,
            unit=step.unit,
            work=mean(step.work),
            wait=mean(step.wait),
            queue=mean(step.queue) if knows_queues else None,
            times_per_case=step.times / cases,
        )
        for step in columns.steps
        if not step.applicant
    )


def _path(columns: Columns, *, knows_queues: bool) -> PathTime:
    """The way that ended last in a mean case; units that do no step have no part in it."""
    busy = {step.unit_key for step in columns.steps}
    sums = [unit for unit in columns.path.units if unit.key in busy]
    if columns.overloaded:
        units = (UnitTime(unit=unit.unit, work=None, wait=None, queue=None) for unit in sums)
        return PathTime(work=None, wait=None, queue=None, closed=None, other=None, units=tuple(units))
    scale = _SECOND * max(columns.cases, 1)
    return PathTime(
        work=sum(unit.work for unit in sums) / scale,
        wait=sum(unit.wait for unit in sums) / scale,
        queue=sum(unit.queue for unit in sums) / scale if knows_queues else None,
        closed=columns.path.closed / scale,
        other=columns.path.other / scale,
        units=tuple(
            UnitTime(
                unit=unit.unit,
                work=unit.work / scale,
                wait=unit.wait / scale,
                queue=unit.queue / scale if knows_queues else None,
            )
            for unit in sums
        ),
    )


def _sample(values: Column) -> tuple[float, ...]:
    """The values in order; of many, as many evenly spaced order statistics as are drawn."""
    ordered = np.sort(values)
    if len(ordered) > _SAMPLE:
        ordered = ordered[np.linspace(0, len(ordered) - 1, _SAMPLE).round().astype(np.int64)]
    return tuple(ordered.tolist())


def _notes(model: Model, columns: Columns, *, exact: bool) -> tuple[str, ...]:
    has_limit = model.procedure.legal_limit is not None or model.procedure.promised_limit is not None
    told = {
        "all-start-at-once": columns.at_once,
        "no-arrivals": not columns.meeting,
        "clock-from-start": has_limit and span(columns) == "start-end",
        "clock-to-end": has_limit and span(columns) == "accept-end",
        "outcomes-simulated": not exact,
    }
    return tuple(name for name, holds in told.items() if holds)


def _saved_mean(before: Column, after: Column, *, independent: bool) -> Saving:
    saved = before - after
    known = interval(saved, independent=independent)
    return Saving(
        before=float(before.mean()),
        after=float(after.mean()),
        saved=float(saved.mean()),
        low=known.low,
        high=known.high,
        n=len(saved),
    )


def _saved_median(before: Column, after: Column, *, independent: bool) -> Saving:
    def difference(part: slice) -> float:
        return float(np.median(before[part]) - np.median(after[part]))

    known = sectioned(difference, before - after, independent=independent)
    return Saving(
        before=float(np.median(before)),
        after=float(np.median(after)),
        saved=difference(slice(0, len(before))),
        low=known.low,
        high=known.high,
        n=len(before),
    )
