"""Repairs of the file itself: ids, lists of flows, and whatever leads to what is not there.

None changes the model that is read from the file: what is repaired here is what reading passed over.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from bpmn.draft import Draft
from bpmn.elements import attribute, local_name, name_of, text_of
from bpmn.fix.sketch import Fix
from bpmn.walk import NAMELESS, Found
from bpmn.xml import BPMN, BPMNDI

_SHAPES = (f"{{{BPMNDI}}}BPMNShape", f"{{{BPMNDI}}}BPMNEdge")
_PLANE = f"{{{BPMNDI}}}BPMNPlane"
_DI = f"{{{BPMNDI}}}"


class Document:
    """A file in which repairs are made."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.walk = draft.reading.walk
        self.model = draft.old
        #: Ids of flows taken out.
        self.gone: set[str] = set()
        self._references: Counter[str] | None = None

    def is_nowhere(self, reference: str, element: Any) -> bool:
        """Whether a reference leads to nothing, in this file or another."""
        return not self.walk.resolve(reference, element) and not self.walk.is_external(reference, element)

    def is_referred_to(self, id_: str) -> bool:
        """Whether anything in the file seems to name an id."""
        if self._references is None:
            self._references = Counter(_references(self.draft.reading.root))
        return self._references[id_] > 0

    def remove(self, element: Any) -> None:
        """Take an element out."""
        self.draft.edit.remove(element)

    def drawn(self) -> Iterator[Any]:
        """Every shape and edge of the file."""
        for plane in self.draft.reading.root.iter(_PLANE):
            yield from plane.iterchildren(*_SHAPES)


def _references(root: Any) -> Iterator[str]:
    """Every word of every attribute and text but ids, with and without its prefix."""
    for element in root.iter("{*}*"):
        texts = [value for name, value in element.attrib.items() if name != "id"]
        if element.text is not None and not len(element):
            texts.append(element.text)
        for text in texts:
            for word in text.split():
                yield word
                if ":" in word:
                    yield word.rpartition(":")[2]


def missing_id(document: Document) -> Iterator[Fix]:
    """An element without id gets one. Safe: nothing can refer to what has none."""
    for id_ in sorted(document.walk.made & document.walk.elements.keys()):
        element = document.walk.elements[id_]
        if not attribute(element, "id") and document.walk.kinds[id_] not in NAMELESS:
            element.set("id", id_)
            yield _of(element, "missing-id", id_)


def duplicate_id(document: Document) -> Iterator[Fix]:
    """The second element of one id gets its own where nothing refers to that id, and so does a shape always.

    Safe: nothing refers to a shape, and nothing can mean the wrong one of two that nothing refers to.
    """
    for id_ in sorted(document.walk.made & document.walk.elements.keys()):
        element = document.walk.elements[id_]
        given = attribute(element, "id")
        if given and given != id_ and not document.is_referred_to(given):
            element.set("id", id_)
            yield _of(element, "duplicate-id", id_, before=given)
    seen: set[str] = set()
    for element in document.draft.reading.root.iter(f"{{{BPMN}}}*", f"{_DI}*"):
        given = attribute(element, "id")
        is_second = bool(given) and given in seen and not document.walk.is_named(element)
        if is_second and (element.tag.startswith(_DI) or not document.is_referred_to(given)):
            element.set("id", document.walk.fresh_id(given))
            yield _of(element, "duplicate-id", attribute(element, "id"), before=given)
        seen.add(given)


def flow_end(document: Document) -> Iterator[Fix]:
    """A sequence flow that leads from or to nothing is taken out where that leaves no gap.

    Safe: no token takes it. It goes where both its ends are nothing, or where the one it has is a step or an event with
    another flow on that side. At a gateway, and where it is the only way, it stays: there a person left something out.
    """
    walk, model = document.walk, document.model
    for found in walk.flows:
        if found.id in model.flow:
            continue
        ends = {name: attribute(found.element, name) for name in _ENDS}
        nowhere = [name for name, reference in ends.items() if document.is_nowhere(reference, found.element)]
        if not nowhere:
            continue
        source, target = (walk.resolve(reference, found.element) for reference in ends.values())
        if len(nowhere) == 2 or _has_another(document, source, target):
            document.gone.add(found.id)
            document.remove(found.element)
            yield _of(found.element, "flow-end", found.id, value=next(filter(None, (ends[n] for n in nowhere)), "—"))
    _remove_drawings(document, document.gone)


def _has_another(document: Document, source: str, target: str) -> bool:
    """Whether the one end a flow has is a step or event with another flow on that side."""
    node = document.model.node.get(source or target)
    if node is None or node.is_gateway:
        return False
    others = document.model.outgoing if source else document.model.incoming
    return bool(others[node.id])


def association_end(document: Document) -> Iterator[Fix]:
    """A dotted line of a note that leads from or to nothing is taken out. Safe: no token takes it."""
    kept = {line.id for line in document.model.associations}
    gone = set()
    for found in document.walk.associations:
        ends = [attribute(found.element, name) for name in _ENDS]
        nowhere = [end for end in ends if document.is_nowhere(end, found.element)]
        if found.id not in kept and nowhere:
            gone.add(found.id)
            document.remove(found.element)
            yield _of(found.element, "association-end", found.id, value=next(filter(None, nowhere), "—"))
    _remove_drawings(document, gone)


