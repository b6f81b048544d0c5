"""What other tools write: which language it is, and the same in ours where that is exact.

Exact means: wherever the other language gives an answer at all, ours is true where theirs is and not true where theirs
is not, for values of the kind they are compared with (`a == 3` turns no text into a number here). The other languages
know two answers: `a != "x"` is true where `a` is null, and so is `!(a == "x")`. Ours knows three. So negations are
moved down to the comparisons, and each comparison is asked for its truth or for its falsehood, null included.
Arithmetic, other methods, and whatever calls code are not translated.
"""

from __future__ import annotations

import re

from bpmn.errors import UnreadableExpression
from bpmn.expression.tree import (
    INPUT,
    And,
    Attribute,
    Call,
    Compare,
    ContextOf,
    If,
    Inside,
    ListOf,
    Literal,
    Name,
    Negative,
    Node,
    Not,
    Or,
    RangeOf,
    Tests,
    Truth,
)

#: Languages whose expressions are translated where that is exact; "other" is what several of them read alike.
TRANSLATED = frozenset(("juel", "python", "groovy", "javascript", "other"))

_BY_LABEL = (
    ("feel", "feel"),
    ("zaizao", "feel"),
    ("juel", "juel"),
    ("uel", "juel"),
    ("groovy", "groovy"),
    ("javascript", "javascript"),
    ("ecmascript", "javascript"),
    ("python", "python"),
    ("mvel", "mvel"),
    ("java.com", "java"),
    ("drools", "drools"),
)
_FEEL_ONLY = re.compile(r"\bfor\b.+\breturn\b|\bsatisfies\b|\bthen\b.+\belse\b", re.DOTALL)
_DOUBLE_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", re.DOTALL)
_WRAPPED = re.compile(r"[$#]\{")
_XPATH = re.compile(r"\bgetData(?:Object|Input|Output)\s*\(|(?<![=!<>|&])\$\w|^\s*/|::")
_PYTHON = re.compile(
    r"\b(?:True|False|None|lambda|elif|import|is\s+not|is\s+None|not\s+in|len|timedelta|datetime|__\w+__)\b|\bnot\s+(?!\()\w"
)
_DEFINITION = re.compile(r"\bfunction\s*\(|\(?[\w\s,]*\)?\s*=>|\blambda\b")
_JAVASCRIPT = re.compile(r"===|!==|\b(?:typeof|undefined|function)\b|=>")
_JAVA = re.compile(r"&&|\|\||!(?!=)|\.\w+\s*\(|\?.*:|;")
_FOREIGN = re.compile(r"==|&&|\|\||!(?!=)|'|;|%|\\|\$\{|#\{|`")


def definition_in(text: str) -> UnreadableExpression | None:
    """The error for an expression that defines a function: no sign in it is wrong, and yet it can never be read."""
    found = _DEFINITION.search(_QUOTED.sub(lambda quoted: "_" * len(quoted[0]), text))
    if found is None:
        return None
    return UnreadableExpression("definition", text, found.start(), found=found[0].strip())


def dialect_of(text: str, language: str = "") -> str:
    """The language an expression is written in, by what the file says and by its signs; "feel" where it may be ours.

    >>> dialect_of('${a == "x"}'), dialect_of("= a"), dialect_of("done is None"), dialect_of("a > 3 && b")
    ('juel', 'feel', 'python', 'juel')
    """
    plain = _QUOTED.sub('""', text)
    if _WRAPPED.search(plain):
        return "juel"
    label = language.strip().lower()
    by_label = next((dialect for part, dialect in _BY_LABEL if part in label), "")
    if by_label:
        return by_label
    if label == "js":
        return "javascript"
    if label and "xpath" not in label and "://" not in label:
        return label[:40]
    by_signs = ((_XPATH, "xpath"), (_PYTHON, "python"), (_JAVASCRIPT, "javascript"), (_JAVA, "juel"))
    if (text.lstrip().startswith("=") and not text.lstrip().startswith("==")) or _FEEL_ONLY.search(plain):
        return "feel"
    found = next((dialect for pattern, dialect in by_signs if pattern.search(plain)), "")
    return found or ("other" if _FOREIGN.search(plain) or "'" in _DOUBLE_QUOTED.sub("", text) else "feel")


