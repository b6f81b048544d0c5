"""Dates, times and durations: how they are written, and how they are added without losing an hour."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import ROUND_HALF_EVEN, Decimal
from zoneinfo import ZoneInfo

from bpmn.expression.tree import DECIMAL, Months

#: Where a moment without offset is.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

_DATE = r"(\d{4})-(\d{2})-(\d{2})"
_CLOCK = r"(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6})\d{0,3})?)?"
_ZONE = r"(Z|[+-]\d{2}:\d{2}|@[A-Za-z]+(?:[/_+-][A-Za-z0-9]+){0,4})?"
_DATE_TEXT = re.compile(_DATE, re.ASCII)
_TIME_TEXT = re.compile(rf"T?{_CLOCK}{_ZONE}", re.ASCII)
_MOMENT_TEXT = re.compile(rf"{_DATE}T{_CLOCK}{_ZONE}", re.ASCII)
_DURATION_TEXT = re.compile(
    r"(-)?P(?=.)(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?=.)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,12})(?:\.(\d{1,6}))?S)?)?",
    re.ASCII,
)
_MONTHS_TEXT = re.compile(r"(-)?P(?=.)(?:(\d{1,9})Y)?(?:(\d{1,9})M)?", re.ASCII)
_MONTHS_A_YEAR = 12


def read_date(text: str) -> date | None:
    """A date such as `2026-10-01`, or none where the text is no date.

    >>> read_date("2026-02-29") is None, read_date("2028-02-29")
    (True, datetime.date(2028, 2, 29))
    """
    match = _DATE_TEXT.fullmatch(text.strip())
    return _date(match.groups()) if match else None


def _date(parts: tuple[str | None, ...]) -> date | None:
    try:
        return date(*(int(part or 0) for part in parts))
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """A time of day such as `09:30`, `09:30:15` or `09:30:00+08:00`, or none."""
    match = _TIME_TEXT.fullmatch(text.strip())
    return _time(match.groups()) if match else None


def _time(parts: tuple[str | None, ...]) -> time | None:
    hour, minute, second, fraction, zone = parts
    try:
        micro = int((fraction or "0").ljust(6, "0"))
        return time(int(hour or 0), int(minute or 0), int(second or 0), micro, tzinfo=_zone(zone))
    except ValueError:
        return None


def _zone(text: str | None) -> tzinfo | None:
    """The zone a text names; a `ValueError` where there is no such zone."""
    if not text:
        return None
    if text == "Z":
        return UTC
    if text[0] == "@":
        try:
            return ZoneInfo(text[1:])
        except (KeyError, OSError):
            raise ValueError(text) from None
    hours, minutes = int(text[1:3]), int(text[4:6])
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


def read_moment(text: str) -> datetime | None:
    """A date with a time such as `2026-10-01T09:30:00` or `…+08:00`, or none; a date alone is its first moment."""
    match = _MOMENT_TEXT.fullmatch(text.strip())
    day = _date(match.groups()[:3]) if match else read_date(text)
    clock = _time(match.groups()[3:]) if match else time()
    return datetime.combine(day, clock) if day is not None and clock is not None else None


def read_duration(text: str) -> timedelta | Months | None:
    """A duration such as `P3D`, `PT8H30M`, `P2W` or `P1Y6M`, or none; days and months do not mix.

    >>> read_duration("P1DT2H"), read_duration("-P1Y6M"), read_duration("P1M3D")
    (datetime.timedelta(days=1, seconds=7200), Months(count=-18), None)
    """
    match = _DURATION_TEXT.fullmatch(text.strip())
    try:
        if match:
            sign, weeks, days, hours, minutes, seconds, fraction = match.groups()
            found = timedelta(
                weeks=int(weeks or 0), days=int(days or 0), hours=int(hours or 0), minutes=int(minutes or 0),
                seconds=int(seconds or 0), microseconds=int((fraction or "0").ljust(6, "0")),
            )  # fmt: skip
            return -found if sign else found
    except OverflowError:
        return None
    match = _MONTHS_TEXT.fullmatch(text.strip())
    if not match:
        return None
    months = int(match.group(2) or 0) * _MONTHS_A_YEAR + int(match.group(3) or 0)
    return Months(-months if match.group(1) else months)


def aware(moment: datetime, zone: tzinfo) -> datetime:
    """A moment with its zone: the one it has, else the one it is in."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)


