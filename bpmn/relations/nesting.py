"""Where every node lies in the blocks of its process, and what that says of two of them.

The blocks of all pools (`bpmn.blocks.decompose`) form one tree, in which gateways stand as leaves too: before their
branches or behind them. What holds between two nodes is told by the smallest block around both and by the children of
it they lie in: one after the other in a sequence, apart in a choice, side by side in parallel branches, body and way
back in a loop. That block is found in logarithmic time by jumping up the tree (Myers, "An applicative random-access
stack", Information Processing Letters 17, 1983). In parts that are not nested the `Tangle` of the part answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from bpmn import blocks
from bpmn.block import Block, Branch
from bpmn.control_flow import Arc, ControlFlow, Vertex
from bpmn.model import Model
from bpmn.relations.tangle import Tangle

_GATEWAYS = frozenset(
    ("exclusive-split", "parallel-split", "inclusive-split", "exclusive-merge", "parallel-join", "inclusive-join")
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Meeting:
    """The smallest block around two nodes, and the children of it they lie in."""

    #: The entry of the block in the tree; one of the two nodes itself where it is a frame around the other.
    around: int
    one: int
    other: int


class Nesting:
    """The tree of blocks of a whole model; entries are numbers, the root is 0."""

    def __init__(self, model: Model, flow: ControlFlow) -> None:
        self.model = model
        #: Of each entry: what it is ("pools", "scope" or the kind of block), the entry around it, how deep it lies and
        #: which of the children of that entry it is.
        self.kinds: list[str] = []
        self.parent: list[int] = []
        self.depth: list[int] = []
        self.slot: list[int] = []
        self._jump: list[int] = []
        #: Blocks of entries, none for those that are no block.
        self.block: list[Block | None] = []
        self.tangle: dict[int, Tangle] = {}
        #: The entry of each node that some case can come to.
        self.entry: dict[str, int] = {}
        #: The event sub-processes among the children of an entry of kind "scope": whether each interrupts.
        self.events: dict[int, dict[int, bool]] = {}
        self._next: dict[int, Sequence[int]] = {}
        self._plant(_Marked(flow).flow)
        self.is_rejecting = self._rejecting()
        #: The nearest entry at or around each one that some case passes by: on every way before, on every way after.
        self.open_before = self._open([self._is_passed_by(entry) for entry in range(len(self.kinds))])
        self.open_after = self._open([self._is_left_out(entry) for entry in range(len(self.kinds))])

    # Making the tree.

    def _add(self, kind: str, parent: int, slot: int, block: Block | None = None) -> int:
        entry = len(self.kinds)
        self.kinds.append(kind)
        self.parent.append(parent)
        self.depth.append(self.depth[parent] + 1 if entry else 0)
        self.slot.append(slot)
        self.block.append(block)
        if not entry:
            self._jump.append(0)
            return entry
        far = self._jump[parent]
        is_even = self.depth[parent] - self.depth[far] == self.depth[far] - self.depth[self._jump[far]]
        self._jump.append(self._jump[far] if is_even else parent)
        return entry

    def _plant(self, flow: ControlFlow) -> None:
        found = blocks.decompose(flow)
        inside: dict[int, list[int]] = {}
        for number, scope in enumerate(flow.scopes):
            if scope.triggered:
                inside.setdefault(scope.parent, []).append(number)
        self._add("pools", 0, 0)
        waiting: list[tuple[Block | int, int, int]] = [
            (number, 0, number) for number, scope in enumerate(flow.scopes) if scope.parent < 0
        ]
        waiting.reverse()
        while waiting:
            block, parent, slot = waiting.pop()
            if isinstance(block, int):
                entry = self._add("scope", parent, slot)
                waiting.append((found[block], entry, 0))
                events = inside.get(block, ())
                self.events[entry] = {n: self._interrupts(flow, event) for n, event in enumerate(events, 1)}
                waiting.extend((event, entry, n) for n, event in enumerate(events, 1))
                if flow.scopes[block].triggered:
                    self.entry.setdefault(flow.scopes[block].node, entry)
                continue
            entry = self._add(type(block).__name__.lower(), parent, slot, block)
            if isinstance(block, blocks.Leaf | blocks.Frame):
                self.entry.setdefault(block.node, entry)
            if isinstance(block, blocks.Rest):
                self.tangle[entry] = Tangle(block)
            if isinstance(block, blocks.Frame):
                waiting.append((flow.scope_of[block.node], entry, 0))
                continue
            waiting.extend(reversed([(child, entry, n) for n, child in enumerate(blocks.children(block))]))

    def _interrupts(self, flow: ControlFlow, scope: int) -> bool:
        starts = [self.model.node[flow.vertices[start].node] for start in flow.scopes[scope].starts]
        return any(node.interrupting for node in starts)

    def _rejecting(self) -> Sequence[bool]:
        """Of each entry whether every case that takes it ends rejected there."""
        found = [False] * len(self.kinds)
        inside: list[list[bool]] = [[] for _ in self.kinds]
        for entry in range(len(self.kinds) - 1, 0, -1):
            found[entry] = self._rejects(entry, inside[entry])
            inside[self.parent[entry]].append(found[entry])
        return found

    def _rejects(self, entry: int, inside: Sequence[bool]) -> bool:
        """Whether it ends rejected; `inside` tells it of its children, the last first."""
        block, kind = self.block[entry], self.kinds[entry]
        if isinstance(block, blocks.Leaf):
            node = self.model.node[block.node]
            return node.kind == "endEvent" and node.outcome == "rejected" and not node.scope
        if isinstance(block, blocks.Rest):
            values = inside[::-1]
            return block.ends and all(
                values[n]
                for n, edge in enumerate(block.edges)
                if block.places[edge.target].kind in ("exit", "terminate")
            )
        if kind == "sequence":
            return bool(inside) and inside[0]
        if kind in ("exclusive", "inclusive"):
            return bool(inside) and all(inside)
        return kind == "parallel" and any(inside)

    # What a case passes by.

    def _is_passed_by(self, entry: int) -> bool:
        """Whether a case can pass through the block around an entry without passing the entry."""
        around = self.parent[entry]
        kind, slot, block = self.kinds[around], self.slot[entry], self.block[around]
        if kind == "exclusive":
            return True
        if isinstance(block, blocks.Inclusive):
            return block.branches[slot].role != "always"
        if kind == "loop":
            return slot == 1
        if kind == "scope":
            return slot > 0 or any(self.events[around].values())
        if kind == "rest":
            return not self.tangle[around].always_through >> slot & 1
        return kind == "pools"

    def _is_left_out(self, entry: int) -> bool:
        """The same where cases that are rejected or interrupted do not count."""
        around = self.parent[entry]
        kind, slot, block = self.kinds[around], self.slot[entry], self.block[around]
        if isinstance(block, blocks.Exclusive):
            others = [n for n in range(len(block.branches)) if n != slot]
            return self.is_apart(around, slot) or not all(self.is_apart(around, n) for n in others)
        if kind == "scope":
            return slot > 0
        if kind == "rest":
            return not self.next_in(around)[0] >> slot & 1
        return self._is_passed_by(entry)

    def is_apart(self, around: int, slot: int) -> bool:
        """Whether a branch is taken only by cases that are interrupted or end rejected."""
        block = self.block[around]
        if isinstance(block, blocks.Rest):
            return self._is_interrupt(block.edges[slot].branch) or self._is_rejecting_child(around, slot)
        if isinstance(block, blocks.Exclusive):
            return self._is_interrupt(block.branches[slot]) or self._is_rejecting_child(around, slot)
        return False

    def _is_interrupt(self, branch: Branch) -> bool:
        events = [self.model.node[flow] for flow in branch.flows if flow in self.model.node]
        return len(events) == len(branch.flows) and all(event.attached_to and event.interrupting for event in events)

    def _is_rejecting_child(self, around: int, slot: int) -> bool:
        return self.is_rejecting[self.children[around][slot]]

    @cached_property
    def children(self) -> Sequence[Sequence[int]]:
        """The children of each entry by slot."""
        found: list[list[int]] = [[] for _ in self.kinds]
        for entry in range(1, len(self.kinds)):
            found[self.parent[entry]].append(entry)
        for children in found:
            children.sort(key=self.slot.__getitem__)
        return found

    def following(self, entry: int) -> Block | None:
        """The block right after an entry in its sequence."""
        around = self.parent[entry]
        if self.kinds[around] != "sequence" or self.slot[entry] + 1 >= len(self.children[around]):
            return None
        return self.block[self.children[around][self.slot[entry] + 1]]

    def next_in(self, around: int) -> Sequence[int]:
        """Of a part that is not nested: what every way on from each of its places walks."""
        if around not in self._next:
            self._next[around] = self.tangle[around].always_next(lambda edge: self.is_apart(around, edge))
        return self._next[around]

    def _open(self, is_open: Sequence[bool]) -> Sequence[int]:
        found = [0] * len(is_open)
        for entry in range(1, len(is_open)):
            found[entry] = entry if is_open[entry] else found[self.parent[entry]]
        return found

    # Two nodes.

    def at(self, entry: int, depth: int) -> int:
        """The entry at or around one that lies so deep."""
        while self.depth[entry] > depth:
            far = self._jump[entry]
            entry = far if self.depth[far] >= depth else self.parent[entry]
        return entry

    def meeting(self, one: int, other: int) -> Meeting:
        """The smallest block around two entries."""
        depth = min(self.depth[one], self.depth[other])
        left, right = self.at(one, depth), self.at(other, depth)
        if left == right:
            return Meeting(around=left, one=one, other=other)
        while self.parent[left] != self.parent[right]:
            if self._jump[left] != self._jump[right]:
                left, right = self._jump[left], self._jump[right]
            else:
                left, right = self.parent[left], self.parent[right]
        return Meeting(around=self.parent[left], one=left, other=right)

    def is_pool(self, entry: int) -> bool:
        """Whether an entry is the root, around all pools."""
        return entry == 0

    def meet(self, found: Meeting) -> bool:
        """Whether one case can pass both, of one pool."""
        kind, block = self.kinds[found.around], self.block[found.around]
        one, other = self.slot[found.one], self.slot[found.other]
        if found.around in (found.one, found.other):
            return True
        if kind == "exclusive":
            return False
        if isinstance(block, blocks.Inclusive):
            return {block.branches[one].role, block.branches[other].role} != {"default", "choice"}
        if kind == "rest":
            return self.tangle[found.around].meet(one, other)
        if kind == "scope" and one and other:
            return not (self.events[found.around][one] and self.events[found.around][other])
        return True

    def beside(self, found: Meeting) -> bool:
        """Whether both can be under way at once, of one pool."""
        kind = self.kinds[found.around]
        one, other = self.slot[found.one], self.slot[found.other]
        if found.around in (found.one, found.other):
            return False
        if kind == "parallel":
            return True
        if kind == "inclusive":
            return self.meet(found)
        if kind == "rest":
            return bool(self.tangle[found.around].beside[one] >> other & 1)
        if kind == "scope":
            events = self.events[found.around]
            return not (events.get(one, False) or events.get(other, False))
        return False

    def interrupts(self, found: Meeting) -> bool:
        """Whether the second of two in one scope lies in an event sub-process that interrupts the first."""
        events = self.events.get(found.around, {})
        return not events.get(self.slot[found.one], False) and events.get(self.slot[found.other], False)

    def always_before(self, found: Meeting, entry: int) -> bool:
        """Whether every way to the second of two passes the first, whose own entry is given."""
        kind = self.kinds[found.around]
        one, other = self.slot[found.one], self.slot[found.other]
        if found.around in (found.one, found.other):
            return found.around == found.one
        if self.depth[self.open_before[entry]] > self.depth[found.one]:
            return False
        if kind in ("sequence", "loop"):
            return one < other
        if kind == "rest":
            source = self.tangle[found.around].rest.edges[other].source
            return bool(self.tangle[found.around].always[source] >> one & 1)
        return False

    def always_after(self, found: Meeting, entry: int) -> bool:
        """Whether every case that passes the first of two passes the second later, whose own entry is given."""
        kind = self.kinds[found.around]
        one, other = self.slot[found.one], self.slot[found.other]
        if found.around in (found.one, found.other):
            return found.around == found.one and self.depth[self.open_after[entry]] <= self.depth[found.one]
        if self.depth[self.open_after[entry]] > self.depth[found.other]:
            return False
        if kind == "sequence":
            return one < other
        if kind == "loop":
            return one == 1
        if kind == "rest":
            target = self.tangle[found.around].rest.edges[one].target
            return bool(self.next_in(found.around)[target] >> other & 1)
        return False

    def is_on_every_way(self, entry: int) -> bool:
        """Whether every case of its pool passes an entry."""
        return self.depth[self.open_before[entry]] <= 1


class _Marked:
    """The same game with an event before each split and behind each join, so that gateways have a place in blocks."""

    def __init__(self, flow: ControlFlow) -> None:
        self.vertices: list[Vertex] = list(flow.vertices)
        self.arcs: list[Arc] = list(flow.arcs)
        moved: dict[int, int] = {}
        for number in flow.main.values():
            if flow.vertices[number].kind in _GATEWAYS:
                moved.update(self._mark(number))
        scopes = [replace(scope, starts=tuple(moved.get(v, v) for v in scope.starts)) for scope in flow.scopes]
        self.flow = replace(flow, vertices=tuple(self.vertices), arcs=tuple(self.arcs), scopes=tuple(scopes))

    def _mark(self, number: int) -> Iterator[tuple[int, int]]:
        """Put an event beside a gateway; tells where a flow that led to the gateway leads now."""
        vertex = self.vertices[number]
        if len(vertex.entering) < 2 and len(vertex.leaving) < 2:
            self.vertices[number] = _vertex(vertex, vertex.entering, vertex.leaving, kind="event")
        elif len(vertex.entering) < 2:
            yield number, self._before(number, vertex)
        else:
            self._behind(number, vertex)

    def _before(self, number: int, vertex: Vertex) -> int:
        mark, arc = self._added(vertex, vertex.entering, (len(self.arcs),)), len(self.arcs)
        self.arcs.append(Arc(source=mark, target=number))
        for known in vertex.entering:
            old = self.arcs[known]
            self.arcs[known] = Arc(source=old.source, target=mark, flow=old.flow, role=old.role)
        self.vertices[number] = _vertex(vertex, (arc,), vertex.leaving, kind=vertex.kind)
        return mark

    def _behind(self, number: int, vertex: Vertex) -> None:
        mark, arc = self._added(vertex, (len(self.arcs),), vertex.leaving), len(self.arcs)
        self.arcs.append(Arc(source=number, target=mark))
        for known in vertex.leaving:
            old = self.arcs[known]
            self.arcs[known] = Arc(source=mark, target=old.target, flow=old.flow, role=old.role)
        self.vertices[number] = _vertex(vertex, vertex.entering, (arc,), kind=vertex.kind)

    def _added(self, vertex: Vertex, entering: tuple[int, ...], leaving: tuple[int, ...]) -> int:
        """A new event of a gateway."""
        made = Vertex(kind="event", node=vertex.node, scope=vertex.scope, entering=entering, leaving=leaving)
        self.vertices.append(made)
        return len(self.vertices) - 1


def _vertex(vertex: Vertex, entering: tuple[int, ...], leaving: tuple[int, ...], *, kind: str) -> Vertex:
    """The same vertex with other arcs or of another kind; far quicker than `replace`."""
    return Vertex(kind=kind, node=vertex.node, scope=vertex.scope, entering=entering, leaving=leaving)
