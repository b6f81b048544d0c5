"""Resuming: a suspended case goes on where it stood; what was due meanwhile is due now."""

from engine.cases import LiveCase
from engine.command import Command


def resume(case: LiveCase, command: Command) -> None:
    """Resume a suspended case; each item goes back to who held it."""
    case.change_case("resume", command)
    for item in case.items.values():
        if item.state == "suspended":
            case.change(item, "unpause")
    for wait in case.run.waits():
        case.await_again(wait)
