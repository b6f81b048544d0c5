"""Whether anybody has to wait for people: then what is exact without queues is only the least a case can take."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from analysis.timing.structure import Obstacle, Structure
from bpmn.block import Block, Inclusive, Leaf, Parallel, Rest, fold

#: The most people of each unit, by its key, that one case can keep busy at once.
Busy = Mapping[str, float]


def queues(structure: Structure) -> tuple[Obstacle, ...]:
    """The units whose people may have to be waited for, in the order of the file.

    Where cases arrive they meet at every unit with a number of people. Where they never meet, a case can only be in its
    own way: with more branches at one unit than it has people.
    """
    model = structure.model
    limited = {unit.key: unit for unit in model.units if unit.staff is not None and not unit.applicant}
    if not limited or structure.pools.home < 0:
        return ()
    busy: Busy = dict.fromkeys(limited, math.inf) if model.procedure.arrivals_per_day else _busy(structure, limited)
    working = {
        model.unit_of[node].key
        for node in structure.met
        if node in model.unit_of and structure.times(node).is_hands_on and structure.times(node).work.mean
    }
    return tuple(
        Obstacle(reason="staff", element=unit.id)
        for key, unit in limited.items()
        if key in working and busy.get(key, 0) > (unit.staff or 0)
    )


def _busy(structure: Structure, limited: Mapping[str, object]) -> Busy:
    """How many people of each unit one case can keep busy at once."""
    called: dict[str, Busy] = {}

    def combine(block: Block, inside: Sequence[Busy]) -> Busy:
        if isinstance(block, Leaf):
            return _of_leaf(structure, limited, called, block.node)
        is_side_by_side = isinstance(block, Parallel | Inclusive) or (
            isinstance(block, Rest) and block.kind != "exclusive"
        )
        found: dict[str, float] = {}
        for busy in inside:
            for unit, people in busy.items():
                known = found.get(unit, 0)
                found[unit] = known + people if is_side_by_side else max(known, people)
        return found

    for process in structure.calls or ():
        called[process] = fold(structure.pools.called[process], combine)
    return fold(structure.tree, combine)


def _of_leaf(structure: Structure, limited: Mapping[str, object], called: Mapping[str, Busy], name: str) -> Busy:
    node = structure.model.node.get(name)
    if node is None:
        return {}
    if node.called in called:
        return called[node.called]
    unit = structure.model.unit_of.get(name)
    times = structure.times(name)
    if unit is None or unit.key not in limited or not times.is_hands_on or not times.work.mean:
        return {}
    return {unit.key: math.ceil(times.rounds) if times.is_parallel else 1}
