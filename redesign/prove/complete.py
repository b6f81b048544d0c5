"""Complete: papers are there before they are needed, results are given, rejects possible, messages answered."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.findings import Subject
from analysis.outcomes import expected_outcomes
from redesign.prove.two import Two
from redesign.result import Obligation

#: Shares of outcomes that differ by more are another procedure.
TOLERANCE = 0.001


def complete(two: Two) -> Iterator[Obligation]:
    """Every obligation of completeness, one for each need, result, outcome and message."""
    yield from _materials(two)
    yield from _results(two)
    yield from _rejects(two)
    yield from _messages(two)


def _materials(two: Two) -> Iterator[Obligation]:
    """What a step takes from the case is there on every way, if it was there before or came from the applicant."""
    for step in two.after.all_steps:
        for item in two.after.node(step).materials:
            if item.use != "needs" or item.origin != "internal":
                continue
            if step in two.before.model.node and not _was_there(two.before, step, item.name):
                continue
            there = item.name in two.after.relations.available(step)
            yield Obligation(
                obligation="material-available",
                holds=there,
                element=step,
                witness={"material": item.name, "from": _sources(two.after, step, item.name)},
            )


def _was_there(subject: Subject, step: str, material: str) -> bool:
    """Whether the step had the material before: from the case, or handed in at the step itself."""
    return material in subject.relations.available(step) or any(
        item.name == material and item.use == "needs" and item.origin != "internal"
        for item in subject.node(step).materials
    )


def _sources(subject: Subject, step: str, material: str) -> list[str]:
    """The steps before that give the material or take it in."""
    related = subject.relations
    return [
        other
        for other in subject.all_steps
        if other != step and material in related.gives(other) | related.takes_in(other) and related.before(other, step)
    ]


def _results(two: Two) -> Iterator[Obligation]:
    """Each result for the applicant is still given, and by every case that got it."""
    for step in two.before.steps:
        for material in sorted(two.before.relations.gives(step)):
            if two.before.is_result(step, material):
                givers = [
                    other
                    for other in two.after.steps
                    if material in two.after.relations.gives(other) and two.after.is_result(other, material)
                ]
                yield Obligation(
                    obligation="result-given",
                    holds=bool(givers),
                    element=step,
                    witness={"material": material, "given_by": givers},
                )


def _rejects(two: Two) -> Iterator[Obligation]:
    """The shares of outcomes stay; where they cannot be told, every step that turned down still does, or its heir."""
    shares = expected_outcomes(two.before.model), expected_outcomes(two.after.model)
    if shares[0] is not None and shares[1] is not None:
        worst = max(
            (abs(shares[0].get(name, 0.0) - shares[1].get(name, 0.0)) for name in {*shares[0], *shares[1]}), default=0.0
        )
        yield Obligation(
            obligation="reject-possible",
            holds=worst <= TOLERANCE,
            witness={"before": dict(shares[0]), "after": dict(shares[1])},
        )
        return
    for step in two.before.steps:
        said = two.before.node(step).step
        if said is not None and said.rejects:
            heir = two.heir(step)
            new = two.after.node(heir).step if heir else None
            yield Obligation(
                obligation="reject-possible",
                holds=new is not None and (new.rejects or 0.0) >= said.rejects,
                element=step,
                witness={"stands_for_it": heir, "before": said.rejects, "after": new.rejects if new else None},
            )


def _messages(two: Two) -> Iterator[Obligation]:
    """Each message somebody waits for is still sent."""
    after = {message.id: message for message in two.after.model.message_flows}
    for message in two.before.model.message_flows:
        awaited = message.target in two.before.model.node
        sent = after.get(message.id)
        if awaited or sent is None:
            yield Obligation(
                obligation="message-answered",
                holds=sent is not None or not awaited,
                element=message.id,
                witness={"from": sent.source if sent is not None else "", "to": message.target},
            )
