"""What can be asked of the database: cases, work items, tokens, data, records, waits, jobs, counts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import Table, func, or_, select, tuple_

from bpmn.history import History
from store import procedures
from store.chain import ADMINISTRATION, recorded
from store.errors import NoSuchCase, NoSuchItem
from store.line import Line
from store.moments import to_late_moment, to_moment
from store.rows import CaseRow, ItemRow, JobRow, KeptRecord, ProcedureRow, StartRow, WaitRow
from store.statements import Statement, clock_reading, given
from store.tables import case, item, job, record, token, value, wait

#: The states of a work item that is not over.
OPEN = frozenset({"offered", "claimed", "started", "suspended", "failed"})
#: How many records are fetched at once.
_PAGE = 1000

CASE_COLUMNS = tuple(column for column in case.c if column.name != "changed")
ITEM_COLUMNS = tuple(item.c)
JOB_COLUMNS = tuple(job.c)


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """How much there is, by state: open cases and items, and jobs that are not done."""

    cases: Mapping[str, int]
    items: Mapping[str, int]
    jobs: Mapping[str, int]


class Reading:
    """Questions to the database, all answered as of one moment."""

    def __init__(self, line: Line, algorithm: str) -> None:
        #: The transaction, for statements of other files of this package.
        self.line = line
        #: By what new records are hashed.
        self.algorithm = algorithm

    def now(self) -> datetime:
        """What the database's clock says: the one clock that several machines share."""
        return to_moment(self.line.one(clock_reading())[0])

    def case(self, id: str) -> CaseRow:  # noqa: A002 - the field's name
        """The case of that id."""
        found = self.line.one(_CASE, (id,))
        if found is None:
            raise NoSuchCase(id)
        return case_row(found)

    def item(self, id: str) -> ItemRow:  # noqa: A002
        """The work item of that id."""
        found = self.line.one(_ITEM, place_of_item(id))
        if found is None:
            raise NoSuchItem(id)
        return item_row(found)

    def items(
        self,
        *,
        person: str = "",
        unit: str = "",
        case: str = "",
        states: Sequence[str] = (),
        limit: int = 100,
        after: str = "",
    ) -> list[ItemRow]:
        """Work items, the oldest first, those that are open unless states are named; `after` is the last one seen."""
        asked = {"person": person, "unit": unit, "case": case}
        filters = tuple(name for name, sought in asked.items() if sought)
        values: list[Any] = [asked[name] for name in filters]
        if after:
            values += place_of_item(after)
        return [item_row(row) for row in self.line.ask(_items(filters, tuple(states), bool(after)), (*values, limit))]

    def cases(self, *, state: str = "", process: str = "", limit: int = 100, after: str = "") -> list[CaseRow]:
        """Cases in the order of their ids; `after` is the last one seen."""
        asked = {"state": state, "process": process}
        filters = tuple(name for name, sought in asked.items() if sought)
        values = [asked[name] for name in filters]
        return [case_row(row) for row in self.line.ask(_cases(filters), (*values, after, limit))]

    def tokens(self, case: str) -> list[tuple[int, str]]:
        """The live tokens of a case and their bodies, by id."""
        return [(number, body) for number, body in self.line.ask(_TOKENS, (case,))]

    def value(self, case: str, scope: int, key: str) -> str | None:
        """The JSON text of one value; none where there is none."""
        found = self.line.one(_VALUE, (case, scope, key))
        return None if found is None else found[0]

    def values(self, case: str, scope: int) -> dict[str, str]:
        """All JSON texts of a scope by their keys."""
        return dict(self.line.ask(_VALUES, (case, scope)))

    def waits(self, case: str) -> list[WaitRow]:
        """The messages and signals a case waits for."""
        return [_wait_row(row) for row in self.line.ask(_WAITS, (case,))]

    def waiting(self, kind: str, name: str, correlation: str | None = None, *, after: str = "") -> list[WaitRow]:
        """Everybody who waits for a message or signal of that name, by case; `after` is the last case seen.

        With a correlation only those that expect it or take any.
        """
        if correlation is None:
            return [_wait_row(row) for row in self.line.ask(_WAITING, (kind, name, after))]
        return [_wait_row(row) for row in self.line.ask(_EXPECTING, (kind, name, after, correlation))]

    def records(self, case: str, after: int = 0) -> Iterator[KeptRecord]:
        """The records of a case behind a sequence, in their order."""
        while rows := self.line.ask(_RECORDS, (case, after, _PAGE)):
            yield from map(record_row, rows)
            after = rows[-1][1]
            if len(rows) < _PAGE:
                return

    def histories(self, after: str, limit: int) -> tuple[list[str], list[History]]:
        """The ids of the cases behind one, in their order, and the histories of those that have one."""
        ids = [id_ for (id_,) in self.line.ask(_CASE_IDS, (after, limit))]
        if not ids:
            return ids, []
        known = set(ids)
        rows = self.line.ask(_ALL_RECORDS, (ids[0], ids[-1]))
        found = [
            History(case=id_, records=tuple(recorded(row[2], row[5]) for row in group))
            for id_, group in groupby(rows, key=lambda row: str(row[0]))
            if id_ in known
        ]
        return ids, found

    def jobs(self, states: Sequence[str] = (), *, case: str = "", limit: int = 100) -> list[JobRow]:
        """Jobs, the earliest first, those not done unless states are named."""
        sought = tuple(states) or ("ready", "held", "stuck", "withheld")
        values = (case, limit) if case else (limit,)
        return [job_row(row) for row in self.line.ask(_jobs(sought, bool(case)), values)]

    def procedure(self, digest: str) -> ProcedureRow:
        """The version of a procedure by the digest of its files."""
        return procedures.by_digest(self.line, digest)

    def procedures(self) -> list[ProcedureRow]:
        """The newest version of each procedure, without its files."""
        return procedures.newest(self.line)

    def newest(self, process: str) -> ProcedureRow:
        """The newest version of the procedure of that process."""
        return procedures.of_process(self.line, process)

    def starts(self, kind: str, name: str) -> list[StartRow]:
        """What a message or signal of that name starts."""
        return procedures.starts(self.line, kind, name)

    def counts(self) -> Counts:
        """How much there is, by state."""
        return Counts(
            cases=dict(self.line.ask(_CASE_COUNTS)),
            items=dict(self.line.ask(_ITEM_COUNTS)),
            jobs=dict(self.line.ask(_JOB_COUNTS)),
        )


