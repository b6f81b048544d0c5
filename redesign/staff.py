"""How many people each unit needs, so that what arrives does not wait long for somebody free.

What a unit has to do follows from the arrivals and the work a case brings it; queues follow from the share of its open
hours that this takes. With one person at 80 % a case waits on average four times as long as it is worked on, at 90 %
nine times (u / (1 - u), M/M/1; Erlang 1917). So people are counted up to `MOST_USE`, not up to their last minute.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from analysis.errors import AnalysisError
from analysis.simulation.capacity import loads, visits
from analysis.simulation.run import compiled_program
from bpmn.annotation import GovUnit
from bpmn.model import Lane, Model

#: The share of its open hours that a unit's people work at most.
MOST_USE = 0.8
#: What the last digits of a sum do not decide.
_SLACK = 1e-9


@dataclass(frozen=True, kw_only=True)
class Staffing:
    """What one unit has to do, and for how many people that is work."""

    #: The id of its lane or pool, and its name.
    element: str
    unit: str
    #: People who would be busy all day with what arrives.
    busy: float
    #: The smallest number of people of whose time it takes `MOST_USE` at most.
    needed: int
    #: Those who are there; none where that has no limit.
    staff: int | None


def staff_needed(model: Model) -> tuple[Staffing, ...] | None:
    """The people each unit with steps needs, in the order of the file.

    None where nobody says how many cases arrive, or the procedure cannot be simulated.
    """
    if not model.procedure.arrivals_per_day:
        return None
    try:
        return tuple(_of_units(model))
    except AnalysisError:
        return None


def people(staffing: tuple[Staffing, ...] | None) -> int | None:
    """The people all units need together; None where they are not known."""
    return None if staffing is None else sum(one.needed for one in staffing)


def _of_units(model: Model) -> Iterator[Staffing]:
    alone = _of_one_person(model)
    program = compiled_program(alone)
    found = loads(alone, program, visits(alone, program)[0])
    there = {unit.key: unit.staff for unit in model.units}
    at_work = {unit.key for unit in alone.unit_of.values()}
    for unit, load in zip(program.staffed, found, strict=True):
        if unit.key in at_work:
            needed = math.ceil(load.use / MOST_USE - _SLACK)
            yield Staffing(element=unit.id, unit=unit.name, busy=load.use, needed=needed, staff=there.get(unit.key))


def _of_one_person(model: Model) -> Model:
    """The model with one person in every unit: then the use of a unit is the people it keeps busy."""
    pools = tuple(replace(pool, unit=replace(pool.unit or GovUnit(), staff=1)) for pool in model.pools)
    return model.evolve(pools=pools, lanes=tuple(map(_with_one, model.lanes)))


def _with_one(lane: Lane) -> Lane:
    """A lane with one person; one inside another that says nothing of itself stays a part of that."""
    if lane.unit is None and lane.parent:
        return lane
    return lane.evolve(unit=replace(lane.unit or GovUnit(), staff=1))
