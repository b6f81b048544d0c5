"""What decides where a case goes: the shares of a choice, and which gateways follow what a step found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from bpmn.control_flow import ControlFlow, Vertex
from bpmn.model import Model, Node, SequenceFlow

#: Kinds of steps that judge: behind one of them a gateway follows its judgement, not that of an earlier step.
JUDGING = frozenset(("check", "decide", "approve"))

_SPLITS = frozenset(("exclusive-split", "inclusive-split"))
#: Share of a conditional flow out of a step where the file names none.
_EVEN = 0.5


def routes_on(model: Model, flow: ControlFlow) -> Mapping[str, tuple[str, ...]]:
    """The gateways that route on each step that can turn a case down, in the order of the file; steps without any miss.

    A gateway routes on a step if it is the first diverging exclusive or inclusive gateway after it with no other
    check, decide or approve between, or its condition names what the step gives. Conditional flows out of a step are
    such a gateway too. Cost: one walk for each step that turns cases down.
    """
    order = {node.id: position for position, node in enumerate(model.nodes)}
    conditions = tuple(out for out in model.flows if out.condition)
    found: dict[str, tuple[str, ...]] = {}
    for node in model.nodes:
        if node.step is None or not node.step.rejects or node.id not in flow.main:
            continue
        gateways = _choices_after(model, flow, node, first=True)
        if conditions:
            gateways |= _named_choices(model, flow, node, conditions)
        if gateways:
            found[node.id] = tuple(sorted(gateways, key=order.__getitem__))
    return found


def exclusive_shares(model: Model, flow: ControlFlow, vertex: Vertex) -> tuple[float, ...]:
    """The share of each leaving arc of an exclusive split, in their order; they sum to 1.

    Flows without a share split equally what the others leave. Of two flows out of a step, one conditional and one its
    default, the conditional one has one half where it names no share. A boundary event without a share is never taken.
    """
    ids = [flow.arcs[arc].flow for arc in vertex.leaving]
    node = model.node[vertex.node]
    events = {event.id for event in model.boundary_events.get(node.id, ())}
    if events.intersection(ids):
        known = [_boundary_share(model, arc) if arc in events else None for arc in ids]
    else:
        known = [model.flow[arc].probability if arc in model.flow else None for arc in ids]
        if not node.is_gateway and all(share is None for share in known):
            known = [None if arc == node.default else _EVEN for arc in ids]
    silent = known.count(None)
    left = max(0.0, 1 - sum(share for share in known if share is not None))
    shares = [left / silent if share is None else share for share in known]
    total = sum(shares)
    return tuple(share / total if total > 0 else 1 / len(shares) for share in shares)


def own_share(model: Model, flow: str) -> float:
    """The probability of one way out of an inclusive choice, itself alone: a flow, or an event beside the way on.

    A flow without a share is taken by one half; an event without one is never taken.
    """
    if flow in model.flow:
        share = model.flow[flow].probability
        return _EVEN if share is None else share
    return sum(leaving.probability or 0.0 for leaving in model.outgoing.get(flow, ()))


def _boundary_share(model: Model, event: str) -> float:
    """The probability of a boundary event: written on what leaves it."""
    return sum(flow.probability or 0.0 for flow in model.outgoing[event])


def _is_of_boundary(model: Model, flow: ControlFlow, vertex: Vertex) -> bool:
    events = {event.id for event in model.boundary_events.get(vertex.node, ())}
    return any(flow.arcs[arc].flow in events for arc in vertex.leaving)


def _choices_after(model: Model, flow: ControlFlow, step: Node, *, first: bool) -> set[str]:
    """The choices on the ways on from a step: all, or those met first with no other judgement before them."""
    found: set[str] = set()
    start = flow.main[step.id]
    seen, waiting = {start}, [start]
    while waiting:
        number = waiting.pop()
        vertex = flow.vertices[number]
        node = model.node[vertex.node]
        if vertex.kind in _SPLITS and not _is_of_boundary(model, flow, vertex):
            found.add(vertex.node)
            if first:
                continue
        judges = vertex.kind == "step" and node.step is not None and node.step.kind in JUDGING
        if first and judges and number != start:
            continue
        for target in _followers(model, flow, vertex):
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return found


def _followers(model: Model, flow: ControlFlow, vertex: Vertex) -> Iterable[int]:
    """The vertices that come next: into a sub-process by its starts, out of it where its last token ends."""
    if vertex.kind == "enter":
        return flow.scopes[flow.scope_of[vertex.node]].starts
    if vertex.kind == "end" and vertex.scope >= 0 and flow.scopes[vertex.scope].node:
        around = flow.scopes[vertex.scope].node
        return [
            arc.target
            for arc in (flow.arcs[leaving] for leaving in _entered(flow, around))
            if flow.vertices[arc.target].kind == "leave"
        ]
    events = {event.id for event in model.boundary_events.get(vertex.node, ())}
    return [flow.arcs[arc].target for arc in vertex.leaving if flow.arcs[arc].flow not in events]


def _entered(flow: ControlFlow, frame: str) -> Iterable[int]:
    """The arcs out of the vertex that enters a sub-process."""
    entering = flow.main.get(frame)
    return flow.vertices[entering].leaving if entering is not None else ()


def _named_choices(model: Model, flow: ControlFlow, step: Node, conditions: Iterable[SequenceFlow]) -> set[str]:
    """The choices behind a step with a condition that names what the step gives."""
    names = {material.name for material in step.materials if material.use == "gives"}
    names |= {data.name for data in model.data if data.id in step.writes}
    names.discard("")
    if not names:
        return set()
    pattern = re.compile("|".join(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])" for name in sorted(names)))
    naming = {out.source for out in conditions if pattern.search(out.condition)}
    return naming & _choices_after(model, flow, step, first=False) if naming else set()
