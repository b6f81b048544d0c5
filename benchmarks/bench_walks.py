"""Random walks: the engine beside the oracle of the tests, every case dropped and restored after each step."""

from collections.abc import Iterator
from importlib import import_module

WALKS = 1_000
FIRST = 5_000


def rows() -> Iterator[tuple[str, str, str, float]]:
    """How many walks of a thousand disagree."""
    walks = import_module("tests.engine.walking").walks
    _, faults = walks(import_module("tests.engine.random_cases").random_model, range(FIRST, FIRST + WALKS))
    yield f"{WALKS:,} random walks that disagree", "a second kernel", "≤ 0", float(len(faults))
