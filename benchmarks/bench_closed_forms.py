"""The simulation against nine formulas of queueing theory, each the mean of 20 seeds; a day has 24 open hours here.

Two figures count: how far the worst mean is off in per cent, and how many of its own standard errors the worst one is
off. With so many cases and queues so busy the standard errors lie between 0.01 (rework) and 0.5 per cent (M/M/10).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.simulation import simulate, warm
from benchmarks.measuring import Row
from bpmn import Model
from bpmn.annotation import Duration, GovTime
from bpmn.build import Builder, build

SEEDS = range(1, 21)
CASES = 1_000_000
_HOUR = 3_600_000_000


@dataclass(frozen=True, kw_only=True)
class Form:
    """A model whose mean time is known; the mean work of a step is one hour."""

    name: str
    model: Model
    #: The mean in hours: of the queue where `queue` is true, else of the elapsed time.
    hours: float
    queue: bool = False


@dataclass(frozen=True, kw_only=True)
class Miss:
    """How far the mean of all seeds is off."""

    name: str
    per_cent: float
    standard_errors: float


def rows() -> list[Row]:
    """Measure every row."""
    warm()
    misses = [_miss(form) for form in forms()]
    off = max(misses, key=lambda miss: miss.per_cent)
    far = max(misses, key=lambda miss: miss.standard_errors)
    against = f"{len(misses)} forms, {len(SEEDS)} seeds"
    return [
        (f"worst error in per cent: {off.name}", against, "≤ 0.5", off.per_cent),
        (f"worst in standard errors: {far.name}", against, "≤ 3", far.standard_errors),
    ]


def forms() -> Iterator[Form]:
    """Every model with its formula."""
    for staff, use in ((1, 0.7), (3, 0.75), (10, 0.8)):
        load = use * staff
        yield _queue(f"M/M/{staff}", _law(), staff, load, erlang_c(staff, load) / (staff - load))
    yield _single("M/D/1", "fixed", 0.0, use=0.7)
    yield _single("M/G/1, gamma", "gamma", 2.0, use=0.6)
    yield _single("M/G/1, lognormal", "lognormal", 0.25, use=0.7)
    yield _last_of_four()
    yield _two_queues(use=0.7)
    yield _rework(share=0.15)


def erlang_c(servers: int, load: float) -> float:
    """The share of arrivals that wait in M/M/c (A. K. Erlang, 1917; Kleinrock, Queueing Systems I, 1975, (3.40))."""
    blocked = 1.0
    for server in range(1, servers + 1):
        blocked = load * blocked / (server + load * blocked)
    return blocked / (1.0 - load / servers * (1.0 - blocked))


def _miss(form: Form) -> Miss:
    means = np.array([_mean(form, seed) for seed in SEEDS])
    error = float(means.std(ddof=1)) / math.sqrt(len(means))
    off = abs(float(means.mean()) - form.hours)
    return Miss(name=form.name, per_cent=100.0 * off / form.hours, standard_errors=off / error)


def _mean(form: Form, seed: int) -> float:
    columns = simulate(form.model, cases=CASES, seed=seed)
    times = columns.waiting if form.queue else columns.end - columns.start
    return float(times.mean()) / _HOUR


def _single(name: str, distribution: str, variation: float, *, use: float) -> Form:
    """One person: ρ (1 + c²) / (2 (1 - ρ)) (F. Pollaczek, 1930; A. Y. Khinchine, 1932)."""
    hours = use * (1.0 + variation) / (2.0 * (1.0 - use))
    return _queue(name, _law(distribution, math.sqrt(variation)), 1, use, hours)


def _queue(name: str, work: GovTime, staff: int, per_hour: float, hours: float) -> Form:
    chain = _around_the_clock(per_hour).lane("窗口", staff=staff).start().step("a", work=work).end()
    return Form(name=name, model=chain.model, hours=hours, queue=True)


def _last_of_four() -> Form:
    """The mean maximum of n exponential times is 1 + 1/2 + … + 1/n (A. Rényi, 1953)."""
    chain = _around_the_clock().start().parallel("fork")
    for branch in range(4):
        chain.branch().step(f"s{branch}", work=_law())
    return Form(name="fork-join of 4", model=chain.join().end().model, hours=sum(1.0 / n for n in range(1, 5)))


def _two_queues(*, use: float) -> Form:
    """(12 - ρ) / 8 times the time in M/M/1 (Flatto and Hahn, 1984; Nelson and Tantawi, IEEE ToC 37, 1988)."""
    chain = _around_the_clock(use).start().parallel("fork")
    chain.branch().lane("甲", staff=1).step("a", work=_law())
    chain.branch().lane("乙", staff=1).step("b", work=_law())
    return Form(name="Nelson-Tantawi", model=chain.join().end().model, hours=(12.0 - use) / 8.0 / (1.0 - use))


def _rework(*, share: float) -> Form:
    """A geometric number of rounds, 1 / (1 - p) in the mean."""
    chain = _around_the_clock().start().step("check", work=_law("fixed")).exclusive("again")
    chain.branch(share).to("check").branch(1.0 - share).end()
    return Form(name="rework", model=chain.model, hours=1.0 / (1.0 - share))


def _around_the_clock(per_hour: float | None = None) -> Builder:
    chain = build("p", hours="00:00-24:00", calendar="none")
    return chain if per_hour is None else chain.procedure(arrivals_per_day=per_hour * 24.0)


def _law(distribution: str = "exponential", sd: float = 0.0) -> GovTime:
    """A time of one hour in the mean, its deviation in hours."""
    return GovTime(distribution=distribution, mean=Duration(seconds=3600.0), sd=Duration(seconds=sd * 3600.0))
