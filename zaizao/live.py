"""Live cases at the front door: the procedures of a store as models, its records with names, work by person."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bpmn import Limits, Model, UnreadableFile
from bpmn.calls import flattened
from bpmn.history import History, Record

if TYPE_CHECKING:
    from engine.clocks import Clocks
    from store import Store
    from store.rows import ItemRow, KeptRecord


def records_of(store: Store, case: str) -> list[tuple[KeptRecord, Record]]:
    """What happened to one case, as it is kept and as it is read."""
    from store.chain import recorded

    with store.reading() as reading:
        reading.case(case)
        return [(one, recorded(one.body, one.data)) for one in reading.records(case)]


def history_of(store: Store, case: str) -> History:
    """The history of one case."""
    return History(case=case, records=tuple(told for _, told in records_of(store, case)))


def record_json(kept: KeptRecord, told: Record) -> dict[str, Any]:
    """A record as `case history` prints it."""
    return {
        "seq": kept.sequence,
        "kind": told.kind,
        "element": told.element,
        "flow": told.flow,
        "unit": told.unit,
        "person": told.person,
        "at": told.at.isoformat(),
        "data": json.loads(kept.data) if kept.data else {},
        "hash": kept.hash,
    }


def models_of(store: Store, limits: Limits) -> Callable[[str], Model | None]:
    """What gives the procedure of a version by its digest, its calls filled in; each is read once."""
    from engine.procedures import read_files
    from store.errors import NoSuchProcedure

    @lru_cache(maxsize=256)
    def model_of(digest: str) -> Model | None:
        try:
            with store.reading() as reading:
                row = reading.procedure(digest)
            files = read_files(row.source, row.library, limits)
            return flattened(files.model, files.library).model
        except (NoSuchProcedure, UnreadableFile):
            return None

    return model_of


def names_of(model_of: Callable[[str], Model | None]) -> Callable[[Record], str]:
    """What gives the name of the element a record is about."""

    def name(record: Record) -> str:
        model = model_of(record.version) if record.version and record.element else None
        node = model.node.get(record.element) if model is not None else None
        return node.name if node is not None else ""

    return name


def places_of(model_of: Callable[[str], Model | None]) -> Callable[[Record], str]:
    """What gives, for people to read, where a record is about: its element, of a flow that it leads to, by its name."""

    def place(record: Record) -> str:
        model = model_of(record.version) if record.version else None
        flow = model.flow.get(record.flow) if model is not None else None
        element = flow.target if flow is not None else record.element
        node = model.node.get(element) if model is not None else None
        return (node.name if node is not None else "") or element or record.flow

    return place


def work_for(store: Store, *, person: str, unit: str, case: str, limit: int, after: str) -> list[ItemRow]:
    """Open work items; for a person those they hold and those they may take."""
    with store.reading() as reading:
        if not person:
            return reading.items(unit=unit, case=case, limit=limit, after=after)
        held = reading.items(person=person, unit=unit, case=case, limit=limit, after=after)
        offered = reading.items(unit=unit, case=case, states=("offered",), limit=limit, after=after)
    return [*held, *(item for item in offered if not item.person and _may_take(item, person))][:limit]


def _may_take(item: ItemRow, person: str) -> bool:
    """Whether a person is among those the file names for an item, where it names some."""
    from engine.candidates import check_person
    from engine.errors import NotYours

    try:
        check_person(item, person, None)
    except NotYours:
        return False
    return True


def clocks_json(found: Clocks) -> dict[str, Any]:
    """The clocks as `case clocks` prints them."""
    limits = [
        {
            "clock": one.clock,
            "limit": one.amount,
            "unit": one.unit,
            "due": one.due.due.isoformat() if one.due is not None else None,
            "status": one.due.status if one.due is not None else None,
            "late": one.is_late(found.ceased) if found.ceased is not None else None,
            "skipped": [{"date": day.date.isoformat(), "why": day.why} for day in one.due.skipped] if one.due else [],
        }
        for one in found.limits
    ]
    return {
        "span": found.span,
        "began": found.began.isoformat() if found.began is not None else None,
        "ceased": found.ceased.isoformat() if found.ceased is not None else None,
        "limits": limits,
        "stops": [{"from": first.isoformat(), "to": last.isoformat()} for first, last in found.stops],
        "elapsed_working_s": found.elapsed_working,
        "elapsed_calendar_s": found.elapsed_calendar,
    }
