"""What a live case would trip over although it can be drawn, judged and simulated: told with `--for run` only.

Whoever runs cases relies on this list: what is not told here can be run.
"""

import re
from collections.abc import Iterator, Mapping

from bpmn.activation import activation_count
from bpmn.calls import called_names, called_task
from bpmn.check.calling import COMPUTED, calls
from bpmn.check.expressions import expressions
from bpmn.check.rules import found
from bpmn.model import Model, Node
from bpmn.problem import Problem

#: A cycle that rings more than once.
_REPEATED = re.compile(r"\s*R(?!1/)\d*/.*", re.DOTALL)
#: Signs no XML id has, by which a live case tells apart what goes by one id.
_SIGNS = re.compile(r"[/*~>|#]")
#: What may follow an event-based gateway.
_CAUGHT = frozenset(("message", "timer", "signal", "conditional"))


def support(model: Model, library: Mapping[str, Model]) -> Iterator[Problem]:
    """Everything that stops a live case and nothing else; the library is what its calls may call beside it."""
    yield from _own(model)
    yield from calls(model, library)
    yield from expressions(model)
    for node in model.nodes:
        task = called_task(node, model, library) if node.called and node.called not in model.process else None
        if task is not None and task.kind == "globalScriptTask":
            yield found(model, ("unsafe-expression", "script"), node.id, stops="run")
    yield from _unrunnable_calls(model, library)


def _own(model: Model) -> Iterator[Problem]:
    """What no element of the file may be."""
    unchosen = _unchosen(model)
    for process in model.processes:
        if _SIGNS.search(process.id):
            yield found(model, ("unsupported-element", "sign-in-id"), process.id, stops="run")
    for node in model.nodes:
        rule = "ad-hoc" if node.id in unchosen else _rule(model, node)
        if rule:
            yield found(model, ("unsupported-element", rule), node.id, stops="run")


def _rule(model: Model, node: Node) -> str:
    """Why one node cannot be run; empty where it can."""
    if _SIGNS.search(node.id):
        return "sign-in-id"
    if node.kind == "complexGateway" and node.activation and activation_count(node) is None:
        return "complex-gateway"
    if node.maps_data:
        return "data-mapping"
    if node.kind == "callActivity" and COMPUTED.search(node.called):
        return "computed-call"
    if node.kind == "eventBasedGateway" and not all(
        _is_caught(model.node.get(out.target)) for out in model.outgoing[node.id]
    ):
        return "event-gateway"
    if node.kind == "endEvent" and node.event("cancel") is not None and not _is_transaction(model, node.scope):
        return "cancel"
    if node.kind == "intermediateCatchEvent" and any(_REPEATED.fullmatch(event.expression) for event in node.events):
        return "repeated-timer"
    if node.loop is None or not node.is_activity:
        return ""
    if node.loop.kind == "standard":
        return "" if node.loop.condition or node.loop.cardinality else "loop-without-end"
    return "" if node.loop.collection or node.loop.cardinality else "no-instances"


def _is_caught(node: Node | None) -> bool:
    """Whether an event-based gateway can wait for a node: a receive task, or an event of the kinds that come."""
    if node is None or node.kind == "receiveTask":
        return True
    return (
        node.kind == "intermediateCatchEvent"
        and bool(node.events)
        and _CAUGHT.issuperset(event.kind for event in node.events)
    )


def _unchosen(model: Model) -> frozenset[str]:
    """The ad-hoc sub-processes in which all that can be begun is automatic: nobody chooses what is done first."""
    begun: dict[str, list[bool]] = {}
    for node in model.nodes:
        is_begun = node.is_activity and not model.incoming[node.id] and not node.triggered_by_event
        if is_begun and node.scope in model.node and model.node[node.scope].kind == "adHocSubProcess":
            begun.setdefault(node.scope, []).append(node.is_automatic)
    return frozenset(frame for frame, automatic in begun.items() if all(automatic))


def _is_transaction(model: Model, scope: str) -> bool:
    return scope in model.node and model.node[scope].kind == "transaction"


def _unrunnable_calls(model: Model, library: Mapping[str, Model]) -> Iterator[Problem]:
    """Calls into a file of the library that itself cannot be run."""
    holders: dict[str, str] = {}
    for key, holder in library.items():
        for process in holder.processes:
            holders.setdefault(process.id, key)
    broken: dict[str, bool] = {}
    for node in model.nodes:
        if node.kind != "callActivity" or any(name in model.process for name in called_names(node.called)):
            continue
        keys = [holders[name] for name in called_names(node.called) if name in holders]
        if keys and _is_broken(keys[0], library, holders, broken):
            yield found(model, ("unsupported-element", "called-file"), node.id, stops="run", value=node.called)


def _is_broken(key: str, library: Mapping[str, Model], holders: Mapping[str, str], broken: dict[str, bool]) -> bool:
    """Whether a file of the library, or one that it calls, cannot be run; each is looked at once."""
    todo, seen = [key], {key}
    while todo:
        here = todo.pop()
        model = library[here]
        if here not in broken:
            faults = [*model.faults, *_own(model), *expressions(model)]
            broken[here] = any(fault.stops != "nothing" for fault in faults)
        if broken[here]:
            return True
        for node in model.nodes:
            for name in called_names(node.called) if node.kind == "callActivity" and node.called else ():
                if name in holders and holders[name] not in seen:
                    seen.add(holders[name])
                    todo.append(holders[name])
    return False
