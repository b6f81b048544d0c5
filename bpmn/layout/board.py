"""What is laid out together: the top of a file with all its pools, or the inside of one sub-process.

A board is a grid. Every item (a node, a data reference, a note, a black-box pool) stands in one row and in one column,
or in several columns if it is an expanded sub-process. Between two columns runs a channel for flows, above and below
every row another: there a flow never meets a shape. The rows of a lane lie together; a lane, a pool without lanes, a
process without a pool and the inside of a sub-process are each a strip of rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(kw_only=True, slots=True)
class Item:
    """Something that stands in the grid."""

    id: str
    #: "node", "data", "note" or "band".
    kind: str
    strip: int
    width: float
    #: How far it reaches above and below the line its flows enter at.
    up: float
    down: float
    #: Columns it covers.
    span: int = 1
    column: int = 0
    row: int = 0
    #: Where the flows of its boundary events leave its lower border, from its middle.
    ports: dict[str, float] = field(default_factory=dict)
    #: Room beside the middle of a boundary event that other lines keep free.
    port_room: float = 0.0
    #: Whether flows may enter and leave beside the middle of a side.
    is_wide: bool = False
    is_gateway: bool = False
    #: Whether all its branches are alike, so that they stand in the order of the file.
    keeps_order: bool = False
    #: Whether it is the end of a case that is turned down.
    is_rejection: bool = False
    #: Sides messages reach it by from outside its frame: "top", "bottom".
    messages: set[str] = field(default_factory=set)

    @property
    def last(self) -> int:
        """The last column it covers."""
        return self.column + self.span - 1

    @property
    def middle(self) -> int:
        """The column in whose middle flows leave it up and down."""
        return self.column + (self.span - 1) // 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A line between two items of a board."""

    id: str
    #: "flow", "message" or "association".
    kind: str
    #: Items; empty where the end is a pool.
    source: str
    target: str
    #: The boundary event it leaves from, if any.
    port: str = ""
    #: Pools at its ends, where an end is a pool that holds a process.
    source_pool: str = ""
    target_pool: str = ""
    name: str = ""
    is_default: bool = False
    probability: float | None = None
    #: Position in the file.
    order: int = 0


@dataclass(kw_only=True, slots=True)
class Strip:
    """Rows that lie together: a leaf lane, a pool or process without lanes, or the inside of a sub-process."""

    #: The leaf lane; empty without lanes.
    lane: str = ""
    pool: str = ""
    process: str = ""
    name: str = ""
    is_band: bool = False
    rows: list[int] = field(default_factory=list)


@dataclass(kw_only=True, slots=True)
class Board:
    """The items and links of one drawing area. `scope` is the sub-process it fills; empty at the top."""

    scope: str = ""
    items: dict[str, Item] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    strips: list[Strip] = field(default_factory=list)
    #: The links the columns follow, in topological order of their sources.
    forward: list[Link] = field(default_factory=list)
    #: The item each data reference or note stands beside.
    anchors: dict[str, str] = field(default_factory=dict)
    columns: int = 0
    rows: int = 0
    #: The links that keep an item in the column of the one before, and those that may not.
    folded: set[str] = field(default_factory=set)
    unfolded: set[str] = field(default_factory=set)
    #: The items whose branches stand on the other side than usual.
    turned: set[str] = field(default_factory=set)

    def outgoing(self, links: list[Link]) -> Mapping[str, list[Link]]:
        """Those links by source; every item has an entry."""
        grouped: dict[str, list[Link]] = {item: [] for item in self.items}
        for link in links:
            grouped[link.source].append(link)
        return grouped

    def incoming(self, links: list[Link]) -> Mapping[str, list[Link]]:
        """Those links by target; every item has an entry."""
        grouped: dict[str, list[Link]] = {item: [] for item in self.items}
        for link in links:
            grouped[link.target].append(link)
        return grouped
