"""Which of many nodes can be met by one case together with another of them, without asking of every pair.

The blocks around the nodes are climbed from the inside out. Whatever lies in two children of a sequence or a parallel
block meets; in a choice nothing does; in inclusive branches and parts that are not nested, the children that meet bring
together all that lies in them. Cost: the depth of each node, and what a tangled part asks of its ways.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from bpmn.relations.nesting import Meeting, Nesting

#: Pairs of nodes in two pools that are asked about; those left after them are taken to meet nothing.
_MOST_ACROSS = 20_000

#: Nodes of which one meets the next.
_Group = list[str]


def gathered(nesting: Nesting, nodes: Sequence[str], meet_across: Callable[[str, str], bool]) -> list[list[str]]:
    """Give the groups of nodes that one case can pass, each in the order given; nodes no case comes to are left out."""
    place = {node: number for number, node in enumerate(nodes)}
    inside: dict[int, dict[int, list[_Group]]] = {}
    for node in dict.fromkeys(nodes):
        if node in nesting.entry:
            entry = nesting.entry[node]
            inside.setdefault(nesting.parent[entry], {}).setdefault(entry, []).append([node])
    # Entries are numbered from the outside in; a frame and its start of an event sub-process may hold nodes themselves.
    waiting = sorted(inside, reverse=True)
    found: list[_Group] = []
    for entry in _climbed(nesting, waiting):
        children = inside.pop(entry, {})
        groups = _across(children, meet_across) if nesting.is_pool(entry) else _within(nesting, entry, children)
        if nesting.is_pool(entry):
            found += groups
        else:
            inside.setdefault(nesting.parent[entry], {}).setdefault(entry, []).extend(groups)
    ordered = (sorted(group, key=place.__getitem__) for group in found)
    return sorted(ordered, key=lambda group: place[group[0]])


def _climbed(nesting: Nesting, begun: Iterable[int]) -> list[int]:
    """The entries around some, themselves too, the innermost first."""
    found: set[int] = {0}
    for entry in begun:
        while entry not in found:
            found.add(entry)
            entry = nesting.parent[entry]
    return sorted(found, reverse=True)


def _within(nesting: Nesting, around: int, children: dict[int, list[_Group]]) -> list[_Group]:
    """The groups of a block, made of those of its children."""
    if len(children) == 1:
        return next(iter(children.values()))
    kind = nesting.kinds[around]
    if kind == "exclusive":
        return [group for groups in children.values() for group in groups]
    if kind in ("inclusive", "rest", "scope"):
        return _by_pairs(nesting, around, children)
    return [[node for groups in children.values() for group in groups for node in group]]


def _by_pairs(nesting: Nesting, around: int, children: dict[int, list[_Group]]) -> list[_Group]:
    """Where some children meet and others do not: each with those it leads to."""
    left = dict.fromkeys(children)
    found: list[_Group] = []
    while left:
        together = [left.popitem()[0]]
        for one in together:
            met = [other for other in left if nesting.meet(Meeting(around=around, one=one, other=other))]
            for other in met:
                del left[other]
            together += met
        groups = [group for child in together for group in children[child]]
        found += groups if len(together) == 1 else [[node for group in groups for node in group]]
    return found


def _across(children: dict[int, list[_Group]], meet_across: Callable[[str, str], bool]) -> list[_Group]:
    """The groups of all pools; two of different pools are one where any two nodes of theirs meet."""
    found: list[_Group] = []
    left = iter(range(_MOST_ACROSS))
    for groups in children.values():
        others, found = found, []
        for group in groups:
            apart: list[_Group] = []
            for other in others:
                pairs = ((one, another) for one in other for another in group)
                if any(next(left, None) is not None and meet_across(*pair) for pair in pairs):
                    group = other + group
                else:
                    apart.append(other)
            others = apart
            found.append(group)
        found += others
    return found
