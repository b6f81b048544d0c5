"""Edges for flows and associations between shapes that stand already, and frames for groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bpmn.layout.edges import around_ends
from bpmn.layout.free import REACH, End, Field, FreeRouter, Ground, Point
from bpmn.layout.geometry import crosses, halfway, rounded, within
from bpmn.layout.style import Style
from bpmn.model import Bounds, Edge, Model, Shape

#: Room between the border of a group and what is in it.
_GROUP_PADDING = 12.0
#: How often a line is led again because it came to where other shapes stand.
_AGAIN = 4
#: Lines nearer than this to one another look like one.
_NEAR = 4.0
#: How many messages that go the same way run beside each other.
_ABREAST = 3


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A flow or an association without an edge."""

    id: str
    source: str
    target: str
    name: str = ""
    is_association: bool = False
    is_message: bool = False


def connect(model: Model, style: Style) -> Model:
    """The model with an edge for every flow and association whose ends are drawn but which is not."""
    missing = _missing(model)
    if not missing:
        return model
    connector = _Connector(model, style)
    edges = [edge for edge in (connector.edge(line) for line in missing) if edge is not None]
    return model.evolve(edges=(*model.edges, *edges))


def _missing(model: Model) -> list[_Line]:
    lines = [
        *(_Line(id=flow.id, source=flow.source, target=flow.target, name=flow.name) for flow in model.flows),
        *(
            _Line(id=flow.id, source=flow.source, target=flow.target, name=flow.name, is_message=True)
            for flow in model.message_flows
        ),
        *(_Line(id=a.id, source=a.source, target=a.target, is_association=True) for a in model.associations),
    ]
    return [line for line in lines if line.id not in model.edge]


class _Connector:
    """Routes lines among the shapes of a model."""

    def __init__(self, model: Model, style: Style) -> None:
        self._model, self._style = model, style
        self._router = FreeRouter(clear=min(12.0, style.spacing * 1.2))
        self._frames = {pool.id for pool in model.pools if pool.process} | {lane.id for lane in model.lanes}
        self._pools = {pool.id for pool in model.pools} | {pool.process for pool in model.pools}
        self._frames |= {artifact.id for artifact in model.artifacts if artifact.kind == "group"}
        self._solid: dict[str, Field] = {}
        for shape in model.shapes:
            if shape.element not in self._frames:
                self._solid.setdefault(shape.plane, Field()).add(shape.element, shape.bounds)
        self._at: dict[str, dict[str, Bounds]] = {}
        for shape in model.shapes:
            self._at.setdefault(shape.plane, {}).setdefault(shape.element, shape.bounds)
        self._scope = {data.id: data.scope for data in model.data}
        self._edges = {edge.element: edge for edge in model.edges}
        self._drawn = _Drawn(model)
        pools = [model.shape[pool.id].bounds for pool in model.pools if pool.id in model.shape]
        pools.sort(key=lambda box: box.y)
        #: The messages to be led to and from each node.
        self._messages: dict[str, list[str]] = {}
        for flow in model.message_flows:
            if flow.id not in self._edges:
                for end in (flow.source, flow.target):
                    self._messages.setdefault(end, []).append(flow.id)
        #: How many messages have been led; those that follow each other run beside each other.
        self._led = 0
        #: The middles of the white between pools.
        self._gaps = [(one.bottom + other.y) / 2 for one, other in pairwise(pools)]

    def edge(self, line: _Line) -> Edge | None:
        """The edge of a line, on the first plane that shows both its ends, or what they are in."""
        for plane, boxes in self._at.items():
            source, target = self._shown(line.source, plane, boxes), self._shown(line.target, plane, boxes)
            if source is None or target is None:
                continue
            is_own = source[0] == target[0]
            points = _own_loop(source[1]) if is_own else self._led_around(line, plane, source, target)
            edge = Edge(
                element=line.id,
                waypoints=tuple((round(x, 2), round(y, 2)) for x, y in points),
                label=self._label(line, plane, points),
                plane=plane,
                id=f"{line.id}_di",
            )
            self._drawn.add(edge, line.source, line.target)
            return edge
        return None

    def _led_around(
        self, line: _Line, plane: str, source: tuple[str, Bounds], target: tuple[str, Bounds]
    ) -> tuple[Point, ...]:
        """The points of a line around what is near its ends, and near where it then runs."""
        if line.is_message:
            self._led += 1
        own = around_ends(self._model, self._scope, (source[0], target[0]))
        area = _around([source[1], target[1]])
        points: tuple[Point, ...] = ()
        for _ in range(_AGAIN):
            near = self._solid.get(plane, Field()).near(area, REACH)
            points = self._points(
                line, plane, source[1], target[1], [box for element, box in near if element not in own]
            )
            wider = _around([area, *(Bounds(x=x, y=y, width=0.0, height=0.0) for x, y in points)])
            known = {element for element, _ in near}
            if all(element in known for element, _ in self._solid.get(plane, Field()).near(wider, _NEAR)):
                break
            area = wider
        return points

    def _points(
        self, line: _Line, plane: str, source: Bounds, target: Bounds, obstacles: list[Bounds]
    ) -> tuple[Point, ...]:
        if line.is_association:
            points = _direct(source, target)
            if not any(crosses(*points, box) for box in obstacles):
                return points
        one = self._end(line, line.source, source, target)
        other = self._end(line, line.target, target, source)
        ground = Ground(
            obstacles=obstacles,
            soft=self._drawn.names(plane, _around([source, target])),
            levels=self._gaps if line.is_message else (),
            aside=self._led % _ABREAST * self._style.spacing * 0.3 if line.is_message else 0.0,
            spoils=lambda points: self._drawn.is_spoilt(plane, points, line.source, line.target),
        )
        return self._router.route(one, other, ground)

    def _end(self, line: _Line, element: str, box: Bounds, other: Bounds) -> End:
        """An end of a line: messages at one step side by side, flows at a gateway with several up and down."""
        ways = (self._model.outgoing if element == line.source else self._model.incoming).get(element, ())
        if element in self._pools:
            return End(box=_opposite(box, other), is_pool=True)
        node = self._model.node.get(element)
        beside = self._messages.get(element, [])
        if line.is_message and len(beside) > 1 and node is not None and node.is_activity:
            shift = (beside.index(line.id) - (len(beside) - 1) / 2) * min(24.0, box.width / (len(beside) + 1))
            return End(box=Bounds(x=box.centre[0] + shift - 5, y=box.y, width=10, height=box.height), is_pool=True)
        return End(box=box, is_gateway=node is not None and node.is_gateway and len(ways) > 1)

    def _shown(self, element: str, plane: str, boxes: Mapping[str, Bounds]) -> tuple[str, Bounds] | None:
        """The shape of an element on a plane, or of the frame it is in, or a point on the edge that it is."""
        model = self._model
        current = element
        seen: set[str] = set()
        while current and current not in seen:
            seen.add(current)
            if current in boxes:
                return current, boxes[current]
            edge = self._edges.get(current)
            if edge is not None and edge.plane == plane:
                x, y = halfway(edge.waypoints)
                return current, Bounds(x=x, y=y, width=0.0, height=0.0)
            node = model.node.get(current)
            pool = model.pool_of_process.get(current)
            current = node.scope if node is not None else pool.id if pool is not None else ""
        return None

    def _label(self, line: _Line, plane: str, points: tuple[Point, ...]) -> Bounds | None:
        """The place of a name beside the line where it hides least, the first of the usual ones if several do."""
        if not line.name or not self._style.has_labels:
            return None
        setting = self._style.label(line.name)
        crossing = self._between_pools(points) if line.is_message else None
        spots = _name_spots(points, setting.width, setting.height, crossing)
        solid = self._solid.get(plane, Field())
        return min(spots, key=lambda spot: 4 * len(solid.near(spot, 0.0)) + self._drawn.hidden_by(plane, spot))

    def _between_pools(self, points: tuple[Point, ...]) -> Point | None:
        """Where a line first crosses the white between two pools."""
        for (x, y1), (x2, y2) in pairwise(points):
            crossed = [y for y in self._gaps if min(y1, y2) <= y <= max(y1, y2)] if abs(x - x2) < 0.5 else []
            if crossed:
                return x, crossed[0] if y1 < y2 else crossed[-1]
        return None


