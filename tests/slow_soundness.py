"""Soundness decided by playing every run: the definition of docs/explanation/soundness.md and nothing else.

`python -m tests.slow_soundness 6000` compares it with `check` on as many random models and prints the count.
"""

import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, combinations

from bpmn.build import Builder, build
from bpmn.check import check
from bpmn.control_flow import ControlFlow, Scope, control_flow
from bpmn.model import EventDefinition, Loop, Model

SPLITS = ("parallel-split", "inclusive-split")
SOUNDNESS = ("deadlock", "lack-of-synchronisation", "unbounded", "endless-loop")


class Whole:
    """The token game of one scope, played in every order and without any reduction.

    Branches that lead to ends of their own are judged as a process of their own; else no arc may get a second token
    (tokens stay where they end) unless only ends that stop everything follow, where two go on as one; nothing may wait
    for ever, and every case can end. Of the conditional flows out of a step one is taken at a time: that is an error.
    """

    def __init__(
        self, flow: ControlFlow, scope: Scope, loose: frozenset[str] = frozenset(), limit: int = 20_000
    ) -> None:
        self.flow, self.scope, self.loose, self.limit = flow, scope, loose, limit
        self.removed: set[int] = set()
        #: Inclusive splits of which only what was removed may be taken.
        self.silent: set[int] = set()
        #: The arcs of the game being played.
        self.inside: list[int] = []
        self.arcs = sorted({arc for vertex in scope.vertices for arc in flow.vertices[vertex].leaving})
        self.ends = {arc for arc in self.arcs if self.kind(arc) in ("end", "terminate")}
        self.stops = {arc for arc in self.arcs if self.kind(arc) == "terminate"}

    def kind(self, arc: int) -> str:
        """The kind of the vertex an arc leads to."""
        return self.flow.vertices[self.flow.arcs[arc].target].kind

    def is_sound(self) -> bool | None:
        """Whether every case ends properly; none where there are too many states."""
        begins = [self.flow.vertices[start].leaving for start in self.scope.starts]
        todo = [([tuple(chain(*begins))] if self.scope.together else begins, self.arcs)]
        verdicts = []
        while todo:
            begins, self.inside = todo.pop()
            self.removed, self.silent = set(), set()
            threads = self._threads()
            if not self._has_way_out(begins):
                self.removed, self.silent, threads = set(), set(), []
            verdicts += [self._play(begin) for begin in begins]
            todo += [(list(self._begins(group)), self._arcs_after(group)) for group in threads]
        return False if False in verdicts else None if None in verdicts else True

    def _arcs_after(self, group: list[int]) -> list[int]:
        inside = set().union(*map(self._closure, group))
        return sorted({*group, *(arc for vertex in inside for arc in self.flow.vertices[vertex].leaving)})

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

    def _has_way_out(self, begins: Iterable[Iterable[int]]) -> bool:
        """Whether from everything that is not a thread something else than a thread leads to an end."""
        left = [self.flow.arcs[arc] for arc in self.inside if arc not in self.removed]
        seen = {self.flow.arcs[arc].target for arc in self.ends - self.removed if arc in self.inside}
        reached = {self.flow.arcs[arc].target for begin in begins for arc in begin if arc not in self.removed}
        for _ in self.scope.vertices:
            seen |= {arc.source for arc in left if arc.target in seen}
            reached |= {arc.target for arc in left if arc.source in reached}
        return reached <= seen

    def _threads(self) -> list[list[int]]:
        threads = []
        for index in dict.fromkeys(self.flow.arcs[arc].source for arc in self.inside):
            vertex = self.flow.vertices[index]
            leaving = tuple(arc for arc in vertex.leaving if arc in self.inside)
            for group in self._groups(leaving) if vertex.kind in SPLITS else ():
                inside = set().union(*map(self._closure, group))
                entering = {arc for v in inside for arc in self.flow.vertices[v].entering} - set(group)
                if any(self.flow.arcs[arc].source not in inside for arc in entering) or index in inside:
                    continue
                if any(self.flow.vertices[v].kind == "terminate" for v in inside):
                    continue
                if not set(group) & self.removed and len(set(leaving) - self.removed) > len(group):
                    self.removed |= set(self._arcs_after(group))
                    if all(self.flow.arcs[arc].role in ("choice", "default") for arc in group):
                        self.silent.add(index)
                    threads.append(group)
        return threads

    def _begins(self, group: list[int]) -> Iterable[Iterable[int]]:
        split = self.flow.arcs[group[0]].source
        return self._choices(split, group) if self.flow.vertices[split].kind == "inclusive-split" else [group]

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
            if not following and state - self.ends and not state & self.stops:
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
        good = {state for state, following in after.items() if not following or state & self.stops}
        changed = True
        while changed:
            more = {state for state, following in after.items() if state not in good and good & set(following)}
            good |= more
            changed = bool(more)
        return len(good) == len(after)

    def _steps(self, state: frozenset[int]):  # type: ignore[no-untyped-def]
        for index in self.scope.vertices:
            vertex = self.flow.vertices[index]
            held = [arc for arc in vertex.entering if arc in state]
            if not held or vertex.kind in ("end", "terminate"):
                continue
            if vertex.kind == "parallel-join" and len(held) < len(vertex.entering):
                continue
            if vertex.kind == "inclusive-join" and not self._is_ready(index, state):
                continue
            for taken in [held] if vertex.kind.endswith("-join") else [[arc] for arc in held]:
                for put in self._puts(index):
                    left = state - set(taken)
                    is_kept = all(self._is_swept(arc) for arc in left & set(put))
                    yield left | set(put) if is_kept else None

    def _puts(self, index: int) -> Iterable[Iterable[int]]:
        vertex = self.flow.vertices[index]
        leaving = [arc for arc in vertex.leaving if arc not in self.removed]
        if vertex.kind == "exclusive-split":
            return [[arc] for arc in leaving]
        return self._choices(index, leaving) if vertex.kind == "inclusive-split" else [leaving]

    def _choices(self, index: int, leaving: list[int]) -> Iterator[list[int]]:
        """Every set of some ways that an inclusive split can take."""
        role = {arc: self.flow.arcs[arc].role for arc in leaving}
        always = [arc for arc in leaving if role[arc] == "always"]
        default = [arc for arc in leaving if role[arc] == "default"]
        choices = [arc for arc in leaving if role[arc] == "choice"]
        if always or default or index in self.silent:
            yield always + default
        most = 1 if self.flow.vertices[index].node in self.loose else len(choices)
        for size in range(1, min(most, len(choices)) + 1):
            for chosen in combinations(choices, size):
                yield [*always, *chosen]

    def _is_swept(self, arc: int) -> bool:
        """Whether a token there can only come to ends that stop everything."""
        seen, stack = {arc}, [arc]
        while stack:
            for other in self.flow.vertices[self.flow.arcs[stack.pop()].target].leaving:
                if other not in seen and other not in self.removed:
                    seen.add(other)
                    stack.append(other)
        return bool(seen & self.stops) and not seen & (self.ends - self.stops)

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


