"""The last pages: how the figures were made and how far they can be trusted, so that an auditor can make them again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bpmn.annotation import Duration
from bpmn.model import Model, Node
from reports import format as write
from reports.comparison import Side
from reports.study import Study, step_name, unit_name
from reports.summary import overload_sentence

#: Where times come from, the surest first; "" is a time whose source the file does not say.
SOURCES = ("measured", "statute", "estimate", "suggested", "")

#: Names listed before the rest is counted.
NAMED = 12


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A term of the account and what is said to it."""

    term: str
    sentences: tuple[str, ...]
    #: Whether it limits what the figures can be used for.
    is_warning: bool = False


@dataclass(frozen=True, kw_only=True)
class SourceLine:
    """A time that nobody measured and no law sets."""

    side: str
    step: str
    unit: str
    work: str
    wait: str
    source: str


def account(study: Study) -> list[Entry]:
    """The account of the method: what was simulated, from when, with whom, on which calendar."""
    made = (
        _entry(study, "simulation", _simulation(study)),
        _entry(study, "interval", _intervals(study)),
        _entry(study, "rounding", [study.words("method.rounding.text")]),
        _entry(study, "start", _starts(study)),
        _entry(study, "arrivals", _each(study, _arrivals)),
        _entry(study, "staff", _each(study, _staff)),
        _entry(study, "calendar", _each(study, _calendar)),
        _entry(study, "outcomes", _each(study, _outcomes)),
        _entry(study, "counting", [study.words("method.counting.text")]),
        _entry(study, "left-out", _left_out(study)),
    )
    return [entry for entry in made if entry.sentences]


def doubts(study: Study) -> list[Entry]:
    """The account of what is estimated, missing, suggested or not built; empty where nothing is in doubt."""
    made = (
        _entry(study, "incomparable", [study.words(f"why-not.{name}") for name in _why_not(study)], is_warning=True),
        _entry(study, "overload", _each(study, _overloads), is_warning=True),
        _entry(study, "notes", _notes(study), is_warning=True),
        _entry(study, "other-hours", _each(study, _other_hours)),
        _entry(study, "estimated-years", _estimated_years(study), is_warning=True),
        _entry(study, "sources", _each(study, _sources)),
        _entry(study, "missing", _each(study, _missing), is_warning=True),
        _entry(study, "suggested", _each(study, _suggested), is_warning=True),
        _entry(study, "calibration", _calibration(study), is_warning=True),
        _entry(study, "illustrative", _illustrations(study), is_warning=True),
        _entry(study, "not-built", _not_built(study)),
    )
    return [entry for entry in made if entry.sentences]


def repeat(study: Study) -> list[Entry]:
    """What is needed to make the same report again: files by digest, program, seed, command."""
    files = [
        Entry(
            term=study.words("method.file", side=study.side_name(key)),
            sentences=(side.file or study.words("method.no-file"), write.digest(side.digest)),
        )
        for key, side in study.sides
    ]
    program = Entry(term=study.words("method.program"), sentences=(f"zaizao {study.version}",))
    command = [Entry(term=study.words("method.command"), sentences=(study.command,))] if study.command else []
    return [*files, program, *command]


def _entry(study: Study, key: str, sentences: Iterable[str], *, is_warning: bool = False) -> Entry:
    return Entry(term=study.words(f"method.{key}.term"), sentences=tuple(sentences), is_warning=is_warning)


def _each(study: Study, tell: object) -> list[str]:
    """Say something of each side, once where it is the same of both."""
    assert callable(tell)
    said = [(study.side_name(key), tell(study, key, side)) for key, side in study.sides]
    if len({text for _, text in said}) == 1:
        return [said[0][1]] if said[0][1] else []
    return [study.words("method.of-side", side=name, text=text) for name, text in said if text]


# --------------------------------------------------------------------------------------------------------------------
# How the figures were made


def _simulation(study: Study) -> list[str]:
    times = study.before.times
    warm = dict.fromkeys(write.count(result.warm_up) for result in study.results)
    key = "pair" if study.after is not None else "one"
    fields = {"cases": write.count(times.cases), "warm": " / ".join(warm), "seed": str(times.seed)}
    return [study.words(f"method.simulation.{key}", **fields)]


def _intervals(study: Study) -> list[str]:
    return [] if study.is_untimed else [study.words("method.interval.text")]


def _starts(study: Study) -> list[str]:
    instants = [f"{write.minute(result.start)} ({result.start.tzinfo})" for result in study.results]
    if len(set(instants)) == 1:
        return [instants[0]]
    return [
        study.words("method.of-side", side=study.side_name(key), text=instant)
        for (key, _), instant in zip(study.sides, instants, strict=True)
    ]


def _arrivals(study: Study, key: str, side: Side) -> str:
    procedure = side.model.procedure
    if procedure.arrivals_per_day is None:
        return study.words("method.arrivals.none")
    number = write.count(procedure.arrivals_per_day)
    if procedure.arrival_hours is None:
        return study.words("method.arrivals.day", number=number)
    return study.words("method.arrivals.hours", number=number, hours=hours_text(procedure.arrival_hours))


