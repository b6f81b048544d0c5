"""The places of one file: what each node becomes, and what follows it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from bpmn.activation import activation_count
from bpmn.check.expressions import ISO_TIMER, known_names
from bpmn.control_flow import ControlFlow, compensation, control_flow, is_conditional, links
from bpmn.expression import Expression, parse_assignments, read_expression
from bpmn.model import EventDefinition, Model, Node, SequenceFlow
from engine.spiff.activities import Activity, Decision, Receive, Script, Send, Work
from engine.spiff.compensation import Record
from engine.spiff.events import Boundary, Catch, EventGateway, EventStart, Waiting
from engine.spiff.gateways import Condition, Counting, Exclusive, Inclusive, Join, Parallel
from engine.spiff.loops import Loop, MultiInstance, StandardLoop
from engine.spiff.place import Flow, Place, Specification
from engine.spiff.program import named
from engine.spiff.scopes import AdHoc, Call, EventFrame, Frame, Inner
from engine.spiff.throwing import End, Throw
from engine.spiff.trigger import Trigger, definition_of

_WRAPPED = re.compile(r"\s*[$#]\{\s*(?P<name>[^\W\d]\w*)\s*\}\s*|\s*=\s*(?P<other>[^\W\d]\w*)\s*")


class Places:
    """Makes the places of one file, and knows them by the ids of their elements."""

    def __init__(
        self, spec: Specification, holder: str, model: Model, decisions: frozenset[str], tasks: frozenset[str]
    ) -> None:
        self.spec = spec
        self.holder = holder
        self.model = model
        self.decisions = decisions
        #: What calls may name that is a global task: a step like any other.
        self.tasks = tasks
        self.flow: ControlFlow = control_flow(model)
        self.known = known_names(model)
        self.played = frozenset(arc.flow for arc in self.flow.arcs)
        self.links = links(model)
        self.undoing = compensation(model)
        #: The place a flow comes to, by node; of a loop its holder, and its body apart.
        self.at: dict[str, Place] = {}
        self.inner: dict[str, Inner] = {}
        self.roots = {root.id: root for root in model.roots}
        self.data = {data.id: data for data in model.data}
        self.items = {detail.id: detail.name for detail in model.details if detail.id and detail.name}

    def build(self) -> None:
        """Make everything: places, what is on their edges and inside them, what follows them."""
        for node in self.model.nodes:
            self.at[node.id] = self._looped(node) if node.loop is not None and node.is_activity else self._plain(node)
        for node in self.model.nodes:
            self._edge(node)
        self._insides()
        self._undone()
        for node in self.model.nodes:
            if node.id not in self.undoing:
                self._follow(node)

    def name(self, id_: str) -> str:
        """The name of an element in the specification."""
        return named(self.holder, id_)

    def body(self, id_: str) -> Place:
        """The place where an activity itself is done: of a loop its body."""
        place = self.at[id_]
        return place.body if isinstance(place, Loop) else place

    # Nodes

    def _plain(self, node: Node, suffix: str = "") -> Place:
        name = self.name(node.id) + suffix
        if node.is_gateway:
            return self._gateway(node, name)
        if node.is_event:
            return self._event(node, name)
        return self._activity(node, name)

    def _gateway(self, node: Node, name: str) -> Place:
        entering = len([flow for flow in self.model.incoming[node.id] if flow.id in self.played])
        place: Place
        if node.kind == "exclusiveGateway":
            place = Exclusive(self.spec, name, node)
        elif node.kind == "eventBasedGateway":
            is_all = node.instantiate and node.event_gateway_type == "Parallel"
            place = Parallel(self.spec, name, node) if is_all else EventGateway(self.spec, name, node)
        elif node.kind == "parallelGateway":
            place = Parallel(self.spec, name, node)
        else:
            place = self._inclusive(node, name, entering)
        if isinstance(place, Join):
            place.entries = tuple(flow.id for flow in self.model.incoming[node.id] if flow.id in self.played)
        return place

    def _inclusive(self, node: Node, name: str, entering: int) -> Place:
        count = activation_count(node)
        if count is None or entering < 2:
            return Inclusive(self.spec, name, node)
        return Counting(self.spec, name, node, min(count, entering))

    def _event(self, node: Node, name: str) -> Place:
        triggers = tuple(self.trigger(node, event) for event in node.events if event.kind != "link")
        if node.kind == "boundaryEvent":
            return Boundary(self.spec, name, node, triggers, interrupting=node.interrupting)
        if node.kind == "endEvent":
            return End(self.spec, name, node, tuple(sorted(triggers, key=lambda trigger: trigger.kind == "terminate")))
        if node.kind == "intermediateThrowEvent":
            return Throw(self.spec, name, node, triggers)
        if node.kind == "startEvent":
            if node.scope and self.model.node[node.scope].triggered_by_event:
                start = EventStart(self.spec, name, node, triggers)
                start.interrupting = node.interrupting
                return start
            return Throw(self.spec, name, node, ())
        if node.id in self.links.values() and node.event("link") is not None:
            return Throw(self.spec, name, node, ())
        return Catch(self.spec, name, node, triggers)

    def _activity(self, node: Node, name: str) -> Place:
        if node.kind == "callActivity":
            return Call(self.spec, name, node) if node.called not in self.tasks | {""} else self._work(node, name)
        if node.is_frame:
            return self._frame(node, name)
        if node.kind == "scriptTask" and node.is_automatic:
            return self._script(node, name)
        if node.kind == "receiveTask":
            return Receive(self.spec, name, node, self._message(node))
        if node.kind == "sendTask" and node.is_automatic:
            return Send(self.spec, name, node, self._message(node))
        if node.kind == "businessRuleTask" and node.decision in self.decisions:
            return Decision(self.spec, name, node)
        return self._work(node, name)

    def _work(self, node: Node, name: str) -> Place:
        job = node.job or self.items.get(node.operation, node.operation)
        if not job and not node.implementation.startswith("##"):
            job = node.implementation
        return Work(self.spec, name, node, is_automatic=node.is_automatic, job=job if node.is_automatic else "")

    def _frame(self, node: Node, name: str) -> Place:
        if node.triggered_by_event:
            return EventFrame(self.spec, name, node)
        if node.kind == "adHocSubProcess":
            condition = self._read(node.completion, "", is_condition=True) if node.completion else None
            return AdHoc(self.spec, name, node, condition)
        return Frame(self.spec, name, node)

    def _script(self, node: Node, name: str) -> Place:
        lines: Sequence[tuple[str, Expression]] = ()
        if node.script and "feel" in node.script_format.lower():
            lines = parse_assignments(node.script, self.known)
        return Script(self.spec, name, node, lines)

    def _message(self, node: Node) -> Trigger:
        event = node.event("message") or EventDefinition(kind="message", reference="")
        return self.trigger(node, event)

    # Loops

    def _looped(self, node: Node) -> Place:
        loop = node.loop
        assert loop is not None
        body = self._plain(node, "*")
        assert isinstance(body, Activity)
        name = self.name(node.id)
        if loop.kind == "standard":
            standard = StandardLoop(self.spec, name, node, body)
            standard.condition = self._read(loop.condition, "", is_condition=True) if loop.condition else None
            standard.most = self._read(loop.cardinality, "", is_condition=False) if loop.cardinality else None
            return standard
        several = MultiInstance(self.spec, name, node, body)
        if loop.collection:
            several.collection = self._collection(node, loop.collection)
        elif loop.cardinality:
            several.cardinality = self._read(loop.cardinality, "", is_condition=False)
        several.completion = self._read(loop.condition, "", is_condition=True) if loop.condition else None
        several.item = self.items.get(loop.input_item, loop.input_item)
        several.output = self._output(node, loop.output)
        several.result = self.items.get(loop.output_item, loop.output_item)
        self._behaviour(node, several)
        return several

    def _collection(self, node: Node, collection: str) -> Expression:
        """The collection of a multi-instance: a datum, what a datum of the activity is read from, or an expression."""
        if collection in self.data:
            return self._of_name(self.datum(collection))
        inputs = [detail for detail in self.model.details_of.get(node.id, ()) if detail.id == collection]
        if inputs:
            read = [self.data[reference] for reference in node.reads if reference in self.data]
            chosen = next((data for data in read if data.is_collection), read[0] if read else None)
            return self._of_name(chosen.name if chosen is not None else inputs[0].name or collection)
        wrapped = _WRAPPED.fullmatch(collection)
        if wrapped is not None:
            return self._of_name(wrapped["name"] or wrapped["other"])
        return self._read(collection, "", is_condition=False)

    def _output(self, node: Node, output: str) -> str:
        """The collection of results: a datum, or what a datum of the activity is written to."""
        written = [self.data[reference] for reference in node.writes if reference in self.data]
        if not output or output in self.data or not written:
            return self.datum(output)
        return self.datum(next((data for data in written if data.is_collection), written[0]).id)

    def _of_name(self, name: str) -> Expression:
        return self._read(" ".join(name.split()), "", is_condition=False)

    def datum(self, reference: str) -> str:
        """What a datum is called in the data of the case."""
        data = self.data.get(reference)
        name = data.name or data.id if data is not None else self.items.get(reference, reference)
        return " ".join(name.split())

    def _behaviour(self, node: Node, several: MultiInstance) -> None:
        loop = node.loop
        assert loop is not None
        if loop.behavior in ("None", "One") and loop.behavior_event:
            trigger = self._thrown(node, loop.behavior_event)
            found = (trigger,) if trigger is not None else ()
            several.each, several.first = (found, ()) if loop.behavior == "None" else ((), found)
        elif loop.behavior == "Complex":
            several.complex = tuple(
                (self._read(condition, "", is_condition=True), trigger)
                for condition, event in loop.behaviors
                if condition and (trigger := self._thrown(node, event)) is not None
            )

    def _thrown(self, node: Node, event: str) -> Trigger | None:
        """The event of a behaviour: a definition beside the processes or on the edge of the activity, or its root."""
        for other in self.model.nodes:
            for definition in other.events:
                if definition.id == event:
                    return self.trigger(node, definition)
        root = self.roots.get(event)
        kind = root.kind.removesuffix("EventDefinition") if root is not None else ""
        if root is None or kind not in ("signal", "error", "escalation", "message"):
            return None
        return self.trigger(node, EventDefinition(kind=kind, reference=root.refers_to or root.id))

    # Events

    def trigger(self, node: Node, event: EventDefinition) -> Trigger:
        """An event definition as it is run."""
        root = self.roots.get(event.reference)
        code: str | None = None
        if event.kind in ("error", "escalation") and event.reference:
            code = (root.code or root.id) if root is not None else event.reference
        name = (root.name or root.id) if root is not None else event.reference or node.name or node.id
        text = event.expression
        expression = None
        if event.kind == "conditional" and text:
            expression = self._read(text, event.language, is_condition=True)
        elif event.kind == "timer" and text and not ISO_TIMER.fullmatch(text):
            expression = self._read(text, event.language, is_condition=False)
        definition = definition_of(event.kind, name, code, text)
        return Trigger(event=event, kind=event.kind, name=name, code=code, expression=expression, definition=definition)

    def sent(self, name: str, reference: str) -> Trigger:
        """The message that goes out when an activity is done."""
        definition = definition_of("message", name, None, "")
        event = EventDefinition(kind="message", reference=reference)
        return Trigger(event=event, kind="message", name=name, definition=definition)

    def _edge(self, node: Node) -> None:
        """Put an event on the edge of its activity."""
        host = self.at.get(node.attached_to)
        place = self.at[node.id]
        if isinstance(place, Boundary) and isinstance(host, Activity) and node.event("compensate") is None:
            host.boundary.append(place)

    def _insides(self) -> None:
        """Where each scope begins."""
        for scope in self.flow.scopes:
            inner = self.inner_of(scope.node or "/" + scope.process)
            starts = [self.at[self.flow.vertices[number].node] for number in scope.starts]
            if scope.triggered:
                self._triggered(scope.node, starts)
            elif scope.together or scope.ad_hoc:
                inner.starts = starts
            else:
                inner.starts = [min(starts, key=self._has_event)] if starts else []
            if scope.ad_hoc:
                for number in scope.vertices:
                    self._ad_hoc(self.at[self.flow.vertices[number].node])

    @staticmethod
    def _has_event(place: Place) -> bool:
        return place.node is not None and bool(place.node.events)

    @staticmethod
    def _ad_hoc(place: Place) -> None:
        if isinstance(place, Activity):
            place.is_ad_hoc = True

    def inner_of(self, key: str) -> Inner:
        """What stands inside a sub-process, or inside a process (its id behind a stroke)."""
        if key not in self.inner:
            place = None if key.startswith("/") else self.body(key)
            self.inner[key] = place.inner if isinstance(place, Frame) else Inner()
        return self.inner[key]

    def _triggered(self, id_: str, starts: Iterable[Place]) -> None:
        """An event sub-process: its starts are waited for in the scope around it."""
        node = self.model.node[id_]
        frame = self.at[id_]
        assert isinstance(frame, EventFrame)
        around = self.inner_of(node.scope or "/" + node.process)
        for start in starts:
            if isinstance(start, EventStart):
                start.frame = frame
                if start.node is not None and start.node.event("compensate") is None:
                    around.event_starts.append(start)

    def _undone(self) -> None:
        """What undoes each activity: the step its compensation event is tied to, or an event sub-process inside."""
        for line in self.model.associations:
            for event, handler in ((line.source, line.target), (line.target, line.source)):
                node = self.model.node.get(event)
                if node is not None and node.event("compensate") and node.attached_to and handler in self.at:
                    self._undoes(node.attached_to, self.at[handler])
        for node in self.model.nodes:
            if node.kind == "startEvent" and node.event("compensate") and node.scope:
                frame = self.model.node[node.scope]
                if frame.triggered_by_event and frame.scope:
                    self._undoes(frame.scope, self.at[frame.id])
                    inner = self.inner_of(frame.id)
                    inner.starts = [self.at[node.id]]
        self._records()

    def _undoes(self, id_: str, handler: Place) -> None:
        place = self.body(id_) if id_ in self.at else None
        if isinstance(place, Activity) and isinstance(handler, Activity):
            place.undone_by = handler

    def _records(self) -> None:
        """Everything that can be undone, and every frame around such, leaves a record."""
        for node in self.model.nodes:
            place = self.body(node.id)
            if not isinstance(place, Activity) or place.undone_by is None:
                continue
            here: Node | None = node
            while here is not None and here.is_activity:
                activity = self.body(here.id)
                if not isinstance(activity, Activity) or activity.record is not None:
                    break
                activity.record = Record(self.spec, f"{activity.name}~", activity)
                here = self.model.node.get(here.scope)

    # What follows

    def _follow(self, node: Node) -> None:
        place = self.at[node.id]
        flows = [flow for flow in self.model.outgoing[node.id] if flow.id in self.played]
        place.gives = node.completion_quantity if node.is_activity else 1
        if node.id in self.links:
            place.exits = [self.at[self.links[node.id]]]
        elif isinstance(place, (Exclusive, Inclusive)):
            self._choose(place, node, flows)
        elif not node.is_gateway and self._is_choice(node, flows):
            has_default = node.default in {flow.id for flow in flows}
            one_beside = has_default and len(flows) == 2 and any(map(is_conditional, flows))
            kind = Exclusive if one_beside else Inclusive
            choice = kind(self.spec, f"{place.name}>", node)
            choice.tells = ""
            self._choose(choice, node, flows)
            place.exits = [choice]
        else:
            place.exits = [self._flow(flow) for flow in flows]

    @staticmethod
    def _is_choice(node: Node, flows: Sequence[SequenceFlow]) -> bool:
        if len(flows) < 2:
            return any(flow.condition for flow in flows)
        return node.default in {flow.id for flow in flows} or any(map(is_conditional, flows))

    def _flow(self, flow: SequenceFlow) -> Flow:
        name = f"{self.name(flow.id)}|"
        return Flow(self.spec, name, flow.id, self.at[flow.target], flow.name)

    def _choose(self, place: Exclusive | Inclusive, node: Node, flows: Sequence[SequenceFlow]) -> None:
        """Tell SpiffWorkflow the conditions of a choice; of flows without any, which is the default."""
        plain = [flow for flow in flows if not flow.condition and flow.id != node.default]
        has_default = any(flow.id == node.default for flow in flows)
        for flow in flows:
            exit_ = self._flow(flow)
            place.exits.append(exit_)
            if flow.id == node.default:
                place.connect(exit_)
            elif flow.condition:
                place.connect_if(Condition(self._read(flow.condition, flow.language, is_condition=True)), exit_)
            elif isinstance(place, Exclusive):
                if len(plain) == 1 and not has_default:
                    place.connect(exit_)
            elif flow.probability is None:
                place.always.append(exit_)

    def _read(self, text: str, language: str, *, is_condition: bool) -> Expression:
        return read_expression(text, language, self.known, is_condition=is_condition)

    def waiting(self) -> Iterator[Waiting | Receive]:
        """Every place where a message may be waited for."""
        for node in self.model.nodes:
            place = self.body(node.id)
            if isinstance(place, (Waiting, Receive)):
                yield place
