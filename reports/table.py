"""What a section shows: a chart, what is said beside it, and the table behind it."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of a table: its head and its cells; a second line of a cell is set small."""

    head: str
    cells: tuple[str, ...]
    #: What the second column says: the side or the unit.
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Section:
    """A chart with what is said beside it and the table behind it."""

    chart: Markup
    notes: tuple[str, ...]
    heads: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
