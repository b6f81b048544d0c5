"""What a rule is: its name, where it stands, how grave a breach of it is, why, and how breaches are found."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from bpmn.check.rules import found
from bpmn.model import Model, Node
from bpmn.problem import MAX_FAULTS, Problem


@dataclass(frozen=True, kw_only=True)
class Breach:
    """One element that breaks a rule, and what the sentence about it speaks of."""

    element: str
    details: Mapping[str, str] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule."""

    name: str
    #: The section of BPMN 2.0.2 that states it; empty for a matter of good drawing.
    section: str
    severity: str
    stops: str
    #: "analysis", or "run" for what only a live case trips over.
    purpose: str
    #: Why it is a rule, in one line.
    reason: str
    #: What finds its breaches in a model; nothing where only the XML shows them.
    find: Callable[[Model], Iterable[Breach]] | None = None
    #: The BPMN elements it speaks of: a model that holds none of them keeps it. Empty for a rule about every model.
    about: frozenset[str] = frozenset()


def rule(
    name: str,
    section: str,
    *,
    severity: str = "error",
    stops: str = "all",
    purpose: str = "analysis",
    about: Collection[str] = (),
) -> Callable[[Callable[[Model], Iterable[Breach]]], Rule]:
    """Make a rule of the function that finds its breaches; its docstring is the reason."""

    def made(find: Callable[[Model], Iterable[Breach]]) -> Rule:
        grave = stops if severity == "error" else "nothing"
        return Rule(
            name=name,
            section=section,
            severity=severity,
            stops=grave,
            purpose=purpose,
            reason=(find.__doc__ or "").strip(),
            find=find,
            about=frozenset(about),
        )

    return made


def breach(element: str, *, line: int = 0, **details: str) -> Breach:
    """Say that an element breaks a rule."""
    return Breach(element=element, details=details, line=line)


def broken(model: Model, rules: Iterable[Rule], *, purpose: str) -> Iterator[Problem]:
    """Tell every breach of some rules, the first thousand of each."""
    kinds = _kinds(model)
    for known in rules:
        if known.find is None or (known.purpose == "run" and purpose != "run"):
            continue
        if known.about and known.about.isdisjoint(kinds):
            continue
        case = ("bpmn-rule", known.name)
        for one in islice(known.find(model), MAX_FAULTS):
            yield found(
                model,
                case,
                one.element,
                severity=known.severity,
                stops=known.stops,
                line=one.line,
                **one.details,
            )


def _kinds(model: Model) -> frozenset[str]:
    """The BPMN names of everything a model holds, event definitions, loops and conditions among it."""
    found = {node.kind for node in model.nodes} | {detail.kind for detail in model.details}
    found.update(f"{event.kind}EventDefinition" for node in model.nodes for event in node.events)
    found.update(element.kind for group in (model.data, model.artifacts, model.roots) for element in group)
    held: dict[str, object] = {"participant": model.pools, "lane": model.lanes, "messageFlow": model.message_flows}
    held["loopCharacteristics"] = any(node.loop for node in model.nodes)
    held["conditionExpression"] = any(flow.condition for flow in model.flows)
    found.update(name for name, holds in held.items() if holds)
    return frozenset(found)


def called(node: Node) -> str:
    """What people call a node: its name, else its id."""
    return node.name.strip() or node.id


def executable_of(model: Model) -> set[str]:
    """The processes that are meant for a machine."""
    return {process.id for process in model.processes if process.executable}


def end(model: Model, node: str) -> str:
    """What people call the node at an end of a flow, also where there is none."""
    return called(model.node[node]) if node in model.node else node
