"""Judging soundness, against reading the same file, and in milliseconds. CPU time, the best of several runs."""

from collections.abc import Callable

from benchmarks.measuring import Row, best_seconds
from bpmn import Model, read, write
from bpmn.build import Builder, build
from bpmn.check.soundness import soundness
from bpmn.control_flow import control_flow


def rows() -> list[Row]:
    """Measure every row."""
    wide, mixed, broken = branches(500), gateways(500), crossed(180)
    return [
        ("sound: 20 parallel branches, ms", "none", "≤ 1", 1e3 * judging(branches(20))),
        ("sound: 50 gateways mixed, ms", "none", "≤ 1", 1e3 * judging(gateways(50))),
        ("sound: 500 parallel branches", "reading the file", "≤ 1", judging(wide) / reading(wide)),
        ("sound: 500 gateways mixed", "reading the file", "≤ 1", judging(mixed) / reading(mixed)),
        ("sound: 540 nodes of gateways mixed, ms", "none", "≤ 20", 1e3 * judging(gateways(270))),
        ("unsound: two crossing branches, 724 nodes, ms", "none", "≤ 200", 1e3 * judging(broken)),
    ]


def branches(number: int) -> Model:
    """One parallel block of that many branches."""
    builder = build("wide").start("s").parallel("a")
    for place in range(number):
        builder.branch().step(f"t{place}")
    return builder.join("j").end("e").model


def gateways(number: int) -> Model:
    """Blocks of two branches in a row, exclusive, parallel and inclusive in turn: that many gateways."""
    builder = build("mixed").start("s")
    for place in range(number // 2):
        opened: list[Callable[..., Builder]] = [builder.exclusive, builder.parallel, builder.inclusive]
        opened[place % 3](f"g{place}").branch().step(f"t{place}").branch().step(f"u{place}").join(f"j{place}")
    return builder.end("e").model


def crossed(number: int) -> Model:
    """Two parallel branches that jump over to each other at every step: nothing folds, and it is not sound."""
    builder = build("crossed").node("s", "startEvent").node("e", "endEvent")
    builder.node("A", "parallelGateway").node("J", "parallelGateway").flow("s", "A").flow("J", "e")
    for place in range(number):
        for side in "lr":
            builder.node(f"x{side}{place}", "exclusiveGateway").node(f"t{side}{place}")
    for side, other in ("lr", "rl"):
        before = "A"
        for place in range(number):
            gate, step = f"x{side}{place}", f"t{side}{place}"
            builder.flow(before, gate).flow(gate, step)
            if place:
                builder.flow(gate, f"x{other}{place - 1}")
            before = step
        builder.flow(before, "J")
    return builder.model


def judging(model: Model) -> float:
    """The CPU seconds of judging a model whose token game is known."""
    flow = control_flow(model)
    return best_seconds(lambda: list(soundness(model, flow)), runs=5)


def reading(model: Model) -> float:
    """The CPU seconds of reading the file of a model."""
    data = write(model)
    return best_seconds(lambda: read(data), runs=5)
