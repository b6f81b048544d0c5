"""Cases, work items and jobs as commands would write them."""

from datetime import UTC, datetime, timedelta

from bpmn.history import Record
from store import Writing
from store.rows import CaseRow, Effects, ItemRow, JobRow

NOW = datetime(2026, 10, 1, 1, tzinfo=UTC)
#: What a command's text comes to.
DIGEST = "d" * 64


def new_case(id_: str, **changes: object) -> Effects:
    """A new case whose first step is offered."""
    case = CaseRow(id=id_, procedure="file", process="permit", state="active", started=NOW, latest=NOW, tokens=1)
    records = [Record(case=id_, kind="started", at=NOW), Record(case=id_, kind="offered", at=NOW, element="accept")]
    return Effects(
        case=case.evolve(**changes),
        is_new=True,
        tokens={1: '{"at":"accept"}'},
        items=[item_of(id_, 1)],
        records=records,
    )


def item_of(id_: str, token: int, **changes: object) -> ItemRow:
    """A step that is offered."""
    row = ItemRow(id=f"{id_}-{token}", case=id_, token=token, element="accept", name="受理", state="offered", since=NOW)
    return row.evolve(**changes)


def job_of(number: int, **changes: object) -> JobRow:
    """A job that has been due for long."""
    given = {"id": f"C:call:{number}", "case": "C", "token": number, "kind": "call", "run_at": NOW, **changes}
    return JobRow(**given)  # type: ignore[arg-type]


def count_up(writing: Writing, id_: str) -> int:
    """Read the case's counter and write it one higher: what loses updates where nothing is locked."""
    row = writing.case(id_)
    number = int(writing.value(id_, 0, "count") or "0") + 1
    record = Record(case=id_, kind="saved", at=NOW + timedelta(seconds=number))
    writing.save(Effects(case=row, values={(0, "count"): str(number)}, records=[record]))
    return number
