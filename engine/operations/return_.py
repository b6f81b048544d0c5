"""Returning: the case goes back to a step it has passed, with the data of then."""

from engine.cases import LiveCase
from engine.command import Command
from engine.errors import MissingField, NotPassed
from engine.past import passed
from store.rows import ItemRow


def return_(case: LiveCase, item: ItemRow, command: Command) -> None:
    """Send the case back to a passed step; nothing else may be under way at the same time."""
    if not command.to:
        raise MissingField("to")
    held = case.hold(item, "return", command.by)
    scope = _scope(case, item, command.to)
    then = passed(case.history(), command.to)
    if then is None:
        raise NotPassed(command.to)
    data = {**dict.fromkeys(case.run.data()), **then}
    reason = {"reason": command.reason} if command.reason else {}
    case.change(held, "return", data={"to": command.to, **reason}, ended=case.now, draft="")
    case.run.put(command.to, scope, data, case.now)
    case.run.cancel(item.token, case.now)


def _scope(case: LiveCase, item: ItemRow, to: str) -> int:
    """The scope that holds the step it goes back to, if nothing else is under way."""
    program = case.procedure.program
    try:
        node = program.node(to)
    except KeyError:
        raise NotPassed(to) from None
    beside = {
        event.id for event in program.model_of(item.element).boundary_events.get(program.node(item.element).id, ())
    }
    others = [
        wait for wait in case.run.waits() if wait.token != item.token and wait.element.rpartition("/")[2] not in beside
    ]
    scopes = case.run.scopes()
    around = node.scope or node.process
    if others or (around not in scopes and len(scopes) > 1):
        raise NotPassed(to)
    return scopes.get(around, 0)
