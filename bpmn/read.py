"""Reading a BPMN 2.0 file of any tool into a `Model`: bytes in, a model with all its faults out.

Two passes over the tree, neither of them recursive: `Walk` goes through the containers in the order of the file and
gives every element its id, then each is turned into a value, when every reference can be resolved. What cannot be
understood becomes a fault and stays in the file; the model holds only references that resolve.
"""

from collections.abc import Iterable
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from lxml.etree import QName

from bpmn.diagram import DiagramReader
from bpmn.elements import (
    CODES,
    DATA,
    EVENT_DEFINITIONS,
    EVENT_REFERENCES,
    NODES,
    STRUCTURES,
    attribute,
    flag,
    local_name,
    name_of,
    tag,
    text_of,
)
from bpmn.garbage import kept
from bpmn.gov import Annotations, Annotator, Place
from bpmn.maker import maker
from bpmn.model import (
    ACTIVITIES,
    TASKS,
    Artifact,
    Association,
    Data,
    EventDefinition,
    Lane,
    MessageFlow,
    Model,
    Node,
    Pool,
    Process,
    Root,
    SequenceFlow,
)
from bpmn.nodes import (
    Parts,
    answer_of,
    data_of,
    decision_of,
    documentation_of,
    events_of,
    first,
    job_of,
    maps_data,
    multiplicity_of,
    particular,
    parts_of,
)
from bpmn.read_details import HELD, DetailReader
from bpmn.values import flag_of, referred_detail, word_of
from bpmn.walk import Found, Walk
from bpmn.xml import BPMN, Limits, load, parse, refusal

_DMN = "/DMN/"
_DEFINITIONS = tag("definitions")
_made, _drawn = maker(Node), maker(SequenceFlow)


def read(source: bytes | Path, *, limits: Limits | None = None) -> Model:
    """Read a BPMN 2.0 file, or its bytes, into a model.

    Raises `UnreadableFile` where it is no BPMN file at all; every other fault is in `Model.faults`.
    """
    limits = limits or Limits()
    data = load(source, limits)
    with kept():
        return Reading(parse(data, limits), limits, data).model


