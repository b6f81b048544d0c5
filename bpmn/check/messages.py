"""Whether a case can wait for ever for a message of another pool (docs/explanation/soundness.md, messages).

Two questions are asked, the second only where the first finds nothing and every pool is sound by itself.

1. Can the message come at all? What a case can pass is grown from the starts, each element as soon as all it needs has
   been passed by something: more than any case can really do. What even so is never passed, never is. An error.
2. Is there a case in which it does not come? All pools are played together. Nothing but a catch takes a message away,
   so whatever can act acts first, and choices alone are tried in every way (persistent sets, as in `tokens`). It is a
   warning: what one pool chooses often follows from what another chose, which no drawing says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property

from bpmn.bits import bits, mask_of
from bpmn.check.rules import found
from bpmn.check.witness import Act, puts_of, run_to, told, way_to
from bpmn.control_flow import ControlFlow
from bpmn.model import Model, Node
from bpmn.problem import Problem

#: Messages for one catch that are counted, in two bits; as many are taken for more than a case can catch.
MANY = 3
_CATCHES = ("intermediateCatchEvent", "boundaryEvent", "startEvent")


class Post:
    """Who sends to whom: message flows between drawn elements, and which of these wait."""

    def __init__(self, model: Model, flow: ControlFlow) -> None:
        self.model, self.flow = model, flow
        #: The senders of everything that takes messages, and what each sender sends to.
        self.senders: dict[str, list[str]] = {}
        self.receivers: dict[str, list[str]] = {}
        outside = set()
        named = {message.target for message in model.message_flows}
        for message in model.message_flows:
            target = message.target if message.target in model.node else self._start_of_pool(message.target, named)
            if not target:
                continue
            if message.source in flow.main:
                self.senders.setdefault(target, []).append(message.source)
            else:
                outside.add(target)
        for target in outside | {known for known in self.senders if not self._takes(model.node[known])}:
            self.senders.pop(target, None)
        for target, senders in self.senders.items():
            for sender in senders:
                self.receivers.setdefault(sender, []).append(target)

    def _start_of_pool(self, pool: str, named: set[str]) -> str:
        """The one message start of a pool, where a message flow ends at the pool's border."""
        starts = self._message_starts.get(self._process_of.get(pool, pool), ())
        return starts[0] if len(starts) == 1 and starts[0] not in named else ""

    @cached_property
    def _process_of(self) -> dict[str, str]:
        return {pool.id: pool.process for pool in self.model.pools}

    @cached_property
    def _message_starts(self) -> dict[str, list[str]]:
        """The message starts of each process."""
        found: dict[str, list[str]] = {}
        for node in self.model.nodes:
            if node.kind == "startEvent" and not node.scope and node.event("message"):
                found.setdefault(node.process, []).append(node.id)
        return found

    def _takes(self, node: Node) -> bool:
        """Whether a message does something here: it begins, interrupts or lets go on."""
        if node.id not in self.flow.main:
            return False
        if node.kind == "receiveTask" or (node.kind == "startEvent" and not node.scope):
            return True
        if node.kind == "intermediateCatchEvent" and not node.events:
            return True
        return node.event("message") is not None and node.kind in _CATCHES

    @cached_property
    def waiting(self) -> dict[int, str]:
        """The vertices that need a message of a drawn element, with its receiver."""
        return {self.flow.main[node]: node for node in self.senders}

    @cached_property
    def races(self) -> dict[int, tuple[int, ...]]:
        """The gateways that wait for events: the vertex with those of its events."""
        arcs = self.flow.arcs
        return {
            number: tuple(arcs[arc].target for arc in vertex.leaving)
            for number, vertex in enumerate(self.flow.vertices)
            if vertex.kind == "exclusive-split" and self.model.node[vertex.node].kind == "eventBasedGateway"
        }

    @cached_property
    def borders(self) -> dict[str, tuple[int, ...]]:
        """The arcs to the events at the edge of each activity."""
        found: dict[str, list[int]] = {}
        for number, arc in enumerate(self.flow.arcs):
            event = self.model.node.get(arc.flow)
            if event is not None:
                found.setdefault(event.attached_to, []).append(number)
        return {node: tuple(arcs) for node, arcs in found.items()}

    def ways_out(self, node: str) -> tuple[int, ...]:
        """The arcs by which an event interrupts an activity."""
        return tuple(a for a in self.borders.get(node, ()) if self.model.node[self.flow.arcs[a].flow].interrupting)

    def is_border(self, vertex: int) -> bool:
        """Whether a vertex is an event at the edge of an activity, which holds up no case."""
        return bool(self.model.node[self.flow.vertices[vertex].node].attached_to)

    def interrupting(self, vertex: int) -> Iterator[str]:
        """The events that can take a case away from an element, or from a sub-process around it."""
        node = self.flow.vertices[vertex].node
        index = self.flow.vertices[vertex].scope
        while node:
            yield from (self.flow.arcs[arc].flow for arc in self.ways_out(node))
            for start in self._triggers.get(index, ()):
                yield self.flow.vertices[start].node
            node, index = self.flow.scopes[index].node, self.flow.scopes[index].parent

    @cached_property
    def _triggers(self) -> dict[int, list[int]]:
        """The starts of the event sub-processes that interrupt each scope."""
        found: dict[int, list[int]] = {}
        for scope in self.flow.scopes:
            if scope.triggered:
                starts = [s for s in scope.starts if self.model.node[self.flow.vertices[s].node].interrupting]
                found.setdefault(scope.parent, []).extend(starts)
        return found

    @cached_property
    def fed_starts(self) -> tuple[int, ...]:
        """The starts that messages of drawn elements begin."""
        scopes = [
            scope
            for index, scope in enumerate(self.flow.scopes)
            if scope.triggered or (scope.parent < 0 and index not in self.openers)
        ]
        return tuple(start for scope in scopes for start in scope.starts if start in self.waiting)

    @cached_property
    def begun(self) -> frozenset[int]:
        """The starts with which a case begins although messages are sent to them."""
        opened = [index for index in self.openers if self._is_opened(index)]
        return frozenset(start for index in opened for start in self.flow.scopes[index].starts)

    @cached_property
    def openers(self) -> tuple[int, ...]:
        """The processes a case begins in: those no message opens, and as many more as it takes to open the others."""
        processes = [index for index, scope in enumerate(self.flow.scopes) if scope.parent < 0 and scope.starts]
        waiting = [index for index in processes if self._is_opened(index)]
        opened = [index for index in processes if index not in waiting]
        while True:
            waiting = self._unopened(waiting)
            if not waiting:
                return tuple(opened)
            applicant = self.model.applicant_processes
            first = next((i for i in waiting if self.flow.scopes[i].process not in applicant), waiting[0])
            opened.append(first)
            waiting.remove(first)

    def _is_opened(self, index: int) -> bool:
        return all(start in self.waiting for start in self.flow.scopes[index].starts)

    def _unopened(self, waiting: list[int]) -> list[int]:
        """Those of some processes that none of the others opens, directly or through others."""
        closed = {self.flow.scopes[index].process for index in waiting}
        again = True
        while again:
            again = False
            for index in waiting:
                starts = [self.waiting[start] for start in self.flow.scopes[index].starts]
                senders = {self.model.node[sender].process for start in starts for sender in self.senders[start]}
                if self.flow.scopes[index].process in closed and senders - closed:
                    closed.discard(self.flow.scopes[index].process)
                    again = True
        return [index for index in waiting if self.flow.scopes[index].process in closed]


