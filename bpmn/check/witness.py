"""A run that proves a verdict: the game played on the drawing itself, vertex by vertex.

The search works on what block reduction leaves over, where one edge may stand for a whole part of the drawing. Here its
run is led back: the case is brought from the start to that part, and what lies on an edge is played until its token
comes out at the other end. Where a choice is open, the token takes the shortest way to where it is wanted. In a sound
part of a free-choice game this always arrives (Desel and Esparza, "Free Choice Petri Nets", 1995, pointing
allocations); where another problem stands in the way, other choices are tried, up to a limit, and where no choice leads
past it, the run passes it as if it were repaired. All runs of a model share one effort; what comes after it is spent
begins at the way into its part.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

from bpmn.bits import bits
from bpmn.check.tokens import ENTRY, EXIT, Defect, Move, Search
from bpmn.control_flow import ControlFlow, Scope, Vertex

#: States looked at for a way past another problem.
MOST_STATES = 500
#: Acts played for all runs of a model; a state looked at counts as one, and so do some arcs looked at for a join.
MOST_ACTS = 50_000
_ARCS = 20
#: Tokens that can come to one inclusive join, kept for the next time it is asked for.
MOST_KEPT = 5_000
#: Branches of an inclusive split that are tried in every combination; of more, each alone and all.
MOST_BRANCHES = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """One vertex taking tokens and putting others. A token stands on an arc, or as ~v at the beginning of vertex v."""

    vertex: int
    takes: tuple[int, ...]
    puts: tuple[int, ...]


State = frozenset[tuple[int, int]]
#: A state of a game, however it is kept.
Seen = TypeVar("Seen")


class Effort:
    """How much may still be played for the runs of a model."""

    def __init__(self, acts: int = MOST_ACTS) -> None:
        self.left = acts
        #: For each inclusive join the tokens that can come to each of its arcs.
        self.upstreams: dict[int, dict[int, frozenset[int]]] = {}


class Game:
    """The token game of a model under way, written down act by act."""

    def __init__(self, flow: ControlFlow, effort: Effort) -> None:
        self.flow, self.effort = flow, effort
        self.tokens: Counter[int] = Counter()
        self.acts: list[Act] = []

    def put(self, *places: int) -> None:
        """Let tokens begin."""
        self.tokens.update(places)

    def do(self, act: Act) -> None:
        """Carry out an act."""
        _move(self.tokens, act)
        self.acts.append(act)
        self.effort.left -= 1

    def vertex(self, token: int) -> int:
        """The vertex a token comes to next."""
        return self.flow.arcs[token].target if token >= 0 else ~token

    def acts_of(self, token: int, tokens: Counter[int]) -> Iterator[Act]:
        """Every way the vertex before a token can act on it."""
        number = self.vertex(token)
        vertex = self.flow.vertices[number]
        takes: tuple[int, ...] = (token,)
        if vertex.kind in ("end", "terminate"):
            return
        if vertex.kind == "parallel-join":
            takes = vertex.entering
            if any(not tokens[arc] for arc in takes):
                return
        elif vertex.kind == "inclusive-join":
            takes = tuple(arc for arc in vertex.entering if tokens[arc])
            if not self._is_ready(number, tokens):
                return
        for puts in puts_of(self.flow, vertex):
            yield Act(vertex=number, takes=takes, puts=puts)

    def _is_ready(self, join: int, tokens: Counter[int]) -> bool:
        """Whether no token can still come to an empty arc of a join, save one that can also come to a full one."""
        entering = self.flow.vertices[join].entering
        if all(token in entering for token in tokens):
            return True
        known = self.effort.upstreams
        before = known.get(join)
        if before is None:
            before = {arc: self._upstream(arc, join) for arc in entering}
            size = sum(map(len, before.values()))
            self.effort.left -= size // _ARCS
            if size < MOST_KEPT:
                known[join] = before
        full = frozenset().union(*(seen for arc, seen in before.items() if tokens[arc]))
        empty = frozenset().union(*(seen for arc, seen in before.items() if not tokens[arc]))
        return not any(count and token in empty and token not in full for token, count in tokens.items())

    def _upstream(self, arc: int, join: int) -> frozenset[int]:
        seen, stack = {arc}, [arc]
        while stack:
            source = self.flow.arcs[stack.pop()].source
            if source == join:
                continue
            seen.add(~source)
            for other in self.flow.vertices[source].entering:
                if other not in seen:
                    seen.add(other)
                    stack.append(other)
        return frozenset(seen)

    # Going somewhere.

    def distances(self, goal: Collection[int], stop: Collection[int] = ()) -> dict[int, int]:
        """How far it is from each token's place to the goal, not looking beyond where to stop."""
        far = dict.fromkeys(goal, 0)
        todo = deque(arc for arc in goal if arc >= 0)
        while todo:
            arc = todo.popleft()
            if arc in stop:
                continue
            source = self.flow.arcs[arc].source
            far.setdefault(~source, far[arc] + 1)
            for other in self.flow.vertices[source].entering:
                if other not in far:
                    far[other] = far[arc] + 1
                    todo.append(other)
        return far

    def gather(self, tokens: Iterable[int], goal: Collection[int], stop: Collection[int] = ()) -> tuple[int, ...]:
        """Bring some tokens to the goal, all that can come there; where they stand then."""
        return self._lead(Counter(tokens), self.distances(goal, stop), frozenset(goal), one=False)

    def reach(self, goal: Collection[int]) -> int | None:
        """Bring some token of the game to the goal; none if no way leads there."""
        found = self._lead(+self.tokens, self.distances(goal), frozenset(goal), one=True)
        return found[0] if found else None

    def _lead(self, own: Counter[int], far: dict[int, int], goal: frozenset[int], *, one: bool) -> tuple[int, ...]:
        """Lead tokens by the shortest ways; where they get stuck, look for others, else past the joins that wait."""
        before = (Counter(self.tokens), len(self.acts))
        led = self._guided(Counter(own), far, goal, one=one, is_forced=False)
        if not self._is_there(led, far, goal, one):
            self.tokens = before[0]
            del self.acts[before[1] :]
            acts = self._found(own, far, goal, one=one)
            led = own if acts is not None else self._guided(Counter(own), far, goal, one=one, is_forced=True)
            for act in acts or ():
                self.do(act)
                _move(led, act)
        return tuple(token for token in led if token in goal)

    def _guided(
        self, own: Counter[int], far: dict[int, int], goal: frozenset[int], *, one: bool, is_forced: bool
    ) -> Counter[int]:
        """Lead some tokens by the shortest ways, as far as they come."""
        for _ in range(20 * len(self.flow.arcs) + 20):
            if self._is_there(own, far, goal, one):
                break
            act = self._nearest(own, far, goal)
            if act is None and is_forced:
                act = self._forced(own, far, goal, one=one)
            if act is None or self.effort.left <= 0:
                break
            self.do(act)
            self.effort.left -= len(own) // _ARCS
            _move(own, act)
        return own

    def _forced(self, own: Counter[int], far: dict[int, int], goal: frozenset[int], *, one: bool) -> Act | None:
        """A join that waits lets through what it has."""
        stuck = sorted((token for token in own if token in far and token not in goal), key=far.__getitem__)
        if not stuck:
            return None
        number = self.vertex(stuck[0] if one else stuck[-1])
        vertex = self.flow.vertices[number]
        return Act(vertex=number, takes=tuple(arc for arc in vertex.entering if own[arc]), puts=vertex.leaving)

    @staticmethod
    def _is_there(own: Counter[int], far: dict[int, int], goal: frozenset[int], one: bool) -> bool:
        there = [token in goal for token in own if token in far]
        return any(there) if one else bool(there) and all(there)

    def _nearest(self, own: Counter[int], far: dict[int, int], goal: frozenset[int]) -> Act | None:
        """What the token nearest to the goal does that can do something."""
        going = [token for token in own if token in far and token not in goal]
        # An inclusive join looks at all tokens, so whatever else can act does so first.
        for token in sorted(going, key=lambda token: (self._looks_far(token), far[token])):
            acts = list(self.acts_of(token, self.tokens if self._looks_far(token) else own))
            if acts:
                most = len(self.flow.arcs) + 1
                return min(acts, key=lambda act: (min(far.get(arc, most) for arc in act.puts), len(act.puts)))
        return None

    def _looks_far(self, token: int) -> bool:
        return self.flow.vertices[self.vertex(token)].kind == "inclusive-join"

    def _found(
        self, own: Counter[int], far: dict[int, int], goal: frozenset[int], *, one: bool
    ) -> tuple[Act, ...] | None:
        """Acts that bring the tokens there, whatever choices it takes; none if a bounded search finds none."""
        others = self.tokens - own
        came: dict[State, tuple[State, Act] | None] = {frozenset(own.items()): None}
        todo = deque(came)
        while todo and len(came) < MOST_STATES and self.effort.left > 0:
            state = todo.popleft()
            self.effort.left -= 1
            now = Counter(dict(state))
            if self._is_there(now, far, goal, one):
                return way_to(came, state)
            for token in now:
                if token not in far or token in goal:
                    continue
                for act in self.acts_of(token, now + others if self._looks_far(token) else now):
                    following = frozenset(_after(now, act).items())
                    if following not in came:
                        came[following] = (state, act)
                        todo.append(following)
        return None


