"""Repairs of the flow. Each keeps every run: the order of steps and events a case can pass stays what it was.

What a run is, and that several flows into a step merge and several out of it split, is told by `bpmn.control_flow`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from bpmn.control_flow import ControlFlow, Scope, Vertex, control_flow, is_conditional, reachable
from bpmn.fix.sketch import Fix, Sketch
from bpmn.model import Model, Node, SequenceFlow

#: Gateways that do nothing where one flow enters and one leaves.
_PASSING = frozenset(("exclusiveGateway", "parallelGateway", "inclusiveGateway"))
#: Gateways that follow no condition.
_BLIND = frozenset(("parallelGateway", "eventBasedGateway"))


def condition_on_default(sketch: Sketch) -> Iterator[Fix]:
    """The condition of a default flow is taken away. Safe: nobody asks it; the default is for when no other holds."""
    for node in sketch.before.nodes:
        flow = sketch.flows.get(node.default) if node.default and node.kind not in _BLIND else None
        if flow is not None and flow.condition and len(sketch.outgoing(node.id)) > 1:
            sketch.change_flow(flow.id, condition="", language="")
            yield _of_flow(flow, "condition-on-default", gateway=sketch.called(node.id), condition=flow.condition)


def duplicate_flow(sketch: Sketch) -> Iterator[Fix]:
    """Of flows of one exclusive gateway that say the same and lead to the same node, one is kept.

    Safe: only one of them is taken in any run, and after any of them a case goes on alike. Out of other nodes two flows
    are two tokens; there nothing is changed, nor where a gateway would be left that neither joins nor splits.
    """
    for node in sketch.before.nodes:
        if node.kind != "exclusiveGateway":
            continue
        kept: dict[tuple[str, ...], SequenceFlow] = {}
        for flow in sorted(sketch.outgoing(node.id), key=lambda flow: flow.id != node.default):
            first = kept.setdefault((flow.target, flow.condition, flow.language, flow.name), flow)
            is_free = first is not flow and sketch.is_bare(flow.id) and flow.target != flow.source
            if is_free and flow.probability is None and first.probability is None and _spares(sketch, flow):
                sketch.remove_flow(flow.id)
                ends = {"source": sketch.called(node.id), "target": sketch.called(flow.target)}
                yield _of_flow(flow, "duplicate-flow", first=first.id, **ends)


def _spares(sketch: Sketch, flow: SequenceFlow) -> bool:
    """Whether the gateways at the ends of a flow still join or split without it."""
    leaves, enters = sketch.outgoing(flow.source), sketch.incoming(flow.target)
    is_source_left = len(leaves) > 2 or len(sketch.incoming(flow.source)) > 1
    is_target_left = len(enters) > 2 or len(sketch.outgoing(flow.target)) > 1
    return is_source_left and (is_target_left or not sketch.nodes[flow.target].is_gateway)


def superfluous_gateway(sketch: Sketch) -> Iterator[Fix]:
    """A gateway that one flow enters and one leaves, and of which nothing is said, is taken out.

    Safe: it passes every token on. One with a name, a note or settings of a tool stays, and so does one that keeps two
    flows between the same nodes apart.
    """
    for node in sketch.before.nodes:
        if node.kind not in _PASSING or node.name or not sketch.is_bare(node.id) or sketch.is_torn(node.id):
            continue
        entering, leaving = sketch.incoming(node.id), sketch.outgoing(node.id)
        if len(entering) != 1 or len(leaving) != 1 or not _is_one(sketch, entering[0], leaving[0]):
            continue
        source, target = entering[0].source, leaving[0].target
        sketch.remove_flow(leaving[0].id)
        sketch.lead(entering[0].id, target=target)
        sketch.remove_node(node.id)
        yield _of_node(node, "superfluous-gateway", source=sketch.called(source), target=sketch.called(target))


def _is_one(sketch: Sketch, before: SequenceFlow, after: SequenceFlow) -> bool:
    """Whether two flows through a gateway can be one."""
    if not sketch.is_bare(after.id) or before.id == after.id:
        return False
    if after.name or after.condition or after.probability is not None:
        return False
    if not sketch.is_inside(before) or not sketch.is_inside(after):
        return False
    if sketch.nodes[before.source].kind == "eventBasedGateway":
        return False
    return not any(flow.target == after.target for flow in sketch.outgoing(before.source))


def implicit_start(sketch: Sketch) -> Iterator[Fix]:
    """Where a process or sub-process has no start event and one beginning, the start event is drawn.

    Safe: a token began there already. Several beginnings are left alone: only who drew them knows whether all or one of
    them begin.
    """
    model = sketch.model()
    flow = control_flow(model)
    for scope in flow.scopes:
        if not scope.together or len(scope.starts) != 1 or scope.ad_hoc or scope.triggered:
            continue
        first = model.node[flow.vertices[scope.starts[0]].node]
        if first.event("link") is not None:
            continue
        if model.incoming[first.id] or sketch.is_torn(first.id) or _would_pass(first, model.outgoing[first.id]):
            continue
        start = sketch.add_node(f"{scope.node or scope.process}_start", "startEvent", first)
        sketch.add_flow(start, first)
        whole = model.node[scope.node] if scope.node else model.process[scope.process]
        details = {"added": start.id, "to": sketch.called(first.id)}
        yield Fix(fix="implicit-start", element=whole.id, name=whole.name, line=whole.line, details=details)


def implicit_end(sketch: Sketch) -> Iterator[Fix]:
    """Where a process or sub-process has no end event, one is drawn behind each node it stops at.

    Safe: tokens ended there already. Where some end is drawn, a node that leads nowhere is an error only a person can
    repair; so it is where nothing says how the case begins.
    """
    model = sketch.model()
    flow = control_flow(model)
    ended = {(node.process, node.scope) for node in model.nodes if node.kind == "endEvent"}
    for scope in flow.scopes:
        stops = [model.node[vertex.node] for vertex in _stops(flow, scope)]
        has_end = (scope.process, scope.node) in ended
        if has_end or scope.together or any(_has_no_end(sketch, stop) for stop in stops):
            continue
        for stop in stops:
            end = sketch.add_node(f"{stop.id}_end", "endEvent", stop)
            sketch.add_flow(stop, end)
            yield _of_node(stop, "implicit-end", added=end.id)


def _stops(flow: ControlFlow, scope: Scope) -> Iterator[Vertex]:
    """The vertices a run of a scope stops at."""
    reached = set(reachable(flow, scope.starts))
    for number in scope.vertices:
        if number in reached and flow.vertices[number].kind in ("end", "terminate"):
            yield flow.vertices[number]


def _has_no_end(sketch: Sketch, node: Node) -> bool:
    """Whether a scope stops at a node otherwise than for want of an end event, or none can stand behind it."""
    if node.kind == "eventBasedGateway" or node.event("link") is not None:
        return True
    return sketch.is_torn(node.id) or bool(sketch.outgoing(node.id)) or _would_pass(node, sketch.incoming(node.id))


def _would_pass(node: Node, flows: Sequence[SequenceFlow]) -> bool:
    """Whether one more flow, on its other side, would make a gateway pass on what comes: it is only half drawn."""
    return node.is_gateway and len(flows) < 2


def implicit_split(sketch: Sketch) -> Iterator[Fix]:
    """Several flows out of a step or event leave through a gateway.

    Safe: all are taken, so they leave through a parallel gateway. Flows with conditions stay at their step: which of
    them go together is a matter of their conditions, and BPMN draws that so.
    """
    reached = _reached(sketch.model())
    for node in list(sketch.nodes.values()):
        flows = sketch.outgoing(node.id)
        if node.is_gateway or not _is_mendable(sketch, node, flows, reached):
            continue
        if node.default or any(map(is_conditional, flows)):
            continue
        gateway = sketch.add_node(f"{node.id}_split", "parallelGateway", node)
        for flow in flows:
            sketch.lead(flow.id, source=gateway.id)
        sketch.add_flow(node, gateway)
        yield _of_node(node, "implicit-split", gateway=gateway.id, count=str(len(flows)))


def _is_mendable(sketch: Sketch, node: Node, flows: Sequence[SequenceFlow], reached: frozenset[str]) -> bool:
    """Whether several flows on one side of a node can meet in a gateway: a case comes there, no two are alike."""
    if len(flows) < 2 or node.id not in reached or node.id in sketch.outside or sketch.is_torn(node.id):
        return False
    ends = {(flow.source, flow.target) for flow in flows}
    return len(ends) == len(flows) and all(map(sketch.is_inside, flows))


def _reached(model: Model) -> frozenset[str]:
    """The nodes a case comes to."""
    flow = control_flow(model)
    reached = (reachable(flow, scope.starts) for scope in flow.scopes)
    return frozenset(flow.vertices[vertex].node for vertices in reached for vertex in vertices)


def implicit_join(sketch: Sketch) -> Iterator[Fix]:
    """Several flows into a step or an event on the way come together in an exclusive gateway.

    Safe: a step is done once for each token that comes to it, whichever way, and that is what the gateway lets through.
    An end event takes all that come to it, side by side or one of them, as no single gateway does: it stays as it is.
    """
    reached = _reached(sketch.model())
    for node in list(sketch.nodes.values()):
        flows = sketch.incoming(node.id)
        if node.is_gateway or node.kind in ("startEvent", "endEvent"):
            continue
        if not _is_mendable(sketch, node, flows, reached):
            continue
        if any(sketch.nodes[flow.source].kind == "eventBasedGateway" for flow in flows):
            continue
        gateway = sketch.add_node(f"{node.id}_join", "exclusiveGateway", node)
        for flow in flows:
            sketch.lead(flow.id, target=gateway.id)
        sketch.add_flow(gateway, node)
        yield _of_node(node, "implicit-join", gateway=gateway.id, count=str(len(flows)))


def join_fork(sketch: Sketch) -> Iterator[Fix]:
    """A gateway that joins and splits becomes two, the first of which joins.

    Safe: that is what it did, first the one, then the other. Inclusive and complex gateways are left alone: what they
    wait for is better drawn by a person.
    """
    reached = _reached(sketch.model())
    for node in list(sketch.nodes.values()):
        flows = sketch.incoming(node.id)
        if node.kind not in _JOINED_BY or len(sketch.outgoing(node.id)) < 2:
            continue
        if not _is_mendable(sketch, node, flows, reached):
            continue
        gateway = sketch.add_node(f"{node.id}_join", _JOINED_BY[node.kind], node)
        for flow in flows:
            sketch.lead(flow.id, target=gateway.id)
        sketch.add_flow(gateway, node)
        yield _of_node(node, "join-fork", gateway=gateway.id, count=str(len(flows)))


#: What joins before a gateway of each kind.
_JOINED_BY = {
    "exclusiveGateway": "exclusiveGateway",
    "parallelGateway": "parallelGateway",
    "eventBasedGateway": "exclusiveGateway",
}


def default_flow(sketch: Sketch) -> Iterator[Fix]:
    """The one flow without condition that leaves an exclusive gateway becomes its default.

    Safe: where no condition holds nothing else can be taken, and any of the flows could be taken before as after.
    """
    for node in list(sketch.nodes.values()):
        flows = sketch.outgoing(node.id) if node.kind == "exclusiveGateway" and not node.default else []
        bare = [flow for flow in flows if not flow.condition]
        if len(flows) > 1 and len(bare) == 1:
            sketch.change_node(node.id, default=bare[0].id)
            yield _of_node(node, "default-flow", flow=bare[0].id, to=sketch.called(bare[0].target))


def compensation_mark(sketch: Sketch) -> Iterator[Fix]:
    """What a compensation event is associated with is marked as work that undoes. Safe: that is when it was done."""
    for node in sketch.before.nodes:
        if node.id not in sketch.outside or not node.is_activity or node.for_compensation or node.triggered_by_event:
            continue
        if not sketch.incoming(node.id) and not sketch.outgoing(node.id):
            sketch.change_node(node.id, for_compensation=True)
            yield _of_node(node, "compensation-mark")


def gateway_direction(sketch: Sketch) -> Iterator[Fix]:
    """A gateway that calls itself diverging or converging otherwise than its flows run says what they do.

    Safe: nothing follows the word, only the flows.
    """
    for node in list(sketch.nodes.values()):
        right = _DIRECTIONS[len(sketch.incoming(node.id)) > 1, len(sketch.outgoing(node.id)) > 1]
        if node.is_gateway and node.direction and node.direction != right:
            sketch.change_node(node.id, direction=right)
            yield _of_node(node, "gateway-direction", before=node.direction, after=right or "Unspecified")


_DIRECTIONS: Mapping[tuple[bool, bool], str] = {
    (True, True): "Mixed",
    (True, False): "Converging",
    (False, True): "Diverging",
    (False, False): "",
}

#: Every repair of a model, in the order they are made: each leaves nothing for those before it.
REPAIRS: tuple[Callable[[Sketch], Iterator[Fix]], ...] = (
    condition_on_default,
    duplicate_flow,
    implicit_start,
    implicit_end,
    superfluous_gateway,
    implicit_split,
    implicit_join,
    join_fork,
    default_flow,
    compensation_mark,
    gateway_direction,
)


def _of_node(node: Node, fix: str, **details: str) -> Fix:
    return Fix(fix=fix, element=node.id, name=node.name, line=node.line, details=details)


def _of_flow(flow: SequenceFlow, fix: str, **details: str) -> Fix:
    return Fix(fix=fix, element=flow.id, name=flow.name, line=flow.line, details=details)
