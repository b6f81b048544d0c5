"""Means, quantiles and honest intervals of figures over cases.

Cases that meet in queues resemble their neighbours, so s/√n would claim far more than is known. Their interval comes
from **batch means**: the cases, in the order of their starts, are cut into 32 equal batches; while neighbouring batch
means are still positively correlated (von Neumann's ratio, one-sided at 40 %) the number is lowered, to 5 at the least.
What correlation is left widens the interval by (1 + r) / (1 - r), and the skewness of the batch means bends it towards
the long tail, as queues have one. The quantile is Student's with one degree of freedom less than batches. Cases that
never meet are independent and have the plain interval, which is on the safe side where their starts are spread evenly
over a year.

Sources: J. von Neumann, Annals of Mathematical Statistics 12 (1941) 367; A. M. Law, Simulation Modeling and Analysis,
chapter 9; R. Willink, Communications in Statistics 34 (2005) 131, for batch means A. Tafazzoli and J. R. Wilson,
Skart, IIE Transactions 43 (2011) 110; S. Asmussen and P. Glynn, Stochastic Simulation, III.5 (sectioning); G. W. Hill,
Communications of the ACM 13 (1970) 619, algorithm 396; E. B. Wilson, JASA 22 (1927) 209.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]

#: Numbers of batches tried, most first.
BATCHES = (32, 24, 20, 16, 12, 10, 8, 6, 5)
#: Where the one-sided test for correlation between neighbouring batches stops trusting them: 40 %.
_CRITICAL = NormalDist().inv_cdf(0.6)
#: Correlation above this is taken as this: five batches cannot tell more.
_MOST_CORRELATED = 0.8
#: Skewness bends an interval to this multiple of its plain half at the most.
_MOST_BENT = 3.0
#: Share of a two-sided 95 % interval left out on both sides together.
_OUTSIDE = 0.05


@dataclass(frozen=True, kw_only=True)
class Interval:
    """The 95 % interval of a mean and what it was made with."""

    low: float
    high: float
    #: Variance of the mean.
    variance: float
    #: Degrees of freedom of Student's quantile; 0 where there is nothing to judge by.
    degrees: int


def student(degrees: int, outside: float = _OUTSIDE) -> float:
    """The point that Student's t leaves on either side with `outside` probability in both tails together.

    >>> round(student(10), 4), round(student(1), 3)
    (2.2281, 12.706)
    """
    if degrees == 1:
        return 1 / math.tan(outside * math.pi / 2)
    if degrees == 2:
        return math.sqrt(2 / (outside * (2 - outside)) - 2)
    a = 1 / (degrees - 0.5)
    b = 48 / a**2
    c = ((20700 * a / b - 98) * a - 16) * a + 96.36
    d = ((94.5 / (b + c) - 3) / b + 1) * math.sqrt(a * math.pi / 2) * degrees
    y = (d * outside) ** (2 / degrees)
    if y > 0.05 + a:
        x = NormalDist().inv_cdf(outside / 2)
        y = x * x
        if degrees < 5:
            c += 0.3 * (degrees - 4.5) * (x + 0.6)
        c += (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b
        y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x
        y = math.expm1(a * y * y)
    else:
        y = (1 / (((degrees + 6) / (degrees * y) - 0.089 * d - 0.822) * (degrees + 2) * 3) + 0.5 / (degrees + 4)) * y
        y = (y - 1) * (degrees + 1) / (degrees + 2) + 1 / ((d * outside) ** (2 / degrees))
    return math.sqrt(degrees * y)


def batch_means(values: Column, batches: int) -> Column:
    """Means of equal runs of neighbours; the first values, fewer than `batches`, that do not fill a run are left out.

    Leaving out the first rather than the last costs the cases nearest to the warm-up.
    """
    size = len(values) // batches
    means: Column = values[len(values) - size * batches :].reshape(batches, size).mean(axis=1)
    return means


def correlation(means: Column) -> float:
    """Correlation of neighbours by von Neumann's ratio of successive differences; 0 where nothing varies."""
    spread = float(((means - means.mean()) ** 2).sum())
    if spread <= 0:
        return 0.0
    return 1 - float((np.diff(means) ** 2).sum()) / (2 * spread)


def batches_of(values: Column) -> int:
    """How many batches are far enough apart to be taken as independent; 0 where there are too few values."""
    possible = [batches for batches in BATCHES if len(values) >= 2 * batches]
    for batches in possible:
        left = correlation(batch_means(values, batches))
        if left * math.sqrt((batches**2 - 1) / (batches - 2)) <= _CRITICAL:
            return batches
    return possible[-1] if possible else 0


