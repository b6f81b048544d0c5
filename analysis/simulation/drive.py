"""Driving the kernel: calendars long enough, tables that grow, sums without bounds, progress, the end.

The kernel comes back after some ten thousand events. Between two calls its sums over steps and ways are moved to
Python's whole numbers, which no run can make overflow, progress is told, and an interrupt is heard.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from analysis.errors import CaseStuck, EndlessCase, RunTooLarge, RunTooLong
from analysis.hours import Hours, office_hours
from analysis.simulation import layout as at
from analysis.simulation.draws import EXPONENTIAL
from analysis.simulation.kernel import advance, plan_arrival
from analysis.simulation.program import Program
from analysis.simulation.tables import (
    Plan,
    Run,
    Table,
    more_cases,
    more_facts,
    more_frames,
    more_stops,
    more_tokens,
    new_run,
)
from bpmn.model import Model
from org import CalendarMissing, WorkTime

#: Called with the number of counted cases done and of all counted cases.
Progress = Callable[[int, int], None]

#: Events between two looks at the outside world: about a twentieth of a second.
_TURNS = 200_000
#: Operations one case may pass before it is taken to go round for ever.
_MOST_MOVES = 1_000_000
#: Operations all cases may pass together: so many, or so many times the cases so far if that is more.
_MOST_OF_ALL, _MOST_ON_AVERAGE = 200_000_000, 20_000
_SECOND = 1_000_000
_EPOCH = date(1970, 1, 1)
#: What a calendar holds beyond the last arrival before anybody asks for more.
_SPARE_DAYS = 5 * 366
#: No run lasts longer.
_LONGEST_DAYS = 366_000


@dataclass(frozen=True, kw_only=True)
class Request:
    """What to run: how many cases, from when on, how they arrive."""

    cases: int
    seed: int
    warm_up: int = 0
    start: datetime
    #: Mean number of cases a working day; None: cases never meet.
    arrivals: float | None = None
    #: All cases start at `start`.
    at_once: bool = False
    #: Units (by their place in `Program.staffed`) whose staff is taken to have no limit.
    unlimited: frozenset[int] = frozenset()
    #: Of how many of the first counted cases all that happens is told.
    told: int = 0


@dataclass(frozen=True, kw_only=True)
class Harvest:
    """What a run has brought, in the layout of the tables."""

    long: Table
    short: Table
    stop: Table
    #: Sums over steps (a row each) and along ways.
    steps: tuple[tuple[int, ...], ...]
    way: tuple[int, ...]
    #: What happened to the cases that were told of, in the order in which it did.
    fact: Table


def work_time(model: Model, hours: Hours | None = None) -> WorkTime:
    """The office hours of the procedure, or other hours on its calendar."""
    own = office_hours(model)
    return own if hours is None else WorkTime(holidays=own.holidays, hours=hours, zone=own.zone)


def drive(model: Model, program: Program, request: Request, progress: Progress | None = None) -> Harvest:
    """Run a procedure; where a calendar turns out too short, once more with a longer one.

    Raises CalendarMissing where there is none for so long, RunTooLong, and RunTooLarge.
    """
    days = _days(model, request)
    limit = _limit(work_time(model))
    while True:
        first = request.start.astimezone(work_time(model).zone).date()
        last = min(first + timedelta(days=min(days, (limit - first).days)), limit)
        if last < first:
            raise CalendarMissing(first.year)
        found = _run(_plan(model, program, request, (first, last)), program, request, progress)
        if found is not None:
            return found
        if last >= limit:
            raise CalendarMissing(limit.year + 1)
        if days >= _LONGEST_DAYS:
            raise RunTooLong
        days = min(2 * days, _LONGEST_DAYS)


def _days(model: Model, request: Request) -> int:
    """Days a run will last, roughly: those of the arrivals and some years more."""
    if request.arrivals is None:
        return 366 + _SPARE_DAYS
    lasting = (request.cases + request.warm_up) / request.arrivals * 1.6 + _SPARE_DAYS
    return int(min(lasting, _LONGEST_DAYS))


def _limit(hours: WorkTime) -> date:
    """The last day of the calendar."""
    return date(min(hours.holidays.last_year, date.max.year - 1), 12, 31)


def _plan(model: Model, program: Program, request: Request, days: tuple[date, date]) -> Plan:
    """Bring a program, its calendars and the settings of a run together."""
    own = work_time(model)
    setting = np.zeros(at.SETTINGS, np.int64)
    instant = own.to_local(request.start)
    setting[at.ALONE] = request.arrivals is None
    setting[at.WARM_UP], setting[at.CASES] = request.warm_up, request.cases
    setting[at.SEED] = np.uint64(request.seed % 2**64).astype(np.int64)
    setting[at.ARRIVALS] = at.AT_ONCE if request.at_once else at.SPREAD if request.arrivals is None else at.POISSON
    setting[at.ARRIVAL_CALENDAR] = program.arrivals if request.arrivals is not None else program.calendar
    setting[at.ARRIVAL_INSTANT] = instant
    if setting[at.ARRIVALS] == at.SPREAD:
        setting[at.ARRIVAL_YEAR] = round(own.count(request.start, year_after(request.start)) * _SECOND)
    setting[at.SPARE_TOKENS], setting[at.SPARE_FRAMES] = program.spare_tokens, program.spare_frames
    setting[at.WAY_WIDTH] = at.WAY_UNITS + at.PARTS * (len(program.rows) + 1)
    setting[at.BOXES] = program.boxes
    setting[at.MOST_MOVES] = _MOST_MOVES
    day = sum(end - start for start, end in model.procedure.arrival_hours or model.procedure.hours)
    gap = day * _SECOND / request.arrivals if request.arrivals else 0.0
    calendar, span, first_spans = calendars([work_time(model, hours) for hours in program.hours], *days)
    return Plan(
        op=program.op,
        law=program.law,
        value=program.value,
        reject=program.reject,
        arc=program.arc,
        chance=program.chance,
        first=program.first,
        reach=program.reach,
        rounds=program.rounds,
        watch=program.watch,
        scope=program.scope,
        start=program.start,
        begin=program.begin,
        message=program.message,
        calendar=calendar,
        span=span,
        day=first_spans,
        setting=setting,
        gap=np.array([[EXPONENTIAL, gap, 0.0, 0.0]]),
    )


def year_after(start: datetime) -> datetime:
    """The same day and time a year later; 28 February where there is no such day."""
    try:
        return start.replace(year=start.year + 1)
    except ValueError:
        return start.replace(year=start.year + 1, day=28)


def calendars(hours: list[WorkTime], first: date, last: date) -> tuple[Table, Table, Table]:
    """Lay out calendars for the kernel: their rows, their spans, and for each day its first span."""
    rows, spans, days = [], [np.zeros((0, 3), np.int64)], [np.zeros(0, np.int64)]
    span_count = day_count = 0
    midnights = np.arange((first - _EPOCH).days, (last - _EPOCH).days + 1, dtype=np.int64) * at.DAY
    for work in hours:
        starts, ends, before = (np.array(column, np.int64) for column in work.spans(first, last))
        rows.append((span_count, span_count + len(starts), day_count, len(midnights), (first - _EPOCH).days))
        spans.append(np.stack((starts, ends, before), axis=1))
        days.append(span_count + np.searchsorted(starts, midnights, side="left"))
        span_count, day_count = span_count + len(starts), day_count + len(midnights)
    return (
        np.array(rows, np.int64).reshape(-1, at.CALENDAR_WIDTH),
        np.ascontiguousarray(np.concatenate(spans)),
        np.concatenate(days),
    )


def _run(plan: Plan, program: Program, request: Request, progress: Progress | None) -> Harvest | None:
    """Drive one run to its end; None where its calendars were too short."""
    staff = np.full((len(program.staff), at.STAFF_WIDTH), -1, np.int64)
    for number, people in enumerate(program.staff):
        staff[number, at.STAFF_FREE] = at.NEVER if number in request.unlimited else people
    run = new_run(
        plan, staff, boxes=program.boxes, seen=program.seen, counters=program.counters, steps=len(program.steps)
    )
    run.register[at.FAULT] = -1
    if request.told:
        run.register[at.TOLD_CASES] = request.told
        run = more_facts(plan, run, 8 * program.spare_tokens + 4096)
    plan_arrival(plan, run)
    steps = [[0] * at.STEP_WIDTH for _ in program.steps]
    way = [0] * len(run.way)
    moves = 0
    while True:
        reason = advance(plan, run, _TURNS)
        _take_sums(run, steps, way)
        moves += int(run.register[at.MOVES])
        run.register[at.MOVES] = 0
        if moves > max(_MOST_OF_ALL, _MOST_ON_AVERAGE * int(run.register[at.ARRIVED])):
            raise RunTooLarge
        if reason == at.BEYOND:
            return None
        if progress is not None and reason in (at.DONE, at.PAUSED):
            progress(request.cases - int(run.register[at.LEFT]), request.cases)
        if reason == at.DONE:
            break
        run = more_facts(plan, run, len(run.fact)) if reason == at.NEEDS_FACTS else _resumed(run, reason, program)
    return Harvest(
        long=run.long,
        short=run.short,
        stop=run.stop[: run.register[at.STOPS]],
        steps=tuple(tuple(row) for row in steps),
        way=tuple(way),
        fact=run.fact[: run.register[at.FACTS]],
    )


def _take_sums(run: Run, steps: list[list[int]], way: list[int]) -> None:
    """Move the sums of the last call to where they cannot overflow."""
    for row, sums in zip(steps, run.step.tolist(), strict=True):
        for column, value in enumerate(sums):
            row[column] += value
    for column, value in enumerate(run.way.tolist()):
        way[column] += value
    run.step[:] = 0
    run.way[:] = 0


def _resumed(run: Run, reason: int, program: Program) -> Run:
    """Make room for what was full; a fault is raised by name."""
    if reason == at.NEEDS_TOKENS:
        return more_tokens(run, len(run.token))
    if reason == at.NEEDS_CASES:
        return more_cases(run, len(run.case))
    if reason == at.NEEDS_FRAMES:
        return more_frames(run, len(run.frame))
    if reason == at.NEEDS_STOPS:
        return more_stops(run)
    fault = int(run.register[at.FAULT])
    element = program.nodes[fault] if fault >= 0 else ""
    if reason == at.STUCK:
        raise CaseStuck(element)
    if reason == at.ENDLESS:
        raise EndlessCase(element)
    return run
