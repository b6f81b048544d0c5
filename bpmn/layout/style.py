"""The measures of a layout: sizes of shapes, gaps, type."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise
from math import ceil
from typing import Any, Self

from bpmn.lettering import Setting, set_text, width
from bpmn.model import Node


@dataclass(frozen=True, kw_only=True)
class Style:
    """Sizes and gaps a diagram is laid out with, in diagram units."""

    task: tuple[float, float] = (100, 80)
    gateway: float = 50
    event: float = 36
    data: tuple[float, float] = (36, 50)
    #: An empty expanded sub-process; a full one is as large as what is in it.
    frame: tuple[float, float] = (140, 100)
    #: Room inside an expanded sub-process around what is in it; its name stands in the room above.
    frame_padding: float = 20
    frame_head: float = 30
    #: White between two columns and between two rows where no flow runs.
    column_gap: float = 30
    row_gap: float = 24
    #: White between the shapes of a lane and its border.
    lane_padding: float = 16
    pool_gap: float = 36
    #: White added inside a pool where it borders on another one, for message flows.
    pool_padding: float = 0
    #: Distance of two flows that run beside each other.
    spacing: float = 10
    #: Width of the head of a pool or a lane.
    head: float = 30
    #: Whether lane heads run across and all stand in one column at the left, pools having none of their own.
    has_flat_heads: bool = False
    #: Height of a black-box pool.
    band: float = 60
    #: Least height of a lane.
    lane: float = 60
    type_size: float = 12
    label_size: float = 11
    #: Widest label beside an event, a gateway or a flow.
    label_room: float = 90
    #: Whether events, gateways and flows bear their names.
    has_labels: bool = True
    #: Whether a hand-over straight down or up into another lane stays in its column.
    folds: bool = False
    #: Whether a step's box grows with its name instead of breaking the name into a box of one size.
    fits_names: bool = False
    #: Rows a step's name may take where its box grows with it: 4 for narrow boxes, 2 for low ones.
    name_rows: int = 4
    #: Lanes and black boxes in this order, by name or unit code; those not named follow in the order of the file.
    lane_order: tuple[str, ...] = ()
    #: Least heights of lanes by name, so that two diagrams align.
    lane_heights: Mapping[str, float] = field(default_factory=dict)
    #: Least columns of nodes by id (see `columns`), so that two diagrams align.
    columns: Mapping[str, int] = field(default_factory=dict)

    def evolve(self, **changes: Any) -> Self:
        """The same style with other values."""
        return replace(self, **changes)

    def size(self, node: Node) -> tuple[float, float]:
        """Width and height of a node that is no expanded sub-process."""
        if node.is_gateway:
            return self.gateway, self.gateway
        if node.is_event:
            return self.event, self.event
        return self._box(node.name) if self.fits_names else self.task

    def label(self, text: str) -> Setting:
        """The label of an event, a gateway or a flow, broken into lines."""
        return set_text(text, room=self.label_room, lines=4, size=self.label_size, smallest=self.label_size - 2)

    def _box(self, name: str) -> tuple[float, float]:
        """A box for a name in rows of two or three characters."""
        least_width, least_height = self.task
        setting = box_setting(name, self.type_size, rows=self.name_rows)
        room = self.type_size * 0.4
        return max(least_width, ceil(setting.width + room)), max(least_height, ceil(setting.height + room))


#: How a name of so many characters is divided into rows; the first division without a bad break is taken.
_DIVISIONS: dict[int, tuple[tuple[int, ...], ...]] = {
    1: ((1,),),
    2: ((2,),),
    3: ((3,),),
    4: ((2, 2),),
    5: ((2, 3), (3, 2)),
    6: ((2, 2, 2), (3, 3)),
    7: ((2, 3, 2), (3, 2, 2), (2, 2, 3)),
    8: ((3, 3, 2), (2, 3, 3), (3, 2, 3)),
    9: ((3, 3, 3),),
    10: ((3, 3, 2, 2), (2, 3, 3, 2)),
    11: ((3, 3, 3, 2),),
    12: ((3, 3, 3, 3),),
}
#: The same for boxes of two rows.
_LOW_DIVISIONS: dict[int, tuple[tuple[int, ...], ...]] = {
    6: ((3, 3), (2, 4), (4, 2)),
    7: ((4, 3), (3, 4)),
    8: ((4, 4), (3, 5), (5, 3)),
    9: ((5, 4), (4, 5)),
    10: ((5, 5), (4, 6), (6, 4)),
}
#: Characters that mostly end a word, and those that mostly begin one: no row begins or ends with them.
_ENDINGS = "科局处室厅部所站委院会员件证书表金费税款单号码照者性化后前中"
_BEGINNINGS = "不未无非再第并及和与"


def box_setting(name: str, size: float, *, rows: int = 4) -> Setting:
    """A step's name in a small box: four characters two by two, six in three rows of two, nine in three of three.

    Chinese words mostly have two characters, so that rows of two break between words. Names with other scripts and long
    ones are broken as everywhere, with an ellipsis past four rows. With two `rows` the boxes are low and wide; a name
    that would have to be cut there takes four.
    """
    if rows < 4:
        low = _set(name, size, {**_DIVISIONS, **_LOW_DIVISIONS}, rows)
        if not low.is_cut and len(low.lines) <= rows:
            return low
    return _set(name, size, _DIVISIONS, 4)


def _set(name: str, size: float, table: Mapping[int, tuple[tuple[int, ...], ...]], rows: int) -> Setting:
    if len(name) in table and all(character.isalnum() and ord(character) >= 0x2E80 for character in name):
        divided = [_divided(name, division) for division in table[len(name)]]
        good = (lines for lines in divided if not any(_is_bad_break(*pair) for pair in pairwise(lines)))
        return Setting(lines=next(good, divided[0]), size=size)
    room = min(max(width(name) / (rows - 1), 2.0), 4.5 if rows > 3 else 7.0) + 0.6
    return set_text(name, room=room * size, lines=rows, size=size, smallest=size * 0.8)


def _divided(name: str, division: tuple[int, ...]) -> tuple[str, ...]:
    ends = list(accumulate(division, initial=0))
    return tuple(name[start:end] for start, end in pairwise(ends))


def _is_bad_break(before: str, after: str) -> bool:
    return after[0] in _ENDINGS or before[-1] in _BEGINNINGS


#: A diagram to work with, in the measures every BPMN tool uses.
NORMAL = Style()

#: A diagram to read beside its counterpart on one printed page: small boxes, names two by two, lane heads across.
COMPACT = Style(
    task=(24, 25),
    gateway=14,
    event=12,
    data=(10, 13),
    frame=(40, 30),
    frame_padding=4,
    frame_head=11,
    column_gap=7,
    row_gap=7,
    lane_padding=4,
    pool_gap=0,
    pool_padding=7,
    spacing=4,
    head=66,
    has_flat_heads=True,
    band=20,
    lane=20,
    type_size=9.6,
    label_size=8,
    label_room=36,
    has_labels=False,
    folds=True,
    fits_names=True,
)
