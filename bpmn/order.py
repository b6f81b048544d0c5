"""The order in which a model's parts stand in a file: containers first, what is inside them right after."""

from collections.abc import Iterable, Mapping, Sequence

from bpmn.model import Association, Lane, Model, Node


def in_file_order(model: Model) -> Model:
    """The same model with its parts in the order in which `write` puts a model that was built."""
    processes = [process.id for process in model.processes]
    nodes = _nodes(model.nodes, processes)
    rank = {container: number for number, container in enumerate([*processes, *(node.id for node in nodes)])}
    closing = _closing(nodes, processes)
    return model.evolve(
        lanes=_lanes(model.lanes, processes),
        nodes=tuple(nodes),
        flows=tuple(sorted(model.flows, key=lambda flow: closing.get(flow.scope or flow.process, 0))),
        data=tuple(sorted(model.data, key=lambda data: rank.get(data.scope or data.process, -1))),
        artifacts=tuple(sorted(model.artifacts, key=lambda artifact: rank.get(artifact.process, -1))),
        associations=_associations(model.associations, rank),
    )


def _nodes(nodes: Iterable[Node], processes: Sequence[str]) -> list[Node]:
    inside: dict[str, list[Node]] = {}
    for node in nodes:
        inside.setdefault(node.scope or node.process, []).append(node)
    ordered: list[Node] = []
    stack = [node for process in reversed(processes) for node in reversed(inside.pop(process, []))]
    while stack:
        node = stack.pop()
        ordered.append(node)
        stack.extend(reversed(inside.pop(node.id, [])))
    return ordered


def _lanes(lanes: Sequence[Lane], processes: Sequence[str]) -> tuple[Lane, ...]:
    inside: dict[str, list[Lane]] = {}
    for lane in lanes:
        inside.setdefault(lane.parent or lane.process, []).append(lane)
    ordered: list[Lane] = []
    # Those of called processes that were filled in from other files come last.
    called = dict.fromkeys(lane.process for lane in lanes if not lane.parent and lane.process not in processes)
    stack = [lane for process in reversed([*processes, *called]) for lane in reversed(inside.pop(process, []))]
    while stack:
        lane = stack.pop()
        ordered.append(lane)
        stack.extend(reversed(inside.pop(lane.id, [])))
    return tuple(ordered)


def _closing(nodes: Sequence[Node], processes: Sequence[str]) -> dict[str, int]:
    """The order in which containers end: those inside before the one around them."""
    closing: dict[str, int] = {}
    open_: list[str] = []
    for node in nodes:
        around = node.scope or node.process
        while open_ and open_[-1] != around:
            closing[open_.pop()] = len(closing)
        if not open_:
            open_.append(around)
        if node.is_frame:
            open_.append(node.id)
    while open_:
        closing[open_.pop()] = len(closing)
    empty = {process: len(closing) for process in processes if process not in closing}
    return closing | empty


def _associations(associations: Iterable[Association], rank: Mapping[str, int]) -> tuple[Association, ...]:
    def key(line: Association) -> tuple[int, int, int]:
        if line.kind == "association":
            return 0, rank.get(line.process, -1), 0
        node = line.target if line.kind == "input" else line.source
        return 1, rank.get(node, -1), 0 if line.kind == "input" else 1

    return tuple(sorted(associations, key=key))
