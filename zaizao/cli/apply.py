"""`zaizao apply`: many commands, a JSON object a line; each answer is written as soon as it is kept."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import TYPE_CHECKING, Any

import click

from zaizao import wiring
from zaizao.cli.acting import LONGEST, parsed
from zaizao.cli.databases import engine_of, installed, kept_in, opened
from zaizao.cli.failures import MACHINE, Refusal, explain
from zaizao.cli.files import existing
from zaizao.cli.text import one_line
from zaizao.cli.worded import Call, Command, option

if TYPE_CHECKING:
    from engine.command import Command as Asked
    from engine.engine import Engine

#: What a line may say, by the type it has to be of.
_TEXTS = ("do", "procedure", "case", "item", "key", "reason", "name", "code", "to")


class BadLine(Refusal):
    """A line that is no command."""


@click.command("apply", cls=Command)
@click.argument("file", required=False, default="-")
@option("--as", "person", metavar="PERSON", default="")
@kept_in
@click.pass_obj
def command(call: Call, file: str, person: str, database: str, as_json: bool) -> int:
    """Do what each line asks; a line that cannot be done is answered and the next one follows."""
    worst = 0
    with opened(call, database, making=True) as store, _lines(file) as lines:
        engine = engine_of(call, store)

        @cache  # a file that many lines name is read and kept once
        def version(procedure: str) -> str:
            return installed(engine, procedure, (), wiring.now(call.settings.timezone))

        for line in lines:
            if not line.strip():
                continue
            answer, code = _answered(call, engine, line, person, version)
            click.echo(one_line(answer))
            sys.stdout.flush()
            worst = max(worst, code)
    return worst


@contextmanager
def _lines(file: str) -> Iterator[Iterator[bytes]]:
    """The lines of a file or of standard input; what is longer than any command comes in pieces."""
    with nullcontext(sys.stdin.buffer) if file == "-" else existing(file).open("rb") as stream:
        yield iter(lambda: stream.readline(LONGEST), b"")


def _answered(
    call: Call, engine: Engine, line: bytes, person: str, version: Callable[[str], str]
) -> tuple[dict[str, Any], int]:
    """The answer to one line, and the code it would leave with alone."""
    from store.errors import StoreError

    key: Any = None
    try:
        said = _said(line)
        key = said.get("key") or ""
        asked = _command(said, person)
        if asked.do == "start":
            asked = asked.evolve(procedure=version(asked.procedure))
        return {"key": key, "ok": True, **engine.perform(asked, wiring.now(call.settings.timezone)).said}, 0
    except Exception as error:
        sentence, code = explain(error, call.words)
        if code == MACHINE and not isinstance(error, StoreError):
            raise  # a later line can outlive what befell the database, and nothing else
        return {"key": key, "ok": False, "refused": type(error).__name__, "message": sentence}, code


def _said(line: bytes) -> dict[str, Any]:
    """What a line says."""
    try:
        said = parsed(line.decode("utf-8-sig")) if len(line) < LONGEST else None
    except UnicodeDecodeError:
        said = None
    if not isinstance(said, dict):
        raise BadLine("bad_line")
    return said


def _command(said: dict[str, Any], person: str) -> Asked:
    """The command a line asks for."""
    from engine.command import Command as Asked

    texts = {name: said.get(name) or "" for name in _TEXTS}
    wrong = [name for name, value in {**texts, "as": said.get("as") or ""}.items() if not isinstance(value, str)]
    wrong += [name for name in ("data", "correlation") if not isinstance(said.get(name) or {}, dict)]
    version = said.get("version")
    wrong += ["version"] if version is not None and (not isinstance(version, int) or isinstance(version, bool)) else []
    wrong += [name for name in said if name not in (*_TEXTS, "as", "data", "correlation", "version")]
    if wrong:
        raise BadLine("bad_field", field=" ".join(map(str, wrong)))
    return Asked(
        **texts,
        by=said.get("as") or person,
        data=said.get("data") or {},
        correlation=said.get("correlation") or {},
        version=version,
    )
