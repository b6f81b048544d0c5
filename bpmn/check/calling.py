"""Calls a live case cannot follow: nothing is called, no file has what is called, or the calls never come to an end."""

import re
from collections.abc import Iterator, Mapping

from bpmn.calls import called_names, called_task
from bpmn.check.rules import found
from bpmn.control_flow import ControlFlow, Scope, control_flow
from bpmn.model import Model, Node
from bpmn.problem import Problem

#: The id of what is called, where it is worked out only while a case runs.
COMPUTED = re.compile(r"[$#]\{|^=")


def calls(model: Model, library: Mapping[str, Model]) -> Iterator[Problem]:
    """Call activities of processes in no file given, and those that every way calls again without end."""
    models = {process.id: holder for holder in (*library.values(), model) for process in holder.processes}
    endless: frozenset[str] | None = None
    for node in model.nodes:
        if node.kind != "callActivity" or not node.called or COMPUTED.search(node.called):
            continue
        called = _process(node, models)
        if called is None:
            if called_task(node, model, library) is None:
                yield found(model, ("missing-reference", "called"), node.id, stops="run", value=node.called)
            continue
        endless = _endless(models) if endless is None else endless
        if node.process in endless and node.process in _called_from(called, endless, models):
            yield found(model, ("endless-loop", "calls"), node.id, stops="run", value=called)


def _process(call: Node, models: Mapping[str, Model]) -> str | None:
    return next((name for name in called_names(call.called) if name in models), None)


def _endless(models: Mapping[str, Model]) -> frozenset[str]:
    """The processes no case of which ends, because each of its ways calls such a process; linear in each round."""
    callers = {
        node.process
        for process, model in models.items()
        for node in model.nodes
        if node.process == process and node.kind == "callActivity" and _process(node, models) is not None
    }
    endless = frozenset(callers)
    while True:
        still = frozenset(process for process in endless if not _ends(models[process], process, endless, models))
        if still == endless:
            return endless
        endless = still


def _called_from(process: str, endless: frozenset[str], models: Mapping[str, Model]) -> set[str]:
    """An endless process and all such processes that are called from it, at once or through others."""
    seen = {process}
    todo = [process]
    while todo:
        here = todo.pop()
        for node in models[here].nodes:
            called = _process(node, models) if node.called and node.process == here else None
            if called in endless and called not in seen:
                seen.add(called)
                todo.append(called)
    return seen


def _ends(model: Model, process: str, endless: frozenset[str], models: Mapping[str, Model]) -> bool:
    """Whether a case of a process can end when those calls never come back."""
    flow = control_flow(model)
    shut = {
        node.id
        for node in model.nodes
        if node.kind == "callActivity" and _process(node, models) in endless and not _is_left(model, node)
    }
    scopes = [scope for scope in flow.scopes if scope.process == process]
    if any(scope.triggered for scope in scopes):
        return True  # what an event begins may end the case
    for scope in reversed(scopes):
        if not _can_end(flow, scope, shut):
            shut.add(scope.node)
    return "" not in shut


def _is_left(model: Model, call: Node) -> bool:
    """Whether an event at its edge can end a call."""
    return any(event.interrupting for event in model.boundary_events.get(call.id, ()))


def _can_end(flow: ControlFlow, scope: Scope, shut: set[str]) -> bool:
    """Whether a token at a start of the scope can come to an end past no shut node: a split needs all its ways."""
    stops = any(flow.vertices[vertex].kind == "terminate" for vertex in scope.vertices)
    left = {
        number: len(flow.vertices[number].leaving)
        if flow.vertices[number].kind == "parallel-split" and not stops
        else 1
        for number in scope.vertices
        if flow.vertices[number].node not in shut
    }
    todo = [number for number in left if flow.vertices[number].kind in ("end", "terminate")]
    done = set(todo)
    while todo:
        for arc in flow.vertices[todo.pop()].entering:
            source = flow.arcs[arc].source
            if source in left and source not in done:
                left[source] -= 1
                if left[source] <= 0:
                    done.add(source)
                    todo.append(source)
    starts = [start in done for start in scope.starts]
    return not starts or (all(starts) if scope.together else any(starts))
