"""The procedure under judgement, with what every finding asks about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from analysis.extent import steps_of
from analysis.findings.finding import Missing
from analysis.timing.structure import Structure
from analysis.timing.times import Clocks
from bpmn.annotation import GovStep
from bpmn.begin import processes_of
from bpmn.control_flow import ControlFlow
from bpmn.model import Model, Node, SequenceFlow, Unit
from bpmn.relations import Neighbour, Relations, relations
from bpmn.routing import exclusive_shares

#: The levels of government, lowest first.
LEVELS = ("village", "town", "county", "city", "province", "state")
#: Steps told that come next after one; a step with more of them is a drawing nobody can read.
MOST = 100
_NOTHING = GovStep()


class Subject:
    """A model, how its steps relate to each other, and what the organisation says.

    `units` are the names and codes of the units of an organisation, where one is loaded.
    """

    def __init__(self, model: Model, *, known: Relations | None = None, units: frozenset[str] | None = None) -> None:
        self.model = model
        self.organisation = units
        self._known = known
        #: Names of findings that did not look at everything, because the file is too large or too tangled.
        self.left_out: set[str] = set()
        self._followers: dict[str, tuple[str, ...]] = {}
        self._ways_on: dict[int, Sequence[int]] = {}

    @cached_property
    def relations(self) -> Relations:
        """How the steps relate to each other, found when first asked for."""
        return self._known or relations(self.model)

    @cached_property
    def steps(self) -> tuple[str, ...]:
        """The steps of the procedure that the applicant does not do, in path order."""
        counted = {node.id for node in steps_of(self.model) if not self.is_applicants(node.id)}
        return tuple(step for step in self.relations.steps if step in counted)

    @cached_property
    def processes(self) -> frozenset[str]:
        """The processes of the procedure that are not the applicant's."""
        return processes_of(self.model) - self.model.applicant_processes

    @cached_property
    def all_steps(self) -> tuple[str, ...]:
        """The steps of the procedure, the applicant's own too, in path order."""
        processes = processes_of(self.model)
        return tuple(step for step in self.relations.steps if self.model.node[step].process in processes)

    def node(self, step: str) -> Node:
        """The node of an id."""
        return self.model.node[step]

    def said(self, step: str) -> GovStep:
        """What `gov:step` says of a step; all of it empty where it says nothing."""
        return self.model.node[step].step or _NOTHING

    def kind(self, step: str) -> str:
        """What `gov:step` calls it; empty where it says nothing."""
        return self.said(step).kind

    def of_kind(self, *kinds: str) -> tuple[str, ...]:
        """The steps of these kinds, in path order."""
        return tuple(step for step in self.steps if self.kind(step) in kinds)

    def unit(self, step: str) -> Unit | None:
        """The unit that does a step; none for the applicant."""
        unit = self.model.unit_of.get(step)
        return None if unit is None or unit.applicant else unit

    def unit_key(self, step: str) -> str:
        """What steps of one unit share; empty for none."""
        unit = self.unit(step)
        return unit.key if unit is not None else ""

    def is_mandatory(self, step: str) -> bool:
        """Whether the law demands the step."""
        return self.said(step).mandatory

    def stops_clock(self, step: str) -> bool:
        """Whether a clock-stop stands on the step."""
        return bool(self.said(step).clock_stop)

    @cached_property
    def kept_apart(self) -> frozenset[str]:
        """The steps another person must do, and those that must be done by another person than them."""
        found: set[str] = set()
        for node in self.model.nodes:
            if node.step is not None and node.step.separate_from:
                found.add(node.id)
                found.update(node.step.separate_from)
        return frozenset(found)

    def are_apart(self, first: str, second: str) -> bool:
        """Whether the law wants different persons at two steps."""
        return second in self.said(first).separate_from or first in self.said(second).separate_from

    def steps_at(self, node: str) -> tuple[str, ...]:
        """The step a node is, or those inside it where it is a frame, in path order."""
        if not self.model.node[node].is_frame:
            return (node,) if self.model.node[node].is_step else ()
        found, frames = list[str](), [node]
        while frames:
            for inner in self._inside.get(frames.pop(), ()):
                (frames if self.model.node[inner].is_frame else found).append(inner)
        return self.in_path_order(one for one in found if self.model.node[one].is_step)

    @cached_property
    def _inside(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for node in self.model.nodes:
            if node.scope:
                found.setdefault(node.scope, []).append(node.id)
        return found

    def in_path_order(self, steps: Iterable[str]) -> tuple[str, ...]:
        """The steps, each once, as a case meets them."""
        return tuple(sorted(set(steps), key=self.relations.position.__getitem__))

    @cached_property
    def structure(self) -> Structure:
        """The model as blocks, with its times."""
        return Structure(self.model)

    @cached_property
    def clocks(self) -> Clocks:
        """The clocks its steps run on."""
        return Clocks(self.model)

    def work_seconds(self, step: str) -> float:
        """The mean work of one round of a step, in seconds of its own clock; 0 where the file names none."""
        return self.clocks.times(self.model.node[step]).work.mean

    def pace(self, step: str) -> float:
        """The procedure's open seconds that pass in a second of the clock on which a step waits."""
        return self.clocks.times(self.model.node[step]).wait.pace

    # What is a result

    def is_result(self, step: str, material: str) -> bool:
        """Whether what a step gives is a result for the applicant."""
        return (
            self.kind(step) in ("produce", "notify")
            or self.tells_applicant(step)
            or any(
                item.name == material and item.use == "gives" and item.to == "applicant"
                for item in self.model.node[step].materials
            )
        )

    def is_awaited(self, step: str) -> bool:
        """Whether a message of a step starts a pool or is awaited by somebody."""
        pools = {pool.id for pool in self.model.pools if pool.process}
        return any(end in self.model.node or end in pools or end in self.model.process for end in self.sent_to(step))

    def sent_to(self, step: str) -> Sequence[str]:
        """Where the message flows of a step lead."""
        return self._sent.get(step, ())

    @cached_property
    def _sent(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for message in self.model.message_flows:
            found.setdefault(message.source, []).append(message.target)
        return found

    def tells_applicant(self, step: str) -> bool:
        """Whether a message flow leads from a step to the applicant."""
        return any(map(self.is_applicants, self.sent_to(step)))

    @cached_property
    def _got(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for message in self.model.message_flows:
            found.setdefault(message.target, []).append(message.source)
        return found

    def is_applicants(self, end: str) -> bool:
        """Whether a node, or a pool or process at the end of a message flow, is the applicant's."""
        node = self.model.node.get(end)
        if node is not None:
            return self.model.is_applicants(node)
        pool = next((pool for pool in self.model.pools if pool.id == end), None)
        if pool is None:
            return end in self.model.applicant_processes
        return pool.process in self.model.applicant_processes or (pool.unit is not None and pool.unit.applicant)

    # What follows what

    @cached_property
    def neighbours(self) -> tuple[Neighbour, ...]:
        """Every two steps of the procedure that follow each other in a row, in path order of the first."""
        counted = set(self.steps)
        return tuple(pair for step in self.steps for pair in self.relations.in_a_row(step) if pair.second in counted)

    def followers(self, step: str) -> tuple[str, ...]:
        """The steps that come next after one, whatever gateways, events and messages lie between; 100 at most."""
        if step not in self._followers:
            self._followers[step] = self._next_steps(step)
        return self._followers[step]

    def _next_steps(self, step: str) -> tuple[str, ...]:
        """Walk from a step to the next ones; into sub-processes by their starts, out of them where they end."""
        flow = self.relations.flow
        found: dict[str, None] = {}
        begin = flow.main.get(step)
        waiting = [] if begin is None else [begin]
        seen = set(waiting)
        while waiting and len(found) < MOST:
            for target in self._onward(waiting.pop()):
                if target in seen:
                    continue
                seen.add(target)
                vertex = flow.vertices[target]
                if vertex.kind == "step":
                    found[vertex.node] = None
                else:
                    waiting.append(target)
                if len(found) >= MOST:
                    break
        return tuple(found)

    def _onward(self, number: int) -> Sequence[int]:
        if number not in self._ways_on:
            self._ways_on[number] = _onward(self.relations.flow, self._heard, number)
        return self._ways_on[number]

    @cached_property
    def _preceding(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for step in self.all_steps:
            for follower in self.followers(step):
                found.setdefault(follower, []).append(step)
        return {step: tuple(givers) for step, givers in found.items()}

    def came_from(self, step: str) -> tuple[str, ...]:
        """The steps a case may come from directly, whatever lies between."""
        return self._preceding.get(step, ())

    def first_step_after(self, element: str) -> str:
        """The first step at or behind an element, along its first flows; empty where none follows."""
        return self._nearest(element, forward=True)

    def last_step_before(self, element: str) -> str:
        """The last step at or before an element, along its first flows; empty where none comes before."""
        return self._nearest(element, forward=False)

    def _nearest(self, element: str, *, forward: bool) -> str:
        seen, waiting = {element: None}, [element]
        for place in waiting:
            node = self.model.node.get(place)
            steps = self.steps_at(place) if node is not None else ()
            if steps:
                return steps[0] if forward else steps[-1]
            joined = self.model.outgoing if forward else self.model.incoming
            flows = joined.get(place, ()) or joined.get(node.scope if node is not None else "", ())
            ends = [flow.target if forward else flow.source for flow in flows]
            if node is not None and node.attached_to and not forward:
                ends.append(node.attached_to)
            for end in ends:
                if end not in seen:
                    seen[end] = None
                    waiting.append(end)
        return ""

    def only_ends(self, flow: SequenceFlow) -> bool:
        """Whether nothing but the end of the case lies behind a flow.

        That is: events that catch nothing, then end events; or any steps, where every case that takes it ends rejected.
        """
        return flow.target not in self._goes_on or self._ends_at_once(flow)

    @cached_property
    def _goes_on(self) -> frozenset[str]:
        """The nodes from which a case can come to an end that is not one of rejection."""
        found = {
            node.id
            for node in self.model.nodes
            if node.outcome != "rejected" and not self.model.outgoing[node.id] and not node.attached_to
        }
        waiting = list(found)
        while waiting:
            node = self.model.node[waiting.pop()]
            before = [flow.source for flow in self.model.incoming[node.id]]
            before += [node.attached_to] if node.attached_to else []
            for source in before:
                if source in self.model.node and source not in found:
                    found.add(source)
                    waiting.append(source)
        return frozenset(found)

    def _ends_at_once(self, flow: SequenceFlow) -> bool:
        seen, waiting = {flow.target}, [flow.target]
        while waiting:
            node = self.model.node.get(waiting.pop())
            if node is None or node.scope or node.is_activity or node.kind == "intermediateCatchEvent":
                return False
            for leaving in self.model.outgoing[node.id]:
                if leaving.target not in seen:
                    seen.add(leaving.target)
                    waiting.append(leaving.target)
        return True

    def ending_flows(self, gateway: str) -> tuple[SequenceFlow, ...]:
        """The branches of a choice that only end the case, where just one goes on; else none.

        Where every branch ends the case at once, the one that does not reject it is the one that goes on.
        """
        branches = self.model.outgoing[gateway]
        for is_ending in (lambda flow: flow.target not in self._goes_on, self.only_ends):
            found = tuple(flow for flow in branches if is_ending(flow))
            if 0 < len(found) == len(branches) - 1:
                return found
        return ()

    def ending_share(self, gateway: str) -> float:
        """The share of cases an exclusive gateway sends to nothing but the end."""
        flow = self.relations.flow
        vertex = flow.vertices[flow.main[gateway]]
        ending = {branch.id for branch in self.ending_flows(gateway)}
        shares = zip(vertex.leaving, exclusive_shares(self.model, flow, vertex), strict=True)
        return sum(share for arc, share in shares if flow.arcs[arc].flow in ending)

    @cached_property
    def _heard(self) -> Mapping[str, tuple[int, ...]]:
        """The vertices each node's messages go to."""
        flow = self.relations.flow
        found: dict[str, list[int]] = {}
        for message in flow.messages:
            if message.source >= 0 and message.target >= 0:
                found.setdefault(flow.vertices[message.source].node, []).append(message.target)
        return {node: tuple(targets) for node, targets in found.items()}

    def catches_message(self, element: str) -> bool:
        """Whether a node waits for a message, or is begun by one of the applicant's or of nobody that is drawn.

        A message of an office that begins a pool hands the case on: nobody has waited for it.
        """
        node = self.model.node[element]
        if node.kind == "startEvent" and not node.scope:
            senders = self._got.get(element, ())
            is_handed_on = senders and not any(s not in self.model.node or self.is_applicants(s) for s in senders)
            return node.event("message") is not None and not is_handed_on
        catching = ("startEvent", "intermediateCatchEvent", "boundaryEvent")
        return node.kind == "receiveTask" or (node.kind in catching and node.event("message") is not None)

    def hears_applicant(self, node: str) -> bool:
        """Whether a message of the applicant's comes in at a node."""
        return any(map(self.is_applicants, self.heard_from(node)))

    def hears_office(self, node: str) -> bool:
        """Whether a message that something drawn in another office's pool sends comes in at a node."""
        return any(sender in self.model.node and not self.is_applicants(sender) for sender in self.heard_from(node))

    def heard_from(self, node: str) -> Sequence[str]:
        """Where the message flows to a node come from."""
        return self._got.get(node, ())

    # What is missing for a finding to be sure

    def unsure(self, steps: Iterable[str], *annotations: str) -> tuple[Missing, ...]:
        """Which of the annotations the steps lack or hold as suggestions only.

        "kind" is lacking where `gov:step kind` is, "materials" where a step without kind names none; "post", "level",
        "purpose" and "basis" where the attribute is.
        """
        found: dict[Missing, None] = {}
        for step in self.in_path_order(steps):
            for annotation in annotations:
                if self._lacks(self.model.node[step], annotation):
                    found[Missing(element=step, annotation=annotation)] = None
        return tuple(found)

    def suggested_materials(self, steps: Iterable[str], material: str) -> tuple[Missing, ...]:
        """The steps at which a material stands only as a suggestion."""
        return tuple(
            Missing(element=step, annotation="materials")
            for step in self.in_path_order(steps)
            if any(item.name == material and item.source == "suggested" for item in self.model.node[step].materials)
        )

    def suggested(self, steps: Iterable[str]) -> tuple[Missing, ...]:
        """The steps whose `gov:step` is only a suggestion."""
        return tuple(
            Missing(element=step, annotation="step")
            for step in self.in_path_order(steps)
            if (said := self.model.node[step].step) is not None and said.source == "suggested"
        )

    def _lacks(self, node: Node, annotation: str) -> bool:
        if annotation == "materials":
            suggested = any(material.source == "suggested" for material in node.materials)
            return suggested or (not node.materials and (node.step is None or not node.step.kind))
        if annotation == "post":
            return not self.model.post_of.get(node.id)
        if node.step is None or node.step.source == "suggested":
            return True
        return not getattr(node.step, annotation)


def _onward(flow: ControlFlow, heard: Mapping[str, tuple[int, ...]], number: int) -> list[int]:
    """The vertices that come next after one: by its arcs, its messages, into and out of its scope."""
    vertex = flow.vertices[number]
    if vertex.kind == "enter":
        return list(flow.scopes[flow.scope_of[vertex.node]].starts)
    found = [flow.arcs[arc].target for arc in vertex.leaving]
    if flow.main.get(vertex.node) == number:
        found += heard.get(vertex.node, ())
    if vertex.kind in ("end", "terminate") and vertex.scope >= 0 and flow.scopes[vertex.scope].node:
        around = flow.main.get(flow.scopes[vertex.scope].node)
        leaving = flow.vertices[around].leaving if around is not None else ()
        found += [flow.arcs[arc].target for arc in leaving]
    return found


def rank(level: str) -> int:
    """How high a level of government is; -1 where none is said."""
    return LEVELS.index(level) if level in LEVELS else -1


def level_rank(unit: Unit | None) -> int:
    """How high the level of a unit is; -1 where it is not said."""
    return rank(unit.level) if unit is not None else -1
