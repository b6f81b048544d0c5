"""Writing what is no flow node: processes, pools, lanes, flows, data, artifacts, associations and root elements."""

from typing import Any

from bpmn.draft import Draft, changed, removed
from bpmn.elements import CODES, STRUCTURES, attribute, flag, local_name, name_of, tag, text_of
from bpmn.model import Artifact, Association, Data, Lane, MessageFlow, Pool, Process, Root, SequenceFlow
from bpmn.write_nodes import mark_formal, write_documentation


def write_roots(draft: Draft) -> None:
    """Messages, signals, errors and whatever else stands beside the processes."""
    for old, root in changed(draft.old.roots, draft.new.roots):
        element = draft.elements[root.id] if old else draft.add(draft.reading.root, root.kind, root.id)
        before = old or Root(id=root.id, kind=root.kind)
        if before.name != root.name:
            draft.edit.set(element, "name", root.name)
        if before.code != root.code:
            draft.edit.set(element, CODES.get(root.kind, "code"), root.code)
        if before.structure != root.structure and root.kind in STRUCTURES:
            draft.edit.set(element, STRUCTURES[root.kind], root.structure)
        if before.is_collection != root.is_collection:
            draft.edit.set(element, "isCollection", "true" if root.is_collection else "false", "false")


def write_processes(draft: Draft) -> None:
    """Processes with what they say of themselves."""
    for old, process in changed(draft.old.processes, draft.new.processes):
        element = draft.elements[process.id] if old else draft.add(draft.reading.root, "process", process.id)
        if old is None:
            element.set("isExecutable", "false")
        before = old or Process(id=process.id)
        if before.name != process.name:
            draft.edit.set(element, "name", process.name)
        if before.executable != process.executable:
            element.set("isExecutable", "true" if process.executable else "false")
        if before.type != process.type:
            draft.edit.set(element, "processType", process.type)
        if before.documentation != process.documentation:
            write_documentation(draft, element, process.documentation)
        draft.gov.put(element, process.id, "procedure", before.procedure, process.procedure)


def write_collaboration(draft: Draft) -> None:
    """Pools and message flows."""
    new = draft.new
    collaborations = draft.reading.walk.collaborations
    if not collaborations and (new.pools or new.message_flows):
        id_ = new.collaboration or draft.reading.walk.fresh_id("collaboration")
        collaborations.append(draft.edit.add(draft.reading.root, "collaboration", None, id=id_))
    elif collaborations and new.collaboration != draft.old.collaboration:
        draft.edit.set(collaborations[0], "id", new.collaboration)
    for old, pool in changed(draft.old.pools, new.pools):
        _write_pool(draft, old, pool)
    for old_flow, flow in changed(draft.old.message_flows, new.message_flows):
        _write_message_flow(draft, old_flow, flow)
    for id_ in removed(draft.old.message_flows, new.message_flows):
        draft.remove(id_)
    for id_ in removed(draft.old.pools, new.pools):
        draft.remove(id_)


def _write_pool(draft: Draft, old: Pool | None, pool: Pool) -> None:
    collaboration = draft.reading.walk.collaborations[0]
    element = draft.elements[pool.id] if old else draft.add(collaboration, "participant", pool.id)
    before = old or Pool(id=pool.id)
    if before.name != pool.name:
        draft.edit.set(element, "name", pool.name)
    if before.process != pool.process:
        draft.edit.set(element, "processRef", pool.process)
    if before.multiplicity != pool.multiplicity:
        _write_multiplicity(draft, element, pool.multiplicity)
    if before.documentation != pool.documentation:
        write_documentation(draft, element, pool.documentation)
    draft.gov.put(element, pool.id, "unit", before.unit, pool.unit)


def _write_multiplicity(draft: Draft, element: Any, multiplicity: tuple[int, int] | None) -> None:
    """Say how many participants a pool stands for."""
    if multiplicity is None:
        draft.edit.set_child(element, "participantMultiplicity", "")
        return
    child = draft.child(element, "participantMultiplicity")
    for name, number in zip(("minimum", "maximum"), multiplicity, strict=True):
        child.set(name, str(number))


def _write_message_flow(draft: Draft, old: MessageFlow | None, flow: MessageFlow) -> None:
    collaboration = draft.reading.walk.collaborations[0]
    element = draft.elements[flow.id] if old else draft.add(collaboration, "messageFlow", flow.id)
    before = old or MessageFlow(id=flow.id, source="", target="")
    pairs = (("name", before.name, flow.name), ("messageRef", before.message, flow.message))
    ends = (("sourceRef", before.source, flow.source), ("targetRef", before.target, flow.target))
    for name, was, value in (*pairs, *ends):
        if was != value:
            draft.edit.set(element, name, value)


def write_lanes(draft: Draft) -> None:
    """Lanes in lanes, with the nodes each lists."""
    for old, lane in changed(draft.old.lanes, draft.new.lanes):
        _write_lane(draft, old, lane)
    for id_ in removed(draft.old.lanes, draft.new.lanes):
        lane_set = draft.elements[id_].getparent()
        draft.remove(id_)
        if not any(local_name(child) == "lane" for child in lane_set):
            draft.edit.remove(lane_set)


