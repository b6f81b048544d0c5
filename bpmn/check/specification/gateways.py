"""Chapter 10, section 6: gateways, what they choose by and what they wait for."""

from collections.abc import Iterator

from bpmn.check.specification.rule import Breach, breach, called, end, rule
from bpmn.check.specification.tables import AWAITED
from bpmn.control_flow import is_conditional
from bpmn.model import GATEWAYS, Model, Node, SequenceFlow

#: Gateways that do not choose by conditions.
_BLIND = ("parallelGateway", "eventBasedGateway")
_CHOOSING = ("exclusiveGateway", "inclusiveGateway")


def _waiting(model: Model) -> Iterator[tuple[Node, SequenceFlow, Node]]:
    """Every flow out of an event-based gateway with what it leads to."""
    for node in model.nodes:
        if node.kind == "eventBasedGateway":
            for flow in model.outgoing[node.id]:
                target = model.node.get(flow.target)
                if target is not None:
                    yield node, flow, target


@rule("default-unused", "10.6.4", severity="warning", about=_BLIND)
def default_unused(model: Model) -> Iterator[Breach]:
    """Only what chooses by conditions has a flow for the case that none holds."""
    for node in model.nodes:
        if node.default and node.kind in _BLIND:
            yield breach(node.id)


@rule("condition-unused", "10.6.4", severity="warning", about=("parallelGateway",))
def condition_unused(model: Model) -> Iterator[Breach]:
    """A parallel gateway takes all its flows whatever is written on them."""
    for node in model.nodes:
        flows = model.outgoing[node.id]
        if node.kind == "parallelGateway" and len(flows) > 1:
            for flow in flows:
                if flow.condition:
                    yield breach(flow.id, gateway=called(node))


@rule("condition-after-event", "10.5.2, 8.4.13", stops="run", about=("conditionExpression",))
def condition_after_event(model: Model) -> Iterator[Breach]:
    """Nothing chooses behind an event: conditions stand on flows out of steps and gateways that choose."""
    for node in model.nodes:
        if node.is_event:
            for flow in model.outgoing[node.id]:
                if flow.condition:
                    yield breach(flow.id, gateway=called(node))


@rule("condition-after-event-gateway", "10.6.6", about=("eventBasedGateway",))
def condition_after_event_gateway(model: Model) -> Iterator[Breach]:
    """What happens first decides at an event-based gateway, no condition."""
    for node, flow, _ in _waiting(model):
        if flow.condition:
            yield breach(flow.id, gateway=called(node))


@rule("condition-on-default", "8.4.13", severity="warning", about=("conditionExpression",))
def condition_on_default(model: Model) -> Iterator[Breach]:
    """The default is taken where no condition holds; its own is never asked."""
    for node in model.nodes:
        default = model.flow.get(node.default) if node.default and node.is_gateway and node.kind not in _BLIND else None
        if default is not None and default.condition:
            yield breach(default.id, gateway=called(node))


@rule("awaited-kind", "10.6.6", about=("eventBasedGateway",))
def awaited_kind(model: Model) -> Iterator[Breach]:
    """An event-based gateway waits for messages, times, conditions and signals, or for receive tasks."""
    for node, flow, target in _waiting(model):
        if target.kind == "receiveTask":
            continue
        if target.kind != "intermediateCatchEvent" or any(event.kind not in AWAITED for event in target.events):
            yield breach(node.id, target=called(target), flow=flow.id)


@rule("awaited-mixed", "10.6.6", stops="run", about=("eventBasedGateway",))
def awaited_mixed(model: Model) -> Iterator[Breach]:
    """Either message events or receive tasks wait behind one event-based gateway."""
    kinds: dict[str, set[str]] = {}
    for node, _, target in _waiting(model):
        if target.kind == "receiveTask" or target.event("message") is not None:
            kinds.setdefault(node.id, set()).add(target.kind)
    for gateway, found in kinds.items():
        if len(found) > 1:
            yield breach(gateway)


@rule("awaited-with-boundary", "10.6.6", stops="run", about=("eventBasedGateway",))
def awaited_with_boundary(model: Model) -> Iterator[Breach]:
    """A receive task behind an event-based gateway is decided by the gateway alone."""
    for _, _, target in _waiting(model):
        if target.kind == "receiveTask" and model.boundary_events.get(target.id):
            yield breach(target.id)


@rule("awaited-by-others", "10.6.6", about=("eventBasedGateway",))
def awaited_by_others(model: Model) -> Iterator[Breach]:
    """What an event-based gateway waits for is reached from it alone."""
    for target in dict.fromkeys(target.id for _, _, target in _waiting(model)):
        if len(model.incoming[target]) > 1:
            yield breach(target)


@rule("event-gateway-alone", "10.6.6", about=("eventBasedGateway",))
def event_gateway_alone(model: Model) -> Iterator[Breach]:
    """An event-based gateway waits for one of at least two things."""
    for node in model.nodes:
        if node.kind == "eventBasedGateway" and len(model.outgoing[node.id]) < 2:
            yield breach(node.id)


@rule("instantiate-in-flow", "10.3.3, 10.6.6")
def instantiate_in_flow(model: Model) -> Iterator[Breach]:
    """What begins a case is reached by no flow; only a receive task may stand behind a plain start event."""
    for node in model.nodes:
        entering = model.incoming[node.id] if node.instantiate else ()
        starts = [model.node.get(flow.source) for flow in entering]
        is_begun = (
            len(starts) == 1 and starts[0] is not None and starts[0].kind == "startEvent" and not starts[0].events
        )
        if entering and not (is_begun and node.kind == "receiveTask"):
            yield breach(node.id)


@rule("parallel-event-gateway", "10.6.6", stops="run", about=GATEWAYS)
def parallel_event_gateway(model: Model) -> Iterator[Breach]:
    """Only an event-based gateway that begins a case may wait for all its events."""
    for node in model.nodes:
        if node.kind == "eventBasedGateway" and node.event_gateway_type == "Parallel" and not node.instantiate:
            yield breach(node.id)


@rule("gateway-direction", "8.4.9", severity="warning", about=GATEWAYS)
def gateway_direction(model: Model) -> Iterator[Breach]:
    """A gateway splits or joins as its direction says."""
    for node in model.nodes:
        if not node.is_gateway or not node.direction:
            continue
        many = (len(model.incoming[node.id]) > 1, len(model.outgoing[node.id]) > 1)
        if (node.direction == "Converging" and many[1]) or (node.direction == "Diverging" and many[0]):
            yield breach(node.id, value=node.direction)


@rule("no-condition", "8.4.13", stops="run", purpose="run")
def no_condition(model: Model) -> Iterator[Breach]:
    """A live case cannot choose where nothing says when a flow is taken."""
    for node in model.nodes:
        for flow in unconditional(model, node):
            yield breach(flow.id, gateway=called(node), target=end(model, flow.target))


def unconditional(model: Model, node: Node) -> list[SequenceFlow]:
    """The flows out of a choice that nothing says when to take."""
    flows = model.outgoing[node.id]
    if len(flows) < 2:
        return []
    silent = [flow for flow in flows if not flow.condition and flow.id != node.default]
    if node.kind in _CHOOSING:
        return silent
    if node.is_gateway or not (node.default or any(map(is_conditional, flows))):
        return []
    return [flow for flow in silent if node.default or is_conditional(flow)]
