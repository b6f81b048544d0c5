"""One command's transaction: its key, its case under lock, and all that it writes, at once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache, partial
from secrets import token_bytes
from typing import Any

from sqlalchemy import Select, Table, delete, select

from store import procedures
from store.chain import Head, link
from store.errors import Busy, KeyReused, NoSuchCase, NoSuchItem, Stale
from store.line import Line
from store.moments import to_late_number, to_number
from store.reading import CASE_COLUMNS, ITEM_COLUMNS, Reading, case_row, item_row, place_of_item
from store.rows import CaseRow, Effects, ItemRow, JobRow, KeptRecord, ProcedureRow, StartRow
from store.statements import Statement, adding, changing, given, inserting, putting, removing
from store.tables import case, command, item, job, record, token, value, wait


class Writing(Reading):
    """A transaction that writes: all of it is kept, or nothing."""

    def __init__(self, line: Line, algorithm: str) -> None:
        super().__init__(line, algorithm)
        #: Whether the command has a key, so that it may be sent again whatever happened to it.
        self.is_keyed = False
        #: The columns of cases and items as they were read here, to write only what differs.
        self._read: dict[str, Any] = {}

    def keyed(self, caller: str, key: str, digest: str, at: datetime) -> str | None:
        """None the first time a caller sends a key; afterwards the answer of then, whatever the state is now.

        `digest` is that of the command: the same key with another one is refused. Comes before everything else.
        """
        self.is_keyed = True
        if self.line.tell(_ADD_KEY, (caller, key, digest, to_number(at), "")):
            return None
        found = self.line.one(_ANSWER, (caller, key))
        if found is None:
            raise Busy.to_repeat(key)
        if found[0] != digest:
            raise KeyReused(key)
        answer: str = found[1]
        return answer

    def answered(self, caller: str, key: str, text: str) -> None:
        """Keep the answer to the command of that key."""
        self.line.tell(_KEEP_ANSWER, (text, caller, key))

    def case(self, id: str) -> CaseRow:  # noqa: A002 - the field's name
        """The case of that id; until the end of the transaction nobody else can change it."""
        found = self.line.one(_LOCK_CASE, (id,))
        if found is None:
            raise NoSuchCase(id)
        self._read[id] = found
        return case_row(found[:_WIDTH])

    def locked(self, item_id: str) -> tuple[CaseRow, ItemRow]:
        """A work item and its case, both under lock, in one statement."""
        place = place_of_item(item_id)
        found = self.line.one(_LOCK_BOTH, place)
        if found is None:
            raise NoSuchItem(item_id)
        self._read[place[0]] = found[: _WIDTH + 1]
        self._read[item_id] = found[_WIDTH + 1 :]
        return case_row(found[:_WIDTH]), item_row(found[_WIDTH + 1 :])

    def install(self, row: ProcedureRow, starts: Iterable[StartRow] = ()) -> ProcedureRow:
        """Keep a version of a procedure; the row that stands already where its files are the same."""
        return procedures.install(self.line, row, starts)

    def save(self, effects: Effects) -> range:
        """Write all that a command did to one case; gives the sequences of its records.

        The case and the changed items come with the version they were read with, and the case with the sequence and
        head it had: raising and chaining them is done here. `Stale` where somebody was faster.
        """
        old = effects.case
        head = Head(case=old.id, sequence=old.sequence, hash=old.head, at=None if effects.is_new else old.latest)
        kept, head = link(head, effects.records, self.algorithm, token_bytes)
        self._save_case(effects, head)
        for row in effects.changed_items:
            self._change(item, row.id, _item_values(row), row.version)
        self.line.together(partial(self._save_rest, effects, kept))
        return range(old.sequence + 1, head.sequence + 1)

    def _save_case(self, effects: Effects, head: Head) -> None:
        row = effects.case
        first = (row.id, row.procedure, row.process, row.state, to_number(row.started), to_late_number(row.ended))
        latest = to_number(head.at or row.latest)
        new = (*first, row.outcome, head.sequence, head.hash, row.tokens, row.version + 1, latest, 1)
        if effects.is_new:
            self.line.tell(_NEW_CASE, new)
        else:
            self._change(case, row.id, new, row.version)

    def _change(self, table: Table, id_: str, new: tuple[Any, ...], version: int) -> None:
        """Write what is new in a row of the version it was read with; an index of what is not new stays as it is."""
        old = self._read.get(id_)
        changed = tuple(place for place in range(len(new)) if old is None or new[place] != old[place])
        keys = new[: len(table.primary_key)]
        if self.line.tell(_changing(table, changed), (*(new[place] for place in changed), *keys, version)) != 1:
            raise Stale(id_)

    def _save_rest(self, effects: Effects, kept: list[KeptRecord]) -> None:
        """What nobody else can have changed, because the case is under lock."""
        id_, tell_all = effects.case.id, self.line.tell_all
        within = partial(_within, id_)
        tell_all(_REMOVE_TOKEN, within(effects.gone))
        tell_all(_PUT_TOKEN, [(id_, number, body) for number, body in effects.tokens.items()])
        tell_all(_REMOVE_SCOPE, within(effects.scopes_gone))
        tell_all(_REMOVE_VALUE, [(id_, *place) for place, text in effects.values.items() if text is None])
        tell_all(_PUT_VALUE, [(id_, *place, text) for place, text in effects.values.items() if text is not None])
        tell_all(_NEW_ITEM, [_item_values(row) for row in effects.items])
        tell_all(_REMOVE_WAIT, within(effects.waits_gone))
        tell_all(
            _PUT_WAIT,
            [(row.case, row.token, row.kind, row.name, row.element, row.correlation) for row in effects.waits],
        )
        tell_all(_REMOVE_JOB, within(effects.jobs_gone))
        tell_all(_NEW_JOB, [job_values(row) for row in effects.jobs])
        tell_all(_NEW_RECORD, [(row.case, row.sequence, row.body, row.hash, row.salt, row.data) for row in kept])


def job_values(row: JobRow) -> tuple[Any, ...]:
    """The columns of a job that nobody has taken yet."""
    due = to_number(row.run_at)
    return row.case, row.id, row.token, row.kind, due, row.state, due, row.fence, row.attempts, row.error, row.body


def _within(id_: str, numbers: Sequence[int]) -> list[tuple[str, int]]:
    return [(id_, number) for number in numbers]


def _item_values(row: ItemRow) -> tuple[Any, ...]:
    place = (row.case, row.token, row.element, row.name, row.unit, row.unit_name, row.post, row.candidates)
    moments = (to_number(row.since), to_late_number(row.due), to_late_number(row.ended))
    return (*place, row.state, row.person, *moments, row.draft, row.attempts, row.version + 1)


@cache
def _changing(table: Table, places: tuple[int, ...]) -> Statement:
    """New values for some columns of a row of a certain version."""
    keys, names = [column.name for column in table.primary_key], [column.name for column in table.columns]
    return changing(table, " ".join([*keys, "version"]), " ".join(names[place] for place in places))


def _locking() -> Select[Any]:
    both = select(*case.c, *ITEM_COLUMNS).join_from(item, case, case.c.id == item.c.case)
    # The case first, as everybody does; the item too, for a row that is only joined would be as it was before the wait.
    return both.where(item.c.case == given("case"), item.c.token == given("token")).with_for_update(of=[case, item])


_WIDTH = len(CASE_COLUMNS)
_ADD_KEY = adding(command)
_ANSWER = Statement(
    "caller key",
    lambda _: select(command.c.digest, command.c.answer).where(
        command.c.caller == given("caller"), command.c.key == given("key")
    ),
)
_KEEP_ANSWER = changing(command, "caller key", "answer")
_LOCK_CASE = Statement("id", lambda _: select(*case.c).where(case.c.id == given("id")).with_for_update())
_LOCK_BOTH = Statement("case token", lambda _: _locking())
_NEW_CASE, _NEW_ITEM = inserting(case), inserting(item)
_PUT_TOKEN, _REMOVE_TOKEN = putting(token), removing(token, "case id")
_PUT_VALUE, _REMOVE_VALUE, _REMOVE_SCOPE = (
    putting(value),
    removing(value, "case scope key"),
    removing(value, "case scope"),
)
_PUT_WAIT, _REMOVE_WAIT = putting(wait), removing(wait, "case token")
_NEW_JOB = inserting(job)
_REMOVE_JOB = Statement(
    "case token",
    lambda _: delete(job).where(job.c.case == given("case"), job.c.token == given("token"), job.c.state != "done"),
)
_NEW_RECORD = inserting(record)
