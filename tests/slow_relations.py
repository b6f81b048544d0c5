"""What all runs of a small model say of any two nodes, and where `bpmn.relations`, written apart, says something else.

`python -m tests.slow_relations 3000` compares both on as many random models and prints the count.
"""

import sys
from collections import Counter
from itertools import product

from hypothesis import HealthCheck, Phase, given, seed, settings

from bpmn.check import check
from bpmn.relations import relations
from tests.slow_runs import Game, Play
from tests.strategies import models, pools, procedures

#: The questions asked of two nodes, each with the answer that is safe where not everything is looked at.
SAFE = {"can_meet": True, "before": False, "parallel": True, "always_before": False, "always_after": False}


class Truth:
    """What all runs say of any two nodes."""

    def __init__(self, model, most=20_000):
        self.game = Game(model)
        self.main = {vertex: node for node, vertex in self.game.flow.main.items()}
        self.nodes = [node for node, vertex in self.game.flow.main.items() if vertex in self.game.reached]
        self.meeting = set()
        for done, _, left, _ in Play(self.game, fixed=True).play(most):
            if not left:
                passed = {node for node, vertex, _ in done if vertex in self.main}
                self.meeting |= {(one, other) for one in passed for other in passed}
        self.straight, self.beside = self.pairs(Play(self.game, loops=0).play(most))
        # What a case passes without a loop back it passes, whatever it decides later.
        self.meeting |= self.beside | self.straight | {(other, one) for one, other in self.straight}
        runs = Play(self.game, loops=1).play(most)
        self.ordered, _ = self.pairs(runs)
        self.not_before, self.not_after = set(), set()
        self.counted, self.complete = set(), []
        self.given, self.perhaps = {}, {}
        #: Pairs passed by runs that take no loop back twice, whatever they decide the second time.
        self.together = set(self.meeting)
        for run in runs:
            passed = {node for node, vertex, _ in run[0] if vertex in self.main}
            self.together |= {(one, other) for one in passed for other in passed}
            self.note(*run)
        self.follow()

    def pairs(self, runs):
        """The pairs of nodes one of which was done before the other in some run, and those no order ties."""
        ordered, free = set(), set()
        for done, *_ in runs:
            for number, (node, vertex, past) in enumerate(done):
                if vertex not in self.main:
                    continue
                for earlier in range(number):
                    other, place, before = done[earlier]
                    if place not in self.main:
                        continue
                    if earlier in past:
                        ordered.add((other, node))
                    elif number not in before:
                        free |= {(other, node), (node, other)}
        return ordered, free

    def note(self, done, cut, left, waiting):
        """Take in what one run says of all pairs."""
        self.special = self.specials(done)
        brought = {}
        for number, (node, vertex, past) in enumerate(done):
            if vertex not in self.main:
                continue
            found = self.game.model.node[node]
            brought[number] = frozenset(m.name for m in found.materials if m.use == "gives" or m.origin != "internal")
            self.perhaps[node] = self.perhaps.get(node, frozenset()) | _all(brought, past)
            for swept in self.sweeps(done, past):
                before = {done[earlier][0] for earlier in past - swept if done[earlier][1] in self.main}
                self.not_before |= {(other, node) for other in self.nodes if other not in before}
                sure = _all(brought, past - swept)
                self.given[node] = self.given.get(node, sure) & sure
        if not cut and not left and not waiting:
            self.complete.append(done)

    def sweeps(self, done, past):
        """What of a past may not be done because an end stopped it: one set for each choice of the ends that came
        first, since of several beside each other in one scope only one stops the others."""
        stops = [
            stop for stop in self.special if self.game.flow.vertices[stop[1]].kind == "terminate" and stop[0] in past
        ]
        groups = []
        for at, vertex, before in stops:
            beside = (
                group
                for group in groups
                if self.game.flow.vertices[group[0][1]].scope == self.game.flow.vertices[vertex].scope
                and not any(other in before or at in earlier for other, _, earlier in group)
            )
            group = next(beside, None)
            if group is None:
                groups.append([(at, vertex, before)])
            else:
                group.append((at, vertex, before))
        return [
            {n for n in past if any(self.is_beside_stop(done, n, (place, before), at) for at, place, before in chosen)}
            for chosen in product(*groups)
        ]

    def follow(self):
        """What follows each node in every complete run that is neither rejected nor interrupted after it.

        Of nodes that only rejected cases pass, every run counts that is not interrupted.
        """
        refused = {True: set(), False: set()}
        for done in self.complete:
            refused[self.is_refused(done)] |= {node for node, vertex, _ in done if vertex in self.main}
        for done in self.complete:
            self.special = self.specials(done)
            certain = self.certain(done)
            for number, (node, vertex, _) in enumerate(done):
                if vertex not in self.main or (self.is_refused(done) and node in refused[False]):
                    continue
                if self.is_interrupted(done, number):
                    continue
                self.counted.add(node)
                after = {
                    other
                    for at, (other, place, past) in enumerate(done)
                    if place in self.main and number in past and at in certain
                }
                self.not_after |= {(node, other) for other in self.nodes if other not in after}

    def is_refused(self, done):
        model = self.game.model
        return any(model.node[node].outcome == "rejected" and not model.node[node].scope for node, _, _ in done)

    def is_interrupted(self, done, number):
        """Whether an event interrupts the case after one occurrence, or an end beside it stops everything."""
        for other, vertex, past in self.special:
            node = done[other][0]
            found = self.game.model.node[node]
            if found.attached_to and found.interrupting and other != number and other not in done[number][2]:
                return True
            if self.is_beside_stop(done, number, (vertex, past), other):
                return True
        return False

    def is_beside_stop(self, done, number, stop, at):
        """Whether an occurrence lies beside one that stops everything, so that it may not be done at all."""
        vertex, past = stop
        flow = self.game.flow
        if flow.vertices[vertex].kind != "terminate" or number == at or number in past or at in done[number][2]:
            return False
        scope = flow.vertices[done[number][1]].scope
        while scope >= 0 and scope != flow.vertices[vertex].scope:
            scope = flow.scopes[scope].parent
        return scope >= 0

    def specials(self, done):
        """The events on borders and the ends that stop everything, as they occurred."""
        return [
            (at, vertex, past)
            for at, (node, vertex, past) in enumerate(done)
            if self.game.model.node[node].attached_to or self.game.flow.vertices[vertex].kind == "terminate"
        ]

    def certain(self, done):
        """The numbers of what no end elsewhere may keep from being done."""
        stops = [stop for stop in self.special if self.game.flow.vertices[stop[1]].kind == "terminate"]
        numbers = range(len(done))
        return {n for n in numbers if not any(self.is_beside_stop(done, n, (v, p), at) for at, v, p in stops)}

    def can_meet(self, first, second):
        """Whether a case that decides as before passes both; none where only one that decides anew does."""
        if (first, second) in self.meeting:
            return True
        return None if (first, second) in self.together else False

    def before(self, first, second):
        """Whether some run does the first before the second, and a way without a loop back leads there, none back."""
        main = self.game.flow.main
        ways = [
            pair in self.ordered and main[pair[1]] in self.game.reach_straight(main[pair[0]])
            for pair in ((first, second), (second, first))
        ]
        return ways == [True, False] and (first, second) not in self.beside

    def parallel(self, first, second):
        return (first, second) in self.beside

    def always_before(self, first, second):
        return (first, second) not in self.not_before

    def always_after(self, first, second):
        """Whether it is so in every run that counts, none where no run counts."""
        return (first, second) not in self.not_after if first in self.counted else None

    def later(self, first, second):
        main = self.game.flow.main
        return main[second] in self.game.reach_on(main[first])

    def between(self, first, second):
        main, flow = self.game.flow.main, self.game.flow
        on = self.game.reach_straight(main[first])
        found = {v for v in on if v != main[second] and main[second] in self.game.reach_straight(v)}
        return {flow.vertices[v].node for v in found} - {first, second}

    def loops(self, node):
        """The ways back over a node: it lies behind where they lead to, and leads to them without passing that."""
        vertex = self.game.flow.main[node]
        return {
            (source, target)
            for source, target in self.game.backs
            if target in self.game.dominators[vertex]
            and source in (self.game.reach([vertex], target) if vertex != target else self.game.reached)
            and (vertex != target or source in self.game.reached)
        }


