"""Making a model in a few words, for tests and for whoever turns a table or a log into a procedure.

    build("permit").start().step("accept", work="PT10M").step("check", purpose="title").end().model

A chain draws the flow as one tells it: each call adds an element behind the last one. `exclusive`, `parallel`,
`inclusive` and `event_based` open a block of branches, `join` (a gateway) or `close` (none) ends it; `to` leads the
flow to an element that is drawn elsewhere, backwards or forwards, and `at` goes on from one. What the chain cannot say,
`node` and `flow` can: they add any element and connect any two.

    build("permit").start().exclusive("complete")
        .branch(0.2).step("ask").to("complete")
        .branch(0.8).close()
    .step("decide").end().model
"""

# ruff: noqa: A002 - an id is called id in the model, and so it is here

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self, TypedDict, Unpack

from bpmn.annotation import Duration, GovMaterial, GovProcedure, GovStep, GovTime, GovUnit
from bpmn.gov import parse_duration, parse_hours
from bpmn.model import (
    Association,
    Data,
    EventDefinition,
    Lane,
    Loop,
    MessageFlow,
    Model,
    Node,
    Pool,
    Process,
    Root,
    SequenceFlow,
)
from bpmn.order import in_file_order

Hours = str | tuple[tuple[int, int], ...]
Time = str | Duration | GovTime


class ProcedureValues(TypedDict, total=False):
    """What `gov:procedure` may say, see `GovProcedure`; hours may be given as they stand in a file."""

    matter: str
    scenario: str
    kind: str
    lead: str
    legal_limit: float
    promised_limit: float
    limit_unit: str
    arrivals_per_day: float
    arrival_hours: Hours
    calendar: str
    hours: Hours


class UnitValues(TypedDict, total=False):
    """What `gov:unit` may say, see `GovUnit`."""

    code: str
    level: str
    staff: int
    applicant: bool
    hours: Hours


class NodeValues(TypedDict, total=False):
    """What any node may have beside its id and kind, see `Node`; times may be given as durations."""

    name: str
    documentation: str
    work: Time
    wait: Time
    materials: Sequence[GovMaterial]
    repeat: float
    loop: Loop
    reads: Sequence[str]
    writes: Sequence[str]
    called: str
    instantiate: bool
    script: str
    events: Sequence[EventDefinition]
    for_compensation: bool
    start_quantity: int
    completion_quantity: int
    parallel_multiple: bool
    implementation: str
    operation: str
    direction: str
    event_gateway_type: str
    activation: str
    ordering: str
    completion: str
    cancel_remaining: bool
    method: str


class StepValues(NodeValues, total=False):
    """What a step may have: a node's values, its BPMN element as `task`, and what `gov:step` may say."""

    task: str
    kind: str
    purpose: str
    level: str
    mandatory: bool
    basis: str
    after: Sequence[str]
    separate_from: Sequence[str]
    post: str
    visit: bool
    archive: bool
    limit: float
    limit_unit: str
    clock_stop: str
    rejects: float
    automatic: bool
    cost: float
    replaces: Sequence[str]
    source: str


def build(
    process: str = "process", *, name: str = "", pool: str = "", **procedure: Unpack[ProcedureValues]
) -> "Builder":
    """Begin a model with one process, in a pool of that name if one is given."""
    return Builder().process(process, name=name, pool=pool, **procedure)


class MaterialValues(TypedDict, total=False):
    """What `gov:material` may say beside its name and use, see `GovMaterial`."""

    issuer: str
    original: int
    copies: int
    surrender: bool
    basis: str
    source: str


def needs(name: str, *, origin: str = "applicant", **values: Unpack[MaterialValues]) -> GovMaterial:
    """A material a step needs; from the applicant where nothing else is said."""
    return GovMaterial(name=name, use="needs", origin=origin, **values)


def gives(name: str, *, to: str = "", **values: Unpack[MaterialValues]) -> GovMaterial:
    """A material a step gives."""
    return GovMaterial(name=name, use="gives", to=to, **values)


@dataclass(frozen=True, kw_only=True)
class _Arrow:
    """What the next sequence flow will say."""

    name: str = ""
    probability: float | None = None
    condition: str = ""
    default: bool = False


