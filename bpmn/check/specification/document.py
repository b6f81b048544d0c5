"""The rules that need the XML itself: references, cardinalities, values of attributes, expressions without a language.

One pass over the tree while a file is read; what is allowed stands in `tables`. References are judged after the pass,
when the kind of every id is known.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from bpmn.check.rules import RULES
from bpmn.check.specification.rule import Rule
from bpmn.check.specification.tables import (
    ADDRESSES,
    CHILDREN,
    EXPRESSIONS,
    NUMBERS,
    REFERENCES,
    Children,
    Reference,
)
from bpmn.elements import attribute, flag, tag, text_of
from bpmn.walk import Walk
from bpmn.xml import BPMN


def _row(name: str, section: str, reason: str, *, stops: str = "run") -> Rule:
    return Rule(name=name, section=section, severity="error", stops=stops, purpose="analysis", reason=reason)


#: The rules told here; a row of a table may be milder.
DOCUMENT = (
    _row("reference-kind", "8.3", "What is named must be of the kind that is asked for."),
    _row("too-many-children", "8 to 10", "Of two where one may stand nobody can say which one counts.", stops="all"),
    _row("missing-child", "8 to 10", "Without this part the element says nothing."),
    _row("misplaced-child", "8 to 10", "The element may not have this part."),
    _row("number-range", "9.3.1, 10.3", "Tokens, participants and rounds have a least number.", stops="all"),
    _row("address", "10.3.5", "The protocol of a transaction is named by an address."),
    _row("prose-expression", "8.4.6", "An expression in plain words is for people; no engine can run it."),
    _row("operation-missing", "10.5.5", "A typed message of an executable process is for one operation."),
)

_PREFIX = f"{{{BPMN}}}"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
#: An address has a scheme before its colon, or is relative; blanks and loose per cent signs are in none.
_ADDRESS = re.compile(r"(?:[^\s%<>\"{}|\\^`]|%[0-9A-Fa-f]{2})*")
#: Text an engine wrote for itself: a marked expression, a number, a text in quotes, a point or span of time.
_FORMAL = re.compile(
    r"=.*|[$#]\{.*|[+-]?[0-9]+(?:\.[0-9]+)?|\"[^\"]*\"|'[^']*'|(?:R[0-9]*/)?[P0-9][-:0-9YMWDTHSZ.,+/P]*", re.DOTALL
)
_OPERATOR = re.compile(r"[<>=!+*/()\[\]]|&&|\|\||\b(?:and|or|not|in|true|false|null)\b")
_NAME = re.compile(r"[^\W\d]\w*(?:\.\w+)*")
_MOST_NAMED = 3
_DATA_ASSOCIATIONS = (tag("dataInputAssociation"), tag("dataOutputAssociation"))


class _Named(NamedTuple):
    element: Any
    reference: Reference
    text: str


def judge(root: Any, walk: Walk) -> None:
    """Tell what in a file breaks the tables of the specification."""
    _Pass(walk).run(root)


class _Pass:
    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        #: What each id of the file is; empty where it is two things at once.
        self.kinds: dict[str, str] = {}
        self.named: list[_Named] = []
        self.messages: dict[str, Any] = {}
        self.unserved: list[Any] = []

    def run(self, root: Any) -> None:
        for top in root.iterchildren(f"{_PREFIX}*"):
            executable = top.tag == tag("process") and flag(top, "isExecutable")
            for element in top.iter(f"{_PREFIX}*"):
                self._look(element, element.tag[len(_PREFIX) :], executable=executable)
        for named in self.named:
            self._judge_reference(named)
        for definition in self.unserved:
            self._judge_operation(definition)

    def _look(self, element: Any, kind: str, *, executable: bool) -> None:
        id_ = element.get("id")
        if id_ is not None and self.kinds.setdefault(id_, kind) != kind:
            self.kinds[id_] = ""
        for number in NUMBERS.get(kind, ()):
            self._judge_number(element, number.name, number.least)
        if kind in ADDRESSES:
            self._judge_address(element, ADDRESSES[kind][0])
        references = REFERENCES.get(kind, ())
        self.named += _references(element, references)
        if kind in CHILDREN:
            self._judge_children(element, kind)
        if kind == "message":
            self.messages[attribute(element, "id")] = element
        if executable:
            if kind in EXPRESSIONS:
                self._judge_expression(element, kind)
            elif kind == "messageEventDefinition" and element.find(tag("operationRef")) is None:
                self.unserved.append(element)

    def _report(self, rule: str, element: Any, severity: str, stops: str, **details: str) -> None:
        case = ("bpmn-rule", rule)
        short = {name: value[:80] for name, value in details.items()}
        self.walk.report(*case, element, RULES[case], severity=severity, stops=stops, **short)

    # Attributes

    def _judge_number(self, element: Any, name: str, least: int) -> None:
        text = attribute(element, name)
        if _INTEGER.fullmatch(text) and int(text) < least:
            self._report("number-range", element, "error", "all", attribute=name, value=text, least=str(least))

    def _judge_address(self, element: Any, name: str) -> None:
        text = attribute(element, name)
        if not _ADDRESS.fullmatch(text):
            self._report("address", element, "error", "run", attribute=name, value=text)

    # Children

    def _judge_children(self, element: Any, kind: str) -> None:
        names = [child.tag[len(_PREFIX) :] for child in element.iterchildren(f"{_PREFIX}*")]
        for row in CHILDREN[kind]:
            count = sum(name in row.names for name in names)
            if row.most is not None and count > row.most:
                rule = "too-many-children" if row.most else "misplaced-child"
                self._wrong_children(rule, element, kind, row)
            elif count < row.least:
                self._wrong_children("missing-child", element, kind, row)

    def _wrong_children(self, rule: str, element: Any, kind: str, row: Children) -> None:
        child = " | ".join(sorted(row.names))
        self._report(rule, element, row.severity, row.stops, kind=kind, child=child)

    # References

    def _judge_reference(self, named: _Named) -> None:
        element, reference, text = named
        id_ = self.walk.resolve(text, element)
        kind = self.kinds.get(id_, "")
        if kind and kind not in reference.kinds and not self._is_own_step(element, id_):
            expected = sorted(reference.kinds)
            shown = " | ".join(expected[:_MOST_NAMED]) + " | …" * (len(expected) > _MOST_NAMED)
            details = {"attribute": reference.name, "value": text, "kind": kind, "expected": shown}
            self._report("reference-kind", element, "error", "run", **details)

    def _is_own_step(self, element: Any, id_: str) -> bool:
        """Whether a data association names the step it stands in instead of an input or output of it."""
        return (
            element.getparent().tag in _DATA_ASSOCIATIONS and self.walk.owner(element.getparent().getparent()).id == id_
        )

    # Expressions

    def _judge_expression(self, element: Any, kind: str) -> None:
        if element.get(_TYPE) is not None:
            return
        text = text_of(element)
        if text and _is_prose(text, may_be_name=kind == "conditionExpression"):
            self._report("prose-expression", element, "error", "run", kind=kind, value=text)

    def _judge_operation(self, definition: Any) -> None:
        """A message without type needs no operation, nor does one that a tool binds by an attribute of its own."""
        message = self.messages.get(self.walk.resolve(attribute(definition, "messageRef"), definition))
        if message is None or not attribute(message, "itemRef"):
            return
        if any(name.startswith("{") for name in (*definition.keys(), *message.keys())):
            return
        self._report("operation-missing", definition, "error", "run", value=attribute(message, "id"))


def _references(element: Any, references: tuple[Reference, ...]) -> Iterator[_Named]:
    for reference in references:
        if not reference.child:
            text = attribute(element, reference.name)
            if text:
                yield _Named(element, reference, text)
            continue
        for child in element.iterchildren(tag(reference.name)):
            text = text_of(child)
            if text:
                yield _Named(child, reference, text)


def _is_prose(text: str, *, may_be_name: bool) -> bool:
    """Whether a text is nothing an engine could read: neither a value nor a formula, nor the name of a variable."""
    if _FORMAL.fullmatch(text) or _OPERATOR.search(text):
        return False
    return not (may_be_name and _NAME.fullmatch(text))
