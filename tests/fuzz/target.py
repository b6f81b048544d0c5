"""One fuzzing run over one reader: `python -m tests.fuzz.target NAME FOLDER SECONDS`.

Coverage guides which bytes are kept in the folder. Half of the new ones are made by the accidents of
`tests.hostile.mutations`, which keep most of a file in shape, the others by the fuzzer's own flips. It stops at the
first input that breaks a promise and saves it as crash-… beside the folder.
"""

import random
import sys
from collections.abc import Callable

import atheris

with atheris.instrument_imports(include=["bpmn"]):
    from tests.hostile import promises

from tests.hostile.mutations import mutate

TARGETS: dict[str, Callable[[bytes], object]] = {
    "file": promises.keeps_file,
    "drawing": promises.keeps_drawing,
    "decisions": promises.keeps_decisions,
    "expression": promises.keeps_expression,
}
#: Longest input, seconds and megabytes one input may take.
LONGEST, SECONDS, MEGABYTES = 20_000, 20, 1_024


def _mutated(data: bytes, longest: int, seed: int) -> bytes:
    chance = random.Random(seed)
    if chance.random() < 0.5:
        return mutate(data, chance)[:longest]
    changed: bytes = atheris.Mutate(data, longest)
    return changed


def main(name: str, folder: str, seconds: str) -> None:
    """Fuzz one target; does not come back."""
    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", f"-timeout={SECONDS}"]
    options += [f"-rss_limit_mb={MEGABYTES}", f"-artifact_prefix={folder}/../{name}-", "-print_final_stats=1"]
    mutator = {} if name == "expression" else {"custom_mutator": _mutated}
    atheris.Setup([sys.argv[0], *options, folder], TARGETS[name], **mutator)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:4])
