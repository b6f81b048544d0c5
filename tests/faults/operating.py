"""What operators do while people work: backups, new versions, restarts, reports; and whether answers are on disk."""

import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from engine.command import Command
from engine.worker import Worker
from store import Store, connect, schema
from store.backup import backup, release, restore
from tests.faults import clerk
from tests.faults.background import outgoing
from tests.faults.faults import CannotRun, Figure, fault
from tests.faults.ground import Ground, children_of, file_of
from tests.faults.times import wait_until
from tests.faults.town import CONTEXT, Counts, Town, engine_of, now, percentile, receiver


@fault("backup while running", short={"backups": 2, "cases": 40}, long={"backups": 40, "cases": 2_500})
def backups(ground: Ground, *, backups: int, cases: int) -> Figure:
    """Back up again and again under load; restore each, count, and see that outgoing work waits to be released."""
    folder = ground.path("backups")
    taken = []
    with receiver() as outside, Town(ground.url(), ground.path("town"), cases=cases, fast=True) as town:
        town.clerks(3)
        with connect(town.url, wait=30.0) as store:
            wait_until(lambda: is_calling(store), 30)
            for number in range(backups):
                begun = time.monotonic()
                answered = town.acknowledged()
                backup(store, folder / f"{number}.zip", now())
                taken.append((folder / f"{number}.zip", answered))
                time.sleep(max(0.0, (1.0 if backups > 5 else 0.2) - (time.monotonic() - begun)))
        town.close()
        found = [restored(ground, town, path, answered, outside) for path, answered in taken]
    whole = sum(counts.is_whole for counts, _, _ in found)
    lost = sum(counts.lost for counts, _, _ in found)
    early, out = sum(early for _, early, _ in found), sum(late for _, _, late in found)
    text = f"{whole} of {backups} consistent, acknowledged before and missing {lost}; calls before release {early}, "
    text += f"after it {out:,}"
    return Figure(text=text, holds=whole == backups and not lost and not early and out > 0)


def is_calling(store: Store) -> bool:
    """Whether a call outside is waiting."""
    with store.reading() as reading:
        return any(job.kind == "call" for job in reading.jobs(limit=5))


def restored(ground: Ground, town: Town, path: Path, answered: Any, outside: Any) -> tuple[Counts, int, int]:
    """Restore a backup: what is in it, and the calls made before and after its release."""
    url = ground.url()
    restore(path, url, now(), "管理员")
    with connect(url, wait=30.0) as store:
        engine = engine_of(store)
        worker = Worker(engine, clock=now, chance=Random(1), outgoing=outgoing(outside.routes), kinds=("call",))
        before = len(outside.keys)
        worker.step()
        early = len(outside.keys) - before
        release(store, now(), "管理员")
        while worker.step():
            pass
        late = len(outside.keys) - before - early
    counts = town.counts(url=url, ended=False, kept=answered, again=100)
    path.unlink()
    if ground.is_sqlite:
        file_of(url).unlink()
    return counts, early, late


NEXT = '''
"""A column more, and an index, which the version before does without."""

import sqlalchemy as sa
from alembic import op

revision = "0002_serves_0001"
down_revision = "0001"


def upgrade():
    op.add_column("case", sa.Column("urgent", sa.Integer, nullable=False, server_default="0"))
    op.create_index("case_urgent", "case", ["urgent", "id"])


def downgrade():
    op.drop_index("case_urgent", "case")
    op.drop_column("case", "urgent")
'''


def further(folder: Path) -> Path:
    """A folder of migrations with one more than ours."""
    shutil.copytree(schema.MIGRATIONS, folder / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "migrations" / "versions" / "0002.py").write_text(NEXT, "utf-8")
    return folder / "migrations"


