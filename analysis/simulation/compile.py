"""From a model to the flat tables the kernel works on.

The token game of `bpmn.control_flow` becomes operations joined by arcs. What only passes a token on (merges, events
that take no time, gateways with one way) is no operation: arcs lead past it. An end event that takes time or sends
messages is an operation that works, then one that ends.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.extent import processes_of
from analysis.simulation import layout as at
from analysis.simulation.begin import Beginning, beginning
from analysis.simulation.laws import NO_TIME, Law, law_of, mean_of
from analysis.simulation.tables import Table
from bpmn.annotation import AROUND_THE_CLOCK, GovTime
from bpmn.control_flow import ControlFlow, Scope, Vertex, control_flow
from bpmn.model import Model, Node, Unit
from bpmn.routing import exclusive_shares, routes_on

#: Office hours as spans of the day, in seconds.
Hours = tuple[tuple[int, int], ...]

_KINDS = {
    "exclusive-split": at.CHOOSE,
    "parallel-split": at.SPLIT,
    "parallel-join": at.JOIN,
    "enter": at.ENTER,
    "end": at.END,
    "terminate": at.TERMINATE,
}


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
    scope: Table
    start: Table
    begin: Table
    message: Table
    #: The node behind each operation.
    nodes: tuple[str, ...]
    #: Units with limited staff, in the order of `OP_STAFF`, and how many people each has.
    staffed: tuple[Unit, ...]
    staff: tuple[int, ...]
    #: Units of the rows of a way; the last row is of the steps without one.
    rows: tuple[Unit, ...]
    #: Office hours of the calendars; the procedure's own are among them unless they are round the clock.
    hours: tuple[Hours, ...]
    #: The procedure's calendar, -1 for the natural clock.
    calendar: int
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
        return fan_out + sends + len(self.start) + 2

    @cached_property
    def spare_frames(self) -> int:
        """The most frames one turn of the kernel makes."""
        sends = int((self.op[:, at.OP_MESSAGE_END] - self.op[:, at.OP_MESSAGE]).max(initial=0))
        return len(self.begin) + sends + 2

    def mean(self, op: int, part: int) -> float:
        """The mean of an operation's wait (0) or work (1), in microseconds."""
        kind, first, second, third = self.law[2 * op + part].tolist()
        return mean_of((kind, first, second, third), self.value.tolist())


def compile_model(model: Model) -> Program:
    """Compile the procedure of a model. What is refused by `refusals` must not be in it."""
    return _Compiler(model).program()


def element_keys(nodes: Iterable[Node]) -> dict[str, int]:
    """The 64 bits that stand for each node in its draws: a hash of its id, or of the first step it replaces.

    So a step of a redesign draws what the step draws that it stands for. No two nodes have one key: of several that
    replace one step the first has it, the others have their own.
    """
    keys: dict[str, int] = {}
    used: set[str] = set()
    replacing = []
    for node in nodes:
        if node.step is not None and node.step.replaces:
            replacing.append(node)
        else:
            used.add(node.id)
            keys[node.id] = _hash(node.id)
    for node in replacing:
        assert node.step is not None
        names = (*node.step.replaces[:1], node.id, node.id + " replaces")
        name = next((name for name in names if name not in used), names[-1])
        used.add(name)
        keys[node.id] = _hash(name)
    return keys


