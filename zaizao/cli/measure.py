"""`zaizao measure`: what live cases took, by the same measure as the simulation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reports.format import count, plain, visible
from zaizao.cli.acting import moment
from zaizao.cli.databases import opened
from zaizao.cli.failures import Refusal
from zaizao.cli.figures import HOUR, hours, interval, marked, time_table, warnings
from zaizao.cli.files import existing, limits
from zaizao.cli.progress import Bar, progress
from zaizao.cli.text import Column, one_line, screen, table
from zaizao.cli.time import names
from zaizao.cli.worded import Call, Command

if TYPE_CHECKING:
    from analysis.measure import LimitShare
    from bpmn.history import History
    from zaizao.measuring import Measured

#: How a file of SQLite begins.
SQLITE = b"SQLite format 3\0"
#: Rows of hand-overs shown; JSON has all.
SHOWN = 12


@click.command("measure", cls=Command)
@click.argument("sources", nargs=-1, required=True, metavar="DATABASE|ARCHIVE...")
@click.pass_obj
def command(call: Call, sources: tuple[str, ...], as_json: bool) -> int:
    """Measure each process of each source."""
    from reports.measured import measured_json

    for source in sources:
        found = list(read(call, source))
        for one in found if as_json else ():
            facts = measured_json(one.log, one.times, version=one.version)
            click.echo(one_line({"file": visible(source), **facts}))
        if not as_json:
            pages = ["\n".join(_page(call, one)) for one in found]
            click.echo("\n\n".join(pages) if pages else call.say("measure.none", source=visible(source)))
    return 0


def is_database(source: str) -> bool:
    """Whether a source is a database: an address, or a file of one."""
    if "://" in source:
        return True
    file = Path(source)
    if not file.is_file():
        return False
    with file.open("rb") as stream:
        return stream.read(len(SQLITE)) == SQLITE


def is_measured(source: str) -> bool:
    """Whether a source holds cases that were worked on: a database, or an archive of one."""
    return is_database(source) or bool(_archive(source))


def _archive(source: str) -> list[Path]:
    """The files of an archive, in their order; none where it is none."""
    path = Path(source)
    found = sorted(path.glob("*.parquet")) if path.is_dir() else [path] if path.suffix.lower() == ".parquet" else []
    return [file for file in found if file.is_file()]


def read(call: Call, source: str) -> Iterator[Measured]:
    """Measure a database or an archive of one."""
    from zaizao import live
    from zaizao.measuring import measured

    if files := _archive(source):
        from store.archive import histories

        told = (history for file in files for history in histories(file))
        yield from measured(told, lambda _: None, lambda _: "")
        return
    if not is_database(source):
        existing(source)
        raise Refusal("no_measure", file=source)
    with opened(call, source) as store, progress(call.say("measure.working")) as bar:
        model_of = live.models_of(store, limits())
        with store.reading() as reading:
            total = sum(reading.counts().cases.values())
        yield from measured(_told(store.histories(), bar, total), model_of, live.names_of(model_of))


def _told(histories: Iterable[History], bar: Bar, total: int) -> Iterator[History]:
    """The same histories, told to a bar one by one."""
    for number, history in enumerate(histories):
        bar(number, total)
        yield history


def _page(call: Call, found: Measured) -> list[str]:
    """The head, the times, how the limits were kept, the steps, who hands over to whom."""
    log, model = found.log, found.model
    title = visible(model.title if model is not None else log.process or "—")
    fields = {
        name: plain(count(number))
        for name, number in (("cases", log.cases), ("open", log.under_way), ("off", log.broken_off))
    }
    facts = call.say("measure.facts", records=plain(count(log.records)), variants=plain(count(log.variants)), **fields)
    lines = [f"{click.style(title, bold=True)}  {click.style(facts, dim=True)}"]
    if not log.cases:
        return [*lines, "", call.say("measure.no-case")]
    if log.first is not None and log.last is not None:
        lines.append(
            click.style(call.say("measure.span", first=moment(call, log.first), last=moment(call, log.last)), dim=True)
        )
    lines += ["", *(time_table(call, found.times) if found.times is not None else _elapsed(call, found))]
    kept = [_kept(call, limit) for limit in found.times.limits] if found.times is not None else []
    lines += ["", *kept] if kept else []
    lines += ["", *_activities(call, found), *_passings(call, found)]
    said = marked(warnings(call, found.times, names(model))) if found.times is not None and model is not None else []
    return [*lines, "", *said] if said else lines


def _elapsed(call: Call, found: Measured) -> list[str]:
    rows = []
    for measure in (found.log.elapsed_working, found.log.elapsed_calendar):
        mean = f"{hours(measure.mean)} {call.say('time.hour')}"
        figures = (mean, interval(measure.low, measure.high), hours(measure.median), hours(measure.p90))
        rows.append([call.say("time.elapsed"), *figures, call.say(f"measure.{measure.basis}")])
    heads = ("time.mean", "time.interval", "time.median")
    columns = [Column(), *(Column(head=call.say(head), right=True) for head in heads), Column(head="p90", right=True)]
    return table([*columns, Column(head=call.say("time.basis"), dim=True)], rows)


def _kept(call: Call, limit: LimitShare) -> str:
    share = plain(f"{100 * limit.inside / limit.n:.1f}") if limit.n else "—"
    amount = call.words.counted(f"limit.{limit.unit}", limit.limit)
    fields = {"inside": plain(count(limit.inside)), "n": plain(count(limit.n)), "share": share, "limit": amount}
    return call.say(f"measure.{limit.clock}", **fields)


def _activities(call: Call, found: Measured) -> list[str]:
    units = {unit.key: unit.name for unit in found.model.units} if found.model is not None else {}
    columns = [
        Column(head=call.say("live.name"), shrinks=True),
        Column(head=call.say("time.unit"), shrinks=True, dim=True),
        Column(head=call.say("measure.times"), right=True),
        Column(head=call.say("time.waiting"), right=True),
        Column(head=call.say("time.work"), right=True),
    ]
    rows = [
        [
            one.name or one.id,
            units.get(one.unit, one.unit),
            f"{one.times_per_case:.2f}",
            _mean(one.waiting),
            _mean(one.work),
        ]
        for one in found.log.activities
    ]
    return table(columns, rows, cells=screen())


def _mean(seconds: float | None) -> str:
    """Hours of a mean case; what is less than one is told more finely."""
    return hours(seconds, 1 if (seconds or 0) >= HOUR else 2)


def _passings(call: Call, found: Measured) -> list[str]:
    if not found.log.passings:
        return []
    units = {unit.key: unit.name for unit in found.model.units} if found.model is not None else {}
    columns = [
        Column(head=call.say("measure.hand-over"), shrinks=True),
        Column(head=call.say("measure.times"), right=True),
        Column(head=call.say("measure.gap"), right=True),
    ]
    rows = [
        [
            f"{units.get(one.giver, one.giver)} → {units.get(one.taker, one.taker)}",
            f"{one.times_per_case:.2f}",
            _mean(one.gap),
        ]
        for one in found.log.passings[:SHOWN]
    ]
    return ["", *table(columns, rows, cells=screen())]
