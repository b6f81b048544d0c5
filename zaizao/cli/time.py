"""`zaizao time`: how long cases take, where their time goes, and what could not keep up."""

from datetime import datetime

import click

from bpmn import Model
from reports.format import minute, number, plain, visible
from zaizao.cli.failures import FILE
from zaizao.cli.figures import marked, time_table, unit_table, warnings
from zaizao.cli.options import called, opened, simulated
from zaizao.cli.simulating import ready, replicated, timed
from zaizao.cli.text import one_line
from zaizao.cli.worded import Call, Command, option


@click.command("time", cls=Command)
@click.argument("file")
@called
@simulated
@opened
@option("--cluster", metavar="ADDRESS", default=None)
@click.pass_obj
def command(
    call: Call,
    file: str,
    library: dict[str, Model],
    cases: int,
    seed: int,
    start: datetime | None,
    warm_up: int | None,
    cluster: str | None,
    as_json: bool,
) -> int:
    """Simulate the file's cases and print the four times."""
    model = ready(call, file, library)
    if model is None:
        return FILE
    from reports.json import time_json

    if cluster is None:
        result = timed(call, model, cases=cases, seed=seed, start=start, warm_up=warm_up)
    else:
        result = replicated(call, model, cluster, cases=cases, seed=seed, start=start, warm_up=warm_up)
    if as_json:
        click.echo(one_line(time_json(result)))
        return 0
    title = click.style(visible(model.title), bold=True)
    facts = call.say("time.facts", cases=plain(number(cases, 0)), seed=seed, start=minute(result.start))
    lines = [f"{title}  {click.style(facts, dim=True)}", "", *time_table(call, result)]
    units = unit_table(call, result)
    lines += ["", *units] if units else []
    said = marked(warnings(call, result, names(model)))
    lines += ["", *said] if said else []
    click.echo("\n".join(lines))
    return 0


def names(model: Model) -> dict[str, str]:
    """Give the names of a model's elements for the warnings about them."""
    nodes = {node.id: node.name for node in model.nodes if node.name}
    return nodes | {flow.id: flow.name for flow in model.flows if flow.name}
