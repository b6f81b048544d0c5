"""How long cases take: their distribution before and after on one axis, and every basis in figures."""

from __future__ import annotations

from markupsafe import Markup

from analysis.measure import Measure
from reports import charts
from reports import format as write
from reports.charts import HALF, Dots, Mark
from reports.clocks import CLOCKS, limit_of, limit_seconds
from reports.comparison import Side
from reports.study import Study
from reports.table import Row, Section


def spread(study: Study) -> Section | None:
    """Draw the cases of each side as dots on one axis, the limits on it; None where there is no case to draw."""
    drawn = [(key, side) for key, side in study.sides if side.times.sample and not side.times.overloaded]
    if study.is_untimed or not drawn:
        return None
    scale = study.scale
    sides = [_dots(study, key, side) for key, side in drawn]
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
        amount, unit = limit_of(side, clock)
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
