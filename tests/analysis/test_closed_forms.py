"""The simulation against formulas of queueing theory, each with its source. A day has 24 open hours here."""

import math

import numpy as np
import pytest

from analysis.simulation import simulate
from bpmn.annotation import Duration, GovTime
from bpmn.build import Builder, build

SEEDS = range(1, 7)
HOUR = 3_600_000_000


def law(distribution: str = "exponential", mean: float = 1.0, sd: float = 0.0) -> GovTime:
    """A time with mean and standard deviation in hours."""
    return GovTime(distribution=distribution, mean=Duration(seconds=mean * 3600), sd=Duration(seconds=sd * 3600))


def around_the_clock(per_hour: float | None = None) -> Builder:
    arrivals = {} if per_hour is None else {"arrivals_per_day": per_hour * 24}
    return build("p", hours="00:00-24:00", calendar="none", **arrivals)


def assert_mean(figure, exact, *, cases, within=0.015, **given):
    """The mean of the seeds lies by the exact value: within 4 standard errors of it, and within some per cent."""
    found = np.array([figure(seed, cases) for seed in SEEDS])
    error = found.std(ddof=1) / math.sqrt(len(found))
    assert abs(found.mean() - exact) < 4 * error
    assert found.mean() == pytest.approx(exact, rel=within)


def wait_at(work: GovTime, staff: int, per_hour: float):
    model = around_the_clock(per_hour).lane("窗口", staff=staff).start().step("a", work=work).end().model

    def figure(seed, cases):
        return simulate(model, cases=cases, seed=seed).waiting.mean() / HOUR

    return figure


def elapsed(model):
    def figure(seed, cases):
        columns = simulate(model, cases=cases, seed=seed)
        return (columns.end - columns.start).mean() / HOUR

    return figure


def erlang_c(servers: int, load: float) -> float:
    """The share of arrivals that wait in M/M/c (A. K. Erlang, 1917; Kleinrock, Queueing Systems I, 1975, (3.40))."""
    blocked = 1.0
    for server in range(1, servers + 1):
        blocked = load * blocked / (server + load * blocked)
    return blocked / (1.0 - load / servers * (1.0 - blocked))


@pytest.mark.parametrize(("servers", "use"), [(1, 0.7), (3, 0.8), (20, 0.9)])
def test_waiting_for_many_equal_people_is_erlangs(servers, use):
    load = use * servers

    assert_mean(wait_at(law(), servers, load), erlang_c(servers, load) / (servers - load), cases=100_000, within=0.04)


@pytest.mark.parametrize(
    ("work", "variation"),
    [
        (law("fixed"), 0.0),
        (law("gamma", sd=math.sqrt(2.0)), 2.0),
        (law("gamma", sd=0.5), 0.25),
        (law("lognormal", sd=0.5), 0.25),
    ],
    ids=["M/D/1", "M/G/1 gamma", "M/G/1 narrow gamma", "M/G/1 lognormal"],
)
def test_waiting_for_one_person_is_pollaczeks_and_khinchines(work, variation):
    """F. Pollaczek, 1930; A. Y. Khinchine, 1932: ρ (1 + c²) / (2 (1 - ρ)) times the mean work."""
    assert_mean(wait_at(work, 1, 0.6), 0.6 * (1 + variation) / (2 * 0.4), cases=100_000, within=0.03)


def test_the_last_of_equal_branches_takes_a_harmonic_number_of_times_as_long():
    """The mean maximum of n exponential times is 1 + 1/2 + … + 1/n of their mean (Rényi, 1953)."""
    b = around_the_clock().start().parallel("fork")
    for branch in range(4):
        b.branch().step(f"s{branch}", work=law())
    model = b.join().end().model

    assert_mean(elapsed(model), sum(1 / n for n in range(1, 5)), cases=100_000, within=0.005)


def test_two_queues_side_by_side_are_nelsons_and_tantawis():
    """(12 - ρ) / 8 times the time in M/M/1 (Flatto and Hahn, 1984; Nelson and Tantawi, IEEE ToC 37, 1988)."""
    b = around_the_clock(0.6).start().parallel("fork")
    b.branch().lane("甲", staff=1).step("a", work=law())
    b.branch().lane("乙", staff=1).step("b", work=law())
    model = b.join().end().model

    assert_mean(elapsed(model), (12 - 0.6) / 8 / (1 - 0.6), cases=100_000, within=0.03)


