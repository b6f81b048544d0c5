"""The tree of a file while the differences between two models are brought into it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from bpmn.edit import Editor
from bpmn.elements import local_name
from bpmn.model import Model
from bpmn.read import Reading
from bpmn.write_gov import GovWriter


class _Named(Protocol):
    @property
    def id(self) -> str: ...


Part = TypeVar("Part", bound=_Named)


@dataclass(kw_only=True)
class Draft:
    """What the writers share."""

    reading: Reading
    edit: Editor
    gov: GovWriter
    #: The element of every id, those added included.
    elements: dict[str, Any]
    old: Model
    new: Model

    def add(self, parent: Any, kind: str, id_: str) -> Any:
        """A new element of the model in the tree."""
        element = self.edit.add(parent, kind, None, id=id_)
        self.elements[id_] = element
        return element

    def remove(self, id_: str) -> None:
        """Take an element of the model out of the tree."""
        self.edit.remove(self.elements.pop(id_))

    def child(self, parent: Any, name: str) -> Any:
        """The child of that name, made if there is none."""
        found = next((child for child in parent if local_name(child) == name), None)
        return found if found is not None else self.edit.add(parent, name)

    def refers_to(self, element: Any, id_: str) -> bool:
        """Whether the text of an element names an element of the model."""
        return self.reading.walk.resolve((element.text or "").strip(), element) == id_


def draft_of(reading: Reading, new: Model) -> Draft:
    """The tree that was read, nothing in it changed yet, and what it is to say."""
    edit = Editor(reading.root)
    return Draft(
        reading=reading,
        edit=edit,
        gov=GovWriter(edit, reading.annotator.kept),
        elements=dict(reading.walk.elements),
        old=reading.model,
        new=new,
    )


def removed(old: Iterable[Part], new: Iterable[Part]) -> list[str]:
    """The ids that are no longer there, the last first."""
    kept = {part.id for part in new}
    return [part.id for part in old if part.id not in kept][::-1]


def changed(old: Sequence[Part], new: Sequence[Part]) -> Iterator[tuple[Part | None, Part]]:
    """The parts that are new or say something else, each with what it said before."""
    before = {part.id: part for part in old}
    for part in new:
        known = before.get(part.id)
        if known != part:
            yield known, part
