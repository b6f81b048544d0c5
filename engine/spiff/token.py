"""A token: a SpiffWorkflow task that is part of the frontier, and the compact text it is kept as.

A body is a JSON list, cut after its last part that says something: the name of its specification, the token of the
scope it lies in (0: the case), the flow by which it came to a join, and what only its kind needs:

| key | of | says |
|---|---|---|
| `h` | a waiting event that is not the token itself | the token it belongs to |
| `n` | the same | which of several definitions it waits for |
| `d`, `r` | a timer | when it is due (microseconds UTC); the period of a cycle and how often more it rings |
| `w` | a condition | that it held when it was asked last |
| `c` | a message | what it must be correlated with, as canonical JSON |
| `i` | an instance or round | its number, from 1 |
| `t`, `k` | a multi-instance; an ad-hoc sub-process | how many there are in all; how many are done, or have begun |
| `x` | an ad-hoc sub-process | that no further work begins in it |
| `q`, `u` | who called a compensation; a handler | what is still to be undone; the token that waits for it |
| `z` | the cancel event of a transaction | the frame it cancels, while its work is undone |
| `s` | a complex gateway | the flows that came, while it waits for the rest |
| `l` | a message that nobody took yet | what it says |
"""

from __future__ import annotations

from json import JSONEncoder, loads
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

if TYPE_CHECKING:
    from engine.spiff.case import Case
    from engine.spiff.place import Place

FUTURE, WAITING, READY, STARTED = TaskState.FUTURE, TaskState.WAITING, TaskState.READY, TaskState.STARTED
COMPLETED, CANCELLED = TaskState.COMPLETED, TaskState.CANCELLED

_encoded = JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


class Token(Task):  # type: ignore[misc]  # SpiffWorkflow has no types
    """One token. What SpiffWorkflow calls its parent is the token of the scope it lies in.

    Its children are the tokens it has just put further on: they are asked once, when it completes, and then it goes.
    """

    workflow: Case
    task_spec: Place
    id: int

    def __init__(self, case: Case, place: Place, scope: int, number: int, state: int = FUTURE) -> None:
        # The constructor of Task draws an id, reads a clock and copies data: all of that is done otherwise here.
        self.id = number
        self.workflow = case
        self.task_spec = place
        self._parent = scope
        self._children: list[int] = []
        self._state = state
        self.triggered = False
        #: The data it has worked out, told when it completes.
        self.made: dict[str, Any] = {}
        #: The flow by which it came, for joins.
        self.via = ""
        #: What only its kind needs.
        self.more: dict[str, Any] = {}
        #: Of a scope: the tokens in it, and how many of them keep it open.
        self.inside: dict[int, Token] = {}
        self.weight = 0
        #: The waiting events that belong to it.
        self.arms: list[Token] = []

    @property
    def scope(self) -> Token:
        """The token of the scope it lies in."""
        return self.workflow.tasks[self._parent]

    def _set_state(self, value: int) -> None:
        self._state = value

    def _add_child(self, task_spec: Place, state: int = FUTURE) -> Token:
        token = self.workflow.put_on(self, task_spec)
        self._children.append(token.id)
        return token

    def _sync_children(self, task_specs: list[Place], state: int = FUTURE) -> None:
        for place in task_specs:
            self._add_child(place, state)

    def _inherit_data(self) -> None:
        """Nothing is copied from token to token: data is kept by scope and key."""

    def collect_log_extras(self, dct: dict[str, Any] | None = None) -> dict[str, Any]:
        """What would go into SpiffWorkflow's own log: nothing more."""
        return dct or {}

    def body(self) -> str:
        """The text it is kept as."""
        parts: list[Any] = [self.task_spec.name]
        if self.more:
            parts += (self._parent, self.via, self.more)
        elif self.via:
            parts += (self._parent, self.via)
        elif self._parent:
            parts.append(self._parent)
        return _encoded(parts)


def read_body(body: str) -> list[Any]:
    """The four parts of a body."""
    parts: list[Any] = loads(body)
    return parts + _REST[len(parts) :]


_REST = ["", 0, "", {}]
