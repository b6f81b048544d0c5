"""A diagram as one SVG picture: self-contained, without scripts, readable in grey and by a screen reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import hypot
from xml.sax.saxutils import escape, quoteattr
from zlib import crc32

from bpmn.figures import Figures, group, is_open_frame, number
from bpmn.layout import COMPACT, complete
from bpmn.look import FULL, INK, INK_3, INKS, PAPER, SANS, SMALL, Look, Mark
from bpmn.model import Bounds, Edge, Model, SequenceFlow, Shape

Point = tuple[float, float]

_WORDS = {
    "zh": "流程图：{steps} 个环节，{units} 个单位，{flows} 条流转",
    "en": "Process diagram: {steps} steps, {units} units, {flows} flows",
}


def draw(
    model: Model,
    *,
    marks: Mapping[str, Mark] | None = None,
    language: str = "zh",
    compact: bool = False,
    prefix: str = "",
    plane: str = "",
) -> str:
    """The diagram of a model as SVG; what has no coordinates is laid out first.

    `marks` says by id what a redesign does to an element; a flow at a removed step is removed with it unless marked
    itself. `compact` draws with hairlines and small type, for a model laid out with `layout.COMPACT`. `prefix` begins the
    ids of the picture, for pages with several pictures of one model. `plane` is the element whose diagram is drawn: the
    first one where it is empty.
    """
    model = complete(model, style=COMPACT) if compact else complete(model)
    drawing = _Drawing(model, dict(marks or {}), SMALL if compact else FULL, compact)
    return drawing.svg(language, prefix, plane or _first_plane(model))


def _first_plane(model: Model) -> str:
    """The first plane that is no sub-process's own."""
    planes = dict.fromkeys(shape.plane for shape in model.shapes)
    return next((plane for plane in planes if plane not in model.node), next(iter(planes), ""))


