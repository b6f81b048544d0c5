"""The first pass over a file: every element in the order of the file, with its id and the container around it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple

from lxml.etree import XPath

from bpmn.elements import (
    ARTIFACTS,
    DATA,
    LOCAL,
    NODES,
    PREFIX,
    QUIET,
    ROOTS,
    UNINTERPRETED_ROOTS,
    UNSUPPORTED,
    attribute,
    local_name,
    name_of,
)
from bpmn.model import SUB_PROCESSES
from bpmn.problem import MAX_FAULTS, Problem
from bpmn.xml import BPMN, BPMNDI, DC, DI, Limits, refusal, too_deep

#: Kinds whose missing ids are nobody's loss: nothing refers to them and no message names them.
NAMELESS = frozenset(("association", "input", "output", *ARTIFACTS, *ROOTS))
#: A model has at most as many elements of all kinds for each flow node that is allowed.
_ELEMENTS_A_NODE = 2
#: Every id in a tree.
_IDS = XPath("//@id", smart_strings=False)
_OURS = frozenset((BPMN, BPMNDI, DC, DI))


class Found(NamedTuple):
    """An element the first pass came by."""

    element: Any
    id: str
    kind: str
    process: str = ""
    #: The sub-process around it; of a lane, the lane around it.
    scope: str = ""


class Walk:
    """Goes through a tree, names every element and resolves what refers to them."""

    def __init__(self, root: Any, limits: Limits) -> None:
        self.root = root
        self.faults: list[Problem] = []
        #: The XML element of every id in the model.
        self.elements: dict[str, Any] = {}
        #: What each id in the model is.
        self.kinds: dict[str, str] = {}
        #: The ids made here, because the file gave none or one that was taken.
        self.made: set[str] = set()
        self.processes: list[Found] = []
        self.pools: list[Found] = []
        self.lanes: list[Found] = []
        self.nodes: list[Found] = []
        self.flows: list[Found] = []
        self.message_flows: list[Found] = []
        self.data: list[Found] = []
        self.artifacts: list[Found] = []
        self.associations: list[Found] = []
        self.roots: list[Found] = []
        self.collaborations: list[Any] = []
        #: The number of the lane set each lane is in.
        self.lane_sets: dict[str, int] = {}
        self._limits = limits
        self._most = _ELEMENTS_A_NODE * limits.nodes
        self._target = attribute(root, "targetNamespace")
        ids = list(filter(None, map(str.strip, _IDS(root))))
        self._known = set(ids)
        self._has_duplicates = len(self._known) < len(ids)
        #: Elements beside nodes and flows that BPMN does not know.
        self.unknown: list[Any] = []
        self._lane_set = 0
        self._counted: dict[str, int] = {}
        self._named: dict[Any, Found] = {}
        self._reported: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._walk_root()
        self._report_duplicates()

    def named(self, id_: str) -> str:
        """What an id of the file is, by the name of its BPMN element; empty where it is two things at once."""
        kind = self.kinds.get(id_, "") if not self._has_duplicates else ""
        return kind if kind in NODES else self._said.get(id_, "")

    @cached_property
    def _said(self) -> dict[str, str]:
        said: dict[str, str] = {}
        for element in self.root.iter(f"{PREFIX}*"):
            id_ = attribute(element, "id")
            kind = element.tag[len(PREFIX) :]
            if id_ and said.setdefault(id_, kind) != kind:
                said[id_] = ""
        return said

    def report(
        self,
        problem: str,
        rule: str,
        element: Any,
        sentence: str,
        *,
        severity: str = "error",
        stops: str = "all",
        **details: str,
    ) -> None:
        """Note a fault of an element."""
        self._reported[problem, rule] += 1
        if self._reported[problem, rule] > MAX_FAULTS:
            return
        owner = self.owner(element)
        fault = Problem(
            problem=problem,
            severity=severity,
            stops=stops if severity == "error" else "nothing",
            rule=rule,
            element=owner.id,
            name=name_of(owner.element),
            line=element.sourceline or 0,
            details=details,
            message=sentence.format_map(details),
        )
        self.faults.append(fault)

    def owner(self, element: Any) -> Found:
        """The element of the model nearest around an XML element, itself included; else the definitions."""
        around = element
        while around is not None:
            found = self._named.get(around)
            if found is not None:
                return found
            around = around.getparent()
        return Found(self.root, attribute(self.root, "id"), "definitions")

    def is_named(self, element: Any) -> bool:
        """Whether an XML element is an element of the model."""
        return element in self._named

    def resolve(self, reference: str, element: Any) -> str:
        """The id a reference means, its namespace prefix taken off; empty where the file has no such element."""
        if reference in self._known or reference in self.made:
            return reference
        prefix, colon, local = reference.partition(":")
        if colon and local in self._known and element.nsmap.get(prefix, self._target) == self._target:
            return local
        return ""

    def is_external(self, reference: str, element: Any) -> bool:
        """Whether a reference names something in another file, by the prefix of another namespace."""
        prefix, colon, _ = reference.partition(":")
        return bool(colon) and element.nsmap.get(prefix, self._target) != self._target

    def identify(self, element: Any, kind: str, *, process: str = "", scope: str = "") -> Found:
        """Give an element its id in the model: the one in the file, or a new one where that is missing or taken."""
        given = element.get("id", "").strip()
        name = given
        if not given or given in self.elements:
            name = self._make_id(given or kind)
        found = Found(element, name, kind, process, scope)
        self.elements[name] = element
        if len(self.elements) > self._most:
            self.refuse_more_elements(0)
        self.kinds[name] = kind
        self._named[element] = found
        if given and name != given:
            sentence = "The id {id} is used a second time. Give this element an id of its own."
            self.report("duplicate-id", "element", element, sentence, id=given)
            self.faults[-1] = replace(self.faults[-1], element=given)  # as the file says it, so that it can be found
        elif not given and kind not in NAMELESS:
            sentence = (
                "The element has no id; {id} is used for it. Save the file again with the tool it was drawn with."
            )
            self.report("bpmn-rule", "missing-id", element, sentence, severity="warning", id=name, kind=kind)
        return found

    def refuse_more_elements(self, beside: int) -> None:
        """Refuse a file with more elements than a model may have, those `beside` the named ones counted in."""
        self._refuse_over(len(self.elements) + beside, self._most)

    def _refuse_over(self, count: int, limit: int) -> None:
        if count > limit:
            sentence = "The file has more than {limit} elements. Split it into one file for each procedure."
            raise refusal("not-bpmn", "too-many-elements", sentence, limit=str(limit))

    def _refuse_deeper(self, depth: int, element: Any) -> None:
        if depth > self._limits.nesting:
            raise too_deep(self._limits.nesting, element.sourceline or 0)

    def _make_id(self, stem: str) -> str:
        number = self._counted.get(stem, 0) + 1
        while f"{stem}_{number}" in self._known or f"{stem}_{number}" in self.made:
            number += 1
        self._counted[stem] = number
        self.made.add(f"{stem}_{number}")
        return f"{stem}_{number}"

    def fresh_id(self, stem: str) -> str:
        """An id for an element the file is to get: the stem itself if nothing in the file has it, else numbered."""
        if stem in self._known or stem in self.made:
            return self._make_id(stem)
        self._known.add(stem)
        return stem

    def _report_duplicates(self) -> None:
        """Tell of ids used twice by elements the model does not name, such as shapes."""
        if not self._has_duplicates:
            return
        seen: set[str] = set()
        for element in self.root.iter(*(f"{{{namespace}}}*" for namespace in _OURS)):
            name = attribute(element, "id")
            if not name:
                continue
            if name in seen and element not in self._named:
                sentence = "The id {id} is used a second time. Give this element an id of its own."
                self.report("duplicate-id", "detail", element, sentence, severity="warning", id=name)
            seen.add(name)

    def _walk_root(self) -> None:
        for element in self.root:
            kind = local_name(element)
            if kind == "process":
                process = self.identify(element, kind)
                self.processes.append(process)
                self._walk_container(process)
            elif kind == "collaboration":
                self.collaborations.append(element)
                self._walk_collaboration(element)
            elif kind == "dataStore":
                self.data.append(self.identify(element, kind))
            elif kind in ROOTS:
                self.roots.append(self.identify(element, kind))
            elif kind in UNINTERPRETED_ROOTS:
                sentence = "A {kind} is kept in the file but neither analysed nor run. Draw the procedure as a process."
                self.report("unsupported-element", kind, element, sentence, severity="warning", kind=kind)

    def _walk_collaboration(self, collaboration: Any) -> None:
        for element in collaboration:
            kind = local_name(element)
            if kind == "participant":
                self.pools.append(self.identify(element, kind))
            elif kind == "messageFlow":
                self.message_flows.append(self.identify(element, kind))
            elif kind in ARTIFACTS:
                self.artifacts.append(self.identify(element, kind))
            elif kind == "association":
                self.associations.append(self.identify(element, kind))

    def _walk_container(self, process: Found) -> None:
        """Go through a process and its sub-processes, each sub-process right after its own element."""
        stack: list[tuple[Iterator[Any], str]] = [(iter(process.element), "")]
        while stack:
            children, scope = stack[-1]
            for element in children:
                found = self._walk_element(element, process.id, scope)
                if found is not None and found.kind in SUB_PROCESSES:
                    stack.append((iter(element), found.id))
                    self._refuse_deeper(len(stack), element)
                    break
            else:
                stack.pop()

    def _walk_element(self, element: Any, process: str, scope: str) -> Found | None:
        kind = LOCAL[element.tag]
        if kind in NODES:
            found = self.identify(element, kind, process=process, scope=scope)
            self.nodes.append(found)
            if len(self.nodes) > self._limits.nodes:
                self._refuse_over(len(self.nodes), self._limits.nodes)
            return found
        if kind == "sequenceFlow":
            self.flows.append(self.identify(element, kind, process=process, scope=scope))
        elif kind == "laneSet":
            self._walk_lanes(element, process)
        elif kind in DATA:
            self.data.append(self.identify(element, kind, process=process, scope=scope))
        elif kind in ARTIFACTS:
            self.artifacts.append(self.identify(element, kind, process=process))
        elif kind == "association":
            self.associations.append(self.identify(element, kind, process=process))
        elif kind == "ioSpecification" and not scope:
            for part in element:
                if local_name(part) in DATA:
                    self.data.append(self.identify(part, local_name(part), process=process))
        elif kind in UNSUPPORTED:
            sentence = "A {kind} is kept in the file but cannot be run. Draw it as a step or an event."
            self.report("unsupported-element", kind, element, sentence, stops="run", kind=kind)
        elif kind and kind not in QUIET and not kind.endswith("EventDefinition"):
            self.unknown.append(element)
        return None

    def _walk_lanes(self, lane_set: Any, process: str) -> None:
        """Go through lanes in lanes, each lane before those inside it."""
        number = self._lane_set = self._lane_set + 1
        stack: list[tuple[Iterator[Any], str]] = [(iter(lane_set), "")]
        while stack:
            children, parent = stack[-1]
            for element in children:
                kind = local_name(element)
                if kind == "lane":
                    lane = self.identify(element, kind, process=process, scope=parent)
                    self.lanes.append(lane)
                    self.lane_sets[lane.id] = number
                    stack.append((iter(element), lane.id))
                    self._refuse_deeper(len(stack) // 2, element)
                    break
                if kind == "childLaneSet":
                    stack.append((iter(element), parent))
                    break
            else:
                stack.pop()
