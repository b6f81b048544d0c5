"""Chapters 7 and 8: sequence flows and what they may connect, items, messages, expressions."""

import re
from collections.abc import Iterator

from bpmn.check.specification.rule import Breach, breach, called, end, rule
from bpmn.control_flow import joined
from bpmn.model import SUB_PROCESSES, Model, Node, SequenceFlow

#: A number or a text in quotes: what can never be true or false.
_LITERAL = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?|\"[^\"]*\"|'[^']*'")


def _flow(flow: SequenceFlow, source: Node, target: Node) -> Breach:
    return breach(flow.id, source=called(source), target=called(target))


@rule("flow-between-pools", "7.6.1")
def flow_between_pools(model: Model) -> Iterator[Breach]:
    """Between pools only messages pass: each has its own flow."""
    for flow, source, target in joined(model):
        if source.process != target.process:
            yield _flow(flow, source, target)


@rule("flow-across-sub-process", "7.6.1", about=SUB_PROCESSES)
def flow_across_sub_process(model: Model) -> Iterator[Breach]:
    """A sub-process is entered and left as a whole."""
    for flow, source, target in joined(model):
        if source.process == target.process and source.scope != target.scope:
            yield _flow(flow, source, target)


@rule("flow-out-of-end", "10.5.3", about=("endEvent",))
def flow_out_of_end(model: Model) -> Iterator[Breach]:
    """Nothing follows an end event."""
    for flow, source, target in joined(model):
        if source.kind == "endEvent":
            yield _flow(flow, source, target)


@rule("flow-into-start", "10.5.2", stops="run", about=("startEvent",))
def flow_into_start(model: Model) -> Iterator[Breach]:
    """A start event is where a case begins, not where it comes back to."""
    for flow, source, target in joined(model):
        if target.kind == "startEvent":
            yield _flow(flow, source, target)


@rule("flow-into-boundary", "10.5.4", about=("boundaryEvent",))
def flow_into_boundary(model: Model) -> Iterator[Breach]:
    """An event at the edge of a step is brought about by what happens, not by a flow."""
    for flow, source, target in joined(model):
        if target.kind == "boundaryEvent":
            yield _flow(flow, source, target)


@rule("condition-not-boolean", "8.4.13", stops="run")
def condition_not_boolean(model: Model) -> Iterator[Breach]:
    """A condition is true or false; a number or a text is neither."""
    for flow in model.flows:
        if flow.condition and _LITERAL.fullmatch(flow.condition):
            yield breach(flow.id, value=flow.condition)
    for node in model.nodes:
        if node.events or node.loop is not None or node.completion:
            yield from (breach(node.id, value=text) for text in _conditions(node) if _LITERAL.fullmatch(text))


def _conditions(node: Node) -> Iterator[str]:
    yield node.completion
    for event in node.events:
        if event.kind == "conditional":
            yield event.expression
    if node.loop is not None:
        yield node.loop.condition
        yield from (condition for condition, _ in node.loop.behaviors)


@rule("condition-alone", "8.4.13", severity="warning", about=("conditionExpression",))
def condition_alone(model: Model) -> Iterator[Breach]:
    """A condition on the only way on is no choice: where it does not hold, the case stops."""
    for node in model.nodes:
        flows = model.outgoing[node.id]
        if len(flows) == 1 and flows[0].condition and not node.is_gateway:
            yield breach(flows[0].id, source=called(node), target=end(model, flows[0].target))
