"""Which track a run has in its channel.

Runs of one net share a track; runs whose stretches meet have different ones. In the channels between columns the runs
are ordered so that those leading down and those leading up cross as little as possible; above and below a row the
shorter run lies nearer to the row, as nested brackets do.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from bpmn.layout.grid import Line, Route


@dataclass(kw_only=True, slots=True)
class _Net:
    """The runs that share a track, as one stretch."""

    lines: list[Line] = field(default_factory=list)
    low: int = 1 << 60
    high: int = -1

    def add(self, line: Line) -> None:
        self.lines.append(line)
        self.low = min(self.low, line.begin, line.end)
        self.high = max(self.high, line.begin, line.end)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tracks:
    """The tracks of all channels."""

    #: The track of each run, by its identity.
    of: dict[Line, int]
    #: How many tracks a channel has, by its axis and place.
    count: dict[tuple[bool, int], int]


def assign_tracks(routes: Iterable[Route]) -> Tracks:
    """Give every run of the routes a track in its channel."""
    channels: dict[tuple[bool, int], dict[str, _Net]] = {}
    for route in routes:
        for line in route.lines:
            if line.is_run:
                nets = channels.setdefault((line.is_vertical, line.place), {})
                nets.setdefault(line.net, _Net()).add(line)
    tracks: dict[Line, int] = {}
    count: dict[tuple[bool, int], int] = {}
    for key, nets in channels.items():
        order = _across if key[0] else _along
        placed: list[list[_Net]] = []
        for net in sorted(nets.values(), key=order):
            track = _track(placed, net)
            placed[track].append(net)
            tracks.update(dict.fromkeys(net.lines, track))
        count[key] = len(placed)
    return Tracks(of=tracks, count=count)


def _across(net: _Net) -> tuple[int, ...]:
    line = net.lines[0]
    down = line.end >= line.begin
    return (0, -net.low, -net.high) if down else (1, net.high, net.low)


def _along(net: _Net) -> tuple[int, ...]:
    return net.high - net.low, net.low


def _track(placed: list[list[_Net]], net: _Net) -> int:
    """The track after the last one on which something meets the net."""
    track = len(placed)
    while track and not any(other.low <= net.high and net.low <= other.high for other in placed[track - 1]):
        track -= 1
    if track == len(placed):
        placed.append([])
    return track