def messages(model: Model, flow: ControlFlow, *, limit: int, is_sound: bool) -> Iterator[Problem]:
    """Where a case waits for ever for a message; `is_sound` says that every pool by itself is."""
    post = Post(model, flow) if model.message_flows else None
    if post is None or not post.senders:
        return
    stuck = _Growth(post).stuck()
    for vertex in stuck:
        run = run_to(flow, flow.scopes[flow.vertices[vertex].scope], vertex)
        yield _problem(post, "message-never-comes", vertex, run, "error")
    if stuck or not is_sound:
        return
    joint = Joint(post, limit=limit)
    for vertex, acts in joint.run().items():
        run = (*_told(post, acts), flow.vertices[vertex].node)
        yield _problem(post, "message-may-not-come", vertex, run, "warning")
    if not joint.is_complete and not joint.found:
        element = model.collaboration or model.processes[0].id
        yield found(model, ("deadlock", "not-decided"), element, severity="warning", limit=str(limit))


def _problem(post: Post, rule: str, vertex: int, run: tuple[str, ...], severity: str) -> Problem:
    flow, model = post.flow, post.model
    waiting = [post.waiting[v] for v in (vertex, *post.races.get(vertex, ())) if v in post.waiting]
    senders = dict.fromkeys(sender for target in waiting for sender in post.senders[target])
    names = ", ".join(model.node[sender].name.strip() or sender for sender in senders)
    problem = found(model, ("deadlock", rule), flow.vertices[vertex].node, severity=severity, missing=names)
    return replace(problem, run=run)


