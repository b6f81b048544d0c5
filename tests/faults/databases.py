"""Databases that crash, fall silent, are full, locked, gone or not what they should be."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from engine.command import Command
from engine.engine import Engine
from store import Store, connect, schema
from store.errors import Busy, DiskFull, Gone, Locked, NewerSchema, NoDatabase, ReadOnly, StoreError
from store.place import open_file
from tests.faults.clerk import lines
from tests.faults.faults import POSTGRESQL, CannotRun, Figure, fault
from tests.faults.ground import Ground, Server, file_of, wait_for_end
from tests.faults.proxy import proxy
from tests.faults.town import LEASE, Town, engine_of, now, percentile, receiver

ROOT = Path(__file__).resolve().parent.parent.parent


@fault(
    "PostgreSQL crash",
    on=(POSTGRESQL,),
    short={"crashes": 1, "cases": 20, "lease": 2.0},
    long={"crashes": 5, "cases": 1_500, "lease": LEASE},
)
def server_crash(ground: Ground, *, crashes: int, cases: int, lease: float) -> Figure:
    """Crash the server under load and start it again; then end all its connections."""
    server, gaps, done = ground.running, list[float](), list[int]()
    with receiver() as outside, Town(ground.url(), ground.path("town"), cases=cases, fast=True) as town:
        town.clerks(4)
        for number in range(2):
            town.worker(f"worker{number}", outside.routes, lease=lease, batch=5)
        for number in range(2 * crashes):
            time.sleep(0.4 if crashes == 1 else 1.0)
            if has_ended(town.url):
                break
            done.append(number % 2)
            if number % 2:
                server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename IS NOT NULL "
                               "AND pid <> pg_backend_pid() AND backend_type = 'client backend'")  # fmt: skip
            else:
                server.crash()
                server.start()
            gaps.append(until_answered(town, time.monotonic()))
        town.settle()
        lost = ended_by(town)
        town.close()
        found = town.counts(outside.keys)
        errors = town.errors()
    text = f"{done.count(0)} crashes, {done.count(1)} times all lines ended; {found}; commands flow again after "
    text += f"{max(gaps):.1f} s"
    text += f"; ended by themselves: {lost}: {errors[:600]}" if lost else ""
    return Figure(text=text, holds=found.is_whole and max(gaps) < 10 and not lost)


def ended_by(town: Town) -> str:
    """Which processes are not there any more, and how they ended."""
    return ", ".join(f"{name} {process.exitcode}" for name, process in town.running.items() if process.exitcode)


def has_ended(url: str) -> bool:
    """Whether nothing is left for clerks to do."""
    with connect(url, wait=30.0) as store, store.reading() as reading:
        return not reading.items(limit=1)


def until_answered(town: Town, after: float, seconds: float = 15.0) -> float:
    """How long it takes until a command that was sent after a moment is answered."""
    while time.monotonic() - after < seconds:
        if any(line["at"] + line["took"] > after for path in town.folder.glob("*.log")
               for line in lines(path) if "took" in line):  # fmt: skip
            return time.monotonic() - after
        time.sleep(0.05)
    return seconds


@fault("line cut", on=(POSTGRESQL,), short={"cases": 8}, long={"cases": 300})
def line_cut(ground: Ground, *, cases: int) -> Figure:
    """Cut the line of clerks at the end of 30 % of transactions after the server heard of it, and of 10 % before."""
    with (
        receiver() as outside,
        proxy(ground.running.socket) as line,
        Town(ground.url(), ground.path("town"), cases=cases, fast=True) as town,
    ):
        town.clerks(4, url=line.address(town.url))
        line.before, line.after = 0.1, 0.3
        town.worker("worker0", outside.routes)
        town.settle()
        line.before = line.after = 0.0
        for name in [name for name in town.running if name.startswith("clerk")]:
            town.kill(name, signal.SIGTERM)
        found = town.counts(outside.keys)
        unanswered = sum(len(unanswered_in(path)) for path in town.folder.glob("clerk*.log"))
    text = f"{line.cuts:,} lines cut; {found}; clients without an answer {unanswered}"
    return Figure(text=text, holds=found.is_whole and not unanswered and line.cuts > cases)


def unanswered_in(path: Path) -> set[str]:
    """The keys that were sent and never answered."""
    said = list(lines(path))
    return {line["key"] for line in said if "sent" in line} - {line["key"] for line in said if "took" in line}


@fault(
    "network silent",
    on=(POSTGRESQL,),
    short={"cases": 80, "wait": 1.0, "lease": 1.0, "silence": 2.0},
    long={"cases": 400, "wait": 5.0, "lease": 5.0, "silence": 15.0},
)
def network_silent(ground: Ground, *, cases: int, wait: float, lease: float, silence: float) -> Figure:
    """The line of clerks and of one worker falls silent; then all processes of the server are frozen."""
    with (
        receiver() as outside,
        proxy(ground.running.socket) as line,
        Town(ground.url(), ground.path("town"), cases=cases, fast=True) as town,
    ):
        town.clerks(3, url=line.address(town.url), wait=wait)
        town.worker("cut-off", outside.routes, url=line.address(town.url), lease=lease, wait=wait)
        town.worker("worker0", outside.routes, lease=lease, wait=wait)
        town.at_work()
        line.silence()
        time.sleep(silence)
        held = held_by_others(town.url)
        line.go_on()
        time.sleep(0.5)
        with ground.running.frozen():
            time.sleep(silence)
        thawed = time.monotonic()
        again = until_answered(town, thawed)
        town.settle()
        town.close()
        found = town.counts(outside.keys)
        longest = max(town.answered(word="waited"), default=0.0)
        busy = sum(town.said("busy").values())
    text = f"{busy} times busy, after {longest:.1f} s at most; leases that did not pass on {held}"
    text += f"; goes on {again:.1f} s after; {found}"
    return Figure(text=text, holds=found.is_whole and busy > 0 and longest < 5 and not held and again < 10)


def held_by_others(url: str) -> int:
    """Jobs that are held beyond their lease."""
    with connect(url) as store, store.reading() as reading:
        moment = reading.now()
        return sum(job.lease_until is not None and job.lease_until < moment for job in reading.jobs(("held",)))


@fault("lock held", short={"commands": 40, "wait": 1.0}, long={"commands": 600, "wait": 5.0})
def lock_held(ground: Ground, *, commands: int, wait: float) -> Figure:
    """Somebody keeps a case locked for ever; on SQLite that is the whole file."""
    with (
        Town(ground.url(), ground.path("town"), cases=commands + 1, fast=True) as town,
        connect(town.url, wait=wait) as store,
    ):
        engine = engine_of(store)
        with store.reading() as reading:
            items = [reading.items(case=case)[0].id for case in town.started]
        asked = [Command(do="complete", by="王芳", item=item, key=f"lock-{item}") for item in items]
        half = commands // 2
        free = [timed(partial(performed, engine, one))[0] for one in asked[1 : half + 1]]
        with locked(ground, town, items[0]):
            took, error = timed(lambda: engine.perform(asked[0], now()))
            with store.reading() as reading:
                reads = len(reading.items(limit=10))
            beside = [] if ground.is_sqlite else [timed(partial(performed, engine, one))[0]
                                                  for one in asked[half + 1 :]]  # fmt: skip
        _, late = timed(lambda: engine.perform(asked[0], now()))
    is_busy = isinstance(error, Busy if ground.is_sqlite else Locked) and late is None and reads == 10
    if ground.is_sqlite:
        return Figure(text=f"the one writer's place is taken: busy after {took:.1f} s, reading goes on",
                      holds=is_busy and took < 5.5)  # fmt: skip
    ratio = percentile(beside, 0.95) / percentile(free, 0.95)
    text = f"{type(error).__name__} after {took:.2f} s; p95 of other cases {ratio:.2f} times that of before"
    return Figure(text=text, holds=is_busy and took < 2 and ratio < (1.5 if commands >= 500 else 5))


def performed(engine: Engine, command: Command) -> None:
    """Perform a command as of now."""
    engine.perform(command, now())


def timed(work: Callable[[], Any]) -> tuple[float, StoreError | None]:
    """How long something takes, and how it failed."""
    begun = time.perf_counter()
    try:
        work()
    except StoreError as error:
        return time.perf_counter() - begun, error
    return time.perf_counter() - begun, None


@contextmanager
def locked(ground: Ground, town: Town, item: str) -> Iterator[None]:
    """Keep the case of an item locked while inside."""
    case = item.rpartition("-")[0]
    if ground.is_sqlite:
        with closing(open_file(str(file_of(town.url)))) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
        return
    import psycopg

    with closing(psycopg.connect(town.url.replace("+psycopg", ""))) as connection:
        connection.execute('SELECT 1 FROM "case" WHERE id = %s FOR UPDATE', (case,))
        yield


# Full


@fault("disk full", short={}, long={})
def disk_full(ground: Ground) -> Figure:
    """Fill the disk of the database while commands come; then make room."""
    size = 6 if ground.is_sqlite else 160
    with ram_disk(ground.path("full"), size) as disk:
        server = None if ground.is_sqlite else Server(disk / "data")
        try:
            if server is not None:
                server.execute("CREATE DATABASE town")
            url = f"sqlite:///{disk / 'town.db'}" if server is None else server.address("town")
            with Town(url, ground.path("town"), cases=20) as town:
                return filled(ground, town, disk, server)
        finally:
            if server is not None:
                server.start()
                server.close()


def filled(ground: Ground, town: Town, disk: Path, server: Server | None) -> Figure:
    """What commands are answered when nothing more fits, and whether all goes on when it does."""
    filler, names = disk / "filler", list[str]()
    with connect(town.url) as store:
        kept = answered_until_full(store, names, lambda: fill(filler))
    is_stopped = server is not None and not runs(server)
    reads = readable(town.url) if ground.is_sqlite else True
    code, said = command_line("work", "list", "--for", "王芳", "--db", town.url) if is_stopped else (3, "")
    filler.unlink()
    if server is not None:
        wait_for_stop(server)
        server.start()
    with connect(town.url, wait=30.0) as store:
        engine = engine_of(store, 9)
        lost = sum(engine.perform(command, now()).text != text for command, text in kept)
        engine.perform(Command(do="start", procedure="faults", by="窗口", key="after"), now())
    found = town.counts(ended=False)
    whole = integrity(town.url) if ground.is_sqlite else "ok"
    told = ", ".join(sorted(set(names)))
    text = f"{len(kept)} kept before it was full, then {told}; {'reading works; ' if ground.is_sqlite else ''}"
    text += f"{'the server stopped and was started; ' if is_stopped else ''}after room is made all goes on: lost {lost}"
    text += f", broken {found.broken}" + (f", integrity_check {whole}" if ground.is_sqlite else "")
    is_clear = "DiskFull" in names and code == 3 and "Traceback" not in said
    return Figure(text=text, holds=is_clear and reads and not lost and not found.broken and whole == "ok")


def answered_until_full(store: Store, names: list[str], fill_up: Callable[[], None]) -> list[tuple[Command, str]]:
    """Start cases until nothing more fits: what was answered; `names` gets how the others were refused."""
    engine, kept = engine_of(store, 8), list[tuple[Command, str]]()
    data = {"text": "长" * 3000}
    for number in range(3_000):
        if number == 20:
            fill_up()
        command = Command(do="start", procedure="faults", by="窗口", key=f"full-{number}", data=data)
        try:
            kept.append((command, engine.perform(command, now()).text))
        except StoreError as error:
            names.append(type(error).__name__)
            if len(names) > 5 or not isinstance(error, DiskFull):
                break
    return kept


@contextmanager
def ram_disk(point: Path, size: int) -> Iterator[Path]:
    """A small disk of so many megabytes; only root may mount one."""
    if os.geteuid():
        raise CannotRun("mounting needs root")
    try:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}M,mode=755", "tmpfs", point], check=True, capture_output=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotRun(f"no tmpfs can be mounted here: {error}") from error
    try:
        yield point
    finally:
        subprocess.run(["umount", point], check=True)


def fill(path: Path) -> None:
    """Take all room that is left but a little."""
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 16, 1 << 12):
            try:
                while True:
                    if file.write(bytes(size)) < size:
                        break
            except OSError:
                continue
        file.truncate(max(0, file.tell() - (1 << 16)))


def readable(url: str) -> bool:
    """Whether cases can be read."""
    with connect(url) as store, store.reading() as reading:
        return len(reading.cases(limit=5)) == 5


def integrity(url: str) -> str:
    """What SQLite says of its own file."""
    with closing(open_file(str(file_of(url)))) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


def runs(server: Server) -> bool:
    """Whether a server answers within a moment."""
    import psycopg

    for _ in range(20):
        try:
            server.execute("SELECT 1")
            return True
        except (psycopg.Error, OSError):
            time.sleep(0.1)
    return False


def wait_for_stop(server: Server) -> None:
    """Wait for the end of a server that gave up; one that runs goes on."""
    if not runs(server):
        try:
            wait_for_end(server.pid, 10)
        except (OSError, TimeoutError):
            return


# Not what it should be


@fault("read-only, gone, old", short={"by_command": False}, long={"by_command": True})
def not_as_it_should_be(ground: Ground, *, by_command: bool) -> Figure:
    """A database that may only be read, was deleted while open, is from a newer version, or is not there."""
    causes: dict[str, Callable[[Ground], tuple[str, StoreError | None]]] = {
        "read-only": read_only,
        "deleted while open": gone,
        "newer": newer,
        "none": none,
    }
    if not ground.is_sqlite:
        del causes["deleted while open"]
    names, wrong = dict[str, str](), list[str]()
    for name, cause in causes.items():
        try:
            url, error = cause(ground)
        except CannotRun as reason:
            names[name] = f"not run ({reason})"
            continue
        names[name] = type(error).__name__
        if not is_sentence(str(error)) or not isinstance(error, NAMES[name]):
            wrong.append(f"{name}: {error!r}")
        if by_command and name in ("newer", "none"):
            code, said = command_line("case", "list", "--db", url)
            if code != 3 or "Traceback" in said or len(said.strip().splitlines()) > 3:
                wrong.append(f"{name}: exit {code}, {said.strip()[:200]}")
    text = ", ".join(f"{name}: {error}" for name, error in names.items())
    text += "; exit 3 and a sentence by the command line" if by_command and not wrong else ""
    return Figure(text="; ".join([text, *wrong]), holds=not wrong)


NAMES = {"read-only": ReadOnly, "deleted while open": Gone, "newer": NewerSchema, "none": NoDatabase}


def started(store: Store) -> None:
    """Start a case."""
    engine_of(store, 5).perform(Command(do="start", procedure="faults", by="窗口"), now())


def failure(work: Callable[[], None]) -> StoreError | None:
    """How something fails."""
    return timed(work)[1]


def failure_at(url: str) -> StoreError | None:
    """How a command fails at an address."""

    def work() -> None:
        with connect(url) as store:
            started(store)

    return failure(work)


def read_only(ground: Ground) -> tuple[str, StoreError | None]:
    """A database whose disk, or whose server's user, may only read."""
    if not ground.is_sqlite:
        town = Town(ground.url(), ground.path("town"), cases=1)
        ground.running.execute(f"ALTER DATABASE {town.url.rpartition('/')[2].partition('?')[0]} "
                               "SET default_transaction_read_only = on")  # fmt: skip
        return town.url, failure_at(town.url)
    with ram_disk(ground.path("readonly"), 8) as disk:
        url = f"sqlite:///{disk / 'town.db'}"
        Town(url, ground.path("town"), cases=1)
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        return url, failure_at(url)


