"""A diagram as one SVG picture: self-contained, without scripts, readable in grey and by a screen reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr
from zlib import crc32

from bpmn import arrows
from bpmn.figures import Figures, clean, group, is_open_frame, number, plain_colour
from bpmn.layout import COMPACT, complete
from bpmn.layout.geometry import halfway
from bpmn.legend import Note, legend
from bpmn.look import FULL, INK, INK_3, INKS, PAPER, RULE, SANS, SMALL, Look, Mark
from bpmn.model import Bounds, Edge, Model, SequenceFlow, Shape
from bpmn.symbols import message_sign
from bpmn.uninterpreted import uninterpreted

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
    notes: Sequence[Note] = (),
) -> str:
    """The diagram of a model as SVG; what has no coordinates is laid out first.

    `marks` says by id what a redesign does to an element, or what is wrong with it; a flow at a removed step is removed
    with it unless marked itself. `notes` stand below the diagram. `compact` draws with hairlines and small type, for a
    model laid out with `layout.COMPACT`. `prefix` begins the ids of the picture, for pages with several pictures of one
    model. `plane` is the element whose diagram is drawn: the first one where it is empty.
    """
    model = complete(model, style=COMPACT) if compact else complete(model)
    drawing = _Drawing(model, dict(marks or {}), SMALL if compact else FULL, compact)
    return drawing.svg(language, prefix, plane or _first_plane(model), notes)


def _first_plane(model: Model) -> str:
    """The first plane that is no sub-process's own."""
    planes = dict.fromkeys(shape.plane for shape in model.shapes)
    return next((plane for plane in planes if plane not in model.node), next(iter(planes), ""))


