"""How a case begins, and which messages do what: the pools of a procedure joined by message flows.

The rules, from docs/explanation/simulation.md. A message flow from a drawn node does one of three things: it opens a
pool if it leads to a start of it, it is caught if it leads to a receive task or a message event, else it only informs.
A start to which a drawn node sends is *fed*: messages open it, and nothing else does. When a case arrives,

1. every process without a fed start opens;
2. as long as a process is left that these do not open by messages, directly or through others, one more opens: first
   those whose first start is not fed (the procedure's own before the others), then those with another start that is
   not, then, where pools feed each other in a ring, the procedure's own.

A process opens at its first start that is not fed, or, where it draws no start event, at all nodes nothing leads to.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bpmn.control_flow import ControlFlow
from bpmn.model import Model, Node


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message that does something: who sends it and the start it opens or the node that catches it."""

    source: str
    target: str
    opens: bool


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """Where cases begin: for each process that opens at an arrival, the vertices that get a token."""

    starts: Mapping[str, tuple[int, ...]]
    letters: tuple[Letter, ...]


def beginning(model: Model, flow: ControlFlow, processes: frozenset[str]) -> Beginning:
    """Find out how a case of the procedure begins; `processes` are those that belong to it."""
    starts = {scope.process: scope.starts for scope in flow.scopes if not scope.node and scope.process in processes}
    nodes = {process: [flow.vertices[start].node for start in found] for process, found in starts.items()}
    drawn = {scope.process for scope in flow.scopes if not scope.node and not scope.together}
    letters = _letters(model, {process: found for process, found in nodes.items() if process in drawn}, processes)
    fed = {letter.target for letter in letters if letter.opens}
    edges = [
        (model.node[letter.source].process, model.node[letter.target].process) for letter in letters if letter.opens
    ]
    opening = _opening(model, nodes, fed, edges)
    return Beginning(
        starts={
            process: starts[process]
            if process not in drawn
            else (starts[process][_first([node in fed for node in nodes[process]])],)
            for process in opening
        },
        letters=letters,
    )


def _first(is_fed: Sequence[bool]) -> int:
    """The first start that is not fed, else the first."""
    return is_fed.index(False) if False in is_fed else 0


def _letters(model: Model, starts: Mapping[str, Sequence[str]], processes: frozenset[str]) -> tuple[Letter, ...]:
    """The messages between drawn nodes that open a pool or are caught."""
    named = {message.target for message in model.message_flows}
    found = []
    for message in model.message_flows:
        source = model.node.get(message.source)
        target = model.node.get(message.target) or _start_of_pool(model, message.target, starts, named)
        if source is None or target is None or not {source.process, target.process} <= processes:
            continue
        opens = target.id in starts.get(target.process, ())
        if opens or catches(target):
            found.append(Letter(source=source.id, target=target.id, opens=opens))
    return tuple(found)


def catches(node: Node) -> bool:
    """Whether a node waits for a message, if one is sent to it."""
    if node.kind == "receiveTask":
        return True
    return node.kind == "intermediateCatchEvent" and (not node.events or node.event("message") is not None)


def _start_of_pool(model: Model, end: str, starts: Mapping[str, Sequence[str]], named: Iterable[str]) -> Node | None:
    """The one message start of a pool, where a message flow ends at the pool's border and none at that start."""
    process = next((pool.process for pool in model.pools if pool.id == end), end)
    open_starts = [
        model.node[start]
        for start in starts.get(process, ())
        if start not in named and (model.node[start].event("message") or model.node[start].kind == "receiveTask")
    ]
    return open_starts[0] if len(open_starts) == 1 else None


def _opening(
    model: Model, starts: Mapping[str, Sequence[str]], fed: set[str], edges: Sequence[tuple[str, str]]
) -> list[str]:
    """The processes that open when a case arrives, in the order of the file."""
    own = model.procedure_process
    order = [process.id for process in model.processes if starts.get(process.id)]
    order.sort(key=lambda process: own is None or process != own.id)

    def rank(process: str) -> int:
        is_fed = [node in fed for node in starts[process]]
        return 1 - (not any(is_fed)) if not is_fed[0] else 2 + all(is_fed)

    chosen: list[str] = []
    reached: set[str] = set()
    for process in sorted(order, key=rank):
        if rank(process) == 0 or process not in reached:
            chosen.append(process)
            reached = _reached(chosen, edges)
    return [process.id for process in model.processes if process.id in chosen]


def _reached(chosen: Iterable[str], edges: Sequence[tuple[str, str]]) -> set[str]:
    """The processes opened at an arrival or by messages of such."""
    seen, waiting = set(chosen), list(chosen)
    while waiting:
        process = waiting.pop()
        for source, target in edges:
            if source == process and target not in seen:
                seen.add(target)
                waiting.append(target)
    return seen


def processes_of(model: Model) -> frozenset[str]:
    """The processes of the procedure: its own, those joined to it by message flows, and those it calls.

    A pool without a process joins those that send to it or hear from it.
    """
    first = model.procedure_process
    if first is None:
        return frozenset()
    neighbours: dict[str, set[str]] = defaultdict(set)
    for message in model.message_flows:
        source, target = _place(model, message.source), _place(model, message.target)
        neighbours[source].add(target)
        neighbours[target].add(source)
    for node in model.nodes:
        if node.called in model.process:
            neighbours[node.process].add(node.called)
    found, waiting = {first.id}, [first.id]
    while waiting:
        for place in neighbours[waiting.pop()] - found:
            found.add(place)
            waiting.append(place)
    return frozenset(found) & model.process.keys()


def _place(model: Model, end: str) -> str:
    """The process an end of a message flow lies in, or the pool where that has none."""
    if end in model.node:
        return model.node[end].process
    pool = next((pool for pool in model.pools if pool.id == end), None)
    return pool.process if pool is not None and pool.process else end