@dataclass(kw_only=True)
class _Block:
    """A gateway with its branches, or a sub-process, that is not closed yet."""

    opener: str
    #: The gateway a `join` makes; empty for a sub-process.
    gateway: str = ""
    #: The ends of the branches that are finished.
    ends: list[tuple[str, _Arrow]] = field(default_factory=list)


class Builder:
    """A model in the making; every call returns the builder itself, and `model` is what has been built so far."""

    def __init__(self) -> None:
        self._processes: dict[str, Process] = {}
        self._pools: dict[str, Pool] = {}
        self._lanes: dict[str, Lane] = {}
        self._nodes: dict[str, Node] = {}
        self._flows: dict[str, SequenceFlow] = {}
        self._message_flows: list[MessageFlow] = []
        self._data: dict[str, Data] = {}
        self._associations: list[Association] = []
        self._roots: dict[str, Root] = {}
        self._process = ""
        self._lane = ""
        #: Where the next element goes on from, with what the arrow to it says.
        self._ends: list[tuple[str, _Arrow]] = []
        self._blocks: list[_Block] = []
        #: The sub-processes that are open.
        self._scopes: list[str] = []

    @property
    def model(self) -> Model:
        """What has been built, its parts in the order of a file."""
        missing = {end for flow in self._flows.values() for end in (flow.source, flow.target)} - self._nodes.keys()
        if missing:
            raise ValueError(f"flows lead to elements that were never added: {', '.join(sorted(missing))}")
        flows = [
            flow.evolve(process=self._nodes[flow.source].process, scope=self._nodes[flow.source].scope)
            for flow in self._flows.values()
        ]
        model = Model(
            id="definitions",
            collaboration="collaboration" if self._pools else "",
            processes=tuple(self._processes.values()),
            pools=tuple(self._pools.values()),
            lanes=tuple(self._lanes.values()),
            nodes=tuple(self._nodes.values()),
            flows=tuple(flows),
            message_flows=tuple(self._message_flows),
            data=tuple(self._data.values()),
            associations=tuple(self._associations),
            roots=tuple(self._roots.values()),
        )
        return in_file_order(model)

    # Processes, pools and lanes

    def process(
        self,
        id: str,
        *,
        name: str = "",
        pool: str = "",
        **procedure: Unpack[ProcedureValues],
    ) -> Self:
        """Go on in a process, which is made if there is none of that id."""
        if id not in self._processes:
            self._processes[id] = Process(id=id, name=name)
            if pool:
                self._pools[f"pool_{id}"] = Pool(id=f"pool_{id}", name=pool, process=id)
        self._process, self._lane = id, ""
        self._ends, self._scopes = [], []
        return self.procedure(**procedure) if procedure else self

    def procedure(self, **values: Unpack[ProcedureValues]) -> Self:
        """Say on the current process what the procedure is."""
        said: dict[str, Any] = {key: _hours(key, value) for key, value in values.items()}
        process = self._processes[self._process]
        self._processes[process.id] = process.evolve(procedure=replace(process.procedure or GovProcedure(), **said))
        return self

    def pool(self, name: str, *, process: str = "", id: str = "", **unit: Unpack[UnitValues]) -> Self:
        """Draw a pool of that name and go on in its process; a process that is still empty gets the pool itself."""
        has_nodes = any(node.process == self._process for node in self._nodes.values())
        has_pool = any(pool.process == self._process for pool in self._pools.values())
        current = not process and not has_nodes and not has_pool
        inside = self._process if current else process or self._free("process")
        pool_id = id or f"pool_{inside}"
        self._pools[pool_id] = Pool(id=pool_id, name=name, process=inside, unit=_unit(unit))
        return self if current else self.process(inside)

    def black_box(self, name: str, *, id: str = "", **unit: Unpack[UnitValues]) -> Self:
        """Draw a pool without a process."""
        pool_id = id or self._free("pool")
        self._pools[pool_id] = Pool(id=pool_id, name=name, unit=_unit(unit))
        return self

    def lane(self, name: str, *, id: str = "", parent: str = "", **unit: Unpack[UnitValues]) -> Self:
        """Put what follows into the lane of that name, made if need be; `parent` is the name of the lane around it.

        An empty name puts what follows into no lane.
        """
        around = self._lane_named(parent) if parent else ""
        known = self._lane_named(name) if name else ""
        if name and not known:
            known = id or self._free("lane")
            self._lanes[known] = Lane(id=known, name=name, process=self._process, parent=around, unit=_unit(unit))
        self._lane = known
        return self

    def _lane_named(self, name: str) -> str:
        lanes = (lane for lane in self._lanes.values() if lane.process == self._process)
        return next((lane.id for lane in lanes if name in (lane.name, lane.id)), "")

    # The flow, as one tells it

    def start(
        self,
        id: str = "",
        *,
        event: str = "",
        value: str = "",
        interrupting: bool = True,
        **values: Unpack[NodeValues],
    ) -> Self:
        """Begin a flow with a start event; `event` is its kind and `value` its timer, message, condition …"""
        self._ends = []
        start = id or self._free("start")
        return self._then(start, "startEvent", values, interrupting=interrupting)._on_event(start, event, value)

    def step(self, id: str, **values: Unpack[StepValues]) -> Self:
        """Add a task; what `gov:step` may say stands beside its name, its times and its materials."""
        given: dict[str, Any] = dict(values)
        said = {name: _listed(given.pop(name)) for name in _STEP_FIELDS if name in given}
        kind = given.pop("task", "userTask")
        return self._then(id, kind, given, step=GovStep(**said) if said else None)

    def call(self, id: str, process: str, **values: Unpack[StepValues]) -> Self:
        """Add a call activity of that process."""
        self.step(id, **values)
        self._nodes[id] = self._nodes[id].evolve(kind="callActivity", called=process)
        return self

    def catch(self, id: str, event: str = "", value: str = "", **values: Unpack[NodeValues]) -> Self:
        """Add an event that waits for something."""
        return self._then(id, "intermediateCatchEvent", values)._on_event(id, event, value)

    def throw(self, id: str, event: str = "", value: str = "", **values: Unpack[NodeValues]) -> Self:
        """Add an event that does something and goes on."""
        return self._then(id, "intermediateThrowEvent", values)._on_event(id, event, value)

    def end(
        self,
        id: str = "",
        *,
        event: str = "",
        value: str = "",
        outcome: str = "",
        **values: Unpack[NodeValues],
    ) -> Self:
        """End the flow with an end event."""
        end = id or self._free("end")
        self._then(end, "endEvent", values, outcome=outcome)._on_event(end, event, value)
        self._ends = []
        return self

    def boundary(
        self,
        id: str,
        event: str = "",
        value: str = "",
        *,
        on: str = "",
        interrupting: bool = True,
        probability: float | None = None,
        **values: Unpack[NodeValues],
    ) -> Self:
        """Put an event on the edge of a step, the last one unless named, and go on from it; `at` leads back."""
        if not on and not self._ends:
            raise ValueError("there is no step to put the event on")
        host = on or self._ends[-1][0]
        self._add(id, "boundaryEvent", values, attached_to=host, interrupting=interrupting)
        self._ends = [(id, _Arrow(probability=probability))]
        return self._on_event(id, event, value)

    def exclusive(self, id: str, **values: Unpack[NodeValues]) -> Self:
        """Open a block in which one branch is taken."""
        return self._open(id, "exclusiveGateway", values)

    def parallel(self, id: str, **values: Unpack[NodeValues]) -> Self:
        """Open a block in which every branch is taken."""
        return self._open(id, "parallelGateway", values)

    def inclusive(self, id: str, **values: Unpack[NodeValues]) -> Self:
        """Open a block in which some branches are taken."""
        return self._open(id, "inclusiveGateway", values)

    def event_based(self, id: str, **values: Unpack[NodeValues]) -> Self:
        """Open a block in which the branch is taken whose event happens first."""
        return self._open(id, "eventBasedGateway", values)

    def _open(self, id_: str, kind: str, values: NodeValues) -> Self:
        self._then(id_, kind, values)
        join = "exclusiveGateway" if kind == "eventBasedGateway" else kind
        self._blocks.append(_Block(opener=id_, gateway=join))
        self._ends = []
        return self

    def branch(
        self, probability: float | None = None, *, name: str = "", condition: str = "", default: bool = False
    ) -> Self:
        """Begin the next branch of the open block."""
        block = self._block(is_sub_process=False)
        block.ends += self._ends
        arrow = _Arrow(name=name, probability=probability, condition=condition, default=default)
        self._ends = [(block.opener, arrow)]
        return self

    def join(self, id: str = "", **values: Unpack[NodeValues]) -> Self:
        """Close the open block with a gateway into which all branches lead that have not ended."""
        block = self._block(is_sub_process=False)
        return self.close()._then(id or self._free(f"{block.opener}_join"), block.gateway, values)

    def sub_process(
        self,
        id: str,
        *,
        kind: str = "subProcess",
        by_event: bool = False,
        **values: Unpack[NodeValues],
    ) -> Self:
        """Open a sub-process; what follows is inside it until `close`. One that starts by an event is not connected."""
        before = self._ends
        self._ends = [] if by_event else before
        self._then(id, kind, values, triggered_by_event=by_event)
        self._blocks.append(_Block(opener=id, ends=before if by_event else [(id, _Arrow())]))
        self._scopes.append(id)
        self._ends = []
        return self

    def close(self) -> Self:
        """Close the open block without a gateway, or the open sub-process, and go on behind it."""
        if not self._blocks:
            raise ValueError("nothing is open")
        block = self._blocks.pop()
        if block.gateway:
            self._ends = block.ends + self._ends
        else:
            self._scopes.remove(block.opener)
            self._ends = block.ends
        return self

    def to(self, id: str) -> Self:
        """Lead the flow to an element drawn elsewhere, earlier or later."""
        self._connect(id)
        self._ends = []
        return self

    def at(self, id: str) -> Self:
        """Go on from an element that is there already."""
        self._ends = [(id, _Arrow())]
        return self

    def _block(self, *, is_sub_process: bool) -> _Block:
        if not self._blocks or bool(self._blocks[-1].gateway) is is_sub_process:
            raise ValueError("no block of branches is open")
        return self._blocks[-1]

    # Any element and any connection

    def node(
        self,
        id: str,
        kind: str = "task",
        *,
        scope: str = "",
        attached_to: str = "",
        **values: Unpack[NodeValues],
    ) -> Self:
        """Add a node of any kind without connecting it; inside the open sub-process unless another is named."""
        self._add(id, kind, values, attached_to=attached_to, **({"scope": scope} if scope else {}))
        return self

    def flow(
        self,
        source: str,
        target: str,
        *,
        id: str = "",
        name: str = "",
        probability: float | None = None,
        condition: str = "",
        default: bool = False,
    ) -> Self:
        """Connect two nodes by a sequence flow."""
        flow_id = id or self._free(f"{source}-{target}")
        self._flows[flow_id] = SequenceFlow(
            id=flow_id,
            source=source,
            target=target,
            name=name,
            process=self._process,
            condition=condition,
            probability=probability,
        )
        if default:
            self._nodes[source] = self._nodes[source].evolve(default=flow_id)
        return self

    def message(self, source: str, target: str, *, id: str = "", name: str = "") -> Self:
        """Connect two pools, or nodes of two pools, by a message flow."""
        flow_id = id or self._free(f"{source}-{target}")
        self._message_flows.append(MessageFlow(id=flow_id, source=source, target=target, name=name))
        return self

    def data(self, id: str, *, name: str = "", collection: bool = False) -> Self:
        """Draw a data object; steps name it in `reads` and `writes`."""
        owner = f"{id}_object"
        scope = self._scopes[-1] if self._scopes else ""
        shared: dict[str, Any] = {"process": self._process, "scope": scope, "is_collection": collection}
        self._data[owner] = Data(id=owner, kind="dataObject", name=name or id, **shared)
        self._data[id] = Data(id=id, kind="dataObjectReference", name=name or id, refers_to=owner, **shared)
        return self

    def store(self, id: str, *, name: str = "") -> Self:
        """Draw a data store, such as a register; steps name it in `reads` and `writes`."""
        owner = f"{id}_store"
        scope = self._scopes[-1] if self._scopes else ""
        self._data[owner] = Data(id=owner, kind="dataStore", name=name or id)
        self._data[id] = Data(
            id=id, kind="dataStoreReference", name=name or id, refers_to=owner, process=self._process, scope=scope
        )
        return self

    # How it is done

    def _free(self, stem: str) -> str:
        """An id that is not taken: the stem itself, or with a number behind it."""
        taken = (self._processes, self._pools, self._lanes, self._nodes, self._flows, self._data, self._roots)
        lines = {flow.id for flow in self._message_flows} | {line.id for line in self._associations}
        name, number = stem, 1
        while name in lines or any(name in ids for ids in taken):
            number += 1
            name = f"{stem}_{number}"
        return name

    def _then(self, id_: str, kind: str, values: Any, **more: Any) -> Self:
        """Add a node and lead the flow into it."""
        self._add(id_, kind, values, **more)
        self._connect(id_)
        self._ends = [(id_, _Arrow())]
        return self

    def _connect(self, target: str) -> None:
        for source, arrow in self._ends:
            self.flow(
                source,
                target,
                name=arrow.name,
                probability=arrow.probability,
                condition=arrow.condition,
                default=arrow.default,
            )

    def _add(self, id_: str, kind: str, values: Any, **more: Any) -> str:
        if id_ in self._nodes:
            raise ValueError(f"there is an element {id_} already")
        given: dict[str, Any] = {**values, **more}
        times = [_time(part, given.pop(part)) for part in ("work", "wait") if part in given]
        given = {key: tuple(value) if key in _LISTS else value for key, value in given.items()}
        given.setdefault("scope", self._scopes[-1] if self._scopes else "")
        node = Node(id=id_, kind=kind, process=self._process, times=tuple(times), **given)
        self._nodes[id_] = node
        self._associate(node)
        if self._lane and not node.scope:
            lane = self._lanes[self._lane]
            self._lanes[lane.id] = lane.evolve(nodes=(*lane.nodes, id_))
        return id_

    def _associate(self, node: Node) -> None:
        for kind, ends in (("input", node.reads), ("output", node.writes)):
            for data in ends:
                source, target = (data, node.id) if kind == "input" else (node.id, data)
                line = Association(
                    id=self._free(f"{source}-{target}"),
                    source=source,
                    target=target,
                    kind=kind,
                    direction="One",
                    process=node.process,
                )
                self._associations.append(line)

    def _on_event(self, id_: str, event: str, value: str) -> Self:
        if event:
            node = self._nodes[id_]
            self._nodes[id_] = node.evolve(events=(*node.events, self._definition(event, value)))
        return self

    def _definition(self, kind: str, value: str) -> EventDefinition:
        if kind == "timer":
            timer = {"P": "timeDuration", "R": "timeCycle"}.get(value[:1], "timeDate")
            return EventDefinition(kind=kind, timer=timer, expression=value)
        if kind == "conditional":
            return EventDefinition(kind=kind, expression=value)
        if value and kind in ("message", "signal", "error", "escalation"):
            code = value if kind in ("error", "escalation") else ""
            self._roots.setdefault(value, Root(id=value, kind=kind, name=value, code=code))
        return EventDefinition(kind=kind, reference=value)


_STEP_FIELDS = frozenset(name.name for name in fields(GovStep)) - {"line"}
_LISTS = frozenset(("materials", "reads", "writes", "events"))


def _listed(value: Any) -> Any:
    """A value as the frozen types keep it: lists of ids as tuples."""
    return tuple(value) if isinstance(value, list | tuple) else value


def _hours(field_name: str, value: Any) -> Any:
    return parse_hours(value) if field_name in ("hours", "arrival_hours") and isinstance(value, str) else value


def _unit(values: UnitValues) -> GovUnit | None:
    said: dict[str, Any] = {key: _hours(key, value) for key, value in values.items()}
    return GovUnit(**said) if said else None


def _time(part: str, value: Time) -> GovTime:
    if isinstance(value, GovTime):
        return replace(value, part=part)
    return GovTime(part=part, mean=parse_duration(value) if isinstance(value, str) else value)
