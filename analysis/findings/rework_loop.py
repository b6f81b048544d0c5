"""`rework-loop`: cases go back to the applicant or to another office, and many of them do.

The redesign heuristics are "control addition" at the beginning and "contact reduction" (Reijers and Limam Mansar 2005);
in Chinese practice 一次性告知: ask for all of it at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from analysis.findings.chance import Chances
from analysis.findings.finding import Finding, Missing
from analysis.findings.subject import Subject
from bpmn.model import SequenceFlow

#: From which share of cases on a way back counts.
LEAST = 0.1
_ROUNDING = 1e-9


def rework_loop(subject: Subject) -> Iterator[Finding]:
    """One finding for each way that leads a tenth of the cases or more back to the applicant or another unit."""
    chances = Chances(subject.model, subject.relations.flow)
    for way in _ways_back(subject):
        sender, receiver = _ends(subject, way)
        if not sender:
            continue
        flow = way.choice or way.back
        missing = [Missing(element=one, annotation="probability") for one in chances.unwritten(flow)]
        share = None if missing else chances.at_least_once(flow)
        if share is None and not missing:
            subject.left_out.add("rework-loop")
            continue
        if share is None or share >= LEAST - _ROUNDING:
            yield Finding(
                finding="rework-loop",
                steps=subject.in_path_order((receiver, sender)),
                evidence={
                    "flow": way.back,
                    "choice": way.choice,
                    "sends_back": sender,
                    "back_to": receiver,
                    "share": share,
                    "to_applicant": _meets_applicant(subject, way),
                },
                missing=tuple(missing),
                move="ask-once",
            )


@dataclass(frozen=True, kw_only=True)
class _Way:
    """A way back: the choice it begins at, and what is met up to where the case was before."""

    #: The flow out of the choice; empty where several choices lead into one way back.
    choice: str
    #: The flow that leads to where the case was before.
    back: str
    #: The element it leaves, the elements on it, and the one where the case was before.
    met: tuple[str, ...]


def _ways_back(subject: Subject) -> Iterator[_Way]:
    """The ways back, one for each choice, in the order in which a case comes by them."""
    seen: set[str] = set()
    for back in subject.relations.ways_back:
        flow = subject.model.flow.get(back)
        if flow is None or flow.process not in subject.processes:
            continue
        way = _from_choice(subject, back)
        if (way.choice or way.back) not in seen:
            seen.add(way.choice or way.back)
            yield way


def _from_choice(subject: Subject, back: str) -> _Way:
    """The way back a flow closes, from where it parts from the way on.

    A race of events on it parts nothing, unless another office answers there: by its answer it chooses.
    """
    model = subject.model
    flow = model.flow[back]
    met = [flow.target]
    while len(model.outgoing[flow.source]) == 1 or _is_race(subject, flow):
        met.append(flow.source)
        entering = model.incoming[flow.source]
        if len(entering) != 1 or entering[0].source in met:
            return _Way(choice="", back=back, met=tuple(reversed(met)))
        flow = entering[0]
    return _Way(choice=flow.id, back=back, met=(flow.source, *reversed(met)))


def _is_race(subject: Subject, flow: SequenceFlow) -> bool:
    """Whether a flow leads to one of the events a case waits for, but not to the answer of another office."""
    waits = subject.model.node[flow.source].kind == "eventBasedGateway"
    return waits and not subject.hears_office(flow.target)


def _meets_applicant(subject: Subject, way: _Way) -> bool:
    """Whether the applicant does something on the way, or is heard from."""
    return any(subject.is_applicants(node) or subject.hears_applicant(node) for node in way.met[:-1])


def _ends(subject: Subject, way: _Way) -> tuple[str, str]:
    """The step that sends back and the one it goes back to; empty where the way stays in one unit.

    To the applicant: from the last step before to the applicant's own, or to where the case was before if it goes by
    message. Else from the last step of another unit on the way to the step that follows it; a unit whose message is
    awaited on the way has the case until then.
    """
    before = subject.last_step_before(way.met[0])
    target = subject.first_step_after(way.met[-1])
    if not before or not target:
        return "", ""
    passed = [step for node in way.met[1:-1] for step in _steps_met(subject, node)]
    steps = [*([] if before in passed else [before]), *passed, target]
    for sender, receiver in pairwise(steps):
        if subject.is_applicants(receiver) and not subject.is_applicants(sender):
            return sender, receiver
    if _meets_applicant(subject, way):
        return next((step for step in reversed(steps[:-1]) if not subject.is_applicants(step)), ""), target
    for sender, receiver in reversed(list(pairwise(steps))):
        units = subject.unit_key(sender), subject.unit_key(receiver)
        if units[1] and units[0] != units[1]:
            return sender, receiver
    return "", ""


def _steps_met(subject: Subject, node: str) -> Iterable[str]:
    """The steps a node of a way stands for: its own, those inside it, or the last one before the message it awaits."""
    senders = (sender for sender in subject.heard_from(node) if subject.hears_office(node))
    return [*filter(None, map(subject.last_step_before, senders)), *subject.steps_at(node)]
