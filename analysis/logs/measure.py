"""What a log says of time: elapsed times, where work and waiting lie, who hands over to whom, how many variants."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

import numpy as np

from analysis.logs.text import Names
from analysis.measure import Measure, measure
from analysis.visits import Visit, visits
from bpmn.history import History, Record
from org import WorkTime


@dataclass(frozen=True, kw_only=True)
class Activity:
    """A step in a mean case, seconds of office hours; none where the log does not tell."""

    id: str
    name: str
    unit: str
    times_per_case: float
    #: From offered to taken up, and from then to done.
    waiting: float | None
    work: float | None


@dataclass(frozen=True, kw_only=True)
class Passing:
    """Work that went from one unit to another, in a mean case."""

    giver: str
    taker: str
    times_per_case: float
    #: Mean seconds of office hours between the end at one and the beginning at the other.
    gap: float


@dataclass(frozen=True, kw_only=True)
class LogMeasures:
    """What a log says of the cases of one process."""

    process: str
    #: Cases that have ended, of which the times are, those still under way, and those cancelled or terminated.
    cases: int
    under_way: int
    broken_off: int
    records: int
    elapsed_working: Measure
    elapsed_calendar: Measure
    activities: tuple[Activity, ...]
    passings: tuple[Passing, ...]
    #: Different orders in which steps were completed.
    variants: int
    first: datetime | None
    last: datetime | None


@dataclass
class _Sums:
    times: int = 0
    waiting: float = 0.0
    work: float = 0.0
    name: str = ""
    unit: str = ""


@dataclass
class LogMeasuring:
    """Counts histories one after the other; what it holds grows with cases and variants, not with records."""

    process: str
    hours: WorkTime
    names: Names
    records: int = 0
    under_way: int = 0
    broken_off: int = 0
    first: datetime | None = None
    last: datetime | None = None
    _working: list[float] = field(default_factory=list)
    _calendar: list[float] = field(default_factory=list)
    _starts: list[float] = field(default_factory=list)
    _activities: dict[str, _Sums] = field(default_factory=lambda: defaultdict(_Sums))
    _passings: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(lambda: [0, 0.0]))
    _variants: Counter[int] = field(default_factory=Counter)

    def add(self, history: History, span: tuple[datetime, datetime] | None = None) -> None:
        """Count one case; `span` is from when to when it lasted, if that is not its first and last record."""
        self.records += len(history.records)
        if not history.records:
            return
        self.first = min(self.first or history.records[0].at, history.records[0].at)
        self.last = max(self.last or history.records[-1].at, history.records[-1].at)
        if history.end is None:
            self.under_way += 1
            return
        if history.is_broken_off:
            self.broken_off += 1
            return
        start, end = span or (history.records[0].at, history.end)
        self._starts.append(start.timestamp())
        self._calendar.append((end - start).total_seconds())
        self._working.append(self.hours.count(start, end))
        found = sorted((visit for visit in visits(history) if visit.completed), key=lambda visit: visit.last)
        for visit in found:
            self._count(visit, history.records[visit.first])
        for before, after in pairwise(found):
            self._pass_on(before, after)
        self._variants[hash(tuple(visit.element for visit in found))] += 1

    def _count(self, visit: Visit, record: Record) -> None:
        sums = self._activities[visit.element]
        begun, done = visit.begun or visit.done or visit.offered, visit.done or visit.offered
        sums.times += 1
        sums.name, sums.unit = sums.name or self.names(record), sums.unit or visit.unit
        sums.waiting += self.hours.count(visit.offered, begun)
        sums.work += self.hours.count(begun, done) - sum(self.hours.count(*still) for still in visit.still)

    def _pass_on(self, before: Visit, after: Visit) -> None:
        if before.unit and after.unit and before.unit != after.unit and before.done is not None:
            sums = self._passings[before.unit, after.unit]
            sums[0] += 1
            sums[1] += max(0.0, self.hours.count(before.done, after.begun or after.done or before.done))

    def measures(self) -> LogMeasures:
        """What was counted so far."""
        order = np.argsort(np.array(self._starts), kind="stable")
        cases = max(len(order), 1)

        def made(values: list[float], basis: str) -> Measure:
            column = np.array(values, np.float64)[order]
            return measure(column, basis=basis, independent=False, source="measured")

        return LogMeasures(
            process=self.process,
            cases=len(order),
            under_way=self.under_way,
            broken_off=self.broken_off,
            records=self.records,
            elapsed_working=made(self._working, "elapsed-working"),
            elapsed_calendar=made(self._calendar, "elapsed-calendar"),
            activities=tuple(
                Activity(
                    id=element,
                    name=sums.name,
                    unit=sums.unit,
                    times_per_case=sums.times / cases,
                    waiting=sums.waiting / cases,
                    work=sums.work / cases,
                )
                for element, sums in self._activities.items()
            ),
            passings=tuple(
                Passing(giver=giver, taker=taker, times_per_case=times / cases, gap=gap / times)
                for (giver, taker), (times, gap) in sorted(self._passings.items(), key=lambda item: -item[1][0])
            ),
            variants=len(self._variants),
            first=self.first,
            last=self.last,
        )
