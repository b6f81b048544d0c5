"""What in a procedure is redundant or could be better: one file a finding, all of them found together.

    find(model) -> tuple[Finding, ...]

A finding is evidence, never prose, and never a guess: what it lacks is named. What mending it would save is measured in
`redesign`. The pages docs/reference/findings/ explain each with an example.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from analysis.errors import AnalysisError
from analysis.findings.approval_chain import approval_chain
from analysis.findings.automatable_step import automatable_step
from analysis.findings.delegable_step import delegable_step
from analysis.findings.extra_visit import extra_visit
from analysis.findings.finding import Finding, Missing, Saving
from analysis.findings.held_material import held_material
from analysis.findings.late_knockout import late_knockout
from analysis.findings.limit_overrun import limit_overrun
from analysis.findings.missing_lead import missing_lead
from analysis.findings.needless_sequence import needless_sequence
from analysis.findings.ownerless_step import ownerless_step
from analysis.findings.pass_through import pass_through
from analysis.findings.ping_pong import ping_pong
from analysis.findings.repeated_check import repeated_check
from analysis.findings.repeated_material import repeated_material
from analysis.findings.rework_loop import rework_loop
from analysis.findings.same_approver import same_approver
from analysis.findings.subject import Subject
from analysis.findings.unused_result import unused_result
from analysis.findings.waiting_hotspot import waiting_hotspot
from analysis.measure import TimeResult
from analysis.time import time
from bpmn.model import Model
from bpmn.relations import Relations

__all__ = ["FINDINGS", "Finding", "Missing", "Saving", "Subject", "find"]

#: Every finding that reads the file alone, by its name, in the order of the reference.
FINDINGS: Mapping[str, Callable[[Subject], Iterator[Finding]]] = {
    "repeated-material": repeated_material,
    "held-material": held_material,
    "repeated-check": repeated_check,
    "approval-chain": approval_chain,
    "same-approver": same_approver,
    "needless-sequence": needless_sequence,
    "ping-pong": ping_pong,
    "pass-through": pass_through,
    "unused-result": unused_result,
    "late-knockout": late_knockout,
    "rework-loop": rework_loop,
    "automatable-step": automatable_step,
    "extra-visit": extra_visit,
    "delegable-step": delegable_step,
    "ownerless-step": ownerless_step,
    "missing-lead": missing_lead,
    "limit-overrun": limit_overrun,
}
#: Cases simulated to see where they wait, where nobody hands in a result.
_CASES = 2_000


def find(
    model: Model,
    *,
    known: Relations | None = None,
    units: Iterable[str] | None = None,
    times: TimeResult | None = None,
) -> tuple[Finding, ...]:
    """Every finding of a procedure, those of one name together and in path order.

    Called processes are filled in before (`bpmn.calls.flattened`). `units` are the names and codes of the units of an
    organisation; `times` is a measured result of the same model, made by a short simulation where none is given and
    any time is written.
    """
    subject = Subject(model, known=known, units=None if units is None else frozenset(units))
    found = [finding for look in FINDINGS.values() for finding in look(subject)]
    times = times or _measured(subject)
    if times is not None:
        found += waiting_hotspot(subject, times)
    return tuple(found)


def _measured(subject: Subject) -> TimeResult | None:
    """Times of a short run; None where nothing is timed or the procedure cannot be simulated."""
    if not any(subject.node(step).time("wait") or subject.node(step).time("work") for step in subject.steps):
        return None
    try:
        return time(subject.model, cases=_CASES)
    except AnalysisError:
        return None
