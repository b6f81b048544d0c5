"""Starting: a new case of a procedure begins, as one that arrives does or at the start that is named."""

from engine.cases import LiveCase
from engine.command import Command


def start(case: LiveCase, command: Command) -> None:
    """Begin a case."""
    case.change_case("start", command, command.data)
    case.begin(command.data, command.to)
