"""`automatable-step`: people do by hand what a rule and the registers could answer.

The redesign heuristic is "task automation" (Reijers and Limam Mansar 2005); in Chinese practice 数据核验、自动审批. A
clock-stop (hearing, test, appraisal …) is never done by a register.
"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.findings.finding import Finding
from analysis.findings.subject import Subject


def automatable_step(subject: Subject) -> Iterator[Finding]:
    """One finding for each such step."""
    for step in subject.steps:
        node = subject.node(step)
        if node.is_automatic or subject.stops_clock(step):
            continue
        by_rules = node.kind == "businessRuleTask"
        if by_rules or (subject.kind(step) in ("check", "record") and is_in_registers(subject, step)):
            yield Finding(
                finding="automatable-step",
                steps=(step,),
                evidence={"materials": sorted(subject.relations.needs(step)), "by_rules": by_rules},
                protected=subject.is_mandatory(step),
                missing=() if by_rules else subject.unsure((step,), "kind", "materials"),
                move="automate",
            )


def is_in_registers(subject: Subject, step: str) -> bool:
    """Whether a step looks at something and all of it stands in registers."""
    related = subject.relations
    needed = related.needs(step)
    return bool(needed) and needed <= related.takes_in(step) - related.handed_in(step)
