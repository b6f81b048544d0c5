"""`parallelise`: independent steps in a row are done at once, between a parallel split and its join."""

from __future__ import annotations

from itertools import combinations

from analysis.findings import Subject
from bpmn.model import Model
from redesign.change import Change
from redesign.errors import CannotMove
from redesign.move import Move
from redesign.moves.conditions import keeps_outcomes, turns_down
from redesign.moves.segments import refuse_ties, segments, single_entry


def parallelise(subject: Subject, move: Move) -> Model:
    """Put each step of the row, with what follows it in the row, on a branch of its own."""
    row = [step for step in move.steps if step in subject.model.node]
    if len(row) < 2:
        raise CannotMove("nothing-left", steps=list(move.steps))
    for first, second in combinations(row, 2):
        if not subject.relations.independent(first, second).holds:
            raise CannotMove("dependent", first=first, second=second)
    change = Change(subject.model)
    single_entry(change, row[0])
    parts = segments(change, row)
    for one, other in combinations(parts, 2):
        refuse_ties(subject, one, other)
    split = change.gateway("parallelGateway", row[0], f"Split_{row[0]}")
    join = change.gateway("parallelGateway", row[-1], f"Join_{row[-1]}")
    entering = change.incoming(row[0])[0]
    after = change.flows[parts[-1].onward].target
    change.lead(entering.id, target=split)
    for part in parts:
        change.connect(split, part.step)
        change.lead(part.onward, target=join)
    change.connect(join, after)
    _unite(change, split, join)
    model = change.model
    if any(turns_down(subject, step) for step in row):
        keeps_outcomes(subject, model, row[0])
    return model


def _unite(change: Change, split: str, join: str) -> None:
    """Let a block of branches directly inside a branch of another block be branches of that one."""
    outer = change.incoming(split)[0]
    around = change.nodes[outer.source]
    onward = change.outgoing(join)[0]
    behind = change.nodes[onward.target]
    both = around.kind == behind.kind == "parallelGateway"
    if both and len(change.incoming(around.id)) == 1 and len(change.outgoing(behind.id)) == 1:
        for flow in change.outgoing(split):
            change.lead(flow.id, source=around.id)
        for flow in change.incoming(join):
            change.lead(flow.id, target=behind.id)
        change.cut(outer.id)
        change.cut(onward.id)
        change.drop(split)
        change.drop(join)
