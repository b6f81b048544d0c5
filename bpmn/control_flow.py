"""The token game of a model: which way a case can go, as one graph of few kinds of vertices.

Every room that asks how a case moves (soundness, measures, simulation) reads this graph, so that BPMN's many ways to
draw one thing are understood in one place only. The rules of the game, in full:

**Tokens.** A case begins with one token at one of the starts of its process and is over when no token is left. A vertex
takes tokens from its entering arcs and puts tokens on its leaving arcs, one each.

| vertex | takes | puts |
|---|---|---|
| `start` | (the beginning of the case) | on its one arc |
| `step`, `event` | from its one arc | on its one arc |
| `exclusive-split` | from its one arc | on exactly one arc, any of them |
| `exclusive-merge` | from any one arc | on its one arc |
| `parallel-split` | from its one arc | on every arc |
| `parallel-join` | from every arc, waiting until each has one | on its one arc |
| `inclusive-split` | from its one arc | on each arc of role `always`, on any of role `choice`, else on the `default` |
| `inclusive-join` | from every arc that has one, waiting while another can still come | on its one arc |
| `enter`, `leave` | as a step; between them lies the scope of the sub-process | |
| `end` | from any one arc | nothing: this token is consumed |
| `terminate` | from any one arc | nothing, and every other token of its scope is consumed too |

Error and cancel ends inside a sub-process are `terminate`, and so is an escalation end whose escalation an interrupting
event on that sub-process catches.

**Normal form.** A step or event with several incoming flows has an exclusive merge before it. Several outgoing flows of
a step or event are a parallel split after it; where some of them are conditional an inclusive split, in which a flow
that is not is `always` taken; one conditional flow beside the default is an exclusive split. A flow is conditional if
it has a condition or a written share, and beside a default flow even without. A gateway with several incoming and
several outgoing flows joins first, then splits; one with a single incoming and a single outgoing flow is an exclusive
merge of one. A gateway that waits for events chooses like an exclusive one. A complex gateway splits like an inclusive
one, and joins like one, unless its activation condition asks for as many tokens as flows lead to it: then like a
parallel one. An end event takes every token that comes to it, so several flows into it need no merge. What has no
outgoing flow ends its token (an `end` vertex with the id of that node).

**Boundary events** are decided when the work of their activity is done, once per execution: after the activity an
inclusive split puts a token on `always` the way on and by `choice` on each event that does not interrupt, then an
exclusive split chooses between the way on and the interrupting events.

**Sub-processes** that hold nodes are scopes of their own. A token at `enter` begins one run of the scope; the token
comes to `leave` when the scope holds no token any more. Event sub-processes are scopes that nothing enters: they begin
by their own event. An ad-hoc sub-process begins with all its nodes without incoming flow. A sub-process without
nodes, a call activity, a loop and a multi-instance are steps.

**Starts.** Several start events are alternatives: each begins a case. Receive tasks and event-based gateways that
instantiate count as starts. Where such gateways are all the starts, one event of each must come: the process begins
`together` at all of them. A scope without any begins `together` at all its nodes without incoming flow.

**Links.** A throwing link event is joined by an arc to the catching one of the same name in its scope.

**Compensation** is outside the game: its boundary events and the activities associated with them have no vertex.

**Messages** between pools are arcs of their own kind and hold no token of a sequence flow.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bpmn.activation import activation_count
from bpmn.maker import maker
from bpmn.model import Model, Node, SequenceFlow

#: Every kind of vertex.
KINDS = (
    "start",
    "step",
    "event",
    "exclusive-split",
    "exclusive-merge",
    "parallel-split",
    "parallel-join",
    "inclusive-split",
    "inclusive-join",
    "enter",
    "leave",
    "end",
    "terminate",
)

_FAMILY = {
    "exclusiveGateway": "exclusive",
    "eventBasedGateway": "exclusive",
    "parallelGateway": "parallel",
    "inclusiveGateway": "inclusive",
    "complexGateway": "inclusive",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Vertex:
    """One place where tokens are taken and put; the rules of its kind stand at the top of this file."""

    #: One of `KINDS`.
    kind: str
    #: The id of the node behind it; a node may be behind several vertices.
    node: str
    #: The index of its scope.
    scope: int
    #: Indices of the arcs into it and out of it, in the order of the file.
    entering: tuple[int, ...]
    leaving: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Arc:
    """A way from one vertex to another of the same scope."""

    source: int
    target: int
    #: The sequence flow it stands for; on the way to a boundary event the id of that event; else empty.
    flow: str = ""
    #: Out of an inclusive split: "always", "choice" or "default"; else empty.
    role: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """A process, or a sub-process that holds nodes."""

    #: The id of the sub-process; empty for a process.
    node: str
    process: str
    #: The index of the scope around it, -1 for a process.
    parent: int
    #: Indices of the vertices where it begins.
    starts: tuple[int, ...]
    #: Whether it begins at all of them (no start is drawn, or several event-based gateways are) or at one of them.
    together: bool
    #: Whether an event begins it (an event sub-process).
    triggered: bool
    #: Whether its nodes are done in any order (an ad-hoc sub-process).
    ad_hoc: bool
    #: Indices of its own vertices, without those of scopes inside it.
    vertices: tuple[int, ...]

    @property
    def element(self) -> str:
        """The sub-process or process itself."""
        return self.node or self.process


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageArc:
    """A message flow; an end that is a pool or process, or outside the game, has the vertex -1."""

    flow: str
    source: int
    target: int


@dataclass(frozen=True, kw_only=True)
class ControlFlow:
    """The token game of a whole model; everything refers to everything by index into these tuples."""

    vertices: tuple[Vertex, ...]
    arcs: tuple[Arc, ...]
    #: A scope comes after the scope around it.
    scopes: tuple[Scope, ...]
    messages: tuple[MessageArc, ...]
    #: Nodes that have no vertex: compensation and event sub-processes (which are scopes only).
    outside: frozenset[str]

    @cached_property
    def main(self) -> Mapping[str, int]:
        """The vertex that stands for each node itself: where it is worked at, chosen, joined, begun or ended."""
        found: dict[str, int] = {}
        for index, vertex in enumerate(self.vertices):
            known = found.get(vertex.node)
            if known is None or _RANK[vertex.kind] < _RANK[self.vertices[known].kind]:
                found[vertex.node] = index
        return found

    @cached_property
    def scope_of(self) -> Mapping[str, int]:
        """The index of the scope each sub-process opens."""
        return {scope.node: index for index, scope in enumerate(self.scopes) if scope.node}


_vertex, _arc = maker(Vertex), maker(Arc)

#: Which of a node's vertices stands for it: work before choice before merge before the end of a token.
_RANK = {
    "step": 0,
    "event": 0,
    "start": 0,
    "enter": 0,
    "terminate": 1,
    "exclusive-split": 2,
    "parallel-split": 2,
    "inclusive-split": 2,
    "parallel-join": 3,
    "inclusive-join": 3,
    "exclusive-merge": 4,
    "leave": 5,
    "end": 6,
}


def control_flow(model: Model) -> ControlFlow:
    """Bring a model into normal form, once for each model; cost linear in its size.

    >>> from bpmn.model import Model, Node, Process, SequenceFlow
    >>> nodes = (Node(id="s", kind="startEvent", process="p"), Node(id="e", kind="endEvent", process="p"))
    >>> flows = (SequenceFlow(id="f", source="s", target="e", process="p"),)
    >>> [v.kind for v in control_flow(Model(processes=(Process(id="p"),), nodes=nodes, flows=flows)).vertices]
    ['start', 'end']
    """
    known: ControlFlow | None = vars(model).get(_KNOWN)
    if known is None:
        known = vars(model)[_KNOWN] = _Builder(model).build()  # as a cached property would, which the model cannot have
    return known


#: Under which name a model keeps its normal form.
_KNOWN = "_control_flow"


def joined(model: Model) -> list[tuple[SequenceFlow, Node, Node]]:
    """Every sequence flow that has both its ends, with them, worked out once for each model."""
    known: list[tuple[SequenceFlow, Node, Node]] | None = vars(model).get(_JOINED)
    if known is None:
        nodes = model.node
        ends = ((flow, nodes.get(flow.source), nodes.get(flow.target)) for flow in model.flows)
        known = [(flow, one, other) for flow, one, other in ends if one is not None and other is not None]
        vars(model)[_JOINED] = known
    return known


#: Under which name a model keeps them.
_JOINED = "_joined"


def compensation(model: Model) -> frozenset[str]:
    """The nodes outside the token game because they only undo work: compensation events and what they call."""
    events = {node.id for node in model.nodes if node.kind == "boundaryEvent" and node.event("compensate")}
    if not events:
        return frozenset()
    handlers = {a.target for a in model.associations if a.source in events}
    handlers |= {a.source for a in model.associations if a.target in events}
    return frozenset(events | {node.id for node in model.nodes if node.id in handlers and node.is_activity})


def reachable(flow: ControlFlow, starts: Iterable[int], without: frozenset[str] = frozenset()) -> list[int]:
    """The vertices that can be reached from some, these first; flows left out are never taken."""
    seen = dict.fromkeys(starts)
    stack = list(seen)
    while stack:
        for number in flow.vertices[stack.pop()].leaving:
            arc = flow.arcs[number]
            if arc.target not in seen and arc.flow not in without:
                seen[arc.target] = None
                stack.append(arc.target)
    return list(seen)


def leading_to(flow: ControlFlow, ends: Iterable[int], without: frozenset[str] = frozenset()) -> set[int]:
    """The vertices from which some can be reached, these too; flows left out are never taken."""
    seen = set(ends)
    stack = list(seen)
    while stack:
        for number in flow.vertices[stack.pop()].entering:
            arc = flow.arcs[number]
            if arc.source not in seen and arc.flow not in without:
                seen.add(arc.source)
                stack.append(arc.source)
    return seen


class _Builder:
    """Collects vertices and arcs while nodes are walked in the order of the file."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.kinds: list[str] = []
        self.nodes: list[str] = []
        self.scopes_of: list[int] = []
        self.arcs: list[Arc] = []
        #: The vertex a flow into a node leads to, and the vertex its way on begins at.
        self.head: dict[str, int] = {}
        self.tail: dict[str, int] = {}
        triggered = {node.id for node in model.nodes if node.is_frame and node.triggered_by_event}
        #: The starts by escalation of the event sub-processes in each sub-process.
        self.escalated: dict[str, list[Node]] = {}
        for node in model.nodes:
            if node.scope in triggered and node.kind == "startEvent" and node.event("escalation") is not None:
                self.escalated.setdefault(model.node[node.scope].scope, []).append(node)
        self.undone = compensation(model)
        self.outside = self.undone | triggered
        #: The sub-processes that hold nodes.
        self.filled = frozenset(node.scope for node in model.nodes if node.scope)
        self.links = links(model)
        self.linked = frozenset(self.links.values())
        #: The flows that no token can take.
        void = {flow.id for flow, source, target in joined(model) if not self._is_played(source, target)}
        if len(joined(model)) < len(model.flows):
            void |= {flow.id for flow in model.flows} - {flow.id for flow, _, _ in joined(model)}
        self.incoming = _without(void, model.incoming)
        self.outgoing = _without(void, model.outgoing)

    def _is_played(self, source: Node, target: Node) -> bool:
        """Whether a token can take a flow: both ends in one scope and in the game, not out of an end event."""
        if (
            source.kind == "endEvent"
            or source.scope != target.scope
            or source.process != target.process
            or target.kind == "boundaryEvent"
        ):
            return False
        return source.id not in self.outside and target.id not in self.outside

    def build(self) -> ControlFlow:
        """Walk everything once."""
        scopes = self._scopes()
        index = {(scope.process, scope.node): number for number, scope in enumerate(scopes)}
        for node in self.model.nodes:
            if node.id not in self.outside:
                self._vertices(node, index.get((node.process, node.scope), -1))
        for node in self.model.nodes:
            if node.id not in self.outside and node.kind != "endEvent":
                self._way_on(node)
        vertices = self._finished()
        members: list[list[int]] = [[] for _ in scopes]
        for number, vertex in enumerate(vertices):
            if vertex.scope >= 0:
                members[vertex.scope].append(number)
        return ControlFlow(
            vertices=vertices,
            arcs=tuple(self.arcs),
            scopes=tuple(self._begun(scope, tuple(inside)) for scope, inside in zip(scopes, members, strict=True)),
            messages=tuple(
                MessageArc(flow=m.id, source=self.tail.get(m.source, -1), target=self.head.get(m.target, -1))
                for m in self.model.message_flows
            ),
            outside=self.outside,
        )

    def _scopes(self) -> list[Scope]:
        """Every process and every sub-process with nodes, outer before inner, starts still open."""
        found: dict[str, Scope] = {}
        numbers: dict[tuple[str, str], int] = {}
        for process in self.model.processes:
            numbers[process.id, ""] = len(numbers)
            found["/" + process.id] = _scope(process.id, None, -1)
        waiting = [node for node in self.model.nodes if node.is_frame and node.id in self.filled]
        while waiting:
            later = []
            for node in waiting:
                parent = numbers.get((node.process, node.scope))
                if parent is None:
                    later.append(node)
                    continue
                numbers[node.process, node.id] = len(numbers)
                found[node.id] = _scope(node.process, node, parent)
            if len(later) == len(waiting):
                break
            waiting = later
        return list(found.values())

    def _begun(self, scope: Scope, inside: tuple[int, ...]) -> Scope:
        """The scope with its vertices and starts."""
        ids = list(dict.fromkeys(self.nodes[number] for number in inside))
        drawn = [node for node in ids if is_start(self.model.node[node], self.incoming.get(node, ()))]
        groups = {self.model.node[node].kind for node in drawn} == {"eventBasedGateway"} and len(drawn) > 1
        together = not drawn or scope.ad_hoc or groups
        begins = drawn
        if together:
            begins = [node for node in ids if not self.incoming.get(node) and not self._is_led_to(node)]
        return Scope(
            node=scope.node,
            process=scope.process,
            parent=scope.parent,
            starts=tuple(self.head[node] for node in begins),
            together=together,
            triggered=scope.triggered,
            ad_hoc=scope.ad_hoc,
            vertices=inside,
        )

    def _is_led_to(self, node: str) -> bool:
        """Whether a token comes to it without a sequence flow: from its activity or through a link."""
        found = self.model.node[node]
        return found.kind == "boundaryEvent" or node in self.linked

    def _vertex(self, kind: str, node: str, scope: int) -> int:
        self.kinds.append(kind)
        self.nodes.append(node)
        self.scopes_of.append(scope)
        return len(self.kinds) - 1

    def _arc(self, source: int, target: int, flow: str = "", role: str = "") -> None:
        self.arcs.append(_arc(source=source, target=target, flow=flow, role=role))

    def _vertices(self, node: Node, scope: int) -> None:
        """Make the vertices of one node up to where its way on begins."""
        entering = len(self.incoming.get(node.id, ())) + (node.id in self.linked)
        leaving = len(self.outgoing.get(node.id, ()))
        if node.is_gateway:
            self._gateway(node, scope, entering, leaving)
            return
        if node.kind == "endEvent":
            kind = "terminate" if self._stops(node) else "end"
            self.head[node.id] = self.tail[node.id] = self._vertex(kind, node.id, scope)
            return
        self.head[node.id] = self._vertex("exclusive-merge", node.id, scope) if entering > 1 else len(self.kinds)
        if node.is_frame and node.id in self.filled:
            first, last = self._vertex("enter", node.id, scope), self._vertex("leave", node.id, scope)
            self._arc(first, last)
        else:
            first = last = self._vertex(_plain_kind(node), node.id, scope)
        if entering > 1:
            self._arc(self.head[node.id], first)
        self.tail[node.id] = last

    def _stops(self, end: Node) -> bool:
        """Whether an end event consumes all tokens of its scope: by itself, or as what it throws interrupts that."""
        if end.event("terminate"):
            return True
        if not end.scope:
            return False
        escalation = end.event("escalation")
        if escalation is not None:
            return self._is_interrupting(end, escalation.reference)
        return end.event("error") is not None or end.event("cancel") is not None

    def _is_interrupting(self, end: Node, reference: str) -> bool:
        """Whether what catches the escalation of an end nearest to it interrupts the scope of the end.

        In the scope itself an event sub-process may catch it, else an event on the edge of a sub-process around it.
        """
        for event in self.escalated.get(end.scope, ()):
            caught = event.event("escalation")
            if caught is not None and caught.reference in ("", reference):
                return event.interrupting
        around = end.scope
        while around:
            for event in self.model.boundary_events.get(around, ()):
                caught = event.event("escalation")
                if caught is not None and caught.reference in ("", reference):
                    return event.interrupting and around == end.scope
            frame = self.model.node.get(around)
            around = frame.scope if frame is not None else ""
        return False

    def _gateway(self, node: Node, scope: int, entering: int, leaving: int) -> None:
        """Make a gateway's vertices: a join, a split, or first the one and then the other."""
        family = _family(node)
        waiting = "parallel" if _waits_for_all(node, entering) else family
        join = "exclusive-merge" if family == "exclusive" or entering < 2 else f"{waiting}-join"
        is_split_only = entering < 2 <= leaving
        first = last = self._vertex(f"{family}-split" if is_split_only else join, node.id, scope)
        if leaving > 1 and not is_split_only:
            last = self._vertex(f"{family}-split", node.id, scope)
            self._arc(first, last)
        self.head[node.id], self.tail[node.id] = first, last

    def _way_on(self, node: Node) -> None:
        """Draw what follows a node: its boundary events, its flows, its link, or the end of its token."""
        flows = self.outgoing.get(node.id, ())
        at = self.tail[node.id]
        if node.is_gateway:
            self._leave(at, node, [(flow, self._gateway_role(node, flow)) for flow in flows])
            return
        if node.id in self.model.boundary_events:
            at = self._boundary(node, at)
        if len(flows) < 2:
            self._leave(at, node, [(flow, "") for flow in flows])
            return
        has_default = node.default in {flow.id for flow in flows}
        if not has_default and not any(map(is_conditional, flows)):
            self._leave(self._after(at, "parallel-split", node), node, [(flow, "") for flow in flows])
        elif has_default and len(flows) == 2:
            self._leave(self._after(at, "exclusive-split", node), node, [(flow, "") for flow in flows])
        else:
            unconditional = "choice" if has_default else "always"
            roles = [(flow, _role(flow, node.default, unconditional=unconditional)) for flow in flows]
            self._leave(self._after(at, "inclusive-split", node), node, roles)

    def _gateway_role(self, node: Node, flow: SequenceFlow) -> str:
        return _role(flow, node.default, unconditional="choice") if _FAMILY[node.kind] == "inclusive" else ""

    def _boundary(self, node: Node, at: int) -> int:
        """Put the choice of the boundary events behind an activity and return where its way on begins."""
        attached = self.model.boundary_events.get(node.id, ())
        where = (node.process, node.scope)
        events = [event for event in attached if event.id in self.head and (event.process, event.scope) == where]
        beside = [event for event in events if not event.interrupting]
        instead = [event for event in events if event.interrupting]
        if beside:
            split = self._after(at, "inclusive-split", node)
            for event in beside:
                self._arc(split, self.head[event.id], event.id, "choice")
            at = split
        if instead:
            split = self._after(at, "exclusive-split", node, "always" if beside else "")
            for event in instead:
                self._arc(split, self.head[event.id], event.id)
            at = split
        elif beside:
            at = self._after(at, "exclusive-merge", node, "always")
        return at

    def _after(self, at: int, kind: str, node: Node, role: str = "") -> int:
        vertex = self._vertex(kind, node.id, self.scopes_of[at])
        self._arc(at, vertex, role=role)
        return vertex

    def _leave(self, at: int, node: Node, flows: Sequence[tuple[SequenceFlow, str]]) -> None:
        for flow, role in flows:
            self._arc(at, self.head[flow.target], flow.id, role)
        if node.id in self.links:
            self._arc(at, self.head[self.links[node.id]])
        elif not flows:
            self._arc(at, self._vertex("end", node.id, self.scopes_of[at]))

    def _finished(self) -> tuple[Vertex, ...]:
        entering: list[list[int]] = [[] for _ in self.kinds]
        leaving: list[list[int]] = [[] for _ in self.kinds]
        for number, arc in enumerate(self.arcs):
            leaving[arc.source].append(number)
            entering[arc.target].append(number)
        return tuple(
            _vertex(kind=kind, node=node, scope=scope, entering=tuple(into), leaving=tuple(out))
            for kind, node, scope, into, out in zip(
                self.kinds, self.nodes, self.scopes_of, entering, leaving, strict=True
            )
        )


