"""Who meets whom in a part that is not nested: places joined by edges (`bpmn.block.Rest`).

Two edges **meet** if one case can walk both. Decided by rules that need no list of runs:

* one leads to the other without a loop back;
* both can hold a token at once (the concurrency relation of Kovalyov, "Concurrency relations and the safety problem for
  Petri nets", 1992, exact for sound parts without inclusive gateways, else too large rather than too small);
* one lies on a way that only leads back to where its loop begins, and the other on the way the case takes afterwards:
  both part at a gateway the case has come through. A case that comes back decides every choice as before, but for
  leading back once, so two branches that exclude each other do so inside a loop too;
* both lie on such ways back of one loop that begin at different gateways, one after the other;
* both lie in a loop that is entered at several places: nothing there is told apart.

Sets of edges are kept as bits. Cost: a few set operations for each edge and, in loops, for each loop around it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import cached_property

from bpmn.bits import bits, common, mask_of, union
from bpmn.block import Rest

ENTRY = 0

#: Beginnings of loops times ways, up to which what is met by going round is looked for.
_MOST_LOOPED = 100_000


class Tangle:
    """The relations of the edges of one rest, each by its index."""

    def __init__(self, rest: Rest) -> None:
        self.rest = rest
        self.all = (1 << len(rest.edges)) - 1
        self.outs: list[list[int]] = [[] for _ in rest.places]
        self.ins: list[list[int]] = [[] for _ in rest.places]
        for number, edge in enumerate(rest.edges):
            self.outs[edge.source].append(number)
            self.ins[edge.target].append(number)
        self._into = [mask_of(edges) for edges in self.ins]
        self._awaited: dict[int, Mapping[int, int]] = {}
        self.backs, self.order = self._opened()
        self.backs_set = frozenset(self.backs)

    def _opened(self) -> tuple[list[int], list[int]]:
        """The edges that lead back, and every place after those before it."""
        backs: list[int] = []
        left: list[int] = []
        state = bytearray(len(self.outs))
        for root in range(len(self.outs)):
            if state[root]:
                continue
            state[root] = 1
            stack: list[tuple[int, Iterator[int]]] = [(root, iter(self.outs[root]))]
            while stack:
                place, edges = stack[-1]
                edge = next(edges, -1)
                if edge < 0:
                    state[place] = 2
                    left.append(place)
                    stack.pop()
                    continue
                target = self.rest.edges[edge].target
                if state[target] == 1:
                    backs.append(edge)
                elif not state[target]:
                    state[target] = 1
                    stack.append((target, iter(self.outs[target])))
        return backs, left[::-1]

    # Order.

    @cached_property
    def _from(self) -> Sequence[int]:
        """For each place the edges after it."""
        found = [0] * len(self.outs)
        for place in reversed(self.order):
            for edge in self.outs[place]:
                after = 0 if edge in self.backs_set else found[self.rest.edges[edge].target]
                found[place] |= 1 << edge | after
        return found

    @cached_property
    def _upto(self) -> Sequence[int]:
        """For each place the edges before it."""
        found = [0] * len(self.outs)
        for place in self.order:
            for edge in self.ins[place]:
                if edge not in self.backs_set:
                    found[place] |= 1 << edge | found[self.rest.edges[edge].source]
        return found

    def after(self, edge: int) -> int:
        """The edges that can be reached from one without a loop back."""
        return 0 if edge in self.backs_set else self._from[self.rest.edges[edge].target]

    def before(self, edge: int) -> int:
        """The edges from which one can be reached without a loop back."""
        return self._upto[self.rest.edges[edge].source]

    def awaited(self, place: int) -> Mapping[int, int]:
        """For each edge into an inclusive join those for which it waits when that one has its token.

        These are the edges from which it can be reached, also by loops back, but not by that edge.
        """
        if place not in self._awaited:
            coming = {edge: self._coming(place, edge) for edge in self.ins[place]}
            every = union(list(coming.values()))
            self._awaited[place] = {edge: every & ~ways for edge, ways in coming.items()}
        return self._awaited[place]

    def _coming(self, place: int, edge: int) -> int:
        """An edge into a place and those from which it can be reached without passing the place."""
        found, seen, stack = 1 << edge, {place}, [self.rest.edges[edge].source]
        while stack:
            source = stack.pop()
            if source in seen:
                continue
            seen.add(source)
            found |= self._into[source]
            stack += [self.rest.edges[before].source for before in self.ins[source]]
        return found

    # Side by side.

    @cached_property
    def beside(self) -> Sequence[int]:
        """For each edge those that can hold a token at the same time."""
        if self.rest.kind == "exclusive":
            return [0] * len(self.rest.edges)
        if self.rest.kind == "parallel":
            every = range(len(self.rest.edges))
            return [self.all & ~(self.after(e) | self.before(e) | 1 << e) for e in every]
        return _Beside(self).found

    def meet(self, one: int, other: int) -> bool:
        """Whether one case can walk both edges."""
        return bool(self._met[one] >> other & 1 or self._met[other] >> one & 1)

    @cached_property
    def _met(self) -> Sequence[int]:
        edges = range(len(self.rest.edges))
        met = [self.after(e) | self.before(e) | self.beside[e] | 1 << e for e in edges]
        for begin in () if self.is_partial else self._begins:
            _Loop(self, begin).note(met)
        return met

    @cached_property
    def _begins(self) -> Sequence[int]:
        """The places where loops begin."""
        return list(dict.fromkeys(self.rest.edges[back].target for back in self.backs))

    @property
    def is_partial(self) -> bool:
        """Whether so many loops lie in each other that what is met only by going round is left out."""
        return len(self._begins) * len(self.rest.edges) > _MOST_LOOPED

    # On every way.

    @cached_property
    def always_through(self) -> int:
        """The edges that every way through the whole part walks."""
        return self.always_next(lambda _: False)[ENTRY]

    @cached_property
    def always(self) -> Sequence[int]:
        """For each place the edges that every way to it has walked."""

        def gathered(place: int, values: Sequence[int]) -> int:
            return union(values) if self.rest.places[place].kind == "parallel" else common(values)

        own = [1 << edge for edge in range(len(self.rest.edges))]
        return self._fixed(self.ins, gathered, [self.rest.edges[e].source for e in range(len(own))], self.order, own)

    def always_next(self, is_apart: Callable[[int], bool], inside: Sequence[int] | None = None) -> Sequence[int]:
        """For each place what every way on from it collects, but for the edges that are set apart.

        Each edge adds its set of `inside`; without these, itself.
        """
        apart = self._apart(is_apart)
        stopping = self._stopping(apart)
        outs = [[edge for edge in edges if not apart[edge]] or edges for edges in self.outs]

        def gathered(place: int, values: Sequence[int]) -> int:
            kind = self.rest.places[place].kind
            if kind == "parallel":
                # Where one branch can stop everything, only what is also done before that is certain.
                pairs = zip(values, outs[place], strict=True)
                certain = [value for value, edge in pairs if self._can_stop(edge, stopping[edge], outs[place])]
                return union(values) & common(certain) if certain else union(values)
            if kind != "inclusive-split":
                return common(values)
            roles = [self.rest.edges[edge].branch.role for edge in outs[place]]
            sure = [value for value, role in zip(values, roles, strict=True) if role == "always"]
            return union(sure) if sure else common(values)

        own = [1 << edge for edge in range(len(self.rest.edges))] if inside is None else inside
        return self._fixed(outs, gathered, [edge.target for edge in self.rest.edges], self.order[::-1], own)

    def _fixed(
        self,
        edges: Sequence[Sequence[int]],
        gathered: Callable[[int, Sequence[int]], int],
        far_end: Sequence[int],
        order: Sequence[int],
        own: Sequence[int],
    ) -> list[int]:
        """The largest sets that fit together, found by taking away until nothing changes."""
        everything = union(own)
        found = [everything if edges[place] else 0 for place in range(len(self.outs))]
        changed = True
        while changed:
            changed = False
            for place in order:
                if edges[place]:
                    value = gathered(place, [found[far_end[edge]] | own[edge] for edge in edges[place]])
                    changed = changed or value != found[place]
                    found[place] = value
        return found

    def _stopping(self, apart: Sequence[bool]) -> Sequence[int]:
        """For each edge those it leads to, but by edges set apart, that lead into an end which stops everything.

        Or back to where such an end comes in a later round: what still runs when a case goes back can be stopped there.
        """
        found = [0] * len(self.rest.places)
        edges = [0] * len(self.rest.edges)
        stopped = self._leading_to_stop(apart)
        for place in reversed(self.order):
            for edge in self.outs[place]:
                target = self.rest.edges[edge].target
                if self.rest.places[target].kind == "terminate":
                    edges[edge] = 1 << edge
                elif edge in self.backs_set:
                    edges[edge] = 1 << edge if target in stopped else 0
                else:
                    edges[edge] = found[target]
                found[place] |= 0 if apart[edge] else edges[edge]
        return edges

    def _leading_to_stop(self, apart: Sequence[bool]) -> Set[int]:
        """The places from which an end that stops everything can be reached, also by loops back."""
        stack = [place for place, found in enumerate(self.rest.places) if found.kind == "terminate"]
        seen = set(stack)
        while stack:
            for edge in self.ins[stack.pop()]:
                source = self.rest.edges[edge].source
                if not apart[edge] and source not in seen:
                    seen.add(source)
                    stack.append(source)
        return seen

    def _can_stop(self, edge: int, stops: int, outs: Sequence[int]) -> bool:
        """Whether one of several branches can come to an end that stops everything while another has not begun."""
        others = mask_of(other for other in outs if other != edge)
        # What is begun before a loop is not left behind when the loop is taken back.
        stops &= ~mask_of(back for back in self.backs if not self._is_inside(edge, back))
        return any(self.beside[stop] & others for stop in bits(stops))

    def _is_inside(self, edge: int, back: int) -> bool:
        return bool(self._from[self.rest.edges[back].target] >> edge & 1)

    def _apart(self, is_apart: Callable[[int], bool]) -> list[bool]:
        """The edges set apart, and those after which nothing else comes."""
        found = [is_apart(edge) for edge in range(len(self.rest.edges))]
        for place in reversed(self.order):
            outs = [found[edge] for edge in self.outs[place]]
            if outs and (any(outs) if self.rest.places[place].kind == "parallel" else all(outs)):
                for edge in self.ins[place]:
                    found[edge] = found[edge] or edge not in self.backs_set
        return found


class _Beside:
    """The concurrency relation of a rest of any gateways, as a fixed point; rounds of a loop do not overlap."""

    def __init__(self, tangle: Tangle) -> None:
        self.tangle = tangle
        self.places = tangle.rest.places
        self.found = [0] * len(tangle.rest.edges)
        self.waiting = dict.fromkeys(tangle.order)
        while self.waiting:
            place = next(iter(self.waiting))
            del self.waiting[place]
            self._act(place)

    def _act(self, place: int) -> None:
        ins = [edge for edge in self.tangle.ins[place] if edge not in self.tangle.backs_set]
        outs = self.tangle.outs[place]
        around = self._around(place, ins)
        for edge in outs:
            self._add(edge, around | self._split(place, edge, outs))

    def _around(self, place: int, ins: Sequence[int]) -> int:
        """What can hold a token while this place acts."""
        kind = self.places[place].kind
        if kind == "parallel":
            return common([self.found[edge] for edge in ins]) & ~mask_of(ins)
        if kind != "inclusive-join":
            return union([self.found[edge] for edge in ins])
        # It waits for what can still come to it, but not to the edge that has its token already.
        awaited = self.tangle.awaited(place)
        return union([self.found[edge] & ~awaited[edge] for edge in ins])

    def _split(self, place: int, edge: int, outs: Sequence[int]) -> int:
        """The other edges that get a token together with one."""
        kind = self.places[place].kind
        if kind in ("exclusive", "exit", "terminate"):
            return 0
        others = [other for other in outs if other != edge]
        if kind == "inclusive-split":
            roles = {self.role(edge)}
            others = [other for other in others if roles | {self.role(other)} != {"default", "choice"}]
        return mask_of(others)

    def role(self, edge: int) -> str:
        return self.tangle.rest.edges[edge].branch.role

    def _add(self, edge: int, around: int) -> None:
        new = around & ~self.found[edge] & ~(1 << edge)
        if not new:
            return
        self.found[edge] |= new
        self.waiting[self.tangle.rest.edges[edge].target] = None
        for other in bits(new):
            if not self.found[other] >> edge & 1:
                self.found[other] |= 1 << edge
                self.waiting[self.tangle.rest.edges[other].target] = None


class _Loop:
    """One loop: its edges, those from which a case can only come back to its beginning, and the gateways to these."""

    def __init__(self, tangle: Tangle, begin: int) -> None:
        self.tangle = tangle
        self.begin = begin
        edges = tangle.rest.edges
        backs = [back for back in tangle.backs if edges[back].target == begin]
        places = self._leading_to([edges[back].source for back in backs], tangle.ins)
        #: Whether it is entered at its beginning only.
        self.is_whole = ENTRY not in places
        if not self.is_whole:
            self.inside = tangle._from[begin] & union([1 << back | tangle.before(back) for back in backs])
            return
        inner = [e for place in places for e in tangle.outs[place] if edges[e].target in places]
        self.inside = mask_of(inner)
        leaving = [e for place in places for e in tangle.outs[place] if self._leaves(place, e)]
        within: dict[int, list[int]] = {}
        for edge in inner:
            within.setdefault(edges[edge].target, []).append(edge)
        exits: dict[int, list[int]] = {}
        for edge in leaving:
            exits.setdefault(edges[edge].source, []).append(edge)
        #: For each place where it is left: the edges from which a case comes there only by its beginning, the ways that
        #: lead there or on from there, and what runs beside these.
        self.exits = [self._exit(place, left_by, inner, within) for place, left_by in exits.items()]

    def _exit(
        self, place: int, left_by: Sequence[int], inner: Sequence[int], within: Mapping[int, Sequence[int]]
    ) -> tuple[int, int, int]:
        edges = self.tangle.rest.edges
        free = self._leading_to([place], within)
        returning = union([1 << e for e in inner if edges[e].target == self.begin or edges[e].target not in free])
        ways = self.tangle._upto[place] | union([1 << edge | self.tangle.after(edge) for edge in left_by])
        ways &= ~returning
        beside = union([self.tangle.beside[edge] for edge in bits(ways)]) if self.tangle.rest.kind == "mixed" else 0
        return returning, ways, beside & ~returning

    def _leading_to(
        self, targets: Sequence[int], ins: Sequence[Sequence[int]] | Mapping[int, Sequence[int]]
    ) -> set[int]:
        """The places that lead to some, no way through the beginning of the loop counted."""
        found = {self.begin, *targets}
        stack = [place for place in found if place != self.begin]
        while stack:
            place = stack.pop()
            for edge in ins.get(place, ()) if isinstance(ins, Mapping) else ins[place]:
                source = self.tangle.rest.edges[edge].source
                if source not in found:
                    found.add(source)
                    stack.append(source)
        return found

    def _leaves(self, place: int, edge: int) -> bool:
        """Whether an edge leads out of the loop, and no other branch taken with it stays inside."""
        if self.inside >> edge & 1:
            return False
        kind = self.tangle.rest.places[place].kind
        staying = [other for other in self.tangle.outs[place] if self.inside >> other & 1]
        if kind == "inclusive-split":
            return not any(self.tangle.rest.edges[other].branch.role == "always" for other in staying)
        return kind != "parallel" or not staying

    def note(self, met: list[int]) -> None:
        """Add what meets because of this loop."""
        if not self.is_whole:
            for edge in bits(self.inside):
                met[edge] |= self.inside
            return
        sources = [edge.source for edge in self.tangle.rest.edges]
        for returning, ways, beside in self.exits:
            doors = {sources[edge] for edge in bits((self.inside | ways) & ~returning)}
            # What runs beside these ways, such as a note that ends by itself, goes with them.
            self._note_what_follows(met, returning, ways | beside, doors)
            self._note_other_ways_back(met, returning, doors)

    def _note_what_follows(self, met: list[int], returning: int, ways: int, doors: Set[int]) -> None:
        """A way back, and the ways through the gateway where it begins."""
        edges = self.tangle.rest.edges
        through: dict[int, int] = {}
        for place in self.tangle.order:
            for edge in self.tangle.outs[place]:
                here = through.get(place, 0)
                # What leaves a way back beside it, such as a note that ends by itself, goes with it.
                if not returning >> edge & 1 and (place in doors or not here or self._chooses(place, returning)):
                    continue
                if place in doors:
                    here = (self.tangle._upto[place] | self.tangle._from[place]) & ways
                met[edge] |= here
                if edge not in self.tangle.backs_set:
                    through[edges[edge].target] = through.get(edges[edge].target, 0) | here

    def _chooses(self, place: int, returning: int) -> bool:
        """Whether a case chooses there between a way back and something else."""
        is_back = any(returning >> edge & 1 for edge in self.tangle.outs[place])
        return is_back and self.tangle.rest.places[place].kind == "exclusive"

    def _note_other_ways_back(self, met: list[int], returning: int, doors: Set[int]) -> None:
        """Ways back that begin at gateways one after the other."""
        edges = self.tangle.rest.edges
        later: dict[int, int] = {}
        #: Of each place what a case walks from there on its way back, notes beside it too.
        along = [0] * len(self.tangle.outs)
        for place in reversed(self.tangle.order):
            is_choice = self._chooses(place, returning)
            for edge in self.tangle.outs[place]:
                if not is_choice or returning >> edge & 1:
                    along[place] |= 1 << edge | (0 if edge in self.tangle.backs_set else along[edges[edge].target])
            if place not in doors:
                continue
            after = own = 0
            for edge in self.tangle.outs[place]:
                if returning >> edge & 1:
                    own |= 1 << edge | (0 if edge in self.tangle.backs_set else along[edges[edge].target])
                elif edge not in self.tangle.backs_set:
                    after |= later.get(edges[edge].target, 0)
            for edge in bits(own if after else 0):
                met[edge] |= after
            later[place] = after | own
