"""Chapter 10, section 4: inputs and outputs, their sets, and what type they are of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from bpmn.check.specification.rule import Breach, breach, rule
from bpmn.detail import Detail
from bpmn.model import Model, Root

#: The references of a set that must be among its data, and where its data are named.
_PARTS_OF_SETS = {
    "inputSet": ("dataInputRefs", ("optionalInputRefs", "whileExecutingInputRefs")),
    "outputSet": ("dataOutputRefs", ("optionalOutputRefs", "whileExecutingOutputRefs")),
}


@dataclass(frozen=True, kw_only=True)
class _Datum:
    """An input, an output, or another piece of data with a type of its own."""

    id: str
    kind: str
    #: The step, event, process or global task it belongs to.
    owner: str
    item: str
    is_collection: bool
    line: int


class _Types:
    """What a model says of the types of its data."""

    def __init__(self, model: Model) -> None:
        self.model = model

    @cached_property
    def data(self) -> Mapping[str, _Datum]:
        """All data with a type of its own, by id; those without id are kept by their place."""
        found = [
            _Datum(
                id=data.id,
                kind=data.kind,
                owner=data.scope or data.process,
                item=data.item,
                is_collection=data.is_collection,
                line=data.line,
            )
            for data in self.model.data
            if not data.refers_to
        ]
        found += [_datum(detail) for detail in self.model.details if detail.kind in _TYPED]
        return {datum.id or f"{datum.owner} {number}": datum for number, datum in enumerate(found)}

    @cached_property
    def items(self) -> Mapping[str, Root]:
        return {root.id: root for root in self.model.roots if root.kind == "itemDefinition"}

    @cached_property
    def messages(self) -> Mapping[str, Root]:
        return {root.id: root for root in self.model.roots if root.kind == "message"}

    @cached_property
    def operations(self) -> Mapping[str, Detail]:
        return {detail.id: detail for detail in self.model.details if detail.kind == "operation"}

    def are_same(self, first: str, second: str) -> bool:
        """Whether two item definitions stand for one type: they are one, or name one structure."""
        if first == second:
            return True
        one, other = self.items.get(first), self.items.get(second)
        return one is not None and other is not None and bool(one.code) and one.code == other.code

    def of(self, owner: str, kind: str) -> list[_Datum]:
        """The inputs or the outputs of an element."""
        return [datum for datum in self.data.values() if datum.owner == owner and datum.kind == kind]


_TYPED = frozenset(("dataInput", "dataOutput", "property", "inputDataItem", "outputDataItem"))


def _datum(detail: Detail) -> _Datum:
    return _Datum(
        id=detail.id,
        kind=detail.kind,
        owner=detail.owner,
        item=detail.first("itemSubjectRef"),
        is_collection=detail.first("isCollection") in ("true", "1"),
        line=detail.line,
    )


@rule("optional-in-no-set", "10.4.1", stops="run", about=("inputSet", "outputSet"))
def optional_in_no_set(model: Model) -> Iterator[Breach]:
    """What a set holds optionally, or only while the work goes on, is one of its data."""
    for detail in model.details:
        if detail.kind in _PARTS_OF_SETS:
            whole, parts = _PARTS_OF_SETS[detail.kind]
            for name in parts:
                for value in detail.all(name):
                    if value not in detail.all(whole):
                        yield breach(detail.owner, line=detail.line, value=value, attribute=name, whole=whole)


@rule("state-name", "10.4.1", stops="run", about=("dataObject",))
def state_name(model: Model) -> Iterator[Breach]:
    """Data drawn in a state is called by its name and the state, so that all of it is known as one."""
    objects = {data.id: data for data in model.data if data.kind == "dataObject"}
    for data in model.data:
        whole = objects.get(data.refers_to)
        if whole is None or not data.state or not _plain(whole.name) or not _plain(data.name):
            continue
        if _plain(data.name) not in (_plain(whole.name), _plain(whole.name + data.state)):
            yield breach(data.id, line=data.line, value=data.name, expected=f"{whole.name} [{data.state}]")


def _plain(name: str) -> str:
    """A name without blanks and brackets, which tools set as they like."""
    return "".join(sign for sign in name if not sign.isspace() and sign not in "[]［］")


@rule("several-sets", "10.3.3", stops="run", about=("inputSet", "outputSet"))
def several_sets(model: Model) -> Iterator[Breach]:
    """What is sent to or received from an operation is one message, so there is one set of data for it."""
    counts: dict[tuple[str, str], int] = {}
    for detail in model.details:
        if detail.kind in _PARTS_OF_SETS:
            counts[detail.owner, detail.kind] = counts.get((detail.owner, detail.kind), 0) + 1
    for (owner, kind), count in counts.items():
        node = model.node.get(owner)
        if count > 1 and node is not None and (node.kind in ("sendTask", "receiveTask") or node.operation):
            yield breach(owner, kind=kind, count=str(count))


@rule("message-data", "10.3.3", stops="run", about=("message",))
def message_data(model: Model) -> Iterator[Breach]:
    """The data of a step that calls, sends or receives is of the type of its message."""
    if "XMLSchema" not in (model.type_language or "XMLSchema"):
        return  # how the types of a tool go together is its own matter
    types = _Types(model)
    for owner, kind, message in _messages(model, types):
        root = types.messages.get(message)
        if root is None or root.structure not in types.items:
            continue
        for datum in types.of(owner, kind):
            if not types.are_same(datum.item, root.structure):
                yield breach(owner, line=datum.line, value=datum.id, message=root.name or root.id)


def _messages(model: Model, types: _Types) -> Iterator[tuple[str, str, str]]:
    """What carries data by a message: an element, which side of its data, the message."""
    for node in model.nodes:
        event = node.event("message")
        if node.implementation and not node.implementation.startswith("##"):
            continue  # how its data become a message is a matter of the tool it names
        if node.kind in ("sendTask", "receiveTask") and event is not None:
            yield node.id, "dataInput" if node.kind == "sendTask" else "dataOutput", event.reference
        elif node.operation in types.operations:
            yield from _of_operation(node.id, types.operations[node.operation])
    for detail in model.details:
        if detail.kind == "ioBinding" and detail.first("operationRef") in types.operations:
            yield from _of_operation(detail.owner, types.operations[detail.first("operationRef")])


def _of_operation(owner: str, operation: Detail) -> Iterator[tuple[str, str, str]]:
    yield owner, "dataInput", operation.first("inMessageRef")
    yield owner, "dataOutput", operation.first("outMessageRef")


@rule("loop-item", "10.3.8", stops="run", about=("loopCharacteristics",))
def loop_item(model: Model) -> Iterator[Breach]:
    """One round of a multi-instance has one piece of the collection, and of the same type."""
    types = _Types(model)
    for node in model.nodes:
        if node.loop is None or not (node.loop.input_item or node.loop.output_item):
            continue
        for kind, whole in (("inputDataItem", node.loop.collection), ("outputDataItem", node.loop.output)):
            collection = types.data.get(whole)
            for datum in types.of(node.id, kind):
                item = types.items.get(datum.item)
                whole_type = types.items.get(collection.item) if collection is not None else None
                if item is None or whole_type is None or not whole_type.is_collection:
                    continue  # the type of a list as a whole does not say what its pieces are
                if item.is_collection or not types.are_same(datum.item, whole_type.id):
                    yield breach(node.id, line=datum.line, value=datum.item, whole=whole)
