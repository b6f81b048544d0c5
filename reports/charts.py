"""The charts of the reports, as SVG text: pure functions of figures, drawn with the classes of templates/report.css.

A chart is drawn in the pixels it takes on an A4 page. It says its main numbers as text (`role="img"`, `<title>`), keeps
one scale for before and after, and places every label where nothing else stands: labels have rows or columns of their
own, and a label that would leave the picture is set to the other side of its mark.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Literal

from reports.format import visible

Anchor = Literal["start", "middle", "end"]

#: Width of a chart beside which another stands.
HALF = 328.0

#: Sizes of type in the charts: labels, and what stands on axes.
LABEL = 10.0
SMALL = 9.4


def text_width(text: str, size: float) -> float:
    """Estimate how wide a text is set: Chinese characters are square, Latin ones as wide as Noto Sans CJK sets them.

    >>> round(text_width("再造 20.9", 10))
    43
    """
    return size * sum(map(_advance, text))


def _advance(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WFA":
        return 1.0
    if character in " \u202f.,:;|!'()[]ijlI·":
        return 0.32
    if character in "mwMW%@":
        return 0.92
    return 0.66 if character.isupper() else 0.56


@dataclass(frozen=True, kw_only=True)
class Label:
    """A text in a chart and the box it takes."""

    x: float
    y: float
    text: str
    anchor: Anchor = "start"
    size: float = LABEL
    style: str = ""

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom; y is its base line."""
        width = text_width(self.text, self.size)
        left = self.x - {"start": 0.0, "middle": width / 2, "end": width}[self.anchor]
        return left, self.y - 0.88 * self.size, left + width, self.y + 0.2 * self.size


@dataclass(kw_only=True)
class Picture:
    """A drawing under way: its marks, and its labels, which stand above them."""

    width: float
    height: float
    title: str
    marks: list[str] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)

    def bar(self, x: float, y: float, width: float, height: float, style: str) -> None:
        """Draw a bar; what is more than nothing is never too thin to be seen."""
        if width > 0:
            self.marks.append(
                f'<rect x="{_(x)}" y="{_(y)}" width="{_(max(width, 0.8))}" height="{_(height)}" class="{style}"/>'
            )

    def path(self, path: str, style: str) -> None:
        """Draw a line or a shape."""
        self.marks.append(f'<path d="{path}" class="{style}"/>')

    def disc(self, x: float, y: float, radius: float, style: str) -> None:
        """Draw a disc."""
        self.marks.append(f'<circle cx="{_(x)}" cy="{_(y)}" r="{_(radius)}" class="{style}"/>')

    def diamond(self, x: float, y: float, style: str) -> None:
        """Draw the mark of what was promised."""
        self.path(f"M{_(x)} {_(y - 4.5)}l4.5 4.5-4.5 4.5-4.5-4.5z", style)

    def label(
        self, x: float, y: float, text: str, *, anchor: Anchor = "start", size: float = LABEL, style: str = ""
    ) -> None:
        """Set a text."""
        self.labels.append(Label(x=x, y=y, text=visible(text), anchor=anchor, size=size, style=style))

    def svg(self) -> str:
        """The whole picture."""
        size = f'viewBox="0 0 {_(self.width)} {_(self.height)}" width="{_(self.width)}" height="{_(self.height)}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img"><title>{escape(visible(self.title))}</title>'
        return head + "".join(self.marks) + "".join(map(_text, self.labels)) + "</svg>"


def _(value: float) -> str:
    """A coordinate, short."""
    return f"{value:.1f}".removesuffix(".0")


def _text(label: Label) -> str:
    anchor = "" if label.anchor == "start" else f' text-anchor="{label.anchor}"'
    style = f' class="{label.style}"' if label.style else ""
    place = f'x="{_(label.x)}" y="{_(label.y)}" font-size="{_(label.size)}"'
    return f"<text {place}{anchor}{style}>{escape(label.text)}</text>"


