"""Writing a model: the bytes it was read from if nothing changed, else only the differences brought into them.

The source is read again into a tree; every typed part of the model is compared by id with what the tree says, and only
what differs is changed. A model that was built is written by the same road into an empty file.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from operator import attrgetter
from typing import Any

from lxml import etree

from bpmn.annotation import NAMESPACE
from bpmn.draft import Draft, changed, draft_of, removed
from bpmn.edit import skeleton
from bpmn.elements import NODES
from bpmn.errors import StaleElement, UnwritableValue
from bpmn.model import Association, Model, Node
from bpmn.order import in_file_order
from bpmn.read import Reading
from bpmn.walk import Walk
from bpmn.write_diagram import write_diagram
from bpmn.write_nodes import write_flow_lists, write_node
from bpmn.write_parts import (
    remove_data,
    remove_data_association,
    write_artifact,
    write_association,
    write_collaboration,
    write_data,
    write_data_names,
    write_flow,
    write_lanes,
    write_processes,
    write_roots,
)
from bpmn.xml import BPMN, BPMNDI, DC, DI, Limits, encoding_of, parse

_PROLOG = re.compile(r"\s+|<!--.*?-->|<\?.*?\?>", re.DOTALL)
_ENCODING = re.compile(r"""(\ufeff?\s*<\?xml[^>]*?\sencoding\s*=\s*)(["'])([^"']*)\2""")
_PREFIXES = {
    "bpmn": BPMN,
    "bpmndi": BPMNDI,
    "dc": DC,
    "di": DI,
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "gov": NAMESPACE,
}
_COLOUR = {"color": "http://www.omg.org/spec/BPMN/non-normative/color/1.0"}
_ID = attrgetter("id")
_ELEMENT = attrgetter("element")
#: The namespace the elements of a new file are defined in.
_TARGET = "urn:zaizao:file"
NO_LIMITS = Limits(bytes=1 << 40, nodes=1 << 40, markup=1 << 40)


def write(model: Model) -> bytes:
    """The file of a model: byte for byte its source if nothing changed, else the source with the differences.

    Raises `StaleElement` where a part of the model refers to another that is not in it, and `UnwritableValue` where a
    value has no form in a file.
    """
    changed_tree = _changed_tree(model)
    if changed_tree is None:
        return model.source
    root, parts = changed_tree
    return serialised(root, model.source, parts)


def _changed_tree(model: Model) -> tuple[Any, Mapping[str, str]] | None:
    """The tree of the source with the differences, and what is added once it is text; none where nothing changed."""
    if model.source:
        root = parse(model.source, NO_LIMITS)
        reading = Reading(root, NO_LIMITS, model.source)
        if reading.model == model:
            return None
    else:
        is_coloured = any(shape.fill or shape.stroke for shape in model.shapes)
        root = skeleton(model.id or "definitions", _TARGET, _PREFIXES | (_COLOUR if is_coloured else {}))
        reading = Reading(root, NO_LIMITS, b"")
    _check(model)
    try:
        return root, _bring_in(reading, _reconciled(reading, model))
    except ValueError as error:
        raise UnwritableValue(str(error)) from error


def _bring_in(reading: Reading, new: Model) -> Mapping[str, str]:
    """Bring the differences between the model read and the new one into the tree; what is added once it is text."""
    draft = draft_of(reading, new)
    if new.id != draft.old.id:
        draft.edit.set(reading.root, "id", new.id)
    if new.name != draft.old.name:
        draft.edit.set(reading.root, "name", new.name)
    write_roots(draft)
    write_processes(draft)
    write_collaboration(draft)
    _write_containers(draft)
    write_lanes(draft)
    for old, artifact in changed(draft.old.artifacts, new.artifacts):
        write_artifact(draft, old, artifact)
    _write_associations(draft)
    _remove_gone(draft)
    write_data_names(draft)
    _write_flow_lists(draft)
    _write_made_ids(draft)
    return write_diagram(draft)


def _write_containers(draft: Draft) -> None:
    """Write what is inside processes and sub-processes, each container before what is in it."""
    new = in_file_order(draft.new)
    old_data = {data.id: data for data in draft.old.data}
    data_of: dict[str, list[Any]] = {}
    for data in new.data:
        if old_data.get(data.id) != data:
            data_of.setdefault(data.scope or data.process, []).append(data)
    for container in ("", *(process.id for process in new.processes)):
        for data in data_of.pop(container, ()):
            write_data(draft, old_data.get(data.id), data)
    for node in new.nodes:
        old = draft.old.node.get(node.id)
        if old != node:
            write_node(draft, old, node)
        for data in data_of.pop(node.id, ()):
            write_data(draft, old_data.get(data.id), data)
    for flow in new.flows:
        old_flow = draft.old.flow.get(flow.id)
        if old_flow != flow:
            write_flow(draft, old_flow, flow)


def _write_associations(draft: Draft) -> None:
    kept = {line.id for line in draft.new.associations}
    for line in draft.old.associations:
        if line.id not in kept:
            if line.kind == "association":
                draft.remove(line.id)
            else:
                remove_data_association(draft, line)
    for old, line in changed(draft.old.associations, draft.new.associations):
        write_association(draft, old, line)


def _remove_gone(draft: Draft) -> None:
    """Take out what is no longer in the model, the innermost first."""
    old, new = draft.old, draft.new
    gone: Iterable[str] = (
        *removed(old.flows, new.flows),
        *removed(old.nodes, new.nodes),
        *removed(old.artifacts, new.artifacts),
        *removed(old.processes, new.processes),
        *removed(old.roots, new.roots),
    )
    for id_ in gone:
        draft.remove(id_)
    for id_ in removed(old.data, new.data):
        if id_ in draft.elements:
            remove_data(draft, id_)


def _write_flow_lists(draft: Draft) -> None:
    """List the flows anew in every node they changed at, and in every node that is drawn anew."""
    for node in draft.new.nodes:
        if node.id not in draft.old.node or _flows_changed(draft, node.id):
            write_flow_lists(draft, node)
        elif draft.old.shape.get(node.id) != draft.new.shape.get(node.id):
            write_flow_lists(draft, node, only_adds=True)


def _flows_changed(draft: Draft, node: str) -> bool:
    return any(
        [flow.id for flow in before.get(node, ())] != [flow.id for flow in after[node]]
        for before, after in (
            (draft.old.incoming, draft.new.incoming),
            (draft.old.outgoing, draft.new.outgoing),
        )
    )


def _write_made_ids(draft: Draft) -> None:
    """Write the ids that were made while reading where the structure changed: they would not be made again the same."""
    made = draft.reading.walk.made & draft.reading.walk.elements.keys()
    if not made or _structure(draft.old) == _structure(draft.new):
        return
    for id_ in made & draft.elements.keys():
        draft.elements[id_].set("id", id_)


def _structure(model: Model) -> tuple[Any, ...]:
    return (
        [(flow.id, flow.source, flow.target, flow.scope) for flow in model.flows],
        [(node.id, node.scope, node.process, node.default, node.attached_to) for node in model.nodes],
        [(lane.id, lane.nodes, lane.parent) for lane in model.lanes],
        [(line.id, line.source, line.target) for line in model.associations],
        [(line.id, line.source, line.target) for line in model.message_flows],
        [list(map(_ID, parts)) for parts in (model.processes, model.pools, model.data, model.artifacts, model.roots)],
        [list(map(_ELEMENT, drawn)) for drawn in (model.shapes, model.edges)],
    )


def _reconciled(reading: Reading, new: Model) -> Model:
    """The new model with its data associations following what its nodes read and write, where that changed."""
    lines = {line.id: line for line in new.associations}
    said: dict[tuple[str, str, str], str] = {}
    for line in new.associations:
        said[line.kind, *((line.target, line.source) if line.kind == "input" else (line.source, line.target))] = line.id
    for node in new.nodes:
        before = reading.model.node.get(node.id)
        for kind, was, wanted in (
            ("input", before.reads if before else (), node.reads),
            ("output", before.writes if before else (), node.writes),
        ):
            for data in wanted:
                if data not in was and (kind, node.id, data) not in said:
                    line = _data_association(reading.walk, kind, node, data)
                    lines[line.id] = line
            for data in was:
                if data not in wanted and (kind, node.id, data) in said:
                    del lines[said[kind, node.id, data]]
    return new.evolve(associations=tuple(lines.values()))


def _data_association(walk: Walk, kind: str, node: Node, data: str) -> Association:
    source, target = (data, node.id) if kind == "input" else (node.id, data)
    id_ = walk.fresh_id(f"{source}-{target}")
    return Association(id=id_, source=source, target=target, kind=kind, direction="One", process=node.process)


def _check(model: Model) -> None:
    """Refuse a model in which something refers to what is not there."""
    containers = model.process.keys() | {node.id for node in model.nodes if node.is_frame}
    data = {item.id for item in model.data}
    pools = {pool.id for pool in model.pools}
    groups: tuple[tuple[Iterable[str], Any], ...] = (
        ((end for flow in model.flows for end in (flow.source, flow.target)), model.node),
        ((node.scope or node.process for node in model.nodes), containers),
        ((flow.scope or flow.process for flow in model.flows), containers),
        ((item.scope or item.process for item in model.data if item.kind != "dataStore"), containers),
        ((item.refers_to for item in model.data if item.refers_to), data),
        ((lane.process for lane in model.lanes), model.process),
        ((lane.parent for lane in model.lanes if lane.parent), model.lane),
        ((node for lane in model.lanes for node in lane.nodes), model.node),
        ((node.attached_to for node in model.nodes if node.attached_to), model.node),
        ((node.default for node in model.nodes if node.default), model.flow),
        ((item for node in model.nodes for item in (*node.reads, *node.writes)), data),
        ((pool.process for pool in model.pools if pool.process), model.process),
        (
            (end for flow in model.message_flows for end in (flow.source, flow.target)),
            model.node.keys() | pools | model.process.keys(),
        ),
    )
    for named, known in groups:
        for id_ in named:
            if id_ not in known:
                raise StaleElement(id_)
    for node in model.nodes:
        if node.kind not in NODES:
            raise UnwritableValue(node.kind)


def serialised(root: Any, source: bytes, parts: Mapping[str, str] | None = None) -> bytes:
    """The tree in the encoding of the source, between what stands before and behind its root.

    `parts` are put in the place of the instructions that stand for them.
    """
    pieces = _pieces(str(etree.tostring(root, encoding="unicode", with_tail=False)), parts or {})
    if not source:
        return b"".join((b'<?xml version="1.0" encoding="UTF-8"?>\n', *(piece.encode() for piece in pieces), b"\n"))
    codec = encoding_of(source)
    original = source.decode(codec)
    before, behind = _around(original, root)
    said = _ENCODING.match(before)
    if said is not None and codec == "utf-8" and said.group(3).lower() not in ("utf-8", "utf8"):
        before = before[: said.start(3)] + "UTF-8" + before[said.end(3) :]
    elif said is not None and codec == "gb18030":
        codec = said.group(3).lower()
    if "\r\n" in original:
        pieces = (piece.replace("\n", "\r\n") for piece in pieces)
    return b"".join(piece.encode(codec, "xmlcharrefreplace") for piece in chain((before,), pieces, (behind,)))


def _pieces(text: str, parts: Mapping[str, str]) -> Iterator[str]:
    """A text with the parts in their places, piece by piece: one rare character would make the whole twice as large."""
    end = 0
    for start, held in sorted((text.index(held), held) for held in parts):
        yield text[end:start]
        yield parts[held]
        end = start + len(held)
    yield text[end:]


def _around(original: str, root: Any) -> tuple[str, str]:
    """What a file says before and behind its root element: mark, declaration, comments, white space."""
    position = len(original) - len(original.removeprefix("\ufeff"))
    while match := _PROLOG.match(original, position):
        position = match.end()
    name = f"{root.prefix}:definitions" if root.prefix else "definitions"
    end = original.rfind(f"</{name}")
    return original[:position], original[original.index(">", end) + 1 :] if end >= 0 else "\n"
