"""Distributions of durations on a grid, and what can be computed with them: one after the other, or, until the last.

A `Portion` is a share of the cases with the distribution of the time they have taken so far. Its mass and its first
moment are kept as plain numbers beside the distribution, so that shares and means follow exact arithmetic wherever
nothing is awaited in parallel, whatever the grid leaves out.

A duration between two points of the grid is split between them so that its mean is kept: point k has the mass
E[tent((X - kh) / h)], which is the second difference of L(x) = E[(x - X)⁺], known in closed form for every law. The
transform is of p(k) θ^k with θ^size = 1e-6: what lies beyond the end of the grid and would come back at its beginning,
where a transform wraps round, comes back a million times smaller (Grübel and Hermesmeier, "Computation of compound
distributions I: aliasing errors and exponential tilting", ASTIN Bulletin 29, 1999).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
)
from analysis.simulation.laws import Law, mean_of
from analysis.timing.special import Column, gamma_below, normal_below, normal_density

#: What a mass beyond the end of the grid is multiplied by before it comes back at the beginning.
_FOLDED = 1e-6
#: A gamma law of a larger shape is a normal one to less than what can be seen.
_LARGEST_SHAPE = 1e4
#: The imaginary step by which changes are taken: so small that its square is nothing beside a share.
_STEP = 1e-60


@dataclass(frozen=True, kw_only=True, slots=True)
class Portion:
    """A share of the cases and how their time is distributed."""

    #: The tilted transform of its masses on the grid.
    transform: NDArray[np.complex128]
    #: The share of the cases.
    mass: float
    #: The sum of their times: mass times mean, microseconds.
    moment: float

    def then(self, other: Portion) -> Portion:
        """One after the other, independently."""
        return Portion(
            transform=self.transform * other.transform,
            mass=self.mass * other.mass,
            moment=self.moment * other.mass + self.mass * other.moment,
        )

    def plus(self, other: Portion) -> Portion:
        """Cases of the one and of the other."""
        return Portion(
            transform=self.transform + other.transform,
            mass=self.mass + other.mass,
            moment=self.moment + other.moment,
        )

    def times(self, share: float) -> Portion:
        """A share of it."""
        return Portion(transform=self.transform * share, mass=self.mass * share, moment=self.moment * share)

    def repeated(self) -> Portion:
        """No time, or it once, or it twice …: 1 / (1 - p), the geometric series of a loop; its mass is below 1."""
        factor = 1.0 / (1.0 - self.mass)
        return Portion(
            transform=1.0 / (1.0 - self.transform),
            mass=factor,
            moment=self.moment * factor * factor,
        )

    def power(self, times: int) -> Portion:
        """It so many times, one after the other."""
        if times == 0:
            return Portion(transform=np.ones_like(self.transform), mass=1.0, moment=0.0)
        return Portion(
            transform=self.transform**times,
            mass=self.mass**times,
            moment=times * self.moment * self.mass ** (times - 1),
        )


#: A rule that puts distribution functions together, and as well single numbers: a product, a mixture of products.
Rule = Callable[[Sequence[Any]], Any]


class Grid:
    """`size` points, `step` microseconds apart, from 0 on."""

    def __init__(self, step: float, size: int) -> None:
        self.step = step
        self.size = size
        self.points: Column = np.arange(size, dtype=np.float64) * step
        self._tilt: Column = np.exp(np.arange(size) * (math.log(_FOLDED) / size))
        self._known: dict[tuple[Law, tuple[float, ...]], Portion] = {}

    def nothing(self) -> Portion:
        """All cases, at once."""
        return Portion(transform=np.ones(self.size // 2 + 1, dtype=np.complex128), mass=1.0, moment=0.0)

    def of_law(self, law: Law, values: tuple[float, ...]) -> Portion:
        """All cases, with a time drawn from a law; each law is worked out once."""
        if (law, values) not in self._known:
            self._known[law, values] = self._of_law(law, values)
        return self._known[law, values]

    def _of_law(self, law: Law, values: Sequence[float]) -> Portion:
        mean = mean_of(law, values)
        if law[0] == NONE or mean == 0.0:
            return self.nothing()
        return self.of_masses(self._masses(law, values), mass=1.0, moment=mean)

    def of_masses(self, masses: Column, *, mass: float, moment: float) -> Portion:
        """Cases with these shares at the points; `mass` and `moment` tell also what lies beyond the grid."""
        return Portion(transform=np.fft.rfft(masses * self._tilt), mass=mass, moment=moment)

    def masses(self, portion: Portion) -> Column:
        """The shares at the points."""
        found: Column = np.fft.irfft(portion.transform, self.size) / self._tilt
        return found

    def below(self, portion: Portion) -> Column:
        """The share of the cases that are done up to each point."""
        found: Column = np.cumsum(self.masses(portion))
        return found

    def last(self, portions: Sequence[Portion], rule: Rule) -> Portion:
        """When the last of several is done: `rule` puts their distribution functions together.

        Beyond the grid the last is the one that is itself beyond it: two at once are too rare to matter.
        """
        functions = [self.below(portion) for portion in portions]
        masses = np.diff(rule(functions), prepend=0.0)
        shares = [portion.mass for portion in portions]
        moment = float(masses @ self.points)
        inside = [float(np.diff(function, prepend=0.0) @ self.points) for function in functions]
        beyond = [portion.moment - known for portion, known in zip(portions, inside, strict=True)]
        moment += change(rule, shares, beyond)
        return self.of_masses(masses, mass=float(rule(shares)), moment=moment)

    def first(self, portions: Sequence[Portion], rule: Rule) -> Portion:
        """When the first of several is done: `rule` puts together the shares that are not done yet."""
        functions = [1.0 - self.below(portion) for portion in portions]
        masses = -np.diff(rule(functions), prepend=1.0)
        shares = [1.0 - portion.mass for portion in portions]
        moment = float(masses @ self.points)
        inside = [float(-np.diff(function, prepend=1.0) @ self.points) for function in functions]
        beyond = [portion.moment - known for portion, known in zip(portions, inside, strict=True)]
        moment += change(rule, shares, beyond)
        return self.of_masses(masses, mass=1.0 - float(rule(shares)), moment=moment)

    def _masses(self, law: Law, values: Sequence[float]) -> Column:
        kind, first, second, _ = law
        if kind == FIXED:
            return self.atoms([first])
        if kind == EMPIRICAL:
            return self.atoms(values[int(first) : int(first) + int(second)])
        if kind in (UNIFORM, TRIANGULAR) and law[1] >= law[3 if kind == TRIANGULAR else 2]:
            return self.atoms([first])
        edges: Column = np.arange(-1, self.size + 1, dtype=np.float64) * self.step
        integral = np.zeros(self.size + 2)
        integral[2:] = _integral(law, edges[2:])
        masses: Column = np.diff(integral, 2) / self.step
        return np.maximum(masses, 0.0, out=masses)

    def atoms(self, values: Sequence[float]) -> Column:
        """Equal shares at some values, each split between its two neighbours; those beyond the end are left out."""
        places = np.maximum(np.asarray(values, dtype=np.float64), 0.0) / self.step
        inside = places[places < self.size - 1]
        lower = np.floor(inside).astype(np.int64)
        upper = inside - lower
        share = 1.0 / len(places)
        masses: Column = np.asarray(np.bincount(lower, (1.0 - upper) * share, self.size), dtype=np.float64)
        masses += np.bincount(lower + 1, upper * share, self.size)
        return masses


def change(rule: Rule, shares: Sequence[float], changes: Sequence[float]) -> float:
    """By how much a rule's result changes as its shares do: the sum of its slopes, each times the share's change.

    A rule only adds and multiplies, so that it can be followed along an imaginary step, which loses no digit and asks
    it once (Squire and Trapp, "Using complex variables to estimate derivatives of real functions", SIAM Review, 1998).

    >>> change(product, [2.0, 3.0], [1.0, 10.0])
    23.0
    """
    steps = [complex(share, _STEP * change) for share, change in zip(shares, changes, strict=True)]
    return float(complex(rule(steps)).imag / _STEP)


def product(shares: Sequence[Any]) -> Any:
    """The rule of parallel branches: all are done."""
    total = shares[0]
    for share in shares[1:]:
        total = total * share
    return total


def _integral(law: Law, x: Column) -> Column:
    """E[(x - X)⁺], the integral of the distribution function up to each x > 0."""
    kind, first, second, third = law
    if kind == GAMMA and first > _LARGEST_SHAPE:
        kind, first, second = NORMAL, first * second, math.sqrt(first) * second
    if kind == EXPONENTIAL:
        return x + first * np.expm1(-x / first)
    if kind == NORMAL:
        # Of max(0, X): what lies below 0 counts as 0.
        edge = np.array([-first / second])
        before = -first * normal_below(edge) + second * normal_density(edge)
        z = (x - first) / second
        return (x - first) * normal_below(z) + second * normal_density(z) - before
    if kind == LOGNORMAL:
        z = (np.log(x) - first) / second
        mean = math.exp(first + second * second / 2.0)
        return x * normal_below(z) - mean * normal_below(z - second)
    if kind == GAMMA:
        below, next_below = gamma_below(first, x / second)
        return x * below - first * second * next_below
    if kind == UNIFORM:
        inside = np.clip(x - first, 0.0, second - first)
        return inside * inside / (2.0 * (second - first)) + np.maximum(x - second, 0.0)
    return _triangle(first, second, third, x)


def _triangle(low: float, mode: float, high: float, x: Column) -> Column:
    """The integral of a triangle's distribution function: a cubic up to the mode, another up to the end, a line."""
    width = high - low
    found = np.maximum(x - (low + mode + high) / 3.0, 0.0)
    rising = (x > low) & (x <= mode)
    if mode > low:
        found[rising] = (x[rising] - low) ** 3 / (3.0 * width * (mode - low))
    falling = (x > mode) & (x < high)
    if high > mode:
        rest = high - x[falling]
        found[falling] = x[falling] - (low + mode + high) / 3.0 + rest**3 / (3.0 * width * (high - mode))
    found[x <= low] = 0.0
    return found
