"""The pages on time: the three clocks, where it goes, how it spreads, and the figures behind each chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from analysis.measure import LimitShare, Measure, PathTime, StepTime
from reports import charts
from reports import format as write
from reports.charts import ClockRow, Dots, Mark, Parts, PathRow
from reports.comparison import Side
from reports.format import CALENDAR_DAY, HOUR, Scale
from reports.study import Study

#: A month on an axis of calendar time; the due dates themselves are counted by date.
MONTH = 365.2425 / 12 * CALENDAR_DAY

CLOCKS = ("legal", "promised")

#: Width of a chart beside which another stands.
HALF = 328.0
CLOCKS_WIDTH = 390.0


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of a table: its head and its cells."""

    head: str
    cells: tuple[str, ...]
    #: A second line under the head.
    note: str = ""
    #: "sum" where it is the last line of an account.
    style: str = ""


@dataclass(frozen=True, kw_only=True)
class Section:
    """A chart with what is said beside it and the table behind it."""

    chart: Markup
    notes: tuple[str, ...]
    heads: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()


# --------------------------------------------------------------------------------------------------------------------
# The three clocks


def clocks(study: Study) -> Section:
    """Set what the law allows and what was promised beside what cases take, on one axis."""
    limits = [share for result in study.results for share in result.limits]
    calendar = bool(limits) and all(share.unit != "workday" for share in limits)
    scale = study.calendar if calendar else study.scale
    rows = [*_limit_rows(study, scale, calendar=calendar), *_actual_rows(study, scale, calendar=calendar)]
    whole = study.whole if not calendar else 0.0
    title = study.words("list.stop").join(f"{row.name} {row.amount} {row.text}".strip() for row in rows)
    chart = charts.clocks(rows, title=title, unit=study.unit(scale), whole=whole, width=CLOCKS_WIDTH)
    heads = tuple(study.side_name(key) for key, _ in study.sides)
    return Section(
        chart=Markup(chart), notes=tuple(_clock_notes(study, limits)), heads=heads, rows=tuple(_clock_table(study))
    )


def _limit_of(side: Side, clock: str) -> tuple[float | None, str]:
    """A limit as the file says it, and its unit."""
    procedure = side.model.procedure
    return (procedure.legal_limit if clock == "legal" else procedure.promised_limit), procedure.limit_unit


def limit_seconds(amount: float, unit: str, day_seconds: float, *, calendar: bool) -> float | None:
    """How long a limit is on an axis of office time or of calendar time; None where that axis cannot tell.

    >>> limit_seconds(5, "workday", 25200, calendar=False), limit_seconds(5, "day", 25200, calendar=False)
    (126000.0, None)
    """
    if unit == "workday":
        return None if calendar else amount * day_seconds
    length = {"day": CALENDAR_DAY, "hour": HOUR, "month": MONTH}.get(unit)
    return amount * length if calendar and length is not None else None


def _limit_rows(study: Study, scale: Scale, *, calendar: bool) -> list[ClockRow]:
    """One row a clock where both sides have the same limit, else one a side."""
    rows: list[ClockRow] = []
    for clock in CLOCKS:
        found = [(key, *_limit_of(side, clock), side.times.day_seconds) for key, side in study.sides]
        is_same = len({(amount, unit) for _, amount, unit, _ in found}) == 1
        for key, amount, unit, day_seconds in found[:1] if is_same else found:
            name = study.words(f"clock.{clock}" if is_same else f"clock.{clock}-{key}")
            seconds = None if amount is None else limit_seconds(amount, unit, day_seconds, calendar=calendar)
            value = None if seconds is None else scale.value(seconds)
            text = (
                ""
                if value is None or scale.unit in (unit, "clock-hour" if unit == "hour" else "")
                else write.number(value)
            )
            if amount is None:
                text = study.words("clock.none")
            rows.append(
                ClockRow(
                    kind="legal" if clock == "legal" else "promised",
                    name=name,
                    amount="" if amount is None else study.limit(amount, unit),
                    value=value,
                    text=text,
                )
            )
    return rows


