"""How the figures were made, so that an auditor can make them again."""

from __future__ import annotations

from collections.abc import Iterable

from reports import format as write
from reports.comparison import Side
from reports.entry import Entry, each, entry, listed
from reports.study import Study


def account(study: Study) -> list[Entry]:
    """The account of the method: what was simulated, from when, with whom, on which calendar."""
    made = (
        entry(study, "simulation", _simulation(study)),
        entry(study, "trial", each(study, _trial) if any(side.trial for _, side in study.sides) else []),
        entry(study, "interval", _intervals(study)),
        entry(study, "rounding", [study.words("method.rounding.text")] if study.after is not None else []),
        entry(study, "start", _starts(study)),
        entry(study, "arrivals", each(study, _arrivals)),
        entry(study, "staff", each(study, _staff)),
        entry(study, "calendar", each(study, _calendar)),
        entry(study, "outcomes", each(study, _outcomes)),
        entry(study, "counting", [study.words("method.counting.text")]),
        entry(study, "left-out", _left_out(study)),
    )
    return [entry for entry in made if entry.sentences]


def repeat(study: Study) -> list[Entry]:
    """What is needed to make the same report again: files by digest, program, seed, command."""
    files = [
        Entry(
            term=study.words(f"method.file.{key}"),
            sentences=(side.file or study.words("method.no-file"), write.digest(side.digest)),
        )
        for key, side in study.sides
    ]
    program = Entry(term=study.words("method.program"), sentences=(f"zaizao {study.version}",))
    command = [Entry(term=study.words("method.command"), sentences=(study.command,))] if study.command else []
    return [*files, program, *command]


def _simulation(study: Study) -> list[str]:
    times = study.before.times
    if study.is_measured:
        return [study.words("method.simulation.measured", cases=study.cases, seed=str(times.seed))]
    warm = dict.fromkeys(write.count(result.warm_up) for result in study.results)
    key = "pair" if study.after is not None else "one"
    fields = {
        "cases": study.words.counted("count.case", times.cases),
        "warm": " / ".join(warm),
        "seed": str(times.seed),
    }
    return [study.words(f"method.simulation.{key}", **fields)]


def _trial(study: Study, side: Side) -> str:
    """What was promised, simulated and tried, side by side."""
    run, procedure = side.trial, side.model.procedure
    if run is None:
        return study.words("method.trial.none")
    return study.words(
        "method.trial.within" if run.is_within else "method.trial.differs",
        promised=study.limit(procedure.promised_limit, procedure.limit_unit),
        simulated=study.amount(run.simulated.times.elapsed_working.mean),
        trial=study.amount(run.trial.times.elapsed_working.mean),
        cases=study.words.counted("count.case", run.trial.cases),
        same=write.count(run.same),
    )


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


def _arrivals(study: Study, side: Side) -> str:
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


def _staff(study: Study, side: Side) -> str:
    named = [
        study.words("method.staff.unit", unit=unit.name, staff=write.count(unit.staff))
        for unit in side.model.units
        if unit.staff is not None and not unit.applicant
    ]
    free = [unit.name for unit in side.model.units if unit.staff is None and not unit.applicant]
    sentences = [study.words("list.separator").join(named)] if named else []
    if free:
        sentences.append(study.words("method.staff.free", units=listed(study, free)))
    return study.words("list.stop").join(sentences)


def _calendar(study: Study, side: Side) -> str:
    procedure = side.model.procedure
    hours = write.count(side.times.day_seconds / write.HOUR)
    name = "cn" if procedure.calendar == "CN" else "none"
    return study.words(f"method.calendar.{name}", spans=hours_text(procedure.hours), hours=hours)


def _outcomes(study: Study, side: Side) -> str:
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
    cases = side.times.cases
    of_all = {"part": write.count(round(rejected * cases)), "cases": study.words.counted("count.case", cases)}
    counts = {} if exact == "exact" else of_all
    share = study.words(f"method.outcomes.{exact}", share=write.percent(100 * rejected), **counts)
    return study.words("list.stop").join([share, *means])


def _left_out(study: Study) -> list[str]:
    said = study.procedure.left_out if study.procedure is not None else ()
    return [text[study.words.language] for text in said] or [study.words("method.left-out.text")]
