"""The times a case was at a step, read off its records: offered, begun, stood still, done.

Records do not name the token they are about, so beginnings and ends are paired in their order, those of one person with
each other first. Open time is additive: a step's sums are the same however they are paired.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from bpmn.history import History, Record

#: What ends a piece of work, whether or not it was done.
ENDS = frozenset(("completed", "failed", "withdrawn", "returned"))
#: What begins a visit: a step is offered to people, or something outside is called for it.
BEGINS = frozenset(("offered", "called"))
_STILL = frozenset(("paused", "suspended"))


@dataclass(kw_only=True, slots=True)
class Visit:
    """One time a case was at a step."""

    element: str
    unit: str
    offered: datetime
    #: Who has it or did it; empty where that is withheld.
    person: str = ""
    claimed: datetime | None = None
    work_started: datetime | None = None
    #: When it ended; none where the case ended before.
    done: datetime | None = None
    completed: bool = False
    #: When work stood still.
    still: list[tuple[datetime, datetime]] = field(default_factory=list)
    still_since: datetime | None = None
    #: The places in the history of its first and its last record.
    first: int
    last: int = -1

    @property
    def begun(self) -> datetime | None:
        """When somebody took it up: began to work, else claimed it; none where nobody did before it ended."""
        return self.work_started or self.claimed


def visits(history: History) -> tuple[Visit, ...]:
    """All visits of a case, in the order in which they began; what was done at once began and ended at one moment."""
    found: list[Visit] = []
    open_at: dict[str, list[Visit]] = defaultdict(list)
    for place, record in enumerate(history.records):
        if record.kind in BEGINS:
            visit = Visit(element=record.element, unit=record.unit, offered=record.at, first=place)
            found.append(visit)
            open_at[record.element].append(visit)
        elif open_at.get(record.element) or not record.element:
            _note(open_at, record, place)
        elif record.kind == "completed":
            found.append(_at_once(record, place))
    return tuple(found)


def _at_once(record: Record, place: int) -> Visit:
    """A visit to what nobody had to be waited for."""
    return Visit(
        element=record.element,
        unit=record.unit,
        offered=record.at,
        person=record.person,
        done=record.at,
        completed=True,
        first=place,
        last=place,
    )


def _note(open_at: dict[str, list[Visit]], record: Record, place: int) -> None:
    """Bring a record to the visit it is about; one without an element is about all."""
    kind, here = record.kind, open_at.get(record.element, [])
    if kind in _STILL or kind == "resumed":
        for visit in here if record.element else _all(open_at):
            _stand_still(visit, record)
    elif kind in _MARKS and (marked := _first(here, record, _MARKS[kind])) is not None:
        _mark(marked, record)
    elif kind in ENDS and (ended := _first(here, record, lambda one: one.begun is not None)) is not None:
        _stand_still(ended, record.evolve(kind="resumed"))
        ended.done, ended.completed, ended.last = record.at, kind == "completed", place
        ended.person, ended.unit = record.person or ended.person, record.unit or ended.unit
        here.remove(ended)


#: Records of somebody who takes a step up or puts it back, and which visits they can be about.
_MARKS: dict[str, Callable[[Visit], bool]] = {
    "claimed": lambda visit: visit.claimed is None,
    "released": lambda visit: visit.claimed is not None,
    "work-started": lambda visit: visit.work_started is None,
}


def _mark(visit: Visit, record: Record) -> None:
    """Note who takes a step up or puts it back."""
    if record.kind == "released":
        visit.claimed = visit.work_started = None
        visit.person = ""
        return
    visit.person = record.person or visit.person
    if record.kind == "claimed":
        visit.claimed = record.at
    else:
        visit.work_started = record.at


def _all(open_at: dict[str, list[Visit]]) -> Iterator[Visit]:
    return (visit for here in open_at.values() for visit in here)


def _stand_still(visit: Visit, record: Record) -> None:
    if record.kind != "resumed":
        visit.still_since = visit.still_since or record.at
    elif visit.still_since is not None:
        visit.still.append((visit.still_since, record.at))
        visit.still_since = None


def _first(here: list[Visit], record: Record, fits: Callable[[Visit], bool]) -> Visit | None:
    """The first visit a record can be about: one of the same person, else any that fits, else any."""
    own = (visit for visit in here if record.person and visit.person == record.person and fits(visit))
    return next(own, None) or next(filter(fits, here), None) or next(iter(here), None)
