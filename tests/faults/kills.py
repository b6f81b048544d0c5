"""Processes that end in the middle of something: at random, at every statement, and by the machine's own end."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.command import Command
from engine.worker import Worker
from store import Store, connect, jobs
from store.cases import Writing
from store.line import Line
from store.rows import JobRow
from store.statements import SQLITE
from store.tables import metadata
from tests.faults.background import outgoing
from tests.faults.clerk import quiet
from tests.faults.faults import CannotRun, Figure, fault
from tests.faults.ground import Ground, Server
from tests.faults.town import CONTEXT, LEASE, Counts, Town, engine_of, now, receiver

#: No point: the command goes through.
NOWHERE = 1_000_000


@fault(
    "kill -9, random",
    short={"cases": 25, "kills": 10, "lease": 2.0},
    long={"cases": 2_000, "kills": 200, "lease": LEASE},
)
def kill_random(ground: Ground, *, cases: int, kills: int, lease: float) -> Figure:
    """Kill clerks and workers at random moments; each is back at once."""
    chance = random.Random(7)
    settings: dict[str, Any] = {"lease": lease, "batch": 5}
    with receiver() as outside, Town(ground.url(), ground.path("town"), cases=cases, fast=True) as town:
        begun = time.monotonic()
        town.clerks(4)
        for number in range(1 if ground.is_sqlite else 4):
            town.worker(f"worker{number}", outside.routes, **settings)
        for _ in range(kills):
            time.sleep(chance.uniform(0.02, 0.25))
            name = chance.choice(list(town.running))
            town.kill(name)
            if name.startswith("clerk"):
                town.clerk(name)
            else:
                town.worker(name, outside.routes, **settings)
        town.settle()
        town.close()
        seconds = time.monotonic() - begun
        found = town.counts(outside.keys)
        cut = sum(town.said("again").values())
        errors = town.errors()
    text = f"{kills} kills cut {cut} commands, {cases:,} cases in {seconds:.0f} s; {found}"
    text += f"; {found.repeats} calls repeated, all under their key"
    return Figure(text=text, holds=found.is_whole and "Traceback" not in errors)


# At every statement


@dataclass
class Point:
    """Kills its own process at one of the moments around the statements of a command."""

    at: int
    passed: int = 0

    def reach(self) -> None:
        """Go on, or end here."""
        if self.passed == self.at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.passed += 1


def perform_and_die(url: str, folder: str, command: Command, at: int, *, is_split: bool, told: Any) -> None:
    """Perform a command in this process, and be killed at a point; `told` gets the number of points if that is none."""
    quiet(Path(folder) / "killed.err")
    with connect(url) as store:
        point = Point(at)
        with dying(point), split(store) if is_split else nothing():
            text = engine_of(store).perform(command, now()).text
        point.reach()
        told.put((point.passed, text))


@contextmanager
def dying(point: Point) -> Iterator[None]:
    """Reach a point before and after whatever goes to the database."""
    run = Line._guarded

    def guarded(line: Line, ask: Any, *arguments: Any) -> Any:
        point.reach()
        if line.kind != SQLITE and arguments == ("COMMIT",):
            if point.passed == point.at:  # sent, and not yet answered
                line.connection.pgconn.send_query(b"COMMIT")
                line.connection.pgconn.flush()
            point.reach()
        result = run(line, ask, *arguments)
        point.reach()
        return result

    Line._guarded = guarded  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        Line._guarded = run  # type: ignore[method-assign]


@contextmanager
def nothing() -> Iterator[None]:
    """Change nothing."""
    yield


@contextmanager
def split(store: Store) -> Iterator[None]:
    """Do it wrong on purpose: outgoing work is kept in a second transaction, behind the first one's end."""
    save, perform, late = Writing.save, store.perform, list[JobRow]()

    def without_jobs(writing: Writing, effects: Any) -> range:
        late.extend(effects.jobs)
        effects.jobs = []
        return save(writing, effects)

    def and_then(work: Callable[[Writing], Any], **limits: Any) -> Any:
        result = perform(work, **limits)
        perform(lambda writing: jobs.add(writing, late))
        return result

    Writing.save = without_jobs  # type: ignore[method-assign, assignment]
    store.perform = and_then  # type: ignore[method-assign]
    try:
        yield
    finally:
        Writing.save, store.perform = save, perform  # type: ignore[method-assign]


