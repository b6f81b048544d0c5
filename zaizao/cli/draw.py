"""`zaizao draw`: a picture of a file, or the file with its diagram laid out."""

from collections.abc import Sequence

import click

from bpmn import Model, write
from bpmn.check import check
from bpmn.drawing import Mark, Note, draw
from bpmn.problem import Problem
from reports.format import visible
from zaizao.cli.failures import Refusal, problem_sentence
from zaizao.cli.files import load, output, save, told
from zaizao.cli.text import one_line
from zaizao.cli.worded import Call, Command, option

#: Problems named below a drawing.
MOST_NOTES = 40
#: Nodes, flows, data and notes that are laid out: more would take longer, and show less, than anybody waits for.
MOST_LAID_OUT = 120_000


@click.command("draw", cls=Command)
@click.argument("file")
@option("-o", "--output", "target", required=True)
@option("--relayout", is_flag=True)
@option("--problems", "problems", is_flag=True)
@click.pass_obj
def command(call: Call, file: str, target: str, relayout: bool, problems: bool, as_json: bool) -> int:
    """Draw the file as it is, or laid out where it has no diagram."""
    path = output(target, (".svg", ".png", ".bpmn"))
    ending = path.suffix.lower()
    model = load(file)
    _refuse_large(file, model, relayout=relayout)
    if relayout or ending == ".bpmn":
        from bpmn.layout import complete, lay_out

        model = lay_out(model) if relayout else complete(model)
    faults = check(model) if problems else ()
    save(path, write(model) if ending == ".bpmn" else _picture(call, model, ending, faults))
    if as_json:
        click.echo(one_line({"file": told(file), "out": told(path), "nodes": len(model.nodes)}))
    else:
        click.echo(visible(told(path)))
    return 0


def _refuse_large(file: str, model: Model, *, relayout: bool) -> None:
    """Refuse to lay out a drawing of more than can be; one that has its diagram is drawn as it is."""
    drawn = 0 if relayout else len(model.shapes) + len(model.edges)
    beside = len(model.data) + len(model.artifacts) + len(model.associations)
    if len(model.nodes) + len(model.flows) + beside - drawn > MOST_LAID_OUT:
        raise Refusal("too_large_to_draw", file=file, limit=str(MOST_LAID_OUT))


def _picture(call: Call, model: Model, ending: str, problems: Sequence[Problem]) -> bytes:
    """The drawing as SVG or PNG; characters that PNG cannot show are named on the error stream."""
    marks, notes = _marked(call, problems)
    drawing = draw(model, language=call.settings.language, marks=marks, notes=notes)
    if ending == ".svg":
        return drawing.encode()
    from bpmn.picture import missing_characters, png, texts

    missing = missing_characters(texts(drawing))
    if missing:
        named = call.words("list.separator").join(f"{letter} U+{ord(letter):04X}" for letter in missing)
        click.echo(call.words("docx.missing-characters", characters=named), err=True)
    return png(drawing)


def _marked(call: Call, problems: Sequence[Problem]) -> tuple[dict[str, Mark], list[Note]]:
    """The runs that prove problems and the elements at fault, numbered, with a line for each below the drawing."""
    marks = {element: Mark(state="passed") for problem in problems for element in problem.run}
    is_passed = bool(marks)
    numbers: dict[str, int] = {}
    notes = []
    for problem in sorted(problems, key=lambda problem: problem.severity != "error"):
        state = "wrong" if problem.severity == "error" else "doubtful"
        if problem.element and problem.element not in numbers:
            numbers[problem.element] = len(numbers) + 1
            is_on_way = state == "doubtful" and not problem.run and problem.element in marks
            marks[problem.element] = Mark(state="passed" if is_on_way else state, number=numbers[problem.element])
        text = problem_sentence(problem, call.words)
        notes.append(Note(text=text, state=state, number=numbers.get(problem.element)))
    if len(notes) > MOST_NOTES:
        notes[MOST_NOTES:] = [Note(text=call.say("draw.more", n=len(notes) - MOST_NOTES))]
    passed = [Note(text=call.say("draw.passed"), state="passed")] if is_passed else []
    return marks, passed + notes
