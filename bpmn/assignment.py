"""Who a file says may do a step: the resource roles of BPMN, and what other engines write beside them.

A role names a person or a group by an expression of our language, or refers to a resource by its name. Of other
engines' `assignee`, `candidateUsers` and `candidateGroups` a plain name or a list of names is taken as it stands, and
an expression where its translation is exact; what is neither is a fault, told by `zaizao check --for run`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bpmn.errors import UnreadableExpression
from bpmn.expression import Expression, parse, read_expression
from bpmn.model import Model

#: The roles of BPMN whose people do the work; of a performer that is exactly one.
_ROLES = {"humanPerformer": True, "performer": True, "potentialOwner": False}
#: What other engines write, and whether it names persons.
_FOREIGN = {"assignee": True, "candidateUsers": True, "candidateGroups": False}
_SIGNS = ("${", "#{", "=")


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """One thing a file says about who may do a step."""

    #: The step.
    element: str
    #: Whether it names persons; else persons, units, posts or groups.
    is_person: bool
    text: str
    #: What gives the name or a list of names; none where the names stand as they are, or where it cannot be read.
    expression: Expression | None = None
    #: The names as they stand.
    names: tuple[str, ...] = ()
    #: Why its expression cannot be read.
    fault: UnreadableExpression | None = field(default=None, compare=False)


def assignments(model: Model) -> tuple[Assignment, ...]:
    """Everything the file says about who may do its steps, in no special order.

    >>> from bpmn import read
    >>> assignments(read(b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>'))
    ()
    """
    return (*_roles(model), *_foreign(model))


def _roles(model: Model) -> Iterator[Assignment]:
    """The resource roles of BPMN."""
    resources = {root.id: root.name or root.id for root in model.roots if root.kind == "resource"}
    for detail in model.details:
        if detail.kind not in _ROLES or detail.owner not in model.node:
            continue
        is_person = _ROLES[detail.kind]
        if detail.text:
            yield _read(detail.owner, is_person, detail.text, parse)
        named = tuple(resources.get(reference, reference) for reference in detail.all("resourceRef"))
        if named:
            yield Assignment(element=detail.owner, is_person=False, text=named[0], names=named)


def _foreign(model: Model) -> Iterator[Assignment]:
    """What other engines write into steps: attributes of the step, or of an element in its extensions."""
    if not model.source:
        return
    from bpmn.elements import attribute, local_name
    from bpmn.write import NO_LIMITS
    from bpmn.xml import parse as parse_file

    for element in parse_file(model.source, NO_LIMITS).iter("{*}*"):
        is_own = bool(local_name(element))
        holder = element if is_own else _holder(element)
        owner = attribute(holder, "id") if holder is not None else ""
        if owner not in model.node:
            continue
        for name, value in element.attrib.items():
            kind = name.rpartition("}")[2]
            # On a step of BPMN itself only what has another's namespace; in an extension the plain name.
            if kind in _FOREIGN and value.strip() and (name.startswith("{") or not is_own):
                yield _foreign_one(owner, kind, value.strip())


def _holder(element: Any) -> Any:
    """The step in whose extensions an element stands right inside."""
    from bpmn.elements import local_name

    parent = element.getparent()
    return parent.getparent() if parent is not None and local_name(parent) == "extensionElements" else None


def _foreign_one(owner: str, kind: str, text: str) -> Assignment:
    if any(sign in text for sign in _SIGNS):
        return _read(owner, _FOREIGN[kind], text, _translated)
    names = [text] if kind == "assignee" else text.split(",")
    return Assignment(
        element=owner, is_person=_FOREIGN[kind], text=text, names=tuple(filter(None, map(str.strip, names)))
    )


def _translated(text: str) -> Expression:
    return read_expression(text, is_condition=False)


def _read(owner: str, is_person: bool, text: str, reading: Callable[[str], Expression]) -> Assignment:
    try:
        expression = reading(text)
    except UnreadableExpression as error:
        return Assignment(element=owner, is_person=is_person, text=text, fault=error)
    return Assignment(element=owner, is_person=is_person, text=text, expression=expression)
