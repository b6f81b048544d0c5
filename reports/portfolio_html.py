"""The sheet of all procedures as a web page: no script, nothing fetched, printable on A4."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from reports import format as write
from reports.charts import SMALL, Picture
from reports.comparison import Cut
from reports.html import environment, page_css
from reports.portfolio import (
    CLASSES,
    MOST_VISITS,
    ONCE_TARGET,
    TIME_TARGETS,
    Entry,
    Portfolio,
    Total,
    counted,
    hours,
    totals,
)

#: Width of the line of a row, its height, and white at both ends.
_WIDTH, _HEIGHT, _END = 176.0, 18.0, 7.0


@dataclass(frozen=True, kw_only=True)
class Row:
    """A procedure as people read it."""

    title: str
    #: Where its own report stands, from the sheet.
    link: str
    what: str
    line: Markup
    #: Per cent of the time, and of each cut both numbers with the per cent below.
    percent: str
    cells: tuple[str, ...]
    verdict: str
    is_missed: bool


@dataclass(frozen=True, kw_only=True)
class Group:
    """A class with its target."""

    title: str
    target: str
    axis: Markup
    rows: tuple[Row, ...]
    sums: tuple[tuple[str, ...], ...]
    is_missed: bool


def portfolio_html(portfolio: Portfolio) -> str:
    """Write the sheet as one web page."""
    words = portfolio.words
    kinds = [kind for kind in CLASSES if portfolio.of(kind)]
    page = {
        "words": words,
        "language": words.language,
        "portfolio": portfolio,
        "css": page_css(words, words("portfolio.kind"), [write.day(portfolio.day)]),
        "headline": headline(portfolio),
        "lead": lead(portfolio),
        "day": write.day(portfolio.day),
        "groups": [_group(portfolio, kind) for kind in kinds],
        "all": sum_rows(portfolio, portfolio.entries),
        "heads": heads(portfolio),
        "sum_heads": sum_heads(portfolio),
    }
    return environment().get_template("portfolio.html.jinja").render(page)


def headline(portfolio: Portfolio) -> str:
    """How many reach the target of their class, in a sentence."""
    met, known = portfolio.met
    key = "met" if known else "none"
    return portfolio.words(f"portfolio.headline.{key}", all=len(portfolio.entries), met=met, known=known)


def lead(portfolio: Portfolio) -> str:
    """How much time was cut over all, both ways of summing up, and what is not in it."""
    words = portfolio.words
    time = next(total for total in totals(portfolio.entries) if total.cut == "time")
    before, after = hours(time)
    said = []
    if time.n:
        fields = {
            "n": write.count(time.n),
            "before": write.number(before),
            "after": write.number(after),
            "sums": write.percent(time.ratio_of_sums),
            "ratios": write.percent(time.mean_of_ratios),
        }
        said.append(words("portfolio.lead.time", **fields))
    said.append(words("portfolio.lead.basis", cases=words.counted("count.case", portfolio.cases)))
    if portfolio.failed:
        said.append(words("portfolio.lead.failed", count=write.count(len(portfolio.failed))))
    return words("list.gap").join(said)


def heads(portfolio: Portfolio) -> list[str]:
    """The heads of the figures of a procedure."""
    return [portfolio.words(f"portfolio.head.{name}") for name in ("time", "limit", "steps", "materials", "visits")]


def sum_heads(portfolio: Portfolio) -> list[str]:
    """The heads of the sums."""
    names = ("cut", "n", "before", "after", "sums", "ratios")
    return [portfolio.words(f"portfolio.sum.{name}") for name in names]


def _group(portfolio: Portfolio, kind: str) -> Group:
    words, entries = portfolio.words, portfolio.of(kind)
    met, known = counted(entries)
    is_once = kind == "cross" and known > 0
    share = 100.0 * met / known if known else None
    return Group(
        title=write.sentence(words(f"class.{kind}" if kind else "portfolio.no-class")),
        target=target(portfolio, kind),
        axis=Markup(_axis(portfolio, kind)),
        rows=tuple(_row(portfolio, entry) for entry in entries),
        sums=sum_rows(portfolio, entries),
        is_missed=share is not None and share < ONCE_TARGET if is_once else False,
    )


def target(portfolio: Portfolio, kind: str) -> str:
    """The target of a class and how many reach it, with both numbers."""
    words, entries = portfolio.words, portfolio.of(kind)
    met, known = counted(entries)
    counts = {"met": write.count(met), "known": write.count(known)}
    if kind in TIME_TARGETS:
        return words("portfolio.target.time", target=write.percent(TIME_TARGETS[kind], 0), **counts)
    if kind == "cross":
        share = write.share(met, known)
        fields = {"most": write.count(MOST_VISITS), "share": share, "target": write.percent(ONCE_TARGET, 0)}
        return words("portfolio.target.visits", **fields, **counts)
    return words("portfolio.target.none")


def _row(portfolio: Portfolio, entry: Entry) -> Row:
    names = ("time", "limit", "steps", "materials", "visits")
    return Row(
        title=entry.title,
        link=f"{quote(entry.name)}/report.html",
        what=portfolio.words(f"portfolio.what.{entry.what}"),
        line=Markup(_line(portfolio, entry)),
        percent=write.percent(entry.percent),
        cells=tuple(_cell(portfolio, entry.cuts.get(name)) for name in names),
        verdict=verdict(portfolio, entry),
        is_missed=entry.is_met is False,
    )


def verdict(portfolio: Portfolio, entry: Entry) -> str:
    """Whether the target is reached, or why that cannot be said."""
    words = portfolio.words
    if entry.is_met is not None:
        return words("portfolio.verdict.met" if entry.is_met else "portfolio.verdict.missed")
    if not entry.comparable:
        return words("portfolio.verdict.incomparable")
    if entry.what == "none":
        return words("portfolio.verdict.nothing")
    return words("portfolio.verdict.unknown" if entry.kind else "portfolio.verdict.no-class")


def _cell(portfolio: Portfolio, cut: Cut | None) -> str:
    """Both numbers of a cut over its per cent."""
    if cut is None or (cut.before is None and cut.after is None):
        return write.UNKNOWN
    size = write.HOUR if cut.unit == "s" else 1.0
    texts = [write.UNKNOWN if value is None else _number(value / size, cut) for value in (cut.before, cut.after)]
    percent = write.UNKNOWN if cut.percent is None else write.change(write.percent(abs(cut.percent)), cut.cut)
    unit = ""
    if cut.basis == "promised-limit" and "/" not in cut.unit:
        unit = " " + portfolio.words.counted(f"limit.{cut.unit}", 2).removeprefix("2").strip()
    return f"{write.ARROW.join(texts)}{unit}\n{percent}"


def _number(value: float, cut: Cut) -> str:
    return write.number(value) if cut.unit == "s" else write.count(value)


def sum_rows(portfolio: Portfolio, entries: Sequence[Entry]) -> tuple[tuple[str, ...], ...]:
    """The sums of the cuts over procedures: both numbers and both ways of summing up."""
    return tuple(_sum_row(portfolio, total) for total in totals(entries) if total.n)


def _sum_row(portfolio: Portfolio, total: Total) -> tuple[str, ...]:
    words = portfolio.words
    before, after = hours(total)
    show = write.number if total.cut == "time" else write.count
    unit = words("unit.hour" if total.cut == "time" else f"unit.{total.cut}")
    ratios = write.percent(total.mean_of_ratios)
    if total.ratios != total.n and total.ratios:
        ratios = words("portfolio.sum.of", ratios=ratios, n=write.count(total.ratios))
    return (
        f"{words(f'report.cut.{total.cut}.name')} ({unit})",
        write.count(total.n),
        show(before),
        show(after),
        write.percent(total.ratio_of_sums),
        ratios,
    )


# the line of a procedure: what was cut of the promise, of the mean, and what the program proposes


def _at(percent: float) -> float:
    return _END + (_WIDTH - 2 * _END) * min(max(percent, 0.0), 100.0) / 100.0


def _axis(portfolio: Portfolio, kind: str) -> str:
    picture = Picture(width=_WIDTH, height=13, title=portfolio.words("portfolio.axis"))
    for value in (0, 25, 50, 75):
        picture.label(_at(value), 10, str(value), anchor="middle", size=SMALL, style="tk")
    picture.label(_WIDTH - 1, 10, "100 %", anchor="end", size=SMALL, style="tk")
    return picture.svg()


def _line(portfolio: Portfolio, entry: Entry) -> str:
    words = portfolio.words
    limit, proposed = entry.cuts.get("limit"), entry.proposed.get("time")
    known = [
        ("promised", limit.percent if limit is not None else None),
        ("proposed", proposed.percent if proposed is not None else None),
        ("actual", entry.percent),
    ]
    title = words("list.comma").join(
        f"{words(f'portfolio.mark.{name}')} {write.percent(value)}" for name, value in known if value is not None
    )
    picture = Picture(width=_WIDTH, height=_HEIGHT, title=title or write.UNKNOWN)
    middle = _HEIGHT / 2
    for value in (0, 25, 50, 75, 100):
        picture.path(f"M{_at(value):.1f} 0V{_HEIGHT:.1f}", "ax")
    if entry.kind in TIME_TARGETS:
        picture.path(f"M{_at(TIME_TARGETS[entry.kind]):.1f} 0V{_HEIGHT:.1f}", "mean")
    style = "missed" if entry.is_met is False and entry.kind in TIME_TARGETS else "reached"
    if entry.percent is not None:
        picture.path(f"M{_at(0):.1f} {middle:.1f}H{_at(entry.percent):.1f}", f"stem {style}")
    for name, percent in known:
        if percent is not None and name == "promised":
            picture.diamond(_at(percent), middle, "open-diamond")
        elif percent is not None:
            is_ring = name == "proposed"
            picture.disc(_at(percent), middle, 5.0 if is_ring else 3.4, "ring" if is_ring else style)
    return picture.svg()
