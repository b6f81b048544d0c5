"""Writing the report of a procedure of 40 steps, against simulating 10,000 cases of it before and after; CPU time.

Libraries are loaded and the kernel is compiled before the clock starts; the best of several runs of each counts.
"""

from collections.abc import Callable
from datetime import date

from benchmarks.measuring import Row, best_seconds
from bpmn import Model
from bpmn.build import build
from reports.comparison import Comparison, compare
from reports.study import study_of

STEPS, UNITS, CASES = 40, 8, 10_000


def rows() -> list[Row]:
    """Measure every row."""
    from analysis.simulation import warm
    from reports.docx import report_docx
    from reports.html import report_html
    from reports.xlsx import report_xlsx

    warm()
    before, after = procedure(STEPS), procedure(STEPS * 3 // 4)
    compared = compare(before, after, cases=CASES)
    simulating = best_seconds(lambda: compare(before, after, cases=CASES), runs=5)

    def ratio(write: Callable[..., object]) -> float:
        return best_seconds(lambda: _written(write, compared), runs=5) / simulating

    against = "simulating both sides"
    return [
        ("report of 40 steps as a page", against, "≤ 1", ratio(report_html)),
        ("report of 40 steps as a Word document", against, "≤ 4", ratio(report_docx)),
        ("report of 40 steps as an Excel workbook", against, "≤ 2", ratio(report_xlsx)),
    ]


def procedure(steps: int) -> Model:
    """A chain of steps through eight units, with a return and a rejection, 40 cases a day."""
    chain = build("permit", arrivals_per_day=40, legal_limit=20, promised_limit=10, matter="bench").lane(
        "窗口", staff=8
    )
    chain = chain.start().step("receive", name="收件", kind="collect", work="PT5M", visit=True)
    for place in range(steps - 2):
        chain = chain.lane(f"第{place % UNITS}科室", staff=8)
        chain = chain.step(f"s{place}", name=f"第{place}项办理", kind="check", work="PT10M", wait="PT1H")
    return chain.step("decide", name="决定", kind="decide", work="PT10M").end().model


def _written(write: Callable[..., object], compared: Comparison) -> object:
    return write(study_of(compared, language="zh", title="四十个环节", version="0", day=date(2026, 11, 24)))
