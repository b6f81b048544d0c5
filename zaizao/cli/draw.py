"""`zaizao draw`: a picture of a file, or the file with its diagram laid out."""

import json

import click

from bpmn import Model, write
from bpmn.drawing import draw
from zaizao.cli.files import load, output, save, told
from zaizao.cli.worded import Call, Command, option


@click.command("draw", cls=Command)
@click.argument("file")
@option("-o", "--output", "target", required=True)
@option("--relayout", is_flag=True)
@click.pass_obj
def command(call: Call, file: str, target: str, relayout: bool, as_json: bool) -> int:
    """Draw the file as it is, or laid out where it has no diagram."""
    path = output(target, (".svg", ".png", ".bpmn"))
    ending = path.suffix.lower()
    model = load(file)
    if relayout or ending == ".bpmn":
        from bpmn.layout import complete, lay_out

        model = lay_out(model) if relayout else complete(model)
    save(path, write(model) if ending == ".bpmn" else _picture(call, model, ending))
    if as_json:
        click.echo(json.dumps({"file": told(file), "out": told(path), "nodes": len(model.nodes)}, ensure_ascii=False))
    else:
        click.echo(str(path))
    return 0


def _picture(call: Call, model: Model, ending: str) -> bytes:
    """The drawing as SVG or PNG; characters that PNG cannot show are named on the error stream."""
    drawing = draw(model, language=call.settings.language)
    if ending == ".svg":
        return drawing.encode()
    from bpmn.picture import missing_characters, png, texts

    missing = missing_characters(texts(drawing))
    if missing:
        named = call.words("list.separator").join(f"{letter} U+{ord(letter):04X}" for letter in missing)
        click.echo(call.words("docx.missing-characters", characters=named), err=True)
    return png(drawing)
