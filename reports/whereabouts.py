"""Where the time of a mean case goes: the whole way on the calendar, and office time unit by unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from analysis.measure import PathTime, UnitTime
from reports import charts
from reports import format as write
from reports.charts import HALF, Parts, PathRow
from reports.format import Scale
from reports.study import Study
from reports.table import Row


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
    title = study.words("report.where.whole-title", time=write.ARROW.join(texts), unit=study.unit(scale))
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
                name=name or study.words("report.where.no-unit"),
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


def _unit_parts(unit: UnitTime | None, scale: Scale) -> Parts | None:
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
    decimals = max(1, write.decimals_for(scale.value(total)))
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
                    head=(name or study.words("report.where.no-unit")) if is_first else "",
                    note=study.side_name(key) if study.after is not None else "",
                    cells=tuple(write.number(value) for value in values),
                )
            )
    return rows
