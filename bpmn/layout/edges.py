"""Edges carried along when the shapes at their ends have moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise

from bpmn.layout.free import Field
from bpmn.layout.geometry import Point, crosses
from bpmn.model import Bounds, Edge, Model, Pool, Shape

#: The least length of a piece that has taken up a difference.
_LEAST = 12.0
#: How far a line keeps from what it passes.
_BESIDE = 3.0


def carried(before: Model, after: Model) -> tuple[Edge, ...]:
    """The edges of a diagram for the same lines between moved shapes; those that cannot be carried are left out.

    An edge whose ends moved alike moves with them; one whose ends moved apart takes up the difference in its longest
    piece. It is left out where it would then run through a shape it did not run through before.
    """
    ends = _ends(after)
    old_ends = _ends(before)
    pools = {pool.id: pool for pool in after.pools} | dict(after.pool_of_process)
    scopes = {item.id: item.scope for item in after.data}
    fields: dict[str, Field] = {}
    blocks = _solid(after)
    moved = {
        shape.element
        for shape in after.shapes
        if shape.element not in before.shape or before.shape[shape.element].bounds != shape.bounds
    }
    for shape in after.shapes:
        if shape.element in blocks:
            fields.setdefault(shape.plane, Field()).add(shape.element, shape.bounds)
    kept = []
    for edge in before.edges:
        if edge.element not in ends or ends[edge.element] != old_ends.get(edge.element):
            continue
        new = _follow(edge, ends[edge.element], before, after, pools)
        own = around_ends(after, scopes, ends[edge.element])
        if new is not None and not _runs_into(new, edge, fields.get(edge.plane), moved, before, own):
            kept.append(new)
    return tuple(kept)


def _ends(model: Model) -> dict[str, tuple[str, str]]:
    ends = {flow.id: (flow.source, flow.target) for flow in model.flows}
    ends |= {flow.id: (flow.source, flow.target) for flow in model.message_flows}
    return ends | {line.id: (line.source, line.target) for line in model.associations}


def _solid(model: Model) -> set[str]:
    """What an edge does not run through: nodes, data, notes, black boxes."""
    solid = {node.id for node in model.nodes} | {data.id for data in model.data}
    solid |= {artifact.id for artifact in model.artifacts if artifact.kind == "textAnnotation"}
    return solid | {pool.id for pool in model.pools if not pool.process}


def _follow(edge: Edge, ends: tuple[str, str], before: Model, after: Model, pools: Mapping[str, Pool]) -> Edge | None:
    """The edge after its ends have moved; none where it cannot follow."""
    shapes = [(_shown(before, end, edge.plane), _shown(after, end, edge.plane)) for end in ends]
    docks = (edge.waypoints[0], edge.waypoints[-1])
    places = []
    for (old, new), point in zip(shapes, docks, strict=True):
        if old is None or new is None or old.element != new.element:
            return None
        places.append(_docked(point, old.bounds, new.bounds))
    places = _across_from(places, docks, ends, after, pools)
    if places == list(docks):
        return edge
    first, last = ((place[0] - point[0], place[1] - point[1]) for place, point in zip(places, docks, strict=True))
    points = _absorbed(list(edge.waypoints), first, last)
    if points is None:
        return None
    return replace(edge, waypoints=points, label=_label(edge, points))


def _across_from(
    places: list[Point], docks: tuple[Point, Point], ends: tuple[str, str], model: Model, pools: Mapping[str, Pool]
) -> list[Point]:
    """The docks, that of a pool moved along with the one of the node at the other end."""
    is_pool = [end in pools for end in ends]
    for place in (0, 1):
        if is_pool[place] and not is_pool[1 - place]:
            box = model.shape[pools[ends[place]].id].bounds
            x = docks[place][0] + places[1 - place][0] - docks[1 - place][0]
            places[place] = (round(min(max(x, box.x), box.right), 2), places[place][1])
    return places


def _shown(model: Model, end: str, plane: str) -> Shape | None:
    """The shape of an end: its own, or its pool's."""
    shape = model.shape.get(end)
    if shape is None and end in model.pool_of_process:
        shape = model.shape.get(model.pool_of_process[end].id)
    return shape if shape is not None and shape.plane == plane else None


