"""Changing a BPMN tree so that it stays a file a person can read: children in the order of the schema, indented."""

from collections.abc import Iterable
from typing import Any

from lxml import etree

from bpmn.elements import ARTIFACTS, DATA, EVENT_DEFINITIONS, NODES, ROOTS, local_name, tag, text_of

#: The order of children the schema of BPMN 2.0 asks for, over all elements; what is not named comes after.
_ORDER = (
    ("import", "extension"),
    ("documentation",),
    ("extensionElements",),
    ("auditing", "monitoring", "categoryValueRef", "partitionElement"),
    ("incoming",),
    ("outgoing",),
    ("flowNodeRef",),
    ("supportedInterfaceRef",),
    ("ioSpecification",),
    ("ioBinding",),
    ("property",),
    ("dataInputAssociation",),
    ("dataOutputAssociation",),
    ("inputSet",),
    ("outputSet",),
    ("resourceRole", "performer", "humanPerformer", "potentialOwner"),
    ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics"),
    (*EVENT_DEFINITIONS, "eventDefinitionRef"),
    ("laneSet", "category", *(ROOTS - EVENT_DEFINITIONS.keys())),
    ("collaboration", "participant"),
    ("process", "messageFlow"),
    ("sequenceFlow", *NODES, *(DATA - {"dataStore", "dataInput", "dataOutput"})),
    ("association", *ARTIFACTS),
    ("conditionExpression", "childLaneSet", "correlationSubscription", "supports"),
    ("script", "sourceRef", "timeDate", "timeDuration", "timeCycle", "condition", "text", "operationRef", "source"),
    ("targetRef", "loopCardinality", "loopCondition", "target", "dataState", "activationCondition"),
    ("loopDataInputRef",),
    ("loopDataOutputRef",),
    ("inputDataItem",),
    ("outputDataItem",),
    ("complexBehaviorDefinition",),
    ("completionCondition",),
)
_RANKS = {name: rank for rank, names in enumerate(_ORDER) for name in names}
_RANKS["dataStore"] = _RANKS["message"]
_LAST = len(_ORDER)
#: Where more children than this stand, the last of each rank is remembered.
_MANY = 16


