"""A town under trouble: a database, a procedure, clerks and workers as processes of their own, and what must hold.

A fault is caused while they work; afterwards everything that was acknowledged is asked for again and everything that is
kept is counted. The counts that are always 0: acknowledged commands that are lost, steps that were done twice, broken
chains, outgoing calls that were never made.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bpmn import build, write
from engine import Command, Engine
from store import connect, schema
from store.verify import verify
from tests.faults.clerk import lines

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What was found after a fault. All but `kept`, `cases`, `calls` and `repeats` must be 0."""

    kept: int
    lost: int
    doubled: int
    broken: int
    unsent: int
    calls: int
    #: Calls that were made more than once, always under the key of the first.
    repeats: int

    @property
    def is_whole(self) -> bool:
        """Whether nothing was lost, doubled, broken or left out."""
        return not (self.lost or self.doubled or self.broken or self.unsent)


@dataclass
class Receiver:
    """The other side of outgoing calls: notes the key of each."""

    server: ThreadingHTTPServer
    keys: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where calls are to be sent."""
        return f"http://127.0.0.1:{self.server.server_address[1]}/ledger"


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Answer every call while inside."""
    keys: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            keys.append(self.headers["Idempotency-Key"] or "")
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b'{"entered": true}')

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Receiver(server, keys)
    finally:
        server.shutdown()
        server.server_close()


def procedure() -> bytes:
    """Six steps of three offices, two of them at once, with an entry in another system's ledger between."""
    builder = build("faults").start("s").lane("受理窗口").step("accept", name="受理")
    builder.lane("审查科").parallel("fork").branch().step("law", name="法制审查").branch().step("site", name="现场核查")
    builder.join("join").step("enter", name="登记入账", kind="serviceTask", implementation="ledger")
    builder.lane("办公室").step("decide", name="决定").step("deliver", name="送达").step("file", name="归档")
    return write(builder.end("e").model)


class Town:
    """A database with cases, and the processes that work on it."""

    def __init__(self, url: str, folder: Path, *, cases: int, seed: int = 0) -> None:
        self.url, self.folder, self.chance = url, folder, random.Random(seed)
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.started: list[str] = []
        folder.mkdir(parents=True, exist_ok=True)
        schema.create(url)
        with connect(url) as store:
            engine = Engine(store)
            engine.install(procedure(), at=datetime.now(UTC), by="installer")
            for number in range(cases):
                command = Command(do="start", procedure="faults", by="window", key=f"start-{number}")
                self.started.append(engine.perform(command, datetime.now(UTC)).case)

    # -------------------------------------------------------------- processes
    def clerk(self, name: str) -> None:
        """Let a clerk work, or the same one go on after it was killed."""
        seed = str(self.chance.randrange(1 << 30))
        self._begin(name, "tests.faults.clerk", self.url, str(self.folder), name, seed)

    def worker(self, name: str, address: str) -> None:
        """Let a worker take due timers and outgoing calls."""
        self._begin(name, "tests.faults.background", self.url, address)

    def _begin(self, name: str, *program: str) -> None:
        with (self.folder / f"{name}.err").open("ab") as errors:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", *program], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=errors
            )

    def kill(self, name: str, how: int = signal.SIGKILL) -> None:
        """End one of the processes and see it gone."""
        process = self.running.pop(name)
        process.send_signal(how)
        process.wait(timeout=30)

    def restart(self, name: str, address: str) -> None:
        """Kill a process and start its successor under the same name."""
        self.kill(name)
        if name.startswith("clerk"):
            self.clerk(name)
        else:
            self.worker(name, address)

    def close(self) -> None:
        """End all processes."""
        for name in list(self.running):
            self.kill(name)

    def settle(self, *, seconds: float = 120, still: float = 1.0) -> bool:
        """Wait until all cases have ended and nothing is due any more; whether that came to be in time."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with connect(self.url) as store, store.reading() as reading:
                is_done = not reading.cases(state="active", limit=1) and not reading.jobs(("ready", "held"), limit=1)
            if is_done:
                return True
            time.sleep(still)
        return False

    # -------------------------------------------------------------- what must hold
    def counts(self, calls: Iterable[str] = ()) -> Counts:
        """Ask again for all that was acknowledged, and count all that is kept."""
        kept = list(self.acknowledged())
        made = Counter(calls)
        with connect(self.url) as store:
            engine = Engine(store)
            lost = sum(engine.perform(command, datetime.now(UTC)).text != text for command, text in kept)
            verified = verify(store)
            with store.reading() as reading:
                done = Counter(
                    (case, said["element"])
                    for case in self.started
                    for said in (json.loads(record.body)["was"] for record in reading.records(case))
                    if said["kind"] == "completed"
                )
                left = len(reading.jobs(("ready", "held", "stuck"), limit=100_000))
                asked = {f"{case}" for case, element in done if element == "enter"}
        return Counts(
            kept=len(kept),
            lost=lost,
            doubled=sum(times - 1 for times in done.values()),
            broken=len(verified.damage),
            unsent=left + sum(not any(key.startswith(case) for key in made) for case in asked),
            calls=len(made),
            repeats=sum(times - 1 for times in made.values()),
        )

    def acknowledged(self) -> Iterator[tuple[Command, str]]:
        """Every command that was answered, with its answer."""
        for path in sorted(self.folder.glob("*.log")):
            sent = {line["key"]: line["sent"] for line in lines(path) if "sent" in line}
            for line in lines(path):
                if "kept" in line:
                    yield Command(**sent[line["key"]]), line["kept"]

    def waited(self) -> list[float]:
        """Seconds each command took until it was answered, in no order."""
        return [line["took"] for path in self.folder.glob("*.log") for line in lines(path) if "took" in line]


def percentile(values: list[float], share: float) -> float:
    """The value below which that share lies."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def pid_of_postgres(folder: Path) -> int:
    """The process of a PostgreSQL server, by its folder."""
    return int((folder / "postmaster.pid").read_text().splitlines()[0])


def children_of(pid: int) -> list[int]:
    """The processes a process has started."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                stat = Path("/proc", entry, "stat").read_text()
            except OSError:
                continue
            if int(stat.rpartition(")")[2].split()[1]) == pid:
                found.append(int(entry))
    return found
