"""`zaizao compare`: what changed between two files, and what was cut."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bpmn import Model
from reports.format import visible
from zaizao.cli.failures import FILE
from zaizao.cli.figures import cut_table, headline, marked, warnings
from zaizao.cli.files import output, save, told
from zaizao.cli.options import called, simulated
from zaizao.cli.reporting import REPORTS, matter
from zaizao.cli.simulating import compared, ready
from zaizao.cli.text import data, one_line
from zaizao.cli.time import names
from zaizao.cli.worded import Call, Command, option

if TYPE_CHECKING:
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
    old, new = ready(call, before, library), ready(call, after, library)
    if old is None or new is None:
        return FILE
    from reports.json import comparison_json

    comparison = compared(call, old, new, cases=cases, seed=seed, files=(told(before), told(after)))
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


def _content(call: Call, comparison: Comparison, path: Path) -> bytes:
    """The report as a page, a document, a workbook or data, by the ending of its file."""
    from reports.json import comparison_json

    if path.suffix.lower() == ".json":
        return data(comparison_json(comparison))
    files = [comparison.before.file, comparison.after.file]
    line = call.line("compare", *files, "-o", path.name, cases=comparison.cases, seed=comparison.seed)
    return REPORTS[path.suffix.lower()](matter(call, comparison, title=comparison.before.title, command=line))
