"""A procedure made ready to run: one read-only specification, shared by all cases and threads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bpmn.annotation import GovStep
from bpmn.begin import Beginning
from bpmn.control_flow import control_flow
from bpmn.expression import Environment
from bpmn.model import Model, Node
from bpmn.routing import routes_on
from engine.spiff.compensation import Undoing
from engine.spiff.correlation import Correlation
from engine.spiff.gateways import Join, Parallel
from engine.spiff.messages import Letter
from engine.spiff.place import Flow, Place, Specification
from engine.spiff.scopes import Inner, Pool, Together


@dataclass(frozen=True, kw_only=True, eq=False)
class Program:
    """What `compiled` makes of a model. Nothing in it changes, but for answers that are worked out once and kept."""

    model: Model
    library: Mapping[str, Model]
    specification: Specification
    #: The root of a case: its one process, or all its pools together.
    root: Pool | Together
    #: Every place by its name in the specification.
    places: Mapping[str, Place]
    #: The processes of the file by id.
    pools: Mapping[str, Pool]
    #: What stands inside every process, by its name.
    inner: Mapping[str, Inner]
    #: How a case that arrives begins, and where each start is: the pool it opens.
    beginning: Beginning
    opens: Mapping[str, Pool]
    #: Where messages go: of a place that sends, one entry for each message; in it the places one of which gets it.
    receivers: Mapping[str, tuple[tuple[str, ...], ...]]
    #: By the name of a message, the places that can wait for it or are opened by it.
    hearers: Mapping[str, tuple[str, ...]]
    #: What each start that opens a pool waits for, by its place and kind of event.
    titles: Mapping[tuple[str, str], str]
    #: Places that send to a drawn element that does not wait: nobody outside hears it.
    informs: frozenset[str]
    #: The names of the data each place reads, where the file says it.
    reads: Mapping[str, tuple[str, ...]]
    correlation: Correlation
    letter: Letter
    undoing: Undoing
    #: By the place of each call, the file of the library that holds what it calls; empty for the procedure's own.
    called: Mapping[str, str]
    #: Processes of the applicant: their end events do not tell how a case ended.
    applicants: frozenset[str]
    #: Whether elements of called processes have names with their calls before them.
    has_prefixes: bool
    #: Whether anything waits for a condition.
    has_conditions: bool
    #: The places before each place, for joins that look at all tokens.
    before: Mapping[str, tuple[Place, ...]]
    _routed: dict[str, frozenset[str]] = field(default_factory=dict)
    _leads: dict[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)

    def waits_in_vain(self, element: str) -> bool:
        """Whether a token alone at an element comes to a parallel gateway that waits for others for ever."""
        place = self.place_of(element)
        if place is None:
            return False
        for join in self.places.values():
            if isinstance(join, Parallel) and len(join.entries) > 1 and join is not place:
                came = [place.name in places for places in self.leads_to(join).values()]
                if any(came) and not all(came):
                    return True
        return False

    def leads_to(self, join: Join) -> Mapping[str, frozenset[str]]:
        """For each flow into a join, the places from which a token can come by it without passing the join."""
        known = self._leads.get(join.name)
        if known is None:
            known = self._leads[join.name] = {entry: self._reaching(join, entry) for entry in join.entries}
        return known

    def _reaching(self, join: Join, entry: str) -> frozenset[str]:
        todo = [
            place
            for place in self.before.get(join.name, ())
            if place is not join and any(isinstance(out, Flow) and out.flow == entry for out in place.exits)
        ]
        seen = {place.name for place in todo}
        while todo:
            for place in self.before.get(todo.pop().name, ()):
                if place is not join and place.name not in seen:
                    seen.add(place.name)
                    todo.append(place)
        return frozenset(seen)

    def inner_of(self, place: Place) -> Inner | None:
        """What stands inside the process a place lies in."""
        if place.node is None:
            return None
        return self.inner.get(named(place.name.rpartition("#")[0], place.node.process))

    def start_place(self, vertex: int) -> Place:
        """The place of a start of the file."""
        return self.places[control_flow(self.model).vertices[vertex].node]

    def is_routed(self, element: str) -> bool:
        """Whether a gateway routes on what a step finds, so that turning a case down does not end it."""
        holder, id_ = self._found(element)
        if holder not in self._routed:
            self._routed[holder] = _routed(self.library.get(holder, self.model))
        return id_ in self._routed[holder]

    def place_of(self, element: str) -> Place | None:
        """The place of an element, as waits and facts name it: elements of called processes after their calls."""
        holder, id_ = self._found(element)
        return self.places.get(named(holder, id_))

    def carried(self, name: str, data: Mapping[str, Any], environment: Environment) -> str:
        """What a message from outside is correlated by, as its data say."""
        for place in self.hearers.get(name, ()):
            for trigger in self.places[place].triggers:
                if trigger.event.reference in self.correlation.carried:
                    return self.correlation.of_message(environment, trigger.event.reference, data)
        return ""

    def model_of(self, element: str) -> Model:
        """The model an element stands in."""
        return self.library.get(self._found(element)[0], self.model)

    def node(self, element: str) -> Node:
        """The node of an element; raises `KeyError` where the procedure has none."""
        holder, id_ = self._found(element)
        return self.library.get(holder, self.model).node[id_]

    def _found(self, element: str) -> tuple[str, str]:
        """The file of the library an element stands in, empty for the procedure's own, and its id there."""
        holder = ""
        *calls, id_ = element.split("/")
        for call in calls:
            holder = self.called.get(named(holder, call), "")
        return holder, id_


def _routed(model: Model) -> frozenset[str]:
    """The steps a gateway would route on if they turned cases down."""
    turning = tuple(
        node.evolve(step=replace(node.step or GovStep(), rejects=0.5)) if node.is_step else node for node in model.nodes
    )
    judged = model.evolve(nodes=turning)
    return frozenset(routes_on(judged, control_flow(judged)))


def named(holder: str, id_: str) -> str:
    """The name of a place: the id of its element, in a file of the library with the name of that before it."""
    return f"{holder}#{id_}" if holder else id_