class _Drawn:
    """The lines of a diagram and the names in it, by where they lie."""

    def __init__(self, model: Model) -> None:
        self._names: dict[str, Field] = {}
        self._pieces: dict[str, Field] = {}
        #: The ends of each line.
        self._ends: dict[str, tuple[str, str]] = {}
        ends = {flow.id: (flow.source, flow.target) for flow in model.flows}
        ends |= {flow.id: (flow.source, flow.target) for flow in model.message_flows}
        for shape in model.shapes:
            if shape.label is not None:
                self._names.setdefault(shape.plane, Field()).add(shape.element, shape.label)
        for edge in model.edges:
            if edge.element in ends:
                self.add(edge, *ends[edge.element])

    def add(self, edge: Edge, source: str, target: str) -> None:
        """Note a line and its name."""
        self._ends[edge.element] = source, target
        for one, other in pairwise(edge.waypoints):
            self._pieces.setdefault(edge.plane, Field()).add(edge.element, _piece(one, other))
        if edge.label is not None:
            self._names.setdefault(edge.plane, Field()).add(edge.element, edge.label)

    def names(self, plane: str, area: Bounds) -> list[Bounds]:
        """The names near a place."""
        return [box for _, box in self._names.get(plane, Field()).near(area, REACH)]

    def is_spoilt(self, plane: str, points: Sequence[Point], source: str, target: str) -> bool:
        """Whether a line would run through a name or lie on one that has no end in common with it."""
        names, pieces = self._names.get(plane, Field()), self._pieces.get(plane, Field())
        for one, other in pairwise(points):
            piece = _piece(one, other)
            if names.near(piece, 0.0):
                return True
            for element, lying in pieces.near(piece, _NEAR):
                begin, end = self._ends[element]
                if source != begin and target != end and _lie_together(piece, lying):
                    return True
        return False

    def hidden_by(self, plane: str, spot: Bounds) -> int:
        """What a name would lie on: other names count more than lines."""
        names, pieces = self._names.get(plane, Field()), self._pieces.get(plane, Field())
        return 3 * len(names.near(spot, 0.0)) + len(pieces.near(spot, 0.0))


