"""Whether two steps, one before the other, could as well be done at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bpmn.model import Node
from bpmn.relations.materials import Materials
from bpmn.relations.routes import Routes
from bpmn.relations.ways import Ways, nodes_of

#: Events that let time pass or wait for something.
_AWAITED = frozenset(("message", "timer", "signal", "conditional"))


@dataclass(frozen=True, kw_only=True)
class Independence:
    """Whether two steps hang on each other."""

    holds: bool
    #: Why not, in one word; empty where it holds. The gateway between them comes last: where that is the reason, no
    #: other one ties them.
    why: str = ""
    #: The steps whose annotations are missing or only suggested: with these the answer is not sure.
    missing: tuple[str, ...] = ()


class Ties:
    """What ties two steps; every reason has its word.

    | word | reason |
    |---|---|
    | `not-annotated`, `no-material` | a step has no kind, or names no material |
    | `accept` | one of them accepts the case |
    | `kind-first` | the first decides or approves |
    | `kind-second` | the second decides, approves, produces or notifies |
    | `needs-what-other-gives` | one needs, from the case, what the other gives or takes in |
    | `gives-what-other-gives` | both give one material |
    | `store` | one writes a data store that the other reads or writes |
    | `after` | a legal order says so |
    | `clock-stop-between`, `wait-between`, `event-between` | time passes, or something is awaited, between them |
    | `message` | a message that leaves the first, or what is between, is answered at the second or before it |
    | `through` | what the first gives passes through a step between them to the second |
    | `condition` | a condition between them names what the first takes in or gives |
    | `routes-on-first` | a gateway between them routes on the first |
    """

    def __init__(self, ways: Ways, materials: Materials, routes: Routes) -> None:
        self.ways = ways
        self.model = ways.model
        self.materials = materials
        self.routes = routes
        self._sent: dict[str, list[int]] = {}
        self._received: dict[str, list[int]] = {}
        for number, (source, target, _) in enumerate(ways.messages):
            self._sent.setdefault(ways.flow.vertices[source].node, []).append(number)
            self._received.setdefault(ways.flow.vertices[target].node, []).append(number)

    def independent(self, first: str, second: str) -> Independence:
        """Whether two steps, the first before the second, hang on each other."""
        one, other = self.model.node[first], self.model.node[second]
        missing = tuple(node.id for node in (one, other) if not self.materials.is_annotated(node.id))
        if missing:
            return Independence(holds=False, why="not-annotated", missing=missing)
        suggested = tuple(node.id for node in (one, other) if _is_suggested(node))
        why = self._by_kind(one, other) or self._by_material(first, second) or self._by_order(one, other)
        if why:
            return Independence(holds=False, why=why, missing=suggested)
        between = self._between(first, second)
        why = self._by_time(between) or self._by_message(first, second, between)
        why = why or self._through(first, second, between) or self._by_choice(first, between)
        return Independence(holds=not why, why=why, missing=suggested)

    def _between(self, first: str, second: str) -> list[Node]:
        main = self.ways.flow.main
        if first not in main or second not in main:
            return []
        vertices = self.ways.between(main[first], main[second])
        vertices.sort(key=self.ways.rank.__getitem__)
        return [self.model.node[node] for node in nodes_of(self.ways.flow, vertices) if node not in (first, second)]

    def _by_kind(self, one: Node, other: Node) -> str:
        kinds = [node.step.kind if node.step is not None else "" for node in (one, other)]
        if not all(self.materials.needs[node.id] | self.materials.gives[node.id] for node in (one, other)):
            return "no-material"
        if "accept" in kinds:
            return "accept"
        if kinds[0] in ("decide", "approve"):
            return "kind-first"
        return "kind-second" if kinds[1] in ("decide", "approve", "produce", "notify") else ""

    def _by_material(self, first: str, second: str) -> str:
        known = self.materials
        for one, other in ((first, second), (second, first)):
            if self._asked(one) & self._left_by(other):
                return "needs-what-other-gives"
        if known.gives[first] & known.gives[second]:
            return "gives-what-other-gives"
        for one, other in ((first, second), (second, first)):
            if known.stores_written[one] & (known.stores_read[other] | known.stores_written[other]):
                return "store"
        return ""

    def _asked(self, step: str) -> frozenset[str]:
        """What a step needs from the case: what it takes in itself hangs on nobody."""
        return self.materials.needs[step] - self.materials.takes_in[step]

    def _left_by(self, step: str) -> frozenset[str]:
        return self.materials.gives[step] | self.materials.takes_in[step]

    def _by_order(self, one: Node, other: Node) -> str:
        after = [node.step.after if node.step is not None else () for node in (one, other)]
        return "after" if other.id in after[0] or one.id in after[1] else ""

    def _by_time(self, between: Sequence[Node]) -> str:
        for node in between:
            if node.step is not None and node.step.clock_stop:
                return "clock-stop-between"
            if node.step is not None and node.step.kind == "wait":
                return "wait-between"
            is_catching = node.kind in ("intermediateCatchEvent", "receiveTask", "eventBasedGateway")
            if is_catching and (not node.events or any(event.kind in _AWAITED for event in node.events)):
                return "event-between"
        return ""

    def _by_message(self, first: str, second: str, between: Sequence[Node]) -> str:
        places = [node.id for node in between]
        sent = {number for place in (first, *places) for number in self._sent.get(place, ())}
        received = {number for place in (*places, second) for number in self._received.get(place, ())}
        for out in sent:
            for back in received:
                end, begin = self.ways.messages[out][1], self.ways.messages[back][0]
                if out == back or end == begin or self.ways.leads_to(end, begin):
                    return "message"
        return ""

    def _through(self, first: str, second: str, between: Sequence[Node]) -> str:
        carried = set(self.materials.gives[first])
        for node in between:
            if carried & self._asked(node.id):
                carried |= self.materials.gives[node.id]
        return "through" if carried & self._asked(second) else ""

    def _by_choice(self, first: str, between: Sequence[Node]) -> str:
        places = {node.id for node in between}
        routing = places.intersection(self.routes.of(first))
        for material in self._left_by(first):
            for user in self.materials.read_by.get(material, ()):
                flow = self.model.flow.get(user)
                place = user if flow is None else flow.source
                if place in places and place not in routing:
                    return "condition"
        return "routes-on-first" if routing else ""


def _is_suggested(node: Node) -> bool:
    is_step = node.step is not None and node.step.source == "suggested"
    return is_step or any(material.source == "suggested" for material in node.materials)
