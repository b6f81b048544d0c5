"""A case that walks from place to place by chance: how long until it is out.

The places and ways are a Markov chain whose steps take time. Places are eliminated one after the other, each replaced
by ways from every place before it to every place behind it, with 1 / (1 - p) for what leads back to itself (state
elimination: Brzozowski and McCluskey, "Signal flow graph techniques for sequential circuit state diagrams", IEEE
Transactions on Electronic Computers 12, 1963, with transforms of durations for the signals). The place with the fewest
ways is eliminated first. In the transforms this is exact, loops and several ways out included.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

from analysis.timing.grid import Portion

State = TypeVar("State", bound=Hashable)

#: A loop that as good as no case leaves is left by none.
_NEVER_LEFT = 1.0 - 1e-12
#: Most ways that are made while places are eliminated.
_MOST_WAYS = 20_000


class NeverLeft(Exception):
    """A loop that no case leaves. Give its way out a share."""

    def __init__(self, state: Hashable) -> None:
        super().__init__(state)
        self.state = state


class TooTangled(Exception):
    """There are more ways than can be followed. Simplify the drawing."""


def eliminate(ways: Mapping[State, Mapping[State, Portion]], kept: set[State]) -> dict[State, dict[State, Portion]]:
    """The ways between the kept states once all others are gone; raises NeverLeft and TooTangled."""
    out = {state: dict(found) for state, found in ways.items()}
    into: dict[State, set[State]] = {}
    for source, found in out.items():
        for target in found:
            into.setdefault(target, set()).add(source)
    left = [state for state in out if state not in kept]
    budget = _MOST_WAYS
    while left:
        state = min(left, key=lambda place: len(into.get(place, ())) * len(out[place]))
        left.remove(state)
        leaving = out.pop(state)
        around = leaving.pop(state, None)
        entering = into.pop(state, set()) - {state}
        for target in leaving:
            into[target].discard(state)
        if around is not None:
            if around.mass > _NEVER_LEFT:
                raise NeverLeft(state)
            again = around.repeated()
            leaving = {target: again.then(way) for target, way in leaving.items()}
        budget -= len(entering) * len(leaving)
        if budget < 0:
            raise TooTangled
        for source in entering:
            before = out[source].pop(state)
            for target, way in leaving.items():
                through = before.then(way)
                known = out[source].get(target)
                out[source][target] = through if known is None else known.plus(through)
                into[target].add(source)
    return out
