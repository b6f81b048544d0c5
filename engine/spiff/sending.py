"""Sending a message: to those its message flows lead to, to the pool it opens, or out of the case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.spiff.frontier import Thrown
from engine.spiff.messages import fits
from engine.spiff.token import STARTED
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
    correlation = case.program.correlation.of_message(case.environment, trigger.event.reference, data)
    case.program.correlation.fix(case, trigger.event.reference, data)
    case.tell("message-sent", token)
    receivers = case.program.receivers.get(place.name, ())
    for names in receivers:
        post(case, {"to": list(names), "c": correlation})
    if not receivers and place.name not in case.program.informs:
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


def post(case: Case, letter: dict[str, Any]) -> bool:
    """Bring a message to who waits for it, to the pool it opens, or let it lie; whether anybody can ever take it."""
    wanted = frozenset(letter["to"])
    for token in list(case.tasks.values()):
        if token.task_spec.name in wanted:
            for trigger in triggers_of(token):
                if trigger.kind == "message" and fits(token, letter):
                    happen(token, trigger, letter.get("d", {}))
                    return True
    for name in letter["to"]:
        if name in case.program.opens:
            open_pool(case, name, letter.get("d", {}))
            return True
    if wanted:
        lying = case.grow(case.program.letter, case.root, {"l": letter})
        case.letters[lying.id] = lying
    return bool(wanted)


def open_pool(case: Case, name: str, data: Mapping[str, Any]) -> None:
    """A message or signal opens a pool at one of its starts."""
    pool = case.program.opens[name]
    place = case.program.places[name]
    token = case.grow(pool, case.root)
    token._set_state(STARTED)
    case.write(token, data)
    if place.awaits:
        pool.inner.begin(token, ())
        first = case.grow(place, token)
        case.tell("message-received", first, data)
        first.complete()
    else:
        pool.inner.begin(token, (place,))


def deliver(case: Case, name: str, data: Mapping[str, Any], correlation: str) -> bool:
    """Bring a message from outside to who waits for it in the case, or will; whether there is anybody."""
    names = case.program.hearers.get(name, ())
    letter: dict[str, Any] = {
        "to": list(names),
        "c": correlation or case.program.carried(name, data, case.environment),
    }
    if data:
        letter["d"] = dict(data)
    waiting = [
        token
        for token in case.tasks.values()
        if token.task_spec.name in names and any(trigger.kind == "message" for trigger in triggers_of(token))
    ]
    if waiting and not any(fits(token, letter) for token in waiting):
        return False
    return post(case, letter)


def open_by(case: Case, kind: str, name: str, data: Mapping[str, Any]) -> bool:
    """Open every pool that a signal of that name opens; whether there is one."""
    starts = [start for (start, of), title in case.program.titles.items() if (of, title) == (kind, name)]
    for start in starts:
        open_pool(case, start, data)
    return bool(starts)