def _write_lane(draft: Draft, old: Lane | None, lane: Lane) -> None:
    around = draft.elements[lane.parent or lane.process]
    if old is None:
        draft.add(_lane_set(draft, around, lane), "lane", lane.id)
    elif (old.parent, old.process) != (lane.parent, lane.process):
        draft.edit.move(draft.elements[lane.id], _lane_set(draft, around, lane))
    element = draft.elements[lane.id]
    before = old or Lane(id=lane.id, process=lane.process)
    if before.name != lane.name:
        draft.edit.set(element, "name", lane.name)
    if before.documentation != lane.documentation:
        write_documentation(draft, element, lane.documentation)
    draft.gov.put(element, lane.id, "unit", before.unit, lane.unit)
    if before.nodes != lane.nodes:
        _write_lane_nodes(draft, element, lane)


def _lane_set(draft: Draft, around: Any, lane: Lane) -> Any:
    name = "childLaneSet" if lane.parent else "laneSet"
    found = next((child for child in around if local_name(child) == name), None)
    if found is not None:
        return found
    return draft.edit.add(around, name, None, id=draft.reading.walk.fresh_id(f"{lane.parent or lane.process}_lanes"))


def _write_lane_nodes(draft: Draft, element: Any, lane: Lane) -> None:
    """List the nodes of a lane; what the list says beside nodes is left alone."""
    resolve = draft.reading.walk.resolve
    listed: dict[str, Any] = {}
    for child in [child for child in element if local_name(child) == "flowNodeRef"]:
        node = resolve(text_of(child), child)
        if node in listed or (node in draft.old.node and node not in lane.nodes):
            draft.edit.remove(child)
        elif node in draft.old.node:
            listed[node] = child
    if tuple(listed) != lane.nodes[: len(listed)]:
        for child in listed.values():
            draft.edit.remove(child)
        listed = {}
    for node in lane.nodes[len(listed) :]:
        draft.edit.add(element, "flowNodeRef", node)


def write_flow(draft: Draft, old: SequenceFlow | None, flow: SequenceFlow) -> None:
    """Bring a sequence flow into the tree."""
    container = draft.elements[flow.scope or flow.process]
    if old is None:
        draft.add(container, "sequenceFlow", flow.id)
    element = draft.elements[flow.id]
    if element.getparent() is not container:
        draft.edit.move(element, container)
    before = old or SequenceFlow(id=flow.id, source="", target="", process=flow.process)
    said = (
        ("name", before.name, flow.name),
        ("sourceRef", before.source, flow.source),
        ("targetRef", before.target, flow.target),
    )
    for name, was, value in said:
        if was != value:
            draft.edit.set(element, name, value)
    if (before.condition, before.language) != (flow.condition, flow.language):
        _write_condition(draft, element, before, flow)
    share = {"probability": flow.probability, "most": flow.most, "source": flow.share_source}
    if {"probability": before.probability, "most": before.most, "source": before.share_source} != share:
        draft.gov.put_attributes(element, flow.id, "branch", share)


def _write_condition(draft: Draft, element: Any, before: SequenceFlow, flow: SequenceFlow) -> None:
    condition = draft.edit.set_child(element, "conditionExpression", flow.condition)
    if condition is None:
        return
    if not before.condition:
        mark_formal(condition)
    if flow.language != attribute(draft.reading.root, "expressionLanguage"):
        draft.edit.set(condition, "language", flow.language)
    else:
        condition.attrib.pop("language", None)


def write_data_names(draft: Draft) -> None:
    """Name the references that have no name of their own where that of their object is no longer theirs."""
    for data in draft.new.data:
        if not data.refers_to:
            continue
        element = draft.elements[data.id]
        if (name_of(element) or name_of(draft.elements[data.refers_to])) != data.name:
            draft.edit.set(element, "name", data.name)


def write_data(draft: Draft, old: Data | None, data: Data) -> None:
    """Bring data or a reference to it into the tree."""
    container = _data_container(draft, data)
    if old is None:
        draft.add(container, data.kind, data.id)
        if data.kind in _SETS:
            _list_in_set(draft, container, data)
    element = draft.elements[data.id]
    if element.getparent() is not container and data.kind not in ("dataInput", "dataOutput"):
        draft.edit.move(element, container)
    before = old or Data(id=data.id, kind=data.kind)
    if before.name != data.name:
        draft.edit.set(element, "name", data.name)
    if before.refers_to != data.refers_to:
        name = "dataStoreRef" if data.kind == "dataStoreReference" else "dataObjectRef"
        draft.edit.set(element, name, data.refers_to)
    if before.item != data.item:
        draft.edit.set(element, "itemSubjectRef", data.item)
    if before.state != data.state:
        _write_state(draft, element, data.state)
    is_reference = data.kind.endswith("Reference")
    if not is_reference and flag(element, "isCollection") != data.is_collection:
        draft.edit.set(element, "isCollection", "true" if data.is_collection else "false", "false")


