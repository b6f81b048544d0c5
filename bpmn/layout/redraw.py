"""`redraw`: the diagram of a changed model out of the diagram of the model before.

What the change does not touch stays, or moves as a block: to the left where a step is gone and nothing stands above or
below it, to the right where something is put in. Only these are placed anew, in the order of the flow: nodes that were
not there; nodes of another lane or sub-process; nodes the flow now reaches in another order (all but the longest run
of nodes from left to right whose order still holds); and nodes that stand in one row with others they are now
parallel to. Each goes between what comes before and after it, in the row of its neighbours or in the nearest free one,
for which its lane grows where it has to. Edges keep their way points where both ends moved alike, take up a difference
in their longest piece where they can, and are led anew else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bpmn.layout.along import places_along
from bpmn.layout.changes import change_between, changed_lane
from bpmn.layout.completion import complete
from bpmn.layout.edges import carried
from bpmn.layout.geometry import rounded, side_by_side, within
from bpmn.layout.sheet import Sheet
from bpmn.layout.style import NORMAL, Style
from bpmn.model import Bounds, Model, Node, Shape

#: Rows tried above and below the one wished for.
_ROWS = 6
#: The most white a frame that has to grow keeps behind what is in it.
_MARGIN = 60.0


def redraw(before: Model, after: Model, *, style: Style = NORMAL) -> Model:
    """The changed model `after` with a full diagram that keeps what it can of that of `before`.

    The shapes and edges `after` has are not looked at, except for colours and ids. Nothing changed: the diagram of
    `before`, completed. The same two models give the same diagram; the cost is about linear for each change.
    """
    drawn = complete(before, style=style)
    if not _runs_down(drawn):
        return complete(_Redrawing(drawn, after, style).model(), style=style)
    turned_style = style.evolve(task=style.task[::-1], frame=style.frame[::-1])
    return complete(_turned(_Redrawing(_turned(drawn), after, turned_style).model()), style=style)


def _runs_down(model: Model) -> bool:
    """Whether the flow of a diagram runs from top to bottom: as its pools say, else as most of its flows do."""
    frames = [model.shape[frame] for frame in _frames(model) if frame in model.shape]
    said = [shape.is_horizontal for shape in frames if shape.is_horizontal is not None]
    if said:
        return said.count(False) > len(said) / 2
    down = 0
    for edge in model.edges:
        (x1, y1), (x2, y2) = edge.waypoints[0], edge.waypoints[-1]
        down += edge.element in model.flow and (1 if y2 - y1 > abs(x2 - x1) else -1)
    return down > 0


def _turned(model: Model) -> Model:
    """The model with its diagram mirrored at the diagonal, so that down is right."""

    def turn(box: Bounds | None) -> Bounds | None:
        return Bounds(x=box.y, y=box.x, width=box.height, height=box.width) if box is not None else None

    shapes = (
        replace(shape, bounds=turn(shape.bounds) or shape.bounds, label=turn(shape.label)) for shape in model.shapes
    )
    edges = (
        replace(edge, waypoints=tuple((y, x) for x, y in edge.waypoints), label=turn(edge.label))
        for edge in model.edges
    )
    return model.evolve(shapes=tuple(shapes), edges=tuple(edges))


class _Redrawing:
    """One diagram on its way from a model to the next."""

    def __init__(self, before: Model, after: Model, style: Style) -> None:
        self._before, self._after, self._style = before, after, style
        self._change = change_between(before, after, style)
        self._along = places_along(self._change)
        self._x = self._along.x
        self._kept, self._loose = self._change.kept, self._change.loose
        #: What sits on or inside each node.
        self._held: dict[str, list[str]] = {}
        for node in after.nodes:
            self._held.setdefault(node.attached_to or node.scope, []).append(node.id)
        for data in after.data:
            self._held.setdefault(data.scope, []).append(data.id)
        self._sheets = self._laid_open()

    def model(self) -> Model:
        """The new model with what could be kept and what had to be placed."""
        self._take_out()
        self._move_along()
        placed = [name for name in self._change.order if name in self._loose or name not in self._kept]
        for name in sorted(placed, key=lambda name: len(self._chain(self._after.node[name]))):
            self._place(self._after.node[name])
        self._close_rows()
        return self._drawn()

    # sheets

    def _laid_open(self) -> dict[str, Sheet]:
        """A sheet for each plane, with the first shape of every element."""
        before = self._before
        frames = set(_frames(before))
        frames |= {artifact.id for artifact in before.artifacts if artifact.kind == "group"}
        hosts = {node.id: node.attached_to for node in before.nodes if node.attached_to in before.shape}
        sheets: dict[str, Sheet] = {}
        rooms = frozenset(
            node.id
            for node in before.nodes
            if node.is_frame and node.id in before.shape and before.shape[node.id].is_expanded is not False
        )
        for element, shape in before.shape.items():
            sheet = sheets.setdefault(shape.plane, Sheet(boxes={}, frames=frozenset(frames), rooms=rooms, hosts=hosts))
            sheet.boxes[element] = shape.bounds
        return sheets

    def _take_out(self) -> None:
        """Take what is gone or loses its place off its sheet."""
        after, loose = self._after, self._loose
        there = _drawable(after)
        leaving = self._tied_to(loose) | {
            node.id
            for node in after.nodes
            if node.id in self._kept and node.attached_to != getattr(self._before.node.get(node.id), "attached_to", "")
        }
        self._carried = {name: self._companions(name) for name in sorted(loose)}
        inside = {companion for companions in self._carried.values() for companion in companions} - loose
        for sheet in self._sheets.values():
            for element in [name for name in sheet.boxes if name not in there or name in loose | leaving | inside]:
                box = sheet.boxes.pop(element)
                if element in self._before.node and element not in sheet.hosts and element not in inside:
                    sheet.ghosts[element] = box

    def _tied_to(self, loose: frozenset[str]) -> set[str]:
        """Data and notes that belong only to nodes that lose their place."""
        after = self._after
        tied: dict[str, set[str]] = {}
        for association in after.associations:
            ends = association.source, association.target
            for one, other in (ends, ends[::-1]):
                if one not in after.node and other in after.node:
                    tied.setdefault(one, set()).add(other)
        return {one for one, others in tied.items() if others <= loose}

    def _companions(self, name: str) -> list[str]:
        """The boundary events of a node, and what is drawn inside it on its plane."""
        before = self._before
        plane = before.shape[name].plane
        found, stack = {name}, [name]
        while stack:
            for inner in self._held.get(stack.pop(), ()):
                if inner in before.shape and inner not in found and before.shape[inner].plane == plane:
                    found.add(inner)
                    stack.append(inner)
        return sorted(found - {name})

    # moving along

    def _move_along(self) -> None:
        """Move what stays to where it stands along the flow now, with what belongs to it."""
        for sheet in self._sheets.values():
            old = dict(sheet.boxes)
            for name in old:
                if name in self._x:
                    width = self._along.width.get(name, old[name].width)
                    sheet.boxes[name] = replace(old[name], x=self._x[name], width=width)
            for name, host in sheet.hosts.items():
                if name in old and host in old:
                    sheet.boxes[name] = _on_host(old[name], old[host], sheet.boxes[host])
            if sheet.boxes != old or self._placed_on(sheet):
                self._move_beside(sheet, old)
                self._fit_frames(sheet, old)

    def _placed_on(self, sheet: Sheet) -> list[tuple[str, float]]:
        """The nodes that will be placed on a sheet: their frame there and their right end."""
        found = []
        for node in self._after.nodes:
            if (node.id in self._loose or node.id not in self._kept) and node.id in self._x:
                home = self._home_of(node)
                if home is not None and home[0] is sheet:
                    found.append((home[1], self._x[node.id] + self._change.size(node.id)[0]))
        return found

    def _move_beside(self, sheet: Sheet, old: Mapping[str, Bounds]) -> None:
        """Data and notes go with the node they belong to, else with the nearest; groups stay around what is in them."""
        nodes = [name for name in old if name in self._x]
        moved = {name: sheet.boxes[name].x - old[name].x for name in nodes}
        if not any(moved.values()):
            return
        tied: dict[str, str] = {}
        for association in self._after.associations:
            for one, other in ((association.source, association.target), (association.target, association.source)):
                if other in moved:
                    tied.setdefault(one, other)
        for name in [name for name in old if name not in sheet.frames and name not in self._after.node]:
            x, y = old[name].centre
            near = tied.get(name) or min(
                nodes, key=lambda node: abs(old[node].centre[0] - x) + abs(old[node].centre[1] - y)
            )
            sheet.boxes[name] = replace(old[name], x=old[name].x + moved[near])
        for artifact in self._after.artifacts:
            inside = [name for name in nodes if artifact.id in old and within(old[name], old[artifact.id])]
            if artifact.kind == "group" and inside:
                box = old[artifact.id]
                left = box.x + min(sheet.boxes[name].x for name in inside) - min(old[name].x for name in inside)
                right = (
                    box.right
                    + max(sheet.boxes[name].right for name in inside)
                    - max(old[name].right for name in inside)
                )
                sheet.boxes[artifact.id] = replace(box, x=left, width=max(20.0, right - left))

    def _fit_frames(self, sheet: Sheet, old: Mapping[str, Bounds]) -> None:
        """Pools and lanes that ended at one place end at one place again, as far behind what is in them as before."""
        frames = [frame for frame in _frames(self._after) if frame in old]
        edges = sorted(frames, key=lambda name: old[name].right)
        groups: list[list[str]] = []
        for name in edges:
            if groups and old[name].right - old[groups[-1][-1]].right < 5:
                groups[-1].append(name)
            else:
                groups.append([name])
        content = [name for name in old if name not in sheet.frames]
        gone = [*sheet.ghosts.values()]
        for group in groups:
            inside = [name for name in content if any(within(old[name], old[frame]) for frame in group)]
            stood = [old[name].right for name in inside]
            stood += [box.right for box in gone if any(within(box, old[frame]) for frame in group)]
            stands = [sheet.boxes[name].right for name in inside]
            stands += [right for frame, right in self._placed_on(sheet) if frame in group]
            if stood and stands:
                self._fit(sheet, old, group, max(stood), max(stands))

    def _fit(self, sheet: Sheet, old: Mapping[str, Bounds], group: list[str], stood: float, stands: float) -> None:
        """Let frames that end at one place end behind what is in them; white beyond the usual is used up first."""
        for name in group:
            box = sheet.boxes[name]
            right = stands + old[name].right - stood
            if right > box.right:
                right = max(box.right, stands + min(old[name].right - stood, _MARGIN))
            sheet.boxes[name] = replace(box, width=max(120.0, right - box.x))
        grown = max((sheet.boxes[name].right - old[name].right for name in group), default=0.0)
        if grown > 0:
            self._push(sheet, old, group, grown)

    def _push(self, sheet: Sheet, old: Mapping[str, Bounds], group: list[str], by: float) -> None:
        """Move the pools that stand to the right of frames that grew, with all that is in them."""
        pools = [pool.id for pool in self._after.pools if pool.id in old and pool.id not in group]
        behind = [
            pool
            for pool in pools
            if any(old[pool].x >= old[name].right - 1 and side_by_side(old[pool], old[name]) for name in group)
        ]
        frames = {name for name in old for pool in behind if name == pool or within(old[name], old[pool])}
        for name in frames:
            sheet.boxes[name] = replace(sheet.boxes[name], x=sheet.boxes[name].x + by)
        for node in self._after.nodes:
            home = self._home_of(node) if node.id in self._x else None
            if home is not None and home[0] is sheet and home[1] in frames:
                self._x[node.id] += by

    # across

    def _close_rows(self) -> None:
        """Take out the rows in which nothing is left."""
        for sheet in self._sheets.values():
            for name in sorted(sheet.ghosts, key=lambda name: (-sheet.ghosts[name].y, name)):
                sheet.close_row(name, self._style.row_gap)

    # placing

    def _place(self, node: Node) -> None:
        """Put a node in a row of its frame; where it stands along the flow is known."""
        spot = self._home_of(node)
        if spot is None or node.attached_to in self._after.node or node.id not in self._x:
            return
        sheet, frame = spot
        old = self._before.shape.get(node.id)
        box = self._spot(sheet, node, frame)
        sheet.boxes[node.id] = box
        if old is not None:
            self._carry(sheet, node.id, box)

    def _carry(self, sheet: Sheet, name: str, box: Bounds) -> None:
        """Put what sits on a node and is drawn inside it where that went."""
        shape = self._before.shape
        old = shape[name].bounds
        for companion in self._carried[name]:
            place = shape[companion].bounds
            place = replace(place, y=place.y + box.y - old.y)
            host = sheet.hosts.get(companion, "")
            if companion in self._x:
                width = self._along.width.get(companion, place.width)
                sheet.boxes[companion] = replace(place, x=self._x[companion], width=width)
            elif host == name:
                sheet.boxes[companion] = _on_host(place, old, box)
            else:
                by = self._x[host] - shape[host].bounds.x if host in self._x else box.x - old.x
                sheet.boxes[companion] = replace(place, x=place.x + by)

    def _home_of(self, node: Node) -> tuple[Sheet, str] | None:
        """The sheet a node belongs on and the frame it stands in there; none where there is no such place yet."""
        if node.scope:
            if node.scope in self._sheets:
                return self._sheets[node.scope], ""
            around = next((sheet for sheet in self._sheets.values() if node.scope in sheet.boxes), None)
            return (around, node.scope) if around is not None and node.scope in around.rooms else None
        lane = self._after.lane_of.get(node.id)
        pool = self._after.pool_of_process.get(node.process)
        frames = [lane.id if lane is not None else "", pool.id if pool is not None else ""]
        beside = self._change.planes[node.id]
        for plane in dict.fromkeys([beside, *self._sheets]):
            sheet = self._sheets.get(plane)
            frame = next((frame for frame in frames if sheet is not None and frame in sheet.boxes), "")
            if sheet is not None and (frame or plane == beside):
                return sheet, frame
        return None

    def _spot(self, sheet: Sheet, node: Node, frame: str) -> Bounds:
        """The free spot nearest to the row of its neighbours; the frame grows where there is none."""
        x, (width, height) = self._x[node.id], self._change.size(node.id)
        width = self._along.width.get(node.id, width)
        room = sheet.boxes.get(frame)
        if room is not None and frame in sheet.rooms:
            room = Bounds(x=room.x, y=room.y + 20, width=room.width, height=max(0.0, room.height - 20))
        chain = self._chain(node)
        solid = [
            box
            for name, box in sheet.boxes.items()
            if name not in sheet.frames and name not in chain and box.right > x - 10 and box.x < x + width + 10
        ]
        solid += [box for box in self._straight_flows(sheet, node.id) if box.right > x - 10 and box.x < x + width + 10]
        for y in self._rows(sheet, node, room, height):
            spot = Bounds(x=x, y=y - height / 2, width=width, height=height)
            inside = room is None or (spot.y >= room.y + 6 and spot.bottom <= room.bottom - 6)
            if inside and not any(_meet(spot, box, 10.0) for box in solid):
                return spot
        bottom = max(
            (box.bottom for box in solid if room is None or within(box, room)),
            default=room.y if room is not None else 80.0,
        )
        spot = Bounds(x=x, y=bottom + self._style.row_gap, width=width, height=height)
        if room is not None and spot.bottom > room.bottom - 14:
            sheet.open_row(room.bottom - 1, spot.bottom + 14 - room.bottom)
        return spot

    def _chain(self, node: Node) -> set[str]:
        """The sub-processes around a node."""
        chain: set[str] = set()
        scope = node.scope
        while scope in self._after.node and scope not in chain:
            chain.add(scope)
            scope = self._after.node[scope].scope
        return chain

    def _near(self, sheet: Sheet, name: str, links: Mapping[str, list[str]]) -> list[Bounds]:
        """The boxes of the nearest nodes with a place before or after a node."""
        found, seen, stack = [], {name}, [name]
        while stack:
            for other in links.get(stack.pop(), ()):
                if other in seen:
                    continue
                seen.add(other)
                if other in sheet.boxes:
                    found.append(sheet.boxes[other])
                else:
                    stack.append(other)
        return found

    def _row_now(self, sheet: Sheet, name: str, old: Bounds) -> float:
        """The middle of the row a node stood in, where that is now."""
        return sheet.ghosts[name].centre[1] if name in sheet.ghosts else old.centre[1]

    def _straight_flows(self, sheet: Sheet, name: str) -> list[Bounds]:
        """The flows along one row between nodes that have their place, as thin boxes; none of those at a node."""
        found = []
        for source, target in self._change.links:
            one, other = sheet.boxes.get(source), sheet.boxes.get(target)
            if one is None or other is None or name in (source, target):
                continue
            y = one.centre[1]
            if abs(y - other.centre[1]) < 1 and one.right < other.x:
                found.append(Bounds(x=one.right, y=y - 1, width=other.x - one.right, height=2))
        return found

    def _rows(self, sheet: Sheet, node: Node, room: Bounds | None, height: float) -> list[float]:
        """Middles of rows to try, the row of its neighbours first, then the nearest, below before above."""
        before, after = (
            self._near(sheet, node.id, self._change.leading),
            self._near(sheet, node.id, self._change.following),
        )
        leading = self._change.leading.get(node.id, ())
        is_branch = bool(leading) and all(len(self._change.following[name]) > 1 for name in leading)
        near = [*after, *before] if is_branch else [*before, *after]
        inside = [box.centre[1] for box in near if room is None or within(box, room)]
        known = [
            box.centre[1]
            for name, box in sheet.solids().items()
            if name in self._after.node and (room is None or within(box, room))
        ]
        if inside:
            wish = max(inside, key=lambda y: (sum(abs(y - other) < 2 for other in inside), -inside.index(y)))
        elif known and near:
            wish = min(known, key=lambda y: abs(y - near[0].centre[1]))
        else:
            wish = room.centre[1] if room is not None else near[0].centre[1] if near else 200.0
        old = self._before.shape.get(node.id)
        if old is not None and not changed_lane(self._before, self._after, node):
            wish = self._row_now(sheet, node.id, old.bounds)
        step = height + self._style.row_gap + 6
        rows = {wish, *known, *(wish + step * number for number in range(-_ROWS, _ROWS + 1))}
        return sorted(rows, key=lambda y: (abs(y - wish), y < wish))[: 6 * _ROWS]

    # the result

    def _drawn(self) -> Model:
        """The new model with the boxes as they stand now and the edges that could be carried along."""
        before, after = self._before, self._after
        boxes = {name: box for sheet in self._sheets.values() for name, box in sheet.boxes.items()}
        there = _drawable(after)
        shapes = []
        for shape in before.shapes:
            if shape.element not in there:
                continue
            if before.shape[shape.element] is shape:
                if shape.element in boxes:
                    shapes.append(self._at(after.shape.get(shape.element, shape), shape, boxes[shape.element]))
            else:
                shapes.append(shape)
        known = {shape.element for shape in shapes}
        for plane, sheet in self._sheets.items():
            for name, box in sheet.boxes.items():
                if name not in known:
                    fresh = Shape(element=name, bounds=rounded(box), plane=plane, id=f"{name}_di")
                    if name in after.node and after.node[name].kind == "exclusiveGateway":
                        fresh = replace(fresh, is_marker_visible=True)
                    shapes.append(fresh)
        drawn = after.evolve(shapes=tuple(shapes), edges=())
        return drawn.evolve(edges=carried(before, drawn))

    def _at(self, said: Shape, old: Shape, box: Bounds) -> Shape:
        """A shape at its new place, with its label moved along."""
        bounds = rounded(box)
        label = old.label
        if label is not None:
            label = rounded(replace(label, x=label.x + box.x - old.bounds.x, y=label.y + box.y - old.bounds.y))
        return replace(old, bounds=bounds, label=label, fill=said.fill, stroke=said.stroke)


def _frames(model: Model) -> list[str]:
    """The pools and lanes of a model."""
    return [*(pool.id for pool in model.pools), *(lane.id for lane in model.lanes)]


def _drawable(model: Model) -> set[str]:
    """What a model has that shapes are drawn for."""
    there = {node.id for node in model.nodes} | {lane.id for lane in model.lanes} | {pool.id for pool in model.pools}
    return there | {data.id for data in model.data} | {artifact.id for artifact in model.artifacts}


def _on_host(event: Bounds, old: Bounds, new: Bounds) -> Bounds:
    """A boundary event on its host where that has moved or grown: at the same distance from the nearer corner."""
    is_right = old.right - event.centre[0] < event.centre[0] - old.x
    return replace(event, x=event.x + (new.right - old.right if is_right else new.x - old.x))


def _meet(spot: Bounds, box: Bounds, apart: float) -> bool:
    return (
        spot.x < box.right + apart
        and box.x < spot.right + apart
        and spot.y < box.bottom + apart
        and box.y < spot.bottom + apart
    )
