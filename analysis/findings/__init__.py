"""What in a procedure is redundant or could be better: one file a finding, all of them found together.

    find(model) -> tuple[Finding, ...]
    search(model) -> Found            with what was left out, and what more could be found with which annotations

A finding is evidence, never prose, and never a guess: what it lacks is named. What mending it would save is measured in
`redesign`. The pages docs/reference/findings/ explain each with an example.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from analysis.findings.approval_chain import approval_chain
from analysis.findings.automatable_step import automatable_step
from analysis.findings.delegable_step import delegable_step
from analysis.findings.extra_visit import extra_visit
from analysis.findings.finding import Finding, Missing, Saving
from analysis.findings.held_material import held_material
from analysis.findings.lacking import Lacking, lacking
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
from bpmn.model import Model
from bpmn.relations import Relations

__all__ = ["FINDINGS", "Finding", "Found", "Lacking", "Missing", "Saving", "Subject", "find", "search"]

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
#: The findings that ask which steps one case can pass together.
_BY_MEETING = frozenset(("repeated-material", "held-material", "repeated-check", "extra-visit", "ping-pong"))


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found in a procedure, and what was not looked at."""

    findings: tuple[Finding, ...]
    #: Names of findings that did not look at everything, because the file is too large or too tangled.
    left_out: tuple[str, ...]
    #: What more could be found with which annotations.
    lacking: tuple[Lacking, ...]


def search(
    model: Model,
    *,
    known: Relations | None = None,
    units: Iterable[str] | None = None,
    times: TimeResult | None = None,
) -> Found:
    """Every finding of a procedure, those of one name together and in path order, and what was not looked at.

    Called processes are filled in before (`bpmn.calls.flattened`). `units` are the names and codes of the units of an
    organisation; `times` is a measured result of the same model, made by a short simulation where it is needed.
    """
    subject = Subject(model, known=known, units=None if units is None else frozenset(units))
    findings = [finding for look in FINDINGS.values() for finding in look(subject)]
    findings += waiting_hotspot(subject, times)
    if subject.relations.is_partial:
        subject.left_out |= _BY_MEETING
    return Found(findings=tuple(findings), left_out=tuple(sorted(subject.left_out)), lacking=tuple(lacking(subject)))


def find(
    model: Model,
    *,
    known: Relations | None = None,
    units: Iterable[str] | None = None,
    times: TimeResult | None = None,
) -> tuple[Finding, ...]:
    """The findings of `search`.

    >>> from bpmn.build import build, needs
    >>> once = build().start().step("accept", materials=[needs("执照")])
    >>> [(one.finding, one.steps) for one in find(once.step("pay", materials=[needs("执照")]).end().model)]
    [('repeated-material', ('accept', 'pay'))]
    """
    return search(model, known=known, units=units, times=times).findings
