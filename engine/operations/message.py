"""Receiving a message: it goes to who waits for it in the case, or lies there until somebody does."""

from engine.cases import LiveCase
from engine.command import Command
from engine.errors import NobodyWaits
from engine.spiff.values import canonical


def message(case: LiveCase, command: Command) -> None:
    """Bring a message from outside into the case."""
    case.check_case("message")
    if not case.run.deliver(command.name, command.data, canonical(command.correlation), case.now):
        raise NobodyWaits(command.name)
