"""What a command costs before it has done anything, against starting Python; CPU time of whole processes."""

import os
import resource
import subprocess
import sys
from pathlib import Path
from time import perf_counter

from benchmarks.measuring import Row, best_seconds

_FILE = Path(__file__).with_name("food-permit.bpmn")
_RUNS = 7


def rows() -> list[Row]:
    """Measure every row."""
    python = _seconds(sys.executable, "-c", "pass")
    command = str(Path(sys.executable).with_name("zaizao"))
    return [
        ("zaizao --help", "starting Python", "≤ 8", _seconds(command, "--help") / python),
        ("zaizao check FILE", "starting Python", "≤ 12", _seconds(command, "check", str(_FILE)) / python),
        ("zaizao time FILE, 10,000 cases, wall", "seconds, best of runs", "≤ 1.5", _wall(command, "time", str(_FILE))),
    ]


def _seconds(*command: str) -> float:
    """CPU seconds of a command, the least of some runs."""
    return min(_once(command) for _ in range(_RUNS))


def _once(command: tuple[str, ...]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _run(command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _wall(*command: str) -> float:
    """Seconds on the wall of a command, the least of some runs after one that warms the caches."""
    return best_seconds(lambda: _run(command), runs=_RUNS, clock=perf_counter)


def _run(command: tuple[str, ...]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "ZAIZAO_LANG": "en"})