def interval(values: Column, *, independent: bool) -> Interval:
    """The 95 % interval of the mean of `values`, which stand in the order of their cases' starts.

    Fewer than two values give no idea of their spread: the interval is then the value alone, with no degrees of
    freedom. Fewer than ten that may be correlated are each a batch of their own.
    """
    n = len(values)
    mean = float(values.mean()) if n else math.nan
    if n < 2:
        return Interval(low=mean, high=mean, variance=0.0, degrees=0)
    if independent:
        return _around(mean, float(values.var(ddof=1)) / n, n - 1)
    means = batch_means(values, batches_of(values) or n)
    left = min(max(correlation(means), _neighbours(means), 0.0), _MOST_CORRELATED)
    variance = (1 + left) / (1 - left) * float(means.var(ddof=1)) / len(means)
    return _around(mean, variance, len(means) - 1, skew=_skewness(means) / (6 * math.sqrt(len(means))))


def sectioned(estimate: Callable[[slice], float], values: Column, *, independent: bool) -> Interval:
    """The 95 % interval of any figure of the cases, by sectioning: the figure is made again of each part of them.

    `values` is the series that decides how many parts are independent. Parts are runs of neighbours, or every k-th
    case where cases are independent, so that each part sees the whole year.
    """
    n = len(values)
    whole = estimate(slice(0, n))
    parts = min(BATCHES[0], n // 2) if independent else min(batches_of(values), n // 2)
    if parts < 2:
        return Interval(low=whole, high=whole, variance=0.0, degrees=0)
    size = n // parts
    first = n - size * parts
    slices = [
        slice(first + part, n, parts) if independent else slice(first + part * size, first + (part + 1) * size)
        for part in range(parts)
    ]
    spread = sum((estimate(part) - whole) ** 2 for part in slices)
    return _around(whole, spread / (parts * (parts - 1)), parts - 1)


def share_interval(inside: NDArray[np.bool_], span: Column, *, independent: bool) -> tuple[float, float]:
    """The 95 % interval of a share of cases: Wilson's, with as many cases as are worth an independent one each.

    Where all or none are inside, the share itself does not show how much neighbours resemble each other; `span`, the
    figure that was held against the limit, does.
    """
    n = len(inside)
    if not n:
        return 0.0, 1.0
    share = float(inside.mean())
    series = inside.astype(np.float64) if 0 < share < 1 else span
    known = interval(series, independent=independent)
    worth = float(n)
    if not independent and known.variance > 0:
        worth = min(worth, max(1.0, float(series.var(ddof=1)) / known.variance))
    z = student(max(1, known.degrees)) if known.degrees else student(1)
    centre = (share + z * z / (2 * worth)) / (1 + z * z / worth)
    half = z / (1 + z * z / worth) * math.sqrt(share * (1 - share) / worth + (z / (2 * worth)) ** 2)
    low = 0.0 if share == 0 else max(0.0, centre - half)
    return low, 1.0 if share == 1 else min(1.0, centre + half)


def _neighbours(means: Column) -> float:
    """Correlation of neighbours from the products of their deviations."""
    deviations = means - means.mean()
    spread = float((deviations**2).sum())
    return float((deviations[1:] * deviations[:-1]).sum()) / spread if spread > 0 else 0.0


def _skewness(means: Column) -> float:
    """Skewness of the batch means, adjusted for their number."""
    n = len(means)
    spread = float(means.std())
    if n < 3 or spread <= 1e-12 * float(np.abs(means).max()):
        return 0.0
    return float(((means - means.mean()) ** 3).mean()) / spread**3 * math.sqrt(n * (n - 1)) / (n - 2)


def _around(mean: float, variance: float, degrees: int, skew: float = 0.0) -> Interval:
    error = math.sqrt(variance)
    plain = student(degrees)
    low, high = (_bent(point, skew, _MOST_BENT * plain) for point in (plain, -plain))
    return Interval(low=mean - low * error, high=mean - high * error, variance=variance, degrees=degrees)


def _bent(point: float, skew: float, most: float) -> float:
    """Willink's G: the quantile of a skewed mean that belongs to the symmetric one's `point`."""
    if abs(skew) < 1e-4:
        return point
    return max(-most, min(most, (math.cbrt(1 + 6 * skew * (point - skew)) - 1) / (2 * skew)))
