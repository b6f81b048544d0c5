"""`zaizao trial`: the real engine played by simulated officials, set against the simulation."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bpmn import Model
from flows import load, procedures
from reports.format import count, minute, number, plain, visible
from zaizao.cli.failures import FILE, Refusal
from zaizao.cli.figures import hours, time_table
from zaizao.cli.files import means_file, told
from zaizao.cli.options import MOST_CASES, Whole, called, opened
from zaizao.cli.progress import progress
from zaizao.cli.simulating import announce_compiler, ready
from zaizao.cli.text import one_line
from zaizao.cli.worded import Call, Command, option

if TYPE_CHECKING:
    from analysis.agreement import Agreement

#: Cases of a trial if nobody says: some seconds on a usual machine.
CASES = 100


@click.command("trial", cls=Command)
@click.argument("name", metavar="NAME|FILE", shell_complete=lambda *_: [item.name for item in procedures()])
@called
@option("--cases", "tried", type=Whole(1, MOST_CASES), default=CASES)
@option("--seed", type=Whole(0, 2**63 - 1), default=1)
@opened
@click.pass_obj
def command(
    call: Call,
    name: str,
    library: dict[str, Model],
    tried: int,
    seed: int,
    start: datetime | None,
    warm_up: int | None,
    as_json: bool,
) -> int:
    """Play each file of a procedure; leave with 1 where the two roads part."""
    from reports.json import trial_json

    worst = 0
    for place, file in enumerate(_files(name)):
        model = ready(call, str(file), library)
        if model is None:
            worst = FILE
            continue
        found = played(call, str(file), model, cases=tried, seed=seed, start=start, warm_up=warm_up)
        if as_json:
            click.echo(one_line({"file": told(file), **trial_json(found)}))
        else:
            click.echo(("\n" if place else "") + "\n".join(_page(call, model, found)))
        worst = max(worst, 0 if found.is_within else FILE)
    return worst


def _files(name: str) -> list[Path]:
    """The file of that name, else those of a procedure of the library."""
    if means_file(name):
        return [Path(name)]
    procedure = load(name)
    return [file for file in (procedure.as_is, procedure.to_be) if file is not None]


def played(
    call: Call,
    file: str,
    model: Model,
    *,
    cases: int,
    seed: int,
    start: datetime | None = None,
    warm_up: int | None = None,
) -> Agreement:
    """Play one file under a progress bar; what cannot be played is refused by name."""
    from zaizao.trial import obstacles, trial

    found = obstacles(model)
    if found:
        raise Refusal("trial_cannot", elements=" ".join(found[:5]), file=file)
    announce_compiler(call)
    with progress(call.say("trial.working")) as bar:
        return trial(model, model.source, cases=cases, seed=seed, start=start, warm_up=warm_up, progress=bar)


def _page(call: Call, model: Model, found: Agreement) -> list[str]:
    result = found.trial
    facts = call.say("trial.facts", cases=plain(number(result.cases, 0)), seed=result.seed, start=minute(result.start))
    lines = [f"{click.style(visible(model.title), bold=True)}  {click.style(facts, dim=True)}", ""]
    word = "trial.within" if found.is_within else "trial.differs"
    fields = {
        "simulated": hours(found.simulated.times.elapsed_working.mean),
        "trial": hours(result.times.elapsed_working.mean),
        "same": plain(count(found.same)),
        "cases": plain(count(result.cases)),
    }
    colour = "green" if found.is_within else "red"
    return [*lines, *time_table(call, result), "", click.style(call.say(word, **fields), fg=colour)]