@fault("kill -9, systematic", short={"every": 5}, long={"every": 1})
def kill_systematic(ground: Ground, *, every: int) -> Figure:
    """Kill at every statement and around the end of one command, with all its rows compared before and after."""
    points, wrong, uncalled = killed_everywhere(ground, every, NOWHERE, is_split=False)
    text = f"{points} points, wrong at {len(wrong)}, calls lost or doubled {len(uncalled)}"
    return Figure(text="; ".join([text, *wrong[:3], *uncalled[:3]]), holds=not (wrong or uncalled))


@fault("negative control", short={"every": 3, "last": 10}, long={"every": 1})
def negative_control(ground: Ground, *, every: int, last: int = NOWHERE) -> Figure:
    """The same with outgoing work in a second transaction: the harness must see what that loses."""
    points, wrong, uncalled = killed_everywhere(ground, every, last, is_split=True)
    text = f"the harness fails, as it must: wrong at {len(wrong)} of {points} points, calls lost {len(uncalled)}"
    return Figure(text=text, holds=bool(wrong and uncalled))


def killed_everywhere(ground: Ground, every: int, last: int, *, is_split: bool) -> tuple[int, list[str], list[str]]:
    """How many of the last points were tried, what was wrong at which, and which cases were not called once."""
    folder = ground.path("killed")
    with receiver() as outside, Town(ground.url(), folder, cases=0) as town, connect(town.url) as store:
        told = CONTEXT.SimpleQueue()
        command = prepared(store, 0)
        attempt(town, command, NOWHERE, is_split, told)
        count, _ = told.get()
        whole = {name: len(rows) for name, rows in rows_of(store, command).items()}
        wrong, cases = [], [case_of(command)]
        points = range(count - 1, max(-1, count - 1 - last), -every)
        for at in points:
            command = prepared(store, at + 1)
            cases.append(case_of(command))
            if said := killed_at(town, store, command, at, is_split, told, whole):
                wrong.append(f"point {at}: {said}")
        return len(points), wrong, finished(store, cases, outside.routes, outside.keys)


def attempt(town: Town, command: Command, at: int, is_split: bool, told: Any) -> int:
    """Perform a command in a process that dies; how it ended."""
    settings = {"is_split": is_split, "told": told}
    process = CONTEXT.Process(
        target=perform_and_die, args=(town.url, str(town.folder), command, at), kwargs=settings, daemon=True
    )
    process.start()
    process.join()
    return process.exitcode or 0


def prepared(store: Store, number: int) -> Command:
    """A case before the second of two branches, and the command that joins them and so asks for a call outside."""
    engine = engine_of(store, number)
    start = Command(do="start", procedure="faults", by="window", key=f"begin-{number}")
    items = engine.perform(start, now()).items
    items = engine.perform(Command(do="complete", by="甲", item=items[0]["item"]), now()).items
    law = next(item for item in items if item["element"] == "law")
    site = next(item for item in items if item["element"] == "site")
    engine.perform(Command(do="complete", by="甲", item=law["item"]), now())
    return Command(do="complete", by="乙", item=site["item"], data={"意见": "同意", "数": 4}, key=f"at-{number}")


def case_of(command: Command) -> str:
    """The case of the item of a command."""
    return command.item.rpartition("-")[0]


def killed_at(
    town: Town, store: Store, command: Command, at: int, is_split: bool, told: Any, whole: Mapping[str, int]
) -> str:
    """Kill a command at a point and send it again; what is wrong, if anything."""
    before = rows_of(store, command)
    code = attempt(town, command, at, is_split, told)
    if code != -signal.SIGKILL:
        return f"ended with {code}"
    stood = rows_of(store, command)
    answer = engine_of(store).perform(command, now())
    after = rows_of(store, command)
    if stood not in (before, after):
        return "half of it was kept"
    if {name: len(rows) for name, rows in after.items()} != whole:
        return "rows are missing or too many"
    if engine_of(store).perform(command, now()).text != answer.text or rows_of(store, command) != after:
        return "not the same when sent again"
    return ""


def rows_of(store: Store, command: Command) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of a command's case, and its key."""
    case = case_of(command)
    places = {name: "case" if "case" in table.c else "id" for name, table in metadata.tables.items()
              if "case" in table.c or name == "case"}  # fmt: skip
    asked = {name: f'SELECT * FROM "{name}" WHERE "{column}" = \'{case}\'' for name, column in places.items()}
    asked["command"] = f"SELECT * FROM command WHERE key = '{command.key}'"
    with store.reading() as reading:
        return {name: sorted(map(tuple, reading.line.say(text)), key=repr) for name, text in asked.items()}