@fault("migration", short={"times": 1, "cases": 30, "limit": 2.0}, long={"times": 5, "cases": 1_500, "limit": 0.5})
def migration(ground: Ground, *, times: int, cases: int, limit: float) -> Figure:
    """Bring the tables up and back while the old version serves, clerks work, and reports are read."""
    migrations = further(ground.path("next"))
    with receiver() as outside, Town(ground.url(), ground.path("town"), cases=cases, fast=True) as town:
        town.clerks(3)
        town.worker("worker0", outside.routes)
        town.at_work()
        over, begun = threading.Event(), time.monotonic()
        reports = threading.Thread(target=read_again_and_again, args=(town.url, over, 0.3))
        reports.start()
        for _ in range(times):
            schema.upgrade(town.url, migrations=migrations)
            is_up = schema.current(town.url) == "0002_serves_0001"
            town.clerk("clerk-new")  # what starts now finds the newer tables
            time.sleep(0.3)
            town.kill("clerk-new", signal.SIGTERM)
            schema.upgrade(town.url, to="0001", migrations=migrations)
            is_up &= schema.current(town.url) == "0001"
        ended = time.monotonic()
        over.set()
        reports.join()
        town.clerk("clerk-new")  # to finish what it holds
        town.settle()
        town.close()
        found = town.counts(outside.keys)
        waits = town.answered(begun, ended)
    text = f"{times} times up and back in {ended - begun:.1f} s; {len(waits):,} commands meanwhile, the longest "
    text += f"{1000 * max(waits, default=0):.0f} ms; {found}"
    return Figure(text=text, holds=found.is_whole and is_up and bool(waits) and max(waits) < limit)


def read_again_and_again(url: str, over: threading.Event, seconds: float) -> None:
    """Read reports, each of which takes its time."""
    with connect(url, wait=30.0) as store:
        while not over.is_set():
            with store.reading() as reading:
                reading.cases(limit=50)
                over.wait(seconds)


@fault("stop", short={"rounds": 1, "cases": 15}, long={"rounds": 5, "cases": 600})
def stop(ground: Ground, *, rounds: int, cases: int) -> Figure:
    """SIGTERM under load, all processes one after the other, each restarted."""
    took, codes = list[float](), list[int | None]()
    with receiver() as outside, Town(ground.url(), ground.path("town"), cases=cases, fast=True) as town:
        town.clerks(3)
        for number in range(1 if ground.is_sqlite else 3):
            town.worker(f"worker{number}", outside.routes)
        for _ in range(rounds):
            time.sleep(0.3)
            for name in list(town.running):
                process, begun = town.running[name], time.monotonic()
                town.kill(name, signal.SIGTERM)
                took.append(time.monotonic() - begun)
                codes.append(process.exitcode)
                town.clerk(name) if name.startswith("clerk") else town.worker(name, outside.routes)
        town.settle(seconds=40)
        town.close()
        found = town.counts(outside.keys)
    text = f"{len(took)} processes stopped under load, the slowest in {max(took):.2f} s; {found}; "
    text += f"{found.repeats} calls repeated"
    return Figure(text=text, holds=found.is_whole and max(took) < 10 and set(codes) == {0} and not found.repeats)


#: Bytes the log of changes may keep on the disk once nobody reads old pages: what the store sets, and a little.
LOG = (64 << 20) + 1e6


@fault("long report", short={"seconds": 1.0, "windows": 1}, long={"seconds": 30.0, "windows": 2})
def long_report(ground: Ground, *, seconds: float, windows: int) -> Figure:
    """A report is read for long beside load, in turns with the same load alone."""
    alone, beside, sizes = list[float](), list[float](), list[int]()
    cases = int(400 * seconds / 30 * windows) + 60
    with Town(ground.url(), ground.path("town"), cases=4 * cases, fast=True) as town:
        town.clerks(2)
        town.worker("worker0", {}, kinds=("timer",))  # nothing to do but to see to the log
        time.sleep(0.5)
        for _ in range(windows):
            alone += window(town, seconds / 3)
            with connect(town.url) as store, store.reading() as reading:
                begun = time.monotonic()
                while time.monotonic() - begun < seconds:
                    reading.cases(limit=5)
                    time.sleep(0.2)
                beside += town.answered(begun, time.monotonic())
                sizes.append(size_of_log(ground, town))
        alone += window(town, seconds / 3)
        after = size_of_log(ground, town)
        town.close()
        found = town.counts(ended=False)
    ratio = percentile(beside, 0.95) / max(percentile(alone, 0.95), 1e-9)
    text = f"reports of {seconds:.0f} s; p95 of {len(beside):,} commands {ratio:.2f} times that of {len(alone):,} alone"
    text += f"; log of changes {max(sizes) / 1e6:.1f} MB, afterwards {after / 1e6:.1f} MB" if ground.is_sqlite else ""
    text += f"; {found}"
    is_long = seconds >= 10
    return Figure(text=text, holds=found.is_whole and (ratio < 1.5 or not is_long) and bool(beside) and after < LOG)


