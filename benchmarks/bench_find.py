"""Finding what is redundant: against checking the same file, and how it grows. CPU time, the best of several runs."""

import gc
from collections.abc import Callable
from time import process_time

from analysis.findings import find
from benchmarks.measuring import Row
from bpmn import Model, read, write
from bpmn.build import Builder, build, gives, needs
from bpmn.check import check

#: Units that work on the annotated procedure.
UNITS = ("综合窗口", "市场监管局", "消防大队", "财政局")
#: Nodes of one part of it.
PART = 18


def rows() -> list[Row]:
    """Measure every row."""
    model, small, large = (read(write(annotated(nodes))) for nodes in (540, 1_000, 10_000))
    finding = _seconds(lambda: find(model))
    return [
        ("find: 540 nodes annotated", "check of the same file", "≤ 10", finding / _seconds(lambda: check(model))),
        ("find: 540 nodes annotated, seconds", "none", "≤ 0.3", finding),
        (
            "find: growth from 1,000 to 10,000 nodes",
            "itself",
            "≤ 15",
            _seconds(lambda: find(large), runs=2) / _seconds(lambda: find(small)),
        ),
    ]


def annotated(nodes: int) -> Model:
    """A procedure of about that many nodes, all of it annotated: parts in a row, each with every kind of block."""
    builder = build("permit", name="许可", lead=UNITS[0], legal_limit=nodes, promised_limit=nodes, limit_unit="workday")
    for unit in UNITS:
        builder.lane(unit, level="county")
    builder.lane(UNITS[0]).start("start").step("accept", kind="accept", work="PT10M")
    for number in range(max(1, nodes // PART)):
        _part(builder, number)
    return builder.lane(UNITS[0]).step("decide", kind="decide", work="PT1H").end("end").model


def _part(builder: Builder, n: int) -> None:
    """One part: a check that may send back, opinions side by side, a visit in one of two cases, two approvals."""
    builder.node(f"again{n}", "exclusiveGateway").to(f"again{n}").at(f"again{n}")
    builder.lane(UNITS[n % 4]).step(
        f"check{n}", kind="check", purpose=f"title{n}", work="PT30M", wait="PT2H", materials=[needs("申请表")]
    )
    builder.exclusive(f"complete{n}").branch(0.2).step(f"ask{n}", kind="notify", work="PT10M", wait="PT1H")
    builder.to(f"again{n}").branch(0.8).close()
    builder.parallel(f"side{n}")
    for side in range(2):
        unit = UNITS[(n + side) % 4]
        builder.branch().lane(unit).step(
            f"look{n}-{side}",
            kind="check",
            purpose=f"site{n}-{side}",
            work="PT1H",
            wait="PT4H",
            rejects=0.01,
            materials=[needs(f"图纸{n}-{side}"), gives(f"意见{n}-{side}")],
        )
    builder.join(f"sided{n}")
    builder.exclusive(f"risky{n}").branch(0.3).lane(UNITS[1]).step(
        f"visit{n}", kind="check", purpose=f"place{n}", visit=True, work="PT2H", wait="P1D", materials=[needs("执照")]
    ).branch(0.7).join(f"seen{n}")
    builder.lane(UNITS[2]).step(f"note{n}", kind="record", work="PT5M", materials=[gives(f"台账{n}")])
    opinions = [needs(f"意见{n}-{side}", origin="internal") for side in range(2)]
    builder.step(f"sum{n}", kind="check", purpose=f"all{n}", work="PT20M", materials=[*opinions, gives(f"报告{n}")])
    report = [needs(f"报告{n}", origin="internal")]
    builder.step(f"chief{n}", kind="approve", work="PT5M", wait="PT3H", limit=1, materials=report)
    builder.step(f"deputy{n}", kind="approve", work="PT5M", wait="PT3H", limit=1, materials=report)


def _seconds(call: Callable[[], object], *, runs: int = 5) -> float:
    """The CPU seconds of a call without the collection of garbage, as `timeit` measures; the best of several runs."""
    best = float("inf")
    gc.disable()
    for _ in range(runs):
        begin = process_time()
        call()
        best = min(best, process_time() - begin)
        gc.collect()
    gc.enable()
    return best
