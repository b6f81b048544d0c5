"""The XML of new shapes and edges as text: the diagram of a large file has many times the elements of its flow."""

import re
from collections.abc import Mapping
from itertools import count

from bpmn.diagram import FILL, STROKE
from bpmn.model import Bounds, Edge, Shape
from bpmn.write_gov import format_number
from bpmn.xml import BPMNDI, DC, DI

_COLOUR, _BACKGROUND = FILL[0][1:].split("}")
_BORDER = STROKE[0].rpartition("}")[2]
#: What no XML file may hold, and what an attribute holds in another form.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPED = re.compile('[&<>"\t\n\r]')
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}


class DrawnText:
    """Words shapes and edges with the prefixes that are known on a plane."""

    def __init__(self, namespaces: Mapping[str | None, str], line: str, indent: str) -> None:
        #: What a shape begins a line with, and what every depth in it adds.
        self._lines = [line + indent * depth for depth in range(3)]
        known = dict(namespaces)
        shape, bounds, waypoint = (_prefixed(known, namespace) for namespace in (BPMNDI, DC, DI))
        self._shape, self._edge, self._label = f"{shape}BPMNShape", f"{shape}BPMNEdge", f"{shape}BPMNLabel"
        self._bounds, self._waypoint = f"{bounds}Bounds", f"{waypoint}waypoint"
        self._declared = _declared(namespaces, known)
        coloured = dict(known)
        self._colour = _prefixed(coloured, _COLOUR, needs_prefix=True)
        #: Said only where there is a colour.
        self._colour_declared = _declared(known, coloured)

    def of(self, drawn: Shape | Edge, id_: str) -> str:
        """The element of a shape or edge."""
        kind = self._shape if isinstance(drawn, Shape) else self._edge
        said = [f'<{kind} id="{_escaped(id_)}" bpmnElement="{_escaped(drawn.element)}"{self._declared}']
        said += self._attributes(drawn)
        inside = self._inside(drawn)
        if not inside:
            return "".join((*said, "/>"))
        return "".join((*said, ">", *inside, self._lines[0], f"</{kind}>"))

    def _attributes(self, drawn: Shape | Edge) -> list[str]:
        said = []
        fill = ""
        if isinstance(drawn, Shape):
            fill = drawn.fill
            for name, value in (
                ("isHorizontal", drawn.is_horizontal),
                ("isExpanded", drawn.is_expanded),
                ("isMarkerVisible", drawn.is_marker_visible),
            ):
                if value is not None:
                    said.append(f' {name}="{"true" if value else "false"}"')
        colours = [(name, colour) for name, colour in ((_BACKGROUND, fill), (_BORDER, drawn.stroke)) if colour]
        if colours:
            said.append(self._colour_declared)
        said += (f' {self._colour}{name}="{_escaped(colour)}"' for name, colour in colours)
        return said

    def _inside(self, drawn: Shape | Edge) -> list[str]:
        line = self._lines[1]
        if isinstance(drawn, Shape):
            said = [line, self._box(drawn.bounds)]
        else:
            said = [
                f'{line}<{self._waypoint} x="{format_number(x)}" y="{format_number(y)}"/>' for x, y in drawn.waypoints
            ]
        if drawn.label is not None:
            box = self._lines[2] + self._box(drawn.label)
            said.append(f"{line}<{self._label}>{box}{line}</{self._label}>")
        return said

    def _box(self, box: Bounds) -> str:
        x, y, width, height = map(format_number, (box.x, box.y, box.width, box.height))
        return f'<{self._bounds} x="{x}" y="{y}" width="{width}" height="{height}"/>'


def _prefixed(known: dict[str | None, str], namespace: str, *, needs_prefix: bool = False) -> str:
    """What the name of an element or attribute of a namespace begins with; one coloured a prefix gets a new one."""
    for prefix, name in known.items():
        if name == namespace and (prefix or not needs_prefix):
            return f"{prefix}:" if prefix else ""
    fresh = next(prefix for prefix in map("ns{}".format, count()) if prefix not in known)
    known[fresh] = namespace
    return f"{fresh}:"


def _declared(before: Mapping[str | None, str], known: Mapping[str | None, str]) -> str:
    return "".join(f' xmlns:{prefix}="{name}"' for prefix, name in known.items() if prefix not in before)


def _escaped(value: str) -> str:
    if _ILLEGAL.search(value):
        raise ValueError(value)
    return _ESCAPED.sub(lambda match: _ESCAPES[match[0]], value)
