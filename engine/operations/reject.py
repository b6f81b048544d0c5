"""Rejecting: the step turns the case down; a gateway that routes on it decides, else the case ends."""

from engine.cases import LiveCase
from engine.command import Command
from engine.errors import NothingToReject
from store.rows import ItemRow

#: Kinds of steps that turn cases down even where the file does not say how many.
TURN_DOWN = ("check", "decide", "approve")


def reject(case: LiveCase, item: ItemRow, command: Command) -> None:
    """Turn the case down at a step that can."""
    node = case.procedure.program.node(item.element)
    if node.step is None or (node.step.rejects is None and node.step.kind not in TURN_DOWN):
        raise NothingToReject(item.name)
    held = case.hold(item, "reject", command.by)
    case.change(held, "reject", tells=False, ended=case.now, draft="")
    case.told(item.token, command.by, {**command.data, **command.why})
    case.run.reject(item.token, case.now, command.data)
