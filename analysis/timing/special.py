"""The error function and the incomplete gamma function, for whole columns of numbers."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]

# Rational Chebyshev approximations, highest power first: of erf below 0.46875, of erfc up to 4 and beyond.
_SMALL = (
    (
        1.85777706184603153e-1,
        3.16112374387056560e0,
        1.13864154151050156e2,
        3.77485237685302021e2,
        3.20937758913846947e3,
    ),
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3),
)
_MIDDLE = (
    (
        2.15311535474403846e-8,
        5.64188496988670089e-1,
        8.88314979438837594e0,
        6.61191906371416295e1,
        2.98635138197400131e2,
        8.81952221241769090e2,
        1.71204761263407058e3,
        2.05107837782607147e3,
        1.23033935479799725e3,
    ),
    (
        1.0,
        1.57449261107098347e1,
        1.17693950891312499e2,
        5.37181101862009858e2,
        1.62138957456669019e3,
        3.29079923573345963e3,
        4.36261909014324716e3,
        3.43936767414372164e3,
        1.23033935480374942e3,
    ),
)
_LARGE = (
    (
        1.63153871373020978e-2,
        3.05326634961232344e-1,
        3.60344899949804439e-1,
        1.25781726111229246e-1,
        1.60837851487422766e-2,
        6.58749161529837803e-4,
    ),
    (
        1.0,
        2.56852019228982242e0,
        1.87295284992346725e0,
        5.27905102951428412e-1,
        6.05183413124413191e-2,
        2.33520497626869185e-3,
    ),
)
_SMALL_END, _MIDDLE_END = 0.46875, 4.0
#: Beyond it the complementary error function is less than the smallest double.
_NOTHING = 26.5

#: Terms of a series or steps of a fraction, at most, and the relative change at which they stop.
_MOST_TERMS, _ENOUGH = 5_000, 1e-15


def erfc(x: Column) -> Column:
    """The complementary error function to about 16 digits.

    W. J. Cody, "Rational Chebyshev approximations for the error function", Mathematics of Computation 23 (1969).
    """
    size = np.abs(x)
    found = np.empty_like(size)
    small = size <= _SMALL_END
    large = size > _MIDDLE_END
    middle = ~(small | large)
    found[small] = 1.0 - size[small] * _ratio(_SMALL, size[small] ** 2)
    found[middle] = np.exp(-(size[middle] ** 2)) * _ratio(_MIDDLE, size[middle])
    y = np.minimum(size[large], _NOTHING)
    inverse = 1.0 / (y * y)
    found[large] = np.exp(-y * y) / y * (1.0 / math.sqrt(math.pi) - inverse * _ratio(_LARGE, inverse))
    return np.where(x < 0.0, 2.0 - found, found)


def _ratio(coefficients: tuple[tuple[float, ...], tuple[float, ...]], x: Column) -> Column:
    """The quotient of two polynomials (Horner)."""
    above, below = np.full_like(x, coefficients[0][0]), np.full_like(x, coefficients[1][0])
    for one, other in zip(coefficients[0][1:], coefficients[1][1:], strict=True):
        above *= x
        above += one
        below *= x
        below += other
    return above / below


def normal_below(z: Column) -> Column:
    """The probability that a standard normal number is below z."""
    return 0.5 * erfc(-z / math.sqrt(2.0))


def normal_density(z: Column) -> Column:
    """The density of the standard normal distribution."""
    density: Column = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    return density


def gamma_below(shape: float, x: Column) -> tuple[Column, Column]:
    """The regularised lower incomplete gamma functions P(a, x) and P(a + 1, x).

    A series up to a + 1 and Lentz's continued fraction beyond it (Abramowitz and Stegun, 6.5.29 and 6.5.31; Press et
    al., Numerical Recipes, 6.2). Steps grow with the square root of the shape.
    """
    with np.errstate(divide="ignore"):
        # x^a e^-x / Γ(a + 1), the step from a to a + 1.
        step = np.exp(shape * np.log(x) - x - math.lgamma(shape + 1.0))
    found = np.empty_like(x)
    low = x < shape + 1.0
    found[low] = step[low] * _series(shape, x[low])
    # Γ(a + 1) = a Γ(a), so the factor before the fraction is a times the step.
    found[~low] = 1.0 - shape * step[~low] * _fraction(shape, x[~low])
    return found, found - step


def _series(shape: float, x: Column) -> Column:
    """The sum of x^n / ((a + 1) … (a + n))."""
    term, total = np.ones_like(x), np.ones_like(x)
    for n in range(1, _MOST_TERMS):
        term *= x / (shape + n)
        total += term
        if not (term > _ENOUGH * total).any():
            break
    return total


def _fraction(shape: float, x: Column) -> Column:
    """The continued fraction 1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - …)), by Lentz's method."""
    b = x + 1.0 - shape
    c = np.full_like(x, 1e300)
    d = 1.0 / b
    found = d.copy()
    for n in range(1, _MOST_TERMS):
        a = -n * (n - shape)
        b += 2.0
        d = 1.0 / (a * d + b)
        c = b + a / c
        change = c * d
        found *= change
        if not (np.abs(change - 1.0) > _ENOUGH).any():
            break
    return found
