"""Cancelling: whoever asked for the case takes it back; all its work is withdrawn."""

from engine.cases import LiveCase
from engine.command import Command


def cancel(case: LiveCase, command: Command) -> None:
    """Cancel the case."""
    case.end("cancel", command)
