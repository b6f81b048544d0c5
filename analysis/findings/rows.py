"""Rows of steps that follow one another, of which every two fit together; none is told that lies inside another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

#: Whether a step fits to a row it would come after (True) or before (False).
Fits = Callable[[Sequence[str], str, bool], bool]

#: A row grows no longer than that: nobody redraws more steps at once.
LONGEST = 50
#: So many steps are told in all rows of one finding.
MOST = 50_000


def rows(pairs: Iterable[tuple[str, str]], fits: Fits) -> Iterator[tuple[str, ...]]:
    """The longest rows made of pairs of neighbours, each of at most `LONGEST` steps, so that each pair lies in one.

    Pairs are given in path order, and so are the neighbours of each step, the nearest first. A row goes on from its
    last step to the nearest neighbour that fits to all of it, then back from its first.

    >>> list(rows([("a", "b"), ("b", "c"), ("a", "c"), ("x", "y")], lambda row, step, after: True))
    [('a', 'b', 'c'), ('x', 'y')]
    """
    given = tuple(dict.fromkeys(pairs))
    following, preceding = _neighbours(given)
    rows_of: dict[str, set[int]] = {}
    told = number = 0
    for first, second in given:
        if rows_of.get(first, set()) & rows_of.get(second, set()):
            continue
        row = _grown((first, second), following, preceding, fits)
        told += len(row)
        if told > MOST:
            return
        for step in row:
            rows_of.setdefault(step, set()).add(number)
        number += 1
        yield row


def _neighbours(pairs: Iterable[tuple[str, str]]) -> tuple[Mapping[str, list[str]], Mapping[str, list[str]]]:
    following: dict[str, list[str]] = {}
    preceding: dict[str, list[str]] = {}
    for first, second in pairs:
        following.setdefault(first, []).append(second)
        preceding.setdefault(second, []).insert(0, first)
    return following, preceding


def _grown(
    pair: tuple[str, str], following: Mapping[str, list[str]], preceding: Mapping[str, list[str]], fits: Fits
) -> tuple[str, ...]:
    row = list(pair)
    while len(row) < LONGEST:
        step = next((one for one in following.get(row[-1], ()) if one not in row and fits(row, one, True)), "")
        if not step:
            break
        row.append(step)
    while len(row) < LONGEST:
        step = next((one for one in preceding.get(row[0], ()) if one not in row and fits(row, one, False)), "")
        if not step:
            break
        row.insert(0, step)
    return tuple(row)
