"""Suspending: nothing happens in the case until it is resumed; its items wait and so do its timers and calls."""

from engine.cases import LiveCase
from engine.command import Command
from engine.lifecycle import AT_HAND


def suspend(case: LiveCase, command: Command) -> None:
    """Suspend the case."""
    case.change_case("suspend", command)
    for item in case.items.values():
        if item.state in AT_HAND:
            if item.state == "started":
                case.record("paused", element=item.element, person=item.person)
            case.change(item, "pause")
    case.put_aside = [wait.token for wait in case.run.waits() if wait.kind in ("timer", "job")]
