"""The compiled simulation against a slow one, written apart from it in plain Python: equal to the microsecond."""

import random
from collections import defaultdict
from datetime import datetime

import numpy as np
import pytest

from analysis.simulation import expected_visits, overloads, refusals, simulate
from bpmn.annotation import Duration, GovTime
from bpmn.build import build, gives, needs
from bpmn.model import Loop, Model
from tests.slow_game import Slow

# Random procedures


class Draw:
    """Draws a procedure of blocks: sequences, choices, parallel branches, loops, sub-processes, messages."""

    def __init__(self, seed, more=()):
        #: Further kinds of blocks to draw.
        self.more = more
        self.rng = random.Random(seed)
        self.number = 0
        #: Whether a join waits for what is being drawn.
        self.beside = False
        self.rejecting = set()
        #: Without any choice, so that no gateway routes on a step and every rejection ends the case.
        self.rejects = self.rng.random() < 0.4

    def name(self, stem):
        self.number += 1
        return f"{stem}{self.number}"

    def time(self):
        rng = self.rng
        minutes = rng.choice((5, 20, 60))

        def length(factor):
            return Duration(seconds=60.0 * minutes * factor)

        kind = rng.choice(
            ["fixed", "exponential", "normal", "lognormal", "gamma", "uniform", "triangular", "empirical"]
        )
        values = {"mean": length(1), "sd": length(rng.choice((0.3, 1.2))), "low": length(0.5)}
        values |= {"mode": length(0.8), "high": length(2), "values": (length(1), length(1.5), length(3))}
        return GovTime(distribution=kind, clock=rng.choice(("", "", "", "calendar")), **values)

    def step(self, b):
        rng, given = self.rng, {}
        if rng.random() < 0.85:
            given["work"] = self.time()
        if rng.random() < 0.3:
            given["wait"] = rng.choice((self.time(), GovTime(mean=Duration(days=1.0))))
        if rng.random() < 0.2:
            given["automatic"] = True
        if rng.random() < 0.3:
            given["kind"] = rng.choice(("accept", "decide"))
        if rng.random() < 0.2:
            given["materials"] = [needs("表"), needs("证"), gives("书")]
        if rng.random() < 0.2:
            given["visit"] = True
        if rng.random() < 0.1:
            given["clock_stop"] = "inspection"
        b.lane(rng.choice(("甲", "乙", "丙")))
        name = self.name("s")
        if self.rejects and rng.random() < 0.4:
            given["rejects"] = 0.25
            self.rejecting.add(name)
        b.step(name, **given)

    def block(self, b, depth):
        rng = self.rng
        kinds = ("step", "step", "step", "parallel", "parallel", "sub")
        kinds = kinds if self.rejects else (*kinds, "choice", "choice", "loop")
        kind = rng.choice((*kinds, *self.more, *self.more))
        if kind in self.more and depth > 0:
            getattr(self, kind)(b, depth)
        elif depth <= 0 or kind == "step":
            self.step(b)
        elif kind in ("choice", "parallel"):
            shares = rng.choice(((0.25, 0.75), (0.5, 0.125, 0.375)))
            outside, self.beside = self.beside, self.beside or kind == "parallel"
            (b.exclusive if kind == "choice" else b.parallel)(self.name("g"))
            for share in shares:
                b.branch(share if kind == "choice" else None)
                self.sequence(b, depth - 1)
                if kind == "choice" and rng.random() < 0.15:
                    self.ending(b)
            self.beside = outside
            b.join() if b._ends or b._blocks[-1].ends else b.close()
        elif kind == "loop":
            first = self.name("s")
            b.lane("甲").step(first, work=self.time())
            b.exclusive(self.name("g")).branch(0.25).step(self.name("s"), work=self.time()).to(first)
            b.branch(0.75).close()
        else:
            outside, self.beside = self.beside, False
            b.sub_process(self.name("f")).start(self.name("e"))
            self.sequence(b, depth - 1)
            self.beside = outside
            if b._ends:
                b.end(self.name("e"), outcome=rng.choice(("", "rejected")))
            b.close()

    # Further kinds of blocks

    def inclusive(self, b, depth):
        rng = self.rng
        outside, self.beside = self.beside, True
        if rng.random() < 0.6:
            b.inclusive(self.name("i"))
            default = rng.random() < 0.4
            for number, share in enumerate((0.5, 0.25, None)[: rng.choice((2, 3))]):
                b.branch(None if default and number == 0 else share, default=default and number == 0)
                self.sequence(b, depth - 1)
            self.beside = outside
            b.join()
            return
        # Flows out of a step, some conditional, some not, and a join of another kind of gateway beside.
        name = self.name("s")
        b.lane("甲").step(name, work=self.time())
        join = self.name("j")
        b.node(join, "inclusiveGateway")
        for share in (0.5, rng.choice((None, 0.25)), 0.125):
            first = self.name("s")
            b.lane("乙").node(first, "task", work=self.time()).flow(name, first, probability=share)
            b.flow(first, join)
        self.beside = outside
        b.at(join)

    def timer(self, b, depth):
        rng = self.rng
        value = rng.choice(("PT45M", "P1D", "R3/PT2H", "2026-01-06T10:00", "2026-03-02T09:00"))
        given = {"work": GovTime(clock="work")} if rng.random() < 0.3 else {}
        given |= {"work": self.time()} if rng.random() < 0.2 else {}
        b.lane("甲").catch(self.name("t"), "timer", value, **given)

    def boundary(self, b, depth):
        """An activity with events on its border: timers that race, events with shares, interrupting or not."""
        rng = self.rng
        is_frame = depth > 0 and rng.random() < 0.4
        host = self.name("f") if is_frame else self.name("s")
        loop = {"loop": self.loop_of(), "repeat": 1.5} if rng.random() < 0.2 else {}
        if is_frame:
            outside, self.beside = self.beside, False
            b.sub_process(host, **loop).start(self.name("e"))
            self.sequence(b, depth - 1)
            self.beside = outside
            b.end(self.name("e")) if b._ends else None
            b.close()
        else:
            loop |= {"wait": self.time()} if rng.random() < 0.5 else {}
            b.lane("甲").step(host, work=self.time(), **loop)
        main = b._ends
        for _ in range(rng.choice((1, 1, 2, 3))):
            interrupting, share = rng.random() < 0.5, rng.choice((None, None, 0.125))
            kind, value = rng.choice((("timer", "PT30M"), ("timer", "PT3H"), ("error", ""), ("message", "")))
            b.boundary(self.name("b"), kind, value, on=host, interrupting=interrupting, probability=share)
            if rng.random() < 0.7:
                self.step(b)
            if interrupting and rng.random() < 0.7:
                main = main + b._ends
            else:
                b.end(self.name("e"))
        b._ends = main
        self.step(b)

    def loop_of(self):
        kind = self.rng.choice(("standard", "parallel", "sequential"))
        return Loop(kind=kind, cardinality=self.rng.choice(("", "", "3")))

    def rounds(self, b, depth):
        rng = self.rng
        values = {"loop": self.loop_of(), "repeat": rng.choice((0.5, 2.25))}
        if depth == 0 or rng.random() < 0.6:
            b.lane(rng.choice(("甲", "乙", "丙")))
            materials = [needs("表")] if rng.random() < 0.5 else []
            kind = rng.choice(("accept", "decide", "other"))
            values |= {"clock_stop": "inspection"} if rng.random() < 0.3 else {}
            b.step(self.name("s"), work=self.time(), kind=kind, visit=rng.random() < 0.5, materials=materials, **values)
        else:
            outside, self.beside = self.beside, False
            b.sub_process(self.name("f"), **values).start(self.name("e"))
            self.sequence(b, depth - 1)
            self.beside = outside
            b.end(self.name("e")) if b._ends else None
            b.close()

    def events(self, b, depth):
        """Events that race behind a gateway."""
        rng = self.rng
        shares = rng.choice(((None, None), (0.25, 0.75)))
        b.event_based(self.name("g"))
        kinds = rng.choice(
            (("timer", "message"), ("message", "message"), ("timer", "message", "message"), ("timer", "timer"))
        )
        written = iter(shares)
        for kind in kinds:
            b.branch(next(written) if kind == "message" and kinds.count("message") == 2 else None)
            given = {"work": self.time()} if kind == "message" else {}
            b.lane("甲").catch(self.name("c"), kind, rng.choice(("PT20M", "PT4H")) if kind == "timer" else "", **given)
            if rng.random() < 0.5:
                self.step(b)
        b.join()

    def alarm(self, b, depth):
        """A sub-process that holds an event sub-process; without further events inside, so that all of it is sound."""
        rng = self.rng
        outside, self.beside = self.beside, False
        b.sub_process(self.name("f")).start(self.name("e"))
        self.step(b)
        if rng.random() < 0.5:
            self.inclusive(b, 0)
        b.end(self.name("e"))
        b.sub_process(self.name("v"), by_event=True)
        b.start(self.name("a"), event="timer", value=rng.choice(("PT20M", "PT5H")), interrupting=rng.random() < 0.5)
        self.step(b)
        b.end(self.name("e")).close()
        self.beside = outside
        b.close()

    def error(self, b, depth):
        """A sub-process that an error end event inside may break off, beside other tokens in it."""
        rng = self.rng
        frame, code = self.name("f"), self.name("E")
        values = {"loop": self.loop_of(), "repeat": 2.0} if rng.random() < 0.3 else {}
        b.sub_process(frame, **values).start(self.name("e")).parallel(self.name("g")).branch()
        self.step(b)
        b.end(self.name("e")).branch().exclusive(self.name("g")).branch(0.25)
        self.step(b)
        b.end(self.name("e"), event="error", value=code).branch(0.75)
        self.step(b)
        b.end(self.name("e")).close().close().close()
        main = b._ends
        b.boundary(self.name("b"), "error", rng.choice((code, "")), on=frame)
        self.step(b)
        b._ends = main + b._ends
        self.step(b)

    def ending(self, b):
        if b._ends:
            kind = "terminate" if self.beside else self.rng.choice(("", "terminate"))
            b.end(self.name("e"), event=kind, outcome=self.rng.choice(("", "rejected")))

    def sequence(self, b, depth):
        for _ in range(self.rng.choice((1, 1, 2))):
            if b._ends:
                self.block(b, depth)

    def model(self):
        rng = self.rng
        arrivals = rng.choice((None, 3.0, 8.0))
        b = build("office", pool="机关", arrivals_per_day=arrivals, calendar=rng.choice(("CN", "none")))
        b.lane("甲", staff=rng.choice((1, 2, None)))
        b.lane("乙", staff=rng.choice((1, 2, None)), hours=rng.choice(("00:00-24:00", "08:00-12:00,14:00-20:00")))
        b.lane("丙")
        b.start("start")
        for _ in range(3):
            if b._ends:
                self.block(b, 2)
        if b._ends and rng.random() < 0.3:
            self.last_step(b)
        if b._ends:
            b.end("finish")
        return b.model

    def last_step(self, b):
        """A step whose rejections end the case: no gateway comes after it."""
        b.lane("甲").step("last", work=self.time(), rejects=0.25)
        self.rejecting.add("last")


