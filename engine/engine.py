"""The engine: commands in, answers out; each command one transaction of the store."""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bpmn import Limits
from engine.candidates import Membership
from engine.cases import LiveCase, check_version
from engine.clocks import Clocks, clocks
from engine.command import Answer, Command, answer
from engine.errors import (
    BadData,
    CaseSuspended,
    EngineError,
    MissingField,
    NobodyWaits,
    NoSuchOperation,
    SeveralWait,
    Unrunnable,
)
from engine.lifecycle import ITEM, commanded
from engine.operations import ON_CASE, ON_ITEM
from engine.procedures import (
    Procedure,
    Procedures,
    digest_of,
    named,
    process_of,
    read_files,
    ready,
    starts_of,
    stopping,
)
from engine.spiff.values import as_json, canonical
from engine.starting import start_job
from store import Reading, Store, Writing, jobs
from store.chain import recorded
from store.errors import NoSuchProcedure
from store.rows import CaseRow, ItemRow, ProcedureRow, StartRow, WaitRow

#: Most characters of the data of one command, as JSON text.
MOST_DATA = 1_000_000
#: What stands in for a person where the engine itself asks for something.
ITSELF = "zaizao"
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 10


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an engine is set to."""

    #: The zone of the offices.
    timezone: str = "Asia/Shanghai"
    #: How many versions of procedures are kept ready.
    procedures: int = 64
    #: Limits on the files that are read; the defaults of `bpmn.Limits` where none are given.
    limits: Limits | None = None
    #: Whether an outgoing notice tells of each step that is offered: only where somebody is set to carry notices.
    notices: bool = False


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """Whether a person may do one thing with a work item, and if not, by which refusal."""

    operation: str
    refusal: EngineError | None = None


class Engine:
    """Runs the cases of a store. It keeps nothing but procedures made ready, and may be used by many threads."""

    def __init__(
        self,
        store: Store,
        *,
        chance: random.Random,
        settings: Settings | None = None,
        membership: Membership | None = None,
    ) -> None:
        self.store = store
        self.settings = settings or Settings()
        self._chance = chance
        self._membership = membership
        self._procedures = Procedures(self.settings.timezone, self.settings.procedures, self.settings.limits)

    # Procedures

    def install(self, source: bytes, library: Mapping[str, bytes], at: datetime) -> ProcedureRow:
        """Keep a procedure's files as a version; the same files are the same version.

        Raises `Unrunnable` with everything that stops it from being run, and `UnreadableFile`.
        """
        digest = digest_of(source, library)
        try:
            with self.store.reading() as reading:
                return reading.procedure(digest)
        except NoSuchProcedure:
            pass
        files = read_files(source, library, self.settings.limits)
        problems = stopping(files)
        if problems:
            raise Unrunnable(problems)
        row = ProcedureRow(
            digest=digest,
            process=process_of(files.model),
            version=0,
            name=files.model.title,
            installed=at,
            source=source,
            library=dict(library),
        )
        starts = tuple(starts_of(ready(row, files, self.settings.timezone)))
        return self.store.perform(lambda writing: self._installed(writing, row, starts, at))

    def _installed(
        self, writing: Writing, row: ProcedureRow, starts: tuple[StartRow, ...], at: datetime
    ) -> ProcedureRow:
        kept = writing.install(row, starts)
        jobs.add(writing, filter(None, (start_job(start, at, self.settings.timezone) for start in starts)))
        return kept

    def procedure(self, reading: Reading, name: str) -> Procedure:
        """The newest version that goes by a name: a process, a digest, or what people call it."""
        found = named(reading.procedures(), name)
        if len(found) != 1:
            return self._procedures.of(reading, name)
        return self._procedures.of(reading, found[0].digest)

    def keep(self, procedure: Procedure) -> None:
        """Have a version at hand that was made ready elsewhere: a trial's, around which the world is another one."""
        self._procedures.keep(procedure)

    # Commands

    def perform(self, command: Command, now: datetime) -> Answer:
        """Do what a command asks for, once for its key; a refusal changes nothing.

        The same key again gives the stored answer word for word, whatever the state is by then.
        """
        self._check(command)
        return self.store.perform(lambda writing: self._perform(writing, command, now))

    def _check(self, command: Command) -> None:
        """Refuse what is no command before anything is touched."""
        if command.do not in ON_CASE and command.do not in ON_ITEM:
            raise NoSuchOperation(command.do)
        needs = {"by": command.by}
        if command.do in ON_ITEM:
            needs["item"] = command.item
        elif command.do == "start":
            needs["procedure"] = command.procedure
        elif command.do in ("message", "signal"):
            needs["name"] = command.name
        else:
            needs["case"] = command.case
        for field, value in needs.items():
            if not value:
                raise MissingField(field)
        check_data(command.data)

    def _perform(self, writing: Writing, command: Command, now: datetime) -> Answer:
        if command.key:
            stored = writing.keyed(command.by, command.key, command.digest, now)
            if stored is not None:
                return Answer(text=stored)
        reply = self.apply(writing, command, now)
        if command.key:
            writing.answered(command.by, command.key, reply.text)
        return reply

    def apply(
        self, writing: Writing, command: Command, now: datetime, fence: Callable[[], None] = lambda: None
    ) -> Answer:
        """Do a command in a transaction that is open; `fence` is asked once the case is under lock."""
        if command.do in ON_ITEM:
            return self._on_item(writing, command, now)
        if command.do == "start":
            procedure = self.procedure(writing, command.procedure)
            fence()
            return self._start(writing, procedure, command, now)
        if command.do in ("message", "signal") and not command.case:
            return self._post(writing, command, now, fence)
        case = self.live(writing, writing.case(command.case), now)
        fence()
        return self._on_case(writing, case, command)

    def _on_item(self, writing: Writing, command: Command, now: datetime) -> Answer:
        row, item = writing.locked(command.item)
        check_version(command.version, item.version, item.id)
        case = self.live(writing, row, now)
        ON_ITEM[command.do](case, item, command)
        return case.answer(writing.save(case.effects(item if command.do in ("complete", "reject") else None)))

    def _on_case(self, writing: Writing, case: LiveCase, command: Command) -> Answer:
        check_version(command.version, case.row.version, case.row.id)
        ON_CASE[command.do](case, command)
        return case.answer(writing.save(case.effects()))

    def _heard(self, writing: Writing, case: LiveCase, command: Command) -> Answer | None:
        """Bring a message or signal into a case; none where the case has just gone on and hears no signal any more."""
        try:
            return self._on_case(writing, case, command)
        except NobodyWaits:
            if command.do == "message":
                raise
            return None

    def _start(self, writing: Writing, procedure: Procedure, command: Command, now: datetime) -> Answer:
        row = CaseRow(
            id=self.new_id(now),
            procedure=procedure.digest,
            process=procedure.process,
            state="",
            started=now,
            latest=now,
        )
        case = self._case(writing, row, procedure, now, is_new=True)
        return self._on_case(writing, case, command.evolve(do="start", version=None))

    def _post(self, writing: Writing, command: Command, now: datetime, fence: Callable[[], None]) -> Answer:
        """Bring a message to the one case that waits for it, else start one; a signal to all, and start all."""
        waiting = self._waiting(writing, command, now)
        starts = writing.starts(command.do, command.name)
        if command.do == "message":
            starts = [] if waiting else starts[:1]
        if not waiting and not starts:
            raise NobodyWaits(command.name)
        cases = [writing.case(id_) for id_ in sorted({wait.case for wait in waiting})]
        if command.do == "signal":
            cases = _listening(cases, starts)
        fence()
        replies = [
            reply for row in cases if (reply := self._heard(writing, self.live(writing, row, now), command)) is not None
        ]
        if not replies and not starts:
            raise NobodyWaits(command.name)
        for start in starts:
            procedure = self._procedures.of(writing, start.procedure)
            replies.append(
                self._start(writing, procedure, command.evolve(to=self._opens(procedure, start.element)), now)
            )
        return replies[0] if command.do == "message" else _together(replies)

    def _waiting(self, writing: Writing, command: Command, now: datetime) -> list[WaitRow]:
        """Who waits for a message or signal: of a message one case."""
        about = canonical(command.correlation)
        waiting = writing.waiting(command.do, command.name, about if about else None)
        if command.do == "signal":
            return waiting
        exact = [wait for wait in waiting if wait.correlation == about]
        waiting = exact if about and exact else waiting
        if not about and len({wait.case for wait in waiting}) > 1:
            waiting = self._meant(writing, waiting, command, now) or waiting
        if len({wait.case for wait in waiting}) > 1:
            raise SeveralWait(command.name)
        return waiting

    def _meant(self, writing: Writing, waiting: Sequence[WaitRow], command: Command, now: datetime) -> list[WaitRow]:
        """Of several that wait for a message, those whose keys stand in its data."""
        said: dict[tuple[str, ...], str] = {}
        found = []
        for wait in waiting:
            kind = (wait.element, *(json.loads(wait.correlation) if wait.correlation else ()))
            if kind not in said:
                procedure = self._procedures.of(writing, Reading.case(writing, wait.case).procedure)  # no lock
                environment = procedure.world(now).environment(now)
                said[kind] = procedure.program.carried(command.name, command.data, environment)
            if wait.correlation and wait.correlation == said[kind]:
                found.append(wait)
        return found

    @staticmethod
    def _opens(procedure: Procedure, element: str) -> str:
        """The start a case begins at; none named where cases that arrive begin there anyway."""
        program = procedure.program
        usual = {
            program.start_place(vertex).element for starts in program.beginning.starts.values() for vertex in starts
        }
        return "" if element in usual else element

    def live(self, reading: Reading, row: CaseRow, now: datetime) -> LiveCase:
        """A case with its procedure."""
        procedure = self._procedures.of(reading, row.procedure)
        return self._case(reading, row, procedure, now)

    def _case(
        self, reading: Reading, row: CaseRow, procedure: Procedure, now: datetime, *, is_new: bool = False
    ) -> LiveCase:
        return LiveCase(
            reading,
            row,
            procedure,
            now,
            membership=self._membership,
            is_new=is_new,
            has_notices=self.settings.notices,
        )

    def new_id(self, now: datetime) -> str:
        """The id of a new case: its day, and signs that are hard to mistake for each other."""
        signs = "".join(self._chance.choices(_SIGNS, k=_LENGTH))
        return f"{now:%Y%m%d}-{signs}"

    # Looking

    def is_heard(self, message: str) -> bool:
        """Whether any procedure can wait for a message of that name."""
        with self.store.reading() as reading:
            return any(self._procedures.hears(reading, row.digest, message) for row in reading.procedures())

    def allowed(self, item_id: str, person: str, now: datetime) -> tuple[Allowed, ...]:
        """What a person may do with a work item, and why not what they may not."""
        with self.store.reading() as reading:
            item = reading.item(item_id)
            case = self.live(reading, reading.case(item.case), now)
            return tuple(
                Allowed(operation=row.operation, refusal=_refusal(case, item, row.operation, person))
                for row in commanded()
                if row.of == ITEM
            )

    def clocks(self, case_id: str, now: datetime) -> Clocks:
        """The legal, the promised and the actual clock of a case."""
        with self.store.reading() as reading:
            procedure = self._procedures.of(reading, reading.case(case_id).procedure)
            records = [recorded(kept.body) for kept in reading.records(case_id)]
        return clocks(procedure.program.model, records, now, procedure.office.clock)


def check_data(data: Mapping[str, Any]) -> None:
    """Raise `BadData` where data are no named values, or too many."""
    if not all(isinstance(name, str) and name for name in data):
        raise BadData
    if data and len(as_json(dict(data))) > MOST_DATA:
        raise BadData(f"> {MOST_DATA:,}")


def _listening(cases: list[CaseRow], starts: Sequence[StartRow]) -> list[CaseRow]:
    """The cases that hear a signal: in one that is suspended nothing happens, which stops no other."""
    found = [case for case in cases if case.state == "active"]
    if not found and not starts:
        raise CaseSuspended(cases[0].id)
    return found


def _refusal(case: LiveCase, item: ItemRow, operation: str, person: str) -> EngineError | None:
    try:
        case.check_item(item, operation, person)
    except EngineError as error:
        return error
    return None


def _together(replies: list[Answer]) -> Answer:
    """One answer for several cases."""
    said = [reply.said for reply in replies]
    return answer({"cases": [one["case"] for one in said], "items": [item for one in said for item in one["items"]]})
