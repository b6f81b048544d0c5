"""Backups while work goes on, and their way back.

A backup is one zip file, readable by any tool: `backup.json` says what it is and the SHA-256 of the rest, which is how
the database was at one moment after the backup began: on SQLite a copy of the file, on PostgreSQL what COPY gives of
each table. So every command that was answered before is in it.
"""

import hashlib
import json
import os
import re
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import sleep
from typing import Any

from store.administration import note
from store.cases import Writing
from store.connect import Store, connect
from store.errors import DamagedBackup, NewerBackup, NotEmpty, OtherKind
from store.files import placed
from store.jobs import release as release_jobs
from store.jobs import withhold
from store.line import Line
from store.place import Place, open_file, place_of
from store.schema import HEAD, current, upgrade
from store.statements import POSTGRESQL, SQLITE
from store.tables import metadata
from store.verify import Verified, verify

#: The layout of the file, raised when older programs could not read it.
LAYOUT = 1
_MANIFEST, _FILE = "backup.json", "zaizao.db"
#: Pages copied at once, and the pause after them in seconds: clerks come in between.
_PAGES, _PAUSE = 1024, 0.002
_CHUNK = 1 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Backup:
    """What a backup says of itself."""

    #: The kind of database, as `store.statements` names them, and the version of its tables.
    kind: str
    schema: str
    at: datetime
    #: The SHA-256 of each part by its name.
    parts: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Restored:
    """What a restore came to."""

    verified: Verified
    #: How many outgoing jobs are kept back until `release`.
    withheld: int
    #: Where the database that stood there before is kept; empty where none did.
    aside: str