def is_sound(model: Model, *, together: bool = False) -> bool | None:
    """Whether every case of every process and sub-process ends properly, by playing every run.

    `together`: also those on which several conditions out of one step hold at once.
    """
    flow = control_flow(model)
    loose = (
        frozenset()
        if together
        else frozenset(
            v.node for v in flow.vertices if v.kind == "inclusive-split" and not model.node[v.node].is_gateway
        )
    )
    verdicts = [Whole(flow, scope, loose).is_sound() for scope in flow.scopes if not scope.ad_hoc]
    return False if False in verdicts else None if None in verdicts else True


EVENTS = ("message", "timer", "signal", "conditional")


class Mixture:
    """A random model of nested parts with every construct, and a few faults put in afterwards."""

    def __init__(self, chance: random.Random, size: int, shapes: str) -> None:
        self.chance, self.shapes = chance, shapes
        self.builder: Builder = build("p")
        self.kinds: dict[str, str] = {}
        self.scopes: dict[str, str] = {}
        self.more: dict[str, dict[str, object]] = {}
        self.pairs: list[tuple[str, str, str]] = []
        self.todo: list[tuple[str, str, int, str]] = []
        self._scope("", size)
        while self.todo:
            self._part(*self.todo.pop())
        self._spoil()

    def new(self, kind: str, scope: str, **more: object) -> str:
        name = f"{kind[0]}{len(self.kinds)}"
        self.kinds[name], self.scopes[name], self.more[name] = kind, scope, more
        return name

    def flow(self, source: str, target: str, condition: str = "") -> None:
        self.pairs.append((source, target, condition))

    def _scope(self, scope: str, size: int, event: str = "") -> None:
        first = self.new("startEvent", scope, events=(EventDefinition(kind=event),) if event else ())
        last = self.new("endEvent", scope)
        if not event and self.chance.random() < 0.15:
            merge, other = self.new("exclusiveGateway", scope), self.new("startEvent", scope)
            self.flow(first, merge)
            self.flow(other, merge)
            first = merge
        self.todo.append((first, last, size, scope))

    def _part(self, before: str, after: str, size: int, scope: str) -> None:
        shape = self.chance.choice(self.shapes) if size > 1 else "t"
        part = self.chance.randint(1, size - 1) if size > 1 else 0
        {
            "t": self._step,
            "q": self._sequence,
            "l": self._loop,
            "g": self._race,
            "b": self._interrupted,
            "n": self._beside,
            "k": self._link,
            "u": self._sub_process,
            "z": self._conditions,
            "f": self._note,
        }.get(shape, self._block)(before, after, part, size - part, scope, shape)

    def _step(self, before: str, after: str, part: int, rest: int, scope: str, shape: str) -> None:
        loop = self.chance.choice((None, None, None, Loop(kind="parallel"), Loop(kind="standard")))
        step = self.new(self.chance.choice(("task", "userTask", "intermediateThrowEvent")), scope)
        if self.kinds[step] != "intermediateThrowEvent" and loop is not None:
            self.more[step]["loop"] = loop
        self.flow(before, step)
        self.flow(step, after)

    def _sequence(self, before: str, after: str, part: int, rest: int, scope: str, shape: str) -> None:
        middle = self.new("task", scope)
        self.todo += [(before, middle, part, scope), (middle, after, rest, scope)]

    def _loop(self, before: str, after: str, part: int, rest: int, scope: str, shape: str) -> None:
        top, bottom = self.new("exclusiveGateway", scope), self.new("exclusiveGateway", scope)
        self.flow(before, top)
        self.flow(bottom, after)
        self.todo += [(top, bottom, part, scope), (bottom, top, rest, scope)]

    def _block(self, before: str, after: str, part: int, rest: int, scope: str, shape: str) -> None:
        kind = {"x": "exclusiveGateway", "a": "parallelGateway", "o": "inclusiveGateway"}[shape]
        split, join = self.new(kind, scope), self.new(kind, scope)
        self.flow(before, split)
        self.flow(join, after)
        self.todo += [(split, join, part, scope), (split, join, rest, scope)]

    def _race(self, before: str, after: str, part: int, rest: int, scope: str, shape: str) -> None:
        race, merge = self.new("eventBasedGateway", scope), self.new("exclusiveGateway", scope)
        self.flow(before, race)
        self.flow(merge, after)
        for size in (part, rest):
            events = (EventDefinition(kind=self.chance.choice(EVENTS)),)
            catch = self.new("intermediateCatchEvent", scope, events=events)
            self.flow(race, catch)
            self.todo.append((catch, merge, size, scope))

    def _interrupted(self, before: str, after: str, part: int, rest: int, scope: str, shape: str) -> None:
        step, merge = self.new("task", scope), self.new("exclusiveGateway", scope)
        event = self._border(step, scope, is_interrupting=True)
        self.flow(before, step)
        self.flow(merge, after)
        target = merge if self.chance.random() < 0.6 else self.new("endEvent", scope)
        self.todo += [(step, merge, part, scope), (event, target, rest, scope)]

    def _beside(self, before: str, after: str, part: int, rest: int, scope: str, shape: str) -> None:
        step = self.new("task", scope)
        event = self._border(step, scope, is_interrupting=False)
        self.flow(before, step)
        target = after if self.chance.random() < 0.2 else self.new("endEvent", scope)
        self.todo += [(step, after, part, scope), (event, target, rest, scope)]

    def _border(self, step: str, scope: str, *, is_interrupting: bool) -> str:
        events = (EventDefinition(kind=self.chance.choice(EVENTS)),)
        return self.new("boundaryEvent", scope, events=events, attached_to=step, interrupting=is_interrupting)

    def _link(self, before: str, after: str, part: int, rest: int, scope: str, shape: str) -> None:
        name = f"link{len(self.kinds)}"
        events = (EventDefinition(kind="link", reference=name),)
        throw = self.new("intermediateThrowEvent", scope, events=events)
        catch = self.new("intermediateCatchEvent", scope, events=events)
        self.todo += [(before, throw, part, scope), (catch, after, rest, scope)]

    def _sub_process(self, before: str, after: str, part: int, rest: int, scope: str, shape: str) -> None:
        sub = self.new(self.chance.choice(("subProcess", "subProcess", "transaction")), scope)
        self._scope(sub, part)
        if self.chance.random() < 0.3:
            inner = self.new("subProcess", sub, triggered_by_event=True)
            self._scope(inner, 1, self.chance.choice(EVENTS))
        self.flow(before, sub)
        self.todo.append((sub, after, rest, scope))

    def _conditions(self, before: str, after: str, part: int, rest: int, scope: str, shape: str) -> None:
        step = self.new("task", scope)
        join = self.new(self.chance.choice(("exclusiveGateway", "inclusiveGateway", "inclusiveGateway")), scope)
        self.flow(before, step)
        self.flow(join, after)
        for size in (part, rest):
            first = self.new("task", scope)
            self.flow(step, first, "a" if self.chance.random() < 0.8 else "")
            self.todo.append((first, join, size, scope))

    def _note(self, before: str, after: str, part: int, rest: int, scope: str, shape: str) -> None:
        split = self.new(self.chance.choice(("parallelGateway", "inclusiveGateway")), scope)
        self.flow(before, split)
        self.todo += [(split, after, part, scope), (split, self.new("endEvent", scope), rest, scope)]

    def _spoil(self) -> None:
        """Put a fault in here and there: another kind of gateway, a flow more, an end of its own, an end of all."""
        chance = self.chance
        gates = [
            node
            for node, kind in self.kinds.items()
            if kind in ("exclusiveGateway", "parallelGateway", "inclusiveGateway")
        ]
        if gates and chance.random() < 0.4:
            self.kinds[chance.choice(gates)] = chance.choice(
                ("exclusiveGateway", "parallelGateway", "inclusiveGateway")
            )
        if len(gates) > 1 and chance.random() < 0.35:
            source, target = chance.sample(gates, 2)
            if self.scopes[source] == self.scopes[target]:
                self.flow(source, target)
        if chance.random() < 0.3:
            place = chance.randrange(len(self.pairs))
            source, target, condition = self.pairs[place]
            if self.kinds[source] != "eventBasedGateway":
                self.pairs[place] = (source, self.new("endEvent", self.scopes[source]), condition)
        ends = [node for node, kind in self.kinds.items() if kind == "endEvent"]
        if chance.random() < 0.3:
            self.more[chance.choice(ends)]["events"] = (EventDefinition(kind="terminate"),)

    @property
    def model(self) -> Model:
        for node, kind in self.kinds.items():
            self.builder.node(node, kind, scope=self.scopes[node], **self.more[node])  # type: ignore[arg-type]
        for source, target, condition in self.pairs:
            self.builder.flow(source, target, condition=condition)
        return self.builder.model