def _piece(one: Point, other: Point) -> Bounds:
    return _around([Bounds(x=x, y=y, width=0.0, height=0.0) for x, y in (one, other)])


def _lie_together(one: Bounds, other: Bounds) -> bool:
    """Whether two level or two upright pieces run along each other for a while."""
    across = min(one.right, other.right) - max(one.x, other.x)
    down = min(one.bottom, other.bottom) - max(one.y, other.y)
    level = one.height < 1 and other.height < 1 and across > _NEAR
    return level or (one.width < 1 and other.width < 1 and down > _NEAR)


def _around(boxes: Sequence[Bounds]) -> Bounds:
    """The smallest box around several."""
    x, y = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.right for box in boxes), max(box.bottom for box in boxes)
    return Bounds(x=x, y=y, width=right - x, height=bottom - y)


def _name_spots(points: tuple[Point, ...], wide: float, high: float, crossing: Point | None) -> Iterator[Bounds]:
    """Places for the name of a line, the usual one first: where it crosses between pools, else beside its pieces."""
    if crossing is not None:
        for x in (crossing[0] + 5, crossing[0] - 5 - wide):
            yield _box(x, crossing[1] - high / 2, wide, high)
    for (x, y), (nx, ny) in list(pairwise(points))[:3]:
        if abs(ny - y) < 0.5:
            left = x + 4 if nx > x else x - 4 - wide
            yield _box(left, y - high - 2, wide, high)
            yield _box(left, y + 2, wide, high)
        else:
            top = y + 6 if ny > y else y - 6 - high
            yield _box(x + 5, top, wide, high)
            yield _box(x - 5 - wide, top, wide, high)


def _box(x: float, y: float, width: float, height: float) -> Bounds:
    return rounded(Bounds(x=x, y=y, width=width, height=height))


def _opposite(box: Bounds, other: Bounds) -> Bounds:
    """The part of a pool across from the other end: a message meets it there."""
    x = min(max(other.centre[0], box.x + 20), box.right - 20)
    return Bounds(x=x - 10, y=box.y, width=20, height=box.height)


def _own_loop(box: Bounds) -> tuple[Point, ...]:
    """A small loop at the right side of a box."""
    y, reach = box.centre[1], min(10.0, box.height / 4)
    out = box.right + 2 * reach
    return (box.right, y - reach), (out, y - reach), (out, y + reach), (box.right, y + reach)


def _direct(source: Bounds, target: Bounds) -> tuple[Point, Point]:
    """A straight line between the borders of two boxes, as an association may run."""
    return _border(source, target.centre), _border(target, source.centre)


def _border(box: Bounds, towards: Point) -> Point:
    """Where the line from the middle of a box to a point leaves it."""
    (x, y), (px, py) = box.centre, towards
    dx, dy = px - x, py - y
    scale = min(
        (box.width / 2 / abs(dx) if dx else float("inf")),
        (box.height / 2 / abs(dy) if dy else float("inf")),
        1.0,
    )
    return x + dx * scale, y + dy * scale


def frame_groups(old: Model, new: Model) -> Model:
    """The new diagram with every group: around what stood in it in the old one, else below everything."""
    known = {shape.element for shape in new.shapes}
    groups = [artifact for artifact in old.artifacts if artifact.kind == "group" and artifact.id not in known]
    if not groups:
        return new
    plane = new.shapes[0].plane if new.shapes else ""
    y = max((shape.bounds.bottom for shape in new.shapes), default=60.0) + 20
    x = min((shape.bounds.x for shape in new.shapes), default=160.0)
    shapes = list(new.shapes)
    for artifact in groups:
        before = old.shape.get(artifact.id)
        inside = _members(old, new, before) if before is not None else []
        if inside:
            pad = _GROUP_PADDING
            left, top = min(box.x for box in inside) - pad, min(box.y for box in inside) - pad
            box = _box(left, top, max(b.right for b in inside) + pad - left, max(b.bottom for b in inside) + pad - top)
        else:
            box = _box(x, y, 140, 60)
            x += 160
        style = before or Shape(element=artifact.id, bounds=box, id=f"{artifact.id}_di")
        shapes.append(
            Shape(element=artifact.id, bounds=box, plane=plane, fill=style.fill, stroke=style.stroke, id=style.id)
        )
    return new.evolve(shapes=tuple(shapes))


def _members(old: Model, new: Model, frame: Shape) -> list[Bounds]:
    """The new places of the nodes that stood inside a frame."""
    return [
        new.shape[node.id].bounds
        for node in old.nodes
        if node.id in old.shape
        and node.id in new.shape
        and within(old.shape[node.id].bounds, frame.bounds)
        and new.shape[node.id].plane == new.shapes[0].plane
    ]
