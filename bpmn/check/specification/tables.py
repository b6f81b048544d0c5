"""The general rules of BPMN 2.0.2 as tables: what may stand where, refer to what, and how often.

Each row names the section that states it. The chapters beside this file and the pass over the XML only look up here.
"""

from dataclasses import dataclass

from bpmn.calls import GLOBAL_TASKS
from bpmn.elements import DATA, EVENT_DEFINITIONS, NODES
from bpmn.model import ACTIVITIES, SUB_PROCESSES, TASKS

#: What holds data of its own type (10.4.1).
ITEM_AWARE = DATA | {"property", "inputDataItem", "outputDataItem"}
_CONVERSATIONS = frozenset(("conversation", "subConversation", "callConversation"))


# Events (10.5, table 10.93): what each may wait for or do, by the place it stands at.


@dataclass(frozen=True, kw_only=True)
class Place:
    """What an event may hold at one place of a drawing."""

    section: str
    kinds: frozenset[str]
    #: Whether it may hold nothing.
    may_be_empty: bool = True


_BEGINS = frozenset(("message", "timer", "conditional", "signal"))
_INTERRUPTS = _BEGINS | {"escalation", "error", "compensate"}
_BESIDE = _BEGINS | {"escalation"}

PLACES = {
    "start": Place(section="10.5.2", kinds=_BEGINS),
    "sub-process-start": Place(section="10.5.2", kinds=frozenset()),
    "event-sub-process-start": Place(section="10.5.2", kinds=_INTERRUPTS),
    "event-sub-process-start-beside": Place(section="10.5.2", kinds=_BESIDE),
    "catch": Place(section="10.5.4", kinds=_BEGINS | {"link"}, may_be_empty=False),
    "boundary": Place(section="10.5.4", kinds=_INTERRUPTS | {"cancel"}, may_be_empty=False),
    "boundary-beside": Place(section="10.5.4", kinds=_BESIDE, may_be_empty=False),
    "throw": Place(section="10.5.4", kinds=frozenset(("message", "escalation", "compensate", "link", "signal"))),
    "end": Place(
        section="10.5.3",
        kinds=frozenset(("message", "error", "escalation", "cancel", "compensate", "signal", "terminate")),
    ),
}

#: What an event-based gateway may wait for (10.6.6).
AWAITED = _BEGINS


# Message flows (7.6.2): which nodes may send and receive, besides pools.

SENDERS = ACTIVITIES | {"intermediateThrowEvent", "endEvent"}
RECEIVERS = ACTIVITIES | {"startEvent", "intermediateCatchEvent", "boundaryEvent"}


# References: what may be named by an attribute or by the text of a child element.


@dataclass(frozen=True, kw_only=True)
class Reference:
    """An attribute, or a child with text, that names another element of the file."""

    name: str
    kinds: frozenset[str]
    section: str
    #: Whether it is a child element.
    child: bool = False


def _attribute(name: str, *kinds: str, section: str) -> Reference:
    return Reference(name=name, kinds=frozenset(kinds), section=section)


def _child(name: str, *kinds: str, section: str) -> Reference:
    return Reference(name=name, kinds=frozenset(kinds), section=section, child=True)


_ITEM = _attribute("itemSubjectRef", "itemDefinition", section="10.4.1")
_OPERATION = _attribute("operationRef", "operation", section="10.3.3")
_MESSAGE = _attribute("messageRef", "message", section="10.3.3")
_INTERFACE = _child("supportedInterfaceRef", "interface", section="8.5.1")
_RESOURCE = _child("resourceRef", "resource", section="8.4.12")
_STRUCTURE = _attribute("structureRef", "itemDefinition", section="8.4.10")
_ASSOCIATION = (
    _child("sourceRef", *ITEM_AWARE, section="10.4.1"),
    _child("targetRef", *ITEM_AWARE, section="10.4.1"),
)

