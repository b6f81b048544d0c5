"""Text for a terminal: display widths, aligned tables."""

import json
import shutil
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from click import style

from reports.format import visible

#: Cells between two columns.
GAP = 2
#: Columns are set for this many cells where the terminal does not say how wide it is.
DEFAULT_WIDTH = 100


def one_line(value: object) -> str:
    r"""Give a value as a line of JSON; what a terminal would obey or hide is written as an escape of the same meaning.

    >>> one_line({"name": "许可\u202e"})
    '{"name": "许可\\\\u202e"}'
    """
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isprintable() else "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)


def data(value: object) -> bytes:
    """Give a value as a file of JSON."""
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def screen() -> int:
    """Give how many cells wide the terminal is."""
    return shutil.get_terminal_size((DEFAULT_WIDTH, 24)).columns


def width(text: str) -> int:
    """Count the cells a text takes: two for a Chinese character, none for a combining mark."""
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def shorten(text: str, cells: int) -> str:
    """Take out the middle of a text that is wider than so many cells."""
    if width(text) <= cells:
        return text
    head, tail, used = "", "", 1
    front, back = 0, len(text) - 1
    while front <= back:
        from_front = len(head) <= len(tail)
        character = text[front] if from_front else text[back]
        used += _cells(character)
        if used > cells:
            break
        if from_front:
            head, front = head + character, front + 1
        else:
            tail, back = character + tail, back - 1
    return f"{head}…{tail}"


@dataclass(frozen=True, kw_only=True)
class Column:
    """How one column of a table is set."""

    head: str = ""
    right: bool = False
    #: Whether a narrow terminal may take out the middle of its texts.
    shrinks: bool = False
    dim: bool = False
    bold: bool = False


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]], *, cells: int = DEFAULT_WIDTH) -> list[str]:
    """Align rows of texts by display width; heads are left out where no column has one."""
    texts = [[visible(text) for text in row] for row in rows]
    heads = [[column.head for column in columns]] if any(column.head for column in columns) else []
    widths = [max((width(row[index]) for row in [*heads, *texts]), default=0) for index in range(len(columns))]
    spare = cells - sum(widths) - GAP * (len(columns) - 1)
    for index in sorted(range(len(columns)), key=lambda index: -widths[index]):
        if spare < 0 and columns[index].shrinks:
            taken = min(-spare, max(0, widths[index] - 12))
            widths[index] -= taken
            spare += taken
    lines = [_line(columns, row, widths, head=True) for row in heads]
    return lines + [_line(columns, row, widths, head=False) for row in texts]


def _line(columns: Sequence[Column], row: Sequence[str], widths: Sequence[int], *, head: bool) -> str:
    cells = []
    for column, text, room in zip(columns, row, widths, strict=True):
        fitted = shorten(text, room) if column.shrinks else text
        padding = " " * max(0, room - width(fitted))
        styled = style(fitted, dim=True) if head or column.dim else style(fitted, bold=True) if column.bold else fitted
        cells.append(padding + styled if column.right else styled + padding)
    return (" " * GAP).join(cells).rstrip()