def _actual_rows(study: Study, scale: Scale, *, calendar: bool) -> list[ClockRow]:
    rows = []
    for key, side in study.sides:
        times = side.times.times
        measure = times.elapsed_calendar if calendar else times.elapsed_working
        name = study.words(f"clock.actual-{key}")
        has_figure = measure.mean is not None and not study.is_untimed
        fields = {"mean": scale.text(measure.mean), "p95": scale.text(measure.p95)}
        rows.append(
            ClockRow(
                kind="after" if key == "after" else "now",
                name=name,
                amount="",
                value=scale.value(measure.mean) if has_figure and measure.mean is not None else None,
                p95=scale.value(measure.p95) if has_figure and measure.p95 is not None else None,
                text=study.words("clock.figures", **fields) if has_figure else write.UNKNOWN,
            )
        )
    return rows


def _clock_table(study: Study) -> list[Row]:
    """The shares of cases inside each limit, with both their numbers, and the 95th percentile."""
    rows = []
    for clock in CLOCKS:
        cells = [_share_cell(study, side, clock) for _, side in study.sides]
        rows.append(Row(head=study.words(f"clock.inside-{clock}"), cells=tuple(cells)))
    p95 = [
        write.UNKNOWN if study.is_untimed else study.scale.text(result.times.elapsed_working.p95)
        for result in study.results
    ]
    return [*rows, Row(head=study.words("clock.p95", unit=study.unit()), cells=tuple(p95))]


def _share_cell(study: Study, side: Side, clock: str) -> str:
    found = next((share for share in side.times.limits if share.clock == clock), None)
    amount, _ = _limit_of(side, clock)
    if amount is None:
        return study.words("clock.no-limit")
    if found is None or found.n == 0 or study.is_untimed or side.times.overloaded:
        return write.UNKNOWN
    counts = study.words("clock.counts", inside=write.count(found.inside), cases=write.count(found.n))
    return f"{write.share(found.inside, found.n)}\n{counts}"


def _clock_notes(study: Study, limits: Sequence[LimitShare]) -> list[str]:
    spans = list(dict.fromkeys(share.span for share in limits))
    notes = [study.words(f"clock.span.{span}") for span in spans]
    if not limits:
        notes.append(study.words("clock.no-limits"))
    return notes


# --------------------------------------------------------------------------------------------------------------------
# Where the time goes


@dataclass(frozen=True, kw_only=True)
class Whereabouts:
    """The whole way on the calendar, and office time by unit."""

    whole: Markup
    units: Markup
    #: The parts that occur, for the key.
    parts: tuple[str, ...]
    sums: tuple[str, ...]
    heads: tuple[str, ...]
    rows: tuple[Row, ...]


def where(study: Study) -> Whereabouts | None:
    """Say where the time of a mean case goes along the way that ended last; None where nothing is known of it."""
    paths = [result.path for result in study.results]
    if study.is_untimed or all(_total(path) is None for path in paths):
        return None
    sums = [_sum_sentence(study, key, side.times.path) for key, side in study.sides]
    return Whereabouts(
        whole=Markup(_whole_chart(study, paths)),
        units=Markup(_unit_chart(study, paths)),
        parts=tuple(name for name in charts.PARTS if any(getattr(path, name) for path in paths)),
        sums=tuple(sums),
        heads=tuple(study.words(f"part.{name}") for name in ("work", "queue", "wait", "sum")),
        rows=tuple(_unit_table(study)),
    )


def _total(path: PathTime) -> float | None:
    parts = (path.work, path.queue, path.wait, path.other, path.closed)
    return None if any(part is None for part in parts) else sum(part for part in parts if part is not None)


