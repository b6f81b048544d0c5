"""`merge-steps`: two judgements of one post become one: the work is the sum, the wait the first's, papers united."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from analysis.findings import Subject
from analysis.findings.subject import rank
from bpmn.annotation import GovMaterial, GovStep, GovTime
from bpmn.model import Model, Node
from redesign.change import Change
from redesign.errors import CannotMove
from redesign.move import Move
from redesign.moves.conditions import keeps_outcomes, keeps_papers, needed_from, turns_down
from redesign.moves.remove_step import hand_orders, hand_rejects, hears_from_office
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
        _may_join(subject, row, step)
        _merge(subject, change, row[0], step)
    model = change.model
    keeps_papers(subject, model, needed_from(subject, row[1:]))
    if any(turns_down(subject, step) for step in row):
        keeps_outcomes(subject, model, row[0])
    return model


def _may_join(subject: Subject, row: Sequence[str], step: str) -> None:
    """Refuse where a step cannot be done at the place of the first, or is not of its making."""
    first, related = row[0], subject.relations
    one, other = subject.node(first), subject.node(step)
    if subject.unit_key(first) != subject.unit_key(step) or _posts(subject, first, step) > 1:
        raise CannotMove("another-post", first=first, second=step)
    if one.loop or other.loop or one.scope != other.scope or one.is_automatic != other.is_automatic:
        raise CannotMove("unlike", first=first, second=step)
    if subject.said(first).clock_stop != subject.said(step).clock_stop:
        raise CannotMove("clock-stop", first=first, second=step)
    limits = {(subject.said(one).limit is None, subject.said(one).limit_unit) for one in (first, step)}
    if len(limits) > 1 and (False in {is_open for is_open, _ in limits}):
        raise CannotMove("limit", first=first, second=step)
    if not related.before(first, step) or not related.always_before(first, step):
        raise CannotMove("not-on-every-way", step=step)
    for place in related.between(first, step):
        if subject.stops_clock(place):
            raise CannotMove("clock-stop-between", step=place)
        if subject.catches_message(place) or _leads_back(subject, place, first):
            raise CannotMove("several-ways-on", step=place)
    _refuse_later_ties(subject, row, step)
    if subject.is_awaited(step) or hears_from_office(subject, step):
        raise CannotMove("awaited", step=step)
    if subject.model.boundary_events.get(first):
        raise CannotMove("has-events", step=first)


def _refuse_later_ties(subject: Subject, row: Sequence[str], step: str) -> None:
    """Refuse where a step waits for a paper or a step that comes between the first and it."""
    first, related = row[0], subject.relations
    for earlier in subject.said(step).after:
        if earlier in subject.model.node and earlier not in row and not related.always_before(earlier, first):
            raise CannotMove("legal-order", step=step, after=earlier)
    made = frozenset[str]().union(*(related.gives(earlier) for earlier in row[: row.index(step)]))
    there = related.available(first) | related.takes_in(first) | related.takes_in(step) | made
    lacking = (related.needs(step) & related.available(step)) - there
    if lacking:
        raise CannotMove("not-available", step=step, material=min(lacking))


def _posts(subject: Subject, first: str, second: str) -> int:
    return len({subject.model.post_of.get(step, "") for step in (first, second)} - {""})


def _leads_back(subject: Subject, place: str, first: str) -> bool:
    """Whether a choice between the two leads back to the first."""
    leaving = subject.model.outgoing[place]
    return len(leaving) > 1 and any(
        flow.target == first or subject.relations.later(flow.target, first) for flow in leaving
    )


def _merge(subject: Subject, change: Change, first: str, second: str) -> None:
    one, other = change.nodes[first], change.nodes[second]
    said = other.step or GovStep()
    change.set(
        first,
        name=_name(one.name, other.name),
        times=_times(subject, one, other),
        materials=_materials(one, other),
        step=_step(one.step or GovStep(), said, (first, second)),
    )
    given = {data.id for data in subject.model.data if data.name in subject.relations.gives(first)}
    change.read_too(first, second)
    change.set(first, reads=tuple(item for item in change.nodes[first].reads if item not in given or item in one.reads))
    change.write_too(first, second)
    if said.rejects:
        hand_rejects(change, first, said.rejects)
    hand_orders(subject, change, second, first)
    for message in change.messages_of(second):
        change.lead_message(message, **_ends(subject, message, first, second))
    near = change.near(second)
    change.bypass(second)
    change.tidy(near)


def _ends(subject: Subject, message: str, first: str, second: str) -> dict[str, str]:
    known = next(flow for flow in subject.model.message_flows if flow.id == message)
    return {"source": first} if known.source == second else {"target": first}


def _name(one: str, other: str) -> str:
    """The name of both, where they have two."""
    if not other or other in one:
        return one
    if not one or one in other:
        return other
    return f"{one}、{other}" if any(ord(letter) > 0x2E80 for letter in one + other) else f"{one}, {other}"


def _materials(one: Node, other: Node) -> tuple[GovMaterial, ...]:
    """The papers of both, each once; what one gives to the other stays on the desk."""
    known = {(item.name, item.use) for item in one.materials}
    given = {item.name for item in one.materials if item.use == "gives"}
    added = (
        item
        for item in other.materials
        if (item.name, item.use) not in known and not (item.use == "needs" and item.name in given)
    )
    return (*one.materials, *added)


def _step(one: GovStep, other: GovStep, joined: tuple[str, str]) -> GovStep:
    """What the merged step says: it decides where one did, else approves; the law's word stays."""
    kinds = (one.kind, other.kind)
    kind = next((kind for kind in ("decide", "approve") if kind in kinds), one.kind)
    demands = other if other.mandatory else one
    return replace(
        one,
        kind=kind,
        purpose="；".join(dict.fromkeys((*one.purposes, *other.purposes))),
        level=max(one.level, other.level, key=rank),
        mandatory=one.mandatory or other.mandatory,
        basis="；".join(dict.fromkeys(filter(None, (demands.basis, one.basis, other.basis)))),
        post=one.post or other.post,
        visit=one.visit or other.visit,
        archive=one.archive or other.archive,
        **_limit(one, other),
        cost=None if one.cost is None and other.cost is None else (one.cost or 0.0) + (other.cost or 0.0),
        after=tuple(name for name in dict.fromkeys((*one.after, *other.after)) if name not in joined),
        replaces=tuple(dict.fromkeys((*one.replaces, joined[1], *other.replaces))),
    )


def _limit(one: GovStep, other: GovStep) -> dict[str, Any]:
    """The limits of both together; none where neither has one."""
    if one.limit is None or other.limit is None:
        return {}
    return {"limit": one.limit + other.limit}


def _times(subject: Subject, one: Node, other: Node) -> tuple[GovTime, ...]:
    """The work of both and the wait of the first."""
    wait = one.time("wait")
    hours = subject.model.hours_of(subject.unit(one.id))
    times = [time for time in (one.time("work"), other.time("work")) if time is not None]
    natural = any(time.clock == "calendar" for time in times) or one.is_automatic
    day = 86_400.0 if natural else float(sum(end - start for start, end in hours))
    work = summed(one.time("work"), other.time("work"), day_seconds=day, week_days=7 if natural else 5)
    return tuple(time for time in (work, wait) if time is not None)
