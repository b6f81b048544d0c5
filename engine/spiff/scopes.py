"""Scopes: processes, sub-processes, transactions, ad-hoc and event sub-processes, called processes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bpmn.expression import Expression
from engine.errors import CalledTooDeep
from engine.spiff.activities import Activity
from engine.spiff.compensation import Record, undone
from engine.spiff.events import EventStart, arm
from engine.spiff.place import Place
from engine.spiff.token import READY, STARTED, Token
from engine.spiff.values import MISSING
from engine.spiff.waiting import is_true

if TYPE_CHECKING:
    from bpmn.model import Node
    from engine.spiff.place import Specification

#: How many calls may lie inside each other.
MOST_CALLS = 50


class Inner:
    """What stands inside a scope: where it begins, and the event sub-processes that may begin beside it."""

    def __init__(self) -> None:
        self.starts: list[Place] = []
        self.event_starts: list[EventStart] = []

    def begin(self, token: Token, starts: Iterable[Place] | None = None) -> None:
        """Put the first tokens inside a scope and wait for the events of its event sub-processes."""
        case = token.workflow
        for place in self.event_starts:
            arm(place, token, token)
        for place in self.starts if starts is None else starts:
            case.enter(place, token)


def close(token: Token, *, keep: bool) -> None:
    """A scope is over: what only waits in it goes, records of what can be undone may stay; the token goes on."""
    case = token.workflow
    for left in list(token.inside.values()):
        if not keep or not isinstance(left.task_spec, Record):
            case.remove(left)
    token._set_state(READY)
    token.complete()


class Root(Place):
    """One process, or all of a case together: over when nothing is left inside that keeps it open."""

    is_scope = True
    tells = ""

    def close(self, token: Token) -> None:
        """Everything inside is done."""
        close(token, keep=False)


class Pool(Root):
    """A process as a case of its own, or as one of the pools of a case."""

    def __init__(self, spec: Specification, name: str) -> None:
        super().__init__(spec, name, None)
        self.inner = Inner()


class Frame(Activity):
    """A sub-process or transaction: done when no token is left inside."""

    is_scope = True
    tells = "passed"

    def __init__(self, spec: Specification, name: str, node: Node) -> None:
        super().__init__(spec, name, node)
        self.inner = Inner()
        self.is_transaction = node.kind == "transaction"

    def work(self, token: Token) -> bool | None:
        """Do it: whether it is done at once, or the token rests."""
        self.begin(token)
        return None if token.weight else True

    def begin(self, token: Token) -> None:
        """Put the first tokens inside."""
        self.inner.begin(token)

    def close(self, token: Token) -> None:
        """Everything inside is done."""
        close(token, keep=True)


class EventFrame(Frame):
    """An event sub-process: its event begins it, and nothing follows it."""

    is_event_frame = True

    def begin_at(self, scope: Token, start: Place) -> None:
        """Its start event has happened."""
        token = scope.workflow.grow(self, scope)
        token._set_state(STARTED)
        self.inner.begin(token, [start])

    def leave(self, token: Token) -> None:
        """Go on from here."""
        if "u" in token.more:
            record = token.scope
            undone(token)
            token.workflow.remove(record, "done")


class AdHoc(Frame):
    """An ad-hoc sub-process: what nothing leads to is done in any order, together or one after the other."""

    def __init__(self, spec: Specification, name: str, node: Node, completion: Expression | None) -> None:
        super().__init__(spec, name, node)
        self.completion = completion
        self.is_sequential = node.ordering == "Sequential"

    def begin(self, token: Token) -> None:
        """Put the first tokens inside."""
        if not self.is_sequential:
            self.inner.begin(token)
            return
        token.more = {**token.more, "k": 1}
        self.inner.begin(token, self.inner.starts[:1])

    def step_done(self, token: Token) -> None:
        """Something inside is done: ask whether that is enough."""
        assert self.node is not None
        if "x" in token.more or self.completion is None or not is_true(token, self.completion):
            return
        token.more = {**token.more, "x": 1}
        token.workflow.touch(token)
        if self.node.cancel_remaining:
            for left in list(token.inside.values()):
                if not left.task_spec.stays:
                    token.workflow.remove(left)

    def close(self, token: Token) -> None:
        """Everything inside is done."""
        done = token.more.get("k", 0)
        if self.is_sequential and "x" not in token.more and done < len(self.inner.starts):
            token.more = {**token.more, "k": done + 1}
            token.workflow.touch(token)
            token.workflow.enter(self.inner.starts[done], token)
            return
        super().close(token)


class Call(Activity):
    """A call of a process: a token inside it is in the called process."""

    is_scope = True
    tells = "passed"

    def __init__(self, spec: Specification, name: str, node: Node) -> None:
        super().__init__(spec, name, node)
        self.inner = Inner()
        #: Where the call hands data over: names inside by names outside, and the way back.
        self.takes: dict[str, str] = {}
        self.returns: dict[str, str] = {}

    def work(self, token: Token) -> bool | None:
        """Do it: whether it is done at once, or the token rests."""
        case = token.workflow
        case.tell("called", token)
        if sum(isinstance(around.task_spec, Call) for around in case.around(token)) > MOST_CALLS:
            raise CalledTooDeep(case.element_of(token))
        if not self.sees_out:
            self._take(token)
        self.inner.begin(token)
        return None if token.weight else True

    def _take(self, token: Token) -> None:
        """Hand in what the called process takes; the item of its instance is only for that."""
        values = token.workflow.values
        own = {name: values.get(token.id, name) for name in values.all(token.id)}
        outer = token.workflow.view(token.scope, own)
        taken = {inside: outer.get(outside) for inside, outside in self.takes.items()}
        for name in own.keys() - taken.keys():
            values.remove(token.id, name)
        for name, value in taken.items():
            values.put(token.id, name, value)

    def _give(self, token: Token) -> None:
        """Hand out what the called process gives; all else of it goes. An instance's are gathered by its loop."""
        case = token.workflow
        found = {outside: case.values.get(token.id, inside) for inside, outside in self.returns.items()}
        scope = case.scopes_of(token.scope)[0]
        if self.loop is not None and self.loop.gathers:
            scope = token.id
            for name in case.values.all(token.id):
                case.values.remove(token.id, name)
        for name, value in found.items():
            if value is not MISSING:
                case.values.put(scope, name, value)

    def close(self, token: Token) -> None:
        """Everything inside is done."""
        if not self.sees_out:
            self._give(token)
        close(token, keep=True)


class Together(Root):
    """The root of a case of several pools."""
