"""What stands inside a flow node: its event definitions, its loop, the data it reads and writes, what its kind says."""

from collections.abc import Callable
from typing import Any

from bpmn.elements import (
    DATA,
    EVENT_DEFINITIONS,
    EVENT_REFERENCES,
    LOCAL,
    NODES,
    attribute,
    local_name,
    text_of,
)
from bpmn.model import ACTIVITIES, EVENTS, GATEWAYS, TASKS, Association, EventDefinition, Loop
from bpmn.values import flag_of, number_of, referred, word_of
from bpmn.walk import Found, Walk

Parts = dict[str, list[Any]]

_TIMERS = ("timeDate", "timeDuration", "timeCycle")


def parts_of(element: Any) -> Parts:
    """The BPMN children of an element, by name."""
    parts: Parts = {}
    for child in element:
        name = LOCAL[child.tag]
        if name in parts:
            parts[name].append(child)
        elif name:
            parts[name] = [child]
    return parts


def first(parts: Parts, name: str) -> Any:
    """The first part of that name, or none."""
    found = parts.get(name)
    return found[0] if found else None


def documentation_of(parts: Parts) -> str:
    """The documentation of an element; several texts follow each other on lines of their own."""
    return "\n".join(filter(None, map(text_of, parts["documentation"]))) if "documentation" in parts else ""


def particular(found: Found, parts: Parts, walk: Walk) -> dict[str, Any]:
    """What only some nodes say of themselves, by the field of the node."""
    said: dict[str, Any] = {}
    names: list[str] = found.element.keys()
    for name in names:
        row = _PARTICULAR.get(name)
        if row is not None and found.kind in row[1]:
            said[row[0]] = row[2](found.element, name, walk)
    if parts.keys() <= _FLOWS:
        return said
    said["documentation"] = documentation_of(parts)
    said["script"] = text_of(first(parts, "script"))
    said["loop"] = loop_of(parts, walk)
    if found.kind == "complexGateway":
        said["activation"] = text_of(first(parts, "activationCondition"))
    elif found.kind == "adHocSubProcess":
        said["completion"] = text_of(first(parts, "completionCondition"))
    return said


#: What lists the flows of a node.
_FLOWS = frozenset(("incoming", "outgoing"))


def _text(element: Any, name: str, walk: Walk) -> str:
    return attribute(element, name)


def _flag_or_true(element: Any, name: str, walk: Walk) -> bool:
    return flag_of(element, name, walk, default=True)


def _operation(element: Any, name: str, walk: Walk) -> str:
    return referred(attribute(element, name), name, element, walk)


#: The attributes only some kinds have: the field of the node each becomes, the kinds, and how it is read.
_PARTICULAR: dict[str, tuple[str, frozenset[str], Callable[[Any, str, Walk], Any]]] = {
    "default": ("default", NODES, _text),
    "triggeredByEvent": ("triggered_by_event", NODES, flag_of),
    "instantiate": ("instantiate", NODES, flag_of),
    "scriptFormat": ("script_format", frozenset(("scriptTask",)), _text),
    "cancelActivity": ("interrupting", frozenset(("boundaryEvent",)), _flag_or_true),
    "isInterrupting": ("interrupting", frozenset(("startEvent",)), _flag_or_true),
    "isForCompensation": ("for_compensation", ACTIVITIES, flag_of),
    "startQuantity": ("start_quantity", ACTIVITIES, number_of),
    "completionQuantity": ("completion_quantity", ACTIVITIES, number_of),
    "parallelMultiple": ("parallel_multiple", EVENTS, flag_of),
    "implementation": ("implementation", TASKS, _text),
    "operationRef": ("operation", TASKS, _operation),
    "gatewayDirection": ("direction", GATEWAYS, word_of),
    "eventGatewayType": ("event_gateway_type", GATEWAYS, word_of),
    "ordering": ("ordering", frozenset(("adHocSubProcess",)), word_of),
    "cancelRemainingInstances": ("cancel_remaining", frozenset(("adHocSubProcess",)), _flag_or_true),
    "method": ("method", frozenset(("transaction",)), _text),
}


def events_of(found: Found, parts: Parts, walk: Walk) -> tuple[EventDefinition, ...]:
    """What an event waits for or does; of a task, the message it sends or receives."""
    if found.kind in ("receiveTask", "sendTask"):
        reference = referred(attribute(found.element, "messageRef"), "messageRef", found.element, walk)
        line = found.element.sourceline or 0
        return (EventDefinition(kind="message", reference=reference, line=line),) if reference else ()
    if found.kind not in EVENTS or parts.keys().isdisjoint(_DEFINING):
        return ()
    return tuple(event for event, _ in event_elements(found.element, walk))


#: What says what an event waits for or does.
_DEFINING = frozenset((*EVENT_DEFINITIONS, "eventDefinitionRef"))