def hours_text(spans: Iterable[tuple[int, int]]) -> str:
    """Office hours as people write them."""
    return ", ".join(f"{write.clock(first)}–{write.clock(last)}" for first, last in spans)


def _staff(study: Study, key: str, side: Side) -> str:
    named = [
        study.words("method.staff.unit", unit=unit.name, staff=write.count(unit.staff))
        for unit in side.model.units
        if unit.staff is not None and not unit.applicant
    ]
    free = [unit.name for unit in side.model.units if unit.staff is None and not unit.applicant]
    sentences = [study.words("list.separator").join(named)] if named else []
    if free:
        sentences.append(study.words("method.staff.free", units=_listed(study, free)))
    return study.words("list.stop").join(sentences)


def _listed(study: Study, names: Iterable[str]) -> str:
    """Names in a row; after the first dozen the rest is counted."""
    found = list(dict.fromkeys(names))
    text = study.words("list.separator").join(found[:NAMED])
    return text if len(found) <= NAMED else study.words("list.more", names=text, count=write.count(len(found)))


def _calendar(study: Study, key: str, side: Side) -> str:
    procedure = side.model.procedure
    hours = write.count(side.times.day_seconds / write.HOUR)
    name = "cn" if procedure.calendar == "CN" else "none"
    return study.words(f"method.calendar.{name}", spans=hours_text(procedure.hours), hours=hours)


def _outcomes(study: Study, key: str, side: Side) -> str:
    rejected = side.times.outcome_shares.get("rejected", 0.0)
    if not rejected:
        return study.words("method.outcomes.all-granted")
    exact = "exact" if side.times.outcome_shares_exact else "simulated"
    means = [
        study.words(
            "method.outcomes.mean",
            outcome=study.words(f"outcome.{name}"),
            time=study.amount(times.elapsed_working.mean),
        )
        for name, times in side.times.by_outcome.items()
    ]
    share = study.words(f"method.outcomes.{exact}", share=write.percent(100 * rejected))
    return study.words("list.stop").join([share, *means])


def _left_out(study: Study) -> list[str]:
    said = [study.words("method.left-out.text")]
    if study.procedure is not None:
        said += [text[study.words.language] for text in study.procedure.left_out]
    return said


# --------------------------------------------------------------------------------------------------------------------
# How far they can be trusted


def _why_not(study: Study) -> tuple[str, ...]:
    return study.comparison.why_not if study.comparison is not None else ()


def _overloads(study: Study, key: str, side: Side) -> str:
    return study.words("list.gap").join(overload_sentence(study, key, overload) for overload in side.times.overloaded)


def _notes(study: Study) -> list[str]:
    names = [note for result in study.results for note in result.notes]
    names += study.comparison.notes if study.comparison is not None else ()
    return [study.words(f"note.{name}") for name in dict.fromkeys(names) if f"note.{name}" in study.words]


def _other_hours(study: Study, key: str, side: Side) -> str:
    names = side.times.other_hours
    return study.words("method.other-hours.text", units=_listed(study, names)) if names else ""


def _estimated_years(study: Study) -> list[str]:
    said = []
    for key, side in study.sides:
        for year, share in sorted(side.times.estimated_years.items()):
            fields = {"year": str(year), "share": write.percent(100 * share)}
            said.append(study.words("method.estimated-years.text", side=study.side_name(key), **fields))
    return said


def office_steps(model: Model) -> list[Node]:
    """The steps outside the applicant's pool."""
    return [node for node in model.nodes if node.is_step and node.process not in model.applicant_processes]


def _sources(study: Study, key: str, side: Side) -> str:
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
    total = write.count(counts.total())
    return study.words("method.sources.text", total=total, parts=study.words("list.separator").join(parts))


def _missing(study: Study, key: str, side: Side) -> str:
    names = [step_name(side.model, identity) for identity in side.times.not_annotated]
    return study.words("method.missing.text", names=_listed(study, names)) if names else ""


def _suggested(study: Study, key: str, side: Side) -> str:
    names = [step_name(side.model, node.id) for node in side.model.nodes if _is_suggested(node)]
    return study.words("method.suggested.text", names=_listed(study, names)) if names else ""


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


def _not_built(study: Study) -> list[str]:
    if not study.not_built:
        return []
    names = [
        study.words(f"not-built.{name}") if f"not-built.{name}" in study.words else name for name in study.not_built
    ]
    return [study.words("method.not-built.text", names=study.words("list.separator").join(names))]


# --------------------------------------------------------------------------------------------------------------------
# Times that nobody measured


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
    parts = [(duration.weeks, "week"), (duration.days, "day" if calendar else "workday")]
    said = [f"{write.count(number)} {study.words(f'unit.{unit}')}" for number, unit in parts if number]
    if duration.seconds or not said:
        in_hours = duration.seconds >= write.HOUR
        number = duration.seconds / (write.HOUR if in_hours else write.MINUTE)
        said.append(f"{write.count(number)} {study.words('unit.clock-hour' if in_hours else 'unit.clock-minute')}")
    return " ".join(said)
