"""What the move of each finding saves when it is made alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import inf

from analysis.findings import Finding, Subject
from bpmn.model import Model
from redesign.errors import CannotMove
from redesign.move import move_of
from redesign.moves import MOVES
from redesign.scales import CASES, Scales, affordable

#: Findings that are measured: so many nodes together, and so many in any case.
_MOST_NODES, _FEWEST = 20_000, 6

#: Called with the number of findings measured and of all.
Progress = Callable[[int, int], None]


def measured(
    model: Model, findings: Iterable[Finding], *, cases: int = CASES, seed: int = 1, progress: Progress | None = None
) -> tuple[Finding, ...]:
    """Give each finding the saving of its own move, and sort them: what saves most comes first.

    A finding that is only shown, is protected, or whose move does not hold keeps none. Of procedures with very many
    nodes and findings only those are measured whose steps work and wait longest. Sorted by time, then by steps,
    materials and visits saved; what is measured comes before what is not, and equal ones stay in their order.
    """
    found, few = tuple(findings), affordable(model, cases)
    subject, scales = Subject(model), Scales(model, cases=few, seed=seed, warm_up=None if few == cases else few)
    chosen = _worth_measuring(subject, found)
    weighed: list[Finding] = []
    for number, finding in enumerate(found, 1):
        weighed.append(_measured(subject, scales, finding) if number - 1 in chosen else finding)
        if progress is not None:
            progress(number, len(found))
    return tuple(sorted(weighed, key=_most_first))


def _worth_measuring(subject: Subject, found: Sequence[Finding]) -> frozenset[int]:
    """The places of the findings to measure: all, or where that takes too long those that promise most."""
    places = [place for place, finding in enumerate(found) if move_of(finding) is not None and not finding.protected]
    most = max(_MOST_NODES // max(len(subject.model.nodes), 1), _FEWEST)
    if len(places) > most:

        def seconds(place: int) -> float:
            times = [subject.clocks.times(subject.node(step)) for step in found[place].steps]
            return sum(one.work.mean + one.wait.mean for one in times)

        places.sort(key=seconds, reverse=True)
    return frozenset(places[:most])


def _measured(subject: Subject, scales: Scales, finding: Finding) -> Finding:
    move = move_of(finding)
    if move is None:
        return finding
    try:
        after = MOVES[move.move](subject, move)
    except CannotMove:
        return finding
    return finding.evolve(saving=scales.with_work(after, scales.saved(after)))


def _most_first(finding: Finding) -> tuple[float, ...]:
    saving = finding.saving
    if saving is None:
        return (inf, 0, 0, 0)
    time = saving.elapsed_working_s
    return (inf if time is None else -round(time, 3), -saving.steps, -saving.materials, -saving.visits)
