"""The diagram of a file: where every element stands, how every arrow runs, in which colours."""

import re
from collections.abc import Callable
from typing import Any

from bpmn.model import Bounds, Edge, Shape
from bpmn.xml import BPMNDI, DC, DI

_BIOC = "http://bpmn.io/schema/bpmn/biocolor/1.0"
_COLOUR = "http://www.omg.org/spec/BPMN/non-normative/color/1.0"
#: The attributes a colour may stand in, the standard's extension first.
FILL = (f"{{{_COLOUR}}}background-color", f"{{{_BIOC}}}fill")
STROKE = (f"{{{_COLOUR}}}border-color", f"{{{_BIOC}}}stroke")
#: No coordinate of a drawing is larger.
MAX_COORDINATE = 1_000_000.0
_COORDINATE = re.compile(r"\s*[+-]?(?:[0-9]{1,20}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,2})?\s*")

#: Tells of a fault: its problem, its rule, the element that has it, its attribute and value.
Report = Callable[[str, str, Any, str, str], None]
#: The id a reference names, empty where there is no such element.
Resolve = Callable[[str, Any], str]


class DiagramReader:
    """Reads all diagrams of a file and remembers which XML element each shape and edge came from."""

    def __init__(self, resolve: Resolve, report: Report) -> None:
        self._resolve = resolve
        self._report = report
        self.shapes: list[tuple[Shape, Any]] = []
        self.edges: list[tuple[Edge, Any]] = []

    def read(self, root: Any) -> None:
        """Go through every plane of every diagram."""
        for diagram in root.iterchildren(f"{{{BPMNDI}}}BPMNDiagram"):
            for plane in diagram.iterchildren(f"{{{BPMNDI}}}BPMNPlane"):
                self._read_plane(plane)

    def _read_plane(self, plane: Any) -> None:
        drawn = self._element(plane)
        for child in plane:
            if child.tag == f"{{{BPMNDI}}}BPMNShape":
                self._read_shape(child, drawn)
            elif child.tag == f"{{{BPMNDI}}}BPMNEdge":
                self._read_edge(child, drawn)

    def _element(self, drawing: Any) -> str:
        """The element a plane, shape or edge draws."""
        reference = (drawing.get("bpmnElement") or "").strip()
        if not reference:
            return ""
        element = self._resolve(reference, drawing)
        if not element:
            self._report("missing-reference", "drawn-element", drawing, "bpmnElement", reference)
        return element

    def _read_shape(self, element: Any, plane: str) -> None:
        drawn = self._element(element)
        bounds = self._bounds(element.find(f"{{{DC}}}Bounds"))
        if not drawn or bounds is None:
            return
        shape = Shape(
            element=drawn,
            bounds=bounds,
            label=self._label(element),
            is_horizontal=_flag(element.get("isHorizontal")),
            is_expanded=_flag(element.get("isExpanded")),
            is_marker_visible=_flag(element.get("isMarkerVisible")),
            plane=plane,
            fill=_first(element, FILL),
            stroke=_first(element, STROKE),
            id=element.get("id") or "",
        )
        self.shapes.append((shape, element))

    def _read_edge(self, element: Any, plane: str) -> None:
        drawn = self._element(element)
        points = [self._numbers(point, ("x", "y")) for point in element.iterchildren(f"{{{DI}}}waypoint")]
        waypoints = tuple((point[0], point[1]) for point in points if point is not None)
        if not drawn or len(waypoints) < 2 or len(waypoints) != len(points):
            return
        edge = Edge(
            element=drawn,
            waypoints=waypoints,
            label=self._label(element),
            plane=plane,
            stroke=_first(element, STROKE),
            envelope=element.get("messageVisibleKind") or "",
            id=element.get("id") or "",
        )
        self.edges.append((edge, element))

    def _label(self, element: Any) -> Bounds | None:
        label = element.find(f"{{{BPMNDI}}}BPMNLabel")
        return self._bounds(label.find(f"{{{DC}}}Bounds")) if label is not None else None

    def _bounds(self, element: Any) -> Bounds | None:
        if element is None:
            return None
        numbers = self._numbers(element, ("x", "y", "width", "height"))
        if numbers is None:
            return None
        x, y, width, height = numbers
        return Bounds(x=x, y=y, width=max(width, 0.0), height=max(height, 0.0))

    def _numbers(self, element: Any, names: tuple[str, ...]) -> list[float] | None:
        """The coordinates in these attributes; none where one of them is no number of a drawing."""
        numbers = []
        for name in names:
            text = element.get(name) or ""
            if not _COORDINATE.fullmatch(text) or abs(float(text)) > MAX_COORDINATE:
                self._report("bpmn-rule", "coordinate", element, name, text)
                return None
            numbers.append(float(text))
        return numbers


def _flag(text: str | None) -> bool | None:
    return None if text is None else text.strip() in ("true", "1")


def _first(element: Any, names: tuple[str, ...]) -> str:
    return next((value for name in names if (value := element.get(name))), "")
