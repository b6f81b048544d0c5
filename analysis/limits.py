"""How many cases keep a limit: the legal and the promised clock of a set of cases.

Both clocks run from the end of the first accept step to the end of the first decide step after it. Where the file
marks no decide step, or a case ended without coming to one (turned down before), the clock runs to the end of the case:
that is when the applicant has an answer. Where the file marks no accept step, it runs from start to end. A case that
never came to its accept step had no clock and is not counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from analysis.measure import LimitShare
from analysis.simulation.columns import Columns, Integers
from analysis.statistics import share_interval
from bpmn.annotation import GovProcedure
from org import WorkTime

_SECOND = 1_000_000
_DAY = 86_400 * _SECOND


def limit_shares(columns: Columns, procedure: GovProcedure, hours: WorkTime) -> tuple[LimitShare, ...]:
    """The share of cases inside each limit the file names; none where a unit cannot keep up."""
    if columns.overloaded:
        return ()
    limits = (("legal", procedure.legal_limit), ("promised", procedure.promised_limit))
    return tuple(
        _share(columns, clock, limit, procedure.limit_unit, hours) for clock, limit in limits if limit is not None
    )


def span(columns: Columns) -> str:
    """Between which moments the clocks run: "accept-decide", "accept-end" or "start-end"."""
    if not columns.has_accept:
        return "start-end"
    return "accept-decide" if bool((columns.clock_end >= 0).any()) else "accept-end"


def _share(columns: Columns, clock: str, limit: float, unit: str, hours: WorkTime) -> LimitShare:
    begun = columns.clock_start if columns.has_accept else columns.start
    ended = columns.clock_end if columns.has_accept else columns.end
    ended = np.where(ended < 0, columns.end, ended)
    running = np.flatnonzero(begun >= 0)
    due = _due(columns, begun, ended, running, (limit, unit, hours))
    inside = ended[running] <= due
    lasted = (ended - begun)[running].astype(np.float64)
    low, high = share_interval(inside, lasted, independent=not columns.meeting)
    return LimitShare(
        clock=clock,
        limit=limit,
        unit=unit,
        inside=int(inside.sum()),
        n=len(running),
        low=low,
        high=high,
        span=span(columns),
    )


def _due(
    columns: Columns, begun: Integers, ended: Integers, running: NDArray[np.intp], rule: tuple[float, str, WorkTime]
) -> Integers:
    """The due moment of each running case, in local microseconds."""
    stops = _stops(columns, begun, ended)
    due = _unstopped(begun[running], *rule)
    known: dict[tuple[object, ...], int] = {}
    place = np.full(len(begun), -1)
    place[running] = np.arange(len(running))
    for case, stopped in stops.items():
        if place[case] >= 0:
            due[place[case]] = _stopped(int(begun[case]), stopped, rule, known)
    return due


def _stops(columns: Columns, begun: Integers, ended: Integers) -> Mapping[int, list[tuple[int, int]]]:
    """The stops of each case that touch the time its clock ran."""
    case = columns.stop_case
    met = (columns.stop_to >= begun[case]) & (columns.stop_from <= ended[case])
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for index in np.flatnonzero(met):
        found[int(case[index])].append((int(columns.stop_from[index]), int(columns.stop_to[index])))
    return found


def _unstopped(begun: Integers, limit: float, unit: str, hours: WorkTime) -> Integers:
    """Due moments without stops: one for each day on which a clock began, as days decide them."""
    if not len(begun):
        return begun.copy()
    if unit == "hour":
        # Natural hours do not depend on the day, so the first case's distance is everyone's.
        first = int(begun[0])
        return begun + (hours.to_local(hours.due(hours.from_local(first), limit, unit).due) - first)
    # A limit of nothing ends on the same day if the office has not closed yet: there the moment counts.
    keys = begun if limit == 0 else begun // _DAY * _DAY
    days, position = np.unique(keys, return_inverse=True)
    due = [hours.to_local(hours.due(hours.from_local(int(day)), limit, unit).due) for day in days]
    return np.array(due, dtype=np.int64)[position]


def _stopped(
    begun: int,
    stops: list[tuple[int, int]],
    rule: tuple[float, str, WorkTime],
    known: dict[tuple[object, ...], int],
) -> int:
    """The due moment of a case with stops; the same for all that began and stopped on the same days."""
    limit, unit, hours = rule
    days = tuple((first // _DAY, last // _DAY) for first, last in stops)
    key = (begun if unit == "hour" or limit == 0 else begun // _DAY, days)
    if key not in known:
        moments = [(hours.from_local(first), hours.from_local(last)) for first, last in stops]
        known[key] = hours.to_local(hours.due(hours.from_local(begun), limit, unit, moments).due)
    return known[key]