def test_rework_takes_a_geometric_number_of_rounds():
    """The mean number of rounds is 1 / (1 - p)."""
    b = around_the_clock().start().step("check", work=law("fixed")).exclusive("again")
    model = b.branch(0.15).to("check").branch(0.85).end().model

    assert_mean(elapsed(model), 1 / 0.85, cases=200_000, within=0.002)


def test_a_choice_is_the_mixture_of_its_branches():
    """0.3 Exp(1) + 0.7 U(2, 4) has the mean 2.4 and the mean square 0.3 · 2 + 0.7 · (9 + 1/3)."""
    flat = GovTime(distribution="uniform", low=Duration(seconds=7200.0), high=Duration(seconds=14400.0))
    b = around_the_clock().start().exclusive("which").branch(0.3).step("a", work=law())
    model = b.branch(0.7).step("b", work=flat).close().end().model

    def variance(seed, cases):
        columns = simulate(model, cases=cases, seed=seed)
        return ((columns.end - columns.start) / HOUR).var()

    assert_mean(elapsed(model), 2.4, cases=100_000, within=0.005)
    assert_mean(variance, 0.3 * 2 + 0.7 * (9 + 1 / 3) - 2.4**2, cases=100_000, within=0.02)


@pytest.mark.parametrize(
    ("time", "mean", "sd"),
    [
        (law("exponential", 2.0), 2.0, 2.0),
        (law("normal", 5.0, 1.0), 5.0, 1.0),
        (law("lognormal", 2.0, 1.5), 2.0, 1.5),
        (law("gamma", 2.0, 3.0), 2.0, 3.0),
        (law("gamma", 2.0, 0.2), 2.0, 0.2),
        (
            GovTime(distribution="uniform", low=Duration(seconds=3600.0), high=Duration(seconds=10800.0)),
            2.0,
            2 / math.sqrt(12),
        ),
        (
            GovTime(
                distribution="triangular",
                low=Duration(seconds=0.0),
                mode=Duration(seconds=3600.0),
                high=Duration(seconds=18000.0),
            ),
            2.0,
            math.sqrt((25 + 1 - 5) / 18),
        ),
        (
            GovTime(distribution="empirical", values=(Duration(seconds=3600.0), Duration(seconds=3 * 3600.0))),
            2.0,
            1.0,
        ),
        (law("normal", 1.0, 2.0), 1.3955931, None),
    ],
    ids=[
        "exponential",
        "normal",
        "lognormal",
        "gamma",
        "narrow-gamma",
        "uniform",
        "triangular",
        "empirical",
        "cut-normal",
    ],
)
def test_distributions_have_their_mean_and_deviation(time, mean, sd):
    """Textbook moments (Johnson, Kotz and Balakrishnan, 1994); of the cut normal μ Φ(μ/σ) + σ φ(μ/σ)."""
    model = around_the_clock().start().step("a", work=time).end().model

    assert_mean(elapsed(model), mean, cases=60_000, within=0.02)
    if sd is not None:
        columns = simulate(model, cases=300_000, seed=3)
        assert ((columns.end - columns.start) / HOUR).std() == pytest.approx(sd, rel=0.01)


def test_arrivals_are_poisson_in_office_hours():
    """Gaps of open time are exponential: mean and deviation 7 h / 10; nobody arrives while the office is closed."""
    model = build("p", arrivals_per_day=10.0, calendar="none").start().step("a", work=law("fixed")).end().model

    columns = simulate(model, cases=24_000, warm_up=0)

    time_of_day = columns.start % (24 * HOUR)
    is_morning = (time_of_day > 9 * HOUR) & (time_of_day <= 12 * HOUR)
    is_afternoon = (time_of_day > 13.5 * HOUR) & (time_of_day <= 17.5 * HOUR)
    assert (is_morning | is_afternoon).all()
    assert is_morning.mean() == pytest.approx(3 / 7, abs=0.012)
    gaps = np.diff(columns.start[is_morning])
    same_morning = gaps[gaps < 3 * HOUR]
    assert np.diff(columns.start // (24 * HOUR)).mean() == pytest.approx(7 / 5 / 10, rel=0.03)
    assert same_morning.mean() < 0.7 * HOUR
