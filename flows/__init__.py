"""The library of procedures: a folder each, with the drawings before and after and the sources of all they say."""

from flows.errors import FlowsError, UnknownProcedure, UnreadableProcedure
from flows.library import LIBRARY, load, names, procedures
from flows.procedure import (
    Basis,
    Calibration,
    Illustration,
    Procedure,
    PublishedFigure,
    TimeSource,
    Words,
)

__all__ = [
    "LIBRARY",
    "Basis",
    "Calibration",
    "FlowsError",
    "Illustration",
    "Procedure",
    "PublishedFigure",
    "TimeSource",
    "UnknownProcedure",
    "UnreadableProcedure",
    "Words",
    "load",
    "names",
    "procedures",
]
