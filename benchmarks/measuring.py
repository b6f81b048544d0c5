"""What every benchmark has in common: the rows of the table, and the least seconds of several runs."""

from collections.abc import Callable
from time import process_time

#: What was measured, against what, what is to be reached, and the measured figure.
Row = tuple[str, str, str, float]


def best_seconds(call: Callable[[], object], *, runs: int, clock: Callable[[], float] = process_time) -> float:
    """The seconds of the fastest of several runs, since other work on the machine can only make one slower."""
    found = []
    for _ in range(runs):
        begun = clock()
        call()
        found.append(clock() - begun)
    return min(found)
