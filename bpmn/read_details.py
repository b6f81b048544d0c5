"""What a file says beside its flow: inputs and outputs, roles, properties, correlation, interfaces, choreographies.

Each is a `Detail` that names the element it stands in. Nothing is done with it here; checks and an engine find it by
its kind, and writing leaves it in the file as it stands.
"""

from collections.abc import Iterator
from typing import Any

from bpmn.detail import Detail
from bpmn.elements import UNINTERPRETED_ROOTS, attribute, local_name, name_of, text_of
from bpmn.values import referred_detail
from bpmn.walk import Walk

#: What an element of the model may hold that is read nowhere else.
HELD = frozenset(
    (
        "auditing",
        "correlationSubscription",
        "dataInput",
        "dataOutput",
        "humanPerformer",
        "inputSet",
        "ioBinding",
        "ioSpecification",
        "monitoring",
        "outputSet",
        "performer",
        "potentialOwner",
        "property",
        "resourceRole",
        "supportedInterfaceRef",
        "supports",
    )
)
#: What a root element may hold.
_IN_ROOTS = HELD | {"operation", "correlationPropertyRetrievalExpression", "resourceParameter", "rendering"}
#: What stands beside processes and is no root of the model.
_ROOT_DETAILS = UNINTERPRETED_ROOTS | {"category", "extension", "import", "relationship"}
#: What a collaboration holds beside pools and message flows.
_IN_COLLABORATIONS = frozenset(
    (
        "callConversation",
        "choreographyRef",
        "conversation",
        "conversationAssociation",
        "conversationLink",
        "conversationNode",
        "correlationKey",
        "messageFlowAssociation",
        "participantAssociation",
        "subConversation",
    )
)
#: What a multi-instance holds: the datum of each of its rounds.
_IN_LOOPS = frozenset(("inputDataItem", "outputDataItem"))
#: What a pool holds.
_IN_POOLS = frozenset(("interfaceRef", "endPointRef"))
#: Kept whole: what is in them is not looked at.
_CLOSED = UNINTERPRETED_ROOTS | {"callConversation", "subConversation", "conversationNode"}
#: Children that hold the text or the expression of a detail.
_TEXTS = frozenset(
    (
        "dataPath",
        "expression",
        "formalExpression",
        "from",
        "messagePath",
        "resourceAssignmentExpression",
        "to",
    )
)
_SKIPPED = frozenset(("documentation", "extensionElements"))
_OWN = frozenset(("id", "name"))


class DetailReader:
    """Collects the details of a file, element by element."""

    def __init__(self, walk: Walk) -> None:
        self.found: list[Detail] = []
        self._walk = walk

    def read(self, root: Any) -> None:
        """The details beside the nodes: those of the definitions, root elements, pools and collaborations."""
        for element in root:
            if local_name(element) in _ROOT_DETAILS:
                self._take(element, attribute(root, "id"))
        for group, kinds in ((self._walk.roots, _IN_ROOTS), (self._walk.pools, _IN_POOLS)):
            for found in group:
                self.read_in(found.element, found.id, kinds)
        for collaboration in self._walk.collaborations:
            self.read_in(collaboration, attribute(collaboration, "id"), _IN_COLLABORATIONS)

    def read_in(self, element: Any, owner: str, kinds: frozenset[str] = HELD) -> None:
        """The details one element holds, what its multi-instance takes and gives among them."""
        for child in element:
            name = local_name(child)
            if name in kinds:
                self._take(child, owner)
            elif name == "multiInstanceLoopCharacteristics" and kinds is HELD:
                self.read_in(child, owner, _IN_LOOPS)

    def _take(self, element: Any, owner: str) -> None:
        """A detail and those inside it, in the order of the file."""
        stack = [(element, "")]
        while stack:
            one, within = stack.pop()
            if self._walk.is_named(one):
                continue
            detail, inner = self._detail(one, owner, within)
            self.found.append(detail)
            self._walk.refuse_more_elements(len(self.found))
            stack.extend((child, detail.id) for child in reversed(inner))

    def _detail(self, element: Any, owner: str, within: str) -> tuple[Detail, list[Any]]:
        kind = local_name(element)
        says = list(self._attributes(element))
        text, inner = "", []
        for child in element if kind not in _CLOSED else ():
            name = local_name(child)
            if name.endswith(("Ref", "Refs")):
                says.append((name, referred_detail(text_of(child), name, child, self._walk)))
            elif name in _TEXTS:
                text = text or text_of(child)
            elif name and name not in _SKIPPED:
                inner.append(child)
        detail = Detail(
            id=attribute(element, "id"),
            kind=kind,
            name=name_of(element),
            owner=owner,
            within=within,
            text=text or (text_of(element) if not len(element) else ""),
            says=tuple(says),
            line=element.sourceline or 0,
        )
        return detail, inner

    def _attributes(self, element: Any) -> Iterator[tuple[str, str]]:
        for name, value in element.attrib.items():
            if name in _OWN or name.startswith("{"):
                continue
            if name.endswith("Ref"):
                value = referred_detail(value.strip(), name, element, self._walk)
            yield name, value
