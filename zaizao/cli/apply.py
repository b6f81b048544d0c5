"""`zaizao apply`: many commands, a JSON object a line; each answer is written as soon as it is kept."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from zaizao import live, wiring
from zaizao.cli.acting import parsed
from zaizao.cli.databases import kept_in, opened
from zaizao.cli.failures import MACHINE, Refusal, explain
from zaizao.cli.files import existing, limits
from zaizao.cli.text import one_line
from zaizao.cli.worded import Call, Command, option

if TYPE_CHECKING:
    from engine.command import Command as Asked
    from engine.engine import Engine

#: A line longer than this is no command.
LONGEST = 5_000_000
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
        engine = live.engine_of(store, call.settings, limits())
        for line in lines:
            if not line.strip():
                continue
            answer, code = _answered(call, engine, line, person)
            click.echo(one_line(answer))
            sys.stdout.flush()
            worst = max(worst, code)
    return worst


class _lines:  # noqa: N801 - it reads like the function it stands for
    """The lines of a file or of standard input, as bytes become them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.stack = ExitStack()

    def __enter__(self) -> Iterator[bytes]:
        stream = sys.stdin.buffer if self.file == "-" else self.stack.enter_context(existing(self.file).open("rb"))
        return iter(lambda: stream.readline(LONGEST), b"")

    def __exit__(self, *_: object) -> None:
        self.stack.close()


def _answered(call: Call, engine: Engine, line: bytes, person: str) -> tuple[dict[str, Any], int]:
    """The answer to one line, and the code it would leave with alone."""
    key: Any = None
    try:
        said = _said(line)
        key = said.get("key") or ""
        asked = _command(said, person)
        if asked.do == "start":
            named = live.installed(engine, asked.procedure, (), wiring.now(call.settings.timezone))
            asked = asked.evolve(procedure=named)
        return {"key": key, "ok": True, **engine.perform(asked, wiring.now(call.settings.timezone)).said}, 0
    except Exception as error:
        sentence, code = explain(error, call.words)
        refused = type(error).__name__
        if code == MACHINE and not live.is_known(error):
            raise
        return {"key": key, "ok": False, "refused": refused, "message": sentence}, code


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
