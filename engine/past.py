"""What a case was like at an earlier moment, by its records: the steps it has passed, and its data of then."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from bpmn.history import DONE, Record
from store.chain import recorded
from store.rows import KeptRecord

#: The records whose data became the case's.
_WRITING = ("started", "completed", "rejected", "answered", "message-received", "signal-received")
_OFFERED = ("offered", "called")


def passed(records: Iterable[KeptRecord], element: str) -> dict[str, Any] | None:
    """What changes in the data of a case that goes back to a step, or none where it has not passed it.

    Each value that was brought in since is as it was when the step was offered before it was done last, null where it
    was not there. What was erased by law is missing.
    """
    standing = _standing(records)
    offered = at = -1
    for place, (told, _) in enumerate(standing):
        if told.element == element and told.kind in _OFFERED:
            offered = place
        elif told.element == element and told.kind in DONE:
            at = offered
    if at < 0:
        return None
    then, since = _data(standing[:at]), _data(standing[at:])
    return {name: then.get(name) for name in since}


def _standing(records: Iterable[KeptRecord]) -> list[tuple[Record, KeptRecord]]:
    """The records that still count: what came behind a step the case was sent back to is as if it never was."""
    found: list[tuple[Record, KeptRecord]] = []
    for record in records:
        told = recorded(record.body)
        if told.kind == "moved":
            places = [place for place, (one, _) in enumerate(found) if _is_offer(one, told.element)]
            del found[places[-1] if places else len(found) :]
        found.append((told, record))
    return found


def _is_offer(record: Record, element: str) -> bool:
    return record.element == element and record.kind in _OFFERED


def _data(records: Iterable[tuple[Record, KeptRecord]]) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for told, record in records:
        if record.data and told.kind in _WRITING:
            found.update(json.loads(record.data))
    return found
