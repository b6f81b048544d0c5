"""The grammar, read by lark's LALR(1) tables, and the tree built while they run.

lark is imported and its tables are made when the first expression is read, not before. One grammar serves our language
and those of other tools: the lexer of a language gives only the signs it has. The parser keeps its own stack, and the
depth of what it built is measured without recursion.
"""

# ruff: noqa: D102 - each method of a builder is named by the rule of the grammar it serves
from dataclasses import replace as evolve
from difflib import get_close_matches
from functools import cache
from typing import Any, TypeAlias

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedToken
from lark.parsers.lalr_interactive_parser import InteractiveParser

from bpmn.errors import UnreadableExpression
from bpmn.expression.functions import FUNCTIONS, WRITTEN, Environment
from bpmn.expression.lexer import Sign
from bpmn.expression.temporal import read_moment
from bpmn.expression.tree import (
    DECIMAL,
    INPUT,
    MAX_DEPTH,
    And,
    Arithmetic,
    Attribute,
    Between,
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
    Quantified,
    RangeOf,
    Tests,
    Truth,
    depth,
    walk,
)
from bpmn.expression.values import number

GRAMMAR = r"""
?expression: IF expression THEN expression ELSE expression          -> choice
    | disjunction QUESTION expression COLON expression              -> choice
    | SOME binding (COMMA binding)* SATISFIES expression            -> quantified
    | EVERY binding (COMMA binding)* SATISFIES expression           -> quantified
    | disjunction
binding: NAME IN expression

?disjunction: conjunction
    | conjunction (OR conjunction)+                                 -> disjunction
?conjunction: negation
    | negation (AND negation)+                                      -> conjunction
?negation: NOT negation                                             -> negation
    | comparison

?comparison: sum
    | sum operator sum                                              -> compare
    | sum operator sum operator sum                                 -> chain
    | sum IS sum                                                    -> same
    | sum IS NOT sum                                                -> same
    | sum BETWEEN sum AND sum                                       -> between
    | sum IN sum                                                    -> inside
    | sum NOT IN sum                                                -> outside
    | sum IN test                                                   -> inside
    | sum IN LPAR expression COMMA _items RPAR                      -> inside
    | sum IN LPAR test (COMMA _items)? RPAR                         -> inside
!operator: EQ | NE | LT | LE | GT | GE
_items: item (COMMA item)*
?item: expression | test
test: operator sum

?sum: product
    | product ((PLUS | MINUS) product)+                             -> arithmetic
?product: unary
    | unary ((STAR | SLASH) unary)+                                 -> arithmetic
?unary: MINUS unary                                                 -> negative
    | BANG unary                                                    -> negation
    | EMPTY unary                                                   -> empty
    | path
?path: primary
    | path DOT NAME                                                 -> attribute
    | path INDEX expression RSQB                                    -> index
    | path DOT METHOD LPAR [expression (COMMA expression)*] RPAR    -> method
?primary: NUMBER                                                    -> number
    | TEXT                                                          -> text
    | TRUE                                                          -> true
    | FALSE                                                         -> false
    | NULL                                                          -> null
    | NAME                                                          -> name
    | FUNCTION LPAR [expression (COMMA expression)*] RPAR           -> call
    | LPAR expression RPAR                                          -> inner
    | LSQB [expression (COMMA expression)*] RSQB                    -> list
    | LBRACE [entry (COMMA entry)*] RBRACE                          -> context
    | LPAR sum DOTDOT sum (RPAR | RSQB)                             -> range
    | LSQB sum DOTDOT sum (RPAR | RSQB)                             -> range
entry: (NAME | TEXT) COLON expression

cell: _items                                                        -> cell
    | OTHERS LPAR _items RPAR                                       -> others

%declare IF THEN ELSE SOME EVERY SATISFIES AND OR NOT IN IS BETWEEN EQ NE LT LE GT GE PLUS MINUS STAR SLASH BANG EMPTY
%declare QUESTION COLON COMMA DOT DOTDOT LPAR RPAR LSQB RSQB INDEX LBRACE RBRACE
%declare FOR NUMBER TEXT TRUE FALSE NULL NAME FUNCTION METHOD OTHERS
"""

