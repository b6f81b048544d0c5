"""What the tokens of a case ask of the world around it: office hours, holidays, decisions by rules."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from bpmn.decisions import Decisions
from bpmn.expression import Environment
from bpmn.model import Model, Node
from engine.decisions import decide
from engine.spiff.world import Due, Ruling
from engine.timers import due
from org import DEFAULT_HOURS, WorkTime, holidays

_ONE_DAY = timedelta(days=1)


class OfficeDays:
    """The working days of an office, as expressions count them."""

    def __init__(self, clock: WorkTime) -> None:
        self._clock = clock

    def between(self, first: date, last: date) -> int:
        """Count the working days after the first day up to the last, which counts; negative backwards."""
        if last < first:
            return -self.between(last, first)
        return self._clock.holidays.workdays(first + _ONE_DAY, last) if last > first else 0

    def after(self, start: date, days: int) -> date:
        """The working day that is so many working days after a day, which is not counted."""
        if days <= 0:
            return start if not days else self._before(start, -days)
        midnight = datetime(start.year, start.month, start.day, tzinfo=self._clock.zone)
        return self._clock.due(midnight, days, "workday").last_day

    def _before(self, start: date, days: int) -> date:
        day = start
        while days:
            day -= _ONE_DAY
            days -= self._clock.is_workday(day)
        return day


class Office:
    """The clocks of one procedure: its own office hours and those of each unit of its files."""

    def __init__(self, model: Model, library: Iterable[Model], zone: str) -> None:
        procedure = model.procedure
        self.zone: tzinfo = ZoneInfo(zone)
        #: The procedure's own office hours.
        self.clock = work_time(procedure.calendar, procedure.hours, zone)
        self.days = OfficeDays(self.clock)
        self._model, self._zone = model, zone
        self._model_of = {process.id: one for one in reversed((model, *library)) for process in one.processes}

    def clock_of(self, node: Node) -> WorkTime:
        """The office hours of a step's unit, else the procedure's."""
        model = self._model_of.get(node.process)
        unit = model.unit_of.get(node.id) if model is not None else None
        hours = self._model.hours_of(unit)
        return work_time(self._model.procedure.calendar, hours, self._zone)


@lru_cache(maxsize=256)
def work_time(
    calendar: str, hours: tuple[tuple[int, int], ...] = DEFAULT_HOURS, zone: str = "Asia/Shanghai"
) -> WorkTime:
    """The office hours on a calendar in a zone, made once."""
    return WorkTime(holidays=holidays(calendar), hours=hours, zone=ZoneInfo(zone))


class OfficeWorld:
    """The world of a live case in one command: its conditions decide, its clocks are those of the offices."""

    def __init__(self, office: Office, decisions: Sequence[Decisions], now: datetime) -> None:
        self._office = office
        self._decisions = decisions
        self._now = now

    def environment(self, now: datetime) -> Environment:
        """What expressions may ask for at a moment."""
        return Environment(
            now=now.astimezone(self._office.zone), timezone=self._office.zone, calendar=self._office.days
        )

    def due(self, node: Node, text: str, at: datetime) -> Due:
        """When a timer rings: by the calendar clock, or by the unit's where the event says so."""
        written = node.time("work")
        clock = self._office.clock_of(node) if written is not None and written.clock == "work" else None
        return due(text, at, self._office.zone, clock)

    def route(self, element: str, flow_ids: Sequence[str], at: datetime) -> Sequence[str] | None:
        """The conditions decide."""
        return None

    def decide(self, decision_id: str, data: Mapping[str, Any]) -> Ruling:
        """What the decision of that id answers over the data of the case, by which rules."""
        decided = decide(self._decisions, decision_id, data, self.environment(self._now))
        return Ruling(
            outputs=decided.outputs,
            reasons={
                "decision": decided.decision,
                "rules": [{"decision": held.decision, "rule": held.rule, "id": held.id} for held in decided.rules],
                "inputs": [
                    {"decision": asked.decision, "name": asked.name, "value": asked.value} for asked in decided.inputs
                ],
            },
        )

    def done_here(self, node: Node) -> bool:
        """An automatic step that names nothing to do is passed at once."""
        return True
