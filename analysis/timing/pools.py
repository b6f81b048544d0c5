"""The pools of a procedure as one flow: what is sent from office to office becomes an arrow like any other.

A message that opens a pool is a branch that begins where it is sent; one that is caught is a branch that the catch
waits for. So the pools of offices that work hand in hand are one token game, and where its parts are nested they are
computed like the parts of one pool. A gateway that waits for events gets a place of its own before it, where it waits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from bpmn.begin import Letter, beginning, processes_of
from bpmn.block import Block, Frame, Leaf, Parallel, children
from bpmn.block import Sequence as Row
from bpmn.blocks import decompose
from bpmn.control_flow import Arc, ControlFlow, Vertex
from bpmn.model import Model
from bpmn.unroll import unrolled


@dataclass(frozen=True, kw_only=True)
class Pools:
    """One flow of all offices' pools."""

    flow: ControlFlow
    #: The block of every scope, as `decompose` gives them.
    blocks: tuple[Block, ...]
    #: The scope in which all that an office does lies; -1 where no case begins.
    home: int
    #: The processes of offices that a case may come to by itself or by messages.
    offices: frozenset[str]
    #: Called processes with the block of each.
    called: Mapping[str, Block]
    #: Elements whose messages depend on more than the flow of offices tells.
    loose: tuple[str, ...]


def pools(model: Model) -> Pools:
    """Join the pools of a model's procedure."""
    flow = unrolled(model)
    processes = processes_of(model)
    own = model.procedure_process
    called = {node.called for node in model.nodes if node.called in model.process and node.process in processes}
    called -= {own.id} if own is not None else set()
    offices = processes - model.applicant_processes - called
    begin = beginning(model, flow, processes)
    starts = {process: found for process, found in begin.starts.items() if process in offices}
    loose, from_applicant = _from_outside(model, begin.letters, offices)
    if from_applicant:
        if len(from_applicant) > 1 or starts or not _is_sent_once(model, flow, from_applicant[0].source):
            loose.extend(letter.target for letter in from_applicant)
        for letter in from_applicant:
            starts.setdefault(model.node[letter.target].process, (flow.main[letter.target],))
    joining = _Joining(model, flow, offices, begin.letters)
    joining.wait_at_events()
    for letter in begin.letters:
        if model.node[letter.source].process in offices and model.node[letter.target].process in offices:
            joining.letter(letter)
    joined, home = joining.joined(starts)
    blocks = decompose(joined)
    tops = {scope.process: index for index, scope in enumerate(joined.scopes) if not scope.node}
    return Pools(
        flow=joined,
        blocks=blocks,
        home=home,
        offices=frozenset(offices),
        called={process: blocks[tops[process]] for process in sorted(called)},
        loose=tuple(dict.fromkeys((*loose, *joining.loose))),
    )


def _from_outside(model: Model, letters: Iterable[Letter], offices: Set[str]) -> tuple[list[str], list[Letter]]:
    """Catches of what no office sends, and the messages of the applicant that open a pool."""
    loose: list[str] = []
    opening: list[Letter] = []
    for letter in letters:
        if model.node[letter.target].process not in offices or model.node[letter.source].process in offices:
            continue
        if letter.opens and model.node[letter.source].process in model.applicant_processes:
            opening.append(letter)
        else:
            loose.append(letter.target)
    return loose, opening


def _is_sent_once(model: Model, flow: ControlFlow, sender: str) -> bool:
    """Whether every case comes to a node exactly once: only rows, parallel branches and frames lie around it."""
    tops = [index for index, scope in enumerate(flow.scopes) if scope.process == model.node[sender].process]
    waiting = [decompose(flow)[tops[0]]]
    while waiting:
        block = waiting.pop()
        if isinstance(block, Leaf) and block.node == sender:
            return True
        if isinstance(block, Row | Parallel | Frame):
            waiting.extend(children(block))
    return False


