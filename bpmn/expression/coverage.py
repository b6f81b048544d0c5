"""What the rules of a table leave open and where they overlap, exactly, or not decided within a budget.

Each input of a table is an axis of finitely many values that stand for all (`bpmn.expression.regions`), and each rule a
box in the space of them. Two rules overlap if they do on every axis. A gap is looked for axis by axis: what matters of
the values chosen so far is only which rules still hold, and of two values that leave A and B with A inside B only the
first is followed, since whoever finds a gap behind B finds one behind A. Deciding whether boxes fill a space is hard in
general, so the states looked at are counted.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from bpmn.expression.evaluate import passes
from bpmn.expression.functions import written as as_text
from bpmn.expression.regions import Ordered, standing_for_all, written_beside
from bpmn.expression.tree import INPUT, Expression, Name
from bpmn.expression.values import Value, kind_of

#: Most texts told one by one.
_MOST_SAID = 4
#: Steps after which a table is not decided.
BUDGET = 2_000_000

_INPUT = Name(name=INPUT)


class NotDecided(Exception):
    """The budget is used up."""


@dataclass(frozen=True, kw_only=True)
class Axis:
    """One input: values that stand for all, and for each rule the set of those that pass, as bits."""

    name: str
    values: tuple[Value, ...]
    #: Values that are written in a cell or allowed; the others stand for whatever lies between and beside them.
    written: tuple[Value, ...]
    passing: tuple[int, ...]
    #: The rules whose cell does more than compare, as bits: nobody can say what passes.
    unknown: int


@dataclass(frozen=True, kw_only=True)
class Point:
    """A value of some of the inputs."""

    at: tuple[tuple[Axis, Value], ...]

    @property
    def text(self) -> str:
        """The point as people write it, in signs of no language."""
        return ", ".join(
            said(one.name, value, one.written) for one, value in self.at if one.written or value is not None
        )


def said(name: str, value: Value, written: Sequence[Value]) -> str:
    """A value of a name; a text that stands for all others is told by those it is not.

    >>> said("amount", True, []), said("state", "c", ["a", "b"])
    ('amount = true', 'state ∉ {"a", "b"}')
    """
    texts = [text for text in written if isinstance(text, str)]
    if isinstance(value, str) and value not in texts:
        return f"{name} ∉ {{{', '.join(map(quoted, texts[:_MOST_SAID]))}{', …' * (len(texts) > _MOST_SAID)}}}"
    return f"{name} = {quoted(value)}"


def quoted(value: Value) -> str:
    """A value as an expression writes it."""
    if isinstance(value, str):
        return f'"{value}"'
    return "null" if value is None else as_text(value) or kind_of(value)


def axis(
    name: str, rows: Sequence[Sequence[Expression | None]], kind: str = "", allowed: Expression | None = None
) -> Axis:
    """The axis of an input: `rows` has the cells of each rule, `None` where one cannot be read."""
    written = _written(rows, allowed)
    wanted = kind.rpartition(" ")[2] if kind == "whole number" else kind
    has_null = allowed is not None and any(value is None for value in _of(allowed))
    kept = [value for value in written if value is None or not wanted or kind_of(value) == wanted]
    kept = [value for value in kept if value is not None or has_null]
    values = standing_for_all([*kept, True] if wanted == "boolean" else kept, is_whole=kind == "whole number")
    if allowed is not None:
        values = [value for value in values if passes(allowed, value, {})]
    grouped = _grouped(values or [None])
    flat = tuple(value for group in grouped for value in group)
    masks: dict[str, int | None] = {}
    passing, unknown = [], 0
    for number, cells in enumerate(rows):
        found = [_mask(cell, grouped, masks) if cell is not None else None for cell in cells]
        unknown |= (1 << number) * any(mask is None for mask in found)
        mask = (1 << len(flat)) - 1
        for part in found:
            mask &= mask if part is None else part
        passing.append(mask)
    return Axis(name=name, values=flat, written=tuple(kept), passing=tuple(passing), unknown=unknown)


def _written(rows: Sequence[Sequence[Expression | None]], allowed: Expression | None) -> list[Value]:
    """Every value that is written in a cell or allowed, each once."""
    cells = {cell.text: cell for row in rows for cell in row if cell is not None}
    found: dict[tuple[str, object], Value] = {}
    for cell in (*cells.values(), *filter(None, (allowed,))):
        for value in _of(cell):
            found.setdefault((kind_of(value), repr(value)), value)
    return list(found.values())


def _of(cell: Expression) -> list[Value]:
    written = written_beside(cell)
    return written.get(_INPUT, []) if written is not None else []


def _grouped(values: list[Value]) -> list[list[Value]]:
    """The values by kind."""
    return [list(group) for _, group in groupby(values, key=kind_of)]


def _mask(cell: Expression, groups: list[list[Value]], masks: dict[str, int | None]) -> int | None:
    """Which values pass a cell, as bits; none where that depends on more than the input."""
    if cell.text not in masks:
        written = written_beside(cell)
        is_plain = written is not None and set(written) <= {_INPUT}
        masks[cell.text] = _passing(cell, groups, written.get(_INPUT, [])) if written is not None and is_plain else None
    return masks[cell.text]


def _passing(cell: Expression, groups: list[list[Value]], written: list[Value]) -> int:
    """Ask a cell about one value of each stretch it can tell apart: at what is written in it, and between."""
    mask, start = 0, 0
    for group in groups:
        kind = kind_of(group[0])
        for first, last in _pieces(kind, group, [value for value in written if kind_of(value) == kind]):
            if passes(cell, group[first], {}):
                mask |= ((1 << (last - first)) - 1) << (start + first)
        start += len(group)
    return mask


def _pieces(kind: str, group: list[Value], written: list[Value]) -> Iterator[tuple[int, int]]:
    """The stretches of a group that a cell cannot tell apart, as positions from and to."""
    if kind in ("boolean", "null", "list", "context"):
        yield from ((at, at + 1) for at in range(len(group)))
        return
    edges = {0, len(group)}
    for value in written:
        at = bisect_left(group, Ordered(value), key=Ordered)
        edges |= {at, min(at + 1, len(group))}
    ends = sorted(edges)
    yield from pairwise(ends)


def overlaps(axes: Sequence[Axis], rules: int, *, budget: int = BUDGET) -> Iterator[tuple[int, int, Point]]:
    """Every two rules that surely hold for one value, by number from 0, with that value."""
    if rules * (rules - 1) // 2 * max(len(axes), 1) > budget:
        raise NotDecided
    unknown = 0
    for one in axes:
        unknown |= one.unknown
    for first in range(rules):
        for second in range(first + 1, rules):
            if not (unknown >> first | unknown >> second) & 1:
                point = _shared(axes, first, second)
                if point is not None:
                    yield first, second, point


def _shared(axes: Sequence[Axis], first: int, second: int) -> Point | None:
    """A value for which two rules hold."""
    at = []
    for one in axes:
        both = one.passing[first] & one.passing[second]
        if not both:
            return None
        at.append((one, _shown(one, both)))
    return Point(at=tuple(at))


def _shown(one: Axis, mask: int) -> Value:
    """One of some values, rather one that is written than one between."""
    values = [value for number, value in enumerate(one.values) if mask >> number & 1]
    return next((value for value in values if value in one.written), values[0])


def gap(axes: Sequence[Axis], rules: int, *, budget: int = BUDGET) -> Point | None:
    """A value no rule can hold for; none where every value has a rule."""
    everyone = (1 << rules) - 1
    if not rules:
        return Point(at=())
    if not axes:
        return None
    given, axes = axes, sorted(axes, key=lambda one: len(one.values))  # the widest last: nothing is compared there
    choices = [_choices(one, rules) for one in axes]
    seen = {(0, everyone)}
    waiting: list[tuple[int, int, tuple[Value, ...]]] = [(0, everyone, ())]
    while waiting:
        at, active, chosen = waiting.pop()
        left = {active & holding: value for holding, value in choices[at]}
        if 0 in left:
            found = list(zip(axes, (*chosen, left[0]), strict=False))
            return Point(at=tuple(pair for one in given for pair in found if pair[0] is one))
        budget -= len(left) if at + 1 == len(axes) else len(left) ** 2
        if budget < 0:
            raise NotDecided
        for still, value in _smallest(left) if at + 1 < len(axes) else ():
            if (at + 1, still) not in seen:
                seen.add((at + 1, still))
                waiting.append((at + 1, still, (*chosen, value)))
    return None


def _choices(one: Axis, rules: int) -> list[tuple[int, Value]]:
    """The sets of rules that hold for one value, as bits, each with such a value."""
    holding = [one.unknown] * len(one.values)
    for rule in range(rules):
        mask = one.passing[rule]
        while mask:
            lowest = mask & -mask
            holding[lowest.bit_length() - 1] |= 1 << rule
            mask ^= lowest
    found: dict[int, Value] = {}
    for rules_there, value in zip(holding, one.values, strict=True):
        found.setdefault(rules_there, value)
    return list(found.items())


def _smallest(left: dict[int, Value]) -> list[tuple[int, Value]]:
    """The sets that hold no other one."""
    kept: list[tuple[int, Value]] = []
    for still, value in sorted(left.items(), key=lambda item: item[0].bit_count()):
        if not any(still & other == other for other, _ in kept):
            kept.append((still, value))
    return kept