def compare(seeds: Iterable[int], shapes: str = "qqqxaloogbnkuzf") -> Counter[str]:
    """Compare on random models everything of which can be reached; how many were sound, unsound, or too large."""
    counted: Counter[str] = Counter()
    for seed in seeds:
        chance = random.Random(seed)
        model = Mixture(chance, chance.randint(2, 9), shapes).model
        problems = check(model)
        if any(p.problem in ("unreachable", "dead-end") for p in problems):
            continue
        truth = is_sound(model)
        if truth is None:
            counted["too large"] += 1
            continue
        wrong = [p for p in problems if p.problem in SOUNDNESS and is_meant(p.severity, p.rule)]
        if truth and all(p.severity == "warning" for p in wrong):
            wrong = [] if is_sound(model, together=True) is False else wrong
        assert truth == (not wrong), f"seed {seed}: {truth} {wrong} {[(f.source, f.target) for f in model.flows]}"
        counted["sound" if truth else "unsound"] += 1
    return counted


def is_meant(severity: str, rule: str) -> bool:
    """Whether a problem says that a case ends improperly: an error, or joins that may wait for each other."""
    return severity == "error" or rule == "joins-wait-for-each-other"


if __name__ == "__main__":
    sys.stdout.write(f"{dict(compare(range(int(sys.argv[1]) if len(sys.argv) > 1 else 7_200)))}\n")
