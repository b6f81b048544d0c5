"""`join-visits`: the applicant comes once: at the earliest visit that can serve the later ones too."""

from __future__ import annotations

from analysis.findings import Subject
from bpmn.model import Model
from redesign.change import Change
from redesign.errors import CannotMove
from redesign.move import Move


def join_visits(subject: Subject, move: Move) -> Model:
    """Let the later visits go that could happen at the earliest one, or whose result can be delivered."""
    visits = [step for step in move.steps if step in subject.model.node]
    change = Change(subject.model)
    spared = 0
    kept = visits[:1]
    for step in visits[1:]:
        if _can_be_delivered(subject, step) or any(_can_happen_at(subject, step, earlier) for earlier in kept):
            change.set_step(step, visit=False)
            spared += 1
        else:
            kept.append(step)
    if not spared:
        raise CannotMove("not-together", steps=visits)
    return change.model


def _can_be_delivered(subject: Subject, step: str) -> bool:
    """Whether the applicant comes for nothing but a result: no paper is handed in and nothing is judged."""
    hands_over = subject.kind(step) in ("produce", "notify")
    return hands_over and not subject.relations.handed_in(step)


def _can_happen_at(subject: Subject, step: str, earlier: str) -> bool:
    """Whether what the applicant comes for at a step could be done at an earlier one: by materials and by order."""
    if subject.kind(step) not in ("collect", "accept", "check", "other", "record"):
        return False
    if subject.are_apart(step, earlier) or _law_puts_between(subject, step, earlier):
        return False
    related = subject.relations
    known = related.available(earlier) | related.takes_in(earlier) | related.handed_in(step)
    stored = {item.name for item in subject.node(step).materials if item.use == "needs" and item.origin == "shared"}
    return related.needs(step) - stored <= known


def _law_puts_between(subject: Subject, step: str, earlier: str) -> bool:
    """Whether the law puts the step after the earlier visit, or after something that comes later than that."""
    said = subject.node(step).step
    first = said.after if said is not None else ()
    return any(other == earlier or subject.relations.before(earlier, other) for other in first)
