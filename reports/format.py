"""Numbers, durations, shares and dates as people read them, and text from files made safe to look at.

The signs are the same in every language: minus is −, a range has –, thousands and units stand behind a narrow gap that
never breaks, dates are ISO, and what is not known is —, never 0.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

#: What stands for a figure nobody knows.
UNKNOWN = "—"
#: The gap between thousands and before a per cent sign: narrow, and no line breaks at it.
GAP = "\u202f"
MINUS = "−"
#: Between before and after; no line breaks at it.
ARROW = "\u00a0→\u00a0"

MINUTE = 60.0
HOUR = 3600.0
CALENDAR_DAY = 86400.0

#: Kinds of characters that turn the direction of the text or cannot be seen at all.
_HIDING = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))


def number(value: float | None, decimals: int | None = None) -> str:
    """Write a number; without `decimals` as many as its size deserves.

    >>> number(20.94), number(0.934), number(142.4), number(None)
    ('20.9', '0.93', '142', '—')
    """
    if value is None or not math.isfinite(value):
        return UNKNOWN
    places = decimals_for(value) if decimals is None else decimals
    text = f"{abs(value):,.{places}f}".replace(",", GAP)
    is_zero = not text.strip("0." + GAP)
    return text if value >= 0 or is_zero else MINUS + text


def decimals_for(value: float) -> int:
    """How many decimals a number of that size deserves: about three figures, none at all for 0."""
    size = abs(value)
    if size >= 99.95 or size == 0:
        return 0
    if size >= 0.995:
        return 1
    return 2 if size >= 0.0095 else 3


def count(value: float | None) -> str:
    """Write a number of things: whole where it is whole.

    >>> count(12.0), count(1.25), count(10000).replace(GAP, " ")
    ('12', '1.2', '10 000')
    """
    if value is None:
        return UNKNOWN
    return number(value, 0) if float(value).is_integer() else number(value)


def change(text: str, cut: float | None) -> str:
    """Put the sign of a change before the amount of a cut: what was cut is less, so it has a minus.

    >>> change("19.9", 19.9), change("2", -2.0), change("0", 0.0)
    ('−19.9', '+2', '0')
    """
    bare = text.lstrip(MINUS)
    if cut is None or not any(letter in "123456789" for letter in bare):
        return bare
    return (MINUS if cut > 0 else "+") + bare


def percent(value: float | None, decimals: int = 1) -> str:
    """Write a per cent.

    >>> percent(95.2153).replace(GAP, " ")
    '95.2 %'
    """
    return UNKNOWN if value is None or not math.isfinite(value) else f"{number(value, decimals)}{GAP}%"


def share(part: int, whole: int) -> str:
    """Write a share in per cent, never rounded up to all or down to none.

    >>> share(9999, 10000).replace(GAP, " "), share(10000, 10000).replace(GAP, " "), share(0, 0)
    ('99.99 %', '100 %', '—')
    """
    if whole == 0:
        return UNKNOWN
    if part in {0, whole}:
        return percent(100.0 * part / whole, 0)
    value = 100.0 * part / whole
    for decimals in (1, 2, 3):
        if 0 < round(value, decimals) < 100:
            return percent(value, decimals)
    return percent(value, 4)


def span(low: str, high: str) -> str:
    """Write a range.

    >>> span("20.4", "21.4")
    '20.4–21.4'
    """
    return low if low == high else f"{low}–{high}"


def adding_up(values: Sequence[float], decimals: int) -> list[float]:
    """Round parts so that, as printed, they add up to their printed sum (the largest remainders are rounded up).

    >>> adding_up([3.14, 5.34, 12.44, 65.48], 1)
    [3.2, 5.3, 12.4, 65.5]
    """
    unit = 10.0**-decimals
    floors = [math.floor(value / unit + 1e-9) for value in values]
    missing = round(sum(values) / unit) - sum(floors)
    by_remainder = sorted(range(len(values)), key=lambda place: floors[place] - values[place] / unit)
    for place in by_remainder[: max(missing, 0)]:
        floors[place] += 1
    return [round(floor * unit, decimals) for floor in floors]


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The unit a set of durations is told in, so that all of them can be compared by eye."""

    #: Key of the unit's word: "minute", "hour", "workday" of office time; "clock-minute", "clock-hour", "day" of the
    #: calendar.
    unit: str
    #: Its length.
    seconds: float

    def value(self, seconds: float) -> float:
        """The duration in this unit."""
        return seconds / self.seconds

    def text(self, seconds: float | None, decimals: int | None = None) -> str:
        """The duration in this unit, without the unit.

        >>> Scale(unit="hour", seconds=3600).text(75240)
        '20.9'
        """
        return UNKNOWN if seconds is None else number(seconds / self.seconds, decimals)


