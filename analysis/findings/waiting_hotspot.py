"""`waiting-hotspot`: after a hand-over a case waits for more than a third of the time the whole procedure takes.

Where nobody queues, waits are what the file says, and a case takes at least what the longest of its branches take on
average; where no wait reaches a third of that, nothing is simulated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from analysis.errors import AnalysisError
from analysis.findings.finding import Finding, Missing
from analysis.findings.subject import Subject
from analysis.measure import TimeResult
from analysis.time import time
from analysis.timing.structure import Irreducible, Structure
from analysis.timing.visits import visits
from bpmn.block import Block, Exclusive, Frame, Inclusive, Leaf, Loop, Parallel, Rest, fold
from bpmn.model import Node

#: The share of mean elapsed working time that is strictly exceeded.
SHARE = 1 / 3
#: How far below the mean the least time may be taken, so that nothing is missed.
_CAUTION = 0.8
#: Cases simulated where nobody hands in a result; fewer of very large procedures.
_CASES, _LEAST_CASES, _MOST_STEPS = 2_000, 100, 2_000_000


def waiting_hotspot(subject: Subject, times: TimeResult | None = None) -> Iterator[Finding]:
    """One finding for each first step after a change of unit at which a mean case waits that long.

    `times` is a measured result of the same model; without it a short simulation is made where one is needed.
    """
    if times is None and may_hold(subject):
        times = _measured(subject)
    whole = times.times.elapsed_working.mean if times is not None else None
    if times is None or not whole:
        return
    waits = {step.id: (step.wait or 0.0, step.queue or 0.0) for step in times.steps}
    for step in subject.steps:
        pace = subject.pace(step)
        wait, queue = (seconds * pace for seconds in waits.get(step, (0.0, 0.0)))
        if subject.stops_clock(step) or wait + queue <= SHARE * whole:
            continue
        units = dict.fromkeys(map(subject.unit_key, subject.came_from(step)))
        others = [unit for unit in units if unit and unit != subject.unit_key(step)]
        if others and subject.unit_key(step):
            yield Finding(
                finding="waiting-hotspot",
                steps=(step,),
                evidence={
                    "wait_s": wait,
                    "queue_s": queue,
                    "elapsed_working_s": whole,
                    "from": others,
                },
                missing=_suggested(subject, step),
            )


def may_hold(subject: Subject) -> bool:
    """Whether a wait after a hand-over may be long enough, told without simulating."""
    model = subject.model
    timed = [step for step in subject.steps if subject.node(step).times]
    if not timed:
        return False
    if model.procedure.arrivals_per_day and any(unit.staff is not None for unit in model.units):
        return True
    waiting = [step for step in timed if subject.node(step).time("wait") and not subject.stops_clock(step)]
    if not waiting:
        return False
    structure = subject.structure
    try:
        met: Mapping[str, float] = visits(structure).steps
    except Irreducible:
        return True
    bound = _CAUTION * SHARE * _Least(structure).seconds
    return any(_wait(structure, subject.node(step)) * met.get(step, 0.0) > bound for step in waiting)


def _wait(structure: Structure, node: Node) -> float:
    wait = structure.times(node.id).wait
    return wait.mean * wait.pace * structure.times(node.id).rounds


def _measured(subject: Subject) -> TimeResult | None:
    """Times of a short run; None where the procedure cannot be simulated."""
    cases = max(_LEAST_CASES, min(_CASES, _MOST_STEPS // max(1, len(subject.steps))))
    try:
        return time(subject.model, cases=cases)
    except AnalysisError:
        return None


def _suggested(subject: Subject, step: str) -> tuple[Missing, ...]:
    suggested = any(time.source == "suggested" for time in subject.node(step).times)
    return (Missing(element=step, annotation="time"),) if suggested else ()


class _Least:
    """What a mean case takes at least, in working seconds of the procedure.

    Of branches side by side the longer mean, of a choice the mean of its branches, of a loop all its rounds; of parts
    that are not nested, of steps that a timer may end and of called processes nothing.
    """

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        home = structure.pools.home
        self.seconds = fold(structure.tree, self._combine)[0] if home >= 0 else 0.0

    def _combine(self, block: Block, inside: Sequence[tuple[float, float]]) -> tuple[float, float]:
        """The seconds of a block, and the share of cases that leave it."""
        if isinstance(block, Leaf):
            return self._node(block.node)
        if isinstance(block, Exclusive):
            weights = self.structure.weights(block.node, [branch.flows for branch in block.branches])
            return _mean(weights, inside)
        if isinstance(block, Loop):
            return self._loop(block, inside)
        if isinstance(block, Parallel | Inclusive | Rest):
            longest = max((seconds for seconds, _ in inside), default=0.0) if isinstance(block, Parallel) else 0.0
            return longest, min((share for _, share in inside), default=1.0)
        seconds, left = 0.0, 1.0
        for taken, share in inside:
            seconds, left = seconds + left * taken, left * share
        if isinstance(block, Frame) and block.node in self.structure.racing:
            return 0.0, left
        return seconds, left

    def _node(self, name: str) -> tuple[float, float]:
        node = self.structure.model.node.get(name)
        if node is None or name in self.structure.racing or node.called in self.structure.model.process:
            return 0.0, 1.0
        times = self.structure.times(name)
        once = sum(part.mean * part.pace for part in (times.wait, times.work))
        rounds = 1.0 if times.is_parallel else times.rounds
        return once * rounds, 1.0 - self.structure.rejects(node)

    def _loop(self, block: Loop, inside: Sequence[tuple[float, float]]) -> tuple[float, float]:
        (body, stays), (back, returns) = inside
        again, _ = self.structure.weights(block.node, [block.back.flows, block.exits])
        left = max(1.0 - stays * again * returns, 1e-9)
        return (body + stays * again * back) / left, stays * (1.0 - again) / left


def _mean(weights: Sequence[float], inside: Sequence[tuple[float, float]]) -> tuple[float, float]:
    seconds = sum(weight * taken for weight, (taken, _) in zip(weights, inside, strict=True))
    return seconds, sum(weight * share for weight, (_, share) in zip(weights, inside, strict=True))
