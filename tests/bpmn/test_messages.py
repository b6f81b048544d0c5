"""Messages between pools: which waiting never ends, which may not, which look-alikes are fine; and the whole search."""

import random
from itertools import pairwise

import pytest

from bpmn.build import build
from bpmn.check import check
from bpmn.check.messages import MANY, Post
from bpmn.control_flow import control_flow
from bpmn.model import EventDefinition, Model

KINDS = {
    "s": ("startEvent", ""),
    "m": ("startEvent", "message"),
    "e": ("endEvent", ""),
    "x": ("exclusiveGateway", ""),
    "a": ("parallelGateway", ""),
    "g": ("eventBasedGateway", ""),
    "t": ("task", ""),
    "r": ("receiveTask", ""),
    "c": ("intermediateCatchEvent", "message"),
    "w": ("intermediateCatchEvent", "timer"),
    "b": ("boundaryEvent", "timer"),
}


def talk(*pools: str, sent: str, attached: str = "") -> Model:
    """Pools as ways like "s>t1>e", the first letter of an id says its kind; and messages like "t1>r2"."""
    builder = build("p0")
    hosts = dict(pair.split("@") for pair in attached.split())
    for number, ways in enumerate(pools):
        builder = (
            builder.pool(f"pool {number}", process=f"p{number}") if number else builder.pool("pool 0", id="pool_p0")
        )
        pairs = [pair for way in ways.split() for pair in pairwise(way.split(">"))]
        for node in dict.fromkeys(node for way in ways.split() for node in way.split(">")):
            kind, event = KINDS[node[0]]
            builder.node(
                node, kind, attached_to=hosts.get(node, ""), events=(EventDefinition(kind=event),) if event else ()
            )
        for source, target in pairs:
            builder.flow(source, target)
    builder.black_box("nobody knows", id="dark")
    for message in sent.split():
        source, target = message.split(">")
        builder.message(source, target)
    return builder.model


def waits(model: Model) -> list[tuple[str, str]]:
    return [(p.element, p.rule) for p in check(model) if p.rule.startswith("message-") and p.problem == "deadlock"]


FINE = {
    "an answer that always comes": talk("s1>t1>r1>e1", "m2>t2>e2", sent="t1>m2 t2>r1"),
    "an answer either way, awaited by one step": talk("s1>t1>r1>e1", "m2>x2>t2>e2 x2>t3>e3", sent="t1>m2 t2>r1 t3>r1"),
    "an answer either way, by its own event": talk(
        "s1>t1>g1>c1>e1 g1>c4>e4", "m2>x2>t2>e2 x2>t3>e3", sent="t1>m2 t2>c1 t3>c4"
    ),
    "a supplement asked for only sometimes": talk(
        "s1>t1>x0>g1>c1>t5>x0 g1>c4>e4", "m2>x7>x2>t2>r2>x7 x2>t3>e3", sent="t1>m2 t2>c1 t3>c4 t5>r2"
    ),
    "a time limit beside the message": talk("s1>g1>c1>e1 g1>w1>e4", "s2>x2>t2>e2 x2>e3", sent="t2>c1"),
    "a time limit at the edge of the step": talk("s1>r1>e1 b1>e4", "s2>x2>t2>e2 x2>e3", sent="t2>r1", attached="b1@r1"),
    "a message from a black box": talk("s1>r1>e1", "s2>t2>e2", sent="dark>r1"),
    "a message from a pool as a whole": talk("s1>r1>e1", "s2>x2>t2>e2 x2>e3", sent="pool_p1>r1"),
    "a step that is told but waits for nothing": talk("s1>t1>e1", "s2>x2>t2>e2 x2>e3", sent="t2>t1"),
    "a catch that nobody is drawn to send to": talk("s1>r1>e1", "s2>t2>e2", sent="t2>dark"),
    "a message nobody needs": talk("s1>x1>r1>e1 x1>e2", "s2>t2>e3", sent="t2>r1"),
    "a message sent before it is waited for": talk("s1>t1>t0>r1>e1", "s2>t2>e2", sent="t2>r1"),
    "two pools that messages open in turn": talk("m1>t1>r1>e1", "m2>t2>e2", sent="t1>m2 t2>m1 t2>r1"),
}


