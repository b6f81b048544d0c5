"""A clerk as a process of its own: takes open work items and completes them until told to stop or killed.

What was sent and what was answered is written to FOLDER/NAME.log, one JSON line each, before the next thing is done. A
clerk that finds its own log sends again what was not answered, with the same key.
"""

import json
import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.command import Command
from engine.engine import Engine
from engine.errors import EngineError
from store import connect
from store.errors import KeyReused, NoSuchCase, NoSuchItem, Stale, StoreError, Unkeepable
from store.rows import ItemRow

#: How long a clerk waits when nothing is to be done or the database is busy, seconds.
PAUSE = 0.02
#: What the store refuses because of the command, not because of the machine.
REFUSED = (Stale, NoSuchCase, NoSuchItem, KeyReused, Unkeepable)
OPEN = ("offered", "claimed", "started")


class Log:
    """What a clerk sent and what came of it; a line that was written survives the clerk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        if (size := os.fstat(self._file).st_size) and os.pread(self._file, 1, size - 1) != b"\n":
            os.write(self._file, b"\n")  # its last line was cut off

    def write(self, **line: Any) -> None:
        """Add a line in one piece."""
        os.write(self._file, json.dumps(line, ensure_ascii=False).encode() + b"\n")

    def unanswered(self) -> list[Command]:
        """The commands that were sent and neither kept nor refused."""
        known = list(lines(self.path))
        answered = {line["key"] for line in known if "kept" in line or "refused" in line}
        return [Command(**line["sent"]) for line in known if "sent" in line and line["key"] not in answered]

    def count(self) -> int:
        """How many commands were sent."""
        return sum("sent" in line for line in lines(self.path))


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The whole lines of a log; one that was cut off by the end of its clerk is left out."""
    for line in path.read_bytes().split(b"\n"):
        try:
            yield json.loads(line)
        except ValueError:
            continue


class Clerk:
    """Does what is open, in no order."""

    def __init__(self, engine: Engine, log: Log, name: str, seed: int) -> None:
        self.engine, self.log, self.name = engine, log, name
        self.chance = random.Random(seed)
        self.sent = log.count()
        self.is_stopped = False
        self._known: list[ItemRow] = []

    def stop(self, *_: object) -> None:
        """Finish what is under way and go."""
        self.is_stopped = True

    def work(self) -> None:
        """Send again what was not answered, then go on until told to stop."""
        for unanswered in self.log.unanswered():
            self.log.write(again=unanswered.key)
            self.send(unanswered)
        while not self.is_stopped:
            command = self.next()
            if command is None:
                time.sleep(PAUSE)
            else:
                self.log.write(key=command.key, sent=asdict(command))
                self.send(command)

    def next(self) -> Command | None:
        """The next command: mostly a completion, now and then a claim, a draft or a release."""
        if not self._known:
            self._known = self._look()
        if not self._known:
            return None
        item = self._known.pop()
        self.sent += 1
        do = self.chance.choices(("complete", "claim", "save", "release"), (16, 2, 1, 1))[0]
        if do == "release" and item.person != self.name:
            do = "claim"
        if do == "claim" and item.person:
            do = "complete"
        data = {"意见": f"同意{self.sent}", "number": self.sent} if do in ("complete", "save") else {}
        return Command(do=do, by=self.name, item=item.id, data=data, key=f"{self.name}-{self.sent}")

    def _look(self) -> list[ItemRow]:
        """Some of what is open and not somebody else's; others look at the same."""
        try:
            with self.engine.store.reading() as reading:
                items = reading.items(states=OPEN, limit=60)
        except StoreError:
            return []
        mine = [item for item in items if item.person in ("", self.name)]
        return self.chance.sample(mine, min(len(mine), 8))

    def send(self, command: Command) -> None:
        """Send a command until it is answered, always with its key."""
        begun = time.monotonic()
        while True:
            tried = time.monotonic()
            try:
                answer = self.engine.perform(command, datetime.now(UTC))
            except (EngineError, *REFUSED) as refusal:
                self.log.write(key=command.key, refused=type(refusal).__name__, at=begun, took=time.monotonic() - begun)
                return
            except StoreError as error:
                self.log.write(busy=type(error).__name__, at=tried, waited=time.monotonic() - tried)
                if self.is_stopped:
                    return
                time.sleep(PAUSE)
            else:
                self.log.write(key=command.key, kept=answer.text, at=begun, took=time.monotonic() - begun)
                return


def work(url: str, folder: str, name: str, seed: int, *, wait: float = 5.0, durable: bool = True) -> None:
    """Work in this process until it is ended; SIGTERM lets what is under way be finished."""
    quiet(Path(folder) / f"{name}.err")
    log = Log(Path(folder) / f"{name}.log")
    clerk: list[Clerk] = []
    is_stopped = []

    def stop(*_: object) -> None:
        is_stopped.append(True)
        for one in clerk:
            one.stop()

    signal.signal(signal.SIGTERM, stop)
    while not is_stopped:
        try:
            with connect(url, wait=wait, durable=durable) as store:
                clerk[:] = [Clerk(Engine(store, chance=random.Random(seed)), log, name, seed)]
                if not is_stopped:
                    clerk[0].work()
        except StoreError as error:
            log.write(busy=type(error).__name__, at=time.monotonic(), waited=0.0)
            time.sleep(PAUSE)


def quiet(path: Path) -> None:
    """Let what this process says go into a file."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)
