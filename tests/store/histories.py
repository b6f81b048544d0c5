"""Cases with histories, written as commands write them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bpmn.history import Record
from store import Store, Writing
from store.rows import CaseRow, Effects, ItemRow, JobRow

BEGIN = datetime(2026, 3, 2, 1, tzinfo=UTC)
KINDS = ("started", "offered", "claimed", "work-started", "completed", "flow-taken")


def facts(case: str, first: int, size: int, at: datetime) -> list[Record]:
    """Records of a case, a minute apart; each that completes a step carries data."""
    made = []
    for number in range(first, first + size):
        kind = KINDS[number % len(KINDS)] if number else "started"
        data: dict[str, Any] = {"申请人": "李四", "n": number} if kind == "completed" else {}
        moment = at + timedelta(minutes=number)
        made.append(Record(case=case, kind=kind, at=moment, element=f"Step_{number}", person="王芳", data=data))
    return made


def begin(kept: Store, case: str, size: int = 6, *, at: datetime = BEGIN) -> None:
    """Start a case whose first command writes so many records, with a value, a work item and a job."""
    row = CaseRow(id=case, procedure="d" * 64, process="P", state="active", started=at, latest=at, tokens=1)
    item = ItemRow(id=f"{case}-1", case=case, token=1, element="Step_1", name="审查", state="offered", since=at)
    call = JobRow(id=f"{case}:Step_1:1", case=case, token=1, kind="call", run_at=at, body='{"to":"登记机关"}')
    effects = Effects(
        case=row, is_new=True, values={(0, "申请人"): '"李四"'}, items=[item], jobs=[call], tokens={1: "{}"}
    )
    effects.records = facts(case, 0, size, at)
    kept.perform(lambda writing: writing.save(effects))


def go_on(kept: Store, case: str, size: int = 3, *, ends: bool = False) -> None:
    """A further command of a case; it may end it."""

    def work(writing: Writing) -> None:
        row = writing.case(case)
        effects = Effects(case=row, records=facts(case, row.sequence, size, row.started))
        if ends:
            at = row.started + timedelta(minutes=row.sequence + size)
            effects.case = row.evolve(state="completed", ended=at, outcome="granted")
            effects.gone = [1]
            effects.records.append(Record(case=case, kind="ended", at=at))
        writing.save(effects)

    kept.perform(work)


def told(kept: Store, text: str) -> None:
    """Do something to the tables behind the program's back."""
    kept.perform(lambda writing: writing.line.say(text))


def filled(kept: Store, cases: int = 4) -> list[str]:
    """Some cases, every second of which is over."""
    names = [f"案-{number}" for number in range(1, cases + 1)]
    for number, name in enumerate(names):
        begin(kept, name, at=BEGIN + timedelta(hours=number))
        go_on(kept, name, ends=bool(number % 2))
    return names
