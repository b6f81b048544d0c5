"""What happened to cases: facts in their order, the same for live cases, trial runs, simulations and logs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

#: What a record may tell of, in the order in which it can happen to one step.
KINDS = (
    "started",
    "offered",
    "claimed",
    "released",
    "work-started",
    "saved",
    "paused",
    "resumed",
    "suspended",
    "failed",
    "retried",
    "completed",
    "returned",
    "passed",
    "flow-taken",
    "timer-due",
    "message-sent",
    "message-received",
    "signal-sent",
    "signal-received",
    "escalated",
    "error-raised",
    "compensated",
    "called",
    "decided",
    "answered",
    "withdrawn",
    "rejected",
    "moved",
    "cancelled",
    "terminated",
    "ended",
    "erased",
    "archived",
    "restored",
)
#: Those by which somebody is done with a step.
DONE = ("completed", "rejected")

_BREAKING = frozenset(("cancelled", "terminated"))


@dataclass(frozen=True, kw_only=True)
class Record:
    """One fact about a case. Its place in the history is its sequence; its moment may equal that of others."""

    case: str
    #: What happened, one of `KINDS`.
    kind: str
    at: datetime
    process: str = ""
    #: The version of the process, by the digest of its file; empty where it is not known.
    version: str = ""
    #: The element of the model it happened at; empty for the case as a whole.
    element: str = ""
    #: The key of the unit that did it.
    unit: str = ""
    #: Who did it; empty where that is withheld or nobody did.
    person: str = ""
    #: The sequence flow that was taken.
    flow: str = ""
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no record is of kind {self.kind!r}")
        if self.at.tzinfo is None:
            raise ValueError("the moment of a record needs its time zone")

    def evolve(self, **changes: Any) -> Self:
        """The same record with other values."""
        return replace(self, **changes)


@dataclass(frozen=True, kw_only=True)
class History:
    """All records of one case, in their order; time never runs backwards in it."""

    case: str
    records: tuple[Record, ...] = ()

    def __post_init__(self) -> None:
        before: datetime | None = None
        for record in self.records:
            if record.case != self.case:
                raise ValueError(f"a record of case {record.case!r} is no part of the history of {self.case!r}")
            if before is not None and record.at < before:
                raise ValueError(f"the records of case {self.case!r} are not in the order of time")
            before = record.at

    @property
    def start(self) -> datetime | None:
        """When the case began, by its first record."""
        return self.records[0].at if self.records else None

    @property
    def end(self) -> datetime | None:
        """When the case ended; none while it is under way."""
        return next((record.at for record in reversed(self.records) if record.kind == "ended"), None)

    @property
    def is_broken_off(self) -> bool:
        """Whether it ended because somebody cancelled or terminated it, so that its times say nothing of the work."""
        return any(record.kind in _BREAKING for record in self.records)

    def of(self, element: str) -> tuple[Record, ...]:
        """The records of one element."""
        return tuple(record for record in self.records if record.element == element)

    def append(self, record: Record) -> Self:
        """The history with one more record at its end."""
        return replace(self, records=(*self.records, record))


def histories(records: Iterable[Record]) -> dict[str, History]:
    """The history of each case, in the order in which the cases first appear; one moment keeps its order."""
    cases: dict[str, list[Record]] = {}
    for record in records:
        cases.setdefault(record.case, []).append(record)
    return {
        case: History(case=case, records=tuple(sorted(found, key=lambda record: record.at)))
        for case, found in cases.items()
    }
