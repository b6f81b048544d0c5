"""The draws of the simulation one by one, for whoever plays the same procedure another way.

Every draw of the simulation is a function of (seed, case, element, visit, part), whatever else happens (`draws`). So a
run of the real engine that asks here how long a step takes and which way a case goes gets what the simulation gave the
same case; what then differs is how the two move tokens and keep queues, and that is what it is for.

One operation stands for one element here. Where loops are bounded (`gov:branch most`) the simulation has copies of
their elements, and the draws of a round are those of its copy: `is_exact` is false, and only the means agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import count

import numpy as np

from analysis.simulation import layout as at
from analysis.simulation.draws import (
    EXPONENTIAL,
    NONE,
    REJECT_PART,
    ROUNDS_PART,
    UNTIL,
    WAIT_PART,
    WAY_PART,
    WORK_PART,
    case_key,
    duration,
    stream,
    uniform,
)
from analysis.simulation.drive import work_time, year_after
from analysis.simulation.kernel import ARRIVAL
from analysis.simulation.laws import NO_TIME, Law
from analysis.simulation.program import Program
from analysis.simulation.run import check_numbers, compiled_program, requested
from bpmn.model import Model, Unit
from org import WorkTime

_SECOND = 1_000_000


def _stream(key: np.uint64, element: np.uint64, visit: int, part: int) -> np.uint64:
    """The stream of a part of a visit; compiled code gives a number of Python's, which it does not take back."""
    return np.uint64(stream(key, element, visit, part))


def _uniform(state: np.uint64) -> tuple[np.uint64, float]:
    """The next state and a number above 0 and below 1."""
    following, number = uniform(state)
    return np.uint64(following), float(number)


@dataclass(frozen=True, kw_only=True)
class Lasting:
    """How long something takes, in microseconds on a clock; none is the natural clock."""

    length: int
    clock: WorkTime | None


class Chance:
    """What chance decides in a run, with the same arguments as `simulate`."""

    def __init__(
        self, model: Model, *, cases: int, seed: int, start: datetime | None = None, warm_up: int | None = None
    ) -> None:
        check_numbers(cases, warm_up)
        self.model = model
        self.program: Program = compiled_program(model)
        self.request, self.loads = requested(model, self.program, cases=cases, seed=seed, start=start, warm_up=warm_up)
        self.own = work_time(model)
        self.clocks = [work_time(model, hours) for hours in self.program.hours]
        self.ops: dict[str, list[int]] = {}
        for op, node in enumerate(self.program.nodes):
            self.ops.setdefault(node, []).append(op)

    @cached_property
    def is_exact(self) -> bool:
        """Whether every element is one operation of a kind, so that its draws are those of the simulation."""
        kinds = [(node, int(self.program.op[op, at.OP_KIND])) for node, ops in self.ops.items() for op in ops]
        return len(set(kinds)) == len(kinds)

    def op(self, node: str, kind: int) -> int:
        """The operation of that kind an element has, -1 for none."""
        return next((op for op in self.ops.get(node, ()) if self.program.op[op, at.OP_KIND] == kind), -1)

    def arrivals(self) -> Iterator[tuple[int, datetime]]:
        """The number of each case and when it arrives, those of the warm-up first, below 0; there is no end to them."""
        request = self.request
        within, year, gap = 0, 0, np.array([NO_TIME])
        if request.arrivals is None:
            year = round(self.own.count(request.start, year_after(request.start)) * _SECOND)
        else:
            gap = np.array([self._gap(request.arrivals)])
        clock = self._clock(self.program.calendar if request.arrivals is None else self.program.arrivals)
        for number in count(-request.warm_up):
            state = _stream(self.key(number), ARRIVAL, 0, 0)
            if request.arrivals is None:
                within = int((number + _uniform(state)[1]) * (year / request.cases))
            else:
                within += int(duration(state, gap, 0, self.program.value))
            at_once = Lasting(length=0 if request.at_once else within, clock=clock)
            yield number, self.later(request.start, at_once)

    def later(self, moment: datetime, lasting: Lasting) -> datetime:
        """The moment by which it has passed."""
        if not lasting.length:
            return moment
        local = self.own.to_local(moment)
        if lasting.clock is None:
            return self.own.from_local(local + lasting.length)
        return lasting.clock.add(self.own.from_local(local), lasting.length / _SECOND)

    def key(self, number: int) -> np.uint64:
        """What the draws of a case are keyed by."""
        return np.uint64(case_key(self.request.seed % 2**64, number))

    def people(self) -> dict[str, int | None]:
        """How many can work at once in each unit, by its key; none where that has no limit, or nobody could keep up."""
        staffed = {
            unit.key: None if number in self.request.unlimited else people
            for number, (unit, people) in enumerate(zip(self.program.staffed, self.program.staff, strict=True))
        }
        return {unit.key: staffed.get(unit.key) for unit in self.program.rows}

    def _gap(self, arrivals: float) -> Law:
        procedure = self.model.procedure
        day = sum(end - start for start, end in procedure.arrival_hours or procedure.hours)
        return (float(EXPONENTIAL), day * _SECOND / arrivals, 0.0, 0.0)

    def _clock(self, calendar: int) -> WorkTime | None:
        return self.clocks[calendar] if calendar >= 0 else None

    def unit(self, node: str) -> Unit | None:
        """The unit whose people do a step one at a time; none where nobody is needed or there is no limit."""
        op = self.op(node, at.WORKED)
        staff = int(self.program.op[op, at.OP_STAFF]) if op >= 0 else -1
        return self.program.staffed[staff] if staff >= 0 else None

    def case(self, number: int) -> CaseChance:
        """The draws of one case; below 0 are the cases of the warm-up."""
        return CaseChance(self, number)


