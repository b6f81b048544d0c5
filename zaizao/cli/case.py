"""`zaizao case`: live cases, from the start to the history of what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.lifecycle import CASE, STATES, commanded
from reports.format import visible
from zaizao import live, wiring
from zaizao.cli.acting import Data, acted, item_json, item_table, moment, perform, show
from zaizao.cli.databases import asked, confirm, engine_of, installed, kept_in, opened
from zaizao.cli.failures import Refusal
from zaizao.cli.files import limits
from zaizao.cli.options import Whole
from zaizao.cli.progress import progress
from zaizao.cli.text import Column, one_line, screen, table
from zaizao.cli.worded import Call, Command, Group, option

if TYPE_CHECKING:
    from bpmn.history import History, Record
    from engine.clocks import Clocks
    from store.rows import CaseRow, KeptRecord

#: Commands about a case that end it for good.
_FINAL = frozenset(("cancel", "terminate"))
#: Cases on one page.
PAGE = 100


@click.command("case-start", cls=Command)
@click.argument("procedure", metavar="PROCEDURE|FILE")
@option("--with", "library", multiple=True, metavar="FILE")
@option("--at-start", "begin", metavar="ELEMENT", default="")
@acted
@click.pass_obj
def start(
    call: Call,
    procedure: str,
    library: tuple[str, ...],
    begin: str,
    data: dict[str, Any],
    key: str,
    person: str,
    database: str,
    as_json: bool,
) -> int:
    """Start a case of a procedure, which is installed first where it is a file or one of the library."""
    from engine.command import Command as Asked

    with opened(call, database, making=True) as store:
        engine = engine_of(call, store)
        named = installed(engine, procedure, library, wiring.now(call.settings.timezone))
        asked_for = Asked(do="start", by=person, key=key, procedure=named, data=data, to=begin)
        answer = engine.perform(asked_for, wiring.now(call.settings.timezone))
    show(call, answer, database, as_json=as_json)
    return 0


@click.command("case-list", cls=Command)
@option("--state", type=click.Choice(STATES[CASE]), default=None)
@option("--procedure", default="")
@option("--limit", type=Whole(1, 100_000), default=PAGE)
@option("--after", metavar="CASE", default="")
@kept_in
@click.pass_obj
def list_cases(
    call: Call, state: str | None, procedure: str, limit: int, after: str, database: str, as_json: bool
) -> int:
    """List cases."""
    with opened(call, database) as store, store.reading() as reading:
        found = reading.cases(state=state or "", process=procedure, limit=limit, after=after)
        titles = {row.process: row.name for row in reading.procedures()}
    if as_json:
        click.echo(one_line({"cases": [_case_json(case) for case in found]}))
        return 0
    if not found:
        click.echo(call.say("case-list.none-such" if state or procedure or after else "case-list.none"))
        return 0
    lines = _case_table(call, found, titles)
    lines += ["", call.say("case-list.more", last=found[-1].id)] if len(found) == limit else []
    click.echo("\n".join(lines))
    return 0


def _case_table(call: Call, found: Iterable[CaseRow], titles: Mapping[str, str]) -> list[str]:
    heads = ("live.case", "live.procedure", "live.state", "live.started", "live.ended", "live.outcome")
    columns = [Column(head=call.say(head), shrinks=head == "live.procedure") for head in heads]
    rows = [
        [
            case.id,
            titles.get(case.process) or case.process,
            call.say(f"state.{case.state}"),
            moment(call, case.started),
            moment(call, case.ended),
            _outcome(call, case),
        ]
        for case in found
    ]
    return table(columns, rows, cells=screen())


def _outcome(call: Call, case: CaseRow) -> str:
    """How a case ended, in the user's language where that is one of our words."""
    key = f"outcome.{case.outcome}"
    return call.words(key) if key in call.words else case.outcome or "—"


