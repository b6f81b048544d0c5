"""The block structure of a process: a tree of sequences, choices, parallel parts and loops, made by reduction.

Steps that follow one another, branches that part and meet again, and loops are folded into ever larger blocks until
one block is left. Parts that are not nested like this but hold only choices (a refusal that several steps lead to, a
loop with several ways out) or only parallel branches become a `Rest` of one entry and one exit, with the blocks on its
edges; both are still simple to compute over. Only what mixes the two without nesting becomes a `Rest` of kind "mixed",
as small as one entry and one exit allow: two ways enclose such a part where cutting both cuts it off.

Everything that was folded is sound by construction: each rule keeps what a case can do. The rules follow Sadiq and
Orlowska, "Analyzing process models using graph reduction techniques", Information Systems 25 (2000), and the idea that
a part of only choices or only parallel branches needs no nesting is from Vanhatalo, Völzer and Leymann, "Faster and
more focused control-flow analysis for business process models through SESE decomposition", ICSOC 2007. A worklist
carries them out; cost near-linear, because lists of branches and of steps are joined small to large.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from collections.abc import Sequence as Many
from dataclasses import dataclass
from typing import TypeVar

from bpmn.block import (
    EMPTY,
    Block,
    Branch,
    Edge,
    Exclusive,
    Frame,
    Inclusive,
    Leaf,
    Loop,
    Parallel,
    Place,
    Rest,
    Sequence,
    children,
    fold,
)
from bpmn.borders import cut_together
from bpmn.control_flow import ControlFlow, Scope, reachable

__all__ = [
    "EMPTY",
    "Block",
    "Branch",
    "Edge",
    "Exclusive",
    "Frame",
    "Inclusive",
    "Leaf",
    "Loop",
    "Parallel",
    "Place",
    "Rest",
    "Sequence",
    "children",
    "decompose",
    "fold",
]

Item = TypeVar("Item")


def decompose(flow: ControlFlow) -> tuple[Block, ...]:
    """The block of every scope of a token game, in the order of its scopes; frames hold the blocks of their scopes.

    Only what can be reached from the starts of a scope is in its block.
    """
    found: list[Block] = [EMPTY] * len(flow.scopes)
    frames: dict[str, Block] = {}
    for index in range(len(flow.scopes) - 1, -1, -1):
        scope = flow.scopes[index]
        found[index] = _Reduction(flow, scope, frames).run()
        if scope.node:
            frames[scope.node] = Frame(node=scope.node, child=found[index])
    return tuple(found)


#: Short names of the kinds of places while reducing, by kind of vertex. A pass-through is absorbed by the first rule.
_PLACE = {
    "exclusive-split": "exclusive",
    "exclusive-merge": "exclusive",
    "parallel-split": "parallel",
    "parallel-join": "parallel",
    "inclusive-split": "inclusive-split",
    "inclusive-join": "inclusive-join",
}
_BLOCK: dict[str, type[Exclusive | Parallel | Inclusive]] = {
    "exclusive": Exclusive,
    "parallel": Parallel,
    "inclusive-split": Inclusive,
}


@dataclass(kw_only=True, slots=True)
class _Way:
    """An edge while reducing: what happens on it, or the alternatives it offers."""

    source: int
    target: int
    flows: list[str]
    body: list[Block]
    #: The arcs of the token game it begins and ends with, ~n for the beginning at vertex n.
    first: list[int]
    last: list[int]
    role: str = ""
    #: Branches of the place it leaves that already lead to one target; none for a single way.
    branches: list[Branch] | None = None


def _united(left: list[Item], right: list[Item]) -> list[Item]:
    """One list of two, moving the shorter one."""
    if len(left) < len(right):
        right[:0] = left
        return right
    left.extend(right)
    return left


def _sealed(body: Iterable[Block]) -> Block:
    blocks = tuple(body)
    return blocks[0] if len(blocks) == 1 else Sequence(children=blocks) if blocks else EMPTY


class _Reduction:
    """The graph of one scope, folded until nothing more can be folded."""

    ENTRY, EXIT, TERMINATE = 0, 1, 2

    def __init__(self, flow: ControlFlow, scope: Scope, frames: dict[str, Block]) -> None:
        self.flow = flow
        self.frames = frames
        self.kinds = ["entry", "exit", "terminate"]
        self.nodes = ["", "", ""]
        self.vertices = [-1, -1, -1]
        #: What is done in a place itself (steps and events), until it is absorbed by the ways around it.
        self.work: list[Block | None] = [None, None, None]
        self.out: list[dict[int, None]] = [{}, {}, {}]
        self.into: list[dict[int, None]] = [{}, {}, {}]
        self.ways: dict[int, _Way] = {}
        self.between: dict[tuple[int, int], dict[int, None]] = {}
        #: Pairs of places that came to have several ways between them.
        self.alike: deque[tuple[int, int]] = deque()
        self.next_way = 0
        self._load(scope)
        self.todo: deque[int] = deque(range(len(self.kinds)))
        self.waiting = set(self.todo)

    # Building the graph.

    def _load(self, scope: Scope) -> None:
        """Bring what can be reached from the starts into the graph."""
        if not scope.starts:
            self._add_way(self.ENTRY, self.EXIT)
            return
        seen = reachable(self.flow, scope.starts)
        place = {vertex: self._place_of(vertex) for vertex in seen}
        begin = self.ENTRY
        if len(scope.starts) > 1:
            begin = self._place("parallel" if scope.together else "exclusive", "")
            self._add_way(self.ENTRY, begin)
        for start in scope.starts:
            self._add_way(begin, place[start], "", self._ended(start), number=~start)
        for vertex in seen:
            for number in self.flow.vertices[vertex].leaving:
                arc = self.flow.arcs[number]
                self._add_way(place[vertex], place[arc.target], arc.flow, self._ended(arc.target), arc.role, number)

    def _ended(self, vertex: int) -> tuple[Block, ...]:
        """What happens on a way into a vertex: an end has no place of its own, every way into it ends by itself."""
        target = self.flow.vertices[vertex]
        is_drawn_end = target.kind == "terminate" or (target.kind == "end" and self.flow.main[target.node] == vertex)
        return (Leaf(node=target.node),) if is_drawn_end else ()

    def _place_of(self, number: int) -> int:
        vertex = self.flow.vertices[number]
        if vertex.kind in ("end", "terminate"):
            return self.EXIT if vertex.kind == "end" else self.TERMINATE
        kind = _PLACE.get(vertex.kind, "exclusive")
        place = self._place(kind, vertex.node, number)
        if vertex.kind in ("step", "event", "start"):
            self.work[place] = Leaf(node=vertex.node)
        elif vertex.kind == "enter":
            self.work[place] = self.frames.get(vertex.node, Leaf(node=vertex.node))
        return place

    def _place(self, kind: str, node: str, vertex: int = -1) -> int:
        self.kinds.append(kind)
        self.nodes.append(node)
        self.vertices.append(vertex)
        self.work.append(None)
        self.out.append({})
        self.into.append({})
        return len(self.kinds) - 1

    def _add_way(
        self,
        source: int,
        target: int,
        flow: str | None = None,
        body: Iterable[Block] = (),
        role: str = "",
        number: int | None = None,
    ) -> None:
        """Add a way that is one arc of the token game, or none where `flow` is none."""
        flows = [] if flow is None else [flow]
        arcs = [] if number is None else [number]
        way = _Way(source=source, target=target, flows=flows, body=list(body), first=arcs, last=arcs[:], role=role)
        self.ways[self.next_way] = way
        self._attach(self.next_way)
        self.next_way += 1

    def _attach(self, number: int) -> None:
        way = self.ways[number]
        self.out[way.source][number] = None
        self.into[way.target][number] = None
        pair = self.between.setdefault((way.source, way.target), {})
        pair[number] = None
        if len(pair) > 1:
            self.alike.append((way.source, way.target))

    def _detach(self, number: int) -> _Way:
        way = self.ways[number]
        del self.out[way.source][number], self.into[way.target][number]
        pair = self.between[way.source, way.target]
        del pair[number]
        if not pair:
            del self.between[way.source, way.target]
        return way

    def _again(self, *places: int) -> None:
        for place in places:
            if place not in self.waiting:
                self.waiting.add(place)
                self.todo.append(place)

    # Folding.

    def run(self) -> Block:
        """Fold until one way is left, or nothing more can be folded."""
        self._work_off()
        while len(self.ways) > 1 and (self._clusters() or self._ends_alike() or self._fragments()):
            self._work_off()
        if len(self.ways) == 1:
            ((_, way),) = self.ways.items()
            if way.target == self.EXIT:
                return _sealed(self._body(way))
        return self._rest("mixed", list(self.ways))

    def _work_off(self) -> None:
        while self.todo or self.alike:
            while self.alike:
                self._same_way(*self.alike.popleft())
            if not self.todo:
                continue
            place = self.todo.popleft()
            self.waiting.discard(place)
            if not (self._in_line(place) or self._whole_inclusive(place)):
                self._loop(place)

    def _body(self, way: _Way) -> list[Block]:
        """What happens on a way; alternatives become one block."""
        if way.branches:
            made = _BLOCK[self.kinds[way.source]](node=self.nodes[way.source], branches=tuple(way.branches))
            way.body, way.branches = [made], None
        return way.body

    def _branch(self, way: _Way) -> Branch:
        return Branch(flows=tuple(way.flows), child=_sealed(self._body(way)), role=way.role)

    def _in_line(self, place: int) -> bool:
        """A place with one way in and one way out is passed through."""
        if len(self.into[place]) != 1 or len(self.out[place]) != 1:
            return False
        (first,), (second,) = self.into[place], self.out[place]
        if first == second:
            return False
        before, after = self.ways[first], self._detach(second)
        del self.ways[second], self.into[place][first], self.between[before.source, place]
        del self.out[before.source][first]
        body = before.body if before.branches is None else self._body(before)
        if (work := self.work[place]) is not None:
            body.append(work)
        before.body = _united(body, after.body if after.branches is None else self._body(after))
        before.last = after.last
        before.target = after.target
        self._attach(first)
        self._again(before.source, before.target)
        return True

    def _same_way(self, place: int, target: int) -> None:
        """Ways from a place that lead to one target become one way with branches."""
        kind = self.kinds[place]
        pair = self.between.get((place, target), {})
        if len(pair) < 2 or target == place or kind not in ("exclusive", "parallel"):
            return
        fits = self.kinds[target] == kind or target == self.EXIT
        if fits or (target == self.TERMINATE and kind == "exclusive"):
            self._fold(list(pair))
            self._again(place, target)

    def _fold(self, numbers: Many[int]) -> None:
        """Make the first of some ways stand for all of them."""
        branches: list[Branch] = []
        flows: list[str] = []
        begins: list[int] = []
        ends: list[int] = []
        for number in numbers:
            way = self._detach(number)
            flows = _united(flows, way.flows)
            begins, ends = _united(begins, way.first), _united(ends, way.last)
            branches = _united(branches, way.branches or [self._branch(way)])
        first = self.ways[numbers[0]]
        for number in numbers[1:]:
            del self.ways[number]
        first.flows, first.branches, first.body, first.role = flows, branches, [], ""
        first.first, first.last = begins, ends
        self._attach(numbers[0])

    def _whole_inclusive(self, place: int) -> bool:
        """An inclusive split all of whose ways lead to one join that nothing else enters, or to the end."""
        if self.kinds[place] != "inclusive-split" or len(self.out[place]) < 2:
            return False
        target = self.ways[next(iter(self.out[place]))].target
        pair = self.between[place, target]
        if len(pair) != len(self.out[place]):
            return False
        if target != self.EXIT and (self.kinds[target] != "inclusive-join" or len(self.into[target]) != len(pair)):
            return False
        self._fold(list(pair))
        self._again(place, target)
        return True

    def _loop(self, place: int) -> bool:
        """An exclusive merge, one way to an exclusive split, and one way back: the loop becomes the way on."""
        if self.kinds[place] != "exclusive" or len(self.out[place]) != 1:
            return False
        (on,) = self.out[place]
        split = self.ways[on].target
        back = self.between.get((split, place))
        if self.kinds[split] != "exclusive" or split == place or back is None or len(back) != 1:
            return False
        if len(self.into[split]) != 1 or len(self.out[split]) < 2 or len(self.into[place]) < 2:
            return False
        (number,) = back
        branch = self._branch(self._detach(number))
        del self.ways[number]
        exits = tuple(flow for other in self.out[split] for flow in self.ways[other].flows)
        body = _sealed(self._body(self.ways[on]))
        loop = Loop(node=self.nodes[split], body=body, back=branch, exits=exits)
        self.ways[on].body = [loop]
        self._again(place, split)
        return True

    # Parts that are not nested.

    def _clusters(self) -> bool:
        """Fold every connected part of one kind that has one way in and one way out."""
        group = self._groups()
        inner: dict[int, list[int]] = {}
        entering: dict[int, list[int]] = {}
        leaving: dict[int, list[int]] = {}
        for number, way in self.ways.items():
            source, target = group.get(way.source), group.get(way.target)
            if source is not None and source == target:
                inner.setdefault(source, []).append(number)
                continue
            if source is not None:
                leaving.setdefault(source, []).append(number)
            if target is not None:
                entering.setdefault(target, []).append(number)
        folded = False
        for root, ways in inner.items():
            around = (entering.get(root, []), leaving.get(root, []))
            is_changed = any(number not in self.ways for number in (*around[0], *around[1]))
            is_changed = is_changed or any(group.get(self.ways[number].target) == root for number in around[1])
            folded |= not is_changed and self._cluster(root, ways, *around)
        return folded

    def _groups(self) -> dict[int, int]:
        """Each exclusive or parallel place with the root of the connected part of its kind."""
        root = {place: place for way in self.ways.values() for place in (way.source, way.target)}
        root = {place: place for place in root if self.kinds[place] in ("exclusive", "parallel")}

        def find(place: int) -> int:
            while root[place] != place:
                root[place] = root[root[place]]
                place = root[place]
            return place

        for way in self.ways.values():
            if self.kinds[way.source] == self.kinds[way.target] and way.source in root:
                root[find(way.source)] = find(way.target)
        return {place: find(place) for place in root}

    def _cluster(self, root: int, inner: list[int], entering: list[int], leaving: list[int]) -> bool:
        """Put one way in the place of a connected part, if it has one entry and one exit and is sound by itself."""
        kind = self.kinds[root]
        targets = {self.ways[number].target for number in leaving}
        is_one_way_out = len(leaving) == 1 or targets == {self.EXIT}
        if len(entering) != 1 or not is_one_way_out or self.TERMINATE in targets:
            return False
        first = self.ways[entering[0]]
        if kind == "exclusive" and not self._is_left(inner, leaving):
            return False
        if kind == "parallel" and not self._is_acyclic(first.target, inner):
            return False
        self._replace(kind, entering[0], inner, leaving)
        return True

    def _is_left(self, inner: list[int], leaving: list[int]) -> bool:
        """Whether every place of a part of choices can reach its exit."""
        back: dict[int, list[int]] = {}
        for number in inner:
            back.setdefault(self.ways[number].target, []).append(self.ways[number].source)
        seen = {self.ways[number].source for number in leaving}
        stack = list(seen)
        while stack:
            for place in back.get(stack.pop(), ()):
                if place not in seen:
                    seen.add(place)
                    stack.append(place)
        return all(self.ways[number].source in seen and self.ways[number].target in seen for number in inner)

    def _is_acyclic(self, entry: int, inner: list[int]) -> bool:
        """Whether a part of parallel places is done in one sweep from its entry."""
        missing: dict[int, int] = {}
        after: dict[int, list[int]] = {}
        for number in inner:
            way = self.ways[number]
            missing[way.target] = missing.get(way.target, 0) + 1
            after.setdefault(way.source, []).append(way.target)
        if missing.get(entry):
            return False
        stack, done = [entry], 0
        while stack:
            place = stack.pop()
            done += 1
            for target in after.get(place, ()):
                missing[target] -= 1
                if not missing[target]:
                    stack.append(target)
        return done == len(missing) + 1

    def _ends_alike(self) -> bool:
        """Where nothing runs in parallel any more, a terminate end is an end like any other."""
        used = {place for way in self.ways.values() for place in (way.source, way.target)}
        if not self.into[self.TERMINATE] or any(
            self.kinds[p] not in ("entry", "exit", "terminate", "exclusive") for p in used
        ):
            return False
        for number in list(self.into[self.TERMINATE]):
            self._detach(number)
            self.ways[number].target = self.EXIT
            self._attach(number)
        self._again(*used)
        return True

    def _fragments(self) -> bool:
        """Fold the smallest parts that two ways enclose, whatever is in them.

        Where an end stops everything, all can only be judged together.
        """
        if self.into[self.TERMINATE]:
            return False
        ends = {number: (way.source, way.target) for number, way in self.ways.items()}
        closing = ((self.EXIT, self.ENTRY), (self.TERMINATE, self.EXIT))
        mates = {number: group for group in cut_together(ends, closing) for number in group}
        largest = 8
        while mates and largest < 4 * len(self.kinds):
            parts = [part for number, group in mates.items() if (part := self._enclosed(number, group, largest))]
            taken: set[int] = set()
            for places, first, last in sorted(parts, key=lambda part: (len(part[0]), part[1])):
                if taken.isdisjoint(places) and first in self.ways and last in self.ways:
                    taken |= places
                    self._enclose(places, first, last)
            if taken:
                return True
            largest *= 2
        return False

    def _enclosed(self, first: int, mates: set[int], largest: int) -> tuple[set[int], int, int] | None:
        """The places between a way and the next one that cuts them off; none if there are too many or it is no part."""
        places = {self.ways[first].target}
        stack = list(places)
        leaving: set[int] = set()
        while stack:
            for number in self.out[stack.pop()]:
                target = self.ways[number].target
                if number in mates:
                    leaving.add(number)
                elif target not in places:
                    if target <= self.TERMINATE or len(places) >= largest:
                        return None
                    places.add(target)
                    stack.append(target)
        is_closed = len(leaving) == 1 and first not in leaving and places.isdisjoint((self.EXIT, self.TERMINATE))
        entering = {n for place in places for n in self.into[place] if self.ways[n].source not in places}
        if not is_closed or entering != {first}:
            return None
        last = leaving.pop()
        return None if self._looks_out(places, first) else (places, first, last)

    def _looks_out(self, places: set[int], first: int) -> bool:
        """Whether an inclusive join of a part may have to wait for tokens outside of it.

        A token that can come to the part can come to every edge of the join that can be reached from the way in without
        passing the join, so only the other edges set it waiting for one in a round of an outer loop.
        """
        joins = [place for place in places if self.kinds[place] == "inclusive-join"]
        return any(self._has_edge_behind(join, places, self.ways[first].target) for join in joins)

    def _has_edge_behind(self, join: int, places: set[int], entry: int) -> bool:
        seen, stack = {entry, join}, [entry] if entry != join else []
        while stack:
            for number in self.out[stack.pop()]:
                target = self.ways[number].target
                if target in places and target not in seen:
                    seen.add(target)
                    stack.append(target)
        seen -= {join}
        return any(self.ways[n].source in places and self.ways[n].source not in seen for n in self.into[join])

    def _enclose(self, places: set[int], first: int, last: int) -> None:
        """Put one way in the place of a part between two ways."""
        inner = [number for place in places for number in self.out[place] if number != last]
        self._replace("mixed", first, inner, [last])

    def _replace(self, kind: str, first: int, inner: Many[int], leaving: Many[int]) -> None:
        """Put a rest onto the way that leads to it; what happens on the one way out of it comes after the rest."""
        before, last = self.ways[first], self.ways[leaving[0]]
        after: list[Block] = []
        if len(leaving) == 1 and not last.branches:
            after, last.body = last.body, after
        rest = self._rest(kind, (*inner, *leaving), before)
        ends: list[int] = []
        for number in leaving:
            ends = _united(ends, self.ways[number].last)
        self._detach(first)
        for number in (*inner, *leaving):
            self._detach(number)
            del self.ways[number]
        self._body(before).append(rest)
        before.body = _united(self._body(before), after)
        before.target, before.last = last.target, ends
        self._attach(first)
        self._again(before.source, before.target)

    def _rest(self, kind: str, numbers: Iterable[int], before: _Way | None = None) -> Rest:
        """The places and edges of some ways; without a way before them they begin at the entry of the scope."""
        known = sorted(set(numbers))
        inside = {self.ways[number].source for number in known}
        outside = {self.ways[number].target for number in known} - inside - {self.TERMINATE}
        places = [Place(kind="entry", node=""), Place(kind="exit", node="")]
        index = {self.ENTRY: 0} | dict.fromkeys(outside or (self.EXIT,), 1)

        def at(place: int) -> int:
            if place not in index:
                index[place] = len(places)
                places.append(Place(kind=self.kinds[place], node=self.nodes[place], vertex=self.vertices[place]))
            return index[place]

        edges = []
        entry = () if before is None else tuple(before.last)
        if before is not None:
            begin = Branch(flows=("",), child=EMPTY)
            edges.append(Edge(source=0, target=at(before.target), branch=begin, first=entry, last=entry))
        for number in known:
            way = self.ways[number]
            ends = {"first": tuple(way.first), "last": tuple(way.last)}
            edges.append(Edge(source=at(way.source), target=at(way.target), branch=self._branch(way), **ends))
        is_end = self.EXIT in outside or not outside
        return Rest(kind=kind, ends=is_end, places=tuple(places), edges=tuple(edges), entry=entry)
