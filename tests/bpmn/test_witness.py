"""Every verdict carries a run: played on the drawing, by its ids alone, it leads to what the verdict says."""

import random
from collections.abc import Iterator
from itertools import combinations

import pytest

from bpmn.check import check
from bpmn.control_flow import ControlFlow, Vertex, control_flow
from bpmn.problem import Problem
from tests.bpmn.test_soundness import UNSOUND, draw
from tests.slow_soundness import Mixture

#: Tokens by place, sorted: an arc, or ~v for the beginning of vertex v.
State = tuple[int, ...]


class Replay:
    """The token game by the rules at the head of `bpmn.control_flow`, and what each act is called in a run."""

    def __init__(self, flow: ControlFlow) -> None:
        self.flow = flow

    def begins(self, around: int) -> list[State]:
        """The states in which a case can begin; an event sub-process that is asked about has begun by its event."""
        scope = self.flow.scopes[0]
        states = [[~start for start in scope.starts]] if scope.together else [[~start] for start in scope.starts]
        while around >= 0:
            if self.flow.scopes[around].triggered:
                states = [[*state, ~self.flow.scopes[around].starts[0]] for state in states]
            around = self.flow.scopes[around].parent
        return [tuple(sorted(state)) for state in states]

    def acts(self, state: State) -> Iterator[tuple[int, tuple[str, ...], State]]:
        """Each vertex that can act, the ids its act is told by, and the state after it."""
        for number, vertex in enumerate(self.flow.vertices):
            held = [arc for arc in vertex.entering if arc in state]
            if vertex.kind in ("end", "terminate") or not self.is_ready(number, held, state):
                continue
            takes = [held] if vertex.kind.endswith("-join") else [[token] for token in {*held, ~number} & {*state}]
            for taken in takes:
                for put in self.puts(number):
                    left = list(state)
                    for token in taken:
                        left.remove(token)
                    for begun in self.begun(vertex):
                        yield number, self.named(number, taken, put), tuple(sorted([*left, *put, *begun]))

    def begun(self, vertex: Vertex) -> list[list[int]]:
        """The ways a sub-process can begin where a vertex enters one; a run that does not look into it passes it."""
        if vertex.kind != "enter":
            return [[]]
        scope = self.flow.scopes[self.flow.scope_of[vertex.node]]
        ways = [[~start for start in scope.starts]] if scope.together else [[~start] for start in scope.starts]
        return [[], *ways]

    def is_busy(self, node: str, state: State) -> bool:
        """Whether a token that has not ended is inside a sub-process."""
        inside = {self.flow.scope_of[node]}
        for index, scope in enumerate(self.flow.scopes):
            if scope.parent in inside:
                inside.add(index)
        return any(self.flow.vertices[self.vertex(t)].scope in inside for t in state if not self.has_ended(t))

    def vertex(self, token: int) -> int:
        return self.flow.arcs[token].target if token >= 0 else ~token

    def has_ended(self, token: int) -> bool:
        return self.flow.vertices[self.vertex(token)].kind in ("end", "terminate")

    def is_ready(self, number: int, held: list[int], state: State) -> bool:
        kind, entering = self.flow.vertices[number].kind, self.flow.vertices[number].entering
        if kind == "leave":
            return bool(held) and not self.is_busy(self.flow.vertices[number].node, state)
        if kind == "parallel-join":
            return len(held) == len(entering)
        if kind == "inclusive-join":
            full = set().union(*(self.upstream(arc, number) for arc in held))
            empty = set().union(*(self.upstream(arc, number) for arc in entering if arc not in held))
            return bool(held) and not ({*state} & empty) - full
        return bool(held) or ~number in state

    def upstream(self, arc: int, join: int) -> set[int]:
        seen, stack = {arc}, [arc]
        while stack:
            source = self.flow.arcs[stack.pop()].source
            if source != join:
                more = {~source, *self.flow.vertices[source].entering} - seen
                seen |= more
                stack += [other for other in more if other >= 0]
        return seen

    def puts(self, number: int) -> list[tuple[int, ...]]:
        vertex = self.flow.vertices[number]
        if vertex.kind == "exclusive-split":
            return [(arc,) for arc in vertex.leaving]
        if vertex.kind != "inclusive-split":
            return [vertex.leaving]
        always = tuple(arc for arc in vertex.leaving if self.flow.arcs[arc].role == "always")
        others = [arc for arc in vertex.leaving if arc not in always]
        sizes = range(0 if always else 1, len(others) + 1)
        return [always + chosen for size in sizes for chosen in combinations(others, size)]

    def named(self, number: int, taken: list[int], put: tuple[int, ...]) -> tuple[str, ...]:
        node = self.flow.vertices[number].node
        came = [self.flow.arcs[token] for token in taken if token >= 0]
        inside = came and all(self.flow.vertices[arc.source].node == node or arc.flow == node for arc in came)
        flows = sorted(self.flow.arcs[arc].flow for arc in put if self.flow.arcs[arc].flow)
        return (*(() if inside else (node,)), *flows)

    def after(self, run: tuple[str, ...], begins: list[State]) -> set[State]:
        """Every state in which a game can be that was told by these ids."""
        todo = [(state, 0) for state in begins]
        seen = set(todo)
        while todo:
            state, told = todo.pop()
            for _, names, following in self.acts(state):
                step = (following, told + len(names))
                if tuple(sorted(run[told : step[1]])) == tuple(sorted(names)) and step not in seen:
                    seen.add(step)
                    todo.append(step)
        return {state for state, told in seen if told == len(run)}

    def everything_after(self, state: State, limit: int = 5_000) -> set[State]:
        seen, todo = {state}, [state]
        while todo and len(seen) < limit:
            for _, _, following in self.acts(todo.pop()):
                if following not in seen:
                    seen.add(following)
                    todo.append(following)
        return seen


