"""Where a case's time went, along the way that ended last, read off its records.

Every token carries its way: how much of the time since the case began went into work, wait, closed doors or else. Flows
carry it on; at a join the last to come goes on, a message that was waited for brings the way of its sender. So at the
last end stands the way of the critical path, and its parts sum to the time from start to end.

What a history does not tell (flows an engine or a log leaves out) is bridged by the node before that was left last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from analysis.simulation.columns import PathSums, UnitSums
from analysis.visits import BEGINS
from bpmn.history import Record
from bpmn.model import Model, Unit

WORK, WAIT = 0, 1


@dataclass(frozen=True, kw_only=True)
class Spell:
    """A visit in numbers: its moments, and how much of its wait and work the unit was open."""

    unit: str
    offered: int
    begun: int
    done: int
    open_wait: int
    open_work: int
    #: Whether its wait counts (an office's) and whether its work does (a person's).
    waits: bool
    hands_on: bool


@dataclass
class Way:
    """Where a token's time went until a moment; `order` is the place of the record that brought it there."""

    at: int
    order: int = -1
    closed: int = 0
    other: int = 0
    units: dict[tuple[str, int], int] = field(default_factory=dict)

    def on(self, moment: int, order: int) -> Way:
        """The same way a while later: what is not accounted for went elsewhere."""
        other = self.other + moment - self.at
        return Way(at=moment, order=order, closed=self.closed, other=other, units=self.units)

    def through(self, spell: Spell, order: int) -> Way:
        """The way after a visit."""
        found = self.on(spell.offered, order)
        units = dict(self.units)
        for part, begun, done, is_open, counts in (
            (WAIT, spell.offered, spell.begun, spell.open_wait, spell.waits),
            (WORK, spell.begun, spell.done, spell.open_work, spell.hands_on),
        ):
            if counts:
                units[spell.unit, part] = units.get((spell.unit, part), 0) + is_open
                found.closed += done - begun - is_open
            else:
                found.other += done - begun
        found.at, found.units = spell.done, units
        return found


class Whereabouts:
    """The sums of the ways of all cases of one model."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.starts = {node.id for node in model.nodes if not model.incoming[node.id] and not node.attached_to}
        self.receivers: dict[str, list[str]] = defaultdict(list)
        for flow in model.message_flows:
            pool = next((pool for pool in model.pools if flow.target in (pool.id, pool.process) and pool.process), None)
            inside = [node.id for node in model.nodes if pool is not None and node.process == pool.process]
            opened = [node for node in inside if node in self.starts and not model.node[node].scope]
            self.receivers[flow.source] += opened if pool is not None else [flow.target]
        self.closed = self.other = 0
        self.units: dict[tuple[str, int], int] = defaultdict(int)

    def add(self, case: Case, start: int) -> None:
        """Add the way of a case that is over; before its start only the applicant was at work."""
        way = case.ended
        if way is None:
            return
        self.closed += way.closed
        self.other += way.other - (start - case.begun)
        for key, amount in way.units.items():
            self.units[key] += amount

    def sums(self, units: Mapping[str, Unit]) -> PathSums:
        """The sums; queues are in the waits."""
        keys = [key for key in units if not units[key].applicant]
        keys += [""] if any(not key for key, _ in self.units) else []
        rows = (
            UnitSums(
                key=key,
                unit=units[key].name if key else "",
                work=self.units[key, WORK],
                wait=self.units[key, WAIT],
                queue=0,
            )
            for key in keys
        )
        return PathSums(units=tuple(rows), closed=self.closed, other=self.other)


class Case:
    """The ways of one case while its records are read."""

    def __init__(self, where: Whereabouts, begun: int) -> None:
        self.where = where
        self.model = where.model
        self.begun = begun
        self.ended: Way | None = None
        self._at: dict[str, Way] = {}
        self._letters: dict[str, Way] = {}
        self._entered: dict[int, Way] = {}

    def read(self, order: int, record: Record, now: int, spell: tuple[int, Spell] | None) -> None:
        """Follow one record; `spell` is the visit it ends and the place of the record that began it."""
        element = record.element
        if record.kind in BEGINS:
            self._entered[order] = self._in(element).on(now, order)
        elif spell is not None:
            self._at[element] = self._entered.pop(spell[0], self._in(element)).through(spell[1], order)
        elif record.kind == "message-received":
            self._receive(element, now, order)
        elif record.kind == "message-sent":
            for target in self.where.receivers.get(element, ()):
                self._letters[target] = self._in(element).on(now, order)
        if record.flow in self.model.flow:
            self._go(self.model.flow[record.flow].source, self.model.flow[record.flow].target, now, order)

    def end(self, element: str, now: int, order: int) -> None:
        """Note an end that was reached, for all we know the last."""
        self.ended = self._in(element).on(now, order)

    def _go(self, source: str, target: str, now: int, order: int) -> None:
        way = self._in(source).on(now, order)
        self._at[target] = way
        scope = self.model.node[target].scope
        while scope and not self.model.outgoing[target]:
            self._at[scope] = way
            target, scope = scope, self.model.node[scope].scope

    def _receive(self, element: str, now: int, order: int) -> None:
        """A message brings its sender's way where the token waited for it; else it waited for the token."""
        letter, own = self._letters.pop(element, None), self._in(element)
        later = letter if letter is not None and letter.order > own.order else own
        self._at[element] = later.on(now, order)

    def _in(self, element: str) -> Way:
        """The way that led to a node."""
        for name in (element, *self._before(element)):
            if name in self._at:
                return self._at[name]
            if name in self._letters:
                return self._letters[name]
        return Way(at=self.begun)

    def _before(self, element: str) -> list[str]:
        node = self.model.node.get(element)
        if node is None:
            return []
        if node.attached_to:
            return [node.attached_to]
        before = [flow.source for flow in self.model.incoming[element]] or [node.scope]
        return sorted(before, key=lambda name: -self._at[name].order if name in self._at else 1)