def unwrapped(text: str, dialect: str) -> str:
    """The expression without what its tool puts around it; an error where text stands beside it."""
    body = text.strip()
    if dialect == "feel":
        return body[1:].strip() if body.startswith("=") and not body.startswith("==") else body
    if not _WRAPPED.match(body):
        return body
    plain = _QUOTED.sub(lambda found: "x" * len(found.group()), body)
    if plain.find("}") != len(plain) - 1:
        raise UnreadableExpression("foreign", text, 0, found=body[:2])
    return body[2:-1].strip()


class Translation:
    """The tree of a foreign expression, made exact."""

    def __init__(self, text: str, dialect: str, input_name: str = "") -> None:
        self.text = text
        self.dialect = dialect
        self.input_name = input_name

    def refuse(self, node: Node) -> UnreadableExpression:
        """The error for a part that has no exact counterpart."""
        return UnreadableExpression("foreign", self.text, 0, found=_SAID.get(type(node), self.text))

    def cell(self, tree: Node) -> Node:
        """A cell of a decision table: each test a value, a range or a condition on the input."""
        if not isinstance(tree, Tests):
            return Tests(tests=(Truth(condition=self.true(tree)),))
        return Tests(tests=tuple(map(self._test, tree.tests)), negated=tree.negated)

    def _test(self, test: Node) -> Node:
        if isinstance(test, Truth):
            return Truth(condition=self.true(test.condition))
        if isinstance(test, RangeOf):
            low, high = (None if end is None else self.value(end) for end in (test.low, test.high))
            return RangeOf(low=low, high=high, low_closed=test.low_closed, high_closed=test.high_closed)
        return self.value(test)

    def value(self, node: Node) -> Node:
        """A value: written, of the case, a list of such, or one of two."""
        if isinstance(node, Literal):
            return node
        if isinstance(node, Name):
            return Name(name=INPUT) if node.name == self.input_name else node
        if isinstance(node, Attribute):
            return Attribute(of=self.value(node.of), name=node.name)
        if isinstance(node, ListOf):
            return ListOf(items=tuple(map(self.value, node.items)))
        if isinstance(node, If):
            return If(
                condition=self.true(node.condition), then=self.value(node.then), otherwise=self.value(node.otherwise)
            )
        if isinstance(node, (Compare, Inside, Not, And, Or, Call)):
            return If(condition=self.true(node), then=Literal(value=True), otherwise=Literal(value=False))
        raise self.refuse(node)

    def true(self, node: Node) -> Node:
        """A condition that is true where the node is."""
        return self._asked(node, is_true=True)

    def false(self, node: Node) -> Node:
        """A condition that is true where the node is not: false or, in their languages, null."""
        return self._asked(node, is_true=False)

    def _asked(self, node: Node, *, is_true: bool) -> Node:
        if isinstance(node, (And, Or)):
            parts = tuple(self._asked(part, is_true=is_true) for part in node.parts)
            return And(parts=parts) if isinstance(node, And) == is_true else Or(parts=parts)
        if isinstance(node, Not):
            return self._asked(node.value, is_true=not is_true)
        if isinstance(node, If):
            branches = [self._asked(part, is_true=is_true) for part in (node.then, node.otherwise)]
            return If(condition=self.true(node.condition), then=branches[0], otherwise=branches[1])
        if isinstance(node, Compare):
            return self._compared(node, is_true=is_true)
        if isinstance(node, Inside):
            return self._inside(node, is_true=is_true)
        if isinstance(node, Call):
            call = self._call(node)
            return call if is_true else Not(value=call)
        return self._plain(node, is_true=is_true)

    def _plain(self, node: Node, *, is_true: bool) -> Node:
        """A value that is true or not by itself."""
        if isinstance(node, Literal):
            if node.value is not None and not isinstance(node.value, bool):
                raise self.refuse(node)
            return Literal(value=(node.value is True) == is_true)
        if not isinstance(node, (Name, Attribute)):
            raise self.refuse(node)
        value = self.value(node)
        return value if is_true else Or(parts=(_is_null(value), Not(value=value)))

    def _call(self, node: Call) -> Node:
        arguments = tuple(map(self.value, node.arguments))
        if node.function != "empty":
            return Call(function=node.function, arguments=arguments)
        nothing = (Literal(value=""), ListOf(items=()), ContextOf(names=(), values=()))
        contained = Call(function="list contains", arguments=(ListOf(items=nothing), arguments[0]))
        return Or(parts=(_is_null(arguments[0]), contained))

    def _compared(self, node: Compare, *, is_true: bool) -> Node:
        answer = _answer(node)
        if answer is not None:
            part, wanted = answer
            return self._asked(part, is_true=wanted == is_true)
        left, right = self.value(node.left), self.value(node.right)
        if node.operator in ("=", "!="):
            return _equality(left, right, is_equal=(node.operator == "=") == is_true)
        return self._ordered(node.operator, left, right, is_true=is_true)

    def _ordered(self, operator: str, left: Node, right: Node, *, is_true: bool) -> Node:
        """A comparison by order: no in most languages where a side is null, but in Groovy null comes first."""
        open_sides = [side for side in (left, right) if not isinstance(side, Literal)]
        if self.dialect == "javascript" or (self.dialect == "groovy" and len(open_sides) > 1):
            raise UnreadableExpression("foreign", self.text, 0, found=operator)
        asked = Compare(operator=operator if is_true else _OPPOSITE[operator], left=left, right=right)
        null_answer = False
        if self.dialect == "groovy" and open_sides:
            null_answer = (operator[0] == "<") == (open_sides[0] is left)
        if null_answer == is_true:
            return Or(parts=(*map(_is_null, open_sides), asked)) if open_sides else asked
        return asked

    def _inside(self, node: Inside, *, is_true: bool) -> Node:
        """Python's `in`: of a list that is written, or of a list or text of the case."""
        value, (where,) = self.value(node.value), node.tests
        if isinstance(where, ListOf):
            contained = [Call(function="list contains", arguments=(self.value(where), value))]
        else:
            kinds = ("list contains", "contains")
            contained = [Call(function=kind, arguments=(self.value(where), value)) for kind in kinds]
        asked: tuple[Node, ...] = tuple(part if is_true else Not(value=part) for part in contained)
        return Or(parts=asked) if len(asked) > 1 else asked[0]


