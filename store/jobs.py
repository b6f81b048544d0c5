"""Work for workers: claimed in batches under a lease, ended by whoever still holds it, tried again with patience.

Every change of a held job belongs to whoever holds its lease; its fence, which grows with each claim, proves it.

| from | by | to |
|---|---|---|
| – | the command that asks for it | ready |
| ready, held after its lease | `claim` | held, one attempt more; stuck where there were six |
| held | `finish` | done |
| held | `back_off` | ready in 10 s, 1 min, 10 min, 1 h, 6 h (± 20 %); stuck after the sixth attempt |
| held | `give_back` | ready, as if it had not been claimed |
| stuck | `retry`, `drop`, by hand | ready with six new attempts; dropped |
| ready, held | a restored copy | withheld, until `release` |

Leases and due times go by the database's clock, so that a worker whose own clock is wrong harms nobody.
"""

import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache, partial

from sqlalchemy import ColumnElement, Update, delete, or_, select, tuple_, update

from store.cases import Writing, job_values
from store.connect import Store
from store.errors import Fenced, NoSuchJob
from store.line import Line
from store.moments import to_number
from store.reading import JOB_COLUMNS, job_row
from store.rows import JobRow
from store.statements import POSTGRESQL, Statement, adding, clock, given, putting, removing
from store.tables import command, job, setting

#: How long a worker may keep silent about a job it holds.
LEASE = timedelta(seconds=60)
#: The waits between the attempts; after the last of them one attempt more.
DELAYS = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
)
ATTEMPTS = len(DELAYS) + 1
#: Kinds that reach somebody outside, which a restored copy must not do before it is released.
OUTGOING = ("call", "message", "notice")
#: How long the keys of commands and what is done with are kept.
KEPT = timedelta(days=30)

_SPREAD = 0.2
_WITHHELD = "withheld"
_LEASE_RAN_OUT = "its worker fell silent"


def claim(store: Store, kinds: Iterable[str], *, batch: int = 50, lease: timedelta = LEASE) -> list[JobRow]:
    """The jobs of these kinds that are due, the longest waiting first, held for us until their lease ends."""
    asked = tuple(sorted(kinds))

    def work(writing: Writing) -> list[JobRow]:
        if is_withheld(writing.line):
            writing.line.tell(_WITHHOLD_NEW)
        writing.line.tell(_GIVE_UP, (batch,))
        rows = writing.line.ask(_claiming(asked), (_microseconds(lease), batch))
        return sorted(map(job_row, rows), key=lambda row: (row.run_at, row.case, row.id))

    return store.perform(work)


def renew(store: Store, held: Sequence[JobRow], *, lease: timedelta = LEASE) -> list[JobRow]:
    """Make the leases begin anew; gives the jobs that are still ours."""

    def work(writing: Writing) -> list[JobRow]:
        length = _microseconds(lease)
        return [row for row in held if writing.line.tell(_RENEW, (length, row.case, row.id, row.fence))]

    return store.perform(work)


def finish(writing: Writing, held: JobRow) -> None:
    """The job is done, in the transaction that keeps what it did; `Fenced` where somebody else has it by now.

    Comes behind the key and the case's row, before everything else.
    """
    if not writing.line.tell(_FINISH, (held.case, held.id, held.fence)):
        raise Fenced(held.id)


def back_off(writing: Writing, held: JobRow, error: str, chance: random.Random) -> JobRow:
    """The attempt failed: the job waits longer each time, and is stuck after the last one."""
    if held.attempts >= ATTEMPTS:
        changed = writing.line.tell(_STICK, (error, held.case, held.id, held.fence))
    else:
        wait = _microseconds(DELAYS[held.attempts - 1] * chance.uniform(1 - _SPREAD, 1 + _SPREAD))
        changed = writing.line.tell(_PUT_OFF, (wait, error, held.case, held.id, held.fence))
    if not changed:
        raise Fenced(held.id)
    return job_row(writing.line.one(_JOB, (held.case, held.id)))


