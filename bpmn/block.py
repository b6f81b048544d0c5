"""The blocks a process is made of, and how to compute over a tree of them.

Every block stands for one way in and one way out. Probabilities are read by the flow ids of a branch: the share of a
branch is the share of its flows, relative to the flows of all branches of that block, because a choice may be made in
parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Sequence as Many
from dataclasses import dataclass
from typing import TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Leaf:
    """One step or event."""

    node: str


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Sequence:
    """Blocks one after another; none of them where nothing happens."""

    children: tuple[Block, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Branch:
    """One way out of a split."""

    #: The flows it stands for: one, or several where the choice between them is made inside `child`. A boundary event
    #: stands by its own id, the way on beside boundary events by the id of its flow or "", a start by "".
    flows: tuple[str, ...]
    child: Block
    #: Of an inclusive split: "always", "choice" or "default".
    role: str = ""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Exclusive:
    """Exactly one branch is taken; `node` is where the choice is made (empty: which start begins)."""

    node: str
    branches: tuple[Branch, ...]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Parallel:
    """All branches are taken and awaited."""

    node: str
    branches: tuple[Branch, ...]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Inclusive:
    """Some branches are taken, by their roles, and those are awaited."""

    node: str
    branches: tuple[Branch, ...]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Loop:
    """`body`, then either out or by `back` (its flows are those that repeat) to `body` again."""

    #: Where it is decided whether to repeat.
    node: str
    body: Block
    back: Branch
    #: The flows that leave the loop; which of them is chosen, is told by what follows the loop.
    exits: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Frame:
    """A sub-process with what is inside it."""

    node: str
    child: Block


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Edge:
    """A way between two places of a rest."""

    #: Indices into the places of the rest.
    source: int
    target: int
    #: The branch it is: its flows, what happens on it, its role.
    branch: Branch
    #: The arcs of the token game it begins and ends with, ~n for the beginning at vertex n; several where it stands for
    #: several ways.
    first: tuple[int, ...] = ()
    last: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Place:
    """A gateway of a rest."""

    #: "entry", "exit", "terminate", "exclusive" (takes one token from any edge, puts one on any), "parallel" (takes
    #: from all, puts on all), "inclusive-split" or "inclusive-join".
    kind: str
    node: str
    #: The vertex of the token game it is, -1 for none.
    vertex: int = -1


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Rest:
    """What is not nested: places joined by edges, one entry (place 0) and one exit (place 1).

    kind "exclusive": only choices, so one token walks from edge to edge until it is out (a Markov chain; several ways
    back are possible). kind "parallel": only splits and joins without a loop, so every edge is walked exactly once.
    kind "mixed": anything, perhaps not even sound.
    """

    kind: str
    #: Whether tokens end at its exit, each by its own edge; else one token goes on from there.
    ends: bool
    places: tuple[Place, ...]
    edges: tuple[Edge, ...]
    #: The arcs of the token game one of which leads to it; none where it is all of its scope.
    entry: tuple[int, ...] = ()


Block = Leaf | Sequence | Exclusive | Parallel | Inclusive | Loop | Frame | Rest

#: Nothing happens.
EMPTY = Sequence()


def children(block: Block) -> tuple[Block, ...]:
    """The blocks directly inside a block, in the order `fold` hands their results over."""
    if isinstance(block, Leaf):
        return ()
    if isinstance(block, Sequence):
        return block.children
    if isinstance(block, Loop):
        return (block.body, block.back.child)
    if isinstance(block, Frame):
        return (block.child,)
    if isinstance(block, Rest):
        return tuple(edge.branch.child for edge in block.edges)
    return tuple(branch.child for branch in block.branches)


def fold(block: Block, combine: Callable[[Block, Many[Result]], Result]) -> Result:
    """Compute a value bottom-up: `combine` gets each block with the values of its `children`, in that order.

    It keeps its own stack, so that blocks may be nested to any depth.

    >>> tree = Sequence(children=(Leaf(node="a"), Leaf(node="b")))
    >>> fold(tree, lambda block, inside: sum(inside) + isinstance(block, Leaf))
    2
    """
    stack: list[tuple[Block, Iterator[Block], list[Result]]] = [(block, iter(children(block)), [])]
    while True:
        current, todo, done = stack[-1]
        child = next(todo, None)
        if child is not None:
            stack.append((child, iter(children(child)), []))
            continue
        value = combine(current, done)
        stack.pop()
        if not stack:
            return value
        stack[-1][2].append(value)
