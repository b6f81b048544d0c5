"""The rows of the database as values. Moments are aware datetimes in UTC, data are JSON text."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from bpmn.history import Record


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcedureRow:
    """One version of a procedure: a file, kept once."""

    #: SHA-256 of all its files, hexadecimal: what a case pins.
    digest: str
    #: The process that carries the procedure, and its version counted from 1.
    process: str
    version: int
    name: str
    installed: datetime
    #: The file, and the further files its called processes and decisions stand in, by name.
    source: bytes
    library: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseRow:
    """One case: where it stands, and what its history has come to."""

    id: str
    #: The digest of its procedure's version.
    procedure: str
    process: str
    #: "active", "suspended", "completed", "cancelled", "terminated" or "failed".
    state: str
    started: datetime
    ended: datetime | None = None
    outcome: str = ""
    #: The last sequence of its records and that record's hash.
    sequence: int = 0
    head: str = ""
    #: The last token id that was given.
    tokens: int = 0
    #: Raised by every command: what a page was drawn from.
    version: int = 0
    #: When its last record was written: time never runs backwards in a history.
    latest: datetime

    def evolve(self, **changes: Any) -> Self:
        """The same row with other values."""
        return replace(self, **changes)


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemRow:
    """A step waiting for a person, or done by one: its id is CASE-TOKEN."""

    id: str
    case: str
    token: int
    element: str
    name: str
    #: The key and the name of the unit whose step it is, its post; empty where the model says none.
    unit: str = ""
    unit_name: str = ""
    post: str = ""
    #: Who may do it beside the unit and post: names and units the file asks for, as JSON list text.
    candidates: str = ""
    #: "offered", "claimed", "started", "suspended", "failed", "completed" or "withdrawn".
    state: str
    person: str = ""
    since: datetime
    due: datetime | None = None
    ended: datetime | None = None
    #: What was saved but not yet completed, as JSON text.
    draft: str = ""
    #: How often it failed.
    attempts: int = 0
    version: int = 0

    def evolve(self, **changes: Any) -> Self:
        """The same row with other values."""
        return replace(self, **changes)


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitRow:
    """A token that waits for a message or signal, so that one can be found by name."""

    case: str
    token: int
    element: str
    #: "message" or "signal".
    kind: str
    name: str
    correlation: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class JobRow:
    """Work for a worker: a timer, an outgoing call, a notice, the hourly root."""

    #: The key that never changes, also given to the other side: `case:element:token` and the like.
    id: str
    case: str = ""
    token: int = 0
    #: "timer", "call", "message", "start", "notice" or "root".
    kind: str
    run_at: datetime
    #: "ready", "held", "done", "stuck", "dropped" or "withheld" (a restored copy, until it is released).
    state: str = "ready"
    lease_until: datetime | None = None
    fence: int = 0
    attempts: int = 0
    error: str = ""
    #: JSON text.
    body: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class StartRow:
    """What starts a case of a procedure without anybody asking for it: a message, a signal or a timer."""

    #: The digest of the version, and its process.
    procedure: str
    process: str
    #: The start event.
    element: str
    #: "message", "signal" or "timer".
    kind: str
    #: Of the message or signal; of a timer its text.
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptRecord:
    """A record as it is kept: numbered, chained, hashed."""

    case: str
    sequence: int
    #: Canonical JSON text, which is what is hashed.
    body: str
    hash: str
    #: The data beside the body, as JSON text, and their salt; none where there are none or they were erased.
    data: str | None = None
    salt: str | None = None


@dataclass(kw_only=True, slots=True)
class Effects:
    """All that one command writes about one case; the store writes it in its transaction, and nothing else."""

    case: CaseRow
    is_new: bool = False
    tokens: dict[int, str] = field(default_factory=dict)
    gone: Sequence[int] = ()
    values: dict[tuple[int, str], str | None] = field(default_factory=dict)
    scopes_gone: Sequence[int] = ()
    items: list[ItemRow] = field(default_factory=list)
    changed_items: list[ItemRow] = field(default_factory=list)
    waits: list[WaitRow] = field(default_factory=list)
    #: Tokens that wait for no message or signal any more.
    waits_gone: Sequence[int] = ()
    jobs: list[JobRow] = field(default_factory=list)
    #: Tokens whose timers and calls are called off.
    jobs_gone: Sequence[int] = ()
    #: In their order; the store numbers, chains and hashes them.
    records: list[Record] = field(default_factory=list)
