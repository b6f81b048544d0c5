"""A BPMN 2.0 file as a value: pools, processes, steps, events, gateways, flows, data, diagram and annotations.

A `Model` is flat: every element stands once, in the order of the file, and names its container and neighbours by id. It
is never changed in place; `evolve` makes a new one and `bpmn.write` brings the difference into the source bytes, so
that what is not interpreted here (foreign extensions, comments, choreographies …) is kept. Two values are equal if they
say the same; the line they stand on, the source and the ids of drawn shapes are left out of the comparison.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

from bpmn.annotation import GovMaterial, GovProcedure, GovStep, GovTime, GovUnit
from bpmn.detail import Detail
from bpmn.problem import Problem
from bpmn.shapes import Bounds, Edge, Shape
from bpmn.units import Unit, innermost_lanes, unit_from, united

__all__ = [
    "ACTIVITIES",
    "AUTOMATIC_TASKS",
    "EVENTS",
    "GATEWAYS",
    "SUB_PROCESSES",
    "TASKS",
    "Artifact",
    "Association",
    "Bounds",
    "Data",
    "Detail",
    "Edge",
    "EventDefinition",
    "Lane",
    "Loop",
    "MessageFlow",
    "Model",
    "Node",
    "Pool",
    "Process",
    "Root",
    "SequenceFlow",
    "Shape",
    "Unit",
]

#: Activities in which somebody or something works.
TASKS = frozenset(
    ("task", "userTask", "manualTask", "serviceTask", "scriptTask", "sendTask", "receiveTask", "businessRuleTask")
)
#: Activities that are frames around other nodes.
SUB_PROCESSES = frozenset(("subProcess", "adHocSubProcess", "transaction"))
#: Everything drawn as a rounded box.
ACTIVITIES = TASKS | SUB_PROCESSES | {"callActivity"}
#: Everything drawn as a diamond.
GATEWAYS = frozenset(("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"))
#: Everything drawn as a circle.
EVENTS = frozenset(("startEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "endEvent"))
#: Tasks no person works at, unless the file says otherwise.
AUTOMATIC_TASKS = frozenset(("serviceTask", "scriptTask", "sendTask"))


@dataclass(frozen=True, kw_only=True, slots=True)
class EventDefinition:
    """What an event waits for or does."""

    #: "message", "timer", "signal", "error", "escalation", "conditional", "link", "compensate", "cancel", "terminate".
    kind: str
    id: str = ""
    #: The message, signal, error or escalation referred to; the name of a link.
    reference: str = ""
    #: "timeDate", "timeDuration" or "timeCycle" of a timer, with its text in `expression`.
    timer: str = ""
    #: The text of a timer or of a condition, and the language the file names for it.
    expression: str = ""
    language: str = ""
    #: Of a message: the operation of an interface that sends or receives it.
    operation: str = ""
    #: Of a throwing compensation: whether it waits until the work is undone.
    waits: bool = True
    #: Of a link: the ids of the links that lead to it, and of the one it leads to, where the file names them.
    link_sources: tuple[str, ...] = ()
    link_target: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Loop:
    """Loop characteristics of an activity."""

    #: "standard", "parallel" or "sequential".
    kind: str
    #: The text of the loop cardinality, or the loop maximum.
    cardinality: str = ""
    #: The text of the completion or loop condition.
    condition: str = ""
    #: True where a standard loop tests before its first round.
    test_before: bool = False
    #: The collection a multi-instance runs over: a data reference or a foreign attribute.
    collection: str = ""
    #: The collection it writes: a data reference.
    output: str = ""
    #: Ids of the one datum each of its rounds reads and writes.
    input_item: str = ""
    output_item: str = ""
    #: When it throws events: "All" (only once it is over), "One", "None", "Complex"; empty where the file says nothing.
    behavior: str = ""
    #: The event definition thrown with "One" and "None".
    behavior_event: str = ""
    #: With "Complex": conditions, each with the event it throws; kept in the file as they stand.
    behaviors: tuple[tuple[str, str], ...] = field(default=(), compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A flow node: a step or frame, an event or a gateway. `kind` is its BPMN name."""

    id: str
    #: The BPMN element: one of `ACTIVITIES`, `EVENTS`, `GATEWAYS`.
    kind: str
    name: str = ""
    #: The process it belongs to.
    process: str
    #: The sub-process around it, empty at the top of a process.
    scope: str = ""
    #: The outgoing flow taken when no other is.
    default: str = ""
    #: Of a boundary event: the activity it sits on.
    attached_to: str = ""
    #: Of a boundary event or the start of an event sub-process: whether it ends what it interrupts.
    interrupting: bool = True
    events: tuple[EventDefinition, ...] = ()
    loop: Loop | None = None
    #: Of a sub-process: started by an event instead of a flow.
    triggered_by_event: bool = False
    #: Of a call activity: the process or global task it calls. The message of a task stands in `events`.
    called: str = ""
    #: Of a business rule task, by an engine's attributes: its decision, what the answer is called, if always a group.
    decision: str = ""
    answer: str = field(default="", compare=False)
    answers_group: bool = field(default=False, compare=False)
    #: Of a task: what an engine's attribute or element names as the work to be done by a program (a topic, a type …).
    job: str = field(default="", compare=False)
    #: Whether its data associations reckon with what they carry, by assignments or a transformation.
    maps_data: bool = field(default=False, compare=False)
    #: Whether it only undoes other work, called by a compensation.
    for_compensation: bool = False
    #: How many tokens begin it, and how many it sends on.
    start_quantity: int = 1
    completion_quantity: int = 1
    #: Of an event with several definitions: whether it waits for all of them.
    parallel_multiple: bool = False
    #: Of a task: the technology ("##WebService", an address …) and the operation of an interface.
    implementation: str = ""
    operation: str = ""
    #: Of a gateway: "Converging", "Diverging" or "Mixed", where the file says which.
    direction: str = ""
    #: Of an event-based gateway that starts a process: "Exclusive" or "Parallel", as the file says it.
    event_gateway_type: str = ""
    #: Of a complex gateway: when it goes on.
    activation: str = ""
    #: Of an ad-hoc sub-process: "Parallel" or "Sequential" as the file says it, when it is over, and whether what is
    #: still under way then stops.
    ordering: str = ""
    completion: str = ""
    cancel_remaining: bool = True
    #: Of a transaction: how it is undone ("##Compensate", "##Image", "##Store", an address).
    method: str = ""
    #: Of a receive task or an event-based gateway: whether it starts a process.
    instantiate: bool = False
    #: The text of a script task's script and the format the file names for it; it never runs.
    script: str = ""
    script_format: str = ""
    documentation: str = ""
    step: GovStep | None = None
    times: tuple[GovTime, ...] = ()
    materials: tuple[GovMaterial, ...] = ()
    #: `gov:repeat mean`.
    repeat: float | None = None
    #: `gov:end outcome` of an end event.
    outcome: str = ""
    #: Ids of the data references it reads and writes.
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)

    @property
    def is_step(self) -> bool:
        """Whether work is done in it: an activity that is no frame around others."""
        return self.kind in TASKS or self.kind == "callActivity"

    @property
    def is_frame(self) -> bool:
        """Whether it is a sub-process of any kind."""
        return self.kind in SUB_PROCESSES

    @property
    def is_activity(self) -> bool:
        """Whether it is drawn as a box."""
        return self.kind in ACTIVITIES

    @property
    def is_event(self) -> bool:
        """Whether it is drawn as a circle."""
        return self.kind in EVENTS

    @property
    def is_gateway(self) -> bool:
        """Whether it is drawn as a diamond."""
        return self.kind in GATEWAYS

    @property
    def is_automatic(self) -> bool:
        """Whether no person works at it, by the file's word or else by the type of the task."""
        if self.step is not None and self.step.automatic is not None:
            return self.step.automatic
        return self.kind in AUTOMATIC_TASKS

    def event(self, kind: str) -> EventDefinition | None:
        """Its first event definition of that kind."""
        return next((event for event in self.events if event.kind == kind), None)

    def time(self, part: str) -> GovTime | None:
        """Its `gov:time` of that part, "work" or "wait"."""
        return next((time for time in self.times if time.part == part), None)

    def evolve(self, **changes: Any) -> Self:
        """The same node with other values."""
        return replace(self, **changes)


