"""What the live commands share: which database, opening it, the engine on it, asking before something is lost."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zaizao.cli.failures import Outage, Refusal
from zaizao.cli.files import content, contents, limits
from zaizao.cli.worded import Call, option

if TYPE_CHECKING:
    from datetime import datetime

    from engine.engine import Engine
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


def engine_of(call: Call, store: Store) -> Engine:
    """The engine that works on a store, by the settings of the call."""
    from engine.engine import Engine, Settings

    chosen = Settings(
        timezone=call.settings.timezone, limits=limits(), notices="notice" in call.settings.outgoing_routes
    )
    return Engine(store, chance=random.SystemRandom(), settings=chosen)


def installed(engine: Engine, procedure: str, library: Sequence[str], at: datetime) -> str:
    """The digest or name by which a case of a procedure is started; a file, or one of the library, is installed first.

    A procedure of the library runs as it was decided: its to-be file, else its as-is.
    """
    source, further = _files(procedure, library)
    if source is None:
        return procedure
    return str(engine.install(source, further, at).digest)


def _files(procedure: str, library: Sequence[str]) -> tuple[bytes | None, dict[str, bytes]]:
    """The bytes of a procedure's file and of those it calls; none where it is one that is installed already."""
    from flows import procedures

    path = Path(procedure)
    is_file = "/" in procedure or "\\" in procedure or path.suffix.lower() in (".bpmn", ".xml") or path.is_file()
    further = contents(library)
    if is_file:
        return content(procedure), further
    known = next((one for one in procedures() if one.name == procedure), None)
    if known is None:
        return None, further
    file = known.to_be or known.as_is
    return file.read_bytes(), {other.name: other.read_bytes() for other in file.parent.glob("*.dmn")} | further


def confirm(call: Call, question: str, *, yes: bool) -> None:
    """Ask before something is lost; where nobody can answer, `--yes` is asked for instead."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise Refusal("needs_yes")
    click.echo(f"{question} {call.say('live.yes-or-no')} ", nl=False, err=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes", "是"):
        raise Refusal("not_confirmed")
