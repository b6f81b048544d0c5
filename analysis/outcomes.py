"""Which share of cases is granted and which rejected, expected from the written shares, not sampled.

A case is rejected where a step turns it down and no gateway routes on that step, or where its last end event says so.
All that a case can do is explored with one token game over all pools (analysis/marking.py); the states form a Markov
chain whose absorption is solved exactly, component by component. Where the answer depends on time (branches that end
apart with different outcomes, a terminate end that overtakes others) or the drawing is too tangled, there is none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import product

import numpy as np

from analysis.marking import RACED, Choice, Choices, Net, Puts, Step, Takes, TooLarge, explore
from analysis.runs import components
from bpmn.begin import Letter, beginning, processes_of
from bpmn.control_flow import ControlFlow, Vertex
from bpmn.model import Model
from bpmn.routing import exclusive_shares, own_share, routes_on
from bpmn.unroll import unrolled

#: Bits of what a case remembers: the outcomes its end events told, and those told at an end that another one follows.
_GRANTED, _REJECTED, _GRANTED_BEFORE, _REJECTED_BEFORE = 1, 2, 4, 8
#: Most flows of an inclusive split, as each set of them is a choice of its own.
_MOST_FLOWS = 10
#: Most states that can all reach each other.
_MOST_STATES = 1500
#: Decimal places of a share that are no rounding of the solver.
_PLACES = 12


class _Undecided(Exception):
    """The outcome depends on what is not looked at here. Take the simulated shares instead."""


def expected_outcomes(model: Model) -> Mapping[str, float] | None:
    """The exact shares of "granted" and "rejected", or none where they cannot be told without simulating."""
    flow = unrolled(model)
    try:
        return _solved(_Game(model, flow).steps())
    except (_Undecided, TooLarge):
        return None


class _Game:
    """The token game of all pools of a procedure, with the messages between them."""

    def __init__(self, model: Model, flow: ControlFlow) -> None:
        self.model = model
        self.flow = flow
        self.routed = routes_on(model, flow)
        processes = processes_of(model)
        self.begin = beginning(model, flow, processes)
        self.scopes = {
            index
            for index, scope in enumerate(flow.scopes)
            if scope.process in processes and not _is_triggered(flow, index)
        }
        self.offices = processes - model.applicant_processes
        self.net = Net()
        #: The edges of each scope, those of scopes inside it too.
        self.inside: dict[int, set[int]] = defaultdict(set)
        self.loose: set[int] = set()
        self.choices: dict[int, Sequence[Choice]] = {}

    def steps(self) -> Sequence[Step]:
        """All that a case can do."""
        for vertex in self.flow.vertices:
            takes, puts = _game_of(vertex)
            self.net.place(takes=takes, puts=puts)
        for arc in self.flow.arcs:
            self._edge(arc.source, arc.target)
        for index in self.scopes:
            self._enter(index)
        self._post(self.begin.letters)
        begin = [self._edge(-1, start) for starts in self.begin.starts.values() for start in starts]
        self._refuse_breaks()
        for number, vertex in enumerate(self.flow.vertices):
            if vertex.scope in self.scopes:
                self._rules(number, vertex)
        ends = {number: self._told(vertex) for number, vertex in enumerate(self.flow.vertices)}
        game = Choices(
            at=self.choices.__getitem__,
            notes=lambda place: False,
            memory=lambda memory, place: memory | ends.get(place, 0),
            loose=frozenset(self.loose),
        )
        return explore(self.net, begin, game)

    def _edge(self, source: int, target: int) -> int:
        """An edge of sequence flow, inside the scope of its target and all around that."""
        edge = self.net.edge(source, target)
        scope = self.flow.vertices[target].scope
        if scope >= 0 and self.flow.scopes[scope].process not in self.offices:
            self.loose.add(edge)
        while scope >= 0:
            self.inside[scope].add(edge)
            scope = self.flow.scopes[scope].parent
        return edge

    def _enter(self, index: int) -> None:
        """Lead the token that enters a sub-process to its starts."""
        scope = self.flow.scopes[index]
        if not scope.node:
            return
        if len(scope.starts) > 1 and not scope.together:
            raise _Undecided
        entering = self.flow.main.get(scope.node)
        if entering is not None:
            for start in scope.starts:
                self._edge(entering, start)

    def _post(self, letters: Iterable[Letter]) -> None:
        """Let messages open pools, or wait in a box until they are caught."""
        boxes: dict[int, int] = {}
        for letter in letters:
            sender, target = self.flow.main.get(letter.source), self.flow.main.get(letter.target)
            if sender is None or target is None:
                continue
            if self.flow.vertices[sender].kind not in ("start", "step", "event", "end", "terminate"):
                raise _Undecided
            if letter.opens:
                self._edge(sender, target)
                continue
            if target not in boxes:
                boxes[target] = self.net.place()
                self.net.places[target].takes = "all"
                self.loose.add(self.net.edge(boxes[target], target))
            self.net.edge(sender, boxes[target])

    def _refuse_breaks(self) -> None:
        """Event sub-processes and errors break off what time decides, rounds turn a case down more than once."""
        rounds = {node.id for node in self.model.nodes if node.is_frame and node.loop is not None}
        for node in self.model.nodes:
            if node.process not in self.offices:
                continue
            if node.is_frame and node.triggered_by_event:
                raise _Undecided
            if node.kind == "endEvent" and node.event("error") and node.scope:
                raise _Undecided
            if node.step is not None and node.step.rejects and node.id not in self.routed:
                around = node.scope
                while around:
                    if around in rounds:
                        raise _Undecided
                    around = self.model.node[around].scope if around in self.model.node else ""

    def _rules(self, number: int, vertex: Vertex) -> None:
        """Say what a place does beyond its kind: whom it turns down, what it chooses, what lies inside it."""
        place, node = self.net.places[number], self.model.node[vertex.node]
        if vertex.kind == "leave":
            place.inside = frozenset(self.inside[self.flow.scope_of[vertex.node]])
        elif vertex.kind == "terminate":
            place.inside = frozenset(self.inside[vertex.scope])
        elif vertex.kind == "exclusive-split":
            shares = self._shares(vertex)
            self.choices[number] = [
                Choice(share=share, edges=(edge,)) for share, edge in zip(shares, place.leaving, strict=True) if share
            ]
        elif vertex.kind == "inclusive-split":
            self.choices[number] = self._subsets(vertex, place.leaving)
        elif vertex.kind == "step":
            if node.called in self.model.process:
                raise _Undecided
            rejects = node.step.rejects if node.step is not None else None
            if rejects and node.id not in self.routed:
                if node.loop is not None:
                    raise _Undecided
                place.puts = "choice"
                on = Choice(share=1 - rejects, edges=tuple(place.leaving))
                self.choices[number] = [on, Choice(share=rejects, ends_case=True)]

    def _shares(self, vertex: Vertex) -> Sequence[float]:
        node = self.model.node[vertex.node]
        if node.kind == "eventBasedGateway":
            raise _Undecided
        self._refuse_races(vertex)
        return exclusive_shares(self.model, self.flow, vertex)

    def _refuse_races(self, vertex: Vertex) -> None:
        """A timer on the edge of a step without a share is decided by time."""
        for event in self.model.boundary_events.get(vertex.node, ()):
            flows = self.model.outgoing[event.id]
            if event.event("timer") and all(flow.probability is None for flow in flows):
                raise _Undecided

    def _subsets(self, vertex: Vertex, leaving: Sequence[int]) -> list[Choice]:
        """Each set of flows an inclusive split may take, with its share."""
        self._refuse_races(vertex)
        roles = [self.flow.arcs[arc].role for arc in vertex.leaving]
        always = [edge for edge, role in zip(leaving, roles, strict=True) if role == "always"]
        default = [edge for edge, role in zip(leaving, roles, strict=True) if role == "default"]
        drawn = [
            (edge, own_share(self.model, self.flow.arcs[arc].flow))
            for edge, role, arc in zip(leaving, roles, vertex.leaving, strict=True)
            if role == "choice"
        ]
        if len(drawn) > _MOST_FLOWS:
            raise _Undecided
        found = []
        for taken in product((True, False), repeat=len(drawn)):
            share = 1.0
            for is_taken, (_, probability) in zip(taken, drawn, strict=True):
                share *= probability if is_taken else 1 - probability
            chosen = [edge for is_taken, (edge, _) in zip(taken, drawn, strict=True) if is_taken]
            edges = always + (chosen or default)
            if share and edges:
                found.append((share, tuple(edges)))
        total = sum(share for share, _ in found)
        if not total:
            raise _Undecided
        # Where none fires and there is no default, it is drawn again.
        return [Choice(share=share / total, edges=edges) for share, edges in found]

    def _told(self, vertex: Vertex) -> int:
        """The outcome that an end of a pool tells; what follows the end of a sub-process has the last word anyway."""
        if vertex.kind not in ("end", "terminate") or vertex.scope not in self.scopes:
            return 0
        scope = self.flow.scopes[vertex.scope]
        if scope.node or scope.process not in self.offices:
            return 0
        is_rejected = self.model.node[vertex.node].outcome == "rejected"
        if self._is_followed(vertex):
            return _REJECTED_BEFORE if is_rejected else _GRANTED_BEFORE
        return _REJECTED if is_rejected else _GRANTED

    def _is_followed(self, end: Vertex) -> bool:
        """Whether another office still has the case when this end comes, as it comes at once after a message to it."""
        answers = {
            letter.source
            for letter in self.begin.letters
            if self.model.node[letter.target].process in self.offices - {self.model.node[letter.source].process}
        }
        seen, waiting = {end}, [end]
        while waiting:
            vertex = waiting.pop()
            node = self.model.node[vertex.node]
            if node.id in answers and (vertex is end or vertex.kind in ("step", "event")):
                continue
            if vertex.kind not in ("end", "terminate", "event", "exclusive-merge", "exclusive-split") or node.times:
                return False
            if vertex.kind == "event" and node.kind != "intermediateThrowEvent":
                return False
            for arc in vertex.entering:
                before = self.flow.vertices[self.flow.arcs[arc].source]
                if before not in seen:
                    seen.add(before)
                    waiting.append(before)
        return True


#: How vertices take and put tokens; all others take any and put all.
_KINDS: Mapping[str, tuple[Takes, Puts]] = {
    "exclusive-split": ("any", "choice"),
    "parallel-join": ("all", "all"),
    "inclusive-split": ("any", "choice"),
    "inclusive-join": ("some", "all"),
    "leave": ("quiet", "all"),
    "terminate": ("any", "terminate"),
}


def _game_of(vertex: Vertex) -> tuple[Takes, Puts]:
    return _KINDS.get(vertex.kind, ("any", "all"))


def _is_triggered(flow: ControlFlow, index: int) -> bool:
    """Whether a scope, or one around it, begins by an event beside the flow."""
    while index >= 0:
        if flow.scopes[index].triggered:
            return True
        index = flow.scopes[index].parent
    return False


def _outcome(step: Step) -> float:
    """1 where the case ends rejected, 0 where granted. Raises _Undecided where time would decide."""
    if step.memory & RACED or step.stuck:
        raise _Undecided
    if step.ended:
        return 1.0
    told = step.memory & (_GRANTED | _REJECTED) or step.memory // _GRANTED_BEFORE
    if told not in (_GRANTED, _REJECTED):
        raise _Undecided
    return 1.0 if told == _REJECTED else 0.0


def _solved(steps: Sequence[Step]) -> Mapping[str, float]:
    """The absorption probabilities from state 0: each component of states after those it leads to."""
    following: dict[int, list[int]] = defaultdict(list)
    by_source: dict[int, list[Step]] = defaultdict(list)
    for step in steps:
        by_source[step.source].append(step)
        following[step.source] += [step.target] if step.target >= 0 else []
    rejected: dict[int, float] = {}
    for component in components(following):
        _absorb(sorted(component), by_source, rejected)
    share = round(min(max(rejected[0], 0.0), 1.0), _PLACES)
    return {"granted": 1 - share, "rejected": share}


def _alone(state: int, steps: Sequence[Step], rejected: Mapping[int, float]) -> float:
    """Solve it for a state no other one leads back to: most are, and need no matrix."""
    stays, known = 0.0, 0.0
    for step in steps:
        if step.target == state:
            stays += step.share
        else:
            known += step.share * (_outcome(step) if step.target < 0 else rejected[step.target])
    if stays == 1.0:
        raise _Undecided
    return known / (1.0 - stays)


def _absorb(states: Sequence[int], by_source: Mapping[int, Sequence[Step]], rejected: dict[int, float]) -> None:
    """Solve x = Q x + r for the states of one component."""
    if len(states) > _MOST_STATES:
        raise _Undecided
    if len(states) == 1:
        rejected[states[0]] = _alone(states[0], by_source[states[0]], rejected)
        return
    place = {state: position for position, state in enumerate(states)}
    kept = np.eye(len(states))
    known = np.zeros(len(states))
    for state in states:
        for step in by_source[state]:
            if step.target in place:
                kept[place[state], place[step.target]] -= step.share
            else:
                known[place[state]] += step.share * (_outcome(step) if step.target < 0 else rejected[step.target])
    try:
        found = np.linalg.solve(kept, known)
    except np.linalg.LinAlgError:
        # A loop that nothing leaves.
        raise _Undecided from None
    rejected.update(zip(states, found.tolist(), strict=True))
