"""Events that are thrown: to who waits for them in the case, from the inside out, or out of the case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.spiff.compensation import compensate, undo_scope
from engine.spiff.events import EventStart
from engine.spiff.frontier import Thrown
from engine.spiff.place import Place
from engine.spiff.sending import open_by, send
from engine.spiff.token import Token
from engine.spiff.trigger import Trigger
from engine.spiff.values import NO_DATA
from engine.spiff.waiting import happen, triggers_of

if TYPE_CHECKING:
    from bpmn.model import Node
    from engine.spiff.case import Case
    from engine.spiff.place import Specification


class Throw(Place):
    """An event that is thrown on the way; a plain one only passes."""

    def __init__(self, spec: Specification, name: str, node: Node, triggers: tuple[Trigger, ...]) -> None:
        super().__init__(spec, name, node)
        self.triggers = triggers
        #: A compensation is passed when all is undone; what else is thrown is passed before anybody hears it.
        self.tells_late = any(trigger.kind == "compensate" for trigger in triggers)
        self.tells = "passed" if self.tells_late or not triggers else ""

    def _on_ready(self, my_task: Token) -> None:
        """A signal is heard by those who wait for it: it is thrown when nobody can come to wait any more."""
        case = my_task.workflow
        (case.later if any(one.kind == "signal" for one in self.triggers) else case.queue).append(my_task)

    def _run_hook(self, my_task: Token) -> bool | None:
        waits = False
        if self.triggers and not self.tells_late:
            my_task.workflow.tell("passed", my_task)
        for trigger in self.triggers:
            waits = throw(my_task, trigger) or waits
            if my_task.id not in my_task.workflow.tasks:
                return None
        return None if waits else True


class End(Throw):
    """An end event: the token is consumed."""

    def _run_hook(self, my_task: Token) -> bool | None:
        my_task.workflow.note_end(my_task)
        return super()._run_hook(my_task)


def throw(token: Token, trigger: Trigger) -> bool:
    """Throw one event; whether the token waits until it was dealt with."""
    case = token.workflow
    if trigger.kind == "message":
        send(token, trigger)
    elif trigger.kind == "signal":
        case.tell("signal-sent", token)
        case.throw(Thrown(kind="signal", element=case.element_of(token), name=trigger.name))
        signal(case, trigger.name, NO_DATA)
    elif trigger.kind == "escalation":
        escalate(token, trigger)
    elif trigger.kind == "error":
        if not raise_error(case, token.scope, trigger, NO_DATA):
            _fail(token, trigger)
    elif trigger.kind == "compensate":
        return compensate(token, trigger)
    elif trigger.kind == "cancel":
        return _cancel(token)
    elif trigger.kind == "terminate":
        for other in list(token.scope.inside.values()):
            if other is not token and not other.task_spec.stays:
                case.remove(other)
    return False


def signal(case: Case, name: str, data: Mapping[str, Any]) -> bool:
    """Bring a signal to everybody in the case who waits for it; whether anybody did."""
    waiting = [
        (token, trigger)
        for token in case.tasks.values()
        for trigger in triggers_of(token)
        if trigger.kind == "signal" and trigger.name == name
    ]
    caught = False
    for token, trigger in waiting:
        if case.tasks.get(token.id) is token:
            happen(token, trigger, data)
            caught = True
    return open_by(case, "signal", name, data) or caught


def escalate(token: Token, trigger: Trigger) -> None:
    """Tell an escalation to who waits for it nearest around, else outside."""
    case = token.workflow
    caught = catcher(case, token.scope, trigger)
    if caught is not None:
        happen(*caught, NO_DATA)
        return
    case.tell("escalated", token)
    case.throw(Thrown(kind="escalation", element=case.element_of(token), name=trigger.code or trigger.name))


def raise_error(case: Case, start: Token, trigger: Trigger, data: Mapping[str, Any]) -> bool:
    """Bring an error to the nearest event around that catches it; whether there is one."""
    caught = catcher(case, start, trigger)
    if caught is None:
        return False
    happen(*caught, data)
    return True


def catcher(case: Case, start: Token, thrown: Trigger) -> tuple[Token, Trigger] | None:
    """The event nearest around that catches an error or escalation: inside a scope first, then on its edge."""
    here = start
    while True:
        found = [
            (arm, trigger)
            for arm in here.arms
            for trigger in triggers_of(arm)
            if trigger.kind == thrown.kind and trigger.catches(arm, thrown)
        ]
        if found:
            return min(found, key=lambda pair: (not isinstance(pair[0].task_spec, EventStart), pair[1].code is None))
        if here is case.root:
            return None
        here = here.scope


def _fail(token: Token, trigger: Trigger) -> None:
    """An error nobody catches ends the case."""
    case = token.workflow
    case.tell("error-raised", token)
    case.throw(Thrown(kind="error", element=case.element_of(token), name=trigger.code or trigger.name))
    case.note_end(token)
    case.end("failed")


def _cancel(token: Token) -> bool:
    """A transaction is cancelled: its work stops and is undone, then it is left by its cancel event."""
    case = token.workflow
    frame = token.scope
    while not frame.task_spec.is_transaction:
        frame = frame.scope
    for other in list(frame.inside.values()):
        if other is not token and not other.task_spec.stays:
            case.remove(other)
    return undo_scope(token, frame)
