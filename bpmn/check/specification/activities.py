"""Chapter 10, sections 3 and 7: steps, sub-processes, loops, and work that undoes other work."""

import re
from collections.abc import Iterator

from bpmn.check.specification.rule import Breach, breach, executable_of, rule
from bpmn.control_flow import compensation
from bpmn.model import SUB_PROCESSES, Model

#: A number below zero.
_NEGATIVE = re.compile(r"\s*-\s*\d+\s*")


@rule("call-missing", "10.3.6", stops="run", purpose="run", about=("callActivity",))
def call_missing(model: Model) -> Iterator[Breach]:
    """A call activity calls a process or a global task."""
    for node in model.nodes:
        if node.kind == "callActivity" and not node.called:
            yield breach(node.id)


@rule("decision-missing", "10.3.3", stops="run", purpose="run", about=("businessRuleTask",))
def decision_missing(model: Model) -> Iterator[Breach]:
    """A business rule task of an executable process asks for a decision, or the file says who decides without one."""
    executable = executable_of(model)
    for node in model.nodes:
        is_told = node.step is not None and node.step.automatic is not None
        if node.kind == "businessRuleTask" and not node.decision and node.process in executable and not is_told:
            yield breach(node.id)


@rule("rounds-missing", "10.3.8", stops="run", purpose="run", about=("loopCharacteristics",))
def rounds_missing(model: Model) -> Iterator[Breach]:
    """How often a step of an executable process is done side by side is a number or the length of a collection."""
    executable = executable_of(model)
    for node in model.nodes:
        if node.loop is None or node.loop.kind == "standard" or node.process not in executable:
            continue
        if _NEGATIVE.fullmatch(node.loop.cardinality) or not (node.loop.cardinality or node.loop.collection):
            yield breach(node.id)


@rule("event-sub-process-in-flow", "10.3.5", about=SUB_PROCESSES)
def event_sub_process_in_flow(model: Model) -> Iterator[Breach]:
    """What an event begins is begun by no flow."""
    for node in model.nodes:
        if node.is_frame and node.triggered_by_event and (model.incoming[node.id] or model.outgoing[node.id]):
            yield breach(node.id)


@rule("event-sub-process-start", "10.3.5", stops="run", about=SUB_PROCESSES)
def event_sub_process_start(model: Model) -> Iterator[Breach]:
    """What begins an event sub-process is the event its start waits for."""
    triggered = {node.id for node in model.nodes if node.is_frame and node.triggered_by_event}
    silent = (node.scope for node in model.nodes if node.kind == "startEvent" and not node.events)
    for scope in dict.fromkeys(silent):
        if scope in triggered:
            yield breach(scope)


@rule("event-sub-process-starts", "10.3.5", stops="run", about=SUB_PROCESSES)
def event_sub_process_starts(model: Model) -> Iterator[Breach]:
    """An event sub-process has exactly one start event."""
    triggered = {node.id: 0 for node in model.nodes if node.is_frame and node.triggered_by_event}
    for node in model.nodes:
        if node.kind == "startEvent" and node.scope in triggered:
            triggered[node.scope] += 1
    for scope, count in triggered.items():
        if count > 1:
            yield breach(scope, count=str(count))


@rule("ad-hoc-content", "10.3.5", about=("adHocSubProcess",))
def ad_hoc_content(model: Model) -> Iterator[Breach]:
    """In an ad-hoc sub-process people choose what to do next: nothing in it begins or ends."""
    ad_hoc = {node.id for node in model.nodes if node.kind == "adHocSubProcess"}
    for node in model.nodes:
        if node.scope in ad_hoc and node.kind in ("startEvent", "endEvent"):
            yield breach(node.id)


@rule("ad-hoc-empty", "10.3.5", severity="warning", about=("adHocSubProcess",))
def ad_hoc_empty(model: Model) -> Iterator[Breach]:
    """An ad-hoc sub-process holds at least one activity to choose."""
    filled = {node.scope for node in model.nodes if node.is_activity}
    for node in model.nodes:
        if node.kind == "adHocSubProcess" and node.id not in filled:
            yield breach(node.id)


@rule("compensation-in-flow", "10.7.1", stops="run")
def compensation_in_flow(model: Model) -> Iterator[Breach]:
    """Work that undoes other work is called by its event, never by a flow."""
    undoing = set(compensation(model))
    undoing.update(node.id for node in model.nodes if node.for_compensation)
    for node in model.nodes:
        if node.id in undoing and node.is_activity and (model.incoming[node.id] or model.outgoing[node.id]):
            yield breach(node.id)


@rule("compensation-handler", "10.7.1", stops="run", about=("compensateEventDefinition",))
def compensation_handler(model: Model) -> Iterator[Breach]:
    """An event that calls for undoing names, by an association, what undoes the work."""
    joined = {line.source for line in model.associations} | {line.target for line in model.associations}
    for node in model.nodes:
        if node.kind == "boundaryEvent" and node.event("compensate") is not None and node.id not in joined:
            yield breach(node.id)


@rule("behavior-unused", "10.3.8", severity="warning", about=("loopCharacteristics",))
def behavior_unused(model: Model) -> Iterator[Breach]:
    """What is thrown at some points of a multi-instance counts only where its behaviour is Complex."""
    for node in model.nodes:
        if node.loop is not None and node.loop.behaviors and node.loop.behavior != "Complex":
            yield breach(node.id, value=node.loop.behavior or "All")