class _Drawing:
    """Draws one plane of a model."""

    def __init__(self, model: Model, marks: dict[str, Mark], look: Look, is_small: bool) -> None:
        self._model, self._marks, self._look, self._small = model, marks, look, is_small
        self._figures = Figures(model, look, marks, is_small=is_small)
        self._seen: list[Bounds] = []

    def svg(self, language: str, prefix: str, plane: str) -> str:
        """The picture of one plane."""
        model = self._model
        shapes = [shape for shape in model.shapes if shape.plane == plane]
        edges = [edge for edge in model.edges if edge.plane == plane and len(edge.waypoints) > 1]
        body = self._frames(shapes)
        body += [part for edge in edges for part in self._edge(edge)]
        body += self._nodes(shapes)
        body += self._labels(shapes, edges)
        box = self._view(shapes, edges)
        prefix = prefix or f"d{crc32(repr((model.id, plane, [shape.element for shape in shapes])).encode()):08x}-"
        words = _WORDS.get(language, _WORDS["en"]).format(
            steps=sum(node.is_step for node in model.nodes), units=len(model.units), flows=len(model.flows)
        )
        name = quoteattr(prefix)[1:-1]
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{number(box.x)} {number(box.y)} {number(box.width)} '
            f'{number(box.height)}" width="{number(box.width)}" height="{number(box.height)}" role="img" '
            f'aria-labelledby="{name}title {name}desc" font-family={quoteattr(SANS)}>'
            f'<title id="{name}title">{escape(_printable(model.title))}</title><desc id="{name}desc">{words}</desc>'
            + "".join(body)
            + "</svg>\n"
        )

    # what lies below the flows

    def _frames(self, shapes: list[Shape]) -> list[str]:
        """Pools, lanes, open sub-processes from the outermost inwards, and groups."""
        model = self._model
        pools = {pool.id: pool for pool in model.pools}
        texts = {artifact.id: artifact for artifact in model.artifacts}
        body = []
        for shape in shapes:
            if shape.element in pools:
                pool = pools[shape.element]
                body.append(self._small_pool(shape) if self._small else self._figures.pool(pool, shape))
        for shape in sorted(shapes, key=lambda shape: -shape.bounds.width * shape.bounds.height):
            if shape.element in model.lane:
                body.append(self._small_lane(shape) if self._small else self._figures.lane(model.lane[shape.element], shape))
        for shape in sorted(shapes, key=lambda shape: -shape.bounds.width * shape.bounds.height):
            node = model.node.get(shape.element)
            if node is not None and is_open_frame(node, shape):
                body.append(self._figures.activity(node, shape))
            elif shape.element in texts and texts[shape.element].kind == "group":
                body.append(self._figures.group_frame(shape, texts[shape.element].text))
        return body

    def _small_pool(self, shape: Shape) -> str:
        pool = next(pool for pool in self._model.pools if pool.id == shape.element)
        if any(lane.process == pool.process for lane in self._model.lanes) and pool.process:
            return ""
        applicant = pool.unit is not None and pool.unit.applicant
        head = self._figures.small_head(pool.name, shape.bounds, is_applicant=applicant, head=COMPACT.head)
        return group(pool.id, pool.name, head)

    def _small_lane(self, shape: Shape) -> str:
        lane = self._model.lane[shape.element]
        if any(other.parent == lane.id for other in self._model.lanes):
            return ""
        applicant = lane.unit is not None and lane.unit.applicant
        head = self._figures.small_head(lane.name, shape.bounds, is_applicant=applicant, head=COMPACT.head)
        return group(lane.id, lane.name, head)

    def _nodes(self, shapes: list[Shape]) -> list[str]:
        """Everything that stands on the frames; boundary events last, above their hosts."""
        model, figures = self._model, self._figures
        data = {item.id: item for item in model.data}
        notes = {artifact.id: artifact for artifact in model.artifacts if artifact.kind == "textAnnotation"}
        body: list[str] = []
        on_borders: list[str] = []
        for shape in shapes:
            node = model.node.get(shape.element)
            if node is None:
                if shape.element in data:
                    item = data[shape.element]
                    body.append(figures.data(item.kind, shape, item.name, collection=item.is_collection))
                elif shape.element in notes:
                    body.append(figures.note(shape, notes[shape.element].text))
            elif node.is_gateway:
                body.append(figures.gateway(node, shape))
            elif node.is_event:
                (on_borders if node.attached_to else body).append(figures.event(node, shape))
            elif not is_open_frame(node, shape):
                body.append(figures.activity(node, shape))
        return body + on_borders

    # flows

    def _edge(self, edge: Edge) -> Iterable[str]:
        model = self._model
        flow = model.flow.get(edge.element)
        if flow is not None:
            yield self._sequence_flow(flow, edge)
            return
        message = next((flow for flow in model.message_flows if flow.id == edge.element), None)
        if message is not None:
            yield self._message_flow(edge, message.name)
            return
        association = next((found for found in model.associations if found.id == edge.element), None)
        if association is not None:
            directed = association.kind != "association" or association.direction in ("One", "Both")
            colour = edge.stroke or (INK_3 if self._small else INK)
            line = self._line(edge.waypoints, colour, dash=f"{number(self._look.flow * 0.6)} {number(self._look.flow * 2.4)}")
            heads = self._open_head(edge.waypoints, colour) if directed else ""
            if association.direction == "Both":
                heads += self._open_head(edge.waypoints[::-1], colour)
            yield group(edge.element, "", line + heads)

    def _sequence_flow(self, flow: SequenceFlow, edge: Edge) -> str:
        look = self._look
        state = self._state(flow)
        colour = edge.stroke or (INKS[state].line if state else INK_3 if self._small else INK)
        dash = "4 2.5" if state == "removed" and not self._small else "2 1.4" if state == "removed" else ""
        wide = look.flow * (1.6 if state == "new" else 1.0)
        points = edge.waypoints
        content = self._line(points, colour, dash=dash, wide=wide, shorten=look.arrow * 0.6)
        content += self._head(points, colour)
        source = self._model.node.get(flow.source)
        if source is not None and source.default == flow.id:
            content += self._slash(points, colour)
        elif flow.condition and source is not None and source.is_activity:
            content += self._diamond(points, colour)
        return group(flow.id, flow.name, content)

    def _state(self, flow: SequenceFlow) -> str:
        """The state of a flow: its own mark's, or removed with one of its ends."""
        own = self._marks.get(flow.id)
        if own is not None:
            return own.state if own.state in INKS and own.state != "kept" else ""
        ends = [self._marks[end].state for end in (flow.source, flow.target) if end in self._marks]
        return "removed" if "removed" in ends else ""

    def _message_flow(self, edge: Edge, name: str) -> str:
        look, points = self._look, edge.waypoints
        colour = edge.stroke or (INK_3 if self._small else INK)
        dash = f"{number(look.flow * 4)} {number(look.flow * 3)}"
        content = self._line(points, colour, dash=dash, wide=look.flow * 0.8, shorten=look.arrow)
        (x, y), along = points[0], _direction(points[0], points[1])
        radius = look.arrow * 0.4
        content += (
            f'<circle cx="{number(x + along[0] * radius)}" cy="{number(y + along[1] * radius)}" r="{number(radius)}" '
            f'fill="{PAPER}" stroke={quoteattr(colour)} stroke-width="{number(look.flow * 0.7)}"/>'
        )
        return group(edge.element, name, content + self._head(points, colour, hollow=True))

    def _line(self, points: tuple[Point, ...], colour: str, *, dash: str = "", wide: float = 0.0, shorten: float = 0.0) -> str:
        """A line with round corners; its end is drawn back so that it does not show through the arrow's tip."""
        data = _rounded(_drawn_back(points, shorten), self._look.bend)
        extra = f' stroke-dasharray="{dash}"' if dash else ""
        return (
            f'<path d="{data}" fill="none" stroke={quoteattr(colour)} stroke-width="{number(wide or self._look.flow)}" '
            f'stroke-linejoin="round"{extra}/>'
        )

    def _head(self, points: tuple[Point, ...], colour: str, *, hollow: bool = False) -> str:
        """The arrow at the end of a flow."""
        (x, y), (dx, dy) = points[-1], _direction(points[-2], points[-1])
        length, half = self._look.arrow, self._look.arrow * 0.42
        back = (x - dx * length, y - dy * length)
        corners = [(x, y), (back[0] - dy * half, back[1] + dx * half), (back[0] + dy * half, back[1] - dx * half)]
        data = "M" + "L".join(f"{number(px)} {number(py)}" for px, py in corners) + "Z"
        fill = PAPER if hollow else colour
        return (
            f'<path d="{data}" fill={quoteattr(fill)} stroke={quoteattr(colour)} '
            f'stroke-width="{number(self._look.flow * 0.6)}" stroke-linejoin="round"/>'
        )

    def _open_head(self, points: tuple[Point, ...], colour: str) -> str:
        (x, y), (dx, dy) = points[-1], _direction(points[-2], points[-1])
        length, half = self._look.arrow * 0.9, self._look.arrow * 0.45
        left = (x - dx * length - dy * half, y - dy * length + dx * half)
        right = (x - dx * length + dy * half, y - dy * length - dx * half)
        data = f"M{number(left[0])} {number(left[1])}L{number(x)} {number(y)}L{number(right[0])} {number(right[1])}"
        return f'<path d="{data}" fill="none" stroke={quoteattr(colour)} stroke-width="{number(self._look.flow * 0.8)}"/>'

    def _slash(self, points: tuple[Point, ...], colour: str) -> str:
        (x, y), (dx, dy) = points[0], _direction(points[0], points[1])
        size = self._look.arrow * 0.6
        x, y = x + dx * size * 1.7, y + dy * size * 1.7
        across = (dx * 0.5 - dy * 0.87, dy * 0.5 + dx * 0.87)
        return (
            f'<path d="M{number(x - across[0] * size)} {number(y - across[1] * size)}L{number(x + across[0] * size)} '
            f'{number(y + across[1] * size)}" stroke={quoteattr(colour)} stroke-width="{number(self._look.flow)}"/>'
        )

    def _diamond(self, points: tuple[Point, ...], colour: str) -> str:
        (x, y), (dx, dy) = points[0], _direction(points[0], points[1])
        length, half = self._look.arrow * 1.6, self._look.arrow * 0.5
        corners = [
            (x, y),
            (x + dx * length / 2 - dy * half, y + dy * length / 2 + dx * half),
            (x + dx * length, y + dy * length),
            (x + dx * length / 2 + dy * half, y + dy * length / 2 - dx * half),
        ]
        data = "M" + "L".join(f"{number(px)} {number(py)}" for px, py in corners) + "Z"
        return f'<path d="{data}" fill="{PAPER}" stroke={quoteattr(colour)} stroke-width="{number(self._look.flow * 0.8)}"/>'

    # labels

    def _labels(self, shapes: list[Shape], edges: list[Edge]) -> list[str]:
        """Names beside events, gateways, data and flows; a small drawing has none."""
        if self._small:
            return []
        model = self._model
        data = {item.id: item.name for item in model.data}
        flows = {flow.id: flow.name for flow in model.flows}
        flows.update((flow.id, flow.name) for flow in model.message_flows)
        body = []
        for shape in shapes:
            node = model.node.get(shape.element)
            name = data.get(shape.element, "") if node is None else node.name if not node.is_activity else ""
            if name:
                box = shape.label or _below(shape.bounds)
                body.append(self._label(name, box, shape.stroke))
        for edge in edges:
            name = flows.get(edge.element, "")
            if name:
                body.append(self._label(name, edge.label or _at_middle(edge.waypoints), ""))
        return body

    def _label(self, name: str, box: Bounds, colour: str) -> str:
        wide = max(box.width, 90.0)
        self._seen.append(Bounds(x=box.centre[0] - min(wide, 11.0 * len(name)) / 2, y=box.y, width=min(wide, 11.0 * len(name)), height=max(box.height, 14)))
        return self._figures.label(name, box, fill=colour or INK)

    def _view(self, shapes: list[Shape], edges: list[Edge]) -> Bounds:
        """The rectangle around everything drawn."""
        boxes = [shape.bounds for shape in shapes] + self._seen
        xs = [x for edge in edges for x, _ in edge.waypoints] + [x for box in boxes for x in (box.x, box.right)]
        ys = [y for edge in edges for _, y in edge.waypoints] + [y for box in boxes for y in (box.y, box.bottom)]
        if not xs:
            return Bounds(x=0, y=0, width=100, height=40)
        margin = self._look.margin
        left, top = min(xs) - margin, min(ys) - margin
        return Bounds(x=left, y=top, width=max(xs) + margin - left, height=max(ys) + margin - top)


