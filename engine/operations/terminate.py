"""Terminating: an administrator ends the case; all its work is withdrawn."""

from engine.cases import LiveCase
from engine.command import Command


def terminate(case: LiveCase, command: Command) -> None:
    """End the case."""
    case.end("terminate", command)
