"""The three clocks of a case, always shown together: what the law allows, what was promised, what it took.

The legal and the promised clock run from the end of the first step that accepts the case to the end of the first step
that decides it after that; where no step decides, to its end; where none accepts, from its start to its end. A step
that stops the clock takes out every day from the one it was offered on to the one it was done on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bpmn.history import DONE, Record
from bpmn.model import Model
from org import Due, WorkTime

#: The records by which nobody is at a step any more.
_OVER = (*DONE, "withdrawn", "returned")


@dataclass(frozen=True, kw_only=True)
class Limit:
    """One limit of a case: when it began to run, when it ends, whether it was kept."""

    #: "legal" or "promised".
    clock: str
    amount: float
    unit: str
    #: The end of the limit with its explanation; none while its clock has not begun.
    due: Due | None = None

    def is_late(self, by: datetime) -> bool:
        """Whether a moment lies behind its end."""
        return self.due is not None and by > self.due.due


@dataclass(frozen=True, kw_only=True)
class Clocks:
    """What a case may take, was promised to take, and took."""

    #: "accept-decide", "accept-end" or "start-end": between which moments the limits run.
    span: str
    #: When the limits began and ceased to run; none where they have not yet.
    began: datetime | None
    ceased: datetime | None
    limits: tuple[Limit, ...]
    #: From the moments the clock stopped at to those it went on at; a stop that lasts ends now.
    stops: tuple[tuple[datetime, datetime], ...]
    #: From the start of the case to its end, or to now: open seconds of the procedure's hours, and natural ones.
    elapsed_working: float
    elapsed_calendar: float


def clocks(model: Model, records: Sequence[Record], now: datetime, worktime: WorkTime) -> Clocks:
    """The clocks of a case by its records, as they stand now."""
    start = records[0].at if records else now
    end = next((record.at for record in reversed(records) if record.kind == "ended"), None)
    span, began, ceased = _span(model, records, start, end)
    stops = tuple(_stops(model, records, end or now))
    procedure = model.procedure
    told = (("legal", procedure.legal_limit), ("promised", procedure.promised_limit))
    unit = procedure.limit_unit
    limits = tuple(
        Limit(clock=clock, amount=amount, unit=unit, due=_due(worktime, began, amount, unit, stops))
        for clock, amount in told
        if amount is not None
    )
    last = end or now
    return Clocks(
        span=span,
        began=began,
        ceased=ceased,
        limits=limits,
        stops=stops,
        elapsed_working=worktime.count(start, last),
        elapsed_calendar=(last - start).total_seconds(),
    )


def _due(
    worktime: WorkTime, began: datetime | None, amount: float, unit: str, stops: Sequence[tuple[datetime, datetime]]
) -> Due | None:
    if began is None:
        return None
    return worktime.due(began, amount, unit, [stop for stop in stops if stop[1] > began])


def _span(
    model: Model, records: Sequence[Record], start: datetime, end: datetime | None
) -> tuple[str, datetime | None, datetime | None]:
    """Between which moments the limits run, as far as they have come."""
    kinds = {node.id: node.step.kind for node in model.nodes if node.step is not None}
    accepted = _first(records, kinds, "accept", 0)
    if "accept" not in kinds.values():
        return "start-end", start, end
    if "decide" not in kinds.values():
        return "accept-end", records[accepted].at if accepted is not None else None, end
    if accepted is None:
        return "accept-decide", None, None
    decided = _first(records, kinds, "decide", accepted)
    return "accept-decide", records[accepted].at, end if decided is None else records[decided].at


def _first(records: Sequence[Record], kinds: dict[str, str], kind: str, after: int) -> int | None:
    """The place of the first record by which a step of that kind is done."""
    places = range(after, len(records))
    return next(
        (place for place in places if records[place].kind in DONE and kinds.get(records[place].element) == kind), None
    )


def _stops(model: Model, records: Iterable[Record], last: datetime) -> Iterable[tuple[datetime, datetime]]:
    """When the clock stood still: while a step that stops it was under way."""
    stopping = {node.id for node in model.nodes if node.step is not None and node.step.stops_clock}
    begun: dict[str, list[datetime]] = {}
    for record in records:
        if record.element not in stopping:
            continue
        if record.kind == "offered":
            begun.setdefault(record.element, []).append(record.at)
        elif record.kind in _OVER and begun.get(record.element):
            yield begun[record.element].pop(0), record.at
    for moments in begun.values():
        for moment in moments:
            yield moment, last
