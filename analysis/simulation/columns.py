"""What a simulation leaves behind: columns over its counted cases, sums over its steps, and the way that ended last.

Every time is a whole number of microseconds. Moments are local wall-clock microseconds since 1970-01-01T00:00 (see
`org.worktime.WorkTime.to_local`). The columns are in the order in which the cases started, so that batches of
neighbouring cases are batches in time. `analysis.measure` alone turns them into figures.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from analysis.measure import Overload

#: A column of moments or durations.
Integers = NDArray[np.int64]
#: A column of small numbers.
Counts = NDArray[np.int32]


@dataclass(frozen=True, kw_only=True)
class StepSums:
    """One step over all counted cases and rounds."""

    id: str
    name: str
    #: The key and the name of its unit, empty where it has none.
    unit_key: str
    unit: str
    #: Whether its work counts as hands-on: false for automatic steps and for the applicant's.
    hands_on: bool
    #: Whether it lies in the applicant's pool: then its wait counts as no waiting either.
    applicant: bool
    #: How often it was handed over.
    times: int
    #: Work as drawn; wait and queue in the open hours of its unit (of the procedure where it has none).
    work: int
    wait: int
    queue: int


@dataclass(frozen=True, kw_only=True)
class UnitSums:
    """One unit's part of the ways that ended last, in its open hours."""

    #: The key and the name of the unit, empty for the steps without one.
    key: str
    unit: str
    work: int
    wait: int
    queue: int


@dataclass(frozen=True, kw_only=True)
class PathSums:
    """Where the elapsed time of all counted cases went, along the way of each case that ended last.

    `closed + other` and the units' sums add up to the sum of `end - start`, to the microsecond.
    """

    units: tuple[UnitSums, ...]
    #: Closed hours of the unit in whose work, wait or queue the case was.
    closed: int
    #: Automatic steps, events, messages, the applicant.
    other: int


@dataclass(frozen=True, kw_only=True)
class Columns:
    """The counted cases of one simulation. All columns have one entry a case, in order of start."""

    #: The number of the case among the counted ones, 0 to n - 1, in order of arrival: two runs of one seed pair by it.
    key: Integers
    #: Its first start event outside the applicant's pool, and its last end event outside it.
    start: Integers
    end: Integers
    rejected: NDArray[np.bool_]
    #: Hands-on work over all steps and rounds; automatic steps and the applicant's left out.
    work: Integers
    #: Wait and queue over all steps and rounds, in open hours; the applicant's left out.
    waiting: Integers
    #: Papers the applicant handed in, each time counted.
    hand_ins: Counts
    #: Times the applicant had to come.
    visits: Counts
    #: End of the first accept step and of the first decide after it; -1 where there was none.
    clock_start: Integers
    clock_end: Integers
    #: Clock-stops: the case's place in these columns, from hand-over to done; in order of the case.
    stop_case: Integers
    stop_from: Integers
    stop_to: Integers
    #: Steps in the order of the file.
    steps: tuple[StepSums, ...]
    path: PathSums
    seed: int
    #: The instant the arrivals opened, or at which all cases started.
    opened: datetime
    #: Cases simulated first and not counted.
    warm_up: int
    #: Whether all cases started at one instant.
    at_once: bool
    #: Whether cases met at all: false where the file names no arrivals.
    meeting: bool
    #: Units that cannot keep up. Where there are some their queues were left out of the run (an endless one has no
    #: mean): elapsed time, waiting, queue and path say nothing then; work, hand-ins, visits and outcomes still hold.
    overloaded: tuple[Overload, ...] = ()
    #: Whether some step has the kind accept, and some the kind decide.
    has_accept: bool = False
    has_decide: bool = False

    @property
    def cases(self) -> int:
        """How many cases were counted."""
        return len(self.start)
