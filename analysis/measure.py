"""The one measure: every figure over cases, whether promised, simulated, measured or tried, is made here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from analysis.statistics import Column, interval

if TYPE_CHECKING:
    from analysis.timing import ExactTime


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A figure over cases with its uncertainty. Times are in seconds; exact results have low = high = mean."""

    #: None where there is none: no case, or a unit that cannot keep up.
    mean: float | None
    #: The 95 % interval of the mean.
    low: float | None
    high: float | None
    median: float | None
    p90: float | None
    p95: float | None
    #: Cases it was made of.
    n: int
    #: What was counted: "work", "elapsed-working", "elapsed-calendar", "waiting", "hand-ins", "visits", "share".
    basis: str
    #: "exact", "simulated", "measured" or "trial".
    source: str


@dataclass(frozen=True, kw_only=True)
class Overload:
    """A unit that cannot keep up with what arrives."""

    #: The unit's name.
    unit: str
    #: Share of its open staff time that the work would take; 1 or more is too much.
    use: float
    staff: int
    #: The smallest staff that keeps up.
    needed: int


@dataclass(frozen=True, kw_only=True)
class StepTime:
    """What one step takes in a mean case, all rounds together, seconds."""

    id: str
    name: str
    unit: str
    work: float | None
    wait: float | None
    queue: float | None
    times_per_case: float


@dataclass(frozen=True, kw_only=True)
class UnitTime:
    """A unit's part of the way that ended last, seconds of a mean case."""

    unit: str
    work: float | None
    wait: float | None
    queue: float | None


@dataclass(frozen=True, kw_only=True)
class PathTime:
    """Where the elapsed calendar time goes, along the way that ended last; the parts sum to it. Seconds."""

    work: float | None
    wait: float | None
    queue: float | None
    #: Offices closed.
    closed: float | None
    #: Automatic steps, timers, messages, the applicant.
    other: float | None
    units: tuple[UnitTime, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LimitShare:
    """How many cases keep one limit, by the clocks of FORMAT: end of the first accept to end of the first decide."""

    #: "legal" or "promised".
    clock: str
    limit: float
    unit: str
    #: Cases whose clock ended by the due date, of `n` whose clock ran.
    inside: int
    n: int
    #: 95 % interval of the share.
    low: float
    high: float
    #: "accept-decide", "accept-end", "start-end": between which moments the clock ran.
    span: str


@dataclass(frozen=True, kw_only=True)
class CaseTimes:
    """The four times of a set of cases."""

    work: Measure
    elapsed_working: Measure
    elapsed_calendar: Measure
    waiting: Measure


@dataclass(frozen=True, kw_only=True)
class TimeResult:
    """What `zaizao time` says of one procedure."""

    process: str
    cases: int
    seed: int
    start: datetime
    warm_up: int
    times: CaseTimes
    #: "granted" and "rejected", each where at least one case ended so.
    by_outcome: Mapping[str, CaseTimes]
    #: Expected share of cases by outcome, and whether it is exact (else simulated).
    outcome_shares: Mapping[str, float]
    outcome_shares_exact: bool
    overloaded: tuple[Overload, ...]
    #: Ids of steps without a time, gateways without shares and the like, in the order of the file.
    not_annotated: tuple[str, ...]
    materials_per_case: Measure
    visits_per_case: Measure
    steps: tuple[StepTime, ...]
    path: PathTime
    limits: tuple[LimitShare, ...]
    #: Elapsed working seconds of at most 10,000 cases, sorted, for drawing the distribution.
    sample: tuple[float, ...]
    #: Open seconds of a working day of the procedure.
    day_seconds: float
    #: Names of units whose office hours are not the procedure's.
    other_hours: tuple[str, ...]
    #: Years whose calendar is estimated, with the share of cases that touch them.
    estimated_years: Mapping[int, float]
    #: Facts that must be said where the figures stand, by name; docs/reference/json.md lists them.
    notes: tuple[str, ...] = ()
    #: The same without simulating, where nobody waits for people; None where nobody asked for it.
    exact: ExactTime | None = None


def measure(values: Column, *, basis: str, independent: bool, source: str = "simulated") -> Measure:
    """The measure of one figure over cases, in the order of their starts; a measure of nothing where there are none.

    Quantiles interpolate linearly between the two nearest order statistics (type 7 of Hyndman and Fan 1996).
    """
    if not len(values):
        return missing(basis=basis, n=0, source=source)
    known = interval(values, independent=independent)
    median, p90, p95 = (float(point) for point in np.quantile(values, (0.5, 0.9, 0.95)))
    return Measure(
        mean=float(values.mean()),
        low=known.low,
        high=known.high,
        median=median,
        p90=p90,
        p95=p95,
        n=len(values),
        basis=basis,
        source=source,
    )


def missing(*, basis: str, n: int, source: str = "simulated") -> Measure:
    """The measure of what has no mean: no case, or a unit that cannot keep up."""
    return Measure(mean=None, low=None, high=None, median=None, p90=None, p95=None, n=n, basis=basis, source=source)
