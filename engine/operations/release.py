"""Releasing: who holds a work item lets go of it; it is offered again to everybody who may do it."""

from engine.cases import LiveCase
from engine.command import Command
from store.rows import ItemRow


def release(case: LiveCase, item: ItemRow, command: Command) -> None:
    """Let go of a work item; what was saved stays with it."""
    case.check_item(item, "release", command.by)
    case.change(item, "release", by=command.by, person="")
