"""The way to the database: its address, its settings, one transaction for each command.

On SQLite every transaction that writes begins with BEGIN IMMEDIATE: otherwise two that read and then write lose updates
or fail at once. On PostgreSQL the first statement of a command locks the row of its case. A command is tried again only
where it was not answered (`store/retry.py`); its key, kept in the same transaction, makes that safe.
"""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
#: Pages of a log of changes that are left where nobody reads old ones.
_NEARLY = 1000
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
        self._watchdog = Watchdog(monotonic) if place.kind == POSTGRESQL else None
        # SQLite has one writer at a time: those of one process wait here in order, not asleep in the database, and
        # write through one connection. A database in memory has no other.
        self._turn = threading.Lock()
        self._writer: Any = None

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
        has_turn = self._turn.acquire(timeout=self.place.wait)
        self._close_writer()
        if has_turn:
            self._turn.release()

    def check(self) -> None:
        """Refuse settings that lose data, and tables that are missing or not of this version."""
        line = self._take(True)
        is_whole = False
        try:
            check_settings(line, self.place.is_durable)
            if self.place.is_memory:
                make_tables(line.connection)
            check_schema(line)
            is_whole = True
        finally:
            self._put_back(line, is_whole or line.undone())

    def tidy(self) -> None:
        """Shorten SQLite's log of changes where it has grown beyond its limit, as it does beside a long report.

        Those who write without a pause would never let it begin anew; here they wait for it once, a moment. While
        somebody still reads old pages nobody waits.
        """
        if not self.place.has_long_log:
            return
        line = self._take(True)
        is_whole = False
        try:
            _, length, brought_over = line.say("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            if length - brought_over < _NEARLY:
                line.say("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            is_whole = True
        finally:
            self._put_back(line, is_whole or line.undone())

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
        line = self._take(self.place.is_memory)
        is_whole = False
        try:
            line.say(_BEGIN_READING[self.kind])
            yield Reading(line, self.place.algorithm)
            line.say("COMMIT")
            is_whole = True
        finally:
            self._put_back(line, is_whole or line.undone())

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
        line = self._take(True)
        is_whole = False
        try:
            line.begin(_BEGIN_WRITING[self.kind], self.place.wait)
            writing = Writing(line, self.place.algorithm)
            result = work(writing)
            self._commit(line, writing)
            is_whole = True
        finally:
            self._put_back(line, is_whole or line.undone())
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

    def _take(self, is_writing: bool) -> Line:
        """A connection for one transaction: that of the one writer on SQLite, else one out of the pool."""
        self.place.look()
        place = self.place
        if is_writing and place.kind == SQLITE:
            if not self._turn.acquire(timeout=place.wait):
                raise Busy()
            try:
                self._writer = self._writer or place.open(is_writer=True)
            except BaseException:
                self._turn.release()
                raise
            return Line(place.kind, self._writer, place.errors)
        try:
            pooled: Any = self._pool.connect()
        except NoneFree as error:
            raise Busy(str(error)) from error
        line = Line(place.kind, pooled.driver_connection, place.errors, pooled=pooled, patience=place.silence)
        if self._watchdog is not None:
            self._watchdog.watch(line)
        return line

    def _put_back(self, line: Line, is_whole: bool) -> None:
        """Give the connection to others; where an error of the line broke it, it is closed for good."""
        if line.pooled is None:
            if not is_whole and not self.place.is_memory:
                self._close_writer()
            self._turn.release()
            return
        if self._watchdog is not None:
            self._watchdog.let_go(line)
        if is_whole:
            line.pooled.close()
            return
        line.pooled.invalidate()
        if self.kind == POSTGRESQL:  # what broke one line broke the others: none of them is tried
            self._pool.dispose()
            self._pool = self._pool.recreate()

    def _close_writer(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()
