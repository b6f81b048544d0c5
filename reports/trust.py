"""How far the figures can be trusted: what is estimated, missing, suggested or illustrative."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bpmn.annotation import Duration
from bpmn.model import Node
from reports import format as write
from reports.comparison import Side
from reports.entry import Entry, each, entry, listed
from reports.headline import overload_sentence
from reports.study import Study, step_name, unit_name

#: More estimated years than this are told as a span.
FEW_YEARS = 3
#: Where times come from, the surest first; "" is a time whose source the file does not say.
SOURCES = ("measured", "statute", "estimate", "suggested", "")


@dataclass(frozen=True, kw_only=True)
class SourceLine:
    """A time that nobody measured and no law sets."""

    side: str
    step: str
    unit: str
    work: str
    wait: str
    source: str


def doubts(study: Study) -> list[Entry]:
    """The account of what is estimated, missing or suggested; empty where nothing is in doubt."""
    made = (
        entry(study, "incomparable", [study.words(f"why-not.{name}") for name in _why_not(study)], is_warning=True),
        entry(study, "overload", _overloads(study), is_warning=True),
        entry(study, "notes", _notes(study), is_warning=True),
        entry(study, "other-hours", each(study, _other_hours)),
        entry(study, "estimated-years", _estimated_years(study), is_warning=True),
        entry(study, "sources", each(study, _sources)),
        entry(study, "missing", each(study, _missing), is_warning=True),
        entry(study, "suggested", each(study, _suggested), is_warning=True),
        entry(study, "calibration", _calibration(study), is_warning=True),
        entry(study, "illustrative", _illustrations(study), is_warning=True),
    )
    return [entry for entry in made if entry.sentences]


def _why_not(study: Study) -> tuple[str, ...]:
    return study.comparison.why_not if study.comparison is not None else ()


def _overloads(study: Study) -> list[str]:
    return [overload_sentence(study, key, overload) for key, side in study.sides for overload in side.times.overloaded]


def _notes(study: Study) -> list[str]:
    names = [note for result in study.results for note in result.notes]
    names += study.comparison.notes if study.comparison is not None else ()
    return [study.words(f"note.{name}") for name in dict.fromkeys(names) if f"note.{name}" in study.words]


def _other_hours(study: Study, side: Side) -> str:
    names = side.times.other_hours
    return study.words("method.other-hours.text", units=listed(study, names)) if names else ""


def _estimated_years(study: Study) -> list[str]:
    said = []
    for key, side in study.sides:
        years = side.times.estimated_years
        if len(years) > FEW_YEARS:
            span = {"first": str(min(years)), "last": str(max(years))}
            said.append(study.words("method.estimated-years.many", side=study.side_name(key), **span))
            continue
        for year, share in sorted(years.items()):
            cases = side.times.cases
            counts = {"part": write.count(round(share * cases)), "cases": write.count(cases)}
            fields = {"year": str(year), "share": write.percent(100 * share), **counts}
            said.append(study.words("method.estimated-years.text", side=study.side_name(key), **fields))
    return said


def _sources(study: Study, side: Side) -> str:
    """How many times of the file come from where; the sum of the parts is all of them."""
    counts = Counter(time.source if time.source in SOURCES else "" for node in side.model.nodes for time in node.times)
    if not counts:
        return ""
    parts = [
        study.words(
            "method.sources.part", source=study.words(f"source.{name or 'unsaid'}"), count=write.count(counts[name])
        )
        for name in SOURCES
        if counts[name]
    ]
    joined = study.words("list.separator").join(parts)
    return study.words.counted("method.sources.text", counts.total(), parts=joined)


def _missing(study: Study, side: Side) -> str:
    names = [step_name(side.model, identity) for identity in side.times.not_annotated]
    return study.words("method.missing.text", names=listed(study, names)) if names else ""


def _suggested(study: Study, side: Side) -> str:
    names = [step_name(side.model, node.id) for node in side.model.nodes if _is_suggested(node)]
    return study.words("method.suggested.text", names=listed(study, names)) if names else ""


def _is_suggested(node: Node) -> bool:
    sources = [time.source for time in node.times] + [material.source for material in node.materials]
    return "suggested" in (sources if node.step is None else [*sources, node.step.source])


def _calibration(study: Study) -> list[str]:
    calibration = study.procedure.calibration if study.procedure is not None else None
    return [calibration.statement[study.words.language]] if calibration is not None else []


def _illustrations(study: Study) -> list[str]:
    if study.procedure is None:
        return []
    return [illustration.says[study.words.language] for illustration in study.procedure.illustrations]


def given_times(study: Study, side: Side) -> dict[str, tuple[str, str, str]]:
    """Work, wait and source of each element with times, as the file gives them, in the order of the file."""
    join = study.words("list.separator").join
    return {
        node.id: (
            _duration(study, node, "work"),
            _duration(study, node, "wait"),
            join(dict.fromkeys(_source_names(study, node))),
        )
        for node in side.model.nodes
        if node.times
    }


def unproved_times(study: Study) -> list[SourceLine]:
    """The steps whose times are estimated, suggested or without a source, side by side."""
    return [
        SourceLine(
            side=study.side_name(key),
            step=step_name(side.model, node.id),
            unit=unit_name(side.model, node.id),
            work=_duration(study, node, "work"),
            wait=_duration(study, node, "wait"),
            source=study.words("list.separator").join(dict.fromkeys(_source_names(study, node))),
        )
        for key, side in study.sides
        for node in side.model.nodes
        if any(time.source not in {"measured", "statute"} for time in node.times)
    ]


def _source_names(study: Study, node: Node) -> Iterable[str]:
    return (
        study.words(f"source.{time.source if time.source in SOURCES and time.source else 'unsaid'}")
        for time in node.times
    )


def _duration(study: Study, node: Node, part: str) -> str:
    """A time as the file gives it: its distribution and its length."""
    time = node.time(part)
    if time is None:
        return write.UNKNOWN
    if time.distribution == "empirical":
        return study.words("distribution.empirical", count=write.count(len(time.values)))
    calendar = time.clock == "calendar" or (time.clock != "work" and node.is_automatic)
    lengths = {"mean": time.mean, "sd": time.sd, "low": time.low, "mode": time.mode, "high": time.high}
    fields = {name: length(study, value, calendar=calendar) for name, value in lengths.items()}
    key = f"distribution.{time.distribution}"
    return study.words(key if key in study.words else "distribution.fixed", **fields)


def length(study: Study, duration: Duration | None, *, calendar: bool) -> str:
    """A duration as the file gives it, days and hours kept apart: a day's length belongs to its clock."""
    if duration is None:
        return write.UNKNOWN
    hours, rest = divmod(duration.seconds, write.HOUR)
    minutes = rest / write.MINUTE
    parts = {"week": duration.weeks, "day" if calendar else "workday": duration.days, "hour": hours, "minute": minutes}
    said = [study.words.counted(f"limit.{unit}", number) for unit, number in parts.items() if number]
    return " ".join(said) or study.words.counted("limit.minute", 0)
