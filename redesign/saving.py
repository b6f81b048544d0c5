"""What the move of each finding saves when it is made alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import inf

from analysis.findings import Finding, Subject
from bpmn.model import Model
from redesign.errors import CannotMove
from redesign.move import move_of
from redesign.moves import MOVES
from redesign.scales import CASES, Scales

#: Called with the number of findings measured and of all.
Progress = Callable[[int, int], None]


def measured(
    model: Model, findings: Iterable[Finding], *, cases: int = CASES, seed: int = 1, progress: Progress | None = None
) -> tuple[Finding, ...]:
    """Give each finding the saving of its own move, and sort them: what saves most comes first.

    A finding that is only shown, is protected, or whose move does not hold keeps none. Sorted by time, then by steps,
    materials and visits saved; what is measured comes before what is not, and equal ones stay in their order.
    """
    found = tuple(findings)
    subject, scales = Subject(model), Scales(model, cases=cases, seed=seed)
    weighed: list[Finding] = []
    for number, finding in enumerate(found, 1):
        weighed.append(_measured(subject, scales, finding))
        if progress is not None:
            progress(number, len(found))
    return tuple(sorted(weighed, key=_most_first))


def _measured(subject: Subject, scales: Scales, finding: Finding) -> Finding:
    move = move_of(finding)
    if move is None or finding.protected:
        return finding
    try:
        after = MOVES[move.move](subject, move)
    except CannotMove:
        return finding
    return finding.evolve(saving=scales.saved(after))


def _most_first(finding: Finding) -> tuple[float, ...]:
    saving = finding.saving
    if saving is None:
        return (inf, 0, 0, 0)
    time = saving.elapsed_working_s
    return (inf if time is None else -round(time, 3), -saving.steps, -saving.materials, -saving.visits)
