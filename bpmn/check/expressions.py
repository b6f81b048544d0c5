"""Conditions and other expressions: what no live case can evaluate, and ways that leave cases out or overlap.

What reads expressions is imported where the first one has to be read: most files are checked without.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bpmn.check.rules import found
from bpmn.errors import UnreadableExpression
from bpmn.model import Model, Node, SequenceFlow
from bpmn.problem import Problem

#: Most characters of different expressions that are read.
MAX_READ = 1_000_000
#: Most values the conditions of all gateways are tried with.
MAX_TRIED = 100_000
#: A condition that only asks for one written text or truth value, by far the most frequent.
_PLAIN = re.compile(
    r"(?:[$#]\{)?\s*(?P<name>[^\W\d][\w.]*)\s*={1,2}\s*(?P<value>\"[^\"\\]*\"|'[^'\\]*'|true|false)\s*\}?",
    re.IGNORECASE,
)
#: A timer as ISO 8601 writes it: no expression.
ISO_TIMER = re.compile(r"\s*(?:-?P[\dT]|R\d*/|\d{4}-\d\d)[\w:.+/-]*\s*", re.ASCII)


def expressions(model: Model) -> Iterator[Problem]:
    """Every expression a live case cannot evaluate; told with `--for run`."""
    from bpmn.expression import read_expression

    known = known_names(model)
    faults: dict[tuple[str, str, bool], UnreadableExpression | None] = {}
    left = MAX_READ
    for element, text, language, is_condition in _every(model):
        asked = (text, language, is_condition)
        if asked not in faults:
            left -= len(text)
            if left < 0:
                limit = f"{MAX_READ:,}"
                yield found(model, ("unsafe-expression", "too-many"), element, stops="run", limit=limit)
                return
            try:
                read_expression(text, language, known, is_condition=is_condition)
                faults[asked] = None
            except UnreadableExpression as error:
                faults[asked] = error
        fault = faults[asked]
        if fault is not None:
            yield _told(model, element, fault)
    for node in model.nodes:
        if node.script:
            yield from _script(model, node, known)
    yield from _assignments(model)


def _assignments(model: Model) -> Iterator[Problem]:
    """Whom a file names for a step by an expression that cannot be read."""
    from bpmn.assignment import assignments

    for one in assignments(model):
        if one.fault is not None:
            yield _told(model, one.element, one.fault)


def _every(model: Model) -> Iterator[tuple[str, str, str, bool]]:
    """Every expression of a model: its element, text, language, and whether it is a condition."""
    for node in model.nodes:
        for text, language, is_condition in _of_node(node):
            yield node.id, text, language, is_condition
    for detail in model.details:
        if detail.kind in _FOUND_BY and detail.text:
            yield detail.owner, detail.text, "", False
    for flow in model.flows:
        if flow.condition:
            yield flow.id, flow.condition, flow.language, True


#: What finds the values that messages are correlated by.
_FOUND_BY = frozenset(("correlationPropertyRetrievalExpression", "correlationPropertyBinding"))


def _of_node(node: Node) -> Iterator[tuple[str, str, bool]]:
    """The expressions of a node: text, language, and whether it is a condition."""
    for event in node.events:
        if event.kind == "conditional" and event.expression:
            yield event.expression, event.language, True
        elif event.kind == "timer" and event.expression and not ISO_TIMER.fullmatch(event.expression):
            yield event.expression, event.language, False
    if node.completion:
        yield node.completion, "", True
    if node.loop is not None and node.loop.condition:
        yield node.loop.condition, "", True
    if node.loop is not None and node.loop.cardinality:
        yield node.loop.cardinality, "", False
    if node.loop is not None:
        for condition, _ in node.loop.behaviors:
            if condition:
                yield condition, "", True


def _script(model: Model, node: Node, known: frozenset[str]) -> Iterator[Problem]:
    """A script runs nowhere, but for assignments in our language."""
    from bpmn.expression import parse_assignments

    if "feel" not in node.script_format.lower():
        yield found(model, ("unsafe-expression", "script"), node.id, stops="run")
        return
    try:
        parse_assignments(node.script, known)
    except UnreadableExpression as error:
        yield _told(model, node.id, error)


def _told(model: Model, element: str, error: UnreadableExpression) -> Problem:
    return found(
        model, ("unsafe-expression", error.rule), element, severity="error", stops="run", line=0, **details_of(error)
    )


#: Most characters of an expression that a problem quotes.
_QUOTED = 200


def details_of(error: UnreadableExpression) -> dict[str, str]:
    """What the sentence about an expression speaks of."""
    return {
        "value": error.text[:_QUOTED],
        "position": str(error.position),
        "found": error.found,
        "expected": error.expected,
        "limit": error.limit,
        "dialect": error.dialect,
    }


def known_names(model: Model) -> frozenset[str]:
    """Names of data and materials of a model that have signs in them."""
    from bpmn.expression import odd_names

    return odd_names(_declared(model))


def _declared(model: Model) -> Iterator[str]:
    for data in model.data:
        yield _plain_name(data.name)
    for node in model.nodes:
        for material in node.materials:
            yield _plain_name(material.name)


# Ways of a gateway


def branches(model: Model) -> Iterator[Problem]:
    """Choices with a case that no way is for, or at an exclusive gateway more than one, where that can be decided."""
    known: frozenset[str] | None = None
    left = MAX_TRIED
    if sum([bool(flow.condition) for flow in model.flows]) < _TWO:
        return
    for node in model.nodes:
        flows = model.outgoing[node.id]
        if len(flows) < _TWO or (node.is_gateway and node.kind not in _CHOOSING):
            continue
        flows = tuple([flow for flow in flows if flow.id != node.default])
        conditional = [flow for flow in flows if flow.condition]
        if len(conditional) < _TWO or _are_plainly_apart(conditional):
            continue
        from bpmn.check.ways import Ways

        known = known_names(model) if known is None else known
        judged = Ways(model, node, conditional, known)
        left -= judged.cost
        if left < 0:
            yield found(model, ("decision-gap", "branches-not-decided"), node.id, severity="warning")
            return
        if node.kind == "exclusiveGateway":
            yield from judged.overlaps()
        if len(conditional) == len(flows) and not node.default:
            yield from judged.gap()


_TWO = 2
#: Gateways that choose by conditions; steps choose too where all the flows out of them have one.
_CHOOSING = frozenset(("exclusiveGateway", "inclusiveGateway"))


def _are_plainly_apart(flows: Sequence[SequenceFlow]) -> bool:
    """Whether each way asks one name for another written value: then they are apart, and need not be read for that."""
    plain = [_PLAIN.fullmatch(flow.condition.strip()) for flow in flows]
    matches = [match for match in plain if match is not None]
    asked = {match["name"] for match in matches}
    values = {match["value"].strip("\"'") for match in matches}
    truths = {value.lower() for value in values} & {"true", "false"}
    return len(values) == len(plain) and len(asked) == 1 and (not truths or len(values) == len(truths) == _TWO)


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
    first_words = {word.group() for name in missing if (word := _WORD.search(name))}
    readers = [flow for flow in model.flows if first_words.intersection(_WORD.findall(flow.condition[:_SEEN]))]
    if not readers:
        return
    from bpmn.expression import names, read_expression

    known = known_names(model)
    for flow in readers:
        try:
            read = names(read_expression(flow.condition, flow.language, known))
        except UnreadableExpression:
            continue
        for name in sorted(read & missing):
            yield found(model, ("data-not-available", "condition"), flow.id, severity="warning", value=name)


_WORD = re.compile(r"\w+")
#: More of a condition is not read.
_SEEN = 2_000


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
