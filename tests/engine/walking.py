"""Walks: the same model, the same draws and the same happenings to the engine's tokens and to the oracle's."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from bpmn.begin import beginning, processes_of
from bpmn.control_flow import control_flow
from bpmn.expression import Environment
from engine.errors import EngineError, NoWayOut, StepBudgetSpent, Uncaught, Unrunnable
from engine.spiff import Due, Frontier, Ruling, Run, compiled
from tests.engine.coins import Stopped
from tests.engine.oracle import Oracle

START = datetime(2026, 10, 8, tzinfo=UTC)
MOST_MOVES = 40
#: Steps of one command; random models hold loops without an end.
BUDGET = 3_000
#: What counts as endless for one may be just within the budget of the other: they count steps differently.
MANY = 300
STOPS = {NoWayOut: "no way out", StepBudgetSpent: "endless", Uncaught: "uncaught"}


class Disagreement(AssertionError):
    """The two kernels differ, or a case differs from itself after it was restored."""


@dataclass
class Draws:
    """What chance decides: by the seed, the element and the moment, so the order of asking does not matter."""

    seed: int
    model: object
    now: datetime = START

    def route(self, element, flow_ids, at=None):
        node = self.model.node[element]
        random = Random(f"{self.seed} {element} {self.now.isoformat()}")
        if node.kind == "exclusiveGateway":
            return (random.choice(flow_ids),)
        if node.kind == "inclusiveGateway":
            return tuple(flow for flow in flow_ids if random.random() < 0.6) or (flow_ids[0],)
        return None


@dataclass
class Chance:
    """The world around a case that is walked through."""

    draws: Draws

    def environment(self, now):
        return Environment(now=now)

    def due(self, node, text, at):
        count = int(text[1]) if text.startswith("R") else 0
        return Due(at=at + timedelta(days=400), again="P1D" if count else "", left=count - 1 if count else 0)

    def route(self, element, flow_ids, at):
        return self.draws.route(plain(element), tuple(flow_ids))

    def decide(self, decision_id, data):
        return Ruling(outputs={}, reasons={})

    def done_here(self, node):
        return True


@dataclass
class Rows:
    """The rows of a case as they would be kept: what every command changed, applied to a dictionary."""

    last: int = 0
    tokens: dict = field(default_factory=dict)
    values: dict = field(default_factory=dict)

    def apply(self, changes):
        self.last = changes.last
        for token in changes.gone:
            self.tokens.pop(token, None)
        self.tokens |= changes.tokens
        for scope in changes.scopes_gone:
            self.values = {key: text for key, text in self.values.items() if key[0] != scope}
        for key, text in changes.values.items():
            if text is None:
                self.values.pop(key, None)
            else:
                self.values[key] = text

    def bodies(self):
        return {token: body for token, body in self.tokens.items() if token}

    def frontier(self):
        return Frontier(
            last=self.last,
            tokens=sorted(self.tokens.items()),
            value=lambda scope, key: self.values.get((scope, key)),
            values=lambda scope: {key: text for (of, key), text in self.values.items() if of == scope},
        )


@dataclass
class Walk:
    """One random walk through one model."""

    model: object
    seed: int
    moves: int = 0
    #: How it ended: "over", "stuck", "far enough", or what stopped it.
    end: str = ""
    words: list = field(default_factory=list)

    def go(self):
        random = Random(self.seed)
        self.draws = Draws(self.seed, self.model)
        self.program = compiled(self.model)
        self.oracle = Oracle(self.model, self.draws.route, budget=BUDGET)
        self.rows = Rows()
        if not self.step(lambda: self.oracle.start(self.starts()), self.begin):
            return self
        has_errors = any(node.event("error") for node in self.model.nodes)
        while self.moves < MOST_MOVES:
            waiting = sorted(self.choices(), key=lambda one: one.key)
            if not waiting:
                self.end = "over" if self.oracle.is_over else "far enough" if self.oracle.waiting else "stuck"
                return self
            one = random.choice(waiting)
            data = {"x": random.randint(0, 4)} if random.random() < 0.4 else {}
            data |= {"done": True} if random.random() < 0.1 else {}
            if not self.move(one, data, fails=has_errors and one.kind == "work" and random.random() < 0.05):
                return self
        self.end = "far enough"
        return self

    def choices(self):
        """What may happen next; of one step in two calls of a process at once nobody could say which is meant."""
        found = [one for one in self.oracle.waiting if one.kind != "condition"]
        several = Counter(one.key for one in found)
        return [one for one in found if several[one.key] == 1 or self.model.node[one.element].process != "called"]

    def starts(self):
        """The nodes each pool begins at."""
        flow = control_flow(self.model)
        called = {node.called for node in self.model.nodes}
        found = beginning(self.model, flow, processes_of(self.model) - called).starts
        return [[self.model.node[flow.vertices[vertex].node] for vertex in vertices] for vertices in found.values()]

    def begin(self):
        self.run = Run.start(self.program, Chance(self.draws), at=START, budget=BUDGET)

    def move(self, one, data, *, fails):
        """One happening to both: work is done or fails, an event happens."""
        self.moves += 1
        self.draws.now += timedelta(minutes=1)
        same = [other for other in self.oracle.waiting if other.key == one.key]
        place = next(number for number, other in enumerate(same) if other is one)
        matching = [wait for wait in self.run.waits() if key(wait) == one.key]
        token = sorted(wait.token for wait in matching)[place]
        self.words.append(f"{one.element}{'!E' if fails else ''} {data or ''}".strip())
        if fails:
            return self.step(lambda: self.oracle.fail(one, "E"), lambda: self.run.fail(token, "E", {}, self.draws.now))
        act = self.run.complete if one.kind == "work" else self.run.fire
        return self.step(lambda: self.oracle.happen(one, data), lambda: act(token, data, self.draws.now))

    def step(self, oracle, engine):
        """Let something happen to both and compare them; whether they go on."""
        flows, done = Counter(self.oracle.flows), Counter(self.oracle.completed)
        stopped, failed = "", ""
        try:
            oracle()
        except Stopped as stop:
            stopped = str(stop)
        try:
            engine()
        except EngineError as error:
            failed = STOPS.get(type(error), repr(error))
        if not failed:
            changes = self.run.changes()
            failed = "uncaught" if changes.ended == "failed" else ""
        if stopped or failed:
            self.end = stopped or failed
            if "endless" not in (stopped, failed) or self.oracle.steps < MANY:
                self.same("stop", failed, stopped)
            return False
        self.rows.apply(changes)
        self.same(
            "flows", Counter(plain(f.flow) for f in changes.facts if f.kind == "flow-taken"), self.oracle.flows - flows
        )
        told = Counter(plain(f.element) for f in changes.facts if f.kind in ("completed", "passed"))
        steps = {node.id for node in self.model.nodes if node.is_activity or node.is_event}
        expected = self.oracle.completed - done
        self.same("done", Counter({e: n for e, n in told.items() if e in steps}), expected)
        self.same("waits", self.waits(self.run), Counter(one.key for one in self.oracle.waiting))
        self.same("data", self.run.data(), self.oracle.data)
        self.same("end", changes.ended != "", self.oracle.is_over)
        if not changes.ended:
            self.restored()
        return True

    def waits(self, run):
        return Counter(map(key, run.waits()))

    def restored(self):
        """Drop everything and load it from the rows: the same case, and nothing to write."""
        before = self.run
        self.same("rows kept by changes alone", bodies(before), self.rows.bodies())
        self.run = Run.restore(self.program, Chance(self.draws), self.rows.frontier(), budget=BUDGET)
        self.same("waits after restore", self.run.waits(), before.waits())
        self.same("data after restore", self.run.data(), before.data())
        self.same("rows rebuilt", bodies(self.run), self.rows.bodies())
        again = self.run.changes()
        for what in ("tokens", "gone", "values", "facts", "waits", "over"):
            self.same(f"{what} written by restoring", bool(getattr(again, what)), False)

    def same(self, what, seen, expected):
        if seen != expected:
            raise Disagreement(f"seed {self.seed}: {what}: engine {seen!r}, oracle {expected!r}, after {self.words}")


def bodies(run):
    """Every live token as it would be kept if all were written."""
    return {number: token.body() for number, token in run._case.tasks.items() if number}


def key(wait):
    """A wait as the oracle names it."""
    return plain(wait.element), wait.kind, wait.instance


def plain(element):
    """The id of an element without the calls it was reached by."""
    return element.rpartition("/")[2]


def walks(model_of, seeds):
    """Walk through many models; how they ended, and every disagreement."""
    ends, faults = Counter(), []
    for seed in seeds:
        try:
            ends[Walk(model_of(seed), seed).go().end] += 1
        except Disagreement as fault:
            faults.append(str(fault))
        except Unrunnable as refusal:
            ends["refused: " + ", ".join(sorted({problem.rule for problem in refusal.problems}))] += 1
    return ends, faults
