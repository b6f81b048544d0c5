"""`zaizao redesign`: the best set of moves, proved, written as a file that can be undone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bpmn import Model, write
from bpmn.origin import ChangedSince, NoOrigin, origin_of, with_origin
from reports.format import number, percent, plain, visible
from zaizao.cli.failures import CALL, FILE, Refusal, explain
from zaizao.cli.files import content, output, save, told
from zaizao.cli.find import findings
from zaizao.cli.finding import day_of, saved_cells, saved_columns
from zaizao.cli.options import Whole, called, listed, simulated
from zaizao.cli.progress import progress
from zaizao.cli.simulating import refuse_large, usable
from zaizao.cli.text import Column, one_line, screen, table
from zaizao.cli.worded import Call, Command, option

if TYPE_CHECKING:
    from analysis.findings import Finding, Saving
    from redesign import Move, Obligation, Options, Redesign


class Share(click.ParamType[float]):
    """A share in per cent, with or without its sign."""

    name = "PCT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read the per cent as a share, or say how it is written."""
        if isinstance(value, float):
            return value
        try:
            share = float(value.strip().removesuffix("%").strip()) / 100
        except ValueError:
            share = -1.0
        if not 0 < share <= 1:
            raise Refusal("no_share", option=param.opts[0] if param is not None else "", value=value)
        return share


@click.command("redesign", cls=Command)
@click.argument("file")
@called
@option("-o", "--output", "target", default="")
@option("--only", multiple=True, metavar="RULE", callback=listed)
@option("--without", multiple=True, metavar="RULE", callback=listed)
@option("--keep", multiple=True, metavar="STEP", callback=listed)
@option("--budget", type=Whole(0, 10_000), default=None)
@option("--target", "share", type=Share(), default=None)
@option("--list", "only_list", is_flag=True)
@option("--undo", is_flag=True)
@option("--force", is_flag=True)
@simulated
@click.pass_obj
def command(call: Call, /, file: str, target: str, undo: bool, force: bool, only_list: bool, **asked: Any) -> int:
    """Redesign the file into another, or list what could be done, or undo what was done."""
    as_json = asked.pop("as_json")
    path = output(target, (".bpmn",)) if target else None
    if path is None and not only_list:
        raise Refusal("no_target", file=told(file))
    if undo:
        return _undo(call, file, path, force)
    model = usable(call, file, asked.pop("library"))
    if model is None:
        return FILE
    refuse_large(told(file), model)
    options = _options(model, asked)
    made = searched(call, model, findings(call, model), options)
    if path is not None:
        save(path, content_of(made))
    if as_json:
        from reports.redesign import redesign_json

        click.echo(one_line(redesign_json(made, before=told(file), after=told(target))))
    else:
        click.echo("\n".join(_page(call, made, path, asked["share"])))
    return 0


def _undo(call: Call, file: str, path: Path | None, force: bool) -> int:
    if path is None:
        raise Refusal("no_target", file=told(file))
    try:
        before = origin_of(content(file), force=force)
    except (NoOrigin, ChangedSince) as reason:
        # The file is fine; it is only not one that can be undone.
        click.echo(explain(reason, call.words)[0], err=True)
        return CALL
    save(path, before)
    click.echo(call.say("redesign.undone", file=visible(told(path)), size=plain(number(len(before), 0))))
    return 0


def _options(model: Model, asked: dict[str, Any]) -> Options:
    from analysis.findings import FINDINGS
    from redesign import Options

    names = {*FINDINGS, "waiting-hotspot"}
    for name in (*asked["only"], *asked["without"]):
        if name not in names:
            raise Refusal("no_such_finding", name=name, names=" ".join(sorted(names)))
    both = sorted({*asked["only"]} & {*asked["without"]})
    if both:
        raise Refusal("only_and_without", names=" ".join(both))
    for step in asked["keep"]:
        if step not in model.node:
            raise Refusal("no_such_step", step=step)
    return Options(
        only=frozenset(asked["only"]),
        without=frozenset(asked["without"]),
        keep=frozenset(asked["keep"]),
        budget=asked["budget"],
        target=asked["share"],
        cases=asked["cases"],
        seed=asked["seed"],
    )


def searched(call: Call, model: Model, found: tuple[Finding, ...], options: Options) -> Redesign:
    """The best set of moves, under a progress bar."""
    from redesign import redesigned

    with progress(call.say("redesign.search")) as bar:
        return redesigned(model, findings=found, options=options, progress=bar)


def content_of(made: Redesign) -> bytes:
    """The file after, carrying the one before; the one before where nothing was done."""
    from redesign import fileable

    if not made.moves:
        return made.before.source or write(made.before)
    return with_origin(write(fileable(made.after)), made.before.source or write(made.before))


def _page(call: Call, made: Redesign, path: Path | None, target: float | None) -> list[str]:
    """The moves and what they save, the proof, what was left out and why, what else a person may choose."""
    cells = screen()
    parts = [
        _moves(call, made, cells, is_written=path is not None),
        _proof(call, made),
        _refused(call, made, cells),
        _trade_offs(call, made, cells),
        _line(call, made),
        _search(call, made, target),
        [visible(told(path))] if path is not None else [],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part).splitlines()


