"""Conditions and other expressions: what no live case can evaluate, and ways that leave cases out or overlap."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, islice, product
from math import prod

from bpmn.check.rules import found
from bpmn.errors import BpmnError, UnreadableExpression
from bpmn.expression import Expression, Value, dialect_of, names, parse_assignments, read_expression
from bpmn.expression.coverage import said
from bpmn.expression.evaluate import evaluate
from bpmn.expression.regions import standing_for_all, written_beside
from bpmn.expression.tree import Attribute, Between, Compare, Name, Node, RangeOf, walk
from bpmn.expression.values import kind_of
from bpmn.model import Model, SequenceFlow
from bpmn.model import Node as FlowNode
from bpmn.problem import MAX_FAULTS, Problem

#: Most values of all names together that the ways of one gateway are tried with.
MOST_POINTS = 5_000

#: A condition that only asks for one written text or truth value, by far the most frequent.
_PLAIN = re.compile(
    r"(?:[$#]\{)?\s*(?P<name>[^\W\d][\w.]*)\s*={1,2}\s*(?P<value>\"[^\"\\]*\"|'[^'\\]*'|true|false)\s*\}?",
    re.IGNORECASE,
)
#: A timer as ISO 8601 writes it: no expression.
_ISO_TIMER = re.compile(r"\s*(?:-?P[\dT]|R\d*/|\d{4}-\d\d)[\w:.+/-]*\s*", re.ASCII)


def expressions(model: Model) -> Iterator[Problem]:
    """Every expression a live case cannot evaluate; told with `--for run`."""
    known = known_names(model)
    for node in model.nodes:
        if node.script:
            yield from _script(model, node, known)
        for text, language, is_condition in _of_node(node):
            yield from _unreadable(model, node.id, text, language, known, is_condition=is_condition)
    for flow in model.flows:
        if flow.condition:
            yield from _unreadable(model, flow.id, flow.condition, flow.language, known)


def _of_node(node: FlowNode) -> Iterator[tuple[str, str, bool]]:
    """The expressions of a node: text, language, and whether it is a condition."""
    for event in node.events:
        if event.kind == "conditional" and event.expression:
            yield event.expression, event.language, True
        elif event.kind == "timer" and event.expression and not _ISO_TIMER.fullmatch(event.expression):
            yield event.expression, event.language, False
    if node.loop is not None and node.loop.condition:
        yield node.loop.condition, "", True
    if node.loop is not None and node.loop.cardinality:
        yield node.loop.cardinality, "", False


def _script(model: Model, node: FlowNode, known: frozenset[str]) -> Iterator[Problem]:
    """A script runs nowhere, but for assignments in our language."""
    if dialect_of("", node.script_format) != "feel" or "feel" not in node.script_format.lower():
        yield found(model, ("unsafe-expression", "script"), node.id, stops="run")
        return
    try:
        parse_assignments(node.script, known)
    except UnreadableExpression as error:
        yield _told(model, node.id, error)


def _unreadable(
    model: Model, element: str, text: str, language: str, known: frozenset[str], *, is_condition: bool = True
) -> Iterator[Problem]:
    try:
        read_expression(text, language, known, is_condition=is_condition)
    except UnreadableExpression as error:
        yield _told(model, element, error)


def _told(model: Model, element: str, error: UnreadableExpression) -> Problem:
    return found(
        model, ("unsafe-expression", error.rule), element, severity="error", stops="run", line=0, **details_of(error)
    )


def details_of(error: UnreadableExpression) -> dict[str, str]:
    """What the sentence about an expression speaks of."""
    return {
        "value": error.text,
        "position": str(error.position),
        "found": error.found,
        "expected": error.expected,
        "limit": error.limit,
        "dialect": error.dialect,
    }


def known_names(model: Model) -> frozenset[str]:
    """Names of data and materials of a model, whatever signs are in them."""
    return frozenset(filter(None, _declared(model)))


def _declared(model: Model) -> Iterator[str]:
    for data in model.data:
        yield " ".join(data.name.split())
    for node in model.nodes:
        for material in node.materials:
            yield " ".join(material.name.split())


# Ways of a gateway


def branches(model: Model) -> Iterator[Problem]:
    """Exclusive gateways with a case that no way or more than one way is for, where that can be decided."""
    known: frozenset[str] | None = None
    for node in model.nodes:
        if node.kind != "exclusiveGateway":
            continue
        flows = [flow for flow in model.outgoing[node.id] if flow.id != node.default]
        conditional = [flow for flow in flows if flow.condition]
        if len(conditional) < _TWO or _are_plainly_apart(conditional):
            continue
        known = known_names(model) if known is None else known
        is_complete = len(conditional) == len(flows) and not node.default
        yield from _ways(model, node, conditional, known, is_complete=is_complete)


_TWO = 2


def _are_plainly_apart(flows: Sequence[SequenceFlow]) -> bool:
    """Whether each way asks one name for another written value: then they are apart, and need not be read for that."""
    plain = [_PLAIN.fullmatch(flow.condition.strip()) for flow in flows]
    matches = [match for match in plain if match is not None]
    asked = {match["name"] for match in matches}
    values = {match["value"].strip("\"'") for match in matches}
    truths = {value.lower() for value in values} & {"true", "false"}
    return len(values) == len(plain) and len(asked) == 1 and (not truths or len(values) == len(truths) == _TWO)


def _ways(
    model: Model, node: FlowNode, flows: list[SequenceFlow], known: frozenset[str], *, is_complete: bool
) -> Iterator[Problem]:
    judged = [(flow, condition) for flow in flows if (condition := _decidable(flow, known)) is not None]
    before = _on_entry(model, node, known)
    if len(judged) < _TWO or before is None:
        return
    conditions = [condition for _, condition in judged]
    space = _Space.of([*conditions, *(condition for condition, _ in before)])
    if space is None:
        return
    told: set[tuple[int, int]] = set()
    for point in space.points(before, is_closed=False):
        holding = [number for number, condition in enumerate(conditions) if space.holds(condition, point)]
        for first, second in islice(combinations(holding, 2), MAX_FAULTS):
            if (first, second) not in told:
                told.add((first, second))
                ways = {"first": _named(judged[first][0]), "second": _named(judged[second][0])}
                case = ("decision-overlap", "branches")
                yield found(model, case, node.id, severity="warning", line=0, value=space.text(point), **ways)
    if not is_complete or len(judged) < len(flows):
        return
    for point in space.points(before, is_closed=True):
        if not any(space.holds(condition, point) for condition in conditions):
            yield found(model, ("decision-gap", "branches"), node.id, severity="warning", value=space.text(point))
            return


def _on_entry(model: Model, node: FlowNode, known: frozenset[str]) -> list[tuple[Expression, bool]] | None:
    """What surely (does not) hold when a case comes to a gateway straight from others; none where nobody can say."""
    entry: list[tuple[Expression, bool]] = []
    seen = {node.id}
    while len(flows := model.incoming[node.id]) == 1:
        flow, source = flows[0], model.node.get(flows[0].source)
        if source is None or source.id in seen:
            return entry
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
    is_asked = any(flow.condition or flow.id == model.node[flow.source].default for flow in flows)
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

    def __init__(self, written: Mapping[Node, list[Value]], *, is_ordered: bool) -> None:
        self.written = written
        #: Whether numbers and dates are compared by order, so that those between the written ones matter too.
        self.is_ordered = is_ordered

    @classmethod
    def of(cls, conditions: Sequence[Expression]) -> _Space | None:
        """The space of the names that conditions read; none where it is too large or a name is part of another."""
        written: dict[Node, list[Value]] = {}
        for condition in conditions:
            for name, values in (written_beside(condition) or {}).items():
                noted = written.setdefault(name, [])
                seen = {(kind_of(value), value) for value in noted}
                noted += [value for value in values if value is not None and (kind_of(value), value) not in seen]
        is_ordered = any(map(_is_by_order, conditions))
        space = cls(written, is_ordered=is_ordered)
        parts = {node.of for node in written if isinstance(node, Attribute)}
        is_apart = not any(part in written for node in parts for part in walk(node))
        points = prod(len(space.values(name, is_closed=False)) for name in written)
        return space if written and is_apart and points * len(conditions) <= MOST_POINTS else None

    def values(self, name: Node, *, is_closed: bool) -> list[Value]:
        """The values of a name: all that matter, or closed those the conditions speak of.

        What a text can be besides those that are written, nobody said; so it is no gap. Null is not asked for.
        """
        written = self.written[name]
        texts = [value for value in written if isinstance(value, str)]
        others = [value for value in written if not isinstance(value, str)]
        found = standing_for_all(texts, is_closed=is_closed)
        return [*found, *standing_for_all(others, is_closed=is_closed and not self.is_ordered)] or [None]

    def points(self, before: list[tuple[Expression, bool]], *, is_closed: bool) -> Iterator[tuple[Value, ...]]:
        """Every combination of values that can come, by what was asked before."""
        for point in product(*(self.values(name, is_closed=is_closed) for name in self.written)):
            if all(self.holds(condition, point) is is_true for condition, is_true in before):
                yield point

    def holds(self, condition: Expression, point: tuple[Value, ...]) -> bool:
        """Whether a condition holds for a combination of values."""
        data: dict[str, object] = {}
        for name, value in zip(self.written, point, strict=True):
            *around, last = _path(name)
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
        return ", ".join(said(".".join(_path(name)), value, self.written[name]) for name, value in pairs)


def _path(node: Node) -> list[str]:
    parts: list[str] = []
    while isinstance(node, Attribute):
        parts.append(node.name)
        node = node.of
    return [*([node.name] if isinstance(node, Name) else []), *reversed(parts)]


def _is_by_order(condition: Expression) -> bool:
    return any(
        isinstance(node, (Between, RangeOf)) or (isinstance(node, Compare) and node.operator not in ("=", "!="))
        for node in walk(condition.tree)
    )


# Data


def unwritten(model: Model) -> Iterator[Problem]:
    """Conditions that read declared data which nothing in the file writes.

    Asked only of names the file declares as data, and only where it says of some data who writes it: what a form or a
    tool puts into a case is not declared, and nobody misses it here.
    """
    written = _written(model)
    if not written:
        return
    missing = {name for name in map(_plain_name, (data.name for data in model.data)) if name} - written
    if not missing:
        return
    known = known_names(model)
    for flow in model.flows:
        if not any(name in flow.condition for name in missing):
            continue
        try:
            read = names(read_expression(flow.condition, flow.language, known))
        except UnreadableExpression:
            continue
        for name in sorted(read & missing):
            yield found(model, ("data-not-available", "condition"), flow.id, severity="warning", value=name)


def _plain_name(name: str) -> str:
    return " ".join(name.split())


def _written(model: Model) -> set[str]:
    """Names of data that a step writes, that come in from outside, or that are kept in a register."""
    by_id = {data.id: data for data in model.data}
    names_written: set[str] = set()
    for node in model.nodes:
        for reference in node.writes:
            data = by_id.get(reference)
            if data is not None:
                names_written.add(_plain_name(data.name))
        names_written |= {_plain_name(material.name) for material in node.materials}
    if names_written:
        outside = ("dataInput", "dataStore", "dataStoreReference")
        names_written |= {_plain_name(data.name) for data in model.data if data.kind in outside}
    return names_written - {""}
