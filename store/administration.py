"""The administration's own chain: what was done to the database as a whole, by whom and why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bpmn.history import Record
from store.cases import Writing
from store.chain import ADMINISTRATION
from store.errors import NoSuchCase
from store.rows import CaseRow, Effects


def note(writing: Writing, kind: str, at: datetime, by: str, data: Mapping[str, Any]) -> None:
    """Add a record to the administration's chain, in the transaction in which it is done."""
    told = Record(case=ADMINISTRATION, kind=kind, at=at, person=by, data=data)
    try:
        effects = Effects(case=writing.case(ADMINISTRATION), records=[told])
    except NoSuchCase:
        first = CaseRow(id=ADMINISTRATION, procedure="", process="", state="active", started=at, latest=at)
        effects = Effects(case=first, is_new=True, records=[told])
    writing.save(effects)
