"""The procedure of the benchmarks, played by two peers: SimPy, with all of it, and numpy, where nobody waits.

Both read the same file as the simulation and know what is drawn in it: who works when, and in which order.
"""

import bisect
import random
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bpmn.model import Model, Node
from bpmn.read import read

FILE = Path(__file__).with_name("food-permit.bpmn")
_HOURS = 3600.0
_FIRST = date(2026, 1, 5)


def food_permit() -> Model:
    """Read the procedure: 16 tasks, 6 departments, rework, three branches at a time, queues, office hours."""
    return read(FILE)


class Office:
    """Office hours from Monday to Friday, looked up by bisection."""

    def __init__(self, hours: tuple[tuple[int, int], ...], days: int) -> None:
        self.starts: list[float] = []
        self.ends: list[float] = []
        self.before: list[float] = [0.0]
        for day in range(days):
            if (_FIRST + timedelta(days=day)).weekday() < 5:
                for start, end in hours:
                    self.starts.append(day * 86400.0 + start)
                    self.ends.append(day * 86400.0 + end)
                    self.before.append(self.before[-1] + end - start)

    def opened(self, moment: float) -> float:
        """Open seconds before a moment."""
        span = bisect.bisect_right(self.starts, moment) - 1
        return 0.0 if span < 0 else self.before[span] + min(moment, self.ends[span]) - self.starts[span]

    def reached(self, opened: float) -> float:
        """The moment by which so many open seconds have passed."""
        span = max(0, bisect.bisect_left(self.before, opened) - 1)
        return self.starts[span] + opened - self.before[span]

    def add(self, moment: float, seconds: float) -> float:
        """The moment at which so many open seconds have passed since another."""
        return self.reached(self.opened(moment) + seconds)


def _seconds(node: Node) -> tuple[str, float, float]:
    """The distribution of a step's work with its mean and deviation, or its least and most."""
    time = node.time("work")
    assert time is not None
    first, second = (time.low, time.high) if time.distribution == "uniform" else (time.mean, time.sd)
    return time.distribution, first.seconds if first else 0.0, second.seconds if second else 0.0


def _draw(chance: random.Random, law: tuple[str, float, float]) -> float:
    kind, first, second = law
    if kind == "exponential":
        return chance.expovariate(1.0 / first)
    if kind == "gamma":
        return chance.gammavariate((first / second) ** 2, second * second / first)
    if kind == "lognormal":
        spread = float(np.log1p((second / first) ** 2))
        return chance.lognormvariate(float(np.log(first)) - spread / 2, spread**0.5)
    return chance.uniform(first, second) if kind == "uniform" else first


#: A process of SimPy.
Way = Generator[Any, Any, None]


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a peer found: mean elapsed working hours."""

    cases: int
    hours: float


def with_simpy(model: Model, cases: int, seed: int = 1) -> Found:
    """Simulate the procedure in SimPy: one process a case, one resource a department."""
    import simpy

    chance = random.Random(seed)
    per_day = model.procedure.arrivals_per_day or 1.0
    office = Office(model.procedure.hours, int(cases / per_day * 1.5) + 200)
    day = float(sum(end - start for start, end in model.procedure.hours))
    env = simpy.Environment()
    people = {unit.key: simpy.Resource(env, unit.staff or 1) for unit in model.units}
    laws = {node.id: _seconds(node) for node in model.nodes if node.is_step}
    unit = {node.id: people[model.unit_of[node.id].key] for node in model.nodes if node.is_step}
    again, refused = (model.flow[name].probability or 0.0 for name in ("x-supplement", "y-refuse"))
    elapsed: list[float] = []

    def step(name: str) -> Way:
        with unit[name].request() as person:
            yield person
            yield env.timeout(office.add(env.now, _draw(chance, laws[name])) - env.now)

    def steps(*names: str) -> Way:
        for name in names:
            yield from step(name)

    def case() -> Way:
        start = env.now
        yield from steps("collect", "check")
        while chance.random() < again:
            yield from steps("supplement", "check")
        yield from step("forward")
        branches = [("m_review", "m_inspect"), ("f_review", "f_inspect"), ("h_review", "h_test")]
        yield env.all_of([env.process(steps(*names)) for names in branches])
        yield from steps("summary", "approve1", "approve2", "refuse" if chance.random() < refused else "issue")
        yield from step("archive")
        elapsed.append(office.opened(env.now) - office.opened(start))

    def arrivals() -> Way:
        opened = 0.0
        for _ in range(cases):
            opened += chance.expovariate(per_day / day)
            yield env.timeout(office.reached(opened) - env.now)
            env.process(case())

    env.process(arrivals())
    env.run()
    return Found(cases=len(elapsed), hours=sum(elapsed) / len(elapsed) / _HOURS)


def without_queues(model: Model, cases: int, seed: int = 1) -> Found:
    """Draw whole columns in numpy where nobody waits: no order of events, no office hours, the limit of any sampler."""
    chance = np.random.default_rng(seed)
    laws = {node.id: _seconds(node) for node in model.nodes if node.is_step}
    again, refused = (model.flow[name].probability or 0.0 for name in ("x-supplement", "y-refuse"))
    kinds: dict[str, Callable[[float, float, int], NDArray[np.float64]]] = {
        "fixed": lambda mean, _, size: np.full(size, mean),
        "exponential": lambda mean, _, size: chance.exponential(mean, size),
        "gamma": lambda mean, sd, size: chance.gamma((mean / sd) ** 2, sd * sd / mean, size),
        "uniform": lambda low, high, size: chance.uniform(low, high, size),
        "lognormal": lambda mean, sd, size: chance.lognormal(
            np.log(mean) - np.log1p((sd / mean) ** 2) / 2, np.sqrt(np.log1p((sd / mean) ** 2)), size
        ),
    }

    def column(name: str, size: int = cases) -> NDArray[np.float64]:
        kind, first, second = laws[name]
        return kinds[kind](first, second, size)

    elapsed = column("collect") + column("check") + column("forward") + column("summary")
    elapsed += column("approve1") + column("approve2") + column("archive")
    rounds = chance.geometric(1.0 - again, cases) - 1
    while len(more := np.flatnonzero(rounds)):
        elapsed[more] += column("supplement", len(more)) + column("check", len(more))
        rounds[more] -= 1
    market, fire = column("m_review") + column("m_inspect"), column("f_review") + column("f_inspect")
    elapsed += np.maximum(np.maximum(market, fire), column("h_review") + column("h_test"))
    elapsed += np.where(chance.random(cases) < refused, column("refuse"), column("issue"))
    return Found(cases=cases, hours=float(elapsed.mean()) / _HOURS)