#: How each sign is said where it is missed, the surest first.
_SPOKEN = (
    ("THEN", "then"), ("ELSE", "else"), ("SATISFIES", "satisfies"), ("RPAR", ")"), ("RSQB", "]"), ("RBRACE", "}"),
    ("COLON", ":"), ("COMMA", ","), ("AND", "and"), ("EQ", "="), ("IN", "in"), ("NAME", "x"), ("LPAR", "("),
)  # fmt: skip

#: A value is missed: one of these kinds.
_VALUE = 'x, 3, "…"'

_Part: TypeAlias = Node | Token


def read(kind: str, text: str, found: list[Sign], language: str = "feel") -> Node:
    """The tree of the signs of a text: of an "expression" or of a "cell" of a decision table."""
    if not found:
        raise UnreadableExpression("empty", text, 0)
    parser = _parser(language != "feel").parse_interactive(start=kind)
    try:
        for sign in found:
            parser.feed_token(Token(sign.kind, sign.value, start_pos=sign.position))
        tree: Node = parser.feed_eof()  # type: ignore[no-untyped-call]
    except UnexpectedToken as error:
        raise _unexpected(error.token, parser, text) from None
    except Refusal as error:
        raise UnreadableExpression(error.rule, text, error.position, found=error.found, **error.details) from None
    if depth(tree) > MAX_DEPTH:
        raise UnreadableExpression("too-deep", text, 0, limit=str(MAX_DEPTH))
    return tree


@cache
def _parser(is_foreign: bool) -> Lark:
    builder = ForeignBuilder() if is_foreign else Builder()
    return Lark(GRAMMAR, parser="lalr", lexer="basic", start=["expression", "cell"], transformer=builder)


