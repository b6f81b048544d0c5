"""What moves the result: a chart of what moves it most, and a table of all that moves it for sure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from analysis.factors import Factor
from analysis.sensitivity import Change, Effect, Sensitivity
from bpmn.model import Model
from reports import format as write
from reports.charts import HALF
from reports.format import Scale
from reports.study import Study, step_name, unit_name
from reports.table import Row
from reports.tornado import Swing, TornadoRow, tornado

#: Rows of the chart and of the table; the data has all.
DRAWN, LISTED = 10, 20
#: Width of the chart of a side that stands alone.
WHOLE = 680.0


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One side: its chart, the table behind it, and what must be said of them."""

    side: str
    unit: str
    chart: Markup | None
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]


def panels(study: Study) -> list[Panel]:
    """What moves the mean time of each side; none where it was not asked."""
    known = [(key, side.model, side.sensitivity) for key, side in study.sides]
    return [
        _panel(study, study.side_name(key), model, found, HALF if len(known) > 1 else WHOLE)
        for key, model, found in known
        if found is not None
    ]


def _panel(study: Study, side: str, model: Model, found: Sensitivity, width: float) -> Panel:
    drawn = [effect for effect in found.effects if effect.is_credible]
    moved = [abs(change.seconds or 0.0) for effect in drawn[:DRAWN] for change in _ways(effect)]
    scale = write.office_scale(max(moved, default=0.0), study.before.times.day_seconds)
    heads = ("factor", "unit", "value", "lower", "higher")
    return Panel(
        side=side,
        unit=study.unit(scale),
        chart=Markup(_chart(study, model, drawn[:DRAWN], scale, width)) if drawn else None,
        heads=tuple(study.words(f"report.sensitivity.{head}") for head in heads),
        rows=tuple(_row(study, model, effect, scale) for effect in drawn[:LISTED]),
        notes=tuple(_notes(study, found, drawn)),
    )


def _ways(effect: Effect) -> list[Change]:
    return [change for change in (effect.lower, effect.higher) if change is not None]


def _chart(study: Study, model: Model, effects: Sequence[Effect], scale: Scale, width: float) -> str:
    rows = [
        TornadoRow(
            name=_name(study, model, effect.factor),
            lower=_swing(study, effect.lower, scale),
            higher=_swing(study, effect.higher, scale),
        )
        for effect in effects
    ]
    told = study.words("list.stop").join(
        f"{row.name} {_moves(study, effect.lower, scale)} / {_moves(study, effect.higher, scale)}"
        for row, effect in zip(rows, effects, strict=True)
    )
    title = f"{study.words('report.sensitivity.title')} ({study.unit(scale)}): {told}"
    return tornado(rows, title=title, unit=study.words("report.sensitivity.axis", unit=study.unit(scale)), width=width)


def _swing(study: Study, change: Change | None, scale: Scale) -> Swing | None:
    if change is None:
        return None
    if change.seconds is None or change.low is None or change.high is None:
        return Swing(value=None, text=study.words(f"report.sensitivity.why.{change.why}"))
    return Swing(value=scale.value(change.seconds), low=scale.value(change.low), high=scale.value(change.high))


def _row(study: Study, model: Model, effect: Effect, scale: Scale) -> Row:
    """A factor, the unit concerned, its value in the file and what either way of moving it does."""
    factor = effect.factor
    mark = study.words("report.sensitivity.estimated") if factor.estimated else ""
    element = model.flow[factor.element].source if factor.kind == "share" else factor.element
    return Row(
        head=_name(study, model, factor),
        note="" if factor.kind == "staff" else unit_name(model, element),
        cells=(
            f"{_value(study, factor.kind, factor.value)}\n{mark}".rstrip("\n"),
            *(_cell(study, factor, change, scale) for change in (effect.lower, effect.higher)),
        ),
    )


def _cell(study: Study, factor: Factor, change: Change | None, scale: Scale) -> str:
    """How far the mean moves, and below it the value of the factor and the interval."""
    if change is None:
        return write.UNKNOWN
    # All times are moved by the same per cent, which the head of the section says.
    lines = [] if factor.kind in ("work", "wait") else [_value(study, factor.kind, change.value)]
    if change.low is not None and change.high is not None:
        lines.append(write.span(_signed(scale.value(change.low)), _signed(scale.value(change.high))))
    else:
        lines += [
            study.words("report.sensitivity.short", unit=overload.unit, needed=overload.needed)
            for overload in change.overloaded
        ]
    return f"{_moves(study, change, scale)}\n{study.words('list.stop').join(lines)}"


