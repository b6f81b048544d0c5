"""A clerk as a process of its own: takes open work items and completes them until told to stop or killed.

`python -m tests.faults.clerk URL FOLDER NAME SEED`: what was sent and what was answered is written to FOLDER/NAME.log,
one JSON line each, before the next thing is done. A clerk that finds its own log sends again what was not answered,
with the same key.
"""

import json
import os
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine import Command, Engine, EngineError
from store import StoreError, connect

#: How long a clerk waits when nothing is to be done or the database is busy, seconds.
PAUSE = 0.02


class Log:
    """What a clerk sent and what came of it; a line that was written survives the clerk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def write(self, **line: Any) -> None:
        """Add a line in one piece."""
        os.write(self._file, json.dumps(line, ensure_ascii=False).encode() + b"\n")

    def unanswered(self) -> list[Command]:
        """The commands that were sent and neither kept nor refused."""
        sent = {line["key"]: line["sent"] for line in lines(self.path) if "sent" in line}
        answered = {line["key"] for line in lines(self.path) if "sent" not in line}
        return [Command(**command) for key, command in sent.items() if key not in answered]


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The whole lines of a log; one that was cut off by the end of its clerk is left out."""
    for line in path.read_bytes().split(b"\n")[:-1]:
        yield json.loads(line)


class Clerk:
    """Does what is open, in no order."""

    def __init__(self, engine: Engine, log: Log, name: str, seed: int) -> None:
        self.engine, self.log, self.name = engine, log, name
        self.chance = random.Random(seed)
        self.sent = sum("sent" in line for line in lines(log.path))

    def work(self) -> None:
        """Send again what was not answered, then go on until nothing is open."""
        for command in self.log.unanswered():
            self.send(command)
        while True:
            command = self.next()
            if command is None:
                time.sleep(PAUSE)
            else:
                self.log.write(key=command.key, sent=asdict(command))
                self.send(command)

    def next(self) -> Command | None:
        """The next command: mostly a completion, now and then a claim, a draft or a release."""
        try:
            with self.engine.store.reading() as reading:
                items = reading.items(states=("offered", "claimed", "started"), limit=60)
        except StoreError:
            return None
        mine = [item for item in items if item.person in ("", self.name)]
        if not mine:
            return None
        item = self.chance.choice(mine)
        self.sent += 1
        do = self.chance.choices(("complete", "claim", "save", "release"), (16, 2, 1, 1))[0]
        if do == "release" and item.person != self.name:
            do = "claim"
        if do == "claim" and item.person:
            do = "complete"
        data = {"意见": f"同意{self.sent}", "number": self.sent} if do in ("complete", "save") else {}
        return Command(do=do, by=self.name, item=item.id, data=data, key=f"{self.name}-{self.sent}")

    def send(self, command: Command) -> None:
        """Send a command until it is answered, always with its key."""
        while True:
            begun = time.monotonic()
            try:
                answer = self.engine.perform(command, datetime.now(UTC))
            except EngineError as refusal:
                self.log.write(key=command.key, refused=type(refusal).__name__, took=time.monotonic() - begun)
                return
            except StoreError as error:
                if not is_to_repeat(error):
                    self.log.write(key=command.key, refused=type(error).__name__, took=time.monotonic() - begun)
                    return
                self.log.write(key=f"busy-{command.key}", busy=type(error).__name__, took=time.monotonic() - begun)
                time.sleep(PAUSE)
            else:
                self.log.write(key=command.key, kept=answer.text, took=time.monotonic() - begun)
                return


def is_to_repeat(error: StoreError) -> bool:
    """Whether the machine failed, so that the same is sent again; else the command was refused."""
    return type(error).__name__ not in ("Stale", "NoSuchCase", "NoSuchItem", "NoSuchProcedure", "KeyReused", "Unkeepable")


def main(url: str, folder: str, name: str, seed: str) -> None:
    """Work until the process is ended."""
    while True:
        try:
            with connect(url) as store:
                Clerk(Engine(store), Log(Path(folder) / f"{name}.log"), name, int(seed)).work()
        except StoreError:
            time.sleep(PAUSE)


if __name__ == "__main__":
    main(*sys.argv[1:])
