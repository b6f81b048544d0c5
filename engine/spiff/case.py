"""The tokens of one case while they move: a SpiffWorkflow workflow that holds nothing but the frontier."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.workflow import Workflow

from bpmn.expression import Environment
from engine.errors import StepBudgetSpent
from engine.spiff.frontier import Fact, Thrown
from engine.spiff.place import Flow, Place
from engine.spiff.token import CANCELLED, COMPLETED, READY, STARTED, Token
from engine.spiff.values import Values, View
from engine.spiff.waiting import happen

if TYPE_CHECKING:
    from engine.spiff.program import Program
    from engine.spiff.trigger import Trigger
    from engine.spiff.world import World


class Case(Workflow):  # type: ignore[misc]  # SpiffWorkflow has no types
    """Tokens by id, those ready to move in their order, and what happened since the last time it was asked."""

    def __init__(self, program: Program, world: World, values: Values, last: int, budget: int) -> None:
        super().__init__(program.specification, deserializing=True)
        self.tasks: dict[int, Token] = {}
        self.program = program
        self.world = world
        self.values = values
        self.last = last
        self.budget = self.steps_left = budget
        self.at: datetime | None = None
        self.queue: deque[Token] = deque()
        #: Tokens that move when no other can: they throw what only those hear who wait already.
        self.later: deque[Token] = deque()
        #: Tokens that wait at a join which looks at all others, and those that wait for a condition.
        self.joining: dict[int, Token] = {}
        self.asking: dict[int, Token] = {}
        #: Tokens whose event had happened before they began to wait for it.
        self.happened: deque[tuple[Token, Trigger]] = deque()
        #: Messages nobody waits for yet.
        self.letters: dict[int, Token] = {}
        self.facts: list[Fact] = []
        self.thrown: list[Thrown] = []
        #: Tokens made or changed, and those gone, since the last time.
        self.touched: dict[int, Token] = {}
        self.over: dict[int, str] = {}
        self.ended = ""
        #: What the whole case remembers: the last end event (`e`), the values of correlation keys (`k`).
        self.memory: dict[str, Any] = {}
        self.root = Token(self, program.root, -1, 0, STARTED)
        self.tasks[0] = self.root
        self._environment: Environment | None = None

    # A command

    def begin_at(self, at: datetime) -> None:
        """A command begins: its moment, and a new budget of steps."""
        self.at = at
        self.steps_left = self.budget
        self._environment = None

    @property
    def environment(self) -> Environment:
        """What expressions may ask for in this command."""
        if self._environment is None:
            assert self.at is not None
            self._environment = self.world.environment(self.at)
        return self._environment

    def spend(self, token: Token, steps: int = 1) -> None:
        """Count steps: what is done at a token, and how much is looked at for it."""
        self.steps_left -= steps
        if self.steps_left < 0:
            raise StepBudgetSpent(self.element_of(token))

    def go(self) -> None:
        """Move every token that moves by itself until none does."""
        queue = self.queue
        while True:
            while queue:
                token = queue.popleft()
                if token._state == READY:
                    self.spend(token)
                    token.run()
                elif token._state == STARTED and not token.weight and token.task_spec.is_scope:
                    self._close(token)
            if self.later:
                queue.append(self.later.popleft())
            elif self.happened:
                self._happen(*self.happened.popleft())
            elif not (self.joining and self._join()) and not (self.asking and self._ask()):
                return

    def _happen(self, token: Token, trigger: Trigger) -> None:
        if self.tasks.get(token.id) is token:
            self.spend(token)
            happen(token, trigger, {})

    def _close(self, token: Token) -> None:
        if token is not self.root:
            self.spend(token)
            token.task_spec.close(token)
        elif not self.ended:
            self.end("completed")

    def _join(self) -> bool:
        """Let the one join go on that may, of several the one that waits longest."""
        for token in list(self.joining.values()):
            self.spend(token)
            if token.task_spec.act(token):
                return True
        return False

    def _ask(self) -> bool:
        """Ask every condition that is waited for; whether one came to hold."""
        happened = False
        for token in list(self.asking.values()):
            if token.id in self.asking:
                self.spend(token)
                happened = token.task_spec.ask(token) or happened
        return happened

    # Tokens

    def grow(self, place: Place, scope: Token, more: dict[str, Any] | None = None, *, weighs: bool = True) -> Token:
        """Make a token at a place; it does nothing yet."""
        self.last = number = self.last + 1
        token = Token(self, place, scope.id, number)
        if more:
            token.more = more
        self.tasks[number] = self.touched[number] = scope.inside[number] = token
        if weighs and place.weighs:
            scope.weight += 1
        return token

    def enter(self, place: Place, scope: Token, more: dict[str, Any] | None = None) -> Token:
        """Make a token at a place and let it come there as by a flow."""
        token = self.grow(place, scope, more)
        place._update(token)
        return token

    def put_on(self, token: Token, exit_: Flow | Place) -> Token:
        """Make the token that follows another one, on a flow or without one."""
        scope = self.tasks[token._parent]
        if not isinstance(exit_, Flow):
            return self.grow(exit_, scope)
        prefix = self.prefix_of(token) if self.program.has_prefixes else ""
        element = prefix + token.task_spec.element
        self.facts.append(Fact(kind="flow-taken", element=element, token=token.id, flow=prefix + exit_.flow))
        following = self.grow(exit_.target, scope)
        if exit_.target.keeps_flow:
            following.via = exit_.flow
        return following

    def _task_completed_notify(self, task: Token) -> None:
        """SpiffWorkflow tells that a token completed and put others on: it goes."""
        self.remove(task, how="done")

    def remove(self, token: Token, how: str = "taken") -> None:
        """Take a token away, with all that is in it and belongs to it."""
        stack = [token]
        while stack:
            one = stack.pop()
            if self.tasks.get(one.id) is not one:
                continue
            del self.tasks[one.id]
            if one._state != COMPLETED:
                one._set_state(CANCELLED)
            stack += one.arms
            stack += one.inside.values()
            self._forget(one, how if one is token else "taken")

    def _forget(self, token: Token, how: str) -> None:
        self.touched.pop(token.id, None)
        self.joining.pop(token.id, None)
        self.asking.pop(token.id, None)
        self.letters.pop(token.id, None)
        self.over[token.id] = how
        place = token.task_spec
        if place.has_data:
            self.values.leave(token.id)
        if "h" in token.more:
            host = self.tasks.get(token.more["h"])
            if host is not None:
                host.arms.remove(token)
        scope = self.tasks.get(token._parent)
        if scope is None:
            return
        scope.inside.pop(token.id, None)
        if place.weighs and "h" not in token.more:
            scope.weight -= 1
            if not scope.weight:
                self.queue.append(scope)

    def touch(self, token: Token) -> None:
        """A token's body changed."""
        self.touched[token.id] = token

    def end(self, how: str) -> None:
        """The case is over: every token goes."""
        self.ended = how
        for token in list(self.root.inside.values()):
            self.remove(token)
        self.queue.clear()
        self.later.clear()

    def note_end(self, token: Token) -> None:
        """An end event of a process of the offices was passed: the last one tells how the case ended."""
        node = token.task_spec.node
        if node is None or node.scope or node.process in self.program.applicants:
            return
        self.memory = {**self.memory, "e": self.element_of(token)}

    # What is seen from a token

    def around(self, token: Token) -> Iterator[Token]:
        """The token and those of the scopes around it, without the case itself."""
        here = token
        while here is not self.root:
            yield here
            here = self.tasks[here._parent]

    def scopes_of(self, token: Token) -> tuple[int, ...]:
        """The scopes of data a token sees, its own first."""
        if not token._parent and not token.task_spec.has_data:
            return (0,)
        found = []
        for here in self.around(token):
            if here.task_spec.has_data:
                found.append(here.id)
                if not here.task_spec.sees_out:
                    return tuple(found)
        return (*found, 0)

    def view(self, token: Token, over: Mapping[str, Any] | None = None) -> View:
        """The data a token sees."""
        counter = self._counter(token)
        return View(self.values, self.scopes_of(token), {**counter, **(over or {})})

    def _counter(self, token: Token) -> dict[str, Any]:
        for here in self.around(token):
            if "i" in here.more:
                return {"loopCounter": here.more["i"]}
        return {}

    def write(self, token: Token, data: Mapping[str, Any]) -> None:
        """Write data into the scope of a token, key by key."""
        if data:
            scope = self.scopes_of(token)[0]
            for key, value in data.items():
                self.values.put(scope, key, value)

    # What is told

    def prefix_of(self, token: Token) -> str:
        """What stands before the ids of elements of called processes: the calls they were called by."""
        found = []
        here = self.tasks.get(token._parent)
        while here is not None and here is not self.root:
            if here.task_spec.prefix:
                found.append(here.task_spec.prefix)
            here = self.tasks.get(here._parent)
        return "".join(reversed(found))

    def element_of(self, token: Token) -> str:
        """The element a token stands at, as the model of the case names it."""
        element = token.task_spec.element
        return self.prefix_of(token) + element if self.program.has_prefixes else element

    def tell(self, kind: str, token: Token, data: Mapping[str, Any] | None = None) -> None:
        """Add a fact."""
        self.facts.append(Fact(kind=kind, element=self.element_of(token), token=token.id, data=data or {}))

    def throw(self, thrown: Thrown) -> None:
        """Something leaves the case."""
        self.thrown.append(thrown)

    def collect_log_extras(self, dct: dict[str, Any] | None = None) -> dict[str, Any]:
        """What would go into SpiffWorkflow's own log: nothing more."""
        return dct or {}
