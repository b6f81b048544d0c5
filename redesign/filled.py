"""A redesign of calls that were filled in from other files, made ready to be written as one file.

In a file every id is an XML name, so that `call/step` needs another form, and every lane belongs to a process of the
file, so that what another office does in a called process is listed in a lane of the process that calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from bpmn.annotation import GovStep
from bpmn.model import Lane, Model, Node

#: Fields that hold people's words, not ids.
_WORDS = frozenset(("name", "documentation", "condition", "script", "source_text"))


def housed(model: Model) -> Model:
    """The model with the lanes of called processes in the process that calls; lanes of one unit become one."""
    strange = [lane for lane in model.lanes if lane.process not in model.process]
    if not strange:
        return model
    lanes = {lane.id: lane for lane in model.lanes if lane.process in model.process}
    for lane in strange:
        inside = [model.node[node] for node in lane.nodes if node in model.node]
        if inside:
            _list(model, lanes, lane, inside)
    return model.evolve(lanes=tuple(lanes.values()))


def _list(model: Model, lanes: dict[str, Lane], lane: Lane, inside: list[Node]) -> None:
    """List nodes in the lane of their unit, or in this one where their process has none of it."""
    process, unit = inside[0].process, model.unit_at[lane.id]
    own = [one for one in lanes.values() if one.process == process]
    pool = model.pool_of_process.get(process)
    if not own and pool is not None and pool.unit is not None:
        # A lane for those that had their unit by the pool.
        listed = tuple(n.id for n in model.nodes if n.process == process and not n.scope and not n.attached_to)
        lanes[f"{pool.id}/lane"] = Lane(
            id=f"{pool.id}/lane", name=pool.name, process=process, nodes=listed, unit=pool.unit
        )
    post = lane.name if lane.parent and lane.unit is None else ""
    home = next((one for one in own if not post and model.unit_at[one.id].key == unit.key and not one.parent), None)
    if home is None:
        named = replace(lane, process=process, parent="", nodes=(), unit=lane.unit)
        home = lanes[lane.id] = named if not post else replace(named, name=unit.name)
    lanes[home.id] = home.evolve(nodes=(*home.nodes, *(node.id for node in inside)))


def fileable(model: Model) -> Model:
    """The model with ids that a file may hold; a step that has another one says which it stands for."""
    names = _names(model)
    if not names:
        return model
    changed = {
        part.name: tuple(_renamed(one, names) for one in getattr(model, part.name))
        for part in fields(model)
        if isinstance(getattr(model, part.name), tuple)
    }
    olds = {new: old for old, new in names.items()}
    changed["nodes"] = tuple(_standing_for(node, olds.get(node.id, "")) for node in changed["nodes"])
    return model.evolve(**changed)


def _names(model: Model) -> Mapping[str, str]:
    """A new id for each that holds a slash."""
    parts = (model.nodes, model.flows, model.lanes, model.associations, model.shapes, model.edges)
    ids = [one.id for part in parts for one in part]
    taken, found = set(ids), dict[str, str]()
    for id_ in ids:
        if "/" in id_:
            new = id_.replace("/", ".")
            while new in taken:
                new += "_"
            taken.add(new)
            found[id_] = new
    return found


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """A part of a model with other ids, in all fields that hold one."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, tuple):
        return tuple(_renamed(one, names) for one in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    known = {part.name: getattr(value, part.name) for part in fields(value) if part.init and part.name not in _WORDS}
    changed = {name: new for name, old in known.items() if (new := _renamed(old, names)) is not old}
    return replace(value, **changed) if changed else value


def _standing_for(node: Node, old: str) -> Node:
    if not old or not node.is_step:
        return node
    said = node.step or GovStep()
    return node.evolve(step=replace(said, replaces=said.replaces or (old,)))
