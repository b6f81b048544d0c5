"""The ways out of a choice: values that none or more than one of their conditions is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, islice, product
from math import prod

from bpmn.check.rules import found
from bpmn.errors import BpmnError, UnreadableExpression
from bpmn.expression import Expression, Value, read_expression
from bpmn.expression.coverage import said
from bpmn.expression.evaluate import evaluate
from bpmn.expression.regions import are_whole, standing_for_all, written_beside
from bpmn.expression.tree import Attribute, Between, Compare, Node, RangeOf, path, walk
from bpmn.expression.values import kind_of
from bpmn.model import Model, SequenceFlow
from bpmn.model import Node as FlowNode
from bpmn.problem import MAX_FAULTS, Problem

#: Most gateways in a row whose conditions are looked back at.
MOST_BEFORE = 10
#: Most evaluations the ways of one gateway are tried with.
MOST_POINTS = 2_000


class Ways:
    """The ways out of one gateway or step that can be judged, and the values they are tried with."""

    def __init__(self, model: Model, node: FlowNode, flows: list[SequenceFlow], known: frozenset[str]) -> None:
        self.model = model
        self.node = node
        self.flows = [(flow, condition) for flow in flows if (condition := _decidable(flow, known)) is not None]
        self.is_every = len(self.flows) == len(flows)
        self.before = _on_entry(model, node, known) if len(self.flows) > 1 else None
        self.space: _Space | None = None
        if self.before is not None:
            asked = [condition for _, condition in self.flows]
            self.space = _Space.of([*asked, *(condition for condition, _ in self.before)])

    @property
    def cost(self) -> int:
        """How many values are tried."""
        return self.space.cost if self.space is not None else 1

    def overlaps(self) -> Iterator[Problem]:
        """Two ways that one case could take, each two once."""
        told: set[tuple[int, int]] = set()
        for holding, point in self._tried(is_closed=False):
            for first, second in islice(combinations(holding, 2), MAX_FAULTS):
                if (first, second) not in told:
                    told.add((first, second))
                    pair = {"first": _named(self.flows[first][0]), "second": _named(self.flows[second][0])}
                    yield self._problem("decision-overlap", point, **pair)

    def gap(self) -> Iterator[Problem]:
        """The first case that can take no way, where every way can be judged."""
        if not self.is_every:
            return
        for holding, point in self._tried(is_closed=True):
            if not holding:
                yield self._problem("decision-gap", point)
                return

    def _tried(self, *, is_closed: bool) -> Iterator[tuple[list[int], tuple[Value, ...]]]:
        """Which ways hold for each value that can come."""
        if self.space is None or self.before is None:
            return
        for point in self.space.points(self.before, is_closed=is_closed):
            ways = enumerate(self.flows)
            yield [number for number, (_, condition) in ways if self.space.holds(condition, point)], point

    def _problem(self, problem: str, point: tuple[Value, ...], **details: str) -> Problem:
        text = self.space.text(point) if self.space is not None else ""
        case = (problem, "branches")
        return found(self.model, case, self.node.id, severity="warning", line=0, value=text, **details)


def _on_entry(model: Model, node: FlowNode, known: frozenset[str]) -> list[tuple[Expression, bool]] | None:
    """What surely (does not) hold when a case comes to a gateway straight from others; none where nobody can say."""
    entry: list[tuple[Expression, bool]] = []
    seen = {node.id}
    while len(flows := model.incoming[node.id]) == 1:
        flow, source = flows[0], model.node.get(flows[0].source)
        if source is None or source.id in seen:
            return entry
        if len(seen) > MOST_BEFORE:
            return None
        is_default = flow.id == source.default
        asked = [way for way in model.outgoing[source.id] if way.condition and (way is flow or is_default)]
        for way in asked:
            condition = _decidable(way, known)
            if condition is None:
                return None
            entry.append((condition, not is_default))
        if not source.is_gateway:
            return entry
        seen.add(source.id)
        node = source
    defaults = {source.default for flow in flows if (source := model.node.get(flow.source)) is not None}
    is_asked = any(flow.condition or flow.id in defaults for flow in flows)
    return None if is_asked else entry


def _decidable(flow: SequenceFlow, known: frozenset[str]) -> Expression | None:
    """The condition of a flow, where it is read and only compares names with written values."""
    try:
        expression = read_expression(flow.condition, flow.language, known)
    except UnreadableExpression:
        return None
    return expression if written_beside(expression) is not None else None


def _named(flow: SequenceFlow) -> str:
    return f"“{flow.name.strip()}”" if flow.name.strip() else flow.id


class _Space:
    """The values that make a difference to some conditions."""

    def __init__(self, written: Mapping[Node, list[Value]], conditions: Sequence[Expression]) -> None:
        self.written = written
        #: Whether numbers and dates are compared by order, so that those between the written ones matter too.
        self.is_ordered = any(map(_is_by_order, conditions))
        #: How many evaluations it takes to try every value.
        self.cost = len(conditions) * prod(len(self.values(name, is_closed=False)) for name in written)

    @classmethod
    def of(cls, conditions: Sequence[Expression]) -> _Space | None:
        """The space of the names that conditions read; none where it is too large or a name is part of another."""
        found: dict[Node, dict[tuple[str, str], Value]] = {}
        for condition in conditions:
            for name, values in (written_beside(condition) or {}).items():
                known = found.setdefault(name, {})
                known.update(((kind_of(value), repr(value)), value) for value in values if value is not None)
        written = {name: list(known.values()) for name, known in found.items()}
        space = cls(written, conditions)
        parts = {node.of for node in written if isinstance(node, Attribute)}
        is_apart = not any(part in written for node in parts for part in walk(node))
        return space if written and is_apart and space.cost <= MOST_POINTS else None

    def values(self, name: Node, *, is_closed: bool) -> list[Value]:
        """The values of a name: all that matter, or closed those the conditions speak of.

        What a text can be besides those that are written, nobody said; so it is no gap. Null is not asked for.
        """
        written = self.written[name]
        texts = [value for value in written if isinstance(value, str)]
        others = [value for value in written if not isinstance(value, str)]
        found = standing_for_all(texts, is_closed=is_closed)
        is_closed = is_closed and not self.is_ordered
        return [*found, *standing_for_all(others, is_whole=are_whole(others), is_closed=is_closed)] or [None]

    def points(self, before: list[tuple[Expression, bool]], *, is_closed: bool) -> Iterator[tuple[Value, ...]]:
        """Every combination of values that can come, by what was asked before."""
        for point in product(*(self.values(name, is_closed=is_closed) for name in self.written)):
            if all(self.holds(condition, point) is is_true for condition, is_true in before):
                yield point

    def holds(self, condition: Expression, point: tuple[Value, ...]) -> bool:
        """Whether a condition holds for a combination of values."""
        data: dict[str, object] = {}
        for name, value in zip(self.written, point, strict=True):
            *around, last = path(name)
            place = data
            for part in around:
                place = place.setdefault(part, {})  # type: ignore[assignment]
            place[last] = value
        try:
            return evaluate(condition, data) is True
        except BpmnError:
            return False

    def text(self, point: tuple[Value, ...]) -> str:
        """A combination as people write it."""
        pairs = zip(self.written, point, strict=True)
        return ", ".join(said(".".join(path(name)), value, self.written[name]) for name, value in pairs)


def _is_by_order(condition: Expression) -> bool:
    return any(
        isinstance(node, (Between, RangeOf)) or (isinstance(node, Compare) and node.operator not in ("=", "!="))
        for node in walk(condition.tree)
    )
