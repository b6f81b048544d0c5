"""The simulation against Prosimos 2.1: how fast it is, and whether both find the same distribution.

Prosimos is looked for in the interpreter that the environment variable PROSIMOS_PYTHON names, else in this one (the
optional extra `bench`). It runs without its log, once, in CPU seconds without imports; of several runs of the
simulation the best counts, since other work on the machine can only make one slower.

For the distributions it is given the arrivals that the simulation has drawn: its own are some per cent denser than
asked for, since a gap that crosses closed hours is cut off at the next opening. Seeds are fixed on both sides.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from time import process_time

import numpy as np
from numpy.typing import NDArray

from analysis.simulation import simulate, warm
from benchmarks.food_permit import food_permit
from benchmarks.loan import loan
from benchmarks.prosimos_files import flow, parameters
from bpmn import Model
from org.worktime import shanghai

#: What was measured, against what, what is to be reached, and the measured figure.
Row = tuple[str, str, str, float]

#: An elapsed time in hours for each case.
Hours = NDArray[np.float64]

CASES = 10_000
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
        "loan: difference of means in per cent",
        "loan: Kolmogorov-Smirnov distance",
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
    return peer.seconds / min(_seconds(model) for _ in range(5))


def _seconds(model: Model) -> float:
    begin = process_time()
    simulate(model, cases=CASES)
    return process_time() - begin


def _loans(interpreter: str) -> tuple[Hours, Hours]:
    """The elapsed time of the same loan applications here and there, from an empty office on."""
    model = loan()
    start = datetime.fromisoformat(_MONDAY).replace(tzinfo=shanghai())
    columns = simulate(model, cases=CASES, warm_up=0, start=start)
    begin = int(np.datetime64(_MONDAY, "us").astype(np.int64))
    peer = _prosimos(interpreter, model, arrivals=((columns.start - begin) / _SECOND).tolist())
    return (columns.end - columns.start) / _HOUR, peer.hours


def _prosimos(interpreter: str, model: Model, *, arrivals: list[float] | None = None) -> Found:
    given = {
        "flow": flow(model),
        "parameters": parameters(model),
        "cases": CASES,
        "start": f"{_MONDAY}+00:00",
        "arrivals": arrivals,
    }
    script = str(Path(__file__).with_name("prosimos_peer.py"))
    run = partial(subprocess.run, capture_output=True, text=True, encoding="utf-8", check=True)
    answer = json.loads(run([interpreter, script], input=json.dumps(given)).stdout)
    return Found(seconds=answer["seconds"], hours=np.array(answer["hours"]))
