"""The command line."""

import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

import click

from reports.words import load
from zaizao import wiring
from zaizao.cli.failures import report
from zaizao.cli.worded import Call, Group, Option
from zaizao.settings import settings

__all__ = ["front", "main"]

#: The commands in the order of the work.
COMMANDS = (
    *("check", "draw", "find", "redesign", "time", "compare", "study", "flows"),
    *("try", "case", "work", "apply", "worker", "measure", "trial", "db", "org"),
)
#: Commands whose names are words of Python, and the module each stands in.
_MODULES = {"try": "try_"}


def _member(name: str) -> Callable[[], click.Command]:
    return lambda: import_module(f"zaizao.cli.{_MODULES.get(name, name)}").command


#: After how many new values garbage is looked for: a model is many that stay, and Python's own 700 cost a third of it.
COLLECTED = (20_000, 20, 50)

front = Group(name="zaizao", members={name: _member(name) for name in COMMANDS})
front.params.append(Option(["--version"], is_flag=True, is_eager=True, expose_value=False, callback=wiring.show))


def main(arguments: Sequence[str] | None = None) -> None:
    """Answer one call and leave with its exit code."""
    gc.set_threshold(*COLLECTED)
    words_given = list(sys.argv[1:] if arguments is None else arguments)
    chosen = settings(words_given, os.environ)
    call = Call(settings=chosen, words=load(chosen.language))
    wiring.prepare(os.environ)
    try:
        code = front.main(words_given, prog_name="zaizao", standalone_mode=False, obj=call)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except (Exception, KeyboardInterrupt) as error:
        code = report(error, call.words, debug="--debug" in words_given)
    sys.exit(code if isinstance(code, int) else 0)
