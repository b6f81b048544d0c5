"""`waiting-hotspot`: after a hand-over a case waits for more than a third of the time the whole procedure takes."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.findings.finding import Finding, Missing
from analysis.findings.subject import Subject
from analysis.measure import TimeResult

#: The share of mean elapsed working time that is strictly exceeded.
SHARE = 1 / 3


def waiting_hotspot(subject: Subject, times: TimeResult) -> Iterator[Finding]:
    """One finding for each first step after a change of unit at which a mean case waits that long."""
    whole = times.times.elapsed_working.mean
    if not whole:
        return
    waits = {step.id: (step.wait or 0.0, step.queue or 0.0) for step in times.steps}
    for step in subject.steps:
        wait, queue = waits.get(step, (0.0, 0.0))
        if subject.stops_clock(step) or wait + queue <= SHARE * whole:
            continue
        givers = [giver for giver in subject.came_from(step) if subject.unit_key(giver) != subject.unit_key(step)]
        if givers and subject.unit_key(step):
            yield Finding(
                finding="waiting-hotspot",
                steps=(step,),
                evidence={
                    "wait_s": wait,
                    "queue_s": queue,
                    "elapsed_working_s": whole,
                    "from": list(dict.fromkeys(subject.unit_key(giver) for giver in givers)),
                },
                missing=_suggested(subject, step),
            )


def _suggested(subject: Subject, step: str) -> tuple[Missing, ...]:
    suggested = any(time.source == "suggested" for time in subject.node(step).times)
    return (Missing(element=step, annotation="time"),) if suggested else ()