@pytest.mark.parametrize("model", FINE.values(), ids=FINE.keys())
def test_no_case_waits_for_ever_here(model: Model) -> None:
    assert waits(model) == []


NEVER = {
    "each waits for the other": (talk("s1>r1>t1>e1", "s2>r2>t2>e2", sent="t1>r2 t2>r1"), ["r1", "r2"]),
    "sent only after it is waited for": (talk("s1>t1>r1>t3>e1", "m2>r2>t2>e2", sent="t1>m2 t2>r1 t3>r2"), ["r1", "r2"]),
    "both ways of a choice of events": (
        talk("s1>g1>c1>e1 g1>c3>e3", "s2>r2>t2>e2", sent="t2>c1 t2>c3 e1>r2"),
        ["g1", "r2"],
    ),
}


@pytest.mark.parametrize(("model", "elements"), NEVER.values(), ids=NEVER.keys())
def test_the_message_never_comes(model: Model, elements: list[str]) -> None:
    assert sorted(waits(model)) == [(element, "message-never-comes") for element in elements]


MAYBE = {
    "sent on one way only": (talk("s1>r1>e1", "s2>x2>t2>e2 x2>e3", sent="t2>r1"), "r1"),
    "waited for twice, sent once": (talk("s1>x0>r1>x1>e1 x1>x0", "s2>t2>e2", sent="t2>r1"), "r1"),
    "the refusal is not told": (
        talk("s1>t1>g1>c1>e1 g1>c4>e4", "m2>x2>t2>e2 x2>t3>e3 x2>e5", sent="t1>m2 t2>c1 t3>c4"),
        "g1",
    ),
}


@pytest.mark.parametrize(("model", "element"), MAYBE.values(), ids=MAYBE.keys())
def test_the_message_may_not_come(model: Model, element: str) -> None:
    (problem,) = [p for p in check(model) if p.rule == "message-may-not-come"]

    assert (problem.element, problem.severity, problem.stops) == (element, "warning", "nothing")
    assert problem.run[-1] == element


def test_the_run_names_the_messages_on_its_way() -> None:
    model = talk("s1>t1>r1>e1", "m2>x2>t2>e2 x2>e3", sent="t1>m2 t2>r1")

    (problem,) = [p for p in check(model) if p.rule == "message-may-not-come"]

    assert problem.run[:5] == ("s1", "s1-t1", "t1", "t1-r1", "t1-m2")
    assert [step for step in problem.run if step in model.node] == ["s1", "t1", "m2", "x2", "r1"]


def random_talk(chance: random.Random) -> Model:
    """Two or three pools of nested choices and parallel parts, whose steps send to each other's catches."""
    pools = [random_pool(chance, number) for number in range(chance.choice((2, 2, 3)))]
    names = [{node for way in pool.split() for node in way.split(">")} for pool in pools]
    sent = []
    for number, inside in enumerate(names):
        others = sorted(
            node for other, known in enumerate(names) if other != number for node in known if node[0] == "t"
        )
        for catch in sorted(node for node in inside if node[0] in "rcm"):
            sent += [
                f"{sender}>{catch}" for sender in chance.sample(others, min(len(others), chance.choice((0, 1, 1, 2))))
            ]
    return talk(*pools, sent=" ".join(sent))


def random_pool(chance: random.Random, number: int) -> str:
    ways, count = [], 0

    def new(letter: str) -> str:
        nonlocal count
        count += 1
        return f"{letter}{number}{count}"

    todo = [(new("m" if number and chance.random() < 0.5 else "s"), new("e"), chance.randint(2, 5))]
    while todo:
        before, after, amount = todo.pop()
        shape = chance.choice("txagq") if amount > 1 else "t"
        if shape == "t":
            ways.append(f"{before}>{new(chance.choice('ttrc'))}>{after}")
        elif shape == "q":
            middle = new(chance.choice("ttr"))
            todo += [(before, middle, 1), (middle, after, amount - 1)]
        elif shape == "g":
            race, merge = new("g"), new("x")
            ways.append(f"{before}>{race}>{new('c')}>{merge}>{after} {race}>{new(chance.choice('cw'))}>{merge}")
        else:
            split, join = new(shape), new(shape)
            ways.append(f"{before}>{split} {join}>{after}")
            todo += [(split, join, 1), (split, join, amount - 1)]
    return " ".join(ways)


