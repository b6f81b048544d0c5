"""Run Prosimos once, in the interpreter it is installed in, and print what it took and found.

A JSON object comes in: the two files as text, the number of cases, the seed, the moment to begin at, and, where
they are given, the arrivals in seconds after it. One goes out: CPU seconds without imports, and the elapsed hours of
each case.
"""

import contextlib
import json
import random
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from time import process_time
from typing import Any


def run(given: dict[str, Any]) -> dict[str, Any]:
    """Simulate what is given; no log is kept."""
    numpy, engine = import_module("numpy"), import_module("prosimos.simulation_engine")
    random.seed(given["seed"])
    numpy.random.seed(given["seed"])
    with tempfile.TemporaryDirectory() as folder:
        flow, parameters = Path(folder, "flow.bpmn"), Path(folder, "parameters.json")
        flow.write_text(given["flow"], encoding="utf-8")
        parameters.write_text(given["parameters"], encoding="utf-8")
        begin = process_time()
        found = engine.run_simulation(
            str(flow),
            str(parameters),
            given["cases"],
            starting_at=given["start"],
            fixed_arrival_times=given["arrivals"],
        )
        seconds = process_time() - begin
    info = found[1] if isinstance(found, tuple) else found.log_info
    hours = [(case.completed_at - case.started_at).total_seconds() / 3600 for case in info.trace_list]
    return {"seconds": seconds, "hours": hours}


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        result = run(json.load(sys.stdin))
    sys.stdout.write(json.dumps(result))
