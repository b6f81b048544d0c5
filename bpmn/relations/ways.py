"""What follows what: the token game of all pools as one graph, its loops opened, and who can be reached from whom.

The ways of a case are the arcs of the token game, the steps into a sub-process to its starts and from its ends out of
it, and the message flows. A **loop back** is an arc that leads to a vertex its own way has come through; without them
every pool is a graph without circles, in which "before" has a meaning. Message flows between pools that answer each
other in circles hold no order and are left out of it too.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from bpmn.control_flow import ControlFlow
from bpmn.model import Model
from bpmn.relations.circles import circles

#: A way from one vertex to another.
Way = tuple[int, int]


class Ways:
    """The graph of a whole model; vertices are those of the token game.

    Cost: linear, but for what can be reached, which is kept as one set of bits for each vertex (a tenth of a second and
    some ten megabytes at 10,000 nodes) and made when it is asked for the first time.
    """

    def __init__(self, model: Model, flow: ControlFlow) -> None:
        self.model = model
        self.flow = flow
        #: The vertices after each one, without loops back and without messages that go round in a circle.
        self.following: list[list[int]] = [[] for _ in flow.vertices]
        #: The ways that lead back, in the order in which they are come by.
        self.backs: tuple[Way, ...] = ()
        self._lead_on()
        self._open_loops()
        #: Message flows from vertex to vertex, with their ids.
        self.messages: tuple[tuple[int, int, str], ...] = tuple(self._messages())
        #: The vertices after each one in its own pool: `following` before message flows join the pools.
        self.in_pools: Sequence[Sequence[int]] = [tuple(targets) for targets in self.following]
        self._join_pools()

    # The graph.

    def _lead_on(self) -> None:
        entered = {scope.node: scope for scope in self.flow.scopes if scope.node and scope.starts}
        left = {vertex.node: n for n, vertex in enumerate(self.flow.vertices) if vertex.kind == "leave"}
        for number, vertex in enumerate(self.flow.vertices):
            if vertex.kind == "enter" and vertex.node in entered:
                self.following[number] += entered[vertex.node].starts
            else:
                self.following[number] += [self.flow.arcs[arc].target for arc in vertex.leaving]
            if vertex.kind in ("end", "terminate") and vertex.scope >= 0:
                around = left.get(self._frame_of(vertex.scope))
                self.following[number] += [] if around is None else [around]
        for scope in self.flow.scopes:
            around = self.flow.main.get(self.frame_around(scope.parent)) if scope.triggered else None
            if around is not None:
                self.following[around] += scope.starts

    def _frame_of(self, scope: int) -> str:
        """The frame that is left when a scope is over; an event sub-process is over inside the one around it."""
        while scope >= 0 and self.flow.scopes[scope].triggered:
            scope = self.flow.scopes[scope].parent
        return self.frame_around(scope)

    def frame_around(self, scope: int) -> str:
        """The sub-process a scope is, empty for a process."""
        return self.flow.scopes[scope].node if scope >= 0 else ""

    def _open_loops(self) -> None:
        """Take out every way that leads back (depth-first, so that in nested loops it is the same by any order)."""
        backs: list[Way] = []
        state = bytearray(len(self.following))
        roots = [start for scope in self.flow.scopes if scope.parent < 0 for start in scope.starts]
        for root in (*roots, *range(len(self.following))):
            if state[root]:
                continue
            state[root] = 1
            stack: list[tuple[int, Iterator[int]]] = [(root, iter(self.following[root]))]
            while stack:
                vertex, targets = stack[-1]
                target = next(targets, -1)
                if target < 0:
                    state[vertex] = 2
                    stack.pop()
                elif state[target] == 1:
                    backs.append((vertex, target))
                elif not state[target]:
                    state[target] = 1
                    stack.append((target, iter(self.following[target])))
        for source, target in dict.fromkeys(backs):
            self.following[source] = [other for other in self.following[source] if other != target]
        self.backs = tuple(dict.fromkeys(backs))

    def _messages(self) -> Iterator[tuple[int, int, str]]:
        """Message flows between vertices; one to a pool opens what its messages can start."""
        ends = {flow.id: flow.target for flow in self.model.message_flows}
        pools = {pool.id: pool.process for pool in self.model.pools} | {p.id: p.id for p in self.model.processes}
        for message in self.flow.messages:
            if message.source < 0:
                continue
            if message.target >= 0:
                yield message.source, message.target, message.flow
                continue
            for start in self._message_starts(pools.get(ends.get(message.flow, ""), "")):
                yield message.source, start, message.flow

    def _message_starts(self, process: str) -> Iterator[int]:
        for scope in self.flow.scopes:
            if process and scope.process == process and scope.parent < 0:
                for start in scope.starts:
                    if self.model.node[self.flow.vertices[start].node].event("message"):
                        yield start

    def _join_pools(self) -> None:
        """Message flows join the order of the pools where they do not go round in a circle."""
        if not self.messages:
            return
        all_ways = [list(targets) for targets in self.following]
        for source, target, _ in self.messages:
            all_ways[source].append(target)
        circle = circles(all_ways)
        for source, target, _ in self.messages:
            if circle[source] != circle[target]:
                self.following[source].append(target)

    # Order.

    @cached_property
    def order(self) -> Sequence[int]:
        """Every vertex after those before it, else in the order of the file."""
        place = {node.id: number for number, node in enumerate(self.model.nodes)}
        missing = [0] * len(self.following)
        for targets in self.following:
            for target in targets:
                missing[target] += 1
        ready = [(place[self.flow.vertices[v].node], v) for v, count in enumerate(missing) if not count]
        heapq.heapify(ready)
        found: list[int] = []
        while ready:
            _, vertex = heapq.heappop(ready)
            found.append(vertex)
            for target in self.following[vertex]:
                missing[target] -= 1
                if not missing[target]:
                    heapq.heappush(ready, (place[self.flow.vertices[target].node], target))
        return found

    @cached_property
    def rank(self) -> Sequence[int]:
        """The place of each vertex in the order."""
        rank = [0] * len(self.order)
        for number, vertex in enumerate(self.order):
            rank[vertex] = number
        return rank

    @cached_property
    def _reach(self) -> Sequence[int]:
        """For each vertex the set of those after it: one bit each, the last in the order the lowest."""
        reach = [0] * len(self.following)
        last = len(self.order) - 1
        for vertex in reversed(self.order):
            after = 0
            for target in self.following[vertex]:
                after |= reach[target] | 1 << (last - self.rank[target])
            reach[vertex] = after
        return reach

    def leads_to(self, source: int, target: int) -> bool:
        """Whether a way without a loop back leads from one vertex to another, itself not counted."""
        return bool(self._reach[source] >> (len(self.order) - 1 - self.rank[target]) & 1)

    def between(self, source: int, target: int) -> list[int]:
        """Every vertex on a way from one to another that takes no loop back, both left out."""
        found: dict[int, None] = {}
        stack = [source]
        while stack:
            for after in self.following[stack.pop()]:
                if after not in found and self.leads_to(after, target):
                    found[after] = None
                    stack.append(after)
        return list(found)

    # Around loops.

    @cached_property
    def _all_ways(self) -> list[list[int]]:
        ways = [list(targets) for targets in self.following]
        for source, target in (*self.backs, *((source, target) for source, target, _ in self.messages)):
            ways[source].append(target)
        return ways

    @cached_property
    def circle(self) -> Sequence[int]:
        """The number of the circle each vertex lies in, alone where it lies in none; later ones are lower."""
        return circles(self._all_ways)

    @cached_property
    def _reach_all(self) -> Sequence[int]:
        """For each circle the set of those after it: one bit each, its own only where a way leads round in it."""
        reach = [0] * (max(self.circle, default=-1) + 1)
        members: list[list[int]] = [[] for _ in reach]
        for vertex, number in enumerate(self.circle):
            members[number].append(vertex)
        for number, vertices in enumerate(members):
            after = 0
            for vertex in vertices:
                for target in self._all_ways[vertex]:
                    other = self.circle[target]
                    after |= 1 << other if other == number else reach[other] | 1 << other
            reach[number] = after
        return reach

    def leads_later(self, source: int, target: int) -> bool:
        """Whether any way leads from one vertex to another, loops back and all messages included."""
        return bool(self._reach_all[self.circle[source]] >> self.circle[target] & 1)

    @cached_property
    def _loops_in(self) -> Mapping[int, list[Way]]:
        found: dict[int, list[Way]] = {}
        for source, target in self.backs:
            found.setdefault(self.circle[source], []).append((source, target))
        return found

    def loops_around(self, vertex: int) -> list[Way]:
        """The ways that lead back over a vertex, the innermost loop first.

        A loop holds what leads to its way back, and with the beginning of a loop inside it all of that loop.
        """
        found: dict[Way, None] = {}
        todo, seen = [vertex], {vertex}
        while todo:
            inner = todo.pop()
            for source, target in self._loops_in.get(self.circle[inner], ()):
                if inner == target and inner != vertex:
                    # Another way back to the same beginning is another loop.
                    continue
                is_after = inner == target or self.leads_to(target, inner)
                if is_after and (inner == source or self.leads_to(inner, source)):
                    found[source, target] = None
                    if target not in seen:
                        seen.add(target)
                        todo.append(target)
        return sorted(found, key=lambda way: (-self.rank[way[1]], self.rank[way[0]]))

    def flow_id(self, source: int, target: int) -> str:
        """The sequence flow (or boundary event) a way stands for; the node it leaves where it stands for none."""
        for number in self.flow.vertices[source].leaving:
            arc = self.flow.arcs[number]
            if arc.target == target and arc.flow:
                return arc.flow
        return self.flow.vertices[source].node


def nodes_of(flow: ControlFlow, vertices: Iterable[int]) -> list[str]:
    """The nodes behind some vertices, each once."""
    return list(dict.fromkeys(flow.vertices[vertex].node for vertex in vertices))
