"""A line to the database in one transaction: statements in, rows out, the drivers' errors turned into ours."""

from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any

from store.errors import Busy, StoreError
from store.retry import meaning
from store.statements import SQLITE, Statement


class Line:
    """One transaction on one connection. After the first error of the database it does nothing any more."""

    def __init__(
        self, kind: str, connection: Any, errors: type[Exception], *, pooled: Any = None, patience: float = 0.0
    ) -> None:
        #: The kind of database, as `store.statements` names them.
        self.kind = kind
        self.connection = connection
        #: What the connection came in out of the pool, if it did.
        self.pooled = pooled
        #: For how many seconds it waits for an answer of a server.
        self.patience = patience
        self._errors = (errors, UnicodeError)
        self.asked = 0.0
        self.was_cut = False
        #: The first error of the database: whoever caught it cannot commit nevertheless.
        self.failure: StoreError | None = None

    def fileno(self) -> int:
        """The number of the connection's socket."""
        number: int = self.connection.fileno()
        return number

    def ask(self, statement: Statement, values: Sequence[Any] = ()) -> list[Any]:
        """The rows a statement gives."""
        rows: list[Any] = self._run(statement, values).fetchall()
        return rows

    def one(self, statement: Statement, values: Sequence[Any] = ()) -> Any:
        """The first row a statement gives, if any."""
        return self._run(statement, values).fetchone()

    def tell(self, statement: Statement, values: Sequence[Any] = ()) -> int:
        """Run a statement for what it changes: how many rows that were."""
        count: int = self._run(statement, values).rowcount
        return count

    def tell_all(self, statement: Statement, rows: Sequence[Sequence[Any]]) -> int:
        """Run a statement once for each row of values: how many rows that changed."""
        if not rows:
            return 0
        if len(rows) == 1:
            return self.tell(statement, rows[0])
        text, arranged = statement.on(self.kind)
        if arranged is not None:
            rows = [arranged(values) for values in rows]
        cursor = self.connection.cursor()
        self._guarded(cursor.executemany, text, rows)
        count: int = cursor.rowcount
        return count

    def say(self, text: str) -> Any:
        """Run a text that is no statement over the tables: a begin, an end, a setting."""
        return self._guarded(self.connection.execute, text)

    def begin(self, text: str, wait: float) -> None:
        """Begin the transaction; where somebody else writes, look again and again until the wait is over."""
        until = monotonic() + wait
        while True:
            try:
                self.say(text)
                return
            except Busy as error:
                if not error.may_repeat or self.kind != SQLITE or monotonic() >= until:
                    raise
                self.failure = None

    def undone(self) -> bool:
        """Undo what was begun; whether the connection is still good for others."""
        self.asked = monotonic()
        try:
            self.connection.rollback()
        except self._errors:
            return False
        finally:
            self.asked = 0.0
        return not self.was_cut

    def together(self, tell: Callable[[], None]) -> None:
        """What is told by it goes out without waiting for each answer; nothing may be asked or counted there."""
        if self.kind == SQLITE:
            return tell()
        try:
            with self.connection.pipeline() as pipeline:
                tell()
                self._guarded(pipeline.sync)
                self.asked = monotonic()  # leaving waits for the server once more
        except self._errors as error:
            self.failure = meaning(error, silent=self.was_cut)
            raise self.failure from error
        finally:
            self.asked = 0.0
        return None

    def _run(self, statement: Statement, values: Sequence[Any]) -> Any:
        text, arranged = statement.on(self.kind)
        return self._guarded(self.connection.execute, text, values if arranged is None else arranged(values))

    def _guarded(self, run: Any, *arguments: Any) -> Any:
        if self.failure is not None:
            raise self.failure
        if self.patience:
            self.asked = monotonic()
        try:
            return run(*arguments)
        except self._errors as error:
            self.failure = meaning(error, silent=self.was_cut)
            raise self.failure from error
        finally:
            self.asked = 0.0