def window(town: Town, seconds: float) -> list[float]:
    """What commands took during the next seconds."""
    begun = time.monotonic()
    time.sleep(seconds)
    return town.answered(begun, time.monotonic())


def size_of_log(ground: Ground, town: Town) -> int:
    """Bytes of the log of changes beside a SQLite file."""
    if not ground.is_sqlite:
        return 0
    path = file_of(town.url)
    log = path.with_name(path.name + "-wal")
    return log.stat().st_size if log.exists() else 0


# On disk before it is answered

SYNC = re.compile(r"^(?:\d+ +)?(\d+\.\d+) (?:<\.\.\. )?(?:fsync|fdatasync)\b")


@fault("sync", short={"commands": 10}, long={"commands": 100})
def sync(ground: Ground, *, commands: int) -> Figure:
    """Trace the system calls of whoever writes: before each answer something was brought to the disk."""
    if shutil.which("strace") is None:
        raise CannotRun("needs strace")
    trace = ground.path("trace") / "calls"
    with Town(ground.url(), ground.path("town"), cases=commands) as town:
        told, go = CONTEXT.SimpleQueue(), CONTEXT.Event()
        process = CONTEXT.Process(
            target=answers, args=(town.url, str(town.folder), town.started, go, told), daemon=True
        )
        process.start()
        assert process.pid is not None
        told.get()  # its lines are open
        traced = [process.pid] if ground.is_sqlite else [ground.running.pid, *children_of(ground.running.pid)]
        with tracing(traced, trace):
            go.set()
            spans: list[tuple[float, float]] = told.get()
        process.join()
    moments = [float(found[1]) for line in trace.read_text().splitlines() if (found := SYNC.match(line))]
    without = sum(not any(sent <= moment <= answered for moment in moments) for sent, answered in spans)
    text = f"{len(spans)} answers, {len(moments)} syncs, answers without one before {without}"
    return Figure(text=text, holds=len(spans) == commands and not without)


@contextmanager
def tracing(pids: list[int], file: Path) -> Iterator[None]:
    """Trace what processes and those they start bring to the disk."""
    pairs = [word for pid in pids for word in ("-p", str(pid))]
    calls = ["-f", "-ttt", "-e", "trace=fsync,fdatasync", "-o", str(file)]
    strace = subprocess.Popen(["strace", *calls, *pairs], stderr=subprocess.PIPE, text=True)
    assert strace.stderr is not None
    try:
        line = strace.stderr.readline()
        if "attached" not in line:
            raise CannotRun(f"strace may not look at processes here: {line.strip()}")
        time.sleep(0.3)
        yield
    finally:
        strace.send_signal(signal.SIGINT)
        strace.wait(10)
        strace.stderr.close()


def answers(url: str, folder: str, cases: list[str], go: Any, told: Any) -> None:
    """Complete the first step of each case; `told` gets when each was sent and answered."""
    clerk.quiet(Path(folder) / "answers.err")
    spans = []
    with connect(url) as store:
        engine = engine_of(store)
        with store.reading() as reading:
            items = [reading.items(case=case)[0].id for case in cases]
        told.put(len(items))
        go.wait()
        for item in items:
            sent = time.time()
            engine.perform(Command(do="complete", by="王芳", item=item, key=item), now())
            spans.append((sent, time.time()))
    told.put(spans)


@fault("replay of history", on=("in memory",), short={"walks": 20}, long={"walks": 1_000})
def walks(ground: Ground, *, walks: int) -> Figure:
    """Random models and random operations: after each step everything is dropped and loaded, beside the oracle."""
    from tests.engine.random_cases import random_model
    from tests.engine.walking import walks as walk

    first = 50_000
    ends, wrong = walk(  # type: ignore[no-untyped-call]
        random_model, range(first, first + walks)
    )
    told = ", ".join(f"{count} {end}" for end, count in sorted(ends.items()))
    text = f"{walks:,} walks from seed {first} ({told}), {len(wrong)} disagreements"
    return Figure(text="; ".join([text, *map(str, wrong[:1])])[:400], holds=not wrong)
