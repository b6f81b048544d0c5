"""Times without simulating: the exact distribution where nobody waits, expected counts, longest ways."""

from analysis.timing.critical import Way, critical_path, longest_way
from analysis.timing.exact_time import TAIL, TOLERANCE, Distribution, ExactTime, exact
from analysis.timing.structure import Obstacle

__all__ = [
    "TAIL",
    "TOLERANCE",
    "Distribution",
    "ExactTime",
    "Obstacle",
    "Way",
    "critical_path",
    "exact",
    "longest_way",
]
