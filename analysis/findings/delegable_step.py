"""`delegable-step`: a higher office does what a lower one may do by law, or only signs what lower ones found.

The redesign heuristic is "empower" (Reijers and Limam Mansar 2005); in Chinese practice 下放, 委托.
"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.findings.finding import Finding, Missing
from analysis.findings.subject import LEVELS, MOST, Subject, level_rank, rank


def delegable_step(subject: Subject) -> Iterator[Finding]:
    """One finding for each such step."""
    givers = _givers(subject)
    for step in subject.steps:
        own, said = level_rank(subject.unit(step)), subject.said(step)
        if own < 0 or subject.node(step).is_automatic:
            continue
        lowest = rank(said.level)
        if 0 <= lowest < own:
            yield _finding(subject, step, said.level, subject.suggested((step,)))
        elif lowest < 0 and said.kind in ("decide", "approve"):
            given_by = _givers_of(subject, step, givers)
            below = [level_rank(subject.unit(giver)) for giver in given_by]
            if below and min(below) >= 0 and max(below) < own:
                missing = subject.unsure((step, *given_by), "kind", "materials")
                yield _finding(subject, step, LEVELS[max(below)], missing)


def _givers(subject: Subject) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for step in subject.steps:
        for material in subject.relations.gives(step):
            found.setdefault(material, []).append(step)
    return found


def _givers_of(subject: Subject, step: str, givers: dict[str, list[str]]) -> list[str]:
    """The steps that give all a step needs; none where one of its materials comes from elsewhere."""
    found: dict[str, None] = {}
    for material in sorted(subject.relations.needs(step)):
        known = givers.get(material, [])
        if len(known) > MOST:
            subject.left_out.add("delegable-step")
        given_by = [giver for giver in known[:MOST] if subject.relations.before(giver, step)]
        if not given_by:
            return []
        found.update(dict.fromkeys(given_by))
    return list(found)


def _finding(subject: Subject, step: str, level: str, missing: tuple[Missing, ...]) -> Finding:
    unit = subject.unit(step)
    done_at = unit.level if unit is not None else ""
    return Finding(
        finding="delegable-step",
        steps=(step,),
        evidence={"done_at": done_at, "level": level, "unit": unit.name if unit is not None else ""},
        protected=subject.is_mandatory(step),
        missing=missing,
        move="delegate",
    )
