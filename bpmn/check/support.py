"""What a live case would trip over although it can be drawn, judged and simulated: told with `--for run` only."""

import re
from collections.abc import Iterator

from bpmn.check.drawing import conditions
from bpmn.check.rules import found
from bpmn.model import Model, Node
from bpmn.problem import Problem

#: Text in quotes, so that signs inside a text are not read as signs of a language.
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"")
_NAME = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_LITERAL = r"(?:\"[^\"\\]*\"|-?[0-9]{1,34}(?:\.[0-9]{1,34})?|true|false|null)"
#: Forms of `${…}` that mean the same in our language.
_SAME_MEANING = re.compile(
    rf"\$\{{\s*{_NAME}\s*\}}"
    rf"|\$\{{\s*{_NAME}\s*(?:==|!=|<=|>=|<|>)\s*{_LITERAL}\s*\}}"
    rf"|\$\{{\s*{_NAME}\.contains\(\s*\"[^\"\\]*\"\s*\)\s*\}}"
)
#: Signs our language does not have.
_FOREIGN = re.compile(r"\$\{|#\{|==|&&|\|\||!(?!=)|'|;|\\|\?|%|`|\blambda\b|\bimport\b|__")
#: Longest condition looked at.
_MOST = 2_000

_UNSUPPORTED = {"complexGateway": "complex-gateway", "adHocSubProcess": "ad-hoc", "transaction": "transaction"}


def support(model: Model) -> Iterator[Problem]:
    """Everything that stops a live case and nothing else."""
    yield from conditions(model)
    for node in model.nodes:
        rule = _UNSUPPORTED.get(node.kind)
        if rule is not None:
            yield found(model, ("unsupported-element", rule), node.id, stops="run")
        if node.event("compensate") is not None:
            yield found(model, ("unsupported-element", "compensation"), node.id, stops="run")
        if node.script:
            yield found(model, ("unsafe-expression", "script"), node.id, stops="run")
        for text in _expressions(node):
            if is_foreign(text):
                yield found(model, ("unsafe-expression", "foreign"), node.id, stops="run", value=text)
    for flow in model.flows:
        if flow.condition and is_foreign(flow.condition):
            yield found(model, ("unsafe-expression", "foreign"), flow.id, stops="run", value=flow.condition)


def _expressions(node: Node) -> Iterator[str]:
    for event in node.events:
        if event.kind == "conditional" and event.expression:
            yield event.expression
    if node.loop is not None and node.loop.condition:
        yield node.loop.condition


def is_foreign(text: str) -> bool:
    """Whether an expression is surely written in another language than ours and cannot be read as ours.

    >>> is_foreign('${state == "open"}'), is_foreign("${list.size() > 3}"), is_foreign("amount > 3")
    (False, True, False)
    """
    if len(text) > _MOST:
        return True
    if _SAME_MEANING.fullmatch(text.strip()):
        return False
    return _FOREIGN.search(_QUOTED.sub('""', text)) is not None
