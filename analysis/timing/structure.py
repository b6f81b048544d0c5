"""What a reduction needs to know of a model: its blocks, the shares of its choices, the clocks of its steps.

It also says what stands in the way of an exact answer, each by a reason and the element it is found at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from analysis.simulation.timers import is_racing, racing_timers
from analysis.timing.pools import Pools, pools
from analysis.timing.times import Clocks, Part, Times
from bpmn.block import Block, Exclusive, Frame, Inclusive, Leaf, Loop, Rest, children
from bpmn.model import Model, Node
from bpmn.routing import exclusive_shares, own_share, routes_on

_SENT = {
    "error": "error-event",
    "escalation": "escalation-event",
    "cancel": "cancel-event",
    "compensate": "compensation",
}
_AWAITED = {"signal": "signal-event", "conditional": "conditional-event"}


@dataclass(frozen=True, kw_only=True)
class Obstacle:
    """Why a figure is not exact, and the element it is found at."""

    #: A name; docs/explanation/time.md lists them.
    reason: str
    element: str


class Irreducible(Exception):
    """The structure cannot be computed exactly. Take the simulated figures instead."""

    def __init__(self, reason: str, element: str) -> None:
        super().__init__(reason, element)
        self.obstacle = Obstacle(reason=reason, element=element)


class Structure:
    """A model as blocks with everything that is asked about them; built once, read by all reductions."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.pools: Pools = pools(model)
        self.flow = self.pools.flow
        self.clocks = Clocks(model)
        self.routed = routes_on(model, self.flow)
        self._times: dict[str, Times] = {}
        #: Timers at the border of each activity that has some: those that end it, and those that ring beside it.
        self.racing: dict[str, tuple[Node, ...]] = {}
        self.beside: dict[str, tuple[Node, ...]] = {}
        for activity, timers in racing_timers(model).items():
            self.racing[activity] = tuple(event for event in timers if event.interrupting)
            self.beside[activity] = tuple(event for event in timers if not event.interrupting)

    @property
    def tree(self) -> Block:
        """The block of all that offices do."""
        return self.pools.blocks[self.pools.home]

    @cached_property
    def calls(self) -> tuple[str, ...] | None:
        """The called processes, each after those it calls; None where processes call each other in a ring."""
        called = self.pools.called
        if not called:
            return ()
        import networkx

        graph = networkx.DiGraph()
        graph.add_nodes_from(called)
        graph.add_edges_from(
            (node.called, node.process) for node in self.model.nodes if node.called in called and node.process in called
        )
        if not networkx.is_directed_acyclic_graph(graph):
            return None
        return tuple(networkx.lexicographical_topological_sort(graph))

    def times(self, node: str) -> Times:
        """The times of a node."""
        if node not in self._times:
            self._times[node] = self.clocks.times(self.model.node[node])
        return self._times[node]

    @cached_property
    def timers(self) -> Mapping[str, Part | None]:
        """The duration of every timer that is waited for, None where it cannot be told."""
        return {
            node.id: self.clocks.timer(node)
            for node in self.model.nodes
            if node.kind in ("intermediateCatchEvent", "boundaryEvent") and node.event("timer") is not None
        }

    def rejects(self, node: Node) -> float:
        """The share of cases that a step ends."""
        if not node.is_step or node.step is None or node.id in self.routed:
            return 0.0
        return node.step.rejects or 0.0

    # Choices

    @cached_property
    def shares(self) -> Mapping[tuple[str, str], float]:
        """The share of each way out of an exclusive choice, by the node that chooses and the flow."""
        found: dict[tuple[str, str], float] = {}
        for vertex in self.flow.vertices:
            if vertex.kind != "exclusive-split":
                continue
            shares = exclusive_shares(self.model, self.flow, vertex)
            for arc, share in zip(vertex.leaving, shares, strict=True):
                # The first round of a loop names all ways, later ones those that are left.
                found.setdefault((vertex.node, self.flow.arcs[arc].flow), share)
        return found

    def weights(self, node: str, ways: Sequence[Iterable[str]]) -> list[float]:
        """The shares of some ways out of a choice, relative to each other."""
        if len(ways) == 1:
            return [1.0]
        sums = [sum(self.shares.get((node, flow), 0.0) for flow in flows) for flows in ways]
        total = sum(sums)
        return [share / total for share in sums] if total > 0 else [1 / len(ways)] * len(ways)

    def keys(self, node: str) -> tuple[str, ...]:
        """The ways out of a node that time chooses: timers at its border, or what a gateway waits for."""
        found = self.model.node.get(node)
        if found is None:
            return ()
        if found.kind == "eventBasedGateway":
            return tuple(flow.id for flow in self.model.outgoing[node])
        return tuple(event.id for event in (*self.racing.get(node, ()), *self.beside.get(node, ())))

    def probability(self, flow: str) -> float:
        """The share of cases in which a way out of an inclusive choice is taken, itself alone."""
        return own_share(self.model, flow)

    # What stands in the way

    @cached_property
    def met(self) -> tuple[str, ...]:
        """Every node a case can come to, and every gateway that decides; ways of no share are left out."""
        found: dict[str, None] = {}
        waiting: list[Block] = [self.tree] if self.pools.home >= 0 else []
        called: set[str] = set()
        while waiting:
            block = waiting.pop()
            if isinstance(block, Leaf | Frame | Exclusive | Inclusive | Loop):
                found.setdefault(block.node)
            if isinstance(block, Rest):
                found.update(dict.fromkeys(place.node for place in block.places))
            if isinstance(block, Leaf):
                process = self.model.node[block.node].called if block.node in self.model.node else ""
                if process in self.pools.called and process not in called:
                    called.add(process)
                    waiting.append(self.pools.called[process])
            waiting.extend(child for child in self._taken(block))
        found.pop("", None)
        return tuple(node.id for node in self.model.nodes if node.id in found)

    def _taken(self, block: Block) -> Iterable[Block]:
        """The blocks inside a block that some case comes to."""
        if isinstance(block, Exclusive):
            keys = self.keys(block.node)
            weights = self.weights(block.node, [branch.flows for branch in block.branches])
            return [
                branch.child
                for branch, weight in zip(block.branches, weights, strict=True)
                if weight > 0 or any(key in branch.flows for key in keys)
            ]
        if isinstance(block, Inclusive):
            keys = self.keys(block.node)
            return [
                branch.child
                for branch in block.branches
                if branch.role != "choice" or branch.flows[0] in keys or self.probability(branch.flows[0]) > 0
            ]
        return children(block)

    @cached_property
    def obstacles(self) -> tuple[Obstacle, ...]:
        """What keeps the flow from being understood exactly, whatever the clocks say."""
        found = [Obstacle(reason="message", element=element) for element in self.pools.loose]
        if self.pools.home < 0:
            own = self.model.procedure_process
            found.append(Obstacle(reason="no-start", element=own.id if own is not None else ""))
        if self.calls is None:
            found.extend(Obstacle(reason="recursive-call", element=process) for process in self.pools.called)
        met = set(self.met)
        for scope in self.flow.scopes:
            if scope.triggered and scope.process in (self.pools.offices | self.pools.called.keys()):
                found.append(Obstacle(reason="event-sub-process", element=scope.node))
            elif scope.node in met and len(scope.starts) > 1 and not scope.together:
                found.append(Obstacle(reason="several-starts", element=scope.node))
        for node in self.met:
            found.extend(Obstacle(reason=reason, element=node) for reason in self._reasons(self.model.node[node]))
        return tuple(dict.fromkeys(found))

    @cached_property
    def mixed_clocks(self) -> tuple[Obstacle, ...]:
        """The nodes whose time does not run on the procedure's office hours."""
        found = []
        for node in self.met:
            is_timed = not (self.model.node[node].kind == "boundaryEvent" and node in self.timers)
            if is_timed and not (self.times(node).is_own and self._is_own_timer(node)):
                found.append(Obstacle(reason="mixed-clocks", element=node))
            found.extend(
                Obstacle(reason="mixed-clocks", element=event.id)
                for event in (*self.racing.get(node, ()), *self.beside.get(node, ()))
                if not self._is_own_timer(event.id)
            )
        return tuple(dict.fromkeys(found))

    def _is_own_timer(self, node: str) -> bool:
        part = self.timers.get(node)
        return part is None or part.is_own or part.mean == 0.0

    def _reasons(self, node: Node) -> Iterable[str]:
        """Why a node is not understood exactly."""
        if node.id in self.timers and self.timers[node.id] is None and not self._has_share(node):
            yield "timer-event"
        if node.kind == "complexGateway":
            yield "complex-gateway"
        if node.kind == "eventBasedGateway" and node.instantiate:
            yield "start-gateway"
        if node.kind == "adHocSubProcess":
            yield "ad-hoc"
        if node.is_frame and (node.times or (node.step is not None and node.step.rejects)):
            yield "frame-annotation"
        kinds = dict.fromkeys(event.kind for event in node.events)
        if node.kind == "intermediateCatchEvent":
            if len(kinds) > 1:
                yield "several-events"
            elif not node.times:
                yield from (_AWAITED[kind] for kind in kinds if kind in _AWAITED)
        elif node.kind in ("intermediateThrowEvent", "endEvent"):
            yield from (_SENT[kind] for kind in kinds if kind in _SENT)

    def _has_share(self, node: Node) -> bool:
        return node.kind == "boundaryEvent" and not is_racing(self.model, node)
