"""`zaizao flows`: the library of procedures."""

import click

from flows import load, procedures
from zaizao.cli.text import Column, one_line, screen, table
from zaizao.cli.worded import Call, Command


@click.command("flows", cls=Command)
@click.argument("name", required=False)
@click.pass_obj
def command(call: Call, name: str | None, as_json: bool) -> int:
    """List the procedures, or tell what one holds."""
    chosen = (load(name),) if name else procedures()
    language = call.settings.language
    if as_json:
        for procedure in chosen:
            facts = {
                "name": procedure.name,
                "title": procedure.title[language],
                "summary": procedure.summary[language],
                "as_is": str(procedure.as_is),
                "to_be": str(procedure.to_be) if procedure.to_be is not None else None,
            }
            click.echo(one_line(facts))
        return 0
    if not name:
        columns = [Column(bold=True), Column(), Column(shrinks=True, dim=True)]
        rows = [[item.name, item.title[language], item.summary[language]] for item in chosen]
        click.echo("\n".join(table(columns, rows, cells=screen())))
        return 0
    procedure = chosen[0]
    click.echo(f"{click.style(procedure.title[language], bold=True)}  {procedure.summary[language]}\n")
    rows = [[call.say("flows.as-is"), str(procedure.as_is)]]
    rows += [[call.say("flows.to-be"), str(procedure.to_be)]] if procedure.to_be is not None else []
    rows += [[call.say("flows.readme"), str(procedure.folder / "README.md")]]
    click.echo("\n".join(table([Column(dim=True), Column()], rows)))
    click.echo("\n" + call.say("flows.next", name=procedure.name))
    return 0
