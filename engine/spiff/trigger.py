"""What events wait for and throw, read once: names, codes, texts, and SpiffWorkflow's own definitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions import (
    ConditionalEventDefinition,
    ErrorEventDefinition,
    EscalationEventDefinition,
    MessageEventDefinition,
    NoneEventDefinition,
    SignalEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.simple import CancelEventDefinition, TerminateEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.util.event import BpmnEvent

from bpmn.expression import Expression
from bpmn.model import EventDefinition

#: What a waiting token is called by what it waits for; every other kind is an "event" only its activity brings about.
WAITS_FOR = {"message": "message", "timer": "timer", "signal": "signal", "conditional": "condition"}
#: What is told when it has happened.
TELLS = {
    "message": "message-received",
    "timer": "timer-due",
    "signal": "signal-received",
    "error": "error-raised",
    "escalation": "escalated",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Trigger:
    """One event definition as it is run."""

    event: EventDefinition
    kind: str
    #: Of a message or signal, its name; of an error or escalation, what it is called outside.
    name: str = ""
    #: Of an error or escalation; none catches any.
    code: str | None = None
    #: Of a timer or condition that is an expression; a timer without one has its text in `event`.
    expression: Expression | None = None
    #: SpiffWorkflow's definition: what it catches is asked of it.
    definition: Any = None

    def catches(self, token: Any, other: Trigger) -> bool:
        """Whether another definition, thrown, is what this one waits for; an error without code is any error."""
        return other.code == "" or bool(self.definition.catches(token, BpmnEvent(other.definition)))


def definition_of(kind: str, name: str, code: str | None, text: str) -> Any:
    """SpiffWorkflow's definition of an event."""
    if kind == "error":
        return ErrorEventDefinition(name, code)
    if kind == "escalation":
        return EscalationEventDefinition(name, code)
    if kind == "conditional":
        return ConditionalEventDefinition(text)
    if kind == "timer":
        return TimerEventDefinition(name, text)
    named = {"message": MessageEventDefinition, "signal": SignalEventDefinition}
    plain = {"cancel": CancelEventDefinition, "terminate": TerminateEventDefinition}
    return named[kind](name) if kind in named else plain.get(kind, NoneEventDefinition)()
