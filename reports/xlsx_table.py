"""A table of the workbook: what it holds, and how it is written."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reports import format as write
from reports.charts import text_width
from reports.format import GAP, letters, visible
from reports.study import Study
from reports.words import Words

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

#: Number formats by what a column holds.
FORMATS = {
    "text": "@",
    "count": "#,##0",
    "number": "General",
    "time": "#,##0.00",
    "percent": "0.0%",
}

#: Text that a program may take for a formula where it is typed again: also in full width, also behind a blank.
LIKE_A_FORMULA = re.compile(r"^\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")

#: Excel takes no longer text in a cell.
LONGEST = 32_767

#: Widths of columns, in characters.
_NARROWEST, _WIDEST, _TYPE = 7.0, 46.0, 10
#: Heights in points: of a row, of each line of one with several, of the highest there can be.
_ROW, _LINE, _HIGHEST = 17, 14, 409

#: The row of the head; the sheet's title and what is said of it stand above.
HEAD = 3


@dataclass(frozen=True, kw_only=True)
class Formula:
    """A live formula and the value it has now; cells are named by column key, as in `{before}-{after}`."""

    text: str
    value: float | str | None
    #: Its number format, where it is not that of its column.
    format: str = ""


@dataclass(frozen=True, kw_only=True)
class Amount:
    """A number in a format of its own; None where it is not known."""

    value: float | None
    format: str


#: What a cell holds: text, a number, a formula, nothing known.
Cell = str | float | int | None | Formula | Amount


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column: the key its formulas know it by, its head, and what it holds."""

    key: str
    head: str
    format: str = "text"


@dataclass(frozen=True, kw_only=True)
class Series:
    """A row of bars or a line of a chart: a column's values over the names in another."""

    names: str
    values: str
    #: The colour, as in the page.
    colour: str
    #: Only these rows, counted from 0; all where None.
    rows: tuple[int, int] | None = None


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A native chart beside a table."""

    kind: str
    title: str
    series: tuple[Series, ...]
    unit: str = ""
    #: Number format of the axis along the bottom.
    format: str = ""
    #: The end of that axis, where several charts share it.
    most: float = 0.0
    is_stacked: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """A sheet: what it says above, its columns and rows, a row of sums, charts beside it."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    #: The last row, set apart.
    last: tuple[Cell, ...] = ()
    charts: tuple[Chart, ...] = field(default=())
    is_filtered: bool = True


