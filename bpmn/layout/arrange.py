"""`lay_out`: a diagram for a model, from the inside of its innermost sub-processes to the pools around everything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bpmn.layout.bands import assign_rows
from bpmn.layout.board import Board
from bpmn.layout.connect import connect, frame_groups
from bpmn.layout.gather import Frame, Sorting, fill, sort_out
from bpmn.layout.geometry import rounded
from bpmn.layout.grid import Grid
from bpmn.layout.placing import Placed, Placing, Point
from bpmn.layout.ranks import assign_columns
from bpmn.layout.routing import route_links
from bpmn.layout.sifting import with_fewest_crossings
from bpmn.layout.style import COMPACT, NORMAL, Style
from bpmn.model import Bounds, Edge, Model, Shape
from bpmn.uninterpreted import held

#: Where a diagram begins.
_ORIGIN: Point = (160.0, 80.0)
#: White above what is kept of the old diagram as it stands.
_APART = 40.0


def lay_out(model: Model, *, style: Style = NORMAL) -> Model:
    """The same model with a new diagram: a shape for everything drawn, an edge for every flow and association.

    Pools lie one below another, lanes in them, the flow runs from left to right; a sub-process is expanded or collapsed
    as the file says, and expanded where it says nothing. Colours and ids of the old diagram stay. The same model gives
    the same diagram, in time about linear in its size. To compare two models, lay both out with the same `lane_order`
    and `lane_heights`, and the second with the `columns` of the first.

    Sources: Sugiyama, Tagawa, Toda 1981; Gansner, Koutsofios, North, Vo 1993; Siebenhaller, Kaufmann 2006 (lanes);
    Kitzmann, König, Lübke, Singer 2009 (grid).
    """
    expanded = _expanded(model)
    sorting = sort_out(model, style, expanded)
    boards: dict[str, Board] = {}
    placed: dict[str, Placed] = {}
    frames: dict[str, Frame] = {}
    for scope in _inner_first(sorting):
        boards[scope], placed[scope] = _place(sorting, scope, frames)
        if scope and expanded[scope]:
            frames[scope] = _frame(boards[scope], placed[scope], style)
    drawn = _assembled(model, sorting, placed, expanded)
    return _with_others(model, connect(frame_groups(model, drawn), style))


def _with_others(old: Model, new: Model) -> Model:
    """The new diagram with what the old one draws and the model does not hold, below everything on its plane."""
    known = held(old)
    shapes = [shape for shape in old.shapes if shape.element not in known]
    edges = [edge for edge in old.edges if edge.element not in known]
    if not shapes and not edges:
        return new
    top = min((shape.bounds.y for shape in shapes), default=0.0)
    by: dict[str, float] = {}
    for shape in new.shapes:
        below = shape.bounds.bottom + _APART - top
        by[shape.plane] = max(by.get(shape.plane, below), below)
    moved = (replace(shape, bounds=_moved(shape.bounds, 0.0, by.get(shape.plane, 0.0)), label=None) for shape in shapes)
    led = (
        replace(edge, waypoints=tuple((x, y + by.get(edge.plane, 0.0)) for x, y in edge.waypoints), label=None)
        for edge in edges
    )
    return new.evolve(shapes=(*new.shapes, *moved), edges=(*new.edges, *led))


def lay_out_pair(before: Model, after: Model, *, style: Style = COMPACT) -> tuple[Model, Model]:
    """Two models laid out so that they can be read one above the other.

    Lanes and pools of one name stand in the same order and have the same height, steps of one id the same column where
    that moves them by no more than two columns. Lanes only the second has stand behind the lane they follow there.
    """
    order: list[str] = []
    for given in (before, after):
        place = 0
        for strip in sort_out(given, style, {}).boards[""].strips:
            if strip.name not in order:
                order.insert(place, strip.name)
            place = order.index(strip.name) + 1
    style = style.evolve(lane_order=style.lane_order or tuple(order))
    heights: dict[str, float] = dict(style.lane_heights)
    for model in (lay_out(before, style=style), lay_out(after, style=style)):
        names = {pool.id: pool.name for pool in model.pools} | {lane.id: lane.name for lane in model.lanes}
        for element, name in names.items():
            if element in model.shape and name in order:
                heights[name] = max(heights.get(name, 0.0), model.shape[element].bounds.height)
    style = style.evolve(lane_heights=heights)
    first = lay_out(before, style=style)
    return first, lay_out(after, style=style.evolve(columns=columns(before, style=style)))


def columns(model: Model, *, style: Style = NORMAL) -> Mapping[str, int]:
    """The column of every node at the top of a model, for the `columns` of another model's style."""
    sorting = sort_out(model, style, dict.fromkeys((node.id for node in model.nodes if node.is_frame), False))
    board = fill(sorting, "", {})
    assign_columns(board, style)
    return {item.id: item.column for item in board.items.values() if item.kind == "node"}


def _expanded(model: Model) -> dict[str, bool]:
    """Whether each sub-process shows its inside: as its shape says, else if something is in it."""
    full = {node.scope for node in model.nodes}
    expanded = {}
    for node in model.nodes:
        if node.is_frame:
            shape = model.shape.get(node.id)
            said = shape.is_expanded if shape is not None else None
            expanded[node.id] = said if said is not None else node.id in full
    return expanded


def _inner_first(sorting: Sorting) -> list[str]:
    """The boards, each before the one it stands on."""
    depth: dict[str, int] = {"": 0}
    for scope in sorting.boards:
        chain = []
        current = scope
        while current not in depth:
            chain.append(current)
            depth[current] = 0
            current = sorting.home.get(current, "")
        for place, element in enumerate(reversed(chain)):
            depth[element] = depth[current] + place + 1
    return sorted(sorting.boards, key=lambda scope: -depth[scope])


