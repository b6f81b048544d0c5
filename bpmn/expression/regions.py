"""Which values make a difference to a condition: finitely many stand for all, so gaps and overlaps are decided exactly.

A condition that only compares names with written values cannot tell two values apart that lie between the same written
ones. So one value for each written one, and one for every stretch between, below and above them, stand for all there
are: evaluating the condition on these decides it for every value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise
from typing import Any

from bpmn.errors import NotProvided, TooMuchWork
from bpmn.expression.evaluate import evaluate
from bpmn.expression.temporal import SHANGHAI, later
from bpmn.expression.tree import (
    DECIMAL,
    INPUT,
    And,
    Between,
    Call,
    Compare,
    Expression,
    If,
    Inside,
    ListOf,
    Literal,
    Months,
    Name,
    Node,
    Not,
    Or,
    RangeOf,
    Tests,
    Truth,
    path,
    walk,
)
from bpmn.expression.values import Range, Value, add, divide, kind_of, less, rounded, subtract, taken_in

#: Values written beside each name; the name is one node of a tree, `?` or `a.b`.
Written = dict[Node, list[Value]]

_INPUT = Name(name=INPUT)
_FINEST = timedelta.resolution


class _Undecidable(Exception):
    """A condition that does more than compare names with written values."""


def written_beside(expression: Expression) -> Written | None:
    """The values each name is compared with; none where the expression does anything else with a name.

    >>> from bpmn.expression import parse
    >>> found = written_beside(parse('金额 > 3 and (状态 = "A" or 金额 < 1)'))
    >>> sorted((name.name, sorted(values)) for name, values in found.items())
    [('状态', ['A']), ('金额', [Decimal('1'), Decimal('3')])]
    """
    found: Written = {}
    waiting = [expression.tree]
    try:
        while waiting:
            waiting.extend(_opened(waiting.pop(), found))
    except _Undecidable:
        return None
    return found


def _opened(node: Node, found: Written) -> Sequence[Node]:
    """The conditions inside one, or what is written beside the names it compares itself."""
    if isinstance(node, (And, Or)):
        return node.parts
    if isinstance(node, Not):
        return (node.value,)
    if isinstance(node, If):
        return (node.condition, node.then, node.otherwise)
    if isinstance(node, Tests):
        return _tested(_INPUT, node.tests, found)
    if isinstance(node, Inside):
        return _tested(node.value, node.tests, found)
    if isinstance(node, Between):
        _note(node.value, (_constant(node.low), _constant(node.high)), found)
    elif isinstance(node, Compare):
        _compared(node, found)
    elif isinstance(node, Call):
        _contained(node, found)
    elif path(node):
        _note(node, (True,), found)
    elif not isinstance(node, Literal):
        raise _Undecidable
    return ()


def _compared(node: Compare, found: Written) -> None:
    if path(node.left):
        _note(node.left, (_constant(node.right),), found)
    elif path(node.right):
        _note(node.right, (_constant(node.left),), found)
    else:
        _constant(node.left)
        _constant(node.right)


def _contained(node: Call, found: Written) -> None:
    """`list contains` of a written list, which is what foreign tests for nothing become."""
    if node.function != "list contains" or not isinstance(node.arguments[0], ListOf):
        raise _Undecidable
    _note(node.arguments[1], [_constant(item) for item in node.arguments[0].items], found)


def _tested(value: Node, tests: tuple[Node, ...], found: Written) -> list[Node]:
    """The tests that are conditions of their own; what the others are written with is noted."""
    _note(value, (), found)
    conditions: list[Node] = []
    for test in tests:
        if isinstance(test, Truth):
            conditions.append(test.condition)
        elif isinstance(test, RangeOf):
            _note(value, [_constant(end) for end in (test.low, test.high) if end is not None], found)
        else:
            _note(value, _flat(_constant(test)), found)
    return conditions


def _flat(value: Value) -> list[Value]:
    """What is written in a value: itself, the ends of a range, the items of a list."""
    found: list[Value] = []
    for item in value if isinstance(value, tuple) else (value,):
        ends = (item.low, item.high) if isinstance(item, Range) else (taken_in(item),)
        found += [end for end in ends if end is not None or not isinstance(item, Range)]
    return found


def _note(name: Node, values: Iterable[Value], found: Written) -> None:
    if not path(name):
        raise _Undecidable
    noted = found.setdefault(name, [])
    for value in values:
        if not _is_known(value, noted):
            noted.append(value)


def _is_known(value: Value, noted: list[Value]) -> bool:
    return any(kind_of(value) == kind_of(other) and value == other for other in noted)


def _constant(node: Node) -> Value:
    """The value of a part that reads nothing: no name, no clock, no calendar."""
    if isinstance(node, Literal):
        return node.value
    if any(isinstance(part, Name) for part in walk(node)):
        raise _Undecidable
    try:
        return evaluate(Expression(text="", tree=node), {})
    except (NotProvided, TooMuchWork):
        raise _Undecidable from None


def standing_for_all(values: Iterable[Value], *, is_whole: bool = False, is_closed: bool = False) -> list[Value]:
    """Values that stand for all of the kinds of some: each of them, and one for each stretch between and beside.

    `is_whole` is for whole numbers only; `is_closed` for a choice between these values and no others. Of null only null
    itself is given.

    >>> standing_for_all([Decimal(3), Decimal(5)])
    [Decimal('2'), Decimal('3'), Decimal('4'), Decimal('5'), Decimal('6')]
    """
    kinds: dict[str, list[Any]] = {}
    for value in values:
        kinds.setdefault(kind_of(value), []).append(value)
    found: list[Value] = []
    for kind, written in kinds.items():
        if kind == "boolean":
            found += [True, False]
        elif kind in ("null", "list", "context") or is_closed:
            found += written
        else:
            found += _stretches(kind, written, is_whole=is_whole)
    return found


def are_whole(values: Iterable[Value]) -> bool:
    """Whether all numbers among some values are whole: then what is asked may be a count, which has no halves."""
    return all(value == value.to_integral_value() for value in values if isinstance(value, Decimal))


def _stretches(kind: str, written: list[Any], *, is_whole: bool) -> list[Value]:
    if kind == "text":
        return sorted({"", *written, *(text + "\0" for text in written)})
    ordered = _in_order(written)
    if kind == "number" and is_whole:
        return _in_order(whole for value in ordered for whole in _wholes(value))
    candidates: list[Any] = [*ordered, *_beside(kind, ordered)]
    return _in_order([value for value in candidates if value is not None])


def _beside(kind: str, ordered: list[Any]) -> Iterator[Value]:
    """One value below, one above, and one between each two."""
    if kind == "number":
        yield subtract(ordered[0], Decimal(1), SHANGHAI)
        yield add(ordered[-1], Decimal(1))
        for first, second in pairwise(ordered):
            yield divide(DECIMAL.add(first, second), Decimal(2))
        return
    for value in ordered:
        yield from _next_to(value)


def _next_to(value: Any) -> Iterator[Value]:
    """The values right before and right after one, at the finest there are."""
    if isinstance(value, Months):
        yield from (Months(value.count - 1), Months(value.count + 1))
    elif isinstance(value, timedelta):
        yield from (subtract(value, _FINEST, SHANGHAI), add(value, _FINEST))
    elif isinstance(value, datetime):
        yield from (later(value, -_FINEST), later(value, _FINEST))
    elif isinstance(value, date):
        yield from (later(value, timedelta(days=-1)), later(value, timedelta(days=1)))
    elif isinstance(value, time):
        around = datetime.combine(date(2000, 1, 1), value)
        yield from (near.timetz() for near in (around - _FINEST, around + _FINEST) if near.date() == around.date())


def _wholes(value: Decimal) -> Iterator[Decimal]:
    """The whole numbers at, right below and right above a number."""
    floor, ceiling = rounded(value, ROUND_FLOOR), rounded(value, ROUND_CEILING)
    if floor is not None and ceiling is not None:
        yield from (floor, ceiling, DECIMAL.add(floor, Decimal(1)), DECIMAL.subtract(ceiling, Decimal(1)))


def _in_order(values: Iterable[Any]) -> list[Any]:
    """Values of one kind in their order, each once."""
    found: list[Any] = []
    for value in sorted(values, key=Ordered):
        if not found or less(found[-1], value, SHANGHAI):
            found.append(value)
    return found


class Ordered:
    """A value as sorting compares it."""

    def __init__(self, value: Value) -> None:
        self.value = value

    def __lt__(self, other: Ordered) -> bool:
        return less(self.value, other.value, SHANGHAI) is True
