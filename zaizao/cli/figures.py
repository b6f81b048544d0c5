"""The figures of times and cuts as rows for a terminal; what they are made of stands in analysis and reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from reports.format import change, count, number, percent, plain, span, visible
from zaizao.cli.text import Column, table
from zaizao.cli.worded import Call

if TYPE_CHECKING:
    from analysis.measure import Measure, TimeResult
    from reports.comparison import Comparison, Cut

HOUR = 3600.0
#: More estimated years than this are told as a span.
FEW_YEARS = 3


def hours(seconds: float | None, decimals: int | None = None) -> str:
    """Set a time in hours."""
    return plain(number(None if seconds is None else seconds / HOUR, decimals))


def interval(low: float | None, high: float | None) -> str:
    """Set an interval of times in hours."""
    return "—" if low is None or high is None else f"{hours(low)} – {hours(high)}"


def time_table(call: Call, result: TimeResult) -> list[str]:
    """One row for each of the four times: mean, interval, median, high quantiles, basis."""
    day = plain(count(result.day_seconds / HOUR))
    times = result.times
    rows: list[tuple[str, Measure, str]] = [
        (call.say("time.elapsed"), times.elapsed_working, call.say("basis.elapsed-working", hours=day)),
        (call.say("time.elapsed"), times.elapsed_calendar, call.say("basis.elapsed-calendar")),
        (call.say("time.work"), times.work, call.say("basis.work")),
        (call.say("time.waiting"), times.waiting, call.say("basis.waiting")),
    ]
    if result.exact is not None and result.exact.distribution is not None:
        basis = "time.exact-basis" if result.exact.holds else "time.exact-least"
        rows.insert(1, (call.say("time.exact-elapsed"), result.exact.elapsed_working, call.say(basis)))
    columns = [
        Column(),
        Column(head=call.say("time.mean"), right=True, bold=True),
        Column(head=call.say("time.interval"), right=True),
        Column(head=call.say("time.median"), right=True),
        Column(head="p90", right=True),
        Column(head="p95", right=True),
        Column(head=call.say("time.basis"), dim=True),
    ]
    unit = call.say("time.hour")
    cells = [
        [
            label,
            f"{hours(measure.mean)} {unit}",
            call.say("time.exact") if measure.source == "exact" else interval(measure.low, measure.high),
            hours(measure.median),
            hours(measure.p90),
            hours(measure.p95),
            basis,
        ]
        for label, measure, basis in rows
    ]
    return table(columns, cells)


def unit_table(call: Call, result: TimeResult) -> list[str]:
    """One row for each unit on the way that ended last: work, queue, wait, and a bar of their sum."""
    sums = [sum(part or 0.0 for part in (unit.work, unit.queue, unit.wait)) for unit in result.path.units]
    longest = max(sums, default=0.0)
    if longest <= 0:
        return []
    columns = [
        Column(head=call.say("time.unit"), shrinks=True),
        Column(head=call.say("time.work"), right=True),
        Column(head=call.say("time.queue"), right=True),
        Column(head=call.say("time.wait"), right=True),
        Column(head=call.say("time.sum"), right=True),
        Column(),
    ]
    decimals = 1 if longest >= HOUR else 2
    rows = [
        [
            unit.unit,
            *(hours(part, decimals) for part in (unit.work, unit.queue, unit.wait, total)),
            "█" * round(20 * total / longest),
        ]
        for unit, total in zip(result.path.units, sums, strict=True)
    ]
    return table(columns, rows)


def _cases(comparison: Comparison) -> str:
    """How many cases the times are of; of each side where they are not the same ones."""
    return " → ".join(dict.fromkeys(plain(count(side.times.cases)) for side in (comparison.before, comparison.after)))


def cut_table(call: Call, comparison: Comparison) -> list[str]:
    """One row for each of the four cuts, with both numbers and the basis."""
    cuts = comparison.cuts
    day = plain(count(comparison.before.times.day_seconds / HOUR))
    distinct = cuts["distinct"]
    rows = [
        _count_row(call, "steps", cuts["steps"], call.say("cut.steps-basis")),
        _time_row(call, "time", cuts["time"], call.say("cut.time-basis", hours=day, n=_cases(comparison))),
        _count_row(
            call,
            "materials",
            cuts["materials"],
            call.say("cut.materials-basis", before=plain(count(distinct.before)), after=plain(count(distinct.after))),
        ),
        _count_row(call, "visits", cuts["visits"], call.say("cut.visits-basis")),
    ]
    columns = [
        Column(),
        Column(right=True, bold=True),
        Column(),
        Column(right=True),
        Column(right=True),
        Column(dim=True),
    ]
    return table(columns, rows)


def _count_row(call: Call, name: str, cut: Cut, basis: str) -> list[str]:
    both = f"{plain(count(cut.before))} → {plain(count(cut.after))}"
    less = plain(change(count(cut.cut), cut.cut))
    return [call.say(f"cut.{name}"), both, call.say(f"cut.{name}_unit"), less, plain(percent(cut.percent)), basis]


def _time_row(call: Call, name: str, cut: Cut, basis: str) -> list[str]:
    both = f"{hours(cut.before)} → {hours(cut.after)}"
    less = plain(change(hours(cut.cut), cut.cut))
    return [call.say(f"cut.{name}"), both, call.say("cut.time-unit"), less, plain(percent(cut.percent)), basis]


def headline(call: Call, comparison: Comparison) -> str:
    """Say in one sentence what the time became, with both numbers and the interval."""
    cut = comparison.cuts["time"]
    if cut.cut is None:
        return call.say("cut.no-time")
    verb = "falls" if cut.cut > 0 else "rises" if cut.cut < 0 else "stays"
    fields = {
        "before": hours(cut.before),
        "after": hours(cut.after),
        "cut": hours(abs(cut.cut)),
        "percent": plain(percent(abs(cut.percent) if cut.percent is not None else None)),
        "interval": plain(span(hours(cut.low), hours(cut.high))),
    }
    return click.style(call.say(f"cut.{verb}", **fields), bold=True)


def warnings(call: Call, result: TimeResult, names: Mapping[str, str]) -> list[str]:
    """Say what a reader must know of the figures: overloads, missing annotations, estimated years, how cases began."""
    lines = [
        call.say(
            "time.overloaded",
            unit=overload.unit,
            staff=overload.staff,
            use=plain(percent(100 * overload.use)),
            needed=overload.needed,
        )
        for overload in result.overloaded
    ]
    if result.not_annotated:
        shown = [names.get(element) or element for element in result.not_annotated[:5]]
        more = call.say("time.and-more") if len(result.not_annotated) > len(shown) else ""
        lines.append(
            call.say("time.not-annotated", n=len(result.not_annotated), names=call.say("time.comma").join(shown) + more)
        )
    years = result.estimated_years
    if len(years) > FEW_YEARS:
        lines.append(call.say("time.estimated-many", first=min(years), last=max(years)))
    else:
        lines += [call.say("time.estimated", year=year, share=plain(percent(100 * years[year]))) for year in years]
    lines += [call.words(f"note.{note}") for note in result.notes]
    lines += _not_exact(call, result, names)
    if result.other_hours:
        lines.append(call.say("time.other-hours", units=call.say("time.comma").join(result.other_hours)))
    return lines


def marked(lines: Iterable[str]) -> list[str]:
    """Set each warning behind its mark."""
    return [click.style("! ", fg="yellow") + visible(line) for line in lines]


def of_each_side(call: Call, before: Sequence[str], after: Sequence[str]) -> list[str]:
    """Say once what holds for both sides, and of the rest for which side it holds."""
    both = [line for line in before if line in after]
    lines = both.copy()
    for side, said in (("before", before), ("after", after)):
        name = call.words(f"side.{side}") + call.words("list.colon")
        lines += [name + line for line in said if line not in both]
    return lines


#: The words for why there is no exact time, by reason; all others say that there is no rule for what is drawn.
_WHY_NOT = {
    "mixed-clocks": "exact-mixed-clocks",
    "message": "exact-message",
    "irreducible": "exact-irreducible",
    "boundary-timer": "exact-boundary-timer",
    "rejects-in-parallel": "exact-rejects",
    "endless-loop": "exact-loop",
    "too-large": "exact-too-large",
}


def _not_exact(call: Call, result: TimeResult, names: Mapping[str, str]) -> list[str]:
    """Say why there is no exact time, the first of the reasons with its elements."""
    found = result.exact
    if found is None or found.distribution is not None or not found.why_not:
        return []
    reason = found.why_not[0].reason
    elements = [why.element for why in found.why_not if why.reason == reason]
    more = call.say("time.and-more") if len(elements) > 3 else ""
    return [
        call.say(
            "time.exact-none",
            reason=call.say(f"time.{_WHY_NOT.get(reason, 'exact-construct')}"),
            names=call.say("time.comma").join(names.get(element) or element for element in elements[:3]) + more,
        )
    ]
