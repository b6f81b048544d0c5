"""Receiving a signal: everybody in the case who waits for it goes on."""

from engine.cases import LiveCase
from engine.command import Command
from engine.errors import NobodyWaits


def signal(case: LiveCase, command: Command) -> None:
    """Bring a signal from outside into the case."""
    case.check_case("signal")
    if not case.run.signal(command.name, command.data, case.now):
        raise NobodyWaits(command.name)