def stick(writing: Writing, held: JobRow, error: str) -> None:
    """The attempt failed for a reason no further attempt can mend: a person has to look at it."""
    if not writing.line.tell(_STICK, (error, held.case, held.id, held.fence)):
        raise Fenced(held.id)


def give_back(writing: Writing, held: JobRow) -> None:
    """Nothing was tried, for the worker stops or the database is busy: anybody may take it at once."""
    writing.line.tell(_GIVE_BACK, (held.case, held.id, held.fence))


def add(writing: Writing, rows: Iterable[JobRow]) -> None:
    """Jobs that no case asks for; one that is there already stays as it is."""
    writing.line.tell_all(_ADD, [job_values(row) for row in rows])


def retry(writing: Writing, case: str, id: str) -> None:  # noqa: A002 - the field's name
    """By hand: a stuck job is tried anew, at once and six times."""
    if not writing.line.tell(_RETRY, (case, id)):
        raise NoSuchJob(id)


def drop(writing: Writing, case: str, id: str) -> None:  # noqa: A002
    """By hand: a stuck or withheld job is never tried again."""
    if not writing.line.tell(_DROP, (case, id)):
        raise NoSuchJob(id)


def withhold(writing: Writing) -> int:
    """Keep back all outgoing work, now and what is still to come: for a restored copy. How many jobs that are."""
    writing.line.tell(_PUT_SETTING, (_WITHHELD, "yes"))
    return writing.line.tell(_WITHHOLD)


def release(writing: Writing) -> int:
    """The restored copy takes the place of what was lost: outgoing work goes out. How many jobs that are."""
    writing.line.tell(_REMOVE_SETTING, (_WITHHELD,))
    return writing.line.tell(_RELEASE)


def is_withheld(line: Line) -> bool:
    """Whether outgoing work is kept back."""
    return line.one(_SETTING, (_WITHHELD,)) is not None


def sweep(store: Store, before: datetime, *, batch: int = 1000) -> int:
    """Remove keys of commands and jobs done before a moment, `KEPT` ago as a rule; a part of them at a time."""
    limit = to_number(before)
    total = 0
    while removed := store.perform(lambda writing: writing.line.tell(_OLD_JOBS, (limit, batch))):
        total += removed
    place: tuple[str, str] | None = ("", "")
    while place is not None:
        removed, place = store.perform(partial(_sweep_keys, place=place, limit=limit, batch=batch))
        total += removed
    return total


def _sweep_keys(
    writing: Writing, *, place: tuple[str, str], limit: int, batch: int
) -> tuple[int, tuple[str, str] | None]:
    """Look through the next keys behind a place and remove the old ones: how many, and where to go on."""
    last = writing.line.one(_KEY_AHEAD, (*place, batch))
    if last is None:
        return writing.line.tell(_OLD_KEYS, (*place, limit)), None
    return writing.line.tell(_OLD_KEYS_BETWEEN, (*place, *last, limit)), (last[0], last[1])


def _microseconds(length: timedelta) -> int:
    return length // timedelta(microseconds=1)


_DUE = job.c.state.in_(("ready", "held"))


def _held() -> tuple[ColumnElement[bool], ...]:
    """The job that somebody holds, by his fence."""
    return (job.c.case == given("case"), job.c.id == given("id"), job.c.fence == given("held"), job.c.state == "held")


def _due(kind: str, *conditions: ColumnElement[bool]) -> Update:
    """A change of due jobs that nobody else has locked, the longest waiting first; looked for once."""
    ready = select(job.c.case, job.c.id).where(_DUE, job.c.free_at <= clock(kind), *conditions)
    due = ready.order_by(job.c.free_at).limit(given("batch")).with_for_update(skip_locked=True).cte("due")
    if kind == POSTGRESQL:
        due = due.prefix_with("MATERIALIZED")
    return update(job).where(tuple_(job.c.case, job.c.id).in_(select(due.c.case, due.c.id)))


