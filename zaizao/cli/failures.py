"""Turning whatever went wrong into one sentence and an exit code: 1 the file, 2 the call, 3 the machine."""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING

import click

from reports.format import visible
from reports.words import Words

if TYPE_CHECKING:
    from bpmn.problem import Problem

FILE, CALL, MACHINE = 1, 2, 3

#: More of an unforeseen error is only shown with --debug.
LONGEST = 200
#: Whose errors speak for themselves.
PACKAGES = frozenset(("analysis", "bpmn", "engine", "flows", "org", "redesign", "reports", "store"))
#: Errors of the database by which a call is refused; all others are the machine's.
REFUSED = frozenset(
    (
        *("NotARoot", "UnknownAlgorithm", "NoSuchCase", "NoSuchItem", "NoSuchProcedure", "NoSuchJob", "KeyReused"),
        *("Stale", "Fenced", "Taken", "Unkeepable", "BadAddress", "NoDriver", "StillOpen", "NotEmpty", "OtherKind"),
        *("DamagedBackup", "NewerBackup", "DamagedArchive", "NoPolars"),
    )
)


class Refusal(Exception):
    """A call that cannot be answered as it was made. Change it as the sentence says."""

    def __init__(self, word: str, **fields: str) -> None:
        super().__init__(word)
        #: Its sentence in the words, under `cli.refusal.WORD`.
        self.word = word
        self.fields = fields


class Outage(Refusal):
    """A part of the machine that does not answer. Mend it and make the same call again."""


class Unreadable(Exception):
    """A file that is no readable BPMN file. Export it again from the tool it was drawn with."""

    def __init__(self, file: str, problem: Problem) -> None:
        super().__init__(file)
        self.file = file
        #: The one problem that stopped the reader.
        self.problem = problem


def report(error: BaseException, words: Words, *, debug: bool) -> int:
    """Write the error's sentence to the error stream and give the exit code."""
    if debug:
        traceback.print_exception(error)
    sentence, code = explain(error, words)
    click.echo(sentence, err=True)
    return code


def explain(error: BaseException, words: Words) -> tuple[str, int]:
    """Give the sentence for an error, in the user's language, and its exit code."""
    if isinstance(error, Refusal):
        return words(f"cli.refusal.{error.word.replace('_', '-')}", **_shown(error.fields)), (
            MACHINE if isinstance(error, Outage) else CALL
        )
    if isinstance(error, Unreadable):
        return located(error.file, error.problem, words), FILE
    if isinstance(error, click.ClickException):
        return _usage(error, words), CALL
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        return words("error.KeyboardInterrupt"), MACHINE
    if isinstance(error, OSError):
        return _machine(error, words), MACHINE
    if isinstance(error, (MemoryError, RecursionError)):
        return words("error.MemoryError"), MACHINE
    return _domain(error, words)


def located(file: str, problem: Problem, words: Words) -> str:
    """Give the sentence of a problem with where it is: file and line."""
    line = f"{problem.line}:" if problem.line else ""
    return f"{visible(file)}:{line} {problem_sentence(problem, words)}"


def problem_sentence(problem: Problem, words: Words) -> str:
    """Give the sentence of a problem in the user's language, the English message where it has none."""
    key = f"problem.{problem.problem}.{problem.rule or 'plain'}"
    if key not in words:
        return visible(problem.message)
    shown = {"element": problem.element, "name": problem.name or problem.element, "line": str(problem.line)}
    told = {name: _said(name, value, words) for name, value in problem.details.items()}
    return words(key, **_shown({**shown, **told}))


#: The details of a problem that name kinds and forms by fixed words; all others are texts of the file.
_FIXED = frozenset(("kind", "child", "expected", "dialect"))
#: Details that are of the file, but for one word that says there is none.
_ABSENT = {("found", "none"), ("value", "nothing")}
_CHOICE = " | "


