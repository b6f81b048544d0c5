"""One case while a command works on it: begun or restored from rows, moved, and what changed handed back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Self

from bpmn.model import EventDefinition
from engine.errors import NoSuchElement, NoSuchStart, NoSuchToken, NotWaiting, Uncaught
from engine.spiff.activities import Receive
from engine.spiff.case import Case
from engine.spiff.events import EventGateway
from engine.spiff.frontier import WORK, Changes, Frontier, Wait
from engine.spiff.gateways import Inclusive, Join
from engine.spiff.loops import Loop
from engine.spiff.place import Place
from engine.spiff.program import Program
from engine.spiff.scopes import Call, Pool
from engine.spiff.sending import deliver
from engine.spiff.throwing import raise_error, signal
from engine.spiff.token import STARTED, WAITING, Token, read_body
from engine.spiff.trigger import Trigger, definition_of
from engine.spiff.values import NO_DATA, Values, as_json
from engine.spiff.waiting import happen, triggers_of
from engine.spiff.world import World

#: Most steps one command may take by itself.
BUDGET = 100_000


class Run:
    """The tokens of one case. After an exception it is not usable any more: drop it."""

    def __init__(self, case: Case, kept: dict[int, str]) -> None:
        self._case = case
        #: The bodies that were read or handed out to be kept.
        self._kept = kept
        self._memory = ""

    @classmethod
    def start(
        cls,
        program: Program,
        world: World,
        *,
        at: datetime,
        data: Mapping[str, Any] = NO_DATA,
        start: str = "",
        budget: int = BUDGET,
    ) -> Self:
        """Begin a case: as one that arrives does, or at the start that is named."""
        case = Case(program, world, Values(-1, lambda scope, key: None, lambda scope: {}), 0, budget)
        run = cls(case, {})
        case.begin_at(at)
        case.write(case.root, data)
        if start:
            run._open(start)
        else:
            run._open_all()
        case.go()
        return run

    @classmethod
    def restore(cls, program: Program, world: World, frontier: Frontier, *, budget: int = BUDGET) -> Self:
        """Go on with a case as it is kept."""
        case = Case(program, world, Values(frontier.last, frontier.value, frontier.values), frontier.last, budget)
        run = cls(case, dict(frontier.tokens))
        run._read(frontier)
        return run

    def _read(self, frontier: Frontier) -> None:
        case = self._case
        places = case.program.places
        tokens = case.tasks
        for number, body in frontier.tokens:
            name, scope, via, more = read_body(body)
            if not number:
                case.memory = more
                self._memory = body
                continue
            token = Token(case, places[name], scope, number)
            token.via, token.more = via, more
            tokens[number] = token
        for token in tokens.values():
            if token.id:
                self._put_back(token)

    def _put_back(self, token: Token) -> None:
        case = self._case
        place = token.task_spec
        scope = case.tasks[token._parent]
        scope.inside[token.id] = token
        more = token.more
        token._set_state(STARTED)
        if "h" in more:
            case.tasks[more["h"]].arms.append(token)
        elif place.weighs:
            scope.weight += 1
            if token.via:
                token._set_state(WAITING)
                if isinstance(place, Inclusive):
                    case.joining[token.id] = token
        elif place is case.program.letter:
            case.letters[token.id] = token
        if case.program.has_conditions and any(
            trigger.kind == "conditional" and trigger.expression is not None for trigger in triggers_of(token)
        ):
            case.asking[token.id] = token

    # Beginning

    def _open_all(self) -> None:
        case = self._case
        program = case.program
        for process, vertices in program.beginning.starts.items():
            starts = [program.start_place(vertex) for vertex in vertices]
            self._open_pool(program.pools[process], starts)

    def _open(self, start: str) -> None:
        program = self._case.program
        place = program.places.get(start)
        node = program.model.node.get(start)
        if place is None or node is None or node.scope:
            raise NoSuchStart(start)
        before = [one for one in program.before.get(place.name, ()) if isinstance(one, EventGateway)]
        is_start = node.kind == "startEvent" or node.instantiate
        if not is_start and not any(one.node is not None and one.node.instantiate for one in before):
            raise NoSuchStart(start)
        waits = isinstance(place, Receive) or bool(before)
        token = self._open_pool(program.pools[node.process], () if waits else (place,))
        if waits:
            first = self._case.grow(place, token)
            if node.event("message") is not None or isinstance(place, Receive):
                self._case.tell("message-received", first)
            first.complete()

    def _open_pool(self, pool: Pool, starts: Iterable[Place]) -> Token:
        case = self._case
        token = case.root
        if token.task_spec is not pool:
            token = case.grow(pool, case.root)
            token._set_state(STARTED)
        pool.inner.begin(token, starts)
        return token

    # Moving

    def complete(self, token: int, data: Mapping[str, Any], at: datetime) -> None:
        """A person or a program has done what a token waits for."""
        case, one = self._begin_work(token, at)
        case.write(one, data)
        one.complete()
        case.go()

    def fail(self, token: int, code: str, data: Mapping[str, Any], at: datetime) -> None:
        """A step ends with a BPMN error: the nearest event that catches it happens; raises `Uncaught` without any."""
        case, one = self._begin(token, at)
        if one.task_spec.waits(one) is None:
            raise NotWaiting(case.element_of(one))
        event = EventDefinition(kind="error", reference=code)
        thrown = Trigger(
            event=event, kind="error", name=code, code=code, definition=definition_of("error", code, code, "")
        )
        case.write(one, data)
        if not raise_error(case, one, thrown, NO_DATA):
            raise Uncaught(case.element_of(one), code)
        case.go()

    def fire(self, token: int, data: Mapping[str, Any], at: datetime) -> None:
        """What a token waits for has happened: a timer is due, a message has come, an event on an edge."""
        case, one = self._begin(token, at)
        wait = one.task_spec.waits(one)
        if wait is None or wait.kind in WORK:
            raise NotWaiting(case.element_of(one), "" if wait is None else wait.kind)
        happen(one, next(triggers_of(one), None), data)
        case.go()

    def deliver(self, name: str, data: Mapping[str, Any], correlation: str, at: datetime) -> bool:
        """A message comes from outside: whether somebody in the case waits for it, or can later."""
        self._case.begin_at(at)
        found = deliver(self._case, name, data, correlation)
        self._case.go()
        return found

    def signal(self, name: str, data: Mapping[str, Any], at: datetime) -> bool:
        """A signal comes from outside: whether anybody in the case waited for it."""
        self._case.begin_at(at)
        found = signal(self._case, name, data)
        self._case.go()
        return found

    def reject(self, token: int, at: datetime, data: Mapping[str, Any] = NO_DATA) -> None:
        """A step turns the case down: a gateway routes on that, or the case ends."""
        case, one = self._begin_work(token, at)
        case.write(one, data)
        if case.program.is_routed(case.element_of(one)):
            one.complete()
            case.go()
            return
        case.tell("rejected", one)
        case.remove(one, "done")
        case.end("rejected")

    def put(self, element: str, scope: int, data: Mapping[str, Any], at: datetime) -> int:
        """Put a token to an element, in a scope that is under way; the token.

        Where the scope given is not the one the element lies in, the last that is under way is taken.
        """
        case = self._case
        case.begin_at(at)
        place = case.program.place_of(element)
        if place is None or place.node is None:
            raise NoSuchElement(element)
        around = self._around(place, scope)
        case.write(around, data)
        token = case.grow(place, around)
        if isinstance(place, Join):
            token._ready()
        else:
            place._update(token)
        case.tell("moved", token)
        case.go()
        return token.id

    def _around(self, place: Place, scope: int) -> Token:
        """The token of the scope a place lies in; a pool that is not open yet opens."""
        case = self._case
        assert place.node is not None
        node, program = place.node, case.program
        given = case.tasks.get(scope)
        if given is not None and _holds(given, place):
            return given
        for token in reversed(case.tasks.values()):
            if _holds(token, place):
                return token
        if node.scope or program.pools.get(node.process) is None or program.places.get(node.id) is not place:
            raise NoSuchToken(place.element)
        return self._open_pool(program.pools[node.process], ())

    def cancel(self, token: int, at: datetime, scope: int | None = None) -> None:
        """Take a token away, with all that belongs to it, and with the frames around it that lie in a scope."""
        case, one = self._begin(token, at)
        case.tell("cancelled", one)
        around = [here for here in case.around(one) if here._parent == scope]
        case.remove(around[0] if around else one)
        case.go()

    def terminate(self, at: datetime) -> None:
        """End the case: every token goes."""
        self._case.begin_at(at)
        self._case.end("terminated")

    def _begin(self, token: int, at: datetime) -> tuple[Case, Token]:
        case = self._case
        case.begin_at(at)
        one = case.tasks.get(token)
        if one is None or one is case.root:
            raise NoSuchToken(str(token))
        return case, one

    def _begin_work(self, token: int, at: datetime) -> tuple[Case, Token]:
        """The same for a token that waits for work to be done."""
        case, one = self._begin(token, at)
        wait = one.task_spec.waits(one)
        if wait is None or wait.kind not in WORK:
            raise NotWaiting(case.element_of(one), "" if wait is None else wait.kind)
        return case, one

    # Looking

    def waits(self) -> tuple[Wait, ...]:
        """Everything that waits now, the oldest token first."""
        found = (token.task_spec.waits(token) for token in self._case.tasks.values() if token.id)
        return tuple(wait for wait in found if wait is not None)

    def scopes(self) -> Mapping[str, int]:
        """The scopes that are under way, by the process or sub-process they belong to; of several the last."""
        case = self._case
        return {
            token.task_spec.element or token.task_spec.name: token.id
            for token in case.tasks.values()
            if token.task_spec.is_scope and not isinstance(token.task_spec, Loop)
        }

    def data(self, scope: int = 0) -> dict[str, Any]:
        """The data of the case, or of one of its scopes."""
        return self._case.values.all(scope)

    def changes(self) -> Changes:
        """What is to be kept since the case was begun or restored, or this was asked last."""
        case, kept = self._case, self._kept
        changes = Changes(last=case.last, facts=case.facts, thrown=case.thrown, ended=case.ended)
        changes.end_element = case.memory.get("e", "")
        for number, token in case.touched.items():
            body = token.body()
            before = kept.get(number)
            if body != before:
                changes.tokens[number] = kept[number] = body
                wait = token.task_spec.waits(token)
                if wait is not None and (before is None or wait.due is not None):
                    changes.waits.append(wait)
        for number, how in case.over.items():
            if kept.pop(number, None) is not None:
                changes.gone.append(number)
                changes.over[number] = how
        self._remember(changes)
        changes.values, changes.scopes_gone = case.values.changed, case.values.scopes_gone
        case.values.kept(case.last)
        case.facts, case.thrown, case.touched, case.over = [], [], {}, {}
        return changes

    def _remember(self, changes: Changes) -> None:
        """Keep what the whole case remembers, while it is under way."""
        case = self._case
        if case.ended and self._memory:
            changes.gone.append(0)
            self._memory = ""
        elif case.memory and not case.ended:
            body = as_json(["", 0, "", case.memory])
            if body != self._memory:
                changes.tokens[0] = self._memory = body


def _holds(token: Token, place: Place) -> bool:
    """Whether a token is a scope an element lies in."""
    around, node = token.task_spec, place.node
    if node is None or not around.is_scope or isinstance(around, Loop):
        return False
    if node.scope:
        return around.element == node.scope
    if isinstance(around, (Pool, Call)):
        return around.inner is token.workflow.program.inner_of(place)
    return False
