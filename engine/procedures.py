"""Procedures ready to run: read once for each version, shared by all cases and threads, the latest used kept."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from threading import Lock

from bpmn import Limits, Model, read
from bpmn.check import check
from bpmn.check.decisions import check_decisions, missing_decisions
from bpmn.decisions import Decisions, read_decisions
from bpmn.errors import UnreadableFile
from bpmn.problem import Problem
from engine.candidates import Owners
from engine.errors import Unrunnable
from engine.spiff.compile import compiled
from engine.spiff.program import Program
from engine.spiff.world import World
from engine.world import Office, OfficeWorld
from store import Reading
from store.rows import ProcedureRow, StartRow

#: What can start a case without anybody asking for it.
_STARTS = ("message", "signal", "timer")


@dataclass(frozen=True, kw_only=True)
class Files:
    """The files of a procedure as values."""

    model: Model
    library: Mapping[str, Model]
    decisions: tuple[Decisions, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Procedure:
    """One version of a procedure, ready to run."""

    digest: str
    process: str
    version: int
    name: str
    program: Program
    decisions: tuple[Decisions, ...]
    office: Office
    owners: Owners

    def world(self, now: datetime) -> World:
        """The world of its cases in one command."""
        return OfficeWorld(self.office, self.decisions, now)


def digest_of(source: bytes, library: Mapping[str, bytes]) -> str:
    """What a version is known by: the hash of all its files and their names, each with its length before it."""
    made = sha256()
    for part in (source, *(part for name in sorted(library) for part in (name.encode(), library[name]))):
        made.update(len(part).to_bytes(8, "big"))
        made.update(part)
    return made.hexdigest()


def read_files(source: bytes, library: Mapping[str, bytes], limits: Limits | None = None) -> Files:
    """Read a procedure and its further files; raises `UnreadableFile` for one that is neither BPMN nor DMN."""
    models, decisions = read_library(library, limits)
    return Files(model=read(source, limits=limits), library=models, decisions=decisions)


def read_library(
    library: Mapping[str, bytes], limits: Limits | None = None
) -> tuple[dict[str, Model], tuple[Decisions, ...]]:
    """Read the further files of a procedure, by name: those with processes, and those with decisions."""
    models: dict[str, Model] = {}
    decisions: list[Decisions] = []
    for name in sorted(library):
        try:
            models[name] = read(library[name], limits=limits)
        except UnreadableFile as error:
            if error.problem.rule != "dmn":
                raise
            decisions.append(read_decisions(library[name], limits=limits))
    return models, tuple(decisions)


def stopping(files: Files) -> tuple[Problem, ...]:
    """Everything in a procedure's files that stops it from being run."""
    found: list[Problem] = list(check(files.model, purpose="run", library=files.library))
    for model in files.library.values():
        found += check(model, purpose="run", library={**files.library, "": files.model})
    for decisions in files.decisions:
        found += check_decisions(decisions, purpose="run")
    if files.decisions:
        given = frozenset(decision for one in files.decisions for decision in one.decision)
        found += missing_decisions(files.model, given)
    return tuple(one for one in found if one.severity == "error" and one.stops in ("all", "run"))


def ready(row: ProcedureRow, files: Files, zone: str) -> Procedure:
    """Make a version ready to run."""
    program = compiled(files.model, files.library, files.decisions)
    return Procedure(
        digest=row.digest,
        process=row.process,
        version=row.version,
        name=row.name,
        program=program,
        decisions=files.decisions,
        office=Office(files.model, files.library.values(), zone),
        owners=Owners(program),
    )


def starts_of(procedure: Procedure) -> Iterator[StartRow]:
    """What starts a case of it without anybody asking: messages from outside, signals, timers."""
    program = procedure.program
    fed = {letter.target for letter in program.beginning.letters if letter.opens}
    names = {root.id: root.name or root.id for root in program.model.roots}
    for node in program.model.nodes:
        is_start = node.kind == "startEvent" or (node.kind == "receiveTask" and node.instantiate)
        if not is_start or node.scope or node.id in fed:
            continue
        for event in node.events:
            if event.kind in _STARTS:
                yield StartRow(
                    procedure=procedure.digest,
                    process=procedure.process,
                    element=node.id,
                    kind=event.kind,
                    name=event.expression if event.kind == "timer" else names.get(event.reference, event.reference),
                )


def process_of(model: Model) -> str:
    """The process a procedure is known by; raises `Unrunnable` where the file has none."""
    process = model.procedure_process
    if process is None:
        raise Unrunnable([Problem(problem="not-bpmn", rule="no-process", message="The file has no process. Draw one.")])
    return process.id


class Procedures:
    """The versions used last, ready to run; safe for many threads."""

    def __init__(self, zone: str, most: int, limits: Limits | None) -> None:
        self._zone = zone
        self._most = most
        self._limits = limits
        self._known: OrderedDict[str, Procedure] = OrderedDict()
        self._heard: dict[str, frozenset[str]] = {}
        self._lock = Lock()

    def get(self, digest: str, row: Callable[[], ProcedureRow]) -> Procedure:
        """A version by its digest; where it is not at hand it is made ready from its row."""
        with self._lock:
            found = self._known.get(digest)
            if found is not None:
                self._known.move_to_end(digest)
                return found
        stored = row()
        return self.keep(ready(stored, read_files(stored.source, stored.library, self._limits), self._zone))

    def of(self, reading: Reading, digest: str) -> Procedure:
        """The same, from the database."""
        return self.get(digest, lambda: reading.procedure(digest))

    def hears(self, reading: Reading, digest: str, message: str) -> bool:
        """Whether a case of a version can wait for a message of that name; known of all, however many there are."""
        found = self._heard.get(digest)
        if found is None:
            found = self._heard[digest] = frozenset(self.of(reading, digest).program.hearers)
        return message in found

    def keep(self, procedure: Procedure) -> Procedure:
        """Have a version at hand; the one that was not used for longest makes room."""
        with self._lock:
            self._known[procedure.digest] = procedure
            self._known.move_to_end(procedure.digest)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return procedure


def named(rows: Iterable[ProcedureRow], name: str) -> list[ProcedureRow]:
    """The newest versions that go by a name: their process, their digest or what people call them."""
    known = list(rows)
    return [row for row in known if name in (row.process, row.digest)] or [row for row in known if name == row.name]