class Whole:
    """The game of all pools in every order; a state is the tokens, sorted, and the messages kept for each catch."""

    def __init__(self, model: Model) -> None:
        self.model, self.flow = model, control_flow(model)
        self.post = Post(model, self.flow)
        self.catches = sorted(self.post.senders)

    def stuck(self, limit: int = 20_000) -> set[str] | None:
        """The nodes at which a token can wait for a message where nothing moves."""
        begin = tuple(~self.flow.scopes[index].starts[0] for index in self.post.openers)
        todo = [(begin, (0,) * len(self.catches))]
        seen, found = set(todo), set()
        while todo:
            state = todo.pop()
            following = list(self.steps(*state))
            if not following:
                found |= {self.flow.vertices[self.vertex(token)].node for token in state[0] if self.awaits(token)}
            for step in following:
                if step not in seen:
                    seen.add(step)
                    todo.append(step)
            if len(seen) > limit:
                return None
        return found

    def vertex(self, token: int) -> int:
        return self.flow.arcs[token].target if token >= 0 else ~token

    def awaits(self, token: int) -> bool:
        return self.needs(token) or self.vertex(token) in self.post.races

    def needs(self, token: int) -> bool:
        """Whether a token waits for a message; a case begins also where one is sent to, if nothing else begins it."""
        return self.vertex(token) in self.post.waiting and (token >= 0 or self.vertex(token) not in self.post.begun)

    def steps(self, tokens, counts):  # type: ignore[no-untyped-def]
        for start in self.post.fed_starts:
            scope = self.flow.vertices[start].scope
            is_open = any(self.flow.vertices[self.vertex(token)].scope == scope for token in tokens)
            if self.kept(start, counts) and not is_open:
                yield self.after((*tokens, ~start), counts, start, (~start,), self.flow.vertices[start].leaving, start)
        for token in tokens:
            number = self.vertex(token)
            vertex = self.flow.vertices[number]
            takes = vertex.entering if vertex.kind == "parallel-join" else (token,)
            if not {*takes} <= {*tokens} or (self.needs(token) and not self.kept(number, counts)):
                continue
            for puts in [(arc,) for arc in vertex.leaving] if vertex.kind == "exclusive-split" else [vertex.leaving]:
                event = self.flow.arcs[puts[0]].target if puts else -1
                if number not in self.post.races or event not in self.post.waiting or self.kept(event, counts):
                    yield self.after(tokens, counts, number, takes, puts, number if self.needs(token) else -1)

    def kept(self, vertex: int, counts: tuple[int, ...]) -> int:
        return counts[self.catches.index(self.post.waiting[vertex])]

    def after(self, tokens, counts, number, takes, puts, caught):  # type: ignore[no-untyped-def]
        left, kept = list(tokens), list(counts)
        for token in takes:
            left.remove(token)
        if caught >= 0:
            place = self.catches.index(self.post.waiting[caught])
            kept[place] -= kept[place] < MANY
        node = self.flow.vertices[number].node
        for catch in self.post.receivers.get(node, ()) if self.flow.main[node] == number else ():
            place = self.catches.index(catch)
            kept[place] = min(MANY, kept[place] + 1)
        left += [arc for arc in puts if self.flow.vertices[self.flow.arcs[arc].target].kind != "end"]
        return tuple(sorted(left)), tuple(kept)


def compare(seeds: range) -> dict[str, int]:
    """How many random collaborations were fine, never, maybe; each as the whole search says."""
    counted = {"fine": 0, "message-never-comes": 0, "message-may-not-come": 0}
    for seed in seeds:
        model = random_talk(random.Random(seed))
        truth = Whole(model).stuck()
        if truth is None:
            continue
        found = waits(model)
        rules = {rule for _, rule in found}
        if "message-never-comes" in rules:
            assert {element for element, _ in found} <= truth, seed
        else:
            assert {element for element, _ in found} == truth, seed
        counted[min(rules, default="fine")] += 1
    return counted


def test_waiting_is_found_as_by_the_whole_search() -> None:
    assert min(compare(range(300)).values()) > 10