def _moves(call: Call, made: Redesign, cells: int, *, is_written: bool) -> list[str]:
    """The moves with what each saves alone, and what all save together."""
    head = click.style(visible(made.before.title), bold=True)
    if not made.moves:
        return [f"{head}  {call.say('redesign.nothing' if is_written else 'redesign.none')}"]
    rows = [[str(place), *_move_cells(call, made, move, move.saving)] for place, move in enumerate(made.moves, 1)]
    rows.append(["", call.say("redesign.together"), "", *saved_cells(made.saving, day_of(made.before))])
    return [f"{head}  {call.say('redesign.moves', n=len(made.moves))}", "", *_table(call, rows, cells)]


def _move_cells(call: Call, made: Redesign, move: Move, saving: Saving | None) -> list[str]:
    from reports.findings import move_title, steps_text

    name, steps = move_title(call.words, move.move), steps_text(call.words, made.before, move.steps)
    return [name, steps, *saved_cells(saving, day_of(made.before))]


def _table(call: Call, rows: list[list[str]], cells: int) -> list[str]:
    """Rows of a number, a move, its steps and what is saved."""
    columns = [
        Column(right=True),
        Column(head=call.say("redesign.move")),
        Column(head=call.say("find.steps"), shrinks=True),
        *saved_columns(call),
    ]
    return table(columns, rows, cells=cells)


def _refused(call: Call, made: Redesign, cells: int) -> list[str]:
    """What was left out, and why."""
    from reports.findings import steps_text, title

    if not made.refused:
        return []
    rows = [
        [
            f"{title(call.words, one.finding)} {one.material}".strip(),
            steps_text(call.words, made.before, one.steps),
            call.words(f"why-not-moved.{one.why}"),
        ]
        for one in made.refused
    ]
    head = click.style(f"  {call.say('find.not-used')}", dim=True)
    return [head, *table([Column(), Column(shrinks=True), Column(dim=True)], rows, cells=cells)]


def _trade_offs(call: Call, made: Redesign, cells: int) -> list[str]:
    """Moves that better one cut and worsen another."""
    if not made.trade_offs:
        return []
    rows = [["", *_move_cells(call, made, one.moves[0], one.saving)] for one in made.trade_offs]
    return [call.say("redesign.trade-offs"), *_table(call, rows, cells)]


def _line(call: Call, made: Redesign) -> list[str]:
    """The best set of each size, and the people it needs beside those needed as it is."""
    from redesign import MOST_USE, people
    from reports.pareto import changed_units

    if len(made.line) < (2 if made.staff is None else 1):
        return []
    columns = [Column(head=call.say("redesign.size"), right=True), *saved_columns(call)]
    rows = [[str(len(one.moves)), *saved_cells(one.saving, day_of(made.before))] for one in made.line]
    if made.staff is None:
        lines = table(columns, rows)
        return [call.say("redesign.line"), *lines, click.style(call.say("redesign.no-staff"), dim=True)]
    rows = [["0", *[""] * (len(columns) - 1)], *rows]
    columns += [
        Column(head=call.say("redesign.people"), right=True),
        Column(head=call.say("redesign.units"), dim=True, shrinks=True),
    ]
    staffs = [made.staff, *(one.staff for one in made.line)]
    for row, staff in zip(rows, staffs, strict=True):
        row += [plain(number(people(staff), 0)), changed_units(call.words, made.staff, staff)]
    note = call.say("redesign.staff", use=plain(percent(100 * MOST_USE, 0)))
    return [call.say("redesign.line"), *table(columns, rows, cells=screen()), click.style(note, dim=True)]


def _search(call: Call, made: Redesign, target: float | None) -> list[str]:
    """How far the search went, what could be left to gain, and whether the target is reached."""
    lines = []
    if target is not None and not made.reached:
        lines.append(call.say("redesign.missed", target=plain(percent(100 * target))))
    if made.moves or not made.complete:
        lines.append(call.say("redesign.all" if made.complete else "redesign.some", n=plain(number(made.tried, 0))))
    saved = made.saving.elapsed_working_s
    if made.moves and made.bound and saved is not None:
        lines.append(call.say("redesign.bound", days=plain(number(made.bound / day_of(made.before), 2))))
    return [click.style(line, dim=True) for line in lines]


def _proof(call: Call, made: Redesign) -> list[str]:
    """One line for each kind of obligation."""
    kinds: dict[str, list[Obligation]] = {}
    for one in made.proof.obligations:
        kinds.setdefault(one.obligation, []).append(one)
    lines = []
    for name, obligations in kinds.items():
        holds = all(one.holds for one in obligations)
        mark = click.style("✓", fg="green") if holds else click.style("×", fg="red")
        lines.append(f"{mark} {call.words(f'obligation.{name}', n=len(obligations))}")
    return lines