def _remove_drawings(document: Document, gone: set[str]) -> None:
    """Take out what draws elements that are gone."""
    for element in list(document.drawn()) if gone else ():
        if document.walk.resolve(attribute(element, "bpmnElement"), element) in gone:
            document.remove(element)


def lane_node(document: Document) -> Iterator[Fix]:
    """A lane no longer lists what the file does not have. Safe: nothing stands there."""
    for found in document.walk.lanes:
        for child in [child for child in found.element if local_name(child) == "flowNodeRef"]:
            reference = text_of(child)
            if reference and document.is_nowhere(reference, child):
                document.remove(child)
                yield _of(found.element, "lane-node", found.id, value=reference)


def drawn_element(document: Document) -> Iterator[Fix]:
    """A shape or edge of something the file does not have is taken out. Safe: the flow is not touched."""
    for element in list(document.drawn()):
        reference = attribute(element, "bpmnElement")
        if reference and document.is_nowhere(reference, element):
            document.remove(element)
            yield _drawn(element, "drawn-element", attribute(element, "id"), value=reference)


def coordinate(document: Document) -> Iterator[Fix]:
    """A shape or edge without readable place is taken out, to be drawn anew. Safe: the flow is not touched."""
    diagram = document.draft.reading.diagram
    placed = {element for _, element in (*diagram.shapes, *diagram.edges)}
    for element in list(document.drawn()):
        drawn = document.walk.resolve(attribute(element, "bpmnElement"), element)
        if element not in placed and drawn in document.walk.elements:
            document.remove(element)
            yield _drawn(element, "coordinate", drawn)


def flow_lists(document: Document) -> Iterator[Fix]:
    """Every node lists the flows that enter and leave it. Safe: where a flow runs is told by the flow."""
    changed: Counter[str] = Counter()
    for found in document.walk.nodes:
        sides = [_list(document, found, side) for side in ("incoming", "outgoing")]
        changed[found.process] += any(sides)
    for process in document.model.processes:
        if changed[process.id]:
            details = {"count": str(changed[process.id])}
            yield Fix(fix="flow-lists", element=process.id, name=process.name, line=process.line, details=details)


def _list(document: Document, found: Found, side: str) -> bool:
    """List the flows on one side of a node; whether anything had to change."""
    wanted = dict.fromkeys(flow.id for flow in getattr(document.model, side)[found.id])
    surplus = []
    for child in found.element:
        if local_name(child) != side:
            continue
        reference = text_of(child)
        flow = document.walk.resolve(reference, child)
        if flow in wanted:
            del wanted[flow]
        elif flow in document.gone or not _may_stay(document, flow, reference, child):
            surplus.append(child)
    for child in surplus:
        document.remove(child)
    for flow in wanted:
        document.draft.edit.add(found.element, side, flow)
    return bool(surplus or wanted)


def _may_stay(document: Document, flow: str, reference: str, element: Any) -> bool:
    """Whether a node may list what is no flow of the model: one that lacks an end, or one of another file."""
    if not flow:
        return bool(reference) and document.walk.is_external(reference, element)
    return flow not in document.model.flow


#: Every repair of a file, in the order they are made.
REPAIRS: tuple[Callable[[Document], Iterator[Fix]], ...] = (
    missing_id,
    duplicate_id,
    flow_end,
    association_end,
    lane_node,
    drawn_element,
    coordinate,
    flow_lists,
)


def is_ambiguous(document: Document) -> bool:
    """Whether an id that is referred to is used twice, so that only a person can say what is meant."""
    for id_ in document.walk.made & document.walk.elements.keys():
        given = attribute(document.walk.elements[id_], "id")
        if given and given != id_ and given in document.walk.elements:
            return True
    return False


def said_more(document: Document) -> frozenset[str]:
    """The nodes and flows of which a file says more than their flows and conditions."""
    found = (*document.walk.nodes, *document.walk.flows)
    return frozenset(one.id for one in found if not _is_plain(one.element))


def _is_plain(element: Any) -> bool:
    if any(name.startswith("{") for name in element.attrib):
        return False
    return all(local_name(child) in _PLAIN for child in element)


_PLAIN = frozenset(("incoming", "outgoing", "conditionExpression"))


def torn_nodes(document: Document) -> frozenset[str]:
    """The nodes at which a flow begins or ends that leads from or to nothing."""
    torn: set[str] = set()
    for found in document.walk.flows:
        if found.id not in document.model.flow:
            torn.update(document.walk.resolve(attribute(found.element, end), found.element) for end in _ENDS)
    return frozenset(torn)


_ENDS = ("sourceRef", "targetRef")


def _of(element: Any, fix: str, id_: str, **details: str) -> Fix:
    line = element.sourceline or 0
    return Fix(fix=fix, element=id_, name=name_of(element), line=line, details=details)


def _drawn(element: Any, fix: str, id_: str, **details: str) -> Fix:
    return Fix(fix=fix, element=id_, line=element.sourceline or 0, details=details)
