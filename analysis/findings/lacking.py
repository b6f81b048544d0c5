"""What more could be found in a procedure, and which annotations that takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from analysis.findings.subject import Subject

#: The findings each annotation of a step serves.
_BY_KIND = (
    "repeated-check",
    "approval-chain",
    "same-approver",
    "needless-sequence",
    "pass-through",
    "unused-result",
    "late-knockout",
    "automatable-step",
)
_BY_MATERIALS = ("repeated-material", "held-material")


@dataclass(frozen=True, kw_only=True)
class Lacking:
    """One annotation that some elements lack, and the findings that could be looked for with it."""

    #: A word of `Missing.annotation`, or "limit" for what `gov:procedure` lacks.
    annotation: str
    elements: tuple[str, ...]
    findings: tuple[str, ...]


def lacking(subject: Subject) -> Iterator[Lacking]:
    """What the file does not say, the most telling first."""
    steps, model = subject.steps, subject.model
    silent = tuple(step for step in steps if not subject.kind(step))
    if silent:
        bare = all(not subject.node(step).materials for step in silent)
        yield Lacking(annotation="kind", elements=silent, findings=(*(_BY_MATERIALS if bare else ()), *_BY_KIND))
    timeless = tuple(step for step in steps if not subject.node(step).times)
    if timeless:
        yield Lacking(annotation="time", elements=timeless, findings=("limit-overrun", "waiting-hotspot"))
    with_lanes = {lane.process for lane in model.lanes}
    unowned = tuple(
        step for step in steps if model.unit_of.get(step) is None and subject.node(step).process not in with_lanes
    )
    if unowned:
        yield Lacking(annotation="unit", elements=unowned, findings=("ping-pong", "delegable-step", "ownerless-step"))
    shareless = tuple(_without_shares(subject))
    if shareless:
        yield Lacking(annotation="probability", elements=shareless, findings=("rework-loop", "late-knockout"))
    if steps and model.procedure.legal_limit is None and model.procedure.promised_limit is None:
        process = model.procedure_process
        yield Lacking(
            annotation="limit", elements=(process.id,) if process is not None else (), findings=("limit-overrun",)
        )


def _without_shares(subject: Subject) -> Iterator[str]:
    """The exclusive choices of which more than one branch has no share."""
    for node in subject.model.nodes:
        if node.kind != "exclusiveGateway" or node.process not in subject.processes:
            continue
        flows = subject.model.outgoing[node.id]
        if len(flows) > 1 and sum(flow.probability is None for flow in flows) > 1:
            yield node.id
