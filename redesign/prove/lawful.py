"""Lawful: what the law demands is still done, by whom it says, in its order, by different persons, with its stops."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analysis.findings import Subject
from analysis.findings.subject import level_rank, rank
from bpmn.annotation import GovStep
from bpmn.model import Model, Node, SequenceFlow
from bpmn.routing import JUDGING
from redesign.prove.two import Two
from redesign.result import Obligation

#: Limits that differ by less are the same, rounded.
_ROUNDING = 1e-9


def lawful(two: Two) -> Iterator[Obligation]:
    """Every obligation of the law, one for each step, pair or stop it speaks of."""
    yield from _mandatory(two)
    yield from _still_met(two)
    yield from _orders(two)
    yield from _apart(two)
    yield from _levels(two)
    yield from _originals(two)
    yield from _stops(two)
    yield from _limits(two)


def _mandatory(two: Two) -> Iterator[Obligation]:
    """Each step the law demands is there, done by the same unit, checking the same, on the same basis."""
    for step in two.before.all_steps:
        if not two.before.is_mandatory(step):
            continue
        heir = two.heir(step)
        old = two.before.said(step)
        lost = ["step"] if not heir else list(_lost(two, step, heir))
        yield Obligation(
            obligation="approval" if old.kind == "approve" else "mandatory-step",
            holds=not lost,
            element=step,
            witness={"basis": old.basis, "stands_for_it": heir, **({"lost": lost} if lost else {})},
        )


def _lost(two: Two, step: str, heir: str) -> Iterator[str]:
    """What of a demanded step its heir does not have."""
    old, new = two.before.said(step), two.after.said(heir)
    is_joined = step != heir or len(two.olds.get(heir, ())) > 1
    if not new.mandatory:
        yield "mandatory"
    if new.kind != old.kind and not (is_joined and new.kind in ("decide", "approve")):
        yield "kind"
    if old.basis and old.basis not in new.basis:
        yield "basis"
    if not set(old.purposes) <= set(new.purposes):
        yield "purpose"
    if rank(new.level) < rank(old.level):
        yield "level"
    if two.before.unit_key(step) != two.after.unit_key(heir):
        yield "unit"
    if two.before.model.post_of.get(step, "") not in ("", two.after.model.post_of.get(heir, "")):
        yield "post"
    if two.before.node(step).is_automatic != two.after.node(heir).is_automatic:
        yield "automatic"


def _still_met(two: Two) -> Iterator[Obligation]:
    """A demanded step that every case met before its end, decision or delivery is still met before it.

    And on the way to it, so that one on a branch is still met by every case that takes the branch.
    """
    marks = [
        node.id for node in two.before.model.nodes if node.kind == "endEvent" and not _turns_away(two.before, node)
    ]
    marks += list(two.before.of_kind("decide", "produce", "notify"))
    for step in two.before.all_steps:
        heir = two.heir(step)
        if not two.before.is_mandatory(step) or not heir:
            continue
        wanted = [mark for mark in marks if mark != step and two.before.relations.always_before(step, mark)]
        missed = [mark for mark in wanted if _is_missed(two, heir, mark)] + _passed_by(two, step, heir)
        yield Obligation(
            obligation="still-met",
            holds=not missed,
            element=step,
            witness={"missed_before": missed} if missed else {"before": wanted},
        )


def _turns_away(subject: Subject, end: Node) -> bool:
    """Whether only cases that are turned down end there: what was still to be done for them need not be done."""
    if end.outcome == "rejected":
        return True
    choices = {flow.source for flow in subject.model.incoming[end.id]}
    return bool(choices) and all(
        len(flows := subject.model.outgoing[choice]) > 1 and not all(map(subject.only_ends, flows))
        for choice in choices
    )


def _is_missed(two: Two, heir: str, mark: str) -> bool:
    place = mark if mark in two.after.model.node else two.heir(mark)
    return bool(place) and place != heir and not two.after.relations.always_before(heir, place)


def _passed_by(two: Two, step: str, heir: str) -> list[str]:
    """The flow that led to a step straight on and now also leads past the one that stands for it; none otherwise."""
    flow = _way_to(two.before.model, step)
    new = two.after.model.flow.get(flow.id) if flow is not None else None
    if flow is None or new is None or heir in (new.target, new.source):
        return []
    was_met = flow.target == step or two.before.relations.always_after(flow.target, step)
    after = two.after.relations
    is_met = after.always_after(new.target, heir) or after.always_before(heir, new.source)
    return [flow.id] if was_met and not is_met else []


def _way_to(model: Model, step: str) -> SequenceFlow | None:
    """The first flow of the straight way to a step: out of the last choice, join or start before it."""
    place, found = step, None
    while len(model.incoming[place]) == 1:
        found = model.incoming[place][0]
        place = found.source
        if len(model.outgoing[place]) != 1 or place == step:
            break
    return found


def _orders(two: Two) -> Iterator[Obligation]:
    """Each order the law names, and that acceptance comes before all it came before, holds and is named still."""
    for step in two.before.all_steps:
        for earlier in two.before.said(step).after:
            if earlier in two.before.model.node:
                yield _order(two, earlier, step, is_named=True)
    before, after = two.before.relations, two.after.relations
    for accept in two.before.of_kind("accept"):
        first = two.heir(accept)
        for step in two.before.steps:
            second = two.heir(step)
            if step == accept or not second or (first and after.always_before(first, second)):
                continue
            if before.always_before(accept, step) and not (order := _order(two, accept, step)).holds:
                yield order


def _order(two: Two, earlier: str, later: str, *, is_named: bool = False) -> Obligation:
    first, second = two.heir(earlier), two.heir(later)
    if not first and second and (standing := two.stand_in(earlier)):
        named = standing in two.after.said(second).after
        holds = standing == second or (named and two.after.relations.always_before(standing, second))
        why = "stood-for"
    elif not first or not second:
        # A step that is gone is told as a missing one, where it had to stay; the later one has none to wait for.
        holds, why = not second or not is_named, "gone"
    elif first == second:
        holds, why = True, "one-step"
    elif is_named and first not in two.after.said(second).after:
        holds, why = False, "not-named"
    else:
        holds, why = _keeps_order(two, (earlier, later), (first, second))
    return Obligation(
        obligation="legal-order",
        holds=holds,
        element=later,
        witness={"after": earlier, "stands_for": second, "how": why},
    )


def _keeps_order(two: Two, old: tuple[str, str], new: tuple[str, str]) -> tuple[bool, str]:
    """Whether two steps come one after the other at least as surely as before."""
    before, after = two.before.relations, two.after.relations
    if before.always_before(*old):
        return after.always_before(*new), "always"
    if before.parallel(*old) or before.before(old[1], old[0]):
        return True, "never-so-before"
    return not after.before(new[1], new[0]) and not after.parallel(*new), "never-the-other-way"


def _apart(two: Two) -> Iterator[Obligation]:
    """Two steps that need different persons are both there, say so, and are not put into one hand."""
    for step in two.before.all_steps:
        for other in two.before.said(step).separate_from:
            if other not in two.before.model.node:
                continue
            there = step in two.after.model.node and other in two.after.model.node
            is_said = there and other in two.after.said(step).separate_from
            joined = there and _one_hand(two.after, step, other) and not _one_hand(two.before, step, other)
            yield Obligation(
                obligation="kept-apart",
                holds=is_said and not joined,
                element=step,
                witness={"separate_from": other},
            )


def _one_hand(subject: Subject, first: str, second: str) -> bool:
    """Whether one person must do both: one unit of one person, or one post of one unit."""
    unit = subject.unit(first)
    if unit is None or unit.key != subject.unit_key(second):
        return False
    posts = subject.model.post_of.get(first, ""), subject.model.post_of.get(second, "")
    return unit.staff == 1 or (bool(posts[0]) and posts[0] == posts[1])


def _levels(two: Two) -> Iterator[Obligation]:
    """A step is done by a unit of the level the law asks at least, and by some unit where one did it before."""
    for step in two.before.all_steps:
        heir = two.heir(step)
        old, unit = two.before.said(step), two.before.unit(step)
        new = two.after.unit(heir) if heir else None
        if not heir or unit is None or (new is not None and new.key == unit.key and two.after.said(heir) == old):
            continue
        lowest = rank(old.level)
        high_enough = level_rank(new) < 0 or level_rank(new) >= min(lowest, level_rank(unit))
        yield Obligation(
            obligation="level",
            holds=new is not None and high_enough and rank(two.after.said(heir).level) >= lowest,
            element=step,
            witness={"level": old.level, "unit": new.name if new is not None else ""},
        )


def _originals(two: Two) -> Iterator[Obligation]:
    """Papers whose original must come in by law still come in where they did."""
    for step in two.before.all_steps:
        for item in two.before.node(step).materials:
            if item.use != "needs" or item.origin != "applicant" or not (item.surrender or item.basis):
                continue
            heir = two.heir(step)
            kept = bool(heir) and any(
                one.name == item.name
                and (one.origin, one.surrender, one.basis) == (item.origin, item.surrender, item.basis)
                for one in two.after.node(heir).materials
            )
            yield Obligation(obligation="original", holds=kept, element=step, witness={"material": item.name})


def _stops(two: Two) -> Iterator[Obligation]:
    """A clock-stop stands only where it stood, on its own basis; one with a basis stays, and judgements stay behind it.

    What the public or an expert says while the clock stands is heard before anybody judges.
    """
    for step in two.before.all_steps:
        old = two.before.said(step)
        if old.clock_stop:
            heir = two.heir(step) or two.stand_in(step)
            kept = bool(heir) and two.after.said(heir).clock_stop == old.clock_stop
            early = _judged_early(two, step, heir) if kept else []
            if early or not (kept or (heir and not old.basis)):
                yield Obligation(
                    obligation="clock-stop",
                    holds=False,
                    element=step,
                    witness={"kind": old.clock_stop, "basis": old.basis, "before": early},
                )
    for step in two.after.all_steps:
        new = two.after.said(step)
        if not new.clock_stop:
            continue
        olds = [two.before.said(old) for old in two.olds.get(step, ())]
        holds = any(old.clock_stop == new.clock_stop and old.basis in (new.basis, "") for old in olds) or any(
            old.clock_stop == new.clock_stop and old.basis and old.basis in new.basis for old in olds
        )
        yield Obligation(
            obligation="clock-stop", holds=holds, element=step, witness={"kind": new.clock_stop, "basis": new.basis}
        )


def _judged_early(two: Two, stop: str, heir: str) -> list[str]:
    """The checks, decisions and approvals that always came after a clock-stop, and do not any more.

    A check that has nothing to do with the stop may stand beside it: so `parallelise` moves it.
    """
    return [
        step
        for step in two.before.of_kind(*JUDGING)
        if (place := two.heir(step))
        and place != heir
        and two.before.relations.always_before(stop, step)
        and not two.after.relations.always_before(heir, place)
        and not two.before.relations.independent(stop, step).holds
    ]


def _limits(two: Two) -> Iterator[Obligation]:
    """The limits of the procedure are those it had; a step has no more time than those it stands for had together."""
    for heir, olds in two.olds.items():
        said = [two.before.said(old) for old in olds]
        if any(one.limit is not None for one in said):
            yield Obligation(
                obligation="step-limit",
                holds=_is_in_time(said, two.after.said(heir)),
                element=olds[0],
                witness={"stands_for": heir, "limit": two.after.said(heir).limit},
            )
    old, new = two.before.model.procedure, two.after.model.procedure
    limits = [(one.legal_limit, one.promised_limit, one.limit_unit) for one in (old, new)]
    if limits[0][:2] != (None, None):
        yield Obligation(
            obligation="limit",
            holds=limits[0] == limits[1],
            witness={"legal": limits[1][0], "promised": limits[1][1], "limit_unit": limits[1][2]},
        )


def _is_in_time(olds: Sequence[GovStep], new: GovStep) -> bool:
    """Whether a step has the limits of all it stands for, one after the other."""
    units = {old.limit_unit for old in olds if old.limit is not None}
    if new.limit is None or len(units) > 1 or new.limit_unit not in units:
        return False
    return new.limit <= sum(old.limit or 0.0 for old in olds) + _ROUNDING
