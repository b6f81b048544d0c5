"""What the live commands share: which database, opening it, asking before something is lost."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zaizao.cli.failures import Outage, Refusal
from zaizao.cli.worded import Call, option

if TYPE_CHECKING:
    from store import Store

Decorated = Callable[..., Any]

#: The database where nobody says which.
DEFAULT = "zaizao.db"


def kept_in(command: Decorated) -> Decorated:
    """Add the option that names the database."""
    return option("--db", "database", metavar="URL", default="")(command)


def asked(command: Decorated) -> Decorated:
    """Add the option that answers yes beforehand."""
    return option("--yes", is_flag=True)(command)


def address(call: Call, database: str) -> str:
    """The address of the database a call means: an address, or the name of a file."""
    named = database or call.settings.database or DEFAULT
    return named if "://" in named else f"sqlite:///{named}"


def is_default(call: Call, database: str) -> bool:
    """Whether nobody said which database."""
    return not (database or call.settings.database)


def file_of(url: str) -> Path | None:
    """The file of an address; none in memory and on a server."""
    name = url.partition("sqlite:///")[2] if url.startswith("sqlite:///") else ""
    return Path(name) if name else None


@contextmanager
def opened(call: Call, database: str, *, making: bool = False, wait: float = 5.0) -> Iterator[Store]:
    """Open the database of a call and close it afterwards; `making` makes the default one where there is none."""
    from store import connect, create

    url = address(call, database)
    file = file_of(url)
    if file is not None and not file.exists():
        if not (making and is_default(call, database)):
            raise Outage("no_database", database=str(file))
        create(url)
        click.echo(call.say("live.made", file=str(file)), err=True)
    with connect(url, wait=wait, algorithm=call.settings.algorithm) as store:
        yield store


def confirm(call: Call, question: str, *, yes: bool) -> None:
    """Ask before something is lost; where nobody can answer, `--yes` is asked for instead."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise Refusal("needs_yes")
    click.echo(f"{question} {call.say('live.yes-or-no')} ", nl=False, err=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes", "是"):
        raise Refusal("not_confirmed")