def minutes(number: float, distribution: str = "exponential") -> GovTime:
    mean = Duration(seconds=number * 60)
    return GovTime(distribution=distribution, mean=mean, sd=mean, low=mean, high=Duration(seconds=number * 300))


def office_and_partners() -> Model:
    """An applicant who fills in a form, an office that asks once, a bureau opened by a message."""
    b = build("office", arrivals_per_day=6.0).pool("窗口").lane("窗口", staff=1).start("begun", event="message")
    b.step("take", kind="accept", work=minutes(20, "gamma")).step("ask", work="PT5M").parallel("both")
    b.branch().catch("replied", event="message", work="PT10M")
    b.branch().throw("call", event="message").step("reported", task="receiveTask", work="PT7M").join("together")
    b.step("decide", kind="decide", work="PT20M", wait="PT30M").end("tell", event="message")
    b.pool("申请人", process="home", applicant=True).start("wish").step("fill", work=minutes(120)).throw("apply")
    b.catch("asked", event="message").step("answer", work="PT3H").throw("reply").catch("told", event="message").end()
    b.pool("局", process="bureau").start("called", event="message").step("look", work=minutes(10, "uniform"))
    b.step("report", task="sendTask").end()
    for source, target in (("apply", "begun"), ("ask", "asked"), ("reply", "replied"), ("call", "called")):
        b.message(source, target)
    return b.message("report", "reported").message("tell", "told").model