class _Joining:
    """The vertices and arcs of a flow while messages are drawn into it."""

    def __init__(self, model: Model, flow: ControlFlow, offices: Set[str], letters: Iterable[Letter]) -> None:
        self.model = model
        self.flow = flow
        self.senders = {letter.source for letter in letters}
        self.vertices = list(flow.vertices)
        self.arcs = list(flow.arcs)
        self.leaving = [list(vertex.leaving) for vertex in flow.vertices]
        self.entering = [list(vertex.entering) for vertex in flow.vertices]
        self.tops = {
            index: scope.process
            for index, scope in enumerate(flow.scopes)
            if not scope.node and scope.process in offices
        }
        self.loose: list[str] = []
        #: Where the messages of each sender begin, and where those for each catch end.
        self.sent: dict[str, int] = {}
        self.caught: dict[str, int] = {}

    def wait_at_events(self) -> None:
        """Put a place before every gateway that waits for events."""
        for number, vertex in enumerate(self.flow.vertices):
            if vertex.kind == "exclusive-split" and self.model.node[vertex.node].kind == "eventBasedGateway":
                place = self._vertex("event", vertex)
                for arc in list(self.entering[number]):
                    self._redirect(arc, place)
                self._arc(place, number)

    def letter(self, letter: Letter) -> None:
        """Draw one message."""
        target = self.flow.main.get(letter.target)
        source = self._sender(letter.source)
        if source is None or target is None or self.flow.vertices[target].scope not in self.tops:
            self.loose.append(letter.target)
        elif letter.opens:
            self._arc(source, target)
        else:
            self._arc(source, self._catch(letter.target, target))

    def _sender(self, node: str) -> int | None:
        """Where a node's messages begin: a split behind it; none where it lies in a sub-process."""
        if node in self.sent:
            return self.sent[node]
        number = self.flow.main.get(node)
        if number is None or self.flow.vertices[number].scope not in self.tops:
            return None
        vertex = self.flow.vertices[number]
        if vertex.kind == "enter":
            number = self.arcs[vertex.leaving[0]].target
        elif vertex.kind == "end":
            self.vertices[number] = replace(vertex, kind="event")
        elif vertex.kind not in ("start", "step", "event"):
            return None
        split = self._vertex("parallel-split", vertex)
        for arc in self.leaving[number]:
            if self._ends_at_once(arc):
                # Who sends and is done is waited for by nobody but the one that catches.
                self.entering[self.arcs[arc].target].remove(arc)
            else:
                self.arcs[arc] = replace(self.arcs[arc], source=split)
                self.leaving[split].append(arc)
        self.leaving[number] = []
        self._arc(number, split)
        self.sent[node] = split
        return split

    def _ends_at_once(self, arc: int) -> bool:
        target = self.vertices[self.arcs[arc].target]
        return target.kind == "end" and not self.model.node[target.node].times and target.node not in self.senders

    def _catch(self, node: str, number: int) -> int:
        """Where messages for a catch come together; behind it they meet the token that waits for them."""
        if node not in self.caught:
            vertex = self.flow.vertices[number]
            merge, join = self._vertex("exclusive-merge", vertex), self._vertex("parallel-join", vertex)
            for arc in list(self.entering[number]):
                self._redirect(arc, join)
            self._arc(merge, join)
            self._arc(join, number)
            self.caught[node] = merge
        return self.caught[node]

    def _vertex(self, kind: str, like: Vertex) -> int:
        self.vertices.append(replace(like, kind=kind, entering=(), leaving=()))
        self.leaving.append([])
        self.entering.append([])
        return len(self.vertices) - 1

    def _arc(self, source: int, target: int) -> None:
        self.arcs.append(Arc(source=source, target=target))
        self.leaving[source].append(len(self.arcs) - 1)
        self.entering[target].append(len(self.arcs) - 1)

    def _redirect(self, arc: int, target: int) -> None:
        self.entering[self.arcs[arc].target].remove(arc)
        self.arcs[arc] = replace(self.arcs[arc], target=target)
        self.entering[target].append(arc)

    def joined(self, starts: Mapping[str, Sequence[int]]) -> tuple[ControlFlow, int]:
        """The whole flow, with all offices in one scope, and that scope."""
        home = next((index for index, process in self.tops.items() if process in starts), -1)
        begins = tuple(dict.fromkeys(vertex for found in starts.values() for vertex in found))
        inside: dict[int, list[int]] = defaultdict(list)
        vertices = []
        for number, vertex in enumerate(self.vertices):
            place = home if vertex.scope in self.tops and home >= 0 else vertex.scope
            inside[place].append(number)
            leaving, entering = tuple(self.leaving[number]), tuple(self.entering[number])
            vertices.append(replace(vertex, scope=place, leaving=leaving, entering=entering))
        scopes = []
        for index, scope in enumerate(self.flow.scopes):
            parent = home if scope.parent in self.tops else scope.parent
            changed = replace(scope, parent=parent, vertices=tuple(inside[index]))
            if index == home:
                changed = replace(changed, starts=begins, together=True)
            elif not scope.node and not scope.together:
                changed = replace(changed, starts=scope.starts[:1])
            scopes.append(changed)
        flow = ControlFlow(
            vertices=tuple(vertices),
            arcs=tuple(self.arcs),
            scopes=tuple(scopes),
            messages=self.flow.messages,
            outside=self.flow.outside,
        )
        return flow, home
