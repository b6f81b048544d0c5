"""The signs of BPMN as SVG: markers of activities, icons of events, marks of gateways, data.

Each function gives the content of a group whose middle (or upper left corner, where said) is at 0, 0; the drawing moves
and scales it. Strokes take the colour handed in, catching icons are hollow, throwing ones filled.
"""

from math import cos, pi, sin

_PI2 = 2 * pi


def _path(data: str, *, stroke: str, fill: str = "none", width: float = 1.2) -> str:
    return (
        f'<path d="{data}" fill="{fill}" stroke="{stroke}" stroke-width="{width:g}" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    )


def _polygon(points: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points) + "Z"


def _star(count: int, radius: float, start: float = -pi / 2) -> list[tuple[float, float]]:
    return [
        (radius * cos(start + _PI2 * place / count), radius * sin(start + _PI2 * place / count))
        for place in range(count)
    ]


def _gear(stroke: str, fill: str) -> str:
    points = []
    for place in range(16):
        radius = 7.2 if place % 4 in (0, 1) else 5.4
        angle = _PI2 * (place - 0.5) / 16
        points.append((radius * cos(angle), radius * sin(angle)))
    return _path(_polygon(points), stroke=stroke, fill=fill, width=1.1) + (
        f'<circle r="2.4" fill="{fill}" stroke="{stroke}" stroke-width="1.1"/>'
    )


def _envelope(stroke: str, fill: str, *, filled: bool, wide: float = 8.0, high: float = 5.5) -> str:
    body = stroke if filled else fill
    flap = fill if filled else stroke
    box = _path(f"M{-wide} {-high}h{2 * wide}v{2 * high}h{-2 * wide}z", stroke=stroke, fill=body)
    return box + _path(f"M{-wide} {-high}L0 {high * 0.25:g}L{wide} {-high}", stroke=flap)


def task_marker(kind: str, stroke: str, fill: str) -> str:
    """The sign in the upper left corner of a task, about 16 wide, by its BPMN name; empty where it has none."""
    if kind == "userTask":
        return _path("M-7 7.5v-3.2c0-2.6 2-4 4.3-4.6h5.4c2.3.6 4.3 2 4.3 4.6v3.2z", stroke=stroke, fill=fill) + (
            f'<circle cy="-3.6" r="3.9" fill="{fill}" stroke="{stroke}" stroke-width="1.2"/>'
            + _path("M-3.6-5c2 1.2 4.4 1.2 7.2-.4", stroke=stroke, width=1)
            + _path("M-3.9 7.2v-3M3.9 7.2v-3", stroke=stroke, width=1)
        )
    if kind == "manualTask":
        hand = (
            "M-7.5-1c1.2-2.2 3.4-4.2 5.6-4.6 1.5-.2 1.8 1 .8 2l-1 .9h8.6c1.5 0 1.5 2.2 0 2.2h-4"
            "m4 0c1.9 0 1.9 2.2 0 2.2h-4m3.2 0c1.7 0 1.7 2.1 0 2.1h-3.2m2.2 0c1.5 0 1.5 1.9 0 1.9"
            "h-6.4c-2.6 0-4-.6-5.8-2z"
        )
        return _path(hand, stroke=stroke, fill=fill, width=1.1)
    if kind == "serviceTask":
        return (
            f'<g transform="translate(-2 -2)">{_gear(stroke, fill)}</g><g transform="translate(2.5 2.5)">'
            f"{_gear(stroke, fill)}</g>"
        )
    if kind == "scriptTask":
        sheet = "M5.5-7.5h-8.6c-4 4 3 7.4-1.9 15h8.8c4.6-7.6-2.6-11 1.7-15z"
        return _path(sheet, stroke=stroke, fill=fill) + _path(
            "M-2.2-4.4h4.6M-1.5-1.4h4.8M-.8 1.6h4.8M-2 4.6h4.8", stroke=stroke, width=1
        )
    if kind in ("sendTask", "receiveTask"):
        return _envelope(stroke, fill, filled=kind == "sendTask")
    if kind == "businessRuleTask":
        head = _path("M-8-5.5h16v3.6h-16z", stroke=stroke, fill=stroke, width=1)
        return (
            _path("M-8-5.5h16v11h-16z", stroke=stroke, fill=fill)
            + head
            + _path("M-8 1.8h16M-3.4-1.9v7.4", stroke=stroke)
        )
    return ""


def message_sign(stroke: str, fill: str) -> str:
    """The envelope on a message flow, about 26 wide."""
    return _envelope(stroke, fill, filled=False, wide=13, high=9)


def activity_marker(kind: str, stroke: str) -> str:
    """A sign at the lower edge of an activity, about 12 wide: standard, parallel, sequential, ad-hoc, plus …"""
    if kind == "standard":
        return _path("M-1.6 5.2a5.4 5.4 0 1 1 3.4 0", stroke=stroke, width=1.5) + _path(
            "M-5.2 5.4h3.8v-3.8", stroke=stroke, width=1.5
        )
    if kind == "parallel":
        return _path("M-4-5.5v11M0-5.5v11M4-5.5v11", stroke=stroke, width=2)
    if kind == "sequential":
        return _path("M-5.5-4h11M-5.5 0h11M-5.5 4h11", stroke=stroke, width=2)
    if kind == "compensation":
        return _path("M0-4.5v9l-6-4.5zM6-4.5v9l-6-4.5z", stroke=stroke)
    if kind == "ad-hoc":
        return _path(
            "M-6 2c1-4.4 4-4.4 6-1.6 1.8 2.5 4.2 2.3 6-2.4v1.6c-1.6 5-4.6 5.2-6.6 2.6-1.8-2.4-4-2.4-5.4 1.8z",
            stroke=stroke,
            fill=stroke,
            width=0.6,
        )
    return _path("M-7-7h14v14h-14zM0-4.2v8.4M-4.2 0h8.4", stroke=stroke, width=1.3)


def event_icon(kind: str, stroke: str, fill: str, *, throwing: bool) -> str:
    """The icon inside an event of radius 18, by the kind of its definition; "multiple" where it has several."""
    body = stroke if throwing else fill
    if kind == "message":
        return _envelope(stroke, fill, filled=throwing, wide=9.5, high=6.5)
    if kind == "timer":
        ticks = "".join(
            f"M{9.6 * cos(a):.2f} {9.6 * sin(a):.2f}L{8 * cos(a):.2f} {8 * sin(a):.2f}"
            for a in (_PI2 * place / 12 for place in range(12))
        )
        face = f'<circle r="11" fill="{fill}" stroke="{stroke}" stroke-width="1.3"/>'
        return face + _path(ticks, stroke=stroke, width=0.9) + _path("M1.6-7.4L0 0l5.4 1.2", stroke=stroke, width=1.3)
    if kind == "conditional":
        return _path("M-7-9.5h14v19h-14z", stroke=stroke, fill=fill) + _path(
            "M-4.6-5.8h9.2M-4.6-2h9.2M-4.6 1.9h9.2M-4.6 5.7h9.2", stroke=stroke
        )
    if kind == "terminate":
        return f'<circle r="10.5" fill="{stroke}"/>'
    if kind == "cancel":
        cross = "M-9-5.8L-5.8-9 0-3.2 5.8-9 9-5.8 3.2 0 9 5.8 5.8 9 0 3.2-5.8 9-9 5.8-3.2 0z"
        return _path(cross, stroke=stroke, fill=body)
    if kind == "parallelMultiple":
        cross = "M-3-9.5h6v6.5h6.5v6h-6.5v6.5h-6v-6.5h-6.5v-6h6.5z"
        return _path(cross, stroke=stroke, fill=body)
    shapes = {
        "signal": _polygon([(0, -10), (9.5, 7), (-9.5, 7)]),
        "error": "M-9.5 8.5L-4.6-7.2 2.4 2.2 9.6-8.8 5 8 -2-1.2z",
        "escalation": "M0-10L7.5 8.5 0 .8-7.5 8.5z",
        "link": "M-9.5-3.4h10v-4.8L10 0 .5 8.2v-4.8h-10z",
        "compensate": "M0-6.8v13.6L-9.5 0zM9.3-6.8v13.6L-.2 0z",
        "multiple": _polygon(_star(5, 10)),
    }
    return _path(shapes[kind], stroke=stroke, fill=body) if kind in shapes else ""


def gateway_mark(kind: str, stroke: str, fill: str, *, instantiate: bool = False, parallel: bool = False) -> str:
    """The mark inside a gateway of 50 by 50, by its BPMN name; `parallel` of one that waits for all its events."""
    if kind == "exclusiveGateway":
        return _path("M-6.5-8L6.5 8M6.5-8L-6.5 8", stroke=stroke, width=3.4)
    if kind == "parallelGateway":
        return _path("M0-11.5v23M-11.5 0h23", stroke=stroke, width=3.4)
    if kind == "inclusiveGateway":
        return f'<circle r="11" fill="none" stroke="{stroke}" stroke-width="2.6"/>'
    if kind == "complexGateway":
        return _path("M0-11.5v23M-11.5 0h23M-8-8L8 8M8-8L-8 8", stroke=stroke, width=2.8)
    if kind == "eventBasedGateway":
        rings = f'<circle r="14" fill="none" stroke="{stroke}" stroke-width="1.1"/>'
        if not instantiate:
            rings += f'<circle r="11.4" fill="none" stroke="{stroke}" stroke-width="1.1"/>'
        cross = "M-2.2-7.4h4.4v5.2h5.2v4.4h-5.2v5.2h-4.4v-5.2h-5.2v-4.4h5.2z"
        return rings + _path(cross if parallel else _polygon(_star(5, 7.6)), stroke=stroke)
    return ""


def data_object(width: float, height: float, stroke: str, fill: str, *, collection: bool, way: str) -> str:
    """A sheet with a folded corner, from its upper left corner; `way` is "input" or "output" for data of a process."""
    fold = min(width, height) * 0.3
    sheet = _path(
        f"M0 0h{width - fold:g}l{fold:g} {fold:g}v{height - fold:g}h{-width:g}z", stroke=stroke, fill=fill, width=1.5
    )
    sheet += _path(f"M{width - fold:g} 0v{fold:g}h{fold:g}", stroke=stroke)
    if collection:
        middle = width / 2
        sheet += _path(f"M{middle - 4:g} {height - 12:g}v9m4-9v9m4-9v9", stroke=stroke, width=1.8)
    if way:
        arrow = "M5 9.5h7v-3.5l6 5.5-6 5.5v-3.5h-7z"
        sheet += _path(arrow, stroke=stroke, fill=stroke if way == "output" else "none", width=1)
    return sheet


def data_store(width: float, height: float, stroke: str, fill: str) -> str:
    """A drum, from its upper left corner."""
    bow = min(height * 0.16, 8)
    half = width / 2
    rim = f"a{half:g} {bow:g} 0 0 0 {width:g} 0"
    body = f"M0 {bow:g}v{height - 2 * bow:g}{rim}v{-(height - 2 * bow):g}a{half:g} {bow:g} 0 0 0 {-width:g} 0z"
    lines = "".join(f"M0 {bow * (1 + 0.7 * step):g}{rim}" for step in range(3))
    return _path(body, stroke=stroke, fill=fill, width=1.5) + _path(lines, stroke=stroke, width=1.2)
