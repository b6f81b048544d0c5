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

import json
import random
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field, fields
from datetime import datetime
from heapq import heappop, heappush
from itertools import count

from analysis.agreement import Agreement, agreement
from analysis.simulation import layout as at
from analysis.simulation import simulate
from analysis.simulation.chance import CaseChance, Chance, Lasting
from analysis.simulation.draws import NONE
from bpmn.history import History
from bpmn.model import Model, Node
from engine.command import Answer, Command
from engine.engine import Engine
from engine.procedures import Files, Procedure, digest_of, process_of, ready
from engine.spiff.world import Due, World
from engine.world import OfficeWorld
from store import Store, Writing, connect
from store.chain import recorded
from store.rows import ItemRow, JobRow, ProcedureRow

#: Called with the cases that have ended and all that have to.
Progress = Callable[[int, int], None]

#: Kinds of nodes that pass a token on at once in the engine, whatever time the file gives them.
_AT_ONCE = frozenset(("startEvent", "endEvent", "intermediateThrowEvent"))
#: Who starts cases and does what lies in no unit.
APPLICANT = "申请人"
WORK = 1
_MOST = 100_000


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
) -> Agreement:
    """Play so many cases, measure them, and set them against the simulation with the same arguments.

    Raises what `simulate` raises, and `Unrunnable` where the file cannot be run.
    """
    chance = Chance(model, cases=cases, seed=seed, start=start, warm_up=warm_up)
    with connect("sqlite://", durable=False) as store:
        player = Player(store, model, source, library or {}, chance)
        histories = player.play(progress)
    run = simulate(model, cases=cases, seed=seed, start=start, warm_up=chance.request.warm_up)
    return agreement(model, run, histories)


@dataclass(kw_only=True, eq=False)
class _Case:
    """A case under way."""

    number: int
    chance: CaseChance
    id: str = ""
    #: What it has come to, by token.
    steps: dict[int, _Step] = field(default_factory=dict)


@dataclass(kw_only=True, eq=False)
class _Step:
    """Something a case has come to that takes its time."""

    case: _Case
    element: str
    token: int
    #: The work item; empty where nobody works: automatic steps and messages from outside.
    item: str = ""
    #: Whether it is an automatic step.
    is_call: bool = False
    #: Its number in the order of hand-overs, and which visit of its case to the element it is.
    serial: int
    visit: int
    #: Which of the unit's people does it, -1 while nobody does.
    person: int = -1
    #: Who does it, by name.
    official: str = ""
    is_gone: bool = False


@dataclass(kw_only=True)
class _Staff:
    """The people of a unit with limited staff, and what waits for them in the order of hand-overs."""

    free: list[int]
    waiting: list[tuple[int, _Step]] = field(default_factory=list)


class _PlayedWorld(OfficeWorld):
    """The world of a trial: chance decides, and time passes as it was drawn."""

    def __init__(self, procedure: Procedure, now: datetime, player: Player) -> None:
        super().__init__(procedure.office, procedure.decisions, now)
        self._player = player

    def due(self, node: Node, text: str, at: datetime) -> Due:
        """When a timer rings: as the simulation draws it."""
        return self._player.due(node, at) or super().due(node, text, at)

    def route(self, element: str, flow_ids: Sequence[str], at: datetime) -> Sequence[str] | None:
        """Which ways a choice goes, where the simulation draws that."""
        ways = [way for way in self._player.playing.chance.ways(element) if way in flow_ids]
        return ways or None

    def done_here(self, node: Node) -> bool:
        """Automatic steps that take time wait as calls do."""
        return not self._player.lasts(node.id)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Played(Procedure):
    """A procedure whose cases live in the world of a trial."""

    player: Player

    def world(self, now: datetime) -> World:
        """The world of its cases in one command."""
        return _PlayedWorld(self, now, self.player)


