"""Edges that cut a graph in two, two at a time."""

import random
from itertools import combinations

from bpmn.borders import cut_together


def cuts_by_trying(edges: dict[int, tuple[int, int]]) -> set[frozenset[int]]:
    """Every pair of edges without which the graph falls apart, though without either alone it does not."""

    def parts(without: tuple[int, ...]) -> int:
        root = {place: place for pair in edges.values() for place in pair}

        def find(place: int) -> int:
            return place if root[place] == place else find(root[place])

        for number, (source, target) in edges.items():
            if number not in without:
                root[find(source)] = find(target)
        return len({find(place) for place in root})

    bridges = {number for number in edges if parts((number,)) > parts(())}
    pairs = combinations(sorted(edges.keys() - bridges), 2)
    return {frozenset(pair) for pair in pairs if parts(pair) > parts(())}


def test_pairs_are_those_found_by_trying_every_pair() -> None:
    for seed in range(60):
        chance = random.Random(seed)
        size = chance.randint(2, 8)
        ring = [(place, (place + 1) % size) for place in range(size)]
        chords = [(chance.randrange(size), chance.randrange(size)) for _ in range(chance.randint(0, 5))]
        edges = dict(enumerate(ring + chords))

        groups = cut_together(edges)

        found = {frozenset(pair) for group in groups for pair in combinations(group, 2)}
        assert found == cuts_by_trying(edges), seed


def test_a_closing_edge_is_in_no_group() -> None:
    assert cut_together({1: (0, 1), 2: (1, 2)}, closing=[(2, 0)]) == [{1, 2}]


def test_a_bridge_is_in_no_group() -> None:
    assert cut_together({1: (0, 1), 2: (1, 2)}) == []
