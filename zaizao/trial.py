"""Trial runs: the real engine on a store of its own, played by simulated officials under a virtual clock.

This is the only place where both towers meet. Two roads lead to one number: the simulation moves tokens of its own in
compiled tables; here SpiffWorkflow moves them, the store keeps them, commands come from officials, and the records that
are left are reduced as those of live cases are. Both draw the same chances (`analysis.simulation.chance`): how long a
step lies and takes, which way a gateway goes, whether a step turns a case down. So each case has to come to the same
times on both roads, and what does not points at a fault in one of them.

**Officials.** A unit has as many as its `staff`; a free one takes the work that was handed over first, begins it and
completes it when its drawn time is up in the office hours of the unit. What waits for nobody (the applicant, automatic
steps, timers, messages from outside) happens when its own time is up. Cases that arrive after the last counted one go
on keeping the officials busy until all counted ones have ended, as in the simulation.

What the engine has no way to delay or repeat as the simulation does is refused by name (`obstacles`).
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import heappop, heappush
from typing import Any

import numpy as np

from analysis.measure import TimeResult
from analysis.measured import columns_of
from analysis.simulation import layout as at
from analysis.simulation import simulate
from analysis.simulation.chance import CaseChance, Chance, Lasting
from analysis.simulation.columns import Columns
from analysis.time import elapsed_working, time_of
from bpmn.history import History
from bpmn.model import EventDefinition, Model, Node
from engine.candidates import Owners
from engine.cases import LiveCase
from engine.command import Answer, Command
from engine.engine import Engine
from engine.errors import EngineError
from engine.procedures import Files, Procedure, ready
from engine.spiff.world import Due, World
from engine.world import OfficeWorld
from store import Store, connect

#: Called with the cases that have ended and all that have to.
Progress = Callable[[int, int], None]

#: Kinds of nodes that pass a token on at once in the engine, whatever time the file gives them.
_AT_ONCE = frozenset(("startEvent", "endEvent", "intermediateThrowEvent"))
#: Two times that differ by less than this are the same: the rounding of a moment.
_SAME = 2e-6


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What a trial came to, beside the simulation of the same cases."""

    result: TimeResult
    simulated: TimeResult
    #: Whether the mean of the trial lies in the interval of the simulation.
    is_within: bool
    #: Cases that took the same time on both roads, of those counted.
    same: int
    cases: int


def obstacles(model: Model) -> tuple[str, ...]:
    """The ids of what a trial cannot play as the simulation does, in the order of the file."""
    return tuple(node.id for node in model.nodes if _is_obstacle(model, node))


def _is_obstacle(model: Model, node: Node) -> bool:
    if node.kind in _AT_ONCE and node.times:
        return True
    if node.loop is not None and not (node.loop.kind != "standard" and node.loop.cardinality.strip().isdigit()):
        return True
    return node.is_frame and node.triggered_by_event


def trial(
    model: Model,
    source: bytes,
    *,
    library: Mapping[str, bytes] | None = None,
    cases: int = 200,
    seed: int = 1,
    start: datetime | None = None,
    warm_up: int | None = None,
    progress: Progress | None = None,
) -> Trial:
    """Play so many cases, measure them, and set them against the simulation with the same arguments.

    Raises what `simulate` raises, and `Unrunnable` where the file cannot be run.
    """
    chance = Chance(model, cases=cases, seed=seed, start=start, warm_up=warm_up)
    with connect("sqlite://", durable=False) as store:
        player = Player(store, model, source, library or {}, chance)
        histories = player.play(progress)
    columns = simulate(model, cases=cases, seed=seed, start=start, warm_up=chance.request.warm_up)
    played = _as_run(columns_of(model, histories), columns)
    simulated, result = time_of(model, columns), time_of(model, played, source="trial")
    ours, theirs = _by_key(model, played), _by_key(model, columns)
    mean, known = float(ours.mean()), simulated.times.elapsed_working
    low, high = (known.low, known.high) if known.low is not None and known.high is not None else (mean, mean)
    return Trial(
        result=result,
        simulated=simulated,
        is_within=len(ours) == cases and low - _SAME <= mean <= high + _SAME,
        same=int((np.abs(ours - theirs) < _SAME).sum()) if len(ours) == len(theirs) else 0,
        cases=cases,
    )


def _as_run(found: Columns, run: Columns) -> Columns:
    """The columns of a trial with what is said of the run they are from."""
    return replace(
        found,
        seed=run.seed,
        opened=run.opened,
        warm_up=run.warm_up,
        at_once=run.at_once,
        meeting=run.meeting,
        overloaded=run.overloaded,
    )


