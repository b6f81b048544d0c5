"""Chance, by key: every draw is a function of (seed, case, element, visit, part) and of nothing else.

No draw depends on what was drawn before it, so the order of events never changes a number, and a step that stays in a
redesign draws the same durations before and after (common random numbers: the difference of two runs is far less
uncertain than either).

Method. Each part of the key is stirred into 64 bits by the finaliser of splitmix64 (Steele, Lea and Flood, "Fast
splittable pseudorandom number generators", OOPSLA 2014; the constants are Stafford's Mix13), a bijection in which every
bit in flips about half of the bits out. The result is the state of one short splitmix64 stream, from which a duration
takes as many uniform numbers as its distribution needs: one for most, two for a normal, a few for a gamma.

Durations are computed in double precision and rounded to whole microseconds, so that a last bit that differs between
two mathematical libraries does not reach the result.
"""

import math
from typing import Any

import numpy as np

from analysis.simulation.compiled import compiled

#: Either kind of 64-bit whole number, as the compiled code sees it.
Bits = Any

#: The kinds of distribution, by number; `NONE` is no time at all, `UNTIL` lasts to an instant.
NONE, FIXED, EXPONENTIAL, NORMAL, LOGNORMAL, GAMMA, UNIFORM, TRIANGULAR, EMPIRICAL, UNTIL = range(-1, 9)

#: The parts of one visit that are drawn apart.
WORK_PART, WAIT_PART, WAY_PART, REJECT_PART, ROUNDS_PART = range(5)

#: No duration is longer, in microseconds (about 285 years).
LONGEST = 2**53

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_PART = np.uint64(0xD1342543DE82EF95)
_ONE_OF = 1.0 / 2**53
_TURN = 2.0 * math.pi


@compiled
def stirred(bits: Bits) -> Bits:
    """Stir 64 bits: the finaliser of splitmix64."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


@compiled
def case_key(seed: Bits, case: int) -> Bits:
    """Give the key of a case; its number may be negative (cases of the warm-up)."""
    return stirred(stirred(np.uint64(seed) + _GOLDEN) + np.uint64(case) * _GOLDEN)


@compiled
def stream(key: Bits, element: Bits, visit: int, part: int) -> Bits:
    """Give the state of the stream of one part of one visit of a case to an element."""
    return stirred(key ^ (np.uint64(element) + np.uint64(visit) * _GOLDEN + np.uint64(part) * _PART))


@compiled
def uniform(state: Bits) -> tuple[Bits, float]:
    """Give the next state and a number above 0 and below 1."""
    state = state + _GOLDEN
    return state, (np.float64(stirred(state) >> np.uint64(11)) + 0.5) * _ONE_OF


@compiled
def normal(state: Bits) -> tuple[Bits, float]:
    """Give the next state and a standard normal number (Box and Muller, 1958)."""
    state, first = uniform(state)
    state, second = uniform(state)
    return state, math.sqrt(-2.0 * math.log(first)) * math.cos(_TURN * second)


@compiled
def gamma(state: Bits, shape: float) -> float:
    """Give a gamma number of scale 1 (Marsaglia and Tsang, ACM TOMS 26, 2000)."""
    boost = 1.0
    if shape < 1.0:
        state, chance = uniform(state)
        boost = chance ** (1.0 / shape)
        shape = shape + 1.0
    d = shape - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    while True:
        state, z = normal(state)
        v = 1.0 + c * z
        if v > 0.0:
            v = v * v * v
            state, chance = uniform(state)
            if math.log(chance) < 0.5 * z * z + d - d * v + d * math.log(v):
                return d * v * boost


@compiled
def duration(state: Bits, laws: Any, row: int, values: Any) -> Bits:
    """Draw whole microseconds from a law: its kind and up to three parameters; `values` are those of empirical laws."""
    kind = int(laws[row, 0])
    x = laws[row, 1]
    if kind == EXPONENTIAL:
        state, chance = uniform(state)
        x = -x * math.log(chance)
    elif kind == NORMAL:
        state, z = normal(state)
        x = x + laws[row, 2] * z
    elif kind == LOGNORMAL:
        state, z = normal(state)
        x = math.exp(x + laws[row, 2] * z)
    elif kind == GAMMA:
        x = laws[row, 2] * gamma(state, x)
    elif kind == UNIFORM:
        state, chance = uniform(state)
        x = x + (laws[row, 2] - x) * chance
    elif kind == TRIANGULAR:
        x = _triangular(state, x, laws[row, 2], laws[row, 3])
    elif kind == EMPIRICAL:
        state, chance = uniform(state)
        x = values[int(x) + int(chance * laws[row, 2])]
    if not x > 0.0:
        return 0
    return math.floor(min(x, LONGEST) + 0.5)


@compiled
def _triangular(state: Bits, low: float, mode: float, high: float) -> float:
    """Invert the distribution function of a triangle."""
    state, chance = uniform(state)
    width = high - low
    if width <= 0.0:
        return low
    if chance * width < mode - low:
        return low + math.sqrt(chance * width * (mode - low))
    return high - math.sqrt((1.0 - chance) * width * (high - mode))
