"""Every shape of a diagram as SVG: activities, events, gateways, data, pools, lanes, notes and groups."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from bpmn.layout.style import box_setting
from bpmn.lettering import LINE, Setting, set_text, width
from bpmn.look import INK, INK_2, INKS, PAPER, PAPER_2, PLAIN, RULE, Ink, Look, Mark
from bpmn.model import Bounds, Lane, Loop, Model, Node, Pool, Shape
from bpmn.symbols import activity_marker, data_object, data_store, event_icon, gateway_mark, task_marker


def number(value: float) -> str:
    """A number as short as it can be written, to the hundredth."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if "." in f"{value:.2f}" else f"{value:.2f}"


def path(*parts: str | float) -> str:
    """Path data from commands and numbers."""
    return " ".join(part if isinstance(part, str) else number(part) for part in parts)


def pen(line: str, wide: float, fill: str = "none") -> str:
    """The attributes of a line of that colour and width around that ground."""
    return f'fill={quoteattr(fill)} stroke={quoteattr(line)} stroke-width="{number(wide)}"'


def group(element: str, name: str, content: str) -> str:
    """The content as the drawing of an element, with its full name for whoever points at it."""
    title = f"<title>{escape(clean(name))}</title>" if name else ""
    return f"<g data-element={quoteattr(clean(element))}>{title}{content}</g>"


#: Colours as files write them; anything else, such as a reference to another file, is not drawn.
_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}|[a-zA-Z]{3,30}|(?:rgb|hsl)a?\([0-9., %]{1,40}\)")


def plain_colour(text: str) -> str:
    """A colour of a file, empty where the text is none."""
    return text if _COLOUR.fullmatch(text) else ""


def clean(text: str) -> str:
    """The text without characters that XML does not allow or that turn its direction around."""
    return "".join(
        character if character.isprintable() or character in "\n\t" else "�" if ord(character) > 31 else " "
        for character in text
        if not 0xD800 <= ord(character) <= 0xDFFF
    )


def lines_of_text(
    setting: Setting,
    x: float,
    y: float,
    *,
    anchor: str = "middle",
    fill: str = INK,
    halo: bool = False,
) -> str:
    """Lines of text, the first one's top at y; a halo keeps a label readable on a line."""
    size = setting.size
    extra = (
        f' stroke="{PAPER}" stroke-width="{number(size * 0.3)}" paint-order="stroke" stroke-linejoin="round"'
        if halo
        else ""
    )
    spans = "".join(
        f'<tspan x="{number(x)}" y="{number(y + size * (0.92 + LINE * place))}">{escape(line)}</tspan>'
        for place, line in enumerate(setting.lines)
    )
    return (
        f'<text font-size="{number(size)}" text-anchor="{anchor}" fill="{fill}"{extra}>{spans}</text>' if spans else ""
    )


def is_open_frame(node: Node, shape: Shape) -> bool:
    """Whether an activity is drawn as a frame around others."""
    if node.is_frame:
        return shape.is_expanded is not False
    return node.kind == "callActivity" and shape.is_expanded is True


