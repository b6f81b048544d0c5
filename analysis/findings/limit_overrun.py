"""`limit-overrun`: by the limits of its steps, or by expected time, a procedure cannot keep what it promises.

The clock runs from the end of the first accept step to the end of the first decide step after it. Clock-stops and the
applicant's own time do not count, of branches the longest counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analysis.findings.finding import Finding, Missing
from analysis.findings.subject import Subject
from analysis.timing import Way, critical_path, longest_way

#: Seconds by which a sum of durations may be off.
_ROUNDING = 1e-6


def limit_overrun(subject: Subject) -> Iterator[Finding]:
    """One finding where the longest way, by limits or else by expected time, exceeds the promised or legal limit."""
    procedure = subject.model.procedure
    limits = {
        name: subject.clocks.limit(amount, procedure.limit_unit)
        for name, amount in (("promised", procedure.promised_limit), ("legal", procedure.legal_limit))
        if amount is not None
    }
    for by, way in _ways(subject) if limits else ():
        exceeded = [name for name, seconds in limits.items() if way.seconds > seconds + _ROUNDING]
        if exceeded:
            yield _finding(subject, way, by, limits, exceeded)
            return


def _ways(subject: Subject) -> Iterator[tuple[str, Way]]:
    """The longest way by limits, where a step on it has one, then by expected time."""
    if any(subject.said(step).limit is not None for step in subject.steps):
        way = longest_way(subject.model, structure=subject.structure)
        if any(subject.said(step).limit is not None for step in way.steps):
            yield "limits", way
    if any(node.times or node.event("timer") is not None for node in subject.model.nodes):
        yield "time", critical_path(subject.model, between_clocks=True, structure=subject.structure)


def _finding(subject: Subject, way: Way, by: str, limits: Mapping[str, float], exceeded: list[str]) -> Finding:
    suggested = [
        Missing(element=step, annotation="time")
        for step in way.steps
        if any(time.source == "suggested" for time in subject.node(step).times)
    ]
    return Finding(
        finding="limit-overrun",
        steps=tuple(dict.fromkeys(way.steps)),
        evidence={"by": by, "seconds": way.seconds, "limits_s": dict(limits), "exceeded": exceeded, "span": way.span},
        missing=tuple(dict.fromkeys((*subject.suggested(way.steps), *suggested))),
    )
