"""`zaizao try`: one case in memory under a virtual clock, without a database."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from reports.format import visible
from zaizao import wiring
from zaizao.cli.acting import Data
from zaizao.cli.failures import CALL, FILE, explain, located
from zaizao.cli.files import contents, limits, load
from zaizao.cli.options import Moment
from zaizao.cli.text import Column, one_line, screen, table
from zaizao.cli.worded import Call, Command, option

if TYPE_CHECKING:
    from bpmn import Model
    from bpmn.problem import Problem
    from engine.attempt import Attempt


@click.command("try", cls=Command)
@click.argument("file")
@option("--data", type=Data(), default="{}")
@option("--with", "library", multiple=True, metavar="FILE")
@option("--start", "begun", type=Moment(), default=None)
@option("--skip-scripts", is_flag=True)
@click.pass_obj
def command(
    call: Call,
    file: str,
    data: dict[str, Any],
    library: tuple[str, ...],
    begun: datetime | None,
    skip_scripts: bool,
    as_json: bool,
) -> int:
    """Play one case: work is done at once, timers ring in their order; it stops where it waits for somebody outside."""
    model = load(file)
    at = begun or wiring.now(call.settings.timezone)
    tried, problems = _tried(model, library, at, data, skip_scripts=skip_scripts)
    message = explain(tried.error, call.words)[0] if tried.error is not None else ""
    if as_json:
        facts = {"outcome": tried.outcome, "trace": tried.trace, "waiting_at": tried.waiting_at, "data": tried.data}
        click.echo(one_line({**facts, "message": message}))
    else:
        for problem in problems:
            click.echo(located(file, problem, call.words), err=True)
        click.echo("\n".join(_page(call, model, tried, message)))
    if tried.outcome == "refused":
        return FILE
    return CALL if tried.error is not None else 0


def _tried(
    model: Model, library: tuple[str, ...], at: datetime, data: dict[str, Any], *, skip_scripts: bool
) -> tuple[Attempt, tuple[Problem, ...]]:
    """Play the case as far as it goes; with it the problems that stop it from being run."""
    from engine.attempt import Attempt, attempt
    from engine.errors import Unrunnable
    from engine.procedures import read_library
    from engine.spiff import compiled
    from engine.world import Office, OfficeWorld

    models, decisions = read_library(contents(library), limits())
    try:
        program = compiled(model, models, decisions, skip_scripts=skip_scripts)
    except Unrunnable as refusal:
        return Attempt(outcome="refused", data=data, at=at, error=refusal), refusal.problems
    office = Office(model, models.values(), str(at.tzinfo) if isinstance(at.tzinfo, ZoneInfo) else "Asia/Shanghai")
    return attempt(program, OfficeWorld(office, decisions, at), data, start=at), ()


def _page(call: Call, model: Model, tried: Attempt, message: str) -> list[str]:
    names = {node.id: node.name for node in model.nodes if node.name}
    rows = [[str(number), names.get(element, ""), element] for number, element in enumerate(tried.trace, start=1)]
    lines = table([Column(right=True, dim=True), Column(shrinks=True), Column(dim=True)], rows, cells=screen())
    at = call.words("list.separator").join(names.get(element) or element for element in tried.waiting_at)
    lines += ["", click.style(call.say(f"try.{tried.outcome}", names=visible(at), message=message), bold=True)]
    data = [[key, one_line(value)] for key, value in tried.data.items()]
    return lines + (["", call.say("try.data"), *table([Column(dim=True), Column()], data)] if data else [])
