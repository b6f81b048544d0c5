"""The names of BPMN 2.0's XML: which elements there are, and how the text and flags in them are read."""

from collections.abc import Mapping
from typing import Any

from bpmn.model import ACTIVITIES, EVENTS, GATEWAYS
from bpmn.xml import BPMN

#: How the tag of a BPMN element begins, as the parser writes it.
PREFIX = f"{{{BPMN}}}"

#: Everything a sequence flow can join.
NODES = ACTIVITIES | EVENTS | GATEWAYS
#: Elements that hold or name data.
DATA = frozenset(("dataObject", "dataObjectReference", "dataStore", "dataStoreReference", "dataInput", "dataOutput"))
ARTIFACTS = frozenset(("textAnnotation", "group"))
#: Event definitions and the kind each stands for.
EVENT_DEFINITIONS = {
    f"{kind}EventDefinition": kind
    for kind in (
        "message",
        "timer",
        "signal",
        "error",
        "escalation",
        "conditional",
        "link",
        "compensate",
        "cancel",
        "terminate",
    )
}
#: The attribute of an event definition that refers to something.
EVENT_REFERENCES = {
    "message": "messageRef",
    "signal": "signalRef",
    "error": "errorRef",
    "escalation": "escalationRef",
    "compensate": "activityRef",
    "link": "name",
}
#: The attribute of a root element that holds its code.
CODES = {"error": "errorCode", "escalation": "escalationCode", "itemDefinition": "structureRef"}
#: The attribute of a root element that names the item definition it carries.
STRUCTURES = {
    "message": "itemRef",
    "signal": "structureRef",
    "error": "structureRef",
    "escalation": "structureRef",
    "correlationProperty": "type",
}
#: Root elements others refer to.
ROOTS = frozenset(
    (
        "message",
        "signal",
        "error",
        "escalation",
        "itemDefinition",
        "globalTask",
        "globalUserTask",
        "globalManualTask",
        "globalScriptTask",
        "globalBusinessRuleTask",
        "resource",
        "interface",
        "correlationProperty",
        "endPoint",
        "partnerEntity",
        "partnerRole",
        *EVENT_DEFINITIONS,
    )
)
#: Elements that take part in the flow and that nothing here can follow.
UNSUPPORTED = frozenset(("choreographyTask", "subChoreography", "callChoreography", "event", "implicitThrowEvent"))
#: Root elements that are kept but not interpreted.
UNINTERPRETED_ROOTS = frozenset(("choreography", "globalChoreographyTask", "conversation", "globalConversation"))
#: Children of processes and sub-processes that are no elements of the drawing; what matters in them is read with
#: the element around them.
QUIET = frozenset(
    (
        "adHocOrdering",
        "artifact",
        "auditing",
        "categoryValueRef",
        "completionCondition",
        "correlationSubscription",
        "dataInputAssociation",
        "dataOutputAssociation",
        "documentation",
        "extensionElements",
        "humanPerformer",
        "incoming",
        "ioBinding",
        "ioSpecification",
        "loopCharacteristics",
        "monitoring",
        "multiInstanceLoopCharacteristics",
        "outgoing",
        "performer",
        "potentialOwner",
        "property",
        "resourceRole",
        "standardLoopCharacteristics",
        "supportedInterfaceRef",
        "supports",
    )
)


def tag(name: str) -> str:
    """The tag of a BPMN element as the parser writes it."""
    return PREFIX + name


def local_name(element: Any) -> str:
    """The name of a BPMN element; empty for comments and for elements of other namespaces."""
    return LOCAL[element.tag]


class _Names(dict[Any, str]):
    """The name of a BPMN element by its tag; those not known before are worked out and not kept."""

    def __missing__(self, tag: Any) -> str:
        return tag.removeprefix(PREFIX) if isinstance(tag, str) and tag.startswith(PREFIX) else ""


_KNOWN = frozenset(
    (
        *NODES,
        *DATA,
        *ARTIFACTS,
        *ROOTS,
        *QUIET,
        "sequenceFlow",
        "association",
        "laneSet",
        "process",
        "collaboration",
        "script",
        "conditionExpression",
        "eventDefinitionRef",
        "text",
        "flowNodeRef",
        "childLaneSet",
        "lane",
        "participant",
        "messageFlow",
        "sourceRef",
        "targetRef",
    )
)
#: The local name of each tag.
LOCAL: Mapping[Any, str] = _Names({PREFIX + name: name for name in _KNOWN})


def text_of(element: Any) -> str:
    """All text inside an element, without the white space around it; empty for no element."""
    if element is None:
        return ""
    return ("".join(element.itertext()) if len(element) else element.text or "").strip()


def attribute(element: Any, name: str) -> str:
    """An attribute without the white space around it, empty where it is missing."""
    value: str | None = element.get(name)
    return value.strip() if value else ""


def name_of(element: Any) -> str:
    """The name of an element, as it stands."""
    name: str = element.get("name") or ""
    return name


def flag(element: Any, name: str, *, default: bool = False) -> bool:
    """An attribute that is true or false."""
    text = attribute(element, name)
    return default if not text else text in ("true", "1")
