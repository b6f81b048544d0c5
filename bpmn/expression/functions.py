"""The functions there are. Where an argument is null or of another kind than the function takes, the result is null."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Protocol

from bpmn.errors import NotProvided
from bpmn.expression.temporal import (
    SHANGHAI,
    aware,
    read_date,
    read_duration,
    read_moment,
    read_time,
    write_duration,
)
from bpmn.expression.tree import Months
from bpmn.expression.values import Value, add, divide, kind_of, less, number, remainder, rounded, same, taken_in

#: Most items of a list and most characters of a text an expression may make.
MAX_ITEMS = 10_000
MAX_TEXT = 100_000
#: Most steps of one evaluation.
MAX_STEPS = 100_000


class WorkingDays(Protocol):
    """The working days of an office: which are, and which day is so many of them later."""

    def between(self, first: date, last: date) -> int:
        """Count the working days after the first day up to the last, which counts."""

    def after(self, start: date, days: int) -> date:
        """The working day that is so many working days after a day, which is not counted."""


@dataclass(frozen=True, kw_only=True)
class Environment:
    """What an expression may ask for beside the data of the case; nothing here reads a clock."""

    #: The moment that `now()` and `today()` give.
    now: datetime | None = None
    #: Where moments without offset are.
    timezone: tzinfo = SHANGHAI
    #: What `working days between` and `add working days` count by.
    calendar: WorkingDays | None = None
    max_steps: int = MAX_STEPS


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function of the language: what it makes of its arguments, and how many it takes."""

    make: Callable[[list[Value], Environment], Value]
    least: int
    most: int

    @property
    def takes(self) -> str:
        """How many arguments it takes, in words of no language."""
        if self.most > MAX_ITEMS:
            return f"≥ {self.least}"
        return str(self.least) if self.least == self.most else f"{self.least}–{self.most}"


def _all_of(kind: type, make: Callable[..., Value]) -> Callable[[list[Value], Environment], Value]:
    """A function whose arguments are all of one kind."""

    def checked(arguments: list[Value], _: Environment) -> Value:
        return make(*arguments) if all(isinstance(argument, kind) for argument in arguments) else None

    return checked


def _texts(make: Callable[..., Value]) -> Callable[[list[Value], Environment], Value]:
    return _all_of(str, make)


def _numbers(make: Callable[..., Value]) -> Callable[[list[Value], Environment], Value]:
    return _all_of(Decimal, make)


def _items(arguments: list[Value]) -> list[Value]:
    """The items of the one list given, or the arguments themselves."""
    if len(arguments) == 1 and isinstance(arguments[0], (list, tuple)):
        return [taken_in(item) for item in arguments[0]]
    return arguments


def _count(arguments: list[Value], _: Environment) -> Value:
    return None if arguments == [None] else Decimal(len(_items(arguments)))


def _sum(arguments: list[Value], _: Environment) -> Value:
    items = _items(arguments)
    total = items[0] if items and kind_of(items[0]) in ("number", "duration", "months") else None
    for item in items[1:]:
        total = add(total, item) if kind_of(item) == kind_of(total) else None
    return total


def _mean(arguments: list[Value], environment: Environment) -> Value:
    return divide(_sum(arguments, environment), Decimal(len(_items(arguments)) or 1))


def _extreme(arguments: list[Value], environment: Environment, *, is_max: bool) -> Value:
    items = _items(arguments)
    best = items[0] if items else None
    if less(best, best, environment.timezone) is None:
        return None
    for item in items[1:]:
        is_better = less(best, item, environment.timezone) if is_max else less(item, best, environment.timezone)
        if is_better is None:
            return None
        best = item if is_better else best
    return best


def _min(arguments: list[Value], environment: Environment) -> Value:
    return _extreme(arguments, environment, is_max=False)


def _max(arguments: list[Value], environment: Environment) -> Value:
    return _extreme(arguments, environment, is_max=True)


def _substring(arguments: list[Value], _: Environment) -> Value:
    text, start, *more = arguments
    first, length = _whole(start), _whole(more[0]) if more else None
    if not isinstance(text, str) or not first or (more and (length is None or length < 0)):
        return None
    begin = first - 1 if first > 0 else max(len(text) + first, 0)
    return text[begin:] if length is None else text[begin : begin + length]


def _whole(value: Value) -> int | None:
    """A whole number of ordinary size, or none."""
    is_whole = isinstance(value, Decimal) and abs(value) < 10**9 and value == value.to_integral_value()
    return int(value) if isinstance(value, Decimal) and is_whole else None


def _number(arguments: list[Value], _: Environment) -> Value:
    return number(arguments[0]) if isinstance(arguments[0], (str, Decimal)) else None


def _string(arguments: list[Value], _: Environment) -> Value:
    return written(arguments[0])