def _whole_chart(study: Study, paths: Sequence[PathTime]) -> str:
    scale = study.calendar
    parts = [_parts(path, scale) if _total(path) is not None else None for path in paths]
    texts = [scale.text(_total(path)) for path in paths]
    names = [study.side_name(key) for key, _ in study.sides]
    rows = [
        PathRow(name=name, before=part, after=None, before_text=text, after_text="")
        for name, part, text in zip(names, parts, texts, strict=True)
    ]
    title = study.words("report.where.whole-title", time=" → ".join(texts), unit=study.unit(scale))
    whole = 24.0 if scale.unit == "clock-hour" else 0.0
    return charts.path_bars(rows, title=title, unit=study.unit(scale), is_pair=False, whole=whole)


def _parts(path: PathTime, scale: Scale) -> Parts:
    return Parts(**{name: (getattr(path, name) or 0.0) / scale.seconds for name in charts.PARTS})


def _unit_chart(study: Study, paths: Sequence[PathTime]) -> str:
    scale = study.scale
    found = [{unit.unit: unit for unit in path.units} for path in paths]
    rows = []
    for name in units(study):
        sides = [_unit_parts(side.get(name), scale) for side in found]
        texts = [write.number(parts.total) if parts is not None else write.UNKNOWN for parts in sides]
        rows.append(
            PathRow(
                name=name,
                before=sides[0],
                after=sides[1] if len(sides) > 1 else None,
                before_text=texts[0],
                after_text=texts[1] if len(texts) > 1 else "",
            )
        )
    title = study.words("list.stop").join(
        f"{row.name} {row.before_text}{f' → {row.after_text}' if row.after_text else ''}" for row in rows
    )
    is_pair = study.after is not None
    return charts.path_bars(rows, title=title, unit=study.unit(), is_pair=is_pair, whole=study.whole, width=HALF)


def _unit_parts(unit: object, scale: Scale) -> Parts | None:
    if unit is None:
        return None
    values = {name: getattr(unit, name) for name in ("work", "queue", "wait")}
    return None if None in values.values() else Parts(**{name: value / scale.seconds for name, value in values.items()})


def units(study: Study) -> list[str]:
    """The names of all units in the order of the first file that has them."""
    named = [unit.unit for result in study.results for unit in result.path.units]
    return list(dict.fromkeys(named))


def _sum_sentence(study: Study, key: str, path: PathTime) -> str:
    """The account of one side's way: its parts, which add up as they are printed."""
    total = _total(path)
    if total is None:
        return study.words("report.where.unknown", side=study.side_name(key))
    scale = study.calendar
    names = [name for name in charts.PARTS if getattr(path, name)]
    decimals = write.decimals_for(scale.value(total))
    values = write.adding_up([scale.value(getattr(path, name)) for name in names], decimals)
    parts = " + ".join(
        f"{study.words(f'part.{name}')} {write.number(value, decimals)}"
        for name, value in zip(names, values, strict=True)
    )
    time = f"{write.number(scale.value(total), decimals)} {study.unit(scale)}"
    return study.words("report.where.sum", side=study.side_name(key), time=time, parts=parts or "0")


def _unit_table(study: Study) -> list[Row]:
    rows = []
    for name in units(study):
        for key, side in study.sides:
            unit = next((unit for unit in side.times.path.units if unit.unit == name), None)
            parts = _unit_parts(unit, study.scale)
            values = (parts.work, parts.queue, parts.wait, parts.total) if parts is not None else (None,) * 4
            is_first = key in {"before", "only"}
            rows.append(
                Row(
                    head=name if is_first else "",
                    note=study.side_name(key) if study.after is not None else "",
                    cells=tuple(write.number(value) for value in values),
                )
            )
    return rows


# --------------------------------------------------------------------------------------------------------------------
# How it spreads


