"""Rejecting: the step turns the case down; a gateway that routes on it decides, else the case ends."""

from bpmn.routing import JUDGING
from engine.cases import LiveCase
from engine.command import Command
from engine.errors import NothingToReject
from store.rows import ItemRow


def reject(case: LiveCase, item: ItemRow, command: Command) -> None:
    """Turn the case down at a step that can."""
    node = case.procedure.program.node(item.element)
    if node.step is None or (node.step.rejects is None and node.step.kind not in JUDGING):
        raise NothingToReject(item.name)
    held = case.hold(item, "reject", command.by)
    case.change(held, "reject", tells=False, ended=case.now, draft="")
    case.told(item.token, command.by, {**command.data, **command.why})
    case.run.reject(item.token, case.now, command.data)
