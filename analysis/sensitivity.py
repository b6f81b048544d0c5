"""What moves the result: every time, share and staff number of a file a little off, one at a time.

Each factor is moved both ways, a time by 10 % of itself, a share by 0.05 (or to its bound; the shares beside it keep
their proportions), staff by one person, and the same cases are simulated again. They draw the same random numbers, so a
case differs from itself only by what was moved, and the mean of the differences is known far better than either mean.
Its 95 % interval is that of `analysis.statistics` over the differences in the order of the cases.

What is told is the change of the mean, not how uncertain the mean is: a factor the file calls an estimate may be off by
more than 10 %. Factors that work together are not seen, as only one is moved at a time.

Queues have to settle before a case counts. A run whose units are used more than before needs longer for that: it is
then held against a longer run of the procedure as it is. Where a unit cannot keep up there is no mean; that is said.

Cost: two short runs for each factor. The number of cases follows from how many there are, so that the whole takes a few
seconds at most; of more than two hundred times those that can move least, by mean and visits, are left out and counted.

Source: A. M. Law, Simulation Modeling and Analysis, 11.2 (common random numbers) and 12 (one factor at a time).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from analysis.errors import BadRun, CaseStuck, EndlessCase, RunTooLarge, RunTooLong
from analysis.factors import WAYS, Factor, Way, altered, factors, varied
from analysis.hours import office_hours, open_between
from analysis.measure import Overload
from analysis.simulation import default_start, overloads
from analysis.simulation import layout as at
from analysis.simulation.capacity import loads, visits, warm_up
from analysis.simulation.compile import Program, compile_model
from analysis.simulation.drive import Request, drive
from analysis.statistics import Column, interval
from analysis.sweeps import spread
from bpmn.model import Model
from org import CalendarMissing

#: Cases of a run if nobody says, where there are few factors; more change no picture.
MOST_CASES = 2_000
#: Step visits that all runs together may take, little more than a second; and most where queues need longer to settle.
_VISITS, _MOST_VISITS = 4_000_000, 16_000_000
#: Fewest cases of a run, and most longer runs are than the others.
_LEAST_CASES, _MOST_TIMES_LONGER = 200, 16
#: A run may need so much longer a warm-up than it gets before a longer one is taken.
_TOLERATED = 1.5
#: Most times of steps that are moved.
_MOST_TIMES = 200
#: Cases in which visits are counted where no equations give them.
_COUNTED = 4_000
#: Tasks that go to a cluster together.
_CLUSTER_PART = 25
_SECOND = 1e6

#: Why there is no figure: a unit cannot keep up; the queues take too long to settle; cases do not end.
Why = Literal["", "overload", "unsettled", "endless"]


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a factor moved one way does to the mean of elapsed working time."""

    #: The factor's value then.
    value: float
    #: Seconds by which the mean changes, with the 95 % interval of that; None where there is no mean.
    seconds: float | None = None
    low: float | None = None
    high: float | None = None
    why: Why = ""
    #: The units that cannot keep up then, where that is why.
    overloaded: tuple[Overload, ...] = ()

    @property
    def is_credible(self) -> bool:
        """Whether the change is more than chance: its interval does not hold 0."""
        return self.low is not None and self.high is not None and (self.low > 0.0 or self.high < 0.0)


@dataclass(frozen=True, kw_only=True)
class Effect:
    """A factor and what it does; a side is None where the factor is at its bound."""

    factor: Factor
    lower: Change | None
    higher: Change | None

    @property
    def swing(self) -> float:
        """Seconds between the smallest and the largest mean; endless where a side has none."""
        changes = [change for change in (self.lower, self.higher) if change is not None]
        if any(change.why for change in changes):
            return math.inf
        seconds = [0.0, *(change.seconds or 0.0 for change in changes)]
        return max(seconds) - min(seconds)

    @property
    def is_credible(self) -> bool:
        """Whether it moves the mean for sure on either side."""
        changes = [change for change in (self.lower, self.higher) if change is not None]
        return any(change.why != "" or change.is_credible for change in changes)


