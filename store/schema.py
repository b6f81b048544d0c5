"""Making the tables, bringing them up to this version, and telling which version they are of.

A revision is a number of four digits. One that an older version can still work with says so in its name, as
`0002_serves_0001` does: then old and new programs run side by side while machine after machine is brought up.
"""

import errno
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateIndex, CreateTable

from store.errors import BadAddress, DiskFull, NewerSchema, NoDatabase, OlderSchema, ReadOnly, StoreError
from store.line import Line
from store.place import open_file, parsed_url, place_of, refuse_network, server_arguments
from store.retry import meaning
from store.statements import POSTGRESQL, SQLITE, dialect_of
from store.tables import metadata

#: The revision this program works with.
HEAD = "0001"
#: Where the migrations stand.
MIGRATIONS = Path(__file__).parent / "migrations"

_REVISION = re.compile(r"(\d{4})(?:_serves_(\d{4}))?")
#: Seconds a migration waits for a lock before it lets the others go first, and for which it goes on trying.
_LOCK, _PATIENCE = 0.1, 60.0
#: As Alembic itself makes it.
_VERSION_TABLE = (
    "CREATE TABLE alembic_version "
    "(version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
)


def exists(url: str) -> bool:
    """Whether our tables stand at an address, of whatever version."""
    return current(url) != ""


def current(url: str) -> str:
    """The revision of the tables at an address; empty where there is no database or none of ours."""
    try:
        with _raw(url) as connection:
            return _revision(connection)
    except NoDatabase:
        return ""


def create(url: str) -> None:
    """Make the tables, and on SQLite the file; nothing happens where they stand already."""
    parsed = parsed_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        _make_file(parsed.database)
    with _raw(url) as connection:
        make_tables(connection)


def make_tables(connection: Any) -> None:
    """Make all tables and indexes of this version on a driver's connection, in one transaction; once."""
    kind = SQLITE if isinstance(connection, sqlite3.Connection) else POSTGRESQL
    connection.execute("BEGIN IMMEDIATE" if kind == SQLITE else "BEGIN")
    try:
        if kind == POSTGRESQL:
            connection.execute("SELECT pg_advisory_xact_lock(77345129)")
        if not _revision(connection):
            for statement in _definitions(kind):
                connection.execute(statement)
            connection.execute(f"INSERT INTO alembic_version VALUES ('{HEAD}')")
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def upgrade(url: str, *, to: str = "head", migrations: Path = MIGRATIONS) -> None:
    """Bring the tables up to a revision, this program's own by default; also down, where it is an older one.

    Work may go on meanwhile: on a server a change waits a tenth of a second for its lock, lets the others go first,
    and tries again.
    """
    until = monotonic() + _PATIENCE
    while True:
        try:
            return _migrate(url, to, migrations)
        except DBAPIError as error:
            found = meaning(error.orig) if isinstance(error.orig, Exception) else StoreError(str(error))
            if not found.may_repeat or monotonic() > until:
                raise found from error
            sleep(_LOCK)


def check_schema(line: Line) -> None:
    """Refuse tables that are missing, or of a version this program cannot work with."""
    found = _revision(line.connection)
    if not found:
        raise NoDatabase()
    matched = _REVISION.fullmatch(found)
    if matched is None:
        raise NewerSchema(found)
    number, serves = matched[1], matched[2] or matched[1]
    if number < HEAD[:4]:
        raise OlderSchema(found)
    if serves > HEAD[:4]:
        raise NewerSchema(found)


@contextmanager
def _raw(url: str) -> Iterator[Any]:
    """A driver's connection to an address, whatever stands there, to look at it or make tables."""
    place = place_of(url)
    with place.guarded(), closing(open_file(place.path) if place.kind == SQLITE else place.open()) as connection:
        yield connection


def _revision(connection: Any) -> str:
    """The revision that stands in the database; empty where none of our tables do."""
    if isinstance(connection, sqlite3.Connection):
        stands = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    else:
        (stands,) = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
    found = connection.execute("SELECT version_num FROM alembic_version").fetchone() if stands else None
    return "" if found is None else str(found[0])


def _definitions(kind: str) -> list[str]:
    """What makes all tables and indexes on a kind of database."""
    tables = metadata.sorted_tables
    made: list[CreateTable | CreateIndex] = [CreateTable(table) for table in tables]
    made += [
        CreateIndex(index) for table in tables for index in sorted(table.indexes, key=lambda index: str(index.name))
    ]
    return [_VERSION_TABLE, *(str(one.compile(dialect=dialect_of(kind))) for one in made)]


def _make_file(path: str) -> None:
    """Make an empty file that only its owner may read, for personal data will stand in it."""
    refuse_network(path)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return
    except FileNotFoundError:
        raise BadAddress(f"{path}: there is no such folder") from None
    except OSError as error:
        kind = DiskFull if error.errno == errno.ENOSPC else ReadOnly
        raise kind(f"{path}: {error.strerror}") from error


def _begin(connection: Any) -> None:
    """Take the turn of the one writer, however many others want it."""
    Line(SQLITE, connection, sqlite3.Error).begin("BEGIN IMMEDIATE", _PATIENCE)


def _migrate(url: str, to: str, migrations: Path) -> None:
    """One attempt to run the migrations, all of them or none."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    standing = current(url)
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    with _engine(url) as engine, engine.begin() as connection:
        config.attributes["connection"] = connection
        run = command.downgrade if to == "base" or (to != "head" and to < standing) else command.upgrade
        try:
            run(config, to)
        except CommandError as error:
            raise NewerSchema(standing) from error


@contextmanager
def _engine(url: str) -> Iterator[Engine]:
    """SQLAlchemy's own way to the database, for Alembic alone."""
    place = place_of(url)
    if place.kind == SQLITE:
        engine = create_engine("sqlite://", creator=lambda: open_file(place.path, wait=0.003), poolclass=NullPool)
        event.listen(engine, "begin", lambda connection: _begin(connection.connection.driver_connection))
    else:
        arguments = {**server_arguments(place.url), "options": f"-c lock_timeout={int(_LOCK * 1000)}"}
        engine = create_engine("postgresql+psycopg://", connect_args=arguments, poolclass=NullPool)
    try:
        yield engine
    finally:
        engine.dispose()
