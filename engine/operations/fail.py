"""Failing: the work on a step did not succeed; the procedure catches the error, or the step waits to be retried."""

from engine.cases import LiveCase
from engine.command import Command
from store.rows import ItemRow


def fail(case: LiveCase, item: ItemRow, command: Command) -> None:
    """Tell that the work failed: with a code as an error of the procedure, without one to be tried again."""
    held = case.hold(item, "fail", command.by)
    if command.code:
        case.change(held, "fail", data={"code": command.code}, attempts=item.attempts + 1)
        case.run.fail(item.token, command.code, command.data, case.now)
    else:
        case.change(held, "fail", data=command.why, attempts=item.attempts + 1)
