"""Whether units keep up, and how long a run needs to forget that it began empty.

Expected visits follow from the traffic equations: what comes to an operation is what the operations before it send
(Jackson, "Networks of waiting lines", Operations Research 5, 1957). They are linear and exact as long as no token
takes others with it. Where a rejection or a terminate end could (there is something beside it), and where joins get
unequal streams, the visits are counted in a run without queues instead.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from analysis.measure import Overload
from analysis.runs import components
from analysis.simulation import layout as at
from analysis.simulation.drive import Request, drive, work_time
from analysis.simulation.program import Program
from bpmn.model import Model
from org import WorkTime

#: Larger systems of equations that depend on each other are not solved; the visits are counted.
_MOST_EQUATIONS = 1500
#: Cases counted instead, fewer where there are many operations; and the seed they are drawn with.
_COUNTED, _MOST_COUNTED_VISITS, _SEED = 20_000, 4_000_000, 1
#: Relaxation times that a warm-up lasts, and the most cases it may take.
_RELAXATIONS, _LONGEST_WARM_UP = 3.0, 200_000
#: Operations whose visits depend on times or on what comes together.
_TANGLED = (at.GATHER, at.RACE, at.WATCH, at.THROW)
_SECOND = 1e6
_DAY = 86_400.0


@dataclass(frozen=True, kw_only=True)
class Load:
    """What one unit with limited staff has to do."""

    #: Share of its open staff time that the work takes.
    use: float
    overload: Overload


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """One way from an operation to the next: tokens sent for each visit, and the counter of the join it leads to."""

    source: int
    target: int
    share: float
    counter: int = -1


def visits(model: Model, program: Program) -> tuple[tuple[float, ...], bool]:
    """How often a case comes to each step, in the order of `Program.steps`, and whether that is exact."""
    solved = _solved(program)
    if solved is not None:
        flow = np.zeros(len(program.steps))
        for op, value in zip(program.op, solved, strict=True):
            if op[at.OP_STEP] >= 0:
                flow[op[at.OP_STEP]] += value
        return tuple(flow.tolist()), True
    cases = min(_COUNTED, 1 + _MOST_COUNTED_VISITS // len(program.op))
    request = Request(
        cases=cases,
        seed=_SEED,
        start=work_time(model).first_opening(),
        unlimited=frozenset(range(len(program.staff))),
    )
    found = drive(model, program, request)
    return tuple(row[at.STEP_TIMES] / cases for row in found.steps), False


def _solved(program: Program) -> Sequence[float] | None:
    """The expected visits to every operation, None where the equations do not hold."""
    if np.isin(program.op[:, at.OP_KIND], _TANGLED).any():
        return None
    if _takes_others(program) and _has_others(program):
        return None
    given = [0.0] * len(program.op)
    for scope in program.begin:
        for start in _starts(program, scope):
            given[start] += 1.0
    passages = list(_passages(program))
    counted = [x for x in passages if x.counter in (-1, program.op[x.target, at.OP_COUNTER])]
    found = _flow(counted, given)
    if found is None or not _are_joins_even(program, passages, found):
        return None
    return found


def _flow(passages: Sequence[Passage], given: Sequence[float]) -> list[float] | None:
    """Solve the traffic equations, one loop or operation after the other; None where a loop has no way out."""
    following: dict[int, list[int]] = {op: [] for op in range(len(given))}
    into: dict[int, list[Passage]] = {op: [] for op in following}
    for passage in passages:
        following[passage.source].append(passage.target)
        into[passage.target].append(passage)
    found = [0.0] * len(given)
    for component in reversed(components(following)):
        if len(component) > _MOST_EQUATIONS:
            return None
        members = sorted(component)
        place = {op: number for number, op in enumerate(members)}
        matrix, known = np.eye(len(members)), np.array([given[op] for op in members])
        for op in members:
            for passage in into[op]:
                if passage.source in place:
                    matrix[place[op], place[passage.source]] -= passage.share
                else:
                    known[place[op]] += passage.share * found[passage.source]
        try:
            solved = np.linalg.solve(matrix, known)
        except np.linalg.LinAlgError:
            return None
        if not np.isfinite(solved).all() or (solved < -1e-9).any():
            return None
        for op, value in zip(members, solved.tolist(), strict=True):
            found[op] = value
    return found


def _are_joins_even(program: Program, passages: Sequence[Passage], found: Sequence[float]) -> bool:
    """Whether equally many tokens come to a join by each of its arcs, so that each of them finds its partners."""
    streams: dict[int, dict[int, float]] = {}
    for passage in passages:
        if passage.counter >= 0:
            stream = streams.setdefault(passage.target, {})
            stream[passage.counter] = stream.get(passage.counter, 0.0) + passage.share * found[passage.source]
    return all(
        len(stream) == program.op[target, at.OP_NEED]
        and np.allclose(list(stream.values()), next(iter(stream.values())), rtol=1e-9, atol=1e-12)
        for target, stream in streams.items()
    )


def _passages(program: Program) -> Iterator[Passage]:
    """Every way from an operation to the next."""
    for op, row in enumerate(program.op):
        stays, before = 1.0 - program.reject[op], 0.0
        for arc in range(row[at.OP_ARC], row[at.OP_ARC_END]):
            share = stays
            if row[at.OP_KIND] == at.CHOOSE:
                share, before = program.chance[arc] - before, program.chance[arc]
            elif row[at.OP_KIND] == at.FIRE:
                share = _fired(program, op, arc)
            target, counter = program.arc[arc].tolist()
            yield Passage(source=op, target=target, share=share, counter=counter)
        for index in range(row[at.OP_MESSAGE], row[at.OP_MESSAGE_END]):
            target, scope = program.message[index].tolist()
            if scope >= 0:
                yield Passage(source=op, target=target, share=stays)
        if row[at.OP_KIND] in (at.ENTER, at.WRAP):
            yield from _around(program, op)


def _fired(program: Program, op: int, arc: int) -> float:
    """The share of tokens at an inclusive choice for which an arc is taken."""
    row = program.op[op]
    arcs = range(row[at.OP_ARC], row[at.OP_ARC_END])
    none = math.prod(1.0 - program.chance[other] for other in arcs if program.chance[other] <= 1.0)
    if arc == row[at.OP_OTHER]:
        return float(none)
    # What is drawn again where nothing is taken falls on the ways in proportion to their chances.
    is_drawn_again = row[at.OP_OTHER] < 0 and not any(program.chance[other] > 1.0 for other in arcs)
    return float(min(program.chance[arc], 1.0) / (1.0 - none if is_drawn_again else 1.0))


def _around(program: Program, op: int) -> Iterator[Passage]:
    """The ways into a sub-process or the rounds of an activity; what is rejected inside does not come out of it."""
    row = program.op[op]
    rounds = program.rounds[op] if row[at.OP_KIND] == at.WRAP else 1.0
    for start in _starts(program, row[at.OP_SCOPE]):
        yield Passage(source=op, target=start, share=rounds)
    target, counter = program.arc[row[at.OP_ARC]].tolist()
    for inner in np.flatnonzero(program.reject).tolist():
        scope = program.op[inner, at.OP_SCOPE]
        while scope >= 0 and scope != row[at.OP_SCOPE]:
            scope = program.parents[scope]
        if scope >= 0:
            yield Passage(source=inner, target=target, share=-program.reject[inner], counter=counter)


def _starts(program: Program, scope: int) -> list[int]:
    first, beyond = program.scope[scope, at.SCOPE_START], program.scope[scope, at.SCOPE_START_END]
    starts: list[int] = program.start[first:beyond].tolist()
    return starts


def _takes_others(program: Program) -> bool:
    """Whether some operation lets other tokens go."""
    return bool((program.op[:, at.OP_KIND] == at.TERMINATE).any() or (program.reject > 0.0).any())


def _has_others(program: Program) -> bool:
    """Whether a case can have several tokens at once."""
    begins = sum(len(_starts(program, scope)) for scope in program.begin)
    together = (program.scope[:, at.SCOPE_START_END] - program.scope[:, at.SCOPE_START] > 1).any()
    splits = np.isin(program.op[:, at.OP_KIND], (at.SPLIT, at.FIRE)).any() or (program.rounds > 1.0).any()
    return bool(begins > 1 or together or splits or (program.message[:, at.MESSAGE_SCOPE] >= 0).any())


def loads(model: Model, program: Program, per_case: Sequence[float]) -> tuple[Load, ...]:
    """What each unit with limited staff has to do where cases meet, in the order of `Program.staffed`.

    Somebody whose work stops at closing needs open hours, somebody who works on by the calendar natural ones; both
    are shares of the hours of its kind that the staff has in a year.
    """
    arrivals = model.procedure.arrivals_per_day
    if not arrivals:
        return ()
    own = work_time(model)
    year = _arrival_days(model)
    work = _work(program, per_case)
    found = []
    for number, (unit, staff) in enumerate(zip(program.staffed, program.staff, strict=True)):
        hours = work_time(model, unit.hours) if unit.hours is not None else own
        open_seconds = _open_days(hours) * hours.day_seconds
        needed = arrivals * year * (work[number][0] / open_seconds + work[number][1] / (365 * _DAY))
        use = needed / staff if staff else math.inf
        found.append(
            Load(use=use, overload=Overload(unit=unit.name, use=use, staff=staff, needed=math.floor(needed) + 1))
        )
    return tuple(found)


def _arrival_days(model: Model) -> float:
    """Days of arrivals in a year: all where cases arrive round the clock, else working days."""
    own, arriving = work_time(model), model.procedure.arrival_hours
    if arriving is not None and work_time(model, arriving).is_around_the_clock:
        return 365.0
    return _open_days(own)


def _open_days(hours: WorkTime) -> float:
    """Working days in the year after the first opening of the last official one."""
    start = hours.first_opening()
    return hours.count(start, start + timedelta(days=365)) / hours.day_seconds


def _work(program: Program, per_case: Sequence[float]) -> list[list[float]]:
    """Seconds of work a case brings to each unit with limited staff: in open hours and by the calendar."""
    work = [[0.0, 0.0] for _ in program.staffed]
    for op, row in enumerate(program.op):
        if row[at.OP_STAFF] >= 0:
            by_calendar = int(row[at.OP_WORK_CALENDAR] < 0 <= row[at.OP_UNIT_CALENDAR])
            work[row[at.OP_STAFF]][by_calendar] += per_case[row[at.OP_STEP]] * program.mean(op, 1) / _SECOND
    return work


def warm_up(model: Model, program: Program, per_case: Sequence[float], found: Sequence[Load]) -> int:
    """How many cases to leave uncounted, so that the counted ones meet the queues of an office long at work.

    Queues of use u forget their beginning in about u / (1 - √u)² arrivals (the relaxation time of M/M/1); three such
    times are waited, two fillings of the procedure with cases, and two days, so that a night's backlog is there. Where
    nobody can be waited for, cases do not touch each other, and none is left out.
    """
    arrivals = model.procedure.arrivals_per_day
    if not arrivals or not found:
        return 0
    slowest = max((load.use / (1.0 - math.sqrt(load.use)) ** 2 for load in found if load.use < 1.0), default=0.0)
    under_way = arrivals * _arrival_days(model) / 365 * _lasting(model, program, per_case) / _DAY
    return min(math.ceil(_RELAXATIONS * slowest + 2.0 * under_way + 2.0 * arrivals), _LONGEST_WARM_UP)


def _lasting(model: Model, program: Program, per_case: Sequence[float]) -> float:
    """Natural seconds that the steps of a case last one after the other, without queues."""
    share = {-1: 1.0}
    for number, hours in enumerate(program.hours):
        work = work_time(model, hours)
        share[number] = _open_days(work) * work.day_seconds / (365 * _DAY)
    seconds = (
        per_case[row[at.OP_STEP]] * program.mean(op, part) / _SECOND / share[int(row[calendar])]
        for op, row in enumerate(program.op)
        if row[at.OP_STEP] >= 0
        for part, calendar in ((0, at.OP_WAIT_CALENDAR), (1, at.OP_WORK_CALENDAR))
    )
    return float(sum(seconds))
