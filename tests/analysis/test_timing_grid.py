"""The special functions and the laws on a grid against known values."""

import math

import numpy as np
import pytest

from analysis.simulation.draws import (
    EMPIRICAL,
    EXPONENTIAL,
    FIXED,
    GAMMA,
    LOGNORMAL,
    NORMAL,
    TRIANGULAR,
    UNIFORM,
)
from analysis.timing.grid import Grid, product
from analysis.timing.special import erfc, gamma_below


def test_the_error_function_is_that_of_the_standard_library():
    points = np.linspace(-9, 9, 4001)

    assert erfc(points) == pytest.approx([math.erfc(point) for point in points], rel=1e-13, abs=1e-15)


@pytest.mark.parametrize(
    ("shape", "x", "below"),
    [
        (1.0, 0.5, 1 - math.exp(-0.5)),
        (1.0, 30.0, 1 - math.exp(-30)),
        (0.5, 0.2, math.erf(math.sqrt(0.2))),
        (0.5, 9.0, math.erf(3.0)),
        (3.0, 2.0, 1 - math.exp(-2) * (1 + 2 + 2)),
        (10.0, 10.0, 1 - math.exp(-10) * sum(10**k / math.factorial(k) for k in range(10))),
        (4.0, 0.0, 0.0),
    ],
)
def test_the_incomplete_gamma_function_has_its_closed_forms(shape, x, below):
    """1 - e^-x Σ x^k / k! for whole shapes, erf √x for one half (Abramowitz and Stegun, 6.5.13, 6.5.16)."""
    found, following = gamma_below(shape, np.array([x]))

    step = x**shape * math.exp(-x) / math.gamma(shape + 1)
    assert found[0] == pytest.approx(below, rel=1e-12, abs=1e-15)
    assert following[0] == pytest.approx(below - step, rel=1e-10, abs=1e-14)


LAWS = {
    "fixed": ((FIXED, 3.33, 0.0, 0.0), (), 3.33, 0.0),
    "exponential": ((EXPONENTIAL, 3.0, 0.0, 0.0), (), 3.0, 3.0),
    "normal": ((NORMAL, 5.0, 1.0, 0.0), (), 5.0, 1.0),
    "cut normal": ((NORMAL, 1.0, 2.0, 0.0), (), 1.3955931, 1.4879),
    "lognormal": ((LOGNORMAL, 1.0, 0.5, 0.0), (), math.exp(1.125), math.exp(1.125) * math.sqrt(math.expm1(0.25))),
    "gamma": ((GAMMA, 2.0, 1.5, 0.0), (), 3.0, 1.5 * math.sqrt(2)),
    "narrow gamma": ((GAMMA, 2e4, 2e-4, 0.0), (), 4.0, 2e-4 * math.sqrt(2e4)),
    "wide gamma": ((GAMMA, 0.5, 4.0, 0.0), (), 2.0, math.sqrt(8)),
    "uniform": ((UNIFORM, 1.0, 4.0, 0.0), (), 2.5, 3 / math.sqrt(12)),
    "triangular": ((TRIANGULAR, 0.0, 1.0, 5.0), (), 2.0, math.sqrt(21 / 18)),
    "rising triangle": ((TRIANGULAR, 1.0, 7.0, 7.0), (), 5.0, math.sqrt(2)),
    "empirical": ((EMPIRICAL, 0.0, 3.0, 0.0), (1.0, 2.0, 6.0), 3.0, math.sqrt(14 / 3)),
}


@pytest.mark.parametrize("name", LAWS)
def test_a_law_keeps_its_mean_and_as_good_as_its_deviation(name):
    law, values, mean, deviation = LAWS[name]
    grid = Grid(0.02, 4_096)

    portion = grid.of_law(law, values)

    masses = grid.masses(portion)
    assert masses.sum() == pytest.approx(1, abs=1e-6)
    assert masses @ grid.points == pytest.approx(mean, rel=1e-5)
    assert portion.moment == pytest.approx(mean, rel=1e-7)
    variance = masses @ grid.points**2 - (masses @ grid.points) ** 2
    assert math.sqrt(variance) == pytest.approx(deviation, rel=1e-3, abs=0.012)


def test_what_lies_beyond_the_grid_does_not_come_back_at_its_beginning():
    grid = Grid(0.1, 128)
    long = grid.of_law((EXPONENTIAL, 10.0, 0.0, 0.0), ())

    twice = long.then(long)

    below = grid.below(twice)
    assert below[10] == pytest.approx(1 - math.exp(-0.1) * 1.1, abs=1e-3)
    assert below[-1] == pytest.approx(1 - math.exp(-1.275) * 2.275, abs=2e-3)
    assert (twice.mass, twice.moment) == pytest.approx((1, 20))


def test_the_mean_of_the_last_counts_what_lies_beyond_the_grid():
    """Max of two exponential times of mean 1 is 1.5 on a grid that ends at 8, beyond which 3 of 10,000 lie."""
    grid = Grid(0.01, 800)
    one = grid.of_law((EXPONENTIAL, 1.0, 0.0, 0.0), ())

    assert grid.last([one, one], product).moment == pytest.approx(1.5, rel=1e-5)