class Refusal(Exception):
    """A part of an expression that cannot be; the text it stands in is added by `read`."""

    def __init__(self, rule: str, token: Token | Sign, **details: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.found = str(token.value)
        self.position = token.start_pos or 0 if isinstance(token, Token) else token.position
        self.details = details


def _unexpected(token: Token, parser: InteractiveParser, text: str) -> UnreadableExpression:
    """What stands where something else should, and what that is."""
    accepted = _accepted(parser)
    wanted = [_VALUE] if "NUMBER" in accepted else [said for kind, said in _SPOKEN if kind in accepted]
    expected = " / ".join(wanted)
    if token.type == "$END":
        return UnreadableExpression("unfinished", text, len(text), expected=expected)
    return UnreadableExpression("unexpected", text, token.start_pos or 0, found=str(token.value), expected=expected)


def _accepted(parser: InteractiveParser) -> set[str]:
    """The signs that may stand where the parser is."""
    try:
        return set(parser.accepts())  # type: ignore[no-untyped-call]
    except Refusal:
        return set()


@v_args(inline=True)
class Builder(Transformer[Token, Node]):
    """Makes the tree of our language out of what the tables recognise."""

    def choice(self, *parts: _Part) -> Node:
        condition, then, otherwise = _nodes(parts)
        return If(condition=condition, then=then, otherwise=otherwise)

    def quantified(self, word: Token, *parts: Any) -> Node:
        bindings = [part for part in parts if isinstance(part, tuple)]
        (condition,) = _nodes(part for part in parts if not isinstance(part, tuple))
        names = tuple(name for name, _ in bindings)
        lists = tuple(items for _, items in bindings)
        return Quantified(kind=str(word), names=names, lists=lists, condition=condition)

    def binding(self, name: Token, _: Token, items: Node) -> tuple[str, Node]:
        return str(name), items

    def disjunction(self, *parts: _Part) -> Node:
        return Or(parts=_nodes(parts))

    def conjunction(self, *parts: _Part) -> Node:
        return And(parts=_nodes(parts))

    def negation(self, word: Token, value: Node) -> Node:
        raise Refusal("meant", word, expected="not(…)")

    def operator(self, sign: Token) -> Token:
        return sign

    def compare(self, left: Node, sign: Token, right: Node) -> Node:
        return Compare(operator=_OPERATORS[sign.type], left=left, right=right)

    def chain(self, low: Node, first: Token, value: Node, second: Token, high: Node) -> Node:
        raise Refusal("unexpected", second, expected="and")

    def between(self, value: Node, _: Token, low: Node, __: Token, high: Node) -> Node:
        return Between(value=value, low=low, high=high)

    def inside(self, value: Node, *parts: _Part) -> Node:
        """A test that is a condition on the input, `= 3` or `!= 3`, is one on the value here."""
        nodes = _nodes(parts)
        asked = [node.condition for node in nodes if isinstance(node, Truth)]
        conditions: list[Node] = [evolve(part, left=value) for part in asked if isinstance(part, Compare)]
        tests = tuple(node for node in nodes if not isinstance(node, Truth))
        conditions += [Inside(value=value, tests=tests)] if tests else []
        return conditions[0] if len(conditions) == 1 else Or(parts=tuple(conditions))

    def outside(self, value: Node, word: Token, *_: _Part) -> Node:
        raise Refusal("meant", word, expected="not(… in …)")

    def test(self, sign: Token, value: Node) -> Node:
        return _test_of(_OPERATORS[sign.type], value)

    def arithmetic(self, *parts: _Part) -> Node:
        signs = tuple(str(part) for part in parts if isinstance(part, Token))
        return Arithmetic(operators=signs, operands=_nodes(parts))

    def negative(self, _: Token, value: Node) -> Node:
        if isinstance(value, Literal) and (amount := number(value.value)) is not None:
            return Literal(value=DECIMAL.minus(amount))
        return Negative(value=value)

    def attribute(self, of: Node, _: Token, name: Token) -> Node:
        return Attribute(of=of, name=str(name))

    def number(self, sign: Token) -> Node:
        return Literal(value=number(str(sign)))

    def text(self, sign: Token) -> Node:
        return Literal(value=str(sign))

    def true(self, _: Token) -> Node:
        return Literal(value=True)

    def false(self, _: Token) -> Node:
        return Literal(value=False)

    def null(self, _: Token) -> Node:
        return Literal(value=None)

    def name(self, sign: Token) -> Node:
        return Name(name=str(sign))

    def call(self, function: Token, *parts: _Part) -> Node:
        name, arguments = str(function), _nodes(parts)
        if name == "not":
            if len(arguments) != 1:
                raise Refusal("arguments", function, expected="1")
            return Not(value=arguments[0])
        known = FUNCTIONS.get(name)
        if known is None:
            raise Refusal("function", function, expected=", ".join(get_close_matches(name, FUNCTIONS) or FUNCTIONS))
        if not known.least <= len(arguments) <= known.most:
            raise Refusal("arguments", function, expected=known.takes)
        return self._written(function, arguments) or Call(function=name, arguments=arguments)

    def _written(self, function: Token, arguments: tuple[Node, ...]) -> Node | None:
        """A date, time or duration whose text stands there, as the value it is."""
        example = WRITTEN.get(str(function))
        if example is None or len(arguments) != 1 or not isinstance(arguments[0], Literal):
            return None
        if not isinstance(arguments[0].value, str):
            return None
        value = FUNCTIONS[str(function)].make([arguments[0].value], Environment())
        if value is None and str(function) == "date" and read_moment(arguments[0].value) is not None:
            raise Refusal("meant", function, expected="date and time")
        if value is None:
            raise Refusal("literal", function, expected=str(function), limit=example)
        return Literal(value=value)  # type: ignore[arg-type]

    def inner(self, _: Token, value: Node, __: Token) -> Node:
        return value

    def list(self, *parts: _Part) -> Node:
        return ListOf(items=_nodes(parts))

    def context(self, *parts: Any) -> Node:
        entries = [part for part in parts if isinstance(part, tuple)]
        return ContextOf(names=tuple(name for name, _ in entries), values=tuple(value for _, value in entries))

    def entry(self, name: Token, _: Token, value: Node) -> tuple[str, Node]:
        return str(name), value

    def range(self, first: Token, low: Node, _: Token, high: Node, last: Token) -> Node:
        return RangeOf(low=low, high=high, low_closed=first.type == "LSQB", high_closed=last.type == "RSQB")

    def cell(self, *parts: _Part) -> Node:
        return Tests(tests=tuple(_as_test(node) for node in _nodes(parts)))

    def others(self, *parts: _Part) -> Node:
        return Tests(tests=tuple(_as_test(node) for node in _nodes(parts)), negated=True)


_OPERATORS = {"EQ": "=", "NE": "!=", "LT": "<", "LE": "<=", "GT": ">", "GE": ">="}


def _nodes(parts: Any) -> tuple[Node, ...]:
    """The nodes among the parts of a rule: signs and what is left out have no meaning of their own."""
    return tuple(part for part in parts if part is not None and not isinstance(part, Token))


def _test_of(operator: str, value: Node) -> Node:
    """The test a lone comparison is: `< 5` holds for what is in a range without lower end."""
    if operator in ("=", "!="):
        return Truth(condition=Compare(operator=operator, left=Name(name=INPUT), right=value))
    low, high = (None, value) if operator[0] == "<" else (value, None)
    closed = operator.endswith("=")
    return RangeOf(low=low, high=high, low_closed=closed and high is None, high_closed=closed and low is None)


def _as_test(node: Node) -> Node:
    """An expression that speaks of the input is a condition of its own; any other is a value to compare with."""
    is_condition = any(isinstance(part, Name) and part.name == INPUT for part in walk(node))
    return Truth(condition=node) if is_condition and not isinstance(node, Truth) else node


@v_args(inline=True)
class ForeignBuilder(Builder):
    """Makes a tree out of what other tools write, in our nodes; `bpmn.expression.foreign` makes it exact afterwards."""

    def negation(self, _: Token, value: Node) -> Node:
        return Not(value=value)

    def chain(self, low: Node, first: Token, value: Node, second: Token, high: Node) -> Node:
        return And(parts=(self.compare(low, first, value), self.compare(value, second, high)))

    def same(self, left: Node, word: Token, *parts: _Part) -> Node:
        right = _nodes(parts)[0]
        if not isinstance(right, Literal) or not (right.value is None or isinstance(right.value, bool)):
            raise Refusal("foreign", word)
        return Compare(operator="=" if len(parts) == 1 else "!=", left=left, right=right)

    def outside(self, value: Node, word: Token, *parts: _Part) -> Node:
        return Not(value=Inside(value=value, tests=_nodes(parts)))

    def empty(self, _: Token, value: Node) -> Node:
        return Call(function="empty", arguments=(value,))

    def index(self, of: Node, sign: Token, key: Node, _: Token) -> Node:
        if not isinstance(key, Literal) or not isinstance(key.value, str):
            raise Refusal("foreign", sign)
        return Attribute(of=of, name=key.value)

    def method(self, of: Node, _: Token, name: Token, *parts: _Part) -> Node:
        arguments = _nodes(parts)
        translated = _METHODS.get(str(name))
        if translated is None or len(arguments) != 1:
            raise Refusal("foreign", name)
        if str(name) == "getVariable":
            return self._variable(of, name, arguments[0])
        if str(name) == "equals":
            return Compare(operator="=", left=of, right=arguments[0])
        return Call(function=translated, arguments=(of, *arguments))

    def _variable(self, of: Node, word: Token, name: Node) -> Node:
        is_case = isinstance(of, Name) and of.name == "execution"
        if not is_case or not isinstance(name, Literal) or not isinstance(name.value, str):
            raise Refusal("foreign", word)
        return Name(name=name.value)

    def call(self, function: Token, *parts: _Part) -> Node:
        raise Refusal("foreign", function)


#: Methods of other languages that have an exact counterpart.
_METHODS = {
    "getVariable": "variable", "equals": "equals", "contains": "contains", "startsWith": "starts with",
    "endsWith": "ends with", "startswith": "starts with", "endswith": "ends with",
}  # fmt: skip
