"""The exact time of the 16-task procedure against drawing a million cases of it, and against simulating ten thousand.

CPU time, the best of several runs in turn; figures as ratios to those of the sample.
"""

import numpy as np
from numpy.typing import NDArray

from analysis.timing import exact
from benchmarks.food_permit import food_permit, without_queues
from benchmarks.measuring import Row, best_seconds
from bpmn.model import Model

_CASES = 1_000_000


def rows() -> list[Row]:
    """Measure every row."""
    model = food_permit()
    found = exact(model).elapsed_working
    sample = _sample(model)
    seconds = best_seconds(lambda: exact(model), runs=10)
    drawn = best_seconds(lambda: without_queues(model, _CASES), runs=1)
    figures = {
        "mean": (found.mean or 0.0, float(sample.mean())),
        "median": (found.median or 0.0, float(np.median(sample))),
        "p95": (found.p95 or 0.0, float(np.quantile(sample, 0.95))),
    }
    return [
        ("exact time of the 16-task procedure, ms", "", "≤ 50", 1000 * seconds),
        ("draw 1,000,000 cases of it", "exact time", "≥ 5", drawn / seconds),
        *(
            (f"{name}: difference in per cent", "1,000,000 samples", "≤ 0.1", 100 * abs(one / other - 1))
            for name, (one, other) in figures.items()
        ),
    ]


def _sample(model: Model) -> NDArray[np.float64]:
    """Elapsed seconds of a million cases nobody of whom waits, from the simulation without limits of staff."""
    from dataclasses import replace

    from analysis.simulation import simulate
    from analysis.time import elapsed_working

    lanes = tuple(lane.evolve(unit=lane.unit and replace(lane.unit, staff=None)) for lane in model.lanes)
    alone = model.evolve(lanes=lanes)
    sample: NDArray[np.float64] = elapsed_working(alone, simulate(alone, cases=_CASES, seed=11))
    return sample
