"""The reports the commands write: one way of making each, by the ending of its file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows import Procedure
from zaizao import wiring
from zaizao.cli.worded import Call

if TYPE_CHECKING:
    from reports.comparison import Comparison, Side


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What a report is about, beside its figures."""

    title: str
    procedure: Procedure | None = None
    not_built: tuple[str, ...] = ()
    #: The command line that makes the same report again.
    command: str = ""


def page(call: Call, result: Comparison | Side, matter: Matter) -> bytes:
    """The report as a web page."""
    from reports.html import report_html

    return report_html(
        result,
        language=call.settings.language,
        title=matter.title,
        procedure=matter.procedure,
        not_built=matter.not_built,
        version=wiring.version(),
        date=wiring.today(call.settings.timezone),
        command=matter.command,
    ).encode()


def document(call: Call, result: Comparison | Side, matter: Matter) -> bytes:
    """The report as a Word document."""
    from reports.docx import report_docx

    return report_docx(
        result,
        language=call.settings.language,
        title=matter.title,
        procedure=matter.procedure,
        not_built=matter.not_built,
        version=wiring.version(),
        date=wiring.today(call.settings.timezone),
        command=matter.command,
    )


def workbook(call: Call, result: Comparison | Side, matter: Matter) -> bytes:
    """The report as an Excel workbook."""
    from reports.xlsx import report_xlsx

    return report_xlsx(
        result,
        language=call.settings.language,
        title=matter.title,
        procedure=matter.procedure,
        not_built=matter.not_built,
        version=wiring.version(),
        date=wiring.today(call.settings.timezone),
        command=matter.command,
    )


#: How a report is made, by the ending of its file.
REPORTS: dict[str, Callable[[Call, Comparison | Side, Matter], bytes]] = {
    ".html": page,
    ".docx": document,
    ".xlsx": workbook,
}
