"""Where a database stands, how it is opened, and whether its settings keep what was answered."""

import logging
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import Pool, QueuePool

from store.errors import BadAddress, Gone, NetworkFile, NoDatabase, NoDriver, NotADatabase, ReadOnly, UnsafeSettings
from store.line import Line
from store.retry import meaning
from store.statements import POSTGRESQL, SQLITE

#: File systems whose files several machines share: SQLite's log of changes breaks on them.
NETWORK = frozenset((
    "9p", "afs", "afpfs", "beegfs", "ceph", "cifs", "coda", "davfs", "gfs", "gfs2", "glusterfs", "gpfs", "lustre",
    "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "smb2", "smb3", "smbfs",
    "fuse.ceph", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs",
))  # fmt: skip
#: Seconds SQLite itself waits for another writer, before `Line.begin` has it look anew: by itself it would come to look
#: ten times a second only, and find the place taken each time by those who ask more often.
_GLANCE = 0.003
#: Seconds a new connection may take: less than anybody waits for an answer.
_CONNECTING = 3
#: Bytes of SQLite's log of changes that stay on the disk.
_LOG = 64 << 20
#: Settings of PostgreSQL without which a crash loses what was answered, or the whole database.
_NEEDED = ("fsync", "full_page_writes", "synchronous_commit")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A database's address, and how long one waits there."""

    url: URL
    #: One of `store.statements`: what kind of database it is.
    kind: str
    #: Seconds to wait for whoever else writes.
    wait: float
    #: Whether an answered command outlives a power cut; otherwise the last ones may be lost, but nothing breaks.
    is_durable: bool
    #: By what the chains are hashed.
    algorithm: str
    #: Device and number of the file when it was opened.
    file: tuple[int, int] | None = None

    @property
    def path(self) -> str:
        """The file; empty in memory and on a server."""
        return (self.url.database or "") if self.kind == SQLITE else ""

    @property
    def is_memory(self) -> bool:
        """Whether it lives only as long as its one connection."""
        return self.kind == SQLITE and not self.path

    @property
    def lock(self) -> float:
        """Seconds to wait on a server for a row that somebody else works on."""
        return min(0.4 * self.wait, 10.0) - 0.1

    @property
    def silence(self) -> float:
        """Seconds after which a server that says nothing is taken for frozen."""
        return self.lock + 1.0

    @property
    def errors(self) -> type[Exception]:
        """What the driver raises."""
        found: type[Exception] = sqlite3.Error if self.kind == SQLITE else _driver().Error
        return found

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Turn what the driver raises meanwhile into our errors."""
        try:
            yield
        except self.errors as error:
            raise meaning(error) from error

    def look(self) -> None:
        """See that the file that was opened is still there: SQLite goes on writing to one that was deleted."""
        if self.file is not None and _identity(self.path) != self.file:
            raise Gone(self.path)

    @property
    def has_long_log(self) -> bool:
        """Whether the log of changes beside the file is longer than it is to stay."""
        try:
            return bool(self.path) and os.stat(f"{self.path}-wal").st_size > _LOG
        except OSError:
            return False

    def pool(self) -> Pool:
        """A pool of connections to it."""
        return QueuePool(self.open, pool_size=5, max_overflow=15, timeout=self.wait, reset_on_return=None)

    def open(self, *, is_writer: bool = False) -> Any:
        """One new connection, with all settings; its transactions are begun and ended by us alone."""
        try:
            return self._open_file(is_writer) if self.kind == SQLITE else self._open_server()
        except self.errors as error:
            found = meaning(error)
            if type(found) is NoDatabase and self.path and os.path.exists(self.path):
                found = ReadOnly(self.path)  # it is there, but the log of changes beside it cannot be opened
            raise found from error

    def _open_file(self, is_writer: bool) -> sqlite3.Connection:
        connection = open_file(self.path, wait=min(self.wait, _GLANCE) if is_writer else self.wait)
        try:
            self._set(connection)
        except BaseException:
            connection.close()  # an open file would hold its disk
            raise
        return connection

    def _set(self, connection: sqlite3.Connection) -> None:
        for pragma in (
            f"synchronous={'full' if self.is_durable else 'normal'}",
            "foreign_keys=on",
            "trusted_schema=off",
        ):
            connection.execute(f"pragma {pragma}")
        if self.path:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
                raise NoDatabase(self.path)  # whatever it is, it is not ours to be changed
            connection.execute(f"pragma journal_size_limit={_LOG}")
            (mode,) = connection.execute("pragma journal_mode=wal").fetchone()
            if mode != "wal":
                raise UnsafeSettings(f"journal_mode={mode}, not wal")

    def _open_server(self) -> Any:
        limits = {
            "lock_timeout": int(self.lock * 1000),
            "statement_timeout": 30_000,
            "idle_in_transaction_session_timeout": 30_000,
            "timezone": "UTC",
        }
        if not self.is_durable:
            limits["synchronous_commit"] = "off"
        arguments = server_arguments(self.url)
        own = " ".join(f"-c {name}={value}" for name, value in limits.items())
        options = f"{arguments.pop('options', '')} {own}".strip()
        return _driver().connect(**arguments, options=options, autocommit=True)


def place_of(url: str, *, wait: float = 5.0, durable: bool = True, algorithm: str = "sha256") -> Place:
    """The place an address names; refused where it is none, or lies on a network drive."""
    parsed = parsed_url(url)
    kind = SQLITE if parsed.get_backend_name() == "sqlite" else POSTGRESQL
    path = (parsed.database or "") if kind == SQLITE else ""
    if path:
        refuse_network(path)
    file = _identity(path) if path else None
    return Place(url=parsed, kind=kind, wait=wait, is_durable=durable, algorithm=algorithm, file=file)


def url_of(path: str) -> str:
    """The address of a file, whatever stands in its name.

    >>> url_of("a folder/案?.db")
    'sqlite:///a%20folder/%E6%A1%88%3F.db'
    """
    return f"sqlite:///{quote(path)}"


def parsed_url(url: str) -> URL:
    """An address in its parts; a server's is always that of the one driver we have."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise BadAddress(url.split("@")[-1]) from None
    if parsed.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise BadAddress(parsed.drivername)
    return parsed.set(database=None) if parsed.database == ":memory:" else parsed


