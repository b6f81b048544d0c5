"""`complete`: a diagram for what a file leaves out of its own.

Everything with coordinates keeps them. A node without is put at the free spot nearest to where the flow reaches it, in
its lane or frame if there is room, else at the right end, for which the frames around it grow; data and notes likewise
below what they belong to. A pool or a frame without a shape is drawn around what is in it, or below everything. Flows
without an edge are led around all shapes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bpmn.layout.arrange import lay_out
from bpmn.layout.connect import connect, frame_groups
from bpmn.layout.free import Field
from bpmn.layout.gather import DRAWN_DATA
from bpmn.layout.geometry import rounded
from bpmn.layout.style import NORMAL, Style
from bpmn.model import Bounds, Model, Node, Shape

#: Spots tried for one node.
_SPOTS = 200


def complete(model: Model, *, style: Style = NORMAL) -> Model:
    """The same model with everything drawn: what has coordinates keeps them, only the rest is laid out.

    A model with a full diagram is returned as it is, one without any is laid out by `lay_out`.
    """
    drawn = model.shape
    if not model.shapes or (model.nodes and not any(node.id in drawn for node in model.nodes)):
        return lay_out(model, style=style)
    filling = _Filling(model, style)
    filling.fill()
    filled = model.evolve(shapes=filling.shapes()) if filling.has_added else model
    return connect(frame_groups(model, filled), style)


class _Filling:
    """Puts shapes among those a file has."""

    def __init__(self, model: Model, style: Style) -> None:
        self._model, self._style = model, style
        self._shapes: dict[str, Shape] = dict(model.shape)
        self._added: list[str] = []
        self._changed: set[str] = set()
        planes = dict.fromkeys(shape.plane for shape in model.shapes)
        self._plane = next((plane for plane in planes if plane not in model.node), next(iter(planes)))
        self._inside: dict[str, list[Node]] = {}
        for inner in model.nodes:
            self._inside.setdefault(inner.scope, []).append(inner)
        self._planes = set(planes)
        self._frames = {pool.id for pool in model.pools} | {lane.id for lane in model.lanes}
        self._frames |= {artifact.id for artifact in model.artifacts if artifact.kind == "group"}
        #: What stands on a plane, for the search of free spots.
        self._solid: dict[str, Field] = {}
        for shape in model.shapes:
            node = model.node.get(shape.element)
            is_open = node is not None and node.is_frame and shape.is_expanded is not False
            if shape.element not in self._frames and not is_open:
                self._solid.setdefault(shape.plane, Field()).add(shape.element, shape.bounds)

    @property
    def has_added(self) -> bool:
        """Whether anything was missing."""
        return bool(self._added)

    def shapes(self) -> tuple[Shape, ...]:
        """The shapes of the file, grown where they had to, and the added ones."""
        kept = (self._shapes[s.element] if s.element in self._changed else s for s in self._model.shapes)
        return (*kept, *(self._shapes[element] for element in self._added))

    def fill(self) -> None:
        """Add a shape for every node, data reference, note, pool and lane that has none."""
        model = self._model
        for node in self._in_flow_order():
            if node.id not in self._shapes:
                self._add_node(node)
        for item in model.data:
            if item.kind in DRAWN_DATA and item.id not in self._shapes:
                self._add_beside(item.id, self._style.data, item.scope)
        for artifact in model.artifacts:
            if artifact.kind == "textAnnotation" and artifact.id not in self._shapes:
                self._add_beside(artifact.id, (self._style.task[0], 30.0), "")
        for lane in reversed(model.lanes):
            if lane.id not in self._shapes:
                self._add_around(
                    lane.id, [*lane.nodes, *(inner.id for inner in model.lanes if inner.parent == lane.id)]
                )
        for pool in model.pools:
            if pool.id not in self._shapes:
                inside = [node.id for node in model.nodes if node.process == pool.process and not node.scope]
                lanes = [lane.id for lane in model.lanes if lane.process == pool.process]
                self._add_around(pool.id, [*inside, *lanes] if pool.process else [])

    def _in_flow_order(self) -> list[Node]:
        """The nodes, frames before what is in them, each after one that leads to it where that can be."""
        model = self._model
        order: dict[str, Node] = {}
        roots = [node for node in model.nodes if node.id in self._shapes or not model.incoming[node.id]]
        queue = [*roots, *model.nodes]
        for node in queue:
            if node.id in order or (node.scope and node.scope in model.node and node.scope not in order):
                continue
            order[node.id] = node
            queue.extend(model.node[flow.target] for flow in model.outgoing[node.id] if flow.target in model.node)
            queue.extend(model.boundary_events.get(node.id, ()))
            queue.extend(self._inside.get(node.id, ()))
        return list(order.values())

    def _add_node(self, node: Node) -> None:
        style, shapes = self._style, self._shapes
        plane, frame = self._place_of(node)
        width, height = style.frame if node.is_frame else style.size(node)
        host = shapes.get(node.attached_to)
        if host is not None:
            box = host.bounds
            places = [event.id for event in self._model.boundary_events.get(host.element, ())]
            right = box.right - width * 0.8 - places.index(node.id) * width * 1.3
            spot = Bounds(x=max(box.x, right - width / 2), y=box.bottom - height / 2, width=width, height=height)
            self._add(node.id, spot, host.plane)
            return
        spot = self._spot(node, width, height, plane, frame)
        self._add(node.id, spot, plane, is_expanded=False if node.is_frame and node.id not in self._inside else None)
        self._grow(frame, spot)

    def _place_of(self, node: Node) -> tuple[str, str]:
        """The plane a node belongs on, and the lane, pool or sub-process around it there."""
        model = self._model
        around = self._shapes.get(node.scope)
        if around is not None:
            if around.is_expanded is False or node.scope in self._planes:
                return node.scope, ""
            return around.plane, node.scope
        lane = model.lane_of.get(node.id)
        pool = model.pool_of_process.get(node.process)
        frames = [lane.id if lane is not None else "", pool.id if pool is not None else ""]
        return self._plane, next((frame for frame in frames if frame in self._shapes), "")

    def _spot(self, node: Node, width: float, height: float, plane: str, frame: str) -> Bounds:
        """The first free spot: right of what leads to the node, left of what follows it, else at the right end."""
        gap = self._style.column_gap + 20
        box = self._shapes[frame].bounds if frame else None
        for number, (x, y) in enumerate(self._starts(node, width, plane, box, gap)):
            for step in range(_SPOTS // 10):
                offset = (step + 1) // 2 * (1 if step % 2 else -1) * (self._style.row_gap + 20)
                spot = Bounds(x=x, y=y + offset - height / 2, width=width, height=height)
                if (box is None or _is_inside(spot, box)) and self._is_free(spot, plane):
                    return spot
            if number >= _SPOTS // 10:
                break
        if box is not None:
            return Bounds(x=box.right + gap / 2, y=box.centre[1] - height / 2, width=width, height=height)
        left, bottom = self._below(plane)
        return Bounds(x=left, y=bottom + gap, width=width, height=height)

    def _below(self, plane: str) -> tuple[float, float]:
        """The lower left corner of everything on a plane."""
        solid = self._solid.get(plane)
        return (solid.left, solid.bottom) if solid is not None else (160.0, 60.0)

    def _starts(
        self, node: Node, width: float, plane: str, box: Bounds | None, gap: float
    ) -> Iterator[tuple[float, float]]:
        """Where to look for a free spot: left edge and middle height."""
        model, shapes = self._model, self._shapes
        before = [shapes[flow.source] for flow in model.incoming[node.id] if flow.source in shapes]
        after = [shapes[flow.target] for flow in model.outgoing[node.id] if flow.target in shapes]
        near = [shape.bounds for shape in before if shape.plane == plane]
        for bounds in near:
            yield bounds.right + gap, bounds.centre[1]
        for shape in after:
            if shape.plane == plane:
                yield shape.bounds.x - gap - width, shape.bounds.centre[1]
        for bounds in near:
            for step in range(2, 12):
                yield bounds.right + gap * step, bounds.centre[1]
        if box is not None and not near:
            x = box.x + 50
            while x < box.right and x < box.x + 50 + gap * _SPOTS:
                yield x, box.centre[1]
                x += gap

    def _is_free(self, spot: Bounds, plane: str) -> bool:
        return plane not in self._solid or not self._solid[plane].near(spot, 8.0)

    def _add(self, element: str, box: Bounds, plane: str, *, is_expanded: bool | None = None) -> None:
        spot = rounded(box)
        is_frame = element in self._frames
        self._shapes[element] = Shape(
            element=element,
            bounds=spot,
            plane=plane,
            is_horizontal=True if is_frame else None,
            is_expanded=is_expanded,
            id=f"{element}_di",
        )
        self._added.append(element)
        if not is_frame:
            self._solid.setdefault(plane, Field()).add(element, spot)

    def _grow(self, frame: str, spot: Bounds) -> None:
        """Make a frame, and those around it, wide enough for a spot at its right end."""
        model = self._model
        while frame in self._shapes:
            shape = self._shapes[frame]
            lacking = spot.right + 20 - shape.bounds.right
            if lacking > 0:
                grown = replace(shape.bounds, width=shape.bounds.width + lacking)
                self._shapes[frame] = replace(shape, bounds=grown)
                self._changed.add(frame)
                spot = grown if frame in model.node else replace(spot, x=grown.right - 21, width=1.0)
            frame = self._around(frame)

    def _around(self, frame: str) -> str:
        """The frame around a frame: lanes of one pool all grow, so that the pool's border stays one line."""
        model = self._model
        if frame in model.node:
            return self._place_of(model.node[frame])[1]
        lane = model.lane.get(frame)
        if lane is None:
            return ""
        pool = model.pool_of_process.get(lane.process)
        right = self._shapes[frame].bounds.right
        for other in model.lanes:
            shape = self._shapes.get(other.id)
            if other.process == lane.process and shape is not None and shape.bounds.right < right:
                self._shapes[other.id] = replace(shape, bounds=replace(shape.bounds, width=right - shape.bounds.x))
                self._changed.add(other.id)
        if pool is not None and pool.id in self._shapes:
            shape = self._shapes[pool.id]
            if shape.bounds.right < right:
                self._shapes[pool.id] = replace(shape, bounds=replace(shape.bounds, width=right - shape.bounds.x))
                self._changed.add(pool.id)
        return ""

    def _add_beside(self, element: str, size: tuple[float, float], scope: str) -> None:
        """Data and notes below or above what they belong to, else below everything."""
        model = self._model
        ends = [
            other
            for association in model.associations
            for one, other in ((association.source, association.target), (association.target, association.source))
            if one == element and other in self._shapes
        ]
        anchor = self._shapes[ends[0]] if ends else self._shapes.get(scope)
        plane = anchor.plane if anchor is not None else self._plane
        width, height = size
        spots = []
        if anchor is not None:
            box = anchor.bounds
            for dx in (0.0, width + 30, -width - 30, 2 * (width + 30)):
                spots.append((box.centre[0] - width / 2 + dx, box.bottom + 30))
                spots.append((box.centre[0] - width / 2 + dx, box.y - 30 - height))
        left, bottom = self._below(plane)
        tried = [Bounds(x=x, y=y, width=width, height=height) for x, y in (*spots, (left, bottom + 40))]
        self._add(element, next((spot for spot in tried if self._is_free(spot, plane)), tried[-1]), plane)

    def _add_around(self, element: str, inside: list[str]) -> None:
        """A pool or lane around what is in it, or a band below everything."""
        boxes = [self._shapes[inner].bounds for inner in inside if inner in self._shapes]
        if boxes:
            lanes = any(inner in self._model.lane for inner in inside)
            pad = 0.0 if lanes else 20.0
            left = min(box.x for box in boxes) - pad - 30
            top = min(box.y for box in boxes) - pad
            right, bottom = max(box.right for box in boxes) + pad, max(box.bottom for box in boxes) + pad
            self._add(element, Bounds(x=left, y=top, width=right - left, height=bottom - top), self._plane)
            return
        every = [shape.bounds for shape in self._shapes.values() if shape.plane == self._plane]
        left, right = min((box.x for box in every), default=160.0), max((box.right for box in every), default=600.0)
        bottom = max((box.bottom for box in every), default=60.0)
        band = Bounds(x=left, y=bottom + 30, width=max(right - left, 200.0), height=self._style.band)
        self._add(element, band, self._plane)


def _is_inside(spot: Bounds, box: Bounds) -> bool:
    return spot.x >= box.x + 8 and spot.right <= box.right - 8 and spot.y >= box.y + 8 and spot.bottom <= box.bottom - 8
