"""An office for tests: it installs models that are built in the test and gives commands in few words."""

import json
import random
from datetime import UTC, datetime, timedelta

from bpmn import write
from engine.command import Answer, Command
from engine.engine import Engine
from engine.worker import Worker
from store import Store
from store.chain import recorded

#: A Monday, nine in the morning in China.
MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)


class Town:
    """An engine, its store, and a clock that is moved by hand."""

    def __init__(self, store: Store, **settings: object) -> None:
        self.store = store
        self.engine = Engine(store, chance=random.Random(1), **settings)
        self.now = MONDAY

    def install(self, builder: object, library: dict[str, bytes] | None = None) -> object:
        """Keep a built model as a procedure."""
        return self.engine.install(write(builder.model), library or {}, self.now)

    def do(self, what: str, by: str = "王芳", **fields: object) -> Answer:
        """Give a command."""
        return self.engine.perform(Command(do=what, by=by, **fields), self.now)

    def start(self, builder: object, **fields: object) -> str:
        """Install a model and start a case of it."""
        return self.do("start", procedure=self.install(builder).digest, **fields).case

    def later(self, **span: float) -> None:
        """Move the clock."""
        self.now += timedelta(**span)

    def item(self, case: str, element: str = "") -> object:
        """The one open work item of a case, or that of a step."""
        with self.store.reading() as reading:
            found = [item for item in reading.items(case=case) if element in ("", item.element)]
        assert len(found) == 1, [item.element for item in found]
        return found[0]

    def waits_at(self, case: str) -> list[str]:
        """The steps a case waits at for people."""
        with self.store.reading() as reading:
            return sorted(item.element for item in reading.items(case=case))

    def case(self, case: str) -> object:
        """The row of a case."""
        with self.store.reading() as reading:
            return reading.case(case)

    def kinds(self, case: str, element: str | None = None) -> list[str]:
        """The kinds of a case's records in their order, or those of one element."""
        return [record.kind for record in self.records(case) if element in (None, record.element)]

    def records(self, case: str) -> list[object]:
        """The records of a case."""
        with self.store.reading() as reading:
            return [recorded(kept.body, kept.data) for kept in reading.records(case)]

    def data(self, case: str) -> dict[str, object]:
        """The data of a case."""
        with self.store.reading() as reading:
            return {key: json.loads(text) for key, text in reading.values(case, 0).items()}

    def jobs(self, case: str = "", states: tuple[str, ...] = ()) -> list[object]:
        """The jobs that are not done."""
        with self.store.reading() as reading:
            return [job for job in reading.jobs(states, case=case) if job.kind != "root"]

    def worker(self, **settings: object) -> Worker:
        """A worker with this clock."""
        return Worker(self.engine, clock=lambda: self.now, chance=random.Random(2), **settings)
