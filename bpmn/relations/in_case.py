"""What is in the case before every vertex: whatever was given or taken in on the way there, as sets of bits.

On every way: where branches meet again exclusively only what all of them bring, where they are joined what each brings;
what a sub-process or inclusive branches bring is read off their blocks. On some way: what any of them brings. A message
brings what its sender's case holds. An interrupting timer without a share ends its step before the work is done, so on
its way nothing of that step is given; an event sub-process can begin before anything else of its scope is done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bpmn import blocks
from bpmn.bits import common, union
from bpmn.model import Node
from bpmn.relations.nesting import Nesting
from bpmn.relations.ways import Ways


def _entering(ways: Ways) -> list[list[tuple[int, str]]]:
    """The ways into each vertex, as a case brings its papers: where from, and whether by flow or message.

    The way to a racing timer begins before its step; an event sub-process begins with what its scope began with.
    """
    flow = ways.flow
    found: list[list[tuple[int, str]]] = [[] for _ in flow.vertices]
    for source, targets in enumerate(ways.in_pools):
        for target in targets:
            found[target].append((source, "flow"))
    for source, target in ways.backs:
        found[target].append((source, "flow"))
    for source, target, _ in ways.messages:
        found[target].append((source, "message"))
    for event in racing(ways):
        timer, host = flow.main[event.id], flow.main[event.attached_to]
        found[timer] = [(source, "flow") for source, how in found[host] if how == "flow"]
        if flow.vertices[host].kind == "enter":
            found[timer] = [(host, "flow")]
    return found


def racing(ways: Ways) -> list[Node]:
    """The interrupting timers without a share: they end their step before its work is done."""
    return [
        node
        for node in ways.model.nodes
        if node.attached_to
        and node.interrupting
        and node.event("timer") is not None
        and all(flow.probability is None for flow in ways.model.outgoing[node.id])
        and {node.id, node.attached_to} <= ways.flow.main.keys()
    ]


def in_case(ways: Ways, nesting: Callable[[], Nesting], brought: Sequence[int], at_first: int) -> list[int]:
    """What every way to each vertex has brought, each vertex adding `brought`; -1 (all) where no way leads."""
    entering, starts = _entering(ways), _starts(ways)
    joined = _joined(ways, nesting, brought)
    before = [-1] * len(brought)
    changed = True
    while changed:
        changed = False
        for vertex in ways.order:
            value = _gathered(ways, vertex, entering[vertex], before, brought)
            if vertex in joined and value >= 0:
                value |= joined[vertex]
            if vertex in starts:
                value = (value if any(how == "message" for _, how in entering[vertex]) else 0) | at_first
            if value != before[vertex]:
                before[vertex] = value
                changed = True
    return before


def _gathered(
    ways: Ways, vertex: int, entering: Sequence[tuple[int, str]], before: Sequence[int], brought: Sequence[int]
) -> int:
    """What is in the case where the ways into a vertex come together."""
    kind = ways.flow.vertices[vertex].kind
    flows = [before[source] | brought[source] for source, how in entering if how == "flow"]
    sent = [before[source] | brought[source] for source, how in entering if how == "message"]
    value = 0 if flows and kind == "parallel-join" else -1
    for known in flows:
        value = value | known if kind == "parallel-join" else value & known
    if not sent:
        return value
    by_message = -1
    for known in sent:
        by_message &= known
    return by_message if not flows else value | by_message


def _joined(ways: Ways, nesting: Callable[[], Nesting], brought: Sequence[int]) -> dict[int, int]:
    """What is brought for certain by what ends at a vertex: a sub-process, or inclusive branches of one split."""
    flow = ways.flow
    if not any(vertex.kind in ("leave", "inclusive-join") for vertex in flow.vertices) or not any(brought):
        return {}
    tree = nesting()
    brings = _brings(ways, tree, brought)
    leaves = {vertex.node: number for number, vertex in enumerate(flow.vertices) if vertex.kind == "leave"}
    found: dict[int, int] = {}
    for entry, block in enumerate(tree.block):
        if isinstance(block, blocks.Frame) and block.node in leaves:
            found[leaves[block.node]] = brings[entry]
        following = tree.following(entry) if isinstance(block, blocks.Inclusive) else None
        if isinstance(following, blocks.Leaf) and flow.vertices[flow.main[following.node]].kind == "inclusive-join":
            found[flow.main[following.node]] = brings[entry]
    return found


def _brings(ways: Ways, tree: Nesting, brought: Sequence[int]) -> list[int]:
    """What every case that passes through each block brings."""
    found = [0] * len(tree.kinds)
    for entry in range(len(found) - 1, -1, -1):
        block = tree.block[entry]
        inside = [found[child] for child in tree.children[entry]]
        if isinstance(block, blocks.Leaf):
            found[entry] = brought[ways.flow.main[block.node]]
        elif isinstance(block, blocks.Rest):
            found[entry] = tree.tangle[entry].always_next(lambda _: False, inside)[0]
        elif isinstance(block, blocks.Exclusive):
            found[entry] = common(inside)
        elif isinstance(block, blocks.Inclusive):
            found[entry] = _of_inclusive([branch.role for branch in block.branches], inside)
        elif isinstance(block, blocks.Loop):
            found[entry] = inside[0]
        elif tree.kinds[entry] == "scope":
            found[entry] = _of_scope(tree, entry, inside)
        else:
            found[entry] = union(inside)
    return found


def _of_inclusive(roles: Sequence[str], inside: Sequence[int]) -> int:
    """What is always taken; where that is nothing, or there is a default, also what every other branch brings."""
    always = [value for value, role in zip(inside, roles, strict=True) if role == "always"]
    others = [value for value, role in zip(inside, roles, strict=True) if role != "always"]
    is_one_taken = bool(others) and (not always or "default" in roles)
    return union(always) | (common(others) if is_one_taken else 0)


def _of_scope(tree: Nesting, entry: int, inside: Sequence[int]) -> int:
    """What the flow of a scope brings, and each event sub-process that can end it."""
    ending = [inside[slot] for slot, interrupts in tree.events[entry].items() if interrupts]
    return common([inside[0], *ending])


def _starts(ways: Ways) -> frozenset[int]:
    """The vertices where pools and event sub-processes of pools begin."""
    flow = ways.flow
    return frozenset(
        start
        for scope in flow.scopes
        if scope.parent < 0 or (scope.triggered and not ways.frame_around(scope.parent))
        for start in scope.starts
    )


def in_some_case(ways: Ways, brought: Sequence[int], at_first: int) -> list[int]:
    """What some way to each vertex has brought; an event sub-process may find all that its scope can bring."""
    entering = _entering(ways)
    begun = _begun_by_event(ways)
    inside = _inside(ways, brought)
    before = [0] * len(brought)
    for start in _starts(ways):
        before[start] = at_first
    changed = True
    while changed:
        changed = False
        for vertex in ways.order:
            value = before[vertex]
            for source, _ in entering[vertex]:
                value |= before[source] | brought[source]
                if ways.flow.vertices[source].kind == "terminate":
                    # What it stops may have brought something before.
                    value |= inside[ways.flow.vertices[source].scope]
            if vertex in begun:
                value |= inside[begun[vertex]]
            if value != before[vertex]:
                before[vertex] = value
                changed = True
    return before


def _begun_by_event(ways: Ways) -> dict[int, int]:
    """The starts of event sub-processes, each with the scope around it."""
    return {start: scope.parent for scope in ways.flow.scopes if scope.triggered for start in scope.starts}


def _inside(ways: Ways, brought: Sequence[int]) -> list[int]:
    """All that is brought in each scope and the scopes inside it."""
    found = [0] * len(ways.flow.scopes)
    for number in range(len(found) - 1, -1, -1):
        scope = ways.flow.scopes[number]
        for vertex in scope.vertices:
            found[number] |= brought[vertex]
        if scope.parent >= 0:
            found[scope.parent] |= found[number]
    return found
