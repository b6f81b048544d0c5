"""What is joined at the front door: the clock, the version, the kernel's compiler and its cache, a cluster."""

import os
import re
import stat
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

import click

#: Seconds a cluster has to answer, and to show a worker.
CLUSTER_SECONDS = 5
#: How the address of a cluster's scheduler is written.
_ADDRESS = re.compile(r"(?:(tcp|tls)://)?(?:\[([0-9A-Fa-f:.]+)\]|([^\s/:@\[\]]+)):(\d{1,5})")
_HIGHEST_PORT = 65_535


class NoCluster(Exception):
    """The cluster cannot be used. Start it and its workers, or correct its address."""

    def __init__(self, reason: Literal["extra", "address", "silent", "workers", "lost"], address: str) -> None:
        super().__init__(f"{self.__doc__} ({address}: {reason})")
        #: What is amiss: the extra is not installed, the address is none, nothing answers there, there are no workers
        #: with this version, or it was lost while it worked.
        self.reason = reason
        self.address = address


def version() -> str:
    """Give the version that is installed."""
    from importlib import metadata  # 10 ms that only those pay who ask

    return metadata.version("zaizao")


def show(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    """Print the version and leave."""
    if value:
        click.echo(f"zaizao {version()}")
        ctx.exit()


def today(timezone: str) -> date:
    """Give today's date in the office's time zone."""
    from zoneinfo import ZoneInfo

    return datetime.now(ZoneInfo(timezone)).date()


def now(timezone: str = "UTC") -> datetime:
    """Give the moment of the machine's clock, on the clock of an office's zone."""
    from zoneinfo import ZoneInfo

    return datetime.now(ZoneInfo(timezone) if timezone != "UTC" else UTC)


def prepare(environment: MutableMapping[str, str]) -> None:
    """Choose where the compiler keeps the kernel, where an installation has no place for it that can be written.

    An installation that was warmed keeps it beside the kernel's sources, for all its users; otherwise each user has a
    folder for each version, since code compiled from older sources must never run.
    """
    package = Path(__file__).resolve().parent.parent / "analysis" / "simulation"
    if "NUMBA_CACHE_DIR" in environment or os.access(package, os.W_OK) or any(package.glob("__pycache__/kernel-*")):
        return
    home = Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    place = home / "zaizao" if _is_writable(home) else _own_temporary_folder()
    environment["NUMBA_CACHE_DIR"] = str(place / version())


def _own_temporary_folder() -> Path:
    """Give a folder that lasts between runs and that nobody else can have put code into."""
    import tempfile

    folder = Path(tempfile.gettempdir()) / f"zaizao-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    seen = folder.lstat()
    is_own = stat.S_ISDIR(seen.st_mode) and seen.st_uid == os.getuid() and not seen.st_mode & 0o077
    return folder if is_own else Path(tempfile.mkdtemp(prefix="zaizao-"))


def _is_writable(folder: Path) -> bool:
    """Whether a folder can be written, or made."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return os.access(folder, os.W_OK)


def warm_up() -> None:
    """Compile the simulation kernel, so that the first study does not wait for it."""
    prepare(os.environ)
    from analysis.simulation import warm

    warm()


@contextmanager
def cluster(address: str) -> Iterator[None]:
    """Connect to the Dask cluster whose scheduler is at an address, for the work done inside; raises NoCluster."""
    import logging  # like all that only some calls need: a check would wait for it

    try:
        import distributed
    except ImportError:
        raise NoCluster("extra", address) from None
    found = _ADDRESS.fullmatch(address)
    if found is None or not 0 < int(found[4]) <= _HIGHEST_PORT:
        raise NoCluster("address", address)
    _hear(address, found[2] or found[3], int(found[4]), is_secret=found[1] == "tls")
    for name in ("distributed", "distributed.client", "tornado", "tornado.application"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong is told in one sentence
    with _connected(distributed, address) as client:
        _check_workers(client, address)
        try:
            yield
        except (OSError, distributed.KilledWorker, distributed.CancelledError) as fault:
            raise NoCluster("lost", address) from fault


def _hear(address: str, host: str, port: int, *, is_secret: bool) -> None:
    """Hear whether a scheduler is there: it speaks first. A client would wait for a silent server without end."""
    import socket

    try:
        with socket.create_connection((host, port), timeout=CLUSTER_SECONDS) as line:
            is_there = is_secret or line.recv(1) != b""
    except (OSError, UnicodeError) as fault:
        raise NoCluster("silent", address) from fault
    if not is_there:
        raise NoCluster("silent", address)


def _connected(distributed: Any, address: str) -> Any:
    """Give the client of a scheduler; whatever else answers at the address can fail in any way."""
    try:
        return distributed.Client(address, timeout=CLUSTER_SECONDS)
    except Exception as fault:
        raise NoCluster("silent", address) from fault


def _check_workers(client: Any, address: str) -> None:
    """See that there are workers, all with this version, so that they do what this process would."""
    try:
        client.wait_for_workers(1, timeout=CLUSTER_SECONDS)
        versions = set(client.run(version).values())
    except Exception as fault:
        raise NoCluster("workers", address) from fault
    if versions != {version()}:
        raise NoCluster("workers", address)
