"""The value of an expression over the data of a case: nothing but the tree is walked, and every step is counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bpmn.errors import NoTruthValue, TooMuchWork
from bpmn.expression.functions import FUNCTIONS, MAX_ITEMS, MAX_TEXT, Environment, written
from bpmn.expression.tree import (
    INPUT,
    And,
    Arithmetic,
    Attribute,
    Between,
    Call,
    Compare,
    ContextOf,
    Expression,
    If,
    Inside,
    ListOf,
    Literal,
    Name,
    Negative,
    Node,
    Not,
    Or,
    Quantified,
    RangeOf,
    Tests,
    Truth,
)
from bpmn.expression.values import (
    Range,
    Value,
    add,
    divide,
    equal,
    kind_of,
    less,
    multiply,
    negative,
    subtract,
    taken_in,
    within,
)


def evaluate(expression: Expression, data: Mapping[str, Any], environment: Environment | None = None) -> Value:
    """The value of an expression; null (`None`) where what it reads is missing or of another kind.

    Raises `TooMuchWork` over the limits and `NotProvided` where it asks for a moment or calendar nobody gave.

    >>> from bpmn.expression import parse
    >>> evaluate(parse('if 金额 >= 100 then "大额" else "小额"'), {"金额": 99.9})
    '小额'
    """
    return _Evaluation(expression, data, environment or Environment()).value(expression.tree)


def holds(expression: Expression, data: Mapping[str, Any], environment: Environment | None = None) -> bool:
    """Whether a condition is true; false and null are both no. Raises `NoTruthValue` where it gives anything else."""
    value = evaluate(expression, data, environment)
    if value is None or isinstance(value, bool):
        return value is True
    raise NoTruthValue(expression.text, written(value) or kind_of(value))


def passes(cell: Expression, value: object, data: Mapping[str, Any], environment: Environment | None = None) -> bool:
    """Whether a value passes the cell of a decision table.

    >>> from bpmn.expression import parse_cell
    >>> cell = parse_cell('"A", "B"')
    >>> passes(cell, "B", {}), passes(cell, "C", {})
    (True, False)
    """
    evaluation = _Evaluation(cell, data, environment or Environment())
    evaluation.bound[INPUT] = taken_in(value)
    return evaluation.value(cell.tree) is True


def measured(
    expression: Expression, data: Mapping[str, Any], environment: Environment, asked: object = None
) -> tuple[Value, int]:
    """The value of an expression, or of a cell asked about a value, and the steps it took."""
    evaluation = _Evaluation(expression, data, environment)
    evaluation.bound[INPUT] = taken_in(asked)
    value = evaluation.value(expression.tree)
    return value, environment.max_steps - evaluation.steps


class _Evaluation:
    """One evaluation: the data, what `some` and `every` bind, and the steps left."""

    def __init__(self, expression: Expression, data: Mapping[str, Any], environment: Environment) -> None:
        self.text = expression.text
        self.data = data
        self.environment = environment
        self.zone = environment.timezone
        self.bound: dict[str, Value] = {}
        self.steps = environment.max_steps

    def value(self, node: Node) -> Value:
        """The value of a node; the tree is at most `MAX_DEPTH` deep, and so is this."""
        self.steps -= 1
        if self.steps < 0:
            raise TooMuchWork(self.text, "steps")
        return _VALUES[type(node)](self, node)

    def name(self, node: Name) -> Value:
        """A value of the case or of a list that is gone through; null where there is none."""
        return self.bound[node.name] if node.name in self.bound else taken_in(self.data.get(node.name))

    def attribute(self, node: Attribute) -> Value:
        """A value of a context; of a list of contexts, the list of their values."""
        of = self.value(node.of)
        if isinstance(of, Mapping):
            return taken_in(of.get(node.name))
        if isinstance(of, (list, tuple)) and all(isinstance(item, Mapping) for item in of):
            self.spend(len(of))
            return tuple(taken_in(item.get(node.name)) for item in of)
        return None

    def spend(self, steps: int) -> None:
        """Count what a list costs beside its node."""
        self.steps -= steps
        if self.steps < 0:
            raise TooMuchWork(self.text, "steps")

    def bounded(self, value: Value) -> Value:
        """A value that was made here, once it is sure that it is not too long."""
        if isinstance(value, str) and len(value) > MAX_TEXT:
            raise TooMuchWork(self.text, "text")
        if isinstance(value, tuple) and len(value) > MAX_ITEMS:
            raise TooMuchWork(self.text, "list")
        return value

    def span(self, node: RangeOf) -> Value:
        """A range whose ends are known; null where one that is written is null."""
        ends = [None if end is None else self.value(end) for end in (node.low, node.high)]
        if any(end is not None and value is None for end, value in zip((node.low, node.high), ends, strict=True)):
            return None
        return Range(low=ends[0], high=ends[1], low_closed=node.low_closed, high_closed=node.high_closed)

    def arithmetic(self, node: Arithmetic) -> Value:
        """A chain from left to right."""
        total = self.value(node.operands[0])
        for operator, operand in zip(node.operators, node.operands[1:], strict=True):
            value = self.value(operand)
            if total is None or value is None:
                total = None
            elif operator == "-":
                total = subtract(total, value, self.zone)
            else:
                total = self.bounded(_OPERATIONS[operator](total, value))
        return total

    def compare(self, node: Compare) -> Value:
        """A comparison: asked of the word null itself it is a check, else null where a side is null."""
        left, right = self.value(node.left), self.value(node.right)
        if node.operator in ("=", "!="):
            if _is_null(node.left) or _is_null(node.right):
                answer: bool | None = left is None and right is None
            else:
                self.spend(_size(left))
                answer = equal(left, right, self.zone)
            return answer if node.operator == "=" or answer is None else not answer
        return self.ordered(node.operator, left, right)

    def ordered(self, operator: str, left: Value, right: Value) -> bool | None:
        """One of `< <= > >=`."""
        if operator[0] == ">":
            left, right = right, left
        before = less(left, right, self.zone)
        return before if before is not False or operator in ("<", ">") else equal(left, right, self.zone)

    def between(self, node: Between) -> Value:
        """A value between two others, both included."""
        value, low, high = self.value(node.value), self.value(node.low), self.value(node.high)
        return _decided((self.ordered("<=", low, value), self.ordered("<=", value, high)), by=False)

    def inside(self, node: Inside) -> Value:
        """Whether a value passes one of the tests."""
        return self.tested(self.value(node.value), node.tests)

    def tests(self, node: Tests) -> Value:
        """Whether the input passes the cell; a cell without tests lets everything pass."""
        passed = self.tested(self.bound.get(INPUT), node.tests) is True if node.tests else True
        return passed != node.negated

    def tested(self, value: Value, tests: tuple[Node, ...]) -> bool | None:
        """Whether a value passes one of some tests, each a range, a list, a condition or a value to be equal to."""
        return _decided([self.test(value, test) for test in tests], by=True)

    def test(self, value: Value, test: Node) -> bool | None:
        """Whether a value passes one test."""
        if isinstance(test, Truth):
            return truth(self.value(test.condition))
        if _is_null(test):
            return value is None
        wanted = self.value(test)
        if isinstance(wanted, Range):
            return within(value, wanted, self.zone)
        if isinstance(wanted, (list, tuple)) and not isinstance(value, (list, tuple)):
            self.spend(len(wanted))
            if value is None:
                return True if None in wanted else None
            return any(self.is_one(value, taken_in(item)) for item in wanted)
        self.spend(_size(wanted))
        return equal(value, wanted, self.zone)

    def is_one(self, value: Value, item: Value) -> bool:
        """Whether a value is an item of a list, or lies in an item that is a range."""
        if isinstance(item, Range):
            return within(value, item, self.zone) is True
        return equal(value, item, self.zone) is True

    def choice(self, node: If) -> Value:
        """One of two values."""
        return self.value(node.then if self.value(node.condition) is True else node.otherwise)

    def quantified(self, node: Quantified) -> Value:
        """Whether some or every combination of items satisfies the condition."""
        before = dict(self.bound)
        answer = self.quantify(node, 0)
        self.bound = before
        return answer

    def quantify(self, node: Quantified, at: int) -> bool | None:
        """Go through the list at that place, and for each of its items through those after it."""
        if at == len(node.names):
            return truth(self.value(node.condition))
        items = self.value(node.lists[at])
        if not isinstance(items, (list, tuple)):
            return None
        decided, answer = node.kind == "some", node.kind != "some"
        unknown = False
        for item in items:
            self.bound[node.names[at]] = taken_in(item)
            found = self.quantify(node, at + 1)
            if found is decided:
                return decided
            unknown = unknown or found is None
        return None if unknown else answer

    def call(self, node: Call) -> Value:
        """A function of its arguments."""
        arguments = [self.value(argument) for argument in node.arguments]
        self.spend(sum(map(_size, arguments)))
        if node.function == "distinct values":
            self.spend(_compared(arguments))
        return self.bounded(FUNCTIONS[node.function].make(arguments, self.environment))


def truth(value: Value) -> bool | None:
    """A value as an answer: true, false, or null where it is anything else."""
    return value if isinstance(value, bool) else None


def _is_null(node: Node) -> bool:
    return isinstance(node, Literal) and node.value is None


def _size(value: Value) -> int:
    """What going through a value costs, in steps."""
    if isinstance(value, str):
        return len(value) // _CHARACTERS_A_STEP
    return len(value) if isinstance(value, (list, tuple, Mapping)) else 0


def _compared(arguments: list[Value]) -> int:
    """What comparing each list or context in a list with each other costs, in steps."""
    items = [item for value in arguments if isinstance(value, (list, tuple)) for item in value]
    return sum(isinstance(item, (list, tuple, Mapping)) for item in items) ** 2


def _decided(answers: Iterable[bool | None], *, by: bool) -> bool | None:
    """The answer that decides where one gives it, else null where one is null, else the other answer."""
    unknown = False
    for answer in answers:
        if answer is by:
            return by
        unknown = unknown or answer is None
    return None if unknown else not by


def _opposite(evaluation: _Evaluation, node: Not) -> Value:
    value = evaluation.value(node.value)
    return not value if isinstance(value, bool) else None


def _context(evaluation: _Evaluation, node: ContextOf) -> Value:
    return dict(zip(node.names, map(evaluation.value, node.values), strict=True))


#: Characters of a text that are gone through in the time of one step.
_CHARACTERS_A_STEP = 1_000
_OPERATIONS: dict[str, Callable[[Value, Value], Value]] = {"+": add, "*": multiply, "/": divide}
_VALUES: dict[type, Callable[[_Evaluation, Any], Value]] = {
    Literal: lambda _, node: node.value,
    Name: _Evaluation.name,
    Attribute: _Evaluation.attribute,
    ListOf: lambda evaluation, node: tuple(map(evaluation.value, node.items)),
    ContextOf: _context,
    RangeOf: _Evaluation.span,
    Arithmetic: _Evaluation.arithmetic,
    Negative: lambda evaluation, node: negative(evaluation.value(node.value)),
    Compare: _Evaluation.compare,
    Inside: _Evaluation.inside,
    Between: _Evaluation.between,
    And: lambda evaluation, node: _decided((truth(evaluation.value(part)) for part in node.parts), by=False),
    Or: lambda evaluation, node: _decided((truth(evaluation.value(part)) for part in node.parts), by=True),
    Not: _opposite,
    If: _Evaluation.choice,
    Quantified: _Evaluation.quantified,
    Call: _Evaluation.call,
    Truth: lambda evaluation, node: truth(evaluation.value(node.condition)),
    Tests: _Evaluation.tests,
}