def puts_of(flow: ControlFlow, vertex: Vertex) -> list[tuple[int, ...]]:
    """Every way a vertex can put tokens when it acts."""
    if vertex.kind == "exclusive-split":
        return [(arc,) for arc in vertex.leaving]
    if vertex.kind != "inclusive-split":
        return [vertex.leaving]
    role = {arc: flow.arcs[arc].role for arc in vertex.leaving}
    always = tuple(arc for arc in role if role[arc] == "always")
    default = tuple(arc for arc in role if role[arc] == "default")
    choices = [arc for arc in role if role[arc] not in ("always", "default")]
    least = [always + default] if always or default else []
    sizes = range(1, len(choices) + 1) if len(choices) <= MOST_BRANCHES else (1, len(choices))
    return [*least, *(always + chosen for size in sizes for chosen in combinations(choices, size))]


def _move(tokens: Counter[int], act: Act) -> None:
    for token in act.takes:
        if tokens[token] > 1:
            tokens[token] -= 1
        else:
            del tokens[token]
    for token in act.puts:
        tokens[token] += 1


def _after(tokens: Counter[int], act: Act) -> Counter[int]:
    following = Counter(tokens)
    _move(following, act)
    return following


def way_to(came: Mapping[Seen, tuple[Seen, Act] | None], state: Seen) -> tuple[Act, ...]:
    """The acts that led to a state, by the state before each and what was done there."""
    acts = []
    step = came[state]
    while step is not None:
        state, act = step
        acts.append(act)
        step = came[state]
    return tuple(reversed(acts))


