"""Whether cases end properly: each way to go wrong, each look-alike, and the whole search as an oracle."""

import random
from collections import Counter
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from itertools import chain, combinations, pairwise

import pytest

from bpmn.build import build
from bpmn.check import check
from bpmn.control_flow import ControlFlow, control_flow
from bpmn.model import Model

SPLITS = ("parallel-split", "inclusive-split")
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


class Oracle:
    """The token game as the documentation states it, played in every order and without any reduction.

    Written against the definition only: branches that lead to ends of their own are judged as a process of their own;
    else no arc may get a second token (tokens stay where they end), nothing may wait for ever, and every case can end.
    """

    def __init__(self, flow: ControlFlow, limit: int = 40_000) -> None:
        self.flow = flow
        self.limit = limit
        self.removed: set[int] = set()
        #: Inclusive splits of which only what was removed may be taken.
        self.silent: set[int] = set()
        self.ends = {
            number for number, arc in enumerate(flow.arcs) if flow.vertices[arc.target].kind in ("end", "terminate")
        }

    def is_sound(self) -> bool | None:
        threads = self._threads()
        if not self._has_way_out():
            self.removed, self.silent, threads = set(), set(), []
        starts = self.flow.scopes[0].starts
        verdicts = [self._play(self.flow.vertices[start].leaving) for start in starts]
        verdicts += [self._play(begin) for group in threads for begin in self._begins(group)]
        return None if None in verdicts else all(verdicts)

    def _closure(self, number: int) -> set[int]:
        split, seen = self.flow.arcs[number].source, set()
        stack = [self.flow.arcs[number].target]
        while stack:
            vertex = stack.pop()
            if vertex not in seen and self.flow.vertices[vertex].kind != "end":
                seen.add(vertex)
                if vertex != split:
                    stack += [self.flow.arcs[arc].target for arc in self.flow.vertices[vertex].leaving]
        return seen

    def _has_way_out(self) -> bool:
        """Whether from everything that is not a thread something else than a thread leads to an end."""
        left = [arc for number, arc in enumerate(self.flow.arcs) if number not in self.removed]
        seen = {arc.target for number, arc in enumerate(self.flow.arcs) if number in self.ends - self.removed}
        for _ in self.flow.vertices:
            seen |= {arc.source for arc in left if arc.target in seen}
        reached = set(self.flow.scopes[0].starts)
        for _ in self.flow.vertices:
            reached |= {arc.target for arc in left if arc.source in reached}
        return reached <= seen

    def _threads(self) -> list[list[int]]:
        threads = []
        for index, vertex in enumerate(self.flow.vertices):
            for group in self._groups(vertex.leaving) if vertex.kind in SPLITS else ():
                inside = set().union(*map(self._closure, group))
                entering = {arc for v in inside for arc in self.flow.vertices[v].entering} - set(group)
                if any(self.flow.arcs[arc].source not in inside for arc in entering) or index in inside:
                    continue
                if len(set(vertex.leaving) - self.removed) > len(group):
                    self.removed |= set(group)
                    self.silent.add(index)
                    threads.append(group)
        return threads

    def _begins(self, group: list[int]) -> Iterable[Iterable[int]]:
        split = self.flow.vertices[self.flow.arcs[group[0]].source]
        sizes = range(1, len(group) + 1) if split.kind == "inclusive-split" else [len(group)]
        return [chosen for size in sizes for chosen in combinations(group, size)]

    def _groups(self, leaving: tuple[int, ...]) -> list[list[int]]:
        groups: list[list[int]] = []
        for arc in leaving:
            near = [group for group in groups if any(self._closure(arc) & self._closure(other) for other in group)]
            groups = [group for group in groups if group not in near] + [[arc, *chain.from_iterable(near)]]
        return groups

    def _play(self, begin: Iterable[int]) -> bool | None:
        first = frozenset(begin)
        seen, todo, after = {first}, [first], {}
        while todo:
            state = todo.pop()
            following = list(self._steps(state))
            if None in following:
                return False
            if not following and state - self.ends:
                return False
            after[state] = following
            for other in following:
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
            if len(seen) > self.limit:
                return None
        return self._can_all_end(after)

    def _can_all_end(self, after: dict[frozenset[int], list[frozenset[int]]]) -> bool:
        good = {state for state in after if not state - self.ends}
        changed = True
        while changed:
            more = {state for state, following in after.items() if state not in good and good & set(following)}
            good |= more
            changed = bool(more)
        return len(good) == len(after)

    def _steps(self, state: frozenset[int]):  # type: ignore[no-untyped-def]
        for index, vertex in enumerate(self.flow.vertices):
            held = [arc for arc in vertex.entering if arc in state]
            leaving = [arc for arc in vertex.leaving if arc not in self.removed]
            if not held or vertex.kind in ("end", "terminate"):
                continue
            if vertex.kind == "parallel-join" and len(held) < len(vertex.entering):
                continue
            if vertex.kind == "inclusive-join" and not self._is_ready(index, state):
                continue
            takes = [held] if vertex.kind.endswith("-join") else [[arc] for arc in held]
            puts = [[arc] for arc in leaving] if vertex.kind == "exclusive-split" else [leaving]
            if vertex.kind == "inclusive-split":
                sizes = range(0 if index in self.silent else 1, len(leaving) + 1)
                puts = [list(chosen) for size in sizes for chosen in combinations(leaving, size)]
            for taken in takes:
                for put in puts:
                    left = state - set(taken)
                    yield None if left & set(put) else left | set(put)

    def _is_ready(self, join: int, state: frozenset[int]) -> bool:
        """No token can still come to an empty arc of the join that could not as well come to a full one."""
        before = {arc: self._upstream(arc, join) for arc in self.flow.vertices[join].entering}
        full = set().union(*(seen for arc, seen in before.items() if arc in state))
        empty = set().union(*(seen for arc, seen in before.items() if arc not in state))
        return not (state & empty) - full

    def _upstream(self, arc: int, join: int) -> set[int]:
        seen, stack = {arc}, [arc]
        while stack:
            source = self.flow.arcs[stack.pop()].source
            for other in self.flow.vertices[source].entering if source != join else ():
                if other not in seen:
                    seen.add(other)
                    stack.append(other)
        return seen


