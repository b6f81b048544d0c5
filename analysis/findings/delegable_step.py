"""`delegable-step`: a higher office does what a lower one may do by law, or only signs what lower ones found.

The redesign heuristic is "empower" (Reijers and Limam Mansar 2005); in Chinese practice 下放, 委托.
"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.findings.finding import Finding
from analysis.findings.subject import LEVELS, Subject, level_rank


def delegable_step(subject: Subject) -> Iterator[Finding]:
    """One finding for each such step."""
    givers = _givers(subject)
    for step in subject.steps:
        rank = level_rank(subject.unit(step))
        said = subject.node(step).step
        if rank < 0 or said is None or subject.node(step).is_automatic:
            continue
        lowest = LEVELS.index(said.level) if said.level in LEVELS else -1
        if 0 <= lowest < rank:
            yield _finding(subject, step, level=said.level)
        elif lowest < 0 and said.kind in ("decide", "approve"):
            below = _levels_of_givers(subject, step, givers)
            if below and max(below) < rank:
                yield _finding(subject, step, level=LEVELS[max(below)])


def _givers(subject: Subject) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for step in subject.steps:
        for material in subject.relations.gives(step):
            found.setdefault(material, []).append(step)
    return found


def _levels_of_givers(subject: Subject, step: str, givers: dict[str, list[str]]) -> list[int]:
    """The levels of the units that give all a step needs; none where one of its materials comes from elsewhere."""
    found: list[int] = []
    for material in subject.relations.needs(step):
        given_by = [giver for giver in givers.get(material, ()) if subject.relations.before(giver, step)]
        levels = [level_rank(subject.unit(giver)) for giver in given_by]
        if not levels or min(levels) < 0:
            return []
        found += levels
    return found


def _finding(subject: Subject, step: str, *, level: str) -> Finding:
    unit = subject.unit(step)
    done_at = unit.level if unit is not None else ""
    return Finding(
        finding="delegable-step",
        steps=(step,),
        evidence={"done_at": done_at, "level": level, "unit": unit.name if unit is not None else ""},
        protected=subject.is_mandatory(step),
        missing=subject.suggested((step,)),
        move="delegate",
    )
