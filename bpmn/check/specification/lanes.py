"""Chapter 10, section 8: lanes."""

from collections.abc import Iterator

from bpmn.check.specification.rule import Breach, breach, rule
from bpmn.model import Model


@rule("two-lanes", "10.8", severity="warning", about=("lane",))
def two_lanes(model: Model) -> Iterator[Breach]:
    """A step has one place in a lane set: it stands in two of its lanes only where one lies inside the other."""
    lane_of: dict[tuple[int, str], str] = {}
    around: dict[str, set[str]] = {}
    for lane in model.lanes:
        around[lane.id] = around.get(lane.parent, set()) | {lane.id}
        for node in lane.nodes:
            other = lane_of.get((lane.lane_set, node))
            if other is not None and other not in around[lane.id] and lane.id not in around.get(other, set()):
                yield breach(node, first=model.lane[other].name or other, second=lane.name or lane.id)
            lane_of[lane.lane_set, node] = lane.id