class _Drawing:
    """Draws one plane of a model."""

    def __init__(self, model: Model, marks: dict[str, Mark], look: Look, is_small: bool) -> None:
        self._model, self._marks, self._look, self._small = model, marks, look, is_small
        self._figures = Figures(model, look, marks, is_small=is_small)
        self._pools = {pool.id: pool for pool in model.pools}
        self._messages = {flow.id: flow for flow in model.message_flows}
        self._associations = {association.id: association for association in model.associations}
        #: The processes with lanes, and the lanes with lanes in them: their heads are those of the inner ones.
        self._with_lanes = {lane.process for lane in model.lanes} | {lane.parent for lane in model.lanes}
        #: What is drawn though the model does not hold it.
        self._others = uninterpreted(model)
        #: Where labels stand, for the size of the picture.
        self._seen: list[Bounds] = []

    def svg(self, language: str, prefix: str, plane: str, notes: Sequence[Note]) -> str:
        """The picture of one plane."""
        model = self._model
        shapes = [shape for shape in model.shapes if shape.plane == plane]
        edges = [edge for edge in model.edges if edge.plane == plane and len(edge.waypoints) > 1]
        body = self._frames(shapes)
        body += self._plain_shapes(shapes)
        body += [part for edge in edges for part in self._edge(edge)]
        body += self._nodes(shapes)
        body += self._labels(shapes, edges)
        box = self._view(shapes, edges)
        if notes:
            below, box = legend(notes, box, self._look)
            body.append(below)
        prefix = prefix or f"d{crc32(repr((model.id, plane, [shape.element for shape in shapes])).encode()):08x}-"
        words = _WORDS.get(language, _WORDS["en"]).format(
            steps=sum(node.is_step for node in model.nodes), units=len(model.units), flows=len(model.flows)
        )
        name = quoteattr(prefix)[1:-1]
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{number(box.x)} {number(box.y)} {number(box.width)} '
            f'{number(box.height)}" width="{number(box.width)}" height="{number(box.height)}" role="img" '
            f'aria-labelledby="{name}title {name}desc" font-family={quoteattr(SANS)}>'
            f'<title id="{name}title">{escape(clean(model.title))}</title><desc id="{name}desc">{words}</desc>'
            + "".join(body)
            + "</svg>\n"
        )

    # what lies below the flows

    def _frames(self, shapes: list[Shape]) -> list[str]:
        """Pools, lanes, open sub-processes from the outermost inwards, and groups."""
        model = self._model
        texts = {artifact.id: artifact for artifact in model.artifacts}
        pools = [shape for shape in shapes if shape.element in self._pools]
        draw_pool = self._small_pool if self._small else self._pool
        body = [draw_pool(shape) for shape in pools]
        draw_lane = self._small_lane if self._small else self._lane
        by_size = sorted(shapes, key=lambda shape: -shape.bounds.width * shape.bounds.height)
        body += [draw_lane(shape) for shape in by_size if shape.element in model.lane]
        for shape in by_size:
            node = model.node.get(shape.element)
            if node is not None and is_open_frame(node, shape):
                body.append(self._figures.activity(node, shape))
            elif shape.element in texts and texts[shape.element].kind == "group":
                body.append(self._figures.group_frame(shape, texts[shape.element].text))
        return body

    def _plain_shapes(self, shapes: list[Shape]) -> list[str]:
        """Choreographies, conversations and whatever else has a place, the larger ones first."""
        known = [shape for shape in shapes if shape.element in self._others]
        known.sort(key=lambda shape: -shape.bounds.width * shape.bounds.height)
        others = ((self._others[shape.element], shape) for shape in known)
        return [self._figures.plain(other.kind, other.name, shape) for other, shape in others]

    def _pool(self, shape: Shape) -> str:
        return self._figures.pool(self._pools[shape.element], shape)

    def _lane(self, shape: Shape) -> str:
        return self._figures.lane(self._model.lane[shape.element], shape)

    def _small_pool(self, shape: Shape) -> str:
        pool = self._pools[shape.element]
        if pool.process and pool.process in self._with_lanes:
            return ""
        applicant = pool.unit is not None and pool.unit.applicant
        head = self._figures.small_head(pool.name, shape.bounds, is_applicant=applicant, head=COMPACT.head)
        return group(pool.id, pool.name, head)

    def _small_lane(self, shape: Shape) -> str:
        lane = self._model.lane[shape.element]
        if lane.id in self._with_lanes:
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
        message = self._messages.get(edge.element)
        if message is not None:
            yield self._message_flow(edge, message.name)
            return
        association = self._associations.get(edge.element)
        if edge.element in self._others:
            yield self._plain_line(edge)
        elif association is not None:
            directed = association.kind != "association" or association.direction in ("One", "Both")
            look, points = self._look, edge.waypoints
            colour = self._colour(edge)
            dash = f"{number(look.flow * 0.6)} {number(look.flow * 2.4)}"
            content = arrows.line(points, colour, look, dash=dash)
            content += arrows.open_head(points, colour, look) if directed else ""
            content += arrows.open_head(points[::-1], colour, look) if association.direction == "Both" else ""
            yield group(edge.element, "", content)

    def _plain_line(self, edge: Edge) -> str:
        """A line the model does not hold; a sequence flow between such shapes has its arrow."""
        look, other, colour = self._look, self._others[edge.element], self._colour(edge)
        is_flow = other.kind.endswith("Flow")
        content = arrows.line(edge.waypoints, colour, look, back=look.arrow * 0.6 if is_flow else 0.0)
        content += arrows.head(edge.waypoints, colour, look) if is_flow else ""
        return group(other.id, other.name, content)

    def _colour(self, edge: Edge) -> str:
        """The colour of a line: the file's, else ink, softer in a small drawing."""
        return plain_colour(edge.stroke) or (INK_3 if self._small else INK)

    def _sequence_flow(self, flow: SequenceFlow, edge: Edge) -> str:
        look, points, state = self._look, edge.waypoints, self._state(flow)
        colour = INKS[state].line if state else self._colour(edge)
        dash = ("2 1.4" if self._small else "4 2.5") if state == "removed" else ""
        wide = 1.6 if state in ("new", "wrong", "passed") else 1.0
        content = arrows.line(points, colour, look, dash=dash, wide=wide, back=look.arrow * 0.6)
        content += arrows.head(points, colour, look)
        source = self._model.node.get(flow.source)
        if source is not None and source.default == flow.id:
            content += arrows.slash(points, colour, look)
        elif flow.condition and source is not None and source.is_activity:
            content += arrows.diamond(points, colour, look)
        return group(flow.id, flow.name, content)

    def _state(self, flow: SequenceFlow) -> str:
        """The state of a flow: its own mark's, or removed with one of its ends."""
        own = self._marks.get(flow.id)
        if own is not None:
            return own.state if own.state in INKS and own.state != "kept" else ""
        ends = [self._marks[end].state for end in (flow.source, flow.target) if end in self._marks]
        return "removed" if "removed" in ends else ""

    def _message_flow(self, edge: Edge, name: str) -> str:
        look, points, mark = self._look, edge.waypoints, self._marks.get(edge.element)
        colour = self._colour(edge) if mark is None else INKS[mark.state].line
        dash = f"{number(look.flow * 4)} {number(look.flow * 3)}"
        content = arrows.line(points, colour, look, dash=dash, wide=0.8, back=look.arrow)
        content += arrows.ring(points, colour, look) + arrows.head(points, colour, look, is_hollow=True)
        if edge.envelope and not self._small:
            ground = PAPER if edge.envelope == "initiating" else RULE
            x, y = halfway(points)
            content += f'<g transform="translate({number(x)} {number(y)})">{message_sign(colour, ground)}</g>'
        return group(edge.element, name, content)

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
                body.append(self._label(name, edge.label or arrows.middle(edge.waypoints), ""))
        return body

    def _label(self, name: str, box: Bounds, colour: str) -> str:
        text, place = self._figures.label(name, box, fill=plain_colour(colour) or INK)
        self._seen.append(place)
        return text

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


def _below(box: Bounds) -> Bounds:
    return Bounds(x=box.centre[0] - 45, y=box.bottom + 4, width=90, height=14)


__all__ = ["Mark", "Note", "draw"]
