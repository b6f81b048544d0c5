"""What a file holds that is not simulated: refused by name, never simulated wrongly."""

from collections import Counter
from collections.abc import Iterator, Mapping

from analysis.simulation.compile import rounds_of
from analysis.simulation.places import catcher
from analysis.simulation.timers import alarm_of, is_racing, timer_of
from bpmn.begin import beginning, processes_of
from bpmn.calls import flattened
from bpmn.control_flow import compensation, control_flow, is_conditional
from bpmn.model import Model, Node
from bpmn.problem import Problem

_WAITING_FOR = {"signal": "signal-event", "conditional": "conditional-event"}
_BREAKING = {
    "error": "error-event",
    "escalation": "escalation-event",
    "cancel": "cancel-event",
    "compensate": "compensation",
}
#: Ways of an inclusive gateway are bits of one number.
_MOST_FLOWS = 60
#: No activity is done more often in one go.
_MOST_ROUNDS = 10_000
_SENTENCES = {
    "too-many-flows": "An inclusive choice or join of more than 60 flows is not simulated. Draw it in two.",
    "no-way": "None of the flows of this inclusive choice is ever taken. Write a gov:branch or a default flow.",
    "complex-gateway": "Complex gateways are not simulated. Draw them with exclusive and parallel gateways.",
    "event-based-gateway": "Behind an event-based gateway only message and timer events are simulated, and receive "
    "tasks to which a drawn step sends. Draw such.",
    "timer-event": "The duration or date of this timer is not understood. Write it in ISO 8601, or a gov:time.",
    "signal-event": "Waiting for a signal is simulated only where a gov:time says how long. Write one.",
    "conditional-event": "Waiting for a condition is simulated only where a gov:time says how long. Write one.",
    "error-event": "No event on the border of a sub-process around it catches this error. Draw one.",
    "escalation-event": "Escalation events are not simulated. Draw a message.",
    "cancel-event": "Cancel events are not simulated. Draw an end event.",
    "compensation": "Compensation is not simulated. Draw the steps that undo the work.",
    "several-events": "An event that waits for several things is not simulated. Draw them one by one.",
    "event-sub-process": "Event sub-processes are simulated only where one timer starts them. Draw a boundary event.",
    "ad-hoc": "Ad-hoc sub-processes are not simulated. Draw the order of their steps.",
    "several-starts": "A sub-process with several start events is not simulated. Leave one.",
    "frame-annotation": "A sub-process is a frame and takes no time itself. Write gov:time and rejects on its steps.",
    "recursive-call": "This call leads back to the process it lies in. Draw the repetition as a loop.",
    "too-many-calls": "With all that is called the procedure grows too large. Call less.",
    "call-messages": "Messages go to or from what is called here, and it is not clear whose they are. Draw the called "
    "steps in a sub-process.",
    "loop": "A loop or multi-instance of more than 10,000 rounds is not simulated. Write fewer.",
    "repeat": "gov:repeat stands only on a loop or a multi-instance. Draw its marker, or leave gov:repeat out.",
    "parallel-rounds": "What turns a case down or breaks a step off inside parallel rounds is not simulated. Draw the "
    "rounds one after the other.",
    "start-gateway": "A gateway that starts a process is not simulated. Draw start events.",
}


def refusals(model: Model, library: Mapping[str, Model] | None = None) -> tuple[Problem, ...]:
    """Everything in the procedure of a file that is not simulated, one problem each, in the order of the file.

    Called processes may stand in the models of a library.
    """
    found = flattened(model, library or {})
    return tuple(_Refusing(found.model, found.refused).problems())


