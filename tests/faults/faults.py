"""The faults: each caused, its effects counted, its figure printed; in a long form and in a short one for every day.

A fault is a function that takes a `Ground` and its sizes and gives a `Figure`; `@fault` names it as the table of
docs/explanation/reliability.md does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
BOTH = (SQLITE, POSTGRESQL)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What was measured, and whether that is what must hold."""

    text: str
    holds: bool


class CannotRun(Exception):
    """This machine cannot cause the fault; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault: how it is caused, and how large it is in each form."""

    name: str
    cause: Callable[..., Figure]
    #: The kinds of databases it is caused on.
    on: tuple[str, ...]
    short: Mapping[str, Any]
    long: Mapping[str, Any]


#: All faults in the order of the table.
FAULTS: dict[str, Fault] = {}


def fault(
    name: str,
    *,
    on: tuple[str, ...] = BOTH,
    short: Mapping[str, Any] | None = None,
    long: Mapping[str, Any] | None = None,
) -> Callable[[Callable[..., Figure]], Callable[..., Figure]]:
    """Add a fault to the table."""

    def add(cause: Callable[..., Figure]) -> Callable[..., Figure]:
        FAULTS[name] = Fault(name=name, cause=cause, on=on, short=short or {}, long=long or {})
        return cause

    return add
