"""Erasing the personal data of a case, as the law may ask, while its history stays provable."""

from datetime import datetime

from sqlalchemy import delete, select, update

from bpmn.history import Record
from store.administration import note
from store.cases import Writing
from store.connect import Store
from store.errors import StillOpen
from store.rows import Effects
from store.statements import Statement, given
from store.tables import item, job, record, value


def erase(store: Store, case: str, at: datetime, by: str, reason: str) -> int:
    """Remove all data of a case that is over, with their salts: what was hashed can never be guessed again.

    Its records stay, with who did what and when; a record says by whom and why the data were erased, and the
    administration's chain that they were. Gives how many records had data. Earlier backups still hold them.
    """

    def work(writing: Writing) -> int:
        row = writing.case(case)
        if row.ended is None or writing.line.one(_PENDING, (case,)) is not None:
            raise StillOpen(case)
        count = writing.line.tell(_RECORDS, (case,))
        for statement in (_VALUES, _DRAFTS, _BODIES):
            writing.line.tell(statement, (case,))
        told = Record(case=case, kind="erased", at=at, process=row.process, person=by, data={"reason": reason})
        writing.save(Effects(case=row, records=[told]))
        note(writing, "erased", at, by, {"case": case, "reason": reason, "records": count})
        return count

    return store.perform(work)


_PENDING = Statement(
    "case",
    lambda _: select(job.c.id).where(job.c.case == given("case"), job.c.state.not_in(("done", "dropped"))).limit(1),
)
# What a record of an erasure says of it is no data of the case.
_RECORDS = Statement(
    "case",
    lambda _: (
        update(record)
        .where(record.c.case == given("case"), record.c.data.is_not(None))
        .where(record.c.body.not_like('%,"kind":"erased"%'))
        .values(data=None, salt=None)
    ),
)
_VALUES = Statement("case", lambda _: delete(value).where(value.c.case == given("case")))
_DRAFTS = Statement("case", lambda _: update(item).where(item.c.case == given("case")).values(draft=""))
_BODIES = Statement("case", lambda _: update(job).where(job.c.case == given("case")).values(body="", error=""))
