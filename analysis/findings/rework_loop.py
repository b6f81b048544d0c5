"""`rework-loop`: cases go back to the applicant or to another office, and many of them do.

The redesign heuristics are "control addition" at the beginning and "contact reduction" (Reijers and Limam Mansar 2005);
in Chinese practice 一次性告知: ask for all of it at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from analysis.findings.chance import Chances
from analysis.findings.finding import Finding, Missing
from analysis.findings.subject import Subject

#: From which share of cases on a way back counts.
LEAST = 0.1
_ROUNDING = 1e-9


def rework_loop(subject: Subject) -> Iterator[Finding]:
    """One finding for each choice that leads a tenth of the cases or more back to the applicant or another unit."""
    chances = Chances(subject.model, subject.relations.flow)
    for way in _ways_back(subject):
        sender, receiver = _ends(subject, way)
        if not sender:
            continue
        missing = [Missing(element=one, annotation="probability") for one in chances.unwritten(way.choice)]
        share = chances.at_least_once(way.choice)
        if missing or share >= LEAST - _ROUNDING:
            yield Finding(
                finding="rework-loop",
                steps=subject.in_path_order((receiver, sender)),
                evidence={
                    "flow": way.back,
                    "choice": way.choice,
                    "sends_back": sender,
                    "back_to": receiver,
                    "share": None if missing else share,
                    "to_applicant": way.meets_applicant(subject),
                },
                missing=tuple(missing),
                move="ask-once",
            )


@dataclass(frozen=True, kw_only=True)
class _Way:
    """A way back: the choice it begins at, the flow out of it, and what is met up to where the case was before."""

    gateway: str
    choice: str
    #: The flow that leads to where the case was before.
    back: str
    met: tuple[str, ...]

    def meets_applicant(self, subject: Subject) -> bool:
        """Whether the applicant does something on the way, is told something, or is waited for."""
        return any(subject.is_applicants(node) or subject.hears_or_tells_applicant(node) for node in self.met[:-1])


def _ways_back(subject: Subject) -> Iterator[_Way]:
    """The ways back over a step, one for each choice, in the order in which a case meets the steps."""
    seen: set[str] = set()
    for step in subject.all_steps:
        for flow in subject.relations.loops_around(step):
            way = _from_choice(subject, flow)
            if way is not None and way.choice not in seen:
                seen.add(way.choice)
                yield way


def _from_choice(subject: Subject, back: str) -> _Way | None:
    """The way back a flow closes, from the choice at which it parts from the way on; none where it is no single way."""
    model = subject.model
    flow = model.flow.get(back)
    met = [flow.target] if flow is not None else []
    while flow is not None and len(model.outgoing[flow.source]) == 1:
        met.append(flow.source)
        entering = model.incoming[flow.source]
        flow = entering[0] if len(entering) == 1 and entering[0].source not in met else None
    if flow is None:
        return None
    return _Way(gateway=flow.source, choice=flow.id, back=back, met=tuple(reversed(met)))


def _ends(subject: Subject, way: _Way) -> tuple[str, str]:
    """The step that sends back and the one it goes back to; empty where the way stays in one unit.

    To the applicant: from the step before to the applicant's own, or to where the case was before if it goes by
    message. Else from the last step on the way to the one where the case was before.
    """
    before = subject.last_step_before(way.gateway)
    target = subject.first_step_after(way.met[-1])
    steps = [before, *(node for node in way.met[:-1] if subject.model.node[node].is_step), target]
    if not before or not target:
        return "", ""
    for sender, receiver in pairwise(steps):
        if subject.is_applicants(receiver) and not subject.is_applicants(sender):
            return sender, receiver
    if way.meets_applicant(subject):
        return before, target
    units = subject.unit_key(steps[-2]), subject.unit_key(target)
    return (steps[-2], target) if units[1] and units[0] != units[1] else ("", "")
