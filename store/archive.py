"""Archives: cases that ended long ago go into files, with all that proves their histories, and leave the database.

A file is Parquet, a row for each record, with what the database knew of its case. It is written, read back, checked
and on the disk before anything is removed; then its cases leave in one transaction with a note in the administration's
chain. Whoever is killed in between leaves a file that nobody noted, which the next run writes anew, and loses nothing.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, Table, delete, exists, func, select

from bpmn.history import History
from store.administration import note
from store.cases import Writing
from store.chain import ADMINISTRATION, hasher, recorded
from store.connect import Store
from store.damage import Damage, End, examine
from store.errors import DamagedArchive, NoPolars, Stale
from store.files import placed
from store.moments import to_number
from store.reading import Reading
from store.roots import Leaf, in_order, keep, merkle
from store.rows import KeptRecord
from store.statements import Statement, adding, given
from store.tables import archived, case, item, job, record, token, value, wait

if TYPE_CHECKING:
    import polars

#: Cases in one file, which leave the database in one transaction: clerks wait no longer than for that.
CASES = 1000
_OF_CASE = ("procedure", "process", "state", "outcome", "started", "ended", "latest", "last", "head")
_OF_RECORD = ("case", "sequence", "body", "hash", "salt", "data")
_NUMBERS = frozenset({"sequence", "started", "ended", "latest", "last"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Archive:
    """One file of an archive."""

    number: int
    path: Path
    cases: int
    records: int
    #: The SHA-256 of the file.
    digest: str


def archive(store: Store, before: datetime, folder: Path, at: datetime, by: str) -> Iterator[Archive]:
    """Move the cases that ended before a moment into files, one after the other; gives each file as it is done."""
    _polars()
    keep(store, at)
    while made := _next(store, before, folder, at, by):
        yield made


def histories(path: Path) -> Iterator[History]:
    """The histories of an archive's cases."""
    for name, rows in _cases(path):
        records = (recorded(row["body"], row["data"]) for row in rows)
        yield History(case=name, records=tuple(records))


def check(path: Path) -> list[Damage]:
    """All damage to the histories in a file, by its own chains."""
    damage: list[Damage] = []
    for name, rows in _cases(path):
        records = [KeptRecord(**{key: row[key] for key in _OF_RECORD}) for row in rows]
        first = rows[0]
        moments = {key: first[key] for key in ("started", "ended", "latest")}
        damage += examine(name, End(sequence=first["last"], head=first["head"], **moments), records, ())
    return damage


def gone(reading: Reading, name: str) -> Leaf | None:
    """The end of the chain of a case that went to an archive."""
    row = reading.line.one(_GONE, (name,))
    return Leaf(case=name, sequence=row[0], hash=row[1]) if row else None


def unnoted(store: Store) -> Iterator[Damage]:
    """Cases that are said to be archived though the administration's chain knows nothing of it, or something else."""
    with store.reading() as reading:
        notes = dict(_notes(reading))
        numbers = [number for (number,) in reading.line.ask(_NUMBERS_USED)]
    for number in numbers:
        with store.reading() as reading:
            leaves = [
                Leaf(case=name, sequence=at, hash=head) for name, at, head in reading.line.ask(_ARCHIVED, (number,))
            ]
        if number not in notes:
            yield from (Damage(case=leaf.case, sequence=0, kind="case-missing") for leaf in leaves)
        elif _tree(leaves) != notes[number][1]:
            yield Damage(case=ADMINISTRATION, sequence=notes[number][0], kind="state-differs")


def _next(store: Store, before: datetime, folder: Path, at: datetime, by: str) -> Archive | None:
    """The next file, if there are cases for it."""
    with store.reading() as reading:
        names = [name for (name,) in reading.line.ask(_OVER, (to_number(before), CASES))]
        if not names:
            return None
        number = (reading.line.one(_LAST)[0] or 0) + 1
        versions = {name: reading.case(name).version for name in names}
        rows = [row for name in names for row in reading.line.ask(_ROWS, (name,))]
    path = folder / f"archive-{number:06}.parquet"
    with placed(path, anew=True) as part:
        _frame(rows).write_parquet(part, compression="zstd")
        if check(part) or _count(part) != len(rows):
            raise DamagedArchive(str(path))
        digest = _digest(part)
    made = Archive(number=number, path=path, cases=len(names), records=len(rows), digest=digest)
    leaves = list({row[0]: Leaf(case=row[0], sequence=row[-2], hash=row[-1]) for row in rows}.values())
    store.perform(lambda writing: _remove(writing, made, leaves, versions, at, by))
    return made


