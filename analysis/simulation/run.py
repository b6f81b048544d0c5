"""Simulating a procedure: from its model to the columns of its cases."""

from collections.abc import Mapping
from datetime import datetime
from operator import add

import numpy as np

from analysis.errors import BadRun, NothingToSimulate, NotSimulated
from analysis.measure import Overload
from analysis.simulation import layout as at
from analysis.simulation.capacity import Load, loads, visits, warm_up
from analysis.simulation.columns import Columns, PathSums, StepSums, UnitSums
from analysis.simulation.compile import compile_model
from analysis.simulation.compiled import holds_code, present_folder
from analysis.simulation.drive import Harvest, Progress, Request, drive, work_time
from analysis.simulation.kernel import advance
from analysis.simulation.program import Program, StepPlace
from analysis.simulation.refusals import refusals
from analysis.simulation.timers import date_of
from bpmn.model import Model, Node, Process, SequenceFlow


def simulate(
    model: Model,
    *,
    cases: int = 10_000,
    seed: int = 1,
    start: datetime | None = None,
    warm_up: int | None = None,
    progress: Progress | None = None,
    library: Mapping[str, Model] | None = None,
) -> Columns:
    """Simulate so many cases of a procedure and give their columns; docs/explanation/simulation.md tells the rules.

    Where the file names arrivals, cases arrive from `start` on and share the staff of the units; `warm_up` cases come
    first and are not counted (by default as many as the queues need). Else every case is alone, and `start`, if given,
    is the one instant at which all start. Equal arguments give equal columns. `progress` is called with the number of
    cases done and of all, some times a second. `library` holds further files in which called processes may stand, by
    any name; of several with a called process the first counts.
    """
    check_numbers(cases, warm_up)
    program = compiled_program(model, library)
    request, found = requested(model, program, cases=cases, seed=seed, start=start, warm_up=warm_up)
    harvest = drive(model, program, request, progress)
    return _columns(model, program, request, harvest, tuple(load.overload for load in found if load.use >= 1.0))


def check_numbers(cases: int, warm_up: int | None) -> None:
    """Raise BadRun where there is nothing to count."""
    if cases < 1 or (warm_up or 0) < 0:
        raise BadRun(cases if cases < 1 else warm_up or 0)


def requested(
    model: Model, program: Program, *, cases: int, seed: int, start: datetime | None, warm_up: int | None
) -> tuple[Request, tuple[Load, ...]]:
    """What to run, and the loads of the units: those that cannot keep up have no queue in the run."""
    begin, at_once = _start(model, program)
    arrivals = model.procedure.arrivals_per_day or None
    found, ahead = _loads(model, program)
    overloaded = [number for number, load in enumerate(found) if load.use >= 1.0]
    request = Request(
        cases=cases,
        seed=seed,
        warm_up=0 if arrivals is None else ahead if warm_up is None else warm_up,
        start=begin if start is None else start,
        arrivals=arrivals,
        at_once=arrivals is None and (at_once or start is not None),
        unlimited=frozenset(overloaded),
    )
    return request, found


def warm() -> None:
    """Compile the kernel, unless that was done before, by simulating one case."""
    process = Process(id="process")
    nodes = (Node(id="start", kind="startEvent", process="process"), Node(id="end", kind="endEvent", process="process"))
    flows = (SequenceFlow(id="flow", source="start", target="end", process="process"),)
    simulate(Model(processes=(process,), nodes=nodes, flows=flows), cases=1)


def is_compiled() -> bool:
    """Whether the kernel's machine code is there, so that nobody has to wait for the compiler."""
    return bool(getattr(advance, "signatures", ())) or holds_code(present_folder())


def overloads(model: Model, library: Mapping[str, Model] | None = None) -> tuple[Overload, ...]:
    """The units that cannot keep up with what arrives, in the order of the file."""
    return tuple(load.overload for load in _loads(model, compiled_program(model, library))[0] if load.use >= 1.0)


def default_warm_up(model: Model, library: Mapping[str, Model] | None = None) -> int:
    """How many cases a simulation leaves uncounted if nobody says."""
    return _loads(model, compiled_program(model, library))[1]


def expected_visits(model: Model, library: Mapping[str, Model] | None = None) -> tuple[Mapping[str, float], bool]:
    """How often a case comes to each step, and whether that is exact (else counted in a run of 20,000 cases)."""
    program = compiled_program(model, library)
    found, is_exact = visits(model, program)
    summed: dict[str, float] = {}
    for place, times in zip(program.steps, found, strict=True):
        summed[place.node.id] = summed.get(place.node.id, 0.0) + times
    return summed, is_exact


def default_start(model: Model) -> tuple[datetime, bool]:
    """When a simulation starts if nobody says, and whether all cases start at that instant.

    It is the date of the timer at which cases begin; else the first opening of the first working day of the last
    official year, and then cases start spread over time.
    """
    return _start(model, compile_model(model))


