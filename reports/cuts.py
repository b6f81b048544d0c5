"""The four cuts as cards: steps, time, materials, visits, each with both numbers, per cent and basis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from reports import charts
from reports import format as write
from reports.comparison import Cut, Side
from reports.study import Study


@dataclass(frozen=True, kw_only=True)
class Card:
    """One of the four cuts."""

    name: str
    before: str
    #: Empty where there is only one side.
    after: str
    unit: str
    change: str
    percent: str
    notes: tuple[str, ...]
    bars: Markup


@dataclass(frozen=True, kw_only=True)
class _Figures:
    """The two figures of a cut, as numbers for the bars and as people read them."""

    name: str
    unit: str
    numbers: Sequence[float | None]
    texts: Sequence[str]
    change: str


def cards(study: Study) -> list[Card]:
    """The four cuts in their order: steps, time, materials, visits."""
    return [_steps(study), _time(study), _materials(study), _visits(study)]


def _steps(study: Study) -> Card:
    return _counted(study, "steps", lambda side: side.steps, [study.words("report.cut.steps.note")])


def _time(study: Study) -> Card:
    measures = [result.times.elapsed_working for result in study.results]
    texts = [study.scale.text(measure.mean) for measure in measures]
    medians = write.ARROW.join(study.scale.text(measure.median) for measure in measures)
    if study.is_measured:
        notes = [study.words("report.cut.time.measured", cases=study.cases, median=medians)]
    else:
        notes = [study.words("report.cut.time.note", cases=write.count(measures[0].n), median=medians)]
    cut = study.comparison.cuts["time"] if study.comparison else None
    if study.is_untimed:
        texts, notes, cut = [write.UNKNOWN] * len(texts), [study.words("report.cut.time.untimed")], None
    elif write.UNKNOWN in texts:
        notes = [study.words("report.cut.time.overloaded")]
    notes += [*_calendar_note(study), *_limit_note(study)]
    numbers = [None if text == write.UNKNOWN else measure.mean for text, measure in zip(texts, measures, strict=True)]
    change = write.change(study.scale.text(cut.cut), cut.cut) if cut else write.UNKNOWN
    figures = _Figures(name="time", unit=study.unit(), numbers=numbers, texts=texts, change=change)
    return _card(study, figures, cut, notes)


def _limit_note(study: Study) -> list[str]:
    """The promised limit before and after, where both files have one and they differ, each in its own unit."""
    cut = study.comparison.cuts.get("limit") if study.comparison else None
    if cut is None or cut.before is None or cut.after is None or cut.cut == 0:
        return []
    units = cut.unit.split("/")
    before = write.count(cut.before) if len(units) == 1 else study.limit(cut.before, units[0])
    after = study.limit(cut.after, units[-1])
    return [study.words("report.cut.time.limit", before=before, after=after, percent=_percent(cut))]


def _calendar_note(study: Study) -> list[str]:
    """The mean on the calendar too, where a unit's office hours are not the procedure's."""
    cut = study.comparison.cuts.get("calendar") if study.comparison else None
    if cut is None or cut.before is None or cut.after is None:
        return []
    scale = study.calendar
    times = f"{scale.text(cut.before)}{write.ARROW}{scale.text(cut.after)} {study.unit(scale)}"
    return [study.words("report.cut.time.calendar", times=times, percent=_percent(cut))]


def _materials(study: Study) -> Card:
    distinct = write.ARROW.join(write.count(side.distinct_materials) for _, side in study.sides)
    notes = [study.words("report.cut.materials.note", distinct=distinct), *_bounds(study, ("materials", "distinct"))]
    if all(side.materials == 0 for _, side in study.sides):
        notes = [study.words("report.cut.materials.none")]
    return _counted(study, "materials", lambda side: side.materials, notes)


def _visits(study: Study) -> Card:
    notes = [study.words("report.cut.visits.note"), *_bounds(study, ("visits",))]
    if all(side.visits == 0 for _, side in study.sides):
        notes = [study.words("report.cut.visits.none")]
    return _counted(study, "visits", lambda side: side.visits, notes)


def _bounds(study: Study, names: tuple[str, ...]) -> list[str]:
    is_bound = any(name in side.bounds for _, side in study.sides for name in names)
    return [study.words("report.cut.bound")] if is_bound else []


def _counted(study: Study, name: str, count: Callable[[Side], int], notes: list[str]) -> Card:
    numbers = [float(count(side)) for _, side in study.sides]
    cut = study.comparison.cuts.get(name) if study.comparison else None
    change = write.change(write.count(abs(cut.cut)), cut.cut) if cut and cut.cut is not None else write.UNKNOWN
    if cut is not None and cut.percent is None and cut.before == 0 and numbers[-1] != 0:
        notes = [*notes, study.words("report.cut.from-nothing")]
    figures = _Figures(
        name=name,
        unit=study.words(f"unit.one.{name}" if numbers[-1] == 1 else f"unit.{name}"),
        numbers=numbers,
        texts=[write.count(number) for number in numbers],
        change=change,
    )
    return _card(study, figures, cut, notes)


def _percent(cut: Cut | None) -> str:
    if cut is None or cut.percent is None:
        return write.UNKNOWN
    return write.change(write.percent(abs(cut.percent)), cut.cut)


def _card(study: Study, figures: _Figures, cut: Cut | None, notes: list[str]) -> Card:
    name = study.words(f"report.cut.{figures.name}.name")
    title = f"{name} {write.ARROW.join(figures.texts)} {figures.unit}"
    is_pair = len(figures.texts) > 1
    # A bar beside an unknown one would claim a comparison.
    known = [0.0 if None in figures.numbers else number or 0.0 for number in figures.numbers]
    return Card(
        name=name,
        before=figures.texts[0],
        after=figures.texts[1] if is_pair else "",
        unit=figures.unit,
        change=figures.change,
        percent=_percent(cut),
        notes=tuple(notes),
        bars=Markup(charts.paired_bars(known[0], known[1] if is_pair else None, title=title)),
    )
