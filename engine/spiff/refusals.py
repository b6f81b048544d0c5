"""What of a model no live case can do: the same that `zaizao check --for run` tells."""

from collections.abc import Mapping
from types import MappingProxyType

from bpmn.check.support import support
from bpmn.model import Model
from bpmn.problem import Problem

_NONE: Mapping[str, Model] = MappingProxyType({})


def refusals(model: Model, library: Mapping[str, Model] = _NONE, *, skip_scripts: bool = False) -> tuple[Problem, ...]:
    """Everything that keeps a model from being run; nothing where a case can go every way of it.

    With `skip_scripts` scripts in other languages are no obstacle: they are passed, not run.
    """
    return tuple(
        problem
        for problem in (*model.faults, *support(model, library))
        if problem.stops != "nothing"
        and not (skip_scripts and (problem.problem, problem.rule) == ("unsafe-expression", "script"))
    )