def _start(model: Model, program: Program) -> tuple[datetime, bool]:
    own = work_time(model)
    for node in program.begins:
        begin = date_of(model.node[node], own.zone)
        if begin is not None:
            return begin, not model.procedure.arrivals_per_day
    return own.first_opening(), False


def compiled_program(model: Model, library: Mapping[str, Model] | None = None) -> Program:
    """The tables of a model all of which can be simulated."""
    refused = refusals(model, library)
    if refused:
        raise NotSimulated(refused)
    program = compile_model(model, library)
    if not any(program.scope[scope, at.SCOPE_APPLICANT] == 0 for scope in range(len(program.scope))):
        raise NothingToSimulate
    if not len(program.begin):
        raise NothingToSimulate
    return program


def _loads(model: Model, program: Program) -> tuple[tuple[Load, ...], int]:
    """The loads of the units with limited staff and the warm-up that follows from them."""
    if not model.procedure.arrivals_per_day or not program.staff:
        return (), 0
    per_case, _ = visits(model, program)
    found = loads(model, program, per_case)
    return found, warm_up(model, program, per_case, found)


def _columns(
    model: Model, program: Program, request: Request, harvest: Harvest, overloaded: tuple[Overload, ...]
) -> Columns:
    """Bring what a run has left into the order of the starts."""
    long, short, stop = harvest.long, harvest.short, harvest.stop
    start = long[at.LONG_START]
    key = np.arange(len(start), dtype=np.int64)
    if (start[1:] < start[:-1]).any():
        key = np.argsort(start, kind="stable")
        for row in (*long, *short):
            row[:] = row[key]
    place = np.empty_like(key)
    place[key] = np.arange(len(key))
    stop_case = place[stop[:, at.STOP_CASE]]
    order = np.lexsort((stop[:, at.STOP_FROM], stop_case))
    kinds = {place.node.step.kind for place in program.steps if place.node.step is not None and not place.applicant}
    return Columns(
        key=key,
        start=long[at.LONG_START],
        end=long[at.LONG_END],
        rejected=short[at.SHORT_REJECTED].astype(np.bool_),
        work=long[at.LONG_WORK],
        waiting=long[at.LONG_WAITING],
        hand_ins=short[at.SHORT_HAND_INS],
        visits=short[at.SHORT_VISITS],
        clock_start=long[at.LONG_CLOCK_START],
        clock_end=long[at.LONG_CLOCK_END],
        stop_case=stop_case[order],
        stop_from=stop[order, at.STOP_FROM],
        stop_to=stop[order, at.STOP_TO],
        steps=_steps(model, program, harvest),
        path=_path(program, harvest),
        seed=request.seed,
        opened=request.start,
        warm_up=request.warm_up,
        at_once=request.at_once,
        meeting=request.arrivals is not None,
        overloaded=overloaded,
        has_accept="accept" in kinds,
        has_decide="decide" in kinds,
    )


def _steps(model: Model, program: Program, harvest: Harvest) -> tuple[StepSums, ...]:
    """The sums of each step in the order of the file; those of its rounds in a bounded loop are put together."""
    found: dict[str, tuple[StepPlace, tuple[int, ...]]] = {}
    for place, sums in zip(program.steps, harvest.steps, strict=True):
        known = found[place.node.id][1] if place.node.id in found else (0,) * len(sums)
        found[place.node.id] = place, tuple(map(add, known, sums))
    order = {node.id: number for number, node in enumerate(model.nodes)}
    return tuple(_step(*found[step]) for step in sorted(found, key=lambda step: order.get(step, len(order))))


def _step(place: StepPlace, sums: tuple[int, ...]) -> StepSums:
    return StepSums(
        id=place.node.id,
        name=place.node.name,
        unit_key=place.unit.key if place.unit is not None else "",
        unit=place.unit.name if place.unit is not None else "",
        hands_on=place.hands_on,
        applicant=place.applicant,
        times=sums[at.STEP_TIMES],
        work=sums[at.STEP_WORK],
        wait=sums[at.STEP_WAIT],
        queue=sums[at.STEP_QUEUE],
    )


def _path(program: Program, harvest: Harvest) -> PathSums:
    way = harvest.way
    units = []
    for row in range(len(program.rows) + 1):
        unit = program.rows[row] if row < len(program.rows) else None
        first = at.WAY_UNITS + at.PARTS * row
        work, wait, queue = way[first : first + at.PARTS]
        if unit is not None or work or wait or queue:
            key, name = (unit.key, unit.name) if unit is not None else ("", "")
            units.append(UnitSums(key=key, unit=name, work=work, wait=wait, queue=queue))
    return PathSums(units=tuple(units), closed=way[at.WAY_CLOSED], other=way[at.WAY_OTHER])
