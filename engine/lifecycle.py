"""What may be done with a case and with a work item, in which state, by whom, and which record tells of it.

Theory. A case is under way or over; while it is under way it may be suspended. A work item is a step of a case that
waits for a person. It is offered to everybody who may do it, and one of them claims it; whoever holds it begins,
saves drafts and at last completes it, rejects the case, fails or lets go of it again:

            claim          begin          complete, reject
    offered ------> claimed ------> started --------------> completed
       ^               |               |
       |    release    |               |        fail                     retry
       +---------------+---------------+------------------> failed ------------> offered

Whoever does something that only a holder may do to an item that nobody holds claims it by that: two records, one
command. Whatever takes a case away from a step withdraws its item; suspending a case suspends those of its items that
are open, and resuming gives each back to whoever held it.

Everything reads the one table below: the operations (which state follows, which record), the refusals (which state
refuses what, and by which name), `zaizao work allowed`, docs/reference/operations.md and the tests. A new operation is
a row here and its file in `engine.operations`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from engine.errors import (
    AlreadyClaimed,
    AlreadyCompleted,
    CaseEnded,
    CaseSuspended,
    EngineError,
    ItemFailed,
    ItemWithdrawn,
    NoSuchOperation,
    NotClaimed,
    WrongState,
)

CASE: Final = "case"
ITEM: Final = "item"

#: Who may do something. ANYONE: whoever may give commands at all. CANDIDATE: a person of the item's unit and post, or
#: one the file names, kept apart from those its `separateFrom` names. HOLDER: who has claimed the item; where nobody
#: has, a candidate, who claims it by that. ENGINE: nobody; it follows from something else.
ANYONE: Final = "anyone"
CANDIDATE: Final = "candidate"
HOLDER: Final = "holder"
ENGINE: Final = "engine"

#: The states in which something can still happen to a case or an item.
OPEN_CASE = ("active", "suspended")
OPEN_ITEM = ("offered", "claimed", "started", "suspended", "failed")
#: The states in which an item is somebody's to do.
AT_HAND = ("offered", "claimed", "started")


@dataclass(frozen=True, kw_only=True, slots=True)
class Transition:
    """One row: what an operation does to a case or an item in one of some states."""

    #: CASE or ITEM.
    of: str
    operation: str
    #: The states it is allowed in; an empty one is that of what is not there yet.
    states: tuple[str, ...]
    #: The state that follows; empty where it stays as it is.
    becomes: str = ""
    #: The state that follows where somebody holds the item, if that is another.
    held: str = ""
    #: The kind of the record that tells of it; empty where none does.
    record: str = ""
    who: str

    def follows(self, state: str, *, is_held: bool = False) -> str:
        """The state after it."""
        return (self.held if is_held else "") or self.becomes or state


def _case(operation: str, states: tuple[str, ...], becomes: str, record: str, who: str = ANYONE) -> Transition:
    return Transition(of=CASE, operation=operation, states=states, becomes=becomes, record=record, who=who)


def _item(operation: str, states: tuple[str, ...], becomes: str, record: str, who: str, held: str = "") -> Transition:
    return Transition(of=ITEM, operation=operation, states=states, becomes=becomes, record=record, who=who, held=held)


#: The table.
TRANSITIONS: tuple[Transition, ...] = (
    _case("start", ("",), "active", "started"),
    _case("message", ("active",), "", ""),
    _case("signal", ("active",), "", ""),
    _case("fire", ("active",), "", "", ENGINE),
    _case("answer", ("active",), "", "answered", ENGINE),
    _case("suspend", ("active",), "suspended", "suspended"),
    _case("resume", ("suspended",), "active", "resumed"),
    _case("cancel", OPEN_CASE, "cancelled", "cancelled"),
    _case("terminate", OPEN_CASE, "terminated", "terminated"),
    _case("end", ("active",), "completed", "ended", ENGINE),
    _case("break", ("active",), "failed", "ended", ENGINE),
    _item("offer", ("",), "offered", "offered", ENGINE),
    _item("claim", ("offered",), "claimed", "claimed", CANDIDATE),
    _item("release", ("claimed", "started"), "offered", "released", HOLDER),
    _item("begin", ("offered", "claimed"), "started", "work-started", HOLDER),
    _item("save", AT_HAND, "", "saved", HOLDER),
    _item("complete", AT_HAND, "completed", "completed", HOLDER),
    _item("reject", AT_HAND, "completed", "rejected", HOLDER),
    _item("return", AT_HAND, "withdrawn", "returned", HOLDER),
    _item("fail", AT_HAND, "failed", "failed", HOLDER),
    _item("retry", ("failed",), "offered", "retried", CANDIDATE),
    _item("pause", AT_HAND, "suspended", "", ENGINE),
    _item("unpause", ("suspended",), "offered", "", ENGINE, held="claimed"),
    _item("withdraw", OPEN_ITEM, "withdrawn", "withdrawn", ENGINE),
)

_ROWS: Mapping[tuple[str, str], Transition] = {(row.of, row.operation): row for row in TRANSITIONS}

#: How a state refuses what it does not allow.
REFUSALS: Mapping[tuple[str, str], type[EngineError]] = {
    (CASE, "suspended"): CaseSuspended,
    **{(CASE, state): CaseEnded for state in ("completed", "cancelled", "terminated", "failed")},
    (ITEM, "offered"): NotClaimed,
    (ITEM, "claimed"): AlreadyClaimed,
    (ITEM, "started"): AlreadyClaimed,
    (ITEM, "suspended"): CaseSuspended,
    (ITEM, "failed"): ItemFailed,
    (ITEM, "completed"): AlreadyCompleted,
    (ITEM, "withdrawn"): ItemWithdrawn,
}

#: Every state there is, by what it is of.
STATES: Mapping[str, tuple[str, ...]] = {
    of: tuple(
        dict.fromkeys(state for row in TRANSITIONS if row.of == of for state in (*row.states, row.becomes) if state)
    )
    for of in (CASE, ITEM)
}


def allowed(of: str, operation: str, state: str) -> Transition:
    """The row of an operation, if the state allows it; else raises what the state refuses it by."""
    row = _ROWS.get((of, operation))
    if row is None:
        raise NoSuchOperation(operation)
    if state in row.states:
        return row
    refusal = REFUSALS.get((of, state), WrongState)
    if refusal in (AlreadyClaimed, NotClaimed) and operation not in ("claim", "release"):
        refusal = WrongState
    raise refusal(state)


def commanded() -> tuple[Transition, ...]:
    """The rows that somebody can ask for; the others follow from these."""
    return tuple(row for row in TRANSITIONS if row.who != ENGINE)
