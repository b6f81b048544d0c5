"""What a change must leave as it was, asked of the changed model: papers in time, and who is turned down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from analysis.findings import Subject
from bpmn.model import Model
from bpmn.relations import relations
from redesign.errors import CannotMove
from redesign.prove.outcomes import TOLERANCE, outcome_gap


def needed_from(subject: Subject, steps: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """Who needs, later and from the case, what some steps give or take in: those materials by node."""
    found: dict[str, set[str]] = {}
    related = subject.relations
    for step in steps:
        for material in related.gives(step) | related.takes_in(step):
            for user in related.used_after(step, material):
                if user in subject.model.node and material in related.available(user):
                    found.setdefault(user, set()).add(material)
    return {user: frozenset(names) for user, names in found.items()}


def keeps_papers(subject: Subject, model: Model, needed: Mapping[str, frozenset[str]]) -> None:
    """Raise `CannotMove` where somebody who needs a material from the case would not find it there any more."""
    kept = {user: names for user, names in needed.items() if user in model.node}
    if not kept:
        return
    related = relations(model)
    for user, names in kept.items():
        asked = names & related.needs(user) - related.takes_in(user)
        lacking = asked - related.available(user)
        if lacking:
            raise CannotMove("not-available", step=user, material=min(lacking))


def keeps_outcomes(subject: Subject, model: Model, step: str) -> None:
    """Raise `CannotMove` where other cases would be turned down than before, or their share cannot be told."""
    gap = outcome_gap(subject.model, model)
    if gap is None or gap > TOLERANCE:
        raise CannotMove("rejects", step=step)


def turns_down(subject: Subject, step: str) -> bool:
    """Whether a step says that it turns cases down."""
    return bool(subject.said(step).rejects)
