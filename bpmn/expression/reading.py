"""Reading an expression: of our language, or of another tool's where it means exactly the same in ours."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache

from bpmn.errors import UnreadableExpression
from bpmn.expression.foreign import TRANSLATED, Translation, definition_in, dialect_of, unwrapped
from bpmn.expression.lexer import Sign, foreign_signs, refuse_long, signs
from bpmn.expression.tree import MAX_LENGTH, Expression, Node, Tests

_NO_NAMES: frozenset[str] = frozenset()


@lru_cache(maxsize=4_096)
def parse(text: str, known: frozenset[str] = _NO_NAMES) -> Expression:
    """Read an expression of our language, or say where it fails and what to write there.

    `known` are names with keywords or signs in them that the caller knows, such as the inputs of a decision.

    >>> parse("金额 > 3").tree.operator
    '>'
    """
    return Expression(text=text, tree=_read("expression", text, signs(text, known)))


@lru_cache(maxsize=4_096)
def parse_cell(text: str, known: frozenset[str] = _NO_NAMES) -> Expression:
    """Read the cell of a decision table: values, ranges and comparisons with commas between; `-` is any value."""
    if text.strip() in ("", "-"):
        return Expression(text=text, tree=Tests(tests=()))
    found = signs(text, known)
    if found and found[0][:2] == ("FUNCTION", "not"):
        found[0] = Sign("OTHERS", "not", found[0].position)
    return Expression(text=text, tree=_read("cell", text, found))


def read_expression(
    text: str, language: str = "", known: frozenset[str] = _NO_NAMES, *, is_condition: bool = True
) -> Expression:
    """Read an expression of any tool: ours, or one that is translated because that is exact.

    Raises `UnreadableExpression`, which names the dialect, where it is neither.

    >>> read_expression('${state == "open"}') .tree == parse('state = "open"').tree
    True
    """
    return _any_language(text, language, known, "condition" if is_condition else "value", "")


def read_cell(
    text: str, language: str = "", known: frozenset[str] = _NO_NAMES, *, input_name: str = "cellInput"
) -> Expression:
    """Read the cell of a decision table of any tool; `input_name` is what the input is called in other languages."""
    if text.strip() in ("", "-"):
        return parse_cell(text)
    return _any_language(text, language, known, "cell", input_name)


def parse_assignments(text: str, known: frozenset[str] = _NO_NAMES) -> tuple[tuple[str, Expression], ...]:
    """Read a script of our language: on each line a name, `=` and the expression whose value it gets.

    >>> [(name, value.text) for name, value in parse_assignments("合计 = 金额 * 2")]
    [('合计', '金额 * 2')]
    """
    if len(text) > MAX_LENGTH * _MOST_LINES:
        raise UnreadableExpression("too-long", text, 0, found=str(len(text)), limit=str(MAX_LENGTH * _MOST_LINES))
    found = []
    for line in filter(str.strip, text.splitlines()):
        name, sign, value = line.partition("=")
        head = signs(name, known)
        if not sign or [part.kind for part in head] != ["NAME"]:
            raise UnreadableExpression("unexpected", line, 0, found=line.strip(), expected="x = …")
        found.append((head[0].value, parse(value.strip(), known)))
    return tuple(found)


#: A script is at most as long as so many of the longest expressions.
_MOST_LINES = 50


def _any_language(text: str, language: str, known: frozenset[str], wanted: str, input_name: str) -> Expression:
    if not text.strip():
        raise UnreadableExpression("empty", text, 0)
    refuse_long(text)
    dialect = dialect_of(text, language)
    try:
        if dialect == "feel":
            return _ours(text, unwrapped(text, dialect), known, wanted, is_sure="feel" in language.lower())
        if dialect not in TRANSLATED:
            raise UnreadableExpression("foreign", text, 0, found=text.strip())
        return _translated(text, unwrapped(text, dialect), dialect, wanted, input_name)
    except UnreadableExpression as error:
        raise definition_in(text) or _meant(text, dialect, known) or error.of(text, dialect) from None


#: What many write and the language has another sign for.
_MEANT = (("<>", "!="), (" 且 ", " and "), (" 或 ", " or "), ("'", '"'), (";", ""))


def _meant(text: str, dialect: str, known: frozenset[str]) -> UnreadableExpression | None:
    """The error that names the one sign to write differently, where with it all of the text is ours."""
    for sign, instead in _MEANT if dialect in ("feel", "other", "juel") else ():
        if sign in text:
            with suppress(UnreadableExpression):
                parse(unwrapped(text.replace(sign, instead), "feel"), known)
                found, place = sign.strip(), text.find(sign) + len(sign) - len(sign.lstrip())
                rule = "meant" if instead else "sign"
                return UnreadableExpression(rule, text, place, found=found, expected=instead.strip())
    return None


def _ours(text: str, body: str, known: frozenset[str], wanted: str, *, is_sure: bool) -> Expression:
    """An expression that looks like ours; where it cannot be read and no label says so, it may be another tool's."""
    try:
        tree = (parse_cell(body, known) if wanted == "cell" else parse(body, known)).tree
    except UnreadableExpression:
        if is_sure:
            raise
        with suppress(UnreadableExpression):
            return _translated(text, body, "other", wanted, "")
        raise
    return Expression(text=text, tree=tree)


def _translated(text: str, body: str, dialect: str, wanted: str, input_name: str) -> Expression:
    is_ours = wanted == "cell" and dialect in ("python", "other")
    tree = _read("cell" if is_ours else "expression", body, foreign_signs(body), dialect)
    translation = Translation(body, dialect, input_name)
    make = {"cell": translation.cell, "condition": translation.true, "value": translation.value}[wanted]
    return Expression(text=text, tree=make(tree), dialect=dialect)


def _read(kind: str, text: str, found: list[Sign], language: str = "feel") -> Node:
    from bpmn.expression.grammar import read

    return read(kind, text, found, language)