def _told(post: Post, acts: Iterable[Act]) -> Iterator[str]:
    """The ids of some acts, each sender followed by the message flows it sends on."""
    sent: dict[str, list[str]] = {}
    for message in post.model.message_flows:
        sent.setdefault(message.source, []).append(message.id)
    for act in acts:
        yield from told(post.flow, [act])
        node = post.flow.vertices[act.vertex].node
        if post.flow.main.get(node) == act.vertex:
            yield from sent.get(node, ())


class _Growth:
    """What a case can pass at most, grown from the starts."""

    def __init__(self, post: Post) -> None:
        self.post, self.flow = post, post.flow
        self.passed: set[int] = set()
        self.entered: set[int] = set()
        self.active: set[int] = set()
        #: Scopes in which an end was passed.
        self.ended: set[int] = set()
        self.sent: set[str] = set()
        self.todo: list[int] = []
        self.inner: dict[int, list[int]] = {}
        self.leave = {vertex.node: number for number, vertex in enumerate(self.flow.vertices) if vertex.kind == "leave"}
        for index, scope in enumerate(self.flow.scopes):
            self.inner.setdefault(scope.parent, []).append(index)
        for index in self.inner.get(-1, ()):
            self._open(index)
        for index in post.openers:
            for start in self.flow.scopes[index].starts:
                self._pass(start)
        while self.todo:
            self._try(self.todo.pop())

    def stuck(self) -> list[int]:
        """The vertices a case comes to and waits at for a message that never comes."""
        races = {event for events in self.post.races.values() for event in events}
        starts = {start for scope in self.flow.scopes for start in scope.starts}
        found = [
            vertex
            for vertex in sorted((self.entered & self.post.waiting.keys()) - self.passed - races - starts)
            if not self.post.is_border(vertex)
        ]
        found += [v for v, events in self.post.races.items() if v in self.passed and not self.passed & {*events}]
        return [vertex for vertex in found if not self._is_interrupted(vertex)]

    def _is_interrupted(self, vertex: int) -> bool:
        """Whether an event that can happen takes a case away from where it waits."""
        return any(self.flow.main[event] in self.passed for event in self.post.interrupting(vertex))

    def _open(self, index: int) -> None:
        """Let a scope begin at its starts, and the event sub-processes in it wait for their events."""
        self.entered |= {*self.flow.scopes[index].starts}
        self.todo += self.flow.scopes[index].starts if index not in self.post.openers else ()
        for inner in self.inner.get(index, ()):
            if self.flow.scopes[inner].triggered:
                self._open(inner)

    def _activate(self, arcs: Iterable[int]) -> None:
        for arc in arcs:
            if arc not in self.active:
                self.active.add(arc)
                self.entered.add(self.flow.arcs[arc].target)
                self.todo.append(self.flow.arcs[arc].target)

    def _try(self, number: int) -> None:
        """Pass a vertex if all it needs is there."""
        vertex = self.flow.vertices[number]
        if number in self.passed:
            return
        if number in self.post.waiting:
            self._activate(self.post.borders.get(vertex.node, ()))
            if self.sent.isdisjoint(self.post.senders[self.post.waiting[number]]):
                return
        if vertex.kind == "parallel-join" and not self.active.issuperset(vertex.entering):
            return
        if vertex.kind == "leave" and self.flow.scope_of.get(vertex.node, -1) not in self.ended:
            return
        self._pass(number)

    def _pass(self, number: int) -> None:
        if number in self.passed:
            return
        vertex = self.flow.vertices[number]
        self.passed.add(number)
        if self.flow.main[vertex.node] == number:
            self.sent.add(vertex.node)
            receivers = [self.flow.main[target] for target in self.post.receivers.get(vertex.node, ())]
            self.todo += [receiver for receiver in receivers if receiver in self.entered]
        if vertex.kind == "enter":
            self._activate(self.post.borders.get(vertex.node, ()))
            self._open(self.flow.scope_of[vertex.node])
        if vertex.kind in ("end", "terminate"):
            self.ended.add(vertex.scope)
            leave = self.leave.get(self.flow.scopes[vertex.scope].node, -1)
            self.todo += [leave] if leave in self.entered else []
        self._activate(vertex.leaving)


