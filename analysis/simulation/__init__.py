"""Discrete-event simulation of a procedure: staff, office hours, holidays, queues, chance (compiled)."""

from analysis.simulation.columns import Columns, PathSums, StepSums, UnitSums
from analysis.simulation.compiled import cache_folder, package_folder
from analysis.simulation.histories import histories
from analysis.simulation.refusals import refusals
from analysis.simulation.run import (
    default_start,
    default_warm_up,
    expected_visits,
    is_compiled,
    overloads,
    simulate,
    warm,
)

__all__ = [
    "Columns",
    "PathSums",
    "StepSums",
    "UnitSums",
    "cache_folder",
    "default_start",
    "default_warm_up",
    "expected_visits",
    "histories",
    "is_compiled",
    "overloads",
    "package_folder",
    "refusals",
    "simulate",
    "warm",
]
