"""The diagram of a file: where every element stands, how every arrow runs, in which colours."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from bpmn.maker import maker
from bpmn.model import Bounds, Edge, Shape
from bpmn.xml import BPMNDI, DC, DI

_BIOC = "http://bpmn.io/schema/bpmn/biocolor/1.0"
_COLOUR = "http://www.omg.org/spec/BPMN/non-normative/color/1.0"
#: The attributes a colour may stand in, the standard's extension first.
FILL = (f"{{{_COLOUR}}}background-color", f"{{{_BIOC}}}fill")
STROKE = (f"{{{_COLOUR}}}border-color", f"{{{_BIOC}}}stroke")
_SHAPE, _EDGE = f"{{{BPMNDI}}}BPMNShape", f"{{{BPMNDI}}}BPMNEdge"
_BOUNDS, _WAYPOINT, _LABEL = f"{{{DC}}}Bounds", f"{{{DI}}}waypoint", f"{{{BPMNDI}}}BPMNLabel"
_PLACE, _POINT = ("x", "y", "width", "height"), ("x", "y")
#: The attributes of a shape that says no more than its id and its element.
_PLAIN = 2
#: No coordinate of a drawing is larger.
MAX_COORDINATE = 1_000_000.0

_shape, _edge, _rectangle = maker(Shape), maker(Edge), maker(Bounds)

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
        drawn = self._element(plane, plane.get("bpmnElement"))
        for child in plane:
            kind = child.tag
            if kind == _SHAPE:
                self._read_shape(child, drawn)
            elif kind == _EDGE:
                self._read_edge(child, drawn)

    def _element(self, drawing: Any, named: str | None) -> str:
        """The element a plane, shape or edge draws."""
        reference = named.strip() if named else ""
        if not reference:
            return ""
        element = self._resolve(reference, drawing)
        if not element:
            self._report("missing-reference", "drawn-element", drawing, "bpmnElement", reference)
        return element

    def _read_shape(self, element: Any, plane: str) -> None:
        said = dict(element.items())
        drawn = self._element(element, said.get("bpmnElement"))
        bounds, label = self._shape_parts(element)
        if not drawn or bounds is None:
            return
        shape = _shape(
            element=drawn,
            bounds=bounds,
            label=label,
            plane=plane,
            id=said.get("id", ""),
            **(_look(said) if len(said) > _PLAIN else {}),
        )
        self.shapes.append((shape, element))

    def _shape_parts(self, element: Any) -> tuple[Bounds | None, Bounds | None]:
        """Where a shape stands, and where its label does; of several the first counts."""
        bounds = label = None
        for child in element:
            kind = child.tag
            if kind == _BOUNDS and bounds is None:
                bounds = self._bounds(child)
            elif kind == _LABEL and label is None:
                label = self._label(child)
        return bounds, label

    def _read_edge(self, element: Any, plane: str) -> None:
        said = dict(element.items())
        drawn = self._element(element, said.get("bpmnElement"))
        points, label = [], None
        for child in element:
            kind = child.tag
            if kind == _WAYPOINT:
                points.append(self._numbers(child, _POINT))
            elif kind == _LABEL and label is None:
                label = self._label(child)
        waypoints = tuple((point[0], point[1]) for point in points if point is not None)
        if not drawn or len(waypoints) < 2 or len(waypoints) != len(points):
            return
        edge = _edge(
            element=drawn,
            waypoints=waypoints,
            label=label,
            plane=plane,
            stroke=_first(said, STROKE),
            envelope=said.get("messageVisibleKind", ""),
            id=said.get("id", ""),
        )
        self.edges.append((edge, element))

    def _label(self, label: Any) -> Bounds | None:
        for child in label:
            if child.tag == _BOUNDS:
                return self._bounds(child)
        return None

    def _bounds(self, element: Any) -> Bounds | None:
        numbers = self._numbers(element, _PLACE)
        if numbers is None:
            return None
        x, y, width, height = numbers
        return _rectangle(x=x, y=y, width=max(width, 0.0), height=max(height, 0.0))

    def _numbers(self, element: Any, names: tuple[str, ...]) -> list[float] | None:
        """The coordinates in these attributes; none where one of them is no number of a drawing."""
        texts = [element.get(name, "") for name in names]
        whole = "".join(texts)
        if whole.isascii() and "_" not in whole:
            try:
                numbers = [float(text) for text in texts]
            except ValueError:
                numbers = [math.nan]
            if sum(map(abs, numbers)) <= MAX_COORDINATE:  # then so is each of them
                return numbers
        return self._doubtful(element, names, texts)

    def _doubtful(self, element: Any, names: tuple[str, ...], texts: list[str]) -> list[float] | None:
        """The same, one after the other, where not all of them are plainly right."""
        numbers = list(map(_coordinate, texts))
        for name, text, number in zip(names, texts, numbers, strict=True):
            if not -MAX_COORDINATE <= number <= MAX_COORDINATE:
                self._report("bpmn-rule", "coordinate", element, name, text)
                return None
        return numbers


def _look(said: Mapping[str, str]) -> dict[str, Any]:
    """How a shape is drawn, where it says more than its id and its element."""
    return {
        "is_horizontal": _flag(said.get("isHorizontal")),
        "is_expanded": _flag(said.get("isExpanded")),
        "is_marker_visible": _flag(said.get("isMarkerVisible")),
        "fill": _first(said, FILL),
        "stroke": _first(said, STROKE),
    }


def _coordinate(text: str) -> float:
    """The number a text is; none at all where it is written otherwise than numbers are in XML."""
    try:
        return float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        return math.nan


def _flag(text: str | None) -> bool | None:
    return None if text is None else text.strip() in ("true", "1")


def _first(said: Mapping[str, str], names: tuple[str, str]) -> str:
    return said.get(names[0]) or said.get(names[1], "")