def office_scale(longest: float | None, day_seconds: float) -> Scale:
    """Choose the unit of office time in which a set of durations is read best, by the longest of them.

    >>> office_scale(3240, 25200).unit, office_scale(75240, 25200).unit, office_scale(504000, 25200).unit
    ('minute', 'hour', 'workday')
    """
    if longest is not None and 0 < longest < 1.5 * HOUR:
        return Scale(unit="minute", seconds=MINUTE)
    if longest is None or day_seconds <= 0 or longest < 5 * day_seconds:
        return Scale(unit="hour", seconds=HOUR)
    return Scale(unit="workday", seconds=day_seconds)


def calendar_scale(longest: float | None) -> Scale:
    """Choose the unit of calendar time in which a set of durations is read best, by the longest of them.

    >>> calendar_scale(311040).unit, calendar_scale(864000).unit
    ('clock-hour', 'day')
    """
    if longest is not None and 0 < longest < 1.5 * HOUR:
        return Scale(unit="clock-minute", seconds=MINUTE)
    if longest is None or longest < 5 * CALENDAR_DAY:
        return Scale(unit="clock-hour", seconds=HOUR)
    return Scale(unit="day", seconds=CALENDAR_DAY)


def day(moment: date) -> str:
    """Write a date.

    >>> day(date(2026, 11, 24))
    '2026-11-24'
    """
    return f"{moment:%Y-%m-%d}"


def minute(moment: datetime) -> str:
    """Write an instant to the minute.

    >>> minute(datetime(2026, 1, 4, 9))
    '2026-01-04 09:00'
    """
    return f"{moment:%Y-%m-%d %H:%M}"


def clock(seconds: int) -> str:
    """Write a time of the day.

    >>> clock(32400), clock(86400)
    ('09:00', '24:00')
    """
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"


def sentence(text: str) -> str:
    """Begin a text with a capital letter, where its script has any.

    >>> sentence("remove step"), sentence("取消环节")
    ('Remove step', '取消环节')
    """
    return text[:1].upper() + text[1:]


def letters(number: int) -> str:
    """Write a number in letters, as the columns of a table are named.

    >>> letters(1), letters(26), letters(27)
    ('A', 'Z', 'AA')
    """
    text = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def digest(value: str) -> str:
    """Write a digest in groups of eight, so that two can be compared by eye.

    >>> digest("9f3a41c7" * 3)
    '9f3a41c7 9f3a41c7 9f3a41c7'
    """
    return " ".join(value[place : place + 8] for place in range(0, len(value), 8)) or UNKNOWN


def visible(text: str) -> str:
    r"""Make what is hidden in a text from a file visible: control characters, marks that turn its direction.

    >>> visible("a\u202eb"), visible("two\nlines")
    ('a⟨U+202E⟩b', 'two lines')
    """
    return text if text.isprintable() else "".join(map(_visible, text))


def _visible(character: str) -> str:
    if character in "\n\r\t":
        return " "
    # Joiners belong to several scripts; every other format character only hides or turns something.
    is_hidden = unicodedata.category(character) in _HIDING and character not in "\u200c\u200d"
    return f"⟨U+{ord(character):04X}⟩" if is_hidden else character


def plain(text: str) -> str:
    """The same text for a terminal, which knows no narrow gap.

    >>> plain(number(10000))
    '10 000'
    """
    return text.replace(GAP, " ")
