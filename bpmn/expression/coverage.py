"""What the rules of a table leave open and where they overlap, exactly, or not decided within a budget.

Each input of a table is an axis of finitely many values that stand for all (`bpmn.expression.regions`), and each rule a
box in the space of them. Two rules overlap if they do on every axis. A gap is looked for axis by axis: what matters of
the values chosen so far is only which rules still hold, and of two values that leave A and B with A inside B only the
first is followed, since whoever finds a gap behind B finds one behind A. Deciding whether boxes fill a space is hard in
general, so the states looked at are counted.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from bpmn.expression.evaluate import passes
from bpmn.expression.functions import written as as_text
from bpmn.expression.regions import Ordered, are_whole, standing_for_all, written_beside
from bpmn.expression.tree import INPUT, Expression, Name
from bpmn.expression.values import Value, kind_of

#: Most texts told one by one.
_MOST_SAID = 4
#: Steps after which a table is not decided.
BUDGET = 2_000_000

#: Most bits of all sets of one axis.
MOST_BITS = 800_000_000
#: Bits of a set that are gone through in the time of one step.
_BITS_A_STEP = 10_000

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
    ('amount = true', 'state ≠ "a" / "b"')
    """
    texts = [text for text in written if isinstance(text, str)]
    if isinstance(value, str) and value not in texts:
        return f"{name} ≠ {' / '.join(map(quoted, texts[:_MOST_SAID]))}{' / …' * (len(texts) > _MOST_SAID)}"
    return f"{name} = {quoted(value)}"


def quoted(value: Value) -> str:
    """A value as an expression writes it."""
    if isinstance(value, str):
        return f'"{value}"'
    return "null" if value is None else as_text(value) or kind_of(value)


def axis(
    name: str, rows: Sequence[Sequence[Expression | None]], kind: str = "", allowed: Expression | None = None
) -> Axis:
    """The axis of an input: `rows` has the cells of each rule, `None` where one cannot be read.

    Without a kind, and with whole numbers only in the cells, nobody knows whether there are broken ones: none is tried.
    """
    kept, values = _values(_written(rows, allowed), kind, allowed)
    groups = [list(group) for _, group in groupby(values, key=kind_of)]
    flat = tuple(value for group in groups for value in group)
    masks: dict[str, int | None] = {}
    passing, unknown = [], 0
    for number, cells in enumerate(rows):
        found = [_mask(cell, groups, masks) if cell is not None else None for cell in cells]
        unknown |= (1 << number) * any(mask is None for mask in found)
        mask = (1 << len(flat)) - 1
        for part in found:
            mask &= mask if part is None else part
        passing.append(mask)
    return Axis(name=name, values=flat, written=tuple(kept), passing=tuple(passing), unknown=unknown)