class Reading:
    """A file being read: its model, and the XML element every part of the model came from."""

    def __init__(self, root: Any, limits: Limits, source: bytes) -> None:
        _refuse_other_files(root)
        self.root = root
        self.walk = Walk(root, limits)
        self.diagram = DiagramReader(self.walk.resolve, partial(_report_drawing, self.walk))
        self.annotator = Annotator()
        self.details = DetailReader(self.walk)
        self._language = attribute(root, "expressionLanguage")
        self._data_associations: list[Association] = []
        #: What the nodes list as theirs: node, "incoming" or "outgoing", flow.
        self._listed: set[tuple[str, str, str]] = set()
        #: The ids of elements that BPMN does not know, and the nodes at the other ends of the flows that name them.
        self._unknown: dict[str, list[str]] = {attribute(one, "id"): [] for one in self.walk.unknown}
        self.model = self._model(source)

    def _model(self, source: bytes) -> Model:
        walk = self.walk
        nodes = tuple(map(self._node, walk.nodes))
        flows = tuple(flow for found in walk.flows if (flow := self._flow(found)) is not None)
        self._tell_unknown()
        outgoing = {(flow.id, flow.source) for flow in flows}
        parts: dict[str, Any] = {
            "processes": tuple(map(self._process, walk.processes)),
            "pools": tuple(map(self._pool, walk.pools)),
            "lanes": tuple(map(self._lane, walk.lanes)),
            "nodes": tuple([self._with_default(node, outgoing) if node.default else node for node in nodes]),
            "flows": flows,
            "message_flows": tuple(line for found in walk.message_flows if (line := self._message_flow(found))),
            "data": tuple(map(self._data, walk.data)),
            "artifacts": tuple(map(self._artifact, walk.artifacts)),
            "associations": (
                *(dotted for found in walk.associations if (dotted := self._association(found))),
                *self._data_associations,
            ),
            "roots": tuple(map(self._root, walk.roots)),
        }
        self._check_order(nodes)
        self._check_lists(flows)
        _judge(self.root, walk)
        self.diagram.read(self.root)
        self.details.read(self.root)
        self.annotator.report_unseen(self.root, self._place_around)
        faults = sorted((*walk.faults, *self.annotator.faults), key=lambda fault: fault.line)
        return Model(
            source=source,
            id=attribute(self.root, "id"),
            name=name_of(self.root),
            type_language=attribute(self.root, "typeLanguage"),
            collaboration=next((attribute(element, "id") for element in walk.collaborations), ""),
            **parts,
            shapes=tuple([shape for shape, _ in self.diagram.shapes]),
            edges=tuple([edge for edge, _ in self.diagram.edges]),
            details=tuple(self.details.found),
            faults=tuple(faults),
        )

    def _annotations(self, found: Found, parts: Parts, *, has_timer: bool = False) -> Annotations:
        if "extensionElements" not in parts:
            return _SILENT
        place = Place(kind=found.kind, id=found.id, name=name_of(found.element), has_timer=has_timer)
        return self.annotator.read(parts["extensionElements"], place)

    def _place_around(self, element: Any) -> Place:
        found = self.walk.owner(element)
        parent = element.getparent()
        grandparent = parent.getparent() if parent is not None else None
        holder = grandparent if parent is not None and local_name(parent) == "extensionElements" else parent
        kind = (local_name(holder) if holder is not None else "") or found.kind
        return Place(kind=kind, id=found.id, name=name_of(found.element))

    def _missing(self, found: Found, rule: str, sentence: str, *, severity: str = "error", **details: str) -> None:
        self.walk.report("missing-reference", rule, found.element, sentence, severity=severity, **details)

    # Processes, pools and lanes

    def _process(self, found: Found) -> Process:
        parts = parts_of(found.element)
        if not HELD.isdisjoint(parts):
            self.details.read_in(found.element, found.id)
        return Process(
            id=found.id,
            name=name_of(found.element),
            executable=flag_of(found.element, "isExecutable", self.walk),
            type=word_of(found.element, "processType", self.walk),
            procedure=self._annotations(found, parts).procedure,
            documentation=documentation_of(parts),
            line=found.element.sourceline or 0,
        )

    def _pool(self, found: Found) -> Pool:
        parts = parts_of(found.element)
        reference = attribute(found.element, "processRef")
        process = self.walk.resolve(reference, found.element) if reference else ""
        if self.walk.kinds.get(process, "") != "process":
            if reference and not self.walk.is_external(reference, found.element):
                sentence = (
                    "The pool refers to a process {value} that the file does not have. Draw its flow or empty it."
                )
                self._missing(found, "pool-process", sentence, value=reference)
            process = ""
        return Pool(
            id=found.id,
            name=name_of(found.element),
            process=process,
            multiplicity=multiplicity_of(parts, self.walk),
            unit=self._annotations(found, parts).unit,
            documentation=documentation_of(parts),
            line=found.element.sourceline or 0,
        )

    def _lane(self, found: Found) -> Lane:
        parts = parts_of(found.element)
        nodes: dict[str, None] = {}
        for child in parts.get("flowNodeRef", ()):
            reference = text_of(child)
            node = self.walk.resolve(reference, child)
            if self.walk.kinds.get(node, "") in NODES:
                nodes[node] = None
            elif reference and not node:
                sentence = (
                    "The lane lists {value}, which the file does not have. Delete the line or draw the step anew."
                )
                self._missing(found, "lane-node", sentence, severity="warning", value=reference)
        return Lane(
            id=found.id,
            name=name_of(found.element),
            process=found.process,
            parent=found.scope,
            lane_set=self.walk.lane_sets[found.id],
            nodes=tuple(nodes),
            unit=self._annotations(found, parts).unit,
            documentation=documentation_of(parts),
            line=found.element.sourceline or 0,
        )

    # Nodes and flows

    def _node(self, found: Found) -> Node:
        element = found.element
        parts = parts_of(element)
        events = events_of(found, parts, self.walk)
        said = self._said(found, parts, events)
        self._check_listed_flows(found, parts)
        if not parts.keys() <= _COMMON:
            self.details.read_in(element, found.id)
        if found.kind == "boundaryEvent":
            said["attached_to"] = self._host(found)
        elif found.kind == "callActivity":
            said["called"] = self._called(found)
        elif found.kind in TASKS:
            said["job"] = job_of(element, parts)
            if found.kind == "businessRuleTask":
                said["decision"] = decision_of(element, parts)
                said["answer"], said["answers_group"] = answer_of(element, parts)
        return _made(
            id=found.id,
            kind=found.kind,
            name=name_of(element),
            process=found.process,
            scope=found.scope,
            events=events,
            line=element.sourceline or 0,
            **said,
            **particular(found, parts, self.walk),
        )

    def _said(self, found: Found, parts: Parts, events: tuple[EventDefinition, ...]) -> dict[str, Any]:
        """What the annotations of a node and the dotted lines inside it say, by the field of the node."""
        said: dict[str, Any] = {}
        if "extensionElements" in parts:
            has_timer = any(event.kind == "timer" for event in events)
            read = self._annotations(found, parts, has_timer=has_timer)
            said.update(step=read.step, times=tuple(read.times), materials=tuple(read.materials))
            said.update(repeat=read.repeat, outcome=read.outcome)
        if not parts.keys() <= _COMMON:
            associations = data_of(found, parts, self.walk)
            self._data_associations += associations
            said["reads"] = _once(line.source for line in associations if line.kind == "input")
            said["maps_data"] = maps_data(parts)
            said["writes"] = _once(line.target for line in associations if line.kind == "output")
        return said

    def _host(self, found: Found) -> str:
        reference = attribute(found.element, "attachedToRef")
        host = self.walk.resolve(reference, found.element)
        if self.walk.kinds.get(host, "") in ACTIVITIES:
            return host
        sentence = "The boundary event sits on {value}, which is no step of the file. Attach it to a step."
        self._missing(found, "attached-to", sentence, attribute="attachedToRef", value=reference or "nothing")
        return ""

    def _called(self, found: Found) -> str:
        reference = attribute(found.element, "calledElement")
        return self.walk.resolve(reference, found.element) or reference

    def _with_default(self, node: Node, outgoing: set[tuple[str, str]]) -> Node:
        element = self.walk.elements[node.id]
        default = self.walk.resolve(node.default, element)
        if (default, node.id) not in outgoing:
            sentence = "The default flow {value} does not leave this element. Choose its default flow again."
            self.walk.report("missing-reference", "default-flow", element, sentence, value=node.default)
            default = ""
        return node.evolve(default=default) if default != node.default else node

    def _check_listed_flows(self, found: Found, parts: Parts) -> None:
        """Tell of flows that a node lists and the file does not have; the flows themselves say where they run."""
        for side in ("incoming", "outgoing"):
            for child in parts.get(side, ()):
                reference = (child.text or "").strip() if not len(child) else text_of(child)
                flow = self.walk.resolve(reference, child)
                if flow:
                    self._listed.add((found.id, side, flow))
                elif reference:
                    sentence = "The element lists the {side} flow {value}, which the file does not have. Draw it anew."
                    details = {"side": side, "value": reference}
                    self._missing(found, "listed-flow", sentence, severity="warning", **details)

    def _check_lists(self, flows: tuple[SequenceFlow, ...]) -> None:
        """Tell of flows that run otherwise than the lists of the nodes say; a file that lists none is left alone."""
        if not self._listed:
            return
        run = {(flow.source, "outgoing", flow.id) for flow in flows}
        run |= {(flow.target, "incoming", flow.id) for flow in flows}
        if run == self._listed:
            return
        kept = {flow.id for flow in flows}
        for flow in flows:
            ends = {(flow.source, "outgoing"), (flow.target, "incoming")}
            missing = sorted(ends - self._listed_of.get(flow.id, set()))
            if missing:
                details = {"node": missing[0][0], "side": missing[0][1]}
                sentence = (
                    "{node} does not list this flow as {side}, and some tools will not draw it. "
                    "Save the file again with the tool it was drawn with."
                )
                element = self.walk.elements[flow.id]
                self.walk.report("bpmn-rule", "unlisted-flow", element, sentence, severity="warning", **details)
        for node, side, flow_id in sorted(self._listed - run):
            if flow_id in kept:
                sentence = (
                    "The element lists {flow} as {side}, but that flow runs elsewhere. "
                    "Save the file again with the tool it was drawn with."
                )
                details = {"flow": flow_id, "side": side}
                element = self.walk.elements[node]
                self.walk.report("bpmn-rule", "listed-elsewhere", element, sentence, severity="warning", **details)

    @cached_property
    def _listed_of(self) -> dict[str, set[tuple[str, str]]]:
        sides: dict[str, set[tuple[str, str]]] = {}
        for node, side, flow in self._listed:
            sides.setdefault(flow, set()).add((node, side))
        return sides

    def _flow(self, found: Found) -> SequenceFlow | None:
        element = found.element
        parts = parts_of(element)
        said = self._annotations(found, parts)
        source, target = self._end(found, "sourceRef"), self._end(found, "targetRef")
        if not (source and target):
            return None
        condition = first(parts, "conditionExpression")
        text = text_of(condition)
        language = attribute(condition, "language") if condition is not None else ""
        return _drawn(
            id=found.id,
            source=source,
            target=target,
            name=name_of(element),
            process=found.process,
            scope=found.scope,
            condition=text,
            language=(language or self._language) if text else "",
            probability=said.probability,
            most=said.most,
            share_source=said.share_source,
            line=element.sourceline or 0,
        )

    def _end(self, found: Found, name: str) -> str:
        """The node at one end of a sequence flow, empty where there is none."""
        reference = attribute(found.element, name)
        end = self.walk.resolve(reference, found.element)
        if self.walk.kinds.get(end) in NODES:
            return end
        there = attribute(found.element, "targetRef" if name == "sourceRef" else "sourceRef")
        other = self.walk.resolve(there, found.element)
        if end in self._unknown:
            self._unknown[end].append(other)
            return ""
        word = "starts" if name == "sourceRef" else "ends"
        sentence = "The flow {word} at {value}, which is no step, event or gateway of the file. Draw the flow again."
        details = {"attribute": name, "value": reference or "nothing", "word": word, "other": other}
        self._missing(found, "flow-end", sentence, **details)
        return ""

    def _tell_unknown(self) -> None:
        """Tell of elements BPMN does not know; where flows name one it is an error, and the flows are not told too."""
        for element in self.walk.unknown:
            sentence = "BPMN has no element {kind} here. Export the file again from the tool it was drawn with."
            others = self._unknown.get(attribute(element, "id"), [])
            details = {"kind": local_name(element)} | ({"others": " ".join(others)} if others else {})
            severity = "error" if others else "warning"
            self.walk.report("bpmn-rule", "unknown-element", element, sentence, severity=severity, **details)

    def _message_flow(self, found: Found) -> MessageFlow | None:
        ends = []
        for name in ("sourceRef", "targetRef"):
            reference = attribute(found.element, name)
            end = self.walk.resolve(reference, found.element)
            if self.walk.kinds.get(end, "") not in _MESSAGE_ENDS:
                sentence = "The message flow ends at {value}, which is no step, event or pool. Draw it again."
                self._missing(found, "message-flow-end", sentence, attribute=name, value=reference or "nothing")
                return None
            ends.append(end)
        reference = attribute(found.element, "messageRef")
        return MessageFlow(
            id=found.id,
            source=ends[0],
            target=ends[1],
            name=name_of(found.element),
            message=self.walk.resolve(reference, found.element) or reference,
            line=found.element.sourceline or 0,
        )

    # Data, artifacts and roots

    def _data(self, found: Found) -> Data:
        element = found.element
        reference = attribute(element, "dataObjectRef") or attribute(element, "dataStoreRef")
        referred = self.walk.resolve(reference, element) if reference else ""
        if reference and not referred and not self.walk.is_external(reference, element):
            sentence = "The data refers to {value}, which the file does not have. Draw it anew."
            self._missing(found, "data-reference", sentence, severity="warning", value=reference)
        named = self.walk.elements.get(referred)
        is_data = self.walk.kinds.get(referred, "") in DATA
        return Data(
            id=found.id,
            kind=found.kind,
            name=name_of(element) or (name_of(named) if is_data else ""),
            refers_to=referred if is_data else "",
            process=found.process,
            scope=found.scope,
            is_collection=flag_of(element, "isCollection", self.walk) or (is_data and flag(named, "isCollection")),
            state=self._state(element),
            item=self._item(element),
            line=element.sourceline or 0,
        )

    def _state(self, element: Any) -> str:
        return next((name_of(child) for child in element if local_name(child) == "dataState"), "")

    def _item(self, element: Any) -> str:
        """The item definition data is of."""
        return referred_detail(attribute(element, "itemSubjectRef"), "itemSubjectRef", element, self.walk)

    def _artifact(self, found: Found) -> Artifact:
        is_group = found.kind == "group"
        text = self._category(found) if is_group else text_of(first(parts_of(found.element), "text"))
        line = found.element.sourceline or 0
        return Artifact(id=found.id, kind=found.kind, text=text, process=found.process, line=line)

    def _category(self, found: Found) -> str:
        """What a group says: the value of its category, which is no element of the drawing itself."""
        reference = attribute(found.element, "categoryValueRef")
        for value in self._category_values if reference else ():
            if attribute(value, "id") in (reference, reference.partition(":")[2]):
                return str(value.get("value") or "")
        return ""

    @cached_property
    def _category_values(self) -> list[Any]:
        return list(self.root.iterfind("./{*}category/{*}categoryValue"))

    def _association(self, found: Found) -> Association | None:
        ends = []
        for name in ("sourceRef", "targetRef"):
            reference = attribute(found.element, name)
            end = self.walk.resolve(reference, found.element)
            if not end:
                sentence = "The association ends at {value}, which the file does not have. Draw it again."
                details = {"attribute": name, "value": reference or "nothing"}
                self._missing(found, "association-end", sentence, severity="warning", **details)
                return None
            ends.append(end)
        direction = attribute(found.element, "associationDirection")
        return Association(
            id=found.id,
            source=ends[0],
            target=ends[1],
            direction=direction if direction in ("One", "Both") else "None",
            process=found.process,
            line=found.element.sourceline or 0,
        )

    def _root(self, found: Found) -> Root:
        return Root(
            id=found.id,
            kind=found.kind,
            name=name_of(found.element),
            code=attribute(found.element, CODES.get(found.kind, "code")),
            structure=self._structure(found),
            is_collection=found.kind == "itemDefinition" and flag_of(found.element, "isCollection", self.walk),
            refers_to=self._referred_event(found),
            line=found.element.sourceline or 0,
        )

    def _referred_event(self, found: Found) -> str:
        """What an event definition beside the processes refers to."""
        name = EVENT_REFERENCES.get(found.kind.removesuffix("EventDefinition"), "")
        if not found.kind.endswith("EventDefinition") or not name:
            return ""
        return self.walk.resolve(attribute(found.element, name), found.element)

    def _structure(self, found: Found) -> str:
        """The item definition that says what a root element carries."""
        name = STRUCTURES.get(found.kind, "")
        return referred_detail(attribute(found.element, name), name, found.element, self.walk) if name else ""

    def _check_order(self, nodes: tuple[Node, ...]) -> None:
        """Tell of orders in law that name a step the file does not have."""
        for node in nodes:
            if node.step is None:
                continue
            for attribute_name, named in (("after", node.step.after), ("separateFrom", node.step.separate_from)):
                for other in named:
                    if self.walk.kinds.get(other, "") not in NODES:
                        element = self.walk.elements[node.id]
                        sentence = (
                            "{attribute} of gov:step names {value}, which is no step of the file. Correct the id."
                        )
                        details = {"attribute": attribute_name, "value": other}
                        self.walk.report("missing-reference", "step-order", element, sentence, **details)


