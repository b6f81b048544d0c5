"""Loops that a case may take so many times at most, as a token game in which every round has places of its own.

`gov:branch most="1"` on a flow out of a choice says that one case takes it once at most; afterwards its share goes to
the other branches. A token game has no memory, so the loop around the flow is copied: the flow leads from the first
round into a copy, and the choice of the last copy lacks it. What no case comes to any more is left out, and the copies
stand for the same nodes. Whether a process is sound, and how its steps relate, does not depend on how often a loop is
taken, so only times, outcomes and hand-overs are made of this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bpmn.control_flow import Arc, ControlFlow, Vertex, control_flow, leading_to, reachable
from bpmn.model import Model

#: No loop is copied into more vertices than that.
_MOST = 50_000
#: All copying together looks at no more vertices and arcs than that; loops that are left are taken as not bounded.
_MOST_WORK = 2_000_000
#: Under which name a model keeps its token game with bounded loops copied.
_KNOWN = "_unrolled"
#: What has no second copy: a sub-process has one scope.
_SINGLE = frozenset(("enter", "leave"))


def unrolled(model: Model) -> ControlFlow:
    """The token game of a model with its bounded loops copied; the plain one where there are none."""
    known: ControlFlow | None = vars(model).get(_KNOWN)
    if known is None:
        known = vars(model)[_KNOWN] = _unrolled(model)
    return known


def _unrolled(model: Model) -> ControlFlow:
    flow, work = control_flow(model), 0
    bounds = {known.id: known.most for known in model.flows if known.most}
    for name, most in bounds.items():
        for left in reversed(range(most or 0)):
            found = _last(flow, name)
            region = _region(flow, found) if found >= 0 else frozenset()
            work += len(flow.vertices) + len(flow.arcs)
            if not region or len(flow.vertices) + len(region) > _MOST or work > _MOST_WORK:
                break
            flow = _met(_Copying(flow, found, region).copied(is_last=left == 0))
        if work > _MOST_WORK:
            break
    return flow


def can_unroll(model: Model, name: str) -> bool:
    """Whether a flow leaves a choice inside a loop that can be copied."""
    return not hindrance(model, name)


def hindrance(model: Model, name: str) -> str:
    """What keeps the loop of a flow from being copied; empty for nothing.

    "no-choice", "no-loop", or what lies in the loop: "sub-process", "messages" of another drawn pool, a "join" with a
    branch from outside.
    """
    flow = control_flow(model)
    found = _last(flow, name)
    if found < 0 or flow.vertices[flow.arcs[found].source].kind not in ("exclusive-split", "inclusive-split"):
        return "no-choice"
    region, posted = _round(flow, found), _posted(flow)
    return next((why for number in sorted(region) if (why := _hinders(flow, region, posted, number))), "") or (
        "" if region else "no-loop"
    )


def _last(flow: ControlFlow, name: str) -> int:
    """The arc of a sequence flow in the last round so far; -1 for none."""
    return max((number for number, arc in enumerate(flow.arcs) if arc.flow == name), default=-1)


def _region(flow: ControlFlow, back: int) -> frozenset[int]:
    """The vertices of the loop around an arc; none where there is none, or one that cannot be copied."""
    region, posted = _round(flow, back), _posted(flow)
    return frozenset() if any(_hinders(flow, region, posted, number) for number in region) else region


def _round(flow: ControlFlow, back: int) -> frozenset[int]:
    """The vertices of the loop around an arc."""
    arc = flow.arcs[back]
    return frozenset(leading_to(flow, [arc.source]).intersection(reachable(flow, [arc.target])))


def _hinders(flow: ControlFlow, region: frozenset[int], posted: frozenset[str], number: int) -> str:
    """Why a vertex of a loop cannot be copied; empty where it can."""
    vertex = flow.vertices[number]
    if vertex.kind in _SINGLE:
        return "sub-process"
    if vertex.node in posted:
        return "messages"
    joins = vertex.kind in ("parallel-join", "inclusive-join")
    return "join" if joins and any(flow.arcs[one].source not in region for one in vertex.entering) else ""


def _posted(flow: ControlFlow) -> frozenset[str]:
    """The nodes that send to another drawn pool or hear from one: a message knows one sender and one to take it."""
    drawn = [message for message in flow.messages if message.source >= 0 and message.target >= 0]
    return frozenset(flow.vertices[end].node for message in drawn for end in (message.source, message.target))


class _Copying:
    """Copies the region of one loop behind itself."""

    def __init__(self, flow: ControlFlow, back: int, region: frozenset[int]) -> None:
        self._flow, self._back, self._region = flow, back, region
        self._copy_of: Mapping[int, int] = {
            number: len(flow.vertices) + place for place, number in enumerate(sorted(region))
        }
        self._vertices: list[tuple[str, str, int]] = [(v.kind, v.node, v.scope) for v in flow.vertices]
        self._vertices += [self._vertices[number] for number in sorted(region)]
        self._arcs: list[Arc] = list(flow.arcs)

    def copied(self, *, is_last: bool) -> ControlFlow:
        """The flow with one more round of the loop; the last one does not go round."""
        merges: dict[int, int] = {}
        for number, arc in enumerate(self._flow.arcs):
            if arc.source not in self._region:
                continue
            if number == self._back:
                self._arcs[number] = replace(arc, target=self._copy_of[arc.target])
                if not is_last:
                    self._arcs.append(replace(arc, source=self._copy_of[arc.source], target=self._copy_of[arc.target]))
            elif arc.target in self._region:
                self._arcs.append(replace(arc, source=self._copy_of[arc.source], target=self._copy_of[arc.target]))
            else:
                self._arcs.append(replace(arc, source=self._copy_of[arc.source], target=self._exit(number, merges)))
        return self._made()

    def _exit(self, number: int, merges: dict[int, int]) -> int:
        """Where a round leaves the loop: at a vertex that takes any token, else at a merge put before it."""
        arc = self._flow.arcs[number]
        target = self._flow.vertices[arc.target]
        if target.kind in ("exclusive-merge", "end", "terminate"):
            return arc.target
        merge = merges[number] = len(self._vertices)
        self._vertices.append(("exclusive-merge", target.node, target.scope))
        self._arcs[number] = replace(arc, target=merge)
        self._arcs.append(Arc(source=merge, target=arc.target))
        return merge

    def _made(self) -> ControlFlow:
        """Everything put together, the arcs of each vertex in their old order."""
        entering: list[list[int]] = [[] for _ in self._vertices]
        leaving: list[list[int]] = [[] for _ in self._vertices]
        for number, arc in enumerate(self._arcs):
            leaving[arc.source].append(number)
            entering[arc.target].append(number)
        vertices = tuple(
            Vertex(kind=kind, node=node, scope=scope, entering=tuple(entering[place]), leaving=tuple(leaving[place]))
            for place, (kind, node, scope) in enumerate(self._vertices)
        )
        old = len(self._flow.vertices)
        scopes = tuple(
            replace(
                scope,
                vertices=(*scope.vertices, *(n for n in range(old, len(vertices)) if vertices[n].scope == place)),
            )
            for place, scope in enumerate(self._flow.scopes)
        )
        return replace(self._flow, vertices=vertices, arcs=tuple(self._arcs), scopes=scopes)


def _met(flow: ControlFlow) -> ControlFlow:
    """The same without the vertices no token comes to from where its scope begins, where others stand for their nodes.

    Vertices nothing led to before are kept: they stand for what the drawing holds.
    """
    met = set(reachable(flow, (start for scope in flow.scopes for start in scope.starts)))
    there = {flow.vertices[number].node for number in met}
    kept = [n for n, vertex in enumerate(flow.vertices) if n in met or vertex.node not in there]
    if len(kept) == len(flow.vertices):
        return flow
    new = {old: place for place, old in enumerate(kept)}
    arcs = [n for n, arc in enumerate(flow.arcs) if arc.source in new and arc.target in new]
    new_arc = {old: place for place, old in enumerate(arcs)}
    place_of = {flow.vertices[number].node: new[number] for number in reversed(kept)}

    def moved(numbers: Iterable[int]) -> tuple[int, ...]:
        return tuple(new[number] for number in numbers if number in new)

    def still(end: int) -> int:
        return -1 if end < 0 else new.get(end, place_of.get(flow.vertices[end].node, -1))

    return replace(
        flow,
        vertices=tuple(
            replace(
                flow.vertices[old],
                entering=tuple(new_arc[arc] for arc in flow.vertices[old].entering if arc in new_arc),
                leaving=tuple(new_arc[arc] for arc in flow.vertices[old].leaving if arc in new_arc),
            )
            for old in kept
        ),
        arcs=tuple(
            replace(flow.arcs[old], source=new[flow.arcs[old].source], target=new[flow.arcs[old].target])
            for old in arcs
        ),
        scopes=tuple(
            replace(scope, starts=moved(scope.starts), vertices=moved(scope.vertices)) for scope in flow.scopes
        ),
        messages=tuple(replace(m, source=still(m.source), target=still(m.target)) for m in flow.messages),
    )
