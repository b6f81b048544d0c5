"""Whether cases end properly: each way to go wrong, each look-alike, and the whole search as an oracle."""

from itertools import pairwise

import pytest

from bpmn.build import build
from bpmn.check import check
from bpmn.model import Model
from tests.slow_soundness import compare

SOUNDNESS = {"deadlock", "lack-of-synchronisation", "unbounded", "endless-loop"}
KINDS = {"x": "exclusiveGateway", "a": "parallelGateway", "o": "inclusiveGateway", "s": "startEvent", "e": "endEvent"}


def draw(ways: str, **kinds: str) -> Model:
    """Build a model from ways such as "s>t1>x1>e"; the first letter of an id says its kind, unless `kinds` does."""
    builder = build("p")
    seen: set[str] = set()
    pairs = []
    for way in ways.split():
        ids = way.split(">")
        for node in dict.fromkeys(ids):
            if node not in seen:
                seen.add(node)
                builder.node(node, kinds.get(node) or KINDS.get(node[0], "task"))
        pairs += pairwise(ids)
    for source, target in pairs:
        builder.flow(source, target)
    return builder.model


def verdicts(model: Model) -> list[tuple[str, str, str]]:
    return [(p.severity, p.problem, p.element) for p in check(model) if p.problem in SOUNDNESS]


SOUND = {
    "a sequence": "s>t1>t2>e",
    "parallel branches joined": "s>a1>t1>a2>e a1>t2>a2",
    "a choice merged": "s>x1>t1>x2>e x1>t2>x2",
    "parallel branches that end apart": "s>a1>t1>e1 a1>t2>e2",
    "parallel branches that end in one end event": "s>a1>t1>e a1>t2>e",
    "a choice with its own ends": "s>x1>t1>e1 x1>t2>e2",
    "a refusal several steps lead to": "s>t1>x1>t2>x2>t3>e1 x1>x3 x2>x3>t4>e2",
    "a loop with two ways back and two ways out": "s>x0>t1>x1>e x1>t2>x0 x1>t3>x0 x1>e2",
    "a while loop": "s>x0>x1>t1>x0 x1>e",
    "loops that cross": "s>x0>t0>x1>t1>x2>t2>x3>e x2>x0 x3>x1",
    "a parallel block inside a loop": "s>x0>a1>t1>a2>x1>e a1>t2>a2 x1>x0",
    "parallel branches that are not nested": "s>a1>t1>a2>t2>a4>e a1>a3>t3>a2 a3>t4>a4",
    "an inclusive block": "s>o1>t1>o2>e o1>t2>o2",
    "an inclusive join of parallel branches": "s>a1>t1>o2>e a1>t2>o2",
    "an inclusive join of a choice": "s>x1>t1>o2>e x1>t2>o2",
    "a note sent off in every round": "s>x0>t1>a1>x1>e a1>t2>e2 x1>x0",
    "two starts that merge": "s1>x1>t1>e s2>x1",
    "several flows into one step": "s>x1>t1>t3>e x1>t2>t3",
    "a step that splits and a gateway that joins": "s>t1>t2>a1>e t1>t3>a1",
}


@pytest.mark.parametrize("ways", SOUND.values(), ids=SOUND.keys())
def test_these_are_sound(ways: str) -> None:
    assert verdicts(draw(ways)) == []


UNSOUND = {
    "a choice joined in parallel": ("s>x1>t1>a2>e x1>t2>a2", "deadlock", "a2"),
    "parallel branches merged": ("s>a1>t1>x2>t3>e a1>t2>x2", "lack-of-synchronisation", "x2"),
    "parallel branches into one step": ("s>a1>t1>t3>e a1>t2>t3", "lack-of-synchronisation", "t3"),
    "a step drawn twice to the next": ("s>t1>t2>e t1>t2", "lack-of-synchronisation", "t2"),
    "an inclusive split joined in parallel": ("s>o1>t1>a2>e o1>t2>a2", "deadlock", "a2"),
    "an inclusive split merged": ("s>o1>t1>x2>e o1>t2>x2", "lack-of-synchronisation", "x2"),
    "two starts joined in parallel": ("s1>t1>a1>e s2>t2>a1", "deadlock", "a1"),
    "a loop back into a parallel join": ("s>a0>t1>x1>e x1>a0", "deadlock", "a0"),
    "a jump out of a parallel branch": ("s>a1>x1>t1>a2>e a1>t2>a2 x1>e2", "deadlock", "a2"),
    "branches that multiply in a loop": ("s>x0>t1>a1>x1>e a1>x0 x1>e2", "unbounded", "a1"),
    "a loop without a way out": ("s>x0>t1>x0", "endless-loop", "x0"),
    "one branch that never ends": ("s>x1>e x1>x2>t1>x2", "endless-loop", "x2"),
    "a parallel branch that never ends": ("s>a1>e a1>x2>t1>x2", "endless-loop", "x2"),
}


@pytest.mark.parametrize(("ways", "problem", "element"), UNSOUND.values(), ids=UNSOUND.keys())
def test_these_are_not_sound(ways: str, problem: str, element: str) -> None:
    assert ("error", problem, element) in verdicts(draw(ways))


def test_verdict_is_that_of_the_whole_search() -> None:
    counted = compare(range(250), shapes="qqqxxaal")

    assert min(counted["sound"], counted["unsound"]) > 40


def test_verdict_with_inclusive_gateways_in_loops_too_is_that_of_the_whole_search() -> None:
    counted = compare(range(250), shapes="qqxaool")

    assert min(counted["sound"], counted["unsound"]) > 30


def test_verdict_with_every_construct_is_that_of_the_whole_search() -> None:
    counted = compare(range(250))

    assert min(counted["sound"], counted["unsound"]) > 30
