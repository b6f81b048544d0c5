"""`zaizao try`: one case in memory under a virtual clock, without a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from reports.format import visible
from zaizao import wiring
from zaizao.cli.acting import Data
from zaizao.cli.failures import CALL, FILE, Refusal, explain, located
from zaizao.cli.files import existing, limits, load
from zaizao.cli.options import Moment
from zaizao.cli.text import Column, one_line, screen, table
from zaizao.cli.worded import Call, Command, option

if TYPE_CHECKING:
    from bpmn import Model
    from bpmn.problem import Problem
    from engine.spiff import Run

#: What is told of an element that was done or passed.
_DONE = frozenset(("completed", "passed", "timer-due", "message-received", "signal-received", "rejected"))
#: More steps than this are no trial of a procedure any more.
MOST = 10_000


@dataclass
class Tried:
    """What became of the case so far."""

    trace: list[str] = field(default_factory=list)
    waiting_at: list[str] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)
    outcome: str = "waiting"
    message: str = ""


@click.command("try", cls=Command)
@click.argument("file")
@option("--data", type=Data(), default="{}")
@option("--with", "library", multiple=True, metavar="FILE")
@option("--start", type=Moment(), default=None)
@option("--skip-scripts", is_flag=True)
@click.pass_obj
def command(
    call: Call,
    file: str,
    data: dict[str, Any],
    library: tuple[str, ...],
    start: datetime | None,
    skip_scripts: bool,
    as_json: bool,
) -> int:
    """Play one case: work is done at once, timers ring in their order; it stops where it waits for somebody outside."""
    model = load(file)
    at = start or wiring.now().astimezone(ZoneInfo(call.settings.timezone))
    tried = Tried(data=data)
    code, problems = _play(call, file, model, library, at, tried, skip_scripts=skip_scripts)
    if as_json:
        facts = {"outcome": tried.outcome, "trace": tried.trace, "waiting_at": tried.waiting_at, "data": tried.data}
        click.echo(one_line({**facts, "message": tried.message}))
    else:
        for problem in problems:
            click.echo(located(file, problem, call.words), err=True)
        click.echo("\n".join(_page(call, model, tried)))
    return code


def _play(
    call: Call,
    file: str,
    model: Model,
    library: tuple[str, ...],
    at: datetime,
    tried: Tried,
    *,
    skip_scripts: bool,
) -> tuple[int, tuple[Problem, ...]]:
    """Play the case as far as it goes; how the program leaves, and the problems that stop it from being run."""
    from bpmn.errors import BpmnError
    from engine.errors import EngineError, Unrunnable

    try:
        run = _begun(model, library, at, tried, skip_scripts=skip_scripts)
        _go_on(run, at, tried)
    except Unrunnable as refusal:
        tried.outcome, tried.message = "refused", explain(refusal, call.words)[0]
        return FILE, refusal.problems
    except (EngineError, BpmnError) as error:
        tried.outcome, tried.message = "failed", explain(error, call.words)[0]
        return CALL, ()
    return 0, ()


def _begun(model: Model, library: tuple[str, ...], at: datetime, tried: Tried, *, skip_scripts: bool) -> Run:
    from bpmn import UnreadableFile, read
    from bpmn.decisions import read_decisions
    from engine.spiff import Run, compiled
    from engine.world import Office, OfficeWorld

    models, decisions = {}, []
    for name in (part for text in library for part in text.split(",")):
        path = existing(name)
        try:
            models[path.name] = read(path, limits=limits())
        except UnreadableFile as error:
            if error.problem.rule != "dmn":
                raise
            decisions.append(read_decisions(path, limits=limits()))
    program = compiled(model, models, tuple(decisions), skip_scripts=skip_scripts)
    office = Office(model, models.values(), str(at.tzinfo) if isinstance(at.tzinfo, ZoneInfo) else "Asia/Shanghai")
    run = Run.start(program, OfficeWorld(office, decisions, at), at=at, data=tried.data)
    _note(run, tried)
    return run


def _go_on(run: Run, at: datetime, tried: Tried) -> None:
    """Do what waits: work at once, in the order it came; timers when nothing else is left, the earliest first."""
    for _ in range(MOST):
        waits = run.waits()
        work = next((wait for wait in waits if wait.kind in ("work", "job")), None)
        timers = sorted((wait.due, wait.token) for wait in waits if wait.kind == "timer" and wait.due is not None)
        if tried.outcome != "waiting" or (work is None and not timers):
            return
        if work is not None:
            run.complete(work.token, {}, at)
        else:
            at = max(at, timers[0][0])
            run.fire(timers[0][1], {}, at)
        _note(run, tried)
    raise Refusal("try_too_long", most=str(MOST))


def _note(run: Run, tried: Tried) -> None:
    """Note what happened, where it waits now, and the data."""
    changes = run.changes()
    tried.trace += [fact.element for fact in changes.facts if fact.kind in _DONE and fact.element]
    tried.waiting_at = [wait.element for wait in run.waits()]
    tried.data = run.data()
    if changes.ended:
        tried.outcome = "failed" if changes.ended == "failed" else "completed"
        tried.waiting_at = []


def _page(call: Call, model: Model, tried: Tried) -> list[str]:
    names = {node.id: node.name for node in model.nodes if node.name}
    rows = [[str(number), names.get(element, ""), element] for number, element in enumerate(tried.trace, start=1)]
    lines = table([Column(right=True, dim=True), Column(shrinks=True), Column(dim=True)], rows, cells=screen())
    at = call.words("list.separator").join(names.get(element) or element for element in tried.waiting_at)
    lines += ["", click.style(call.say(f"try.{tried.outcome}", names=visible(at), message=tried.message), bold=True)]
    data = [[key, one_line(value)] for key, value in tried.data.items()]
    return lines + (["", call.say("try.data"), *table([Column(dim=True), Column()], data)] if data else [])
