"""How a drawing looks: colours by meaning, lines and type; and what `marks` may say of an element."""

from dataclasses import dataclass

#: The faces a drawing asks for, the machine's own last; no font is shipped.
SANS = (
    "'Source Han Sans SC','Noto Sans CJK SC','Noto Sans SC','PingFang SC','HarmonyOS Sans SC','Microsoft YaHei',"
    "'Segoe UI',sans-serif"
)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What a redesign does to an element, or what is wrong with it, shown by line and sign first, by colour second."""

    #: "kept", "removed", "merged", "moved" or "new"; "wrong", "doubtful" or "passed" of a drawing of problems.
    state: str = "kept"
    #: The number of the finding or note it belongs to, on a disc in the lower left corner; a letter, or several with
    #: commas between, as text.
    number: int | str | None = None
    #: Whether the law demands the step: a heavy line along its lower edge.
    mandatory: bool = False


@dataclass(frozen=True, kw_only=True)
class Ink:
    """Line, ground and text of one state. `dash` is empty for a solid line; `weight` multiplies its width."""

    line: str
    fill: str
    text: str
    dash: tuple[float, ...] = ()
    weight: float = 1.0


#: An element without a mark.
PLAIN = Ink(line="#17202b", fill="#ffffff", text="#17202b")

#: Line, ground and text of each state.
INKS = {
    "kept": Ink(line="#7c8592", fill="#ffffff", text="#17202b"),
    "removed": Ink(line="#b3321f", fill="#fceeea", text="#9a2a19", dash=(4, 2.5)),
    "merged": Ink(line="#b87400", fill="#fff4d9", text="#7d5000"),
    "moved": Ink(line="#1d5c99", fill="#e7eff7", text="#174a7c", dash=(1.5, 2)),
    "new": Ink(line="#0a7357", fill="#e2f3ec", text="#085d46", weight=1.8),
    "wrong": Ink(line="#b3321f", fill="#fceeea", text="#9a2a19", weight=1.8),
    "doubtful": Ink(line="#b87400", fill="#fff4d9", text="#7d5000", weight=1.4),
    "passed": Ink(line="#1d5c99", fill="#e7eff7", text="#174a7c", weight=1.4),
}

PAPER = "#ffffff"
PAPER_2 = "#f7f7f4"
INK = "#17202b"
INK_2 = "#46515f"
INK_3 = "#616b79"
RULE = "#dcdfe2"


@dataclass(frozen=True, kw_only=True)
class Look:
    """Widths, radii and sizes of type of one kind of drawing, in diagram units."""

    #: Width of the line of an activity, an event, a gateway; of a flow; of a pool or lane.
    line: float = 2.0
    flow: float = 1.8
    frame: float = 1.5
    end_event: float = 4.0
    #: Width of the line of a call activity.
    call: float = 5.0
    radius: float = 10.0
    #: How round the corners of flows are.
    bend: float = 5.0
    arrow: float = 9.0
    type_size: float = 12.0
    smallest: float = 8.0
    label_size: float = 11.0
    #: Radius of the disc with a mark's sign and of the one with its number.
    sign: float = 9.0
    number: float = 9.5
    #: White between content and the border of the picture.
    margin: float = 12.0


#: As in every BPMN tool.
FULL = Look()

#: Hairlines and small boxes, for a picture read beside its counterpart on one page.
SMALL = Look(
    line=0.8,
    flow=0.7,
    frame=0.6,
    end_event=1.7,
    call=1.8,
    radius=2.0,
    bend=2.5,
    arrow=4.4,
    type_size=9.6,
    smallest=7.0,
    label_size=8.0,
    sign=3.8,
    number=5.4,
    margin=5.0,
)
