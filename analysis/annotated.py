"""What a file leaves open, so that a time made of it rests on a default: listed, never guessed in silence."""

from __future__ import annotations

from analysis.extent import processes_of
from bpmn.control_flow import is_conditional
from bpmn.model import Model, Node

#: More digits than that are no count of repetitions.
_DIGITS = 9


def not_annotated(model: Model) -> tuple[str, ...]:
    """Ids of steps without a time, of choices without shares and of repetitions without a number, in file order.

    One flow of an exclusive choice may stay without a share: it gets what the others leave. Steps of the applicant are
    listed too, as their time is part of what elapses.
    """
    processes = processes_of(model)
    return tuple(node.id for node in model.nodes if node.process in processes and _is_open(model, node))


def _is_open(model: Model, node: Node) -> bool:
    if node.kind == "boundaryEvent":
        return node.event("timer") is None and all(flow.probability is None for flow in model.outgoing[node.id])
    if node.is_activity and _repeats_unknown(node):
        return True
    if node.is_step and not node.times and node.called not in model.process:
        return True
    return _has_open_choice(model, node)


def _has_open_choice(model: Model, node: Node) -> bool:
    flows = model.outgoing[node.id]
    if len(flows) < 2:
        return False
    silent = [flow for flow in flows if flow.probability is None]
    if node.kind == "exclusiveGateway":
        # Several silent flows split what is left equally; where nothing is left there is nothing to split.
        return len(silent) > 1 and sum(flow.probability or 0 for flow in flows) < 0.999
    if node.kind in ("inclusiveGateway", "complexGateway"):
        return any(flow.id != node.default for flow in silent)
    if node.is_gateway:
        return False
    return any(is_conditional(flow) and flow.id != node.default for flow in silent)


def _repeats_unknown(node: Node) -> bool:
    """Whether a loop or multi-instance runs as often as nobody says."""
    if node.loop is None or node.repeat is not None:
        return False
    text = node.loop.cardinality.strip()
    return not (text.isascii() and text.isdigit() and len(text) <= _DIGITS)
