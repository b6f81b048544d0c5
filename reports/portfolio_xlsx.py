"""All procedures as a workbook: one row a procedure, every cut and both ways of summing up live formulas."""

from __future__ import annotations

from reports import format as write
from reports.comparison import Cut
from reports.portfolio import SUMMED, Entry, Portfolio, Total, hours, totals
from reports.portfolio_html import headline, lead, target, verdict
from reports.xlsx import workbook_of
from reports.xlsx_table import HEAD, Amount, Cell, Column, Formula, Table

#: The cuts in the order of their columns.
CUTS = ("time", "limit", "steps", "materials", "visits")
#: Columns before those of the cuts.
_FIRST = ("procedure", "class", "after", "verdict", "counted")


def portfolio_xlsx(portfolio: Portfolio) -> bytes:
    """Write the sheet of all procedures as a workbook."""
    sheets = [("procedures", _procedures(portfolio)), ("sums", _sums(portfolio))]
    if portfolio.failed:
        sheets.append(("failed", _failed(portfolio)))
    return workbook_of(
        sheets,
        words=portfolio.words,
        title=portfolio.words("portfolio.kind"),
        subject=headline(portfolio),
        version=portfolio.version,
        day=portfolio.day,
    )


def _procedures(portfolio: Portfolio) -> Table:
    words = portfolio.words
    made = [Column(key=name, head=words(f"xlsx.portfolio.{name}")) for name in _FIRST]
    for name in CUTS:
        unit = words("unit.hour") if name == "time" else words("xlsx.portfolio.limit-unit") if name == "limit" else ""
        title = words(f"portfolio.head.{name}").partition("，")[0].partition(",")[0]
        for part in ("before", "after"):
            head = f"{title} · {words(f'portfolio.sum.{part}')}{f' ({unit})' if unit else ''}"
            made.append(Column(key=f"{name}-{part}", head=head, format="time" if name == "time" else "count"))
        head = f"{title} · {words('portfolio.head.cut')}"
        made.append(Column(key=f"{name}-percent", head=head, format="percent"))
    made += [Column(key=name, head=words(f"xlsx.portfolio.{name}"), format="count") for name in ("findings", "moves")]
    rows = tuple(_entry_row(portfolio, entry) for entry in portfolio.entries)
    return Table(columns=tuple(made), rows=rows, notes=(headline(portfolio), lead(portfolio)))


def _entry_row(portfolio: Portfolio, entry: Entry) -> tuple[Cell, ...]:
    words = portfolio.words
    cells: list[Cell] = [
        entry.title,
        words(f"class.{entry.kind}") if entry.kind else words("portfolio.no-class"),
        words(f"portfolio.what.{entry.what}"),
        verdict(portfolio, entry),
        words("xlsx.portfolio.yes" if entry.comparable else "xlsx.portfolio.no"),
    ]
    for name in CUTS:
        cells += _cut_cells(name, entry.cuts.get(name))
    return (*cells, entry.findings, entry.moves)


def _cut_cells(name: str, cut: Cut | None) -> list[Cell]:
    if cut is None:
        return [None, None, write.UNKNOWN]
    size = write.HOUR if cut.unit == "s" else 1.0
    kind = "time" if cut.unit == "s" else "number"
    both = [Amount(value=None if value is None else value / size, format=kind) for value in (cut.before, cut.after)]
    if cut.cut is None:
        # Limits in different units, or a unit that cannot keep up: nobody may subtract them.
        return [*both, write.UNKNOWN]
    before, after = f"{{{name}-before}}", f"{{{name}-after}}"
    share = None if cut.percent is None else cut.percent / 100
    return [*both, Formula(text=f'IF(N({before})<>0,({before}-{after})/{before},"—")', value=share)]


def _sums(portfolio: Portfolio) -> Table:
    """The sums over all procedures that may be compared: formulas over the sheet of procedures."""
    words = portfolio.words
    kinds = ("text", "count", "number", "number", "percent", "percent", "count")
    names = ("cut", "n", "before", "after", "sums", "ratios", "of-n")
    made = tuple(
        Column(key=name, head=words(f"portfolio.sum.{name}"), format=kind)
        for name, kind in zip(names, kinds, strict=True)
    )
    found = {total.cut: total for total in totals(portfolio.entries)}
    rows = tuple(_sum_row(portfolio, found[name]) for name in SUMMED)
    kinds_of = dict.fromkeys(entry.kind for entry in portfolio.entries)
    notes = [words("portfolio.sum.note")]
    notes += [f"{words(f'class.{kind}')}{words('list.colon')}{target(portfolio, kind)}" for kind in kinds_of if kind]
    return Table(columns=made, rows=rows, notes=tuple(notes), is_filtered=False)


def _sum_row(portfolio: Portfolio, total: Total) -> tuple[Cell, ...]:
    words = portfolio.words
    sheet = words("xlsx.sheet.procedures")
    last = HEAD + 1 + len(portfolio.entries)
    place = len(_FIRST) + 3 * CUTS.index(total.cut)
    counts, before, after, percent = (
        f"'{sheet}'!${write.letters(column)}${HEAD + 2}:${write.letters(column)}${last}"
        for column in (len(_FIRST), place + 1, place + 2, place + 3)
    )
    yes = words("xlsx.portfolio.yes")
    known = f'({counts}="{yes}")*ISNUMBER({before})*ISNUMBER({after})'
    sums = hours(total)
    texts = [f'SUMIFS({column},{counts},"{yes}",{before},"<>",{after},"<>")' for column in (before, after)]
    share = None if total.ratio_of_sums is None else total.ratio_of_sums / 100
    mean = None if total.mean_of_ratios is None else total.mean_of_ratios / 100
    unit = words("unit.hour" if total.cut == "time" else f"unit.{total.cut}")
    return (
        f"{words(f'report.cut.{total.cut}.name')} ({unit})",
        Formula(text=f"SUMPRODUCT({known})", value=total.n),
        Formula(text=texts[0], value=sums[0]),
        Formula(text=texts[1], value=sums[1]),
        Formula(text='IF({before}<>0,({before}-{after})/{before},"—")', value=share),
        Formula(text=f'IFERROR(AVERAGEIFS({percent},{counts},"{yes}"),"—")', value=mean),
        Formula(text=f'SUMPRODUCT(({counts}="{yes}")*ISNUMBER({percent}))', value=total.ratios),
    )


def _failed(portfolio: Portfolio) -> Table:
    words = portfolio.words
    heads = (words("portfolio.head.procedure"), words("portfolio.reason"))
    made = tuple(Column(key=f"c{place}", head=head) for place, head in enumerate(heads))
    return Table(columns=made, rows=tuple((one.name, one.reason) for one in portfolio.failed))
