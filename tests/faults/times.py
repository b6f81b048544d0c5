"""Clocks that are wrong, much that is due at once, work that cannot be done, workers that stand still."""

import json
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

from bpmn import build, write
from engine.command import Command
from engine.engine import Engine
from store import Store, Writing, connect
from tests.faults.faults import Figure, fault
from tests.faults.ground import Ground
from tests.faults.town import Town, engine_of, now, percentile, receiver

#: Cases started in one transaction, where that is only to make ready.
TOGETHER = 100


@fault("clock", short={"cases": 10}, long={"cases": 300})
def wrong_clocks(ground: Ground, *, cases: int) -> Figure:
    """One worker an hour ahead, one an hour behind; then the machine goes back, and over midnight and new year."""
    with receiver() as outside, Town(ground.url(), ground.path("town"), cases=cases, fast=True) as town:
        town.clerks(2)
        town.worker("ahead", outside.routes, ahead=3600.0, lease=20.0, batch=5)
        town.worker("behind", outside.routes, ahead=-3600.0, lease=20.0, batch=5)
        town.settle()
        town.close()
        found = town.counts(outside.keys)
        backwards, noted, moved = jumps(ground, town)
    text = f"{found.calls} calls, {found.repeats} of them twice; {found}; records that go back in time {backwards}, "
    text += f"jumps noted {noted}, due dates moved {moved}"
    return Figure(text=text, holds=found.is_whole and not (found.repeats or backwards or moved) and noted > 0)


def jumps(ground: Ground, town: Town) -> tuple[int, int, int]:
    """Go on with a case while the clock jumps: records before their predecessors, notes of jumps, due dates changed."""
    builder = build("dated").start("s").step("accept").step("check", limit=5, limit_unit="day")
    source = write(builder.step("decide").end("e").model)
    begin = datetime.fromisoformat("2026-12-31T23:30:00+08:00")
    moments = [begin, begin - timedelta(hours=1), begin + timedelta(minutes=29, seconds=59),
               begin + timedelta(minutes=31), begin - timedelta(hours=1)]  # fmt: skip
    with connect(town.url) as store:
        engine = engine_of(store, 77)
        engine.install(source, {}, begin)
        items = engine.perform(Command(do="start", procedure="dated", by="窗口"), moments[0]).items
        items = engine.perform(Command(do="complete", by="王芳", item=items[0]["item"]), moments[1]).items
        due = items[0]["due"]
        for do, moment in zip(("claim", "save", "release"), moments[2:], strict=True):
            items = engine.perform(Command(do=do, by="王芳", item=items[0]["item"]), moment).items
        with store.reading() as reading:
            told = [json.loads(record.body)["was"] for record in reading.records(items[0]["case"])]
    backwards = sum(later["at"] < earlier["at"] for earlier, later in pairwise(told))
    return backwards, sum("clock" in was for was in told), int(items[0]["due"] != due or due is None)


def waiting_for_a_clock() -> bytes:
    """A case that waits for an hour, and then for a person."""
    return write(build("timed").start("s").catch("wait", "timer", "PT1H").step("decide").end("e").model)


@fault(
    "10,000 timers due at once",
    short={"timers": 150, "cases": 10, "limit": 2.0},
    long={"timers": 10_000, "cases": 600, "limit": 0.5},
)
def many_timers(ground: Ground, *, timers: int, cases: int, limit: float) -> Figure:
    """Two workers come back after a weekend while clerks work."""
    with receiver() as outside, Town(ground.url(), ground.path("town"), cases=cases, fast=True) as town:
        with connect(town.url, wait=30.0) as store:
            started = start_many(store, waiting_for_a_clock(), "timed", timers, now() - timedelta(days=2))
        town.clerks(2)
        time.sleep(0.3)
        begun = time.monotonic()
        for number in range(2):
            town.worker(f"worker{number}", outside.routes)
        with connect(town.url, wait=30.0) as store:
            while jobs_left(store) and time.monotonic() - begun < 300:
                time.sleep(0.1)
        ended = time.monotonic()
        town.close()
        with connect(town.url, wait=30.0) as store:
            fired = Counter(fired_times(store, case) for case in started)
        p95 = percentile(town.answered(begun, ended), 0.95)
    seconds = ended - begun
    text = f"{timers:,} timers in {seconds:.1f} s ({timers / seconds:,.0f}/s), fired once {fired[1]:,}, else "
    text += f"{timers - fired[1]}; clerks' p95 meanwhile {p95:.3f} s"
    return Figure(text=text, holds=fired[1] == timers and seconds < 60 and 0 < p95 < limit)


