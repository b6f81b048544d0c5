"""The options several commands share, and how their values are read."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from bpmn import Model
from zaizao.cli.failures import Refusal
from zaizao.cli.files import load
from zaizao.cli.worded import Call, option

#: A command's function, with or without its options.
Decorated = Callable[..., Any]

#: More than this many cases of one run would not fit a usual machine.
MOST_CASES = 100_000_000


class Whole(click.ParamType[int]):
    """A whole number between two bounds, in plain digits."""

    name = "N"

    def __init__(self, least: int, most: int) -> None:
        self.least = least
        self.most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read the number or say between what it must lie."""
        if isinstance(value, int):
            return value
        name = param.opts[0] if param is not None else ""
        text = value.strip()
        digits = text.removeprefix("-")
        if not digits.isascii() or not digits.isdigit() or len(digits) > 20:
            raise Refusal("no_number", option=name, value=text)
        if not self.least <= int(text) <= self.most:
            raise Refusal("number_range", option=name, least=str(self.least), most=str(self.most))
        return int(text)


class Moment(click.ParamType[datetime]):
    """A date or a date-time; without an offset it is the office's own clock."""

    name = "DATETIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read the moment in the office's time zone."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError:
            raise Refusal("no_moment", option=param.opts[0] if param is not None else "", value=value) from None
        call = ctx.find_object(Call) if ctx is not None else None
        zone = ZoneInfo(call.settings.timezone if call is not None else "Asia/Shanghai")
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)


def simulated(command: Decorated) -> Decorated:
    """Add the options of a run: how many cases, from which seed."""
    command = option("--seed", type=Whole(0, 2**63 - 1), default=1)(command)
    return option("--cases", type=Whole(1, MOST_CASES), default=10_000)(command)


def opened(command: Decorated) -> Decorated:
    """Add the options of when a run begins to count."""
    command = option("--warm-up", type=Whole(0, MOST_CASES), default=None)(command)
    return option("--start", type=Moment(), default=None)(command)


def called(command: Decorated) -> Decorated:
    """Add the option of further files, in which processes stand that the file calls."""
    return option("--with", "library", multiple=True, metavar="FILE", callback=_library)(command)


def _library(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, Model]:
    return {file: load(file) for text in values for file in text.split(",")}


def listed(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """The values of an option that may be given several times and with commas."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())
