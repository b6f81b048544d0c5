"""A bar on the error stream for work that takes longer than two seconds; it leaves no trace when done."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO

#: Seconds of quiet before a bar appears.
PATIENCE = 2.0
BAR = 10


@dataclass
class Bar:
    """Progress of one piece of work, drawn over itself."""

    label: str
    stream: TextIO
    begun: float = field(default_factory=time.monotonic)
    drawn: bool = False

    def __call__(self, done: int, total: int) -> None:
        """Draw how far the work is, at first only after a while."""
        elapsed = time.monotonic() - self.begun
        if not self.stream.isatty() or (not self.drawn and elapsed < PATIENCE) or total <= 0:
            return
        filled = BAR * done // total
        left = elapsed / done * (total - done) if done else 0.0
        bar = "█" * filled + "░" * (BAR - filled)
        self.stream.write(f"\r\033[K· {self.label}   {bar}  {done:,} / {total:,}   {left:.1f} s".replace(",", " "))
        self.stream.flush()
        self.drawn = True

    def clear(self) -> None:
        """Wipe the bar away."""
        if self.drawn:
            self.stream.write("\r\033[K")
            self.stream.flush()
            self.drawn = False


@contextmanager
def progress(label: str) -> Iterator[Bar]:
    """Give a bar for the work inside and wipe it away afterwards, whatever happened."""
    bar = Bar(label, sys.stderr)
    try:
        yield bar
    finally:
        bar.clear()
