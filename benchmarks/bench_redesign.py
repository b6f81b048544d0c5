"""The search for the best set of moves: how fast sets are weighed, and what it finds beside plainer ways.

Figures are CPU seconds of one core, the kernel compiled before. The candidates of the first row are the sets of ten
automations of the procedure of the benchmarks (16 tasks, 6 departments), each weighed with 10,000 cases; a tenth of
them is weighed and counted tenfold. optimos_v2 publishes 0.25 to 5.4 seconds a candidate, 250 to 5,400 for as many.
"""

import gc
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from time import process_time

from analysis.findings import find
from analysis.simulation import warm
from benchmarks.bench_find import annotated
from benchmarks.food_permit import food_permit
from benchmarks.measuring import Row
from bpmn import build, gives, needs, write
from bpmn.annotation import GovStep
from bpmn.check import check
from bpmn.model import Model
from bpmn.read import read
from redesign import Weighed, measured, search
from redesign.move import Move, move_of
from redesign.moves import apply
from redesign.prove import prove
from redesign.scales import Scales
from redesign.shapley import shapley

_LIBRARY = Path(__file__).parents[1] / "flows" / "business-start-up" / "as-is.bpmn"
_WEIGHED, _OF = 100, 1_000


def rows() -> list[Row]:
    """Measure every row."""
    warm()
    model = read(_LIBRARY)
    begun = process_time()
    findings = measured(model, find(model))
    saved = process_time() - begun
    begun = process_time()
    found = search(model, findings=findings)
    searched = process_time() - begun
    begun = process_time()
    shapley(model, found.best.moves)
    split = process_time() - begun
    return [
        (
            "1,000 redesigns of 16 tasks x 10,000 cases, s",
            "optimos_v2: 250-5,400",
            "≤ 90",
            _candidates(),
        ),
        ("savings of the findings of 企业开办, s", "", "≤ 2", saved),
        ("best set of moves of 企业开办, s", "", "≤ 10", searched),
        ("its saving split over its moves, s", "", "≤ 5", split),
        ("time cut, a small permit", "every set", "≥ 0.999", _beside_every_set()),
        (
            "time cut of 企业开办",
            "one after another",
            "≥ 1",
            _beside_greedy(model, found.best),
        ),
        ("prove: 540 nodes, one redesign of many", "check of the same file", "≤ 3", _proving(is_known=True)),
        ("prove: 540 nodes, both files new", "check of the same file", "≤ 3", _proving(is_known=False)),
    ]


def _proving(*, is_known: bool) -> float:
    """The time to prove a redesign over the time to check its file, without the collection of garbage; best of five.

    In a search the procedure before is known; where two files are compared both sides are new.
    """
    data = write(annotated(540))
    known = read(data)
    prove(known, known)
    proved, checked = [], []
    gc.disable()
    for _ in range(5):
        before, after, alone = known if is_known else read(data), read(data), read(data)
        begun = process_time()
        prove(before, after)
        proved.append(process_time() - begun)
        begun = process_time()
        check(alone)
        checked.append(process_time() - begun)
        gc.collect()
    gc.enable()
    return min(proved) / min(checked)


def _candidates() -> float:
    """Seconds to make and weigh a thousand redesigns of the procedure of the benchmarks."""
    model = food_permit()
    steps = [node.id for node in model.nodes if node.is_step and not node.is_automatic][:10]
    sets = [frozenset(few) for size in range(len(steps) + 1) for few in combinations(steps, size)]
    begun = process_time()
    scales = Scales(model, cases=10_000)
    for few in sets[:: len(sets) // _WEIGHED][:_WEIGHED]:
        scales.weigh(_automated(model, few))
    return (process_time() - begun) * _OF / _WEIGHED


def _automated(model: Model, steps: frozenset[str]) -> Model:
    """The procedure with no person at these steps."""
    nodes = (
        node.evolve(step=replace(node.step or GovStep(), automatic=True)) if node.id in steps else node
        for node in model.nodes
    )
    return model.evolve(nodes=tuple(nodes))


def _small() -> Model:
    """A permit whose moves hinder each other, without queues: all its times are exact."""
    builder = build("permit").lane("a", level="county").start()
    builder.step("accept", kind="accept", work="PT1H", materials=[needs("id"), gives("form")])
    for number in range(2):
        builder.step(f"forward{number}", kind="forward", work="PT2H")
    builder.lane("b", level="county")
    for number, hours in enumerate((3, 5, 4)):
        builder.step(f"check{number}", kind="check", purpose=f"p{number % 2}", work=f"PT{hours}H", wait="P1D")
    return builder.step("decide", kind="decide", work="PT1H").end().model


def _beside_every_set() -> float:
    """What the search cuts, as a share of what the best of all sets cuts."""
    model = _small()
    scales, moves = Scales(model), _usable(model)
    every = (few for size in range(len(moves) + 1) for few in combinations(moves, size))
    return (search(model).best.saving.elapsed_working_s or 0.0) / max(_saved(scales, few) for few in every)


def _beside_greedy(model: Model, found: Weighed) -> float:
    """What the search cuts, as a share of what is cut by adding always the move that adds most."""
    ranking, deciding = Scales(model, cases=1_000), Scales(model, cases=10_000)
    chosen: list[Move] = []
    left = _usable(model)
    while left:
        best = max(left, key=lambda move: _saved(ranking, [*chosen, move]))
        if _saved(ranking, [*chosen, best]) <= _saved(ranking, chosen):
            break
        chosen.append(best)
        left.remove(best)
    return (found.saving.elapsed_working_s or 0.0) / _saved(deciding, chosen)


def _usable(model: Model) -> list[Move]:
    sure = [finding for finding in find(model) if finding.sure and not finding.protected]
    return [move for move in map(move_of, sure) if move is not None and not move.move.startswith("assign")]


def _saved(scales: Scales, moves: list[Move] | tuple[Move, ...]) -> float:
    """The seconds a set saves; none where it worsens something or is not proved."""
    after = apply(scales.model, moves).model
    weight = scales.weigh(after)
    saved = weight.saving.elapsed_working_s or 0.0
    return 0.0 if weight.worsens or (saved > 0.0 and not prove(scales.model, after).holds) else saved
