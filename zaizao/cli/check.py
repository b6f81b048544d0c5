"""`zaizao check`: what is wrong with BPMN files, all of it at once."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

import click

from bpmn import Model, read
from bpmn.check import check
from bpmn.errors import UnreadableFile
from bpmn.problem import Problem
from reports.format import visible
from zaizao.cli.failures import CALL, FILE, Refusal, explain, problem_sentence
from zaizao.cli.files import existing, limits, told
from zaizao.cli.text import Column, one_line, screen, table
from zaizao.cli.worded import Call, Command, option

#: Names shown of a run; of a longer one the first and the last.
MOST_NAMES = 12


@click.command("check", cls=Command)
@click.argument("files", nargs=-1, required=True)
@option("--for", "purpose", type=click.Choice(["analysis", "run"]), default="analysis")
@option("--fix", is_flag=True)
@option("-o", "--output", "target")
@click.pass_obj
def command(call: Call, files: tuple[str, ...], purpose: str, fix: bool, target: str | None, as_json: bool) -> int:
    """Check each file; leave with 1 where something stops what was asked, with 2 where a file is not there."""
    if fix != (target is not None):
        raise Refusal("fix_needs_output" if fix else "output_needs_fix")
    if target is not None:
        return _fixed(call, files, target, purpose, as_json=as_json)
    worst = 0
    given = _given(files)
    others = cache(lambda: _library(files))
    for file in files:
        try:
            model, problems = judge(existing(file), purpose, others)
            if model is not None and given is not None and purpose == "run":
                problems += _missing(model, given)
        except (Refusal, OSError) as error:
            sentence, code = explain(error, call.words)
            click.echo(sentence, err=True)
            worst = max(worst, code)
            continue
        except Exception as error:
            # One file must not take the others of the call with it; alone it goes the usual way.
            if len(files) == 1:
                raise
            sentence, code = explain(error, call.words)
            click.echo(f"{visible(file)}: {sentence}", err=True)
            worst = max(worst, code)
            continue
        click.echo(_json(call, file, problems) if as_json else _page(call, file, model, problems))
        if stopping(problems, purpose):
            worst = max(worst, FILE)
    return CALL if worst == CALL else worst


def _fixed(call: Call, files: tuple[str, ...], target: str, purpose: str, *, as_json: bool) -> int:
    """Repair one file, then check the repaired one."""
    from zaizao.cli.fixing import fixes_as_json, fixes_as_page, repair_into

    fixes = repair_into(call, files, target)
    model, problems = judge(Path(target), purpose)
    if as_json:
        click.echo(_json(call, target, problems, fixed=fixes_as_json(call, fixes)))
    else:
        click.echo(f"{fixes_as_page(call, fixes)}\n{_page(call, target, model, problems)}")
    return FILE if stopping(problems, purpose) else 0


def judge(
    file: Path, purpose: str, others: Callable[[], Mapping[str, Model]] = dict
) -> tuple[Model | None, tuple[Problem, ...]]:
    """Read and check a file; one that cannot be read has one problem and no model. Its calls may go to other files."""
    try:
        model = read(file, limits=limits())
    except UnreadableFile as error:
        return None, _decisions(file, purpose) if error.problem.rule == "dmn" else (error.problem,)
    is_calling = purpose == "run" and any(node.called not in model.process for node in model.nodes if node.called)
    return model, check(model, purpose=purpose, library=others() if is_calling else {})


def _library(files: tuple[str, ...]) -> dict[str, Model]:
    """Read the files given that can be read, for the calls from one to another."""
    found: dict[str, Model] = {}
    for file in files:
        with suppress(UnreadableFile, OSError):
            found[file] = read(Path(file), limits=limits())
    return found


def _decisions(file: Path, purpose: str) -> tuple[Problem, ...]:
    """Read and check a file of decisions."""
    from bpmn.check.decisions import check_decisions
    from bpmn.decisions import read_decisions

    try:
        return check_decisions(read_decisions(file, limits=limits()), purpose=purpose)
    except UnreadableFile as error:
        return (error.problem,)


def _given(files: tuple[str, ...]) -> frozenset[str] | None:
    """Tell the ids of all decisions in the DMN files given; none where no such file is given."""
    names = [Path(file) for file in files if file.lower().endswith(".dmn")]
    if not names:
        return None
    from bpmn.decisions import read_decisions

    found: set[str] = set()
    for file in names:
        with suppress(UnreadableFile):
            found.update(read_decisions(file, limits=limits()).decision)
    return frozenset(found)


def _missing(model: Model, given: frozenset[str]) -> tuple[Problem, ...]:
    """Tell of decisions the model asks for that are in none of the files given."""
    from bpmn.check.decisions import missing_decisions

    return tuple(missing_decisions(model, given))


def stopping(problems: tuple[Problem, ...], purpose: str) -> tuple[Problem, ...]:
    """Give the problems that stop the purpose: warnings never do."""
    return tuple(
        problem
        for problem in problems
        if problem.severity == "error" and (problem.stops == "all" or problem.stops == purpose)
    )


def _json(call: Call, file: str, problems: tuple[Problem, ...], **more: object) -> str:
    return one_line(
        {
            "file": told(file),
            **more,
            "problems": [
                {
                    "problem": problem.problem,
                    "severity": problem.severity,
                    "stops": problem.stops,
                    "rule": problem.rule,
                    "element": problem.element,
                    "name": problem.name,
                    "line": problem.line,
                    "message": problem_sentence(problem, call.words),
                    "details": problem.details,
                    "run": problem.run,
                }
                for problem in problems
            ],
        }
    )


def _page(call: Call, file: str, model: Model | None, problems: tuple[Problem, ...]) -> str:
    """One line for the file, then its problems in aligned columns."""
    head = [click.style(visible(file), bold=True)]
    if model is not None:
        steps = [node for node in model.nodes if node.is_step and node.process not in model.applicant_processes]
        units = {model.unit_of[node.id].key for node in steps if node.id in model.unit_of}
        head += [visible(model.title), _size(call, len(steps), len(units))]
    head.append(_verdict(call, problems))
    lines = ["  ".join(part for part in head if part)]
    if problems:
        lines += ["", *_table(call, problems), ""]
    ways = [_way(call, model, problem) for problem in problems if model is not None and problem.run]
    if ways:
        lines += [*ways, ""]
    return "\n".join(lines)


def _size(call: Call, steps: int, units: int) -> str:
    counted = [call.words.counted(f"count.{what}", n) for what, n in (("step", steps), ("unit", units))]
    return call.say("check.comma").join(counted)


def _verdict(call: Call, problems: tuple[Problem, ...]) -> str:
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    parts = [click.style(call.say("check.errors", n=errors), fg="red")] if errors else []
    parts += [click.style(call.say("check.warnings", n=warnings), fg="yellow")] if warnings else []
    return call.say("check.comma").join(parts) or click.style(call.say("check.clean"), fg="green")


def _way(call: Call, model: Model, problem: Problem) -> str:
    """The run that proves a problem: the names of the elements on it, the middle of a long one left out."""
    names = [visible(model.node[step].name.strip() or step) for step in problem.run if step in model.node]
    if len(names) > MOST_NAMES:
        names = [*names[: MOST_NAMES // 2], "…", *names[-(MOST_NAMES // 2) :]]
    return call.say("check.run", problem=problem.problem, element=visible(problem.element), way=" → ".join(names))


def _table(call: Call, problems: tuple[Problem, ...]) -> list[str]:
    columns = [
        Column(),
        Column(head=call.say("check.line"), right=True),
        Column(head=call.say("check.element"), shrinks=True),
        Column(head=call.say("check.name"), shrinks=True),
        Column(head=call.say("check.problem")),
        Column(head=call.say("check.what")),
    ]
    rows = [
        [
            "×" if problem.severity == "error" else "!",
            str(problem.line or "—"),
            problem.element or "—",
            problem.name or "—",
            problem.problem,
            problem_sentence(problem, call.words),
        ]
        for problem in problems
    ]
    return table(columns, rows, cells=screen())
