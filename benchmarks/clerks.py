"""Clerks at work as threads of one process: `python -m benchmarks.clerks URL CLERKS SECONDS FIRST`.

Each clerk has cases of its own, completes the next step of one about every two seconds, which is many times what people
do, and notes how long the answer took. Printed: the seconds of each command, as a JSON list.
"""

import json
import random
import sys
import threading
import time
from datetime import UTC, datetime

from benchmarks.live import FORM, linear
from engine.command import Command
from engine.engine import Engine
from store import connect

#: Seconds between two commands of one clerk, in the mean.
THINKING = 2.0


def work(engine: Engine, name: str, seconds: float, took: list[float]) -> None:
    """Go through cases until the time is over."""
    chance = random.Random(name)
    until = time.monotonic() + seconds
    item, sent = "", 0
    time.sleep(chance.uniform(0, THINKING))
    while time.monotonic() < until:
        sent += 1
        key = f"{name}-{sent}"
        command = (
            Command(do="complete", by=name, item=item, data=FORM, key=key)
            if item
            else Command(do="start", by=name, procedure="p", key=key)
        )
        begun = time.monotonic()
        answer = engine.perform(command, datetime.now(UTC))
        took.append(time.monotonic() - begun)
        item = next((one["item"] for one in answer.items if one["state"] == "offered"), "")
        time.sleep(chance.uniform(0, 2 * THINKING))


def main(url: str, clerks: str, seconds: str, first: str) -> None:
    """Let them all work, and print what their commands took."""
    took: list[float] = []
    with connect(url, wait=30) as store:
        engine = Engine(store, chance=random.SystemRandom())
        engine.install(linear(10).source(), {}, datetime.now(UTC))
        people = [
            threading.Thread(target=work, args=(engine, f"clerk-{int(first) + place}", float(seconds), took))
            for place in range(int(clerks))
        ]
        for person in people:
            person.start()
        for person in people:
            person.join()
    sys.stdout.write(json.dumps(took))


if __name__ == "__main__":
    main(*sys.argv[1:])