def _remove(
    writing: Writing, made: Archive, leaves: Sequence[Leaf], versions: dict[str, int], at: datetime, by: str
) -> None:
    """Take the cases of a file out of the database, and say so; nothing where one of them changed meanwhile."""
    line = writing.line
    line.tell_all(_GO, [(leaf.case, made.number, leaf.sequence, leaf.hash) for leaf in leaves])
    if dict(line.ask(_LOCK, (made.number,))) != versions:
        raise Stale(made.path.name)
    for statement in _REMOVALS:
        line.tell(statement, (made.number,))
    told = {"archive": made.number, "file": made.path.name, "sha256": made.digest}
    counts = {"cases": made.cases, "records": made.records, "tree": _tree(leaves)}
    note(writing, "archived", at, by, {**told, **counts})


def _notes(reading: Reading) -> Iterator[tuple[int, tuple[int, str]]]:
    """By the number of each archive the sequence of its note, and what its cases came to."""
    for kept in reading.records(ADMINISTRATION):
        if '"kind":"archived"' in kept.body and kept.data:
            said = json.loads(kept.data)
            yield said["archive"], (kept.sequence, said["tree"])


def _tree(leaves: Iterable[Leaf]) -> str:
    return merkle(in_order(leaves), hasher("sha256"))


def _frame(rows: Sequence[Sequence[Any]]) -> "polars.DataFrame":
    names = (*_OF_RECORD, *_OF_CASE)
    number, text = _polars().Int64, _polars().String
    schema = {name: number if name in _NUMBERS else text for name in names}
    made: polars.DataFrame = _polars().DataFrame(rows, schema=schema, orient="row")
    return made


def _cases(path: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The rows of each case of a file, in their order."""
    found = _polars()
    try:
        frame = found.read_parquet(path)
        missing = {*_OF_RECORD, *_OF_CASE} - {*frame.columns}
    except (found.exceptions.PolarsError, OSError) as error:
        raise DamagedArchive(str(path)) from error
    if missing:
        raise DamagedArchive(f"{path}: {', '.join(sorted(missing))}")
    rows = frame.sort("case", "sequence").iter_rows(named=True)
    for name, run in groupby(rows, key=lambda row: str(row["case"])):
        yield name, list(run)


def _count(path: Path) -> int:
    count: int = _polars().scan_parquet(path).select(_polars().len()).collect().item()
    return count


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _polars() -> Any:
    """The library for Parquet, which is an extra."""
    try:
        import polars
    except ImportError:
        raise NoPolars() from None
    return polars


def _rows(_: str) -> Select[Any]:
    columns: list[Any] = [record.c[name] for name in _OF_RECORD]
    known = {"last": case.c.sequence, **{name: case.c[name] for name in case.c.keys()}}  # noqa: SIM118 - columns
    columns += [known[name].label(f"of_{name}") for name in _OF_CASE]
    joined = select(*columns).join_from(record, case, case.c.id == record.c.case)
    return joined.where(record.c.case == given("case")).order_by(record.c.sequence)


def _removal(table: Table, key: str) -> Statement:
    leaving = select(archived.c.case).where(archived.c.archive == given("archive"))
    return Statement("archive", lambda _: delete(table).where(table.c[key].in_(leaving)))


_WORKING = exists().where(job.c.case == case.c.id, job.c.state.not_in(("done", "dropped")))
_OVER = Statement(
    "before limit",
    lambda _: (
        select(case.c.id)
        .where(case.c.ended < given("before"), case.c.sequence > 0, ~_WORKING)
        .order_by(case.c.id)
        .limit(given("limit"))
    ),
)
_ROWS = Statement("case", _rows)
_LAST = Statement("", lambda _: select(func.max(archived.c.archive)))
_LOCK = Statement(
    "archive",
    lambda _: (
        select(case.c.id, case.c.version)
        .where(case.c.id.in_(select(archived.c.case).where(archived.c.archive == given("archive"))))
        .order_by(case.c.id)
        .with_for_update()
    ),
)
_GO = adding(archived)
_REMOVALS = [_removal(table, "case") for table in (record, item, value, token, wait, job)] + [_removal(case, "id")]
_GONE = Statement(
    "case", lambda _: select(archived.c.sequence, archived.c.head).where(archived.c.case == given("case"))
)
_NUMBERS_USED = Statement("", lambda _: select(archived.c.archive).distinct().order_by(archived.c.archive))
_ARCHIVED = Statement(
    "archive",
    lambda _: select(archived.c.case, archived.c.sequence, archived.c.head).where(
        archived.c.archive == given("archive")
    ),
)
