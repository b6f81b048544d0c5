"""`reorder-checks`: the check that turns down most cases for its work comes first, each with its gateway."""

from __future__ import annotations

from itertools import pairwise

from analysis.findings import Subject
from analysis.findings.late_knockout import knockout_gateway
from bpmn.model import Model
from redesign.change import Change
from redesign.errors import CannotMove
from redesign.move import Move
from redesign.moves.segments import segments, single_entry


def reorder_checks(subject: Subject, move: Move) -> Model:
    """Do the checks of the row in the order the finding names."""
    row = [step for step in move.steps if step in subject.model.node]
    order = [step for step in move.details["order"] if step in subject.model.node]
    if len(row) < 2 or row == order:
        raise CannotMove("nothing-left", steps=list(move.steps))
    gateways = frozenset(filter(None, (knockout_gateway(subject, step) for step in row)))
    place = {step: number for number, step in enumerate(order)}
    for number, first in enumerate(row):
        for second in row[number + 1 :]:
            swaps = place[second] < place[first]
            if swaps and not _can_swap(subject, first, second, gateways):
                raise CannotMove("dependent", first=first, second=second)
    change = Change(subject.model)
    single_entry(change, row[0])
    parts = {part.step: part for part in segments(change, row, through=gateways)}
    entering = change.incoming(row[0])[0]
    after = change.flows[parts[row[-1]].onward].target
    change.lead(entering.id, target=order[0])
    for first, second in pairwise(order):
        change.lead(parts[first].onward, target=second)
    change.lead(parts[order[-1]].onward, target=after)
    return change.model


def _can_swap(subject: Subject, first: str, second: str, gateways: frozenset[str]) -> bool:
    """Whether two checks of the row hang on each other by nothing but the gateways that move with them."""
    tie = subject.relations.independent(first, second)
    between = subject.relations.between(first, second)
    others = {element for element in between if subject.model.node[element].is_gateway} - gateways
    return tie.holds or (tie.why == "routes-on-first" and not others)
