"""A tornado: how far a figure moves to either side when one thing at a time is changed, the largest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.charts import LABEL, SMALL, Picture, axis, text_width, wrap
from reports.format import MINUS

#: Height of a row whose name fits one line, and of each further line.
_ROW, _LINE = 20.0, 12.0
#: Width names may take, and thickness of a bar.
_NAMES, _BAR = 160.0, 6.0


@dataclass(frozen=True, kw_only=True)
class Swing:
    """One way of a change: how far the figure moves, in the unit of the axis."""

    #: None where there is no figure; `text` says why.
    value: float | None
    low: float = 0.0
    high: float = 0.0
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class TornadoRow:
    """One thing that is changed, downwards and upwards; a way that cannot be gone is None."""

    name: str
    lower: Swing | None
    higher: Swing | None


def tornado(rows: Sequence[TornadoRow], *, title: str, unit: str, width: float) -> str:
    """Draw two bars a row from the middle, upper for less and lower for more, each with its interval as a line.

    A way without a figure is told in words where its bar would end.
    """
    lines = [wrap(row.name, _NAMES, lines=2) for row in rows]
    heights = [_ROW + _LINE * (len(names) - 1) for names in lines]
    bottom = 4 + sum(heights)
    picture = Picture(width=width, height=bottom + 30, title=title)
    left = max((text_width(line, LABEL) for names in lines for line in names), default=0.0) + 10
    half = (width - left - 8) / 2
    scale = axis(0.0, half, max(map(_reach, rows), default=1.0), about=3)
    middle = left + half

    def at(value: float) -> float:
        return middle + max(-half, min(half, value / scale.top * half))

    for value in scale.ticks:
        for side in (value, -value) if value else (0.0,):
            picture.path(f"M{at(side):.1f} 2V{bottom:.1f}", "ax" if value else "ax2")
            text = f"{MINUS if side < 0 else '+' if side > 0 else ''}{value:g}"
            picture.label(_inside(at(side), text, width), bottom + 12, text, anchor="middle", size=SMALL, style="tk")
    picture.label(_inside(middle, unit, width), bottom + 26, unit, anchor="middle", size=SMALL, style="tk")
    y = 4.0
    for row, names, height in zip(rows, lines, heights, strict=True):
        centre = y + height / 2
        for place, name in enumerate(names):
            picture.label(0, centre + 3.6 + _LINE * (place - (len(names) - 1) / 2), name)
        for swing, top, style in ((row.lower, centre - 8, "less"), (row.higher, centre + 1, "more")):
            if swing is None:
                continue
            if swing.value is None:
                picture.label(middle + 4, top + _BAR + 0.6, swing.text, size=SMALL, style="beyond")
                continue
            start, end = sorted((middle, at(swing.value)))
            picture.bar(start, top, end - start, _BAR, f"swing {style}")
            picture.path(f"M{at(swing.low):.1f} {top + _BAR / 2:.1f}H{at(swing.high):.1f}", "doubt")
        y += height
    return picture.svg()


def _reach(row: TornadoRow) -> float:
    """How far from the middle a row reaches: its bars, and their intervals up to a quarter more."""
    swings = [swing for swing in (row.lower, row.higher) if swing is not None]
    return max(
        (min(max(abs(x.low), abs(x.high)), 1.25 * abs(x.value)) for x in swings if x.value is not None), default=0.0
    )


def _inside(x: float, text: str, width: float) -> float:
    """Keep a centred text inside the picture."""
    return min(x, width - text_width(text, SMALL) / 2)
