"""What a change did to a model as far as its diagram is concerned: what keeps its place, loses it, or is new."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush
from statistics import median

from bpmn.layout.geometry import side_by_side
from bpmn.layout.ranks import leading_back
from bpmn.layout.style import Style
from bpmn.model import Bounds, MessageFlow, Model, Node, SequenceFlow

#: The most white that counts as the distance between two neighbours.
_WIDE = 160.0
#: How far the middles of two nodes may be apart that stand above one another.
_UPRIGHT = 1.0


@dataclass(frozen=True, kw_only=True)
class Change:
    """A model before and after, with what a redrawing needs to know of the change."""

    before: Model
    after: Model
    style: Style
    #: The forward flows of the new model as pairs of nodes; boundary events speak for their hosts.
    links: tuple[tuple[str, str], ...]
    #: The nodes of the new model, each after all that lead to it.
    order: tuple[str, ...]
    #: The nodes with a place before, those of them that lose it, and the usual white between neighbours.
    kept: frozenset[str]
    loose: frozenset[str]
    gap: float
    #: The plane each node stands on, or will.
    planes: Mapping[str, str]
    #: The nodes after and before each node, as the links say.
    following: Mapping[str, list[str]]
    leading: Mapping[str, list[str]]

    def stays(self, name: str) -> bool:
        """Whether a node keeps its place but for being moved along."""
        return name in self.kept and name not in self.loose

    @cached_property
    def links_before(self) -> frozenset[tuple[str, str]]:
        """The flows of the model before as pairs of nodes; boundary events speak for their hosts."""
        node = self.before.node
        return frozenset(
            (node[flow.source].attached_to or flow.source, node[flow.target].attached_to or flow.target)
            for flow in self.before.flows
            if flow.source in node and flow.target in node
        )

    @cached_property
    def names(self) -> Mapping[tuple[str, str], str]:
        """The names of the flows of the new model, by the nodes they join."""
        return {(flow.source, flow.target): flow.name for flow in self.after.flows if flow.name}

    @cached_property
    def upright(self) -> tuple[tuple[str, str], ...]:
        """The ends of the messages and flows that are drawn straight up or down."""
        lines: list[MessageFlow | SequenceFlow] = [*self.after.message_flows, *self.after.flows]
        found = []
        for line in lines:
            edge = self.before.edge.get(line.id)
            if edge is not None and max(x for x, _ in edge.waypoints) - min(x for x, _ in edge.waypoints) <= 2:
                found.append((line.source, line.target))
        return tuple(found)

    def box(self, name: str) -> Bounds:
        """Where a node stood."""
        return self.before.shape[name].bounds

    def size(self, name: str) -> tuple[float, float]:
        """Width and height of a node."""
        if name in self.kept:
            return self.box(name).width, self.box(name).height
        node = self.after.node[name]
        return self.style.frame if node.is_frame else self.style.size(node)


def change_between(before: Model, after: Model, style: Style) -> Change:
    """What changed between a drawn model and the next one."""
    comparison = _Comparison(before, after)
    order = comparison.in_order()
    return Change(
        before=before,
        after=after,
        style=style,
        links=tuple(comparison.links),
        order=tuple(order),
        kept=comparison.kept,
        loose=frozenset(comparison.loose(order)),
        gap=comparison.usual_gap(style),
        planes={node.id: comparison.plane_beside(node) for node in after.nodes},
        following=comparison.following,
        leading=comparison.leading,
    )


def changed_lane(before: Model, after: Model, node: Node) -> bool:
    """Whether a node at the top of its process is in another lane now."""
    one, other = before.lane_of.get(node.id), after.lane_of.get(node.id)
    return (one.id if one is not None else "") != (other.id if other is not None else "") and not node.scope


class _Comparison:
    """Two models beside each other."""

    def __init__(self, before: Model, after: Model) -> None:
        self._before, self._after = before, after
        self.kept = frozenset(node.id for node in after.nodes if node.id in before.shape)
        self.links = _forward_links(before, after)
        self.following: dict[str, list[str]] = {}
        self.leading: dict[str, list[str]] = {}
        for source, target in self.links:
            self.following.setdefault(source, []).append(target)
            self.leading.setdefault(target, []).append(source)

    def in_order(self) -> list[str]:
        """The nodes of the new model, each after all that lead to it, those further left first."""
        missing = {node.id: len(self.leading.get(node.id, ())) for node in self._after.nodes}
        place = {node.id: number for number, node in enumerate(self._after.nodes)}
        heap: list[tuple[float, int, str]] = []

        def ready(name: str) -> None:
            shape = self._before.shape.get(name)
            heappush(heap, (shape.bounds.centre[0] if shape is not None else float("-inf"), place[name], name))

        for name, count in missing.items():
            if not count:
                ready(name)
        order = []
        while heap:
            name = heappop(heap)[2]
            order.append(name)
            for target in self.following.get(name, ()):
                missing[target] -= 1
                if not missing[target]:
                    ready(target)
        return order

    def loose(self, order: list[str]) -> set[str]:
        """The nodes that are still there but lose their place; boundary events go with their hosts."""
        before, after = self._before, self._after
        loose: set[str] = set()
        scopes: dict[tuple[str, str], list[str]] = {}
        for name in order:
            node, old = after.node[name], before.node.get(name)
            if name not in self.kept or node.attached_to:
                continue
            if (
                old is None
                or (old.scope, old.process) != (node.scope, node.process)
                or changed_lane(before, after, node)
            ):
                loose.add(name)
            else:
                scopes.setdefault((before.shape[name].plane, node.scope), []).append(name)
        along = self._along(order)
        for names in scopes.values():
            kept = _longest_run([along[name] for name in names])
            loose.update(name for place, name in enumerate(names) if place not in kept)
        for node in after.nodes:
            if node.id not in self.kept and len(self.following.get(node.id, ())) > 1:
                loose |= self._beside(node.id, loose)
        return loose | {name for name in self.kept if self._ends_behind(name, loose)}

    def _ends_behind(self, name: str, loose: set[str]) -> bool:
        """Whether a node is the end of a way that only one node leads to, and that one loses its place."""
        leading = self.leading.get(name, ())
        return self._after.node[name].kind == "endEvent" and len(leading) == 1 and leading[0] in loose

    def _along(self, order: list[str]) -> dict[str, float]:
        """How far along each node that is still there stood; what is right below or above another as far as that."""
        shape = self._before.shape
        along: dict[str, float] = {}
        for name in order:
            if name in self.kept:
                middle = shape[name].bounds.centre[0]
                near = (along[other] for other in self.leading.get(name, ()) if other in along)
                along[name] = max([middle, *(other for other in near if other <= middle + _UPRIGHT)])
        return along

    def _beside(self, split: str, loose: set[str]) -> set[str]:
        """The nodes on the branches of a new split that stand in one row with nodes of a branch further left."""
        before = self._before
        reached = [self._reached(head) for head in self.following[split]]
        counts: dict[str, int] = {}
        for branch in reached:
            for name in branch:
                counts[name] = counts.get(name, 0) + 1
        own = [
            [name for name in branch if counts[name] == 1 and name in self.kept and name not in loose]
            for branch in reached
        ]
        own.sort(key=lambda names: min((before.shape[name].bounds.x for name in names), default=float("inf")))
        settled: list[str] = list(own[0])
        found: set[str] = set()
        for branch in own[1:]:
            heads = {name for name in branch if self._followed(name, settled)}
            for name in branch:
                if name in heads or any(
                    side_by_side(before.shape[name].bounds, before.shape[other].bounds) for other in settled
                ):
                    found.add(name)
            settled += [name for name in branch if name not in found]
        return found

    def _followed(self, name: str, settled: Iterable[str]) -> bool:
        """Whether a node came right after one of those before the change."""
        others = set(settled)
        return any(flow.source in others for flow in self._before.incoming.get(name, ()))

    def _reached(self, head: str) -> list[str]:
        seen, stack = {head: None}, [head]
        while stack:
            for target in self.following.get(stack.pop(), ()):
                if target not in seen:
                    seen[target] = None
                    stack.append(target)
        return list(seen)

    def plane_beside(self, node: Node) -> str:
        """The plane a node stood on, or else the nearest one before or after it; the first where there is none."""
        shape, seen, queue = self._before.shape, {node.id}, [node.id]
        for name in queue:
            if name in shape:
                return shape[name].plane
            near = [*self.leading.get(name, ()), *self.following.get(name, ())]
            queue.extend(other for other in near if other not in seen)
            seen.update(near)
        return next((item.plane for item in self._before.shapes if item.plane not in self._after.node), "")

    def usual_gap(self, style: Style) -> float:
        """The white between neighbours along the flow, as the diagram has it."""
        shape = self._before.shape
        gaps = [
            shape[flow.target].bounds.x - shape[flow.source].bounds.right
            for flow in self._before.flows
            if flow.source in shape and flow.target in shape
        ]
        near = [gap for gap in gaps if 8 <= gap <= _WIDE]
        return min(80.0, max(20.0, median(near))) if near else style.column_gap + 20


def _forward_links(before: Model, after: Model) -> list[tuple[str, str]]:
    """The flows of a model between nodes and hosts, without those drawn backwards and those that close a circle."""
    known = {(flow.id, flow.source, flow.target) for flow in before.flows}
    shape = before.shape
    links: dict[tuple[str, str], None] = {}
    for flow in after.flows:
        ends = [after.node.get(flow.source), after.node.get(flow.target)]
        if ends[0] is None or ends[1] is None:
            continue
        source, target = (end.attached_to or end.id for end in ends if end is not None)
        is_old = (flow.id, flow.source, flow.target) in known and source in shape and target in shape
        if is_old and shape[target].bounds.centre[0] < shape[source].bounds.centre[0] - _UPRIGHT:
            continue
        if source != target and source in after.node and target in after.node:
            links[source, target] = None
    return _without_circles(after, list(links))


def _without_circles(model: Model, links: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The links but for those that lead back in a depth-first search from the starts."""
    outgoing: dict[str, list[str]] = {}
    entered = set()
    for source, target in links:
        outgoing.setdefault(source, []).append(target)
        entered.add(target)
    starts = [node.id for node in model.nodes if not model.incoming[node.id] and not node.attached_to]
    roots = starts + [node.id for node in model.nodes if node.id not in entered] + [node.id for node in model.nodes]
    back = leading_back(roots, outgoing)
    return [link for link in links if link not in back]


def _longest_run(values: list[float]) -> set[int]:
    """The places of a longest part of a list that never falls (patience sorting: Fredman 1975)."""
    tails: list[float] = []
    at: list[int] = []
    came: list[int] = []
    for place, value in enumerate(values):
        pile = bisect_right(tails, value)
        came.append(at[pile - 1] if pile else -1)
        if pile == len(tails):
            tails.append(value)
            at.append(place)
        else:
            tails[pile] = value
            at[pile] = place
    kept: set[int] = set()
    place = at[-1] if at else -1
    while place >= 0:
        kept.add(place)
        place = came[place]
    return kept
