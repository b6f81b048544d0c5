"""What happened to the first cases of a simulation, fact by fact: the same run as `simulate`, told in full."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from analysis.simulation import layout as at
from analysis.simulation.drive import Harvest, drive, work_time
from analysis.simulation.program import Program
from analysis.simulation.run import check_numbers, compiled_program, requested
from bpmn.history import History, Record
from bpmn.model import Model

#: What a fact about an operation is called in a record, and whether only steps have it.
_KINDS = {
    at.HANDED: ("offered", True),
    at.COMPLETED: ("completed", False),
    at.TURNED_DOWN: ("rejected", True),
    at.RUNG: ("timer-due", False),
    at.CAUGHT_ONE: ("message-received", False),
}


def histories(
    model: Model,
    *,
    first: int,
    cases: int = 10_000,
    seed: int = 1,
    start: datetime | None = None,
    warm_up: int | None = None,
    library: Mapping[str, Model] | None = None,
) -> tuple[History, ...]:
    """The histories of the first counted cases of the simulation that `simulate` runs with the same arguments.

    A case is named by its number, its `key` in the columns. Its records tell when it began (outside the applicant's
    pool), when each step was offered, claimed by somebody of its unit, begun and completed, which flows were taken,
    when timers rang beside an activity, which messages were sent and caught, where it was turned down, when it ended.
    """
    check_numbers(cases, warm_up)
    program = compiled_program(model, library)
    request, _ = requested(model, program, cases=cases, seed=seed, start=start, warm_up=warm_up)
    told = min(max(first, 0), cases)
    if not told:
        return ()
    harvest = drive(model, program, replace(request, told=told))
    return tuple(_Telling(model, program, harvest).histories(told))


class _Telling:
    def __init__(self, model: Model, program: Program, harvest: Harvest) -> None:
        process = model.procedure_process
        self.process = process.id if process is not None else ""
        self.program = program
        self.harvest = harvest
        self.own = work_time(model)
        self.nodes = frozenset(model.node)
        self.sender = {
            index: program.nodes[op]
            for op, row in enumerate(program.op)
            for index in range(row[at.OP_MESSAGE], row[at.OP_MESSAGE_END])
        }

    def histories(self, told: int) -> Iterator[History]:
        """One history after the other."""
        records: list[list[Record]] = [[] for _ in range(told)]
        for number, kind, what, moment in self.harvest.fact.tolist():
            records[number].extend(self._records(number, kind, what, self.own.from_local(moment)))
        for number, found in enumerate(records):
            end = self.own.from_local(int(self.harvest.long[at.LONG_END, number]))
            found.append(self._record(number, "ended", end))
            yield History(case=str(number), records=tuple(sorted(found, key=lambda record: record.at)))

    def _record(self, number: int, kind: str, moment: datetime, **values: Any) -> Record:
        return Record(case=str(number), kind=kind, at=moment, process=self.process, **values)

    def _records(self, number: int, kind: int, what: int, moment: datetime) -> Iterator[Record]:
        if kind == at.BEGUN:
            yield self._record(number, "started", moment)
        elif kind in (at.WENT, at.OPENED):
            yield from self._taken(
                number, (self.program.flows if kind == at.WENT else self.program.first_flows)[what], moment
            )
        elif kind == at.SENT:
            yield self._record(number, "message-sent", moment, element=self.sender[what])
            yield from self._taken(number, self.program.sent_flows[what], moment)
        else:
            yield from self._of_operation(number, kind, what, moment)

    def _taken(self, number: int, flows: Iterable[str], moment: datetime) -> Iterator[Record]:
        """The records of sequence flows that were taken; of the way to an event on a border there are none."""
        for flow in flows:
            if flow not in self.nodes:
                yield self._record(number, "flow-taken", moment, flow=flow)

    def _of_operation(self, number: int, kind: int, op: int, moment: datetime) -> Iterator[Record]:
        """The records of an operation; rounds tell of themselves when they are done, not what holds them."""
        row = self.program.op[op]
        step = self.program.steps[row[at.OP_STEP]] if row[at.OP_STEP] >= 0 else None
        values = {"element": self.program.nodes[op]}
        if step is not None and step.unit is not None:
            values["unit"] = step.unit.key
        if kind == at.TAKEN_UP:
            if step is not None:
                if step.hands_on:
                    yield self._record(number, "claimed", moment, **values)
                yield self._record(number, "work-started", moment, **values)
            return
        name, is_of_step = _KINDS[kind]
        if kind == at.COMPLETED and row[at.OP_KIND] == at.WRAP:
            return
        if step is not None or not is_of_step or row[at.OP_KIND] == at.WRAP:
            yield self._record(number, name, moment, **values)
