"""The way to the database: its address, its settings, one transaction for each command.

On SQLite every transaction that writes begins with BEGIN IMMEDIATE: otherwise two that read and then write lose updates
or fail at once. On PostgreSQL the first statement of a command locks the row of its case. A command is tried again only
where it was not answered (`store/retry.py`); its key, kept in the same transaction, makes that safe.
"""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from time import monotonic, sleep
from typing import Any, TypeVar

from sqlalchemy.exc import TimeoutError as NoneFree

from bpmn.history import History
from store.cases import Writing
from store.errors import Busy, Locked, Lost, StoreError
from store.line import Line
from store.place import Place, check_settings, place_of
from store.reading import Reading
from store.retry import wait_before
from store.schema import check_schema, make_tables
from store.statements import POSTGRESQL, SQLITE
from store.watchdog import Watchdog

T = TypeVar("T")

_BEGIN_WRITING = {SQLITE: "BEGIN IMMEDIATE", POSTGRESQL: "BEGIN"}
_BEGIN_READING = {SQLITE: "BEGIN", POSTGRESQL: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}


def connect(
    url: str, *, wait: float = 5.0, durable: bool = True, algorithm: str = "sha256", chance: random.Random | None = None
) -> "Store":
    """The store at an address: `sqlite:///FILE`, `sqlite://` (in memory) or `postgresql+psycopg://USER@HOST/NAME`.

    `wait` is for how many seconds one waits for others; without `durable` a power cut may lose the last commands, but
    breaks nothing. Refused where settings lose data, or the tables are missing or not of this version.
    """
    place = place_of(url, wait=wait, durable=durable, algorithm=algorithm)
    store = Store(place, chance or random.Random())
    try:
        store.check()
    except BaseException:
        store.close()
        raise
    return store


class Store:
    """A database of cases. It may be used by many threads at once; close it at the end."""

    def __init__(self, place: Place, chance: random.Random) -> None:
        self.place = place
        self._pool = place.pool()
        self._chance = chance
        self._watchdog = Watchdog(place.silence, monotonic) if place.kind == POSTGRESQL else None
        # SQLite has one writer at a time: those of one process wait here in order, not asleep in the database.
        self._turn = threading.Lock() if place.kind == SQLITE else None

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def kind(self) -> str:
        """The kind of database, as `store.statements` names them."""
        return self.place.kind

    def close(self) -> None:
        """Close all connections and end the watch over them."""
        if self._watchdog is not None:
            self._watchdog.close()
        self._pool.dispose()

    def check(self) -> None:
        """Refuse settings that lose data, and tables that are missing or not of this version."""
        with self._taking_turns(), self._line() as line:
            check_settings(line, self.place.is_durable)
            if self.place.is_memory:
                make_tables(line.connection)
            check_schema(line)

    def perform(self, work: Callable[[Writing], T], *, tries: int = 3, within: float = 5.0) -> T:
        """What `work` gives, once all it wrote is kept; all of it or nothing.

        What was not answered is tried again, so `work` may run several times and must do nothing but write. An error it
        raises rolls everything back and comes out as it is.
        """
        begin = monotonic()
        for attempt in range(1, tries + 1):
            try:
                return self._once(work)
            except StoreError as error:
                wait = wait_before(attempt, self._chance)
                limit = self.place.lock if isinstance(error, Locked) else within
                if not error.may_repeat or attempt == tries or monotonic() - begin + wait >= limit:
                    raise
                sleep(wait)
        raise Busy()

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """What stood in the database at one moment. Keep it short: the log of changes grows meanwhile."""
        with self._taking_turns() if self.place.is_memory else nullcontext(), self._line() as line:
            line.say(_BEGIN_READING[self.kind])
            yield Reading(line, self.place.algorithm)
            line.say("COMMIT")

    def histories(self, *, page: int = 200) -> Iterator[History]:
        """The histories of all cases, by case; read in short transactions, so that nobody's work grows a log."""
        after = ""
        while True:
            with self.reading() as reading:
                ids, found = reading.histories(after, page)
            yield from found
            if len(ids) < page:
                return
            after = ids[-1]

    def _once(self, work: Callable[[Writing], T]) -> T:
        with self._taking_turns(), self._line() as line:
            line.say(_BEGIN_WRITING[self.kind])
            writing = Writing(line, self.place.algorithm)
            result = work(writing)
            self._commit(line, writing)
            return result

    def _commit(self, line: Line, writing: Writing) -> None:
        """Make all of it last. Where the line breaks just then, only a command with a key may be sent again."""
        if line.failure is not None:
            raise line.failure
        try:
            said = line.say("COMMIT")
        except Busy as error:
            if self.kind == POSTGRESQL and not writing.is_keyed:
                raise Lost(error.detail) from error
            raise
        if self.kind == POSTGRESQL and said.statusmessage != "COMMIT":
            raise StoreError(said.statusmessage)

    @contextmanager
    def _taking_turns(self) -> Iterator[None]:
        if self._turn is None:
            yield
            return
        if not self._turn.acquire(timeout=self.place.wait):
            raise Busy()
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def _line(self) -> Iterator[Line]:
        """A connection out of the pool and back; closed for good after an error of the line."""
        self.place.look()
        pooled = self._connected()
        line = Line(self.kind, pooled.driver_connection, self.place.errors)
        if self._watchdog is not None:
            self._watchdog.watch(line)
        is_whole = False
        try:
            yield line
            is_whole = line.failure is None
        finally:
            is_whole = is_whole or line.undone()
            if self._watchdog is not None:
                self._watchdog.let_go(line)
            self._give_back(pooled, is_whole)

    def _connected(self) -> Any:
        try:
            return self._pool.connect()
        except NoneFree as error:
            raise Busy(str(error)) from error

    def _give_back(self, pooled: Any, is_whole: bool) -> None:
        if is_whole:
            pooled.close()
            return
        pooled.invalidate()
        if self.kind == POSTGRESQL:  # what broke one line broke the others: none of them is tried
            self._pool.dispose()
            self._pool = self._pool.recreate()
