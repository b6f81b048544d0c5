"""Writing the diagram: shapes and edges that are new, moved, coloured or gone.

What is new stands behind everything else on its plane, and is made as text at once; its place in the tree is held by an
instruction until the tree is written out.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from lxml import etree

from bpmn.diagram import FILL, STROKE
from bpmn.draft import Draft
from bpmn.model import Bounds, Edge, Shape
from bpmn.write_drawn import DrawnText
from bpmn.write_gov import format_number
from bpmn.xml import BPMNDI, DC, DI

_COLOUR = FILL[0][1:].partition("}")[0]
Drawn = Shape | Edge


def write_diagram(draft: Draft) -> Mapping[str, str]:
    """Bring the shapes and edges of the new model into the tree; what is to replace each instruction left in it."""
    kept = _elements_of(draft)
    shapes = [shape for shape in draft.new.shapes if shape.element in kept]
    edges = [edge for edge in draft.new.edges if edge.element in kept]
    planes = _Planes(draft, {shape.plane for shape in shapes} | {edge.plane for edge in edges})
    _write_all(draft, planes, draft.reading.diagram.shapes, shapes)
    _write_all(draft, planes, draft.reading.diagram.edges, edges)
    return planes.written()


def _write_all(draft: Draft, planes: "_Planes", old: Sequence[tuple[Drawn, Any]], new: Sequence[Drawn]) -> None:
    known = dict(zip(_keys(drawn for drawn, _ in old), old, strict=True))
    for key, drawn in zip(_keys(new), new, strict=True):
        before, element = known.pop(key, (None, None))
        if before is None:
            planes.add(drawn)
        elif before != drawn:
            _write(draft, element, before, drawn)
    for _, element in known.values():
        draft.edit.remove(element)


def _elements_of(draft: Draft) -> set[str]:
    """Everything a shape may draw: all that is in the model, and what the reader left uninterpreted in the file."""
    gone = draft.reading.walk.elements.keys() - draft.elements.keys()
    drawn = {shape.element for shape in draft.new.shapes} | {edge.element for edge in draft.new.edges}
    return drawn - gone


def _keys(drawn: Iterable[Drawn]) -> list[tuple[str, str, int]]:
    """What a shape or edge is known by: its element, its plane, and how many of it stand there before."""
    seen: Counter[tuple[str, str]] = Counter()
    keys = []
    for one in drawn:
        keys.append((one.element, one.plane, seen[one.element, one.plane]))
        seen[one.element, one.plane] += 1
    return keys


class _Planes:
    """The planes of the file by the element each draws, with new ones where they are needed."""

    def __init__(self, draft: Draft, wanted: set[str]) -> None:
        self._draft = draft
        self._wanted = wanted
        self._planes: dict[str, Any] = {}
        #: What is new, and the words for it, on each plane.
        self._new: dict[str, list[str]] = {}
        self._texts: dict[str, DrawnText] = {}
        for plane in draft.reading.root.iterfind(f"{{{BPMNDI}}}BPMNDiagram/{{{BPMNDI}}}BPMNPlane"):
            self._planes.setdefault(self._drawn_on(plane), plane)

    def _drawn_on(self, plane: Any) -> str:
        reference = (plane.get("bpmnElement") or "").strip()
        return self._draft.reading.walk.resolve(reference, plane) if reference else ""

    def add(self, drawn: Drawn) -> None:
        """Word a new shape or edge for the plane it belongs on."""
        if drawn.plane not in self._texts:
            self._texts[drawn.plane] = DrawnText(*self._draft.edit.surroundings(self._of(drawn)))
        id_ = self._draft.reading.walk.fresh_id(drawn.id or f"{drawn.element}_di")
        self._new.setdefault(drawn.plane, []).append(self._texts[drawn.plane].of(drawn, id_))

    def written(self) -> dict[str, str]:
        """Put an instruction on every plane that gets something new; what is to stand in its place."""
        #: A word that no file can hold of itself.
        word = f"drawn-{sha256(self._draft.old.source).hexdigest()}"
        parts = {}
        for number, (name, texts) in enumerate(self._new.items()):
            plane = self._planes[name]
            _, line, _ = self._draft.edit.surroundings(plane)
            self._draft.edit.place_last(plane, etree.ProcessingInstruction(word, str(number)))
            parts[f"<?{word} {number}?>"] = line.join(texts)
        return parts

    def _of(self, drawn: Drawn) -> Any:
        """The plane a shape or edge belongs on."""
        if drawn.plane not in self._planes:
            self._planes[drawn.plane] = self._unused() if self._planes else None
            if self._planes[drawn.plane] is None:
                self._planes[drawn.plane] = self._new_plane()
            name = drawn.plane or self._whole()
            self._planes[drawn.plane].set("bpmnElement", name)
        return self._planes[drawn.plane]

    def _unused(self) -> Any:
        """A plane nothing is to be drawn on any more."""
        unused = next((name for name in self._planes if name not in self._wanted), None)
        return self._planes.pop(unused) if unused is not None else None

    def _new_plane(self) -> Any:
        edit, root, fresh_id = self._draft.edit, self._draft.reading.root, self._draft.reading.walk.fresh_id
        diagram = root.makeelement(f"{{{BPMNDI}}}BPMNDiagram", nsmap=_missing_prefixes(root))
        edit.insert(root, diagram)
        diagram.set("id", fresh_id("diagram"))
        plane = edit.add_foreign(diagram, f"{{{BPMNDI}}}BPMNPlane")
        plane.set("id", fresh_id("plane"))
        return plane

    def _whole(self) -> str:
        """What a plane draws that shows everything."""
        new = self._draft.new
        return new.collaboration or next((process.id for process in new.processes), "")


def _missing_prefixes(root: Any) -> dict[str, str]:
    """Readable prefixes for the namespaces of the diagram that the file does not declare."""
    wanted = {"bpmndi": BPMNDI, "dc": DC, "di": DI}
    known = set(root.nsmap.values())
    return {prefix: name for prefix, name in wanted.items() if name not in known and prefix not in root.nsmap}


def _write(draft: Draft, element: Any, before: Drawn, drawn: Drawn) -> None:
    if isinstance(drawn, Shape) and isinstance(before, Shape):
        _write_shape(draft, element, before, drawn)
    elif isinstance(drawn, Edge) and isinstance(before, Edge) and before.waypoints != drawn.waypoints:
        _write_waypoints(draft, element, drawn)
    if before.label != drawn.label:
        _write_label(draft, element, drawn.label)
    if before.stroke != drawn.stroke:
        _write_colour(element, STROKE, drawn.stroke)


def _write_shape(draft: Draft, element: Any, before: Shape, shape: Shape) -> None:
    if before.bounds != shape.bounds:
        _write_bounds(draft, element, shape.bounds)
    for name, field in (
        ("isHorizontal", "is_horizontal"),
        ("isExpanded", "is_expanded"),
        ("isMarkerVisible", "is_marker_visible"),
    ):
        value = getattr(shape, field)
        if value == getattr(before, field):
            continue
        if value is None:
            element.attrib.pop(name, None)
        else:
            element.set(name, "true" if value else "false")
    if before.fill != shape.fill:
        _write_colour(element, FILL, shape.fill)


def _write_waypoints(draft: Draft, element: Any, edge: Edge) -> None:
    old = list(element.iterchildren(f"{{{DI}}}waypoint"))
    for point, (x, y) in zip(old, edge.waypoints, strict=False):
        point.set("x", format_number(x))
        point.set("y", format_number(y))
    for point in old[len(edge.waypoints) :]:
        draft.edit.remove(point)
    last = old[-1] if old else None
    for x, y in edge.waypoints[len(old) :]:
        point = element.makeelement(f"{{{DI}}}waypoint", x=format_number(x), y=format_number(y))
        if last is None:
            draft.edit.insert_first(element, point)
        else:
            draft.edit.insert_behind(last, point)
        last = point


def _write_bounds(draft: Draft, element: Any, bounds: Bounds) -> None:
    found = element.find(f"{{{DC}}}Bounds")
    if found is None:
        found = element.makeelement(f"{{{DC}}}Bounds")
        draft.edit.insert_first(element, found)
    for name in ("x", "y", "width", "height"):
        found.set(name, format_number(getattr(bounds, name)))


def _write_label(draft: Draft, element: Any, label: Bounds | None) -> None:
    found = element.find(f"{{{BPMNDI}}}BPMNLabel")
    if label is None:
        bounds = found.find(f"{{{DC}}}Bounds") if found is not None else None
        if bounds is not None:
            draft.edit.remove(bounds)
        if found is not None and len(found) == 0 and not found.attrib:
            draft.edit.remove(found)
        return
    if found is None:
        found = draft.edit.add_foreign(element, f"{{{BPMNDI}}}BPMNLabel")
    _write_bounds(draft, found, label)


def _write_colour(element: Any, names: Sequence[str], colour: str) -> None:
    """Say a colour in every attribute that said one, or in that of the standard."""
    said = [name for name in names if name in element.attrib] or [names[0]]
    for name in said:
        if colour:
            element.set(name, colour)
        else:
            element.attrib.pop(name, None)
