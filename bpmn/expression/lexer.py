"""From text to signs, for our own language and for those of other tools; one grammar reads both.

A name of ours may hold blanks, as in `Credit Score`: words that follow each other are one name, since no two operands
ever stand side by side. Names with a keyword or a sign in them (`Pre-Bureau Risk`) are read where the caller knows
them, the longest first.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from bpmn.errors import UnreadableExpression
from bpmn.expression.tree import INPUT, MAX_DEPTH, MAX_DIGITS, MAX_LENGTH

#: Most names with signs in them that are known at once.
MAX_NAMES = 1_000
_KEYWORDS = {
    "and": "AND", "or": "OR", "not": "NOT", "in": "IN", "between": "BETWEEN", "if": "IF", "then": "THEN",
    "else": "ELSE", "some": "SOME", "every": "EVERY", "satisfies": "SATISFIES", "null": "NULL", "true": "TRUE",
    "false": "FALSE",
}  # fmt: skip
_SIGNS = {
    "..": "DOTDOT", "<=": "LE", ">=": "GE", "!=": "NE", "=": "EQ", "<": "LT", ">": "GT", "+": "PLUS", "-": "MINUS",
    "*": "STAR", "/": "SLASH", "(": "LPAR", ")": "RPAR", "[": "LSQB", "]": "RSQB", "{": "LBRACE", "}": "RBRACE",
    ",": "COMMA", ".": "DOT", ":": "COLON",
}  # fmt: skip
#: What the words and signs of other languages mean in the grammar.
_FOREIGN_WORDS = {
    "and": "AND", "or": "OR", "not": "NOT", "in": "IN", "is": "IS", "eq": "EQ", "ne": "NE", "lt": "LT", "le": "LE",
    "gt": "GT", "ge": "GE", "empty": "EMPTY", "null": "NULL", "None": "NULL", "true": "TRUE", "True": "TRUE",
    "false": "FALSE", "False": "FALSE",
}  # fmt: skip
_FOREIGN_SIGNS = {
    "===": "EQ", "!==": "NE", "==": "EQ", "!=": "NE", "<=": "LE", ">=": "GE", "&&": "AND", "||": "OR", "<": "LT",
    ">": "GT", "!": "BANG", "?": "QUESTION", ":": "COLON", "(": "LPAR", ")": "RPAR", "[": "LSQB", "]": "RSQB",
    ",": "COMMA", ".": "DOT", "-": "MINUS",
}  # fmt: skip
#: Words of the listed functions that are keywords elsewhere.
_FUNCTION_NAMES = r"(?:date\s+and\s+time|working\s+days\s+between)(?=\s*\()"
_NUMBER = r"(?P<number>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
_BLANK = r"(?P<blank>\s+)"


def _any_of(signs: Iterable[str]) -> str:
    return "|".join(re.escape(sign) for sign in sorted(signs, key=len, reverse=True))


_OURS = re.compile(
    rf"{_BLANK}|{_NUMBER}"
    r'|(?P<text>"(?:[^"\\]|\\.)*")'
    rf"|(?P<function>{_FUNCTION_NAMES})"
    r"|(?P<word>\?|[^\W\d]\w*)"
    rf"|(?P<sign>{_any_of(_SIGNS)})",
    re.DOTALL,
)
_FOREIGN = re.compile(
    rf"{_BLANK}|{_NUMBER}"
    r"""|(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
    r"|(?P<word>[^\W\d]\w*)"
    rf"|(?P<sign>{_any_of(_FOREIGN_SIGNS)})",
    re.DOTALL,
)
_NEXT_WORD = re.compile(r"\s+(\w+)")
_OPENS = re.compile(r"\s*\(")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
#: After one of these an operand is complete.
_OPERANDS = frozenset(("NAME", "NUMBER", "TEXT", "TRUE", "FALSE", "NULL", "RPAR", "RSQB"))
#: What people write for what is meant.
_INSTEAD = {"≥": ">=", "≤": "<=", "≠": "!=", "×": "*", "÷": "/", "“": '"', "”": '"', "‘": '"', "’": '"', "、": ",",
            "&": "and", "|": "or", "!": "not(…)", "'": '"', "。": "."}  # fmt: skip