@lru_cache(maxsize=64)
def _claiming(kinds: tuple[str, ...]) -> Statement:
    def build(kind: str) -> Update:
        until = clock(kind) + given("lease")
        taken = _due(kind, job.c.kind.in_(kinds), job.c.attempts < ATTEMPTS)
        taken = taken.values(state="held", free_at=until, fence=job.c.fence + 1, attempts=job.c.attempts + 1)
        return taken.returning(*JOB_COLUMNS)

    return Statement("lease batch", build)


_GIVE_UP = Statement(
    "batch", lambda kind: _due(kind, job.c.attempts >= ATTEMPTS).values(state="stuck", error=_LEASE_RAN_OUT)
)
_JOB = Statement("case id", lambda _: select(*JOB_COLUMNS).where(job.c.case == given("case"), job.c.id == given("id")))
_RENEW = Statement(
    "lease case id held", lambda kind: update(job).where(*_held()).values(free_at=clock(kind) + given("lease"))
)
_FINISH = Statement("case id held", lambda kind: update(job).where(*_held()).values(state="done", free_at=clock(kind)))
_STICK = Statement(
    "why case id held", lambda kind: update(job).where(*_held()).values(state="stuck", error=given("why"))
)
_PUT_OFF = Statement(
    "delay why case id held",
    lambda kind: (
        update(job)
        .where(*_held())
        .values(
            state="ready", run_at=clock(kind) + given("delay"), free_at=clock(kind) + given("delay"), error=given("why")
        )
    ),
)
_GIVE_BACK = Statement(
    "case id held",
    lambda _: update(job).where(*_held()).values(state="ready", free_at=job.c.run_at, attempts=job.c.attempts - 1),
)
_ADD = adding(job)
_NAMED = (job.c.case == given("case"), job.c.id == given("id"))
_RETRY = Statement(
    "case id",
    lambda kind: (
        update(job)
        .where(*_NAMED, job.c.state == "stuck")
        .values(state="ready", attempts=0, run_at=clock(kind), free_at=clock(kind))
    ),
)
_DROP = Statement(
    "case id",
    lambda kind: (
        update(job).where(*_NAMED, job.c.state.in_(("stuck", "withheld"))).values(state="dropped", free_at=clock(kind))
    ),
)
_OUTSIDE = job.c.kind.in_(OUTGOING)
_WITHHOLD = Statement("", lambda _: update(job).where(_DUE, _OUTSIDE).values(state="withheld", fence=job.c.fence + 1))
_WITHHOLD_NEW = Statement("", lambda _: update(job).where(job.c.state == "ready", _OUTSIDE).values(state="withheld"))
_RELEASE = Statement(
    "", lambda _: update(job).where(job.c.state == "withheld").values(state="ready", free_at=job.c.run_at)
)
_SETTING = Statement("name", lambda _: select(setting.c.value).where(setting.c.name == given("name")))
_PUT_SETTING, _REMOVE_SETTING = putting(setting), removing(setting, "name")
# Keys lie in no order of time: an index for that would cost every command, a walk through all of them once a day not.
_whose = tuple_(command.c.caller, command.c.key)
_behind = _whose > tuple_(given("caller"), given("key"))
_KEY_AHEAD = Statement(
    "caller key batch",
    lambda _: (
        select(command.c.caller, command.c.key)
        .where(_behind)
        .order_by(command.c.caller, command.c.key)
        .limit(1)
        .offset(given("batch"))
    ),
)
_OLD_KEYS = Statement("caller key before", lambda _: delete(command).where(_behind, command.c.at < given("before")))
_OLD_KEYS_BETWEEN = Statement(
    "caller key last_caller last_key before",
    lambda _: delete(command).where(
        _behind, _whose <= tuple_(given("last_caller"), given("last_key")), command.c.at < given("before")
    ),
)
_old_jobs = (
    select(job.c.case, job.c.id)
    .where(or_(job.c.state == "done", job.c.state == "dropped"), job.c.free_at < given("before"))
    .limit(given("batch"))
)
_OLD_JOBS = Statement("before batch", lambda _: delete(job).where(tuple_(job.c.case, job.c.id).in_(_old_jobs)))
