"""Waiting for events: when a timer is due, whether a condition holds, which message is meant, and that it happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bpmn.errors import BpmnError
from bpmn.expression import Expression, evaluate, holds
from bpmn.expression.functions import written
from engine.errors import WrongData
from engine.spiff.frontier import Wait
from engine.spiff.messages import take_letter
from engine.spiff.trigger import TELLS, WAITS_FOR, Trigger

if TYPE_CHECKING:
    from engine.spiff.token import Token
    from engine.spiff.world import Due

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def value_of(token: Token, expression: Expression, over: Mapping[str, Any] | None = None) -> Any:
    """The value of an expression as a token sees the data."""
    case = token.workflow
    try:
        return evaluate(expression, case.view(token, over), case.environment)
    except BpmnError as error:
        raise WrongData(case.element_of(token), str(error)) from error


def is_true(token: Token, expression: Expression, over: Mapping[str, Any] | None = None) -> bool:
    """Whether a condition holds as a token sees the data."""
    case = token.workflow
    try:
        return holds(expression, case.view(token, over), case.environment)
    except BpmnError as error:
        raise WrongData(case.element_of(token), str(error)) from error


def await_(token: Token, trigger: Trigger) -> bool:
    """A token begins to wait; whether what it waits for has happened already."""
    case = token.workflow
    if trigger.kind == "timer":
        return _set_timer(token, trigger)
    if trigger.kind == "conditional" and trigger.expression is not None:
        if is_true(token, trigger.expression):
            token.more = {**token.more, "w": 1}
            return True
        case.asking[token.id] = token
    elif trigger.kind == "message":
        correlation = case.program.correlation.expected(token, trigger.event.reference)
        if correlation:
            token.more = {**token.more, "c": correlation}
        return take_letter(token)
    return False


def _set_timer(token: Token, trigger: Trigger) -> bool:
    text = timer_text(token, trigger)
    case = token.workflow
    if not text or token.task_spec.node is None or case.at is None:
        return False
    _note(token, case.world.due(token.task_spec.node, text, case.at))
    return due_of(token) <= case.at  # type: ignore[operator]  # it was just noted


def timer_text(token: Token, trigger: Trigger) -> str:
    """The ISO text of a timer, its expression worked out."""
    if trigger.expression is None:
        return trigger.event.expression
    value = value_of(token, trigger.expression)
    text = written(value) if value is not None else None
    if text is None:
        raise WrongData(token.workflow.element_of(token), trigger.expression.text)
    return text


def _note(token: Token, due: Due) -> None:
    more = {**token.more, "d": (due.at - _EPOCH) // timedelta(microseconds=1)}
    more.pop("r", None)
    if due.again and due.left:
        more["r"] = [due.again, due.left]
    token.more = more
    token.workflow.touch(token)


def due_of(token: Token) -> datetime | None:
    """When a token's timer is due."""
    due = token.more.get("d")
    return _EPOCH + timedelta(microseconds=due) if due is not None else None


def rings_again(token: Token) -> bool:
    """A timer beside its activity has rung: whether it goes on, and then it is set anew."""
    again, left = token.more.get("r", ("", 0))
    before = due_of(token)
    if not left or before is None or token.task_spec.node is None:
        return False
    case = token.workflow
    _note(token, case.world.due(token.task_spec.node, again, before))
    if left != 1:
        token.more = {**token.more, "r": [again, left - 1 if left > 0 else -1]}
    return True


def holds_anew(token: Token, trigger: Trigger) -> bool:
    """Whether a condition has come to hold since it was asked last."""
    assert trigger.expression is not None
    held = bool(token.more.get("w"))
    now = is_true(token, trigger.expression)
    if now != held:
        token.more = {key: value for key, value in token.more.items() if key != "w"} | ({"w": 1} if now else {})
        token.workflow.touch(token)
    return now and not held


def happen(token: Token, trigger: Trigger | None, data: Mapping[str, Any]) -> None:
    """What a token waits for has happened: its data are kept, it is told, and the token's place acts."""
    case = token.workflow
    case.write(token, data)
    if trigger is not None and trigger.kind == "message" and data:
        case.program.correlation.fix(case, trigger.event.reference, data)
    kind = TELLS.get(trigger.kind) if trigger is not None else None
    if kind is not None:
        case.tell(kind, token, data)
    token.task_spec.fired(token)


def wait_for(token: Token, trigger: Trigger | None) -> Wait:
    """What a token that waits for an event is shown as."""
    kind = WAITS_FOR.get(trigger.kind, "event") if trigger is not None else "event"
    return Wait(
        token=token.id,
        element=token.workflow.element_of(token),
        kind=kind,
        due=due_of(token),
        name=trigger.name if trigger is not None else "",
        correlation=token.more.get("c", ""),
        instance=token.more.get("i", 0),
    )


def triggers_of(token: Token) -> Iterator[Trigger]:
    """What a waiting token waits for: nothing where other tokens wait in its stead."""
    place = token.task_spec
    if "h" in token.more:
        yield place.triggers[token.more.get("n", 0)]
    elif place.awaits and len(place.triggers) == 1:
        yield place.triggers[0]
