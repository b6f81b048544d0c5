"""A model while it is repaired, and what was repaired in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bpmn.control_flow import compensation
from bpmn.model import Model, Node, SequenceFlow


@dataclass(frozen=True, kw_only=True)
class Fix:
    """One repair that was made; its sentence is made by the front door from its name and details."""

    #: Its name: "implicit-split", "flow-lists" … (docs/howto/repair-a-file.md).
    fix: str
    #: What was repaired, as the file knows it before or after.
    element: str = ""
    name: str = ""
    #: Where it stood in the file that was repaired; 0 where that had no place for it.
    line: int = 0
    details: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a file tells of a model beside the model itself."""

    #: Gives an id that nothing in the file has, out of a stem.
    fresh: Callable[[str], str]
    #: The nodes and flows of which the file says more than a model holds.
    said_more: frozenset[str]
    #: The nodes at which a flow of the file begins or ends whose other end is missing.
    torn: frozenset[str]
    #: The names of nodes that are put in, by kind.
    names: Mapping[str, str]


class Sketch:
    """Nodes, flows and lanes on their way from one model to the next; each change costs what it touches."""

    def __init__(self, model: Model, ground: "Ground") -> None:
        self.before = model
        self._ground = ground
        #: What notes and dotted lines are tied to.
        self.tied = frozenset(end for line in model.associations for end in (line.source, line.target))
        #: The nodes no sequence flow counts at.
        self.outside = compensation(model) | {
            node.id for node in model.nodes if node.is_frame and node.triggered_by_event
        }
        self.nodes = dict(model.node)
        self.flows = dict(model.flow)
        self._entering = {node: {flow.id: None for flow in flows} for node, flows in model.incoming.items()}
        self._leaving = {node: {flow.id: None for flow in flows} for node, flows in model.outgoing.items()}
        self._lanes = {lane.id: dict.fromkeys(lane.nodes) for lane in model.lanes}
        self._lanes_of: dict[str, list[str]] = {}
        for lane in model.lanes:
            for node in lane.nodes:
                self._lanes_of.setdefault(node, []).append(lane.id)

    def model(self) -> Model:
        """The model as it is now."""
        return self.before.evolve(
            nodes=tuple(self.nodes.values()),
            flows=tuple(self.flows.values()),
            lanes=tuple(lane.evolve(nodes=tuple(self._lanes[lane.id])) for lane in self.before.lanes),
        )

    def incoming(self, node: str) -> list[SequenceFlow]:
        """The flows that enter a node."""
        return [self.flows[flow] for flow in self._entering[node]]

    def outgoing(self, node: str) -> list[SequenceFlow]:
        """The flows that leave a node."""
        return [self.flows[flow] for flow in self._leaving[node]]

    def called(self, node: str) -> str:
        """What people call a node."""
        return self.nodes[node].name.strip() or node if node in self.nodes else node

    def is_bare(self, element: str) -> bool:
        """Whether nothing but what the model says is said of a node or flow, and no note is tied to it."""
        return element not in self._ground.said_more and element not in self.tied

    def is_torn(self, node: str) -> bool:
        """Whether a flow at the node lost its other end, so that a person has to tell where it runs."""
        return node in self._ground.torn

    def is_inside(self, flow: SequenceFlow) -> bool:
        """Whether a flow stays in its process and sub-process, so that a token can take it."""
        source, target = self.nodes.get(flow.source), self.nodes.get(flow.target)
        if source is None or target is None or source.kind == "endEvent" or target.kind == "boundaryEvent":
            return False
        same = (source.process, source.scope) == (target.process, target.scope) == (flow.process, flow.scope)
        return same and source.id not in self.outside and target.id not in self.outside

    def add_node(self, stem: str, kind: str, beside: Node) -> Node:
        """Draw a node beside another, in its process, sub-process and lanes."""
        name = self._ground.names.get(kind, "")
        node = Node(id=self._ground.fresh(stem), kind=kind, name=name, process=beside.process, scope=beside.scope)
        self.nodes[node.id] = node
        self._entering[node.id], self._leaving[node.id] = {}, {}
        for lane in self._lanes_of.get(beside.id, ()):
            self._lanes[lane][node.id] = None
        self._lanes_of[node.id] = list(self._lanes_of.get(beside.id, ()))
        return node

    def add_flow(self, source: Node, target: Node) -> None:
        """Draw a flow between two nodes of one scope."""
        flow = SequenceFlow(
            id=self._ground.fresh(f"{source.id}-{target.id}"),
            source=source.id,
            target=target.id,
            process=source.process,
            scope=source.scope,
        )
        self.flows[flow.id] = flow
        self._leaving[source.id][flow.id] = self._entering[target.id][flow.id] = None

    def change_node(self, node: str, **values: Any) -> None:
        """Say something else of a node."""
        self.nodes[node] = self.nodes[node].evolve(**values)

    def change_flow(self, flow: str, **values: Any) -> None:
        """Say something else of a flow, its ends apart."""
        self.flows[flow] = self.flows[flow].evolve(**values)

    def lead(self, flow: str, *, source: str = "", target: str = "") -> None:
        """Lead a flow out of another node, or into another."""
        before = self.flows[flow]
        after = before.evolve(source=source or before.source, target=target or before.target)
        del self._leaving[before.source][flow], self._entering[before.target][flow]
        self._leaving[after.source][flow] = self._entering[after.target][flow] = None
        self.flows[flow] = after

    def remove_flow(self, flow: str) -> None:
        """Take a flow away."""
        gone = self.flows.pop(flow)
        del self._leaving[gone.source][flow], self._entering[gone.target][flow]

    def remove_node(self, node: str) -> None:
        """Take a node away that no flow leads to or from any more, out of its lanes too."""
        del self.nodes[node], self._entering[node], self._leaving[node]
        for lane in self._lanes_of.pop(node, ()):
            del self._lanes[lane][node]
