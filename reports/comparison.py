"""Before and after: two procedure files simulated with common random numbers, their steps matched, their cuts made.

Both sides get the same seed, the same number of cases and, wherever both files ask for the same arrivals, the same
arrivals; draws are keyed by seed, case, element and visit. So the interval of a cut is made of differences case by
case, and is much narrower than that of either side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from math import sqrt

from analysis.agreement import Agreement
from analysis.cuts import counts
from analysis.measure import Measure, TimeResult
from analysis.sensitivity import Sensitivity
from analysis.time import Saving, TimePair, time_pair
from bpmn.model import Model
from reports.matching import Match, are_related, match

#: Called with the cases done of both sides and all cases of both.
Progress = Callable[[int, int], None]

#: Expected shares of an outcome may differ by 0.1 points; the rest is the rounding of a sum.
_SAME_SHARE = 0.001 + 1e-9


@dataclass(frozen=True, kw_only=True)
class Cut:
    """One figure before and after; `cut` is before minus after, positive where something is saved."""

    #: None where there is none: no limit in the file, or a unit that cannot keep up.
    before: float | None
    after: float | None
    cut: float | None
    #: The cut in per cent of `before`; None where that is 0 or there is no cut.
    percent: float | None
    #: The 95 % interval of the cut; equal to the cut where it is exact.
    low: float | None
    high: float | None
    #: What was counted: "steps", "elapsed-working", "elapsed-calendar", "promised-limit", "hand-ins", "materials",
    #: "visits".
    basis: str
    #: Cases it was made of, where it was simulated.
    n: int | None = None
    #: Unit of the figures: "s", "count", or a limit's "workday", "day", "hour", "month"; where the limits of the two
    #: files are in different units, both, as in "workday/hour".
    unit: str = "count"


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the two procedures with all that is counted of it."""

    model: Model
    title: str
    #: The file's name as it was given; empty where the model came from no file.
    file: str
    #: SHA-256 of the file's bytes, hexadecimal.
    digest: str
    steps: int
    times: TimeResult
    visits: int
    #: Hand-ins by the applicant, the most one case can meet, and the different materials among them.
    materials: int
    distinct_materials: int
    #: What is only an upper bound, because the drawing was too tangled to decide it: "visits", "materials", "distinct".
    bounds: tuple[str, ...] = ()
    #: What moves its mean time, where that was asked.
    sensitivity: Sensitivity | None = None
    #: What a trial came to, where that was asked.
    trial: Agreement | None = None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What a redesign saved, or cost."""

    before: Side
    after: Side
    #: False where the two may not be set against each other; `why_not` says why.
    comparable: bool
    #: "outcomes-differ", "unrelated".
    why_not: tuple[str, ...]
    #: By name: "steps", "time", "median", "limit", "materials", "distinct", "visits", and "calendar", which is the
    #: second basis where a unit's office hours are not the procedure's.
    cuts: Mapping[str, Cut]
    changes: tuple[Match, ...]
    seed: int
    cases: int
    #: Facts to be said beside the figures: "calendar-worsened" (one basis is cut at the cost of the other),
    #: "working-worsened", "limit-units-differ", "arrivals-differ", "hours-differ",
    #: "overloaded-before", "overloaded-after".
    notes: tuple[str, ...] = ()


def compare(
    before: Model,
    after: Model,
    *,
    cases: int = 10_000,
    seed: int = 1,
    start: datetime | None = None,
    warm_up: int | None = None,
    progress: Progress | None = None,
    files: tuple[str, str] = ("", ""),
) -> Comparison:
    """Simulate both files with common random numbers, count both and set them against each other.

    Raises NotComparable where a side cannot be simulated; its cause says why.
    """
    pair = time_pair(before, after, cases=cases, seed=seed, start=start, warm_up=warm_up, progress=progress)
    old = side(before, file=files[0], times=pair.before)
    new = side(after, file=files[1], times=pair.after)
    return _compared(old, new, _cuts(old, new, pair), cases=cases, seed=seed)


def set_against(before: Side, after: Side, *, cases: int, seed: int) -> Comparison:
    """Set two sides against each other whose cases are not the same ones, as where one of them was measured.

    The interval of a cut is made of those of both sides, and so is much wider than that of common random numbers.
    """
    cuts = _cuts(before, after, None)
    times = before.times.times, after.times.times
    cuts["time"] = _cut_apart(*(side.elapsed_working for side in times))
    cuts["median"] = _cut_apart(*(side.elapsed_working for side in times), median=True)
    if "calendar" in cuts:
        cuts["calendar"] = _cut_apart(*(side.elapsed_calendar for side in times))
    return _compared(before, after, cuts, cases=cases, seed=seed)


def _compared(before: Side, after: Side, cuts: dict[str, Cut], *, cases: int, seed: int) -> Comparison:
    changes = match(before.model, after.model)
    why_not = _why_not(before, after, changes)
    return Comparison(
        before=before,
        after=after,
        comparable=not why_not,
        why_not=why_not,
        cuts=cuts,
        changes=changes,
        seed=seed,
        cases=cases,
        notes=_notes(before, after, cuts),
    )


def _cut_apart(before: Measure, after: Measure, *, median: bool = False) -> Cut:
    """A cut of two measures that are independent of each other; one case alone tells nothing of chance."""
    old, new = (one.median if median else one.mean for one in (before, after))
    cut = old - new if old is not None and new is not None else None
    halves = [
        (one.high - one.low) / 2
        for one in (before, after)
        if one.low is not None and one.high is not None and one.n > 1
    ]
    half = sqrt(sum(each * each for each in halves)) if len(halves) == 2 and cut is not None and not median else None
    return Cut(
        before=old,
        after=new,
        cut=cut,
        percent=_percent(cut, old),
        low=cut - half if cut is not None and half is not None else None,
        high=cut + half if cut is not None and half is not None else None,
        basis=before.basis,
        n=min(before.n, after.n),
        unit="s",
    )


def side(model: Model, *, file: str, times: TimeResult) -> Side:
    """One procedure with all that is counted of it."""
    counted = counts(model)
    return Side(
        model=model,
        title=model.title,
        file=file,
        digest=sha256(model.source).hexdigest() if model.source else "",
        steps=counted.steps,
        times=times,
        visits=counted.visits,
        materials=counted.materials,
        distinct_materials=counted.distinct,
        bounds=counted.bounds,
    )


def _why_not(before: Side, after: Side, changes: Sequence[Match]) -> tuple[str, ...]:
    reasons = []
    if not are_related(before.model, after.model, changes):
        reasons.append("unrelated")
    old, new = before.times.outcome_shares.get("rejected", 0.0), after.times.outcome_shares.get("rejected", 0.0)
    if abs(old - new) > _SAME_SHARE + _sampling_error(before.times) + _sampling_error(after.times):
        reasons.append("outcomes-differ")
    return tuple(reasons)


def _sampling_error(times: TimeResult) -> float:
    """How far a share that had to be simulated may be from the expected one; nothing where that is known."""
    share = times.outcome_shares.get("rejected", 0.0)
    return 0.0 if times.outcome_shares_exact or not times.cases else 2 * sqrt(share * (1 - share) / times.cases)


def _cuts(before: Side, after: Side, pair: TimePair | None) -> dict[str, Cut]:
    """The cuts in the order of a report; one in calendar time where hours other than the procedure's matter."""
    cuts = {
        "steps": counted_cut(before.steps, after.steps, basis="steps"),
        "time": simulated_cut(before, after, pair.mean if pair is not None else None, basis="elapsed-working"),
        "median": simulated_cut(
            before, after, pair.median if pair is not None else None, basis="elapsed-working", median=True
        ),
        "limit": _limit_cut(before.model, after.model),
        "materials": counted_cut(before.materials, after.materials, basis="hand-ins"),
        "distinct": counted_cut(before.distinct_materials, after.distinct_materials, basis="materials"),
        "visits": counted_cut(before.visits, after.visits, basis="visits"),
    }
    if before.times.other_hours or after.times.other_hours or _hours_differ(before, after):
        cuts["calendar"] = simulated_cut(
            before, after, pair.calendar if pair is not None else None, basis="elapsed-calendar"
        )
    return cuts


