"""What a rule is: its name, where it stands, how grave a breach of it is, why, and how breaches are found."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
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


#: What finds the breaches of a rule in a model.
Finder = Callable[[Model], Iterable[Breach]]


@dataclass(frozen=True, kw_only=True, eq=False)
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
    find: Finder | None = None
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
) -> Callable[[Finder], Rule]:
    """Make a rule of the function that finds its breaches; its docstring is the reason."""

    def made(find: Finder) -> Rule:
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


def broken(model: Model, rules: tuple[Rule, ...], *, purpose: str) -> Iterator[Problem]:
    """Tell every breach of some rules, the first thousand of each."""
    for known, find in _asked(rules, _kinds(model), purpose):
        for one in islice(find(model), MAX_FAULTS):
            yield found(
                model,
                ("bpmn-rule", known.name),
                one.element,
                severity=known.severity,
                stops=known.stops,
                line=one.line,
                **one.details,
            )


#: Sets of kinds for which the rules that speak of them are remembered: files of one tool hold much the same.
_REMEMBERED = 256


@lru_cache(_REMEMBERED)
def _asked(rules: tuple[Rule, ...], kinds: frozenset[str], purpose: str) -> tuple[tuple[Rule, Finder], ...]:
    """The rules that a model of these kinds can break, each with what finds its breaches."""
    purposes = ("analysis", purpose)
    asked = (
        known for known in rules if known.purpose in purposes and not (known.about and known.about.isdisjoint(kinds))
    )
    return tuple((known, known.find) for known in asked if known.find is not None)


#: Under which name a model keeps its kinds.
_KINDS = "_kinds"


def _kinds(model: Model) -> frozenset[str]:
    """The BPMN names of everything a model holds, worked out once for each model."""
    known: frozenset[str] | None = vars(model).get(_KINDS)
    if known is None:
        known = vars(model)[_KINDS] = _kinds_in(model)
    return known


def _kinds_in(model: Model) -> frozenset[str]:
    """The BPMN names of everything a model holds, event definitions, loops and conditions among it."""
    kinds: set[str] = set()
    for node in model.nodes:
        kinds.add(node.kind)
        if node.events:
            kinds.update([f"{event.kind}EventDefinition" for event in node.events])
        if node.loop is not None:
            kinds.add("loopCharacteristics")
    for group in (model.details, model.data, model.artifacts, model.roots):
        if group:
            kinds.update([element.kind for element in group])
    held = (model.pools, "participant"), (model.lanes, "lane"), (model.message_flows, "messageFlow")
    kinds.update([name for elements, name in held if elements])
    if any(flow.condition for flow in model.flows):
        kinds.add("conditionExpression")
    return frozenset(kinds)


def called(node: Node) -> str:
    """What people call a node: its name, else its id."""
    return node.name.strip() or node.id


def executable_of(model: Model) -> set[str]:
    """The processes that are meant for a machine."""
    return {process.id for process in model.processes if process.executable}


def end(model: Model, node: str) -> str:
    """What people call the node at an end of a flow, also where there is none."""
    return called(model.node[node]) if node in model.node else node
