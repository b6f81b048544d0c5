"""What a file holds that is not simulated yet: refused by name, never simulated wrongly."""

from collections.abc import Iterator

from analysis.extent import processes_of
from bpmn.control_flow import compensation
from bpmn.model import Model, Node
from bpmn.problem import Problem

_WAITING_FOR = {"timer": "timer-event", "signal": "signal-event", "conditional": "conditional-event"}
_BREAKING = {
    "error": "error-event",
    "escalation": "escalation-event",
    "cancel": "cancel-event",
    "compensate": "compensation",
}
_SENTENCES = {
    "inclusive-gateway": "Inclusive gateways are not simulated yet. Draw the choice with exclusive gateways.",
    "complex-gateway": "Complex gateways are not simulated. Draw them with exclusive and parallel gateways.",
    "event-based-gateway": "Event-based gateways are not simulated yet. Draw the choice with an exclusive gateway.",
    "conditional-flow": "Conditional flows out of an activity are not simulated yet. Draw an exclusive gateway.",
    "boundary-event": "Boundary events are not simulated yet. Draw the other way with an exclusive gateway.",
    "timer-event": "Timer events are not simulated yet. Write the time as a gov:time of the next step.",
    "signal-event": "Waiting for a signal is not simulated yet. Draw a message.",
    "conditional-event": "Waiting for a condition is not simulated yet. Draw a message.",
    "error-event": "Error events are not simulated yet. Draw an end event.",
    "escalation-event": "Escalation events are not simulated yet. Draw a message.",
    "cancel-event": "Cancel events are not simulated yet. Draw an end event.",
    "compensation": "Compensation is not simulated yet. Draw the steps that undo the work.",
    "several-events": "An event that waits for several things is not simulated yet. Draw them one by one.",
    "event-sub-process": "Event sub-processes are not simulated yet. Draw the other way with an exclusive gateway.",
    "ad-hoc": "Ad-hoc sub-processes are not simulated yet. Draw the order of their steps.",
    "several-starts": "A sub-process with several start events is not simulated. Leave one.",
    "frame-annotation": "A sub-process is a frame and takes no time itself. Write gov:time and rejects on its steps.",
    "call-activity": "Call activities are not simulated yet. Draw the called steps in a sub-process.",
    "loop": "Loops and multi-instances are not simulated yet. Draw the loop with an exclusive gateway.",
    "repeat": "gov:repeat is not simulated yet. Draw the loop with an exclusive gateway.",
    "arrival-hours": "arrivalHours is not simulated yet. Leave it out: cases then arrive in office hours.",
    "start-gateway": "A gateway that starts a process is not simulated yet. Draw start events.",
}


def refusals(model: Model) -> tuple[Problem, ...]:
    """Everything in the procedure of a file that is not simulated, one problem each, in the order of the file."""
    processes = processes_of(model)
    found = [_of_procedure(model)] if _has_other_arrivals(model) else []
    undone = compensation(model)
    for node in model.nodes:
        if node.process in processes:
            found.extend(_problem(node, rule) for rule in _rules(model, node, undone))
    return tuple(found)


def _rules(model: Model, node: Node, undone: frozenset[str]) -> Iterator[str]:
    """The rules a node breaks, by name."""
    if node.id in undone:
        if node.kind == "boundaryEvent":
            yield "compensation"
        return
    if node.is_gateway:
        yield from _of_gateway(model, node)
    elif node.is_event:
        yield from _of_event(model, node)
    else:
        yield from _of_activity(model, node)
    if node.repeat is not None:
        yield "repeat"


def _of_gateway(model: Model, node: Node) -> Iterator[str]:
    entering, leaving = len(model.incoming[node.id]), len(model.outgoing[node.id])
    if node.kind == "eventBasedGateway":
        yield "start-gateway" if node.instantiate else "event-based-gateway"
    elif node.kind == "inclusiveGateway" and (entering > 1 or leaving > 1):
        yield "inclusive-gateway"
    elif node.kind == "complexGateway" and (entering > 1 or leaving > 1):
        yield "complex-gateway"


def _of_event(model: Model, node: Node) -> Iterator[str]:
    kinds = [event.kind for event in node.events]
    if node.kind == "boundaryEvent":
        yield "boundary-event"
    elif node.kind == "intermediateCatchEvent":
        waits = [kind for kind in kinds if kind not in ("message", "link")]
        if len(set(kinds)) > 1:
            yield "several-events"
        elif waits:
            yield _WAITING_FOR.get(waits[0], "several-events")
    elif node.kind in ("intermediateThrowEvent", "endEvent"):
        yield from dict.fromkeys(_BREAKING[kind] for kind in kinds if kind in _BREAKING)
    if node.kind != "endEvent" and node.kind != "boundaryEvent":
        yield from _of_flows(model, node)


def _of_activity(model: Model, node: Node) -> Iterator[str]:
    if node.loop is not None:
        yield "loop"
    if node.kind == "callActivity":
        yield "call-activity"
    if node.triggered_by_event:
        yield "event-sub-process"
    elif node.kind == "adHocSubProcess":
        yield "ad-hoc"
    elif node.is_frame:
        yield from _of_frame(model, node)
    yield from _of_flows(model, node)


def _of_frame(model: Model, node: Node) -> Iterator[str]:
    starts = [inner for inner in model.nodes if inner.scope == node.id and inner.kind == "startEvent"]
    if len(starts) > 1:
        yield "several-starts"
    if node.times or (node.step is not None and node.step.rejects):
        yield "frame-annotation"


def _of_flows(model: Model, node: Node) -> Iterator[str]:
    """Conditional flows out of an activity or event: one beside the default is a plain choice, more are none."""
    flows = model.outgoing[node.id]
    choices = [flow for flow in flows if (flow.condition or flow.probability is not None) and flow.id != node.default]
    is_choice = len(flows) == 2 and len(choices) == 1 and node.default in {flow.id for flow in flows}
    if len(flows) > 1 and choices and not is_choice:
        yield "conditional-flow"


def _has_other_arrivals(model: Model) -> bool:
    procedure = model.procedure
    return procedure.arrival_hours is not None and procedure.arrival_hours != procedure.hours


def _of_procedure(model: Model) -> Problem:
    process = model.procedure_process
    return Problem(
        problem="unsupported-element",
        stops="all",
        rule="arrival-hours",
        element=process.id if process is not None else "",
        name=process.name if process is not None else "",
        line=model.procedure.line,
        message=_SENTENCES["arrival-hours"],
    )


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
