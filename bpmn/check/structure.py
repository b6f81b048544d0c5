"""Where a process begins and ends, what no case reaches, and loops no case leaves."""

from collections.abc import Iterator
from dataclasses import replace

from bpmn.check.rules import found
from bpmn.check.witness import run_round
from bpmn.control_flow import ControlFlow, Scope, is_start, leading_to, links, reachable
from bpmn.model import Model, Node
from bpmn.problem import Problem
from bpmn.routing import JUDGING

#: Written shares that sum to one may be off by this much.
TOLERANCE = 0.001
#: What adding written shares may lose; anything more that is left over is a share.
ROUNDING = 1e-9


def structure(model: Model, flow: ControlFlow) -> Iterator[Problem]:
    """Everything that can be told from which vertex leads to which, one scope after the other."""
    impossible = impossible_flows(model)
    cut_off, cut_short = _told_elsewhere(model, flow)
    for scope in flow.scopes:
        if not scope.vertices:
            continue
        seen = set(reachable(flow, scope.starts))
        nodes = [model.node[node] for node in dict.fromkeys(flow.vertices[v].node for v in scope.vertices)]
        if not scope.ad_hoc:
            yield from _starts(model, scope, nodes)
            yield from (
                problem for problem in _ends(model, flow, scope, nodes, seen) if problem.element not in cut_short
            )
        yield from _unreachable(model, flow, scope, nodes, seen | cut_off)
        if scope.node and _only_breaks_off(model, flow, scope, seen):
            yield found(model, ("unreachable", "only-errors"), scope.node, severity="warning")
        yield from _endless(model, flow, scope, seen, impossible)
    yield from _links(model)


def _told_elsewhere(model: Model, flow: ControlFlow) -> tuple[set[int], set[str]]:
    """What no case comes to, and the nodes that lead nowhere, only because of a fault that is told where it is.

    Such a fault is a flow that no token can take, an event on no step, and a link that does not land.
    """
    played = {arc.flow for arc in flow.arcs}
    void = [one for one in model.flows if one.id not in played]
    targets = {one.target for one in void}
    sources = {one.source for one in void}
    lost = [fault.details.get("other", "") for fault in model.faults if fault.rule == "flow-end"]
    for fault in model.faults:
        lost += fault.details.get("others", "").split() if fault.rule == "unknown-element" else ()
    leaping = {node.id: node.process for node in _unlanded(model)}
    leapt = set(leaping.values())
    for node in model.nodes:
        is_loose = node.kind == "boundaryEvent" and (not node.attached_to or node.attached_to in flow.outside)
        is_landing = node.process in leapt and node.kind == "intermediateCatchEvent" and node.event("link")
        if is_loose or is_landing:
            targets.add(node.id)
    heads = [flow.main[node] for node in (*targets, *lost) if node in flow.main]
    return set(reachable(flow, heads)), {*sources, *lost, *leaping}


def _starts(model: Model, scope: Scope, nodes: list[Node]) -> Iterator[Problem]:
    """A scope without start event."""
    if any(is_start(node, model.incoming[node.id]) for node in nodes):
        return
    if not scope.starts:
        yield found(model, ("no-start", "none"), scope.element)
        return
    where = "a sub-process" if scope.node else "a process"
    yield found(model, ("no-start", "implicit"), scope.element, severity="warning", where=where)


def _ends(model: Model, flow: ControlFlow, scope: Scope, nodes: list[Node], seen: set[int]) -> Iterator[Problem]:
    """A scope without end event, or a node of a scope with end events that nothing follows.

    What only an event at the edge of a step leads to may stop there: a case is over then, though nobody drew it.
    """
    stops = [v for v in scope.vertices if flow.vertices[v].kind in ("end", "terminate")]
    if any(node.kind == "endEvent" for node in nodes):
        events = {node.id for node in nodes if node.kind == "boundaryEvent"}
        undisturbed = set(reachable(flow, scope.starts, frozenset(events)))
        for vertex in stops:
            element = flow.vertices[vertex].node
            if model.node[element].kind == "endEvent" or vertex not in seen:
                continue
            if vertex in undisturbed:
                yield found(model, ("dead-end", "no-way-on"), element)
            else:
                yield found(model, ("dead-end", "after-event"), element, severity="warning")
    elif stops:
        where = "a sub-process" if scope.node else "a process"
        yield found(model, ("no-end", "implicit"), scope.element, severity="warning", where=where)
    else:
        yield found(model, ("no-end", "none"), scope.element)


def _unreachable(model: Model, flow: ControlFlow, scope: Scope, nodes: list[Node], seen: set[int]) -> Iterator[Problem]:
    if not scope.starts:
        return
    for node in nodes:
        if flow.main[node.id] not in seen:
            rule = "no-way-in" if not model.incoming[node.id] and node.kind != "boundaryEvent" else "no-case-comes"
            yield found(model, ("unreachable", rule), node.id)


