"""All that one case can do, as a small graph: the choices it comes to, and what it passes between them.

A net of places joined by edges holds tokens on its edges (bpmn/control_flow.py tells the game). What happens at the
same time in different branches needs no order of its own here, since no choice depends on it: one branch is followed
until it waits or ends before the next is taken up. So states are added over parallel branches, not multiplied, and
thousands of branches are still few states. A budget bounds what is left.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field
from typing import Literal

#: How a place takes tokens from its entering edges, and puts them on its leaving edges.
Takes = Literal["any", "all", "some", "quiet"]
Puts = Literal["all", "choice", "terminate"]


@dataclass(kw_only=True)
class Place:
    """Where tokens are taken and put.

    It takes one token from any edge, one from all, or from those that have one once no other can come ("some"), or its
    one token once no token lies on the edges `inside` it ("quiet"). It puts on all edges, or by the choices of the
    walk, or ends all tokens on the edges `inside` it before it puts on all.
    """

    takes: Takes = "any"
    puts: Puts = "all"
    entering: list[int] = field(default_factory=list)
    leaving: list[int] = field(default_factory=list)
    inside: frozenset[int] = frozenset()


@dataclass(kw_only=True)
class Net:
    """Places joined by edges; an edge knows the place it leads to."""

    places: list[Place] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)

    def place(self, *, takes: Takes = "any", puts: Puts = "all") -> int:
        """Add a place."""
        self.places.append(Place(takes=takes, puts=puts))
        return len(self.places) - 1

    def edge(self, source: int, target: int) -> int:
        """Add an edge; a source of -1 makes one on which tokens only begin."""
        self.targets.append(target)
        number = len(self.targets) - 1
        if source >= 0:
            self.places[source].leaving.append(number)
        self.places[target].entering.append(number)
        return number


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One way on from a place: its probability, and the edges that get a token; or the end of the whole case."""

    share: float
    edges: tuple[int, ...] = ()
    ends_case: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """From one state to another: with which probability, and which places were passed."""

    source: int
    #: -1 where the case is over.
    target: int
    share: float
    passed: tuple[int, ...]
    #: What the walk remembers at the end of the step.
    memory: int
    #: Whether the case was ended by a choice, with tokens left or not.
    ended: bool = False
    #: Whether tokens were left that nothing will ever take, but on edges where they may stay.
    stuck: bool = False


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What a walk through a net may choose, and which places it notes."""

    #: The choices at a place that puts by "choice".
    at: Callable[[int], Sequence[Choice]]
    #: Whether a place is to be noted as passed.
    notes: Callable[[int], bool]
    #: Of the places passed so far, what has to be told apart in states (which outcomes were met).
    memory: Callable[[int, int], int] = lambda memory, place: memory
    #: Edges on which tokens may be left over: messages nobody takes.
    loose: frozenset[int] = frozenset()


#: Set in the memory where a terminate end took tokens that might have come first: what they would have done depends on
#: time, which is not looked at here.
RACED = 1 << 30


class TooLarge(Exception):
    """The case can be in more states than the budget allows. Simplify the drawing."""


#: A state: tokens that can move, the last first to move; tokens that wait; and the memory.
State = tuple[tuple[int, ...], tuple[int, ...], int]


def explore(net: Net, begin: Sequence[int], choices: Choices, *, budget: int = 200_000) -> list[Step]:
    """Every step between the states of a case that begins with a token on each of the edges `begin`; state 0 is first.

    `budget` bounds the tokens moved. Raises TooLarge.
    """
    return _Walk(net, choices, budget).run(tuple(reversed(begin)))


class _Walk:
    def __init__(self, net: Net, choices: Choices, budget: int) -> None:
        self.net = net
        self.choices = choices
        self.left = max(budget, 8 * len(net.targets))
        #: Where any token will do it does not matter by which edge it came: one edge stands for all.
        self.alike = [
            net.places[target].entering[0] if net.places[target].takes == "any" else edge
            for edge, target in enumerate(net.targets)
        ]
        self.number: dict[State, int] = {}
        self.todo: list[State] = []
        self.steps: list[Step] = []

    def run(self, begin: tuple[int, ...]) -> list[Step]:
        """Follow every choice of every state once."""
        self._state((begin, (), 0))
        while self.todo:
            state = self.todo.pop()
            self._follow(self.number[state], state)
        return self.steps

    def _state(self, state: State) -> int:
        if state not in self.number:
            self.number[state] = len(self.number)
            self.todo.append(state)
            self._pay((len(state[0]) + len(state[1])) // 16)
        return self.number[state]

    def _pay(self, price: int) -> None:
        self.left -= price
        if self.left < 0:
            raise TooLarge

    def _follow(self, source: int, state: State) -> None:
        """Move tokens until a choice or the end, then note the steps to the states behind it."""
        moving, waiting, memory = list(state[0]), Counter(state[1]), state[2]
        passed: list[int] = []
        while True:
            place = self._next(moving, waiting)
            if place is None:
                stuck = any(edge not in self.choices.loose for edge in waiting)
                self._note(source, -1, 1.0, (passed, memory), stuck=stuck)
                return
            if self.choices.notes(place):
                passed.append(place)
            memory = self.choices.memory(memory, place)
            if self.net.places[place].puts == "choice":
                break
            memory |= self._put(place, moving, waiting)
        held = tuple(sorted(waiting.elements()))
        for choice in self.choices.at(place):
            if choice.ends_case:
                self._note(source, -1, choice.share, (passed, memory), ended=True)
                continue
            stack = tuple(self.alike[edge] for edge in (*moving, *reversed(choice.edges)))
            after = self._state((stack, held, memory))
            self._note(source, after, choice.share, (passed, memory))

    def _note(
        self,
        source: int,
        target: int,
        share: float,
        met: tuple[list[int], int],
        *,
        ended: bool = False,
        stuck: bool = False,
    ) -> None:
        passed, memory = tuple(met[0]), met[1]
        self.steps.append(
            Step(source=source, target=target, share=share, passed=passed, memory=memory, ended=ended, stuck=stuck)
        )

    def _next(self, moving: list[int], waiting: Counter[int]) -> int | None:
        """Take the tokens of the next place that can act, or none where nothing moves any more."""
        while moving:
            self._pay(1)
            edge = moving.pop()
            number = self.net.targets[edge]
            place = self.net.places[number]
            if place.takes == "any":
                return number
            waiting[edge] += 1
            if place.takes == "quiet" and waiting[edge] > 1:
                # Two runs of one sub-process at once: their tokens cannot be told apart here.
                raise TooLarge
            if place.takes == "all" and all(waiting[entering] for entering in place.entering):
                _take(waiting, place.entering)
                return number
        return self._quiet(waiting) if +waiting else None

    def _quiet(self, waiting: Counter[int]) -> int | None:
        """The place that waited for everything else to come to rest: what lies inside or before others first."""
        held = set(+waiting)
        some: dict[int, list[int]] = defaultdict(list)
        for edge in sorted(held):
            place = self.net.places[self.net.targets[edge]]
            if place.takes == "quiet" and not held & place.inside:
                _take(waiting, [edge])
                return self.net.targets[edge]
            if place.takes == "some":
                some[self.net.targets[edge]].append(edge)
        for number, edges in some.items():
            if not self._can_reach(some.keys() - {number}, number):
                _take(waiting, edges)
                return number
        return None

    def _can_reach(self, sources: Set[int], target: int) -> bool:
        seen, todo = set(sources), list(sources)
        while todo:
            for edge in self.net.places[todo.pop()].leaving:
                reached = self.net.targets[edge]
                if reached == target:
                    return True
                if reached not in seen:
                    seen.add(reached)
                    todo.append(reached)
        return False

    def _put(self, place: int, moving: list[int], waiting: Counter[int]) -> int:
        """Put tokens on all leaving edges; gives what there is to remember of it."""
        found = self.net.places[place]
        raced = 0
        if found.puts == "terminate":
            left = [edge for edge in moving if edge not in found.inside]
            taken = found.inside & waiting.keys()
            raced = RACED if taken or len(left) < len(moving) else 0
            moving[:] = left
            for edge in taken:
                del waiting[edge]
        moving.extend(reversed(found.leaving))
        return raced


def _take(waiting: Counter[int], edges: Iterable[int]) -> None:
    """Take one token from each of the edges."""
    for edge in edges:
        waiting[edge] -= 1
        if not waiting[edge]:
            del waiting[edge]