def _all(brought, past):
    """What some occurrences brought together."""
    return frozenset().union(*(brought[earlier] for earlier in past if earlier in brought))


def differing(model, most=400):
    """Where the relations say something else than the runs; what no run decides is left out, and what errs on the safe
    side where that is all that is promised."""
    truth, known = Truth(model, most), relations(model)
    loose = loosely_told(truth)
    found = []
    for one, other in ((one, other) for one in truth.nodes for other in truth.nodes if one != other):
        for question, safe in SAFE.items():
            wanted, told = getattr(truth, question)(one, other), getattr(known, question)(one, other)
            if wanted not in (None, told) and not (question in loose and told is safe):
                found.append((question, one, other, told))
        ways = ("later", "between")
        found += [
            (name, one, other) for name in ways if getattr(truth, name)(one, other) != getattr(known, name)(one, other)
        ]
    return found + [(question, node) for node in truth.nodes for question in differing_at(truth, known, node, loose)]


def differing_at(truth, known, node, loose):
    """The same of one node: its loops and the materials that are there."""
    given_, perhaps = truth.given.get(node, frozenset()), truth.perhaps.get(node, frozenset())
    available, maybe = known.available(node), known.maybe_available(node)
    is_loose = "available" in loose
    if not (available <= given_ if is_loose else available == given_):
        yield "available"
    if not (maybe >= perhaps if is_loose else maybe == perhaps):
        yield "maybe_available"
    if bool(known.loops_around(node)) != bool(truth.loops(node)):
        yield "loops_around"


def loosely_told(truth):
    """The questions that are only promised to err on the safe side: all where pools write to each other, and who meets
    where an inclusive join and an end that stops everything come together."""
    if truth.game.sends:
        return {*SAFE, "available"}
    kinds = {vertex.kind for vertex in truth.game.flow.vertices}
    return {"can_meet", "parallel"} if {"inclusive-join", "terminate"} <= kinds else set()


def compare(strategy, count, start):
    """Compare on so many random models; tells how many were compared, left out, and told too much on the safe side."""
    told = Counter()

    @seed(start)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def run(model):
        if any(problem.problem == "deadlock" for problem in check(model)):
            told["left out: a message may not come"] += 1
            return
        try:
            found = differing(model)
        except OverflowError:
            told["left out: too many runs"] += 1
            return
        told["compared"] += 1
        assert not found, found

    run()
    return told


def main(count=3000, start=1):
    """Compare on each kind of random model."""
    kinds = {
        "nested blocks": models(max_steps=7, lanes=False, annotations=False, inclusive=True),
        "procedures": procedures(max_steps=6),
        "pools": pools(max_steps=5),
    }
    for name, strategy in kinds.items():
        told = compare(strategy, count, start)
        sys.stdout.write(" · ".join((name, *(f"{what}: {number}" for what, number in sorted(told.items())))) + "\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
