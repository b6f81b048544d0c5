"""Values: what there is, what is equal, what is less, and how they are added. Whatever has no answer is null."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any, TypeAlias

from bpmn.expression.temporal import apart, instant, later, on_clock, since_midnight, times
from bpmn.expression.tree import DECIMAL, MAX_DIGITS, Months


@dataclass(frozen=True, kw_only=True, slots=True)
class Range:
    """A range of values; an end that is none is open for ever."""

    low: Any
    high: Any
    low_closed: bool = True
    high_closed: bool = True


Value: TypeAlias = (
    bool
    | Decimal
    | str
    | date
    | time
    | datetime
    | timedelta
    | Months
    | Range
    | tuple[Any, ...]
    | Mapping[str, Any]
    | None
)

#: Kinds that have an order.
_ORDERED = frozenset(("number", "text", "date", "date-time", "time", "duration", "months"))
_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "boolean"),
    (Decimal, "number"),
    (str, "text"),
    (datetime, "date-time"),
    (date, "date"),
    (time, "time"),
    (timedelta, "duration"),
    (Months, "months"),
    (Range, "range"),
    ((list, tuple), "list"),
    (Mapping, "context"),
)


def kind_of(value: object) -> str:
    """What a value is: "null", "boolean", "number", "text", "date", "date-time", "time", "duration", "list" …"""
    return "null" if value is None else next((kind for types, kind in _KINDS if isinstance(value, types)), "unknown")


def number(value: object) -> Decimal | None:
    """A number out of what stands for one, or none.

    >>> number("012.50"), number(3), number(True), number("1e9")
    (Decimal('12.50'), Decimal('3'), None, None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, int):
        return DECIMAL.create_decimal(value) if value.bit_length() <= 20_000 else None
    if isinstance(value, float):
        return number(Decimal(repr(value)))
    return _number_of_text(value) if isinstance(value, str) else None


def _number_of_text(text: str) -> Decimal | None:
    """The number a text says in plain digits."""
    plain = text.strip()
    digits = plain.removeprefix("-")
    whole, dot, part = digits.partition(".")
    is_number = digits.isascii() and (whole + part).isdigit() and bool(part or not dot)
    if not is_number or len((whole + part).lstrip("0")) > MAX_DIGITS or len(plain) > 2 * MAX_DIGITS:
        return None
    return Decimal(plain)


def taken_in(value: object) -> Value:
    """A value of the case as it is used here: whole and broken numbers become decimals, what is unknown is null."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float, Decimal)):
        return number(value)
    if isinstance(value, list):
        return tuple(value)
    return value if kind_of(value) != "unknown" else None  # type: ignore[return-value]


def equal(left: object, right: object, zone: tzinfo) -> bool | None:
    """Whether two values are equal; null where one is null or they are of different kinds.

    Lists and contexts are equal where all in them is. Moments are equal where they are one instant.
    """
    kind = kind_of(left)
    if kind != kind_of(right) or kind in ("null", "unknown"):
        return None
    return same(left, right, zone)


def same(left: object, right: object, zone: tzinfo) -> bool:
    """Whether two values are one and the same: null is null, and what is of another kind is another."""
    pairs = [(left, right)]
    while pairs:
        first, second = map(taken_in, pairs.pop())
        kind = kind_of(first)
        if kind != kind_of(second):
            return False
        if kind == "list":
            if len(first) != len(second):  # type: ignore[arg-type]
                return False
            pairs.extend(zip(first, second, strict=True))  # type: ignore[arg-type]
        elif isinstance(first, Mapping) and isinstance(second, Mapping):
            if first.keys() != second.keys():
                return False
            pairs.extend((first[key], second[key]) for key in first)
        elif _key(first, zone) != _key(second, zone):
            return False
    return True


def less(left: object, right: object, zone: tzinfo) -> bool | None:
    """Whether the left value comes before the right; null where they have no order."""
    kind = kind_of(left)
    if kind != kind_of(right) or kind not in _ORDERED:
        return None
    return bool(_key(left, zone) < _key(right, zone))


def _key(value: Any, zone: tzinfo) -> Any:
    """What a value is compared by."""
    if isinstance(value, datetime):
        return instant(value, zone)
    if isinstance(value, time):
        return since_midnight(value if value.tzinfo is not None else value.replace(tzinfo=zone))
    return value


def within(value: object, span: Range, zone: tzinfo) -> bool | None:
    """Whether a value lies in a range; null where it cannot be compared with its ends."""
    answers: list[bool | None] = []
    for end, is_closed, is_low in ((span.low, span.low_closed, True), (span.high, span.high_closed, False)):
        if end is not None:
            before = less(end, value, zone) if is_low else less(value, end, zone)
            answers.append(before or (is_closed and equal(value, end, zone)) if before is not None else None)
    if False in answers:
        return False
    return None if None in answers or not answers else True


def add(left: Value, right: Value) -> Value:
    """The sum of two numbers, texts or durations, or a date, moment or time later by a duration."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _decimal(DECIMAL.add, left, right)
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    if isinstance(left, Months) and isinstance(right, Months):
        return Months(left.count + right.count)
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        return _spans(left, right)
    if isinstance(right, (date, time)):
        left, right = right, left
    if isinstance(left, date) and isinstance(right, (timedelta, Months)):
        return later(left, right)
    return on_clock(left, right) if isinstance(left, time) and isinstance(right, timedelta) else None


