"""The simulation against Prosimos 2.1: how fast it is, and whether both find the same distribution.

Prosimos is looked for in the interpreter that the environment variable PROSIMOS_PYTHON names, else in this one; it is
no dependency of the project (`pip install prosimos` into an environment of its own). It runs without its log, once, in
CPU seconds without imports; of several runs of the simulation the best counts, since other work on the machine can only
make one slower.

For the distributions it is given the arrivals that the simulation has drawn: its own are some per cent denser than
asked for, since a gap that crosses closed hours is cut off at the next opening. One run of each says little, since two
samples of 10,000 cases of one distribution are 0.012 apart in the mean, and 0.019 once in 20 times: ten runs of each
are put together, which leaves the difference of the means a standard error of 0.5 per cent. Seeds are fixed.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.simulation import simulate, warm
from benchmarks.food_permit import food_permit
from benchmarks.loan import loan
from benchmarks.measuring import Row, best_seconds
from benchmarks.prosimos_files import flow, parameters
from bpmn import Model
from org.worktime import shanghai

#: An elapsed time in hours for each case.
Hours = NDArray[np.float64]

CASES, RUNS = 10_000, 10
_MONDAY = "2026-01-05T09:00:00"
_SECOND, _HOUR = 1e6, 3.6e9


@dataclass(frozen=True, kw_only=True)
class Found:
    """What Prosimos took and found."""

    seconds: float
    hours: Hours


def rows() -> list[Row]:
    """Measure every row; without Prosimos say so in each."""
    interpreter = _interpreter()
    what = (
        "simulate 10,000 cases of the 16-task procedure",
        f"loan, {RUNS} runs: difference of means in per cent",
        f"loan, {RUNS} runs: Kolmogorov-Smirnov distance",
    )
    against = ("Prosimos, no log", "Prosimos, same starts", "Prosimos, same starts")
    if not interpreter:
        return [(name, peer, "Prosimos is not installed", np.nan) for name, peer in zip(what, against, strict=True)]
    warm()
    ratio = _speed(interpreter)
    ours, theirs = _loans(interpreter)
    found = (ratio, 100.0 * abs(float(ours.mean() / theirs.mean()) - 1.0), distance(ours, theirs))
    return list(zip(what, against, ("≥ 200", "≤ 1", "≤ 0.02"), found, strict=True))


def distance(one: Hours, other: Hours) -> float:
    """The greatest difference of two empirical distribution functions (Kolmogorov and Smirnov)."""
    every = np.concatenate((one, other))
    below = [np.searchsorted(np.sort(sample), every, side="right") / len(sample) for sample in (one, other)]
    return float(np.abs(below[0] - below[1]).max())


def _interpreter() -> str:
    """The Python that has Prosimos; empty where none has."""
    python = os.environ.get("PROSIMOS_PYTHON", "") or sys.executable
    try:
        asked = subprocess.run([python, "-c", "import prosimos"], capture_output=True, check=False)
    except OSError:
        return ""
    return "" if asked.returncode else python


def _speed(interpreter: str) -> float:
    model = food_permit()
    peer = _prosimos(interpreter, model)
    return peer.seconds / best_seconds(lambda: simulate(model, cases=CASES), runs=5)


def _loans(interpreter: str) -> tuple[Hours, Hours]:
    """The elapsed times of the same loan applications here and there, all runs together, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        pairs = list(pool.map(partial(_pair, interpreter, loan()), range(1, RUNS + 1)))
    return np.concatenate([ours for ours, _ in pairs]), np.concatenate([theirs for _, theirs in pairs])


def _pair(interpreter: str, model: Model, seed: int) -> tuple[Hours, Hours]:
    """One run here and one there with the same arrivals, from an empty office on."""
    start = datetime.fromisoformat(_MONDAY).replace(tzinfo=shanghai())
    columns = simulate(model, cases=CASES, warm_up=0, start=start, seed=seed)
    begin = int(np.datetime64(_MONDAY, "us").astype(np.int64))
    peer = _prosimos(interpreter, model, seed=seed, arrivals=((columns.start - begin) / _SECOND).tolist())
    return (columns.end - columns.start) / _HOUR, peer.hours


def _prosimos(interpreter: str, model: Model, *, seed: int = 1, arrivals: list[float] | None = None) -> Found:
    given = {
        "flow": flow(model),
        "parameters": parameters(model),
        "cases": CASES,
        "seed": seed,
        "start": f"{_MONDAY}+00:00",
        "arrivals": arrivals,
    }
    script = str(Path(__file__).with_name("prosimos_peer.py"))
    run = partial(subprocess.run, capture_output=True, text=True, encoding="utf-8", check=True)
    answer = json.loads(run([interpreter, script], input=json.dumps(given)).stdout)
    return Found(seconds=answer["seconds"], hours=np.array(answer["hours"]))
