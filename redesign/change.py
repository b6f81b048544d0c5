"""A model on its way to another one: what moves do to nodes, flows, lanes and data, and tidying up behind them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import Any

from bpmn.annotation import GovStep
from bpmn.model import Association, Model, Node, SequenceFlow
from bpmn.order import in_file_order
from redesign.errors import CannotMove

#: Where several flows come together without a gateway, and each goes on by itself.
_TAKES_ANY = frozenset(("exclusiveGateway", "endEvent", "intermediateThrowEvent"))
#: Gateways that say nothing where there is one way in and one way on.
_SPLITTING = frozenset(("exclusiveGateway", "inclusiveGateway", "parallelGateway"))


class Change:
    """The parts of a model while they are changed; `model` is the result."""

    def __init__(self, model: Model) -> None:
        self._before = model
        self.nodes = dict(model.node)
        self.flows = dict(model.flow)
        self._lanes = {lane.id: lane for lane in model.lanes}
        self._messages = {message.id: message for message in model.message_flows}
        self._associations = {line.id: line for line in model.associations}
        self._gone: set[str] = set()

    @property
    def model(self) -> Model:
        """The changed model, its diagram not drawn yet."""
        before, gone = self._before, self._gone
        lines = [line for line in self._associations.values() if not gone & {line.source, line.target}]
        gone = gone | self._left_alone(lines)
        changed = before.evolve(
            nodes=tuple(self.nodes.values()),
            flows=tuple(self.flows.values()),
            lanes=tuple(self._lanes.values()),
            message_flows=tuple(m for m in self._messages.values() if not gone & {m.source, m.target}),
            data=tuple(data for data in before.data if data.id not in gone),
            artifacts=tuple(artifact for artifact in before.artifacts if artifact.id not in gone),
            associations=tuple(line for line in lines if not gone & {line.source, line.target}),
            shapes=tuple(shape for shape in before.shapes if shape.element not in gone),
            edges=tuple(edge for edge in before.edges if edge.element not in gone),
        )
        return in_file_order(changed)

    def _left_alone(self, lines: Iterable[Association]) -> set[str]:
        """Notes and data that were joined to what is gone, and to nothing else."""
        held = {end for line in lines for end in (line.source, line.target)}
        held.update(item for node in self.nodes.values() for item in (*node.reads, *node.writes))
        before = {end for line in self._before.associations for end in (line.source, line.target)}
        before.update(item for node in self._before.nodes for item in (*node.reads, *node.writes))
        lost = before - held
        found = {artifact.id for artifact in self._before.artifacts if artifact.id in lost}
        # Inputs and outputs of a process are its interface, whoever reads them.
        references = {data.id for data in self._before.data if data.id in lost and data.kind.endswith("Reference")}
        named = {data.refers_to for data in self._before.data if data.id in references}
        kept = {data.refers_to for data in self._before.data if data.id not in references}
        objects = {data.id for data in self._before.data if data.id in named - kept and data.kind == "dataObject"}
        return found | references | objects

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

    def _is_undone(self, node: str) -> bool:
        """Whether an event undoes a node by compensation, and names it."""
        events = (event for other in self.nodes.values() for event in other.events)
        return any(event.kind == "compensate" and event.reference == node for event in events)

    @cached_property
    def _taken(self) -> set[str]:
        """Every id of the file."""
        before = self._before
        found = {*before.node, *before.flow, *before.lane, *before.process, before.id, before.collaboration}
        for parts in (before.pools, before.data, before.artifacts, before.associations, before.message_flows):
            found.update(part.id for part in parts)
        found.update(root.id for root in before.roots)
        return found

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
        listed = next((lane.id for lane in self._lanes.values() if beside in lane.nodes), "")
        self._enter_lane(identity, listed)
        return identity

    def into_lane(self, node: str, lane: str) -> None:
        """Let another lane list a node, and the events on it."""
        self._enter_lane(node, lane)
        for event in self.nodes.values():
            if event.attached_to == node and any(event.id in known.nodes for known in self._lanes.values()):
                self._enter_lane(event.id, lane)

    def _enter_lane(self, node: str, lane: str) -> None:
        for other in list(self._lanes.values()):
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
        """Take out a node and lead what came to it on to what followed; its data and messages go with it."""
        entering, leaving = self.incoming(node), self.outgoing(node)
        if self.has_events(node) or self._is_undone(node):
            raise CannotMove("has-events", step=node)
        if not entering or len(leaving) != 1 or leaving[0].condition:
            raise CannotMove("several-ways-on", step=node)
        if leaving[0].target == node:
            raise CannotMove("loop", step=node)
        if any(self.nodes[flow.source].kind == "eventBasedGateway" for flow in entering):
            raise CannotMove("awaited", step=node)
        target = leaving[0].target
        if len(entering) > 1 and self.nodes[target].kind not in _TAKES_ANY and not self.nodes[target].is_activity:
            merge = self.gateway("exclusiveGateway", node, f"Merge_{target}")
            self.connect(merge, target)
            target = merge
        for flow in entering:
            self.lead(flow.id, target=target)
        self.cut(leaving[0].id)
        self.drop(node)

    def read_too(self, node: str, other: str) -> None:
        """Let a node read what another one reads, by lines of its own."""
        own = self.nodes[node].reads
        for line in self._before.associations:
            if line.kind == "input" and line.target == other and line.source not in own:
                self._join(replace(line, id=self._free(f"Data_{line.source}_{node}"), target=node))
        self.set(node, reads=tuple(dict.fromkeys((*own, *self.nodes[other].reads))))

    def write_too(self, node: str, other: str) -> None:
        """Let a node write what another one writes, by lines of its own."""
        own = self.nodes[node].writes
        for line in self._before.associations:
            if line.kind == "output" and line.source == other and line.target not in own:
                self._join(replace(line, id=self._free(f"Data_{node}_{line.target}"), source=node))
        self.set(node, writes=tuple(dict.fromkeys((*own, *self.nodes[other].writes))))

    def _join(self, line: Association) -> None:
        self._associations[line.id] = line

    # Messages

    def messages_of(self, node: str) -> list[str]:
        """The message flows that begin or end at a node."""
        return [message.id for message in self._messages.values() if node in (message.source, message.target)]

    def lead_message(self, message: str, *, source: str = "", target: str = "") -> None:
        """Let a message flow begin or end at another node."""
        known = self._messages[message]
        self._messages[message] = replace(known, source=source or known.source, target=target or known.target)

    def drop_message(self, message: str) -> None:
        """Take out a message flow."""
        del self._messages[message]
        self._gone.add(message)

    # Flows

    def cut(self, flow: str) -> None:
        """Take out a flow; whose default it was has none any more."""
        source = self.flows.pop(flow).source
        self._gone.add(flow)
        if source in self.nodes and self.nodes[source].default == flow:
            self.set(source, default="")

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
        number = 1
        identity = name
        while identity in self._taken:
            number += 1
            identity = f"{name}_{number}"
        self._taken.add(identity)
        return identity

    # Tidying up

    def tidy(self, near: Iterable[str]) -> None:
        """Take out what a change left behind at these nodes, and what that leaves behind in turn.

        Branches of a parallel block with nothing on them, gateways with one way in and one way on, choices all of
        whose branches lead to one place, sub-processes in which nothing happens.
        """
        waiting = list(dict.fromkeys(near))
        while waiting:
            place = waiting.pop(0)
            node = self.nodes.get(place)
            if node is None:
                continue
            if node.is_frame:
                waiting += self._drop_if_empty(node)
            elif node.is_gateway:
                waiting += self._drop_empty_branches(place)
                waiting += self._drop_if_idle(place)
            elif node.is_event and node.scope:
                waiting.append(node.scope)

    def _drop_empty_branches(self, gateway: str) -> list[str]:
        """Cut branches that lead straight to where all others come together; the places to look at next."""
        node, leaving = self.nodes[gateway], self.outgoing(gateway)
        targets = {flow.target for flow in leaving}
        if node.kind == "parallelGateway":
            idle = [flow for flow in leaving if self._is_join(flow.target)]
        elif node.kind in _SPLITTING and len(targets) == 1 and self._takes_all(node.kind, next(iter(targets))):
            idle = leaving
        else:
            return []
        keep = 1 if len(idle) == len(leaving) else 0
        for flow in idle[keep:]:
            self.cut(flow.id)
        for flow in idle[:keep]:
            self.flows[flow.id] = flow.evolve(condition="", language="", probability=None, name="")
        return [gateway, *(flow.target for flow in idle)] if len(idle) > keep else []

    def _is_join(self, node: str) -> bool:
        return self.nodes[node].kind == "parallelGateway" and len(self.incoming(node)) > 1

    def _takes_all(self, split: str, target: str) -> bool:
        """Whether branches that are all empty and lead there are no choice at all."""
        node = self.nodes[target]
        if split == "exclusiveGateway":
            return node.kind in _TAKES_ANY or node.is_activity
        return node.kind == split

    def _drop_if_idle(self, gateway: str) -> list[str]:
        """Take out a gateway with one way in and one way on; the places to look at next."""
        if gateway not in self.nodes:
            return []
        entering, leaving = self.incoming(gateway), self.outgoing(gateway)
        if len(entering) != 1 or len(leaving) != 1 or entering[0].source == gateway:
            return []
        if leaving[0].condition or self.nodes[gateway].kind not in _SPLITTING:
            return []
        self.lead(entering[0].id, target=leaving[0].target)
        self.cut(leaving[0].id)
        self.drop(gateway)
        return [entering[0].source, leaving[0].target]

    def _drop_if_empty(self, frame: Node) -> list[str]:
        """Take out a sub-process in which no more happens than that it begins and ends."""
        inside = [node for node in self.nodes.values() if node.scope == frame.id]
        plain = all(node.kind in ("startEvent", "endEvent") and not node.events for node in inside)
        is_single = len(self.outgoing(frame.id)) == 1 and bool(self.incoming(frame.id)) and not frame.loop
        flow = next(iter(self.outgoing(frame.id)), None)
        is_bare = not (frame.materials or frame.reads or frame.writes or frame.times or frame.step)
        if not (plain and is_single and is_bare) or frame.triggered_by_event or self.has_events(frame.id):
            return []
        if self.messages_of(frame.id) or flow is None or flow.condition or flow.target == frame.id:
            return []
        near = [*(entering.source for entering in self.incoming(frame.id)), flow.target]
        for inner in [one for one in self.flows.values() if one.scope == frame.id]:
            self.cut(inner.id)
        for node in inside:
            self.drop(node.id)
        self._gone.update(data.id for data in self._before.data if data.scope == frame.id)
        self.bypass(frame.id)
        return near

    def near(self, node: str) -> list[str]:
        """The nodes directly before and behind one."""
        before = [flow.source for flow in self.incoming(node)]
        return before + [flow.target for flow in self.outgoing(node)]
