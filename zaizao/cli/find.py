"""`zaizao find`: what in a procedure is redundant, why, and what each finding would save."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bpmn import Model
from bpmn.calls import called_names
from reports.findings import is_usable
from reports.format import visible
from zaizao.cli.failures import CALL, FILE, Refusal, Unreadable, explain
from zaizao.cli.files import existing, load, told
from zaizao.cli.finding import finding_table
from zaizao.cli.options import called
from zaizao.cli.progress import progress
from zaizao.cli.simulating import announce_compiler, usable
from zaizao.cli.text import one_line, screen
from zaizao.cli.worded import Call, Command, option

if TYPE_CHECKING:
    from analysis.findings import Finding, Found


@click.command("find", cls=Command)
@click.argument("places", nargs=-1, required=True, metavar="FILE|FOLDER...")
@called
@option("--no-saving", "no_saving", is_flag=True)
@click.pass_obj
def command(call: Call, places: tuple[str, ...], library: dict[str, Model], no_saving: bool, as_json: bool) -> int:
    """Find in each file, and in a folder also between its files; leave with 1 where a file is at fault."""
    worst = 0
    for place in places:
        if Path(place).is_dir():
            code = _folder(call, place, library, no_saving, as_json)
        else:
            code, _ = _file(call, place, library, no_saving, as_json)
        worst = max(worst, code)
    return worst


def _folder(call: Call, place: str, library: dict[str, Model], no_saving: bool, as_json: bool) -> int:
    """Find in every BPMN file of a folder and below, then between them."""
    from analysis.findings.between import find_between

    files = sorted(path for path in Path(place).rglob("*.bpmn") if path.is_file())
    if not files:
        click.echo(explain(Refusal("no_files", folder=place), call.words)[0], err=True)
        return CALL
    worst, models, beside = 0, dict[str, Model](), _readable(files)
    called = _called(beside.values())
    for file in files:
        code, model = _file(call, str(file), {**library, **beside}, no_saving, as_json)
        worst = max(worst, code)
        # What others call is a part of their procedures, and stands in them.
        if model is not None and called.isdisjoint(beside[str(file)].process):
            models[told(file)] = model
    shared = find_between(models)
    if as_json:
        from reports.findings import finding_json

        found = {"file": told(place), "process": "", "findings": [finding_json(finding) for finding in shared]}
        click.echo(one_line(found))
    else:
        click.echo("\n".join(_between(call, place, models, shared)))
    return worst


def _readable(files: Iterable[Path]) -> dict[str, Model]:
    """The files that can be read, so that those that call each other are filled in."""
    found: dict[str, Model] = {}
    for file in files:
        with suppress(Refusal, Unreadable, OSError):
            found[str(file)] = load(str(file))
    return found


def _called(models: Iterable[Model]) -> set[str]:
    """The processes that are called by other files than the one they stand in."""
    return {
        name
        for model in models
        for node in model.nodes
        if node.called
        for name in called_names(node.called)
        if name not in model.process
    }


def _file(call: Call, file: str, library: dict[str, Model], no_saving: bool, as_json: bool) -> tuple[int, Model | None]:
    """Find in one file; what is wrong with it is said, so that others can still be answered."""
    try:
        existing(file)
        model = usable(call, file, library)
    except (Refusal, Unreadable, OSError) as error:
        sentence, code = explain(error, call.words)
        click.echo(sentence, err=True)
        return code, None
    if model is None:
        return FILE, None
    found = searched(call, model, no_saving=no_saving)
    if as_json:
        from reports.findings import found_json

        process = model.procedure_process
        answer = {"file": told(file), "process": process.id if process is not None else "", **found_json(found)}
        click.echo(one_line(answer))
    else:
        page = [*_page(call, file, model, found.findings, no_saving), *_limits(call, found)]
        click.echo("\n".join([*page, ""] if found.findings else page))
    return 0, model


def findings(call: Call, model: Model) -> tuple[Finding, ...]:
    """Find and measure what each finding saves, under a progress bar."""
    return searched(call, model).findings


def searched(call: Call, model: Model, *, no_saving: bool = False) -> Found:
    """The same, with what was left out and what more could be found."""
    from analysis.findings import search
    from redesign.saving import measured

    announce_compiler(call)
    found = search(model)
    if no_saving:
        return found
    with progress(call.say("find.measure")) as bar:
        return replace(found, findings=measured(model, found.findings, progress=bar))


def _page(call: Call, file: str, model: Model, found: tuple[Finding, ...], no_saving: bool) -> list[str]:
    """The head with how many there are, the ones that can be used, those that cannot, and what to do next."""
    usable_ones = [finding for finding in found if is_usable(finding, measured=not no_saving)]
    others = [finding for finding in found if finding not in usable_ones]
    head = f"{click.style(visible(model.title), bold=True)}  "
    if not found:
        return [head + call.say("find.none")]
    head += call.say("find.count", n=len(found), usable=len(usable_ones))
    cells = screen()
    lines = [f"{head}  {click.style(call.say('find.alone'), dim=True)}", ""]
    lines += finding_table(call, model, usable_ones, first=1, cells=cells)
    if others:
        lines += ["", click.style(f"  {call.say('find.not-used')}", dim=True)]
        lines += finding_table(call, model, others, first=len(usable_ones) + 1, cells=cells, reasons=True)
    if usable_ones:
        lines += ["", click.style(call.say("find.next", file=visible(told(file))), dim=True)]
    return lines


def _limits(call: Call, found: Found) -> list[str]:
    """What was not looked at, and what more could be found with which annotations."""
    separator = call.words("list.separator")

    def named(names: Iterable[str]) -> str:
        return separator.join(call.words(f"finding.{name}.title") for name in names)

    lines = [call.say("find.left-out", findings=named(found.left_out))] if found.left_out else []
    for one in found.lacking:
        what = call.words(f"missing.{one.annotation}")
        lines.append(call.say("find.lacking", n=len(one.elements), what=what, findings=named(one.findings)))
    return [click.style(line, dim=True) for line in lines]


def _between(call: Call, place: str, models: dict[str, Model], shared: tuple[Finding, ...]) -> list[str]:
    from reports.findings import between_sentence

    head = click.style(visible(told(place)), bold=True)
    if not shared:
        return [f"{head}  {call.say('find.none-between', n=len(models))}"]
    lines = [f"{head}  {call.say('find.count-between', n=len(shared), files=len(models))}", ""]
    return lines + [f"  {between_sentence(call.words, models, finding)}" for finding in shared]
