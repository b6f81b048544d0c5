"""Returning: the case goes back to a step it has passed, with the data of then."""

from engine.cases import LiveCase
from engine.command import Command
from engine.errors import MissingField, NotPassed
from engine.past import passed
from engine.spiff.program import Program
from store.rows import ItemRow


def return_(case: LiveCase, item: ItemRow, command: Command) -> None:
    """Send the case back to a passed step; nothing else may be under way at the same time."""
    if not command.to:
        raise MissingField("to")
    held = case.hold(item, "return", command.by)
    scope = _scope(case, item, command.to)
    data = passed(case.history(), command.to)
    if data is None:
        raise NotPassed(command.to)
    case.change(held, "return", data={"to": command.to, **command.why}, ended=case.now, draft="")
    case.run.put(command.to, scope, data, case.now)
    case.run.cancel(item.token, case.now, scope)


def _scope(case: LiveCase, item: ItemRow, to: str) -> int:
    """The scope under way that holds the step it goes back to, if one token may stand there alone."""
    program = case.procedure.program
    try:
        node = program.node(to)
    except KeyError:
        raise NotPassed(to) from None
    others = [wait for wait in case.run.waits() if wait.token != item.token and not _is_beside(program, wait.element)]
    call = to.rpartition("/")[0].rpartition("/")[2]
    scope = case.run.scopes().get(node.scope or call or node.process)
    if others or scope is None or program.waits_in_vain(to):
        raise NotPassed(to)
    return scope


def _is_beside(program: Program, element: str) -> bool:
    """Whether an event is only waited for beside what is under way: on the edge of an activity, or at a start."""
    return program.node(element).kind in ("boundaryEvent", "startEvent")
