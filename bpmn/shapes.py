"""Where the elements of a model stand in its diagrams."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """A rectangle of the diagram, in its units."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height

    @property
    def centre(self) -> tuple[float, float]:
        """Its middle."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """Where an element stands in a diagram."""

    element: str
    bounds: Bounds
    label: Bounds | None = None
    #: Of a pool or lane; None where the file does not say.
    is_horizontal: bool | None = None
    #: Of a sub-process; None where the file does not say.
    is_expanded: bool | None = None
    #: Of an exclusive gateway.
    is_marker_visible: bool | None = None
    #: The element whose plane it stands on.
    plane: str = ""
    #: Colours of the BPMN in Color or bioc extension, as the file writes them.
    fill: str = ""
    stroke: str = ""
    #: Of the shape or edge itself, not of the element it draws; empty where it has none.
    id: str = field(default="", compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Edge:
    """How a flow or an association runs through a diagram."""

    element: str
    waypoints: tuple[tuple[float, float], ...]
    label: Bounds | None = None
    plane: str = ""
    stroke: str = ""
    #: Of a message flow that shows its message: "initiating" or "non_initiating".
    envelope: str = field(default="", compare=False)
    #: Of the shape or edge itself, not of the element it draws; empty where it has none.
    id: str = field(default="", compare=False)