def _write_state(draft: Draft, element: Any, state: str) -> None:
    """Say the state of data; the state of none is no state."""
    if state:
        draft.child(element, "dataState").set("name", state)
    else:
        draft.edit.set_child(element, "dataState", "")


def _data_container(draft: Draft, data: Data) -> Any:
    if data.kind == "dataStore":
        return draft.reading.root
    container = draft.elements[data.scope or data.process]
    return draft.child(container, "ioSpecification") if data.kind in _SETS else container


#: The set that lists each input and output of a process, and what it lists them in.
_SETS = {"dataInput": ("inputSet", "dataInputRefs"), "dataOutput": ("outputSet", "dataOutputRefs")}


def _list_in_set(draft: Draft, specification: Any, data: Data) -> None:
    """List a new input or output in the first set of its kind; the schema asks for one of each."""
    for kind, (name, listing) in _SETS.items():
        listed = draft.child(specification, name)
        if kind == data.kind:
            draft.edit.add(listed, listing, data.id)


def remove_data(draft: Draft, id_: str) -> None:
    """Take data out of the tree, and an input or output out of the sets that list it."""
    element = draft.elements[id_]
    if local_name(element) in _SETS:
        for listing in [part for part in element.getparent().iter("{*}*") if draft.refers_to(part, id_)]:
            draft.edit.remove(listing)
    draft.remove(id_)


def write_artifact(draft: Draft, old: Artifact | None, artifact: Artifact) -> None:
    """Bring a text annotation or a group into the tree."""
    if old is None:
        draft.add(_artifact_container(draft, artifact.process), artifact.kind, artifact.id)
    element = draft.elements[artifact.id]
    if (old.text if old else "") == artifact.text:
        return
    if artifact.kind == "textAnnotation":
        draft.edit.set_child(element, "text", artifact.text)
        return
    _write_category(draft, element, artifact.text)


def _write_category(draft: Draft, group: Any, text: str) -> None:
    """Say what a group says, in the value it refers to if no other group does, else in a new one."""
    root, reference = draft.reading.root, attribute(group, "categoryValueRef")
    sharing = [other for other in root.iter(tag("group")) if attribute(other, "categoryValueRef") == reference]
    for value in root.iter(tag("categoryValue")) if reference and len(sharing) == 1 else ():
        if attribute(value, "id") in (reference, reference.partition(":")[2]):
            draft.edit.set(value, "value", text)
            return
    category = draft.edit.add(root, "category", None, id=draft.reading.walk.fresh_id("category"))
    id_ = draft.reading.walk.fresh_id("category_value")
    draft.edit.add(category, "categoryValue", None, id=id_, value=text)
    draft.edit.set(group, "categoryValueRef", id_)


def _artifact_container(draft: Draft, process: str) -> Any:
    if process:
        return draft.elements[process]
    collaborations = draft.reading.walk.collaborations
    return collaborations[0] if collaborations else draft.elements[draft.new.processes[0].id]


def write_association(draft: Draft, old: Association | None, line: Association) -> None:
    """Bring a dotted line into the tree."""
    if line.kind == "association":
        if old is None:
            draft.add(_artifact_container(draft, line.process), "association", line.id)
        element = draft.elements[line.id]
        draft.edit.set(element, "sourceRef", line.source)
        draft.edit.set(element, "targetRef", line.target)
        draft.edit.set(element, "associationDirection", line.direction, "None")
        return
    if old is not None:
        remove_data_association(draft, old)
    is_input = line.kind == "input"
    node = draft.elements[line.target if is_input else line.source]
    element = draft.elements.get(line.id)
    if element is None or element.getparent() is None:
        element = draft.add(node, "dataInputAssociation" if is_input else "dataOutputAssociation", line.id)
    if is_input:
        draft.edit.add(element, "sourceRef", line.source)
    if not is_input or not any(local_name(child) == "targetRef" for child in element):
        draft.edit.add(element, "targetRef", _placeholder(draft, node) if is_input else line.target)


def _placeholder(draft: Draft, node: Any) -> str:
    """What an input association leads to in a node that does not name its inputs: a property, as drawing tools do."""
    for child in node:
        if local_name(child) == "property" and attribute(child, "name") == _PLACEHOLDER:
            return attribute(child, "id")
    id_ = draft.reading.walk.fresh_id(f"{attribute(node, 'id')}_input")
    draft.edit.add(node, "property", None, id=id_, name=_PLACEHOLDER)
    return id_


_PLACEHOLDER = "__targetRef_placeholder"


def remove_data_association(draft: Draft, line: Association) -> None:
    """Take one line between a node and data out of the tree, and its element where it was the only one in it."""
    element = draft.elements.get(line.id)
    if element is None:
        element = draft.elements.get(line.id.rpartition("#")[0])
    if element is None:
        return
    side, data = ("sourceRef", line.source) if line.kind == "input" else ("targetRef", line.target)
    ends = [child for child in element if local_name(child) == side]
    named = [child for child in ends if draft.refers_to(child, data)]
    if len(named) == len(ends):
        draft.edit.remove(element)
    for child in named:
        draft.edit.remove(child)