def _direction(start: Point, end: Point) -> Point:
    length = hypot(end[0] - start[0], end[1] - start[1]) or 1.0
    return (end[0] - start[0]) / length, (end[1] - start[1]) / length


def _drawn_back(points: tuple[Point, ...], by: float) -> tuple[Point, ...]:
    (x, y), (dx, dy) = points[-1], _direction(points[-2], points[-1])
    length = hypot(points[-1][0] - points[-2][0], points[-1][1] - points[-2][1])
    by = min(by, length * 0.9)
    return (*points[:-1], (x - dx * by, y - dy * by))


def _rounded(points: tuple[Point, ...], bend: float) -> str:
    """A path through the points with corners rounded off."""
    data = f"M{number(points[0][0])} {number(points[0][1])}"
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        room = min(hypot(corner[0] - before[0], corner[1] - before[1]), hypot(after[0] - corner[0], after[1] - corner[1])) / 2
        radius = min(bend, room)
        (ax, ay), (bx, by) = _direction(corner, before), _direction(corner, after)
        start = (corner[0] + ax * radius, corner[1] + ay * radius)
        end = (corner[0] + bx * radius, corner[1] + by * radius)
        data += (
            f"L{number(start[0])} {number(start[1])}Q{number(corner[0])} {number(corner[1])} {number(end[0])} {number(end[1])}"
        )
    return data + f"L{number(points[-1][0])} {number(points[-1][1])}"


def _below(box: Bounds) -> Bounds:
    return Bounds(x=box.centre[0] - 45, y=box.bottom + 4, width=90, height=14)


def _at_middle(points: tuple[Point, ...]) -> Bounds:
    """A place for a label without one: above the middle of the line."""
    lengths = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in zip(points, points[1:], strict=False)]
    left = sum(lengths) / 2
    for (a, b), length in zip(zip(points, points[1:], strict=False), lengths, strict=True):
        if left <= length and length:
            x, y = a[0] + (b[0] - a[0]) * left / length, a[1] + (b[1] - a[1]) * left / length
            return Bounds(x=x - 45, y=y - 16, width=90, height=14)
        left -= length
    return Bounds(x=points[0][0] - 45, y=points[0][1] - 16, width=90, height=14)


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


__all__ = ["Mark", "draw"]