def _only_breaks_off(model: Model, flow: ControlFlow, scope: Scope, seen: set[int]) -> bool:
    """Whether a flow leads out of a sub-process that never ends but by what interrupts it.

    An event sub-process in it may catch that, and then it ends well.
    """
    if not model.outgoing[scope.node] or any(one.triggered and flow.scopes[one.parent] == scope for one in flow.scopes):
        return False
    ends = [flow.vertices[v] for v in scope.vertices if v in seen and flow.vertices[v].kind in ("end", "terminate")]
    return bool(ends) and all(
        end.kind == "terminate" and model.node[end.node].event("terminate") is None for end in ends
    )


def impossible_flows(model: Model) -> frozenset[str]:
    """Flows whose share is zero, written or left over where the others already sum to one."""
    impossible: set[str] = set()
    for node in model.nodes:
        if node.kind != "exclusiveGateway":
            continue
        flows = model.outgoing[node.id]
        if len(flows) < 2:
            continue
        given = sum(flow.probability for flow in flows if flow.probability is not None)
        impossible |= {flow.id for flow in flows if flow.probability == 0}
        if given >= 1 - ROUNDING:
            impossible |= {flow.id for flow in flows if flow.probability is None}
    return frozenset(impossible)


def _endless(
    model: Model, flow: ControlFlow, scope: Scope, seen: set[int], impossible: frozenset[str]
) -> Iterator[Problem]:
    """Loops without a way out, by the drawing or by the written shares."""
    ends = [v for v in scope.vertices if flow.vertices[v].kind in ("end", "terminate")]
    drawn = seen - leading_to(flow, ends)
    for members in _parts(flow, _circling(flow, drawn)):
        yield _loop(model, flow, scope, "no-way-out", members)
    if drawn or not impossible:
        return
    ends += [v for v in scope.vertices if flow.vertices[v].kind == "step" and _ends_when_rejected(model, flow, v)]
    taken = set(reachable(flow, scope.starts, impossible))
    for members in _parts(flow, _circling(flow, taken - leading_to(flow, ends, impossible))):
        yield _loop(model, flow, scope, "certain", members)


def _circling(flow: ControlFlow, vertices: set[int]) -> set[int]:
    """Some vertices without those that only lead to the loops among them."""
    entering = {v: sum(flow.arcs[a].source in vertices for a in flow.vertices[v].entering) for v in vertices}
    stack = [vertex for vertex, count in entering.items() if not count]
    while stack:
        vertex = stack.pop()
        del entering[vertex]
        for number in flow.vertices[vertex].leaving:
            target = flow.arcs[number].target
            if target in entering:
                entering[target] -= 1
                if not entering[target]:
                    stack.append(target)
    return set(entering)


def _loop(model: Model, flow: ControlFlow, scope: Scope, rule: str, members: list[int]) -> Problem:
    inside = set(members)
    first = next((v for v in members if any(flow.arcs[a].source not in inside for a in flow.vertices[v].entering)), -1)
    first = first if first >= 0 else members[0]
    loop = dict.fromkeys(flow.vertices[v].node for v in members)
    problem = found(model, ("endless-loop", rule), flow.vertices[first].node, loop=",".join(loop))
    return replace(problem, run=run_round(flow, scope, first))


def _ends_when_rejected(model: Model, flow: ControlFlow, vertex: int) -> bool:
    """Whether a case this step turns down ends at once, because no gateway after it routes on that."""
    step = model.node[flow.vertices[vertex].node].step
    if step is None or not step.rejects:
        return False
    seen: set[int] = set()
    while vertex not in seen and len(flow.vertices[vertex].leaving) == 1:
        seen.add(vertex)
        vertex = flow.arcs[flow.vertices[vertex].leaving[0]].target
        following = model.node[flow.vertices[vertex].node].step
        if following is not None and following.kind in JUDGING:
            return True
    return flow.vertices[vertex].kind not in ("exclusive-split", "inclusive-split")


def _parts(flow: ControlFlow, vertices: set[int]) -> Iterator[list[int]]:
    """Connected parts of some vertices, each in the order of the file."""
    left = set(vertices)
    for start in sorted(vertices):
        if start not in left:
            continue
        left.discard(start)
        part, stack = [], [start]
        while stack:
            vertex = flow.vertices[stack[-1]]
            part.append(stack.pop())
            around = [flow.arcs[a].target for a in vertex.leaving] + [flow.arcs[a].source for a in vertex.entering]
            for other in around:
                if other in left:
                    left.discard(other)
                    stack.append(other)
        yield sorted(part)


def _links(model: Model) -> Iterator[Problem]:
    """Throwing link events that lead nowhere."""
    for node in _unlanded(model):
        link = node.event("link")
        value = (link.reference if link is not None else "") or node.name
        yield found(model, ("missing-reference", "link"), node.id, value=value)


def _unlanded(model: Model) -> Iterator[Node]:
    landed = links(model)
    for node in model.nodes:
        if node.kind == "intermediateThrowEvent" and node.event("link") is not None and node.id not in landed:
            yield node
