"""Exact times against the simulation and against sampling, over random procedures and the one of the benchmarks."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from analysis.outcomes import expected_outcomes
from analysis.simulation import expected_visits, simulate
from analysis.time import elapsed_working
from analysis.timing import exact
from bpmn.annotation import Duration, GovTime
from bpmn.build import build
from bpmn.model import Loop, Model
from bpmn.read import read
from tests.strategies import models

CASES = 4_000
#: Standard errors a sampled share may lie off: one of some hundred comparisons in a million does by chance.
FAR = 5.0


def on_one_clock(model: Model) -> Model:
    """The same procedure with everything in office hours, done by people of whom there are enough."""
    nodes = [
        node.evolve(
            kind="userTask" if node.is_step else node.kind,
            times=tuple(replace(time, clock="") for time in node.times),
            step=replace(node.step, automatic=None) if node.step else None,
        )
        for node in model.nodes
    ]
    lanes = [lane.evolve(unit=replace(lane.unit, staff=None) if lane.unit else None) for lane in model.lanes]
    processes = [
        process.evolve(procedure=process.procedure and replace(process.procedure, arrivals_per_day=None))
        for process in model.processes
    ]
    return model.evolve(nodes=tuple(nodes), lanes=tuple(lanes), processes=tuple(processes))


def assert_sampled(found, sample):
    """The shares of a sample below the exact quantiles are what they should be, jumps of the distribution allowed."""
    distribution = found.distribution
    for share in (0.25, 0.5, 0.75, 0.9, 0.95):
        moment = distribution.quantile(share)
        around = distribution.step + 1e-3 * moment
        slack = FAR * math.sqrt(share * (1 - share) / len(sample))
        assert (sample < moment - around).mean() - slack <= share <= (sample <= moment + around).mean() + slack
    if sample.std() < 4 * sample.mean():
        assert sample.mean() == pytest.approx(
            distribution.mean, abs=FAR * sample.std() / math.sqrt(len(sample)) + 1e-3 * distribution.mean + 1e-6
        )


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(models(max_steps=9))
def test_random_procedures_take_as_long_in_the_simulation(model):
    model = on_one_clock(model)

    found = exact(model)
    columns = simulate(model, cases=CASES, seed=5)

    assert found.holds, found.why_not
    assert_sampled(found, elapsed_working(model, columns))
    work = columns.work / 1e6
    if found.work.mean is not None and work.std() < 4 * work.mean():
        slack = FAR * work.std() / math.sqrt(CASES)
        assert work.mean() == pytest.approx(found.work.mean, rel=1e-6, abs=slack + 1e-6)
    outcomes = expected_outcomes(model)
    if outcomes is not None and found.outcome_shares:
        assert found.outcome_shares["granted"] == pytest.approx(outcomes["granted"], abs=1e-9)
    counted, is_exact = expected_visits(model)
    if is_exact and found.visits is not None:
        assert found.visits == pytest.approx({**dict.fromkeys(counted, 0.0), **found.visits})
        assert {step: found.visits.get(step, 0.0) for step in counted} == pytest.approx(counted, abs=1e-9)


def law(mean: float = 1.0) -> GovTime:
    """An exponential time of so many hours."""
    return GovTime(distribution="exponential", mean=Duration(seconds=mean * 3600))


def with_timer(*, interrupting: bool, then: float, **step) -> Model:
    """A step with a timer of two office hours at its border that leads elsewhere."""
    b = build().start().step("a", work=law(), **step).step("b", work=law()).end()
    b.boundary("late", "timer", "PT2H", on="a", work=GovTime(clock="work"), interrupting=interrupting)
    return b.step("reminder", work=law(then)).end().model


def frame_with_timer() -> Model:
    b = build().start().sub_process("s").start().step("a", work=law(), rejects=0.2).step("c", work=law()).end().close()
    b.step("b", work=law()).end().boundary("late", "timer", "PT2H", on="s", work=GovTime(clock="work"))
    return b.step("r", work=law(0.3)).end().model


def reminded() -> Model:
    b = build(pool="办").start().event_based("wait")
    b.branch().catch("late", "timer", "PT1H", work=GovTime(clock="work")).step("remind", work=law(0.5)).to("wait")
    return b.branch().catch("letter", "message", work=law()).end().close().model


def some(rejects: float) -> Model:
    b = build().start().inclusive("some").branch(0.6).step("a", work=law(3), rejects=rejects)
    return b.branch(0.5).step("b", work=law(), rejects=rejects).join().end().model


def rounds(kind: str, **step) -> Model:
    return build().start().step("a", work=law(), loop=Loop(kind=kind), repeat=2.5, **step).end().model


def two_pools() -> Model:
    b = build("p", pool="甲").start("s").step("a", work=law()).step("own", work=law()).catch("answer", "message")
    b.step("z", work=law()).end().pool("乙", process="q").start("t", event="message").step("other", work=law(2))
    return b.end("sent", event="message").message("a", "t").message("sent", "answer").model


@pytest.mark.parametrize(
    "model",
    [
        with_timer(interrupting=True, then=0.5, wait=law(0.5), rejects=0.3),
        with_timer(interrupting=False, then=4, rejects=0.3),
        frame_with_timer(),
        reminded(),
        some(0.0),
        some(0.3),
        rounds("parallel", rejects=0.4),
        rounds("sequential"),
        two_pools(),
    ],
    ids=["timer", "timer beside", "frame", "reminder", "inclusive", "turned down", "at once", "in a row", "two pools"],
)
def test_timers_choices_rounds_and_pools_take_as_long_in_the_simulation(model):
    found = exact(model)

    columns = simulate(model, cases=30_000, seed=3)

    assert found.holds, found.why_not
    assert_sampled(found, elapsed_working(model, columns))
    slack = FAR * math.sqrt(0.25 / 30_000)
    assert columns.rejected.mean() == pytest.approx(found.outcome_shares["rejected"], abs=slack)


def test_the_procedure_of_the_benchmarks_takes_what_a_million_samples_take(root):
    """Within 0.1 % of what numpy draws, and what sampling itself leaves open."""
    model = read(root / "benchmarks" / "food-permit.bpmn")
    sample = sampled(model, 1_000_000)

    found = exact(model).elapsed_working

    error = sample.std() / 1_000
    assert found.mean == pytest.approx(sample.mean(), rel=1e-3)
    assert found.median == pytest.approx(float(np.median(sample)), rel=1e-3)
    assert found.p95 == pytest.approx(float(np.quantile(sample, 0.95)), rel=1e-3, abs=4 * error)


def sampled(model: Model, cases: int) -> np.ndarray:
    """Elapsed office seconds of so many cases, from the simulation with nobody to wait for."""
    lanes = tuple(lane.evolve(unit=lane.unit and replace(lane.unit, staff=None)) for lane in model.lanes)
    alone = model.evolve(lanes=lanes)
    return elapsed_working(alone, simulate(alone, cases=cases, seed=11))
