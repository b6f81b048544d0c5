"""Writing flow nodes: what changed in each, from its kind to the data it reads."""

from dataclasses import replace
from itertools import zip_longest
from typing import Any

from bpmn.draft import Draft
from bpmn.elements import EVENT_DEFINITIONS, EVENT_REFERENCES, local_name, tag
from bpmn.model import ACTIVITIES, EVENTS, GATEWAYS, TASKS, EventDefinition, Loop, Node
from bpmn.nodes import BEHAVIOR_EVENTS, event_elements

_LOOPS = ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics")
_EXPRESSION = "{http://www.w3.org/2001/XMLSchema-instance}type"


def write_node(draft: Draft, old: Node | None, node: Node) -> None:
    """Bring a node into the tree: a new one, or the differences to the old."""
    container = draft.elements[node.scope or node.process]
    if old is None:
        draft.add(container, node.kind, node.id)
        old = Node(id=node.id, kind=node.kind, process=node.process, scope=node.scope)
    element = draft.elements[node.id]
    if element.getparent() is not container:
        draft.edit.move(element, container)
    if node.kind != old.kind:
        _change_kind(draft, element, old, node)
    _write_attributes(draft, element, old, node)
    if node.documentation != old.documentation:
        write_documentation(draft, element, node.documentation)
    if node.events != old.events or node.kind != old.kind:
        _write_events(draft, element, node)
    if node.loop != old.loop:
        _write_loop(draft, element, old.loop, node.loop)
    if node.script != old.script:
        draft.edit.set_child(element, "script", node.script)
    for name, before, value in (
        ("activationCondition", old.activation, node.activation),
        ("completionCondition", old.completion, node.completion),
    ):
        if before != value:
            write_expression(draft, element, name, value)
    _write_annotations(draft, element, old, node)


def write_documentation(draft: Draft, element: Any, text: str) -> None:
    """Say the documentation of an element, in one text."""
    first = draft.edit.set_child(element, "documentation", text)
    for child in list(element):
        if local_name(child) == "documentation" and child is not first:
            draft.edit.remove(child)


def _change_kind(draft: Draft, element: Any, old: Node, node: Node) -> None:
    """Make it another kind of node, without what only the old kind had."""
    element.tag = tag(node.kind)
    for name, kinds in _OF_KIND.items():
        if node.kind not in kinds and old.kind in kinds:
            element.attrib.pop(name, None)
    if node.kind not in EVENTS:
        for child in list(element):
            if local_name(child) in EVENT_DEFINITIONS or local_name(child) == "eventDefinitionRef":
                draft.edit.remove(child)


#: Attributes only some kinds have.
_OF_KIND = {
    "attachedToRef": ("boundaryEvent",),
    "cancelActivity": ("boundaryEvent",),
    "isInterrupting": ("startEvent",),
    "calledElement": ("callActivity",),
    "scriptFormat": ("scriptTask",),
    "messageRef": ("receiveTask", "sendTask"),
    "isForCompensation": ACTIVITIES,
    "startQuantity": ACTIVITIES,
    "completionQuantity": ACTIVITIES,
    "implementation": TASKS,
    "operationRef": TASKS,
    "gatewayDirection": GATEWAYS,
    "eventGatewayType": ("eventBasedGateway",),
    "parallelMultiple": EVENTS,
    "ordering": ("adHocSubProcess",),
    "cancelRemainingInstances": ("adHocSubProcess",),
    "method": ("transaction",),
}