def written(value: Value) -> str | None:
    """How a value is said as text: a number in plain digits, dates and durations as ISO 8601."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return _plain(value)
    if isinstance(value, str):
        return value
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    return write_duration(value) if isinstance(value, (timedelta, Months)) else None


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def _abs(arguments: list[Value], _: Environment) -> Value:
    (value,) = arguments
    if isinstance(value, Months):
        return Months(abs(value.count))
    if isinstance(value, timedelta):
        return abs(value)
    return value.copy_abs() if isinstance(value, Decimal) else None


def _list_contains(arguments: list[Value], environment: Environment) -> Value:
    items, wanted = arguments
    if not isinstance(items, (list, tuple)):
        return None
    return any(same(item, wanted, environment.timezone) for item in items)


def _append(arguments: list[Value], _: Environment) -> Value:
    items, *more = arguments
    return (*items, *more) if isinstance(items, (list, tuple)) else None


def _distinct(arguments: list[Value], environment: Environment) -> Value:
    found: list[Value] = []
    seen: set[tuple[str, Value]] = set()
    for item in _items(arguments):
        if isinstance(item, (bool, Decimal, str)) or item is None:
            is_new = (kind_of(item), item) not in seen
            seen.add((kind_of(item), item))
        else:
            is_new = not any(same(item, other, environment.timezone) for other in found)
        if is_new:
            found.append(item)
    return tuple(found)


def _today(_: list[Value], environment: Environment) -> Value:
    return _moment_now("today()", environment).date()


def _now(_: list[Value], environment: Environment) -> Value:
    return _moment_now("now()", environment)


def _moment_now(text: str, environment: Environment) -> datetime:
    if environment.now is None:
        raise NotProvided(text, "now")
    return _in_zone(environment.now, environment)


def _in_zone(moment: datetime, environment: Environment) -> datetime:
    return aware(moment, environment.timezone).astimezone(environment.timezone)


def _working_days_between(arguments: list[Value], environment: Environment) -> Value:
    first, last = (_day(argument, environment) for argument in arguments)
    if first is None or last is None:
        return None
    calendar = _calendar("working days between(…)", environment)
    if first <= last:
        return Decimal(calendar.between(first, last))
    return Decimal(-calendar.between(last, first))


def _add_working_days(arguments: list[Value], environment: Environment) -> Value:
    start, days = _day(arguments[0], environment), _whole(arguments[1])
    if start is None or days is None or not 0 <= days <= MAX_ITEMS:
        return None
    return _calendar("add working days(…)", environment).after(start, days)


def _calendar(text: str, environment: Environment) -> WorkingDays:
    if environment.calendar is None:
        raise NotProvided(text, "calendar")
    return environment.calendar


def _day(value: Value, environment: Environment) -> date | None:
    if isinstance(value, datetime):
        return _in_zone(value, environment).date()
    return value if isinstance(value, date) else None


def _date(arguments: list[Value], environment: Environment) -> Value:
    (value,) = arguments
    if isinstance(value, str):
        return read_date(value)
    return _day(value, environment)


def _time(arguments: list[Value], _: Environment) -> Value:
    (value,) = arguments
    if isinstance(value, str):
        return read_time(value)
    if isinstance(value, datetime):
        return value.timetz()
    return value if isinstance(value, time) else None


def _date_and_time(arguments: list[Value], _: Environment) -> Value:
    value, *clock = arguments
    if isinstance(value, str) and not clock:
        return read_moment(value)
    if isinstance(value, date) and len(clock) == 1 and isinstance(clock[0], time):
        return datetime.combine(value, clock[0])
    return value if isinstance(value, datetime) and not clock else None


def _duration(arguments: list[Value], _: Environment) -> Value:
    (value,) = arguments
    if isinstance(value, str):
        return read_duration(value)
    return value if isinstance(value, (timedelta, Months)) else None


_ANY_NUMBER = MAX_ITEMS + 1


def _takes(make: Callable[[list[Value], Environment], Value], least: int, most: int | None = None) -> Function:
    return Function(make=make, least=least, most=least if most is None else most)


#: Every function by name.
FUNCTIONS: Mapping[str, Function] = {
    "contains": _takes(_texts(lambda text, part: part in text), 2),
    "starts with": _takes(_texts(lambda text, part: text.startswith(part)), 2),
    "ends with": _takes(_texts(lambda text, part: text.endswith(part)), 2),
    "string length": _takes(_texts(lambda text: Decimal(len(text))), 1),
    "upper case": _takes(_texts(lambda text: text.upper()), 1),
    "lower case": _takes(_texts(lambda text: text.lower()), 1),
    "substring": _takes(_substring, 2, 3),
    "number": _takes(_number, 1),
    "string": _takes(_string, 1),
    "count": _takes(_count, 1, _ANY_NUMBER),
    "sum": _takes(_sum, 1, _ANY_NUMBER),
    "min": _takes(_min, 1, _ANY_NUMBER),
    "max": _takes(_max, 1, _ANY_NUMBER),
    "mean": _takes(_mean, 1, _ANY_NUMBER),
    "floor": _takes(_numbers(lambda value: rounded(value, ROUND_FLOOR)), 1),
    "ceiling": _takes(_numbers(lambda value: rounded(value, ROUND_CEILING)), 1),
    "abs": _takes(_abs, 1),
    "modulo": _takes(_numbers(remainder), 2),
    "list contains": _takes(_list_contains, 2),
    "append": _takes(_append, 2, _ANY_NUMBER),
    "distinct values": _takes(_distinct, 1),
    "today": _takes(_today, 0),
    "now": _takes(_now, 0),
    "working days between": _takes(_working_days_between, 2),
    "add working days": _takes(_add_working_days, 2),
    "date": _takes(_date, 1),
    "time": _takes(_time, 1),
    "date and time": _takes(_date_and_time, 1, 2),
    "duration": _takes(_duration, 1),
}

#: Functions whose result for a written text is known when the expression is read, with an example of that text.
WRITTEN = {
    "date": 'date("2026-10-01")',
    "time": 'time("09:30:00")',
    "date and time": 'date and time("2026-10-01T09:30:00+08:00")',
    "duration": 'duration("P3D")',
}