@dataclass(frozen=True, kw_only=True)
class Axis:
    """A scale from 0 with round ticks, between two places of a picture."""

    left: float
    right: float
    top: float
    step: float

    def at(self, value: float) -> float:
        """Where a value stands."""
        return self.left + (self.right - self.left) * min(max(value, 0.0), self.top) / self.top

    @property
    def ticks(self) -> list[float]:
        """The round values, 0 first."""
        return [self.step * place for place in range(round(self.top / self.step) + 1)]


def axis(left: float, right: float, largest: float, *, whole: float = 0.0, about: int = 5) -> Axis:
    """Make a scale that holds `largest`; its ticks are multiples of `whole` where that is given (hours of a day).

    >>> axis(0, 100, 41.5).ticks
    [0.0, 10.0, 20.0, 30.0, 40.0, 50.0]
    """
    largest = largest if largest > 0 and math.isfinite(largest) else 1.0
    rough = largest / about
    if whole > 0 and rough > whole / 2:
        step = whole * _round_up(max(rough / whole, 1.0), (1, 2, 3, 5, 10))
    else:
        step = _round_up(rough, (1, 2, 2.5, 5, 10))
    return Axis(left=left, right=right, top=step * max(1, math.ceil(largest / step - 1e-9)), step=step)


def _round_up(value: float, steps: Sequence[float]) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return power * next((step for step in steps if step >= value / power - 1e-9), 10)


def _tick(value: float) -> str:
    return f"{value:g}"


def _grid(picture: Picture, scale: Axis, top: float, bottom: float, unit: str) -> None:
    """Draw the scale's lines from `top` to `bottom`, the values under them and the unit behind the last."""
    for place, value in enumerate(scale.ticks):
        picture.path(f"M{_(scale.at(value))} {_(top)}V{_(bottom)}", "ax2" if place == 0 else "ax")
    _values(picture, scale, bottom + 12, unit)


def _values(picture: Picture, scale: Axis, y: float, unit: str) -> None:
    """Set the values of a scale in a row; the unit follows the last one, or stands below where there is no room."""
    *values, last = scale.ticks
    for value in values:
        picture.label(scale.at(value), y, _tick(value), anchor="middle", size=SMALL, style="tk")
    text = f"{_tick(last)} {unit}"
    width = text_width(text, SMALL)
    start = min(scale.at(last) - text_width(_tick(last), SMALL) / 2, picture.width - width)
    if start > scale.at(values[-1]) + text_width(_tick(values[-1]), SMALL) / 2 + 6:
        picture.label(start + width, y, text, anchor="end", size=SMALL, style="tk")
        return
    picture.label(scale.at(last), y, _tick(last), anchor="middle", size=SMALL, style="tk")
    picture.label(picture.width, y + 12, unit, anchor="end", size=SMALL, style="tk")
    picture.height = max(picture.height, y + 16)


# --------------------------------------------------------------------------------------------------------------------
# The four cuts


def paired_bars(before: float, after: float | None, *, title: str, width: float = 150.0) -> str:
    """Draw before above after on one scale; only before where there is no after."""
    picture = Picture(width=width, height=13 if after is not None else 6, title=title)
    largest = max(before, after or 0.0) or 1.0
    picture.bar(0, 0, width * before / largest, 5, "now")
    if after is not None:
        picture.bar(0, 8, width * after / largest, 5, "after")
    return picture.svg()