@dataclass(frozen=True, kw_only=True, slots=True)
class SequenceFlow:
    """An arrow inside one process."""

    id: str
    source: str
    target: str
    name: str = ""
    process: str
    scope: str = ""
    #: The text of its condition and the language the file names for it.
    condition: str = ""
    language: str = ""
    #: `gov:branch probability`.
    probability: float | None = None
    #: `gov:branch most`: how often one case takes it at most; none means no bound.
    most: int | None = None
    #: `gov:branch source`: empty, or "suggested".
    share_source: str = ""
    line: int = field(default=0, compare=False)

    def evolve(self, **changes: Any) -> Self:
        """The same flow with other values."""
        return replace(self, **changes)


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageFlow:
    """A dashed arrow between pools; either end is a node, a pool or a process."""

    id: str
    source: str
    target: str
    name: str = ""
    #: The message it carries.
    message: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pool:
    """A participant of a collaboration."""

    id: str
    name: str = ""
    #: The process drawn in it; empty for a black box.
    process: str = ""
    #: The least and most number of such participants; none where the file does not say.
    multiplicity: tuple[int, int] | None = None
    unit: GovUnit | None = None
    documentation: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Lane:
    """A lane, possibly inside another lane."""

    id: str
    name: str = ""
    process: str
    #: The lane around it, empty at the top.
    parent: str = ""
    #: Which of the lane sets of the file it is in: each divides the same nodes in a way of its own.
    lane_set: int = field(default=0, compare=False)
    #: The nodes it lists itself.
    nodes: tuple[str, ...] = ()
    unit: GovUnit | None = None
    documentation: str = ""
    line: int = field(default=0, compare=False)

    def evolve(self, **changes: Any) -> Self:
        """The same lane with other values."""
        return replace(self, **changes)


