"""The units of one file: what lanes and pools say of them, brought together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bpmn.annotation import GovUnit

if TYPE_CHECKING:
    from bpmn.model import Lane, Node


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A unit as one file names it: the nearest lane with `gov:unit`, else the outermost lane, else the pool."""

    #: The element that stands for it: its first lane or pool in the file.
    id: str
    #: What equal units share: the code, or else the name.
    key: str
    name: str
    code: str = ""
    level: str = ""
    staff: int | None = None
    applicant: bool = False
    hours: tuple[tuple[int, int], ...] | None = None


def unit_from(element: str, name: str, unit: GovUnit | None, *, applicant: bool) -> Unit:
    """The unit a lane or pool stands for by what is said of it."""
    given = unit or GovUnit()
    return Unit(
        id=element,
        key=given.code or name or element,
        name=name or given.code or element,
        code=given.code,
        level=given.level,
        staff=given.staff,
        applicant=given.applicant or applicant,
        hours=given.hours,
    )


def united(found: Mapping[str, Unit]) -> dict[str, Unit]:
    """One value for each unit: those of one code are one, and so is one without code that has the name of another.

    Each takes what any of its lanes and pools says; where two say different things, the first in the file is right.
    """
    code_of_name: dict[str, str] = {}
    for unit in found.values():
        if unit.code:
            code_of_name.setdefault(unit.name, unit.code)
    keys = {element: unit.code or code_of_name.get(unit.name, unit.key) for element, unit in found.items()}
    units: dict[str, Unit] = {}
    for element, unit in found.items():
        known = units.get(keys[element], unit)
        units[keys[element]] = replace(
            known,
            key=keys[element],
            code=known.code or unit.code,
            level=known.level or unit.level,
            staff=unit.staff if known.staff is None else known.staff,
            applicant=known.applicant or unit.applicant,
            hours=unit.hours if known.hours is None else known.hours,
        )
    return {element: units[key] for element, key in keys.items()}


def innermost_lanes(lanes: Sequence[Lane], nodes: Mapping[str, Node]) -> dict[str, Lane]:
    """The innermost lane that lists each node, else its host or its sub-process; nodes in no lane are left out."""
    depth: dict[str, int] = {}
    for lane in lanes:
        depth[lane.id] = depth.get(lane.parent, 0) + 1
    found: dict[str, Lane | None] = {}
    for lane in sorted(lanes, key=lambda lane: depth[lane.id]):
        for listed in lane.nodes:
            found[listed] = lane
    for node in nodes.values():
        way: list[str] = []
        holder: Node | None = node
        while holder is not None and holder.id not in found:
            way.append(holder.id)
            holder = nodes.get(holder.attached_to or holder.scope)
        around = found[holder.id] if holder is not None else None
        found.update(dict.fromkeys(way, around))
    return {node: owner for node in nodes if (owner := found[node]) is not None}
