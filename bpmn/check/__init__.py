"""What must be repaired in a procedure file before it is used: every problem, with its place and what to do."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from bpmn.check.annotations import annotations
from bpmn.check.data import data
from bpmn.check.expressions import branches, unwritten
from bpmn.check.rules import RULES
from bpmn.check.soundness import LIMIT, soundness
from bpmn.check.specification import specification
from bpmn.check.structure import structure
from bpmn.check.style import style
from bpmn.control_flow import control_flow
from bpmn.garbage import kept
from bpmn.model import Model
from bpmn.problem import Problem

__all__ = ["LIMIT", "RULES", "check"]

_NONE: Mapping[str, Model] = MappingProxyType({})
_ORDER = {"error": 0, "warning": 1}
#: Problems that say less than others of the same element.
_SAID = {
    ("dead-end", "after-event"): (("bpmn-rule", "event-leads-nowhere"),),
    ("bpmn-rule", "event-leads-nowhere"): (("dead-end", "no-way-on"),),
    ("bpmn-rule", "no-duplicate-sequence-flows"): (("lack-of-synchronisation", "drawn-twice"),),
    ("bpmn-rule", "no-disconnected"): (("unreachable", "no-way-in"), ("unreachable", "no-case-comes")),
    ("bpmn-rule", "no-complex-gateway"): (
        ("deadlock", "complex-gateway"),
        ("unsupported-element", "complex-gateway"),
    ),
    ("bpmn-rule", "conditional-flows"): (("bpmn-rule", "no-condition"),),
    **{
        ("unsafe-expression", rule): (("bpmn-rule", "time-unreadable"), ("bpmn-rule", "time-form"))
        for rule in ("unexpected", "sign", "meant", "unfinished", "foreign")
    },
    ("bpmn-rule", "global-unnamed"): (("bpmn-rule", "global-unused"),),
    ("bpmn-rule", "single-blank-start-event"): (("bpmn-rule", "event-sub-process-starts"),),
}


def check(
    model: Model, *, purpose: str = "analysis", limit: int = LIMIT, library: Mapping[str, Model] = _NONE
) -> tuple[Problem, ...]:
    """Every problem of a model, those of reading it included, by line and then by severity.

    `purpose` is "analysis" or "run"; for "run" also what only a live case trips over is told. `limit` bounds the states
    looked at in one process; `library` holds the other files whose processes may be called. How a model is drawn is
    judged only where it is drawn. Whether a file can be used is told by `Problem.stops`: warnings stop nothing.
    """
    with kept():
        return _problems(model, purpose, limit, library)


def _problems(model: Model, purpose: str, limit: int, library: Mapping[str, Model]) -> tuple[Problem, ...]:
    flow = control_flow(model)
    problems = [*model.faults, *specification(model, purpose=purpose)]
    problems += [*structure(model, flow), *soundness(model, flow, limit=limit), *annotations(model)]
    problems += [*branches(model), *unwritten(model), *data(model)]
    if purpose == "run":
        from bpmn.check.support import support

        problems += support(model, library)
    if model.shapes:
        problems += style(model)
    if len(problems) < 2:
        return tuple(problems)
    return tuple(sorted(_once(problems), key=lambda problem: (problem.line, _ORDER.get(problem.severity, 2))))


def _once(problems: Iterable[Problem]) -> Iterator[Problem]:
    """The problems without those that another one says better of the same element."""
    known = list(problems)
    told = {(problem.problem, problem.rule, problem.element) for problem in known}
    for problem in known:
        better = _SAID.get((problem.problem, problem.rule), ())
        if not any((*case, problem.element) in told for case in better):
            yield problem