class Figures:
    """Draws the shapes of one model with one look."""

    def __init__(self, model: Model, look: Look, marks: dict[str, Mark], *, is_small: bool) -> None:
        self._model, self._look, self._marks, self._small = model, look, marks, is_small
        self._global_tasks = {root.id: root.kind for root in model.roots if root.kind.startswith("global")}
        self._compensating = {
            association.target
            for association in model.associations
            if (node := model.node.get(association.source)) is not None and node.event("compensate") is not None
        }

    def ink(self, shape: Shape) -> Ink:
        """The colours of a shape: of its mark, else those of the file, else black on white."""
        mark = self._marks.get(shape.element)
        if mark is not None:
            return INKS.get(mark.state, INKS["kept"])
        if self._small and not (shape.fill or shape.stroke):
            return INKS["kept"] if self._marks else PLAIN
        line, fill = plain_colour(shape.stroke), plain_colour(shape.fill)
        return Ink(line=line or PLAIN.line, fill=fill or PLAIN.fill, text=line or PLAIN.text)

    # activities

    def activity(self, node: Node, shape: Shape) -> str:
        """A task, a call activity or a sub-process with its markers, its name and its mark."""
        look, box, ink = self._look, shape.bounds, self.ink(shape)
        is_open = is_open_frame(node, shape)
        width_ = look.call if node.kind == "callActivity" else look.line
        dash: tuple[float, ...] = ink.dash
        if node.triggered_by_event and not dash:
            dash = (look.line * 0.1, look.line * 2.6)
        content = self._box(box, ink, width_ * ink.weight, dash)
        mark = self._marks.get(node.id)
        if node.kind == "transaction" or (mark is not None and mark.state == "merged"):
            content += self._box(_inset(box, look.line * 1.9), ink, look.line, (), hollow=True)
        content += self._markers(node, shape, ink, is_open=is_open)
        content += self._name(node, box, ink, is_open=is_open)
        return group(node.id, node.name, content + self._mark(box, mark, ink))

    def _box(self, box: Bounds, ink: Ink, wide: float, dash: tuple[float, ...], *, hollow: bool = False) -> str:
        stroke_dash = f' stroke-dasharray="{" ".join(number(part * self._scale()) for part in dash)}"' if dash else ""
        cap = ' stroke-linecap="round"' if dash and dash[0] < 1 else ""
        radius = min(self._look.radius, box.width / 2, box.height / 2)
        return (
            f'<rect {_frame(box)} rx="{number(radius)}" fill={quoteattr("none" if hollow else ink.fill)} '
            f'stroke={quoteattr(ink.line)} stroke-width="{number(wide)}"{stroke_dash}{cap}/>'
        )

    def _scale(self) -> float:
        return 0.8 if self._small else 1.6

    def _markers(self, node: Node, shape: Shape, ink: Ink, *, is_open: bool) -> str:
        if self._small:
            return ""
        box = shape.bounds
        content = ""
        sign = task_marker(self._task_kind(node), ink.line, ink.fill)
        if sign and box.width > 40:
            content += f'<g transform="translate({number(box.x + 14)} {number(box.y + 14)})">{sign}</g>'
        kinds = [node.loop.kind] if isinstance(node.loop, Loop) else []
        kinds += ["compensation"] if node.for_compensation or node.id in self._compensating else []
        kinds += ["ad-hoc"] if node.kind == "adHocSubProcess" else []
        kinds += ["plus"] if not is_open and (node.is_frame or self._calls_process(node)) else []
        x = box.centre[0] - (len(kinds) - 1) * 9
        for place, kind in enumerate(kinds):
            move = f"translate({number(x + 18 * place)} {number(box.bottom - 10)})"
            content += f'<g transform="{move}">{activity_marker(kind, ink.line)}</g>'
        return content

    def _task_kind(self, node: Node) -> str:
        """The kind whose sign an activity bears: its own, or that of the global task it calls."""
        called = self._global_tasks.get(node.called, "") if node.kind == "callActivity" else ""
        plain = called.removeprefix("global")
        return plain[:1].lower() + plain[1:] if called else node.kind

    def _calls_process(self, node: Node) -> bool:
        return node.kind == "callActivity" and node.called not in self._global_tasks

    def _name(self, node: Node, box: Bounds, ink: Ink, *, is_open: bool) -> str:
        look = self._look
        if self._small:
            setting = box_setting(node.name, look.type_size)
            if setting.height > box.height:
                setting = box_setting(node.name, look.type_size, rows=2)
            if is_open:
                setting = set_text(node.name, room=box.width - 4, lines=1, size=look.label_size, smallest=look.smallest)
                return lines_of_text(setting, box.x + 2, box.y + 1, anchor="start", fill=ink.text)
            return lines_of_text(setting, box.centre[0], box.centre[1] - setting.height / 2, fill=ink.text)
        if is_open:
            setting = set_text(node.name, room=box.width - 20, lines=1, size=look.type_size, smallest=look.smallest)
            return lines_of_text(setting, box.centre[0], box.y + 7, fill=ink.text)
        has_sign = bool(task_marker(self._task_kind(node), "", ""))
        has_marker = node.loop is not None or node.is_frame or node.id in self._compensating or node.for_compensation
        has_marker = has_marker or self._calls_process(node)
        has_marker = has_marker or node.id in self._model.boundary_events
        room, bottom = max(12.0, box.width - 10), 20.0 if has_marker else 4.0
        setting = self._fitting(node.name, room, box.height - bottom - 4)
        top = 4.0
        if has_sign and box.width > 40 and setting.width > box.width - 48 and setting.height > box.height - bottom - 44:
            top = 24.0
            setting = self._fitting(node.name, room, box.height - bottom - top)
        y = min(box.centre[1] - setting.height / 2, box.bottom - bottom - setting.height)
        y = max(y, box.y + top)
        return lines_of_text(setting, box.centre[0], y, fill=ink.text)

    def _fitting(self, name: str, room: float, high: float) -> Setting:
        look = self._look
        lines = max(1, int(high / (look.type_size * LINE)))
        return set_text(name, room=room, lines=lines, size=look.type_size, smallest=look.smallest)

    # marks

    def _mark(self, box: Bounds, mark: Mark | None, ink: Ink) -> str:
        """What a mark adds: the stroke through, the law's line, the sign and the number."""
        if mark is None:
            return ""
        look = self._look
        content = ""
        if mark.state == "removed":
            inset = look.radius * 0.5
            data = path("M", box.x + inset, box.bottom - inset, "L", box.right - inset, box.y + inset)
            content += f'<path d="{data}" {pen(ink.line, look.line * 0.7)} opacity="0.65"/>'
        if mark.mandatory:
            inset, y = look.radius * 0.9, box.bottom - look.line * 2.1
            data = path("M", box.x + inset, y, "H", box.right - inset)
            content += f'<path d="{data}" {pen(INK, look.line * 2)}/>'
        content += self._sign(mark.state, box.right, box.y, ink)
        if mark.number is not None:
            content += self._numbers(mark.number, box.x, box.bottom)
        return content

    def _sign(self, state: str, x: float, y: float, ink: Ink) -> str:
        """A disc in the upper right corner with × ∪ ⇢ + or !; nothing for what is kept or passed."""
        signs = {
            "removed": "M-.5-.5L.5.5M-.5.5L.5-.5",
            "merged": "M-.5-.55V0A.5.5 0 0 0 .5 0V-.55",
            "moved": "M-.65 0h.28M-.15 0h.75M.2-.42L.62 0 .2.42",
            "new": "M-.6 0H.6M0-.6V.6",
            "wrong": "M0-.6V.12M0 .5V.55",
            "doubtful": "M0-.6V.12M0 .5V.55",
        }
        if state not in signs:
            return ""
        move = f"translate({number(x)} {number(y)}) scale({number(self._look.sign)})"
        return (
            f'<g transform="{move}"><circle r="1" {pen(PAPER, 0.18, ink.line)}/>'
            f'<path d="{signs[state]}" {pen(PAPER, 0.26)} stroke-linecap="round" stroke-linejoin="round"/></g>'
        )

    def _numbers(self, value: int | str, x: float, y: float) -> str:
        """A disc for each number, side by side from the corner on."""
        radius, content = self._look.number, ""
        # A little below the corner, so that they hide nothing of the name.
        x, y = x + 0.1 * radius, y + 0.3 * radius
        for text in str(value).split(","):
            size = radius * (1.5 if len(text) < 2 else 1.35 if len(text) < 3 else 1.15)
            longer = size * max(0.0, 0.57 * len(text) - 1.14)
            content += self._number(text, size, (x, y), longer)
            x += 2.1 * radius + longer
        return content

    def _number(self, text: str, size: float, at: tuple[float, float], longer: float) -> str:
        """A number on its disc, which goes on to the right for a longer one."""
        (x, y), radius = at, self._look.number
        disc = (
            f'<rect x="{number(x - radius)}" y="{number(y - radius)}" width="{number(2 * radius + longer)}" '
            f'height="{number(2 * radius)}" rx="{number(radius)}"'
            if longer
            else f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}"'
        )
        return (
            f'{disc} fill="{INK}" stroke="{PAPER}" stroke-width="{number(radius * 0.15)}"/>'
            f'<text x="{number(x + longer / 2)}" y="{number(y + size * 0.36)}" font-size="{number(size)}" '
            f'font-weight="700" text-anchor="middle" fill="{PAPER}">{escape(text)}</text>'
        )

    # events and gateways

    def event(self, node: Node, shape: Shape) -> str:
        """A circle: thin at the start, double in between, thick at the end; dashed where it does not interrupt."""
        look, box, ink = self._look, shape.bounds, self.ink(shape)
        radius = min(box.width, box.height) / 2
        is_end = node.kind == "endEvent"
        thin = look.line * 0.75
        is_soft = not node.interrupting and node.kind in ("startEvent", "boundaryEvent")
        dash = f' stroke-dasharray="{number(radius * 0.34)} {number(radius * 0.24)}"' if is_soft else ""
        x, y = box.centre
        wide = look.end_event if is_end else look.line if node.kind == "startEvent" else thin
        at = f'cx="{number(x)}" cy="{number(y)}"'
        circle = f'<circle {at} r="{{}}" {pen(ink.line, wide, ink.fill)}{dash}/>'
        content = circle.format(number(radius - (look.end_event - look.line) / 2 if is_end else radius))
        if node.kind not in ("startEvent", "endEvent"):
            content += circle.format(number(radius - thin * 2.1))
        several = "parallelMultiple" if node.parallel_multiple else "multiple"
        kind = several if len(node.events) > 1 else node.events[0].kind if node.events else ""
        throwing = is_end or node.kind == "intermediateThrowEvent"
        icon = event_icon(kind, ink.line, ink.fill, throwing=throwing)
        if icon:
            size = radius / 18 * (0.86 if node.kind not in ("startEvent", "endEvent") else 0.95)
            content += f'<g transform="translate({number(x)} {number(y)}) scale({number(size)})">{icon}</g>'
        return group(node.id, node.name, content + self._mark(box, self._marks.get(node.id), ink))

    def gateway(self, node: Node, shape: Shape) -> str:
        """A diamond with its mark."""
        look, box, ink = self._look, shape.bounds, self.ink(shape)
        x, y = box.centre
        data = path("M", x, box.y, "L", box.right, y, "L", x, box.bottom, "L", box.x, y, "Z")
        dash = f' stroke-dasharray="{" ".join(number(part * self._scale()) for part in ink.dash)}"' if ink.dash else ""
        content = (
            f'<path d="{data}" fill={quoteattr(ink.fill)} stroke={quoteattr(ink.line)} '
            f'stroke-width="{number(look.line * ink.weight)}" stroke-linejoin="round"{dash}/>'
        )
        if not (node.kind == "exclusiveGateway" and shape.is_marker_visible is False):
            parallel = node.event_gateway_type == "Parallel"
            mark = gateway_mark(node.kind, ink.line, ink.fill, instantiate=node.instantiate, parallel=parallel)
            size = min(box.width, box.height) / 50
            content += f'<g transform="translate({number(x)} {number(y)}) scale({number(size)})">{mark}</g>'
        mark_ = self._marks.get(node.id)
        return group(node.id, node.name, content + (self._mark(box, mark_, ink) if mark_ else ""))

    # data, notes, groups

    def data(self, kind: str, shape: Shape, name: str, *, collection: bool) -> str:
        """A data object, a data store, an input or output of a process."""
        box, ink = shape.bounds, self.ink(shape)
        if kind.startswith("dataStore"):
            sign = data_store(box.width, box.height, ink.line, ink.fill)
        else:
            way = {"dataInput": "input", "dataOutput": "output"}.get(kind, "")
            sign = data_object(box.width, box.height, ink.line, ink.fill, collection=collection, way=way)
        return group(shape.element, name, f'<g transform="translate({number(box.x)} {number(box.y)})">{sign}</g>')

    def note(self, shape: Shape, text: str) -> str:
        """A text annotation: a bracket on the left and its text."""
        look, box, ink = self._look, shape.bounds, self.ink(shape)
        data = f"M{number(box.x + 8)} {number(box.y)}H{number(box.x)}V{number(box.bottom)}H{number(box.x + 8)}"
        lines = max(1, int(box.height / (look.label_size * LINE)))
        setting = set_text(
            text, room=max(20.0, box.width - 8), lines=lines, size=look.label_size, smallest=look.smallest
        )
        y = box.y + max(2.0, (box.height - setting.height) / 2)
        ground = f'<rect {_frame(box)} fill="{PAPER}" fill-opacity="0"/>'
        line = f'<path d="{data}" fill="none" stroke={quoteattr(ink.line)} stroke-width="{number(look.line * 0.75)}"/>'
        return group(
            shape.element, text, ground + line + lines_of_text(setting, box.x + 5, y, anchor="start", fill=ink.text)
        )

    def group_frame(self, shape: Shape, text: str) -> str:
        """A group: a dashed and dotted frame with its name on top."""
        look, box, ink = self._look, shape.bounds, self.ink(shape)
        frame = (
            f'<rect {_frame(box)} rx="{number(look.radius)}" fill="none" stroke={quoteattr(ink.line)} '
            f'stroke-width="{number(look.line * 0.75)}" stroke-dasharray="9 4 1 4" stroke-linecap="round"/>'
        )
        setting = set_text(text, room=max(40.0, box.width - 12), lines=1, size=look.label_size, smallest=look.smallest)
        return group(
            shape.element, text, frame + lines_of_text(setting, box.centre[0], box.y + 4, fill=ink.text, halo=True)
        )

    def plain(self, kind: str, name: str, shape: Shape) -> str:
        """What the model does not hold: a hexagon for a conversation, else a box, with its name."""
        look, box, ink = self._look, shape.bounds, self.ink(shape)
        if kind.lower().endswith("conversation"):
            inset, middle = box.width / 4, box.centre[1]
            data = path("M", box.x, middle, "L", box.x + inset, box.y, "H", box.right - inset, "L", box.right, middle)
            data += path("L", box.right - inset, box.bottom, "H", box.x + inset, "Z")
            content = f'<path d="{data}" {pen(ink.line, look.line, ink.fill)} stroke-linejoin="round"/>'
        elif "horeography" in kind:
            content = self._box(box, ink, look.line, ())
        else:
            content = self._frame_box(box, ink, look.frame)
        setting = self._fitting(name, max(12.0, box.width - 8), max(look.type_size, box.height - 8))
        y = box.centre[1] - setting.height / 2
        return group(shape.element, name, content + lines_of_text(setting, box.centre[0], y, fill=ink.text))

    # pools and lanes

    def pool(self, pool: Pool, shape: Shape) -> str:
        """A pool with its head, or a black box with its name in the middle."""
        look, box, ink = self._look, shape.bounds, self.ink(shape)
        content = self._frame_box(box, ink, look.frame)
        if pool.multiplicity is not None:
            move = f"translate({number(box.centre[0])} {number(box.bottom - 10)})"
            content += f'<g transform="{move}">{activity_marker("parallel", ink.line)}</g>'
        if not pool.process:
            setting = set_text(
                pool.name, room=max(30.0, box.width - 20), lines=2, size=look.type_size, smallest=look.smallest
            )
            return group(
                pool.id,
                pool.name,
                content + lines_of_text(setting, box.centre[0], box.centre[1] - setting.height / 2, fill=ink.text),
            )
        vertical = shape.is_horizontal is False
        end = f"V{number(box.bottom)}" if not vertical else f"H{number(box.right)}"
        start = f"M{number(box.x + 30)} {number(box.y)}" if not vertical else f"M{number(box.x)} {number(box.y + 30)}"
        content += f'<path d="{start}{end}" stroke={quoteattr(ink.line)} stroke-width="{number(look.frame)}"/>'
        return group(pool.id, pool.name, content + self._head(pool.name, box, ink, vertical=vertical))

    def lane(self, lane: Lane, shape: Shape) -> str:
        """A lane with its name in its head."""
        box, ink = shape.bounds, self.ink(shape)
        content = self._frame_box(box, ink, self._look.frame * 0.8)
        return group(
            lane.id, lane.name, content + self._head(lane.name, box, ink, vertical=shape.is_horizontal is False)
        )

    def _frame_box(self, box: Bounds, ink: Ink, wide: float) -> str:
        return f"<rect {_frame(box)} {pen(ink.line, wide, ink.fill)}/>"

    def _head(self, name: str, box: Bounds, ink: Ink, *, vertical: bool) -> str:
        """The name in a head of 30: Chinese upright from top to bottom, other scripts turned."""
        look = self._look
        if vertical:
            setting = set_text(
                name, room=max(20.0, box.width - 8), lines=2, size=look.type_size, smallest=look.smallest
            )
            return lines_of_text(setting, box.centre[0], box.y + 15 - setting.height / 2, fill=ink.text)
        name = clean(name)
        is_upright = width(name) > 0.8 * len(name) and "\n" not in name
        if is_upright and len(name) * look.smallest * 1.1 <= box.height - 6:
            return _upright(name, box, look, ink)
        room = max(20.0, box.height - 8)
        setting = set_text(name, room=room, lines=2, size=look.type_size, smallest=look.smallest)
        text = lines_of_text(setting, 0, -setting.height / 2, fill=ink.text)
        return f'<g transform="translate({number(box.x + 15)} {number(box.centre[1])}) rotate(-90)">{text}</g>'

    def small_head(self, name: str, box: Bounds, *, is_applicant: bool, head: float) -> str:
        """A lane of a small drawing: hairlines above and below, its name across at the left."""
        look = self._look
        ground = f'<rect {_frame(box)} fill="{PAPER_2}"/>' if is_applicant else ""
        rules = (
            f'<path d="M{number(box.x)} {number(box.y)}H{number(box.right)}M{number(box.x)} {number(box.bottom)}'
            f'H{number(box.right)}" stroke="{RULE}" stroke-width="{number(look.frame)}"/>'
        )
        setting = set_text(name, room=head - 6, lines=2, size=10, smallest=7)
        return (
            ground
            + rules
            + lines_of_text(setting, box.x, box.centre[1] - setting.height / 2, anchor="start", fill=INK_2)
        )

    # labels

    def label(self, text: str, box: Bounds, *, fill: str = INK) -> tuple[str, Bounds]:
        """A label beside an element, in the middle of its box from its top, and the room it takes."""
        size = self._look.label_size
        setting = set_text(text, room=max(box.width, 90.0), lines=4, size=size, smallest=size - 2)
        x, wide = box.centre[0], setting.width
        place = Bounds(x=x - wide / 2, y=box.y, width=wide, height=setting.height)
        return lines_of_text(setting, x, box.y, fill=fill, halo=True), place


def _upright(name: str, box: Bounds, look: Look, ink: Ink) -> str:
    size = min(look.type_size, (box.height - 6) / (len(name) * 1.1))
    step = size * (1.25 if len(name) * size * 1.25 <= box.height - 6 else 1.1)
    top = box.centre[1] - step * len(name) / 2
    x, first = number(box.x + 15), top + step * 0.5 + size * 0.36
    spans = "".join(
        f'<tspan x="{x}" y="{number(first + step * place)}">{escape(character)}</tspan>'
        for place, character in enumerate(name)
    )
    return f'<text font-size="{number(size)}" text-anchor="middle" fill={quoteattr(ink.text)}>{spans}</text>'


def _frame(box: Bounds) -> str:
    return f'x="{number(box.x)}" y="{number(box.y)}" width="{number(box.width)}" height="{number(box.height)}"'


def _inset(box: Bounds, by: float) -> Bounds:
    by = min(by, box.width / 3, box.height / 3)
    return Bounds(x=box.x + by, y=box.y + by, width=box.width - 2 * by, height=box.height - 2 * by)
