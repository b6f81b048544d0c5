"""From where the time is cut: from the law and the promise down to what is proposed, one bar a kind of finding.

The bars of the cut are the mean additions of the moves over all orders in which they could be made, so they sum to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from reports import clocks
from reports import findings as telling
from reports import format as write
from reports.changes import numbered
from reports.charts import LABEL, SMALL, Axis, Picture, axis, text_width, wrap
from reports.proposal import Proposal
from reports.study import Study
from reports.treatment import Parts, parts, printed, shares

#: Height of a row, thickness of a bar, room for names.
_ROW, _BAR, _NAMES = 17.0, 9.0, 190.0
#: A limit farther than so many times the mean would press the bars together: it is named at the edge.
_FAR = 4.0


@dataclass(frozen=True, kw_only=True)
class Fall:
    """A row of the waterfall, in the unit of the axis."""

    kind: Literal["legal", "promised", "now", "fall", "rise", "after"]
    name: str
    #: Beside the name: the numbers of findings, or a limit in its own unit.
    note: str
    #: From where to where the bar goes; None where the axis cannot tell it.
    start: float
    end: float | None
    text: str


@dataclass(frozen=True, kw_only=True)
class Waterfall:
    """The rows and their picture."""

    rows: tuple[Fall, ...]
    chart: Markup
    note: str


def waterfall(study: Study) -> Waterfall | None:
    """Split the cut of time of the proposal over the kinds of findings; None where there is none or no time."""
    proposed = study.proposed
    pair = proposed.comparison if proposed is not None else None
    if study.proposal is None or proposed is None or pair is None or printed(study) is None:
        return None
    cut = pair.cuts["time"]
    assert cut.before is not None
    assert cut.after is not None
    groups = _groups(study.proposal)
    shown = parts(study, cut.before, cut.after, [seconds for _, seconds in groups.values()])
    rows = (*_limits(proposed), *_falls(study, cut.before, cut.after, groups, shown))
    total = study.words(
        "report.waterfall.total", cut=f"{shown.total} {study.unit()}", percent=write.percent(cut.percent)
    )
    title = study.words("list.stop").join(f"{row.name} {row.text}" for row in rows)
    chart = draw(rows, title=title, unit=study.unit(), whole=study.whole, total=total)
    is_drawn = any(item.share is not None and item.share.low != item.share.high for item in study.proposal.items)
    note = study.words("report.waterfall.drawn" if is_drawn else "report.waterfall.exact")
    return Waterfall(rows=rows, chart=Markup(chart), note=note)


def _groups(proposal: Proposal) -> dict[str, tuple[list[int], float]]:
    """By kind of finding the numbers of those mended and what they bring, in seconds; the largest first."""
    found: dict[str, tuple[list[int], float]] = {}
    known = shares(proposal)
    for item in proposal.items:
        if item.number in known:
            numbers, seconds = found.get(item.name, ([], 0.0))
            found[item.name] = ([*numbers, item.number], seconds + known[item.number])
    return dict(sorted(found.items(), key=lambda group: -group[1][1]))


def _limits(study: Study) -> list[Fall]:
    """The legal and the promised limit of the procedure as it is."""
    found = []
    kinds: tuple[Literal["legal", "promised"], ...] = ("legal", "promised")
    for clock in kinds:
        amount, unit = clocks.limit_of(study.before, clock)
        if amount is None:
            continue
        seconds = clocks.limit_seconds(amount, unit, study.before.times.day_seconds, calendar=False)
        value = None if seconds is None else study.scale.value(seconds)
        text = study.words("report.waterfall.no-axis") if value is None else write.number(value)
        name = study.words(f"clock.{clock}")
        found.append(Fall(kind=clock, name=name, note=study.limit(amount, unit), start=0.0, end=value, text=text))
    return found


def _falls(
    study: Study, before: float, after: float, groups: dict[str, tuple[list[int], float]], shown: Parts
) -> list[Fall]:
    """The mean as it is, one bar for each kind of finding that changes the time, the mean as proposed."""
    value, words = study.scale.value, study.words
    now, then = words("report.waterfall.now"), words("report.waterfall.after")
    rows = [Fall(kind="now", name=now, note="", start=0.0, end=value(before), text=shown.before)]
    place = before
    for (name, (numbers, seconds)), text in zip(groups.items(), shown.parts, strict=True):
        rows.append(
            Fall(
                kind="fall" if seconds >= 0 else "rise",
                name=telling.title(words, name),
                note=numbered(numbers),
                start=value(place),
                end=value(place - seconds),
                text=write.change(text, seconds),
            )
        )
        place -= seconds
    rows.append(Fall(kind="after", name=then, note="", start=0.0, end=value(after), text=shown.after))
    return [row for row in rows if row.text != "0" or row.kind in ("now", "after")]


def draw(rows: Sequence[Fall], *, title: str, unit: str, total: str, width: float = 680.0, whole: float = 0.0) -> str:
    """Draw limits, the mean before, the falls and the mean after on one axis, one below the other."""
    names = [wrap(row.name, _NAMES, lines=1)[0] for row in rows]
    notes = [wrap(row.note, _NAMES, lines=1, size=SMALL)[0] for row in rows]
    first = max(text_width(name, LABEL) for name in names) + 10
    left = first + max((text_width(note, SMALL) for note in notes), default=0.0) + 10
    bottom = 4 + _ROW * len(rows)
    picture = Picture(width=width, height=bottom + 16, title=title)
    means = max((max(row.start, row.end or 0.0) for row in rows if row.kind not in ("legal", "promised")), default=1.0)
    near = [row.end for row in rows if row.end is not None and row.end <= _FAR * means]
    scale = axis(left, width - 60, max([means, *near]), whole=whole, about=8)
    for value in scale.ticks:
        picture.path(f"M{scale.at(value):.1f} 2V{bottom:.1f}", "ax" if value else "ax2")
        picture.label(scale.at(value), bottom + 12, f"{value:g}", anchor="middle", size=SMALL, style="tk")
    is_tight = scale.at(scale.top) + text_width(f"{scale.top:g}", SMALL) / 2 + 4 > width - text_width(unit, SMALL)
    picture.label(width, bottom + (24 if is_tight else 12), unit, anchor="end", size=SMALL, style="tk")
    picture.height += 12 if is_tight else 0
    for place, (row, name, note) in enumerate(zip(rows, names, notes, strict=True)):
        y = 4 + _ROW * place + _ROW / 2
        is_fall = row.kind in ("fall", "rise")
        picture.label(0, y + 3.6, name, style="" if is_fall else "strong")
        picture.label(first, y + 3.4, note, size=SMALL, style="tk")
        _bar(picture, scale, row, y)
    _bracket(picture, scale, rows, total)
    return picture.svg()


def _bar(picture: Picture, scale: Axis, row: Fall, y: float) -> None:
    if row.end is None or (row.kind in ("legal", "promised") and row.end > scale.top * (1 + 1e-9)):
        arrow = "" if row.end is None else " →"
        picture.label(scale.right if row.end is not None else scale.left + 4, y + 3.4, f"{row.text}{arrow}",
                      anchor="end" if row.end is not None else "start", size=SMALL, style=row.kind)  # fmt: skip
        return
    low, high = sorted((scale.at(row.start), scale.at(row.end)))
    styles = {"legal": "legal-span", "promised": "promised-span", "fall": "fall", "rise": "rise"}
    picture.bar(low, y - _BAR / 2, high - low, _BAR, styles.get(row.kind, row.kind))
    if row.kind == "legal":
        picture.bar(high - 2.5, y - 5.5, 4, 11, "legal-bar")
    elif row.kind == "promised":
        picture.diamond(high, y, "diamond")
    elif row.kind in ("fall", "rise", "now"):
        picture.path(f"M{scale.at(row.end):.1f} {y + _BAR / 2:.1f}v{_ROW - _BAR:.1f}", "step")
    picture.label(high + 7, y + 3.4, row.text, size=SMALL, style="strong")


def _bracket(picture: Picture, scale: Axis, rows: Sequence[Fall], total: str) -> None:
    """Say the sum of the falls beside them, in the room they leave at the right."""
    places = [place for place, row in enumerate(rows) if row.kind in ("fall", "rise")]
    if len(places) < 2:
        return
    right = max(scale.at(max(rows[place].start, rows[place].end or 0.0)) for place in places)
    x = right + 50
    if x + 12 + text_width(total, LABEL) > picture.width:
        return
    top, bottom = 4 + _ROW * places[0] + 3, 4 + _ROW * (places[-1] + 1) - 3
    picture.path(f"M{x - 4:.1f} {top:.1f}h4V{bottom:.1f}h-4", "ax2")
    picture.label(x + 8, (top + bottom) / 2 + 3.6, total)
