"""A town under trouble: a database, a procedure, clerks and workers as processes of their own, and what must hold.

A fault is caused while they work; afterwards everything that was acknowledged is asked for again and everything that is
kept is counted. The counts that are always 0: acknowledged commands that are lost, steps that were done twice, broken
chains, outgoing calls that were never made.
"""

import json
import multiprocessing
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from bpmn import build, write
from engine.command import Command
from engine.engine import Engine
from store import Store, connect, schema
from store.verify import verify
from tests.faults import background, clerk
from tests.faults.clerk import lines
from tests.faults.ground import is_alive

#: Processes come from one that has everything loaded: a killed one is back at once.
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.faults.clerk", "tests.faults.background"])
#: Commands that are asked for again, at most; the records of all others are looked for.
ASKED_AGAIN = 2_000
#: How long a worker keeps what it holds though it is dead, in seconds.
LEASE = 10.0


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What was found after a fault. All but `kept`, `calls` and `repeats` must be 0."""

    kept: int
    lost: int
    doubled: int
    broken: int
    unsent: int
    unended: int
    calls: int
    #: Calls that were made more than once, always under the key of the first.
    repeats: int

    @property
    def is_whole(self) -> bool:
        """Whether nothing was lost, doubled, broken or left out."""
        return not (self.lost or self.doubled or self.broken or self.unsent or self.unended)

    def __str__(self) -> str:
        said = f"{self.kept:,} kept: lost {self.lost}, doubled {self.doubled}, broken {self.broken}"
        said += f", unsent {self.unsent}" + (f", never ended {self.unended}" if self.unended else "")
        return said


@dataclass
class Receiver:
    """The other side of outgoing calls: notes the key of each."""

    server: ThreadingHTTPServer
    keys: list[str] = field(default_factory=list)

    def address(self, path: str = "ledger") -> str:
        """Where calls are to be sent."""
        return f"http://127.0.0.1:{self.server.server_address[1]}/{path}"

    @property
    def routes(self) -> Mapping[str, str]:
        """The ways out to it."""
        return {"ledger": self.address()}


@contextmanager
def receiver(before: Callable[[str, str], None] = lambda path, key: None) -> Iterator[Receiver]:
    """Answer every call while inside; `before` may hold one up."""
    keys: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            key = self.headers["Idempotency-Key"] or ""
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            keys.append(key)
            before(self.path, key)
            self.send_response(500 if self.path == "/refuses" else 200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b'{"entered": true}')

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, *_: object) -> None:
            pass  # who called was killed

    server = Quiet(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
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
    builder.join("join").step("enter", name="登记入账", task="serviceTask", implementation="ledger")
    builder.lane("办公室").step("decide", name="决定").step("deliver", name="送达").step("file", name="归档")
    return write(builder.end("e").model)


def now() -> datetime:
    """The time it is."""
    return datetime.now(UTC)


def engine_of(store: Store, seed: int = 0) -> Engine:
    """An engine on a store."""
    return Engine(store, chance=random.Random(seed))


class Town:
    """A database with cases, and the processes that work on it."""

    def __init__(
        self, url: str, folder: Path, *, cases: int, seed: int = 0, source: bytes = b"", fast: bool = False
    ) -> None:
        self.url, self.folder, self.chance = url, folder, random.Random(seed)
        self.running: dict[str, BaseProcess] = {}
        self.started: list[str] = []
        folder.mkdir(parents=True, exist_ok=True)
        schema.create(url)
        with connect(url, wait=30.0, durable=not fast) as store:
            engine = engine_of(store, seed)
            row = engine.install(source or procedure(), {}, now())
            for number in range(cases):
                command = Command(do="start", procedure=row.process, by="window", key=f"start-{number}")
                self.started.append(engine.perform(command, now()).case)

    # Processes

    def clerks(self, count: int, *, url: str = "", **settings: Any) -> None:
        """Let so many clerks work."""
        for number in range(count):
            self.clerk(f"clerk{number}", url=url, **settings)

    def clerk(self, name: str, *, url: str = "", **settings: Any) -> None:
        """Let a clerk work, or the same one go on after it was killed."""
        self._begin(name, clerk.work, url or self.url, str(self.folder), name, self._seed(), **settings)

    def worker(self, name: str, routes: Mapping[str, str], *, url: str = "", **settings: Any) -> None:
        """Let a worker take due timers and outgoing calls."""
        place = (url or self.url, str(self.folder), name, self._seed(), routes)
        self._begin(name, background.work, *place, **settings)

    def _seed(self) -> int:
        return self.chance.randrange(1 << 30)

    def _begin(self, name: str, target: Callable[..., None], *arguments: Any, **settings: Any) -> None:
        process = CONTEXT.Process(target=target, args=arguments, kwargs=settings, name=name, daemon=True)
        process.start()
        self.running[name] = process

    def kill(self, name: str, how: int = signal.SIGKILL) -> None:
        """End one of the processes and see it gone."""
        process = self.running.pop(name)
        assert process.pid is not None
        with suppress(ProcessLookupError):  # it ended by itself, and its exit code says how
            os.kill(process.pid, how)
        process.join(timeout=30)
        assert not is_alive(process.pid), name

    def close(self) -> None:
        """End all processes."""
        for name in list(self.running):
            self.kill(name)

    def __enter__(self) -> "Town":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def settle(self, *, seconds: float = 120, still: float = 0.2) -> float:
        """Wait until all cases have ended and nothing is due any more; how long that took."""
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            with connect(self.url, wait=30.0) as store, store.reading() as reading:
                left = [job for job in reading.jobs(("ready", "held"), limit=5) if job.case]
                is_done = not left and not reading.cases(state="active", limit=1)
            if is_done:
                break
            time.sleep(still)
        return time.monotonic() - begun

    # What must hold

    def counts(
        self,
        calls: Iterable[str] = (),
        *,
        url: str = "",
        ended: bool = True,
        kept: list[tuple[Command, str]] | None = None,
        again: int = ASKED_AGAIN,
    ) -> Counts:
        """Ask again for what was acknowledged, and count all that is kept; `ended`: all cases must be over."""
        kept, made = self.acknowledged() if kept is None else kept, Counter(calls)
        with connect(url or self.url, wait=30.0) as store:
            histories = self._histories(store)
            lost = sum(not _is_there(command, text, histories) for command, text in kept)
            lost += self._changed_answers(store, kept, again)
            verified = verify(store)
            with store.reading() as reading:
                left = [job for job in reading.jobs(("ready", "held", "stuck"), limit=100_000) if job.case]
                unended = reading.cases(state="active", limit=100_000)
        done = Counter((case, was["element"]) for case, records in histories.items() for was in records.values()
                       if was["kind"] == "completed")  # fmt: skip
        entered = {case for case, element in done if element == "enter"}
        called = Counter(key.rpartition(":")[0] for key in made)
        return Counts(
            kept=len(kept),
            lost=lost,
            doubled=sum(times - 1 for times in (*done.values(), *called.values())) + overlapping(kept),
            broken=len(verified.damage),
            unsent=(len(left) if ended else 0) + sum(f"{case}:enter" not in called for case in entered if made),
            unended=len(unended) if ended else 0,
            calls=len(made),
            repeats=sum(times - 1 for times in made.values()),
        )

    def _histories(self, store: Store) -> dict[str, dict[int, dict[str, Any]]]:
        """What is recorded of each case, by sequence."""
        found: dict[str, dict[int, dict[str, Any]]] = {}
        for case in self.started:
            with store.reading() as reading:
                found[case] = {record.sequence: json.loads(record.body)["was"] for record in reading.records(case)}
        return found

    def _changed_answers(self, store: Store, kept: list[tuple[Command, str]], most: int) -> int:
        """How many commands that were answered are answered otherwise when they are sent again."""
        engine = engine_of(store)
        again = self.chance.sample(kept, min(len(kept), most))
        return sum(engine.perform(command, now()).text != text for command, text in again)

    def acknowledged(self) -> list[tuple[Command, str]]:
        """Every command that was answered, with its answer."""
        found = []
        for path in sorted(self.folder.glob("*.log")):
            said = list(lines(path))
            sent = {line["key"]: line["sent"] for line in said if "sent" in line}
            found += [(Command(**sent[line["key"]]), line["kept"]) for line in said if "kept" in line]
        return found

    def at_work(self, seconds: float = 60.0) -> None:
        """Wait until the clerks have had their first answers, however slowly they start."""
        until = time.monotonic() + seconds
        while not self.answered() and time.monotonic() < until:
            time.sleep(0.05)

    def answered(self, after: float = 0.0, before: float = float("inf"), *, word: str = "took") -> list[float]:
        """Seconds each command sent between two moments took until it was answered."""
        found = (line for path in self.folder.glob("*.log") for line in lines(path) if word in line)
        return [line[word] for line in found if after <= line["at"] < before]

    def said(self, word: str) -> Counter[str]:
        """How often clerks were refused or told to wait, by name."""
        return Counter(line[word] for path in self.folder.glob("*.log") for line in lines(path) if word in line)

    def errors(self) -> str:
        """What the processes cried out."""
        return "".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.err")))


def _is_there(command: Command, text: str, histories: Mapping[str, Mapping[int, Mapping[str, Any]]]) -> bool:
    """Whether the records an answer names are kept, and one of them tells of what was asked by whom."""
    answer = json.loads(text)
    records = [histories[answer["case"]].get(sequence) for sequence in answer["records"]]
    kind = {"complete": "completed", "claim": "claimed", "save": "saved", "release": "released"}[command.do]
    told = [was for was in records if was is not None and was["kind"] == kind and was.get("person") == command.by]
    return None not in records and bool(told)


def overlapping(kept: Iterable[tuple[Command, str]]) -> int:
    """How many records are claimed by two answers of different commands."""
    answers = {(command.by, command.key): json.loads(text) for command, text in kept}.values()
    claimed = Counter((answer["case"], sequence) for answer in answers for sequence in answer["records"])
    return sum(times - 1 for times in claimed.values())


def percentile(values: list[float], share: float) -> float:
    """The value below which that share lies."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else 0.0
