"""`zaizao compare`: what changed between two files, and what was cut."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bpmn import Model
from reports.format import visible
from zaizao.cli.failures import FILE, Refusal
from zaizao.cli.figures import cut_table, headline, marked, warnings
from zaizao.cli.files import output, save, told
from zaizao.cli.measure import is_measured, read
from zaizao.cli.options import called, simulated
from zaizao.cli.reporting import REPORTS, matter
from zaizao.cli.simulating import compared, ready, timed
from zaizao.cli.text import data, one_line
from zaizao.cli.time import names
from zaizao.cli.worded import Call, Command, option

if TYPE_CHECKING:
    from analysis.measure import TimeResult
    from reports.comparison import Comparison


@click.command("compare", cls=Command)
@click.argument("before")
@click.argument("after")
@called
@option("-o", "--output", "target", default="")
@simulated
@click.pass_obj
def command(
    call: Call,
    before: str,
    after: str,
    library: dict[str, Model],
    target: str,
    cases: int,
    seed: int,
    as_json: bool,
) -> int:
    """Simulate both files with common random numbers and print the four cuts."""
    path = output(target, (*REPORTS, ".json")) if target else None
    from reports.json import comparison_json

    if is_measured(before) or is_measured(after):
        comparison = _set_against(call, (before, after), library, cases=cases, seed=seed)
    else:
        old, new = ready(call, before, library), ready(call, after, library)
        if old is None or new is None:
            return FILE
        comparison = compared(call, old, new, cases=cases, seed=seed, files=(told(before), told(after)))
    if comparison is None:
        return FILE
    if path is not None:
        save(path, _content(call, comparison, path))
    if as_json:
        click.echo(one_line(comparison_json(comparison)))
        return 0
    lines = [headline(call, comparison), "", *cut_table(call, comparison)]
    lines += ["", *reasons] if (reasons := [call.words(f"why-not.{why}") for why in comparison.why_not]) else []
    for side in (comparison.before, comparison.after):
        said = marked(warnings(call, side.times, names(side.model)))
        lines += ["", visible(side.file or side.title), *said] if said else []
    lines += ["", str(path)] if path is not None else []
    click.echo("\n".join(lines))
    return 0


def _set_against(
    call: Call, sources: tuple[str, str], library: dict[str, Model], *, cases: int, seed: int
) -> Comparison | None:
    """Set what was simulated or measured on one side against the other; none where a file is at fault."""
    from reports.comparison import set_against, side

    models = {name: ready(call, name, library) for name in sources if not is_measured(name)}
    if None in models.values():
        return None
    known = next((model for model in models.values() if model is not None), None)
    sides = []
    for name in sources:
        model = models.get(name)
        if model is not None:
            times = timed(call, model, cases=cases, seed=seed, start=None, warm_up=None)
        else:
            model, times = _measured(call, name, known)
            known = known or model
        sides.append(side(model, file=told(name), times=times))
    return set_against(*sides, cases=cases, seed=seed)


def _measured(call: Call, name: str, other: Model | None) -> tuple[Model, TimeResult]:
    """The cases of the process that is compared: that of the other side, else the only one there is."""
    found = [(one.model, one.times) for one in read(call, name) if one.model is not None and one.times is not None]
    wanted = other.procedure_process if other is not None else None
    same = [
        (model, times)
        for model, times in found
        if wanted is not None and (own := model.procedure_process) is not None and own.id == wanted.id
    ]
    chosen = same or (found if len(found) == 1 else [])
    if not chosen or not chosen[0][1].cases:
        raise Refusal("no_measured_case", source=name)
    return chosen[0]


def _content(call: Call, comparison: Comparison, path: Path) -> bytes:
    """The report as a page, a document, a workbook or data, by the ending of its file."""
    from reports.json import comparison_json

    if path.suffix.lower() == ".json":
        return data(comparison_json(comparison))
    files = [comparison.before.file, comparison.after.file]
    line = call.line("compare", *files, "-o", path.name, cases=comparison.cases, seed=comparison.seed)
    return REPORTS[path.suffix.lower()](matter(call, comparison, title=comparison.before.title, command=line))