def _write_attributes(draft: Draft, element: Any, old: Node, node: Node) -> None:
    said = {
        "name": (old.name, node.name, ""),
        "default": (old.default, node.default, ""),
        "attachedToRef": (old.attached_to, node.attached_to, ""),
        "triggeredByEvent": (*_words(old.triggered_by_event, node.triggered_by_event), "false"),
        "calledElement": (old.called, node.called, ""),
        "instantiate": (*_words(old.instantiate, node.instantiate), "false"),
        "scriptFormat": (old.script_format, node.script_format, ""),
        "isForCompensation": (*_words(old.for_compensation, node.for_compensation), "false"),
        "startQuantity": (str(old.start_quantity), str(node.start_quantity), "1"),
        "completionQuantity": (str(old.completion_quantity), str(node.completion_quantity), "1"),
        "parallelMultiple": (*_words(old.parallel_multiple, node.parallel_multiple), "false"),
        "implementation": (old.implementation, node.implementation, ""),
        "operationRef": (old.operation, node.operation, ""),
        "gatewayDirection": (old.direction, node.direction, ""),
        "eventGatewayType": (old.event_gateway_type, node.event_gateway_type, ""),
        "ordering": (old.ordering, node.ordering, ""),
        "cancelRemainingInstances": (*_words(old.cancel_remaining, node.cancel_remaining), "true"),
        "method": (old.method, node.method, ""),
    }
    interrupting = "cancelActivity" if node.kind == "boundaryEvent" else "isInterrupting"
    said[interrupting] = (*_words(old.interrupting, node.interrupting), "true")
    for name, (before, value, default) in said.items():
        if before != value:
            draft.edit.set(element, name, value, default)


def _words(old: bool, new: bool) -> tuple[str, str]:
    return ("true" if old else "false"), ("true" if new else "false")


def _write_annotations(draft: Draft, element: Any, old: Node, node: Node) -> None:
    gov = draft.gov
    gov.put(element, node.id, "step", old.step, node.step)
    if node.times != old.times:
        gov.put_all(element, node.id, "time", old.times, node.times)
    if node.materials != old.materials:
        gov.put_all(element, node.id, "material", old.materials, node.materials)
    if node.repeat != old.repeat:
        gov.put_number(element, node.id, "repeat", "mean", node.repeat)
    if node.outcome != old.outcome:
        gov.put_number(element, node.id, "end", "outcome", node.outcome)


# Events


def _write_events(draft: Draft, element: Any, node: Node) -> None:
    if node.kind in ("receiveTask", "sendTask"):
        draft.edit.set(element, "messageRef", node.events[0].reference if node.events else "")
        return
    if node.kind not in EVENTS:
        return
    known = event_elements(element, draft.reading.walk)
    for pair, event in zip_longest(known, node.events):
        if event is None:
            draft.edit.remove(pair[1])
        elif pair is None:
            _write_event(draft, draft.edit.add(element, f"{event.kind}EventDefinition"), None, event)
        elif pair[0] != event:
            _replace_event(draft, pair[0], pair[1], event)


def _replace_event(draft: Draft, old: EventDefinition, element: Any, event: EventDefinition) -> None:
    name = f"{event.kind}EventDefinition"
    if local_name(element) == name:
        _write_event(draft, element, old, event)
        return
    fresh = element.makeelement(tag(name))
    draft.edit.insert_behind(element, fresh)
    draft.edit.remove(element)
    if local_name(element) == "eventDefinitionRef" and event.id == old.id:
        event = replace(event, id="")  # it was the id of what stands beside the processes, for others to refer to
    _write_event(draft, fresh, None, event)


def _write_event(draft: Draft, element: Any, old: EventDefinition | None, event: EventDefinition) -> None:
    if event.id:
        element.set("id", event.id)
    reference = EVENT_REFERENCES.get(event.kind)
    if reference and (old is None or old.reference != event.reference):
        draft.edit.set(element, reference, event.reference)
    if event.kind == "timer":
        for name in ("timeDate", "timeDuration", "timeCycle"):
            write_expression(draft, element, name, event.expression if name == event.timer else "", event.language)
    elif event.kind == "conditional":
        write_expression(draft, element, "condition", event.expression, event.language)
    elif event.kind == "message" and (old is None or old.operation != event.operation):
        draft.edit.set_child(element, "operationRef", event.operation)
    elif event.kind == "compensate" and (old is None or old.waits != event.waits):
        draft.edit.set(element, "waitForCompletion", *_words(event.waits, True))
    elif event.kind == "link" and (old is None or _ends(old) != _ends(event)):
        draft.edit.set_children(element, "source", event.link_sources)
        draft.edit.set_child(element, "target", event.link_target)


def _ends(link: EventDefinition) -> tuple[tuple[str, ...], str]:
    return link.link_sources, link.link_target