def gone(ground: Ground) -> tuple[str, StoreError | None]:
    """A file that is deleted while it is open."""
    town = Town(ground.url(), ground.path("town"), cases=1)
    with connect(town.url) as store:
        started(store)
        file_of(town.url).unlink()
        return town.url, failure(lambda: started(store))


def newer(ground: Ground) -> tuple[str, StoreError | None]:
    """Tables of a version that is not out yet."""
    town = Town(ground.url(), ground.path("town"), cases=1)
    statement = "UPDATE alembic_version SET version_num = '0999'"
    if ground.is_sqlite:
        with closing(open_file(str(file_of(town.url)))) as connection:
            connection.execute(statement)
    else:
        ground.running.execute(statement, town.url.rpartition("/")[2].partition("?")[0])
    return town.url, failure_at(town.url)


def none(ground: Ground) -> tuple[str, StoreError | None]:
    """An address where no tables stand."""
    url = ground.url()
    assert not schema.exists(url)
    return url, failure_at(url)


def is_sentence(text: str) -> bool:
    """Whether it says what is wrong and what to do, in one line."""
    return bool(re.fullmatch(r"[A-Z][^\n]+\. [^\n]+", text))


def command_line(*arguments: str) -> tuple[int, str]:
    """How a call of the command line left, and what it cried out."""
    done = subprocess.run(
        [sys.executable, "-c", "from zaizao.cli import main; main()", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stderr
