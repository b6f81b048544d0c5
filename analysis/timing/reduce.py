"""From blocks to distributions: every block becomes the time of the cases that pass it, innermost first.

The value of a block says for each way in and each way out which share of the cases goes that way and how their time is
distributed. Usually there is one way in and one way out. There are more

- where time itself makes a choice: a timer at the border of an activity, or a gateway that waits for events. Then the
  activity has a way out for each timer (its key is the event), and the choice drawn behind it a way in for each;
- where cases end: `ENDED` are the cases a step has turned down, which end at once with all their branches; `GRANTED`
  and `REJECTED` have passed an end event that says so.

Two measures are reduced by the same rules. Elapsed time: parallel branches take as long as the last of them. Hands-on
work: they take as long as all together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.timing.grid import Grid, Portion, Rule, change, product
from analysis.timing.race import Raced, race, waited
from analysis.timing.structure import Irreducible, Structure
from analysis.timing.times import Part, Times, fixed_length, mixed_rounds
from analysis.timing.walk import NeverLeft, TooTangled, eliminate
from bpmn import block as blocks
from bpmn.block import Block, Branch, Exclusive, Frame, Inclusive, Leaf, Loop, Parallel, Rest, fold
from bpmn.model import Node

#: What a case has been told: nothing yet, granted or rejected at an end event, or turned down by a step.
UNTOLD, GRANTED, REJECTED, ENDED = range(4)

#: The way in, the way out, and what was told.
Way = tuple[str, str, int]
#: A place of a walk, the way that time has chosen, and what was told.
State = tuple[int, str, int]
#: Portions of the cases by the way in, the way out and what they have been told.
Value = Mapping[Way, Portion]

_ON = ("", "", UNTOLD)


class Reduction:
    """One fold over the blocks of a model on one grid."""

    def __init__(self, structure: Structure, grid: Grid, *, is_work: bool = False) -> None:
        self.structure = structure
        self.model = structure.model
        self.grid = grid
        self.is_work = is_work
        #: False where branches that end apart tell different outcomes: then the last one counts.
        self.is_told = True
        self.identity: Value = {_ON: grid.nothing()}
        self.called: dict[str, Value] = {}
        #: What every activity with a timer beside it takes by itself.
        self.alone: dict[str, Value] = {}

    def run(self) -> Value:
        """Reduce the whole procedure; raises Irreducible."""
        for process in self.structure.calls or ():
            self.called[process] = _untold(fold(self.structure.pools.called[process], self._combine))
        return fold(self.structure.tree, self._combine)

    def _combine(self, block: Block, inside: Sequence[Value]) -> Value:
        if isinstance(block, Leaf):
            return self._leaf(block.node)
        if isinstance(block, blocks.Sequence):
            return self._row(inside)
        if isinstance(block, Exclusive):
            return self._chosen(block, inside)
        if isinstance(block, Parallel):
            return self._together(inside, product, block.node)
        if isinstance(block, Inclusive):
            return self._some(block, inside)
        if isinstance(block, Loop):
            return self._loop(block, inside)
        if isinstance(block, Frame):
            return self._activity(self.model.node[block.node], _untold(inside[0]))
        return self._rest(block, inside)

    # One node

    def _leaf(self, name: str) -> Value:
        node = self.model.node.get(name)
        if node is None:
            return self.identity
        if node.kind == "eventBasedGateway":
            return self._first_event(node)
        if node.kind == "endEvent":
            return {("", "", self._outcome(node)): self._once(node)}
        if node.called in self.called:
            return self._activity(node, self.called[node.called])
        return self._activity(node, {_ON: self._once(node)})

    def _outcome(self, node: Node) -> int:
        """What an end event tells: only those of the pools themselves do."""
        if node.scope or node.process not in self.structure.pools.offices:
            return UNTOLD
        return REJECTED if node.outcome == "rejected" else GRANTED

    def _once(self, node: Node) -> Portion:
        """The time of one round of a node without what lies inside it."""
        times = self.structure.times(node.id)
        if self.is_work:
            return self._of(times.work) if times.is_hands_on else self.grid.nothing()
        timer = self.structure.timers.get(node.id)
        is_boundary = node.kind == "boundaryEvent"
        if timer is not None:
            return self.grid.nothing() if is_boundary or self._is_raced(node) else self._of(timer)
        if self._is_raced(node):
            return self.grid.nothing()
        return self._of(times.wait).then(self._of(times.work))

    def _is_raced(self, node: Node) -> bool:
        """Whether a gateway before it has waited for it already."""
        sources = (self.model.node.get(flow.source) for flow in self.model.incoming[node.id])
        return any(source is not None and source.kind == "eventBasedGateway" for source in sources)

    def _of(self, part: Part) -> Portion:
        return self.grid.of_law(part.law, part.values)

    def _activity(self, node: Node, once: Value) -> Value:
        """All rounds of an activity, with the timers at its border and the cases it turns down."""
        times = self.structure.times(node.id)
        value = self._rounds(node, once, times) if node.loop is not None else once
        racing, beside = self.structure.racing.get(node.id, ()), self.structure.beside.get(node.id, ())
        if racing or beside:
            value = self._timed(node, value, times, racing, beside)
        rejects = self.structure.rejects(node)
        return self._turned_down(value, rejects) if rejects else value

    def _turned_down(self, value: Value, rejects: float) -> Value:
        """The cases that are done with an activity are turned down in part; those a timer took away are not."""
        found: dict[Way, Portion] = {}
        for (way_in, way_out, told), portion in value.items():
            if told == ENDED or way_out:
                _add(found, (way_in, way_out, told), portion)
            else:
                _add(found, (way_in, way_out, told), portion.times(1.0 - rejects))
                _add(found, (way_in, "", ENDED), portion.times(rejects))
        return found

    def _rounds(self, node: Node, once: Value, times: Times) -> Value:
        """So many rounds, one after the other or at the same time."""
        choices = mixed_rounds(times.rounds)
        if not times.is_parallel or self.is_work:
            found: dict[Way, Portion] = {}
            passed, ended = once[_ON], once.get(("", "", ENDED))
            for number, share in choices:
                _add(found, _ON, passed.power(number).times(share))
                if ended is not None and number:
                    _add(found, ("", "", ENDED), _until(passed, number).then(ended).times(share))
            if ended is not None and times.is_parallel:
                raise Irreducible("rejects-in-parallel", node.id)
            return found

        def rule(shares: Sequence[Any]) -> Any:
            return sum(share * shares[0] ** number for number, share in choices)

        return self._together([once], rule, node.id)

    def _timed(self, node: Node, value: Value, times: Times, racing: Sequence[Node], beside: Sequence[Node]) -> Value:
        """An activity against the timers at its border."""
        parts = {event.id: self.structure.timers[event.id] for event in (*racing, *beside)}
        timers = {event: part for event, part in parts.items() if part is not None}
        if len(timers) < len(parts) or (racing and beside) or len(beside) > 1:
            raise Irreducible("boundary-timer", node.id)
        if self.is_work and (not node.is_step or times.wait.mean or node.loop is not None):
            raise Irreducible("boundary-timer", node.id)
        elapsed = value
        if self.is_work and not times.is_hands_on:
            elapsed = {_ON: self._of(times.wait).then(self._of(times.work))}
        raced: Raced
        if racing:
            length = self._fixed(node, times)
            raced = race(self.grid, elapsed, timers, length)
        else:
            event, part = next(iter(timers.items()))
            limit = fixed_length(part)
            if limit is None:
                raise Irreducible("boundary-timer", event)
            raced, self.alone[node.id] = waited(self.grid, elapsed, event, limit)
        if elapsed is not value:
            nothing = self.grid.nothing()
            raced = {way: nothing.times(portion.mass) for way, portion in raced.items()}
            self.alone[node.id] = self.identity
        return raced

    def _fixed(self, node: Node, times: Times) -> float | None:
        """The one length of an activity that does not vary."""
        if not node.is_step or node.loop is not None or node.called in self.called:
            return None
        lengths = [fixed_length(part) for part in (times.wait, times.work)]
        return None if None in lengths else sum(length for length in lengths if length is not None)

    def _first_event(self, node: Node) -> Value:
        """A gateway that waits for events: timers race with whichever of the others comes, by their shares."""
        if self.is_work:
            nothing = self.grid.nothing()
            elapsed = Reduction(self.structure, self.grid)._first_event(node)
            return {way: nothing.times(portion.mass) for way, portion in elapsed.items()}
        timers: dict[str, Part] = {}
        others: dict[str, float] = {}
        for flow in self.model.outgoing[node.id]:
            timer = self.structure.timers.get(flow.target)
            if timer is not None:
                timers[flow.id] = timer
            else:
                others[flow.id] = self.structure.shares.get((node.id, flow.id), 0.0)
        total = sum(others.values())
        value: dict[Way, Portion] = {}
        for flow_id, share in others.items():
            times = self.structure.times(self.model.flow[flow_id].target)
            portion = self._of(times.wait).then(self._of(times.work))
            value["", flow_id, UNTOLD] = portion.times(share / total if total > 0 else 1 / len(others))
        if not timers:
            return value
        return race(self.grid, value, timers, None)

    # Blocks

    def _row(self, inside: Sequence[Value]) -> Value:
        value = self.identity
        for after in inside:
            value = self._then(value, after)
        return value

    def _then(self, before: Value, after: Value) -> Value:
        """One block after the other: each way out of the one is the way into the other of the same name."""
        if after is self.identity:
            return before
        if before is self.identity:
            return after
        ways_in = {way_in for way_in, _, _ in after}
        found: dict[Way, Portion] = {}
        for (way_in, way, told), portion in before.items():
            if told == ENDED:
                _add(found, (way_in, "", ENDED), portion)
                continue
            if way not in ways_in:
                raise Irreducible("boundary-timer", way)
            for (entered, way_out, tells), more in after.items():
                if entered == way:
                    _add(found, (way_in, way_out, tells or told), portion.then(more))
        return found

    def _chosen(self, block: Exclusive, inside: Sequence[Value]) -> Value:
        weights = self.structure.weights(block.node, [branch.flows for branch in block.branches])
        found: dict[Way, Portion] = {}
        for branch, value, weight in zip(block.branches, inside, weights, strict=True):
            if weight > 0:
                for (way_in, way_out, told), portion in value.items():
                    if not way_in:
                        _add(found, ("", way_out, told), portion.times(weight))
            for key in self.structure.keys(block.node):
                if key in branch.flows:
                    for (_, way_out, told), portion in _entered(value, key):
                        _add(found, (key, way_out, told), portion)
        return found

    def _some(self, block: Inclusive, inside: Sequence[Value]) -> Value:
        """An inclusive choice; where a timer lies beside an activity, also what happens once it has rung."""
        beside = {event.id for event in self.structure.beside.get(block.node, ())}
        chances = [
            0.0 if branch.flows[0] in beside else self.structure.probability(branch.flows[0])
            for branch in block.branches
        ]
        found = dict(self._together(inside, inclusive_rule(block, chances), block.node))
        for event in beside:
            place = next((place for place, branch in enumerate(block.branches) if event in branch.flows), None)
            if place is None or block.node not in self.alone:
                raise Irreducible("boundary-timer", event)
            late = [
                self._then(self._late(block.node), value) if branch.role == "always" else value
                for branch, value in zip(block.branches, inside, strict=True)
            ]
            rung = [1.0 if index == place else chance for index, chance in enumerate(chances)]
            for (_, way_out, told), portion in self._together(late, inclusive_rule(block, rung), block.node).items():
                found[event, way_out, told] = portion
        return found

    def _late(self, node: str) -> Value:
        """The rest of an activity after the timer beside it has rung."""
        rejects = self.structure.rejects(self.model.node[node])
        return self._turned_down(self.alone[node], rejects) if rejects else self.alone[node]

    def _together(self, inside: Sequence[Value], rule: Rule, node: str) -> Value:
        """Branches that are all awaited; the first that turns the case down ends it."""
        for value in inside:
            if any(way_in or way_out for way_in, way_out, _ in value):
                raise Irreducible("boundary-timer", node)
        told = [{key[2]: portion for key, portion in value.items() if key[2] != ENDED} for value in inside]
        found: dict[Way, Portion] = {}
        for outcome, portion in self._passed(told, rule).items():
            _add(found, ("", "", outcome), portion)
        ended = [value.get(("", "", ENDED)) for value in inside]
        if any(portion is not None for portion in ended):
            if self.is_work:
                raise Irreducible("rejects-in-parallel", node)
            none = self.grid.nothing().times(0.0)
            found["", "", ENDED] = self.grid.first([portion or none for portion in ended], rule)
        return found

    def _passed(self, told: Sequence[Mapping[int, Portion]], rule: Rule) -> Mapping[int, Portion]:
        """When all branches are done, by what they tell."""
        none = self.grid.nothing().times(0.0)
        totals = [_sum(outcomes.values(), none) for outcomes in told]
        telling = [place for place, outcomes in enumerate(told) if set(outcomes) - {UNTOLD}]
        outcomes = {outcome for place in telling for outcome in told[place]}
        if not telling:
            return {UNTOLD: self._all(totals, rule)}
        if len(telling) > 1:
            if len(outcomes) > 1:
                self.is_told = False
            return {max(outcomes): self._all(totals, rule)}
        (teller,) = telling
        left_out = self._all([*totals[:teller], none, *totals[teller + 1 :]], rule)
        found = {UNTOLD: left_out}
        for outcome, portion in told[teller].items():
            whole = self._all([*totals[:teller], portion, *totals[teller + 1 :]], rule)
            taken = whole.plus(left_out.times(-1.0))
            found[outcome] = found[outcome].plus(taken) if outcome in found else taken
        return {outcome: portion for outcome, portion in found.items() if portion.mass > 0}

    def _all(self, portions: Sequence[Portion], rule: Rule) -> Portion:
        """The last of some branches, or all their work."""
        if not self.is_work:
            return self.grid.last(portions, rule)
        masses = [portion.mass for portion in portions]
        return Portion(
            transform=rule([portion.transform for portion in portions]),
            mass=float(rule(masses)),
            moment=change(rule, masses, [portion.moment for portion in portions]),
        )

    def _loop(self, block: Loop, inside: Sequence[Value]) -> Value:
        """A loop as a walk: 0 in, 1 out, 2 before the body, 3 where it is decided."""
        keys = [key for key in self.structure.keys(block.node) if key in block.exits]
        out = dict(self.identity)
        if len(block.exits) > 1:
            # What follows the loop chooses between them.
            out |= {(key, key, UNTOLD): self.grid.nothing() for key in keys}
        edges = [
            (0, 2, Branch(flows=("",), child=block), self.identity),
            (2, 3, Branch(flows=("",), child=block), inside[0]),
            (3, 2, block.back, inside[1]),
            (3, 1, Branch(flows=block.exits, child=block), out),
        ]
        return self._walked(("", "", "", block.node), edges, ("",))

    def _rest(self, block: Rest, inside: Sequence[Value]) -> Value:
        kinds = {place.kind for place in block.places[2:]}
        nodes = tuple(place.node for place in block.places)
        if kinds <= {"exclusive"}:
            edges = [
                (edge.source, edge.target, edge.branch, value) for edge, value in zip(block.edges, inside, strict=True)
            ]
            first = next(edge.target for edge in block.edges if edge.source == 0)
            return self._walked(nodes, edges, ("", *self.structure.keys(nodes[first])))
        if kinds == {"parallel"}:
            return self._net(block, inside)
        raise Irreducible("irreducible", _first(nodes))

    def _walked(
        self, nodes: Sequence[str], edges: Sequence[tuple[int, int, Branch, Value]], ways_in: Sequence[str]
    ) -> Value:
        """A walk over places: states are places with the way that time has chosen, and what was told."""
        ways = self._states(nodes, edges, ways_in)
        begins = {(0, way_in, UNTOLD): way_in for way_in in ways_in}
        try:
            left = eliminate(ways, set(begins))
        except NeverLeft as fault:
            place = fault.state[0] if isinstance(fault.state, tuple) else 0
            raise Irreducible("endless-loop", nodes[place] or _first(nodes)) from None
        except TooTangled:
            raise Irreducible("irreducible", _first(nodes)) from None
        found: dict[Way, Portion] = {}
        for begin, way_in in begins.items():
            for (_, way_out, told), portion in left[begin].items():
                _add(found, (way_in, way_out, told), portion)
        return found

    def _states(
        self, nodes: Sequence[str], edges: Sequence[tuple[int, int, Branch, Value]], ways_in: Sequence[str]
    ) -> dict[State, dict[State, Portion]]:
        """Every state a walk can come to, with the ways on from it."""
        leaving: dict[int, list[tuple[int, Branch, Value]]] = {}
        for source, target, branch, value in edges:
            leaving.setdefault(source, []).append((target, branch, value))
        first = leaving[0][0][0]
        ways: dict[State, dict[State, Portion]] = {
            (0, way_in, UNTOLD): {(first, way_in, UNTOLD): self.grid.nothing()} for way_in in ways_in
        }
        ways[0, "", UNTOLD] = self._ways_on(nodes[0], leaving[0], (0, "", UNTOLD))
        waiting = [state for found in ways.values() for state in found]
        while waiting:
            state = waiting.pop()
            if state in ways or state[0] == 1 or state[2] == ENDED:
                continue
            ways[state] = self._ways_on(nodes[state[0]], leaving.get(state[0], []), state)
            waiting.extend(ways[state])
        return ways

    def _ways_on(self, node: str, leaving: Sequence[tuple[int, Branch, Value]], state: State) -> dict[State, Portion]:
        """Where a walk goes on from a state."""
        _, key, told = state
        weights = self.structure.weights(node, [branch.flows for _, branch, _ in leaving])
        if key:
            weights = [float(key in branch.flows) for _, branch, _ in leaving]
            if not any(weights):
                raise Irreducible("boundary-timer", key)
        found: dict[State, Portion] = {}
        for (target, _, value), weight in zip(leaving, weights, strict=True):
            if not weight:
                continue
            for (_, way_out, tells), portion in _entered(value, key):
                after = (1, "", ENDED) if tells == ENDED else (target, way_out, tells or told)
                _add(found, after, portion.times(weight))
        return found

    def _net(self, block: Rest, inside: Sequence[Value]) -> Value:
        """Splits and joins that are not nested: put ways in a row or side by side together until one is left."""
        ways: dict[tuple[int, int], Value] = {}
        node_of = [place.node for place in block.places]

        def side_by_side(source: int, target: int, value: Value) -> None:
            known = ways.get((source, target))
            together = value if known is None else self._together([known, value], product, node_of[source])
            ways[source, target] = together

        for edge, value in zip(block.edges, inside, strict=True):
            side_by_side(edge.source, edge.target, value)
        while len(ways) > 1:
            into: dict[int, list[int]] = {}
            out: dict[int, list[int]] = {}
            for source, target in ways:
                into.setdefault(target, []).append(source)
                out.setdefault(source, []).append(target)
            place = next((p for p in into if len(into[p]) == 1 and len(out.get(p, ())) == 1), None)
            if place is not None:
                (source,), (target,) = into[place], out[place]
                row = self._then(ways.pop((source, place)), ways.pop((place, target)))
                side_by_side(source, target, row)
                continue
            needless = next((way for way in ways if self._is_nothing(ways[way]) and _has_other_way(out, way)), None)
            if needless is None:
                raise Irreducible("irreducible", _first(node_of))
            del ways[needless]
        return next(iter(ways.values()))

    def _is_nothing(self, value: Value) -> bool:
        """Whether a way takes no time and turns nobody down: then a longer way to the same place is waited for."""
        return len(value) == 1 and all(
            not way_in and not way_out and told != ENDED and portion.moment == 0.0
            for (way_in, way_out, told), portion in value.items()
        )


def inclusive_rule(block: Inclusive, chances: Sequence[float]) -> Rule:
    """How the branches of an inclusive split come together: each by its chance, the default where no other is taken.

    Without a default the branches are drawn again where none was taken, unless there is one that always is.
    """
    roles = [branch.role for branch in block.branches]
    drawn = [(place, chances[place]) for place, role in enumerate(roles) if role == "choice"]
    none = 1.0
    for _, chance in drawn:
        none *= 1.0 - chance
    default = next((place for place, role in enumerate(roles) if role == "default"), None)
    is_one_sure = "always" in roles
    if default is None and not is_one_sure and none >= 1.0:
        raise Irreducible("inclusive-gateway", block.node)

    def rule(shares: Sequence[Any]) -> Any:
        sure: Any = 1.0
        some: Any = 1.0
        for place, role in enumerate(roles):
            if role == "always":
                sure = sure * shares[place]
        for place, chance in drawn:
            some = some * (1.0 - chance + chance * shares[place])
        if default is not None:
            return sure * (some - none + none * shares[default])
        return sure * some if is_one_sure else (some - none) / (1.0 - none)

    return rule


def _until(passed: Portion, rounds: int) -> Portion:
    """The rounds that were passed before one of so many that turns the case down."""
    total = passed.power(0)
    for number in range(1, min(rounds, _MOST_ROUNDS)):
        total = total.plus(passed.power(number))
    return total


#: Later rounds are come to by as good as nobody, if each turns some down.
_MOST_ROUNDS = 1_000


def _has_other_way(out: Mapping[int, Sequence[int]], way: tuple[int, int]) -> bool:
    """Whether a way leads from one place to another beside the direct one."""
    source, target = way
    waiting = [place for place in out[source] if place != target]
    seen = set(waiting)
    while waiting:
        for place in out.get(waiting.pop(), ()):
            if place == target:
                return True
            if place not in seen:
                seen.add(place)
                waiting.append(place)
    return False


def _first(nodes: Sequence[str]) -> str:
    """The first place with a node behind it."""
    return next((node for node in nodes if node), "")


def _entered(value: Value, key: str) -> list[tuple[Way, Portion]]:
    """The portions of a value for the cases that come in by a way; where it does not tell that way, by any."""
    known = any(way_in == key for way_in, _, _ in value)
    return [(way, portion) for way, portion in value.items() if way[0] == (key if known else "")]


def _untold(value: Value) -> Value:
    """What lies inside a frame tells the case nothing."""
    found: dict[Way, Portion] = {}
    for (way_in, way_out, told), portion in value.items():
        _add(found, (way_in, way_out, told if told == ENDED else UNTOLD), portion)
    return found


def _sum(portions: Any, none: Portion) -> Portion:
    total = none
    for portion in portions:
        total = total.plus(portion)
    return total


def _add(found: dict[Any, Portion], key: Any, portion: Portion) -> None:
    known = found.get(key)
    found[key] = portion if known is None else known.plus(portion)