def _by_key(model: Model, columns: Columns) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Elapsed working seconds in the order of arrival."""
    ordered = np.empty(columns.cases)
    ordered[np.argsort(np.argsort(columns.key))] = elapsed_working(model, columns)
    return ordered


@dataclass
class _Step:
    """A step a case has come to, and what becomes of it."""

    case: _Case
    element: str
    #: The work item, or the token of an automatic step.
    item: str
    token: int
    #: Its number in the order of hand-overs.
    serial: int
    visit: int
    #: The unit whose people do it one at a time, by its key; empty where nobody is needed or there are enough.
    unit: str = ""
    #: Which of the unit's people does it, -1 while nobody does.
    person: int = -1
    is_gone: bool = False


@dataclass
class _Case:
    """A case under way."""

    number: int
    id: str = ""
    chance: CaseChance
    steps: dict[int, _Step] = field(default_factory=dict)
    is_over: bool = False


@dataclass(kw_only=True)
class _Unit:
    """The people of a unit and what waits for them."""

    name: str
    free: list[int]
    waiting: list[tuple[int, _Step]] = field(default_factory=list)


class _PlayedWorld(OfficeWorld):
    """The world of a trial: chance decides, and time passes as it was drawn."""

    def __init__(self, procedure: Procedure, now: datetime, player: Player) -> None:
        super().__init__(procedure.office, procedure.decisions, now)
        self._player = player

    def due(self, node: Node, event: EventDefinition, text: str, at: datetime, data: Mapping[str, Any]) -> Due:
        """When a timer rings: as the simulation draws it."""
        return self._player.due(node, at) or super().due(node, event, text, at, data)

    def route(self, element: str, flow_ids: Sequence[str], at: datetime) -> Sequence[str] | None:
        """Which ways a choice goes, where the simulation draws that."""
        ways = [way for way in self._player.playing.chance.ways(element) if way in flow_ids]
        return ways or None

    def done_here(self, node: Node) -> bool:
        """Automatic steps that take time wait as calls do."""
        return not self._player.lasts(node)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Played(Procedure):
    """A procedure whose cases live in the world of a trial."""

    player: Player

    def world(self, now: datetime) -> World:
        """The world of its cases in one command."""
        return _PlayedWorld(self, now, self.player)


class Player:
    """Simulated officials and their clock."""

    def __init__(
        self, store: Store, model: Model, source: bytes, library: Mapping[str, bytes], chance: Chance
    ) -> None:
        self.store = store
        self.model = model
        self.chance = chance
        self.engine = Engine(store, chance=random.Random(chance.request.seed))
        row = self.engine.install(source, library, chance.request.start)
        plain = ready(row, Files(model=_undecided(model), library={}, decisions=()), self.engine.settings.timezone)
        self.procedure = _Played(**{name: getattr(plain, name) for name in _FIELDS}, player=self)
        self.engine.keep(self.procedure)
        people = chance.people()
        self.units = {
            unit.key: _Unit(name=unit.name, free=list(range(number or 0))[::-1])
            for unit in chance.program.rows
            if (number := people[unit.key]) is not None
        }
        self.apart = self.procedure.owners.apart
        self.heap: list[tuple[int, int, int, Callable[[], None]]] = []
        self.now = chance.own.to_local(chance.request.start)
        self.serial = 0
        self.order = 0
        #: The case a command is about.
        self.playing = _Case(number=0, chance=chance.case(0))
        #: Whether something happened that has to be looked up: a timer, a call, a message that is waited for.
        self.is_to_look = False
        self.watches = any(wait for wait in self._outside())

    def _outside(self) -> Iterator[str]:
        """Elements that wait for something nobody in the file does."""
        caught = set(self.chance.ops) & {
            node.id for node in self.model.nodes if node.event("message") or node.event("signal") or node.kind == "receiveTask"
        }
        for element in caught:
            op = self.chance.op(element, at.WORKED)
            if op >= 0 and self.chance.program.op[op, at.OP_BOX] < 0:
                yield element

    # The clock

    def play(self, progress: Progress | None = None) -> list[History]:
        """Play until all counted cases have ended; their histories in the order of arrival."""
        request = self.chance.request
        counted: dict[int, _Case] = {}
        arrivals = self.chance.arrivals()
        number, moment = next(arrivals)
        left = request.cases
        while left:
            if not self.heap or (request.arrivals is not None and moment <= self.heap[0][0]) :
                self.now = moment
                case = self._arrive(number)
                if 0 <= number < request.cases:
                    counted[number] = case
                number, moment = next(arrivals)
            else:
                self.now, _, _, happen = heappop(self.heap)
                happen()
            ended = sum(1 for case in counted.values() if case.is_over) if self._ended else 0
            if self._ended:
                self._ended = False
                left = request.cases - ended
                if progress is not None:
                    progress(ended, request.cases)
        return self._histories([counted[number].id for number in range(request.cases)])