class Book:
    """The workbook under way."""

    def __init__(self, workbook: Workbook, words: Words, title: str) -> None:
        self._book, self._words, self._title = workbook, words, title
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._font = "微软雅黑" if words.language == "zh" else "Calibri"

    def add(self, name: str, table: Table) -> None:
        """Write a sheet."""
        title = self._words(f"xlsx.sheet.{name}")
        sheet = self._book.add_worksheet(title)
        self._set_up(sheet, table)
        self._top(sheet, f"{self._title} · {title}", table)
        widths = _widths(table)
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        for number, row in enumerate((*table.rows, *([table.last] if table.last else []))):
            self._row(sheet, HEAD + 1 + number, row, table)
            lines = max(map(_lines, row, widths), default=1)
            if lines > 1:
                sheet.set_row(HEAD + 1 + number, min(lines * _LINE + 4, _HIGHEST))
        for place, chart in enumerate(table.charts):
            self._chart(sheet, title, table, chart, place)

    def _top(self, sheet: Worksheet, title: str, table: Table) -> None:
        """The sheet's title, what is said of it, and the heads of the columns."""
        _text(sheet, 0, 0, title, self._format(bold=True, font_size=14))
        quiet = self._format(font_color="#616b79")
        for row, notes in ((1, table.notes[:1]), (2, table.notes[1:])):
            _text(sheet, row, 0, self._words("list.stop").join(notes), quiet)
        for place, column in enumerate(table.columns):
            _text(sheet, HEAD, place, column.head, self._head(column))

    def _row(self, sheet: Worksheet, number: int, row: Sequence[Cell], table: Table) -> None:
        is_last = bool(table.last) and row is table.last
        for place, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            self._cell(sheet, (number, place), cell, column, table, is_last=is_last)

    def _set_up(self, sheet: Worksheet, table: Table) -> None:
        """Frozen head, filter, and a page that prints: A4 turned, one page wide, the head on each."""
        sheet.freeze_panes(HEAD + 1, 1 if len(table.columns) > 3 else 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        is_short = any(chart.kind == "bar" for chart in table.charts)
        sheet.fit_to_pages(1, 1 if is_short else 0)
        sheet.repeat_rows(HEAD)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        sheet.set_footer("&C— &P / &N —")
        sheet.hide_gridlines(2)
        sheet.set_default_row(_ROW)
        sheet.set_row(0, 24)
        sheet.set_row(HEAD, 2 * _ROW)
        if table.is_filtered and table.rows:
            sheet.autofilter(HEAD, 0, HEAD + len(table.rows), len(table.columns) - 1)

    def _cell(
        self, sheet: Worksheet, place: tuple[int, int], cell: Cell, column: Column, table: Table, *, is_last: bool
    ) -> None:
        shown = {"num_format": FORMATS[column.format], "bottom": 1, "bottom_color": "#dcdfe2", "bold": is_last}
        if is_last:
            shown["top"] = 1
        if isinstance(cell, str):
            is_wrapped = len(cell) > 12
            quoted = {"quote_prefix": True} if LIKE_A_FORMULA.match(cell) else {}
            _text(
                sheet,
                *place,
                cell,
                self._format(**{**shown, "num_format": "@", "text_wrap": is_wrapped, "indent": 1, **quoted}),
            )
        elif isinstance(cell, Formula):
            shown["num_format"] = FORMATS[cell.format or column.format]
            value = write.UNKNOWN if cell.value is None else cell.value
            sheet.write_formula(*place, _named(cell.text, table, place[0]), self._format(align="right", **shown), value)
        else:
            number = cell.value if isinstance(cell, Amount) else cell
            if isinstance(cell, Amount):
                shown["num_format"] = FORMATS[cell.format]
            if number is None:
                _text(sheet, *place, write.UNKNOWN, self._format(align="right", **shown))
            else:
                sheet.write_number(*place, number, self._format(**shown))

    def _head(self, column: Column) -> Any:
        side = "left" if column.format == "text" else "right"
        return self._format(
            bold=True,
            align=side,
            indent=int(side == "left"),
            text_wrap=True,
            bg_color="#eeeeea",
            bottom=1,
            bottom_color="#17202b",
        )

    def _format(self, **said: Any) -> Any:
        """The format that says this, made once."""
        said = {"font_name": self._font, "font_size": _TYPE, "valign": "vcenter", **said}
        key = tuple(sorted(said.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(said)
        return self._formats[key]

    def _chart(self, sheet: Worksheet, title: str, table: Table, said: Chart, place: int) -> None:
        """Put bars below the table, one below the other, and lines right of it."""
        is_bar = said.kind == "bar"
        chart = self._book.add_chart({"type": said.kind, **({"subtype": "stacked"} if said.is_stacked else {})})
        names = 0
        for series in said.series:
            first, last = series.rows or (0, len(table.rows) - 1)
            names = max(names, last - first + 1)
            chart.add_series(_series(title, table, series, (HEAD + 1 + first, HEAD + 1 + last), is_bar=is_bar))
        self._frame(chart, said)
        high = max(240, 24 * names + 110) if is_bar else 340
        chart.set_size({"width": 640, "height": high})
        below = HEAD + len(table.rows) + 3 + place * math.ceil((high + 20) / (_ROW * 4 / 3))
        sheet.insert_chart(*((below, 0) if is_bar else (HEAD + 1, len(table.columns) + 1)), chart)

    def _frame(self, chart: Any, said: Chart) -> None:
        """Title, key and axes of a chart."""
        font = {"name": self._font, "size": 9}
        chart.set_title({"name": said.title, "name_font": {"name": self._font, "size": 11}, "overlay": False})
        chart.set_legend({"position": "bottom", "font": font} if len(said.series) > 1 else {"none": True})
        axis: dict[str, Any] = {"name": said.unit, "name_font": font, "num_font": font}
        axis["major_gridlines"] = {"visible": False}
        if said.format:
            axis |= {"num_format": said.format, "num_format_linked": False}
        if said.kind == "line":
            axis |= {"interval_unit": 10, "interval_tick": 10}
        if said.most:
            axis |= {"min": 0, "max": said.most}
        chart.set_x_axis(axis)
        chart.set_y_axis({"reverse": said.kind == "bar", "num_font": font, "major_gridlines": {"visible": False}})


def _series(title: str, table: Table, series: Series, rows: tuple[int, int], *, is_bar: bool) -> dict[str, Any]:
    """One row of bars or one line: the cells it is drawn from, and its colour."""
    keys = [column.key for column in table.columns]
    names, values = keys.index(series.names), keys.index(series.values)
    colour = {"color": series.colour}
    look: dict[str, Any] = {"fill": colour, "gap": 60} if is_bar else {"line": {**colour, "width": 1.75}}
    return {
        "name": [title, HEAD, values],
        "categories": [title, rows[0], names, rows[1], names],
        "values": [title, rows[0], values, rows[1], values],
        **look,
    }


def _text(sheet: Worksheet, row: int, column: int, text: str, look: Any) -> None:
    shown = visible_lines(text).replace(GAP, " ")
    sheet.write_string(row, column, shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…", look)


def visible_lines(text: str) -> str:
    """A text from a file with what is hidden in it made visible, its own lines kept."""
    return "\n".join(map(visible, text.split("\n")))


def _named(text: str, table: Table, row: int) -> str:
    """A formula with its cells: `{before}` is that column in this row, `{before:all}` the column in all rows."""
    keys = [column.key for column in table.columns]

    def cell(found: re.Match[str]) -> str:
        letter = letters(keys.index(found[1]) + 1)
        if found[2]:
            return f"${letter}${HEAD + 2}:${letter}${HEAD + 1 + len(table.rows)}"
        return f"{letter}{row + 1}"

    return "=" + re.sub(r"\{([a-z0-9-]+)(:all)?\}", cell, text)


def _widths(table: Table) -> list[float]:
    """Widths of the columns by what stands in them: a Chinese character is two figures wide."""
    found = []
    for place, column in enumerate(table.columns):
        texts = [row[place] for row in table.rows]
        longest = max(
            (_length(line) for text in texts if isinstance(text, str) for line in text.split("\n")), default=0.0
        )
        head = min(_length(column.head), 11.0) if column.format != "text" else _length(column.head)
        found.append(min(max(longest, head, _NARROWEST) + 2.5, _WIDEST))
    return found


def _lines(cell: Cell, width: float) -> int:
    """How many lines a cell takes in a column that wide."""
    if not isinstance(cell, str):
        return 1
    return sum(max(1, math.ceil(_length(line) / (width - 2))) for line in cell.split("\n"))


def _length(text: str) -> float:
    return text_width(text, 2.0)


#: What makes a sheet; None where there is nothing to put on it.
Maker = Callable[[Study], Table | None]


def columns(study: Study, keys: Sequence[tuple[str, str]], **heads: str) -> tuple[Column, ...]:
    """Columns by key and format, with their heads from the words; a unit may be added to a head."""
    made = []
    for key, kind in keys:
        head = study.words(f"xlsx.head.{key}")
        made.append(Column(key=key, head=f"{head}{heads.get(key, '')}", format=kind))
    return tuple(made)