@click.command("case-show", cls=Command)
@click.argument("case")
@kept_in
@click.pass_obj
def show_case(call: Call, case: str, database: str, as_json: bool) -> int:
    """Show where a case stands, what it waits for, and its data."""
    import json

    with opened(call, database) as store, store.reading() as reading:
        row = reading.case(case)
        items = reading.items(case=case, limit=1000)
        waits = reading.waits(case)
        jobs = reading.jobs(case=case, limit=1000)
        data = {key: json.loads(text) for key, text in reading.values(case, 0).items()}
        title = reading.procedure(row.procedure).name
    if as_json:
        waiting = [{"element": one.element, "kind": one.kind, "name": one.name} for one in waits]
        due = [{"job": one.id, "kind": one.kind, "state": one.state, "at": one.run_at.isoformat()} for one in jobs]
        facts = {"items": [item_json(item) for item in items], "waits": waiting, "jobs": due, "data": data}
        click.echo(one_line({**_case_json(row), **facts}))
        return 0
    head = [row.id, visible(title), call.say(f"state.{row.state}"), moment(call, row.started)]
    lines = [click.style("  ".join(head), bold=True)]
    lines += ["", *item_table(call, map(item_json, items))] if items else []
    lines += [call.say(f"case-show.{one.kind}", name=visible(one.name or one.element)) for one in waits]
    for one in jobs:
        fields = {"at": moment(call, one.run_at), "state": call.say(f"job.{one.state}")}
        lines.append(call.say(f"case-show.{one.kind}-job", **fields))
    lines += ["", *table([Column(dim=True), Column()], [[key, one_line(value)] for key, value in data.items()])]
    click.echo("\n".join(lines).rstrip())
    return 0


@click.command("case-history", cls=Command)
@click.argument("case", required=False, default="")
@option("--all", "all_cases", is_flag=True)
@option("-o", "--output", "target", default="")
@kept_in
@click.pass_obj
def history(call: Call, case: str, all_cases: bool, target: str, database: str, as_json: bool) -> int:
    """Show what happened to a case, or write the histories of one or all into a log."""
    if all_cases == bool(case):
        raise Refusal("case_or_all")
    if all_cases and not target:
        raise Refusal("all_needs_output")
    with opened(call, database) as store:
        model_of = live.models_of(store, limits())
        if target:
            told = store.histories() if all_cases else iter([live.history_of(store, case)])
            number = _write(call, Path(target), told, live.names_of(model_of))
            facts = {"file": target, "cases": number}
            click.echo(one_line(facts) if as_json else call.say("case-history.written", n=number, file=visible(target)))
            return 0
        records = live.records_of(store, case)
        if as_json:
            rows = [live.record_json(kept, told) for kept, told in records]
            click.echo(one_line({"case": case, "records": rows}))
        else:
            click.echo("\n".join(_record_table(call, records, live.places_of(model_of))))
    return 0


def _record_table(
    call: Call, records: Iterable[tuple[KeptRecord, Record]], place: Callable[[Record], str]
) -> list[str]:
    """What happened as rows; of a flow where it leads."""
    columns = [
        Column(head=call.say("live.sequence"), right=True, dim=True),
        Column(head=call.say("case-history.at")),
        Column(head=call.say("case-history.what")),
        Column(head=call.say("live.name"), shrinks=True),
        Column(head=call.say("live.person"), shrinks=True),
    ]
    rows = [
        [
            str(kept.sequence),
            moment(call, told.at),
            call.say(f"record.{told.kind}"),
            place(told) or "—",
            told.person or "—",
        ]
        for kept, told in records
    ]
    return table(columns, rows, cells=screen())


def _write(call: Call, path: Path, histories: Iterable[History], names: Callable[[Record], str]) -> int:
    """Write a log piece by piece, whole or not at all; how many cases it holds."""
    from analysis.logs import write_csv, write_xes
    from zaizao.cli.files import output, writing

    output(str(path), (".xes", ".csv"))
    write = write_xes if path.suffix.lower() == ".xes" else write_csv
    number = 0

    def told() -> Iterator[History]:
        nonlocal number
        for one in histories:
            number += 1
            yield one

    with progress(call.say("case-history.working")), writing(path) as stream:
        for piece in write(told(), names):
            stream.write(piece.encode())
    return number


@click.command("case-clocks", cls=Command)
@click.argument("case")
@kept_in
@click.pass_obj
def clocks(call: Call, case: str, database: str, as_json: bool) -> int:
    """Show the three clocks of a case: what the law allows, what was promised, what it took."""
    with opened(call, database) as store:
        found = engine_of(call, store).clocks(case, wiring.now(call.settings.timezone))
    if as_json:
        click.echo(one_line({"case": case, **live.clocks_json(found)}))
        return 0
    click.echo("\n".join(_clock_lines(call, found)))
    return 0