REFERENCES: dict[str, tuple[Reference, ...]] = {
    # Chapter 8
    "message": (_attribute("itemRef", "itemDefinition", section="8.4.11"),),
    "error": (_STRUCTURE,),
    "escalation": (_STRUCTURE,),
    "signal": (_STRUCTURE,),
    "operation": (
        _child("inMessageRef", "message", section="8.5.3"),
        _child("outMessageRef", "message", section="8.5.3"),
        _child("errorRef", "error", section="8.5.3"),
    ),
    "correlationKey": (_child("correlationPropertyRef", "correlationProperty", section="8.4.2"),),
    "correlationPropertyRetrievalExpression": (_attribute("messageRef", "message", section="8.4.2"),),
    "correlationPropertyBinding": (_attribute("correlationPropertyRef", "correlationProperty", section="8.4.2"),),
    "correlationSubscription": (_attribute("correlationKeyRef", "correlationKey", section="8.4.2"),),
    "group": (_attribute("categoryValueRef", "categoryValue", section="8.4.1"),),
    # Chapter 9
    "participant": (
        _child("interfaceRef", "interface", section="9.3.1"),
        _child("endPointRef", "endPoint", section="9.3.1"),
    ),
    "partnerEntity": (_child("participantRef", "participant", section="9.3.1"),),
    "partnerRole": (_child("participantRef", "participant", section="9.3.1"),),
    "participantAssociation": (
        _child("innerParticipantRef", "participant", section="9.3.1"),
        _child("outerParticipantRef", "participant", section="9.3.1"),
    ),
    "messageFlow": (_attribute("messageRef", "message", section="9.4"),),
    "messageFlowAssociation": (
        _attribute("innerMessageFlowRef", "messageFlow", section="9.4.2"),
        _attribute("outerMessageFlowRef", "messageFlow", section="9.4.2"),
    ),
    "conversation": (
        _child("participantRef", "participant", section="9.5.3"),
        _child("messageFlowRef", "messageFlow", section="9.5.3"),
    ),
    "conversationLink": (
        _attribute("sourceRef", "participant", *NODES, *_CONVERSATIONS, section="9.5.7"),
        _attribute("targetRef", "participant", *NODES, *_CONVERSATIONS, section="9.5.7"),
    ),
    "conversationAssociation": (
        _attribute("innerConversationNodeRef", *_CONVERSATIONS, section="9.5.8"),
        _attribute("outerConversationNodeRef", *_CONVERSATIONS, section="9.5.8"),
    ),
    "callConversation": (_attribute("calledCollaborationRef", "collaboration", "globalConversation", section="9.5.5"),),
    # Chapter 10
    "process": (_attribute("definitionalCollaborationRef", "collaboration", section="10.2.1"), _INTERFACE),
    **dict.fromkeys(GLOBAL_TASKS, (_INTERFACE,)),
    "serviceTask": (_OPERATION,),
    "sendTask": (_OPERATION, _MESSAGE),
    "receiveTask": (_OPERATION, _MESSAGE),
    "messageEventDefinition": (_MESSAGE, _child("operationRef", "operation", section="10.5.5")),
    "signalEventDefinition": (_attribute("signalRef", "signal", section="10.5.5"),),
    "errorEventDefinition": (_attribute("errorRef", "error", section="10.5.5"),),
    "escalationEventDefinition": (_attribute("escalationRef", "escalation", section="10.5.5"),),
    "compensateEventDefinition": (_attribute("activityRef", *ACTIVITIES, section="10.5.5"),),
    "linkEventDefinition": (
        _child("source", "linkEventDefinition", section="10.5.5"),
        _child("target", "linkEventDefinition", section="10.5.5"),
    ),
    "ioBinding": (
        _OPERATION,
        _attribute("inputDataRef", "dataInput", "inputSet", section="10.4.1"),
        _attribute("outputDataRef", "dataOutput", "outputSet", section="10.4.1"),
    ),
    "inputSet": (
        _child("dataInputRefs", "dataInput", section="10.4.1"),
        _child("optionalInputRefs", "dataInput", section="10.4.1"),
        _child("whileExecutingInputRefs", "dataInput", section="10.4.1"),
        _child("outputSetRefs", "outputSet", section="10.4.1"),
    ),
    "outputSet": (
        _child("dataOutputRefs", "dataOutput", section="10.4.1"),
        _child("optionalOutputRefs", "dataOutput", section="10.4.1"),
        _child("whileExecutingOutputRefs", "dataOutput", section="10.4.1"),
        _child("inputSetRefs", "inputSet", section="10.4.1"),
    ),
    "dataInputAssociation": _ASSOCIATION,
    "dataOutputAssociation": _ASSOCIATION,
    "dataObject": (_ITEM,),
    "dataStore": (_ITEM,),
    "dataInput": (_ITEM,),
    "dataOutput": (_ITEM,),
    "property": (_ITEM,),
    "inputDataItem": (_ITEM,),
    "outputDataItem": (_ITEM,),
    "dataObjectReference": (_attribute("dataObjectRef", "dataObject", section="10.4.1"),),
    "dataStoreReference": (_attribute("dataStoreRef", "dataStore", section="10.4.1"),),
    "multiInstanceLoopCharacteristics": (
        _child("loopDataInputRef", *ITEM_AWARE, section="10.3.8"),
        _child("loopDataOutputRef", *ITEM_AWARE, section="10.3.8"),
        _attribute("oneBehaviorEventRef", *EVENT_DEFINITIONS, section="10.3.8"),
        _attribute("noneBehaviorEventRef", *EVENT_DEFINITIONS, section="10.3.8"),
    ),
    **dict.fromkeys(("resourceRole", "performer", "humanPerformer", "potentialOwner"), (_RESOURCE,)),
    "resourceParameterBinding": (_attribute("parameterRef", "resourceParameter", section="8.4.12"),),
}