class Player:
    """Simulated officials and their clock."""

    def __init__(self, store: Store, model: Model, source: bytes, library: Mapping[str, bytes], chance: Chance) -> None:
        self.store = store
        self.chance = chance
        self.engine = Engine(store, chance=random.Random(chance.request.seed))
        files = Files(model=_undecided(model), library={}, decisions=())
        row = _row(model, source, library, chance.request.start)
        plain = ready(row, files, self.engine.settings.timezone)
        store.perform(lambda writing: writing.install(row, ()))
        self.procedure = _Played(**{one.name: getattr(plain, one.name) for one in fields(plain)}, player=self)
        self.engine.keep(self.procedure)
        self.staff = {
            key: _Staff(free=list(range(number))[::-1]) for key, number in chance.people().items() if number is not None
        }
        self.now = chance.request.start
        self.heap: list[tuple[int, int, int, Callable[[], None]]] = []
        self._numbers = count()
        self._serials = count()
        self.left = chance.request.cases
        #: The case a command is about.
        self.playing = _Case(number=0, chance=chance.case(0))
        #: Elements that wait for a message nobody in the file sends.
        self.outside = {
            node.id
            for node in model.nodes
            if (node.event("message") is not None or node.kind == "receiveTask")
            and (op := chance.op(node.id, at.WORKED)) >= 0
            and chance.program.op[op, at.OP_BOX] < 0
        }

    # The clock

    def play(self, progress: Progress | None = None) -> list[History]:
        """Play until all counted cases have ended; their histories in the order of arrival."""
        request = self.chance.request
        counted: list[_Case] = []
        arrivals = self.chance.arrivals()
        number, moment = next(arrivals)
        while self.left:
            if self._is_arrival_next(moment):
                self.now = moment
                case = self._arrive(number)
                if 0 <= number < request.cases:
                    counted.append(case)
                number, moment = next(arrivals)
            else:
                local, _, _, happen = heappop(self.heap)
                self.now = self.chance.own.from_local(local)
                happen()
            if progress is not None:
                progress(request.cases - self.left, request.cases)
        return [self._history(case) for case in counted]

    def _is_arrival_next(self, moment: datetime) -> bool:
        """Whether a case arrives before anything else happens; where cases never meet, only when nothing does."""
        if not self.heap:
            return True
        return self.chance.request.arrivals is not None and self.chance.own.to_local(moment) <= self.heap[0][0]

    def _history(self, case: _Case) -> History:
        with self.store.reading() as reading:
            kept = reading.records(case.id)
            return History(case=case.id, records=tuple(recorded(one.body) for one in kept))

    def _plan(self, moment: datetime, serial: int, happen: Callable[[], None]) -> None:
        """Let something happen at a moment; at equal moments what was handed over first."""
        heappush(self.heap, (self.chance.own.to_local(moment), serial, next(self._numbers), happen))

    # What happens in a case

    def _arrive(self, number: int) -> _Case:
        case = _Case(number=number, chance=self.chance.case(number))
        asked = Command(do="start", by=APPLICANT, procedure=self.procedure.digest)
        self._act(case, lambda: self.engine.perform(asked, self.now))
        return case

    def _act(self, case: _Case, act: Callable[[], Answer]) -> None:
        """Do something in a case, and see what it has come to by that."""
        self.playing = case
        answer = act()
        case.id = answer.case
        said = answer.said
        if said["state"] != "active":
            self._let_go(case, set())
            self.left -= 0 <= case.number < self.chance.request.cases
            return
        items, jobs, waits = self._standing(case)
        self._let_go(case, {*items, *jobs, *waits})
        for token in sorted({*items, *jobs, *waits} - set(case.steps)):
            if token in items:
                self._hand_over(case, items[token].element, token, items[token].id)
            elif token in jobs:
                self._hand_over_job(case, token, jobs[token])
            else:
                self._hand_over(case, waits[token], token)

    def _standing(self, case: _Case) -> tuple[dict[int, ItemRow], dict[int, JobRow], dict[int, str]]:
        """Where a case stands, by token: work, timers and automatic steps, messages from outside it waits for."""
        with self.store.reading() as reading:
            items = {item.token: item for item in reading.items(case=case.id, limit=_MOST)}
            jobs = {job.token: job for job in reading.jobs(case=case.id, limit=_MOST) if job.kind in ("timer", "call")}
            waits = reading.waits(case.id) if self.outside else []
        return items, jobs, {wait.token: wait.element for wait in waits if wait.element in self.outside}

    def _let_go(self, case: _Case, left: Set[int]) -> None:
        """Let go of what the case has left meanwhile: whoever worked at it is free."""
        for token in [token for token in case.steps if token not in left]:
            step = case.steps.pop(token)
            step.is_gone = True
            self._free(step)

    def _hand_over_job(self, case: _Case, token: int, job: JobRow) -> None:
        """A timer rings when it is due; an automatic step takes its time."""
        if job.kind == "call":
            self._hand_over(case, json.loads(job.body)["element"], token, is_call=True)
            return
        step = _Step(case=case, element="", token=token, serial=next(self._serials), visit=0)
        case.steps[token] = step
        self._plan(job.run_at, step.serial, lambda: self._happen(step))

    def _hand_over(self, case: _Case, element: str, token: int, item: str = "", *, is_call: bool = False) -> None:
        """Something is handed over: it lies for its wait, then it is taken up."""
        visit = case.chance.see(element)
        step = _Step(
            case=case, element=element, token=token, item=item, is_call=is_call, serial=next(self._serials), visit=visit
        )
        case.steps[token] = step
        self._after(step, case.chance.wait(element, visit), lambda: self._take_up(step))

    def _after(self, step: _Step, lasting: Lasting | None, then: Callable[[], None]) -> None:
        """Go on after some time; at once where there is none."""
        moment = self.now if lasting is None else self.chance.later(self.now, lasting)
        self._plan(moment, -1 if lasting is None else step.serial, lambda: None if step.is_gone else then())

    # Officials

    def _take_up(self, step: _Step) -> None:
        """Begin the work, or queue for a person where none is free; what takes no time needs nobody."""
        staff = self._staff(step)
        if not self.lasts(step.element, WORK) or staff is None:
            self._begin(step)
        elif staff.free:
            step.person = staff.free.pop()
            self._begin(step)
        else:
            heappush(staff.waiting, (step.serial, step))

    def _staff(self, step: _Step) -> _Staff | None:
        unit = self.chance.unit(step.element) if step.item else None
        return self.staff.get(unit.key) if unit is not None else None

    def _begin(self, step: _Step) -> None:
        step.official = self._official(step)
        work = step.case.chance.work(step.element, step.visit, self.now)
        if step.item and work is not None:
            asked = Command(do="begin", by=step.official, item=step.item)
            self.engine.perform(asked, self.now)
        elif not step.item and step.is_call and work is not None:
            self.store.perform(lambda writing: self._note_begun(writing, step))
        self._after(step, work, lambda: self._finish(step))

    def _finish(self, step: _Step) -> None:
        """The drawn time is up: the person is free, the step done."""
        self._free(step)
        self._happen(step)

    def _free(self, step: _Step) -> None:
        """Let the person of a step take the next that waits."""
        if step.person < 0:
            return
        staff = self._staff(step)
        assert staff is not None
        staff.free.append(step.person)
        step.person = -1
        while staff.free and staff.waiting:
            _, following = heappop(staff.waiting)
            if not following.is_gone:
                following.person = staff.free.pop()
                self._begin(following)

    def _happen(self, step: _Step) -> None:
        """A step is done or turns the case down; a timer rings; a message comes from outside."""
        if step.is_gone:
            return
        case = step.case
        del case.steps[step.token]
        step.is_gone = True
        if step.item:
            do = "reject" if case.chance.rejects(step.element, step.visit) else "complete"
            asked = Command(do=do, by=step.official, item=step.item)
            self._act(case, lambda: self.engine.perform(asked, self.now))
        else:
            self._act(case, lambda: self._moved(step))

    def _note_begun(self, writing: Writing, step: _Step) -> None:
        """Record that an automatic step began to work, which in a live case its program would know."""
        live = self.engine.live(writing, writing.case(step.case.id), self.now)
        live.record("work-started", element=step.element)
        writing.save(live.effects())

    def _moved(self, step: _Step) -> Answer:
        """Do what no person asks for: as a worker does, in one transaction."""

        def work(writing: Writing) -> Answer:
            live = self.engine.live(writing, writing.case(step.case.id), self.now)
            waits = {wait.token: wait.kind for wait in live.run.waits()}
            if waits.get(step.token) == "job":
                live.run.complete(step.token, {}, self.now)
            else:
                live.run.fire(step.token, {}, self.now)
            return live.answer(writing.save(live.effects()))

        return self.store.perform(work)

    def _official(self, step: _Step) -> str:
        """Who does a step; somebody else for each of those that are kept apart."""
        unit = self.chance.model.unit_of.get(step.element)
        name = unit.name if unit is not None else APPLICANT
        number = f"·{step.person + 1}" if step.person >= 0 else ""
        return f"{name}{number}{f'·{step.element}' if step.element in self.procedure.owners.apart else ''}"

    # What the tokens ask

    def lasts(self, element: str, part: int | None = None) -> bool:
        """Whether an element takes any time, or its work (1) or wait (0) does."""
        op = self.chance.op(element, at.WORKED)
        parts = (0, 1) if part is None else (part,)
        return op >= 0 and any(self.chance.program.law[2 * op + one, 0] != NONE for one in parts)

    def due(self, node: Node, moment: datetime) -> Due | None:
        """When a timer rings: the time drawn for it; none where the simulation draws none."""
        kind = at.WATCH if self.chance.op(node.id, at.WATCH) >= 0 else at.WORKED
        chance = self.playing.chance
        visit = chance.see(node.id, kind)
        if not visit:
            return None
        for lasting in (chance.wait(node.id, visit, kind), chance.work(node.id, visit, moment, kind)):
            moment = self.chance.later(moment, lasting) if lasting is not None else moment
        return Due(at=moment)


def _row(model: Model, source: bytes, library: Mapping[str, bytes], at: datetime) -> ProcedureRow:
    """The version of the procedure as the store keeps it; conditions it lacks are none that a trial asks for."""
    return ProcedureRow(
        digest=digest_of(source, library),
        process=process_of(model),
        version=0,
        name=model.title,
        installed=at,
        source=source,
        library=dict(library),
    )


def _undecided(model: Model) -> Model:
    """The model without what a trial decides by chance: decisions and scripts are work like any other."""
    return model.evolve(nodes=tuple(node.evolve(decision="", script="", script_format="") for node in model.nodes))