def random_model(random: random.Random, size: int, shapes: str = "qqxal") -> Model:
    """A nested model of a few steps with gateways of a wrong kind, extra flows and ends of their own here and there."""
    pairs: list[tuple[str, str]] = []
    kinds: dict[str, str] = {}
    count = 0

    def new(letter: str) -> str:
        nonlocal count
        count += 1
        return f"{letter}{count}"

    todo = [("s", "e", size)]
    while todo:
        before, after, amount = todo.pop()
        shape = random.choice(shapes) if amount > 1 else "t"
        part = random.randint(1, amount - 1) if amount > 1 else 0
        if shape == "t":
            step = new("t")
            pairs += [(before, step), (step, after)]
        elif shape == "q":
            middle = new("t")
            todo += [(before, middle, part), (middle, after, amount - part)]
        elif shape == "l":
            top, bottom = new("x"), new("x")
            pairs += [(before, top), (bottom, after)]
            todo += [(top, bottom, part), (bottom, top, amount - part)]
        else:
            split, join = new(shape), new(shape)
            pairs += [(before, split), (join, after)]
            todo += [(split, join, part), (split, join, amount - part)]
    gates = sorted({node for pair in pairs for node in pair if node[0] in "xao"})
    if gates and random.random() < 0.5:
        gate = random.choice(gates)
        kinds[gate] = KINDS[random.choice([shape for shape in shapes if shape in "xao" and shape != gate[0]])]
    if len(gates) > 1 and random.random() < 0.4:
        pairs.append(tuple(random.sample(gates, 2)))  # type: ignore[arg-type]
    if random.random() < 0.4:
        source, _ = pairs.pop(random.randrange(len(pairs)))
        pairs.append((source, new("e")))
    return draw(" ".join(f"{source}>{target}" for source, target in pairs), **kinds)


def is_acyclic(model: Model) -> bool:
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for flow in model.flows:
        sorter.add(flow.target, flow.source)
    try:
        sorter.prepare()
    except CycleError:
        return False
    return True


def compare(seeds: range, shapes: str = "qqxal") -> Counter[tuple[bool, bool]]:
    """How often the oracle and `check` said (sound, sound) of models everything of which can be reached."""
    counted: Counter[tuple[bool, bool]] = Counter()
    for seed in seeds:
        chance = random.Random(seed)
        model = random_model(chance, chance.randint(2, 9), shapes)
        problems = check(model)
        if any(p.problem in ("unreachable", "dead-end") for p in problems):
            continue
        truth = Oracle(control_flow(model)).is_sound()
        if truth is not None:
            is_wrong = [p.severity == "error" or p.rule == "joins-wait-for-each-other" for p in problems]
            answer = not any(is_wrong)
            counted[truth, answer] += 1
            assert truth == answer, f"seed {seed}: {[(f.source, f.target) for f in model.flows]}"
    return counted


def test_verdict_is_that_of_the_whole_search() -> None:
    counted = compare(range(400))

    assert min(counted[True, True], counted[False, False]) > 50


def test_verdict_with_inclusive_gateways_is_that_of_the_whole_search() -> None:
    counted = compare(range(400), shapes="qqxaol")

    assert min(counted[True, True], counted[False, False]) > 40
