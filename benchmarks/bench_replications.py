"""Ten replications by two workers against one, and finding what moves a result against simulating it; wall-clock time.

The processes are started, and the kernel is read in each, before the clock starts: a study starts them once. On a
machine with other work on its two processors the first figure says nothing.
"""

from functools import partial
from time import perf_counter

from analysis.sensitivity import sensitivity
from analysis.simulation import simulate, warm
from analysis.sweeps import replications
from benchmarks.measuring import Row, best_seconds
from bpmn import Model
from bpmn.build import build

STEPS, UNITS, RUNS, CASES = 40, 8, 10, 50_000


def rows() -> list[Row]:
    """Measure every row."""
    warm()
    model = procedure()
    run = partial(replications, model, runs=RUNS, cases=RUNS * CASES)
    run(workers=2)
    best = partial(best_seconds, runs=3, clock=perf_counter)
    one, two = best(lambda: run(workers=1)), best(lambda: run(workers=2))
    moved, single = best(lambda: sensitivity(model)), best(lambda: simulate(model, cases=100_000))
    return [
        ("10 replications of 50,000 cases, 2 workers", "1 worker", "≥ 1.8", one / two),
        ("what moves the result of 40 steps", "simulate 100,000 cases", "≤ 3", moved / single),
    ]


def procedure() -> Model:
    """Forty steps of eight units, in rounds: every unit has its share of queues."""
    chain = build("bench", arrivals_per_day=40.0).start("start")
    for step in range(STEPS):
        chain = chain.lane(f"unit {step % UNITS}", staff=5).step(
            f"step{step}", task="userTask", work="PT8M", wait="PT30M"
        )
    return chain.end("end").model
