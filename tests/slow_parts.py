"""The parts of the slow simulation: chance, office hours, tokens, runs of scopes, cases."""

import hashlib
import math
from bisect import bisect_right
from collections import defaultdict
from datetime import date, timedelta

from org import holidays

MASK = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15
DAY = 86_400_000_000
EPOCH = date(1970, 1, 1)


# Chance, once more


def mixed(z):
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK
    return z ^ (z >> 31)


class Stream:
    def __init__(self, seed, case, element, visit, part):
        key = mixed((mixed((seed + GOLDEN) & MASK) + case * GOLDEN) & MASK)
        self.state = mixed(key ^ ((element + visit * GOLDEN + part * 0xD1342543DE82EF95) & MASK))

    def uniform(self):
        self.state = (self.state + GOLDEN) & MASK
        return ((mixed(self.state) >> 11) + 0.5) / 2**53

    def normal(self):
        first, second = self.uniform(), self.uniform()
        return math.sqrt(-2.0 * math.log(first)) * math.cos(2.0 * math.pi * second)

    def gamma(self, shape):
        boost = 1.0
        if shape < 1.0:
            boost, shape = self.uniform() ** (1.0 / shape), shape + 1.0
        d = shape - 1.0 / 3.0
        c = 1.0 / math.sqrt(9.0 * d)
        while True:
            z = self.normal()
            v = 1.0 + c * z
            if v > 0.0:
                v = v * v * v
                if math.log(self.uniform()) < 0.5 * z * z + d - d * v + d * math.log(v):
                    return d * v * boost


def element(node):
    return int.from_bytes(hashlib.blake2b(node.encode(), digest_size=8).digest(), "little")


def drawn(time, stream, day, week):
    def us(duration):
        return duration.on(day_seconds=day, week_days=week) * 1e6

    kind = time.distribution
    mean, sd = us(time.mean) if time.mean else 0.0, us(time.sd) if time.sd else 0.0
    if kind == "exponential":
        x = -mean * math.log(stream.uniform())
    elif kind == "normal":
        x = mean + sd * stream.normal()
    elif kind == "lognormal":
        spread = math.log1p((sd / mean) ** 2)
        x = math.exp(math.log(mean) - spread / 2 + math.sqrt(spread) * stream.normal())
    elif kind == "gamma":
        x = sd * sd / mean * stream.gamma((mean / sd) ** 2)
    elif kind == "uniform":
        x = us(time.low) + (us(time.high) - us(time.low)) * stream.uniform()
    elif kind == "triangular":
        low, mode, high, u = us(time.low), us(time.mode), us(time.high), stream.uniform()
        if u * (high - low) < mode - low:
            x = low + math.sqrt(u * (high - low) * (mode - low))
        else:
            x = high - math.sqrt((1.0 - u) * (high - low) * (high - mode))
    elif kind == "empirical":
        values = [us(value) for value in time.values]
        x = values[int(stream.uniform() * len(values))]
    else:
        x = mean
    return math.floor(x + 0.5) if x > 0.0 else 0


# Office hours, once more: every day looked at


class Office:
    def __init__(self, calendar, hours, first, days):
        found = holidays(calendar)
        self.natural = hours == ((0, 86400),)
        self.starts, self.ends, self.before = [], [], []
        total = 0
        for number in range(days):
            day = first + timedelta(days=number)
            if found.is_workday(day):
                for start, end in hours:
                    self.starts.append((day - EPOCH).days * DAY + start * 1_000_000)
                    self.ends.append((day - EPOCH).days * DAY + end * 1_000_000)
                    self.before.append(total)
                    total += (end - start) * 1_000_000

    def opened(self, moment):
        if self.natural:
            return moment
        span = bisect_right(self.starts, moment) - 1
        return 0 if span < 0 else self.before[span] + min(moment, self.ends[span]) - self.starts[span]

    def add(self, moment, amount):
        if self.natural or not amount:
            return moment + amount
        target = self.opened(moment) + amount
        span = next(i for i in range(len(self.before)) if self.before[i] + self.ends[i] - self.starts[i] >= target)
        return self.starts[span] + target - self.before[span]


# The token game, once more


class Token:
    def __init__(self, case, run, way):
        self.case, self.run, self.way = case, run, dict(way)
        self.alive, self.phase = True, "ready"
        #: How far the way on from its node is told, and the events it waits for.
        self.stage, self.options = 0, ()


class ScopeRun:
    """One run of a process or sub-process."""

    def __init__(self, scope, outer=None, node=None, *, applicant):
        self.scope, self.outer, self.node, self.applicant = scope, outer, node, applicant
        self.live, self.joins = 0, defaultdict(lambda: defaultdict(int))
        #: Whether it holds the rounds of an activity, how many are to come, since when.
        self.wraps, self.left, self.since = False, 0, 0

    def lies_in(self, other):
        run = self
        while run is not None and run is not other:
            run = run.outer
        return run is other


class Case:
    def __init__(self, number, now):
        self.number, self.arrived = number, now
        self.tokens, self.visits, self.letters = [], defaultdict(int), defaultdict(int)
        self.start = self.end = None
        self.rejected, self.work, self.waiting, self.hand_ins, self.came = False, 0, 0, 0, 0
        self.clock_start = self.clock_end = -1
        self.way = {}
        self.over = False
        self.wrapped, self.chosen = defaultdict(int), defaultdict(int)
