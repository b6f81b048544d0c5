"""The first page in words: the sentence to repeat, what it rests on, and the four cuts."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from analysis.measure import Overload
from reports import charts
from reports import format as write
from reports.comparison import Cut, Side
from reports.study import Study


@dataclass(frozen=True, kw_only=True)
class Headline:
    """The first sentence, with the figure to remember apart."""

    start: str
    figure: str
    end: str

    @property
    def text(self) -> str:
        """The whole sentence."""
        return self.start + self.figure + self.end


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


def headline(study: Study) -> Headline:
    """Say in one sentence what happened, with both numbers."""
    key, fields, figure = _sentence(study)
    text = study.words(f"report.headline.{key}", title=study.title, **fields)
    start, found, end = text.rpartition(figure) if figure else (text, "", "")
    return Headline(start=start, figure=found, end=end) if found else Headline(start=text, figure="", end="")


def _sentence(study: Study) -> tuple[str, dict[str, str], str]:
    """The key of the headline, its fields and the figure in it that counts most."""
    steps = {"before": write.count(study.before.steps)}
    mean = study.before.times.times.elapsed_working.mean
    unit = study.unit()
    if study.after is None or study.comparison is None:
        if study.is_untimed:
            return "one-untimed", steps, ""
        if mean is None:
            return "one-overloaded", {"units": _overloaded_units(study)}, ""
        time = study.amount(mean)
        return "one", {"time": time}, time
    steps["after"] = write.count(study.after.steps)
    after = study.after.times.times.elapsed_working.mean
    if study.is_untimed:
        return "untimed", steps, ""
    if mean is None or after is None:
        return "overloaded", {"units": _overloaded_units(study), **steps}, ""
    figure = study.amount(after)
    fields = {"before": study.scale.text(mean), "after": study.scale.text(after), "unit": unit}
    if not study.comparison.comparable:
        return "not-comparable", fields, ""
    return direction(study.comparison.cuts["time"]), fields, figure


def _overloaded_units(study: Study) -> str:
    names = [overload.unit for result in study.results for overload in result.overloaded]
    return study.words("list.separator").join(dict.fromkeys(names)) or write.UNKNOWN


def direction(cut: Cut) -> str:
    """Whether a figure "falls", "rises" or stays the "same" within what chance explains."""
    low = cut.cut if cut.low is None else cut.low
    high = cut.cut if cut.high is None else cut.high
    if low is not None and low > 0:
        return "falls"
    return "rises" if high is not None and high < 0 else "same"


def lead(study: Study) -> list[str]:
    """Say what the headline rests on: the cut and its interval, what was counted, and the other basis."""
    words = study.words
    if study.is_untimed:
        return [words("report.lead.untimed")]
    sentences = _cut_sentence(study) if study.comparison is not None else _mean_sentence(study)
    hours = write.count(study.before.times.day_seconds / write.HOUR)
    cases = write.count(study.before.times.cases)
    sentences.append(words(f"report.lead.basis.{'pair' if study.after else 'one'}", hours=hours, cases=cases))
    means = [study.calendar.text(result.times.elapsed_calendar.mean) for result in study.results]
    if write.UNKNOWN not in means:
        sentences.append(words("report.lead.calendar", time=f"{' → '.join(means)} {study.unit(study.calendar)}"))
    if study.procedure is not None and study.procedure.calibration is not None:
        sentences.append(words("report.lead.calibrated"))
    return sentences


def warnings(study: Study) -> list[str]:
    """Say what forbids to take the figures at their face: sides that cannot be compared, units that cannot keep up."""
    words = study.words
    found = [words(f"why-not.{name}") for name in (study.comparison.why_not if study.comparison else ())]
    for key, side in study.sides:
        found += [overload_sentence(study, key, overload) for overload in side.times.overloaded]
    return found


def overload_sentence(study: Study, key: str, overload: Overload) -> str:
    """Say which unit cannot keep up and how many people it needs."""
    return study.words(
        "report.overloaded",
        side=study.side_name(key),
        unit=overload.unit,
        staff=write.count(overload.staff),
        use=write.percent(100 * overload.use, 0),
        needed=write.count(overload.needed),
    )


def _cut_sentence(study: Study) -> list[str]:
    cut = study.comparison.cuts["time"] if study.comparison else None
    if cut is None or cut.cut is None:
        return []
    which = direction(cut)
    sign = -1.0 if which == "rises" else 1.0
    low, high = sorted(
        (sign * (cut.cut if cut.low is None else cut.low), sign * (cut.cut if cut.high is None else cut.high))
    )
    sentence = study.words(
        f"report.lead.{which}",
        cut=study.amount(abs(cut.cut)),
        percent=write.percent(abs(cut.percent)) if cut.percent is not None else write.UNKNOWN,
        interval=f"{write.span(study.scale.text(low), study.scale.text(high))} {study.unit()}",
    )
    return [sentence]


def _mean_sentence(study: Study) -> list[str]:
    measure = study.before.times.times.elapsed_working
    if measure.low is None or measure.high is None:
        return []
    interval = write.span(study.scale.text(measure.low), study.scale.text(measure.high))
    fields = {"median": study.amount(measure.median), "p95": study.amount(measure.p95)}
    return [study.words("report.lead.mean", interval=f"{interval} {study.unit()}", **fields)]


def cards(study: Study) -> list[Card]:
    """The four cuts in their order: steps, time, materials, visits."""
    return [_steps(study), _time(study), _materials(study), _visits(study)]


def _steps(study: Study) -> Card:
    return _counted(study, "steps", lambda side: side.steps, [study.words("report.cut.steps.note")])


def _time(study: Study) -> Card:
    measures = [result.times.elapsed_working for result in study.results]
    texts = [study.scale.text(measure.mean) for measure in measures]
    medians = " → ".join(study.scale.text(measure.median) for measure in measures)
    notes = [study.words("report.cut.time.note", cases=write.count(measures[0].n), median=medians)]
    cut = study.comparison.cuts["time"] if study.comparison else None
    if study.is_untimed:
        texts, notes, cut = [write.UNKNOWN] * len(texts), [study.words("report.cut.time.untimed")], None
    elif write.UNKNOWN in texts:
        notes = [study.words("report.cut.time.overloaded")]
    elif cut is not None and cut.low is not None and cut.high is not None:
        interval = write.span(study.scale.text(cut.low), study.scale.text(cut.high))
        notes.append(study.words("report.cut.interval", interval=interval))
    numbers = [None if text == write.UNKNOWN else measure.mean for text, measure in zip(texts, measures, strict=True)]
    change = write.change(study.scale.text(cut.cut), cut.cut) if cut else write.UNKNOWN
    return _card(study, "time", texts, study.unit(), (change, _percent(cut)), notes, numbers)


def _materials(study: Study) -> Card:
    distinct = " → ".join(write.count(side.distinct_materials) for _, side in study.sides)
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


def _counted(study: Study, name: str, count: object, notes: list[str]) -> Card:
    assert callable(count)
    numbers = [float(count(side)) for _, side in study.sides]
    cut = study.comparison.cuts.get(name) if study.comparison else None
    change = write.change(write.count(abs(cut.cut)), cut.cut) if cut and cut.cut is not None else write.UNKNOWN
    if cut is not None and cut.percent is None and cut.before == 0 and numbers[-1] != 0:
        notes = [*notes, study.words("report.cut.from-nothing")]
    unit = study.words(f"unit.{name}")
    return _card(
        study, name, [write.count(number) for number in numbers], unit, (change, _percent(cut)), notes, numbers
    )


def _percent(cut: Cut | None) -> str:
    if cut is None or cut.percent is None:
        return write.UNKNOWN
    return write.change(write.percent(abs(cut.percent)), cut.cut)


def _card(
    study: Study,
    name: str,
    texts: list[str],
    unit: str,
    change: tuple[str, str],
    notes: list[str],
    numbers: list[float | None] | list[float],
) -> Card:
    title = f"{study.words(f'report.cut.{name}.name')} {' → '.join(texts)} {unit}"
    is_pair = len(texts) > 1
    known = [0.0 if number is None else number for number in numbers]
    return Card(
        name=study.words(f"report.cut.{name}.name"),
        before=texts[0],
        after=texts[1] if is_pair else "",
        unit=unit,
        change=change[0],
        percent=change[1],
        notes=tuple(notes),
        bars=Markup(charts.paired_bars(known[0], known[1] if is_pair else None, title=title)),
    )


def heads(side: Side) -> int:
    """How many units of offices work on the procedure."""
    return len(
        {
            unit.key
            for node in side.model.nodes
            if node.is_step and (unit := side.model.unit_of.get(node.id)) and not unit.applicant
        }
    )
