"""Rules of the specification that a drawing can break without being hard to follow."""

from collections.abc import Iterator

from bpmn.check.rules import found
from bpmn.control_flow import compensation, is_conditional
from bpmn.model import Model, Node, SequenceFlow
from bpmn.problem import Problem

#: What an event-based gateway may wait for.
_AWAITED = frozenset(("intermediateCatchEvent", "receiveTask"))


def drawing(model: Model) -> Iterator[Problem]:
    """Flows where none may be, gateways whose flows say more than they can follow, lanes that share a step."""
    for flow in model.flows:
        yield from _flow(model, flow)
    for node in model.nodes:
        flows = model.outgoing[node.id]
        if node.is_gateway:
            yield from _gateway(model, node, flows)
        if node.kind == "eventBasedGateway":
            yield from _awaited(model, node, flows)
        if node.attached_to:
            yield from _boundary(model, node)
    yield from _compensation(model)
    yield from _event_sub_processes(model)
    yield from _messages(model)
    yield from _lanes(model)


def _flow(model: Model, flow: SequenceFlow) -> Iterator[Problem]:
    source, target = model.node.get(flow.source), model.node.get(flow.target)
    if source is None or target is None:
        missing = flow.source if source is None else flow.target
        yield found(model, ("missing-reference", "flow-node"), flow.id, value=missing)
        return
    if source.process != target.process:
        yield found(model, ("bpmn-rule", "flow-between-pools"), flow.id, source=_name(source), target=_name(target))
    elif source.scope != target.scope:
        yield found(
            model, ("bpmn-rule", "flow-across-sub-process"), flow.id, source=_name(source), target=_name(target)
        )
    if source.kind == "endEvent":
        yield found(model, ("bpmn-rule", "flow-out-of-end"), flow.id, source=_name(source), target=_name(target))
    if target.kind == "boundaryEvent":
        yield found(model, ("bpmn-rule", "flow-into-boundary"), flow.id, source=_name(source), target=_name(target))
    if target.kind == "startEvent":
        names = (_name(source), _name(target))
        yield _warning(model, "flow-into-start", flow.id, source=names[0], target=names[1])


def _warning(model: Model, rule: str, element: str, **details: str) -> Problem:
    return found(model, ("bpmn-rule", rule), element, severity="warning", line=0, **details)


def _name(node: Node) -> str:
    return node.name.strip() or node.id


def _gateway(model: Model, node: Node, flows: tuple[SequenceFlow, ...]) -> Iterator[Problem]:
    """Conditions a gateway does not follow."""
    if node.default and node.kind in ("parallelGateway", "eventBasedGateway"):
        yield _warning(model, "default-unused", node.id)
    for flow in flows:
        if not flow.condition:
            continue
        if node.kind in ("parallelGateway", "eventBasedGateway") and len(flows) > 1:
            yield _warning(model, "condition-unused", flow.id, gateway=_name(node))
        elif flow.id == node.default:
            yield _warning(model, "condition-on-default", flow.id, gateway=_name(node))


def _awaited(model: Model, node: Node, flows: tuple[SequenceFlow, ...]) -> Iterator[Problem]:
    for flow in flows:
        target = model.node.get(flow.target)
        if target is not None and target.kind not in _AWAITED:
            yield _warning(model, "awaited-kind", node.id, target=_name(target), flow=flow.id)


def _boundary(model: Model, node: Node) -> Iterator[Problem]:
    host = model.node.get(node.attached_to)
    if host is not None and (host.process, host.scope) != (node.process, node.scope):
        yield found(model, ("bpmn-rule", "boundary-elsewhere"), node.id, host=_name(host))


def _compensation(model: Model) -> Iterator[Problem]:
    """Work that undoes other work is called by its event, never by a flow."""
    for node in compensation(model):
        if model.node[node].is_activity and (model.incoming[node] or model.outgoing[node]):
            yield _warning(model, "compensation-in-flow", node)


def _event_sub_processes(model: Model) -> Iterator[Problem]:
    starts: dict[str, list[Node]] = {}
    for node in model.nodes:
        if node.kind == "startEvent":
            starts.setdefault(node.scope, []).append(node)
    for node in model.nodes:
        if not (node.is_frame and node.triggered_by_event):
            continue
        if model.incoming[node.id] or model.outgoing[node.id]:
            yield found(model, ("bpmn-rule", "event-sub-process-in-flow"), node.id)
        if any(not start.events for start in starts.get(node.id, ())):
            yield _warning(model, "event-sub-process-start", node.id)


def _messages(model: Model) -> Iterator[Problem]:
    """Message flows that do not leave their pool."""
    pools = {pool.id: pool.process for pool in model.pools}
    for message in model.message_flows:
        source, target = (
            model.node[end].process if end in model.node else pools.get(end, end)
            for end in (message.source, message.target)
        )
        if source and source == target:
            yield _warning(model, "message-inside-pool", message.id)


def _lanes(model: Model) -> Iterator[Problem]:
    """Steps that stand in two lanes of which neither is inside the other."""
    lane_of: dict[str, str] = {}
    around: dict[str, set[str]] = {}
    for lane in model.lanes:
        around[lane.id] = around.get(lane.parent, set()) | {lane.id}
        for node in lane.nodes:
            other = lane_of.get(node)
            if other is not None and other not in around[lane.id] and lane.id not in around.get(other, set()):
                first, second = model.lane[other].name or other, lane.name or lane.id
                yield _warning(model, "two-lanes", node, first=first, second=second)
            lane_of[node] = lane.id


def conditions(model: Model) -> Iterator[Problem]:
    """Choices a live case could not make, because nothing says when a flow is taken."""
    for node in model.nodes:
        flows = model.outgoing[node.id]
        if len(flows) < 2:
            continue
        if node.kind in ("exclusiveGateway", "inclusiveGateway"):
            wanting = [flow for flow in flows if not flow.condition and flow.id != node.default]
        elif not node.is_gateway and (node.default or any(map(is_conditional, flows))):
            wanting = [
                flow
                for flow in flows
                if not flow.condition and flow.id != node.default and (node.default or is_conditional(flow))
            ]
        else:
            continue
        for flow in wanting:
            target = model.node.get(flow.target)
            to = _name(target) if target is not None else flow.target
            yield found(model, ("bpmn-rule", "no-condition"), flow.id, stops="run", gateway=_name(node), target=to)
