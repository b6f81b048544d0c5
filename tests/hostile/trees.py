"""Random files of BPMN's words that follow no rule of the format."""

from hypothesis import strategies as st

from tests.strategies import NODE_KINDS

#: What an XML tree of BPMN words may say of an element.
_WORDS = st.sampled_from(("a", "b", "c", "p", "", "true", "-1", "1e400", "NaN", "PT1H", "t:a", "q:b", "许可", "a b"))
_TAGS = st.sampled_from(
    (
        *NODE_KINDS,
        "startEvent",
        "endEvent",
        "boundaryEvent",
        "intermediateCatchEvent",
        "callActivity",
        "sequenceFlow",
        "laneSet",
        "lane",
        "childLaneSet",
        "flowNodeRef",
        "process",
        "collaboration",
        "participant",
        "messageFlow",
        "message",
        "dataObject",
        "dataObjectReference",
        "dataInputAssociation",
        "sourceRef",
        "targetRef",
        "timerEventDefinition",
        "timeDuration",
        "conditionExpression",
        "multiInstanceLoopCharacteristics",
        "loopCardinality",
        "extensionElements",
        "textAnnotation",
        "association",
        "documentation",
        "incoming",
        "ioSpecification",
        "subChoreography",
        "group",
        "definitions",
        "gov:step",
        "gov:time",
        "gov:branch",
        "gov:unit",
        "gov:procedure",
        "x:foreign",
    )
)
_ATTRIBUTES = st.dictionaries(
    st.sampled_from(
        (
            "id",
            "name",
            "sourceRef",
            "targetRef",
            "attachedToRef",
            "processRef",
            "calledElement",
            "default",
            "messageRef",
            "dataObjectRef",
            "isSequential",
            "part",
            "mean",
            "probability",
            "staff",
            "kind",
            "x:odd",
        )
    ),
    _WORDS,
    max_size=5,
)


def _xml(tag: str, attributes: dict[str, str], inside: list[str] | str) -> str:
    said = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<{tag}{said}>{inside if isinstance(inside, str) else ''.join(inside)}</{tag}>"


def bpmn_trees() -> st.SearchStrategy[bytes]:
    """Well-formed files of BPMN's words in any order: no rule of the format holds but that the root is right."""
    leaves = st.builds(_xml, _TAGS, _ATTRIBUTES, _WORDS)
    elements = st.recursive(
        leaves, lambda inner: st.builds(_xml, _TAGS, _ATTRIBUTES, st.lists(inner, max_size=6)), max_leaves=25
    )
    root = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:gov="urn:zaizao:gov:1" '
        'xmlns:x="urn:x" xmlns:t="t" xmlns:q="q" targetNamespace="t">'
    )
    return st.lists(elements, max_size=6).map(lambda parts: f"{root}{''.join(parts)}</definitions>".encode())
