"""Beginning: the waiting of a work item is over, somebody works at it now."""

from engine.cases import LiveCase
from engine.command import Command
from store.rows import ItemRow


def begin(case: LiveCase, item: ItemRow, command: Command) -> None:
    """Begin to work at an item."""
    held = case.hold(item, "begin", command.by)
    case.change(held, "begin")