def begun(game: Game, scope: Scope) -> None:
    """Bring a case to the beginning of a sub-process: into each sub-process around it; a process begins by itself."""
    flow = game.flow
    around = [scope]
    while around[-1].parent >= 0:
        around.append(flow.scopes[around[-1].parent])
    for outer, inner in zip(reversed(around), list(reversed(around))[1:], strict=False):
        enter = -1 if inner.triggered else flow.main.get(inner.node, -1)
        if enter < 0 or flow.vertices[enter].kind != "enter":
            continue
        begins = [~start for start in outer.starts]
        goal = [*flow.vertices[enter].entering, ~enter]
        token = _come(game, outer, begins, goal)
        if token is not None:
            game.do(Act(vertex=enter, takes=(token,), puts=flow.vertices[enter].leaving))


def _come(game: Game, scope: Scope, begins: list[int], goal: Collection[int]) -> int | None:
    """Begin a scope and bring a token to the goal; if it has no token there, it stays as it was."""
    if game.effort.left <= 0:
        return None
    if not scope.together:
        far = game.distances(goal)
        begins = sorted((token for token in begins if token in far), key=far.__getitem__)[:1]
    before, played = Counter(game.tokens), len(game.acts)
    game.put(*begins)
    token = game.reach(goal)
    if token is None:
        game.tokens = before
        del game.acts[played:]
    return token


def run_of(flow: ControlFlow, scope: Scope, search: Search, defect: Defect, effort: Effort) -> tuple[str, ...]:
    """The nodes and flows a case passes until a defect shows, in this order, the last where it goes wrong."""
    game = Game(flow, effort)
    begun(game, scope)
    seats: dict[int, tuple[int, ...]] = {}
    if search.entry:
        token = _come(game, scope, [~start for start in scope.starts], search.entry)
        if token is None:
            token = search.entry[0]
            game.put(token)
        seats = dict.fromkeys(search.outs[ENTRY], (token,))
    last = _follow(game, scope, search, defect, seats)
    return tuple(told(flow, game.acts, last))


def run_to(flow: ControlFlow, scope: Scope, vertex: int) -> tuple[str, ...]:
    """The nodes and flows a case passes until it comes to a vertex."""
    game = Game(flow, Effort())
    begun(game, scope)
    _come(game, scope, [~start for start in scope.starts], [*flow.vertices[vertex].entering, ~vertex])
    return tuple(told(flow, game.acts, flow.vertices[vertex].node))


