"""Every line of a diagram as SVG: flows with round corners, their arrows, and the signs at their beginnings."""

from math import hypot

from bpmn.figures import number, path, pen
from bpmn.layout.geometry import Point, halfway
from bpmn.look import PAPER, Look
from bpmn.model import Bounds

Points = tuple[Point, ...]


def line(points: Points, colour: str, look: Look, *, dash: str = "", wide: float = 1.0, back: float = 0.0) -> str:
    """A line with round corners, so many times as wide as a flow; its end drawn back under the arrow's tip."""
    data = _rounded(_drawn_back(points, back), look.bend)
    extra = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{data}" {pen(colour, look.flow * wide)} stroke-linejoin="round"{extra}/>'


def head(points: Points, colour: str, look: Look, *, is_hollow: bool = False) -> str:
    """The closed arrow at the end of a flow."""
    x, y = points[-1]
    dx, dy = _direction(points[-2], points[-1])
    length, half = look.arrow, look.arrow * 0.42
    back_x, back_y = x - dx * length, y - dy * length
    data = path(
        "M", x, y, "L", back_x - dy * half, back_y + dx * half, "L", back_x + dy * half, back_y - dx * half, "Z"
    )
    return f'<path d="{data}" {pen(colour, look.flow * 0.6, PAPER if is_hollow else colour)} stroke-linejoin="round"/>'


def open_head(points: Points, colour: str, look: Look) -> str:
    """The open arrow of an association with a direction."""
    x, y = points[-1]
    dx, dy = _direction(points[-2], points[-1])
    length, half = look.arrow * 0.9, look.arrow * 0.45
    back_x, back_y = x - dx * length, y - dy * length
    data = path("M", back_x - dy * half, back_y + dx * half, "L", x, y, "L", back_x + dy * half, back_y - dx * half)
    return f'<path d="{data}" {pen(colour, look.flow * 0.8)}/>'


def ring(points: Points, colour: str, look: Look) -> str:
    """The circle at the beginning of a message flow."""
    x, y = points[0]
    dx, dy = _direction(points[0], points[1])
    radius = look.arrow * 0.4
    at = f'cx="{number(x + dx * radius)}" cy="{number(y + dy * radius)}" r="{number(radius)}"'
    return f"<circle {at} {pen(colour, look.flow * 0.7, PAPER)}/>"


def slash(points: Points, colour: str, look: Look) -> str:
    """The stroke across the beginning of a default flow."""
    dx, dy = _direction(points[0], points[1])
    size = look.arrow * 0.6
    x, y = points[0][0] + dx * size * 1.7, points[0][1] + dy * size * 1.7
    across_x, across_y = (dx * 0.5 - dy * 0.87) * size, (dy * 0.5 + dx * 0.87) * size
    data = path("M", x - across_x, y - across_y, "L", x + across_x, y + across_y)
    return f'<path d="{data}" {pen(colour, look.flow)}/>'


def diamond(points: Points, colour: str, look: Look) -> str:
    """The small diamond at the beginning of a conditional flow that leaves no gateway."""
    x, y = points[0]
    dx, dy = _direction(points[0], points[1])
    length, half = look.arrow * 1.6, look.arrow * 0.5
    middle_x, middle_y = x + dx * length / 2, y + dy * length / 2
    left = (middle_x - dy * half, middle_y + dx * half)
    right = (middle_x + dy * half, middle_y - dx * half)
    data = path("M", x, y, "L", *left, "L", x + dx * length, y + dy * length, "L", *right, "Z")
    return f'<path d="{data}" {pen(colour, look.flow * 0.8, PAPER)}/>'


def middle(points: Points) -> Bounds:
    """A place for the name of a line that has none: above its middle."""
    x, y = halfway(points)
    return Bounds(x=x - 45, y=y - 16, width=90, height=14)


def _direction(start: Point, end: Point) -> Point:
    length = hypot(end[0] - start[0], end[1] - start[1]) or 1.0
    return (end[0] - start[0]) / length, (end[1] - start[1]) / length


def _drawn_back(points: Points, by: float) -> Points:
    (x, y), (dx, dy) = points[-1], _direction(points[-2], points[-1])
    by = min(by, 0.9 * hypot(x - points[-2][0], y - points[-2][1]))
    return (*points[:-1], (x - dx * by, y - dy * by))


def _rounded(points: Points, bend: float) -> str:
    """A path through the points with corners rounded off."""
    data = path("M", *points[0])
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        lengths = (hypot(corner[0] - x, corner[1] - y) for x, y in (before, after))
        radius = min(bend, min(lengths) / 2)
        (ax, ay), (bx, by) = _direction(corner, before), _direction(corner, after)
        start = (corner[0] + ax * radius, corner[1] + ay * radius)
        end = (corner[0] + bx * radius, corner[1] + by * radius)
        data += path("L", *start, "Q", *corner, *end)
    return data + path("L", *points[-1])