# --------------------------------------------------------------------------------------------------------------------
# Where the time goes


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a duration is made of, in the unit of the axis; the parts sum to it."""

    work: float = 0.0
    queue: float = 0.0
    wait: float = 0.0
    other: float = 0.0
    closed: float = 0.0

    @property
    def total(self) -> float:
        """All of it."""
        return self.work + self.queue + self.wait + self.other + self.closed


@dataclass(frozen=True, kw_only=True)
class PathRow:
    """A row of the chart: a unit, or the whole way; a side that is unknown or does not exist is None."""

    name: str
    before: Parts | None
    after: Parts | None
    #: The totals, as people read them.
    before_text: str
    after_text: str


#: From dark to light, so that a grey copy still tells them apart; closed is hatched (the page holds the pattern).
PARTS = ("work", "queue", "wait", "other", "closed")


def path_bars(
    rows: Sequence[PathRow], *, title: str, unit: str, is_pair: bool, width: float = 680.0, whole: float = 0.0
) -> str:
    """Draw rows of stacked bars, before above after, on one axis; names stand left, totals behind the bars."""
    lines = [wrap(row.name, 118.0) for row in rows]
    heights = [max(28.0 if is_pair else 20.0, 12.0 * len(names) + 6) for names in lines]
    bottom = 4 + sum(heights)
    picture = Picture(width=width, height=bottom + 16, title=title)
    largest = max((side.total for row in rows for side in (row.before, row.after) if side is not None), default=1.0)
    room = max((text_width(text, SMALL) for row in rows for text in (row.before_text, row.after_text)), default=0.0)
    names_end = max((text_width(line, LABEL) for names in lines for line in names), default=0.0)
    scale = axis(names_end + 8, width - max(room + 8, 24.0), largest, whole=whole)
    _grid(picture, scale, 2, bottom, unit)
    y = 4.0
    for row, names, height in zip(rows, lines, heights, strict=True):
        middle = y + height / 2
        for place, name in enumerate(names):
            picture.label(0, middle + 3.6 + 12 * (place - (len(names) - 1) / 2), name, style="strong")
        _stack(picture, scale, row.before, row.before_text, (middle - 11 if is_pair else middle - 5, 10), "")
        if is_pair:
            _stack(picture, scale, row.after, row.after_text, (middle + 2.5, 7), "after-text")
        y += height
    return picture.svg()


def _stack(
    picture: Picture, scale: Axis, parts: Parts | None, text: str, place: tuple[float, float], style: str
) -> None:
    """Draw the parts of one duration end to end, and its total behind them."""
    top, height = place
    x = scale.left
    if parts is not None:
        for name in PARTS:
            end = x + (scale.right - scale.left) * max(getattr(parts, name), 0.0) / scale.top
            picture.bar(x, top, end - x, height, f"tm {name}")
            x = end
    picture.label(max(x, scale.left) + 4, top + height / 2 + 3.4, text, size=SMALL, style=style)


def wrap(text: str, width: float, *, lines: int = 3, size: float = LABEL) -> list[str]:
    """Break a name into lines that fit; what is left over after the last line is told by …"""
    text = visible(text)
    found: list[str] = []
    rest = text
    while rest and len(found) < lines:
        take = _fit(rest, width / size)
        found.append(rest[:take].rstrip())
        rest = rest[take:].lstrip()
    if rest:
        last = found[-1]
        while last and text_width(last + "…", size) > width:
            last = last[:-1]
        found[-1] = last + "…"
    return found or [""]


def _fit(text: str, width: float) -> int:
    """How many characters go on a line so many em wide: up to the last space that fits, else as many as fit."""
    used = 0.0
    for place, character in enumerate(text):
        used += _advance(character)
        if used > width and place > 0:
            space = text.rfind(" ", 0, place + 1)
            return space if space > place // 3 and text[:place].isascii() else place
    return len(text)


# --------------------------------------------------------------------------------------------------------------------
# The distribution


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A limit on the axis of time."""

    #: "legal" or "promised".
    clock: Literal["legal", "promised"]
    value: float
    text: str


@dataclass(frozen=True, kw_only=True)
class Dots:
    """One side of the distribution: its cases, sorted, in the unit of the axis."""

    name: str
    figures: str
    sample: Sequence[float]
    style: Literal["now", "after"]
    marks: Sequence[Mark] = ()
    #: The mean, drawn as a stroke under the axis.
    mean: float | None = None


@dataclass(frozen=True, kw_only=True)
class _Flag:
    """A limit with the place of its line, None where it lies beyond the axis, and of its name."""

    mark: Mark
    x: float | None
    label_x: float
    anchor: Anchor


#: Dots of a distribution; each stands for the same share of the cases.
DOTS = 25
_DOT = 6.4


def quantiles(sample: Sequence[float], dots: int = DOTS) -> list[float]:
    """Give the middle of each of `dots` equal shares of a sorted sample.

    >>> quantiles([float(value) for value in range(100)], 4)
    [12.0, 37.0, 62.0, 87.0]
    """
    last = len(sample) - 1
    return [sample[min(last, int((place + 0.5) / dots * len(sample) - 0.5))] for place in range(dots)] if sample else []


