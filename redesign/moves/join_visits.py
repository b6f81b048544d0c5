"""`join-visits`: the applicant comes once: at the earliest visit that can serve the later ones too."""

from __future__ import annotations

from analysis.findings import Subject
from bpmn.model import Model
from redesign.change import Change
from redesign.errors import CannotMove
from redesign.move import Move

#: Kinds of steps whose visit may as well be made earlier: something is handed in, shown or signed.
_MOVABLE = frozenset(("collect", "accept", "check", "other", "record"))


def join_visits(subject: Subject, move: Move) -> Model:
    """Let the later visits go that could happen at an earlier one, or whose result can be delivered."""
    visits = [step for step in move.steps if step in subject.model.node and subject.said(step).visit]
    if len(visits) < 2:
        raise CannotMove("nothing-left", steps=list(move.steps))
    change = Change(subject.model)
    kept = visits[:1]
    for step in visits[1:]:
        if _can_be_delivered(subject, step) or any(_can_happen_at(subject, step, earlier) for earlier in kept):
            change.set_step(step, visit=False)
        else:
            kept.append(step)
    if len(kept) == len(visits):
        raise CannotMove("not-together", steps=visits)
    return change.model


def _can_be_delivered(subject: Subject, step: str) -> bool:
    """Whether the applicant comes for nothing but a result: no paper is handed in and nothing is judged."""
    hands_over = subject.kind(step) in ("produce", "notify")
    return hands_over and not subject.relations.handed_in(step)


def _can_happen_at(subject: Subject, step: str, earlier: str) -> bool:
    """Whether what the applicant comes for at a step could be done at an earlier one: by materials and by order.

    Every case that comes to the step must come to the earlier one, or have it beside.
    """
    related = subject.relations
    if subject.kind(step) not in _MOVABLE or subject.stops_clock(step) or subject.are_apart(step, earlier):
        return False
    is_met = related.always_before(earlier, step) or related.always_beside(step, earlier)
    if not is_met or _law_puts_between(subject, step, earlier):
        return False
    known = related.available(earlier) | related.takes_in(earlier) | related.takes_in(step)
    return related.needs(step) <= known


def _law_puts_between(subject: Subject, step: str, earlier: str) -> bool:
    """Whether the law puts the step after the earlier visit, or after something that is not done before that."""
    first = [other for other in subject.said(step).after if other in subject.model.node]
    return any(not subject.relations.always_before(other, earlier) for other in first)
