"""Claiming: one of those who may do a step takes it; from then on nobody else can."""

from engine.cases import LiveCase
from engine.command import Command
from store.rows import ItemRow


def claim(case: LiveCase, item: ItemRow, command: Command) -> None:
    """Take a work item."""
    case.check_item(item, "claim", command.by)
    case.change(item, "claim", person=command.by)