def spread(study: Study) -> Section | None:
    """Draw the cases of each side as dots on one axis, the limits on it; None where there is no case to draw."""
    if study.is_untimed or not any(result.sample for result in study.results):
        return None
    scale = study.scale
    sides = [_dots(study, key, side) for key, side in study.sides if side.times.sample]
    title = study.words("list.stop").join(f"{side.name} {side.figures}" for side in sides)
    chart = charts.distribution(sides, title=title, unit=study.unit(), whole=study.whole, width=HALF)
    heads = ("mean", "interval", "median", "p90", "p95", "n")
    return Section(
        chart=Markup(chart),
        notes=(study.words("report.spread.note", share=write.percent(100 / charts.DOTS, 0), unit=study.unit(scale)),),
        heads=tuple(study.words(f"measure.{head}") for head in heads),
        rows=tuple(_spread_rows(study)),
    )


def _dots(study: Study, key: str, side: Side) -> Dots:
    scale, measure = study.scale, side.times.times.elapsed_working
    figures = study.words(
        "report.spread.figures",
        mean=scale.text(measure.mean),
        median=scale.text(measure.median),
        p90=scale.text(measure.p90),
        p95=scale.text(measure.p95),
    )
    marks = []
    for clock in CLOCKS:
        amount, unit = _limit_of(side, clock)
        seconds = None if amount is None else limit_seconds(amount, unit, side.times.day_seconds, calendar=False)
        if seconds is not None:
            text = f"{study.words(f'clock.short-{clock}')} {study.limit(amount, unit)}"
            marks.append(Mark(clock="legal" if clock == "legal" else "promised", value=scale.value(seconds), text=text))
    return Dots(
        name=study.side_name(key),
        figures=figures,
        sample=[scale.value(seconds) for seconds in charts.quantiles(side.times.sample)],
        style="after" if key == "after" else "now",
        marks=marks,
        mean=None if measure.mean is None else scale.value(measure.mean),
    )


BASES = ("elapsed_working", "elapsed_calendar", "work", "waiting")


def _spread_rows(study: Study) -> list[Row]:
    """Every basis of every side: mean, its interval and the percentiles, each row in its unit."""
    rows = []
    for name in BASES:
        for place, (key, side) in enumerate(study.sides):
            measure: Measure = getattr(side.times.times, name)
            scale = study.calendar if name == "elapsed_calendar" else study.scale
            interval = write.UNKNOWN
            if measure.low is not None and measure.high is not None:
                interval = write.span(scale.text(measure.low), scale.text(measure.high))
            tail = [scale.text(value) for value in (measure.median, measure.p90, measure.p95)]
            head = f"{study.words(f'basis.{measure.basis}')} · {study.unit(scale)}" if place == 0 else ""
            note = study.side_name(key) if study.after is not None else ""
            rows.append(
                Row(head=head, note=note, cells=(scale.text(measure.mean), interval, *tail, write.count(measure.n)))
            )
    return rows


# --------------------------------------------------------------------------------------------------------------------
# Every step


@dataclass(frozen=True, kw_only=True)
class StepTable:
    """What each step of one side takes."""

    side: str
    unit: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]


def step_tables(study: Study) -> list[StepTable]:
    """What each step takes in a mean case, all rounds together; the applicant's too."""
    heads = [*(study.words(f"part.{name}") for name in ("work", "queue", "wait")), study.words("report.steps.times")]
    tables = []
    for key, side in study.sides:
        longest = max(
            (part or 0.0 for step in side.times.steps for part in (step.work, step.wait, step.queue)), default=0.0
        )
        scale = write.office_scale(longest, side.times.day_seconds)
        rows = tuple(_step_row(step, scale) for step in side.times.steps)
        tables.append(StepTable(side=study.side_name(key), unit=study.unit(scale), heads=tuple(heads), rows=rows))
    return tables


def _step_row(step: StepTime, scale: Scale) -> Row:
    cells = [scale.text(value, 2) for value in (step.work, step.queue, step.wait)]
    return Row(head=step.name or step.id, note=step.unit, cells=(*cells, write.number(step.times_per_case, 2)))