def event_elements(element: Any, walk: Walk) -> list[tuple[EventDefinition, Any]]:
    """The event definitions of an event in their order, each with the element that says it."""
    definitions = []
    for child in element:
        name = local_name(child)
        if name in EVENT_DEFINITIONS:
            definitions.append((_event(child, name, walk), child))
        elif name == "eventDefinitionRef":
            event = _event_by_reference(child, walk)
            if event is not None:
                definitions.append((event, child))
    return definitions


def multiplicity_of(parts: Parts, walk: Walk) -> tuple[int, int] | None:
    """How many participants a pool stands for, the least and the most."""
    element = first(parts, "participantMultiplicity")
    if element is None:
        return None
    least = number_of(element, "minimum", walk, default=0)
    return least, number_of(element, "maximum", walk, default=max(1, least))


def _event_by_reference(element: Any, walk: Walk) -> EventDefinition | None:
    reference = text_of(element)
    name = walk.resolve(reference, element)
    if walk.kinds.get(name, "") in EVENT_DEFINITIONS:
        return _event(walk.elements[name], walk.kinds[name], walk, id_=name)
    sentence = "The event refers to a definition {value} that the file does not have. Choose its type again."
    walk.report("missing-reference", "event-definition", element, sentence, value=reference)
    return None


def _event(element: Any, name: str, walk: Walk, *, id_: str = "") -> EventDefinition:
    kind = EVENT_DEFINITIONS[name]
    parts = parts_of(element) if len(element) else {}
    timer = next((text for text in _TIMERS if text in parts), "") if kind == "timer" else ""
    expression = first(parts, timer or "condition")
    return EventDefinition(
        kind=kind,
        id=id_ or attribute(element, "id"),
        reference=_reference(element, kind, walk),
        timer=timer,
        expression=text_of(expression),
        language=attribute(expression, "language") if expression is not None else "",
        operation=_referred_in(parts, "operationRef", walk) if kind == "message" else "",
        waits=flag_of(element, "waitForCompletion", walk, default=True) if kind == "compensate" else True,
        link_sources=tuple(_resolved(text_of(child), child, walk) for child in parts.get("source", ())),
        link_target=_resolved(text_of(first(parts, "target")), element, walk),
        line=element.sourceline or 0,
    )


def _reference(element: Any, kind: str, walk: Walk) -> str:
    name = EVENT_REFERENCES.get(kind, "")
    if kind == "link":
        return attribute(element, name)
    return referred(attribute(element, name), name, element, walk) if name else ""


def _referred_in(parts: Parts, name: str, walk: Walk) -> str:
    """What a child refers to."""
    child = first(parts, name)
    return referred(text_of(child), name, child, walk) if child is not None else ""


def _resolved(reference: str, element: Any, walk: Walk) -> str:
    """The id a reference means, or the reference itself where the file has no such id."""
    return walk.resolve(reference, element) or reference


def loop_of(parts: Parts, walk: Walk) -> Loop | None:
    """How an activity is repeated."""
    several = first(parts, "multiInstanceLoopCharacteristics")
    if several is not None:
        return _several(several, parts_of(several), walk)
    standard = first(parts, "standardLoopCharacteristics")
    if standard is None:
        return None
    return Loop(
        kind="standard",
        cardinality=attribute(standard, "loopMaximum"),
        condition=text_of(first(parts_of(standard), "loopCondition")),
        test_before=flag_of(standard, "testBefore", walk),
    )


def _several(element: Any, inner: Parts, walk: Walk) -> Loop:
    behavior = word_of(element, "behavior", walk)
    event = BEHAVIOR_EVENTS.get(behavior, "")
    return Loop(
        kind="sequential" if flag_of(element, "isSequential", walk) else "parallel",
        cardinality=text_of(first(inner, "loopCardinality")),
        condition=text_of(first(inner, "completionCondition")),
        collection=_collection(element, inner, walk),
        output=_resolved(text_of(first(inner, "loopDataOutputRef")), element, walk),
        input_item=_item(first(inner, "inputDataItem")),
        output_item=_item(first(inner, "outputDataItem")),
        behavior=behavior,
        behavior_event=_resolved(attribute(element, event), element, walk) if event else "",
        behaviors=tuple(map(_behavior, inner.get("complexBehaviorDefinition", ()))),
    )


#: The attribute that names the event a multi-instance throws.
BEHAVIOR_EVENTS = {"None": "noneBehaviorEventRef", "One": "oneBehaviorEventRef"}


def _item(element: Any) -> str:
    return (attribute(element, "id") or attribute(element, "name")) if element is not None else ""


