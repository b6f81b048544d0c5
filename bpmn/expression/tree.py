"""What an expression says, as a tree of values: frozen, comparable, picklable, never deeper than `MAX_DEPTH`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import TypeAlias, get_args

#: Longest text that is read.
MAX_LENGTH = 2_000
#: Deepest nesting of a tree.
MAX_DEPTH = 50
#: Most digits of a number.
MAX_DIGITS = 34
#: Numbers are decimal and have 34 digits; what is larger than 10 to the 6,144 is null.
DECIMAL = Context(
    prec=MAX_DIGITS, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[DivisionByZero, InvalidOperation, Overflow]
)
#: The name of the value a cell of a decision table is asked about.
INPUT = "?"


@dataclass(frozen=True, slots=True, order=True)
class Months:
    """A duration in years and months, whose length in days depends on where it begins."""

    count: int


Scalar: TypeAlias = bool | Decimal | str | date | time | datetime | timedelta | Months | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Literal:
    """A value as it is written; dates, times and durations too."""

    value: Scalar


@dataclass(frozen=True, kw_only=True, slots=True)
class Name:
    """A value of the case, by name; `?` is the value a cell of a table is asked about."""

    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Attribute:
    """The value a context has under a name."""

    of: Node
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ListOf:
    """A list."""

    items: tuple[Node, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ContextOf:
    """A context: values by name."""

    names: tuple[str, ...]
    values: tuple[Node, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RangeOf:
    """A range of values; an end that is none is open for ever, as in the test `< 5`."""

    low: Node | None
    high: Node | None
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Arithmetic:
    """A chain of `+ -` or of `* /`, from left to right: one operator before each operand but the first."""

    operators: tuple[str, ...]
    operands: tuple[Node, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Negative:
    """A number or duration with the other sign."""

    value: Node


@dataclass(frozen=True, kw_only=True, slots=True)
class Compare:
    """One of `= != < <= > >=` between two values."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, kw_only=True, slots=True)
class Inside:
    """Whether a value passes one of some tests: `in`."""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Between:
    """Whether a value lies between two others, both included."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, kw_only=True, slots=True)
class And:
    """Whether all parts hold."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Or:
    """Whether one of the parts holds."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Not:
    """The other truth value."""

    value: Node


@dataclass(frozen=True, kw_only=True, slots=True)
class If:
    """One of two values; the second where the condition is false or null."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, kw_only=True, slots=True)
class Quantified:
    """Whether some or every item of one or more lists satisfies a condition."""

    #: "some" or "every".
    kind: str
    names: tuple[str, ...]
    lists: tuple[Node, ...]
    condition: Node


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One of the functions there are."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Truth:
    """A test that is a condition of its own and not a value to be equal to."""

    condition: Node


@dataclass(frozen=True, kw_only=True, slots=True)
class Tests:
    """A cell of a decision table: the input passes where it passes one of the tests, or where there is none."""

    tests: tuple[Node, ...]
    negated: bool = False


Node: TypeAlias = (
    Literal
    | Name
    | Attribute
    | ListOf
    | ContextOf
    | RangeOf
    | Arithmetic
    | Negative
    | Compare
    | Inside
    | Between
    | And
    | Or
    | Not
    | If
    | Quantified
    | Call
    | Truth
    | Tests
)


@dataclass(frozen=True, kw_only=True)
class Expression:
    """An expression that was read once and can be evaluated as often as need be."""

    #: As it was written.
    text: str
    tree: Node
    #: The language it was written in: "feel", or the one it was translated from.
    dialect: str = "feel"


def children(node: Node) -> Iterator[Node]:
    """The nodes right below one."""
    for name in _CHILDREN[type(node)]:
        value = getattr(node, name)
        if isinstance(value, tuple):
            yield from value
        elif value is not None:
            yield value


def walk(tree: Node) -> Iterator[Node]:
    """Every node of a tree, without recursion."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(children(node))


def depth(tree: Node) -> int:
    """How deep a tree is nested, without recursion."""
    deepest, level = 0, [tree]
    while level:
        deepest += 1
        level = [child for node in level for child in children(node)]
    return deepest


def path(node: Node) -> tuple[str, ...]:
    """The names a path such as `a.b` consists of; none where a node is anything else."""
    parts: list[str] = []
    while isinstance(node, Attribute):
        parts.append(node.name)
        node = node.of
    return (node.name, *reversed(parts)) if isinstance(node, Name) else ()


def names(expression: Expression) -> frozenset[str]:
    """The names of the case an expression reads, each the first part of its path.

    >>> from bpmn.expression import parse
    >>> sorted(names(parse("some 人 in 名单 satisfies 人.年龄 > 底线")))
    ['名单', '底线']
    """
    found: set[str] = set()
    waiting: list[tuple[Node, frozenset[str]]] = [(expression.tree, frozenset((INPUT,)))]
    while waiting:
        node, bound = waiting.pop()
        if isinstance(node, Name) and node.name not in bound:
            found.add(node.name)
        elif isinstance(node, Quantified):
            for name, items in zip(node.names, node.lists, strict=True):
                waiting.append((items, bound))
                bound |= {name}
            waiting.append((node.condition, bound))
        else:
            waiting.extend((child, bound) for child in children(node))
    return frozenset(found)


#: Fields that hold no nodes.
_PLAIN = frozenset(
    ("name", "operator", "operators", "kind", "function", "names", "negated", "low_closed", "high_closed")
)


def _parts(kind: type) -> tuple[str, ...]:
    if kind is Literal:
        return ()
    return tuple(field.name for field in fields(kind) if field.name not in _PLAIN)


_CHILDREN: dict[type, tuple[str, ...]] = {kind: _parts(kind) for kind in get_args(Node)}