def finished(store: Store, cases: list[str], routes: Mapping[str, str], keys: list[str]) -> list[str]:
    """Let a worker make the calls and see each case on its way: which were never called."""
    engine = engine_of(store)
    worker = Worker(engine, clock=now, chance=random.Random(1), outgoing=outgoing(routes), kinds=("call",))
    while worker.step():
        pass
    called = [key.partition(":")[0] for key in keys]
    with store.reading() as reading:
        waits = {case: [item.element for item in reading.items(case=case)] for case in cases}
    return [f"{case}: called {called.count(case)} times, waits at {waits[case]}" for case in cases
            if called.count(case) != 1 or waits[case] != ["decide"]]  # fmt: skip


# The machine's own end


@fault("power cut", short={"cuts": 1, "cases": 10, "unsafe": 0}, long={"cuts": 12, "cases": 1_500, "unsafe": 8})
def power_cut(ground: Ground, *, cuts: int, cases: int, unsafe: int) -> Figure:
    """Copy the disk's image at random instants, without what the kernel had not written, and start from the copy."""
    found = cut_off(ground, cuts, cases, durable=True)
    kept, lost, broken = (sum(getattr(one, name) for one in found) for name in ("kept", "lost", "broken"))
    doubled = sum(one.doubled for one in found)
    text = f"{cuts} cuts, {kept:,} answered before them: lost {lost}, doubled {doubled}, broken {broken}"
    if unsafe:
        control = sum(one.lost for one in cut_off(ground, unsafe, cases, durable=False))
        text += f"; {unsafe} cuts with settings that are not durable, to see that the cut is one: lost {control:,}"
    return Figure(text=text, holds=not (lost or doubled or broken) and kept > cuts)


def cut_off(ground: Ground, cuts: int, cases: int, *, durable: bool) -> list[Counts]:
    """Cut the power of a town at work again and again; what was found after each cut."""
    chance = random.Random(11)
    folder = ground.path("power")
    with mounted(folder / "disk.img", folder / "disk", size=64 if ground.is_sqlite else 400, make=True) as disk:
        server = None if ground.is_sqlite else Server(disk / "data")
        try:
            url = f"sqlite:///{disk / 'town.db'}" if server is None else created(server)
            with Town(url, folder / "town", cases=cases) as town:
                town.clerks(3, durable=durable)
                time.sleep(1.0)
                found = []
                for number in range(cuts):
                    time.sleep(chance.uniform(0.1, 0.5))
                    answered = cut(town, server, folder / "disk.img", folder / f"cut{number}.img")
                    found.append(started_again(ground, town, folder, number, answered))
                return found
        finally:
            if server is not None:
                server.close()


def created(server: Server) -> str:
    """The address of a new database on a server."""
    server.execute("CREATE DATABASE town")
    return server.address("town")


def cut(town: Town, server: Server | None, image: Path, copy: Path) -> list[tuple[Command, str]]:
    """Stop everybody, copy the image as it is, and let them go on; what was answered by then."""
    pids = [process.pid for process in town.running.values() if process.pid is not None]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        with server.frozen() if server is not None else nothing():
            subprocess.run(["cp", "--sparse=always", image, copy], check=True)
            return town.acknowledged()
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def started_again(ground: Ground, town: Town, folder: Path, number: int, answered: list[tuple[Command, str]]) -> Counts:
    """Mount a copy, start the database there, and count."""
    copy = folder / f"cut{number}.img"
    with mounted(copy, folder / f"cut{number}") as disk:
        if ground.is_sqlite:
            return town.counts(url=f"sqlite:///{disk / 'town.db'}", ended=False, kept=answered)
        for name in ("postmaster.pid", ".s.PGSQL.5432", ".s.PGSQL.5432.lock", ".handle_pids.json"):
            (disk / "data" / name).unlink(missing_ok=True)  # what tells of processes, as the start of a machine does
        server = Server(disk / "data")
        try:
            return town.counts(url=server.address("town"), ended=False, kept=answered)
        finally:
            server.close()
            copy.unlink()


@contextmanager
def mounted(image: Path, point: Path, *, size: int = 0, make: bool = False) -> Iterator[Path]:
    """Mount an ext4 in a file, made with so many megabytes first; only root may."""
    if os.geteuid():
        raise CannotRun("mounting needs root")
    point.mkdir()
    try:
        if make:
            subprocess.run(["truncate", "-s", f"{size}M", image], check=True)
            subprocess.run(["mkfs.ext4", "-q", image], check=True, capture_output=True)
        subprocess.run(["mount", "-o", "loop", image, point], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotRun(f"no ext4 can be mounted here: {error}") from error
    point.chmod(0o755)
    try:
        yield point
    finally:
        subprocess.run(["umount", point], check=True)
