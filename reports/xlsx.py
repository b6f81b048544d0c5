"""The report as an Excel workbook: one sheet a table, every cut a live formula beside the figures it is made of.

Text from files is written as text and nothing else: it becomes no formula and no link, and a name that looks like a
formula carries the quote that keeps it text when the cell is edited. Formulas carry their value, so that a reader that
does not calculate shows it too.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from io import BytesIO

from reports import headline
from reports.format import visible
from reports.study import Study
from reports.words import Words
from reports.xlsx_sheets import sheets
from reports.xlsx_table import Book, Table

#: The properties of a document hold no longer texts.
LONGEST = 255


def report_xlsx(study: Study) -> bytes:
    """Write a report as a workbook."""
    return workbook_of(
        sheets(study),
        words=study.words,
        title=study.title,
        subject=headline.headline(study).text,
        version=study.version,
        day=study.day,
    )


def workbook_of(
    tables: Iterable[tuple[str, Table]], *, words: Words, title: str, subject: str, version: str, day: date
) -> bytes:
    """Write tables as a workbook, each as a sheet by the key of its name."""
    from xlsxwriter import Workbook

    made = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    workbook = Workbook(made, options)
    workbook.set_calc_mode("auto")
    workbook.set_properties(
        {
            "title": visible(subject)[:LONGEST],
            "author": visible(f"zaizao {version}")[:LONGEST],
            "created": datetime(day.year, day.month, day.day),
        }
    )
    book = Book(workbook, words, title)
    for name, table in tables:
        book.add(name, table)
    workbook.close()
    return made.getvalue()