def _docked(point: Point, old: Bounds, new: Bounds) -> Point:
    """Where a point on the border of a box is after the box has moved or grown."""
    return (
        _along(point[0], (old.x, old.right), (new.x, new.right)),
        _along(point[1], (old.y, old.bottom), (new.y, new.bottom)),
    )


def _along(value: float, old: tuple[float, float], new: tuple[float, float]) -> float:
    if abs(value - old[1]) < 1.0:
        return round(new[1] + value - old[1], 2)
    moved = value + new[0] - old[0]
    return round(min(max(moved, new[0]), new[1]) if old[0] <= value <= old[1] else moved, 2)


def _absorbed(points: list[Point], first: Point, last: Point) -> tuple[Point, ...] | None:
    """The points, those before the longest piece along each axis moved with the first, those behind with the last."""
    result = [list(point) for point in points]
    for axis in (0, 1):
        cut = len(points) if abs(first[axis] - last[axis]) < 0.01 else _piece(points, axis, last[axis] - first[axis])
        if cut == 0:
            return None
        for place, point in enumerate(result):
            point[axis] = round(point[axis] + (first[axis] if place < cut else last[axis]), 2)
    return tuple((x, y) for x, y in result)


def _piece(points: list[Point], axis: int, difference: float) -> int:
    """The place behind the longest piece along an axis that can take up a difference; 0 where there is none."""
    best, found = 0.0, 0
    for place, (one, other) in enumerate(pairwise(points), 1):
        length = other[axis] - one[axis]
        is_straight = abs(one[1 - axis] - other[1 - axis]) < 0.5
        stays = length * (length + difference) > 0 and abs(length + difference) >= min(_LEAST, abs(length))
        if is_straight and stays and abs(length) > best:
            best, found = abs(length), place
    return found


def _label(edge: Edge, points: tuple[Point, ...]) -> Bounds | None:
    """The label moved with the way point nearest to it."""
    label = edge.label
    if label is None:
        return None
    x, y = label.centre
    near = min(
        range(len(points)), key=lambda place: abs(edge.waypoints[place][0] - x) + abs(edge.waypoints[place][1] - y)
    )
    dx, dy = (points[near][axis] - edge.waypoints[near][axis] for axis in (0, 1))
    return replace(label, x=round(label.x + dx, 2), y=round(label.y + dy, 2))


def _runs_into(
    edge: Edge,
    old: Edge,
    field: Field | None,
    moved: set[str],
    before: Model,
    own: set[str],
) -> bool:
    """Whether an edge runs through a shape that it did not run through before."""
    if field is None:
        return False
    for one, other in pairwise(edge.waypoints):
        piece = _around(one, other)
        for element, box in field.near(piece, 1.0):
            if element in own or (edge is old and element not in moved):
                continue
            if crosses(one, other, box, beside=_BESIDE) and not _crossed(old, before, element):
                return True
    return False


def around_ends(model: Model, scopes: Mapping[str, str], ends: Iterable[str]) -> set[str]:
    """What a line may cross: its ends, what they sit on and the frames around them; `scopes` are those of data."""
    own: set[str] = set()
    stack = list(ends)
    while stack:
        element = stack.pop()
        if element in own:
            continue
        own.add(element)
        node = model.node.get(element)
        stack += [around for around in (node.attached_to, node.scope) if around] if node is not None else []
        stack += [scopes[element]] if scopes.get(element) else []
    return own


def _crossed(edge: Edge, model: Model, element: str) -> bool:
    shape = model.shape.get(element)
    return shape is not None and any(
        crosses(one, other, shape.bounds, beside=_BESIDE) for one, other in pairwise(edge.waypoints)
    )


def _around(one: Point, other: Point) -> Bounds:
    x, y = min(one[0], other[0]), min(one[1], other[1])
    return Bounds(x=x - 2, y=y - 2, width=abs(one[0] - other[0]) + 4, height=abs(one[1] - other[1]) + 4)
