"""`rework-loop`: cases go back to the applicant or to another office, and many of them do.

The redesign heuristics are "control addition" at the beginning and "contact reduction" (Reijers and Limam Mansar 2005);
in Chinese practice 一次性告知: ask for all of it at once.
"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.findings.chance import Chances
from analysis.findings.finding import Finding, Missing
from analysis.findings.subject import Subject

#: From which share of cases on a way back counts.
LEAST = 0.1
_ROUNDING = 1e-9


def rework_loop(subject: Subject) -> Iterator[Finding]:
    """One finding for each flow that leads back to the applicant or another unit for at least a tenth of the cases."""
    chances = Chances(subject.model, subject.relations.flow)
    for flow in _ways_back(subject):
        sender, receiver = _ends(subject, flow)
        if not sender or not receiver or not _changes_hands(subject, sender, receiver):
            continue
        missing = tuple(Missing(element=one, annotation="probability") for one in chances.unwritten(flow))
        share = chances.at_least_once(flow)
        if missing or share >= LEAST - _ROUNDING:
            yield Finding(
                finding="rework-loop",
                steps=subject.in_path_order((receiver, sender)),
                evidence={
                    "flow": flow,
                    "sends_back": sender,
                    "back_to": receiver,
                    "share": None if missing else share,
                    "to_applicant": subject.is_applicants(receiver),
                },
                missing=missing,
                move="ask-once",
            )


def _ways_back(subject: Subject) -> Iterator[str]:
    """The flows that lead back over a step, each once, in the order in which a case meets the steps."""
    seen: dict[str, None] = {}
    for step in subject.all_steps:
        for flow in subject.relations.loops_around(step):
            seen.setdefault(flow)
    yield from seen


def _ends(subject: Subject, flow: str) -> tuple[str, str]:
    """The step after which a case goes back and the step it goes back to."""
    way = subject.model.flow.get(flow)
    if way is None:
        return "", ""
    return subject.last_step_before(way.source), subject.first_step_after(way.target)


def _changes_hands(subject: Subject, sender: str, receiver: str) -> bool:
    if subject.is_applicants(receiver):
        return not subject.is_applicants(sender)
    unit = subject.unit_key(receiver)
    return bool(unit) and unit != subject.unit_key(sender)
