"""Complete: papers are there before they are needed, results are given, rejects possible, messages answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from analysis.findings import Subject
from bpmn.model import MessageFlow
from redesign.prove.outcomes import TOLERANCE, outcome_gap, shares_of
from redesign.prove.two import Two
from redesign.result import Obligation

#: Kinds of steps that may go if nobody uses what they make.
_IDLE = frozenset(("forward", "record", "other"))
#: Shares that differ by less are the same, rounded.
_ROUNDING = 1e-9


def complete(two: Two) -> Iterator[Obligation]:
    """Every obligation of completeness, one for each need, result, step that is gone, outcome and message."""
    papers = _Papers(two)
    yield from papers.available()
    yield from papers.read()
    yield from papers.kept()
    yield from papers.results()
    yield from _stores(two)
    yield from _purposes(two)
    yield from _gone(two)
    yield from _rejects(two)
    yield from _messages(two)


class _Papers:
    """The materials of both sides."""

    def __init__(self, two: Two) -> None:
        self.two = two

    @cached_property
    def _givers(self) -> Mapping[str, tuple[str, ...]]:
        """The old steps that give each material."""
        return _by_material(self.two.before)

    @cached_property
    def _givers_now(self) -> Mapping[str, tuple[str, ...]]:
        return _by_material(self.two.after)

    def available(self) -> Iterator[Obligation]:
        """What a step takes from the case is there on every way, unless it was not there before either."""
        after = self.two.after
        for step in after.all_steps:
            asked = after.relations.needs(step) - after.relations.takes_in(step)
            for material in sorted(asked):
                is_there = after.relations.is_available(step, material)
                if not is_there and self._was_lacking(step, material):
                    continue
                yield Obligation(
                    obligation="material-available",
                    holds=is_there,
                    element=step,
                    witness={"material": material, "from": self._sources(step, material)},
                )

    def _was_lacking(self, step: str, material: str) -> bool:
        """Whether the step waited for the material in vain before."""
        related = self.two.before.relations
        return any(
            material in related.needs(old) - related.takes_in(old) and not related.is_available(old, material)
            for old in self.two.olds.get(step, ())
        )

    def _sources(self, step: str, material: str) -> list[str]:
        """The first steps before that give the material or take it in."""
        related = self.two.after.relations
        found = (one for one in self._givers_now.get(material, ()) if one != step and related.before(one, step))
        return [next(found, "")]

    def read(self) -> Iterator[Obligation]:
        """What a condition reads was found out before it, if it was so before."""
        before, after = self.two.before, self.two.after
        for material in self._givers:
            for user in before.relations.read_by(material):
                old, new = _place(before, user), _place(after, user)
                if new and old and _is_at(before, old, material):
                    yield Obligation(
                        obligation="material-available",
                        holds=_is_at(after, new, material),
                        element=user,
                        witness={"material": material, "from": list(self._givers_now.get(material, ()))[:1]},
                    )

    def kept(self) -> Iterator[Obligation]:
        """What a step looked at it looks at still, but for the words of steps that are gone."""
        before, after = self.two.before.relations, self.two.after.relations
        for heir, olds in self.two.olds.items():
            asked = {material: step for step in olds for material in before.needs(step)}
            own = {material for step in olds for material in before.gives(step)}
            lost = [m for m in asked if m not in after.needs(heir) and m not in own and not self._is_unsaid(heir, m)]
            if asked:
                yield Obligation(
                    obligation="need-kept",
                    holds=not lost,
                    element=heir,
                    witness={"lost": lost} if lost else {"materials": sorted(asked)},
                )

    def _is_unsaid(self, step: str, material: str) -> bool:
        """Whether all who gave a material are gone, and nobody gives it now, or the step itself does."""
        givers = self._givers.get(material, ())
        now = self._givers_now.get(material, ())
        return bool(givers) and not any(map(self.two.heir, givers)) and now in ((), (step,))

    def results(self) -> Iterator[Obligation]:
        """Each result for the applicant is still given, and had at every end where it was had."""
        before, after = self.two.before, self.two.after
        results: dict[str, str] = {}
        for step in before.steps:
            for material in sorted(before.relations.gives(step)):
                if before.is_result(step, material):
                    results.setdefault(material, step)
        missed = self._missed_at_ends(frozenset(results))
        for material, step in results.items():
            givers = [one for one in self._givers_now.get(material, ()) if after.is_result(one, material)]
            yield Obligation(
                obligation="result-given",
                holds=bool(givers) and material not in missed,
                element=step,
                witness={"material": material, "given_by": givers, "missed_at": missed.get(material, [])},
            )

    def _missed_at_ends(self, results: frozenset[str]) -> Mapping[str, list[str]]:
        """The ends at which a result is not had as surely as before."""
        before, after = self.two.before.relations, self.two.after.relations
        found: dict[str, list[str]] = {}
        for node in self.two.before.model.nodes:
            if node.kind == "endEvent" and not node.scope and node.id in self.two.after.model.node and results:
                lost = before.available(node.id) - after.available(node.id)
                lost |= before.maybe_available(node.id) - after.maybe_available(node.id)
                for material in lost & results:
                    found.setdefault(material, []).append(node.id)
        return found


def _by_material(subject: Subject) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for step in subject.all_steps:
        for material in subject.relations.gives(step) | subject.relations.takes_in(step):
            found.setdefault(material, []).append(step)
    return {material: tuple(steps) for material, steps in found.items()}


def _place(subject: Subject, user: str) -> str:
    """Where a condition is read: at the source of its flow, or at its event; empty where that is gone."""
    flow = subject.model.flow.get(user)
    if flow is not None:
        return flow.source
    return user if user in subject.model.node else ""


def _is_at(subject: Subject, place: str, material: str) -> bool:
    related = subject.relations
    return related.is_available(place, material) or material in related.gives(place) | related.takes_in(place)


def _stores(two: Two) -> Iterator[Obligation]:
    """What a step kept in a register is kept there still."""
    for step in two.before.all_steps:
        stores = two.before.relations.stores_written(step)
        if stores:
            heir = two.heir(step)
            lost = stores - two.after.relations.stores_written(heir) if heir else stores
            yield Obligation(
                obligation="stored", holds=not lost, element=step, witness={"registers": sorted(lost or stores)}
            )


def _purposes(two: Two) -> Iterator[Obligation]:
    """What a step checked is checked still by the one that stands for it; what the law demands is told there."""
    for step in two.before.all_steps:
        asked, heir = two.before.said(step).purposes, two.heir(step)
        if asked and heir and not two.before.is_mandatory(step):
            lost = [purpose for purpose in asked if purpose not in two.after.said(heir).purposes]
            yield Obligation(
                obligation="purpose-kept",
                holds=not lost,
                element=step,
                witness={"lost": lost} if lost else {"stands_for": heir, "purposes": list(asked)},
            )


def _gone(two: Two) -> Iterator[Obligation]:
    """A step that is gone did nothing anybody used, or another one does it for every case."""
    for step in two.gone:
        if two.before.is_mandatory(step):
            # Told among the demanded steps.
            continue
        found = two.stand_in(step)
        is_idle = two.before.kind(step) in _IDLE and not two.before.said(step).archive
        yield Obligation(
            obligation="step-stands",
            holds=bool(found) or is_idle,
            element=step,
            witness={"how": "done", "done_by": found} if found else {"kind": two.before.kind(step)},
        )


def _rejects(two: Two) -> Iterator[Obligation]:
    """The shares of outcomes stay; no step and no choice turns down less than it did."""
    gap = outcome_gap(two.before.model, two.after.model)
    shares = shares_of(two.before.model), shares_of(two.after.model)
    weaker = [*_weaker_steps(two), *_other_shares(two)]
    if gap is None:
        weaker += _lost_ends(two)
    yield Obligation(
        obligation="reject-possible",
        holds=not weaker and (gap is None or gap <= TOLERANCE),
        element=weaker[0] if weaker else "",
        witness={
            "before": dict(shares[0] or {}),
            "after": dict(shares[1] or {}),
            **({"lost": weaker} if weaker else {}),
        },
    )


def _weaker_steps(two: Two) -> Iterator[str]:
    for step in two.before.all_steps:
        old, heir = two.before.said(step).rejects, two.heir(step)
        if old and heir and (two.after.said(heir).rejects or 0.0) < old - _ROUNDING:
            yield step


def _other_shares(two: Two) -> Iterator[str]:
    """The flows that are taken with another share, or that may be taken more often than before."""
    for flow in two.before.model.flows:
        new = two.after.model.flow.get(flow.id)
        source = two.before.model.node[flow.source]
        is_choice = source.kind != "parallelGateway" and len(two.before.model.outgoing[flow.source]) > 1
        if new is None or not is_choice or len(two.after.model.outgoing[new.source]) == 1:
            continue
        if new.probability != flow.probability or (flow.most is not None and (new.most or flow.most + 1) > flow.most):
            yield flow.id


def _lost_ends(two: Two) -> Iterator[str]:
    """The flows that only end a case, out of a choice, and are gone."""
    for flow in two.before.model.flows:
        is_choice = len(two.before.model.outgoing[flow.source]) > 1
        if is_choice and flow.id not in two.after.model.flow and two.before.only_ends(flow):
            yield flow.id


def _messages(two: Two) -> Iterator[Obligation]:
    """Each message that somebody waits for is still sent, by the same step or its heir, to the same one."""
    after = {message.id: message for message in two.after.model.message_flows}
    for message in two.before.model.message_flows:
        new = after.get(message.id)
        ends = _now(two, message.source), _now(two, message.target)
        if new is None:
            holds, why = _may_go(two, message, ends)
        else:
            holds, why = (new.source, new.target) == ends, "sent"
        yield Obligation(
            obligation="message-answered",
            holds=holds,
            element=message.id,
            witness={"from": message.source, "to": message.target, "how": why},
        )


def _now(two: Two, end: str) -> str:
    """What stands for an end of a message flow: the heir of a step; other nodes and pools for themselves."""
    node = two.before.model.node.get(end)
    if node is None:
        return end
    return two.heir(end) if node.is_activity else (end if end in two.after.model.node else "")


def _may_go(two: Two, message: MessageFlow, ends: tuple[str, str]) -> tuple[bool, str]:
    """Whether a message may be sent no more, and why: nobody is left to wait for it, or nothing is left to hand in."""
    source, target = ends
    before = two.before
    if not target:
        return True, "nobody-waits"
    if target in two.after.model.node:
        is_drawn = message.source in before.model.node and not before.is_applicants(message.source)
        handed = before.relations.handed_in(message.target)
        is_idle = bool(handed) and not two.after.relations.handed_in(target)
        is_idle = is_idle and not is_drawn and not before.catches_message(message.target)
        return is_idle, "nothing-handed-in" if is_idle else "not-sent"
    pools = {pool.id for pool in before.model.pools if not pool.process}
    to_outside = target in pools and not before.is_applicants(message.target)
    return to_outside and not source, "to-outside" if to_outside and not source else "not-sent"
