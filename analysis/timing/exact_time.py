"""How long a case takes if nobody has to wait for people: exactly, without simulating.

The structure of the drawing is reduced to one distribution (analysis/timing/reduce.py). The grid it is computed on is
found by itself: its end where at most `TAIL` of the cases take longer, and then ever finer steps until mean, median and
95 % quantile change by less than half of `TOLERANCE` when the step is halved. As the error falls with the square of the
step, or at least with the step where durations do not vary, what is left of it is less than that last change.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from analysis.measure import Measure, missing
from analysis.simulation.draws import EMPIRICAL, FIXED, NONE
from analysis.timing.grid import Grid, Portion
from analysis.timing.reduce import ENDED, REJECTED, Reduction, Value
from analysis.timing.special import Column
from analysis.timing.staff import queues
from analysis.timing.structure import Irreducible, Obstacle, Structure
from analysis.timing.times import Part
from analysis.timing.visits import Visits, visits
from bpmn.model import Model

#: The most by which mean, median and 95 % quantile may be off, as a share of each (of a tenth of the mean where one is
#: less than that).
TOLERANCE = 1e-3
#: The most cases that may take longer than the grid reaches.
TAIL = 1e-4

_COARSE, _FIRST, _FINEST = 512, 1_024, 65_536
#: Larger drawings take minutes.
_MOST_NODES = 20_000
_SECOND = 1e6
#: Where durations do not vary, steps of this many points are exact.
_LATTICE = 32_768
_SETTLING = 40


@dataclass(frozen=True, kw_only=True, eq=False)
class Distribution:
    """The distribution of a time on a grid."""

    #: Seconds between two points.
    step: float
    #: The share of the cases that take at most the time of each point, and half a step more unless `is_lattice`.
    below: Column
    #: Whether times lie on the points only.
    is_lattice: bool
    mean: float
    #: The share of the cases beyond the last point.
    tail: float
    #: By how much mean, median and 95 % quantile changed, relative to each, when the step was last halved.
    error: float

    def quantile(self, share: float) -> float:
        """The seconds in which a share of the cases is done."""
        if self.is_lattice:
            place = int(np.searchsorted(self.below, share - 1e-9))
            return min(place, len(self.below) - 1) * self.step
        moments = np.concatenate(([0.0], (np.arange(len(self.below)) + 0.5) * self.step))
        return float(np.interp(share, np.concatenate(([0.0], np.maximum.accumulate(self.below))), moments))

    def within(self, seconds: float) -> float:
        """The share of the cases that take at most so many seconds."""
        place = seconds / self.step
        if self.is_lattice:
            return float(self.below[min(max(math.floor(place + 1e-9), -1), len(self.below) - 1)]) if place >= 0 else 0.0
        points = np.arange(len(self.below)) + 0.5
        return float(np.interp(place, np.concatenate(([0.0], points)), np.concatenate(([0.0], self.below))))


@dataclass(frozen=True, kw_only=True)
class ExactTime:
    """What a case takes if nobody waits for people, and where that is not what happens, why."""

    #: The procedure's office hours between start and end; a measure of nothing where the structure does not allow it.
    elapsed_working: Measure
    #: Hands-on work; it does not depend on who waits for whom.
    work: Measure
    #: Elapsed office hours of "granted" and "rejected" cases, where the drawing alone decides the outcome.
    by_outcome: Mapping[str, Measure] = field(default_factory=dict)
    outcome_shares: Mapping[str, float] = field(default_factory=dict)
    #: How often a case comes to each step; None where timers or rejections break steps off.
    visits: Mapping[str, float] | None = None
    materials_per_case: Measure | None = None
    visits_per_case: Measure | None = None
    #: Whether this is the time of a case, and not only its least or nothing.
    holds: bool
    #: Whether there is a distribution, but of cases that wait for nobody.
    queueless: bool
    why_not: tuple[Obstacle, ...] = ()
    distribution: Distribution | None = field(default=None, compare=False, repr=False)


def exact(model: Model) -> ExactTime:
    """The exact times of a procedure, or why there are none.

    >>> from bpmn.annotation import Duration, GovTime
    >>> from bpmn.build import build
    >>> found = exact(build().start().step("a", work=GovTime(mean=Duration(seconds=60))).end().model)
    >>> found.elapsed_working.mean, found.holds
    (60.0, True)
    """
    if len(model.nodes) > _MOST_NODES:
        return _nothing((Obstacle(reason="too-large", element=model.nodes[0].process),))
    structure = Structure(model)
    hard = structure.obstacles
    if hard:
        return _nothing(hard + structure.mixed_clocks if structure.pools.home >= 0 else hard)
    work, _ = _tried(structure, is_work=True)
    counted = _counted(structure)
    mixed = structure.mixed_clocks
    if mixed:
        return _nothing(mixed, work=work, counted=counted)
    elapsed, why_not = _tried(structure, is_work=False)
    if elapsed is None:
        return _nothing(why_not, work=work, counted=counted)
    queueing = queues(structure)
    return ExactTime(
        elapsed_working=_measure(elapsed.whole, "elapsed-working"),
        work=_measure(work.whole, "work") if work is not None else missing(basis="work", n=0, source="exact"),
        by_outcome={name: _measure(found, "elapsed-working") for name, found in elapsed.by_outcome.items()},
        outcome_shares=elapsed.shares,
        visits=counted.steps if counted is not None else None,
        materials_per_case=_count(counted.hand_ins, "hand-ins") if counted is not None else None,
        visits_per_case=_count(counted.in_person, "visits") if counted is not None else None,
        holds=not queueing,
        queueless=bool(queueing),
        why_not=queueing,
        distribution=elapsed.whole,
    )


def _nothing(why: tuple[Obstacle, ...], work: _Found | None = None, counted: Visits | None = None) -> ExactTime:
    return ExactTime(
        elapsed_working=missing(basis="elapsed-working", n=0, source="exact"),
        work=_measure(work.whole, "work") if work is not None else missing(basis="work", n=0, source="exact"),
        visits=counted.steps if counted is not None else None,
        materials_per_case=_count(counted.hand_ins, "hand-ins") if counted is not None else None,
        visits_per_case=_count(counted.in_person, "visits") if counted is not None else None,
        holds=False,
        queueless=False,
        why_not=why,
    )


def _counted(structure: Structure) -> Visits | None:
    try:
        return visits(structure)
    except Irreducible:
        return None


@dataclass(frozen=True, kw_only=True, eq=False)
class _Found:
    """The distribution of a measure, also by outcome."""

    whole: Distribution
    by_outcome: Mapping[str, Distribution]
    shares: Mapping[str, float]


def _tried(structure: Structure, *, is_work: bool) -> tuple[_Found | None, tuple[Obstacle, ...]]:
    """Reduce a model, or tell what stands in the way."""
    if is_work and structure.mixed_clocks and any(structure.keys(node) for node in structure.met):
        return None, ()
    try:
        return _reduced(structure, is_work=is_work), ()
    except Irreducible as fault:
        return None, (fault.obstacle,)


def _reduced(structure: Structure, *, is_work: bool) -> _Found:
    """The distribution on a grid that is fine enough."""
    lattice = _lattice(structure)
    end = _end(structure, is_work=is_work)
    if lattice and end / lattice < _LATTICE:
        size = 1 << max(math.ceil(end / lattice * 1.1 + 2).bit_length(), 4)
        return _on(structure, Grid(lattice, size), is_work=is_work, is_lattice=True)
    size = _FIRST
    found = _on(structure, Grid(end / size, size), is_work=is_work)
    while size < _FINEST:
        size *= 2
        before, found = found, _on(structure, Grid(end / size, size), is_work=is_work)
        error = _change(before.whole, found.whole)
        found = _with_error(found, error)
        if error <= TOLERANCE / 2:
            break
    return found


def _end(structure: Structure, *, is_work: bool) -> float:
    """Where a grid may end, microseconds: at most `TAIL` of the cases take longer."""
    end = 8.0 * _SECOND * sum(part.mean for part in _parts(structure))
    if end == 0.0:
        return 1.0
    for _ in range(_SETTLING):
        grid = Grid(end / _COARSE, _COARSE)
        below = _below(grid, Reduction(structure, grid, is_work=is_work).run().values())
        if 1.0 - below[-1] > TAIL:
            end *= 2.0
            continue
        reached = float(grid.points[int(np.searchsorted(below, 1.0 - TAIL))])
        if reached > end / 4.0 or reached <= 4 * grid.step:
            return max(reached * 1.1, 8 * grid.step) if reached > 4 * grid.step else end
        end = reached * 1.5
    return end


def _parts(structure: Structure) -> list[Part]:
    """Everything that takes time."""
    found = []
    for node in structure.met:
        times = structure.times(node)
        found += [times.wait, times.work] * max(1, math.ceil(min(times.rounds, 1_000)))
        timers = (structure.timers.get(event) for event in (node, *structure.keys(node)))
        found += [timer for timer in timers if timer is not None]
    return found


def _lattice(structure: Structure) -> int:
    """The greatest step, microseconds, that divides every duration; 0 where durations vary continuously."""
    step = 0
    for part in _parts(structure):
        kind = part.law[0]
        if part.mean == 0.0:
            continue
        if kind not in (NONE, FIXED, EMPIRICAL):
            return 0
        for value in part.values if kind == EMPIRICAL else (part.law[1],):
            step = math.gcd(step, round(value))
    return step or 1


def _on(structure: Structure, grid: Grid, *, is_work: bool, is_lattice: bool = False) -> _Found:
    """Reduce a model on one grid."""
    reduction = Reduction(structure, grid, is_work=is_work)
    value = reduction.run()
    whole = _distribution(grid, value, is_lattice=is_lattice)
    if is_work or not reduction.is_told:
        return _Found(whole=whole, by_outcome={}, shares={})
    by_outcome: dict[str, Value] = {"granted": {}, "rejected": {}}
    for way, portion in value.items():
        name = "rejected" if way[2] in (REJECTED, ENDED) else "granted"
        by_outcome[name] = {**by_outcome[name], way: portion}
    shares = {name: sum(portion.mass for portion in found.values()) for name, found in by_outcome.items()}
    return _Found(
        whole=whole,
        by_outcome={
            name: _distribution(grid, found, is_lattice=is_lattice)
            for name, found in by_outcome.items()
            if shares[name] > 1e-9
        },
        shares=shares,
    )


def _distribution(grid: Grid, value: Value, *, is_lattice: bool) -> Distribution:
    mass = sum(portion.mass for portion in value.values())
    below = _below(grid, value.values()) / mass
    return Distribution(
        step=grid.step / _SECOND,
        below=below,
        is_lattice=is_lattice,
        mean=sum(portion.moment for portion in value.values()) / mass / _SECOND,
        tail=max(1.0 - float(below[-1]), 0.0),
        error=0.0,
    )


def _below(grid: Grid, portions: Iterable[Portion]) -> Column:
    """The share of the cases up to each point."""
    total = np.zeros(grid.size)
    for portion in portions:
        total += grid.below(portion)
    return total


def _change(before: Distribution, after: Distribution) -> float:
    """By how much the figures changed, relative to each."""
    pairs = [(before.mean, after.mean)] + [(before.quantile(share), after.quantile(share)) for share in (0.5, 0.95)]
    return max(abs(new - old) / max(new, after.mean / 10, 1e-9) for old, new in pairs)


def _with_error(found: _Found, error: float) -> _Found:
    by_outcome = {name: replace(part, error=error) for name, part in found.by_outcome.items()}
    return replace(found, whole=replace(found.whole, error=error), by_outcome=by_outcome)


def _measure(found: Distribution, basis: str) -> Measure:
    median, p90, p95 = (found.quantile(share) for share in (0.5, 0.9, 0.95))
    return Measure(
        mean=found.mean,
        low=found.mean,
        high=found.mean,
        median=median,
        p90=p90,
        p95=p95,
        n=0,
        basis=basis,
        source="exact",
    )


def _count(mean: float, basis: str) -> Measure:
    """A count whose mean alone is exact."""
    return Measure(mean=mean, low=mean, high=mean, median=None, p90=None, p95=None, n=0, basis=basis, source="exact")
