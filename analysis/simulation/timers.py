"""How long timer events wait: their own duration, unless a `gov:time` replaces it."""

from collections.abc import Mapping
from datetime import datetime, tzinfo

from bpmn.annotation import GovTime
from bpmn.gov import parse_duration
from bpmn.model import Model, Node


def timer_of(node: Node) -> GovTime | datetime | None:
    """The time or the instant a timer event waits for; None where the file says neither in a way that is understood.

    A cycle is one period of it. `<gov:time clock="work"/>` without a duration only sets the clock.
    """
    written = node.time("work")
    if written is not None and (written.mean is not None or written.low is not None or written.values):
        return written
    timer = node.event("timer")
    text = timer.expression.strip() if timer is not None else ""
    for part in reversed(text.split("/")):
        try:
            return GovTime(mean=parse_duration(part), clock=written.clock if written is not None else "")
        except ValueError:
            continue
    return instant_of(text)


def instant_of(text: str) -> datetime | None:
    """The instant an ISO 8601 text names; None for an expression."""
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


def date_of(node: Node, zone: tzinfo) -> datetime | None:
    """The instant of a timer with a date, in this zone where it names none; None for every other node."""
    timer = node.event("timer")
    instant = instant_of(timer.expression) if timer is not None and timer.timer == "timeDate" else None
    return instant.replace(tzinfo=zone) if instant is not None and instant.tzinfo is None else instant


def waits_for_timer(node: Node) -> bool:
    """Whether a token waits at a node until its timer rings."""
    return node.kind in ("intermediateCatchEvent", "boundaryEvent") and node.event("timer") is not None


def is_racing(model: Model, node: Node) -> bool:
    """Whether a node is a timer on the border of an activity that races with it, as nobody wrote its share."""
    if node.kind != "boundaryEvent" or node.event("timer") is None:
        return False
    return all(flow.probability is None for flow in model.outgoing[node.id])


def racing_timers(model: Model) -> Mapping[str, tuple[Node, ...]]:
    """The racing timers on the border of each activity that has some."""
    found = {
        host: tuple(node for node in nodes if is_racing(model, node)) for host, nodes in model.boundary_events.items()
    }
    return {host: nodes for host, nodes in found.items() if nodes}


def alarm_of(model: Model, frame: Node) -> Node | None:
    """The timer that starts an event sub-process; None where it starts by anything else."""
    starts = [node for node in model.nodes if node.scope == frame.id and node.kind == "startEvent"]
    if len(starts) == 1 and [event.kind for event in starts[0].events] == ["timer"]:
        return starts[0]
    return None
