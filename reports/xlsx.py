"""The report as an Excel workbook: one sheet a table, every cut a live formula beside the figures it is made of.

Text from files is written as text and nothing else: it becomes no formula and no link, and a name that looks like a
formula carries the quote that keeps it text when the cell is edited. Formulas carry their value, so that a reader that
does not calculate shows it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO

from flows import Procedure
from reports import headline
from reports.comparison import Comparison, Side
from reports.format import visible
from reports.study import Study, study_of
from reports.xlsx_sheets import sheets
from reports.xlsx_table import Book

#: The properties of a document hold no longer texts.
LONGEST = 255


def report_xlsx(
    comparison: Comparison | Side,
    *,
    language: str,
    title: str,
    procedure: Procedure | None = None,
    not_built: Sequence[str] = (),
    version: str,
    date: date,
    command: str = "",
) -> bytes:
    """Write the report of a comparison, or of one procedure alone, as a workbook."""
    study = study_of(
        comparison,
        language=language,
        title=title,
        procedure=procedure,
        not_built=not_built,
        version=version,
        day=date,
        command=command,
    )
    return _written(study)


def _written(study: Study) -> bytes:
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
            "title": visible(headline.headline(study).text)[:LONGEST],
            "author": visible(f"zaizao {study.version}")[:LONGEST],
            "created": datetime(study.day.year, study.day.month, study.day.day),
        }
    )
    book = Book(workbook, study)
    for name, table in sheets(study):
        book.add(name, table)
    workbook.close()
    return made.getvalue()
