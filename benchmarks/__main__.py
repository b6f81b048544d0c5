"""Print the table of all benchmarks; exit 1 where one misses what it has to reach.

Where a peer is missing its rows have no figure and say so instead of what is to be reached.
"""

import math
import sys
from importlib import import_module
from pathlib import Path


def main() -> int:
    """Measure and print, one module after the other."""
    missed = 0
    for file in sorted(Path(__file__).parent.glob("bench_*.py")):
        for what, against, reach, found in import_module(f"benchmarks.{file.stem}").rows():
            is_missed = not _is_reached(reach, found)
            missed += is_missed
            mark = "  missed" if is_missed else ""
            figure = "skipped" if math.isnan(found) and not is_missed else f"{found:,.4g}"
            sys.stdout.write(f"{what:52}{against:23}{figure:>12}   {reach}{mark}\n")
            sys.stdout.flush()
    return 1 if missed else 0


def _is_reached(reach: str, found: float) -> bool:
    """Whether a figure is at least or at most what it has to be; what is only "about" something is read by people."""
    sign, _, bound = reach.partition(" ")
    if sign == "≥":
        return found >= float(bound)
    return sign != "≤" or found <= float(bound)


if __name__ == "__main__":
    sys.exit(main())