#: Words of other languages that are no names, and those that are none between two others.
_CAPITALS = {"AND": "and", "OR": "or", "NOT": "not(…)", "TRUE": "true", "FALSE": "false", "NULL": "null"}
_BETWEEN = {"eq": "=", "ne": "!=", "gt": ">", "lt": "<", "ge": ">=", "le": "<=",
            "且": "and", "并且": "and", "或": "or", "或者": "or"}  # fmt: skip


class Sign(NamedTuple):
    """A piece of an expression: what it is in the grammar, what it says, where it stands."""

    kind: str
    value: str
    position: int


def signs(text: str, known: frozenset[str] = frozenset()) -> list[Sign]:
    """The signs of an expression in our language; `known` are names that may hold keywords and signs."""
    refuse_long(text)
    found: list[Sign] = []
    position = 0
    while position < len(text):
        name = _known_name(text, position, known)
        if name:
            found.append(Sign("NAME", " ".join(name.split()), position))
            position += len(name)
            continue
        match = _OURS.match(text, position)
        if match is None:
            raise _unknown(text, position)
        position = _take(text, match, found)
    return _shallow(text, found)


def _take(text: str, match: re.Match[str], found: list[Sign]) -> int:
    """Add what was matched, and the rest of its name where it is one; tell where it ends."""
    kind, value, start, end = match.lastgroup or "", match.group(), match.start(), match.end()
    if kind == "word" and value in _KEYWORDS:
        is_call = value == "not" and _OPENS.match(text, end) is not None
        found.append(Sign("FUNCTION" if is_call else _KEYWORDS[value], value, start))
    elif value == "for":
        found.append(Sign("FOR", value, start))
    elif kind == "word":
        end = _name_end(text, end) if value != INPUT else end
        name = " ".join(text[start:end].split())
        _refuse_meant(text, start, end, follows=bool(found) and found[-1].kind in _OPERANDS)
        found.append(Sign("FUNCTION" if _OPENS.match(text, end) and value != INPUT else "NAME", name, start))
    elif kind == "function":
        found.append(Sign("FUNCTION", " ".join(value.split()), start))
    elif kind != "blank":
        found.append(_plain(kind, value, start, _SIGNS, text))
    return end


def _refuse_meant(text: str, start: int, end: int, *, follows: bool) -> None:
    """Refuse a name in which words of other languages stand for signs of ours: `a AND b`, `金额 gt 3`, `甲 且 乙`.

    `follows` where an operand stands before the name, so that its first word can be no name.
    """
    words = list(re.finditer(r"\w+", text[start:end]))
    for place, word in enumerate(words):
        is_inside = (follows or place > 0) and place < len(words) - 1
        meant = _CAPITALS.get(word.group()) or (_BETWEEN.get(word.group()) if is_inside else None)
        if meant:
            position = start + word.start()
            raise UnreadableExpression("meant", text, position, found=word.group(), expected=meant)


def _name_end(text: str, end: int) -> int:
    """Where a name ends that goes on as long as words follow that are no keywords."""
    while (match := _NEXT_WORD.match(text, end)) and match.group(1) not in _KEYWORDS:
        end = match.end()
    return end


def _plain(kind: str, value: str, start: int, table: dict[str, str], text: str) -> Sign:
    if kind == "sign":
        return Sign(table[value], value, start)
    if kind == "text":
        return Sign("TEXT", _unescaped(value[1:-1]), start)
    if len(value.replace(".", "").lstrip("0")) > MAX_DIGITS:
        raise UnreadableExpression("digits", text, start, found=value, limit=str(MAX_DIGITS))
    return Sign("NUMBER", value, start)


def foreign_signs(text: str) -> list[Sign]:
    """The signs of an expression in one of the languages other tools use: Java, Python and their kin."""
    refuse_long(text)
    found: list[Sign] = []
    position = 0
    while position < len(text):
        match = _FOREIGN.match(text, position)
        if match is None:
            raise _unknown(text, position)
        kind, value = match.lastgroup or "", match.group()
        if kind == "word" or (kind == "sign" and value in ("?", "[")):
            found.append(_foreign_word(value, text, match, found))
        elif kind != "blank":
            found.append(_plain(kind, value, position, _FOREIGN_SIGNS, text))
        position = match.end()
    return _shallow(text, found)


