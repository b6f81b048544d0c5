"""How laying out grows with the model, beside itself ten times smaller; and a change redrawn beside a whole layout.

CPU time, the best of several runs; models of choices, parallel branches and loops over three lanes, always the same.
"""

import random
from functools import partial

from benchmarks.measuring import Row, best_seconds
from bpmn.build import build
from bpmn.drawing import draw
from bpmn.layout import complete, lay_out, redraw
from bpmn.model import Model, Node, Process

_LANES = ("综合窗口", "审批科", "现场科")


def rows() -> list[Row]:
    """Measure every row."""
    models = {count: blocks(count) for count in (1_000, 10_000, 50_000)}
    seconds = {count: best_seconds(partial(complete, model), runs=3) for count, model in models.items()}
    tenth = 50_000 / 10_000
    drawn = lay_out(models[1_000])
    changed = drawn.evolve(nodes=tuple(node.evolve(name="改") if node.id == "s1" else node for node in drawn.nodes))
    lone = Model(
        processes=(Process(id="p"),),
        nodes=tuple(Node(id=f"n{number}", kind="task", process="p") for number in range(100_000)),
    )
    return [
        ("lay out 1,000 nodes, ms", "", "≤ 300", 1000 * seconds[1_000]),
        ("lay out 10,000 nodes", "1,000 nodes", "≤ 15", seconds[10_000] / seconds[1_000]),
        ("lay out 50,000 nodes, per factor 10", "10,000 nodes", "≤ 15", seconds[50_000] / seconds[10_000] * 10 / tenth),
        ("lay out 100,000 tasks without flows, s", "", "≤ 10", best_seconds(partial(complete, lone), runs=1)),
        (
            "redraw a change in 1,000 nodes",
            "lay it out",
            "≤ 3",
            best_seconds(partial(redraw, drawn, changed), runs=1) / seconds[1_000],
        ),
        ("draw 1,000 nodes as SVG", "lay it out", "≤ 2", best_seconds(partial(draw, drawn), runs=1) / seconds[1_000]),
    ]


def blocks(count: int) -> Model:
    """A model of about that many nodes: choices, parallel branches and loops in a row, over three lanes."""
    chance = random.Random(count)
    builder = build("p").pool("单位").lane(_LANES[0]).start("start")
    made, number = 0, 0
    while made < count:
        number += 1
        builder.lane(chance.choice(_LANES))
        split = (builder.parallel if number % 2 else builder.exclusive)(f"g{number}")
        branches = chance.randint(2, 4)
        for branch in range(branches):
            split.branch(None if number % 2 else 1 / branches)
            for place in range(chance.randint(1, 3)):
                builder.step(f"s{number}_{branch}_{place}", name="核对申请材料")
                made += 1
        split.join(f"j{number}")
        made += 2
        if number % 7 == 0:
            builder.exclusive(f"more{number}").branch(0.1).to(f"g{number}").branch(0.9).close()
            made += 1
    return builder.end("end").model
