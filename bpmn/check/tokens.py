"""A bounded search of the token game on what block reduction leaves over.

A state is the set of edges that hold a token. Tokens that came to an end stay on their last edge, so that an end
reached twice by one way shows. In a game whose joins look only at their own edges, two gateways never compete for a
token; so it is enough to let one gateway after the other act and to branch only where that gateway has a choice: every
state in which nothing moves any more is still found (persistent sets: Godefroid, "Partial-Order Methods for the
Verification of Concurrent Systems", 1996). Inclusive joins look further, so where there are some and nothing was found
the game is played once more with every place in every order.

The gateway nearest to the start acts first: a token that lags behind catches up, and a second token on one edge is seen
where the two ways meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

from bpmn.bits import bits, mask_of
from bpmn.blocks import EMPTY, Branch, Edge, Place, Rest

#: Choices of an inclusive split are tried in every combination up to this many branches; of more only each alone, each
#: with the next, and all.
MOST_CHOICES = 6

#: Most places of a thread; a larger part that ends by itself is judged together with everything else.
MOST_IN_THREAD = 100
#: Places looked at for each state allowed, before the search gives up.
EFFORT = 50

#: Places looked at after each defect found, to find others.
MORE = 20_000

ENTRY, EXIT = 0, 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """One way a place can act: edges emptied, as a mask, and filled."""

    place: int
    takes: int
    puts: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Defect:
    """What goes wrong in the token game, where, and the run that shows it."""

    #: "deadlock", "lack-of-synchronisation", "unbounded" or "not-decided".
    problem: str
    #: Index of the place where it shows.
    place: int
    #: Indices of edges: those that wait for a token, or the one that gets a second.
    edges: tuple[int, ...] = ()
    #: The run that shows it; of a second token its last move is the one that puts it.
    run: tuple[Move, ...] = ()
    #: False where the case still ends properly, or where conditions not read here may forbid the run.
    certain: bool = True


class Search:
    """The token game of one rest."""

    def __init__(self, rest: Rest, *, limit: int, loose: Iterable[str] = ()) -> None:
        self.places: list[Place] = list(rest.places)
        self.edges: list[Edge] = list(rest.edges)
        #: The arcs of the token game one of which leads to it; none where it is all of its scope.
        self.entry = rest.entry
        self.limit = limit
        #: Nodes whose split follows conditions that may exclude each other (conditional flows out of a step).
        self.loose = frozenset(loose)
        self.dropped: set[int] = set()
        #: Inclusive splits of which only a branch that ends by itself may be taken.
        self.silent: set[int] = set()
        #: Threads, to be judged like processes: the split and the edges with which each begins.
        self.threads: list[tuple[int, tuple[int, ...]]] = []
        self._index()
        if rest.ends:
            self._leave_out_threads()
        self.found: dict[tuple[str, int], Defect] = {}
        #: Whether all that follows a place are ends that stop everything; where second tokens were swept away.
        self.swept: dict[int, bool] = {}
        self.told: set[tuple[int, int]] = set()
        self.parents: dict[int, tuple[int, Move] | None] = {}
        self.is_complete = True
        #: Whether some run comes to its end.
        self.ends_well = False
        #: Places looked at so far, and the most that may be.
        self.effort = 0
        self.most = EFFORT * limit
        #: Whether several conditions out of one step may hold together; at first one at a time.
        self.together = False

    def _index(self) -> None:
        self.ins: list[list[int]] = [[] for _ in self.places]
        self.outs: list[list[int]] = [[] for _ in self.places]
        for number, edge in enumerate(self.edges):
            if number not in self.dropped:
                self.outs[edge.source].append(number)
                self.ins[edge.target].append(number)
        self.into = [mask_of(numbers) for numbers in self.ins]
        self.ended = self.into[EXIT]
        self.terminated = mask_of(
            n for place, known in enumerate(self.places) if known.kind == "terminate" for n in self.ins[place]
        )

    # Threads: branches of a parallel or inclusive split that lead to ends of their own.

    def _leave_out_threads(self) -> None:
        """Leave out the threads, unless they are the only way to an end."""
        has_way_out = self._has_way_out()
        self._drop_threads()
        self._index()
        if has_way_out and not self._has_way_out():
            self.dropped, self.silent, self.threads = set(), set(), []
            self._index()

    def _drop_threads(self) -> None:
        """Leave out each group of branches of a split that nothing else enters and that only leads to ends."""
        for place, known in enumerate(self.places):
            if known.kind not in ("parallel", "inclusive-split") or len(self.outs[place]) < 2:
                continue
            groups = self._groups(place)
            for edges, inside in groups:
                kept = [edge for edge in self.outs[place] if edge not in self.dropped]
                if len(kept) == len(edges) or not self._is_thread(place, edges, inside):
                    continue
                self.dropped |= edges | {edge for member in inside for edge in self.outs[member]}
                if inside:
                    self.threads.append((place, tuple(sorted(edges))))
                if all(self.edges[edge].branch.role in ("choice", "default") for edge in edges):
                    self.silent.add(place)

    def _groups(self, place: int) -> list[tuple[set[int], set[int]]]:
        """The branches of a split in groups that share places, each with the places it can come to."""
        groups: list[tuple[set[int], set[int]]] = []
        for edge in self.outs[place]:
            if edge in self.dropped:
                continue
            inside = self._closure(edge)
            if inside is None:
                continue
            edges = {edge}
            apart = []
            for group in groups:
                if group[1].isdisjoint(inside):
                    apart.append(group)
                else:
                    edges |= group[0]
                    inside |= group[1]
            groups = [*apart, (edges, inside)]
        return groups

    def _closure(self, edge: int) -> set[int] | None:
        """The places a token on an edge out of a split can come to, not counting the end nor the split's ways on.

        None where they are too many for a thread.
        """
        split = self.edges[edge].source
        inside: set[int] = set()
        stack = [self.edges[edge].target]
        while stack:
            place = stack.pop()
            if place != EXIT and place not in inside:
                inside.add(place)
                if len(inside) > MOST_IN_THREAD:
                    return None
                if place != split:
                    stack.extend(self.edges[other].target for other in self.outs[place])
        return inside

    def _is_thread(self, split: int, edges: set[int], inside: set[int]) -> bool:
        """Whether nothing but these branches enters these places, and nothing in them stops the others."""
        if split in inside or any(self.places[place].kind == "terminate" for place in inside):
            return False
        return all(edge in edges or self.edges[edge].source in inside for place in inside for edge in self.ins[place])

    def thread(self, split: int, edges: tuple[int, ...]) -> Rest:
        """A thread as a rest of its own, which begins at a copy of its split."""
        outs: list[list[int]] = [[] for _ in self.places]
        for number, known in enumerate(self.edges):
            outs[known.source].append(number)
        inside = self._after((self.edges[edge].target for edge in edges), outs) - {EXIT}
        index = {place: at for at, place in enumerate(sorted(inside), start=3)} | {EXIT: EXIT}
        into = next(edge for edge in self.edges if edge.target == split)
        begin = replace(into, source=ENTRY, target=2, branch=Branch(flows=("",), child=EMPTY), first=into.last)
        first = [replace(self.edges[edge], source=2, target=index[self.edges[edge].target]) for edge in edges]
        others = [
            replace(edge, source=index[edge.source], target=index[edge.target])
            for edge in self.edges
            if edge.source in inside
        ]
        places = [*self.places[:2], self.places[split], *(self.places[place] for place in sorted(inside))]
        edges_of = (begin, *first, *others)
        return Rest(kind="mixed", ends=True, places=tuple(places), edges=edges_of, entry=into.last)

    def _after(self, begins: Iterable[int], outs: list[list[int]]) -> set[int]:
        """The places a token can come to from some, these too."""
        seen = set(begins)
        stack = list(seen)
        while stack:
            for edge in outs[stack.pop()]:
                target = self.edges[edge].target
                if target not in seen:
                    seen.add(target)
                    stack.append(target)
        return seen

    # The game.

    def run(self) -> tuple[Defect, ...]:
        """Play every run that can end differently, up to the limit of states."""
        self.rank = self._ranked()
        self.upstream = self._upstream()
        self._play_out()
        if any(known.kind == "inclusive-split" and known.node in self.loose for known in self.places):
            self.together, self.effort = True, 0
            self._play_out()
        if not self.found and not self.is_complete:
            return (Defect(problem="not-decided", place=ENTRY, certain=False),)
        is_always = self._never_ends_well()
        return tuple(replace(defect, certain=defect.certain or is_always) for defect in self.found.values())

    def _never_ends_well(self) -> bool:
        """Whether inclusive joins wait for each other in every run, in whatever order the places act."""
        joins = {place for problem, place in self.found if problem == "deadlock"} & self.upstream.keys()
        if not joins or len(joins) < len(self.found) or self.ends_well or not self.is_complete:
            return False
        self.effort = 0
        self._play(self._all_moves)
        return self.is_complete and not self.ends_well

    def _play_out(self) -> None:
        """Play in the order that suffices, and in every order where inclusive joins may act before other places do."""
        self._play(self._moves)
        if self.upstream and not self.found and self.is_complete:
            self.effort = 0
            self._play(self._all_moves)

    def _play(self, moves_in: Callable[[int], list[Move]]) -> None:
        """Play from the start, whatever moves there are in each state."""
        self.parents = {}
        start = mask_of(self.outs[ENTRY])
        self.parents[start] = None
        stack = [start]
        while stack:
            state = stack.pop()
            if len(self.parents) > self.limit or self.effort > self.most:
                self.is_complete = False
                break
            moves = moves_in(state)
            if not moves:
                self._stopped(state)
            for move in moves:
                following = self._act(state, move)
                if following is not None and following not in self.parents:
                    self.parents[following] = (state, move)
                    stack.append(following)

    def _has_way_out(self) -> bool:
        """Whether an end can be reached from every place."""
        stops = [EXIT, *(place for place, known in enumerate(self.places) if known.kind == "terminate")]
        seen = set(stops)
        while stops:
            for edge in self.ins[stops.pop()]:
                if self.edges[edge].source not in seen:
                    seen.add(self.edges[edge].source)
                    stops.append(self.edges[edge].source)
        return all(edge.target in seen for number, edge in enumerate(self.edges) if number not in self.dropped)

    def _endless(self, after: Mapping[int, list[int]]) -> int | None:
        """The first state from which no state can be reached where nothing moves any more."""
        before: dict[int, list[int]] = {}
        for state, reached in after.items():
            for following in reached:
                before.setdefault(following, []).append(state)
        ends = [state for state, reached in after.items() if not reached or state & self.terminated]
        seen = set(ends)
        while ends:
            for state in before.get(ends.pop(), ()):
                if state not in seen:
                    seen.add(state)
                    ends.append(state)
        return next((state for state in self.parents if state not in seen), None)

    def _ranked(self) -> dict[int, int]:
        """The rank of every place that acts on its own edges, nearest to the start first (reverse postorder)."""
        seen, post = {ENTRY}, []
        stack = [(ENTRY, iter(self.outs[ENTRY]))]
        while stack:
            place, todo = stack[-1]
            edge = next(todo, None)
            if edge is None:
                post.append(place)
                stack.pop()
            elif self.edges[edge].target not in seen:
                seen.add(self.edges[edge].target)
                stack.append((self.edges[edge].target, iter(self.outs[self.edges[edge].target])))
        acting = ("exclusive", "parallel", "inclusive-split")
        places = [place for place in reversed(post) if self.places[place].kind in acting]
        return {place: rank for rank, place in enumerate(places)}

    def _moves(self, state: int) -> list[Move]:
        """The moves of the first place that can act; those of inclusive joins only where nothing else can."""
        reached = self._reached(state)
        for place in sorted(reached & self.rank.keys(), key=self.rank.__getitem__):
            held = state & self.into[place]
            moves = self._moves_of(place, held, held & -held)
            if moves:
                return moves
        return self._joins(state, reached)

    def _all_moves(self, state: int) -> list[Move]:
        """The moves of every place that can act: an inclusive join may act before what another place does."""
        reached = self._reached(state)
        moves = self._joins(state, reached)
        for place in reached & self.rank.keys():
            held = state & self.into[place]
            for edge in bits(held):
                moves += self._moves_of(place, held, 1 << edge)
        return moves

    def _reached(self, state: int) -> set[int]:
        """The places that hold a token on an edge into them."""
        reached = {self.edges[edge].target for edge in bits(state & ~self.ended)}
        self.effort += len(reached) + 1
        return reached

    def _moves_of(self, place: int, held: int, token: int) -> list[Move]:
        """How a place can act that looks at its own edges only: on all it holds, or on one of its tokens."""
        kind = self.places[place].kind
        if kind == "parallel":
            return [Move(place=place, takes=held, puts=tuple(self.outs[place]))] * (held == self.into[place])
        if kind == "exclusive":
            return [Move(place=place, takes=token, puts=(edge,)) for edge in self.outs[place]]
        return [Move(place=place, takes=token, puts=puts) for puts in self._combinations(place)]

    def _joins(self, state: int, reached: set[int]) -> list[Move]:
        """The moves of inclusive joins."""
        return [
            Move(place=place, takes=state & self.into[place], puts=tuple(self.outs[place]))
            for place in sorted(reached & self.upstream.keys())
            if self._is_complete_join(place, state)
        ]

    def _combinations(self, place: int) -> Iterator[tuple[int, ...]]:
        """Every set of edges an inclusive split can take."""
        role = {edge: self.edges[edge].branch.role for edge in self.outs[place]}
        always = tuple(edge for edge, known in role.items() if known == "always")
        choices = [edge for edge, known in role.items() if known in ("choice", "")]
        default = tuple(edge for edge, known in role.items() if known == "default")
        if always or default or place in self.silent:
            yield always + default
        largest = len(choices) if self.together or self.places[place].node not in self.loose else min(1, len(choices))
        if largest <= MOST_CHOICES:
            for size in range(1, largest + 1):
                for chosen in combinations(choices, size):
                    yield always + chosen
            return
        self.is_complete = False
        for edge in choices:
            yield (*always, edge)
        for pair in pairwise(choices):
            yield always + pair
        yield (*always, *choices)

    def _upstream(self) -> dict[int, dict[int, int]]:
        """For each inclusive join and edge into it, the edges from which a token could come to that edge."""
        found: dict[int, dict[int, int]] = {}
        for place, known in enumerate(self.places):
            if known.kind == "inclusive-join":
                found[place] = {edge: self._before(edge, place) for edge in self.ins[place]}
        return found

    def _before(self, edge: int, join: int) -> int:
        seen, stack = {edge}, [edge]
        while stack:
            source = self.edges[stack.pop()].source
            if source == join:
                continue
            for other in self.ins[source]:
                if other not in seen:
                    seen.add(other)
                    stack.append(other)
        return mask_of(seen)

    def _is_complete_join(self, place: int, state: int) -> bool:
        """Whether no token can still come to an empty edge of the join, save one that can also come to a full one."""
        expected = 0
        arrived = 0
        for edge, before in self.upstream[place].items():
            if state >> edge & 1:
                arrived |= before
            else:
                expected |= before
        return not state & expected & ~arrived

    def _act(self, state: int, move: Move) -> int | None:
        """The state after a move; none where an edge would get a second token, which is noted.

        Where only ends follow that stop everything, the two go on as one.
        """
        left = state & ~move.takes
        put = mask_of(move.puts)
        if left & put:
            edges = list(bits(left & put))
            kept = next((edge for edge in edges if not self._is_swept(self.edges[edge].target)), None)
            if kept is not None:
                self._second_token(state, move, kept)
                return None
            if (move.place, edges[0]) not in self.told:
                self.told.add((move.place, edges[0]))
                self._second_token(state, move, edges[0])
        return left | put

    # What is found.

    def _stopped(self, state: int) -> None:
        """Nothing moves any more: an end, or tokens that wait for ever."""
        waiting = state & ~self.ended
        if not waiting or state & self.terminated:
            self.ends_well = True
            return
        run = self._run(state)
        for place, known in enumerate(self.places):
            if self.into[place] & waiting and known.kind == "parallel":
                missing = tuple(edge for edge in self.ins[place] if not state >> edge & 1)
                certain = not self.rests_on_conditions(run)
                self._note(Defect(problem="deadlock", place=place, edges=missing, run=run, certain=certain))
        if not any(problem == "deadlock" for problem, _ in self.found):
            for place in self.upstream:
                if self.into[place] & waiting:
                    missing = tuple(edge for edge in self.ins[place] if not state >> edge & 1)
                    self._note(Defect(problem="deadlock", place=place, edges=missing, run=run, certain=False))

    def _second_token(self, state: int, move: Move, edge: int) -> None:
        run = (*self._run(state), move)
        left, put = state & ~move.takes, mask_of(move.puts)
        problem = "lack-of-synchronisation"
        ancestor = self.parents[state]
        while ancestor is not None:
            if (left | put) & ancestor[0] == ancestor[0]:
                problem = "unbounded"
                break
            ancestor = self.parents[ancestor[0]]
        certain = not self._is_swept(self.edges[edge].target) and not self.rests_on_conditions(run)
        split = next((known.place for known in reversed(run[:-1]) if len(known.puts) > 1), ENTRY)
        self._note(Defect(problem=problem, place=move.place, edges=(edge,), run=run, certain=certain), split)

    def _is_swept(self, place: int) -> bool:
        """Whether tokens of a place can only come to ends that stop everything, so that a second one is swept away."""
        known = self.swept.get(place)
        if known is None:
            after = self._after((place,), self.outs)
            stops = any(self.places[other].kind == "terminate" for other in after)
            known = self.swept[place] = stops and EXIT not in after
        return known

    def leads_to(self, edges: Iterable[int], goal: Iterable[int]) -> bool:
        """Whether a token on one of some edges could come to one of the goal."""
        wanted = {self.edges[edge].source for edge in goal}
        return not wanted.isdisjoint(self._after((self.edges[edge].target for edge in edges), self.outs))

    def rests_on_conditions(self, run: Iterable[Move]) -> bool:
        """Whether the run takes two conditional flows out of one step, which their conditions may forbid."""
        for move in run:
            chosen = [edge for edge in move.puts if self.edges[edge].branch.role == "choice"]
            if len(chosen) > 1 and self.places[move.place].node in self.loose:
                return True
        return False

    def _note(self, defect: Defect, split: int = -1) -> None:
        """Keep one defect a place, and one a split whose branches are not joined."""
        key = (defect.problem, defect.place) if split < 0 else ("second-token", split)
        known = self.found.get(key)
        if known is None or (defect.certain and not known.certain):
            self.found[key] = defect
            if defect.certain:
                self.most = min(EFFORT * self.limit, self.effort + MORE)

    def _run(self, state: int) -> tuple[Move, ...]:
        run: list[Move] = []
        step = self.parents[state]
        while step is not None:
            before, move = step
            run.append(move)
            step = self.parents[before]
        run.append(Move(place=ENTRY, takes=0, puts=tuple(self.outs[ENTRY])))
        return tuple(reversed(run))
