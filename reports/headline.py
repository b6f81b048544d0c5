"""The sentence to repeat, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.measure import Overload
from reports import format as write
from reports.comparison import Cut
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
    which = direction(study.comparison.cuts["time"])
    return f"proposed-{which}" if study.is_proposed else which, fields, figure


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
        return [words("report.lead.untimed"), *_proposal(study)]
    sentences = _cut_sentence(study) if study.comparison is not None else _mean_sentence(study)
    hours = write.count(study.before.times.day_seconds / write.HOUR)
    cases = study.cases if study.is_measured else words.counted("count.case", study.before.times.cases)
    basis = "measured" if study.is_measured else "pair" if study.after else "one"
    sentences.append(words(f"report.lead.basis.{basis}", hours=hours, cases=cases))
    means = [study.calendar.text(result.times.elapsed_calendar.mean) for result in study.results]
    if write.UNKNOWN not in means:
        sentences.append(words("report.lead.calendar", time=f"{write.ARROW.join(means)} {study.unit(study.calendar)}"))
    sentences += _proposal(study)
    if study.procedure is not None and study.procedure.calibration is not None:
        sentences.append(words("report.lead.calibrated"))
    return sentences


def _proposal(study: Study) -> list[str]:
    """Where what stands after comes from, or what the program proposes beside it."""
    words = study.words
    if study.is_proposed:
        return [words("report.lead.proposed")]
    if study.after is None:
        return [words("report.lead.alone" if study.proposal is None else "report.lead.nothing-pays")]
    proposed = study.proposed
    cut = proposed.comparison.cuts["time"] if proposed is not None and proposed.comparison is not None else None
    if cut is None or cut.after is None or study.is_untimed:
        return []
    fields = {"time": study.amount(cut.after), "percent": write.percent(cut.percent)}
    return [words("report.lead.beside", **fields)]


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