def run_round(flow: ControlFlow, scope: Scope, vertex: int) -> tuple[str, ...]:
    """The nodes and flows a case passes until it comes to a vertex a second time."""
    game = Game(flow, Effort())
    begun(game, scope)
    entering = flow.vertices[vertex].entering
    token = _come(game, scope, [~start for start in scope.starts], [*entering, ~vertex])
    act = None if token is None else next(game.acts_of(token, game.tokens), None)
    if act is not None:
        game.do(act)
        game.gather(act.puts, entering)
    return tuple(told(flow, game.acts, flow.vertices[vertex].node))


def _follow(game: Game, scope: Scope, search: Search, defect: Defect, seats: dict[int, tuple[int, ...]]) -> Act | str:
    """Play the run of a search, and return what to tell of its end.

    `seats` says where the tokens of each edge stand.
    """
    needed = _needed(search, defect)
    for number, move in enumerate(defect.run):
        taken = tuple(token for edge in bits(move.takes) for token in seats.pop(edge, ()))
        act = _act(game, search, move, taken)
        if act is not None and number == len(defect.run) - 1 and defect.problem != "deadlock":
            return act
        if act is not None:
            game.do(act)
        puts = frozenset(act.puts) if act is not None else None
        for edge in move.puts:
            known = search.edges[edge]
            if edge not in seats:
                seats[edge] = _seated(game, scope, search, puts, edge)
            if edge in needed[number] and not set(seats[edge]) <= set(known.last):
                seats[edge] = game.gather(seats[edge], known.last, known.first)
    return search.places[defect.place].node


def _seated(game: Game, scope: Scope, search: Search, puts: frozenset[int] | None, edge: int) -> tuple[int, ...]:
    """Where the tokens stand that a move put on an edge; `puts` are the arcs it filled, none at the entry."""
    first = search.edges[edge].first
    if puts is not None:
        return tuple(arc for arc in first if arc in puts)
    begins = first or tuple(~start for start in scope.starts)
    begins = begins if scope.together else begins[:1]
    game.put(*begins)
    return begins


def _needed(search: Search, defect: Defect) -> list[set[int]]:
    """For each move the edges it fills whose token is taken later or waits at the end."""
    found: list[set[int]] = []
    waiting: set[int] = set()
    if defect.problem == "deadlock":
        waiting = {edge for edge, known in enumerate(search.edges) if known.target != EXIT}
    for move in reversed(defect.run):
        found.append(waiting & set(move.puts))
        waiting = (waiting - set(move.puts)) | set(bits(move.takes))
    return found[::-1]


def _act(game: Game, search: Search, move: Move, taken: tuple[int, ...]) -> Act | None:
    """What the vertex of a place does in a move; none for the entry and for the choice of starts."""
    number = search.places[move.place].vertex
    if number < 0:
        return None
    vertex = game.flow.vertices[number]
    if vertex.kind == "exclusive-split":
        puts: tuple[int, ...] = search.edges[move.puts[0]].first[:1]
    elif vertex.kind == "inclusive-split":
        kept = {arc for edge in search.outs[move.place] for arc in search.edges[edge].first}
        wanted = {arc for edge in move.puts for arc in search.edges[edge].first}
        puts = _chosen(game.flow, [arc for arc in vertex.leaving if arc in wanted or arc not in kept], wanted)
    else:
        puts = vertex.leaving
    return Act(vertex=number, takes=taken, puts=puts)


def _chosen(flow: ControlFlow, leaving: list[int], wanted: set[int]) -> tuple[int, ...]:
    """The arcs an inclusive split takes of some: those wanted, those always taken, and at least one."""
    puts = tuple(arc for arc in leaving if arc in wanted or flow.arcs[arc].role == "always")
    if puts:
        return puts
    return tuple(sorted(leaving, key=lambda arc: flow.arcs[arc].role != "default")[:1])


def told(flow: ControlFlow, acts: Iterable[Act], last: Act | str = "") -> Iterator[str]:
    """The ids of the nodes and flows of some acts; a node is told when it takes a token that came by a flow."""
    for act in acts:
        if _is_told(flow, act):
            yield flow.vertices[act.vertex].node
        for arc in act.puts:
            if flow.arcs[arc].flow:
                yield flow.arcs[arc].flow
    if isinstance(last, Act):
        if _is_told(flow, last):
            yield flow.vertices[last.vertex].node
    elif last:
        yield last


def _is_told(flow: ControlFlow, act: Act) -> bool:
    """Whether the node of an act was not told yet: as the source of its token or as the event that took place."""
    node = flow.vertices[act.vertex].node
    came = [flow.arcs[token] for token in act.takes if token >= 0]
    return not came or any(flow.vertices[arc.source].node != node and arc.flow != node for arc in came)
