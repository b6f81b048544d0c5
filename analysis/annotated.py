"""What a file leaves open, so that a time made of it rests on a default: listed, never guessed in silence."""

from __future__ import annotations

from bpmn.begin import processes_of
from bpmn.control_flow import is_conditional
from bpmn.model import Model, Node

#: More digits than that are no count of repetitions.
_DIGITS = 9


def not_annotated(model: Model) -> tuple[str, ...]:
    """Ids of steps without a time, of choices without shares and of repetitions without a number, in file order.

    An event that nobody in the drawing brings about needs a time where it races with a timer, and shares where it races
    with nothing but its like.

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
    if node.kind == "intermediateCatchEvent" and _is_undecided(model, node):
        return any(_is_among_timers(model, flow.source) for flow in model.incoming[node.id])
    return _has_open_choice(model, node)


def _is_undecided(model: Model, event: Node) -> bool:
    """Whether neither a time nor a message of a drawn node says when an event happens."""
    if event.times or event.event("timer") or event.event("link"):
        return False
    return not any(m.target == event.id and m.source in model.node for m in model.message_flows)


def _raced(model: Model, gateway: str) -> list[Node]:
    """The events behind a gateway at which they race."""
    return [model.node[flow.target] for flow in model.outgoing[gateway] if flow.target in model.node]


def _is_among_timers(model: Model, gateway: str) -> bool:
    node = model.node.get(gateway)
    if node is None or node.kind != "eventBasedGateway":
        return False
    return any(event.event("timer") for event in _raced(model, gateway))


def _is_open_race(model: Model, gateway: Node) -> bool:
    """Whether nothing says which of the events that are no timers happens."""
    others = [event for event in _raced(model, gateway.id) if not event.event("timer")]
    silent = all(flow.probability is None for flow in model.outgoing[gateway.id])
    return len(others) > 1 and silent and all(_is_undecided(model, event) for event in others)


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
    if node.kind == "eventBasedGateway":
        return _is_open_race(model, node)
    return any(is_conditional(flow) and flow.id != node.default for flow in silent)


def _repeats_unknown(node: Node) -> bool:
    """Whether a loop or multi-instance runs as often as nobody says."""
    if node.loop is None or node.repeat is not None:
        return False
    text = node.loop.cardinality.strip()
    return not (text.isascii() and text.isdigit() and len(text) <= _DIGITS)
