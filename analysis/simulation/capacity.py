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
from analysis.simulation import layout as at
from analysis.simulation.compile import Program
from analysis.simulation.drive import Request, drive, work_time
from analysis.simulation.tables import Table
from bpmn.model import Model
from org import WorkTime

#: Larger equations are not solved but counted.
_MOST_EQUATIONS = 1500
#: Cases counted instead, and the seed they are drawn with.
_COUNTED, _SEED = 20_000, 1
#: Relaxation times that a warm-up lasts, and the most cases it may take.
_RELAXATIONS, _LONGEST_WARM_UP = 3.0, 200_000
_SECOND = 1e6
_DAY = 86_400.0


@dataclass(frozen=True, kw_only=True)
class Load:
    """What one unit with limited staff has to do."""

    #: Share of its open staff time that the work takes.
    use: float
    overload: Overload


def visits(model: Model, program: Program) -> tuple[tuple[float, ...], bool]:
    """How often a case comes to each step, in the order of `Program.steps`, and whether that is exact."""
    solved = _solved(program)
    if solved is not None:
        flow = np.zeros(len(program.steps))
        for op, value in zip(program.op, solved, strict=True):
            if op[at.OP_STEP] >= 0:
                flow[op[at.OP_STEP]] += value
        return tuple(flow.tolist()), True
    request = Request(
        cases=_COUNTED,
        seed=_SEED,
        start=work_time(model).first_opening(),
        unlimited=frozenset(range(len(program.staff))),
    )
    found = drive(model, program, request)
    return tuple(row[at.STEP_TIMES] / _COUNTED for row in found.steps), False


def _solved(program: Program) -> Table | None:
    """The expected visits to every operation, None where the equations do not hold."""
    size = len(program.op)
    if size > _MOST_EQUATIONS or (_takes_others(program) and _has_others(program)):
        return None
    matrix, given = np.eye(size), np.zeros(size)
    for scope in program.begin:
        given[_starts(program, scope)] += 1.0
    streams: dict[int, dict[int, list[Passage]]] = {}
    for passage in _passages(program):
        if passage.counter >= 0:
            streams.setdefault(passage.target, {}).setdefault(passage.counter, []).append(passage)
        if passage.counter in (-1, program.op[passage.target, at.OP_COUNTER]):
            matrix[passage.target, passage.source] -= passage.share
    try:
        found: Table = np.linalg.solve(matrix, given)
    except np.linalg.LinAlgError:
        return None
    if not np.isfinite(found).all() or (found < -1e-9).any():
        return None
    for target, entering in streams.items():
        sums = [sum(found[passage.source] * passage.share for passage in stream) for stream in entering.values()]
        if len(sums) < program.op[target, at.OP_NEED] or not np.allclose(sums, sums[0], rtol=1e-9, atol=1e-12):
            return None
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """One way from an operation to the next: tokens sent for each visit, and the counter of the join it leads to."""

    source: int
    target: int
    share: float
    counter: int = -1


def _passages(program: Program) -> Iterator[Passage]:
    """Every way from an operation to the next."""
    for op, row in enumerate(program.op):
        stays, before = 1.0 - program.reject[op], 0.0
        for arc in range(row[at.OP_ARC], row[at.OP_ARC_END]):
            share = stays
            if row[at.OP_KIND] == at.CHOOSE:
                share, before = program.chance[arc] - before, program.chance[arc]
            target, counter = program.arc[arc].tolist()
            yield Passage(source=op, target=target, share=share, counter=counter)
        for index in range(row[at.OP_MESSAGE], row[at.OP_MESSAGE_END]):
            target, scope = program.message[index].tolist()
            if scope >= 0:
                yield Passage(source=op, target=target, share=stays)
        if row[at.OP_KIND] == at.ENTER:
            yield from _around(program, op)


def _around(program: Program, op: int) -> Iterator[Passage]:
    """The ways into a sub-process; what is rejected inside does not come out of it."""
    row = program.op[op]
    for start in _starts(program, row[at.OP_SCOPE]):
        yield Passage(source=op, target=start, share=1.0)
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
    splits = (program.op[:, at.OP_KIND] == at.SPLIT).any()
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
    year = _open_days(own)
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
    under_way = arrivals * _open_days(work_time(model)) / 365 * _lasting(model, program, per_case) / _DAY
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
