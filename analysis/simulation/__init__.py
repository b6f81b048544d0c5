"""Discrete-event simulation of a procedure: staff, office hours, holidays, queues, chance (compiled)."""

from analysis.simulation.columns import Columns, PathSums, StepSums, UnitSums
from analysis.simulation.refusals import refusals
from analysis.simulation.run import default_start, default_warm_up, expected_visits, overloads, simulate

__all__ = [
    "Columns",
    "PathSums",
    "StepSums",
    "UnitSums",
    "default_start",
    "default_warm_up",
    "expected_visits",
    "overloads",
    "refusals",
    "simulate",
]