def counted_cut(before: float | None, after: float | None, *, basis: str, unit: str = "count") -> Cut:
    """A cut known without chance."""
    cut = before - after if before is not None and after is not None else None
    return Cut(
        before=before, after=after, cut=cut, percent=_percent(cut, before), low=cut, high=cut, basis=basis, unit=unit
    )


def simulated_cut(before: Side, after: Side, saving: Saving | None, *, basis: str, median: bool = False) -> Cut:
    """A cut of times, with the interval of the differences case by case.

    Where a unit of one side cannot keep up, only the other side has a figure, and there is no cut.
    """
    if saving is None:
        old, new = (_figure(side.times, basis, median=median) for side in (before, after))
        return Cut(before=old, after=new, cut=None, percent=None, low=None, high=None, basis=basis, unit="s")
    return Cut(
        before=saving.before,
        after=saving.after,
        cut=saving.saved,
        percent=_percent(saving.saved, saving.before),
        low=saving.low,
        high=saving.high,
        basis=basis,
        n=saving.n,
        unit="s",
    )


def _figure(times: TimeResult, basis: str, *, median: bool) -> float | None:
    measure = times.times.elapsed_calendar if basis == "elapsed-calendar" else times.times.elapsed_working
    return measure.median if median else measure.mean


def _limit_cut(before: Model, after: Model) -> Cut:
    """The promised limits, where both are in one unit; else each stands in its own, and there is no cut.

    A day of the law is no number of hours, nor a month a number of days, so limits are never converted.
    """
    old, new = before.procedure, after.procedure
    unit = old.limit_unit if old.promised_limit is not None else new.limit_unit
    if old.limit_unit == new.limit_unit or old.promised_limit is None or new.promised_limit is None:
        return counted_cut(old.promised_limit, new.promised_limit, basis="promised-limit", unit=unit)
    return Cut(
        before=old.promised_limit,
        after=new.promised_limit,
        cut=None,
        percent=None,
        low=None,
        high=None,
        basis="promised-limit",
        unit=f"{old.limit_unit}/{new.limit_unit}",
    )