def _shallow(text: str, found: list[Sign]) -> list[Sign]:
    """The signs, once it is sure that their brackets are not nested too deep."""
    level = 0
    for sign in found:
        level += (sign.value in "([{") - (sign.value in ")]}") if len(sign.value) == 1 and sign.kind != "TEXT" else 0
        if level > MAX_DEPTH:
            raise UnreadableExpression("too-deep", text, sign.position, limit=str(MAX_DEPTH))
    return found


def _foreign_word(value: str, text: str, match: re.Match[str], found: list[Sign]) -> Sign:
    """What a word, `?` or `[` is, by what stands before it."""
    before = found[-1].kind if found else ""
    if value == "[":
        return Sign("INDEX" if before in _OPERANDS else "LSQB", value, match.start())
    if value == INPUT:
        return Sign("QUESTION" if before in _OPERANDS else "NAME", value, match.start())
    if before == "DOT":
        return Sign("METHOD" if _OPENS.match(text, match.end()) else "NAME", value, match.start())
    if value in _FOREIGN_WORDS:
        return Sign(_FOREIGN_WORDS[value], value, match.start())
    return Sign("FUNCTION" if _OPENS.match(text, match.end()) else "NAME", value, match.start())


def refuse_long(text: str) -> None:
    """Raise `UnreadableExpression` for a text over the limit."""
    if len(text) > MAX_LENGTH:
        raise UnreadableExpression("too-long", text, MAX_LENGTH, found=str(len(text)), limit=str(MAX_LENGTH))


def _unknown(text: str, position: int) -> UnreadableExpression:
    """The error for a sign no language here has, with the one that is meant where that is clear."""
    sign = text[position]
    if sign in "\"'" and text.find(sign, position + 1) < 0:
        return UnreadableExpression("unclosed", text, position, found=sign)
    plain = unicodedata.normalize("NFKC", sign)
    meant = _INSTEAD.get(sign) or (plain if plain != sign and plain in _SIGNS else "")
    if meant:
        return UnreadableExpression("meant", text, position, found=sign, expected=meant)
    return UnreadableExpression("sign", text, position, found=sign)


def odd_names(names: Iterable[str]) -> frozenset[str]:
    """The names among some that are not read as one unless they are known, at most a thousand.

    >>> odd_names(["Credit Score", "Pre-Bureau Risk", "terms and conditions"]) == {
    ...     "Pre-Bureau Risk", "terms and conditions"}
    True
    """
    odd = (" ".join(name.split()) for name in names if not _is_plain(name) and len(name) <= MAX_LENGTH)
    return frozenset(islice(odd, MAX_NAMES))


@lru_cache(maxsize=64)
def _names_pattern(known: frozenset[str]) -> re.Pattern[str] | None:
    """A pattern of the odd ones among the known names, the longest first."""
    odd = sorted((name.split() for name in odd_names(known)), key=lambda words: -len(" ".join(words)))
    patterns = [r"\s+".join(map(re.escape, words)) for words in odd]
    return re.compile(rf"(?:{'|'.join(patterns)})(?!\w)") if patterns else None


def _is_plain(name: str) -> bool:
    words = name.split()
    return not words or (
        all(re.fullmatch(r"\w+", word) and word not in _KEYWORDS for word in words) and not words[0][0].isdigit()
    )


def _known_name(text: str, position: int, known: frozenset[str]) -> str:
    """The known name that begins here, if one does."""
    pattern = _names_pattern(known) if known else None
    if pattern is None or (position and (text[position - 1].isalnum() or text[position - 1] == "_")):
        return ""
    match = pattern.match(text, position)
    return match.group() if match else ""


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    plain = _ESCAPE.sub(lambda found: _escape(found.group(1)), text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _escape(code: str) -> str:
    return chr(int(code[1:], 16)) if code[0] == "u" and len(code) > 1 else _ESCAPED.get(code, code)