def _without(
    void: set[str], flows_of: Mapping[str, tuple[SequenceFlow, ...]]
) -> Mapping[str, tuple[SequenceFlow, ...]]:
    """The flows at each node, those left out that no token can take."""
    if not void:
        return flows_of
    return {node: tuple(flow for flow in flows if flow.id not in void) for node, flows in flows_of.items()}


def _waits_for_all(node: Node, entering: int) -> bool:
    """Whether a complex gateway says that it acts when a token is on every one of its flows."""
    return activation_count(node) == entering


def _family(node: Node) -> str:
    """How a gateway chooses and joins: a start by several events that must all come begins every way."""
    is_all = node.kind == "eventBasedGateway" and node.instantiate and node.event_gateway_type == "Parallel"
    return "parallel" if is_all else _FAMILY[node.kind]


def is_conditional(flow: SequenceFlow) -> bool:
    """Whether a flow out of a step is taken in some cases only: it has a condition or a written share."""
    return bool(flow.condition) or flow.probability is not None


def is_start(node: Node, incoming: Iterable[SequenceFlow]) -> bool:
    """Whether a case can begin at this node: a start event, or what instantiates and nothing leads to."""
    return node.kind == "startEvent" or (node.instantiate and not any(True for _ in incoming))


def _plain_kind(node: Node) -> str:
    if node.kind == "startEvent":
        return "start"
    return "event" if node.is_event else "step"


def _role(flow: SequenceFlow, default: str, *, unconditional: str) -> str:
    if flow.id == default:
        return "default"
    return "choice" if is_conditional(flow) else unconditional


def _scope(process: str, node: Node | None, parent: int) -> Scope:
    return Scope(
        node=node.id if node is not None else "",
        process=process,
        parent=parent,
        starts=(),
        together=False,
        triggered=node is not None and node.triggered_by_event,
        ad_hoc=node is not None and node.kind == "adHocSubProcess",
        vertices=(),
    )


def links(model: Model) -> dict[str, str]:
    """The catching link event each throwing one leads to: the first of the same name in its scope."""
    catching: dict[tuple[str, str, str], str] = {}
    throwing: list[tuple[str, tuple[str, str, str]]] = []
    for node in model.nodes:
        link = node.event("link") if node.events else None
        if link is None:
            continue
        key = (node.process, node.scope, link.reference or node.name)
        if node.kind == "intermediateCatchEvent":
            catching.setdefault(key, node.id)
        elif node.kind == "intermediateThrowEvent":
            throwing.append((node.id, key))
    return {node: catching[key] for node, key in throwing if key in catching}
