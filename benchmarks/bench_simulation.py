"""How fast the simulation is, as ratios against plain ways of doing the same in the same run.

Every figure is CPU time of a process of its own, in which the kernel is compiled before the clock starts; of several
tries the best counts, since other work on the machine can only make one slower.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measuring import Row


@dataclass(frozen=True, kw_only=True)
class Run:
    """One measured run."""

    seconds: float
    mebibytes: float
    hours: float


def rows() -> list[Row]:
    """Measure every row."""
    few, many = _best("simulate", 10_000, 5), _best("simulate", 1_000_000, 2)
    peer, limit = _best("simpy", 10_000, 2), _best("limit", 1_000_000, 3)
    return [
        ("simulate 10,000 cases: queues, office hours", "SimPy, same model", "≥ 25", peer.seconds / few.seconds),
        ("simulate 1,000,000 cases", "numpy, nobody waits", "≤ 30", many.seconds / limit.seconds),
        ("simulate 1,000,000 cases, peak MiB", "", "≤ 300", many.mebibytes),
        ("10,000 → 1,000,000 cases, time", "", "≤ 105", many.seconds / few.seconds),
        ("10,000 → 1,000,000 cases, memory", "", "≤ 2", many.mebibytes / few.mebibytes),
        ("mean elapsed time of 10,000 cases", "SimPy, same model", "about 1", few.hours / peer.hours),
    ]


def _best(way: str, cases: int, tries: int) -> Run:
    """The fastest of several runs, each in a process of its own."""
    runs = [_measured(way, cases) for _ in range(tries)]
    return min(runs, key=lambda run: run.seconds)


def _measured(way: str, cases: int) -> Run:
    command = [sys.executable, "-m", "benchmarks.bench_simulation", way, str(cases)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
    return Run(**json.loads(done.stdout))


def _simulate(cases: int) -> dict[str, Any]:
    from analysis.hours import office_hours, open_between
    from analysis.simulation import simulate, warm
    from benchmarks.food_permit import food_permit

    warm()
    model = food_permit()
    seconds, columns = _timed(lambda: simulate(model, cases=cases))
    peak = _peak()
    elapsed = open_between(office_hours(model), columns.start, columns.end)
    return {"seconds": seconds, "mebibytes": peak, "hours": float(elapsed.mean()) / 3.6e9}


def _peer(name: str, cases: int) -> dict[str, Any]:
    from benchmarks.food_permit import food_permit, with_simpy, without_queues

    model = food_permit()
    play = with_simpy if name == "simpy" else without_queues
    seconds, found = _timed(lambda: play(model, cases))
    return {"seconds": seconds, "mebibytes": _peak(), "hours": found.hours}


def _timed(do: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    result = do()
    return time.process_time() - start, result


def _peak() -> float:
    """The most memory this process has had, in MiB; `ru_maxrss` would begin with that of the one that started it."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    given, number = sys.argv[1], int(sys.argv[2])
    sys.stdout.write(json.dumps(_simulate(number) if given == "simulate" else _peer(given, number)))
