"""Replications: independent runs, pooled, equal whoever does them (analysis/sweeps.py)."""

import dataclasses

import numpy as np
import pytest
from distributed import Client, LocalCluster

from analysis import sweeps
from analysis.errors import BadRun
from analysis.hours import office_hours
from analysis.simulation import default_start, simulate
from analysis.statistics import student
from analysis.sweeps import default_runs, derived_seed, joined, replications
from analysis.time import time
from bpmn.annotation import GovTime
from bpmn.build import build
from bpmn.gov import parse_duration


def desk(*, arrivals=20.0, staff=1, work="PT15M"):
    """One clerk who turns one case in ten down."""
    chain = build("p", arrivals_per_day=arrivals).start("s").lane("窗口", staff=staff)
    return chain.step("a", task="userTask", work=exponential(work), rejects=0.1, visit=True).end("e").model


def exponential(mean):
    return GovTime(distribution="exponential", mean=parse_duration(mean))


def test_results_do_not_depend_on_the_workers(monkeypatch):
    """In this process, in two processes, on a cluster of two: equal to the last digit."""
    monkeypatch.setattr(sweeps, "_BATCH", 500)  # so that there are several batches

    here = replications(desk(), runs=6, cases=601, seed=3)
    two = replications(desk(), runs=6, cases=601, seed=3, workers=2)
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster):
        clustered = replications(desk(), runs=6, cases=601, seed=3, workers=None)

    assert here == two == clustered


def test_the_cases_are_divided_among_the_runs_and_pooled():
    model = desk()

    found = replications(model, runs=4, cases=402, seed=5)

    whole = joined(
        [
            simulate(model, cases=size, seed=derived_seed(5, run), start=run_start(model, before))
            for run, (size, before) in enumerate([(101, 0), (101, 101), (100, 202), (100, 302)])
        ]
    )
    assert found.result.cases == found.result.times.work.n == 402
    assert found.result.times.work.mean == pytest.approx(whole.work.mean() / 1e6)
    assert found.result.steps[0].times_per_case == 1.0
    assert found.result.seed == 5
    assert len(set(found.seeds)) == 4


def run_start(model, before):
    hours = office_hours(model)
    return hours.add(default_start(model)[0], before / 20.0 * hours.day_seconds)


def test_the_interval_is_that_of_the_means_of_the_runs():
    found = replications(desk(), runs=10, cases=1_000, seed=2)

    means = np.array(found.means)
    half = student(9) * means.std(ddof=1) / np.sqrt(10)
    elapsed = found.result.times.elapsed_working
    assert elapsed.mean == pytest.approx(means.mean())
    assert (elapsed.low, elapsed.high) == (pytest.approx(elapsed.mean - half), pytest.approx(elapsed.mean + half))
    assert "replications" in found.result.notes


def test_the_intervals_hold_the_mean_as_often_as_they_say():
    """M/M/1 with its known mean: 95 % intervals of 40 studies; fewer than 33 hits have a chance under 1 in 1000."""
    chain = build("p", arrivals_per_day=28.0, hours="00:00-24:00", calendar="none").start("s").lane("窗口", staff=1)
    model = chain.step("a", task="userTask", work=exponential("PT2057S")).end("e").model
    expected = 2057 / (1 - 28 * 2057 / 86_400)

    hits = 0
    for seed in range(40):
        elapsed = replications(model, runs=8, cases=4_000, seed=seed).result.times.elapsed_working
        assert elapsed.low is not None
        hits += elapsed.low <= expected <= elapsed.high

    assert hits >= 33


def test_runs_together_meet_the_holidays_one_run_of_all_cases_meets():
    """Calendar time is longer over holidays; runs that all began in January would not see the rest of the year."""
    model = desk(arrivals=4.0)

    pooled = replications(model, runs=10, cases=1_000).result
    single = time(model, cases=1_000)

    assert pooled.start == single.start
    assert pooled.estimated_years.keys() == single.estimated_years.keys()
    assert pooled.times.elapsed_calendar.mean == pytest.approx(single.times.elapsed_calendar.mean, rel=0.15)


def test_columns_of_several_runs_stand_behind_each_other():
    model = desk()
    runs = [simulate(model, cases=50, seed=seed) for seed in (1, 2)]

    whole = joined(runs)

    assert sorted(whole.key.tolist()) == list(range(100))
    assert whole.work.tolist() == [*runs[0].work.tolist(), *runs[1].work.tolist()]
    assert whole.steps[0].work == sum(run.steps[0].work for run in runs)
    assert whole.path.closed == sum(run.path.closed for run in runs)
    spans = whole.path.closed + whole.path.other + sum(u.work + u.wait + u.queue for u in whole.path.units)
    assert spans == int((whole.end - whole.start).sum())


def test_an_overloaded_unit_leaves_no_means():
    found = replications(desk(arrivals=60.0), runs=3, cases=30)

    assert found.means == (None, None, None)
    assert found.result.times.elapsed_working.mean is None
    assert found.result.times.work.low is None
    assert found.result.visits_per_case.mean == 1.0


def test_cases_that_never_meet_are_spread_over_the_year_in_every_run():
    model = build("p").start("s").step("a", work=exponential("PT30M")).end("e").model

    found = replications(model, runs=5, cases=500)

    assert found.result.cases == 500
    assert found.result.times.work.mean == pytest.approx(1800, rel=0.2)
    assert "no-arrivals" in found.result.notes


def test_progress_tells_the_cases_done():
    told = []

    replications(desk(), runs=4, cases=100, progress=lambda done, total: told.append((done, total)))

    assert told[-1] == (100, 100)


@pytest.mark.parametrize(("runs", "cases"), [(0, 10), (11, 10), (-1, 10)])
def test_no_run_goes_without_a_case(runs, cases):
    with pytest.raises(BadRun):
        replications(desk(), runs=runs, cases=cases)


def test_so_many_cases_are_worth_so_many_runs():
    assert [default_runs(cases) for cases in (1, 7, 10_000, 1_000_000, 5_000_001)] == [1, 7, 20, 20, 101]


def test_one_run_keeps_the_interval_of_its_cases():
    found = replications(desk(), runs=1, cases=400, seed=9)

    single = time(desk(), cases=400, seed=derived_seed(9, 0))
    assert dataclasses.replace(found.result, seed=0, notes=()) == dataclasses.replace(single, seed=0, notes=())