def write_expression(draft: Draft, element: Any, name: str, text: str, language: str | None = None) -> None:
    """Say an expression in a child; a new one is marked as formal, as the schema wants it."""
    was_there = any(local_name(child) == name for child in element)
    child = draft.edit.set_child(element, name, text)
    if child is None:
        return
    if not was_there:
        mark_formal(child)
    if language is not None:
        draft.edit.set(child, "language", language)


def mark_formal(element: Any) -> None:
    """Mark an expression as a formal one, in the prefix the file has for BPMN."""
    prefix = element.prefix
    element.set(_EXPRESSION, f"{prefix}:tFormalExpression" if prefix else "tFormalExpression")


# Loops


def _write_loop(draft: Draft, element: Any, old: Loop | None, loop: Loop | None) -> None:
    name = "" if loop is None else _LOOPS[loop.kind == "standard"]
    found = next((child for child in element if local_name(child) in _LOOPS), None)
    if found is not None and local_name(found) != name:
        draft.edit.remove(found)
        found = old = None
    if loop is None:
        return
    if found is None:
        found = draft.edit.add(element, name)
    if loop.kind == "standard":
        draft.edit.set(found, "loopMaximum", loop.cardinality)
        draft.edit.set(found, "testBefore", "true" if loop.test_before else "false", "false")
        write_expression(draft, found, "loopCondition", loop.condition)
        return
    draft.edit.set(found, "isSequential", "true" if loop.kind == "sequential" else "false", "false")
    write_expression(draft, found, "loopCardinality", loop.cardinality)
    write_expression(draft, found, "completionCondition", loop.condition)
    old = old or Loop(kind=loop.kind)
    if old.collection != loop.collection:
        _write_collection(draft, found, loop.collection)
    if old.output != loop.output:
        draft.edit.set_child(found, "loopDataOutputRef", loop.output)
    for name, before, item in (
        ("inputDataItem", old.input_item, loop.input_item),
        ("outputDataItem", old.output_item, loop.output_item),
    ):
        if before != item:
            _write_item(draft, found, name, item)
    _write_behavior(draft, found, old, loop)


def _write_item(draft: Draft, element: Any, name: str, item: str) -> None:
    """Name what one round reads or writes; an element that had no id is known by its name."""
    found = next((child for child in element if local_name(child) == name), None)
    if found is not None and not item:
        draft.edit.remove(found)
    elif found is not None:
        draft.edit.set(found, "id" if "id" in found.attrib else "name", item)
    elif item:
        draft.edit.add(element, name, None, id=item)


def _write_behavior(draft: Draft, element: Any, old: Loop, loop: Loop) -> None:
    if (old.behavior, old.behavior_event) == (loop.behavior, loop.behavior_event):
        return
    draft.edit.set(element, "behavior", loop.behavior)
    for behavior, name in BEHAVIOR_EVENTS.items():
        if behavior == loop.behavior or name in element.attrib:
            draft.edit.set(element, name, loop.behavior_event if behavior == loop.behavior else "")


def _write_collection(draft: Draft, element: Any, collection: str) -> None:
    """Say what a multi-instance runs over, where an engine's own attribute says it there, else by a reference."""
    extensions = [
        child
        for holder in element
        if local_name(holder) == "extensionElements"
        for child in holder.iterchildren("{*}*")
    ]
    for holder in (element, *extensions):
        for name in holder.attrib:
            if (name.startswith("{") and name.endswith("}collection")) or name == "inputCollection":
                draft.edit.set(holder, name, collection)
                return
    draft.edit.set_child(element, "loopDataInputRef", collection)


# Flows of a node


def write_flow_lists(draft: Draft, node: Node, *, only_adds: bool = False) -> None:
    """List the flows of a node in it, as the schema asks, keeping those that stand there."""
    element = draft.elements[node.id]
    for side, flows in (("incoming", draft.new.incoming), ("outgoing", draft.new.outgoing)):
        wanted = dict.fromkeys(flow.id for flow in flows[node.id])
        for child in [child for child in element if local_name(child) == side]:
            named = draft.reading.walk.resolve((child.text or "").strip(), child)
            if named in wanted:
                del wanted[named]
            elif not only_adds:
                draft.edit.remove(child)
        for flow in wanted:
            draft.edit.add(element, side, flow)
