"""Saving: what was entered so far is kept as a draft; the case sees it only once the step is completed."""

from engine.cases import LiveCase
from engine.command import Command
from engine.spiff.values import as_json
from store.rows import ItemRow


def save(case: LiveCase, item: ItemRow, command: Command) -> None:
    """Keep what was entered so far."""
    held = case.hold(item, "save", command.by)
    case.change(held, "save", data=command.data, draft=as_json(dict(command.data)))