def start_many(store: Store, source: bytes, name: str, count: int, at: datetime) -> list[str]:
    """Start many cases, many in each transaction."""
    engine, started = engine_of(store, 21), list[str]()
    engine.install(source, {}, at)
    for first in range(0, count, TOGETHER):
        size = min(TOGETHER, count - first)
        started += store.perform(partial(started_together, engine, name, size, at), within=60.0)
    return started


def started_together(engine: Engine, name: str, count: int, at: datetime, writing: Writing) -> list[str]:
    """Start some cases in one transaction."""
    command = Command(do="start", procedure=name, by="窗口")
    return [engine.apply(writing, command, at).case for _ in range(count)]


def jobs_left(store: Store) -> bool:
    """Whether timers are still to ring."""
    asked = "SELECT count(*) FROM job WHERE kind = 'timer' AND state IN ('ready', 'held')"
    with store.reading() as reading:
        return bool(reading.line.say(asked).fetchone()[0])


def fired_times(store: Store, case: str) -> int:
    """How often a case's timer rang."""
    with store.reading() as reading:
        return sum('"kind":"timer-due"' in record.body for record in reading.records(case))


# What cannot be done


def poisoned() -> bytes:
    """Cases whose calls raise, hang, eat memory or kill, all at once."""
    builder = build("poisoned").start("s").parallel("fork")
    for name in POISON:
        builder.branch().step(name, task="serviceTask", implementation=name)
    return write(builder.join("join").end("e").model)


POISON = ("raises", "hangs", "memory", "kills")


@fault("poison job", short={"cases": 6, "lease": 0.5}, long={"cases": 60, "lease": 1.0})
def poison(ground: Ground, *, cases: int, lease: float) -> Figure:
    """Jobs that raise, hang, eat memory and kill their worker, beside others; the waits between are cut by hand."""
    waits = threading.Event()

    def hold(path: str, _: str) -> None:
        if path == "/hangs":
            waits.wait(30)

    with receiver(hold) as outside, Town(ground.url(), ground.path("town"), cases=cases, fast=True) as town:
        routes = {**outside.routes, "raises": outside.address("refuses"), "hangs": outside.address("hangs")}
        with connect(town.url, wait=30.0) as store:
            bad = start_many(store, poisoned(), "poisoned", 1, now())[0]
            town.clerks(2)
            deaths = until_stuck(ground, town, store, bad, {"lease": lease, "routes": routes})
            with store.reading() as reading:
                stuck = {job.id.split(":")[1]: (job.attempts, job.error) for job in reading.jobs(("stuck",))}
            settle_beside(town, store, bad)
        waits.set()
        town.close()
        found = town.counts([key for key in outside.keys if not key.startswith(bad)], ended=False)
        times = Counter(key.split(":")[1] for key in outside.keys if key.startswith(bad))
        ended = all(case_ended(town, case) for case in town.started)
    text = f"stuck after six: {', '.join(sorted(stuck))}; hanging calls ended {times['hangs']} times by the limit; "
    text += f"{deaths} workers died; {found}; other cases all ended: {ended}"
    is_stuck = set(stuck) == set(POISON) and {attempts for attempts, _ in stuck.values()} == {6}
    return Figure(text=text, holds=is_stuck and all(error for _, error in stuck.values()) and ended and found.is_whole)


