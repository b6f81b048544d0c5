"""Sending a message: to those its message flows lead to, to the pool it opens, or out of the case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.spiff.frontier import Thrown
from engine.spiff.messages import fits
from engine.spiff.waiting import happen, triggers_of

if TYPE_CHECKING:
    from engine.spiff.case import Case
    from engine.spiff.token import Token
    from engine.spiff.trigger import Trigger


def send(token: Token, trigger: Trigger) -> None:
    """Send the message of an event or task: to those its message flows lead to, else out of the case."""
    case = token.workflow
    place = token.task_spec
    data = _content(token)
    correlation = case.program.correlation.of_message(token, trigger.event.reference, data)
    case.tell("message-sent", token)
    receivers = case.program.receivers.get(place.name, ())
    for names in receivers:
        post(case, {"m": trigger.name, "to": list(names), "c": correlation})
    if not receivers:
        case.throw(
            Thrown(
                kind="message", element=case.element_of(token), name=trigger.name, data=data, correlation=correlation
            )
        )


def _content(token: Token) -> dict[str, Any]:
    """What a message carries: the data its sender reads, else all the sender sees."""
    case = token.workflow
    node = token.task_spec.node
    view = case.view(token)
    names = case.program.reads.get(token.task_spec.name, ()) if node is not None else ()
    return {name: view.get(name) for name in names} if names else dict(view)


def post(case: Case, letter: dict[str, Any]) -> None:
    """Bring a message to who waits for it, to the pool it opens, or let it lie."""
    wanted = frozenset(letter["to"])
    for token in list(case.tasks.values()):
        if token.task_spec.name in wanted:
            for trigger in triggers_of(token):
                if trigger.kind == "message" and fits(token, letter):
                    happen(token, trigger, letter.get("d", {}))
                    return
    for name in letter["to"]:
        if name in case.program.opens:
            case.program.opens[name].open(case, case.program.places[name], letter.get("d", {}))
            return
    lying = case.grow(case.program.letter, case.root, {"l": letter})
    case.letters[lying.id] = lying