#: The tokens, a bit for each arc and then for each beginning at a vertex, and the messages kept for each receiver, in
#: two bits each.
State = tuple[int, int]
#: Tokens looked at for each state allowed, and after a finding to find others.
EFFORT = 20
MORE = 20_000


class Joint:
    """All pools played together, each choice in every way."""

    def __init__(self, post: Post, *, limit: int) -> None:
        self.post, self.flow, self.limit = post, post.flow, limit
        self.is_complete = True
        self.number = {node: number for number, node in enumerate(post.senders)}
        self.size = len(post.flow.arcs)
        self.inside = self._inside()
        self.races = post.races
        self.late = self._late()
        self.upstream: dict[int, dict[int, int]] = {}
        self.parents: dict[State, tuple[State, Act] | None] = {}
        self.found: dict[int, tuple[Act, ...]] = {}
        #: Tokens looked at so far, and the most that may be.
        self.effort = 0
        self.most = EFFORT * limit

    def run(self) -> dict[int, tuple[Act, ...]]:
        """The vertices that may wait for ever, each with a way to get there."""
        todo = list(self._begins())
        self.parents = dict.fromkeys(todo)
        while todo:
            state = todo.pop()
            if len(self.parents) > self.limit or self.effort > self.most:
                self.is_complete = False
                break
            steps = self._steps(state)
            for vertex in () if steps else self._waiting(state):
                if vertex not in self.found:
                    self.found[vertex] = way_to(self.parents, state)
                    self.most = min(self.most, self.effort + MORE)
            for act, following in steps:
                if following not in self.parents:
                    self.parents[following] = (state, act)
                    todo.append(following)
        return self.found

    def _inside(self) -> list[int]:
        """The tokens each scope can hold, those of the scopes in it included."""
        masks = [0] * len(self.flow.scopes)
        for number, arc in enumerate(self.flow.arcs):
            masks[self.flow.vertices[arc.source].scope] |= 1 << number
        for number, vertex in enumerate(self.flow.vertices):
            masks[vertex.scope] |= 1 << self.size + number
        for index in range(len(masks) - 1, -1, -1):
            if self.flow.scopes[index].parent >= 0:
                masks[self.flow.scopes[index].parent] |= masks[index]
        return masks

    def _late(self) -> frozenset[int]:
        """The splits that act last: a message for an event at the edge of their step may still come."""
        arcs = self.flow.arcs
        events = [v for v in self.post.waiting if self.post.is_border(v)]
        return frozenset(arcs[arc].source for event in events for arc in self.flow.vertices[event].entering)

    def _begins(self) -> Iterator[State]:
        """Every way a case can begin: at one start of each pool it begins in."""
        states = [0]
        for index in self.post.openers:
            scope = self.flow.scopes[index]
            own = [start for start in scope.starts if start not in self.post.waiting] or list(scope.starts)
            begins = [self._bits(own)] if scope.together else [self._bits([start]) for start in own]
            states = [state | begin for state in states for begin in begins][: self.limit]
        return ((state, 0) for state in states)

    def _bits(self, vertices: Iterable[int]) -> int:
        return mask_of(self.size + vertex for vertex in vertices)

    def _vertex(self, place: int) -> int:
        return self.flow.arcs[place].target if place < self.size else place - self.size

    def _steps(self, state: State) -> list[tuple[Act, State]]:
        """What the first that can act does; where nothing but time can go on, what each event does."""
        mask, kept = state
        places = [(place, self._vertex(place)) for place in bits(mask)]
        self.effort += len(places) + 1
        waiting: list[tuple[int, int]] = []
        for place, number in places:
            if self._is_waiting(place, number):
                waiting.append((place, number))
            elif self.flow.vertices[number].kind != "inclusive-join":
                acts = self._acts(place, number, mask)
                if acts:
                    return [(act, self._after(state, act)) for act in acts]
        opened = self._opened(state)
        if opened is not None:
            return opened
        for place, number in places:
            if self.flow.vertices[number].kind == "inclusive-join" and self._is_ready(number, mask):
                return [(act, self._after(state, act)) for act in self._acts(place, number, mask)]
        for place, number in waiting:
            if number in self.post.waiting and self._has_message(number, kept):
                return [(act, self._after(state, act, number)) for act in self._acts(place, number, mask)]
        return [step for place, number in waiting for step in self._events(state, place, number)]

    def _is_waiting(self, place: int, number: int) -> bool:
        if place >= self.size and number in self.post.begun:
            return False
        return number in self.post.waiting or number in self.late or number in self.races

    def _events(self, state: State, place: int, number: int) -> Iterator[tuple[Act, State]]:
        """What can happen where a token waits: an event that came, or one that is not told of by messages."""
        mask, kept = state
        if number in self.post.waiting:
            ways = self.post.ways_out(self.flow.vertices[number].node)
            acts = [Act(vertex=number, takes=(self._token(place),), puts=(arc,)) for arc in ways]
        else:
            acts = self._acts(place, number, mask)
        for act in acts:
            targets = [self.flow.arcs[arc].target for arc in act.puts]
            if all(target not in self.post.waiting or self._has_message(target, kept) for target in targets):
                yield act, self._after(state, act)

    def _has_message(self, vertex: int, kept: int) -> bool:
        return kept >> self._bit(self.post.waiting[vertex]) & MANY > 0

    def _bit(self, receiver: str) -> int:
        """Where the number of messages kept for a receiver stands."""
        return 2 * self.number[receiver]

    def _sent(self, kept: int, number: int) -> int:
        """The messages kept after a vertex has acted."""
        node = self.flow.vertices[number].node
        if self.flow.main[node] == number:
            for receiver in self.post.receivers.get(node, ()):
                if kept >> self._bit(receiver) & MANY < MANY:
                    kept += 1 << self._bit(receiver)
        return kept

    def _opened(self, state: State) -> list[tuple[Act, State]] | None:
        """The step of a message that begins a pool or an event sub-process."""
        mask, kept = state
        for start in self.post.fed_starts:
            index = self.flow.vertices[start].scope
            scope = self.flow.scopes[index]
            is_held = scope.parent >= 0 and not mask & self.inside[scope.parent]
            if not self._has_message(start, kept) or mask & self.inside[index] or is_held:
                continue
            left = mask
            if scope.parent >= 0 and self.post.model.node[self.flow.vertices[start].node].interrupting:
                left &= ~self.inside[scope.parent]
            act = Act(vertex=start, takes=(~start,), puts=self.flow.vertices[start].leaving)
            return [(act, self._after((left | self._bits([start]), kept), act, start))]
        return None

    def _token(self, place: int) -> int:
        return place if place < self.size else ~(place - self.size)

    def _acts(self, place: int, number: int, mask: int) -> list[Act]:
        """How a vertex can act on a token that has come to it."""
        vertex = self.flow.vertices[number]
        takes: tuple[int, ...] = (self._token(place),)
        if vertex.kind.endswith("-join"):
            takes = tuple(arc for arc in vertex.entering if mask >> arc & 1)
            if vertex.kind == "parallel-join" and len(takes) < len(vertex.entering):
                return []
        if vertex.kind == "leave" and mask & self.inside[self.flow.scope_of[vertex.node]]:
            return []
        return [Act(vertex=number, takes=takes, puts=puts) for puts in puts_of(self.flow, vertex)]

    def _after(self, state: State, act: Act, caught: int = -1) -> State:
        """The state after an act, with what it sends and catches."""
        mask, kept = state
        if caught >= 0:
            bit = self._bit(self.post.waiting[caught])
            kept -= (kept >> bit & MANY < MANY) << bit
        kept = self._sent(kept, act.vertex)
        vertex = self.flow.vertices[act.vertex]
        for token in act.takes:
            mask &= ~(1 << (token if token >= 0 else self.size + ~token))
        for arc in act.puts:
            mask, kept = self._put(mask, kept, arc)
        if vertex.kind == "enter":
            scope = self.flow.scopes[self.flow.scope_of[vertex.node]]
            mask |= self._bits(scope.starts if scope.together else scope.starts[:1])
        return mask, kept

    def _put(self, mask: int, kept: int, arc: int) -> State:
        """Put a token on an arc; at an end it is gone, and what the end sends is sent."""
        number = self.flow.arcs[arc].target
        vertex = self.flow.vertices[number]
        if vertex.kind not in ("end", "terminate"):
            return mask | 1 << arc, kept
        if vertex.kind == "terminate":
            mask &= ~self.inside[vertex.scope]
        return mask, self._sent(kept, number)

    def _is_ready(self, join: int, mask: int) -> bool:
        """Whether no token can still come to an empty arc of a join, save one that can also come to a full one."""
        if join not in self.upstream:
            self.upstream[join] = {arc: self._before(arc, join) for arc in self.flow.vertices[join].entering}
        full = empty = 0
        for arc, before in self.upstream[join].items():
            if mask >> arc & 1:
                full |= before
            else:
                empty |= before
        return not mask & empty & ~full

    def _before(self, arc: int, join: int) -> int:
        seen, stack = {arc}, [arc]
        begins = 0
        while stack:
            source = self.flow.arcs[stack.pop()].source
            if source == join:
                continue
            begins |= 1 << self.size + source
            for other in self.flow.vertices[source].entering:
                if other not in seen:
                    seen.add(other)
                    stack.append(other)
        return begins | mask_of(seen)

    def _waiting(self, state: State) -> list[int]:
        """The vertices at which tokens wait for messages where nothing moves; none where an event may yet interrupt."""
        numbers = dict.fromkeys(self._vertex(place) for place in bits(state[0]))
        waiting = [number for number in numbers if number in self.post.waiting or number in self.races]
        return [] if any(True for number in waiting for _ in self.post.interrupting(number)) else waiting
