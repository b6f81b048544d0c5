"""By which arcs of an inclusive join a token can still come: found once, before a run.

For every inclusive join and every operation: the arcs into the join that a token at the operation can take without
passing the join before. A token inside a sub-process is taken to be at the sub-process, and can leave it by the events
on its border too.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from analysis.errors import RunTooLarge
from analysis.simulation import layout as at
from analysis.simulation.tables import Table

#: Inclusive joins times operations.
_MOST = 10_000_000


def reach_of(op: Table, arc: Table, exits: Mapping[int, Sequence[int]]) -> Table:
    """The arcs into each inclusive join, as bits, for each operation; `exits` are further arcs out of operations.

    Raises RunTooLarge.
    """
    joins = [number for number, row in enumerate(op) if row[at.OP_KIND] == at.GATHER]
    if len(joins) * len(op) > _MOST:
        raise RunTooLarge
    before: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for number, row in enumerate(op):
        own = range(row[at.OP_ARC], row[at.OP_ARC_END]) if row[at.OP_KIND] not in (at.THROW, at.WATCH) else ()
        for out in (*own, *exits.get(number, ())):
            before[int(arc[out, at.ARC_TARGET])].append((number, int(arc[out, at.ARC_COUNTER])))
    reach = np.zeros((max(len(joins), 1), len(op)), np.int64)
    for row, join in enumerate(joins):
        for number in {counter for _, counter in before[join]}:
            first = [source for source, counter in before[join] if counter == number]
            for source in _leading(before, first, join):
                reach[row, source] |= 1 << number
    return reach


def _leading(before: Mapping[int, Sequence[tuple[int, int]]], first: Sequence[int], join: int) -> set[int]:
    """The operations that lead to some others without passing the join."""
    found, waiting = set(first), [source for source in first if source != join]
    while waiting:
        for source, _ in before.get(waiting.pop(), ()):
            if source not in found:
                found.add(source)
                if source != join:
                    waiting.append(source)
    return found
