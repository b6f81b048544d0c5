"""Lines of text below a drawing that say what its marks and numbers mean."""

from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape

from bpmn.figures import number
from bpmn.lettering import set_text
from bpmn.look import INK, INKS, PAPER, PLAIN, Look
from bpmn.model import Bounds

#: Most lines of one note.
_LINES = 3
#: The least width of the notes, in diagram units.
_LEAST = 480.0


@dataclass(frozen=True, kw_only=True)
class Note:
    """One line below the drawing."""

    text: str
    #: The state of the marks it is about, shown by a piece of their line.
    state: str = ""
    #: The number at the marked elements.
    number: int | None = None


def legend(notes: Iterable[Note], box: Bounds, look: Look) -> tuple[str, Bounds]:
    """The notes as SVG below a box, and the box that holds both."""
    left, y = box.x + look.margin, box.bottom + look.margin
    room = max(box.width, _LEAST) - 2 * look.margin - 2 * look.number - 8
    content = ""
    for note in notes:
        text = set_text(note.text, room=room, lines=_LINES, size=look.label_size, smallest=look.label_size)
        content += _sign(note, left, y + look.label_size * 0.95, look)
        for line in text.lines:
            y += look.label_size * 1.35
            content += (
                f'<text x="{number(left + 2 * look.number + 8)}" y="{number(y)}" font-size="{number(look.label_size)}" '
                f'fill="{INK}">{escape(line)}</text>'
            )
        y += look.label_size * 0.5
    width, height = max(box.width, _LEAST), y + look.margin - box.y
    return content, Bounds(x=box.x, y=box.y, width=width, height=height)


def _sign(note: Note, left: float, middle: float, look: Look) -> str:
    """A disc with the number in the colour of the state, or a piece of line."""
    colour, radius = INKS.get(note.state, PLAIN).line, look.number
    if note.number is None:
        ends = f'x1="{number(left)}" y1="{number(middle)}" x2="{number(left + 2 * radius)}" y2="{number(middle)}"'
        return f'<line {ends} stroke="{colour}" stroke-width="{number(look.line * 1.6)}"/>' if note.state else ""
    size = radius * (1.4 if note.number < 10 else 1.2 if note.number < 100 else 0.85)
    return (
        f'<circle cx="{number(left + radius)}" cy="{number(middle)}" r="{number(radius * 0.85)}" fill="{colour}"/>'
        f'<text x="{number(left + radius)}" y="{number(middle + size * 0.36)}" font-size="{number(size)}" '
        f'font-weight="700" text-anchor="middle" fill="{PAPER}">{note.number}</text>'
    )
