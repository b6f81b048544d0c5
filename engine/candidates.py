"""Who may do a step: the people of its unit and post, or those the file names, kept apart from who did another step.

Membership is asked of whoever knows the organisation; where nobody does, any name may work for any unit, and only what
the file says of persons by name still holds.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from bpmn.assignment import Assignment, assignments
from bpmn.expression import Environment, evaluate
from bpmn.model import Model
from engine.errors import NotYours, SamePerson
from engine.spiff.program import Program
from store.rows import ItemRow

#: Before a name among an item's candidates that is certainly a person's.
PERSON = "="


class Membership(Protocol):
    """Who belongs where."""

    def belongs(self, person: str, name: str) -> bool:
        """Whether a person is of the unit (by its key), in the post or group of that name."""


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Whose step it is."""

    #: The key and the name of its unit; empty where the model says none.
    unit: str = ""
    unit_name: str = ""
    post: str = ""
    #: What the file says beside them.
    assignments: tuple[Assignment, ...] = ()

    def candidates(self, data: Mapping[str, Any], environment: Environment) -> str:
        """Who the file names for these data, as JSON list text; empty where it names nobody."""
        named = [name for one in self.assignments for name in _names(one, data, environment)]
        return json.dumps(list(dict.fromkeys(named)), ensure_ascii=False) if named else ""


def _names(one: Assignment, data: Mapping[str, Any], environment: Environment) -> Iterable[str]:
    """The names one assignment gives, marked where they are persons."""
    names: Iterable[object] = one.names
    if one.expression is not None:
        value = evaluate(one.expression, data, environment)
        names = value if isinstance(value, (list, tuple)) else (value,)
    mark = PERSON if one.is_person else ""
    return [mark + name.strip() for name in names if isinstance(name, str) and name.strip()]


class Owners:
    """Whose each step of a procedure is, and which steps are kept apart."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._known: dict[str, Owner] = {}

    def of(self, element: str) -> Owner:
        """Whose step it is."""
        found = self._known.get(element)
        if found is None:
            found = self._known[element] = self._made(element)
        return found

    def _made(self, element: str) -> Owner:
        model, node = self._program.model_of(element), self._program.node(element)
        unit = model.unit_of.get(node.id)
        is_unit = unit is not None and not model.is_applicants(node)
        return Owner(
            unit=unit.key if unit is not None and is_unit else "",
            unit_name=unit.name if unit is not None else "",
            post=model.post_of.get(node.id, ""),
            assignments=self._said.get((id(model), node.id), ()),
        )

    @cached_property
    def _models(self) -> tuple[Model, ...]:
        return (self._program.model, *self._program.library.values())

    @cached_property
    def _said(self) -> Mapping[tuple[int, str], tuple[Assignment, ...]]:
        found: dict[tuple[int, str], list[Assignment]] = {}
        for model in self._models:
            for one in assignments(model):
                found.setdefault((id(model), one.element), []).append(one)
        return {place: tuple(those) for place, those in found.items()}

    @cached_property
    def apart(self) -> Mapping[str, frozenset[str]]:
        """The steps each step is kept apart from, whichever of them says so."""
        found: dict[str, set[str]] = {}
        for model in self._models:
            for node in model.nodes:
                for other in node.step.separate_from if node.step is not None else ():
                    found.setdefault(node.id, set()).add(other)
                    found.setdefault(other, set()).add(node.id)
        return {element: frozenset(others) for element, others in found.items()}


def check_person(item: ItemRow, person: str, membership: Membership | None) -> None:
    """Raise `NotYours` where a person is not among those who may do an item."""
    if not _is_named(item, person, membership) or not _is_of_unit(item, person, membership):
        raise NotYours(item.unit_name or item.post or item.id)


def _is_of_unit(item: ItemRow, person: str, membership: Membership | None) -> bool:
    if membership is None or item.candidates:
        return True  # whom the file names does it, of whatever unit
    return all(membership.belongs(person, name) for name in (item.unit, item.post) if name)


def _is_named(item: ItemRow, person: str, membership: Membership | None) -> bool:
    names: list[str] = json.loads(item.candidates) if item.candidates else []
    if not names or PERSON + person in names or person in names:
        return True
    groups = [name for name in names if not name.startswith(PERSON)]
    if membership is None:
        return bool(groups)
    return any(membership.belongs(person, name) for name in groups)


def check_apart(item: ItemRow, person: str, done: Iterable[ItemRow]) -> None:
    """Raise `SamePerson` where the person has done one of the steps this one is kept apart from."""
    for other in done:
        if other.person == person and other.id != item.id:
            raise SamePerson(other.name or other.element)