def _said(name: str, value: str, words: Words) -> str:
    """A detail in the user's language, where it is one of the program's own words."""
    if name not in _FIXED and (name, value) not in _ABSENT:
        return value if len(value) <= LONGEST else f"{value[:LONGEST]}…"
    parts = [value] if f"said.{value}" in words else value.split(_CHOICE)
    known = [words(f"said.{part}") if f"said.{part}" in words else part for part in parts]
    return words("list.separator").join(known)


def _domain(error: BaseException, words: Words) -> tuple[str, int]:
    """Explain an error of one of our packages by its class, or any other as the machine's."""
    package = type(error).__module__.split(".")[0]
    if package not in PACKAGES:
        return words("error.unexpected", what=visible(f"{type(error).__name__}: {error}"[:LONGEST])), MACHINE
    code = _code(error, package)
    key = f"error.{type(error).__name__}"
    if key not in words:
        return visible(str(error)), code
    fields = {name: _text(value) for name, value in vars(error).items()}
    key = f"{key}-near" if fields.get("near") and f"{key}-near" in words else key
    return words(key, **_shown(fields)), code


def _code(error: BaseException, package: str) -> int:
    """Who is at fault: the file, the machine, or the call."""
    if any(kind.__name__ in ("BpmnError", "FileAtFault", "Unrunnable", "NotRunnable") for kind in type(error).__mro__):
        return FILE
    return MACHINE if package == "store" and type(error).__name__ not in REFUSED else CALL


def _text(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _usage(error: click.ClickException, words: Words) -> str:
    """Say what is wrong with the words of a call."""
    if isinstance(error, click.NoSuchOption):
        near = (error.possibilities or [""])[0]
        key = "no-such-option-near" if near else "no-such-option"
        return words(f"cli.usage.{key}", option=visible(error.option_name), near=near)
    if isinstance(error, click.MissingParameter):
        name = error.param.human_readable_name if error.param is not None else ""
        option = error.param.opts[0] if isinstance(error.param, click.Option) else name.upper()
        return words("cli.usage.missing", parameter=option, command=_command(error))
    if isinstance(error, click.BadParameter):
        name = error.param.opts[0] if error.param is not None else ""
        if error.param is not None and isinstance(error.param.type, click.Choice):
            return words("cli.usage.choice", parameter=name, choices=" ".join(error.param.type.choices))
        return words("cli.usage.bad-value", parameter=name, what=visible(error.message))
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None and isinstance(context.command, click.Group):
        return _no_such_command(error, context, words)
    return words("cli.usage.other", what=visible(error.format_message()), command=_command(error))


def _no_such_command(error: click.ClickException, context: click.Context, words: Words) -> str:
    """Say that there is no such command, and which is near."""
    from difflib import get_close_matches

    group = context.command
    names = group.list_commands(context) if isinstance(group, click.Group) else []
    wanted = next((word for word in sys.argv[1:] if f"'{word}'" in error.format_message()), "")
    near = get_close_matches(wanted, names, n=1, cutoff=0.5)
    if near:
        return words("cli.usage.no-such-command-near", command=visible(wanted), near=near[0])
    return words("cli.usage.no-such-command", command=visible(wanted), commands=" ".join(names))


def _command(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    return context.command_path if context is not None else "zaizao"


def _machine(error: OSError, words: Words) -> str:
    """Say what the machine refused: a full disk, a right that is missing, anything else by its own word."""
    file = visible(str(error.filename or ""))
    if error.errno in (28, 122):
        return words("error.disk-full", file=file)
    if isinstance(error, (FileNotFoundError, NotADirectoryError, FileExistsError)):
        return words("error.no-folder", file=file)
    if isinstance(error, PermissionError):
        return words("error.permission", file=file)
    return words("error.machine", what=visible(error.strerror or str(error)), file=file)


def _shown(fields: dict[str, str]) -> dict[str, str]:
    return {name: visible(value) for name, value in fields.items()}
