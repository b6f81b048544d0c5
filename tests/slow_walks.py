"""Walk through thousands of random models, the engine beside the oracle, restoring the case after every step.

`python -m tests.slow_walks [WALKS] [FIRST]` prints how the walks ended and each disagreement with its seed.
"""

import sys
from time import perf_counter

from tests.engine.random_cases import random_model
from tests.engine.walking import walks

BATCH = 500


def main(count=2_000, first=1_000):
    begun, faults, ends = perf_counter(), [], {}
    for start in range(first, first + count, BATCH):
        found, wrong = walks(random_model, range(start, min(start + BATCH, first + count)))
        faults += wrong
        for end, number in found.items():
            ends[end] = ends.get(end, 0) + number
    told = ", ".join(f"{number} {end}" for end, number in sorted(ends.items()))
    seconds = perf_counter() - begun
    lines = [f"{count} walks from seed {first} in {seconds:.0f} s: {told}; {len(faults)} disagreements", *faults[:20]]
    sys.stdout.write("\n".join(lines) + "\n")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
