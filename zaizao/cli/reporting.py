"""The reports the commands write: one way of making each, by the ending of its file."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flows import Procedure
from zaizao import wiring
from zaizao.cli.worded import Call

if TYPE_CHECKING:
    from reports.comparison import Comparison, Side
    from reports.proposal import Proposal
    from reports.study import Study


def matter(
    call: Call,
    result: Comparison | Side,
    *,
    title: str,
    command: str,
    procedure: Procedure | None = None,
    proposal: Proposal | None = None,
) -> Study:
    """Give what every kind of report is made of: the result, in the user's language, made today by this version."""
    from reports.study import study_of

    return study_of(
        result,
        language=call.settings.language,
        title=title,
        procedure=procedure,
        proposal=proposal,
        version=wiring.version(),
        day=wiring.today(call.settings.timezone),
        command=command,
    )


def page(study: Study) -> bytes:
    """The report as a web page."""
    from reports.html import report_html

    return report_html(study).encode()


def document(study: Study) -> bytes:
    """The report as a Word document."""
    from reports.docx import report_docx

    return report_docx(study)


def workbook(study: Study) -> bytes:
    """The report as an Excel workbook."""
    from reports.xlsx import report_xlsx

    return report_xlsx(study)


#: How a report is made, by the ending of its file.
REPORTS: dict[str, Callable[[Study], bytes]] = {".html": page, ".docx": document, ".xlsx": workbook}
