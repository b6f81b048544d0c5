"""`limit-overrun`: by the limits of its steps, or by expected time, a procedure cannot keep what it promises.

The clock runs from the end of the first accept step to the end of the first decide step after it. Clock-stops and the
applicant's own time do not count, of branches the longest counts.
"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.findings.finding import Finding
from analysis.findings.subject import Subject
from analysis.timing import Way, critical_path, longest_way
from analysis.timing.times import Clocks


def limit_overrun(subject: Subject) -> Iterator[Finding]:
    """One finding for each way, by limits and by expected time, that is longer than the promised or the legal limit."""
    procedure = subject.model.procedure
    clocks = Clocks(subject.model)
    limits = {
        name: clocks.limit(amount, procedure.limit_unit)
        for name, amount in (("promised", procedure.promised_limit), ("legal", procedure.legal_limit))
        if amount is not None
    }
    if not limits:
        return
    for by, way in (
        ("limits", longest_way(subject.model)),
        ("time", critical_path(subject.model, between_clocks=True)),
    ):
        if by == "limits" and not _has_limits(subject, way):
            continue
        exceeded = [name for name, seconds in limits.items() if way.seconds > seconds]
        if exceeded:
            yield Finding(
                finding="limit-overrun",
                steps=subject.in_path_order(way.steps),
                evidence={"by": by, "seconds": way.seconds, "limits_s": limits, "exceeded": exceeded, "span": way.span},
                missing=subject.suggested(way.steps),
            )


def _has_limits(subject: Subject, way: Way) -> bool:
    """Whether any step on the way has a limit of its own; else its length is its expected time."""
    return any((said := subject.node(step).step) is not None and said.limit is not None for step in way.steps)
