"""Retrying: a step that failed is offered again."""

from engine.cases import LiveCase
from engine.command import Command
from store.rows import ItemRow


def retry(case: LiveCase, item: ItemRow, command: Command) -> None:
    """Offer a failed step again."""
    case.check_item(item, "retry", command.by)
    case.change(item, "retry", by=command.by, person="")
