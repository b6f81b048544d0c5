"""Soundness: whether every case that begins can end, and ends properly (docs/explanation/soundness.md).

Each process and sub-process is judged on its own. Block reduction proves most of them sound without looking at a single
state; what it leaves over is searched, up to a limit of states, and past that limit the answer is "not decided".
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bpmn.blocks import (
    EMPTY,
    Block,
    Exclusive,
    Frame,
    Inclusive,
    Leaf,
    Loop,
    Parallel,
    Rest,
    Sequence,
    children,
    decompose,
)
from bpmn.check.messages import messages
from bpmn.check.rules import found
from bpmn.check.tokens import ENTRY, Defect, Search
from bpmn.check.witness import Effort, run_of
from bpmn.control_flow import ControlFlow, Scope
from bpmn.model import Model
from bpmn.problem import Problem

#: The vertices that take one token and put one, or end it.
_PASSING = frozenset(
    ("start", "step", "event", "exclusive-split", "exclusive-merge", "enter", "leave", "end", "terminate")
)
#: States looked at in one process before the answer is "not decided".
LIMIT = 20_000


def soundness(model: Model, flow: ControlFlow, *, limit: int = LIMIT) -> Iterator[Problem]:
    """What keeps cases from ending properly: deadlocks, branches never joined, tokens without bound."""
    loose, counting = frozenset(_loose(model, flow)), _counting_tokens(model)
    is_sound, effort = True, Effort()
    is_plain = all(_has_one_token(flow, scope) for scope in flow.scopes)
    blocks = (EMPTY,) * len(flow.scopes) if is_plain else decompose(flow)
    for scope, block in zip(flow.scopes, blocks, strict=True):
        if (scope.process, scope.node) in counting:
            yield _undecided(model, scope.element, "token-quantity", limit)
            is_sound = False
            continue
        parts = [] if scope.ad_hoc else list(_not_nested(block))
        told: dict[tuple[str, str], Problem] = {}
        for problem in _judge(model, _Scope(flow=flow, scope=scope, loose=loose, effort=effort), parts, limit):
            told.setdefault((problem.element, problem.message), problem)
        is_sound = is_sound and not told
        yield from told.values()
    yield from messages(model, flow, limit=limit, is_sound=is_sound)


def _has_one_token(flow: ControlFlow, scope: Scope) -> bool:
    """Whether no vertex of a scope could make a second token or wait for one: then nothing is left to prove."""
    return (len(scope.starts) < 2 or not scope.together) and all(
        flow.vertices[vertex].kind in _PASSING for vertex in scope.vertices
    )


def _counting_tokens(model: Model) -> set[tuple[str, str]]:
    """The processes and sub-processes in which a step takes or gives another number of tokens than one."""
    steps = (node for node in model.nodes if node.start_quantity != 1 or node.completion_quantity != 1)
    return {(node.process, node.scope) for node in steps}


def _not_nested(block: Block) -> Iterator[Rest]:
    """The parts of a scope that block reduction does not prove, each of which stands or falls by itself."""
    stack = [block]
    while stack:
        part = stack.pop()
        if isinstance(part, Rest) and part.kind == "mixed":
            yield part
        if not isinstance(part, Frame):
            stack.extend(children(part))


@dataclass(frozen=True, kw_only=True)
class _Scope:
    """The scope being judged."""

    flow: ControlFlow
    scope: Scope
    #: Steps out of which several conditional flows lead.
    loose: frozenset[str]
    effort: Effort


def _loose(model: Model, flow: ControlFlow) -> Iterator[str]:
    """The steps and events out of which several conditional flows lead: their conditions may exclude each other."""
    for vertex in flow.vertices:
        if vertex.kind == "inclusive-split" and not model.node[vertex.node].is_gateway:
            yield vertex.node


def _judge(model: Model, scope: _Scope, parts: Iterable[Rest], limit: int) -> Iterator[Problem]:
    waiting = deque(parts)
    while waiting:
        rest = waiting.popleft()
        joins = [model.node[place.node] for place in rest.places if place.kind == "inclusive-join"]
        if any(node.kind == "complexGateway" for node in joins):
            yield _undecided(model, scope.scope.element, "complex-gateway", limit)
            continue
        search = Search(rest, limit=limit, loose=scope.loose)
        waiting.extend(search.thread(*thread) for thread in search.threads)
        defects = search.run()
        is_drawn = not defects or not scope.scope.together or _is_wrong_from_one_start(rest, limit, scope.loose)
        for defect in defects:
            if defect.problem == "not-decided":
                yield _undecided(model, scope.scope.element, "not-decided", limit)
            else:
                yield _Witness(model, scope, search, defect, is_drawn=is_drawn).problem()


def _is_wrong_from_one_start(rest: Rest, limit: int, loose: frozenset[str]) -> bool:
    """Whether a game that begins at several undrawn starts together is wrong also where it begins at one of them.

    Else whoever drew it may have meant alternatives, and a start event must say which.
    """
    places = tuple(
        replace(place, kind="exclusive") if place.kind == "parallel" and not place.node else place
        for place in rest.places
    )
    return places == rest.places or any(
        defect.certain for defect in Search(replace(rest, places=places), limit=limit, loose=loose).run()
    )


def _undecided(model: Model, element: str, rule: str, limit: int) -> Problem:
    return found(model, ("deadlock", rule), element, severity="warning", limit=str(limit))


class _Witness:
    """Turns a defect into a problem with the run that proves it."""

    def __init__(self, model: Model, scope: _Scope, search: Search, defect: Defect, *, is_drawn: bool) -> None:
        self.model = model
        self.scope = scope
        self.search = search
        self.defect = defect
        #: False where the starts are not drawn and one start alone would do.
        self.is_drawn = is_drawn

    def problem(self) -> Problem:
        """The problem at the gateway where it shows."""
        element = self._node(self.defect.place) or self.scope.scope.element
        split = next((move.place for move in reversed(self.defect.run) if len(move.puts) > 1), ENTRY)
        choice = self._choice()
        run = run_of(self.scope.flow, self.scope.scope, self.search, self.defect, self.scope.effort)
        details = {
            "split": self._name(split),
            "choice": self._name(choice),
            "missing": ", ".join(dict.fromkeys(self._last(edge) for edge in self.defect.edges)),
        }
        rule = self._rule(split, choice)
        severity = "error" if self.defect.certain and self.is_drawn else "warning"
        problem = found(self.model, (self.defect.problem, rule), element, severity=severity, line=0, **details)
        return replace(problem, run=run)

    def _rule(self, split: int, choice: int) -> str:
        if self.defect.problem == "deadlock":
            return self._deadlock_rule(choice)
        if self.defect.problem == "unbounded":
            return "grows" if self.defect.certain else "may-grow"
        if not self.is_drawn:
            return "implicit-starts"
        if self.defect.certain:
            if self._is_drawn_twice(split):
                return "drawn-twice"
            return "event-beside-step" if self._is_step(split) else "second-token"
        return "conditions" if self.search.rests_on_conditions(self.defect.run) else "swept"

    def _deadlock_rule(self, choice: int) -> str:
        if self.search.places[self.defect.place].kind == "inclusive-join":
            return "joins-never-act" if self.defect.certain else "joins-wait-for-each-other"
        if choice == ENTRY:
            return "loop-before-join"
        if not self._node(choice):
            return "start-alone"
        return "join-waits-for-event" if self._is_step(choice) else "join-waits"

    def _node(self, place: int) -> str:
        return self.search.places[place].node

    def _is_step(self, place: int) -> bool:
        """Whether the choice is made at the edge of a step, by its boundary events."""
        node = self._node(place)
        return bool(node) and node in self.model.boundary_events

    def _is_drawn_twice(self, split: int) -> bool:
        """Whether two flows lead straight from the split to the place where their tokens meet."""
        between = [
            f for f in self.model.outgoing.get(self._node(split), ()) if f.target == self._node(self.defect.place)
        ]
        return len(between) > 1

    def _choice(self) -> int:
        """The last choice of the run that left out a way to what is waited for."""
        goal = set(self.defect.edges)
        for move in reversed(self.defect.run):
            left_out = set(self.search.outs[move.place]) - set(move.puts)
            if left_out and (left_out & goal or self.search.leads_to(left_out, goal)):
                return move.place
        return ENTRY

    def _name(self, place: int) -> str:
        """A gateway as a reader knows it: its name, else its id; the process for none."""
        node = self._node(place)
        return (self.model.node[node].name.strip() or node) if node else self.scope.scope.element

    def _last(self, edge: int) -> str:
        """The last element on an edge before its join, else the gateway it comes from."""
        known = self.search.edges[edge]
        nodes = list(walk(known.branch.child)) or [self.search.places[known.source].node]
        return self.model.node[nodes[-1]].name.strip() or nodes[-1] if nodes[-1] else ""


def walk(block: Block) -> Iterator[str]:
    """The ids of the elements of one run through a block: of a choice the first branch, of a loop its body once."""
    stack: list[Block | str] = [block]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, Leaf | Frame):
            yield item.node
        else:
            stack.extend(reversed(list(_parts(item))))


def _parts(block: Block) -> Iterable[Block | str]:
    if isinstance(block, Sequence):
        return block.children
    if isinstance(block, Loop):
        return (block.body, block.node)
    if isinstance(block, Exclusive):
        return (*_named(block.node), block.branches[0].child)
    if isinstance(block, Parallel | Inclusive):
        return (*_named(block.node), *(branch.child for branch in block.branches))
    if isinstance(block, Rest):
        return _through(block)
    return ()


def _named(node: str) -> tuple[str, ...]:
    return (node,) if node else ()


def _through(rest: Rest) -> list[Block | str]:
    """A shortest way through a rest of choices; everything in a rest of parallel branches."""
    if rest.kind == "parallel":
        return [part for edge in rest.edges for part in (*_named(rest.places[edge.source].node), edge.branch.child)]
    came_by: dict[int, int] = {ENTRY: -1}
    outs: dict[int, list[int]] = {}
    for number, edge in enumerate(rest.edges):
        outs.setdefault(edge.source, []).append(number)
    todo = deque([ENTRY])
    while todo and 1 not in came_by:
        for number in outs.get(todo.popleft(), ()):
            target = rest.edges[number].target
            if target not in came_by:
                came_by[target] = number
                todo.append(target)
    way: list[Block | str] = []
    place = 1
    while came_by.get(place, -1) >= 0:
        edge = rest.edges[came_by[place]]
        way.append(edge.branch.child)
        place = edge.source
        way.extend(_named(rest.places[place].node))
    return way[::-1]