def _values(written: list[Value], kind: str, allowed: Expression | None) -> tuple[list[Value], list[Value]]:
    """What is written of the kind there is, and the values that stand for all that are allowed."""
    wanted = "number" if kind == "whole number" else kind
    has_null = allowed is not None and any(value is None for value in _of(allowed))
    kept = [value for value in written if (has_null if value is None else wanted in ("", kind_of(value)))]
    is_whole = kind == "whole number" or (not kind and are_whole(kept))
    values = standing_for_all([*kept, True] if wanted == "boolean" else kept, is_whole=is_whole)
    if allowed is not None:
        values = [value for value in values if passes(allowed, value, {})]
    return kept, values or [None]


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
    """Every two rules that surely hold for one value, by number from 0, with that value.

    The rules that share a value with one rule on every axis are those it overlaps with, because rules are boxes.
    """
    _refuse_large(axes, rules)
    known = (1 << rules) - 1
    for one in axes:
        known &= ~one.unknown
    holding = [_holding(one) for one in axes]
    sharing: list[dict[int, int]] = [{} for _ in axes]
    for second in range(rules):
        found = known & ((1 << second) - 1) if known >> second & 1 else 0
        for one, held, shared in zip(axes, holding, sharing, strict=True):
            mask = one.passing[second]
            if found and mask not in shared:
                budget -= mask.bit_count() * (1 + rules // _BITS_A_STEP)
                if budget < 0:
                    raise NotDecided
                shared[mask] = _union(held[at] for at in _bits(mask))
            found &= shared.get(mask, 0)
        for first in _bits(found):
            yield first, second, _shared(axes, first, second)


def masked(axes: Sequence[Axis], rules: int, *, budget: int = BUDGET) -> Iterator[tuple[int, int]]:
    """Every rule that holds only where one before it surely holds too: that one, and the rule, by number from 0."""
    _refuse_large(axes, rules)
    known = (1 << rules) - 1
    for one in axes:
        known &= ~one.unknown
    holding = [_holding(one) for one in axes]
    covering: list[dict[int, int]] = [{} for _ in axes]
    for second in range(rules):
        found = known & ((1 << second) - 1)
        for one, held, covered in zip(axes, holding, covering, strict=True):
            mask = one.passing[second]
            if found and mask not in covered:
                budget -= mask.bit_count() * (1 + rules // _BITS_A_STEP)
                if budget < 0:
                    raise NotDecided
                covered[mask] = _common(held[at] for at in _bits(mask)) if mask else 0
            found &= covered.get(mask, 0)
        if found:
            yield next(_bits(found)), second


def _common(sets: Iterable[int]) -> int:
    found = -1
    for one in sets:
        found &= one
    return found


def _refuse_large(axes: Sequence[Axis], rules: int) -> None:
    """Sets of rules for each value are kept; more than a hundred megabytes of them are not."""
    if any(len(one.values) * rules > MOST_BITS for one in axes):
        raise NotDecided


def _holding(one: Axis) -> list[int]:
    """For each value of an axis, the rules that hold for it, as bits; those nobody can say of are left out."""
    held = [0] * len(one.values)
    for rule, mask in enumerate(one.passing):
        for at in _bits(mask):
            held[at] |= 1 << rule
    return held


def _union(sets: Iterable[int]) -> int:
    found = 0
    for one in sets:
        found |= one
    return found


def _bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _shared(axes: Sequence[Axis], first: int, second: int) -> Point:
    """A value for which two rules hold that overlap."""
    return Point(at=tuple((one, _shown(one, one.passing[first] & one.passing[second])) for one in axes))


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
    _refuse_large(axes, rules)
    given, axes = axes, sorted(axes, key=lambda one: len(one.values))  # the widest last: nothing is compared there
    choices = [_choices(one) for one in axes]
    sure = _sure(axes)
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
            if not still & sure[at + 1] and (at + 1, still) not in seen:
                seen.add((at + 1, still))
                waiting.append((at + 1, still, (*chosen, value)))
    return None


def _choices(one: Axis) -> list[tuple[int, Value]]:
    """The sets of rules that can hold for one value, as bits, each with such a value."""
    found: dict[int, Value] = {}
    for held, value in zip(_holding(one), one.values, strict=True):
        found.setdefault(held | one.unknown, value)
    return list(found.items())


def _sure(axes: Sequence[Axis]) -> list[int]:
    """For each axis, the rules that let everything pass from there on: while one of them holds, there is no gap."""
    sure = [-1]
    for one in reversed(axes):
        full = (1 << len(one.values)) - 1
        everything = _union(1 << rule for rule, mask in enumerate(one.passing) if mask == full)
        sure.append(sure[-1] & (everything | one.unknown))
    return sure[::-1]


def _smallest(left: dict[int, Value]) -> list[tuple[int, Value]]:
    """The sets that hold no other one."""
    kept: list[tuple[int, Value]] = []
    for still, value in sorted(left.items(), key=lambda item: item[0].bit_count()):
        if not any(still & other == other for other, _ in kept):
            kept.append((still, value))
    return kept
