"""A plane whose rows are changed: a lane grows where a row is put in and shrinks where one is empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from bpmn.layout.geometry import within
from bpmn.model import Bounds

#: White between what stays in a frame and the border that moves towards it.
_PADDING = 16.0
#: Least height of a lane or pool that shrinks.
_LEAST = 60.0


@dataclass(kw_only=True)
class Sheet:
    """The boxes of one plane by element."""

    boxes: dict[str, Bounds]
    #: Pools, lanes and groups: nothing keeps clear of them.
    frames: frozenset[str]
    #: Sub-processes that show their inside; they stretch as the frames do, but others keep clear of them.
    rooms: frozenset[str]
    #: The host of each boundary event.
    hosts: Mapping[str, str]
    #: Where something stood that is gone.
    ghosts: dict[str, Bounds] = field(default_factory=dict)

    def solids(self) -> dict[str, Bounds]:
        """What others keep clear of."""
        return {name: box for name, box in self.boxes.items() if name not in self.frames and name not in self.hosts}

    def open_row(self, at: float, by: float) -> None:
        """Move everything below a height down; frames across that height grow."""
        change: dict[str, Bounds] = {}
        for name, box in self.boxes.items():
            if name in self.hosts:
                continue
            if box.y >= at:
                change[name] = replace(box, y=box.y + by)
            elif box.bottom > at and (name in self.frames or name in self.rooms):
                change[name] = replace(box, height=box.height + by)
        for name, host in self.hosts.items():
            if name in self.boxes and host in change:
                box = self.boxes[name]
                if change[host].y != self.boxes[host].y or box.centre[1] >= at:
                    change[name] = replace(box, y=box.y + by)
        self.boxes.update(change)
        self.ghosts = {name: replace(box, y=box.y + by) if box.y >= at else box for name, box in self.ghosts.items()}

    def close_row(self, name: str, gap: float) -> None:
        """Move up what is below the row of something gone, where nothing is left in it."""
        ghost = self.ghosts[name]
        at, wish = ghost.bottom, ghost.height + gap
        if any(
            box.y < ghost.bottom - 6 and ghost.y < box.bottom - 6 and not (inner in self.rooms and within(ghost, box))
            for inner, box in self.solids().items()
        ):
            return
        by = min([wish, *self._slack(at, wish, gap), *self._room(at)])
        if by > wish / 2:
            self.open_row(at, -by)

    def _slack(self, at: float, wish: float, gap: float) -> Iterator[float]:
        solids = self.solids()
        moving = [box for box in solids.values() if at <= box.y < at + wish + gap]
        staying = [
            box
            for name, box in solids.items()
            if box.y < at and box.bottom > at - wish - gap and not (name in self.rooms and box.bottom > at)
        ]
        for box in moving:
            for still in staying:
                if box.x < still.right + 8 and still.x < box.right + 8:
                    between = box.y - still.bottom
                    yield between - min(gap, max(between, 0.0))

    def _room(self, at: float) -> Iterator[float]:
        """How far each frame across a height can shrink."""
        for name, frame in self.boxes.items():
            if (name in self.frames or name in self.rooms) and frame.y < at < frame.bottom:
                inside = [
                    box.bottom
                    for other, box in self.boxes.items()
                    if other != name and other not in self.frames and box.y < at and within(box, frame)
                ]
                yield max(0.0, frame.bottom - max([*inside, frame.y]) - _PADDING)
                yield max(0.0, frame.height - _LEAST)