def distribution(sides: Sequence[Dots], *, title: str, unit: str, whole: float = 0.0, width: float = 330.0) -> str:
    """Draw each side as dots on one axis, each dot the same share of the cases; limits as lines with their marks."""
    dots = [quantiles(side.sample) for side in sides]
    largest = max((values[-1] for values in dots if values), default=1.0)
    marks = [mark.value for side in sides for mark in side.marks]
    # A limit far beyond all cases would press them together; it is named at the edge instead.
    largest = max([largest * 1.04, *(value for value in marks if value <= 4 * largest)])
    scale = axis(6.0, width - 14, largest, whole=whole, about=6)
    columns = [_columns(values, scale) for values in dots]
    picture = Picture(width=width, height=0, title=title)
    y = 0.0
    for side, stacks in zip(sides, columns, strict=True):
        y = _panel(picture, scale, side, stacks, y)
    y -= 12
    picture.height = y + 17
    _values(picture, scale, y + 13, unit)
    return picture.svg()


def _columns(values: Sequence[float], scale: Axis) -> dict[int, int]:
    """How many dots stand in each column of the scale."""
    stacks: dict[int, int] = {}
    for value in values:
        column = int((scale.at(value) - scale.left) / _DOT)
        stacks[column] = stacks.get(column, 0) + 1
    return stacks


def _panel(picture: Picture, scale: Axis, side: Dots, stacks: dict[int, int], top: float) -> float:
    """Draw one side below `top` and give where the next begins."""
    y = top + 11
    picture.label(0, y, side.name, style="strong")
    for line in wrap(side.figures, picture.width - 4, size=SMALL) if side.figures else ():
        y += 13
        picture.label(0, y, line, size=SMALL)
    flags = _flags(scale, side.marks, picture.width)
    base = y + 13 * len(flags) + 10 + max(stacks.values(), default=1) * _DOT
    for place, flag in enumerate(flags):
        _draw_flag(picture, flag, y + 9 + 13 * place, base)
    for column, height in sorted(stacks.items()):
        for place in range(height):
            picture.disc(scale.left + (column + 0.5) * _DOT, base - 3.4 - place * _DOT, 2.95, f"dot {side.style}")
    picture.path(f"M{_(scale.left)} {_(base)}H{_(scale.right + 6)}", "ax2")
    for value in scale.ticks:
        picture.path(f"M{_(scale.at(value))} {_(base)}v3.5", "ax2")
    if side.mean is not None:
        picture.path(f"M{_(scale.at(side.mean))} {_(base)}v7", "mean")
    return base + 20


def _flags(scale: Axis, marks: Sequence[Mark], width: float) -> list[_Flag]:
    """Give each limit a row of its own, in an order in which no line runs through the name of another.

    A line runs down from its row, so it passes the rows below. Where every name fits to the right of its line, the
    smallest limit stands topmost; else the largest does, named to the left.
    """
    inside = sorted((mark for mark in marks if mark.value <= scale.top * (1 + 1e-9)), key=lambda mark: mark.value)
    beyond = [_Flag(mark=mark, x=None, label_x=width, anchor="end") for mark in marks if mark not in inside]
    room = [scale.at(mark.value) + 8 + text_width(visible(mark.text), SMALL) for mark in inside]
    if all(end <= width for end in room):
        return [*beyond, *(_flag(scale, mark, is_left=False) for mark in inside)]
    flags: list[_Flag] = []
    edge = width
    for mark, end in zip(reversed(inside), reversed(room), strict=True):
        flags.append(_flag(scale, mark, is_left=end > edge))
        edge = scale.at(mark.value) - 4
    return [*beyond, *flags]


def _flag(scale: Axis, mark: Mark, *, is_left: bool) -> _Flag:
    x = scale.at(mark.value)
    return _Flag(mark=mark, x=x, label_x=x - 8 if is_left else x + 8, anchor="end" if is_left else "start")