def _answer(node: Compare) -> tuple[Node, bool] | None:
    """What `(a > 3) == true` asks: the comparison inside, and whether it is to hold."""
    if node.operator not in ("=", "!="):
        return None
    for part, other in ((node.left, node.right), (node.right, node.left)):
        is_condition = isinstance(part, (Compare, Inside, Not, And, Or, Call))
        if is_condition and isinstance(other, Literal) and isinstance(other.value, bool):
            return part, other.value == (node.operator == "=")
    return None


def _equality(left: Node, right: Node, *, is_equal: bool) -> Node:
    """Whether two values are (not) equal where null equals null and nothing else."""
    asked = Compare(operator="=" if is_equal else "!=", left=left, right=right)
    nulls = [isinstance(side, Literal) and side.value is None for side in (left, right)]
    open_sides = [side for side in (left, right) if not isinstance(side, Literal)]
    if any(nulls) or not open_sides:
        return asked
    if len(open_sides) == 1:
        return asked if is_equal else Or(parts=(_is_null(open_sides[0]), asked))
    if is_equal:
        return Or(parts=(asked, And(parts=(_is_null(left), _is_null(right)))))
    one_null = (
        And(parts=(_is_null(one), _is_null(other, is_null=False))) for one, other in ((left, right), (right, left))
    )
    return Or(parts=(asked, *one_null))


def _is_null(value: Node, *, is_null: bool = True) -> Node:
    return Compare(operator="=" if is_null else "!=", left=value, right=Literal(value=None))


_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_SAID: dict[type, str] = {Negative: "-", ContextOf: "{"}