def place_of_item(id: str) -> tuple[str, int]:  # noqa: A002
    """The case and the token in the id of a work item; refused where it is no such id."""
    found, _, number = id.rpartition("-")
    if not (found and number.isascii() and number.isdigit() and len(number) < 10):
        raise NoSuchItem(id)
    return found, int(number)


def case_row(row: Sequence[Any]) -> CaseRow:
    """A case out of its columns."""
    id_, procedure, process, state, started, ended, outcome, sequence, head, tokens, version, latest = row
    return CaseRow(
        id=id_,
        procedure=procedure,
        process=process,
        state=state,
        started=to_moment(started),
        ended=to_late_moment(ended),
        outcome=outcome,
        sequence=sequence,
        head=head,
        tokens=tokens,
        version=version,
        latest=to_moment(latest),
    )


def item_row(row: Sequence[Any]) -> ItemRow:
    """A work item out of its columns."""
    (
        in_case, number, element, name, unit, unit_name, post, candidates,
        state, person, since, due, ended, draft, attempts, version,
    ) = row  # fmt: skip
    return ItemRow(
        id=f"{in_case}-{number}",
        case=in_case,
        token=number,
        element=element,
        name=name,
        unit=unit,
        unit_name=unit_name,
        post=post,
        candidates=candidates,
        state=state,
        person=person,
        since=to_moment(since),
        due=to_late_moment(due),
        ended=to_late_moment(ended),
        draft=draft,
        attempts=attempts,
        version=version,
    )


def job_row(row: Sequence[Any]) -> JobRow:
    """A job out of its columns."""
    in_case, id_, number, kind, run_at, state, free_at, fence, attempts, error, body = row
    return JobRow(
        id=id_,
        case=in_case,
        token=number,
        kind=kind,
        run_at=to_moment(run_at),
        state=state,
        lease_until=to_moment(free_at) if state == "held" else None,
        fence=fence,
        attempts=attempts,
        error=error,
        body=body,
    )


def record_row(row: Sequence[Any]) -> KeptRecord:
    """A record out of its columns."""
    in_case, sequence, body, digest, salt, data = row
    return KeptRecord(case=in_case, sequence=sequence, body=body, hash=digest, data=data, salt=salt)


def _wait_row(row: Sequence[Any]) -> WaitRow:
    in_case, number, kind, name, element, correlation = row
    return WaitRow(case=in_case, token=number, element=element, kind=kind, name=name, correlation=correlation)


