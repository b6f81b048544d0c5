"""Completing: the step is done, its data become the case's, and the case goes on."""

from engine.cases import LiveCase
from engine.command import Command
from store.rows import ItemRow


def complete(case: LiveCase, item: ItemRow, command: Command) -> None:
    """Complete a step."""
    held = case.hold(item, "complete", command.by)
    case.change(held, "complete", tells=False, ended=case.now, draft="")
    case.told(item.token, command.by, command.data)
    case.run.complete(item.token, command.data, case.now)