class _Refusing:
    def __init__(self, model: Model, calls: Mapping[str, str]) -> None:
        self.model = model
        self.calls = calls
        self.processes = processes_of(model)
        self.undone = compensation(model)
        letters = beginning(model, control_flow(model), self.processes).letters
        self.fed = {letter.target for letter in letters if not letter.opens}
        self.starts = Counter(node.scope for node in model.nodes if node.scope and node.kind == "startEvent")

    def problems(self) -> Iterator[Problem]:
        """The problem of each node and rule it breaks."""
        for node in self.model.nodes:
            if node.process in self.processes:
                yield from (_problem(node, rule) for rule in dict.fromkeys(self._rules(node)))

    def _rules(self, node: Node) -> Iterator[str]:
        """The rules a node breaks, by name."""
        if node.id in self.undone:
            if node.kind == "boundaryEvent":
                yield "compensation"
            return
        if node.is_gateway:
            yield from self._of_gateway(node)
        elif node.is_event:
            yield from self._of_event(node)
        else:
            yield from self._of_activity(node)
        if node.kind != "endEvent" and (not node.is_gateway or node.kind == "inclusiveGateway"):
            yield from self._of_flows(node)
        if node.repeat is not None and node.loop is None:
            yield "repeat"

    def _of_gateway(self, node: Node) -> Iterator[str]:
        entering, leaving = len(self.model.incoming[node.id]), len(self.model.outgoing[node.id])
        if node.kind == "eventBasedGateway":
            if node.instantiate:
                yield "start-gateway"
            elif leaving > 1 and not all(
                self._is_awaited(self.model.node[f.target]) for f in self.model.outgoing[node.id]
            ):
                yield "event-based-gateway"
        elif node.kind == "inclusiveGateway" and entering > _MOST_FLOWS:
            yield "too-many-flows"
        elif node.kind == "complexGateway" and (entering > 1 or leaving > 1):
            yield "complex-gateway"

    def _is_awaited(self, node: Node) -> bool:
        """Whether a node may stand behind an event-based gateway; events have rules of their own beside."""
        if node.kind == "receiveTask":
            has_timer = any(is_racing(self.model, event) for event in self.model.boundary_events.get(node.id, ()))
            return node.id in self.fed and node.loop is None and not has_timer
        return node.kind == "intermediateCatchEvent" and node.event("link") is None

    def _of_event(self, node: Node) -> Iterator[str]:
        kinds = [event.kind for event in node.events]
        if node.kind == "boundaryEvent":
            if is_racing(self.model, node) and timer_of(node) is None:
                yield "timer-event"
        elif node.kind == "intermediateCatchEvent":
            waits = [kind for kind in kinds if kind not in ("message", "link")]
            if len(set(kinds)) > 1:
                yield "several-events"
            elif waits and waits[0] == "timer":
                yield from ("timer-event",) if timer_of(node) is None else ()
            elif waits and not (waits[0] in _WAITING_FOR and node.times):
                yield _WAITING_FOR.get(waits[0], "several-events")
        elif node.kind == "startEvent" and self._is_alarm(node) and timer_of(node) is None:
            yield "timer-event"
        elif node.kind in ("intermediateThrowEvent", "endEvent"):
            caught = self._is_caught(node)
            yield from dict.fromkeys(
                _BREAKING[kind] for kind in kinds if kind in _BREAKING and not (caught and kind == "error")
            )

    def _is_alarm(self, node: Node) -> bool:
        frame = self.model.node.get(node.scope)
        return frame is not None and frame.triggered_by_event and alarm_of(self.model, frame) is not None

    def _is_caught(self, node: Node) -> bool:
        return node.kind == "endEvent" and catcher(self.model, node) is not None

    def _of_activity(self, node: Node) -> Iterator[str]:
        if rounds_of(node) > _MOST_ROUNDS:
            yield "loop"
        if node.id in self.calls:
            yield self.calls[node.id]
        if self._is_drawn_at_its_end(node) and self._is_in_parallel_rounds(node):
            yield "parallel-rounds"
        if node.triggered_by_event:
            if alarm_of(self.model, node) is None:
                yield "event-sub-process"
        elif node.kind == "adHocSubProcess":
            yield "ad-hoc"
        elif node.is_frame:
            yield from self._of_frame(node)

    def _is_in_parallel_rounds(self, node: Node) -> bool:
        """Whether several runs of a step can be under way at once, of one case."""
        frame = self.model.node.get(node.scope)
        while frame is not None and (frame.loop is None or frame.loop.kind != "parallel"):
            frame = self.model.node.get(frame.scope)
        return frame is not None

    def _is_drawn_at_its_end(self, node: Node) -> bool:
        """Whether chance decides at the end of a step what becomes of it: its rejections, or events on its border."""
        borders = self.model.boundary_events.get(node.id, ())
        shares = (flow.probability for event in borders for flow in self.model.outgoing[event.id])
        return bool(node.step is not None and node.step.rejects) or any(shares)

    def _of_frame(self, node: Node) -> Iterator[str]:
        if self.starts[node.id] > 1:
            yield "several-starts"
        if node.times or (node.step is not None and node.step.rejects):
            yield "frame-annotation"

    def _of_flows(self, node: Node) -> Iterator[str]:
        """The flows of an inclusive choice: not too many, and one has to be possible."""
        flows = self.model.outgoing[node.id]
        has_default = node.default in {flow.id for flow in flows}
        is_choice = len(flows) > 1 and (node.is_gateway or any(map(is_conditional, flows)))
        if not is_choice:
            return
        if len(flows) > _MOST_FLOWS:
            yield "too-many-flows"
        if not has_default and all(flow.probability == 0 for flow in flows):
            yield "no-way"


def _problem(node: Node, rule: str) -> Problem:
    return Problem(
        problem="unsupported-element",
        stops="all",
        rule=rule,
        element=node.id,
        name=node.name,
        line=node.line,
        details={"kind": node.kind},
        message=_SENTENCES[rule],
    )
