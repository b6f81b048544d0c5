"""What messages are correlated by: the keys of their conversations, and what processes subscribe to.

A message carries the properties of a key where the file says how they are found in it. The first such message of a
case, sent or received, fixes the values of its key; every later one must have the same. A subscription finds the values
in the data of the case instead. Properties are named by their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bpmn.errors import BpmnError
from bpmn.expression import Environment, Expression, evaluate, read_expression
from engine.spiff.values import canonical, plain

if TYPE_CHECKING:
    from engine.spiff.case import Case
    from engine.spiff.places import Places
    from engine.spiff.token import Token


@dataclass(frozen=True, kw_only=True)
class Correlation:
    """The correlation properties of a program."""

    #: By message and property, where the property is found in what the message carries.
    carried: Mapping[str, Mapping[str, Expression]] = field(default_factory=dict)
    #: By process and property, where a subscription finds it in the data of the case.
    subscribed: Mapping[str, Mapping[str, Expression]] = field(default_factory=dict)

    def of_message(self, environment: Environment, reference: str, data: Mapping[str, Any]) -> str:
        """What a message with such data is correlated by."""
        return canonical(_values(environment, self.carried.get(reference, {}), data))

    def fix(self, case: Case, reference: str, data: Mapping[str, Any]) -> None:
        """A message was sent or received: the values of its keys are known from now on."""
        found = _values(case.environment, self.carried.get(reference, {}), data)
        known = case.memory.get("k", {})
        new = {name: value for name, value in found.items() if name not in known}
        if new:
            case.memory = {**case.memory, "k": {**known, **new}}

    def expected(self, token: Token, reference: str) -> str:
        """What a message must be correlated with to be the one a token waits for; empty where any will do."""
        properties = self.carried.get(reference)
        if not properties:
            return ""
        case, node = token.workflow, token.task_spec.node
        known = dict(case.memory.get("k", {}))
        paths = self.subscribed.get(node.process, {}) if node is not None else {}
        wanted = {name: path for name, path in paths.items() if name in properties}
        known.update(_values(case.environment, wanted, case.view(token)) if wanted else {})
        return canonical({name: known[name] for name in properties if name in known})


def _values(environment: Environment, paths: Mapping[str, Expression], data: Mapping[str, Any]) -> dict[str, Any]:
    """The values of properties; what is not there is left out."""
    found = {}
    for name, path in paths.items():
        try:
            value = evaluate(path, data, environment)
        except BpmnError:
            continue
        if value is not None:
            found[name] = plain(value)
    return found


def correlation_of(made: Iterable[Places]) -> Correlation:
    """Read the correlation properties of the files of a program."""
    carried: dict[str, dict[str, Expression]] = {}
    subscribed: dict[str, dict[str, Expression]] = {}
    for places in made:
        for detail in places.model.details:
            if not detail.text:
                continue
            if detail.kind == "correlationPropertyRetrievalExpression" and detail.first("messageRef"):
                path = read_expression(detail.text, "", places.known, is_condition=False)
                carried.setdefault(detail.first("messageRef"), {})[detail.owner] = path
            elif detail.kind == "correlationPropertyBinding":
                path = read_expression(detail.text, "", places.known, is_condition=False)
                subscribed.setdefault(detail.owner, {})[detail.first("correlationPropertyRef")] = path
    return Correlation(carried=carried, subscribed=subscribed)
