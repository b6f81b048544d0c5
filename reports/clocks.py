"""The three clocks: what the law allows, what was promised and what cases take, on one axis and in one table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from markupsafe import Markup

from analysis.agreement import Agreement
from analysis.measure import Measure
from reports import charts
from reports import format as write
from reports.charts import ClockRow
from reports.comparison import Side
from reports.format import CALENDAR_DAY, HOUR, Scale
from reports.study import Study
from reports.table import Row, Section

#: A month on an axis of calendar time; the due dates themselves are counted by date.
MONTH = 365.2425 / 12 * CALENDAR_DAY

CLOCKS = ("legal", "promised")

#: Width of the chart; the table stands beside it.
WIDTH = 376.0


@dataclass(frozen=True, kw_only=True)
class _Basis:
    """On which clock the three are set side by side: office time, or the calendar where no limit is in workdays."""

    scale: Scale
    is_calendar: bool
    #: Units of the axis in a working day, 0 where days say nothing.
    whole: float

    def measure(self, side: Side) -> Measure:
        """What the cases of a side take on this clock."""
        times = side.times.times
        return times.elapsed_calendar if self.is_calendar else times.elapsed_working


def clocks(study: Study) -> Section:
    """Set what the law allows and what was promised beside what cases take, on one axis."""
    basis = _basis(study)
    rows = [*_limit_rows(study, basis), *_actual_rows(study, basis)]
    title = study.words("list.stop").join(f"{row.name} {row.amount} {row.text}".strip() for row in rows)
    unit = study.unit(basis.scale)
    chart = charts.clocks(rows, title=title, unit=unit, whole=basis.whole, width=WIDTH)
    heads = tuple(study.side_name(key) for key, _ in study.sides)
    caption = study.words(f"report.clocks.note-{'calendar' if basis.is_calendar else 'office'}", unit=unit)
    notes = (caption, *_clock_notes(study))
    return Section(chart=Markup(chart), notes=notes, heads=heads, rows=tuple(_clock_table(study, basis)))


def limit_strip(study: Study) -> list[str]:
    """The same in a line for the first page: each limit with the share of cases inside it, then the p95."""
    if study.is_untimed or any(result.overloaded for result in study.results):
        return []
    basis = _basis(study)
    said = [text for clock in CLOCKS if (text := _limit_text(study, clock))]
    p95 = [basis.scale.text(basis.measure(side).p95) for _, side in study.sides]
    return [*said, study.words("report.limits.p95", times=write.ARROW.join(p95), unit=study.unit(basis.scale))]


def trial_strip(study: Study) -> list[str]:
    """What was promised, simulated and tried of each side in a line for the first page; empty where none was tried."""
    return [_trial_text(study, key, side.trial, side) for key, side in study.sides if side.trial is not None]


def _trial_text(study: Study, key: str, run: Agreement, side: Side) -> str:
    return study.words(
        "report.trial.within" if run.is_within else "report.trial.differs",
        side=study.side_name(key),
        promised=study.limit(*limit_of(side, "promised")),
        simulated=study.amount(run.simulated.times.elapsed_working.mean),
        trial=study.amount(run.trial.times.elapsed_working.mean),
        cases=study.words.counted("count.case", run.trial.cases),
    )


def _limit_text(study: Study, clock: str) -> str:
    """One limit, or both where they differ, and how many cases keep it; empty where a side has none to tell."""
    found = [
        (share, limit_of(side, clock))
        for _, side in study.sides
        for share in side.times.limits
        if share.clock == clock and share.n
    ]
    if len(found) < len(study.sides):
        return ""
    limits = write.ARROW.join(dict.fromkeys(study.limit(amount, unit) for _, (amount, unit) in found))
    shares = [write.share(share.inside, share.n) for share, _ in found]
    counts = [f"{write.count(share.inside)} / {write.count(share.n)}" for share, _ in found]
    told = f"{write.ARROW.join(shares)} ({write.ARROW.join(dict.fromkeys(counts))})"
    return study.words("report.limits.part", clock=study.words(f"clock.short-{clock}"), limit=limits, shares=told)


def _basis(study: Study) -> _Basis:
    units = {unit for _, side in study.sides for amount, unit in _limits(side) if amount is not None}
    if units and "workday" not in units:
        return _Basis(scale=study.calendar, is_calendar=True, whole=0.0)
    return _Basis(scale=study.scale, is_calendar=False, whole=study.whole)


def _limits(side: Side) -> list[tuple[float | None, str]]:
    return [limit_of(side, clock) for clock in CLOCKS]


def _limit_rows(study: Study, basis: _Basis) -> list[ClockRow]:
    """One row a clock where both sides have the same limit, else one a side."""
    rows: list[ClockRow] = []
    for clock in CLOCKS:
        found = [(key, side, *limit_of(side, clock)) for key, side in study.sides]
        is_same = len({(amount, unit) for *_, amount, unit in found}) == 1
        for key, side, *_ in found[:1] if is_same else found:
            name = study.words(f"clock.{clock}" if is_same else f"clock.{clock}-{key}")
            rows.append(_limit_row(study, basis, side, clock, name))
        if len(rows) > 1 and not is_same and rows[-1].value is not None:
            rows[-1] = replace(rows[-1], earlier=rows[-2].value)
    return rows


def _limit_row(study: Study, basis: _Basis, side: Side, clock: str, name: str) -> ClockRow:
    amount, unit = limit_of(side, clock)
    kind: Literal["legal", "promised"] = "legal" if clock == "legal" else "promised"
    if amount is None:
        return ClockRow(kind=kind, name=name, amount="", value=None, text=study.words("clock.none"))
    seconds = limit_seconds(amount, unit, side.times.day_seconds, calendar=basis.is_calendar)
    value = None if seconds is None else basis.scale.value(seconds)
    # A limit told in the unit of the axis needs no second number, one the axis cannot tell has none.
    text = "" if value is None or basis.scale.unit == {"hour": "clock-hour"}.get(unit, unit) else write.number(value)
    return ClockRow(kind=kind, name=name, amount=study.limit(amount, unit), value=value, text=text)


def _actual_rows(study: Study, basis: _Basis) -> list[ClockRow]:
    rows = []
    for key, side in study.sides:
        measure = basis.measure(side)
        name = study.words(f"clock.actual-{key}")
        kind: Literal["now", "after"] = "after" if key == "after" else "now"
        if measure.mean is None or measure.p95 is None or study.is_untimed:
            rows.append(ClockRow(kind=kind, name=name, amount="", value=None, text=write.UNKNOWN))
            continue
        text = study.words("clock.figures", mean=basis.scale.text(measure.mean), p95=basis.scale.text(measure.p95))
        mean, p95 = basis.scale.value(measure.mean), basis.scale.value(measure.p95)
        earlier = rows[0].value if rows else None
        if earlier is not None and study.comparison is not None and study.comparison.comparable:
            cut = _cut_text(study, basis)
            text = study.words("clock.figures-cut", figures=text, cut=cut) if cut else text
        rows.append(ClockRow(kind=kind, name=name, amount="", value=mean, p95=p95, earlier=earlier, text=text))
    return rows


def _cut_text(study: Study, basis: _Basis) -> str:
    """By how much the mean was cut on this clock; empty where that is not known."""
    cuts = study.comparison.cuts if study.comparison is not None else {}
    cut = cuts.get("calendar" if basis.is_calendar else "time")
    return "" if cut is None or cut.cut is None else write.change(basis.scale.text(cut.cut), cut.cut)


def _clock_table(study: Study, basis: _Basis) -> list[Row]:
    """The shares of cases inside each limit, with both their numbers, and the 95th percentile."""
    rows = []
    for clock in CLOCKS:
        cells = [_share_cell(study, side, clock) for _, side in study.sides]
        rows.append(Row(head=study.words(f"clock.inside-{clock}"), cells=tuple(cells)))
    p95 = [write.UNKNOWN if study.is_untimed else basis.scale.text(basis.measure(side).p95) for _, side in study.sides]
    return [*rows, Row(head=study.words("clock.p95", unit=study.unit(basis.scale)), cells=tuple(p95))]


def _share_cell(study: Study, side: Side, clock: str) -> str:
    """The share of cases inside a limit over both its numbers, or — over the reason why there is none."""
    found = next((share for share in side.times.limits if share.clock == clock), None)
    if limit_of(side, clock)[0] is None:
        why = "no-limit"
    elif side.times.overloaded:
        why = "overloaded"
    elif study.is_untimed:
        why = "untimed"
    elif found is None or found.n == 0:
        why = "never-ran"
    else:
        counts = study.words("clock.counts", inside=write.count(found.inside), cases=write.count(found.n))
        low, high = write.percent(100 * found.low, 2), write.percent(100 * found.high, 2)
        interval = write.span(low.removesuffix(f"{write.GAP}%"), high)
        return f"{write.share(found.inside, found.n)}\n{counts}\n{interval}"
    return f"{write.UNKNOWN}\n{study.words(f'clock.why.{why}')}"


def _clock_notes(study: Study) -> list[str]:
    spans = list(dict.fromkeys(share.span for result in study.results for share in result.limits))
    notes = [study.words(f"clock.span.{span}") for span in spans]
    if not any(amount for _, side in study.sides for amount, _ in _limits(side)):
        notes.append(study.words("clock.no-limits"))
    return notes


def limit_of(side: Side, clock: str) -> tuple[float | None, str]:
    """A limit as the file says it, and its unit."""
    procedure = side.model.procedure
    return (procedure.legal_limit if clock == "legal" else procedure.promised_limit), procedure.limit_unit


def limit_seconds(amount: float, unit: str, day_seconds: float, *, calendar: bool) -> float | None:
    """How long a limit is on an axis of office time or of calendar time; None where that axis cannot tell.

    >>> limit_seconds(5, "workday", 25200.0, calendar=False), limit_seconds(5, "day", 25200.0, calendar=False)
    (126000.0, None)
    """
    if unit == "workday":
        return None if calendar else amount * day_seconds
    length = {"day": CALENDAR_DAY, "hour": HOUR, "month": MONTH}.get(unit)
    return amount * length if calendar and length is not None else None