def _place(sorting: Sorting, scope: str, frames: Mapping[str, Frame]) -> tuple[Board, Placed]:
    board = fill(sorting, scope, frames)
    board.links = [
        link for link in board.links if all(not end or end in board.items for end in (link.source, link.target))
    ]
    if not board.items and scope:
        return board, Placed(width=0.0, height=0.0)
    _assign_cells(board, sorting)
    return board, with_fewest_crossings(board, lambda: _drawn(board, sorting))


def _drawn(board: Board, sorting: Sorting) -> Placed:
    grid, routes = route_links(board)
    return Placing(board, grid, routes, sorting.model, sorting.style).place()


def _assign_cells(board: Board, sorting: Sorting) -> None:
    """Column and row of every item; a hand-over that something stands in the way of gets a column of its own."""
    everything = board.links
    while True:
        board.links = [link for link in everything if link.source and link.target]
        assign_columns(board, sorting.style)
        board.links = [link for link in everything if link.id not in sorting.loose]
        assign_rows(board)
        blocked = _blocked_folds(board)
        if not blocked:
            return
        board.unfolded |= blocked


def _blocked_folds(board: Board) -> set[str]:
    """The links straight up or down that run into another item."""
    if not board.folded:
        return set()
    grid = Grid(board=board)
    blocked = set()
    for link in board.forward:
        if link.id in board.folded:
            source, target = board.items[link.source], board.items[link.target]
            between = min(source.row, target.row) + 1, max(source.row, target.row) - 1
            if source.column == target.column and not grid.is_column_clear(source.column, *between):
                blocked.add(link.id)
    return blocked


def _frame(board: Board, placed: Placed, style: Style) -> Frame:
    """The size of an expanded sub-process; its flow enters where the first node in it stands."""
    least_width, least_height = style.frame
    width, height = max(placed.width, least_width), max(placed.height, least_height)
    axis = placed.axis if board.items else height / 2
    return Frame(width=width, height=height, axis=min(axis, height))


def _assembled(model: Model, sorting: Sorting, placed: Mapping[str, Placed], expanded: Mapping[str, bool]) -> Model:
    """One diagram of all boards, the insides of sub-processes moved to where these stand."""
    origins: dict[str, Point] = {}
    planes: dict[str, str] = {}
    top = model.collaboration if model.pools else ""
    top = top or next((process.id for process in model.processes), "")
    bounds: dict[str, Bounds] = {}
    plane_of: dict[str, str] = {}
    labels: dict[str, Bounds] = {}
    lines: dict[str, tuple[Point, ...]] = {}
    for scope in reversed(_inner_first(sorting)):
        board = placed[scope]
        if not scope or not expanded[scope]:
            origins[scope], planes[scope] = _ORIGIN, scope or top
        else:
            frame = bounds.get(scope)
            origins[scope] = (frame.x, frame.y) if frame is not None else _ORIGIN
            planes[scope] = planes[sorting.home[scope]]
        dx, dy = origins[scope]
        for element, box in board.shapes.items():
            bounds[element] = _moved(box, dx, dy)
            plane_of[element] = planes[scope]
        for element, box in board.labels.items():
            labels[element] = _moved(box, dx, dy)
        for element, points in board.edges.items():
            lines[element] = tuple((x + dx, y + dy) for x, y in points)
            plane_of[element] = planes[scope]
    return model.evolve(
        shapes=_shapes(model, bounds, labels, plane_of, expanded), edges=_edges(model, lines, labels, plane_of)
    )


def _moved(box: Bounds, dx: float, dy: float) -> Bounds:
    return Bounds(x=box.x + dx, y=box.y + dy, width=box.width, height=box.height)


def _shapes(
    model: Model,
    bounds: Mapping[str, Bounds],
    labels: Mapping[str, Bounds],
    plane_of: Mapping[str, str],
    expanded: Mapping[str, bool],
) -> tuple[Shape, ...]:
    horizontal = {pool.id for pool in model.pools} | {lane.id for lane in model.lanes}
    shapes = []
    for element, box in bounds.items():
        old = model.shape.get(element)
        node = model.node.get(element)
        marked = old.is_marker_visible if old is not None else None
        if node is not None and node.kind == "exclusiveGateway" and marked is None:
            marked = True
        shapes.append(
            Shape(
                element=element,
                bounds=rounded(box),
                label=rounded(labels[element]) if element in labels else None,
                is_horizontal=True if element in horizontal else None,
                is_expanded=expanded.get(element),
                is_marker_visible=marked,
                plane=plane_of[element],
                fill=old.fill if old is not None else "",
                stroke=old.stroke if old is not None else "",
                id=old.id if old is not None and old.id else f"{element}_di",
            )
        )
    return tuple(shapes)


def _edges(
    model: Model,
    lines: Mapping[str, tuple[Point, ...]],
    labels: Mapping[str, Bounds],
    plane_of: Mapping[str, str],
) -> tuple[Edge, ...]:
    edges = []
    for element, points in lines.items():
        old = model.edge.get(element)
        edges.append(
            Edge(
                element=element,
                waypoints=tuple((round(x, 2), round(y, 2)) for x, y in points),
                label=rounded(labels[element]) if element in labels else None,
                plane=plane_of[element],
                stroke=old.stroke if old is not None else "",
                envelope=old.envelope if old is not None else "",
                id=old.id if old is not None and old.id else f"{element}_di",
            )
        )
    return tuple(edges)