def _draw_flag(picture: Picture, flag: _Flag, y: float, base: float) -> None:
    mark = flag.mark
    text = f"{mark.text} →" if flag.x is None else mark.text
    picture.label(flag.label_x, y + 3.4, text, anchor=flag.anchor, size=SMALL, style=mark.clock)
    if flag.x is None:
        return
    picture.path(f"M{_(flag.x)} {_(y)}V{_(base)}", f"limit {mark.clock}")
    if mark.clock == "promised":
        picture.diamond(flag.x, y, "diamond")
    else:
        picture.bar(flag.x - 2, y - 4.5, 4, 9, "legal-bar")


# --------------------------------------------------------------------------------------------------------------------
# The three clocks


@dataclass(frozen=True, kw_only=True)
class ClockRow:
    """A row of the three clocks: what the law allows, what was promised, or what cases really take."""

    kind: Literal["legal", "promised", "now", "after"]
    name: str
    #: The amount in its own unit, beside the name.
    amount: str
    #: Where its mark stands on the axis; None where it is unknown or the axis cannot tell it.
    value: float | None
    #: Of what cases take: 95 % of them take no longer.
    p95: float | None = None
    #: What this was before, where it was cut or grew: the step of the waterfall.
    earlier: float | None = None
    text: str = ""


def clocks(rows: Sequence[ClockRow], *, title: str, unit: str, width: float = 400.0, whole: float = 0.0) -> str:
    """Draw the steps from the law down to what cases take: legal, promised, before, after, on one axis.

    The legal limit is an open bar with a heavy end, the promised one a line with a diamond, what cases take a bar to
    their p95 with a disc at the mean. From a row to what it was before runs a dashed line: the cut.
    """
    names = max((text_width(row.name, LABEL) for row in rows), default=0.0)
    amounts = max((text_width(row.amount, SMALL) for row in rows), default=0.0)
    left = names + 10 + amounts + 10
    bottom = 4 + 18.0 * len(rows)
    picture = Picture(width=width, height=bottom + 16, title=title)
    values = [value for row in rows for value in (row.value, row.p95, row.earlier) if value is not None]
    scale = axis(left, width - 14, max(values, default=1.0), whole=whole, about=4)
    scale = replace(scale, right=max(left + 60, min(_room(scale, row, width) for row in rows)) if rows else scale.right)
    _grid(picture, scale, 2, bottom, unit)
    for place, row in enumerate(rows):
        y = 4 + 18 * place + 9
        picture.label(0, y + 3.6, row.name, style="strong")
        picture.label(left - 10, y + 3.6, row.amount, anchor="end", size=SMALL, style="tk")
        _clock(picture, scale, row, y)
    return picture.svg()


def _room(scale: Axis, row: ClockRow, width: float) -> float:
    """How far right the scale may reach so that the row's text behind its mark stays in the picture."""
    value = max(row.value or 0.0, row.p95 or 0.0, row.earlier or 0.0)
    free = width - 10 - text_width(row.text, SMALL) - scale.left
    return min(scale.right, scale.left + free * scale.top / value) if value > 0 and row.text else scale.right


def _clock(picture: Picture, scale: Axis, row: ClockRow, y: float) -> None:
    end = scale.left
    if row.value is not None:
        x = scale.at(row.value)
        end = max(x, scale.at(row.p95 or 0.0), scale.at(row.earlier or 0.0))
        if row.earlier is not None and abs(scale.at(row.earlier) - x) > 1:
            before = scale.at(row.earlier)
            picture.path(f"M{_(x)} {_(y)}H{_(before)}M{_(before)} {_(y - 13)}v17", "step")
        if row.kind == "legal":
            picture.bar(scale.left, y - 4, x - scale.left, 8, "legal-span")
            picture.bar(x - 2.5, y - 5, 4, 10, "legal-bar")
        elif row.kind == "promised":
            picture.path(f"M{_(scale.left)} {_(y)}H{_(x)}", "limit promised")
            picture.diamond(x, y, "diamond")
        else:
            picture.bar(
                scale.left, y - 4.5, scale.at(max(row.value, row.p95 or 0.0)) - scale.left, 9, f"reach {row.kind}"
            )
            picture.disc(x, y, 3.8, f"dot {row.kind} ringed")
    picture.label(end + 8, y + 3.4, row.text, size=SMALL, style=row.kind)