def office_and_answers(share: float | None) -> Model:
    """An office that waits for an answer, a question or a deadline at one gateway, and for others on borders."""
    b = build("office", arrivals_per_day=6.0, arrival_hours="00:00-24:00").pool("窗口").lane("窗口", staff=1).start()
    b.step("ask", work=minutes(20)).event_based("which").branch(share).catch("answered", event="message")
    b.branch(None if share is None else 1 - share).step("questioned", task="receiveTask", work="PT7M")
    b.branch().catch("late", "timer", "PT4H").join().step("go", work="PT5M").step(
        "wait", task="receiveTask", work="PT1M"
    )
    main = b._ends
    b.boundary("tired", "timer", "PT2H", on="wait").step("remind", work="PT9M")
    b._ends = main + b._ends
    b.step("close", work="PT1M").end()
    b.pool("申请人", process="home", applicant=True).start("asked", event="message").step("think", work=minutes(150))
    b.throw("answer").step("doubt", work=minutes(60)).throw("question").step("pause", work=minutes(300)).throw("last")
    b.end().message("ask", "asked").message("answer", "answered")
    return b.message("question", "questioned").message("last", "wait").model


def compare(model, *, cases=25, seed=5, warm_up=0, pools=("office",), rejecting=frozenset()):
    fast = simulate(model, cases=cases, seed=seed, warm_up=warm_up)
    slow = Slow(
        model,
        cases=cases,
        seed=seed,
        warm_up=fast.warm_up,
        start=datetime(2026, 1, 4, 9, 0) if model.procedure.calendar == "CN" else fast.opened,
        pools=pools,
        rejecting=rejecting,
    ).run()
    order = [slow.done[int(key)] for key in fast.key]
    for name, values in {
        "start": [case.start for case in order],
        "end": [case.end for case in order],
        "rejected": [case.rejected for case in order],
        "work": [case.work for case in order],
        "waiting": [case.waiting for case in order],
        "hand_ins": [case.hand_ins for case in order],
        "visits": [case.came for case in order],
        "clock_start": [case.clock_start for case in order],
        "clock_end": [case.clock_end for case in order],
    }.items():
        assert getattr(fast, name).tolist() == values, name
    place = {int(key): row for row, key in enumerate(fast.key)}
    stops = sorted((place[case], begin, end) for case, begin, end in slow.stops)
    assert sorted(zip(fast.stop_case.tolist(), fast.stop_from.tolist(), fast.stop_to.tolist(), strict=True)) == stops
    for step in fast.steps:
        assert [step.times, step.work, step.wait, step.queue] == slow.sums[step.id], step.id
    ways = defaultdict(int)
    for case in order:
        for key, value in case.way.items():
            ways[key] += value
        ways["other"] -= case.start - case.arrived
    assert fast.path.closed == ways["closed"]
    assert fast.path.other == ways["other"]
    for unit in fast.path.units:
        assert (unit.work, unit.wait, unit.queue) == tuple(ways[unit.key, part] for part in ("work", "wait", "queue"))
    total = fast.path.closed + fast.path.other + sum(u.work + u.wait + u.queue for u in fast.path.units)
    assert total == int(np.sum(fast.end - fast.start))