def later(value: date | datetime, span: timedelta | Months) -> date | datetime | None:
    """A date or moment moved by a duration; none outside of the years 1 to 9999.

    Hours are real hours, also where clocks are set back. In months it is the same day, else the last of its month.

    >>> later(date(2026, 1, 31), Months(1)), later(date(2026, 1, 1), timedelta(hours=36))
    (datetime.date(2026, 2, 28), datetime.date(2026, 1, 2))
    """
    try:
        if isinstance(span, Months):
            return _months_later(value, span.count)
        if not isinstance(value, datetime):
            return (datetime.combine(value, time()) + span).date()
        if value.tzinfo is None:
            return value + span
        return (value.astimezone(UTC) + span).astimezone(value.tzinfo)
    except (OverflowError, ValueError):
        return None


def _months_later(value: date | datetime, months: int) -> date | datetime:
    year, month = divmod(value.year * _MONTHS_A_YEAR + value.month - 1 + months, _MONTHS_A_YEAR)
    return value.replace(year=year, month=month + 1, day=min(value.day, monthrange(year, month + 1)[1]))


def apart(first: date | datetime, second: date | datetime, zone: tzinfo) -> timedelta:
    """How long it is from the second to the first; a date is its first moment.

    >>> apart(date(2026, 10, 3), date(2026, 10, 1), SHANGHAI)
    datetime.timedelta(days=2)
    """
    if not isinstance(first, datetime) and not isinstance(second, datetime):
        return first - second
    return instant(first, zone) - instant(second, zone)


def instant(value: date | datetime, zone: tzinfo) -> timedelta:
    """How far a moment is from the first of all, in UTC; a date is its first moment."""
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    return moment.replace(tzinfo=None) - datetime.min - (aware(moment, zone).utcoffset() or timedelta())


def on_clock(value: time, span: timedelta) -> time:
    """A time of day moved by a duration, round the clock.

    >>> on_clock(time(23), timedelta(hours=2))
    datetime.time(1, 0)
    """
    return (datetime.combine(date(2000, 1, 1), value) + span % timedelta(days=1)).timetz()


def since_midnight(value: time) -> timedelta:
    """How far a time of day is from midnight, on the clock of its own offset or else of none."""
    offset = value.utcoffset() or timedelta()
    clock = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    return clock - offset


def times(span: timedelta, factor: Decimal) -> timedelta | None:
    """A duration multiplied, to the microsecond; none where it is longer than can be said."""
    try:
        exact = DECIMAL.multiply(Decimal(span // timedelta.resolution), factor).to_integral_value(ROUND_HALF_EVEN)
        return timedelta(microseconds=int(exact)) if abs(exact) < 10**20 else None
    except (ArithmeticError, ValueError):
        return None


def write_duration(span: timedelta | Months) -> str:
    """A duration as ISO 8601 writes it.

    >>> write_duration(timedelta(days=-1, hours=-2, milliseconds=-500)), write_duration(Months(18))
    ('-P1DT2H0.5S', 'P1Y6M')
    """
    if isinstance(span, Months):
        years, months = divmod(abs(span.count), _MONTHS_A_YEAR)
        body = f"{years}Y" * bool(years) + f"{months}M" * bool(months)
        return ("-" if span.count < 0 else "") + f"P{body or '0M'}"
    rest = abs(span)
    minutes, seconds = divmod(rest.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    said = f"{seconds}.{rest.microseconds:06d}".rstrip("0").rstrip(".") if rest.microseconds else str(seconds)
    clock = f"{hours}H" * bool(hours) + f"{minutes}M" * bool(minutes) + f"{said}S" * bool(seconds or rest.microseconds)
    body = f"{rest.days}D" * bool(rest.days) + f"T{clock}" * bool(clock)
    return ("-" if span < timedelta() else "") + f"P{body or 'T0S'}"
