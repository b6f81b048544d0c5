"""Versions of procedures: each file kept once, and what starts a case of the newest version."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select

from store.errors import Busy, NoSuchProcedure
from store.line import Line
from store.moments import to_moment, to_number
from store.rows import ProcedureRow, StartRow
from store.statements import Statement, adding, given, putting, removing
from store.tables import library, procedure, start


def install(line: Line, row: ProcedureRow, starts: Iterable[StartRow]) -> ProcedureRow:
    """Keep a version, numbered behind the others of its process; the one that stands where the files are the same."""
    standing = line.one(_BY_DIGEST, (row.digest,))
    if standing is not None:
        return _row(line, standing)
    version = line.one(_LAST_VERSION, (row.process,))[0] + 1
    if not line.tell(_ADD, (row.digest, row.process, version, row.name, to_number(row.installed), row.source)):
        raise Busy.to_repeat(row.process)  # somebody else installs a version of it at this moment
    line.tell_all(_NEW_FILE, [(row.digest, name, source) for name, source in sorted(row.library.items())])
    line.tell(_NO_STARTS, (row.process,))
    line.tell_all(_PUT_START, [(one.process, one.element, one.kind, one.name, one.procedure) for one in starts])
    return by_digest(line, row.digest)


def by_digest(line: Line, digest: str) -> ProcedureRow:
    """The version with these files."""
    return _found(line, line.one(_BY_DIGEST, (digest,)), digest)


def of_process(line: Line, process: str) -> ProcedureRow:
    """The newest version of a process."""
    return _found(line, line.one(_NEWEST_OF, (process,)), process)


def newest(line: Line) -> list[ProcedureRow]:
    """The newest version of each process, without its files."""
    return [
        ProcedureRow(digest=digest, process=process, version=version, name=name, installed=to_moment(at), source=b"")
        for digest, process, version, name, at in line.ask(_NEWEST)
    ]


def starts(line: Line, kind: str, name: str) -> list[StartRow]:
    """What a message, signal or timer of that name starts, by process."""
    return [
        StartRow(process=process, element=element, kind=kind, name=name, procedure=digest)
        for process, element, kind, name, digest in line.ask(_STARTS, (kind, name))
    ]


def _found(line: Line, row: Sequence[Any] | None, name: str) -> ProcedureRow:
    if row is None:
        raise NoSuchProcedure(name)
    return _row(line, row)


def _row(line: Line, row: Sequence[Any]) -> ProcedureRow:
    digest, process, version, name, installed, source = row
    files = {name: bytes(content) for name, content in line.ask(_FILES, (digest,))}
    return ProcedureRow(
        digest=digest,
        process=process,
        version=version,
        name=name,
        installed=to_moment(installed),
        source=bytes(source),
        library=files,
    )


_BY_DIGEST = Statement("digest", lambda _: select(*procedure.c).where(procedure.c.digest == given("digest")))
_NEWEST_OF = Statement(
    "process",
    lambda _: (
        select(*procedure.c)
        .where(procedure.c.process == given("process"))
        .order_by(procedure.c.version.desc())
        .limit(1)
    ),
)
_LAST_VERSION = Statement(
    "process",
    lambda _: select(func.coalesce(func.max(procedure.c.version), 0)).where(procedure.c.process == given("process")),
)
_later = procedure.alias("later")
_NEWEST = Statement(
    "",
    lambda _: (
        select(*(column for column in procedure.c if column.name != "source"))
        .where(
            procedure.c.version
            == select(func.max(_later.c.version)).where(_later.c.process == procedure.c.process).scalar_subquery()
        )
        .order_by(procedure.c.process)
    ),
)
_ADD, _NEW_FILE, _PUT_START = adding(procedure), adding(library), putting(start)
_FILES = Statement(
    "procedure",
    lambda _: (
        select(library.c.name, library.c.source)
        .where(library.c.procedure == given("procedure"))
        .order_by(library.c.name)
    ),
)
_NO_STARTS = removing(start, "process")
_STARTS = Statement(
    "kind name",
    lambda _: (
        select(*start.c)
        .where(start.c.kind == given("kind"), start.c.name == given("name"))
        .order_by(start.c.process, start.c.element)
    ),
)
