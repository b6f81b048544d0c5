"""The rules that need the XML itself: references, cardinalities, values of attributes, expressions without a language.

What is allowed stands in `tables`; what each id is knows the walk that went before. No element is kept, so that a
large file costs no more memory than its tree.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bpmn.check.rules import RULES
from bpmn.check.specification.rule import Rule
from bpmn.check.specification.tables import (
    ADDRESSES,
    CHILDREN,
    EXPRESSIONS,
    ITEM_AWARE,
    NUMBERS,
    REFERENCES,
    Children,
    Number,
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
    _row("data-in-no-set", "10.4.1", "An input or output that nothing names is never asked for or given."),
    _row("collection-differs", "10.4.1", "What is of a type that is a collection is a collection."),
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
#: Which set holds each kind of data.
_SET_OF = {"dataInput": "inputSet", "dataOutput": "outputSet"}
#: Data that says of itself whether it is a collection.
_COLLECTIONS = frozenset(("dataObject", "dataInput", "dataOutput"))
_MESSAGE, _ITEM, _PROCESS = tag("message"), tag("itemDefinition"), tag("process")
_DATA_ASSOCIATIONS = (tag("dataInputAssociation"), tag("dataOutputAssociation"))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    """What is asked of the elements of one kind."""

    kind: str
    numbers: tuple[Number, ...]
    address: str
    references: tuple[Reference, ...]
    children: tuple[Children, ...]
    #: The tags of the children that are counted.
    counted: frozenset[str]
    #: Whether it must hold something.
    is_never_empty: bool
    is_collection: bool
    #: The set beside it that names data of this kind.
    set: str
    #: Whether more is asked of it in an executable process.
    is_executed: bool


def _asked(kind: str) -> _Asked:
    rows = CHILDREN.get(kind, ())
    return _Asked(
        kind=kind,
        numbers=NUMBERS.get(kind, ()),
        address=ADDRESSES.get(kind, ("", ""))[0],
        references=REFERENCES.get(kind, ()),
        children=rows,
        counted=frozenset(tag(name) for row in rows for name in row.names),
        is_never_empty=any(row.least for row in rows),
        is_collection=kind in _COLLECTIONS,
        set=_SET_OF.get(kind, ""),
        is_executed=kind in EXPRESSIONS or kind == "messageEventDefinition",
    )


#: Every element that anything is asked of, by its tag.
_JUDGED = {
    tag(kind): _asked(kind)
    for kind in (*NUMBERS, *ADDRESSES, *REFERENCES, *CHILDREN, *EXPRESSIONS, *ITEM_AWARE, "messageEventDefinition")
}


def judge(root: Any, walk: Walk) -> None:
    """Tell what in a file breaks the tables of the specification."""
    _Judge(walk, _Known(root)).run(root)


class _Known:
    """What must be known of a file before anything in it is judged; no element is kept, only what it says."""

    def __init__(self, root: Any) -> None:
        #: Item definitions that are collections, and those that name a structure.
        self.collections: set[str] = set()
        self.structured: set[str] = set()
        #: The item definition each message is of, those left out that a tool binds by attributes of its own.
        self.messages: dict[str, str] = {}
        #: Whether types are XML Schema's, as they are where a file says nothing; those of a tool are its own matter.
        self.has_schema_types = "XMLSchema" in (attribute(root, "typeLanguage") or "XMLSchema")
        for one in root.iter(_MESSAGE, _ITEM):
            if one.tag == _MESSAGE:
                if not _has_foreign(one):
                    self.messages[attribute(one, "id")] = attribute(one, "itemRef")
                continue
            if flag(one, "isCollection"):
                self.collections.add(attribute(one, "id"))
            if attribute(one, "structureRef"):
                self.structured.add(attribute(one, "id"))


class _Judge:
    def __init__(self, walk: Walk, known: _Known) -> None:
        self.walk = walk
        self.known = known
        #: Inputs and outputs beside sets, and every id that something refers to.
        self.ends: set[str] = set()
        self.referred: set[str] = set()

    def run(self, root: Any) -> None:
        for top in root.iterchildren(f"{_PREFIX}*"):
            executable = top.tag == _PROCESS and flag(top, "isExecutable")
            for element in top.iter(f"{_PREFIX}*"):
                asked = _JUDGED.get(element.tag)
                if asked is None:
                    continue
                self._look(element, asked)
                if executable and asked.is_executed:
                    self._look_as_executable(element, asked.kind)
        for data in root.iter(*map(tag, _SET_OF)) if self.ends - self.referred else ():
            self._judge_end(data)

    def _look(self, element: Any, asked: _Asked) -> None:
        for number in asked.numbers:
            if element.get(number.name) is not None:
                self._judge_number(element, number.name, number.least)
        if asked.address:
            self._judge_address(element, asked.address)
        if asked.references:
            for named, reference, text in _references(element, asked.references):
                self._judge_reference(named, reference, text)
        if asked.children and (asked.is_never_empty or not asked.counted.isdisjoint([child.tag for child in element])):
            self._judge_children(element, asked.kind)
        if asked.is_collection:
            self._judge_collection(element)
        if asked.set and element.getparent().find(tag(asked.set)) is not None:
            self.ends.add(attribute(element, "id"))

    def _look_as_executable(self, element: Any, kind: str) -> None:
        if kind in EXPRESSIONS:
            self._judge_expression(element, kind)
        elif kind == "messageEventDefinition" and element.find(tag("operationRef")) is None:
            self._judge_operation(element)

    def _report(self, rule: str, element: Any, severity: str, stops: str, **details: str) -> None:
        case = ("bpmn-rule", rule)
        short = {name: value[:80] for name, value in details.items()}
        self.walk.report(*case, element, RULES[case], severity=severity, stops=stops, **short)

    # Attributes

    def _judge_number(self, element: Any, name: str, least: int) -> None:
        text = attribute(element, name)
        if text and _INTEGER.fullmatch(text) and int(text) < least:
            self._report("number-range", element, "error", "all", attribute=name, value=text, least=str(least))

    def _judge_address(self, element: Any, name: str) -> None:
        text = attribute(element, name)
        if not _ADDRESS.fullmatch(text):
            self._report("address", element, "error", "run", attribute=name, value=text)

    # Children

    def _judge_children(self, element: Any, kind: str) -> None:
        names = [child.tag[len(_PREFIX) :] for child in element.iterchildren(f"{_PREFIX}*")]
        for row in CHILDREN[kind]:
            count = 0 if row.names.isdisjoint(names) else sum(name in row.names for name in names)
            if row.most is not None and count > row.most:
                rule = "too-many-children" if row.most else "misplaced-child"
                self._wrong_children(rule, element, kind, row)
            elif count < row.least:
                self._wrong_children("missing-child", element, kind, row)

    def _wrong_children(self, rule: str, element: Any, kind: str, row: Children) -> None:
        child = " | ".join(sorted(row.names))
        self._report(rule, element, row.severity, row.stops, kind=kind, child=child)

    # References

    def _judge_reference(self, element: Any, reference: Reference, text: str) -> None:
        id_ = self.walk.resolve(text, element)
        self.referred.add(id_)
        kind = self.walk.named(id_)
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

    # Data

    def _judge_collection(self, data: Any) -> None:
        """Data that does not say whether it is a collection is what its type is; a collection may be of one type."""
        item = self.walk.resolve(attribute(data, "itemSubjectRef"), data)
        says_no = data.get("isCollection") is not None and not flag(data, "isCollection")
        if says_no and item in self.known.collections:
            self._report("collection-differs", data, "error", "run", value=item)

    def _judge_end(self, data: Any) -> None:
        """An input or output beside sets that neither a set nor an association nor a loop names."""
        id_ = attribute(data, "id")
        if id_ and id_ in self.ends and id_ not in self.referred:
            kind = _SET_OF[data.tag[len(_PREFIX) :]]
            self._report("data-in-no-set", data, "error", "run", value=id_, kind=kind)

    # Expressions

    def _judge_expression(self, element: Any, kind: str) -> None:
        if element.get(_TYPE) is not None:
            return
        text = text_of(element)
        if text and _is_prose(text, may_be_name=kind == "conditionExpression"):
            self._report("prose-expression", element, "error", "run", kind=kind, value=text)

    def _judge_operation(self, definition: Any) -> None:
        """A message without type needs no operation, nor does one that a tool binds by an attribute of its own."""
        message = self.walk.resolve(attribute(definition, "messageRef"), definition)
        item = self.known.messages.get(message, "")
        is_typed = self.known.has_schema_types and self.walk.resolve(item, definition) in self.known.structured
        if is_typed and not _has_foreign(definition):
            self._report("operation-missing", definition, "error", "run", value=message)


def _has_foreign(element: Any) -> bool:
    """Whether a tool wrote attributes of its own."""
    return any(name.startswith("{") for name in element.attrib)


def _references(element: Any, references: tuple[Reference, ...]) -> Iterator[tuple[Any, Reference, str]]:
    """What an element names: the element that says so, the row of the table, the text."""
    for reference in references:
        if not reference.child:
            text = attribute(element, reference.name)
            if text:
                yield element, reference, text
            continue
        for child in element.iterchildren(tag(reference.name)):
            text = text_of(child)
            if text:
                yield child, reference, text


def _is_prose(text: str, *, may_be_name: bool) -> bool:
    """Whether a text is nothing an engine could read: neither a value nor a formula, nor the name of a variable."""
    if _FORMAL.fullmatch(text) or _OPERATOR.search(text):
        return False
    return not (may_be_name and _NAME.fullmatch(text))
