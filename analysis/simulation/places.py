"""Which operations a procedure has: the vertices of its token game, without those that only pass a token on.

What only passes a token on (merges, events that take no time, gateways with one way) is no operation: arcs lead past
it. Some vertices are several operations:

| vertex | operations |
|---|---|
| an end event that takes time or sends messages | `WORKED`, then `END`, `TERMINATE` or `THROW` |
| an activity in rounds, or with a timer on its border | `WRAP`, in its scope the activity itself, then `ROUND` |
| an event-based gateway | `RACE`; `CHOOSE` where shares decide, before a `RACE` each where timers run as well |
| an event sub-process | `WATCH` beside its scope, then `ENTER`, then `END` |
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from analysis.simulation import layout as at
from analysis.simulation.timers import alarm_of, is_racing, racing_timers, waits_for_timer
from bpmn.begin import Beginning, beginning, processes_of
from bpmn.control_flow import ControlFlow, Vertex
from bpmn.model import Model, Node
from bpmn.unroll import unrolled

_KINDS = {
    "exclusive-split": at.CHOOSE,
    "parallel-split": at.SPLIT,
    "parallel-join": at.JOIN,
    "inclusive-split": at.FIRE,
    "inclusive-join": at.GATHER,
    "enter": at.ENTER,
    "end": at.END,
    "terminate": at.TERMINATE,
}
_SPLITS = frozenset(("exclusive-split", "parallel-split", "inclusive-split"))
_JOINS = frozenset(("parallel-join", "inclusive-join", "exclusive-merge"))


@dataclass(frozen=True, kw_only=True)
class Place:
    """An operation to be."""

    #: The vertex it stands for, -1 where none does.
    vertex: int
    kind: int
    node: Node
    #: The operations it leads to, where that does not follow from its vertex.
    to: tuple[int, ...] | None = None
    #: The arcs of the token game it leads along, where it does not lead along all of its vertex.
    ways: tuple[int, ...] | None = None
    #: The scope it lies in or opens, where that does not follow from its vertex.
    scope: int | None = None
    #: Of a wrapped activity: the operation inside. Of an error: the scope that it breaks off.
    other: int = -1
    #: Whether it is the activity inside a wrapped one, which keeps for itself what is done once.
    is_inner: bool = False

    @property
    def is_done(self) -> bool:
        """Whether a step or event is done with it: then it sends messages, rejects, begins and ends clocks."""
        return self.vertex >= 0 and not self.is_inner and self.kind in (at.WORKED, at.WRAP)


class Places:
    """The operations of a procedure, in the order of its vertices."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.flow: ControlFlow = unrolled(model)
        processes = processes_of(model)
        self.beginning: Beginning = beginning(model, self.flow, processes)
        self.scopes: list[bool] = []
        for scope in self.flow.scopes:
            is_inside = self.scopes[scope.parent] if scope.parent >= 0 else scope.process in processes
            starts = not scope.triggered or alarm_of(model, model.node[scope.node]) is not None
            self.scopes.append(is_inside and starts)
        self.senders = {letter.source for letter in self.beginning.letters}
        self.boxes: dict[str, int] = {}
        for letter in self.beginning.letters:
            if not letter.opens:
                self.boxes.setdefault(letter.target, len(self.boxes))
        self.racing = racing_timers(model)
        self.alarms = {
            alarm.id
            for node in model.nodes
            if node.is_frame and node.triggered_by_event and (alarm := alarm_of(model, node)) is not None
        }
        #: Events behind a gateway at which they race.
        self.raced = {
            self.flow.vertices[arc.target].node
            for arc in self.flow.arcs
            if model.node[self.flow.vertices[arc.source].node].kind == "eventBasedGateway"
        }
        self.all: list[Place] = []
        #: The operation a token comes to at each vertex that is one.
        self.op_of: dict[int, int] = {}
        #: The operation inside each wrapped activity, by its vertex.
        self.inner_of: dict[int, int] = {}
        #: The scope of the rounds of each wrapped activity, by its node, and the vertex of each.
        self.wraps: dict[str, int] = {}
        self.wrapped: list[int] = []
        for number, vertex in enumerate(self.flow.vertices):
            if self.is_inside(number) and not self.is_passed(number, vertex):
                self._place(number, vertex)
        for number, scope in enumerate(self.flow.scopes):
            if scope.triggered and self.scopes[number]:
                self._place_alarm(number, model.node[scope.node])

    def is_inside(self, vertex: int) -> bool:
        """Whether a vertex belongs to the procedure."""
        scope = self.flow.vertices[vertex].scope
        return scope >= 0 and self.scopes[scope]

    def ways(self, number: int) -> Sequence[int]:
        """The arcs out of a vertex, without those to events on a border for which nobody wrote how often."""
        leaving = self.flow.vertices[number].leaving
        events = self.model.boundary_events.get(self.flow.vertices[number].node, ())
        if not events or self.flow.vertices[number].kind not in _SPLITS:
            return leaving
        never = {event.id for event in events if not sum(f.probability or 0.0 for f in self.model.outgoing[event.id])}
        return tuple(arc for arc in leaving if self.flow.arcs[arc].flow not in never)

    def is_passed(self, number: int, vertex: Vertex) -> bool:
        """Whether a vertex only passes a token on."""
        node = self.model.node[vertex.node]
        if vertex.kind in _SPLITS:
            return len(self.ways(number)) == 1
        if vertex.kind in _JOINS:
            return vertex.kind == "exclusive-merge" or len(vertex.entering) == 1
        if vertex.kind == "leave":
            return node.id not in self.senders or node.id in self._wrapped_frames
        if vertex.kind in ("event", "start") or (vertex.kind == "step" and node.is_frame):
            return not self.is_busy(node)
        return False

    @cached_property
    def _wrapped_frames(self) -> frozenset[str]:
        """The sub-processes that are done in rounds, or with a timer on their border."""
        frames = (node for node in self.model.nodes if node.is_frame)
        return frozenset(node.id for node in frames if node.loop is not None or node.id in self.racing)

    def is_busy(self, node: Node) -> bool:
        """Whether an event takes time, waits for something or sends a message."""
        if node.id in self.alarms:
            return False
        if node.id in self.boxes or node.id in self.senders or node.id in self.raced:
            return True
        if node.kind == "boundaryEvent" and node.event("timer") is not None:
            return is_racing(self.model, node)
        return bool(node.times) or waits_for_timer(node)

    def place_passing(self, vertex: int) -> None:
        """Make an operation of a vertex that only passes tokens on."""
        node = self.model.node[self.flow.vertices[vertex].node]
        self.op_of[vertex] = self._add(Place(vertex=vertex, kind=at.WORKED, node=node))

    def scope_of(self, place: Place) -> int:
        """The scope an operation lies in, or that it opens; -1 for an end behind an end event."""
        if place.scope is not None:
            return place.scope
        if place.vertex < 0:
            return -1
        vertex = self.flow.vertices[place.vertex]
        return self.flow.scope_of[vertex.node] if place.kind == at.ENTER else vertex.scope

    def parents(self) -> tuple[int, ...]:
        """The scope around each scope, -1 for a process."""
        plain = tuple(self.wraps.get(scope.node, scope.parent) for scope in self.flow.scopes)
        return plain + tuple(self.flow.vertices[vertex].scope for vertex in self.wrapped)

    def processes(self) -> tuple[str, ...]:
        """The process of each scope."""
        around = [self.flow.scopes[self.flow.vertices[vertex].scope].process for vertex in self.wrapped]
        return tuple(scope.process for scope in self.flow.scopes) + tuple(around)

    def watches(self) -> list[list[int]]:
        """The timers beside each scope."""
        found: list[list[int]] = [[] for _ in self.parents()]
        for number, place in enumerate(self.all):
            if place.kind != at.WATCH:
                continue
            scope = self.wraps.get(place.node.attached_to, -1) if place.vertex >= 0 else place.scope
            if scope is not None and scope >= 0:
                found[scope].append(number)
        return found

    def _add(self, place: Place) -> int:
        self.all.append(place)
        return len(self.all) - 1

    def _place(self, number: int, vertex: Vertex) -> None:
        node = self.model.node[vertex.node]
        if is_racing(self.model, node) and vertex.kind == "event":
            self.op_of[number] = self._add(Place(vertex=number, kind=at.WATCH, node=node))
        elif vertex.kind == "exclusive-split" and node.kind == "eventBasedGateway":
            self._place_race(number, vertex, node)
        elif vertex.kind in ("step", "enter") and (node.loop is not None or node.id in self.racing):
            self._place_wrap(number, vertex, node)
        elif vertex.kind in ("end", "terminate") and node.kind == "endEvent":
            self._place_end(number, vertex, node)
        else:
            kind = _KINDS.get(vertex.kind, at.WORKED)
            self.op_of[number] = self._add(Place(vertex=number, kind=kind, node=node))

    def _place_end(self, number: int, vertex: Vertex, node: Node) -> None:
        self.op_of[number] = len(self.all)
        if self.is_busy(node):
            self._add(Place(vertex=number, kind=at.WORKED, node=node, to=(len(self.all) + 1,)))
            number = -1
        kind = at.THROW if catcher(self.model, node) is not None else _KINDS[vertex.kind]
        self._add(Place(vertex=number, kind=kind, node=node))

    def _place_wrap(self, number: int, vertex: Vertex, node: Node) -> None:
        scope = len(self.flow.scopes) + len(self.wrapped)
        self.wraps[node.id] = scope
        self.wrapped.append(number)
        self.op_of[number] = first = len(self.all)
        self.inner_of[number] = first + 1
        self._add(Place(vertex=number, kind=at.WRAP, node=node, scope=scope, other=first + 1))
        inner_scope = self.flow.scope_of[node.id] if vertex.kind == "enter" else scope
        kind = _KINDS.get(vertex.kind, at.WORKED)
        self._add(Place(vertex=number, kind=kind, node=node, to=(first + 2,), scope=inner_scope, is_inner=True))
        self._add(Place(vertex=-1, kind=at.ROUND, node=node, scope=scope))

    def _place_race(self, number: int, vertex: Vertex, node: Node) -> None:
        """Timers race with what comes; where shares decide what that is, it is drawn before."""
        timers = [arc for arc in vertex.leaving if self._event(arc).event("timer") is not None]
        others = [arc for arc in vertex.leaving if arc not in timers]
        self.op_of[number] = first = len(self.all)
        if not self._is_shared(others):
            self._add(Place(vertex=number, kind=at.RACE, node=node))
        elif not timers:
            self._add(Place(vertex=number, kind=at.CHOOSE, node=node))
        else:
            to = tuple(range(first + 1, first + 1 + len(others)))
            self._add(Place(vertex=number, kind=at.CHOOSE, node=node, to=to, ways=tuple(others)))
            for arc in others:
                ways = tuple(way for way in vertex.leaving if way == arc or way in timers)
                self._add(Place(vertex=number, kind=at.RACE, node=node, ways=ways, is_inner=True))

    def _is_shared(self, others: Sequence[int]) -> bool:
        """Whether shares decide among the events that are no timers: some are written, or nothing else decides."""
        if len(others) < 2:
            return False
        shares = [self.model.flow[self.flow.arcs[arc].flow].probability for arc in others]
        events = [self._event(arc) for arc in others]
        is_open = not any(event.times or event.id in self.boxes for event in events)
        return is_open or any(share is not None for share in shares)

    def _event(self, arc: int) -> Node:
        return self.model.node[self.model.flow[self.flow.arcs[arc].flow].target]

    def _place_alarm(self, number: int, frame: Node) -> None:
        alarm = alarm_of(self.model, frame)
        assert alarm is not None
        first = len(self.all)
        self._add(Place(vertex=-1, kind=at.WATCH, node=alarm, to=(first + 1,), scope=self.flow.scopes[number].parent))
        self._add(Place(vertex=-1, kind=at.ENTER, node=frame, to=(first + 2,), scope=number))
        self._add(Place(vertex=-1, kind=at.END, node=replace(frame, outcome=""), scope=self.flow.scopes[number].parent))


def catcher(model: Model, node: Node) -> Node | None:
    """The event on the border of a sub-process around an error end event that catches its error, the nearest one."""
    error = node.event("error")
    around = model.node.get(node.scope)
    while error is not None and around is not None:
        for event in model.boundary_events.get(around.id, ()):
            caught = event.event("error")
            if caught is not None and _is_same_error(model, caught.reference, error.reference):
                return event
        around = model.node.get(around.scope)
    return None


def _is_same_error(model: Model, caught: str, thrown: str) -> bool:
    """Whether an event catches what is thrown: any error where it names none, else the same or one of the same code."""
    if not caught or caught == thrown:
        return True
    codes = {root.id: root.code or root.id for root in model.roots}
    return codes.get(caught, caught) == codes.get(thrown, thrown)
