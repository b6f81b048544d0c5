"""The relations of a model's nodes, each a question with its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from bpmn.control_flow import ControlFlow, control_flow
from bpmn.model import Model
from bpmn.relations.gathered import gathered
from bpmn.relations.in_case import racing
from bpmn.relations.independence import Independence, Ties
from bpmn.relations.materials import Materials
from bpmn.relations.neighbours import Neighbour, Row
from bpmn.relations.nesting import Meeting, Nesting
from bpmn.relations.routes import Routes
from bpmn.relations.ways import Ways, nodes_of

#: Under which name a model keeps its relations, as many ask about one model.
_KNOWN = "_relations"


def relations(model: Model) -> Relations:
    """Relate the nodes of a model, once for each model; whoever wants called processes too fills them in before.

    >>> from bpmn.build import build
    >>> known = relations(build().start().exclusive("g").branch().step("a").branch().step("b").join().step("c").model)
    >>> known.exclusive("a", "b"), known.before("a", "c"), known.always_before("a", "c")
    (True, True, False)
    """
    known: Relations | None = vars(model).get(_KNOWN)
    if known is None:
        known = vars(model)[_KNOWN] = Relations(model)  # as a cached property would, which the model cannot have
    return known


class Relations:
    """What the drawing says of any two nodes of a model; ids that no case comes to are related to nothing.

    Everything is computed when it is first asked for and then kept.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.flow: ControlFlow = control_flow(model)
        self._ways = Ways(model, self.flow)
        self._cross: dict[tuple[str, str], bool] = {}
        self._taken: dict[str, list[tuple[str, ...]]] = {}

    # Parts, made when they are needed.

    @cached_property
    def _nesting(self) -> Nesting:
        return Nesting(self.model, self.flow)

    @cached_property
    def _materials(self) -> Materials:
        return Materials(self.model, self._ways, lambda: self._nesting)

    @cached_property
    def _routes(self) -> Routes:
        return Routes(self._ways, self._materials)

    @cached_property
    def _ties(self) -> Ties:
        return Ties(self._ways, self._materials, self._routes)

    @cached_property
    def _row(self) -> Row:
        return Row(self._ways)

    # Order.

    @cached_property
    def steps(self) -> tuple[str, ...]:
        """Every step, in path order: along the flow, frames and pools joined, else in the order of the file."""
        steps = (node.id for node in self.model.nodes if node.is_step)
        return tuple(sorted(steps, key=self.position.__getitem__))

    @cached_property
    def position(self) -> Mapping[str, int]:
        """The place of every node in path order; what is outside the flow (compensation) comes last."""
        count = len(self._ways.order)
        found = {node: self._ways.rank[vertex] for node, vertex in self.flow.main.items()}
        return {node.id: found.get(node.id, count + number) for number, node in enumerate(self.model.nodes)}

    def later(self, first: str, second: str) -> bool:
        """Whether the second can be reached from the first by sequence or message flow, also around a loop."""
        one, other = self.flow.main.get(first), self.flow.main.get(second)
        return one is not None and other is not None and self._ways.leads_later(one, other)

    def before(self, first: str, second: str) -> bool:
        """Whether one case can pass both, and ways without a loop back lead from the first to the second only."""
        if first == second or not self._leads(first, second) or not self.can_meet(first, second):
            return False
        return not self._ways.messages or not self.parallel(first, second)

    def _leads(self, first: str, second: str) -> bool:
        one, other = self.flow.main.get(first), self.flow.main.get(second)
        if one is None or other is None:
            return False
        return self._ways.leads_to(one, other) or self._is_interrupted_by(first, second)

    def _is_interrupted_by(self, first: str, second: str) -> bool:
        """Whether the second lies in an event sub-process that interrupts the scope of the first."""
        found = self._meeting(first, second)
        if found is None or self._nesting.kinds[found.around] != "scope":
            return False
        return self._nesting.interrupts(found)

    def can_meet(self, first: str, second: str) -> bool:
        """Whether one case can pass both: some run that takes no loop back twice contains both.

        Branches that exclude each other do so inside a loop too: a case that comes back decides every choice as before,
        but for leading back once. In two pools both can be passed unless what one of them waits for on every way is
        only sent where the other cannot be passed.
        """
        if first == second:
            return first in self._nesting.entry
        found = self._meeting(first, second)
        if found is None:
            return False
        if self._nesting.is_pool(found.around):
            return self._meet_across(first, second)
        return self._nesting.meet(found)

    def _meeting(self, first: str, second: str) -> Meeting | None:
        entry = self._nesting.entry
        if first not in entry or second not in entry:
            return None
        return self._nesting.meeting(entry[first], entry[second])

    def meeting_groups(self, nodes: Sequence[str]) -> list[list[str]]:
        """Bring those together of which one case can pass two, one leading to the next; near-linear.

        >>> from bpmn.build import build
        >>> model = build().start().exclusive("g").branch().step("a").branch().step("b").join().step("c").model
        >>> relations(model).meeting_groups(["a", "b"]), relations(model).meeting_groups(["a", "b", "c"])
        ([['a'], ['b']], [['a', 'b', 'c']])
        """
        return gathered(self._nesting, nodes, self._meet_across)

    @property
    def is_partial(self) -> bool:
        """Whether the drawing is so tangled that some nodes one case can pass are taken for exclusive."""
        return any(tangle.is_partial for tangle in self._nesting.tangle.values())

    def exclusive(self, first: str, second: str) -> bool:
        """Whether no case can pass both."""
        return not self.can_meet(first, second)

    def parallel(self, first: str, second: str) -> bool:
        """Whether both can be under way at once in one case.

        In two pools: where one case can pass both and neither waits for a message that is sent after the other.
        """
        found = self._meeting(first, second)
        if found is None or first == second:
            return False
        is_across = self._nesting.is_pool(found.around)
        is_beside = self._meet_across(first, second) if is_across else self._nesting.beside(found)
        return is_beside and not self._is_told_of(first, second) and not self._is_told_of(second, first)

    def always_before(self, first: str, second: str) -> bool:
        """Whether every way of a case to the second leads through the first, done before the second begins.

        A step whose timer interrupts it is not done on the way of that timer.
        """
        found = self._meeting(first, second)
        if found is None or first == second:
            return False
        if self._nesting.is_pool(found.around):
            return self._is_awaited(first, second)
        return self._nesting.always_before(found, self._nesting.entry[first]) and not self._is_cut_short(first, second)

    def always_after(self, first: str, second: str) -> bool:
        """Whether every case that passes the first passes the second later.

        Cases that end rejected do not count (a step's own `rejects`, and every branch that leads only to ends with the
        outcome rejected), nor do those that an event interrupts, or an end beside the first stops.
        """
        found = self._meeting(first, second)
        if found is None or first == second:
            return False
        if self._nesting.is_pool(found.around):
            return self._is_answered(first, second)
        return self._nesting.always_after(found, self._nesting.entry[second])

    def always_beside(self, first: str, second: str) -> bool:
        """Whether every case that passes the first of two parallel steps passes the second, before it or after.

        >>> from bpmn.build import build
        >>> model = build().start().parallel("p").branch().step("a").branch().step("b").join().model
        >>> relations(model).always_beside("a", "b")
        True
        """
        found = self._meeting(first, second)
        if found is None or not self.parallel(first, second) or self._nesting.is_pool(found.around):
            return False
        passed_by = self._nesting.open_before[self._nesting.entry[second]]
        return self._nesting.depth[passed_by] <= self._nesting.depth[found.around]

    def loops_around(self, node: str) -> tuple[str, ...]:
        """The flows that lead back over a node, those of the smallest loop first; none outside loops."""
        vertex = self.flow.main.get(node)
        if vertex is None:
            return ()
        return tuple(dict.fromkeys(self._ways.flow_id(*back) for back in self._ways.loops_around(vertex)))

    @property
    def ways_back(self) -> tuple[str, ...]:
        """The flows that lead back, in the order in which a case comes by them."""
        return tuple(dict.fromkeys(self._ways.flow_id(*back) for back in self._ways.backs))

    # Timers that end a step before its work is done.

    @cached_property
    def _racing(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for event in racing(self._ways):
            found[event.attached_to] = (*found.get(event.attached_to, ()), event.id)
        return found

    def _is_cut_short(self, first: str, second: str) -> bool:
        """Whether a timer can end the first, or a frame around it, on a way to the second."""
        if not self._racing:
            return False
        node = self.model.node.get(first)
        while node is not None:
            for event in self._racing.get(node.id, ()):
                if event == second or self._leads(event, second):
                    return True
            node = self.model.node.get(node.scope)
        return False

    # Pools.

    @cached_property
    def _catches(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """Of each process the nodes that take messages of other pools, each with its senders."""
        found: dict[str, dict[str, tuple[str, ...]]] = {}
        for source, target, _ in self._ways.messages:
            sender, node = self.flow.vertices[source].node, self.flow.vertices[target].node
            known = found.setdefault(self.model.node[node].process, {})
            known[node] = (*known.get(node, ()), sender)
        return found

    def _awaited(self, node: str) -> list[tuple[str, ...]]:
        """The senders of each message that every way to a node has taken."""
        if node not in self._taken:
            known = self._catches.get(self.model.node[node].process, {})
            self._taken[node] = [
                senders for catch, senders in known.items() if catch == node or self.always_before(catch, node)
            ]
        return self._taken[node]

    def _meet_across(self, first: str, second: str) -> bool:
        if (first, second) not in self._cross:
            # Pools that wait for each other are taken to meet unless something else says no.
            self._cross[first, second] = self._cross[second, first] = True
            met = all(
                any(sender == other or self.can_meet(sender, other) for sender in senders)
                for one, other in ((first, second), (second, first))
                for senders in self._awaited(one)
            )
            self._cross[first, second] = self._cross[second, first] = met
        return self._cross[first, second]

    def _is_awaited(self, first: str, second: str) -> bool:
        """Whether the second comes only after a message that is only sent once the first is done."""
        return self._waits_for(first, second, lambda sender: self._is_before_in_pool(first, sender))

    def _is_told_of(self, first: str, second: str) -> bool:
        """Whether the second comes only after a message that is sent after the first, in cases that pass the first."""
        return bool(self._ways.messages) and self._waits_for(
            first, second, lambda sender: self._leads_in_pool(first, sender)
        )

    def _waits_for(self, first: str, second: str, is_behind: Callable[[str], bool]) -> bool:
        """Whether on every way to the second a message is taken that the first sends, or what is behind it."""
        todo, seen = [second], {second}
        while todo:
            for senders in self._awaited(todo.pop()):
                if all(sender == first or is_behind(sender) for sender in senders):
                    return True
                if len(senders) == 1 and senders[0] not in seen:
                    seen.add(senders[0])
                    todo.append(senders[0])
        return False

    def _is_before_in_pool(self, first: str, second: str) -> bool:
        return self.model.node[first].process == self.model.node[second].process and self.always_before(first, second)

    def _leads_in_pool(self, first: str, second: str) -> bool:
        """Whether one of a pool comes before another in every case that passes both."""
        found = self._meeting(first, second)
        if found is None or self._nesting.is_pool(found.around):
            return False
        return not self._nesting.meet(found) or (self._leads(first, second) and not self._nesting.beside(found))

    def _is_answered(self, first: str, second: str) -> bool:
        """Whether a message is always sent after the first, and what takes it leads to the second."""
        todo, seen = [first], {first}
        while todo:
            node = todo.pop()
            for sender, catch in self._sent_in(self.model.node[node].process):
                if catch in seen or not (sender == node or self.always_after(node, sender)):
                    continue
                if not self._is_ready(sender, catch):
                    continue
                if catch == second or self._is_after_in_pool(catch, second):
                    return True
                seen.add(catch)
                todo.append(catch)
        return False

    def _sent_in(self, process: str) -> list[tuple[str, str]]:
        pairs = ((self.flow.vertices[s].node, self.flow.vertices[t].node) for s, t, _ in self._ways.messages)
        return [(sender, catch) for sender, catch in pairs if self.model.node[sender].process == process]

    def _is_ready(self, sender: str, catch: str) -> bool:
        """Whether a message is taken for certain: it begins its pool, or every case of its pool comes there.

        Where another message can have been taken instead, sent elsewhere or in an earlier round, that is not certain.
        """
        if self.model.node[catch].kind == "startEvent":
            return True
        if not self._is_open(sender, self.model.node[catch].process):
            return False
        senders = self._catches[self.model.node[catch].process][catch]
        is_taken = any(other != sender and self.can_meet(other, sender) for other in senders)
        entry = self._nesting.entry.get(catch)
        if is_taken or entry is None or self.loops_around(sender):
            return False
        return self._nesting.is_on_every_way(entry)

    def _is_open(self, sender: str, process: str) -> bool:
        """Whether a pool is open for certain when a node sends: no message of another pool opens it, or one before."""
        catches = self._catches.get(process, {})
        opening = [senders for catch, senders in catches.items() if self.model.node[catch].kind == "startEvent"]
        return not opening or any(
            opener == sender or self._is_before_in_pool(opener, sender) for senders in opening for opener in senders
        )

    def _is_after_in_pool(self, first: str, second: str) -> bool:
        return self.model.node[first].process == self.model.node[second].process and self.always_after(first, second)

    # Neighbours.

    def in_a_row(self, step: str) -> tuple[Neighbour, ...]:
        """The steps that follow a step in a row, nearest first."""
        return self._row.after(step)

    def between(self, first: str, second: str) -> frozenset[str]:
        """Every node on a way from the first to the second that takes no loop back, the two left out."""
        one, other = self.flow.main.get(first), self.flow.main.get(second)
        if one is None or other is None:
            return frozenset()
        return frozenset(nodes_of(self.flow, self._ways.between(one, other))) - {first, second}

    def routed_by(self, step: str) -> tuple[str, ...]:
        """The gateways, or activities with conditional flows, that route on a step, in path order."""
        return self._routes.of(step)

    # Materials.

    def needs(self, step: str) -> frozenset[str]:
        """The names of the materials a step needs, wherever they come from."""
        return self._materials.needs[step]

    def gives(self, step: str) -> frozenset[str]:
        """The names of the materials a step gives."""
        return self._materials.gives[step]

    def takes_in(self, step: str) -> frozenset[str]:
        """What a step takes in from the applicant or a register."""
        return self._materials.takes_in[step]

    def handed_in(self, step: str) -> frozenset[str]:
        """What the applicant hands in at a step."""
        return self._materials.handed_in(step)

    def is_annotated(self, step: str) -> bool:
        """Whether a step has a kind, and so says all it needs and gives."""
        return self._materials.is_annotated(step)

    def available(self, step: str) -> frozenset[str]:
        """The materials in the case on every way before a step."""
        return self._materials.available(step)

    def is_available(self, step: str, material: str) -> bool:
        """Whether a material is in the case on every way before the step."""
        return self._materials.is_available(step, material)

    def maybe_available(self, step: str) -> frozenset[str]:
        """The materials in the case on some way before a step."""
        return self._materials.maybe_available(step)

    def lacking(self, step: str) -> tuple[frozenset[str], frozenset[str]]:
        """The materials a step needs from the case that no way before it brings, and those only some ways bring.

        Nothing is said where a step without a kind, or a message from outside, might have brought them.
        """
        return self._materials.lacking(step)

    def used_after(self, step: str, material: str) -> tuple[str, ...]:
        """What needs or reads a material later; empty where nothing does.

        Ids of steps and events that need it, of flows and events whose condition names it, of the data stores the step
        keeps it in and of the message flows it is sent by.
        """
        return self._materials.used_after(step, material)

    def read_by(self, material: str) -> tuple[str, ...]:
        """The flows and events whose condition names a material, wherever they are."""
        return self._materials.read_by.get(material, ())

    def stores_read(self, step: str) -> frozenset[str]:
        """The data stores a step reads."""
        return self._materials.stores_read[step]

    def stores_written(self, step: str) -> frozenset[str]:
        """The data stores a step writes."""
        return self._materials.stores_written[step]

    def independent(self, first: str, second: str) -> Independence:
        """Whether two steps, the first before the second, hang on each other; `why` is a word of `Ties`."""
        return self._ties.independent(first, second)