def backup(store: Store, path: Path, at: datetime) -> Backup:
    """Write a backup of the database as it is now, while it is being worked with."""
    with placed(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bundle:
        write = _write_file if store.kind == SQLITE else _write_tables
        schema, parts = write(store, bundle, part)
        made = Backup(kind=store.kind, schema=schema, at=at, parts=parts)
        said = {
            "layout": LAYOUT,
            "kind": made.kind,
            "schema": schema,
            "at": at.astimezone(UTC).isoformat(),
            "parts": parts,
        }
        bundle.writestr(_MANIFEST, json.dumps(said, indent=2) + "\n")
    return made


def inspect(path: Path) -> Backup:
    """Read a backup to its end; refused where anything in it is not as it was written."""
    try:
        with zipfile.ZipFile(path) as bundle:
            made = _manifest(bundle)
            for name, expected in made.parts.items():
                if _digest(bundle, name) != expected:
                    raise DamagedBackup(f"{path}: {name}")
    except OSError as error:
        raise DamagedBackup(f"{path}: {error.strerror or error}") from error
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:
        raise DamagedBackup(str(path)) from error
    return made


def restore(path: Path, url: str, at: datetime, by: str, *, force: bool = False) -> Restored:
    """Put a backup into an empty database, and verify it there. Outgoing work is kept back until `release`.

    With `force` a database that is not empty is kept aside: the file under another name, the tables in another schema.
    """
    made, place = inspect(path), place_of(url)
    if made.kind != place.kind:
        raise OtherKind(made.kind)
    if not force and _is_filled(url, place):
        raise NotEmpty(place.path or str(place.url.database))
    told = {"at": made.at.astimezone(UTC).isoformat(), "parts": made.parts}

    def receive(writing: Writing) -> int:
        note(writing, "restored", at, by, told)
        return withhold(writing)

    with zipfile.ZipFile(path) as bundle, place.guarded():
        bring_back = _bring_file if place.kind == SQLITE else _bring_tables
        withheld, aside = bring_back(bundle, place, made.schema, f"aside-{at.astimezone(UTC):%Y%m%d%H%M%S}", receive)
    with connect(url) as store:
        return Restored(verified=verify(store), withheld=withheld, aside=aside)


def release(store: Store, at: datetime, by: str) -> int:
    """The restored copy takes the place of what was lost: its outgoing work goes out. How many jobs that are."""

    def work(writing: Writing) -> int:
        count = release_jobs(writing)
        note(writing, "released", at, by, {"jobs": count})
        return count

    return store.perform(work)


def _write_file(store: Store, bundle: zipfile.ZipFile, beside: Path) -> tuple[str, dict[str, str]]:
    """The file of SQLite: copied under one read transaction, so that no commit makes the copy begin anew."""
    copy = beside.with_name(beside.name + ".db")
    try:
        with closing(open_file(str(copy), make=True)) as target, store.reading() as reading, store.place.guarded():
            schema = _schema(reading.line)
            reading.line.connection.backup(target, pages=_PAGES, progress=lambda *_: sleep(_PAUSE))
        with copy.open("rb") as source:
            return schema, {_FILE: _pack(bundle, _FILE, iter(lambda: source.read(_CHUNK), b""))}
    finally:
        with suppress(OSError):
            copy.unlink()


def _write_tables(store: Store, bundle: zipfile.ZipFile, _: Path) -> tuple[str, dict[str, str]]:
    """The tables of PostgreSQL, all as of one moment."""
    parts: dict[str, str] = {}
    with store.reading() as reading, store.place.guarded():
        reading.line.say("SET LOCAL statement_timeout = 0")
        schema = _schema(reading.line)
        for name in metadata.tables:
            part = f"{name}.tsv"
            parts[part] = _pack(bundle, part, _copied(reading.line.connection, name))
    return schema, parts


def _copied(connection: Any, table: str) -> Iterator[bytes]:
    """The names of the columns on a line, then the rows as COPY gives them."""
    asked = (
        "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = %s"
    )
    names = [f'"{name}"' for (name,) in connection.execute(f"{asked} ORDER BY ordinal_position", (table,))]
    columns = ", ".join(names)
    yield f"{columns}\n".encode()
    with connection.cursor() as cursor, cursor.copy(f'COPY (SELECT {columns} FROM "{table}") TO STDOUT') as rows:
        yield from map(bytes, rows)


def _pack(bundle: zipfile.ZipFile, name: str, chunks: Iterator[bytes]) -> str:
    """Write one part of a backup; gives its digest."""
    digest = hashlib.sha256()
    with bundle.open(name, "w", force_zip64=True) as part:
        for chunk in chunks:
            digest.update(chunk)
            part.write(chunk)
    return digest.hexdigest()


def _digest(bundle: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with bundle.open(name) as part:
        while chunk := part.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _manifest(bundle: zipfile.ZipFile) -> Backup:
    if bundle.getinfo(_MANIFEST).file_size > _CHUNK:
        raise ValueError(_MANIFEST)
    said = json.loads(bundle.read(_MANIFEST))
    if int(said["layout"]) > LAYOUT or str(said["schema"])[:4] > HEAD[:4]:
        raise NewerBackup(f"{said['layout']}, {said['schema']}")
    parts = {str(name): str(digest) for name, digest in said["parts"].items()}
    expected = {_FILE} if said["kind"] == SQLITE else {f"{name}.tsv" for name in metadata.tables}
    if said["kind"] not in (SQLITE, POSTGRESQL) or not expected.issuperset(parts) or not parts:
        raise ValueError(said["kind"])
    return Backup(kind=said["kind"], schema=said["schema"], at=datetime.fromisoformat(said["at"]), parts=parts)


def _schema(line: Line) -> str:
    """The version of the tables; asked for in the transaction of the backup, whose moment this is."""
    (found,) = line.say("SELECT version_num FROM alembic_version").fetchone()
    return str(found)


def _is_filled(url: str, place: Place) -> bool:
    """Does anything stand in our tables there? A place without tables is empty."""
    if not current(url):
        return False
    with place.guarded(), closing(place.open()) as connection:
        return any(connection.execute(f'SELECT 1 FROM "{name}" LIMIT 1').fetchone() for name in metadata.tables)


def _bring_file(
    bundle: zipfile.ZipFile, place: Place, schema: str, name: str, receive: Callable[[Writing], int]
) -> tuple[int, str]:
    """Make the file ready beside its place, then put it there; what stood there gets another name."""
    path = Path(place.path)
    with placed(path, anew=True) as part:
        with bundle.open(_FILE) as source, part.open("wb") as target:
            shutil.copyfileobj(source, target, _CHUNK)
        url = place.url.set(database=str(part)).render_as_string(hide_password=False)
        if schema != HEAD:
            upgrade(url)
        with connect(url) as store:
            withheld = store.perform(receive)
        aside = path.with_name(f"{path.name}.{name}") if path.exists() else None
        for suffix in ("", "-wal", "-shm"):
            if aside and (old := path.with_name(path.name + suffix)).exists():
                os.replace(old, aside.with_name(aside.name + suffix))
    return withheld, str(aside or "")


def _bring_tables(
    bundle: zipfile.ZipFile, place: Place, schema: str, name: str, receive: Callable[[Writing], int]
) -> tuple[int, str]:
    """Fill the tables in one transaction, in which outgoing work is kept back already."""
    url = place.url.render_as_string(hide_password=False)
    aside = _move_aside(place, name.replace("-", "_")) if _is_filled(url, place) else ""
    if not current(url):
        upgrade(url, to=schema)
    with closing(place.open()) as connection:
        line = Line(place.kind, connection, place.errors)
        line.say("BEGIN")
        line.say("SET LOCAL statement_timeout = 0")
        for table in metadata.tables:
            if f"{table}.tsv" in bundle.namelist():
                _fill(connection, table, bundle)
        withheld = receive(Writing(line, place.algorithm))
        line.say("COMMIT")
    if schema != HEAD:
        upgrade(url)
    return withheld, aside


def _fill(connection: Any, table: str, bundle: zipfile.ZipFile) -> None:
    with bundle.open(f"{table}.tsv") as part, connection.cursor() as cursor:
        columns = part.readline().decode().strip()
        if not _COLUMNS.fullmatch(columns):
            raise DamagedBackup(table)
        with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as rows:
            while chunk := part.read(_CHUNK):
                rows.write(chunk)


def _move_aside(place: Place, name: str) -> str:
    """Put all our tables into a schema of their own."""
    with closing(place.open()) as connection, connection.transaction():
        connection.execute(f'CREATE SCHEMA "{name}"')
        for table in (*metadata.tables, "alembic_version"):
            connection.execute(f'ALTER TABLE "{table}" SET SCHEMA "{name}"')
    return name


_COLUMNS = re.compile(r'"\w+"(, "\w+")*')