def until_stuck(ground: Ground, town: Town, store: Store, bad: str, settings: Mapping[str, Any]) -> int:
    """Let workers try until all poisoned jobs are stuck; how many of them died."""
    deaths, until = 0, time.monotonic() + 60
    while time.monotonic() < until:
        for name in ("worker0",) if ground.is_sqlite else ("worker0", "worker1"):
            process = town.running.get(name)
            if process is None or not process.is_alive():
                deaths += process is not None
                town.worker(name, seconds=0.3, batch=5, **settings)
        with store.reading() as reading:
            left = [job for job in reading.jobs(("ready", "held"), case=bad) if job.state == "ready"]
            if not reading.jobs(("ready", "held"), case=bad):
                return deaths
        if left:
            store.perform(lambda writing: writing.line.say(f"UPDATE job SET free_at = 0 WHERE \"case\" = '{bad}' "
                                                           "AND state = 'ready'"))  # fmt: skip
        time.sleep(0.05)
    return deaths


def settle_beside(town: Town, store: Store, bad: str, seconds: float = 60.0) -> None:
    """Wait until all cases but one have ended."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with store.reading() as reading:
            if [case.id for case in reading.cases(state="active", limit=3)] == [bad]:
                return
        for name, process in list(town.running.items()):
            if not process.is_alive():
                town.running.pop(name)
        time.sleep(0.1)


def case_ended(town: Town, case: str) -> bool:
    """Whether a case is over."""
    with connect(town.url) as store, store.reading() as reading:
        return reading.case(case).state == "completed"


@fault("frozen worker", short={"late": 2, "lease": 0.8}, long={"late": 20, "lease": 2.0})
def frozen_worker(ground: Ground, *, late: int, lease: float) -> Figure:
    """Workers stand still in the middle of a call for two leases while another takes over; then they go on."""
    release, seen, guard = threading.Event(), set[str](), threading.Lock()

    def hold(_: str, key: str) -> None:
        with guard:
            is_first = key not in seen
            seen.add(key)
        if is_first:
            release.wait(60)

    source = write(build("called").start("s").step("enter", task="serviceTask", implementation="ledger").end("e").model)
    with receiver(hold) as outside, Town(ground.url(), ground.path("town"), cases=0, source=source) as town:
        with connect(town.url, wait=30.0) as store:
            town.started = start_many(store, source, "called", late, now())
        names = [f"frozen{number}" for number in range(late)]
        for name in names:
            town.worker(name, outside.routes, lease=lease, batch=1, seconds=60.0)
        wait_until(lambda: len(seen) == late, 30)
        signal_all(town, names, signal.SIGSTOP)
        town.worker("other", outside.routes, lease=20.0, batch=5, seconds=60.0)
        time.sleep(2 * lease)
        wait_until(lambda: all(case_ended(town, case) for case in town.started), 30)
        release.set()
        signal_all(town, names, signal.SIGCONT)
        wait_until(lambda: refused_by_fence(town, names) >= late, 30)
        refused = refused_by_fence(town, names)
        town.close()
        found = town.counts(outside.keys)
    text = f"{refused} of {late} late ends refused by the fence; doubled {found.doubled}, broken {found.broken}, "
    text += f"unsent {found.unsent}; {found.repeats} calls repeated under their key"
    return Figure(text=text, holds=refused == late and found.is_whole)


def signal_all(town: Town, names: Sequence[str], how: int) -> None:
    """Send a signal to some processes."""
    for name in names:
        pid = town.running[name].pid
        assert pid is not None
        os.kill(pid, how)


def refused_by_fence(town: Town, names: Sequence[str]) -> int:
    """How often workers say that a job is somebody else's by now."""
    return sum((town.folder / f"{name}.err").read_text().count("is somebody else's by now") for name in names)


def wait_until(is_so: Any, seconds: float) -> None:
    """Wait until something is so, or the time is over."""
    until = time.monotonic() + seconds
    while not is_so() and time.monotonic() < until:
        time.sleep(0.05)
