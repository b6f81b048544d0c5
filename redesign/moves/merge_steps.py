"""`merge-steps`: two judgements of one post become one: the work is the sum, the wait the first's, papers united."""

from __future__ import annotations

from dataclasses import replace

from analysis.findings import Subject
from bpmn.annotation import GovStep, GovTime
from bpmn.model import Model, Node
from redesign.change import Change
from redesign.errors import CannotMove
from redesign.move import Move
from redesign.moves.remove_step import hand_rejects, near_gateways
from redesign.moves.sums import summed


def merge_steps(subject: Subject, move: Move) -> Model:
    """Let the first step of the row do the work of all of them."""
    row = [step for step in move.steps if step in subject.model.node]
    if len(row) < 2:
        raise CannotMove("nothing-left", steps=list(move.steps))
    if set(row) & subject.kept_apart:
        raise CannotMove("kept-apart", steps=row)
    demanded = [step for step in row if subject.is_mandatory(step)]
    if len(demanded) > 1:
        raise CannotMove("protected", steps=demanded)
    change = Change(subject.model)
    for step in row[1:]:
        _merge(subject, change, row[0], step)
    return change.model


def _merge(subject: Subject, change: Change, first: str, second: str) -> None:
    one, other = change.nodes[first], change.nodes[second]
    said = other.step or GovStep()
    change.set(
        first,
        times=_times(subject, one, other),
        materials=tuple(dict.fromkeys((*one.materials, *other.materials))),
        reads=tuple(dict.fromkeys((*one.reads, *other.reads))),
        writes=tuple(dict.fromkeys((*one.writes, *other.writes))),
        step=_step(one.step or GovStep(), said, second),
    )
    if said.rejects:
        hand_rejects(change, first, said.rejects)
    change.bypass(second)
    change.tidy(near_gateways(subject, second))


def _step(one: GovStep, other: GovStep, gone: str) -> GovStep:
    """What the merged step says: it decides where one did, else approves; the law's word stays."""
    kinds = (one.kind, other.kind)
    kind = next((kind for kind in ("decide", "approve") if kind in kinds), one.kind)
    demands = other if other.mandatory else one
    return replace(
        one,
        kind=kind,
        purpose=demands.purpose or one.purpose or other.purpose,
        mandatory=one.mandatory or other.mandatory,
        basis=demands.basis or one.basis or other.basis,
        post=one.post or other.post,
        visit=one.visit or other.visit,
        after=tuple(dict.fromkeys((*one.after, *other.after))),
        replaces=tuple(dict.fromkeys((*one.replaces, gone, *other.replaces))),
    )


def _times(subject: Subject, one: Node, other: Node) -> tuple[GovTime, ...]:
    """The work of both and the wait of the first."""
    wait = one.time("wait")
    unit = subject.unit(one.id)
    hours = unit.hours if unit is not None and unit.hours is not None else subject.model.procedure.hours
    times = [time for time in (one.time("work"), other.time("work")) if time is not None]
    natural = any(time.clock == "calendar" for time in times) or one.is_automatic
    day = 86_400.0 if natural else float(sum(end - start for start, end in hours))
    work = summed(one.time("work"), other.time("work"), day_seconds=day, week_days=7 if natural else 5)
    return tuple(time for time in (work, wait) if time is not None)
