"""Who gets the messages that are sent inside a case: by the drawn message flows, else by the name of the message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from bpmn.begin import Beginning
from bpmn.model import Model, Node
from engine.spiff.activities import Activity, Receive, Send
from engine.spiff.events import Waiting
from engine.spiff.loops import Loop
from engine.spiff.place import Place
from engine.spiff.places import Places
from engine.spiff.scopes import Pool
from engine.spiff.throwing import Throw
from engine.spiff.trigger import Trigger


class Letters:
    """Looks at the message flows of a file, and at what sends without one."""

    def __init__(self, model: Model, made: Mapping[str, Places], begun: Beginning, opens: Mapping[str, Pool]) -> None:
        self.model = model
        self.made = made
        self.own = made[""]
        self.opens = opens
        self.flows: dict[str, list[str]] = {}
        self.letters: dict[str, list[str]] = {}
        for letter in begun.letters:
            self.letters.setdefault(letter.source, []).append(letter.target)
        for message in model.message_flows:
            self.flows.setdefault(message.source, []).append(message.target)

    def join(self) -> Mapping[str, tuple[tuple[str, ...], ...]]:
        """For every place that sends inside the case, the places one of which gets each of its messages.

        Activities that send without being drawn as a send task are told here that they do.
        """
        found: dict[str, tuple[tuple[str, ...], ...]] = {}
        for node in self.model.nodes:
            place = self.own.at[node.id]
            if node.id in self.flows:
                found[place.name] = tuple((name,) for name in self._drawn(node))
                self._sends(place, node)
            for trigger in _messages(place):
                if node.id not in self.flows:
                    names = self._named(place, trigger)
                    found[place.name] = (names,) if names else ()
        return found

    def informs(self) -> frozenset[str]:
        """The places all of whose message flows lead to drawn elements: what they send stays in the case."""
        return frozenset(
            self.own.at[source].name
            for source, targets in self.flows.items()
            if source in self.own.at and all(target in self.model.node for target in targets)
        )

    @cached_property
    def hearers(self) -> Mapping[str, tuple[str, ...]]:
        """By the name of a message, the places that can wait for it, then the starts it opens."""
        found: dict[str, list[str]] = {}
        for places in self.made.values():
            for place in places.waiting():
                for trigger in _messages_waited(place):
                    found.setdefault(trigger.name, []).append(place.name)
        for (name, kind), title in self.titles():
            if kind == "message":
                found.setdefault(title, []).append(name)
        return {title: tuple(names) for title, names in found.items()}

    def titles(self) -> Iterator[tuple[tuple[str, str], str]]:
        """What each start that opens a pool waits for."""
        for name in self.opens:
            node = self.own.spec.task_specs[name].node
            for event in node.events:
                yield (name, event.kind), self.own.trigger(node, event).name

    def _drawn(self, node: Node) -> list[str]:
        """The names of the places the message flows of a node lead to, that wait for a message or open a pool."""
        targets = dict.fromkeys([*self.letters.get(node.id, ()), *self.flows[node.id]])
        found = []
        for target in targets:
            place = self.own.at.get(target)
            if place is None:
                continue
            waits = self.own.body(target)
            if place.name in self.opens or any(_messages_waited(waits)):
                found.append(waits.name if place.name not in self.opens else place.name)
        return found

    def _sends(self, place: Place, node: Node) -> None:
        """An activity with a message flow out of it sends when it is done."""
        if not isinstance(place, Activity) or isinstance(place, Send):
            return
        if isinstance(place, Loop) and isinstance(place.body, Send):
            return
        message = next((flow for flow in self.model.message_flows if flow.source == node.id), None)
        assert message is not None
        root = self.own.roots.get(message.message)
        name = root.name or root.id if root is not None else message.name or node.name or node.id
        place.sends = self.own.sent(name, message.message)

    def _named(self, sender: Place, trigger: Trigger) -> tuple[str, ...]:
        """Places of the case that wait for a message of that name, where no flow says who gets it."""
        if not trigger.event.reference:
            return ()
        return tuple(name for name in self.hearers.get(trigger.name, ()) if self._hears(name, sender))

    def _hears(self, name: str, sender: Place) -> bool:
        """Whether a place can wait for what another sends: a start opens only another pool."""
        place = self.own.spec.task_specs[name]
        if isinstance(place, (Receive, Waiting)):
            return True
        return sender.node is not None and place.node.process != sender.node.process


def _messages(place: Place) -> Iterator[Trigger]:
    """The messages a place sends by itself."""
    sender = place.body if isinstance(place, Loop) else place
    if isinstance(sender, (Send, Throw)):
        yield from (trigger for trigger in sender.triggers if trigger.kind == "message")


def _messages_waited(place: Place) -> Iterator[Trigger]:
    if isinstance(place, (Receive, Waiting)):
        yield from (trigger for trigger in place.triggers if trigger.kind == "message")
