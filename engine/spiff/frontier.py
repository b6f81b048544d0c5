"""What goes between the tokens in memory and whoever keeps them: rows in, changes out, facts in their order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

#: What a token can wait for. "work": a person (a task, or an automatic step done by hand where nothing does it);
#: "job": an outgoing call (service and send tasks, automatic steps); "timer": a moment; "message" and "signal": one of
#: that name; "condition": data that make it hold; "event": a boundary event that only its activity or a person fires.
WAITS = ("work", "job", "timer", "message", "signal", "condition", "event")
#: Those that end when somebody, or a program, has done something.
WORK = ("work", "job")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """A token that can go no further by itself, and what it waits for."""

    token: int
    #: The element of the model it stands at.
    element: str
    #: One of `WAITS`.
    kind: str
    #: Of a timer: when it is due.
    due: datetime | None = None
    #: Of a message or signal: its name; of a job: the operation, topic or message the step names.
    name: str = ""
    #: Of a message: the correlation it expects, as canonical JSON text; empty where any will do.
    correlation: str = ""
    #: Which round or instance of its step this is, counted from 1; 0 outside loops and multi-instances.
    instance: int = 0
    #: The data only this token sees: the item of its instance.
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """Something that happened while the tokens moved; `kind` is one of `bpmn.history.KINDS`."""

    kind: str
    element: str = ""
    token: int = 0
    #: The sequence flow that was taken.
    flow: str = ""
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Thrown:
    """An event that left the case: nobody in it caught it, or it is also meant for others."""

    #: "message", "signal", "escalation" or "error".
    kind: str
    element: str
    name: str
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)
    #: Of a message: its correlation as canonical JSON text.
    correlation: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Frontier:
    """A case's tokens as they are kept: what `Run.restore` needs.

    Bodies are compact JSON text that only `engine.spiff` understands. Values are fetched one by one when an expression
    asks for them, so a step costs the same however long the form is.
    """

    #: The last token id that was given.
    last: int
    #: Each live token's id and body, by id.
    tokens: Sequence[tuple[int, str]]
    #: The JSON text of one value by scope (a token id, 0 the case) and key; none where there is none.
    value: Callable[[int, str], str | None]
    #: All keys of a scope with their JSON texts: for what needs the whole (an answer to a caller, a copy).
    values: Callable[[int], Mapping[str, str]]


@dataclass(kw_only=True, slots=True)
class Changes:
    """What one command changed: only rows that differ from what was read."""

    last: int
    #: New and changed tokens.
    tokens: dict[int, str] = field(default_factory=dict)
    gone: list[int] = field(default_factory=list)
    #: By scope and key the new JSON text; none where the value was removed.
    values: dict[tuple[int, str], str | None] = field(default_factory=dict)
    #: Scopes whose values all go.
    scopes_gone: list[int] = field(default_factory=list)
    #: Tokens that began to wait and still do; tokens whose wait is over, and whether it was done or taken away.
    waits: list[Wait] = field(default_factory=list)
    over: dict[int, str] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    thrown: list[Thrown] = field(default_factory=list)
    #: Empty while the case is under way; "completed" or "rejected" once no token is left, "terminated", "failed".
    ended: str = ""
    #: The end event it ended at last, and its `gov:end outcome`.
    end_element: str = ""
