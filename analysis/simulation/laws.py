"""From `gov:time` to the numbers a duration is drawn from, and back to its mean."""

import math
from collections.abc import Sequence

from analysis.simulation.draws import (
    EMPIRICAL,
    EXPONENTIAL,
    FIXED,
    GAMMA,
    LOGNORMAL,
    NONE,
    NORMAL,
    TRIANGULAR,
    UNIFORM,
    UNTIL,
)
from bpmn.annotation import Duration, GovTime

#: A kind of distribution and its parameters, in microseconds; see `draws.duration`.
Law = tuple[float, float, float, float]

#: No time at all.
NO_TIME: Law = (NONE, 0.0, 0.0, 0.0)

_SECOND = 1e6


def law_of(time: GovTime | None, *, day_seconds: float, week_days: int, values: list[float]) -> Law:
    """Give the law of a time on a clock whose days have so many seconds; empirical values are added to `values`.

    A time without the parameters its distribution needs is no time; the reader has told that already.
    """
    if time is None:
        return NO_TIME

    def length(duration: Duration) -> float:
        return duration.on(day_seconds=day_seconds, week_days=week_days) * _SECOND

    if time.distribution == "empirical":
        return _empirical([length(value) for value in time.values], values)
    if time.distribution in ("uniform", "triangular"):
        if time.low is None or time.high is None:
            return NO_TIME
        low, high = length(time.low), length(time.high)
        if time.distribution == "uniform":
            return (UNIFORM, low, high, 0.0)
        return NO_TIME if time.mode is None else (TRIANGULAR, low, length(time.mode), high)
    if time.mean is None:
        return NO_TIME
    return _of_mean(time.distribution, length(time.mean), length(time.sd) if time.sd is not None else 0.0)


def _empirical(lengths: Sequence[float], values: list[float]) -> Law:
    if not lengths:
        return NO_TIME
    values.extend(lengths)
    return (EMPIRICAL, float(len(values) - len(lengths)), float(len(lengths)), 0.0)


def _of_mean(distribution: str, mean: float, sd: float) -> Law:
    """Give the law with this mean and standard deviation of the duration itself."""
    if distribution == "exponential":
        return (EXPONENTIAL, mean, 0.0, 0.0)
    if sd <= 0.0 or (mean <= 0.0 and distribution != "normal"):
        return (FIXED, mean, 0.0, 0.0)
    if distribution == "normal":
        return (NORMAL, mean, sd, 0.0)
    if distribution == "lognormal":
        spread = math.log1p((sd / mean) ** 2)
        return (LOGNORMAL, math.log(mean) - spread / 2, math.sqrt(spread), 0.0)
    if distribution == "gamma":
        return (GAMMA, (mean / sd) ** 2, sd * sd / mean, 0.0)
    return (FIXED, mean, 0.0, 0.0)


def mean_of(law: Law, values: Sequence[float]) -> float:
    """Give the mean of what is drawn from a law, in microseconds; negative draws count as 0."""
    kind, first, second, third = law
    if kind in (NONE, UNTIL):
        return 0.0
    if kind == NORMAL:
        # The mean of max(0, X): mean Φ(mean / sd) + sd φ(mean / sd).
        ratio = first / second
        above = 0.5 * math.erfc(-ratio / math.sqrt(2.0))
        return first * above + second * math.exp(-ratio * ratio / 2.0) / math.sqrt(2.0 * math.pi)
    if kind == LOGNORMAL:
        return math.exp(first + second * second / 2.0)
    if kind == GAMMA:
        return first * second
    if kind == UNIFORM:
        return (first + second) / 2.0
    if kind == TRIANGULAR:
        return (first + second + third) / 3.0
    if kind == EMPIRICAL:
        return sum(values[int(first) : int(first) + int(second)]) / second
    return first
