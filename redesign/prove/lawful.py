"""Lawful: what the law demands is still done, by whom it says, in its order, by different persons, with its stops."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.findings import Subject
from bpmn.annotation import GovStep
from redesign.prove.two import Two
from redesign.result import Obligation

_NOTHING = GovStep()


def lawful(two: Two) -> Iterator[Obligation]:
    """Every obligation of the law, one for each step, pair or stop it speaks of."""
    yield from _mandatory(two)
    yield from _still_met(two)
    yield from _orders(two)
    yield from _apart(two)
    yield from _stops(two)


def _said(subject: Subject, step: str) -> GovStep:
    return subject.node(step).step or _NOTHING


def _mandatory(two: Two) -> Iterator[Obligation]:
    """Each step the law demands is there, done by the same unit, checking the same, on the same basis."""
    for step in two.before.all_steps:
        if not two.before.is_mandatory(step):
            continue
        heir = two.heir(step)
        old = _said(two.before, step)
        lost = ["step"] if not heir else list(_lost(two, step, heir))
        yield Obligation(
            obligation="approval" if old.kind == "approve" else "mandatory-step",
            holds=not lost,
            element=step,
            witness={"basis": old.basis, "stands_for_it": heir, **({"lost": lost} if lost else {})},
        )


def _lost(two: Two, step: str, heir: str) -> Iterator[str]:
    """What of a demanded step its heir does not have."""
    old, new = _said(two.before, step), _said(two.after, heir)
    if not new.mandatory:
        yield "mandatory"
    if old.basis and old.basis not in new.basis:
        yield "basis"
    if old.purpose and old.purpose != new.purpose:
        yield "purpose"
    if old.level and old.level != new.level:
        yield "level"
    if two.before.unit_key(step) != two.after.unit_key(heir):
        yield "unit"
    if two.before.model.post_of.get(step, "") != two.after.model.post_of.get(heir, ""):
        yield "post"
    if two.before.node(step).is_automatic != two.after.node(heir).is_automatic:
        yield "automatic"


def _still_met(two: Two) -> Iterator[Obligation]:
    """A demanded step that every case met before its end, decision or delivery is still met before it."""
    marks = [node.id for node in two.before.model.nodes if node.kind == "endEvent"]
    marks += list(two.before.of_kind("decide", "produce", "notify"))
    for step in two.before.all_steps:
        heir = two.heir(step)
        if not two.before.is_mandatory(step) or not heir:
            continue
        wanted = [mark for mark in marks if mark != step and two.before.relations.always_before(step, mark)]
        missed = [mark for mark in wanted if _is_missed(two, heir, mark)]
        yield Obligation(
            obligation="still-met",
            holds=not missed,
            element=step,
            witness={"missed_before": missed} if missed else {"before": wanted},
        )


def _is_missed(two: Two, heir: str, mark: str) -> bool:
    place = mark if mark in two.after.model.node else two.heir(mark)
    return bool(place) and place != heir and not two.after.relations.always_before(heir, place)


def _orders(two: Two) -> Iterator[Obligation]:
    """Each order the law names, and that acceptance comes before all it came before, holds still."""
    for step in two.before.all_steps:
        for earlier in _said(two.before, step).after:
            if earlier in two.before.model.node:
                yield _order(two, earlier, step)
    for accept in two.before.of_kind("accept"):
        for step in two.before.steps:
            was_first = step != accept and two.before.relations.always_before(accept, step)
            if was_first and two.heir(step) and not (order := _order(two, accept, step)).holds:
                yield order


def _order(two: Two, earlier: str, later: str) -> Obligation:
    first, second = two.heir(earlier), two.heir(later)
    related = two.after.relations
    if not first or not second:
        # A step that is gone is told as a missing one, where the law demands it.
        holds, why = True, "gone"
    elif first == second:
        holds, why = True, "one-step"
    elif two.before.relations.always_before(earlier, later):
        holds, why = related.always_before(first, second), "always"
    else:
        holds = not related.before(second, first) and not related.parallel(first, second)
        why = "never-the-other-way"
    return Obligation(
        obligation="legal-order",
        holds=holds,
        element=later,
        witness={"after": earlier, "stands_for": second, "how": why},
    )


def _apart(two: Two) -> Iterator[Obligation]:
    """Two steps that need different persons are both there and not put into one hand."""
    for step in two.before.all_steps:
        for other in _said(two.before, step).separate_from:
            if other not in two.before.model.node:
                continue
            there = step in two.after.model.node and other in two.after.model.node
            joined = there and _one_hand(two.after, step, other) and not _one_hand(two.before, step, other)
            yield Obligation(
                obligation="kept-apart", holds=there and not joined, element=step, witness={"separate_from": other}
            )


def _one_hand(subject: Subject, first: str, second: str) -> bool:
    """Whether one person must do both: one unit of one person, or one post of one unit."""
    unit = subject.unit(first)
    if unit is None or unit.key != subject.unit_key(second):
        return False
    posts = subject.model.post_of.get(first, ""), subject.model.post_of.get(second, "")
    return unit.staff == 1 or (bool(posts[0]) and posts[0] == posts[1])


def _stops(two: Two) -> Iterator[Obligation]:
    """A clock-stop stands only where it stood, on its own basis."""
    for step in two.after.all_steps:
        new = _said(two.after, step)
        if not new.clock_stop:
            continue
        old = _said(two.before, step) if step in two.before.model.node else _NOTHING
        holds = new.clock_stop == old.clock_stop and new.basis == old.basis
        yield Obligation(
            obligation="clock-stop", holds=holds, element=step, witness={"kind": new.clock_stop, "basis": new.basis}
        )
