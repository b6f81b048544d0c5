"""A worker as a process of its own: due timers, messages, outgoing calls, until told to stop or killed."""

import logging
import os
import random
import resource
import signal
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from engine.engine import Engine
from engine.outgoing import Outgoing
from engine.worker import Worker
from store import connect
from store.errors import StoreError
from tests.faults.clerk import PAUSE, quiet

#: A process that takes more memory than this is refused it, in bytes.
MEMORY = 1 << 30


class Deadly(Outgoing):
    """Ways out, two of which are a danger to whoever takes them."""

    def send(self, name: str, key: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Make a call; `kills` ends the process in it, `memory` asks for all there is."""
        if name == "kills":
            os.kill(os.getpid(), signal.SIGKILL)
        if name == "memory":
            return {"eaten": len(bytearray(4 * MEMORY))}
        return super().send(name, key, body)


def outgoing(routes: Mapping[str, str], seconds: float = 5.0) -> Outgoing:
    """Calls to addresses of this machine alone."""
    hosts = frozenset(address.split("/")[2] for address in routes.values() if "://" in address)
    return Deadly(hosts=hosts, routes=routes, seconds=seconds)


def work(
    url: str,
    folder: str,
    name: str,
    seed: int,
    routes: Mapping[str, str],
    *,
    ahead: float = 0.0,
    seconds: float = 5.0,
    lease: float = 60.0,
    wait: float = 30.0,
    **settings: Any,
) -> None:
    """Work in this process until it is ended; its own clock goes so many seconds `ahead`."""
    quiet(Path(folder) / f"{name}.err")
    logging.basicConfig(level=logging.INFO)
    resource.setrlimit(resource.RLIMIT_AS, (2 * MEMORY, 2 * MEMORY))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    chance = random.Random(seed)
    while not stop.is_set():
        try:
            with connect(url, wait=wait) as store:
                worker = Worker(
                    Engine(store, chance=chance),
                    clock=lambda: datetime.now(UTC) + timedelta(seconds=ahead),
                    chance=chance,
                    outgoing=outgoing(routes, seconds),
                    lease=timedelta(seconds=lease),
                    **settings,
                )
                worker.run(stop, pause=PAUSE)
        except StoreError:
            time.sleep(PAUSE)
