"""SpiffWorkflow moves the tokens of live cases; this is the only package that knows it."""

from engine.spiff.compile import compiled
from engine.spiff.frontier import WAITS, Changes, Fact, Frontier, Thrown, Wait
from engine.spiff.program import Program
from engine.spiff.refusals import refusals
from engine.spiff.run import Run
from engine.spiff.world import Due, Ruling, World

__all__ = [
    "WAITS",
    "Changes",
    "Due",
    "Fact",
    "Frontier",
    "Program",
    "Ruling",
    "Run",
    "Thrown",
    "Wait",
    "World",
    "compiled",
    "refusals",
]