def _moves(study: Study, change: Change | None, scale: Scale) -> str:
    """How far the mean moves, or why nobody can say."""
    if change is None:
        return write.UNKNOWN
    if change.seconds is None:
        return study.words(f"report.sensitivity.why.{change.why}")
    return _signed(scale.value(change.seconds))


def _signed(value: float, decimals: int | None = None) -> str:
    """A change with its sign; what rounds to nothing has none.

    >>> _signed(1.32), _signed(-0.5), _signed(0.0)
    ('+1.3', '−0.50', '0')
    """
    text = write.number(value, decimals)
    return f"+{text}" if value > 0 and any(letter in "123456789" for letter in text) else text


def _name(study: Study, model: Model, factor: Factor) -> str:
    """What is moved, in words."""
    if factor.kind == "share":
        flow = model.flow[factor.element]
        name = flow.name or step_name(model, flow.target)
        return study.words("report.sensitivity.of.share", gateway=step_name(model, flow.source), flow=name)
    if factor.kind == "staff":
        unit = next((unit for unit in model.units if unit.id == factor.element), None)
        name = unit.name if unit is not None and unit.name else factor.element
        return study.words("report.sensitivity.of.staff", name=name)
    return study.words(f"report.sensitivity.of.{factor.kind}", name=step_name(model, factor.element))


def _value(study: Study, kind: str, value: float) -> str:
    """A factor's value: people, a share, or a time on its own clock."""
    if kind == "staff":
        return write.count(value)
    if kind in ("share", "rejects"):
        return write.percent(100 * value)
    is_short = value < 2 * write.HOUR
    amount = write.count(round(value / (write.MINUTE if is_short else write.HOUR), 6))
    return f"{amount} {study.words('unit.clock-minute' if is_short else 'unit.clock-hour')}"


def _notes(study: Study, found: Sensitivity, credible: Sequence[Effect]) -> list[str]:
    """How it was found, and what it does not tell."""
    words = study.words
    if found.overloaded:
        units = words("list.separator").join(overload.unit for overload in found.overloaded)
        return [words("report.sensitivity.overloaded", units=units)]
    notes = [
        words(
            "report.sensitivity.count",
            moved=len(found.effects),
            credible=len(credible),
            listed=min(len(credible), LISTED),
            cases=words.counted("count.case", found.cases),
        )
    ]
    if found.left_out:
        notes.append(words.counted("report.sensitivity.left-out", found.left_out))
    if not found.settled:
        notes.append(words("report.sensitivity.unsettled"))
    return notes


def sensitivity_json(found: Sensitivity | None) -> dict[str, Any] | None:
    """What moves the result, as data: every factor, the largest swing first."""
    if found is None:
        return None
    return {
        "elapsed_working_s": _seconds(found.mean),
        "cases": found.cases,
        "seed": found.seed,
        "warm_up": found.warm_up,
        "settled": found.settled,
        "left_out": found.left_out,
        "overloaded": [overload.unit for overload in found.overloaded],
        "factors": [
            {
                "kind": effect.factor.kind,
                "element": effect.factor.element,
                "value": _plain(effect.factor.value),
                "estimated": effect.factor.estimated,
                "lower": _change_json(effect.lower),
                "higher": _change_json(effect.higher),
            }
            for effect in found.effects
        ],
    }


def _change_json(change: Change | None) -> Mapping[str, Any] | None:
    if change is None:
        return None
    return {
        "value": _plain(change.value),
        "change_s": _seconds(change.seconds),
        "low": _seconds(change.low),
        "high": _seconds(change.high),
        "why": change.why,
        "overloaded": [overload.unit for overload in change.overloaded],
    }


def _seconds(value: float | None) -> float | None:
    return None if value is None else round(value, 6) + 0.0


def _plain(value: float) -> float | int:
    """A number in at most twelve figures, whole ones without a point."""
    rounded = float(f"{value:.12g}")
    return int(rounded) if rounded.is_integer() else rounded
