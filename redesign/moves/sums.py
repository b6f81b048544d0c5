"""The time of two pieces of work done one after the other, as one `gov:time`."""

from __future__ import annotations

from dataclasses import replace
from math import hypot, sqrt
from typing import Any

from bpmn.annotation import Duration, GovTime
from redesign.errors import CannotMove

#: Sources from the surest to the least sure; a sum is as sure as its less sure part.
_SOURCES = ("measured", "statute", "estimate", "", "suggested")
#: The durations of a time that a fixed one added to it moves along.
_MOVED = ("mean", "low", "mode", "high")
#: The distributions that keep their form when a fixed time is added.
_SHIFTED = frozenset(("fixed", "normal", "uniform", "triangular", "empirical"))


def summed(one: GovTime | None, other: GovTime | None, *, day_seconds: float, week_days: int) -> GovTime | None:
    """The sum of two independent times of one clock.

    Exact where one is fixed and the other keeps its form, and for two normal ones; else a gamma distribution of the
    exact mean and standard deviation. `day_seconds` and `week_days` are those of the clock. Raises `CannotMove` where
    the two run on different clocks.
    """
    if one is None or other is None:
        return one if other is None else other
    if (one.clock or "work") != (other.clock or "work"):
        raise CannotMove("clocks")
    source = max(one.source, other.source, key=_SOURCES.index)
    for fixed, moved in ((one, other), (other, one)):
        if fixed.distribution == "fixed" and fixed.mean is not None and moved.distribution in _SHIFTED:
            return replace(_shifted(moved, fixed.mean), source=source)
    means = [_mean(time, day_seconds, week_days) for time in (one, other)]
    spread = hypot(*(_spread(time, day_seconds, week_days) for time in (one, other)))
    both_normal = one.distribution == other.distribution == "normal"
    return GovTime(
        part=one.part,
        distribution="normal" if both_normal else "gamma",
        mean=_rounded(sum(means)),
        sd=_rounded(spread),
        clock=one.clock,
        source=source,
    )


def _shifted(time: GovTime, by: Duration) -> GovTime:
    moved: dict[str, Any] = {name: _plus(known, by) for name in _MOVED if (known := getattr(time, name)) is not None}
    return replace(time, values=tuple(_plus(value, by) for value in time.values), **moved)


def _plus(one: Duration, other: Duration) -> Duration:
    return Duration(weeks=one.weeks + other.weeks, days=one.days + other.days, seconds=one.seconds + other.seconds)


def _rounded(seconds: float) -> Duration:
    return Duration(seconds=round(seconds, 3))


def _mean(time: GovTime, day: float, week: int) -> float:
    values = _points(time, day, week)
    return sum(values) / len(values) if values else 0.0


def _spread(time: GovTime, day: float, week: int) -> float:
    """The standard deviation of a time, in seconds."""
    values = _points(time, day, week)
    if time.distribution == "exponential":
        return values[0]
    if time.distribution in ("normal", "lognormal", "gamma"):
        return time.sd.on(day_seconds=day, week_days=week) if time.sd is not None else 0.0
    if time.distribution == "uniform":
        return (values[1] - values[0]) / sqrt(12)
    if time.distribution == "triangular":
        low, mode, high = values
        return sqrt((low * low + mode * mode + high * high - low * mode - low * high - mode * high) / 18)
    if time.distribution == "empirical":
        middle = sum(values) / len(values)
        return sqrt(sum((value - middle) ** 2 for value in values) / len(values))
    return 0.0


def _points(time: GovTime, day: float, week: int) -> list[float]:
    """The durations whose mean is the mean of a time, in seconds."""
    if time.distribution == "empirical":
        durations = list(time.values)
    elif time.distribution == "uniform":
        durations = [known for known in (time.low, time.high) if known is not None]
    elif time.distribution == "triangular":
        durations = [known for known in (time.low, time.mode, time.high) if known is not None]
    else:
        durations = [time.mean] if time.mean is not None else []
    return [duration.on(day_seconds=day, week_days=week) for duration in durations]