@dataclass(frozen=True, kw_only=True, slots=True)
class Process:
    """The flow of one pool, or a process of its own."""

    id: str
    name: str = ""
    executable: bool = False
    #: "None", "Public" or "Private", as the file says it.
    type: str = ""
    procedure: GovProcedure | None = None
    documentation: str = ""
    line: int = field(default=0, compare=False)

    def evolve(self, **changes: Any) -> Self:
        """The same process with other values."""
        return replace(self, **changes)


@dataclass(frozen=True, kw_only=True, slots=True)
class Data:
    """A data object, a reference to one, a data store, its reference, or a data input or output of a process."""

    id: str
    #: "dataObject", "dataObjectReference", "dataStore", "dataStoreReference", "dataInput" or "dataOutput".
    kind: str
    #: Its name, or that of the object it refers to.
    name: str = ""
    #: Of a reference: what it refers to.
    refers_to: str = ""
    process: str = ""
    scope: str = ""
    is_collection: bool = False
    #: The name of its state.
    state: str = ""
    #: The item definition it is of.
    item: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Artifact:
    """A text annotation or a group."""

    id: str
    #: "textAnnotation" or "group".
    kind: str
    text: str = ""
    process: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Association:
    """A dotted line: of an artifact, or of data read ("input") or written ("output") by a node."""

    id: str
    source: str
    target: str
    #: "association", "input" or "output".
    kind: str = "association"
    #: "None", "One" or "Both".
    direction: str = "None"
    process: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Root:
    """A root element others refer to: message, signal, error, escalation, itemDefinition, global task …"""

    id: str
    #: The BPMN element.
    kind: str
    name: str = ""
    #: Its error, escalation or structure code.
    code: str = ""
    #: The item definition that says what it carries, of a message, signal, error, escalation, correlation property.
    structure: str = ""
    #: Of an item definition: whether it is a collection of such items.
    is_collection: bool = False
    #: Of an event definition that stands beside the processes: the message, signal, error or escalation it refers to.
    refers_to: str = field(default="", compare=False)
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True)
class Model:
    """One BPMN file. Every tuple is in the order of the file; ids are unique within the model."""

    #: The bytes it was read from; empty for a model that was built.
    source: bytes = field(default=b"", compare=False, repr=False)
    #: Id and name of the definitions element.
    id: str = ""
    name: str = ""
    #: The language its types are in, as the file says; XML Schema where it says nothing.
    type_language: str = field(default="", compare=False)
    #: The element the collaboration's id names; empty where there is none.
    collaboration: str = ""
    processes: tuple[Process, ...] = ()
    pools: tuple[Pool, ...] = ()
    lanes: tuple[Lane, ...] = ()
    nodes: tuple[Node, ...] = ()
    flows: tuple[SequenceFlow, ...] = ()
    message_flows: tuple[MessageFlow, ...] = ()
    data: tuple[Data, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    associations: tuple[Association, ...] = ()
    roots: tuple[Root, ...] = ()
    shapes: tuple[Shape, ...] = ()
    edges: tuple[Edge, ...] = ()
    #: What else the file says; it is kept as it stands in the source and cannot be changed through the model.
    details: tuple[Detail, ...] = field(default=(), compare=False)
    #: Faults seen while reading: missing references, duplicate ids, bad annotations …; `check` adds what it finds.
    faults: tuple[Problem, ...] = field(default=(), compare=False)

    def evolve(self, **changes: Any) -> Self:
        """A new model with other parts; the source stays, so that writing knows what changed."""
        return replace(self, **changes)

    @cached_property
    def node(self) -> Mapping[str, Node]:
        """Every node by id."""
        return {node.id: node for node in self.nodes}

    @cached_property
    def flow(self) -> Mapping[str, SequenceFlow]:
        """Every sequence flow by id."""
        return {flow.id: flow for flow in self.flows}

    @cached_property
    def lane(self) -> Mapping[str, Lane]:
        """Every lane by id."""
        return {lane.id: lane for lane in self.lanes}

    @cached_property
    def process(self) -> Mapping[str, Process]:
        """Every process by id."""
        return {process.id: process for process in self.processes}

    @cached_property
    def shape(self) -> Mapping[str, Shape]:
        """The first shape of every drawn element."""
        return {shape.element: shape for shape in reversed(self.shapes)}

    @cached_property
    def edge(self) -> Mapping[str, Edge]:
        """The first edge of every drawn element."""
        return {edge.element: edge for edge in reversed(self.edges)}

    @cached_property
    def outgoing(self) -> Mapping[str, tuple[SequenceFlow, ...]]:
        """The sequence flows that leave each node, in the order of the file; every node has an entry."""
        return self._group((flow.source, flow) for flow in self.flows)

    @cached_property
    def incoming(self) -> Mapping[str, tuple[SequenceFlow, ...]]:
        """The sequence flows that enter each node, in the order of the file; every node has an entry."""
        return self._group((flow.target, flow) for flow in self.flows)

    @cached_property
    def details_of(self) -> Mapping[str, tuple[Detail, ...]]:
        """The details in each element that has some."""
        grouped: dict[str, list[Detail]] = {}
        for detail in self.details:
            grouped.setdefault(detail.owner, []).append(detail)
        return {owner: tuple(details) for owner, details in grouped.items()}

    def _group(self, flows: Iterable[tuple[str, SequenceFlow]]) -> dict[str, tuple[SequenceFlow, ...]]:
        grouped: dict[str, list[SequenceFlow]] = {}
        for end, flow in flows:
            if end in grouped:
                grouped[end].append(flow)
            else:
                grouped[end] = [flow]
        found = {node.id: tuple(grouped.get(node.id, ())) for node in self.nodes}
        found.update((end, tuple(lost)) for end, lost in grouped.items() if end not in found)
        return found

    @cached_property
    def boundary_events(self) -> Mapping[str, tuple[Node, ...]]:
        """The boundary events of each activity that has some."""
        attached: dict[str, list[Node]] = {}
        for node in self.nodes:
            if node.attached_to:
                attached.setdefault(node.attached_to, []).append(node)
        return {host: tuple(nodes) for host, nodes in attached.items()}

    @cached_property
    def pool_of_process(self) -> Mapping[str, Pool]:
        """The pool of each process that has one."""
        return {pool.process: pool for pool in reversed(self.pools) if pool.process}

    @cached_property
    def lane_of(self) -> Mapping[str, Lane]:
        """The innermost lane that lists each node, else its host or its sub-process; nodes in no lane are left out."""
        return innermost_lanes(self.lanes, self.node)

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """The units of the file, one for each key, in the order of the file; the applicant is among them, marked."""
        return tuple({unit.key: unit for unit in self.unit_at.values()}.values())

    @cached_property
    def unit_at(self) -> Mapping[str, Unit]:
        """The unit each lane belongs to, and each pool without lanes."""
        with_lanes = {lane.process for lane in self.lanes}
        found: dict[str, Unit] = {}
        for pool in self.pools:
            if pool.process not in with_lanes:
                found[pool.id] = unit_from(pool.id, pool.name, pool.unit, applicant=False)
        for lane in self.lanes:
            pool_unit = self.pool_of_process[lane.process].unit if lane.process in self.pool_of_process else None
            applicant = pool_unit is not None and pool_unit.applicant
            if lane.unit is None and lane.parent in found:
                found[lane.id] = found[lane.parent]
            else:
                found[lane.id] = unit_from(lane.id, lane.name, lane.unit, applicant=applicant)
        return united(found)

    @cached_property
    def unit_of(self) -> Mapping[str, Unit]:
        """The unit of each node that has one: by its lane, or by its pool where the pool has no lanes."""
        with_lanes = {lane.process for lane in self.lanes}
        found: dict[str, Unit] = {}
        for node in self.nodes:
            lane = self.lane_of.get(node.id)
            pool = self.pool_of_process.get(node.process)
            if lane is not None:
                found[node.id] = self.unit_at[lane.id]
            elif pool is not None and node.process not in with_lanes:
                found[node.id] = self.unit_at[pool.id]
        return found

    @cached_property
    def post_of(self) -> Mapping[str, str]:
        """The post of each node that has one: by `gov:step post`, or a lane inside its unit's lane."""
        found: dict[str, str] = {}
        for node in self.nodes:
            lane = self.lane_of.get(node.id)
            if node.step is not None and node.step.post:
                found[node.id] = node.step.post
            elif lane is not None and lane.parent and lane.unit is None:
                found[node.id] = lane.name
        return found

    @cached_property
    def applicant_processes(self) -> frozenset[str]:
        """The processes of the applicant: their pool says so, or every lane in it belongs to the applicant."""
        found = {pool.process for pool in self.pools if pool.process and pool.unit is not None and pool.unit.applicant}
        units: dict[str, list[Unit]] = {}
        for lane in self.lanes:
            units.setdefault(lane.process, []).append(self.unit_at[lane.id])
        found.update(process for process, owners in units.items() if all(unit.applicant for unit in owners))
        return frozenset(found)

    def hours_of(self, unit: Unit | None) -> tuple[tuple[int, int], ...]:
        """The office hours of a unit, spans of the day in seconds: its own, else the procedure's."""
        return unit.hours if unit is not None and unit.hours is not None else self.procedure.hours

    def is_applicants(self, node: Node) -> bool:
        """Whether the applicant does it: it stands in a pool or a lane of theirs."""
        unit = self.unit_of.get(node.id)
        return node.process in self.applicant_processes or (unit is not None and unit.applicant)

    @cached_property
    def procedure_process(self) -> Process | None:
        """The process that carries `gov:procedure`, else the first outside the applicant's pool, else none."""
        candidates = [process for process in self.processes if process.id not in self.applicant_processes]
        carrying = [process for process in self.processes if process.procedure is not None]
        return next(iter(carrying or candidates or self.processes), None)

    @cached_property
    def procedure(self) -> GovProcedure:
        """What the file says of the procedure; defaults where it says nothing."""
        process = self.procedure_process
        return process.procedure if process is not None and process.procedure is not None else GovProcedure()

    @property
    def title(self) -> str:
        """What people call the procedure: the name of its process, of its pool or of the file."""
        process = self.procedure_process
        if process is None:
            return self.name
        pool = self.pool_of_process.get(process.id)
        return process.name or (pool.name if pool is not None else "") or self.name or process.id