@pytest.mark.parametrize("seed", range(60))
def test_random_procedures_come_out_as_in_the_slow_simulation(seed):
    draw = Draw(seed)
    model = draw.model()
    assert not refusals(model)
    if overloads(model):
        pytest.skip("a unit cannot keep up, so its queue is left out")

    compare(model, seed=seed, warm_up=seed % 4, rejecting=draw.rejecting)


def test_pools_joined_by_messages_come_out_as_in_the_slow_simulation():
    compare(office_and_partners(), cases=40, pools=("home",))


@pytest.mark.parametrize("share", [None, 0.75, 1.0])
def test_races_of_messages_and_timers_come_out_as_in_the_slow_simulation(share):
    compare(office_and_answers(share), cases=60)


@pytest.mark.parametrize("seed", range(0, 60, 3))
def test_expected_visits_are_those_that_are_counted(seed):
    model = Draw(seed).model()

    found, _ = expected_visits(model)
    columns = simulate(model, cases=3_000, seed=seed)

    for step in columns.steps:
        assert step.times / 3_000 == pytest.approx(found[step.id], abs=0.06)


#: The kinds of blocks beside the plain ones, first each alone, then all together.
MORE = ("inclusive", "timer", "boundary", "rounds", "events", "alarm", "error")


@pytest.mark.parametrize("more", [(kind,) for kind in MORE] + [MORE] * 3)
@pytest.mark.parametrize("seed", range(10))
def test_every_construct_comes_out_as_in_the_slow_simulation(seed, more):
    seed = seed + 1000 * len(more)
    draw = Draw(seed, more)
    if more != ("timer",):
        draw.rejects = False
    model = draw.model()
    assert not refusals(model)
    if overloads(model):
        pytest.skip("a unit cannot keep up, so its queue is left out")

    compare(model, seed=seed, warm_up=seed % 4, rejecting=draw.rejecting)