# Cardinalities: how many children of a kind an element has at least and at most.


@dataclass(frozen=True, kw_only=True)
class Children:
    """How many of some children an element has."""

    names: frozenset[str]
    section: str
    least: int = 0
    most: int | None = 1
    severity: str = "error"
    stops: str = "all"


def _children(
    *names: str, section: str, least: int = 0, most: int | None = 1, severity: str = "error", stops: str = "all"
) -> Children:
    return Children(names=frozenset(names), section=section, least=least, most=most, severity=severity, stops=stops)


_LOOPS = _children("standardLoopCharacteristics", "multiInstanceLoopCharacteristics", section="10.3.8")
_DATA_OF = _children("ioSpecification", section="10.4.1", stops="run")
_NO_DATA = _children("ioSpecification", section="10.4.1", most=0, stops="run")

CHILDREN: dict[str, tuple[Children, ...]] = {
    **dict.fromkeys(TASKS | {"callActivity"}, (_LOOPS, _DATA_OF)),
    **dict.fromkeys(SUB_PROCESSES, (_LOOPS, _NO_DATA)),
    "process": (_DATA_OF,),
    "sequenceFlow": (_children("conditionExpression", section="8.4.13"),),
    "timerEventDefinition": (_children("timeDate", "timeCycle", "timeDuration", section="10.5.5"),),
    "linkEventDefinition": (_children("target", section="10.5.5"),),
    "adHocSubProcess": (_LOOPS, _NO_DATA, _children("completionCondition", section="10.3.5")),
    "multiInstanceLoopCharacteristics": (
        _children("loopCardinality", section="10.3.8"),
        _children("completionCondition", section="10.3.8"),
        _children("loopDataInputRef", section="10.3.8"),
        _children("loopDataOutputRef", section="10.3.8"),
    ),
    "complexBehaviorDefinition": (_children("condition", section="10.3.8", least=1, stops="run"),),
    "standardLoopCharacteristics": (_children("loopCondition", section="10.3.8"),),
    "participant": (_children("participantMultiplicity", section="9.3.1"),),
    "operation": (
        _children("inMessageRef", section="8.5.3", least=1, severity="warning"),
        _children("outMessageRef", section="8.5.3", stops="run"),
    ),
    "ioSpecification": (
        _children("inputSet", section="10.4.1", least=1, most=None, severity="warning"),
        _children("outputSet", section="10.4.1", least=1, most=None, severity="warning"),
    ),
    "dataInputAssociation": (_children("targetRef", section="10.4.1", severity="warning"),),
    "dataOutputAssociation": (_children("targetRef", section="10.4.1", severity="warning"),),
    "globalConversation": (_children(*_CONVERSATIONS, section="9.5.6", most=0),),
    "correlationProperty": (
        _children("correlationPropertyRetrievalExpression", section="8.4.2", least=1, most=None, severity="warning"),
    ),
}


# Numbers: the least an attribute may say. Words and flags are judged where they are read.


@dataclass(frozen=True, kw_only=True)
class Number:
    """The least number an attribute of an element may be."""

    name: str
    least: int
    section: str


_QUANTITIES = (
    Number(name="startQuantity", least=1, section="10.3"),
    Number(name="completionQuantity", least=1, section="10.3"),
)

NUMBERS: dict[str, tuple[Number, ...]] = {
    **dict.fromkeys(ACTIVITIES, _QUANTITIES),
    "participantMultiplicity": (
        Number(name="minimum", least=0, section="9.3.1"),
        Number(name="maximum", least=1, section="9.3.1"),
    ),
    "standardLoopCharacteristics": (Number(name="loopMaximum", least=0, section="10.3.8"),),
}

#: Attributes that hold an address, or a word BPMN has for one, and their section.
ADDRESSES = {"transaction": ("method", "10.3.5")}

#: Expressions of a process: where they are written in words only, nobody can run it (8.4.6).
EXPRESSIONS = frozenset(
    (
        "activationCondition",
        "completionCondition",
        "condition",
        "conditionExpression",
        "from",
        "loopCardinality",
        "loopCondition",
        "timeCycle",
        "timeDate",
        "timeDuration",
        "to",
    )
)
