"""Whether two roads come to the same times: a simulation, and cases that were played with its draws."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from analysis.measure import TimeResult
from analysis.measured import columns_of
from analysis.simulation.columns import Columns
from analysis.statistics import Column
from analysis.time import elapsed_working, time_of
from bpmn.history import History
from bpmn.model import Model

#: Two times that differ by less than this are the same: the rounding of a moment.
_SAME = 2e-6


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """What both roads came to."""

    trial: TimeResult
    simulated: TimeResult
    #: Whether the mean of the trial lies in the interval of the simulation, of as many cases.
    is_within: bool
    #: Cases that took the same time on both.
    same: int


def agreement(model: Model, run: Columns, histories: Iterable[History]) -> Agreement:
    """Set the histories of a trial, in the order of arrival, against the simulation of the same cases."""
    found = columns_of(model, histories)
    played = replace(
        found,
        seed=run.seed,
        opened=run.opened,
        warm_up=run.warm_up,
        at_once=run.at_once,
        meeting=run.meeting,
        overloaded=run.overloaded,
    )
    simulated = time_of(model, run)
    ours, theirs = _by_arrival(model, played), _by_arrival(model, run)
    known, mean = simulated.times.elapsed_working, float(ours.mean()) if len(ours) else float("nan")
    # Where a unit cannot keep up there is no mean, and only the cases themselves can be compared.
    low, high = (known.low, known.high) if known.low is not None and known.high is not None else (mean, mean)
    is_complete = len(ours) == len(theirs)
    return Agreement(
        trial=time_of(model, played, source="trial"),
        simulated=simulated,
        is_within=is_complete and low - _SAME <= mean <= high + _SAME,
        same=int((np.abs(ours - theirs) < _SAME).sum()) if is_complete else 0,
    )


def _by_arrival(model: Model, columns: Columns) -> Column:
    """Elapsed working seconds in the order of arrival."""
    return elapsed_working(model, columns)[np.argsort(columns.key)]
