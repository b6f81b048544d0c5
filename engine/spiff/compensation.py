"""Undoing work: what was done leaves a record where it can be undone, and records are undone in reverse order.

A record lies in the scope the work was done in. A sub-process that is done leaves one record, with the records of what
was done in it inside. Whoever calls for compensation (an event, or the cancelling of a transaction) keeps the records
still to be undone in its token and undoes one after the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.spiff.place import Place
from engine.spiff.token import STARTED, Token
from engine.spiff.values import NO_DATA
from engine.spiff.waiting import happen, triggers_of

if TYPE_CHECKING:
    from engine.spiff.place import Specification
    from engine.spiff.trigger import Trigger


class Undoing(Place):
    """Where the call for a compensation lies that nobody waits for."""

    tells = ""


class Record(Place):
    """Where the memory of work lies that can be undone."""

    weighs = False
    stays = True
    tells = ""

    def __init__(self, spec: Specification, name: str, activity: Any) -> None:
        super().__init__(spec, name, None)
        #: The activity that was done.
        self.activity = activity


def remember(token: Token) -> None:
    """An activity is done: leave a record of it, with what was recorded inside it."""
    case = token.workflow
    inner = [inside for inside in token.inside.values() if isinstance(inside.task_spec, Record)]
    activity = token.task_spec
    if not inner and activity.undone_by is None:
        return
    scope = token.scope
    while scope.task_spec.repeats:
        scope = scope.scope
    record = case.grow(activity.record, scope)
    record._set_state(STARTED)
    for one in inner:
        del token.inside[one.id]
        record.inside[one.id] = one
        one._parent = record.id
        case.touch(one)


def compensate(token: Token, trigger: Trigger) -> bool:
    """Undo what an event names, or all that was done in its scope; whether the event waits for it."""
    records = _meant(token, trigger.event.reference)
    if not records:
        return False
    if trigger.event.waits:
        return _undo_all(token, records)
    caller = token.workflow.grow(token.workflow.program.undoing, token.scope)
    caller._set_state(STARTED)
    if not _undo_all(caller, records):
        token.workflow.remove(caller, "done")
    return False


def undo_scope(token: Token, frame: Token) -> bool:
    """Undo all that was done in a transaction, then let its cancel event happen; whether the token waits for it."""
    token.more = {**token.more, "z": frame.id}
    if _undo_all(token, _records_in(frame)):
        return True
    _cancelled(token)
    return False


def undone(token: Token) -> None:
    """A step that undoes another one is done: go on with the next record."""
    case = token.workflow
    caller = case.tasks.get(token.more["u"])
    case.tell("compensated", token)
    if caller is not None and not _next(caller):
        _finish(caller)


def _meant(token: Token, reference: str) -> list[Token]:
    scope = token.scope
    while True:
        found = [one for one in _records_in(scope) if reference in ("", one.task_spec.activity.element)]
        is_outermost = scope is token.workflow.root
        if found or is_outermost or not (reference or scope.task_spec.is_event_frame):
            return found
        scope = scope.scope


def _records_in(scope: Token) -> list[Token]:
    found = [token for token in scope.inside.values() if isinstance(token.task_spec, Record)]
    return sorted(found, key=lambda token: -token.id)


def _undo_all(caller: Token, records: list[Token]) -> bool:
    """Begin to undo records, the last one first; whether something is to be waited for."""
    caller.more = {**caller.more, "q": [record.id for record in records]}
    caller.workflow.touch(caller)
    return _next(caller)


def _next(caller: Token) -> bool:
    """Undo the next record; whether there was one that takes time."""
    case = caller.workflow
    queue: list[int] = list(caller.more["q"])
    begun = False
    while queue and not begun:
        number = queue.pop(0)
        record = case.tasks.get(abs(number))
        if record is None:
            continue
        case.spend(record)
        if number < 0:
            case.remove(record, "done")
            continue
        inner = _undo(record, caller)
        begun = inner is None
        if inner is not None:
            queue = [*(one.id for one in inner), -record.id, *queue]
    caller.more = {**caller.more, "q": queue}
    case.touch(caller)
    return begun


def _undo(record: Token, caller: Token) -> list[Token] | None:
    """Begin to undo one record; the records inside it that are to be undone instead, if nothing else does it."""
    case = record.workflow
    activity = record.task_spec.activity
    how = activity.undone_by
    if how is None:
        return _records_in(record)
    if how.is_event_frame:
        frame = case.grow(how, record, {"u": caller.id})
        frame._set_state(STARTED)
        how.begin(frame)
        return None
    scope = record.scope
    if not record.inside:
        case.remove(record, "done")
    case.enter(how, scope, {"u": caller.id})
    return None


def _finish(caller: Token) -> None:
    case = caller.workflow
    if caller.task_spec is case.program.undoing:
        case.remove(caller, "done")
    elif "z" in caller.more:
        _cancelled(caller)
        if caller.id in case.tasks:
            caller.complete()
    else:
        caller.complete()


def _cancelled(caller: Token) -> None:
    """Everything in a cancelled transaction is undone: the cancel event on its edge happens."""
    case = caller.workflow
    here = case.tasks[caller.more["z"]]
    while True:
        for arm in here.arms:
            for trigger in triggers_of(arm):
                if trigger.kind == "cancel":
                    happen(arm, trigger, NO_DATA)
                    return
        if here is case.root or not here.scope.task_spec.repeats:
            return
        here = here.scope
