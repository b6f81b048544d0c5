"""What a node takes by itself: its wait and its work as laws, on which clock they run, and how often it is done."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from analysis.hours import office_hours
from analysis.simulation.compile import rounds_of
from analysis.simulation.draws import FIXED
from analysis.simulation.laws import NO_TIME, Law, law_of, mean_of
from analysis.simulation.timers import date_of, timer_of
from bpmn.annotation import GovTime
from bpmn.model import Model, Node
from org import OrgError

#: Open seconds of a day.
_AROUND_THE_CLOCK = 86_400
_SECOND = 1e6


@dataclass(frozen=True, kw_only=True)
class Part:
    """The wait or the work of a node."""

    law: Law
    #: The values an empirical law draws from, microseconds.
    values: tuple[float, ...] = ()
    #: Whether it runs on the procedure's office hours.
    is_own: bool = True
    #: Open seconds of the procedure that pass in a second of its clock, on average.
    pace: float = 1.0

    @property
    def mean(self) -> float:
        """Its mean in seconds of its own clock."""
        return mean_of(self.law, self.values) / _SECOND


@dataclass(frozen=True, kw_only=True)
class Times:
    """What one round of a node takes, and how many rounds there are."""

    wait: Part
    work: Part
    #: Whether people of an office work at it.
    is_hands_on: bool
    #: Rounds of a loop or multi-instance, on average; 1 for all else.
    rounds: float = 1.0
    #: Whether rounds are done at the same time.
    is_parallel: bool = False

    @property
    def is_own(self) -> bool:
        """Whether all that takes time runs on the procedure's office hours."""
        return all(part.is_own or part.mean == 0.0 for part in (self.wait, self.work))


class Clocks:
    """Which clock a part of a node runs on."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.own = office_hours(model)
        self.day = float(self.own.day_seconds)
        #: Working days in a mean day of the year, five of seven.
        self.open_share = 1.0 if self.own.is_around_the_clock else self.day / _AROUND_THE_CLOCK * 5 / 7

    def times(self, node: Node) -> Times:
        """The times of a node."""
        return Times(
            wait=self.part(node, node.time("wait")),
            work=self.part(node, node.time("work")),
            is_hands_on=node.is_step and not node.is_automatic and not self.model.is_applicants(node),
            rounds=rounds_of(node),
            is_parallel=node.loop is not None and node.loop.kind == "parallel",
        )

    def timer(self, event: Node) -> Part | None:
        """The duration a timer event waits for; None where the file names none that is understood, or an instant."""
        written = timer_of(event)
        return self.part(event, written) if isinstance(written, GovTime) else None

    def part(self, node: Node, time: GovTime | None) -> Part:
        """One time of a node as a law on its clock; the rules are those of docs/explanation/simulation.md."""
        if time is None:
            return Part(law=NO_TIME)
        values: list[float] = []
        is_natural = self.model.is_applicants(node) or node.is_automatic or time.clock == "calendar"
        if node.event("timer") is not None:
            is_natural = time.clock != "work"
        if is_natural:
            law = law_of(time, day_seconds=_AROUND_THE_CLOCK, week_days=7, values=values)
            is_own = self.own.is_around_the_clock
            return Part(law=law, values=tuple(values), is_own=is_own, pace=self.open_share)
        hours = self.model.hours_of(self.model.unit_of.get(node.id))
        day = float(sum(end - start for start, end in hours))
        law = law_of(time, day_seconds=day, week_days=5, values=values)
        if day >= _AROUND_THE_CLOCK:
            return Part(law=law, values=tuple(values), is_own=self.own.is_around_the_clock, pace=self.open_share)
        return Part(law=law, values=tuple(values), is_own=_same(hours, self.own.hours), pace=self.day / day)

    def limit(self, amount: float, unit: str) -> float:
        """A limit in working seconds of the procedure's hours, as due dates count it from the start instant.

        The day of the start is not counted; where the calendar does not reach that far, a mean year has 365 days.
        """
        if unit == "workday":
            return amount * self.day
        try:
            due = self.own.due(self._start, amount, unit).due
            if unit == "hour":
                return self.own.count(self._start, due)
            midnight = self._start.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
            return max(0.0, self.own.count(midnight, due))
        except OrgError:
            days = {"day": 1.0, "hour": 1 / 24, "month": 365 / 12}[unit] * amount
            return days * _AROUND_THE_CLOCK * self.open_share

    @cached_property
    def _start(self) -> datetime:
        """When cases begin: at the date of a timer that starts them, else at the first opening there is."""
        for node in self.model.nodes:
            begin = date_of(node, self.own.zone) if node.kind == "startEvent" and not node.scope else None
            if begin is not None:
                return begin
        return self.own.first_opening()


def mixed_rounds(rounds: float) -> tuple[tuple[int, float], ...]:
    """The whole numbers of rounds with their shares: a fraction is rounded up with its own probability."""
    lower = math.floor(rounds)
    upper = rounds - lower
    return ((lower, 1.0 - upper), (lower + 1, upper)) if upper else ((lower, 1.0),)


def fixed_length(part: Part) -> float | None:
    """The one length of a part that does not vary, microseconds; None where it varies."""
    return part.law[1] if part.law[0] == FIXED else 0.0 if part.mean == 0.0 else None


def _same(one: tuple[tuple[int, int], ...], other: tuple[tuple[int, int], ...]) -> bool:
    """Whether two office hours are the same, touching spans being one."""
    joined: list[tuple[int, int]] = []
    for start, end in one:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined) == other