class CaseChance:
    """The draws of one case, by its visits so far."""

    def __init__(self, chance: Chance, number: int) -> None:
        self.chance = chance
        self.number = number
        self.key = chance.key(number)
        self._seen: dict[int, int] = {}

    def see(self, node: str, kind: int = at.WORKED) -> int:
        """Count a visit to an element and give its number; 0 where the simulation does nothing at it."""
        op = self.chance.op(node, kind)
        if op < 0:
            return 0
        self._seen[op] = visit = self._seen.get(op, 0) + 1
        return visit

    def wait(self, node: str, visit: int, kind: int = at.WORKED) -> Lasting | None:
        """How long it lies before somebody can begin; none where that is no time at all."""
        return self._lasting(node, visit, kind, WAIT_PART)

    def work(self, node: str, visit: int, moment: datetime, kind: int = at.WORKED) -> Lasting | None:
        """How long the work takes that begins at a moment; none where that is no time at all."""
        return self._lasting(node, visit, kind, WORK_PART, moment)

    def rejects(self, node: str, visit: int) -> bool:
        """Whether a visit turns the case down, where no gateway routes on it."""
        program = self.chance.program
        for op in self.chance.ops.get(node, ()):
            share = float(program.reject[op])
            if share > 0.0:
                return bool(_uniform(self._stream(op, visit, REJECT_PART))[1] < share)
        return False

    def rounds(self, node: str, visit: int) -> int:
        """How often an activity is done that is done in rounds."""
        op = self.chance.op(node, at.WRAP)
        mean = float(self.chance.program.rounds[op]) if op >= 0 else 1.0
        whole = int(mean)
        if mean > whole and _uniform(self._stream(op, visit, ROUNDS_PART))[1] < mean - whole:
            return whole + 1
        return whole

    def ways(self, node: str) -> tuple[str, ...]:
        """Which flows leave a choice this time; empty where the simulation has no choice there.

        Of a choice behind an activity these can be events on its border.
        """
        op = self.chance.op(node, at.CHOOSE)
        if op >= 0:
            return self._first(op, [self._chosen(op)])
        op = self.chance.op(node, at.FIRE)
        return self._first(op, self._fired(op)) if op >= 0 else ()

    def _lasting(self, node: str, visit: int, kind: int, part: int, moment: datetime | None = None) -> Lasting | None:
        op = self.chance.op(node, kind)
        program, row = self.chance.program, 2 * op + (part == WORK_PART)
        if op < 0 or program.law[row, 0] == NONE:
            return None
        column = at.OP_WORK_CALENDAR if part == WORK_PART else at.OP_WAIT_CALENDAR
        clock = self.chance._clock(int(program.op[op, column]))
        if program.law[row, 0] == UNTIL:
            begun = self.chance.own.to_local(moment) if moment is not None else 0
            return Lasting(length=max(int(program.law[row, 1]) - begun, 0), clock=clock)
        length = duration(self._stream(op, visit, part), program.law, row, program.value)
        return Lasting(length=int(length), clock=clock)

    def _stream(self, op: int, visit: int, part: int) -> np.uint64:
        element = np.int64(self.chance.program.op[op, at.OP_ELEMENT]).astype(np.uint64)
        return _stream(self.key, element, visit, part)

    def _visit(self, op: int) -> int:
        self._seen[op] = visit = self._seen.get(op, 0) + 1
        return visit

    def _chosen(self, op: int) -> int:
        program = self.chance.program
        _, share = _uniform(self._stream(op, self._visit(op), WAY_PART))
        arc, last = int(program.op[op, at.OP_ARC]), int(program.op[op, at.OP_ARC_END]) - 1
        while arc < last and share >= program.chance[arc]:
            arc += 1
        return arc

    def _fired(self, op: int) -> list[int]:
        """The ways of an inclusive choice, drawn as `gates.drawn_ways` does."""
        program, state = self.chance.program, self._stream(op, self._visit(op), WAY_PART)
        default, is_drawn = int(program.op[op, at.OP_OTHER]), False
        taken: list[int] = []
        for arc in range(int(program.op[op, at.OP_ARC]), int(program.op[op, at.OP_ARC_END])):
            if program.chance[arc] > 1.0:
                taken.append(arc)
            elif arc != default:
                state, share = _uniform(state)
                if share < (program.chance[arc] if is_drawn else program.first[arc]):
                    taken.append(arc)
                    is_drawn = True
        return taken if is_drawn or default < 0 else sorted([*taken, default])

    def _first(self, op: int, arcs: Sequence[int]) -> tuple[str, ...]:
        """The first flow of each arc."""
        return tuple(flows[0] for arc in arcs if (flows := self.chance.program.flows[arc]))


__all__ = ["CaseChance", "Chance", "Lasting"]
