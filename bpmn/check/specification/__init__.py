"""The rules of BPMN 2.0.2 that a file can break, one file a chapter; the general ones as tables."""

from collections.abc import Iterator

from bpmn.check.rules import found
from bpmn.check.specification import activities, collaboration, common, data, events, gateways, lanes, process
from bpmn.check.specification.document import DOCUMENT
from bpmn.check.specification.rule import Rule, broken
from bpmn.model import Model
from bpmn.problem import Problem

__all__ = ["SPECIFICATION", "specification"]

_CHAPTERS = (common, collaboration, process, activities, data, events, gateways, lanes)

#: Every rule of the specification, those only the XML shows first, then in the order of the chapters.
SPECIFICATION: tuple[Rule, ...] = (
    *DOCUMENT,
    *(known for chapter in _CHAPTERS for known in vars(chapter).values() if isinstance(known, Rule)),
)


def specification(model: Model, *, purpose: str) -> Iterator[Problem]:
    """Every breach of the specification in a model; those only its XML shows are told while it is read."""
    known = model.node
    for flow in model.flows:
        if flow.source not in known or flow.target not in known:
            missing = flow.target if flow.source in known else flow.source
            yield found(model, ("missing-reference", "flow-node"), flow.id, value=missing)
    yield from broken(model, SPECIFICATION, purpose=purpose)
