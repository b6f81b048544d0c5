"""Many runs on many processors: independent replications of a simulation, and the one place where work is spread.

A replication is a run with a seed of its own, all seeds derived from one. What a run brings depends on that seed alone,
never on who does it or what is done beside it, so one process, several, and a cluster give equal results.

Two runs share nothing but the procedure, so their means are independent draws of the mean, however much the cases
within a run resemble each other in the queues. The interval of a mean over R runs comes from them alone: a run of n
cases whose values sum to s misses the common mean m by s - m n, and the variance of m is R / (R - 1) times the sum of
the squares of these, divided by the square of the number of all cases (the ratio estimator, exact for equal runs and
good for figures over some cases only, of which runs hold unequal numbers). The quantile is Student's, R - 1 degrees.

Sources: A. M. Law, Simulation Modeling and Analysis, 9.4.1 (replication and deletion); W. G. Cochran, Sampling
Techniques, 2.11 (ratio estimator).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import accumulate, pairwise
from typing import TypeVar

import numpy as np
from joblib import Parallel, delayed, parallel_config
from numpy.typing import NDArray

from analysis.errors import BadRun
from analysis.hours import office_hours
from analysis.measure import CaseTimes, Measure, TimeResult
from analysis.simulation import Columns, PathSums, StepSums, UnitSums, default_start, default_warm_up, simulate
from analysis.statistics import Column, student
from analysis.time import Progress, elapsed_calendar, elapsed_working, time_of
from bpmn.annotation import AROUND_THE_CLOCK
from bpmn.model import Model

Work = TypeVar("Work")
Found = TypeVar("Found")

#: As many replications as an interval is well made of; more where each would otherwise have more cases than this.
RUNS, MOST_CASES_OF_A_RUN = 20, 50_000
#: Cases, warm-up included, that are worth sending to a worker together: a second or two.
_BATCH = 200_000
_SECOND = 1e6


@dataclass(frozen=True, kw_only=True)
class Replications:
    """Independent runs of one procedure, pooled."""

    #: The figures over all cases of all runs; the intervals of their means come from the runs.
    result: TimeResult
    #: The seed of each run and its mean of elapsed working seconds; None where a unit cannot keep up.
    seeds: tuple[int, ...]
    means: tuple[float | None, ...]


@dataclass(frozen=True, kw_only=True)
class _Run:
    """One replication to be done."""

    seed: int
    cases: int
    start: datetime | None


#: What a run has brought: its cases and their elapsed working seconds.
_Brought = tuple[Columns, Column]


def replications(
    model: Model,
    *,
    runs: int,
    cases: int = 10_000,
    seed: int = 1,
    workers: int | None = 1,
    start: datetime | None = None,
    warm_up: int | None = None,
    progress: Progress | None = None,
) -> Replications:
    """Simulate `cases` cases in so many independent runs, as equal as can be, each with a warm-up of its own.

    `workers` processes of this machine share the runs; None leaves them to the cluster this process is connected to.
    Neither changes the result. Raises what `simulate` raises, and BadRun where there are fewer cases than runs.
    """
    if runs < 1 or cases < runs or (warm_up or 0) < 0:
        raise BadRun(warm_up if warm_up is not None and warm_up < 0 else min(runs, cases))
    ahead = default_warm_up(model) if warm_up is None else warm_up
    found: list[_Brought] = []
    work = partial(_simulated, model, ahead)
    for batch in spread(work, _batches(_planned(model, runs, cases, seed, start), ahead, workers), workers=workers):
        found.extend(batch)
        if progress is not None:
            progress(sum(columns.cases for columns, _ in found), cases)
    return _pooled(model, found, seed)


def default_runs(cases: int) -> int:
    """How many replications so many cases are worth if nobody says."""
    return min(cases, max(RUNS, -(-cases // MOST_CASES_OF_A_RUN)))


def derived_seed(seed: int, run: int) -> int:
    """Give the seed of one replication: a hash of the one seed and the number of the run, never negative.

    >>> derived_seed(1, 0) != derived_seed(1, 1), derived_seed(7, 3) == derived_seed(7, 3)
    (True, True)
    """
    hashed = hashlib.blake2b(f"{seed}/{run}".encode(), digest_size=8).digest()
    return int.from_bytes(hashed, "little") >> 1


def spread(work: Callable[[Work], Found], batches: Sequence[Work], *, workers: int | None) -> Iterator[Found]:
    """Do a piece of work for each batch and give what they bring, in their order, as soon as it is there.

    One worker is this process itself. Else `work` and the batches must be such that they can be sent to others.
    """
    if workers == 1 or (workers is not None and len(batches) < 2):
        yield from map(work, batches)
        return
    with parallel_config(backend="dask" if workers is None else "loky", n_jobs=-1 if workers is None else workers):
        parallel = Parallel(return_as="generator", batch_size=1)
    yield from parallel(delayed(work)(batch) for batch in batches)


def _planned(model: Model, runs: int, cases: int, seed: int, start: datetime | None) -> list[_Run]:
    """Divide the cases among the runs.

    Where cases arrive, the runs open one after the other, so that together they meet the same holidays as one run of
    all cases would; where they do not, each run spreads its cases over the whole year.
    """
    arrivals = model.procedure.arrivals_per_day
    hours = office_hours(model)
    is_daily = model.procedure.arrival_hours == AROUND_THE_CLOCK
    begin = default_start(model)[0] if start is None and arrivals else start
    planned, before = [], 0
    for number in range(runs):
        opened = begin
        if arrivals and begin is not None:
            days = before / arrivals
            opened = begin + timedelta(days=days) if is_daily else hours.add(begin, days * hours.day_seconds)
        planned.append(
            _Run(seed=derived_seed(seed, number), cases=cases // runs + (number < cases % runs), start=opened)
        )
        before += planned[-1].cases
    return planned


def _batches(runs: Sequence[_Run], warm_up: int, workers: int | None) -> list[tuple[_Run, ...]]:
    """Put neighbouring runs together until they are worth sending, as many batches for each worker of this machine."""
    most = len(runs) * (runs[0].cases + warm_up)
    batches = -(-most // _BATCH)
    if workers is not None and batches > 1:
        batches = -(-batches // workers) * workers
    batches = min(batches, len(runs))
    # The larger batches come first, so that all workers end together.
    sizes = [len(runs) // batches + (batch < len(runs) % batches) for batch in range(batches)]
    bounds = [0, *accumulate(sizes)]
    return [tuple(runs[first:beyond]) for first, beyond in pairwise(bounds)]


def _simulated(model: Model, warm_up: int, runs: tuple[_Run, ...]) -> list[_Brought]:
    """Do some runs; what takes long to be counted is counted here, where others do the same beside it."""
    found = []
    for run in runs:
        columns = simulate(model, cases=run.cases, seed=run.seed, start=run.start, warm_up=warm_up)
        found.append((columns, elapsed_working(model, columns)))
    return found


def _pooled(model: Model, found: Sequence[_Brought], seed: int) -> Replications:
    """Measure the cases of all runs together."""
    runs = [columns for columns, _ in found]
    sizes = [columns.cases for columns in runs]
    run_of = np.repeat(np.arange(len(runs)), sizes)
    columns = replace(joined(runs), seed=seed)
    result = time_of(model, columns)
    elapsed = np.concatenate([times for _, times in found])
    values = {
        "work": columns.work / _SECOND,
        "elapsed_working": elapsed,
        "elapsed_calendar": elapsed_calendar(columns),
        "waiting": columns.waiting / _SECOND,
    }
    chosen = {"granted": ~columns.rejected, "rejected": columns.rejected}
    means: tuple[float | None, ...] = (None,) * len(runs)
    if not columns.overloaded:
        means = tuple((np.bincount(run_of, weights=elapsed) / np.array(sizes)).tolist())
    pooled = replace(
        result,
        times=_between(result.times, values, run_of),
        by_outcome={
            outcome: _between(times, {name: column[chosen[outcome]] for name, column in values.items()}, part)
            for outcome, times in result.by_outcome.items()
            for part in (run_of[chosen[outcome]],)
        },
        materials_per_case=_bounded(result.materials_per_case, columns.hand_ins.astype(np.float64), run_of),
        visits_per_case=_bounded(result.visits_per_case, columns.visits.astype(np.float64), run_of),
        notes=(*result.notes, "replications"),
    )
    return Replications(result=pooled, seeds=tuple(run.seed for run in runs), means=means)


def joined(runs: Sequence[Columns]) -> Columns:
    """The columns of several runs of one procedure behind each other; what is no column is that of the first."""
    first = runs[0]
    ahead = np.cumsum([0, *(columns.cases for columns in runs)])
    columns: dict[str, NDArray[np.int64]] = {}
    for name in (field.name for field in fields(Columns)):
        if isinstance(getattr(first, name), np.ndarray):
            shifted = name in ("key", "stop_case")
            parts = [
                getattr(run, name) + before if shifted else getattr(run, name)
                for run, before in zip(runs, ahead, strict=False)
            ]
            columns[name] = np.concatenate(parts)
    steps = tuple(_step_sum(parts) for parts in zip(*(run.steps for run in runs), strict=True))
    # Sums of further kinds stay those of the first run.
    return replace(first, **columns, steps=steps, path=_path_sum([run.path for run in runs]))  # type: ignore[arg-type]


def _step_sum(parts: Sequence[StepSums]) -> StepSums:
    return replace(
        parts[0], **{name: sum(getattr(part, name) for part in parts) for name in ("times", "work", "wait", "queue")}
    )


def _path_sum(paths: Sequence[PathSums]) -> PathSums:
    """Add ways up, unit by unit; a run need not have met every unit."""
    units: dict[str, UnitSums] = {}
    for unit in (unit for path in paths for unit in path.units):
        known = units.get(unit.key)
        units[unit.key] = unit if known is None else _unit_sum(known, unit)
    return PathSums(
        units=tuple(units.values()), closed=sum(path.closed for path in paths), other=sum(path.other for path in paths)
    )


def _unit_sum(one: UnitSums, other: UnitSums) -> UnitSums:
    return replace(one, work=one.work + other.work, wait=one.wait + other.wait, queue=one.queue + other.queue)


def _between(times: CaseTimes, values: Mapping[str, Column], run_of: NDArray[np.int64]) -> CaseTimes:
    """Give the four times the intervals that the runs tell."""
    return replace(times, **{name: _bounded(getattr(times, name), column, run_of) for name, column in values.items()})


def _bounded(measure: Measure, values: Column, run_of: NDArray[np.int64]) -> Measure:
    """Give a mean the interval that the runs tell; one run tells none, and the measure keeps its own."""
    sizes = np.bincount(run_of)
    present = sizes > 0
    runs = int(present.sum())
    if measure.mean is None or runs < 2:
        return measure
    missed = (np.bincount(run_of, weights=values) - measure.mean * sizes)[present]
    variance = runs / (runs - 1) * float((missed**2).sum()) / float(sizes.sum()) ** 2
    half = student(runs - 1) * math.sqrt(variance)
    return replace(measure, low=measure.mean - half, high=measure.mean + half)
