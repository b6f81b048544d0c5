"""Materials that are not there when a step needs them: nobody gave them or took them in before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from bpmn.check.rules import found
from bpmn.model import Model, Node
from bpmn.problem import Problem

if TYPE_CHECKING:
    from bpmn.relations import Relations


def data(model: Model) -> Iterator[Problem]:
    """Every step with a kind that needs a material of the case which no way, or not every way, brings there.

    What the step takes in itself, from the applicant or a register, is there; the applicant's own steps are not judged,
    and neither is anything a step without a kind may have brought.
    """
    judged = [node for node in model.nodes if _is_judged(model, node)]
    if not judged:
        return
    from bpmn.relations import relations

    known = relations(model)
    for node in judged:
        never, sometimes = known.lacking(node.id)
        beside = _given_beside(model, known, node, never)
        never, sometimes = never - beside, sometimes | beside
        if never:
            yield found(model, ("data-not-available", "never"), node.id, stops="run", value=_listed(never))
        if sometimes:
            givers = _listed(_givers(model, known, node, sometimes))
            case = ("data-not-available", "not-every-way")
            yield found(model, case, node.id, severity="warning", value=_listed(sometimes), givers=givers)


def _is_judged(model: Model, node: Node) -> bool:
    if node.step is None or not node.step.kind or not node.is_step or node.process in model.applicant_processes:
        return False
    return bool(node.reads) or any(item.use == "needs" and item.origin == "internal" for item in node.materials)


def _givers(model: Model, known: Relations, node: Node, materials: frozenset[str]) -> Iterator[str]:
    """The steps that bring some materials on a way to a node, as a reader knows them."""
    for step in known.steps:
        comes_first = known.later(step, node.id) or known.parallel(step, node.id)
        if materials & (known.gives(step) | known.takes_in(step)) and comes_first:
            yield model.node[step].name.strip() or step


def _given_beside(model: Model, known: Relations, node: Node, materials: frozenset[str]) -> frozenset[str]:
    """Which of some materials a step of another branch of the process brings: in time or not, as it happens."""
    if not materials:
        return materials
    own = (step for step in known.steps if model.node[step].process == node.process)
    beside = (step for step in own if known.parallel(step, node.id))
    return frozenset(name for step in beside for name in materials & (known.gives(step) | known.takes_in(step)))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(dict.fromkeys(names)))