def _by(table: Table, names: str, *, order: str = "") -> Statement:
    """All columns of the rows that have these values."""
    columns = CASE_COLUMNS if table is case else tuple(table.c)
    made = select(*columns).where(*(table.c[name] == given(name) for name in names.split()))
    return Statement(names, lambda _: made.order_by(*(table.c[name] for name in order.split())))


def _count(table: Table, *conditions: Any) -> Statement:
    made = select(table.c.state, func.count()).where(*conditions).group_by(table.c.state)
    return Statement("", lambda _: made)


_CASE = _by(case, "id")
_ITEM = _by(item, "case token")
_WAITS = _by(wait, "case", order="token kind name")
_TOKENS = Statement(
    "case", lambda _: select(token.c.id, token.c.body).where(token.c.case == given("case")).order_by(token.c.id)
)
_VALUE = Statement(
    "case scope key",
    lambda _: select(value.c.value).where(
        value.c.case == given("case"), value.c.scope == given("scope"), value.c.key == given("key")
    ),
)
_VALUES = Statement(
    "case scope",
    lambda _: (
        select(value.c.key, value.c.value)
        .where(value.c.case == given("case"), value.c.scope == given("scope"))
        .order_by(value.c.key)
    ),
)
_RECORDS = Statement(
    "case after limit",
    lambda _: (
        select(*record.c)
        .where(record.c.case == given("case"), record.c.sequence > given("after"))
        .order_by(record.c.sequence)
        .limit(given("limit"))
    ),
)
_CASE_IDS = Statement(
    "after limit",
    lambda _: (
        select(case.c.id)
        .where(case.c.id > given("after"), case.c.id != ADMINISTRATION)
        .order_by(case.c.id)
        .limit(given("limit"))
    ),
)
_ALL_RECORDS = Statement(
    "first last",
    lambda _: (
        select(*record.c)
        .where(record.c.case >= given("first"), record.c.case <= given("last"))
        .order_by(record.c.case, record.c.sequence)
    ),
)
_NAMED = (wait.c.kind == given("kind"), wait.c.name == given("name"), wait.c.case > given("after"))
_WAITING = Statement("kind name after", lambda _: select(*wait.c).where(*_NAMED).order_by(wait.c.case, wait.c.token))
_EXPECTING = Statement(
    "kind name after correlation",
    lambda _: (
        select(*wait.c)
        .where(*_NAMED, or_(wait.c.correlation == given("correlation"), wait.c.correlation == ""))
        .order_by(wait.c.case, wait.c.token)
    ),
)
_CASE_COUNTS = _count(case, case.c.id != ADMINISTRATION)
_ITEM_COUNTS = _count(item, item.c.ended.is_(None))
_JOB_COUNTS = _count(job, job.c.state != "done")


@lru_cache(maxsize=256)
def _items(filters: tuple[str, ...], states: tuple[str, ...], is_further: bool) -> Statement:
    """Work items by some columns; where all states asked for are open ones, by the small index of those."""
    conditions: list[Any] = [item.c[name] == given(name) for name in filters]
    if OPEN.issuperset(states):
        conditions.append(item.c.ended.is_(None))
    if states:
        conditions.append(item.c.state.in_(states))
    order = (item.c.since, item.c.case, item.c.token)
    seen = item.alias("seen")
    if is_further:
        last = select(seen.c.since, seen.c.case, seen.c.token).where(
            seen.c.case == given("last_case"), seen.c.token == given("last_token")
        )
        conditions.append(tuple_(*order) > last.scalar_subquery())
    made = select(*ITEM_COLUMNS).where(*conditions).order_by(*order).limit(given("limit"))
    return Statement(" ".join([*filters, *(["last_case last_token"] if is_further else []), "limit"]), lambda _: made)


@lru_cache(maxsize=16)
def _cases(filters: tuple[str, ...]) -> Statement:
    conditions = [case.c[name] == given(name) for name in filters]
    conditions += [case.c.id > given("after"), case.c.id != ADMINISTRATION]
    made = select(*CASE_COLUMNS).where(*conditions).order_by(case.c.id)
    return Statement(" ".join([*filters, "after limit"]), lambda _: made.limit(given("limit")))


@lru_cache(maxsize=64)
def _jobs(states: tuple[str, ...], in_case: bool) -> Statement:
    conditions: list[Any] = [job.c.state.in_(states)]
    if in_case:
        conditions.append(job.c.case == given("case"))
    made = select(*JOB_COLUMNS).where(*conditions).order_by(job.c.free_at, job.c.case, job.c.id).limit(given("limit"))
    return Statement("case limit" if in_case else "limit", lambda _: made)
