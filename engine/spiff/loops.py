"""Standard loops and multi-instances: a token that holds its rounds or instances, one token each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bpmn.expression import Expression
from bpmn.expression.values import number
from engine.errors import WrongData
from engine.spiff.activities import Activity
from engine.spiff.scopes import close
from engine.spiff.throwing import throw
from engine.spiff.token import Token
from engine.spiff.values import MISSING
from engine.spiff.waiting import is_true, triggers_of, value_of

if TYPE_CHECKING:
    from bpmn.model import Node
    from engine.spiff.place import Specification
    from engine.spiff.trigger import Trigger

#: The most instances of one activity.
MOST_INSTANCES = 100_000


def count_of(token: Token, expression: Expression | None) -> int:
    """How often an expression says; raises `WrongData` where it gives no whole number."""
    assert expression is not None
    value = number(value_of(token, expression))
    if value is None or value != value.to_integral_value() or value < 0:
        raise WrongData(token.workflow.element_of(token), expression.text)
    return int(value)


class Loop(Activity):
    """An activity that is done several times; what is done each time is its body."""

    is_scope = True
    repeats = True
    tells = ""
    #: Whether each round has data of its own, which are gathered when it is done.
    gathers = False

    def __init__(self, spec: Specification, name: str, node: Node, body: Activity) -> None:
        super().__init__(spec, name, node)
        self.body = body
        body.loop = self
        body.needs, body.keeps_flow = 1, False

    def round_done(self, token: Token) -> None:
        """One round or instance is done."""

    def close(self, token: Token) -> None:
        """Everything inside is done."""
        close(token, keep=False)


class StandardLoop(Loop):
    """Done again while its condition holds."""

    def __init__(self, spec: Specification, name: str, node: Node, body: Activity) -> None:
        super().__init__(spec, name, node, body)
        #: What is asked before another round, and how many there are at most.
        self.condition: Expression | None = None
        self.most: Expression | None = None
        self.is_asked_first = node.loop is not None and node.loop.test_before

    def work(self, token: Token) -> bool | None:
        """Do it: whether it is done at once, or the token rests."""
        if self.is_asked_first and not self._is_wanted(token, 0):
            return True
        token.workflow.enter(self.body, token, {"i": 1})
        return None

    def _is_wanted(self, token: Token, done: int) -> bool:
        if self.most is not None and done >= count_of(token, self.most):
            return False
        return self.condition is None or is_true(token, self.condition, {"loopCounter": done})

    def round_done(self, token: Token) -> None:
        """One round or instance is done."""
        done = token.more["i"]
        if self._is_wanted(token, done):
            token.workflow.enter(self.body, token.scope, {"i": done + 1})


class MultiInstance(Loop):
    """Done once for each item of a collection, or a number of times; together or one after the other."""

    gathers = True

    def __init__(self, spec: Specification, name: str, node: Node, body: Activity) -> None:
        super().__init__(spec, name, node, body)
        assert node.loop is not None
        self.is_parallel = node.loop.kind == "parallel"
        #: How many there are: an expression, or the collection they come from.
        self.cardinality: Expression | None = None
        self.collection: Expression | None = None
        #: What an instance calls its item, the collection its results go to and what it calls its result.
        self.item = ""
        self.output = ""
        self.result = ""
        self.completion: Expression | None = None
        #: Events thrown when an instance is done: the first only, or each; by a condition.
        self.first: tuple[Trigger, ...] = ()
        self.each: tuple[Trigger, ...] = ()
        self.complex: tuple[tuple[Expression, Trigger], ...] = ()
        body.has_data = True

    def of_instance(self, read: list[str], written: list[str]) -> tuple[list[str], list[str]]:
        """The names of what one instance reads and writes: its item and result instead of the collections."""
        collection = self.collection.text if self.collection is not None else ""
        own = [name for name in (self.item,) if name] + [name for name in read if name != collection]
        return own, [name for name in (self.result,) if name] + [name for name in written if name != self.output]

    def work(self, token: Token) -> bool | None:
        """Do it: whether it is done at once, or the token rests."""
        items = self._items(token)
        total = len(items) if items is not None else count_of(token, self.cardinality)
        if total > MOST_INSTANCES:
            raise WrongData(token.workflow.element_of(token), str(total))
        token.more = {**token.more, "t": total, "k": 0}
        token.workflow.touch(token)
        if not total:
            self._collect(token)
            return True
        for index in range(total if self.is_parallel else 1):
            self._begin(token, index, items)
        return None

    def _items(self, token: Token) -> list[Any] | None:
        """The items of the collection; none where a number says how often."""
        if self.collection is None:
            return None
        value = value_of(token, self.collection)
        if not isinstance(value, (tuple, list)):
            raise WrongData(token.workflow.element_of(token), self.collection.text)
        return list(value)

    def _begin(self, token: Token, index: int, items: list[Any] | None) -> None:
        case = token.workflow
        instance = case.grow(self.body, token, {"i": index + 1})
        if items is not None and self.item and index < len(items):
            case.values.put(instance.id, self.item, items[index])
        self.body._update(instance)

    def round_done(self, token: Token) -> None:
        """One round or instance is done."""
        case, holder = token.workflow, token.scope
        done = holder.more["k"] + 1
        holder.more = {**holder.more, "k": done}
        case.touch(holder)
        self._keep(token, holder)
        self._throw(token, holder, done)
        if holder.id not in case.tasks:
            return
        is_enough = self.completion is not None and is_true(token, self.completion, self._counts(holder))
        if is_enough or done >= holder.more["t"]:
            self._collect(holder)
            for other in list(holder.inside.values()):
                if other is not token:
                    case.remove(other)
        elif not self.is_parallel:
            self._begin(holder, done, self._items(holder))

    def _counts(self, holder: Token) -> Mapping[str, Any]:
        total, done = holder.more["t"], holder.more["k"]
        active = total - done if self.is_parallel else 1
        own = {"numberOfInstances": total, "numberOfCompletedInstances": done, "numberOfActiveInstances": active}
        others = {"nrOfInstances": total, "nrOfCompletedInstances": done, "nrOfActiveInstances": active}
        return {**own, **others, "numberOfTerminatedInstances": 0}

    def _keep(self, token: Token, holder: Token) -> None:
        """What an instance wrote: its result is kept for the collection, all else is the case's."""
        case = token.workflow
        outer = case.scopes_of(holder)[0]
        written = {name: case.values.get(token.id, name) for name in case.values.all(token.id)}
        written.pop(self.item, None)
        if self.output and self.result:
            value = written.pop(self.result, MISSING)
            results = case.values.get(outer, self.output)
            found = list(results) if isinstance(results, (tuple, list)) and holder.more["k"] > 1 else []
            found += [None] * (token.more["i"] - len(found))
            found[token.more["i"] - 1] = None if value is MISSING else value
            case.values.put(outer, self.output, found)
        for key, value in written.items():
            case.values.put(outer, key, value)

    def _collect(self, holder: Token) -> None:
        """Without any instance the collection of results is empty."""
        if self.output and self.result and not holder.more["t"]:
            case = holder.workflow
            case.values.put(case.scopes_of(holder)[0], self.output, [])

    def _throw(self, token: Token, holder: Token, done: int) -> None:
        """Throw the events of an instance that is done; they are caught on the edge of the activity."""
        thrown = [*self.each, *(self.first if done == 1 else ())]
        for condition, trigger in self.complex:
            if is_true(token, condition, self._counts(holder)):
                thrown.append(trigger)
        for trigger in thrown:
            self._catch(token, holder, trigger)

    def _catch(self, token: Token, holder: Token, thrown: Trigger) -> None:
        """An event of an instance is caught on the edge of the activity beside its other instances, else outside."""
        caught = [
            arm.task_spec
            for arm in holder.arms
            for trigger in triggers_of(arm)
            if trigger.kind == thrown.kind and trigger.name == thrown.name
        ]
        if not caught:
            throw(token, thrown)
        for place in caught:
            token.workflow.enter(place, holder.scope)
