"""`zaizao draw`: a picture of a file, or the file with its diagram laid out."""

import json

import click

from bpmn import write
from bpmn.drawing import draw
from zaizao.cli.files import load, output, save
from zaizao.cli.worded import Call, Command, option


@click.command("draw", cls=Command)
@click.argument("file")
@option("-o", "--output", "target", required=True)
@option("--relayout", is_flag=True)
@click.pass_obj
def command(call: Call, file: str, target: str, relayout: bool, as_json: bool) -> int:
    """Draw the file as it is, or laid out where it has no diagram."""
    path = output(target, (".svg", ".bpmn"), later=(".png",))
    model = load(file)
    if relayout or path.suffix.lower() == ".bpmn":
        from bpmn.layout import complete, lay_out

        model = lay_out(model) if relayout else complete(model)
    picture = path.suffix.lower() == ".svg"
    save(path, draw(model, language=call.settings.language).encode() if picture else write(model))
    if as_json:
        click.echo(json.dumps({"file": file, "out": str(path), "nodes": len(model.nodes)}, ensure_ascii=False))
    else:
        click.echo(str(path))
    return 0
