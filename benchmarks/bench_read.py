"""Reading and checking: files of other tools beside an engine's parser, all files in one call, and growth.

CPU time, the best of several runs in turn. The rows over public files need them beside this checkout.
"""

import gc
import resource
import subprocess
import sys
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time

from benchmarks.bench_soundness import gateways
from benchmarks.measuring import Row, best_seconds
from bpmn import Model, UnreadableFile, build, read, write
from bpmn.check import check
from zaizao.cli import COLLECTED

_FILES = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
_NONE = float("nan")
#: Every so many files are checked in a call of their own.
_SAMPLED = 25


def rows() -> list[Row]:
    """Measure every row, with garbage looked for as often as the commands do."""
    gc.set_threshold(*COLLECTED)
    mixed = write(gateways(270))
    seconds = {nodes: (best_seconds(partial(read, data), runs=3), _checking(data)) for nodes, data in _growing()}
    small, middle, large = seconds.values()
    return [
        ("read and check a file of another tool, median", "SpiffWorkflow's parser", "≤ 1", _beside_spiff()),
        ("check beside reading, 540 nodes mixed, ms", "none", "≤ 20", 1e3 * _checking(mixed)),
        ("all files in one call", "sum of single calls", "≤ 0.3", _together()),
        ("read: 1,000 → 10,000 nodes", "itself", "≤ 12", middle[0] / small[0]),
        ("read: 10,000 → 50,000 nodes, per factor 10", "itself", "≤ 12", _per_ten(large[0] / middle[0])),
        ("check: 1,000 → 10,000 nodes", "itself", "≤ 12", middle[1] / small[1]),
        ("check: 10,000 → 50,000 nodes, per factor 10", "itself", "≤ 12", _per_ten(large[1] / middle[1])),
    ]


def _per_ten(growth: float) -> float:
    """What a growth by five is for a growth by ten."""
    return float(growth ** (1 / 0.69897))


def _growing() -> list[tuple[int, bytes]]:
    return [(nodes, write(permits(nodes))) for nodes in (1_000, 10_000, 50_000)]


def permits(nodes: int) -> Model:
    """Annotated steps of four units in a row, a choice and a parallel block after every ten."""
    builder = build("permits", legal_limit=20, arrivals_per_day=5).start("s")
    for block in range(nodes // 16):
        builder.lane(f"科室{block % 4}", staff=2)
        for place in range(6):
            builder.step(f"t{block}_{place}", name=f"第{place}项", work="PT10M", wait="PT1H", kind="check")
        builder.exclusive(f"x{block}").branch(0.3).step(f"a{block}").branch(0.7).step(f"b{block}").join(f"y{block}")
        builder.parallel(f"p{block}").branch().step(f"c{block}").branch().step(f"d{block}").join(f"q{block}")
        builder.step(f"e{block}").step(f"f{block}")
    return builder.end("z").model


def _check(path: Path) -> None:
    check(read(path))


def _checking(data: bytes) -> float:
    """Seconds of checking a model nobody looked at before: what is worked out once for a model counts."""
    found = []
    for _ in range(3):
        model = read(data)
        begun = process_time()
        check(model)
        found.append(process_time() - begun)
    return min(found)


def _files() -> list[Path]:
    return sorted(path for path in _FILES.rglob("*") if path.suffix in (".bpmn", ".xml") and path.is_file())


def _beside_spiff() -> float:
    """The median over the files the engine can parse of our seconds over its."""
    try:
        from SpiffWorkflow.bpmn.parser import BpmnParser
    except ImportError:
        return _NONE

    def parse(path: Path) -> None:
        parser = BpmnParser()
        parser.add_bpmn_file(str(path))
        parser.find_all_specs()

    ratios = []
    for path in _files():
        try:
            parse(path)
            ours, theirs = best_seconds(partial(_check, path), runs=3), best_seconds(partial(parse, path), runs=3)
        except UnreadableFile:
            continue
        except Exception:  # whatever keeps the other parser from a file, it is not measured on it
            continue
        ratios.append(ours / theirs)
    return median(ratios) if ratios else _NONE


def _together() -> float:
    """CPU seconds of one call with all files over those of a call each, which every so many stand for."""
    files = _files()
    if not files:
        return _NONE
    alone = [_seconds(path) for path in files[::_SAMPLED]]
    return _seconds(*files) / (sum(alone) / len(alone) * len(files))


def _seconds(*files: Path) -> float:
    command = str(Path(sys.executable).with_name("zaizao"))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([command, "check", *map(str, files)], check=False, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