def _spans(left: timedelta, right: timedelta) -> Value:
    try:
        return left + right
    except OverflowError:
        return None


def subtract(left: Value, right: Value, zone: tzinfo) -> Value:
    """The difference of two numbers, durations, dates, moments or times, or one of these earlier by a duration."""
    if isinstance(left, date) and isinstance(right, date):
        return apart(left, right, zone)
    if isinstance(left, time) and isinstance(right, time):
        return _key(left, zone) - _key(right, zone)  # type: ignore[no-any-return]
    opposite = negative(right)
    return None if opposite is None or isinstance(right, (date, time)) else add(left, opposite)


def negative(value: Value) -> Value:
    """A number or duration with the other sign."""
    if isinstance(value, Decimal):
        return DECIMAL.minus(value)
    if isinstance(value, Months):
        return Months(-value.count)
    try:
        return -value if isinstance(value, timedelta) else None
    except OverflowError:
        return None


def multiply(left: Value, right: Value) -> Value:
    """The product of two numbers, or of a duration and a number."""
    if isinstance(left, Decimal) and not isinstance(right, Decimal):
        left, right = right, left
    if not isinstance(right, Decimal):
        return None
    if isinstance(left, Decimal):
        return _decimal(DECIMAL.multiply, left, right)
    if isinstance(left, timedelta):
        return times(left, right)
    return _months(_decimal(DECIMAL.multiply, Decimal(left.count), right)) if isinstance(left, Months) else None


def divide(left: Value, right: Value) -> Value:
    """The quotient of two numbers or of two durations, or a duration divided by a number; by 0 it is null."""
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        counts = (Decimal(span // timedelta.resolution) for span in (left, right))
        return _decimal(DECIMAL.divide, *counts)
    if isinstance(left, Months) and isinstance(right, Months):
        return _decimal(DECIMAL.divide, Decimal(left.count), Decimal(right.count))
    if not isinstance(right, Decimal):
        return None
    if isinstance(left, Decimal):
        return _decimal(DECIMAL.divide, left, right)
    if isinstance(left, Months):
        return _months(_decimal(DECIMAL.divide, Decimal(left.count), right))
    parts = _decimal(DECIMAL.divide, Decimal(1), right)
    return times(left, parts) if isinstance(left, timedelta) and parts is not None else None


def _months(count: Decimal | None) -> Months | None:
    return Months(int(count)) if count is not None and abs(count) < 10**9 else None


def _decimal(operation: Any, left: Decimal, right: Decimal) -> Decimal | None:
    try:
        result: Decimal = operation(left, right)
    except ArithmeticError:
        return None
    return result


def rounded(value: Decimal, rounding: str) -> Decimal | None:
    """A number without decimals, rounded down (`ROUND_FLOOR`) or up (`ROUND_CEILING`)."""
    try:
        return value.to_integral_value(rounding, DECIMAL)
    except ArithmeticError:
        return None


def remainder(value: Decimal, divisor: Decimal) -> Decimal | None:
    """What is left of a number divided by another; it has the sign of the divisor.

    >>> remainder(Decimal(-12), Decimal(5)), remainder(Decimal(1), Decimal(0))
    (Decimal('3'), None)
    """
    rest = _decimal(DECIMAL.remainder, value, divisor)
    return _decimal(DECIMAL.add, rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest
