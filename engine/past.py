"""What a case was like at an earlier moment, by its records: its data of then, and the steps it has passed."""

import json
from collections.abc import Iterable
from typing import Any

from store.chain import recorded
from store.rows import KeptRecord

#: The records whose data became the case's.
_WRITING = ("started", "completed", "rejected", "answered", "message-received", "signal-received")
_DONE = ("completed", "rejected")


def data_at(records: Iterable[KeptRecord], sequence: int) -> dict[str, Any]:
    """The data of a case just before a sequence of its history; what was erased by law is missing.

    What is known is what people and other systems brought in; what a script or a decision made of it is worked out
    again on the way.
    """
    found: dict[str, Any] = {}
    for record in records:
        if record.sequence >= sequence:
            break
        if record.data and recorded(record.body).kind in _WRITING:
            found.update(json.loads(record.data))
    return found


def passed(records: Iterable[KeptRecord], element: str) -> dict[str, Any] | None:
    """The data at the moment a step was offered before it was done last; none where it has not been passed."""
    known = list(records)
    offered = at = 0
    for record in known:
        told = recorded(record.body)
        if told.element != element:
            continue
        if told.kind in ("offered", "called"):
            offered = record.sequence
        elif told.kind in _DONE:
            at = offered or record.sequence
    return data_at(known, at) if at else None
