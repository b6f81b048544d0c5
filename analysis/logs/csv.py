"""Histories as comma-separated values: one record a row, for spreadsheets and mining tools."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from analysis.logs.text import Names, cell
from bpmn.history import History, Record

#: The columns, in their order.
COLUMNS = ("case", "sequence", "at", "kind", "element", "name", "unit", "person", "flow", "process", "version")


def write_csv(histories: Iterable[History], names: Names) -> Iterator[str]:
    """The log piece by piece, a case at a time; it begins with a byte order mark, so that Chinese opens everywhere."""
    yield "\ufeff" + _rows([COLUMNS])
    for history in histories:
        yield _rows(_row(number, record, names) for number, record in enumerate(history.records, start=1))


def _row(number: int, record: Record, names: Names) -> tuple[str, ...]:
    texts = (record.element, names(record), record.unit, record.person, record.flow, record.process, record.version)
    return (cell(record.case), str(number), record.at.isoformat(), record.kind, *map(cell, texts))


def _rows(rows: Iterable[tuple[str, ...]]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()
