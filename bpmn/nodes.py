"""What stands inside a flow node: its event definitions, its loop, the data it reads and writes, its script."""

from typing import Any

from bpmn.elements import (
    DATA,
    EVENT_DEFINITIONS,
    EVENT_REFERENCES,
    attribute,
    flag,
    local_name,
    text_of,
)
from bpmn.model import EVENTS, Association, EventDefinition, Loop
from bpmn.walk import Found, Walk

Parts = dict[str, list[Any]]

_TIMERS = ("timeDate", "timeDuration", "timeCycle")


def parts_of(element: Any) -> Parts:
    """The BPMN children of an element, by name."""
    parts: Parts = {}
    for child in element:
        name = local_name(child)
        if name:
            parts.setdefault(name, []).append(child)
    return parts


def first(parts: Parts, name: str) -> Any:
    """The first part of that name, or none."""
    found = parts.get(name)
    return found[0] if found else None


def documentation_of(parts: Parts) -> str:
    """The documentation of an element; several texts follow each other on lines of their own."""
    return "\n".join(filter(None, map(text_of, parts.get("documentation", ()))))


def events_of(found: Found, walk: Walk) -> tuple[EventDefinition, ...]:
    """What an event waits for or does; of a task, the message it sends or receives."""
    if found.kind in ("receiveTask", "sendTask"):
        reference = _referred(found.element, "messageRef", walk)
        line = found.element.sourceline or 0
        return (EventDefinition(kind="message", reference=reference, line=line),) if reference else ()
    if found.kind not in EVENTS:
        return ()
    return tuple(event for event, _ in event_elements(found.element, walk))


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
    timer = next((child for child in element if local_name(child) in _TIMERS), None) if kind == "timer" else None
    condition = next((child for child in element if local_name(child) == "condition"), None)
    return EventDefinition(
        kind=kind,
        id=id_ or attribute(element, "id"),
        reference=_reference(element, kind, walk),
        timer=local_name(timer) if timer is not None else "",
        expression=text_of(timer if timer is not None else condition),
        line=element.sourceline or 0,
    )


def _reference(element: Any, kind: str, walk: Walk) -> str:
    name = EVENT_REFERENCES.get(kind, "")
    if kind == "link":
        return attribute(element, name)
    return _referred(element, name, walk) if name else ""


def _referred(element: Any, name: str, walk: Walk) -> str:
    """What an attribute refers to: an id of the file, or the text as it stands where it names another file's."""
    reference = attribute(element, name)
    if not reference:
        return ""
    resolved = walk.resolve(reference, element)
    if not resolved and not walk.is_external(reference, element):
        sentence = "{attribute} names {value}, which the file does not have. Choose it again."
        walk.report("missing-reference", "event", element, sentence, stops="run", attribute=name, value=reference)
    return resolved or reference


def loop_of(parts: Parts, walk: Walk) -> Loop | None:
    """How an activity is repeated."""
    several = first(parts, "multiInstanceLoopCharacteristics")
    if several is not None:
        inner = parts_of(several)
        return Loop(
            kind="sequential" if flag(several, "isSequential") else "parallel",
            cardinality=text_of(first(inner, "loopCardinality")),
            condition=text_of(first(inner, "completionCondition")),
            collection=_collection(several, inner, walk),
        )
    standard = first(parts, "standardLoopCharacteristics")
    if standard is None:
        return None
    return Loop(
        kind="standard",
        cardinality=attribute(standard, "loopMaximum"),
        condition=text_of(first(parts_of(standard), "loopCondition")),
        test_before=flag(standard, "testBefore"),
    )


def _collection(several: Any, inner: Parts, walk: Walk) -> str:
    """The data a multi-instance runs over, or the name engines keep in an attribute of their own."""
    reference = text_of(first(inner, "loopDataInputRef"))
    if reference:
        return walk.resolve(reference, several) or reference
    extensions = [child for holder in inner.get("extensionElements", ()) for child in holder.iterchildren("{*}*")]
    for element in (several, *extensions):
        for name, value in element.attrib.items():
            if (name.startswith("{") and name.endswith("}collection")) or name == "inputCollection":
                return str(value).strip()
    return ""


def data_of(found: Found, parts: Parts, walk: Walk) -> list[Association]:
    """The dotted lines between a node and the data it reads and writes."""
    associations: list[Association] = []
    for name, side in (("dataInputAssociation", "sourceRef"), ("dataOutputAssociation", "targetRef")):
        for element in parts.get(name, ()):
            associations += _association(element, side, found, walk)
    return associations


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