#: What an element without annotations says.
_SILENT = Annotations()
_DRAWING = {
    "drawn-element": "The diagram draws {value}, which the file does not have. Delete the shape or draw it anew.",
    "coordinate": "{attribute}={value!r} is no coordinate of a diagram. Lay the diagram out again.",
}
#: What most nodes hold and no detail stands in.
_COMMON = frozenset(("documentation", "extensionElements", "incoming", "outgoing", "script", *EVENT_DEFINITIONS))
_MESSAGE_ENDS = NODES | {"participant", "process"}


def _report_drawing(walk: Walk, problem: str, rule: str, element: Any, name: str, value: str) -> None:
    details = {"attribute": name, "value": value[:80]}
    walk.report(problem, rule, element, _DRAWING[rule], severity="warning", **details)


def _judge(root: Any, walk: Walk) -> None:
    """Tell what breaks the rules that only the XML shows; they are loaded with the first file, not with the program."""
    from bpmn.check.specification.document import judge

    judge(root, walk)


def _once(ids: Iterable[str]) -> tuple[str, ...]:
    """Each id once, in their order."""
    return tuple(dict.fromkeys(ids))


def _refuse_other_files(root: Any) -> None:
    """An error for a well-formed file that holds no BPMN 2.0 definitions."""
    if root.tag == _DEFINITIONS:
        return
    name = QName(root)
    found = name.localname[:80]
    if name.namespace == BPMN:
        sentence = "The file holds only a piece of BPMN ({found}). Export the whole drawing."
        raise refusal("not-bpmn", "no-definitions", sentence, line=root.sourceline or 0, found=found)
    if name.namespace is not None and _DMN in name.namespace:
        sentence = "This is a DMN file with decisions, not a BPMN file. Name the process file that uses it."
        raise refusal("not-bpmn", "dmn", sentence, line=root.sourceline or 0, found=found)
    if name.localname == "definitions":
        sentence = "The definitions are not in the namespace of BPMN 2.0 but in {found}. Export the file as BPMN 2.0."
        namespace = (name.namespace or "none")[:80]
        raise refusal("not-bpmn", "wrong-namespace", sentence, line=root.sourceline or 0, found=namespace)
    sentence = "This is an XML file, but not of BPMN: its root is {found}. Export the drawing as BPMN 2.0 XML."
    raise refusal("not-bpmn", "other-xml", sentence, line=root.sourceline or 0, found=found)
