"""What every step needs and gives, what is in the case before it, and who uses a material later.

A material is known by its name, whichever way the file says it: by `gov:material`, or by an association with a piece of
data. Reading a data store takes in what the store is called; writing one gives nothing to the case.

What is in the case is followed along the flow by `bpmn.relations.in_case`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from bpmn.bits import bits, mask_of
from bpmn.model import Model, Node
from bpmn.relations.in_case import in_case, in_some_case
from bpmn.relations.nesting import Nesting
from bpmn.relations.ways import Ways

_TEXT = re.compile(r'"[^"]*"|\'[^\']*\'')
#: A text that may be a name: what a call is given, or what is looked up by it.
_GIVEN = re.compile(r"""[(\[,]\s*(?:"([^"]*)"|'([^']*)')""")
_NAME = re.compile(r"\w+")
_NONE: frozenset[str] = frozenset()


class Materials:
    """The materials of a whole model."""

    def __init__(self, model: Model, ways: Ways, nesting: Callable[[], Nesting]) -> None:
        self.model = model
        self.ways = ways
        #: Makes the blocks where they are asked for.
        self.nesting = nesting
        self.data = {data.id: data for data in model.data}
        owners = {data.refers_to or data.id: data.name for data in model.data if data.name}
        #: The name of each piece of data, that of its object where a reference has none.
        self.names = {data.id: data.name or owners.get(data.refers_to, "") for data in model.data}
        self.needs: dict[str, frozenset[str]] = {}
        self.gives: dict[str, frozenset[str]] = {}
        self.takes_in: dict[str, frozenset[str]] = {}
        self.stores_read: dict[str, frozenset[str]] = {}
        self.stores_written: dict[str, frozenset[str]] = {}
        for node in model.nodes:
            self._note(node)

    def _note(self, node: Node) -> None:
        if not (node.materials or node.reads or node.writes):
            for known in (self.needs, self.gives, self.takes_in, self.stores_read, self.stores_written):
                known[node.id] = _NONE
            return
        said_needs = {item.name for item in node.materials if item.use == "needs"} - {""}
        said_gives = {item.name for item in node.materials if item.use == "gives"} - {""}
        outside = {item.name for item in node.materials if item.use == "needs" and item.origin != "internal"} - {""}
        stores = self._stores(node.reads)
        registers = {name for ref in node.reads if self._is_store(ref) and (name := self.names.get(ref, ""))}
        self.needs[node.id] = frozenset(said_needs | self._objects(node.reads) | registers)
        self.gives[node.id] = frozenset(said_gives | self._objects(node.writes))
        self.takes_in[node.id] = frozenset(outside | registers)
        self.stores_read[node.id] = stores
        self.stores_written[node.id] = self._stores(node.writes)

    def _is_store(self, reference: str) -> bool:
        return reference in self.data and self.data[reference].kind in ("dataStore", "dataStoreReference")

    def _stores(self, references: Iterable[str]) -> frozenset[str]:
        """The data stores some references mean."""
        return frozenset(self.data[ref].refers_to or ref for ref in references if self._is_store(ref))

    def _objects(self, references: Iterable[str]) -> set[str]:
        return {
            name for ref in references if ref in self.data and not self._is_store(ref) and (name := self.names[ref])
        }

    def handed_in(self, node: str) -> frozenset[str]:
        """What the applicant hands in at a step."""
        found = self.model.node[node]
        if not found.is_activity:
            return _NONE
        return frozenset(m.name for m in found.materials if m.use == "needs" and m.origin == "applicant" and m.name)

    def is_annotated(self, node: str) -> bool:
        """Whether a step says all it needs and gives."""
        step = self.model.node[node].step
        return step is not None and bool(step.kind)

    # In the case.

    @cached_property
    def bit(self) -> Mapping[str, int]:
        """The bit of each material of the file."""
        names: dict[str, None] = {}
        for node in self.model.nodes:
            for name in sorted(self.needs[node.id] | self.gives[node.id]):
                names[name] = None
        return {name: number for number, name in enumerate(names)}

    def mask(self, names: Iterable[str]) -> int:
        """Some materials as bits."""
        return mask_of(self.bit[name] for name in names)

    def named(self, mask: int) -> frozenset[str]:
        """The materials that some bits stand for."""
        return frozenset(self._name_of[number] for number in bits(mask))

    @cached_property
    def _name_of(self) -> Sequence[str]:
        return list(self.bit)

    @cached_property
    def brought(self) -> Sequence[int]:
        """What each vertex adds to the case."""
        found = [0] * len(self.ways.following)
        for node in self.model.nodes:
            names = self.gives[node.id] | self.takes_in[node.id]
            if names and node.id in self.ways.flow.main:
                found[self.ways.flow.main[node.id]] = self.mask(names)
        return found

    @cached_property
    def _always(self) -> Sequence[int]:
        return in_case(self.ways, self.nesting, self.brought, self.given_at_first)

    @cached_property
    def _perhaps(self) -> Sequence[int]:
        return in_some_case(self.ways, self.brought, self.given_at_first)

    @cached_property
    def given_at_first(self) -> int:
        """What a process is handed when it begins."""
        known = (self.names[data.id] for data in self.model.data if data.kind == "dataInput")
        return self.mask(name for name in known if name in self.bit)

    def available(self, node: str) -> frozenset[str]:
        """What is in the case on every way before a node."""
        return self._at(node, self._always)

    def is_available(self, node: str, material: str) -> bool:
        """Whether a material is in the case on every way before a node."""
        vertex, bit = self.ways.flow.main.get(node), self.bit.get(material)
        return (
            vertex is not None
            and bit is not None
            and self._always[vertex] >= 0
            and bool(self._always[vertex] >> bit & 1)
        )

    def maybe_available(self, node: str) -> frozenset[str]:
        """What is in the case on some way before a node."""
        return self._at(node, self._perhaps)

    def _at(self, node: str, before: Sequence[int]) -> frozenset[str]:
        vertex = self.ways.flow.main.get(node)
        return _NONE if vertex is None or before[vertex] < 0 else self.named(before[vertex])

    # Missing.

    @cached_property
    def _perhaps_brought(self) -> Sequence[int]:
        """What each vertex may add: a step that does not say what it gives, and an answer from outside, anything."""
        everything = (1 << len(self.bit)) - 1
        found = list(self.brought)
        known = {self.ways.flow.vertices[target].node for _, target, _ in self.ways.messages}
        for node in self.model.nodes:
            is_open = node.is_step and not self.is_annotated(node.id)
            is_answer = node.kind in ("intermediateCatchEvent", "boundaryEvent") and node.event("message") is not None
            if is_open or (is_answer and node.id not in known and node.id not in self._from_applicant):
                vertex = self.ways.flow.main.get(node.id)
                if vertex is not None:
                    found[vertex] = everything
        return found

    @cached_property
    def _from_applicant(self) -> frozenset[str]:
        """The nodes that hear from a pool of the applicant's in which nothing is drawn."""
        pools = {pool.id for pool in self.model.pools if pool.unit is not None and pool.unit.applicant}
        return frozenset(message.target for message in self.model.message_flows if message.source in pools)

    @cached_property
    def _lenient(self) -> tuple[Sequence[int], Sequence[int]]:
        if self._perhaps_brought == self.brought:
            return self._always, self._perhaps
        always = in_case(self.ways, self.nesting, self._perhaps_brought, self.given_at_first)
        return always, in_some_case(self.ways, self._perhaps_brought, self.given_at_first)

    def lacking(self, node: str) -> tuple[frozenset[str], frozenset[str]]:
        """What a node needs from the case and no way before it brings, and what only some ways bring."""
        vertex = self.ways.flow.main.get(node)
        asked = self.needs[node] - self.takes_in[node]
        if vertex is None or not asked or self._lenient[0][vertex] < 0:
            return _NONE, _NONE
        wanted = self.mask(asked)
        never = wanted & ~self._lenient[1][vertex]
        return self.named(never), self.named(wanted & ~self._lenient[0][vertex] & ~never)

    # Later.

    @cached_property
    def _needed_by(self) -> Mapping[str, tuple[str, ...]]:
        """The nodes that need each material."""
        found: dict[str, list[str]] = {}
        for node in self.model.nodes:
            for name in self.needs[node.id]:
                found.setdefault(name, []).append(node.id)
        return {name: tuple(nodes) for name, nodes in found.items()}

    @cached_property
    def read_by(self) -> Mapping[str, tuple[str, ...]]:
        """The flows and events whose condition names each material."""
        found: dict[str, list[str]] = {}
        for flow in self.model.flows:
            if flow.condition:
                for name in self._read_in(flow.condition):
                    found.setdefault(name, []).append(flow.id)
        for node in self.model.nodes:
            texts = [event.expression for event in node.events if event.kind == "conditional"]
            texts += [node.loop.condition, node.loop.collection] if node.loop is not None else []
            texts.append(node.script)
            for name in dict.fromkeys(name for text in texts if text for name in self._read_in(text)):
                found.setdefault(name, []).append(node.id)
        return {name: tuple(dict.fromkeys(users)) for name, users in found.items()}

    @cached_property
    def _long_names(self) -> Sequence[str]:
        """The names that are no single word, the longest first."""
        return sorted((name for name in self.bit if not _NAME.fullmatch(name)), key=len, reverse=True)

    def _read_in(self, text: str) -> list[str]:
        """The materials an expression or a script reads; what it only might read counts."""
        return list(dict.fromkeys((*self._names_in(text), *self._quoted_in(text))))

    def _quoted_in(self, text: str) -> Iterator[str]:
        """The materials an expression of another dialect, or a script, names as texts: `getVariable("意见")`."""
        for texts in _GIVEN.findall(text):
            yield from (name for name in map(str.strip, texts) if name in self.bit)

    def _names_in(self, text: str) -> list[str]:
        """The materials an expression names, outside its quoted texts."""
        text = _TEXT.sub(" ", text)
        found = []
        for name in self._long_names:
            if name in text:
                found.append(name)
                text = text.replace(name, " ")
        return found + [word for word in dict.fromkeys(_NAME.findall(text)) if word in self.bit]

    def used_after(self, node: str, material: str) -> tuple[str, ...]:
        """What needs or reads a material after a node: nodes, flows, data stores it is kept in, messages it is sent by.

        What a step gives counts as kept where the step writes a data store, and as sent where a message leaves it or a
        message of that name leaves anything later.
        """
        vertex = self.ways.flow.main.get(node)
        if vertex is None:
            return ()
        found = [user for user in self._needed_by.get(material, ()) if self._is_later(vertex, user)]
        for user in self.read_by.get(material, ()):
            known = self.model.flow.get(user)
            place = known.source if known is not None else user
            if place == node or self._is_later(vertex, place):
                found.append(user)
        if material in self.gives[node]:
            found += sorted(self.stores_written[node])
            found += self._sent_from.get(node, ())
        found += [flow for flow, sender in self._sent_as.get(material, ()) if self._is_later(vertex, sender)]
        return tuple(dict.fromkeys(found))

    def _is_later(self, vertex: int, node: str) -> bool:
        other = self.ways.flow.main.get(node)
        return other is not None and self.ways.leads_later(vertex, other)

    @cached_property
    def _sent_from(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for message in self.model.message_flows:
            found.setdefault(message.source, []).append(message.id)
        return found

    @cached_property
    def _sent_as(self) -> Mapping[str, list[tuple[str, str]]]:
        """The message flows of each name, each with its sender."""
        roots = {root.id: root.name for root in self.model.roots}
        found: dict[str, list[tuple[str, str]]] = {}
        for message in self.model.message_flows:
            for name in {message.name, roots.get(message.message, "")} - {""}:
                found.setdefault(name, []).append((message.id, message.source))
        return found