class Editor:
    """Puts elements into a tree, takes them out and moves them."""

    def __init__(self, root: Any) -> None:
        text = root.text or ""
        #: Whether the file is indented, and by what.
        self._indent = (text[text.rfind("\n") + 1 :] or "  ") if "\n" in text and not text.strip() else ""
        #: The last child of each rank of the elements looked at.
        self._last: dict[Any, dict[int, Any]] = {}

    def add(self, parent: Any, name: str, text: str | None = None, /, **attributes: str) -> Any:
        """A new BPMN element in its place among the children of `parent`."""
        element = parent.makeelement(tag(name))
        for key, value in attributes.items():
            element.set(key, value)
        element.text = text
        self.insert(parent, element)
        return element

    def add_foreign(self, parent: Any, name: str, namespaces: dict[str, str] | None = None) -> Any:
        """A new element of another namespace, `name` its whole tag, behind all children."""
        element = parent.makeelement(name, nsmap=namespaces)
        self.place_last(parent, element)
        return element

    def place_last(self, parent: Any, element: Any) -> None:
        """Put an element, or whatever else a tree holds, behind all children."""
        self._place(parent, next(parent.iterchildren(reversed=True), None), element)

    def surroundings(self, parent: Any) -> tuple[dict[str | None, str], str, str]:
        """What text inside an element must know: the prefixes, how a line begins there, and what each depth adds."""
        depth = sum(1 for _ in parent.iterancestors()) + 1
        return parent.nsmap, "\n" + self._indent * depth if self._indent else "", self._indent

    def insert(self, parent: Any, element: Any) -> None:
        """Put an element among the children of `parent` where the schema wants it, behind its like."""
        rank = self._rank(element)
        last = self._ranks(parent)
        before = max((known for known in last if known <= rank), default=None)
        self._place(parent, last[before] if before is not None else None, element)
        last[rank] = element

    def insert_behind(self, sibling: Any, element: Any) -> None:
        """Put an element right behind another one."""
        parent = sibling.getparent()
        self._place(parent, sibling, element)
        self._last.pop(parent, None)

    def insert_first(self, parent: Any, element: Any) -> None:
        """Put an element before all children."""
        self._place(parent, None, element)
        self._last.pop(parent, None)

    def remove(self, element: Any) -> None:
        """Take an element out, with the white space that belonged to it."""
        parent = element.getparent()
        if parent is None:
            return
        before = element.getprevious()
        tail = element.tail or ""
        if before is not None:
            is_last = element.getnext() is None
            before.tail = tail if is_last and not (before.tail or "").strip() else _kept(before.tail, tail)
        elif element.getnext() is None:
            parent.text = _kept(parent.text, tail) if (parent.text or tail).strip() else None
        else:
            parent.text = _kept(parent.text, tail)
        element.tail = None
        parent.remove(element)
        self._last.pop(parent, None)

    def move(self, element: Any, parent: Any) -> None:
        """Put an element into another container."""
        self.remove(element)
        self.insert(parent, element)
        self._reindent(element)

    def set(self, element: Any, name: str, value: str, default: str = "") -> None:
        """Say something in an attribute; the default is not written, unless it stood there."""
        if value != default:
            element.set(name, value)
        elif default and name in element.attrib:
            element.set(name, default)
        else:
            element.attrib.pop(name, None)

    def set_child(self, element: Any, name: str, text: str) -> Any:
        """Say something in the first child of that name; no text takes it away."""
        children = [child for child in element if local_name(child) == name]
        if not text:
            for child in children:
                self.remove(child)
            return None
        if not children:
            return self.add(element, name, text)
        if text_of(children[0]) != text:
            for inner in list(children[0]):
                children[0].remove(inner)
            children[0].text = text
        return children[0]

    def set_children(self, element: Any, name: str, texts: Iterable[str]) -> None:
        """Say something in several children of one name, in their order."""
        for child in [child for child in element if local_name(child) == name]:
            self.remove(child)
        for text in texts:
            self.add(element, name, text)

    def _rank(self, element: Any) -> int:
        name = local_name(element)
        return _RANKS.get(name, _LAST) if name else _LAST

    def _ranks(self, parent: Any) -> dict[int, Any]:
        known = self._last.get(parent)
        if known is None:
            children = [child for child in parent if isinstance(child.tag, str)]
            known = {self._rank(child): child for child in children}
            if len(children) > _MANY:
                self._last[parent] = known
        return known

    def _place(self, parent: Any, before: Any, element: Any) -> None:
        """Put an element behind `before`, or first, and keep the indentation of its neighbours."""
        depth = sum(1 for _ in parent.iterancestors())
        inner = "\n" + self._indent * (depth + 1) if self._indent else None
        outer = "\n" + self._indent * depth if self._indent else None
        if before is None:
            first = len(parent) == 0
            if not (parent.text or "").strip():
                element.tail = outer if first else parent.text
                parent.text = inner if first else parent.text
            parent.insert(0, element)
            return
        tail, before.tail = before.tail, None
        before.addnext(element)
        if (tail or "").strip():
            before.tail = tail
            return
        element.tail = tail
        before.tail = inner

    def _reindent(self, element: Any) -> None:
        """Indent an element that came from another depth; text is never touched."""
        if not self._indent:
            return
        depth = sum(1 for _ in element.iterancestors())
        stack = [(element, depth)]
        while stack:
            parent, level = stack.pop()
            if len(parent) == 0 or (parent.text or "").strip() or not local_name(parent):
                continue
            inner = "\n" + self._indent * (level + 1)
            parent.text = inner
            for child in parent:
                if not (child.tail or "").strip():
                    child.tail = inner
                stack.append((child, level + 1))
            if not (parent[-1].tail or "").strip():
                parent[-1].tail = "\n" + self._indent * level


def _kept(text: str | None, tail: str) -> str | None:
    """The text before a removed element, with what followed it where that is more than white space."""
    return (text or "") + tail if tail.strip() else text


def skeleton(identity: str, namespace: str, prefixes: dict[str, str]) -> Any:
    """The definitions element of a new file."""
    root = etree.Element(tag("definitions"), nsmap=prefixes)
    root.set("id", identity)
    root.set("targetNamespace", namespace)
    root.text = "\n  "
    return root
