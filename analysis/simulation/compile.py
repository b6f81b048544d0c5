"""From a model to the flat tables the kernel works on.

The token game of `bpmn.control_flow` becomes operations (`places`) joined by arcs; here their tables are filled.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from analysis.hours import Hours, office_hours
from analysis.simulation import layout as at
from analysis.simulation.draws import UNTIL
from analysis.simulation.laws import NO_TIME, Law, law_of
from analysis.simulation.places import Place, Places, catcher
from analysis.simulation.program import Program, StepPlace
from analysis.simulation.reach import reach_of
from analysis.simulation.tables import Table
from analysis.simulation.timers import timer_of, waits_for_timer
from bpmn.annotation import AROUND_THE_CLOCK, GovTime
from bpmn.calls import flattened
from bpmn.control_flow import Scope
from bpmn.model import Model, Node
from bpmn.routing import exclusive_shares, own_share, routes_on

#: The chance of an arc that is always taken.
_ALWAYS = 2.0
#: What is drawn at a second choice behind one node has another key (an odd number, so that no two are alike).
_NEXT_CHOICE = 0x9FB21C651E98DF25
#: More digits than that are no count of repetitions.
_DIGITS = 9


def compile_model(model: Model, library: Mapping[str, Model] | None = None) -> Program:
    """Compile the procedure of a model; called processes may stand in the models of a library.

    What is refused by `refusals` must not be in it.
    """
    return _Compiler(flattened(model, library or {}).model).program()


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


class _Compiler:
    """Walks the operations once and fills the tables."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.places = Places(model)
        self.flow = self.places.flow
        self.op_of = self.places.op_of
        self.units = [unit for unit in model.units if not unit.applicant]
        self.rows = {unit.key: row for row, unit in enumerate(self.units)}
        limited = [unit.key for unit in self.units if unit.staff is not None]
        self.staffed = {key: number for number, key in enumerate(limited)}
        self.routed = routes_on(model, self.flow)
        self.values: list[float] = []
        self.hours: list[Hours] = []
        self.calendar = self._calendar(model.procedure.hours)
        self.arrivals = self._calendar(model.procedure.arrival_hours or model.procedure.hours)
        self.keys = element_keys(model.nodes)
        self.counters: dict[int, int] = {}
        self.numbers: dict[int, int] = {}
        self.ways: list[tuple[str, ...]] = []

    def program(self) -> Program:
        """Fill the tables."""
        starts, scope_rows = self._starts()
        messages = self._messages()
        width = self._count_joins()
        arcs, chances, bounds = self._arcs()
        places = self.places.all
        letters = [row for rows in messages.values() for row in rows]
        ops = np.zeros((len(places), at.OP_WIDTH), np.int64)
        ops[:, [at.OP_ARC, at.OP_ARC_END]] = np.array(bounds, np.int64).reshape(-1, 2)
        ops[:, [at.OP_MESSAGE, at.OP_MESSAGE_END]] = np.array(self._sent(messages), np.int64).reshape(-1, 2)
        laws = [law for place, row in zip(places, ops, strict=True) for law in self._operation(place, row)]
        kinds = ops[:, at.OP_KIND]
        counts = np.isin(kinds, (at.WORKED, at.CHOOSE, at.FIRE, at.WRAP, at.WATCH))
        ops[:, at.OP_SEEN] = np.cumsum(counts) - counts
        ops[kinds == at.GATHER, at.OP_OTHER] = np.arange((kinds == at.GATHER).sum())
        is_step = np.array([self._is_step(place) for place in places], np.bool_)
        ops[:, at.OP_STEP] = np.where(is_step, np.cumsum(is_step) - 1, -1)
        self._tell_choices_apart(places, ops)
        limited = [unit for unit in self.units if unit.staff is not None]
        arc = np.array(arcs, np.int64).reshape(-1, at.ARC_WIDTH)
        return Program(
            op=ops,
            law=np.array(laws, np.float64).reshape(-1, 4),
            value=np.array(self.values or [0.0], np.float64),
            reject=np.array([self._reject(place) for place in places], np.float64),
            arc=arc,
            chance=np.array([own for own, _ in chances], np.float64),
            first=np.array([first for _, first in chances], np.float64),
            reach=reach_of(ops, arc, self._exits(ops)),
            rounds=np.array([self._rounds(place) for place in places], np.float64),
            watch=np.array([op for ops in self.places.watches() for op in ops], np.int64),
            scope=np.array(scope_rows, np.int64).reshape(-1, at.SCOPE_WIDTH),
            start=np.array(starts, np.int64),
            begin=np.array(self._begin(), np.int64),
            message=np.array(letters, np.int64).reshape(-1, at.MESSAGE_WIDTH),
            nodes=tuple(place.node.id for place in places),
            flows=tuple(self.ways),
            first_flows=tuple(self._first_flows(number) for number in range(len(scope_rows))),
            sent_flows=tuple(
                self._flows_from(self.flow.main[letter.target]) if letter.opens else ()
                for letter in sorted(self.places.beginning.letters, key=lambda letter: [*messages].index(letter.source))
            ),
            staffed=tuple(limited),
            staff=tuple(unit.staff or 0 for unit in limited),
            rows=tuple(self.units),
            hours=tuple(self.hours),
            calendar=self.calendar,
            arrivals=self.arrivals,
            steps=tuple(self._step(place.node) for place in places if self._is_step(place)),
            boxes=len(self.places.boxes),
            seen=int(counts.sum()),
            counters=width,
            parents=self.places.parents(),
            begins=tuple(self.flow.vertices[start].node for start in sorted(self.begun)),
        )

    @property
    def begun(self) -> set[int]:
        """The vertices that begin a case."""
        return {start for starts in self.places.beginning.starts.values() for start in starts}

    def _operation(self, place: Place, row: Table) -> tuple[Law, Law]:
        """Fill the row of an operation and give the laws of its wait and work."""
        row[at.OP_KIND] = place.kind
        row[at.OP_SCOPE] = self.places.scope_of(place)
        row[at.OP_ELEMENT] = self.keys[place.node.id]
        row[at.OP_STAFF] = row[at.OP_BOX] = -1
        row[at.OP_OTHER] = place.other
        if place.kind == at.WORKED:
            return self._work(place, row)
        if place.kind == at.WATCH:
            return self._watch(place, row)
        if place.kind == at.WRAP:
            self._wrap(place, row)
        elif place.kind == at.FIRE:
            roles = [self.flow.arcs[arc].role for arc in self.places.ways(place.vertex)]
            row[at.OP_OTHER] = row[at.OP_ARC] + roles.index("default") if "default" in roles else -1
        elif place.kind == at.JOIN:
            entering = self._entering(place.vertex)
            row[at.OP_NEED] = len(entering)
            row[at.OP_COUNTER] = min((self.counters[arc] for arc in entering), default=0)
        elif place.kind in (at.END, at.TERMINATE, at.THROW):
            row[at.OP_OUTCOME] = 2 if place.node.kind != "endEvent" else place.node.outcome == "rejected"
            if place.kind == at.THROW:
                row[at.OP_OTHER] = self._broken_off(place.node)
        return NO_TIME, NO_TIME

    def _tell_choices_apart(self, places: Sequence[Place], ops: Table) -> None:
        """Give each choice behind one node a key of its own; the first keeps that of the node."""
        met: dict[str, int] = {}
        for place, row in zip(places, ops, strict=True):
            if place.kind in (at.CHOOSE, at.FIRE):
                number = met[place.node.id] = met.get(place.node.id, -1) + 1
                row[at.OP_ELEMENT] = _signed(int(row[at.OP_ELEMENT]) + number * _NEXT_CHOICE)

    def _is_step(self, place: Place) -> bool:
        if place.kind != at.WORKED or place.vertex < 0:
            return False
        return self.flow.vertices[place.vertex].kind == "step" and place.node.is_step

    # Arcs

    def _entering(self, vertex: int) -> list[int]:
        """The arcs into a join by which tokens come."""
        arcs = self.flow.vertices[vertex].entering
        return [arc for arc in arcs if self.places.is_inside(self.flow.arcs[arc].source)]

    def _count_joins(self) -> int:
        """Give each arc into a join its counter in a frame or its number, and say how many counters a frame needs."""
        used: dict[int, int] = {}
        for vertex, op in self.op_of.items():
            scope = self.flow.vertices[vertex].scope
            for number, arc in enumerate(self._entering(vertex)):
                if self.places.all[op].kind == at.JOIN:
                    self.counters[arc] = used.get(scope, 0)
                    used[scope] = self.counters[arc] + 1
                elif self.places.all[op].kind == at.GATHER:
                    self.counters[arc] = number
        return max(used.values(), default=0)

    def _arcs(self) -> tuple[list[tuple[int, int]], list[tuple[float, float]], list[tuple[int, int]]]:
        """The arcs of every operation past all that only passes tokens on, their chances and their bounds."""
        arcs: list[tuple[int, int]] = []
        chances: list[tuple[float, float]] = []
        bounds: list[tuple[int, int]] = []
        for place in self.places.all:
            first = len(arcs)
            if place.to is not None:
                arcs.extend((op, -1) for op in place.to)
                self.ways.extend(() for _ in place.to)
            else:
                for arc in self._leaving(place):
                    last, way = self._last(arc)
                    arcs.append((self.op_of[self.flow.arcs[last].target], self.counters.get(last, -1)))
                    self.ways.append(way)
            chances.extend(self._chances(place, len(arcs) - first))
            bounds.append((first, len(arcs)))
        return arcs, chances, bounds

    def _leaving(self, place: Place) -> Sequence[int]:
        if place.ways is not None:
            return place.ways
        if place.kind == at.THROW:
            event = catcher(self.model, place.node)
            return () if event is None else self._into(event)
        if place.vertex < 0 or place.kind in (at.END, at.TERMINATE):
            return ()
        leaving = self.places.ways(place.vertex)
        if self.flow.vertices[place.vertex].kind != "enter":
            return leaving
        behind = self.flow.arcs[leaving[0]].target
        return leaving if behind in self.op_of else self.flow.vertices[behind].leaving

    def _into(self, event: Node) -> Sequence[int]:
        """An arc that leads to an event on a border, or past it where it only passes tokens on."""
        vertex = self.flow.main[event.id]
        return self.flow.vertices[vertex].entering[:1] if vertex in self.op_of else self.flow.vertices[vertex].leaving

    def _chances(self, place: Place, arcs: int) -> Iterable[tuple[float, float]]:
        if place.kind == at.CHOOSE:
            return ((share, 0.0) for share in np.cumsum(self._shares(place)).tolist())
        if place.kind == at.FIRE:
            return self._fired(place)
        return ((1.0, 0.0) for _ in range(arcs))

    def _shares(self, place: Place) -> Sequence[float]:
        """The shares of the ways out of an exclusive choice."""
        vertex = self.flow.vertices[place.vertex]
        ways = place.ways if place.ways is not None else self.places.ways(place.vertex)
        shares = exclusive_shares(self.model, self.flow, vertex)
        if len(ways) == len(vertex.leaving):
            return shares
        if place.node.is_gateway:
            return exclusive_shares(self.model, self.flow, replace(vertex, leaving=tuple(ways)))
        return [share for arc, share in zip(vertex.leaving, shares, strict=True) if arc in ways]

    def _fired(self, place: Place) -> Iterable[tuple[float, float]]:
        """The chance of each way out of an inclusive choice, and that where none before it was taken.

        Where something is taken anyway these are the same. Else one way has to be taken: it is drawn among all that are
        possible then, which is as if all were drawn again until one is.
        """
        ways = self.places.ways(place.vertex)
        roles = [self.flow.arcs[arc].role for arc in ways]
        own = [
            self._share(self.flow.arcs[arc].flow) if role == "choice" else 0.0
            for arc, role in zip(ways, roles, strict=True)
        ]
        if "always" in roles or "default" in roles:
            return [(_ALWAYS if role == "always" else share, share) for role, share in zip(roles, own, strict=True)]
        found: list[tuple[float, float]] = []
        none = 1.0
        for share in reversed(own):
            none *= 1.0 - share
            found.append((share, share / (1.0 - none) if none < 1.0 else 0.0))
        return reversed(found)

    def _share(self, flow: str) -> float:
        """The probability of a way out of an inclusive choice, or of an event on a border that does not interrupt."""
        return min(1.0, own_share(self.model, flow))

    def _last(self, arc: int) -> tuple[int, tuple[str, ...]]:
        """The arc that leads to an operation, from one past all that only passes tokens on, and the flows up to it."""
        seen = {arc: None}
        while (target := self.flow.arcs[arc].target) not in self.op_of:
            arc = self.places.ways(target)[0]
            if arc in seen:
                # A ring without any work: a token in it goes round for ever, which the kernel notices.
                self.places.place_passing(target)
                arc = next(a for a in seen if self.flow.arcs[a].target == target)
                break
            seen[arc] = None
        return arc, tuple(flow for a in seen if (flow := self.flow.arcs[a].flow))

    def _exits(self, ops: Table) -> dict[int, list[int]]:
        """Ways out of activities by the events on their borders: arcs of timers and errors."""
        found: dict[int, list[int]] = {}
        wraps = {self.places.all[op].scope: op for op in self.op_of.values() if self.places.all[op].kind == at.WRAP}
        enters = {row[at.OP_SCOPE]: op for op, row in enumerate(ops) if row[at.OP_KIND] == at.ENTER}
        for place, row in zip(self.places.all, ops, strict=True):
            scope = -1
            if place.kind == at.WATCH and place.vertex >= 0:
                scope = self.places.wraps.get(place.node.attached_to, -1)
            elif place.kind == at.THROW:
                scope = int(row[at.OP_OTHER])
            host = wraps.get(scope, enters.get(scope))
            if host is not None and row[at.OP_ARC] < row[at.OP_ARC_END]:
                found.setdefault(host, []).append(int(row[at.OP_ARC]))
        return found

    def _broken_off(self, node: Node) -> int:
        """The scope an error end event breaks off."""
        event = catcher(self.model, node)
        assert event is not None
        return self.places.wraps.get(event.attached_to, self.flow.scope_of[event.attached_to])

    # Scopes and messages

    def _starts(self) -> tuple[list[int], list[tuple[int, ...]]]:
        """The operations every scope starts at."""
        starts: list[int] = []
        rows: list[tuple[int, ...]] = []
        timers = 0
        watches = self.places.watches()
        for number, process in enumerate(self.places.processes()):
            first = len(starts)
            if number < len(self.flow.scopes):
                if self.places.scopes[number]:
                    starts.extend(self._start(vertex) for vertex in self._chosen(self.flow.scopes[number]))
            else:
                starts.append(self.places.inner_of[self.places.wrapped[number - len(self.flow.scopes)]])
            is_applicants = process in self.model.applicant_processes
            rows.append((first, len(starts), int(is_applicants), timers, timers + len(watches[number])))
            timers += len(watches[number])
        return starts, rows

    def _chosen(self, scope: Scope) -> Sequence[int]:
        if not scope.node:
            return self.places.beginning.starts.get(scope.process, ())
        return scope.starts if scope.together else scope.starts[:1]

    def _start(self, vertex: int) -> int:
        """The operation a start leads to; the start itself where that is a join, which asks by which arc one came."""
        if vertex not in self.op_of:
            op = self.op_of[self.flow.arcs[self._last(self.flow.vertices[vertex].leaving[0])[0]].target]
            if self.places.all[op].kind not in (at.JOIN, at.GATHER):
                return op
            self.places.place_passing(vertex)
        return self.op_of[vertex]

    def _first_flows(self, scope: int) -> tuple[str, ...]:
        """The flows a case takes when a scope begins."""
        if scope >= len(self.flow.scopes) or not self.places.scopes[scope]:
            return ()
        return tuple(flow for start in self._chosen(self.flow.scopes[scope]) for flow in self._flows_from(start))

    def _flows_from(self, start: int) -> tuple[str, ...]:
        """The flows from a start to the first operation behind it."""
        return () if start in self.op_of else self._last(self.flow.vertices[start].leaving[0])[1]

    def _begin(self) -> list[int]:
        return [
            number
            for number, scope in enumerate(self.flow.scopes)
            if not scope.node and scope.process in self.places.beginning.starts
        ]

    def _messages(self) -> dict[str, list[tuple[int, int]]]:
        """The messages of every sender: the operation each is for and the scope it opens."""
        sent: dict[str, list[tuple[int, int]]] = {}
        for letter in self.places.beginning.letters:
            vertex = self.flow.main[letter.target]
            row = (self.places.inner_of.get(vertex, self.op_of.get(vertex, -1)), -1)
            if letter.opens:
                row = (self._start(vertex), self.flow.vertices[vertex].scope)
            sent.setdefault(letter.source, []).append(row)
        return sent

    def _sent(self, messages: dict[str, list[tuple[int, int]]]) -> list[tuple[int, int]]:
        """The bounds of every operation's messages."""
        bounds: dict[str, tuple[int, int]] = {}
        first = 0
        for node, rows in messages.items():
            bounds[node] = (first, first + len(rows))
            first += len(rows)
        return [bounds.get(place.node.id, (0, 0)) if place.is_done else (0, 0) for place in self.places.all]

    # Work

    def _step(self, node: Node) -> StepPlace:
        applicant = self.model.is_applicants(node)
        return StepPlace(
            node=node,
            unit=self.model.unit_of.get(node.id),
            hands_on=not applicant and not node.is_automatic,
            applicant=applicant,
        )

    def _hours(self, step: StepPlace) -> Hours:
        """The office hours in which a step or event is done."""
        return self.model.hours_of(None if step.applicant else step.unit)

    def _work(self, place: Place, row: Table) -> tuple[Law, Law]:
        """Fill the row of an operation that works and give the laws of its wait and work."""
        node = place.node
        step = self._step(node)
        unit = step.unit if step.unit is not None and not step.applicant else None
        hours = self._hours(step)
        row[at.OP_ROW] = self.rows[unit.key] if unit is not None else len(self.rows)
        row[at.OP_UNIT_CALENDAR] = -1 if step.applicant else self._calendar(hours)
        row[at.OP_BOX] = self.places.boxes.get(node.id, -1)
        row[at.OP_FLAGS] = self._flags(place, step)
        if self._is_step(place):
            if step.hands_on and unit is not None:
                row[at.OP_STAFF] = self.staffed.get(unit.key, -1)
            row[at.OP_HAND_INS] = 0 if step.applicant or _is_once(place) else _hand_ins(node)
        if waits_for_timer(node) and place.kind == at.WORKED and node.kind != "boundaryEvent":
            wait = self._time(node.time("wait"), step, hours, row, at.OP_WAIT_CALENDAR)
            return wait, self._timer(node, step, row)
        return (
            self._time(node.time("wait"), step, hours, row, at.OP_WAIT_CALENDAR),
            self._time(node.time("work"), step, hours, row, at.OP_WORK_CALENDAR),
        )

    def _watch(self, place: Place, row: Table) -> tuple[Law, Law]:
        """Fill the row of a timer beside a scope and give its law."""
        row[at.OP_ROW] = len(self.rows)
        row[at.OP_WAIT_CALENDAR] = row[at.OP_UNIT_CALENDAR] = -1
        row[at.OP_FLAGS] = (at.IS_INTERRUPTING if place.node.interrupting else 0) | (
            at.IS_BORDER if place.vertex >= 0 else 0
        )
        return NO_TIME, self._timer(place.node, self._step(place.node), row)

    def _timer(self, node: Node, step: StepPlace, row: Table) -> Law:
        """The law of a timer and its calendar."""
        found = timer_of(node)
        if found is None or isinstance(found, GovTime):
            return self._time(found, step, self._hours(step), row, at.OP_WORK_CALENDAR)
        own = office_hours(self.model)
        row[at.OP_WORK_CALENDAR] = -1
        instant = own.to_local(found if found.tzinfo is not None else found.replace(tzinfo=own.zone))
        return (UNTIL, float(instant), 0.0, 0.0)

    def _wrap(self, place: Place, row: Table) -> None:
        """Fill the row of an activity in rounds: what is done once stands with it."""
        step = self._step(place.node)
        row[at.OP_FLAGS] = self._flags(place, step) | (at.IS_TOGETHER if _is_together(place.node) else 0)
        row[at.OP_HAND_INS] = 0 if step.applicant or not _is_once(place) else _hand_ins(place.node)

    def _flags(self, place: Place, step: StepPlace) -> int:
        node = place.node
        is_step = place.vertex >= 0 and self.flow.vertices[place.vertex].kind == "step" and node.is_step
        if not is_step or step.applicant:
            return 0
        is_whole, is_round = place.kind == at.WRAP or not place.is_inner, place.kind != at.WRAP
        flags = at.IS_WAITING | (at.IS_HANDS_ON if step.hands_on else 0) if is_round else 0
        if node.step is not None and is_whole:
            flags |= at.IS_ACCEPT if node.step.kind == "accept" else 0
            flags |= at.IS_DECIDE if node.step.kind == "decide" else 0
            flags |= at.IS_STOP if node.step.clock_stop else 0
        if node.step is not None and node.step.visit and _is_once(place) == (place.kind == at.WRAP):
            flags |= at.IS_VISIT
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

    def _rounds(self, place: Place) -> float:
        """How often a wrapped activity is done: by a literal number, else by `gov:repeat`, else once."""
        return rounds_of(place.node) if place.kind == at.WRAP else 0.0

    def _reject(self, place: Place) -> float:
        """The share of cases a step ends; none where a gateway routes on it."""
        node = place.node
        if not place.is_done or not node.is_step or node.step is None or node.id in self.routed:
            return 0.0
        if self.flow.vertices[place.vertex].kind != "step":
            return 0.0
        return node.step.rejects or 0.0

    def _calendar(self, hours: Hours) -> int:
        if sum(end - start for start, end in hours) >= sum(end - start for start, end in AROUND_THE_CLOCK):
            return -1
        if hours not in self.hours:
            self.hours.append(hours)
        return self.hours.index(hours)


def rounds_of(node: Node) -> float:
    """How often a loop or multi-instance is done on average; 1 for all else and where the file does not say."""
    if node.loop is None:
        return 1.0
    text = node.loop.cardinality.strip()
    if text.isascii() and text.isdigit() and len(text) <= _DIGITS:
        return float(text)
    return 1.0 if node.repeat is None else node.repeat


def _is_together(node: Node) -> bool:
    return node.loop is not None and node.loop.kind == "parallel"


def _is_once(place: Place) -> bool:
    """Whether papers and visits of an activity count once for all its rounds: a multi-instance step is one step."""
    node = place.node
    return (place.is_inner or place.kind == at.WRAP) and node.loop is not None and node.loop.kind != "standard"


def _signed(number: int) -> int:
    """A whole number as 64 signed bits."""
    return (number + 2**63) % 2**64 - 2**63


def _hand_ins(node: Node) -> int:
    """The papers the applicant hands in at a step, each once."""
    return len({m.name for m in node.materials if m.use == "needs" and m.origin == "applicant"})


__all__ = ["Program", "StepPlace", "compile_model", "element_keys", "rounds_of"]
