"""A watchdog over the lines to a server: a frozen server answers nothing and obeys no limit of its own.

Neither its settings nor those of the network end such a wait; only the client can, by shutting the line.
"""

import os
import socket
import threading
from collections.abc import Callable
from typing import Protocol


class Watched(Protocol):
    """A line that may wait for an answer."""

    #: Since when it waits, by the machine's own steady clock; 0 while it waits for none.
    asked: float
    #: For how many seconds it waits at most.
    patience: float
    #: Whether the line was shut because no answer came.
    was_cut: bool

    def fileno(self) -> int:
        """The number of its socket."""


class Watchdog:
    """Shuts each line that waited longer than it has patience, so that whoever waits wakes up with an error."""

    #: Seconds between two looks.
    STEP = 0.1

    def __init__(self, steady: Callable[[], float]) -> None:
        self._steady = steady
        self._lines: set[Watched] = set()
        self._guard = threading.Lock()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def watch(self, line: Watched) -> None:
        """Watch a line until it is let go."""
        with self._guard:
            self._lines.add(line)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="zaizao-watchdog", daemon=True)
                self._thread.start()

    def let_go(self, line: Watched) -> None:
        """Watch it no longer."""
        with self._guard:
            self._lines.discard(line)

    def close(self) -> None:
        """End the watch."""
        self._over.set()

    def _run(self) -> None:
        while not self._over.wait(self.STEP):
            with self._guard:
                now = self._steady()
                for line in self._lines:
                    asked = line.asked
                    if asked and now - asked > line.patience and not line.was_cut:
                        line.was_cut = True
                        _shut(line.fileno())


def _shut(number: int) -> None:
    """Shut a socket that somebody else owns and waits for."""
    try:
        with socket.socket(fileno=os.dup(number)) as copy:
            copy.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it broke by itself meanwhile
