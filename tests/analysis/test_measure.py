"""Measures of figures over cases, and the intervals of analysis/statistics.py they are made with."""

import doctest
import math
from statistics import NormalDist

import numpy as np
import pytest

import analysis.statistics
from analysis.measure import measure, missing
from analysis.statistics import batch_means, batches_of, interval, sectioned, share_interval, student


def single_server_queue(use: float, cases: int, seed: int) -> np.ndarray:
    """Times in an M/M/1 system with mean service 1, by Lindley's recursion after a warm-up."""
    warm_up = 3000
    generator = np.random.default_rng(seed)
    gaps = generator.exponential(1 / use, cases + warm_up)
    work = generator.exponential(1, cases + warm_up)
    walk = np.concatenate(([0], np.cumsum(work[:-1] - gaps[1:])))
    return (walk - np.minimum.accumulate(walk) + work)[warm_up:]


def autoregressive(memory: float, cases: int, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(size=cases).tolist()
    values, value = [], 0.0
    for step in noise:
        value = memory * value + step
        values.append(value)
    return np.array(values)


@pytest.mark.parametrize(
    ("degrees", "quantile"),
    [(1, 12.7062), (2, 4.30265), (3, 3.18245), (4, 2.77645), (5, 2.57058), (9, 2.26216), (31, 2.03951), (120, 1.97993)],
)
def test_quantiles_of_student_are_those_of_the_tables(degrees, quantile):
    assert student(degrees) == pytest.approx(quantile, abs=3e-5)


def test_student_comes_to_the_normal_distribution():
    assert student(10**6) == pytest.approx(NormalDist().inv_cdf(0.975), abs=1e-5)


def test_a_measure_of_five_cases_by_hand():
    found = measure(np.array([1.0, 2.0, 3.0, 4.0, 10.0]), basis="work", independent=True)

    half = 2.776445 * math.sqrt(12.5 / 5)
    assert (found.mean, found.median, found.n, found.basis, found.source) == (4.0, 3.0, 5, "work", "simulated")
    assert found.low == pytest.approx(4 - half, abs=1e-4)
    assert found.high == pytest.approx(4 + half, abs=1e-4)
    assert found.p90 == pytest.approx(4 + 0.6 * 6)
    assert found.p95 == pytest.approx(4 + 0.8 * 6)


def test_cases_without_chance_have_an_interval_of_no_width():
    found = measure(np.full(500, 7200.0), basis="work", independent=False)

    assert found.low == found.mean == found.high == found.p95 == 7200.0


@pytest.mark.parametrize("independent", [True, False])
def test_one_case_gives_no_idea_of_the_spread(independent):
    found = interval(np.array([5.0]), independent=independent)

    assert (found.low, found.high, found.degrees) == (5.0, 5.0, 0)


@pytest.mark.parametrize("cases", [2, 3, 9, 10, 11, 63, 64, 65])
def test_few_cases_have_an_interval_around_their_mean(cases):
    values = np.random.default_rng(1).exponential(1.0, cases)

    found = interval(values, independent=False)

    assert found.low < values.mean() < found.high


def test_no_case_has_no_mean():
    found = measure(np.array([]), basis="waiting", independent=True)

    assert (found.mean, found.low, found.p95, found.n) == (None, None, None, 0)


def test_what_is_missing_has_no_figure_but_its_cases():
    found = missing(basis="work", n=7)

    assert (found.mean, found.high, found.median, found.n, found.basis) == (None, None, None, 7, "work")


def test_batches_leave_out_the_first_cases():
    assert batch_means(np.arange(7.0), 3).tolist() == [1.5, 3.5, 5.5]


def test_correlated_cases_get_fewer_batches():
    assert batches_of(np.random.default_rng(2).normal(size=10_000)) >= 20
    assert batches_of(np.cumsum(np.random.default_rng(2).normal(size=10_000))) == 5


@pytest.mark.parametrize(
    ("series", "mean"),
    [
        (lambda seed: single_server_queue(0.5, 10_000, seed), 2.0),
        (lambda seed: single_server_queue(0.8, 10_000, seed), 5.0),
        (lambda seed: autoregressive(0.9, 4_000, seed), 0.0),
        (lambda seed: np.random.default_rng(seed).exponential(1.0, 2_000), 1.0),
    ],
    ids=["queue at half load", "queue at 80 % load", "autoregressive", "independent"],
)
def test_the_interval_holds_the_true_mean_in_about_95_of_100_runs(series, mean):
    """Mean time in an M/M/1 system is 1 / (1 - use): Kleinrock, Queueing Systems 1, 3.2."""
    found = [interval(series(seed), independent=False) for seed in range(200)]

    covered = sum(known.low <= mean <= known.high for known in found) / len(found)
    assert 0.90 <= covered <= 0.98


def test_the_plain_interval_would_be_dishonest_for_a_queue():
    """The look-alike: s/√n over cases that meet."""
    found = [interval(single_server_queue(0.8, 10_000, seed), independent=True) for seed in range(100)]

    assert sum(known.low <= 5.0 <= known.high for known in found) < 60


def test_the_interval_of_a_median_holds_it_in_about_95_of_100_runs():
    def covers(seed: int) -> bool:
        values = np.random.default_rng(seed).exponential(1.0, 2_000)
        found = sectioned(lambda part: float(np.median(values[part])), values, independent=True)
        return found.low <= math.log(2) <= found.high

    assert 0.90 <= sum(covers(seed) for seed in range(200)) / 200 <= 0.99


def test_the_interval_of_a_share_is_wilsons_where_cases_are_independent():
    """Wilson's interval for 8 of 10 with Student's quantile for 9 degrees of freedom."""
    inside = np.array([True] * 8 + [False] * 2)

    low, high = share_interval(inside, inside.astype(float), independent=True)

    z = 2.262157
    centre = (0.8 + z * z / 20) / (1 + z * z / 10)
    half = z / (1 + z * z / 10) * math.sqrt(0.8 * 0.2 / 10 + (z / 20) ** 2)
    assert (low, high) == (pytest.approx(centre - half, abs=1e-4), pytest.approx(centre + half, abs=1e-4))


def test_a_share_of_all_is_not_certain_and_less_so_where_cases_meet():
    span = single_server_queue(0.8, 10_000, 1)
    inside = np.ones(10_000, dtype=bool)

    alone, queued = (share_interval(inside, span, independent=independent) for independent in (True, False))

    assert alone[1] == queued[1] == 1.0
    assert queued[0] < alone[0] < 1.0


def test_a_share_of_no_case_says_nothing():
    assert share_interval(np.array([], dtype=bool), np.array([]), independent=True) == (0.0, 1.0)


def test_the_examples_run():
    assert doctest.testmod(analysis.statistics).failed == 0
