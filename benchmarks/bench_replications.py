"""Ten replications by two workers against one, and finding what moves a result against simulating it; wall-clock time.

The processes are started, and the kernel is read in each, before the clock starts: a study starts them once. On a
machine with other work on its two processors the first figure says nothing.
"""

from collections.abc import Callable
from functools import partial
from time import perf_counter

from analysis.sensitivity import sensitivity
from analysis.simulation import simulate, warm
from analysis.sweeps import replications
from bpmn import Model
from bpmn.build import build

#: What was measured, against what, what is to be reached, and the measured ratio.
Row = tuple[str, str, str, float]

STEPS, UNITS, RUNS, CASES = 40, 8, 10, 50_000


def rows() -> list[Row]:
    """Measure every row."""
    warm()
    model = procedure()
    run = partial(replications, model, runs=RUNS, cases=RUNS * CASES)
    run(workers=2)
    one, two = _best(lambda: run(workers=1), 3), _best(lambda: run(workers=2), 3)
    moved, single = _best(lambda: sensitivity(model), 3), _best(lambda: simulate(model, cases=100_000), 3)
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


def _best(do: Callable[[], object], tries: int) -> float:
    """The seconds of the fastest of several runs, since other work on the machine can only make one slower."""
    seconds = []
    for _ in range(tries):
        begin = perf_counter()
        do()
        seconds.append(perf_counter() - begin)
    return min(seconds)