def proves(flow: ControlFlow, problem: Problem) -> bool:
    """Whether the run of a problem can be played and ends in what the problem says."""
    game = Replay(flow)
    *before, last = problem.run
    begins = game.begins(flow.vertices[flow.main[last]].scope)
    states = game.after(tuple(before), begins)
    if problem.problem == "deadlock":
        joins = {v for v, known in enumerate(flow.vertices) if known.node == last and known.kind.endswith("-join")}
        return any(waits_for_ever(game, state, joins) for state in states)
    if problem.problem == "endless-loop":
        return any(flow.vertices[game.vertex(token)].node == last for state in states for token in state)
    return any(
        any(following.count(token) > 1 for token in following)
        for state in states
        for following in acting(game, state, last)
    )


def acting(game: Replay, state: State, node: str) -> set[State]:
    """Every state after a node acted, with all of its vertices."""
    seen: set[State] = set()
    todo = [state]
    while todo:
        for number, _, following in game.acts(todo.pop()):
            if game.flow.vertices[number].node == node and following not in seen:
                seen.add(following)
                todo.append(following)
    return seen


def waits_for_ever(game: Replay, state: State, joins: set[int]) -> bool:
    """Whether one of some joins holds a token, and can still hold it where nothing moves any more."""
    entering = {arc for join in joins for arc in game.flow.vertices[join].entering}
    held = entering & {*state}
    return any(held & {*later} and not any(game.acts(later)) for later in game.everything_after(state))


def verdicts(problems: tuple[Problem, ...]) -> list[Problem]:
    wanted = ("deadlock", "lack-of-synchronisation", "unbounded", "endless-loop")
    return [p for p in problems if p.problem in wanted and p.rule not in ("not-decided", "complex-gateway")]


@pytest.mark.parametrize(("ways", "problem", "element"), UNSOUND.values(), ids=UNSOUND.keys())
def test_the_run_of_each_way_to_go_wrong_proves_it(ways: str, problem: str, element: str) -> None:
    model = draw(ways)
    found = [p for p in verdicts(check(model)) if (p.problem, p.element) == (problem, element)]

    assert all(p.run[-1] == element for p in found)
    assert all(proves(control_flow(model), p) for p in found)


def is_behind_another(problem: Problem, others: list[Problem]) -> bool:
    """Whether the run leads past the place of another problem, as if that were repaired."""
    return any(other is not problem and {other.element, *other.run[-1:]} & {*problem.run[:-1]} for other in others)


def test_runs_of_random_models_prove_what_is_said() -> None:
    counted = {True: 0, False: 0}
    for seed in range(250):
        chance = random.Random(seed)
        model = Mixture(chance, chance.randint(2, 9), chance.choice(("qqxal", "qqxaol", "qqqxaloogbnkuzf"))).model
        flow, found = control_flow(model), check(model)
        if any(problem.problem == "unreachable" for problem in found):
            continue  # A join that waits for what nothing leads to is judged as if that were not drawn.
        problems = verdicts(found)
        proved = [proves(flow, problem) for problem in problems]
        for problem, is_proved in zip(problems, proved, strict=True):
            assert is_proved or is_behind_another(problem, problems), (seed, problem)
            counted[is_proved] += 1
        assert not problems or any(proved), seed

    assert counted[True] > 10 * counted[False]