def _clock_lines(call: Call, found: Clocks) -> list[str]:
    rows = []
    for limit in found.limits:
        amount = call.words.counted(f"limit.{limit.unit}", limit.amount)
        due = moment(call, limit.due.due) if limit.due is not None else call.say("case-clocks.not-begun")
        word = "late" if limit.is_late(found.ceased or wiring.now()) else "kept"
        state = call.say(f"case-clocks.{word}") if limit.due is not None else "—"
        rows.append([call.say(f"case-clocks.{limit.clock}"), amount, due, state])
    actual = f"{found.elapsed_working / 3600:.1f} {call.say('time.hour')}"
    rows.append([call.say("case-clocks.actual"), actual, moment(call, found.ceased), ""])
    lines = table([Column(bold=True), Column(right=True), Column(), Column()], rows)
    return lines + [call.say("case-clocks.stop", first=moment(call, a), last=moment(call, b)) for a, b in found.stops]


@click.command("case-message", cls=Command)
@click.argument("name")
@option("--correlation", type=Data(), default="{}")
@option("--case", "case", metavar="CASE", default="")
@acted
@click.pass_obj
def message(
    call: Call,
    name: str,
    correlation: dict[str, Any],
    case: str,
    data: dict[str, Any],
    key: str,
    person: str,
    database: str,
    as_json: bool,
) -> int:
    """Deliver a message to the case that waits for it, or start one by it."""
    from engine.command import Command as Asked

    asked_for = Asked(do="message", by=person, key=key, case=case, name=name, correlation=correlation, data=data)
    show(call, perform(call, database, asked_for), database, as_json=as_json)
    return 0


@click.command("case-signal", cls=Command)
@click.argument("name")
@acted
@click.pass_obj
def signal(call: Call, name: str, data: dict[str, Any], key: str, person: str, database: str, as_json: bool) -> int:
    """Send a signal to every case that waits for it."""
    from engine.command import Command as Asked

    asked_for = Asked(do="signal", by=person, key=key, name=name, data=data)
    show(call, perform(call, database, asked_for), database, as_json=as_json)
    return 0


def _operation(operation: str) -> click.Command:
    """The command of one operation of the engine's table."""

    def run(
        call: Call, case: str, reason: str, key: str, person: str, database: str, as_json: bool, **more: bool
    ) -> int:
        from engine.command import Command as Asked

        if operation in _FINAL:
            confirm(call, call.say(f"case-{operation}.sure", case=visible(case)), yes=more["yes"])
        asked_for = Asked(do=operation, by=person, key=key, case=case, reason=reason)
        show(call, perform(call, database, asked_for), database, as_json=as_json)
        return 0

    decorated: Any = click.pass_obj(run)
    for add in (
        kept_in,
        option("--as", "person", metavar="PERSON", required=True),
        option("--key", metavar="KEY", default=""),
        option("--reason", metavar="TEXT", default=""),
        *([asked] if operation in _FINAL else []),
        click.argument("case"),
    ):
        decorated = add(decorated)
    return click.command(f"case-{operation}", cls=Command)(decorated)


def _case_json(case: CaseRow) -> dict[str, Any]:
    return {
        "case": case.id,
        "process": case.process,
        "version": case.procedure,
        "state": case.state,
        "started": case.started.isoformat(),
        "ended": case.ended.isoformat() if case.ended is not None else None,
        "outcome": case.outcome,
        "records": case.sequence,
    }


def _members() -> dict[str, Callable[[], click.Command]]:
    members: dict[str, Callable[[], click.Command]] = {
        "start": lambda: start,
        "list": lambda: list_cases,
        "show": lambda: show_case,
        "history": lambda: history,
        "clocks": lambda: clocks,
        "message": lambda: message,
        "signal": lambda: signal,
    }
    for row in commanded():
        if row.of == CASE and row.operation not in members:
            members[row.operation] = partial(_operation, row.operation)
    return members


command = Group(name="case", members=_members())