def _percent(cut: float | None, before: float | None) -> float | None:
    return 100 * cut / before if cut is not None and before else None


def _hours_differ(before: Side, after: Side) -> bool:
    old, new = before.model.procedure, after.model.procedure
    return old.hours != new.hours or old.calendar != new.calendar


def _notes(before: Side, after: Side, cuts: Mapping[str, Cut]) -> tuple[str, ...]:
    old, new = before.model.procedure, after.model.procedure
    told = {
        "working-worsened": "calendar" in cuts and _is_lost(cuts["time"], cuts["calendar"]),
        "calendar-worsened": "calendar" in cuts and _is_lost(cuts["calendar"], cuts["time"]),
        "limit-units-differ": "/" in cuts["limit"].unit,
        "arrivals-differ": old.arrivals_per_day != new.arrivals_per_day or old.arrival_hours != new.arrival_hours,
        "hours-differ": _hours_differ(before, after),
        "overloaded-before": bool(before.times.overloaded),
        "overloaded-after": bool(after.times.overloaded),
    }
    return tuple(name for name, holds in told.items() if holds)


def _is_lost(cut: Cut, other: Cut) -> bool:
    """Whether one basis was certainly lengthened (its whole interval lies below 0) while the other was shortened."""
    return cut.high is not None and cut.high < 0 and other.cut is not None and other.cut > 0
