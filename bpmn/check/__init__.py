"""What must be repaired in a procedure file before it is used: every problem, with its place and what to do."""

from bpmn.check.annotations import annotations
from bpmn.check.drawing import drawing
from bpmn.check.rules import RULES
from bpmn.check.soundness import LIMIT, soundness
from bpmn.check.structure import structure
from bpmn.check.support import support
from bpmn.control_flow import control_flow
from bpmn.model import Model
from bpmn.problem import Problem

__all__ = ["LIMIT", "RULES", "check"]

_ORDER = {"error": 0, "warning": 1}


def check(model: Model, *, purpose: str = "analysis", limit: int = LIMIT) -> tuple[Problem, ...]:
    """Every problem of a model, those of reading it included, by line and then by severity.

    `purpose` is "analysis" or "run"; for "run" also what only a live case trips over is told. `limit` bounds the states
    looked at in one process. Whether a file can be used is told by `Problem.stops`: warnings stop nothing.
    """
    flow = control_flow(model)
    problems = [*model.faults, *drawing(model), *structure(model, flow), *soundness(model, flow, limit=limit)]
    problems += annotations(model)
    if purpose == "run":
        problems += support(model)
    return tuple(sorted(problems, key=lambda problem: (problem.line, _ORDER.get(problem.severity, 2))))