@dataclass(frozen=True, kw_only=True)
class Sensitivity:
    """What moves the mean elapsed working time of a procedure, most first."""

    #: Mean elapsed working seconds of the cases as the file has it; None where a unit cannot keep up.
    mean: float | None
    effects: tuple[Effect, ...]
    cases: int
    seed: int
    warm_up: int
    #: Whether the warm-up is as long as the queues need; else their part of the changes is larger than told.
    settled: bool = True
    #: Times that were not moved because others can move more.
    left_out: int = 0
    #: Units that cannot keep up as it is; nothing is moved then.
    overloaded: tuple[Overload, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Ground:
    """The procedure as it is, and how it is run."""

    model: Model
    program: Program
    #: Visits of a case to each step, in the order of `Program.steps`, and whether they are exact.
    visits: tuple[float, ...]
    is_exact: bool
    request: Request


#: A factor and the value it is moved to.
_Task = tuple[Factor, float]


def sensitivity(model: Model, *, cases: int = MOST_CASES, seed: int = 1, workers: int | None = 1) -> Sensitivity:
    """Find what moves a procedure's mean elapsed working time, in runs of at most `cases` cases.

    Equal arguments give equal results, whatever the workers (see `sweeps.spread`). Raises what `simulate` raises.
    """
    if cases < 1:
        raise BadRun(cases)
    overloaded = overloads(model)  # and what cannot be simulated is refused
    if overloaded:
        return Sensitivity(mean=None, effects=(), cases=0, seed=seed, warm_up=0, overloaded=overloaded)
    program = compile_model(model)
    per_case, is_exact = visits(model, program)
    needed = warm_up(model, program, per_case, loads(model, program, per_case))
    times_of = {place.node.id: times for place, times in zip(program.steps, per_case, strict=True)}
    found = factors(model, program, times_of)
    moved = _most_moving(found, times_of)
    tasks = [(factor, value) for factor in moved for way in WAYS if (value := varied(factor, way)) is not None]
    counted, ahead = _sizes(len(tasks) + 1, sum(per_case), needed, cases)
    begin, at_once = default_start(model)
    arrivals = model.procedure.arrivals_per_day or None
    request = Request(cases=counted, seed=seed, warm_up=ahead, start=begin, arrivals=arrivals, at_once=at_once)
    ground = _Ground(model=model, program=program, visits=per_case, is_exact=is_exact, request=request)
    effects = _effects(ground, moved, tasks, workers)
    return Sensitivity(
        mean=float(_elapsed(model, program, request).mean()),
        effects=tuple(sorted(effects, key=lambda effect: -effect.swing)),
        cases=counted,
        seed=seed,
        warm_up=ahead,
        settled=ahead >= needed,
        left_out=len(found) - len(moved),
    )


def _most_moving(found: Sequence[Factor], visits: Mapping[str, float]) -> tuple[Factor, ...]:
    """The factors that are moved: of more times than are affordable those in which a case spends most."""
    times = [factor for factor in found if factor.kind in ("work", "wait")]
    if len(times) <= _MOST_TIMES:
        return tuple(found)
    times.sort(key=lambda factor: -factor.value * visits.get(factor.element, 1.0))
    small = set(times[_MOST_TIMES:])
    return tuple(factor for factor in found if factor not in small)


def _sizes(runs: int, visits: float, needed: int, most: int) -> tuple[int, int]:
    """How many cases each run counts, and how many come before them."""
    each = runs * max(visits, 1.0)
    least = min(most, _LEAST_CASES)
    ahead = min(needed, max(0, int(_MOST_VISITS / each) - least))
    return min(most, max(least, int(_VISITS / each) - ahead)), ahead


def _effects(ground: _Ground, moved: Sequence[Factor], tasks: Sequence[_Task], workers: int | None) -> list[Effect]:
    """Run every task and bring both ways of each factor together."""
    parts = max(1, len(tasks) // _CLUSTER_PART if workers is None else workers)
    batches = [tuple(tasks[part::parts]) for part in range(parts)]
    changes: dict[_Task, Change] = {}
    for batch, brought in zip(batches, spread(partial(_changes, ground), batches, workers=workers), strict=True):
        changes.update(zip(batch, brought, strict=True))

    def change(factor: Factor, way: Way) -> Change | None:
        value = varied(factor, way)
        return None if value is None else changes[factor, value]

    return [Effect(factor=factor, lower=change(factor, -1), higher=change(factor, 1)) for factor in moved]


def _changes(ground: _Ground, tasks: Sequence[_Task]) -> list[Change]:
    """Run the procedure with each factor moved, against itself as it is."""
    bases: dict[int, Column] = {}
    return [_change(ground, factor, value, bases) for factor, value in tasks]


def _change(ground: _Ground, factor: Factor, value: float, bases: dict[int, Column]) -> Change:
    """Move one factor; `bases` keeps what was run of the procedure as it is, by how much longer the run was."""
    model, program = altered(ground.model, ground.program, factor, value)
    request = ground.request
    if request.arrivals is None and 0 in program.staff:
        return Change(value=value, why="endless")
    try:
        per_case = _visits_of(ground, model, program, factor)
        found = loads(model, program, per_case)
        overloaded = tuple(load.overload for load in found if load.use >= 1.0)
        if overloaded:
            return Change(value=value, why="overload", overloaded=overloaded)
        times = _times_longer(warm_up(model, program, per_case, found), request.warm_up)
        if times > _MOST_TIMES_LONGER:
            return Change(value=value, why="unsettled")
        longer = replace(request, cases=request.cases * times, warm_up=request.warm_up * times)
        if times not in bases:
            bases[times] = _elapsed(ground.model, ground.program, longer)
        difference = _elapsed(model, program, longer) - bases[times]
    except (CaseStuck, EndlessCase):
        return Change(value=value, why="endless")
    except (RunTooLarge, RunTooLong, CalendarMissing):
        return Change(value=value, why="unsettled")
    known = interval(difference, independent=request.arrivals is None)
    return Change(value=value, seconds=float(difference.mean()), low=known.low, high=known.high)


def _times_longer(needed: int, ahead: int) -> int:
    """How many times longer a run has to be so that its queues settle: a power of 2, so that few lengths are run."""
    times = 1
    while ahead and needed > _TOLERATED * ahead * times and times <= _MOST_TIMES_LONGER:
        times *= 2
    return times


def _visits_of(ground: _Ground, model: Model, program: Program, factor: Factor) -> tuple[float, ...]:
    """How often a case comes to each step where a factor is moved.

    Only shares change it. Where it is not exact it is scaled by what a run of few cases, the same on both sides, finds.
    """
    if factor.kind not in ("share", "rejects") or not program.staff or ground.request.arrivals is None:
        return ground.visits
    if ground.is_exact:
        return visits(model, program)[0]
    before, after = _counted(ground.model, ground.program, ground), _counted(model, program, ground)
    return tuple(
        known * new / old if old else new / _COUNTED
        for known, old, new in zip(ground.visits, before, after, strict=True)
    )


def _counted(model: Model, program: Program, ground: _Ground) -> list[int]:
    """How often the cases of a run without queues come to each step."""
    unlimited = frozenset(range(len(program.staff)))
    request = Request(cases=_COUNTED, seed=ground.request.seed, start=ground.request.start, unlimited=unlimited)
    return [row[at.STEP_TIMES] for row in drive(model, program, request).steps]


def _elapsed(model: Model, program: Program, request: Request) -> Column:
    """Elapsed working seconds of each case, in the order of their numbers."""
    found = drive(model, program, request).long
    elapsed: Column = open_between(office_hours(model), found[at.LONG_START], found[at.LONG_END]) / _SECOND
    return elapsed