def _behavior(element: Any) -> tuple[str, str]:
    """The condition of a complex behaviour, and the id of the event it throws or of that event's definition."""
    parts = parts_of(element)
    event = first(parts, "event")
    named = [part for part in (event, *(event if event is not None else ())) if part is not None and local_name(part)]
    return text_of(first(parts, "condition")), next(filter(None, (attribute(part, "id") for part in named)), "")


def _collection(several: Any, inner: Parts, walk: Walk) -> str:
    """The data a multi-instance runs over, or the name engines keep in an attribute of their own."""
    reference = text_of(first(inner, "loopDataInputRef"))
    if reference:
        return walk.resolve(reference, several) or reference
    for element in (several, *_extensions(inner)):
        for name, value in element.attrib.items():
            if (name.startswith("{") and name.endswith("}collection")) or name == "inputCollection":
                return str(value).strip()
    return ""


def _extensions(parts: Parts) -> list[Any]:
    """What other tools say in an element."""
    return [child for holder in parts.get("extensionElements", ()) for child in holder.iterchildren("{*}*")]


#: The dotted lines of data, and the end of each that is the data.
_DATA_SIDES = (("dataInputAssociation", "sourceRef"), ("dataOutputAssociation", "targetRef"))


def data_of(found: Found, parts: Parts, walk: Walk) -> list[Association]:
    """The dotted lines between a node and the data it reads and writes."""
    associations: list[Association] = []
    for name, side in _DATA_SIDES:
        for element in parts.get(name, ()):
            associations += _association(element, side, found, walk)
    return associations


def maps_data(parts: Parts) -> bool:
    """Whether a data association of a node reckons with what it carries."""
    associations = [*parts.get("dataInputAssociation", ()), *parts.get("dataOutputAssociation", ())]
    return any(local_name(child) in ("assignment", "transformation") for element in associations for child in element)


def _association(element: Any, side: str, found: Found, walk: Walk) -> list[Association]:
    kind = "input" if side == "sourceRef" else "output"
    ends = []
    for child in element:
        if local_name(child) != side or not (reference := text_of(child)):
            continue
        data = walk.resolve(reference, child)
        if walk.kinds.get(data, "") in DATA:
            ends.append(data)
        elif not data and not walk.is_external(reference, child):
            sentence = "The step {side} data {value}, which the file does not have. Connect the data again."
            word = "reads" if kind == "input" else "writes"
            details = {"value": reference, "side": word}
            walk.report("missing-reference", "data-association", child, sentence, severity="warning", **details)
    if not ends:
        return []
    named = walk.identify(element, kind, process=found.process)
    line = element.sourceline or 0
    return [
        Association(
            id=named.id if not number else f"{named.id}#{number + 1}",
            source=data if kind == "input" else found.id,
            target=found.id if kind == "input" else data,
            kind=kind,
            direction="One",
            process=found.process,
            line=line,
        )
        for number, data in enumerate(ends)
    ]


def decision_of(element: Any, parts: Parts) -> str:
    """The id of the decision a business rule task asks for, by the attribute or element each engine has for it."""
    for part in (element, *_extensions(parts)):
        for name in part.attrib:
            is_asked = name.endswith("}decisionRef") or (name == "decisionId" and "calledDecision" in part.tag)
            if is_asked and part.get(name).strip():
                return str(part.get(name)).strip()
        if part.tag.endswith("}calledDecisionId") and (part.text or "").strip():
            return str(part.text).strip()
    return ""


def answer_of(element: Any, parts: Parts) -> tuple[str, bool]:
    """The name the answer of a decision goes by, as an engine's attribute says, and whether it is surely a group."""
    name, is_group = "", False
    for part in (element, *_extensions(parts)):
        for attribute_ in part.attrib:
            local = attribute_.rpartition("}")[2]
            if local == "resultVariable" and (part is not element or attribute_.startswith("{")):
                name = name or part.get(attribute_).strip()
            elif local == "mapDecisionResult":
                is_group = is_group or part.get(attribute_).strip() == "singleResult"
    return name, is_group


#: Attributes by which engines name what a task's program is: of the task itself, and of an element inside it.
_JOBS = frozenset(("topic", "delegateExpression", "expression", "class", "operationId", "serviceTaskOperator"))
_JOB_ELEMENTS = {"taskDefinition": "type", "serviceTaskOperator": "id", "connector": "id"}


def job_of(element: Any, parts: Parts) -> str:
    """What a task's program is called, by the attribute or element each engine has for it; nothing of it is run."""
    for name in element.attrib:  # names first: lxml looks for each value anew among all attributes
        if name.startswith("{") and name.rpartition("}")[2] in _JOBS and element.get(name).strip():
            return str(element.get(name)).strip()
    for part in _extensions(parts):
        attribute_ = _JOB_ELEMENTS.get(part.tag.rpartition("}")[2], "")
        if attribute_ and (part.get(attribute_) or "").strip():
            return str(part.get(attribute_)).strip()
    return ""