def server_arguments(url: URL) -> dict[str, Any]:
    """What the driver needs to reach a server."""
    made: Any = url.get_dialect()
    _, arguments = made().create_connect_args(url)
    return {"connect_timeout": _CONNECTING, "application_name": "zaizao", **arguments, "client_encoding": "utf8"}


def open_file(path: str, *, wait: float = 5.0, make: bool = False) -> sqlite3.Connection:
    """A connection to a file, or to a new database in memory; a file is made only where that is asked for."""
    if path and not make:
        if not os.path.lexists(path):
            raise NoDatabase(path)
        if not Path(path).is_file():
            raise NotADatabase(path)
    name = f"file:{quote(os.path.abspath(path))}?mode={'rwc' if make else 'rw'}" if path else ":memory:"
    return sqlite3.connect(
        name, uri=True, timeout=wait, isolation_level=None, check_same_thread=False, cached_statements=256
    )


def check_settings(line: Line, is_durable: bool) -> None:
    """Refuse a server whose settings lose what was answered, or that keeps text in some other encoding."""
    if line.kind == SQLITE:
        return
    names = (*_NEEDED, "server_encoding")
    asked = ", ".join(f"current_setting('{name}')" for name in names)
    found = dict(zip(names, line.say(f"SELECT {asked}").fetchone(), strict=True))
    needed = [name for name in _NEEDED if is_durable or name != "synchronous_commit"]
    if wrong := [name for name in needed if found[name] == "off"]:
        raise UnsafeSettings(", ".join(f"{name} = off" for name in wrong))
    if found["server_encoding"].upper() != "UTF8":
        raise UnsafeSettings(f"server_encoding = {found['server_encoding']}, not UTF8")


def _identity(path: str) -> tuple[int, int] | None:
    """Which file stands at a path."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def refuse_network(path: str) -> None:
    """Refuse a file that lies on a network drive."""
    kind = file_system(path)
    if kind in NETWORK:
        raise NetworkFile(f"{path}: {kind}")


def file_system(path: str, mounts: Callable[[], str] | None = None) -> str:
    """The kind of file system a path lies on; empty where the machine does not tell."""
    if os.path.realpath(path).startswith("\\\\"):
        return "smb3"
    try:
        text = mounts() if mounts else Path("/proc/self/mounts").read_text("utf-8", "surrogateescape")
    except OSError:
        return ""
    return _mounted(os.path.realpath(path), text)


def _mounted(path: str, mounts: str) -> str:
    """The kind of the innermost mount around a path; of several at one point the last counts."""
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
        inside = point == "/" or path == point or path.startswith(point + "/")
        if inside and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind


def _driver() -> Any:
    """The driver for PostgreSQL, which is an extra."""
    try:
        found = import_module("psycopg")
    except ImportError:
        raise NoDriver() from None
    logging.getLogger("psycopg").setLevel(logging.ERROR)  # what it warns of is told by our own error
    return found
