"""A compiled procedure as a value."""

import math
from dataclasses import dataclass
from functools import cached_property

from analysis.hours import Hours
from analysis.simulation import layout as at
from analysis.simulation.laws import mean_of
from analysis.simulation.tables import Table
from bpmn.model import Node, Unit


@dataclass(frozen=True, kw_only=True)
class StepPlace:
    """A step as the sums over steps know it."""

    node: Node
    unit: Unit | None
    hands_on: bool
    applicant: bool


@dataclass(frozen=True, kw_only=True)
class Program:
    """A procedure as tables; see `layout` for their columns and `tables.Plan` for what each holds."""

    op: Table
    law: Table
    value: Table
    reject: Table
    arc: Table
    chance: Table
    first: Table
    reach: Table
    rounds: Table
    watch: Table
    scope: Table
    start: Table
    begin: Table
    message: Table
    #: The node behind each operation.
    nodes: tuple[str, ...]
    #: The sequence flows (and events on borders) that every arc goes along.
    flows: tuple[tuple[str, ...], ...]
    #: The sequence flows from the starts of each scope, and from the start each message opens, to the first operation.
    first_flows: tuple[tuple[str, ...], ...]
    sent_flows: tuple[tuple[str, ...], ...]
    #: Units with limited staff, in the order of `OP_STAFF`, and how many people each has.
    staffed: tuple[Unit, ...]
    staff: tuple[int, ...]
    #: Units of the rows of a way; the last row is of the steps without one.
    rows: tuple[Unit, ...]
    #: Office hours of the calendars; the procedure's own are among them unless they are round the clock.
    hours: tuple[Hours, ...]
    #: The procedure's calendar, -1 for the natural clock.
    calendar: int
    #: The calendar in which cases arrive.
    arrivals: int
    steps: tuple[StepPlace, ...]
    boxes: int
    seen: int
    counters: int
    #: The scope around each scope, -1 for a process.
    parents: tuple[int, ...]
    #: The nodes that begin a case.
    begins: tuple[str, ...]

    @cached_property
    def spare_tokens(self) -> int:
        """The most tokens one turn of the kernel makes."""
        fan_out = int((self.op[:, at.OP_ARC_END] - self.op[:, at.OP_ARC]).max(initial=0))
        sends = int((self.op[:, at.OP_MESSAGE_END] - self.op[:, at.OP_MESSAGE]).max(initial=0))
        rounds = math.ceil(float(self.rounds.max(initial=0.0)))
        return max(fan_out, rounds) + sends * (1 + len(self.watch)) + len(self.start) + len(self.watch) + 2

    @cached_property
    def spare_frames(self) -> int:
        """The most frames one turn of the kernel makes."""
        sends = int((self.op[:, at.OP_MESSAGE_END] - self.op[:, at.OP_MESSAGE]).max(initial=0))
        return len(self.begin) + sends + 2

    def mean(self, op: int, part: int) -> float:
        """The mean of an operation's wait (0) or work (1), in microseconds."""
        kind, first, second, third = self.law[2 * op + part].tolist()
        return mean_of((kind, first, second, third), self.value.tolist())
