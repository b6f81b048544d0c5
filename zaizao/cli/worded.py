"""Commands whose help, like every sentence, comes from the words of the user's language."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from reports.words import Words
from zaizao.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Call:
    """What every command knows of the call it answers."""

    settings: Settings
    words: Words

    def say(self, key: str, **fields: object) -> str:
        """Give the command line's sentence of that key in the user's language."""
        return self.words(f"cli.{key.replace('_', '-')}", **fields)

    def line(self, *words: str, cases: int, seed: int) -> str:
        """Give the command line that repeats a run, to be shown in its report."""
        run = ["--cases", str(cases), "--seed", str(seed), "--lang", self.settings.language]
        return shlex.join(["zaizao", *words, *run])


class Option(click.Option):
    """An option whose help stands in the words under `cli.option.NAME`."""

    def __init__(self, *declarations: Any, **attributes: Any) -> None:
        attributes.setdefault("help", "·")
        super().__init__(*declarations, **attributes)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Give the option and its help for the help page."""
        record = super().get_help_record(ctx)
        call = ctx.find_object(Call)
        if record is None or call is None or not self.name:
            return record
        return record[0], call.say(f"option.{self.name}")


class _Worded(click.Command):
    """Help from the words: `cli.NAME.help` and `cli.NAME.examples`."""

    @property
    def word(self) -> str:
        """The key of its words."""
        return self.name or ""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what it does, its use, its options and examples."""
        call = ctx.find_object(Call)
        if call is None:
            super().format_help(ctx, formatter)
            return
        formatter.write_text(call.say(f"{self.word}.help"))
        formatter.write_paragraph()
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=call.say("help.usage") + " ")
        self._write_records(ctx, formatter, call)
        with formatter.section(call.say("help.examples")):
            for line in call.say(f"{self.word}.examples").strip().splitlines():
                formatter.write(f"  {line}\n")

    def _write_records(self, ctx: click.Context, formatter: click.HelpFormatter, call: Call) -> None:
        records = [
            record
            for parameter in self.get_params(ctx)
            if isinstance(parameter, click.Option) and (record := parameter.get_help_record(ctx))
        ]
        with formatter.section(call.say("help.options")):
            formatter.write_dl(records)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Give the `--help` option with help in the user's language."""
        option = super().get_help_option(ctx)
        call = ctx.find_object(Call)
        if option is not None and call is not None:
            option.help = call.say("option.help")
        return option


def _everywhere() -> list[click.Parameter]:
    """Options read before a call is parsed (see settings), that may stand anywhere in it."""
    language = Option(["--lang"], type=click.Choice(["zh", "en"]), expose_value=False)
    return [language, Option(["--debug"], is_flag=True, expose_value=False)]


class Command(_Worded):
    """One command; `--json`, `--lang` and `--debug` belong to every one."""

    def __init__(self, *arguments: Any, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.params += [Option(["--json", "as_json"], is_flag=True), *_everywhere()]


class Group(_Worded, click.Group):
    """A group of commands; each is imported only when it is called, so that the others cost nothing."""

    def __init__(self, *arguments: Any, members: dict[str, Callable[[], click.Command]], **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.members = members
        self.params += _everywhere()

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order of the work."""
        return list(self.members)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name."""
        member = self.members.get(cmd_name)
        return member() if member is not None else None

    def _write_records(self, ctx: click.Context, formatter: click.HelpFormatter, call: Call) -> None:
        prefix = f"{self.word}-" if ctx.parent is not None else ""
        records = [(name, call.say(f"{prefix}{name}.short")) for name in self.members]
        with formatter.section(call.say("help.commands")):
            formatter.write_dl(records)
        super()._write_records(ctx, formatter, call)


def option(*declarations: str, **attributes: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add an option to a command."""
    return click.option(*declarations, cls=Option, **attributes)
