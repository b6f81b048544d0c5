"""From what happened to cases to the case columns: the same figures as the simulation writes, read off records.

A live case, a trial run and a log leave a `History`; here it is reduced to the columns of `simulation.columns`, from
which `analysis.time` makes every figure. What counts is

| record | counts |
|---|---|
| `offered` of a step, `called` | one time, its papers and its visit; the wait begins |
| `work-started`, else `claimed` | the wait ends, the work begins |
| `completed`, `failed`, `withdrawn`, `returned` | the work ends (the wait, where none began) |
| `completed` of accept, decide, clock-stops | their clocks |
| `paused`, `suspended` to `resumed` | no work |
| a flow into an end event, `rejected` | the case ends, for all we know; the last one counts |

A case counts once it has ended; one that was cancelled or terminated counts nowhere. Wait and queue are one figure
here: only the simulation knows what a wait would have been without a queue, so `StepSums.queue` is 0 and the whole
stands in `wait`. Moments are local microseconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from analysis.hours import office_hours
from analysis.simulation.columns import Columns, Integers, StepSums
from analysis.visits import Visit, visits
from analysis.whereabouts import Case, Spell, Whereabouts
from bpmn.begin import processes_of
from bpmn.history import History, Record
from bpmn.model import Model, Node, Unit
from org import WorkTime

_SECOND = 1_000_000


def columns_of(model: Model, histories: Iterable[History]) -> Columns:
    """The columns of all cases that have ended, in the order of their starts; `key` is their order in the histories.

    Cost: one look at each record, and what `org.WorkTime.count` costs for each piece of work.
    """
    reduction = Reduction(model)
    for history in histories:
        reduction.add(history)
    return reduction.columns()


@dataclass(frozen=True, kw_only=True)
class _Place:
    """A step as its records are counted."""

    node: Node
    unit: Unit | None
    applicant: bool
    hands_on: bool
    #: The office hours of its unit, and the clock its work runs on; none is the natural clock.
    open: WorkTime | None
    clock: WorkTime | None
    hand_ins: int
    visit: bool
    #: Whether papers and visits count once for all its rounds.
    once: bool


@dataclass
class _Case:
    """One case that has ended."""

    started: int = -1
    ended: int = -1
    rejected: bool = False
    is_turned_down: bool = False
    work: int = 0
    waiting: int = 0
    hand_ins: int = 0
    visits: int = 0
    accepted: int = -1
    decided: int = -1
    stops: list[tuple[int, int]] = field(default_factory=list)


class Reduction:
    """Counts the histories of one model, one after the other; it keeps a few numbers of each case."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._cases: list[_Case] = []
        self.own = office_hours(model)
        self.processes = processes_of(model)
        self.office = self.processes - model.applicant_processes
        self.places = {node.id: self._place(node) for node in model.nodes if node.is_step}
        #: Times, work and wait of each step.
        self.sums = {step: [0, 0, 0] for step in self.places}
        self.where = Whereabouts(model)
        self.inside = self._inside()

    def _place(self, node: Node) -> _Place:
        applicant = self.model.is_applicants(node)
        unit = self.model.unit_of.get(node.id)
        hours = self._hours(None if applicant else unit)
        time = node.time("work")
        is_natural = applicant or node.is_automatic or (time is not None and time.clock == "calendar")
        papers = {m.name for m in node.materials if m.use == "needs" and m.origin == "applicant"}
        return _Place(
            node=node,
            unit=unit,
            applicant=applicant,
            hands_on=not applicant and not node.is_automatic,
            open=None if applicant else hours,
            clock=None if is_natural else hours,
            hand_ins=0 if applicant else len(papers),
            visit=not applicant and node.step is not None and node.step.visit,
            once=node.loop is not None and node.loop.kind != "standard",
        )

    def _hours(self, unit: Unit | None) -> WorkTime | None:
        hours = WorkTime(holidays=self.own.holidays, hours=self.model.hours_of(unit), zone=self.own.zone)
        return None if hours.is_around_the_clock else hours

    # One case

    def add(self, history: History) -> tuple[datetime, datetime] | None:
        """Count a case and give its start and its end; none where it is no case that counts."""
        case = self._case(history)
        if case is None:
            return None
        self._cases.append(case)
        return self.own.from_local(case.started), self.own.from_local(case.ended)

    def _case(self, history: History) -> _Case | None:
        """Read one history; none where the case is under way, was broken off, or never came to an office."""
        if history.end is None or history.is_broken_off:
            return None
        case, last = _Case(), self.own.to_local(history.end)
        found = [visit for visit in visits(history) if visit.element in self.places]
        ends = {visit.last: visit for visit in found if visit.last >= 0}
        way = Case(self.where, self.own.to_local(history.records[0].at))
        for order, record in enumerate(history.records):
            now = self.own.to_local(record.at)
            visit = ends.get(order)
            way.read(order, record, now, (visit.first, self._spell(visit)) if visit is not None else None)
            self._note(case, record, now)
            if self._is_end(case, record):
                case.ended = now
                way.end(self.model.flow[record.flow].target if record.flow else record.element, now, order)
        case.ended = last if case.ended < 0 else case.ended
        if case.started < 0 or case.ended < case.started:
            return None
        breaks = self._breaks(history)
        for visit in found:
            if not self.places[visit.element].once:
                self._hand_in(case, self.places[visit.element])
            later = [at for at in breaks.get(visit.element, ()) if at >= self.own.to_local(visit.offered)]
            self._book(case, visit, min([*later, case.ended if case.is_turned_down else last]))
        self.where.add(way, case.started)
        return case

    def _breaks(self, history: History) -> dict[str, list[int]]:
        """When work at each step was broken off by an event on its border, or on that of a frame around it."""
        found: dict[str, list[int]] = {}
        for record in history.records:
            event = self.model.node.get(record.element)
            if record.kind == "timer-due" and event is not None and event.attached_to and event.interrupting:
                for step in self.inside[event.attached_to]:
                    found.setdefault(step, []).append(self.own.to_local(record.at))
        return found

    def _inside(self) -> dict[str, list[str]]:
        """The steps in each activity on whose border an event lies."""
        found: dict[str, list[str]] = {host: [] for host in self.model.boundary_events}
        for step in self.places.values():
            around: Node | None = step.node
            while around is not None:
                if around.id in found:
                    found[around.id].append(step.node.id)
                around = self.model.node.get(around.scope)
        return found

    def _note(self, case: _Case, record: Record, now: int) -> None:
        """Note what a record says of the case as a whole."""
        node, flow = self.model.node.get(record.element), self.model.flow.get(record.flow)
        process = node.process if node is not None else flow.process if flow is not None else ""
        if case.started < 0 and (process in self.office or (record.kind == "started" and node is None)):
            case.started = now  # the first thing that happens outside the applicant's pool
        place = self.places.get(record.element)
        if flow is not None and flow.target in self.places and self.places[flow.target].once:
            self._hand_in(case, self.places[flow.target])
        if place is not None and record.kind == "completed" and place.node.loop is None:
            self._note_clocks(case, place, now)
        if flow is not None and flow.source in self.places and self.places[flow.source].node.loop is not None:
            self._note_clocks(case, self.places[flow.source], now)

    def _hand_in(self, case: _Case, place: _Place) -> None:
        case.hand_ins += place.hand_ins
        case.visits += place.visit

    def _note_clocks(self, case: _Case, place: _Place, now: int) -> None:
        kind = place.node.step.kind if place.node.step is not None and not place.applicant else ""
        if kind == "accept" and case.accepted < 0:
            case.accepted = now
        if kind == "decide" and case.accepted >= 0 and case.decided < 0:
            case.decided = now

    def _is_end(self, case: _Case, record: Record) -> bool:
        """Whether a case ends with a record, for all we know, and note its outcome."""
        if record.kind == "rejected":
            case.rejected = case.is_turned_down = True
            return True
        flow = self.model.flow.get(record.flow)
        node = self.model.node.get(flow.target if flow is not None else record.element)
        if case.is_turned_down or node is None or node.process not in self.office or self.model.outgoing[node.id]:
            return False
        if node.kind == "endEvent":
            case.rejected = node.outcome == "rejected"
            return True
        return record.kind == "completed"

    # One visit

    def _spell(self, visit: Visit, broken_off: int = 0) -> Spell:
        """A visit in numbers; one that nothing ended was broken off at a moment."""
        place = self.places[visit.element]
        done = self.own.to_local(visit.done) if visit.done is not None else broken_off
        begun = min(self.own.to_local(visit.begun), done) if visit.begun is not None else done
        offered = min(self.own.to_local(visit.offered), begun)
        return Spell(
            unit=place.unit.key if place.unit is not None else "",
            offered=offered,
            begun=begun,
            done=done,
            open_wait=self._span(place.open, offered, begun),
            open_work=self._span(place.open, begun, done),
            waits=not place.applicant,
            hands_on=place.hands_on,
        )

    def _span(self, hours: WorkTime | None, start: int, end: int) -> int:
        """The time between two moments on a clock."""
        if hours is None or start == end:
            return end - start
        return round(hours.count(hours.from_local(start), hours.from_local(end)) * _SECOND)

    def _book(self, case: _Case, visit: Visit, broken_off: int) -> None:
        """Add a visit to its case and to the sums of its step."""
        place, spell = self.places[visit.element], self._spell(visit, broken_off)
        work = spell.open_work if place.clock is place.open else self._span(place.clock, spell.begun, spell.done)
        work -= sum(self._still(place, spell, first, last) for first, last in visit.still)
        for column, amount in enumerate((1, work, spell.open_wait)):
            self.sums[visit.element][column] += amount
        case.work += work if place.hands_on else 0
        case.waiting += 0 if place.applicant else spell.open_wait
        if visit.done is not None and not place.applicant and place.node.step and place.node.step.clock_stop:
            case.stops.append((spell.offered, spell.done))

    def _still(self, place: _Place, spell: Spell, first: datetime, last: datetime) -> int:
        """How much of the time of its work stood still."""
        start, end = (min(max(self.own.to_local(moment), spell.begun), spell.done) for moment in (first, last))
        return self._span(place.clock, start, end)

    # All cases

    def columns(self) -> Columns:
        """Bring what was counted into the order of the starts."""
        cases = self._cases
        order = sorted(range(len(cases)), key=lambda number: cases[number].started)
        found = [cases[number] for number in order]
        stop = np.array([(row, *stop) for row, case in enumerate(found) for stop in sorted(case.stops)], np.int64)
        stop = stop.reshape(-1, 3)
        steps = [place for place in self.places.values() if place.node.process in self.processes]
        kinds = {place.node.step.kind for place in steps if place.node.step is not None and not place.applicant}

        def column(name: str) -> Integers:
            return np.array([getattr(case, name) for case in found], np.int64)

        return Columns(
            key=np.array(order, np.int64),
            start=column("started"),
            end=column("ended"),
            rejected=column("rejected").astype(np.bool_),
            work=column("work"),
            waiting=column("waiting"),
            hand_ins=column("hand_ins").astype(np.int32),
            visits=column("visits").astype(np.int32),
            clock_start=column("accepted"),
            clock_end=column("decided"),
            stop_case=stop[:, 0],
            stop_from=stop[:, 1],
            stop_to=stop[:, 2],
            steps=tuple(map(self._step, steps)),
            path=self.where.sums({unit.key: unit for unit in self.model.units}),
            seed=0,
            opened=self.own.from_local(found[0].started) if found else self.own.first_opening(),
            warm_up=0,
            at_once=False,
            meeting=True,
            has_accept="accept" in kinds,
            has_decide="decide" in kinds,
        )

    def _step(self, place: _Place) -> StepSums:
        times, work, wait = self.sums[place.node.id]
        return StepSums(
            id=place.node.id,
            name=place.node.name,
            unit_key=place.unit.key if place.unit is not None else "",
            unit=place.unit.name if place.unit is not None else "",
            hands_on=place.hands_on,
            applicant=place.applicant,
            times=times,
            work=work,
            wait=wait,
            queue=0,
        )
