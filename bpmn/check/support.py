"""What a live case would trip over although it can be drawn, judged and simulated: told with `--for run` only."""

from collections.abc import Iterator, Mapping

from bpmn.check.calling import calls
from bpmn.check.expressions import expressions
from bpmn.check.rules import found
from bpmn.model import Model
from bpmn.problem import Problem

_UNSUPPORTED = {"complexGateway": "complex-gateway", "adHocSubProcess": "ad-hoc", "transaction": "transaction"}


def support(model: Model, library: Mapping[str, Model]) -> Iterator[Problem]:
    """Everything that stops a live case and nothing else; the library is what its calls may call beside it."""
    for node in model.nodes:
        rule = _UNSUPPORTED.get(node.kind)
        if rule is not None:
            yield found(model, ("unsupported-element", rule), node.id, stops="run")
        if node.event("compensate") is not None:
            yield found(model, ("unsupported-element", "compensation"), node.id, stops="run")
    yield from calls(model, library)
    yield from expressions(model)
