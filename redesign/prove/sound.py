"""Sound: every case can still end, ends properly, and every step can still happen."""

from __future__ import annotations

from collections.abc import Iterator

from bpmn.check import check
from bpmn.model import Model
from bpmn.problem import Problem
from redesign.prove.two import Two
from redesign.result import Obligation

#: Which problems break which of the three parts of soundness (van der Aalst 1998).
_PARTS = {
    "option-to-complete": ("deadlock", "endless-loop", "dead-end", "no-end"),
    "proper-completion": ("lack-of-synchronisation", "unbounded"),
    "no-dead-step": ("unreachable", "no-start"),
}
_TOLD = frozenset(name for names in _PARTS.values() for name in names)


def sound(two: Two) -> Iterator[Obligation]:
    """The three parts of soundness, and that no other rule is broken that was kept before."""
    new = _new_errors(two)
    for part, names in _PARTS.items():
        yield _obligation(two, part, [problem for problem in new if problem.problem in names])
    yield _obligation(two, "valid", [problem for problem in new if problem.problem not in _TOLD])


def _new_errors(two: Two) -> list[Problem]:
    """The errors of the new model that the old one does not have."""
    errors = _errors(two.after.model)
    if not errors:
        return []
    known = {_mark(problem) for problem in _errors(two.before.model)}
    # What was wrong at a step is no new fault at the one that stands for it now.
    known |= {(name, rule, two.heir(element)) for name, rule, element in known if element in two.before.model.node}
    return [problem for problem in errors if _mark(problem) not in known]


def _errors(model: Model) -> list[Problem]:
    return [problem for problem in check(model) if problem.severity == "error"]


def _mark(problem: Problem) -> tuple[str, str, str]:
    return problem.problem, problem.rule, problem.element


def _obligation(two: Two, name: str, broken: list[Problem]) -> Obligation:
    if not broken:
        return Obligation(
            obligation=name, holds=True, witness={"method": "token-game", "nodes": len(two.after.model.nodes)}
        )
    first = broken[0]
    return Obligation(
        obligation=name,
        holds=False,
        element=first.element,
        witness={"problem": first.problem, "rule": first.rule, "path": list(first.run), "message": first.message},
    )
