"""A model on its way to another one: what moves do to nodes, flows, lanes and data, and tidying up behind them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from bpmn.annotation import GovStep
from bpmn.model import Model, Node, SequenceFlow
from bpmn.order import in_file_order
from redesign.errors import CannotMove


class Change:
    """The parts of a model while they are changed; `model` is the result."""

    def __init__(self, model: Model) -> None:
        self._before = model
        self.nodes = dict(model.node)
        self.flows = dict(model.flow)
        self._lanes = {lane.id: lane for lane in model.lanes}
        self._gone: set[str] = set()

    @property
    def model(self) -> Model:
        """The changed model, its diagram not drawn yet."""
        before, gone = self._before, self._gone
        kept = {end for ends in (self.nodes, self.flows) for end in ends}
        changed = before.evolve(
            nodes=tuple(self.nodes.values()),
            flows=tuple(self.flows.values()),
            lanes=tuple(self._lanes.values()),
            message_flows=tuple(m for m in before.message_flows if m.source not in gone and m.target not in gone),
            associations=tuple(a for a in before.associations if a.source not in gone and a.target not in gone),
            shapes=tuple(shape for shape in before.shapes if shape.element not in gone),
            edges=tuple(edge for edge in before.edges if edge.element not in gone or edge.element in kept),
        )
        return in_file_order(changed)

    # Asking

    def incoming(self, node: str) -> list[SequenceFlow]:
        """The flows into a node as they are now."""
        return [flow for flow in self.flows.values() if flow.target == node]

    def outgoing(self, node: str) -> list[SequenceFlow]:
        """The flows out of a node as they are now."""
        return [flow for flow in self.flows.values() if flow.source == node]

    def has_events(self, node: str) -> bool:
        """Whether a boundary event sits on a node."""
        return any(event.attached_to == node for event in self.nodes.values())

    # Nodes

    def set(self, node: str, **values: Any) -> None:
        """Give a node other values."""
        self.nodes[node] = self.nodes[node].evolve(**values)

    def set_step(self, node: str, **values: Any) -> None:
        """Say something else in the `gov:step` of a node."""
        self.set(node, step=replace(self.nodes[node].step or GovStep(), **values))

    def gateway(self, kind: str, beside: str, name: str) -> str:
        """Add a gateway in the process, sub-process and lane of a node; `name` begins its id."""
        near = self.nodes[beside]
        identity = self._free(name)
        self.nodes[identity] = Node(id=identity, kind=kind, process=near.process, scope=near.scope)
        self._enter_lane(identity, self._before.lane_of[beside].id if beside in self._before.lane_of else "")
        return identity

    def into_lane(self, node: str, lane: str) -> None:
        """Let another lane list a node."""
        self._enter_lane(node, lane)

    def _enter_lane(self, node: str, lane: str) -> None:
        for other in self._lanes.values():
            if node in other.nodes and other.id != lane:
                self._lanes[other.id] = other.evolve(nodes=tuple(one for one in other.nodes if one != node))
        if lane and node not in self._lanes[lane].nodes:
            self._lanes[lane] = self._lanes[lane].evolve(nodes=(*self._lanes[lane].nodes, node))

    def drop(self, node: str) -> None:
        """Take out a node that no flow touches any more."""
        del self.nodes[node]
        self._gone.add(node)
        self._enter_lane(node, "")

    def bypass(self, node: str) -> None:
        """Take out a step and lead what came to it on to what followed; its data and messages go with it."""
        leaving = self.outgoing(node)
        if self.has_events(node):
            raise CannotMove("has-events", step=node)
        if len(leaving) != 1 or leaving[0].condition:
            raise CannotMove("several-ways-on", step=node)
        if leaving[0].target == node:
            raise CannotMove("loop", step=node)
        for flow in self.incoming(node):
            self.flows[flow.id] = flow.evolve(target=leaving[0].target)
        self.cut(leaving[0].id)
        self.drop(node)

    # Flows

    def cut(self, flow: str) -> None:
        """Take out a flow."""
        del self.flows[flow]
        self._gone.add(flow)

    def lead(self, flow: str, *, source: str = "", target: str = "") -> None:
        """Let a flow begin or end elsewhere."""
        known = self.flows[flow]
        self.flows[flow] = known.evolve(source=source or known.source, target=target or known.target)

    def connect(self, source: str, target: str) -> str:
        """Draw a new flow."""
        near = self.nodes[source]
        identity = self._free(f"Flow_{source}_{target}")
        self.flows[identity] = SequenceFlow(
            id=identity, source=source, target=target, process=near.process, scope=near.scope
        )
        return identity

    def _free(self, name: str) -> str:
        """An id nobody has: the name, or the name with a number."""
        taken = self.nodes.keys() | self.flows.keys() | self._before.node.keys() | self._before.flow.keys()
        taken |= self._lanes.keys() | {data.id for data in self._before.data}
        number = 1
        identity = name
        while identity in taken:
            number += 1
            identity = f"{name}_{number}"
        return identity

    # Tidying up

    def tidy(self, near: Iterable[str]) -> None:
        """Take out what a change left behind at these gateways: empty branches beside others, gateways of one way.

        An empty branch of a parallel block says nothing; one of an exclusive choice does, and stays.
        """
        for gateway in near:
            if gateway in self.nodes:
                self._drop_empty_branches(gateway)
        for gateway in near:
            if gateway in self.nodes:
                self._drop_if_idle(gateway)

    def _drop_empty_branches(self, gateway: str) -> None:
        if self.nodes[gateway].kind != "parallelGateway":
            return
        for flow in self.outgoing(gateway):
            target = self.nodes[flow.target]
            direct = target.kind == "parallelGateway" and len(self.incoming(target.id)) > 1
            if direct and len(self.outgoing(gateway)) > 1:
                self.cut(flow.id)

    def _drop_if_idle(self, gateway: str) -> None:
        node = self.nodes[gateway]
        entering, leaving = self.incoming(gateway), self.outgoing(gateway)
        if node.is_gateway and len(entering) == len(leaving) == 1 and entering[0].source != gateway:
            self.flows[entering[0].id] = entering[0].evolve(target=leaving[0].target)
            self.cut(leaving[0].id)
            self.drop(gateway)