def _hash(text: str) -> int:
    """64 bits of a text, the same on every machine, as a signed number."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little", signed=True)


@dataclass(frozen=True, kw_only=True)
class _Place:
    """An operation to be: the vertex it stands for (-1 for the end behind an end event) and its kind."""

    vertex: int
    kind: int
    node: Node


class _Compiler:
    """Walks the token game once and fills the tables."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.flow: ControlFlow = control_flow(model)
        processes = processes_of(model)
        self.beginning: Beginning = beginning(model, self.flow, processes)
        self.scopes = [scope.process in processes and not scope.triggered for scope in self.flow.scopes]
        self.units = [unit for unit in model.units if not unit.applicant]
        self.rows = {unit.key: row for row, unit in enumerate(self.units)}
        limited = [unit.key for unit in self.units if unit.staff is not None]
        self.staffed = {key: number for number, key in enumerate(limited)}
        self.routed = routes_on(model, self.flow)
        self.values: list[float] = []
        self.hours: list[Hours] = []
        self.calendar = self._calendar(model.procedure.hours)
        letters = self.beginning.letters
        self.boxes = {node: box for box, node in enumerate(dict.fromkeys(x.target for x in letters if not x.opens))}
        self.senders = {letter.source for letter in letters}
        self.begun = {start for starts in self.beginning.starts.values() for start in starts}
        self.keys = element_keys(model.nodes)
        self.places: list[_Place] = []
        #: The operation of each vertex that has one.
        self.op_of: dict[int, int] = {}

    def program(self) -> Program:
        """Fill the tables."""
        self._place_all()
        self.entering = {
            vertex: [arc for arc in self.flow.vertices[vertex].entering if self._is_inside(self.flow.arcs[arc].source)]
            for vertex, op in self.op_of.items()
            if self.places[op].kind == at.JOIN
        }
        counters, width = self._counters()
        starts, scope_rows = self._starts()
        messages = self._messages()
        arcs, chances, bounds = self._arcs(counters)
        letters = [row for rows in messages.values() for row in rows]
        ops = np.zeros((len(self.places), at.OP_WIDTH), np.int64)
        ops[:, [at.OP_ARC, at.OP_ARC_END]] = np.array(bounds, np.int64).reshape(-1, 2)
        ops[:, [at.OP_MESSAGE, at.OP_MESSAGE_END]] = np.array(self._sent(messages), np.int64).reshape(-1, 2)
        laws = [
            law for place, row in zip(self.places, ops, strict=True) for law in self._operation(place, row, counters)
        ]
        kinds = ops[:, at.OP_KIND]
        counts = (kinds == at.WORKED) | (kinds == at.CHOOSE)
        ops[:, at.OP_SEEN] = np.cumsum(counts) - counts
        is_step = np.array([self._is_step(place) for place in self.places], np.bool_)
        ops[:, at.OP_STEP] = np.where(is_step, np.cumsum(is_step) - 1, -1)
        limited = [unit for unit in self.units if unit.staff is not None]
        return Program(
            op=ops,
            law=np.array(laws, np.float64).reshape(-1, 4),
            value=np.array(self.values or [0.0], np.float64),
            reject=np.array([self._reject(place) for place in self.places], np.float64),
            arc=np.array(arcs, np.int64).reshape(-1, at.ARC_WIDTH),
            chance=np.array(chances, np.float64),
            scope=np.array(scope_rows, np.int64).reshape(-1, at.SCOPE_WIDTH),
            start=np.array(starts, np.int64),
            begin=np.array(self._begin(), np.int64),
            message=np.array(letters, np.int64).reshape(-1, at.MESSAGE_WIDTH),
            nodes=tuple(place.node.id for place in self.places),
            staffed=tuple(limited),
            staff=tuple(unit.staff or 0 for unit in limited),
            rows=tuple(self.units),
            hours=tuple(self.hours),
            calendar=self.calendar,
            steps=tuple(self._step(place.node) for place in self.places if self._is_step(place)),
            boxes=len(self.boxes),
            seen=int(counts.sum()),
            counters=width,
            parents=tuple(scope.parent for scope in self.flow.scopes),
            begins=tuple(self.flow.vertices[start].node for start in sorted(self.begun)),
        )

    def _operation(self, place: _Place, row: Table, counters: dict[int, int]) -> tuple[Law, Law]:
        """Fill the row of an operation and give the laws of its wait and work."""
        row[at.OP_KIND] = place.kind
        row[at.OP_SCOPE] = self._scope(place)
        row[at.OP_ELEMENT] = self.keys[place.node.id]
        row[at.OP_STAFF] = row[at.OP_BOX] = -1
        if place.kind == at.WORKED:
            return self._work(place, row)
        if place.kind == at.JOIN:
            row[at.OP_NEED] = len(self.entering[place.vertex])
            row[at.OP_COUNTER] = min((counters[arc] for arc in self.entering[place.vertex]), default=0)
        elif place.kind in (at.END, at.TERMINATE):
            row[at.OP_OUTCOME] = 2 if place.node.kind != "endEvent" else place.node.outcome == "rejected"
        return NO_TIME, NO_TIME

    # Which vertices are operations

    def _is_inside(self, vertex: int) -> bool:
        scope = self.flow.vertices[vertex].scope
        return scope >= 0 and self.scopes[scope]

    def _place_all(self) -> None:
        for number, vertex in enumerate(self.flow.vertices):
            if not self._is_inside(number) or self._is_passed(number, vertex):
                continue
            node = self.model.node[vertex.node]
            kind = _KINDS.get(vertex.kind, at.WORKED)
            self.op_of[number] = len(self.places)
            if kind in (at.END, at.TERMINATE) and node.kind == "endEvent" and self._is_busy(node):
                self.places.append(_Place(vertex=number, kind=at.WORKED, node=node))
                number = -1
            self.places.append(_Place(vertex=number, kind=kind, node=node))

    def _is_passed(self, number: int, vertex: Vertex) -> bool:
        """Whether a vertex only passes a token on."""
        node = self.model.node[vertex.node]
        if vertex.kind in ("exclusive-split", "parallel-split", "inclusive-split"):
            return len(vertex.leaving) == 1
        if vertex.kind in ("parallel-join", "inclusive-join", "exclusive-merge"):
            return vertex.kind == "exclusive-merge" or len(vertex.entering) == 1
        if vertex.kind == "leave":
            return node.id not in self.senders
        if vertex.kind in ("event", "start") or (vertex.kind == "step" and node.is_frame):
            return not self._is_busy(node)
        return False

    def _is_busy(self, node: Node) -> bool:
        """Whether an event takes time, waits for a message or sends one."""
        return bool(node.times) or node.id in self.boxes or node.id in self.senders

    def _is_step(self, place: _Place) -> bool:
        if place.kind != at.WORKED or place.vertex < 0:
            return False
        return self.flow.vertices[place.vertex].kind == "step" and place.node.is_step

    def _is_applicants(self, node: Node) -> bool:
        unit = self.model.unit_of.get(node.id)
        return node.process in self.model.applicant_processes or (unit is not None and unit.applicant)

    # Arcs

    def _counters(self) -> tuple[dict[int, int], int]:
        """A counter in a frame for each arc into a join, and how many a frame needs at most."""
        counters: dict[int, int] = {}
        used: dict[int, int] = {}
        for vertex, entering in self.entering.items():
            scope = self.flow.vertices[vertex].scope
            for arc in entering:
                counters[arc] = used.get(scope, 0)
                used[scope] = counters[arc] + 1
        return counters, max(used.values(), default=0)

    def _arcs(self, counters: dict[int, int]) -> tuple[list[tuple[int, int]], list[float], list[tuple[int, int]]]:
        """The arcs of every operation past everything that only passes tokens on, their chances and their bounds."""
        arcs: list[tuple[int, int]] = []
        chances: list[float] = []
        bounds: list[tuple[int, int]] = []
        for number, place in enumerate(self.places):
            first = len(arcs)
            leaving = self._leaving(place)
            if place.kind == at.WORKED and place.vertex >= 0 and not leaving:
                arcs.append((number + 1, -1))  # the end behind an end event
                chances.append(1.0)
            for arc in leaving:
                last = self._last(arc)
                arcs.append((self.op_of[self.flow.arcs[last].target], counters.get(last, -1)))
            if place.kind == at.CHOOSE:
                shares = exclusive_shares(self.model, self.flow, self.flow.vertices[place.vertex])
                chances.extend(np.cumsum(shares).tolist())
            else:
                chances.extend(1.0 for _ in leaving)
            bounds.append((first, len(arcs)))
        return arcs, chances, bounds

    def _leaving(self, place: _Place) -> Sequence[int]:
        if place.vertex < 0 or place.kind in (at.END, at.TERMINATE):
            return ()
        leaving = self.flow.vertices[place.vertex].leaving
        if place.kind != at.ENTER:
            return leaving
        behind = self.flow.arcs[leaving[0]].target
        return leaving if behind in self.op_of else self.flow.vertices[behind].leaving

    def _last(self, arc: int) -> int:
        """The arc that leads to an operation, going on from one past all that only passes tokens on."""
        seen = {arc}
        while (target := self.flow.arcs[arc].target) not in self.op_of:
            arc = self.flow.vertices[target].leaving[0]
            if arc in seen:
                # A ring without any work: a token in it goes round for ever, which the kernel notices.
                self._place(target)
                return next(a for a in seen if self.flow.arcs[a].target == target)
            seen.add(arc)
        return arc

    # Scopes and messages

    def _scope(self, place: _Place) -> int:
        if place.vertex < 0:
            return -1
        vertex = self.flow.vertices[place.vertex]
        return self.flow.scope_of[vertex.node] if place.kind == at.ENTER else vertex.scope

    def _starts(self) -> tuple[list[int], list[tuple[int, int, int]]]:
        """The operations every scope starts at."""
        starts: list[int] = []
        rows: list[tuple[int, int, int]] = []
        for number, scope in enumerate(self.flow.scopes):
            first = len(starts)
            if self.scopes[number]:
                starts.extend(self._start(vertex) for vertex in self._chosen(scope))
            is_applicants = scope.process in self.model.applicant_processes
            rows.append((first, len(starts), int(is_applicants)))
        return starts, rows

    def _chosen(self, scope: Scope) -> Sequence[int]:
        if not scope.node:
            return self.beginning.starts.get(scope.process, ())
        return scope.starts if scope.together else scope.starts[:1]

    def _start(self, vertex: int) -> int:
        """The operation a start leads to; the start itself where that is a join, which asks by which arc one came."""
        if vertex not in self.op_of:
            op = self.op_of[self.flow.arcs[self._last(self.flow.vertices[vertex].leaving[0])].target]
            if self.places[op].kind != at.JOIN:
                return op
            self._place(vertex)
        return self.op_of[vertex]

    def _place(self, vertex: int) -> None:
        """Make an operation of a vertex that only passes tokens on."""
        self.op_of[vertex] = len(self.places)
        node = self.model.node[self.flow.vertices[vertex].node]
        self.places.append(_Place(vertex=vertex, kind=at.WORKED, node=node))

    def _begin(self) -> list[int]:
        return [
            number
            for number, scope in enumerate(self.flow.scopes)
            if not scope.node and scope.process in self.beginning.starts
        ]

    def _messages(self) -> dict[str, list[tuple[int, int]]]:
        """The messages of every sender: the operation each is for and the scope it opens."""
        sent: dict[str, list[tuple[int, int]]] = {}
        for letter in self.beginning.letters:
            vertex = self.flow.main[letter.target]
            row = (self._start(vertex), self.flow.vertices[vertex].scope) if letter.opens else (self.op_of[vertex], -1)
            sent.setdefault(letter.source, []).append(row)
        return sent

    def _sent(self, messages: dict[str, list[tuple[int, int]]]) -> list[tuple[int, int]]:
        """The bounds of every operation's messages."""
        bounds: dict[str, tuple[int, int]] = {}
        first = 0
        for node, rows in messages.items():
            bounds[node] = (first, first + len(rows))
            first += len(rows)
        return [
            bounds.get(place.node.id, (0, 0)) if place.kind == at.WORKED and place.vertex >= 0 else (0, 0)
            for place in self.places
        ]

    # Work

    def _step(self, node: Node) -> StepPlace:
        applicant = self._is_applicants(node)
        return StepPlace(
            node=node,
            unit=self.model.unit_of.get(node.id),
            hands_on=not applicant and not node.is_automatic,
            applicant=applicant,
        )

    def _work(self, place: _Place, row: Table) -> tuple[Law, Law]:
        """Fill the row of an operation that works and give the laws of its wait and work."""
        node = place.node
        step = self._step(node)
        unit = step.unit if step.unit is not None and not step.applicant else None
        hours = unit.hours if unit is not None and unit.hours is not None else self.model.procedure.hours
        row[at.OP_ROW] = self.rows[unit.key] if unit is not None else len(self.rows)
        row[at.OP_UNIT_CALENDAR] = -1 if step.applicant else self._calendar(hours)
        row[at.OP_BOX] = self.boxes.get(node.id, -1)
        row[at.OP_FLAGS] = self._flags(place, step)
        if self._is_step(place):
            if step.hands_on and unit is not None:
                row[at.OP_STAFF] = self.staffed.get(unit.key, -1)
            row[at.OP_HAND_INS] = 0 if step.applicant else _hand_ins(node)
        return (
            self._time(node.time("wait"), step, hours, row, at.OP_WAIT_CALENDAR),
            self._time(node.time("work"), step, hours, row, at.OP_WORK_CALENDAR),
        )

    def _flags(self, place: _Place, step: StepPlace) -> int:
        node = place.node
        if not self._is_step(place) or step.applicant:
            return 0
        flags = at.IS_WAITING | (at.IS_HANDS_ON if step.hands_on else 0)
        if node.step is not None:
            flags |= at.IS_ACCEPT if node.step.kind == "accept" else 0
            flags |= at.IS_DECIDE if node.step.kind == "decide" else 0
            flags |= at.IS_STOP if node.step.stops_clock else 0
            flags |= at.IS_VISIT if node.step.visit else 0
        return flags

    def _time(self, time: GovTime | None, step: StepPlace, hours: Hours, row: Table, column: int) -> Law:
        """Give the law of a time and write down the calendar it runs on."""
        is_natural = step.applicant or step.node.is_automatic or (time is not None and time.clock == "calendar")
        if not is_natural and time is not None and step.node.event("timer") is not None:
            is_natural = time.clock != "work"
        if is_natural:
            row[column] = -1
            return law_of(time, day_seconds=86_400, week_days=7, values=self.values)
        row[column] = self._calendar(hours)
        return law_of(time, day_seconds=sum(end - start for start, end in hours), week_days=5, values=self.values)

    def _reject(self, place: _Place) -> float:
        """The share of cases a step ends; none where a gateway routes on it."""
        node = place.node
        if not self._is_step(place) or node.step is None or node.id in self.routed:
            return 0.0
        return node.step.rejects or 0.0

    def _calendar(self, hours: Hours) -> int:
        if sum(end - start for start, end in hours) >= sum(end - start for start, end in AROUND_THE_CLOCK):
            return -1
        if hours not in self.hours:
            self.hours.append(hours)
        return self.hours.index(hours)


def _hand_ins(node: Node) -> int:
    """The papers the applicant hands in at a step, each once."""
    return len({m.name for m in node.materials if m.use == "needs" and m.origin == "applicant"})


__all__ = ["Hours", "Program", "StepPlace", "compile_model", "element_keys"]
