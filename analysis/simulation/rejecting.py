"""Whether a step that can turn a case down ends it, or leaves that to a gateway."""

from collections.abc import Iterator

from bpmn.model import Model, Node

#: Kinds of steps behind which a gateway no longer routes on an earlier step.
_JUDGING = frozenset(("check", "decide", "approve"))
_CHOOSING = frozenset(("exclusiveGateway", "inclusiveGateway"))


def ends_case(model: Model, node: Node) -> bool:
    """Whether a case turned down at this step ends at once, because no gateway routes on the step.

    A gateway does if it is the first diverging exclusive or inclusive one after the step with no other check, decide
    or approve between, or if a condition behind it names what the step gives.
    """
    if node.step is None or not node.step.rejects:
        return False
    return not _is_followed_by_choice(model, node) and not _is_named_in_condition(model, node)


def _is_followed_by_choice(model: Model, node: Node) -> bool:
    return any(
        after.kind in _CHOOSING and len(model.outgoing[after.id]) > 1
        for after in _after(model, node, stops_at_judging=True)
    )


def _is_named_in_condition(model: Model, node: Node) -> bool:
    given = {material.name for material in node.materials if material.use == "gives" and material.name}
    given |= {data.name for data in model.data if data.id in node.writes and data.name}
    if not given:
        return False
    return any(
        flow.condition and any(name in flow.condition for name in given)
        for after in _after(model, node, stops_at_judging=False)
        if after.kind in _CHOOSING and len(model.outgoing[after.id]) > 1
        for flow in model.outgoing[after.id]
    )


def _after(model: Model, node: Node, *, stops_at_judging: bool) -> Iterator[Node]:
    """The nodes a token can come to from a step by sequence flow, each once, out of the sub-processes it ends too."""
    seen, waiting = {node.id}, [node]
    while waiting:
        for after in _next(model, waiting.pop()):
            if after.id in seen:
                continue
            seen.add(after.id)
            yield after
            judges = after.step is not None and after.step.kind in _JUDGING
            chooses = after.kind in _CHOOSING and len(model.outgoing[after.id]) > 1
            if not (stops_at_judging and (judges or chooses)):
                waiting.append(after)


def _next(model: Model, node: Node) -> list[Node]:
    """What follows a node: into a sub-process by its first nodes, out of it behind it."""
    if node.is_frame:
        inside = [inner for inner in model.nodes if inner.scope == node.id and not model.incoming[inner.id]]
        if inside:
            return inside
    flows = model.outgoing.get(node.id, ())
    while not flows and node.scope in model.node:
        node = model.node[node.scope]
        flows = model.outgoing.get(node.id, ())
    return [model.node[flow.target] for flow in flows if flow.target in model.node]
