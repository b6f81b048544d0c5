"""Decisions by rules: a DMN 1.1, 1.2 or 1.3 file as a value, its tables with every cell read.

A file is read by the one XML parser of the house. What cannot be understood becomes a fault of the file or of a cell
and stays told; nothing is guessed. What a table leaves open, or answers twice, is found by `bpmn.check.decisions`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from lxml.etree import QName

from bpmn.errors import UnreadableExpression
from bpmn.expression import Expression, odd_names, parse_cell, read_cell, read_expression
from bpmn.problem import Problem
from bpmn.xml import Limits, load, parse, refusal

#: Most characters of different cells and expressions that are read.
MAX_TEXT = 1_000_000
#: The versions by a part of their namespace; 1.4 and 1.5 say nothing else of what is read here.
_VERSIONS = (
    ("20151101", "1.1"), ("20180521", "1.2"), ("20191111", "1.3"), ("20211108", "1.4"), ("20230324", "1.5"),
)  # fmt: skip
#: How a decision is drawn up where it is neither a table nor an expression.
OTHER_LOGIC = frozenset(
    ("invocation", "context", "functionDefinition", "relation", "list", "conditional", "for", "every", "some", "filter")
)
HIT_POLICIES = frozenset(("UNIQUE", "ANY", "PRIORITY", "FIRST", "COLLECT", "RULE ORDER", "OUTPUT ORDER"))
AGGREGATIONS = frozenset(("", "SUM", "COUNT", "MIN", "MAX"))
#: The kind of value a type stands for; names of types differ between tools and versions.
_KINDS = {
    **dict.fromkeys(("number", "double", "decimal", "float"), "number"),
    **dict.fromkeys(("integer", "int", "long", "short"), "whole number"),
    **dict.fromkeys(("boolean", "bool"), "boolean"),
    **dict.fromkeys(("string", "text"), "text"),
    "date": "date",
    "time": "time",
    **dict.fromkeys(("datetime", "date and time", "dateandtime"), "date-time"),
    **dict.fromkeys(("days and time duration", "daytimeduration"), "duration"),
    **dict.fromkeys(("years and months duration", "yearmonthduration"), "months"),
}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A piece of text in a decision: what it means, or why it cannot be read."""

    text: str
    expression: Expression | None = None
    fault: UnreadableExpression | None = field(default=None, compare=False)
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True)
class TableInput:
    """A column a table asks: what is asked, and which values there are."""

    id: str = ""
    label: str = ""
    #: What its cells are asked about.
    expression: Cell
    #: "number", "whole number", "text", "boolean", "date", "time", "date-time", "duration", "months"; else empty.
    kind: str = ""
    #: The values there are, where the file says so.
    allowed: Cell | None = None

    @property
    def name(self) -> str:
        """What people call it: what is asked, or else its label or id."""
        return self.expression.text or self.label or self.id


@dataclass(frozen=True, kw_only=True)
class TableOutput:
    """A column a table answers in."""

    id: str = ""
    #: The name of the value in the answer; empty where there is one output.
    name: str = ""
    label: str = ""
    kind: str = ""
    #: The values there are, the most important first; what PRIORITY and OUTPUT ORDER go by.
    allowed: Cell | None = None
    #: The answer where no rule holds.
    default: Cell | None = None


@dataclass(frozen=True, kw_only=True)
class TableRule:
    """A row: one test for each input, one answer for each output."""

    id: str = ""
    tests: tuple[Cell, ...]
    outputs: tuple[Cell, ...]
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True)
class Table:
    """A decision table."""

    #: One of `HIT_POLICIES`.
    hit_policy: str = "UNIQUE"
    #: Of COLLECT: one of `AGGREGATIONS`.
    aggregation: str = ""
    inputs: tuple[TableInput, ...]
    outputs: tuple[TableOutput, ...]
    rules: tuple[TableRule, ...]


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """A call of a knowledge model: its name, and the value each of its parameters gets."""

    called: str
    bindings: tuple[tuple[str, Cell], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A question and how it is answered."""

    id: str
    name: str = ""
    #: The name of its answer, where the file gives one.
    variable: str = ""
    table: Table | None = None
    #: The expression that answers it.
    expression: Cell | None = None
    #: The knowledge model that answers it.
    invocation: Invocation | None = None
    #: How else it is answered: one of `OTHER_LOGIC`; empty where one of the above or nothing answers it.
    other: str = ""
    #: Ids of the decisions, inputs and knowledge models it needs; with `#` in them, those of other files.
    decisions: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    knowledge: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True)
class NamedInput:
    """Data that decisions ask for."""

    id: str
    name: str = ""
    kind: str = ""


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """A business knowledge model: logic other decisions call with parameters."""

    id: str
    name: str = ""
    parameters: tuple[str, ...] = ()
    table: Table | None = None
    expression: Cell | None = None
    invocation: Invocation | None = None
    #: How else it is answered: one of `OTHER_LOGIC`.
    other: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True)
class Decisions:
    """One DMN file."""

    id: str = ""
    name: str = ""
    #: "1.1", "1.2", "1.3" …; empty for a namespace of none of them.
    version: str = ""
    decisions: tuple[Decision, ...] = ()
    inputs: tuple[NamedInput, ...] = ()
    knowledge: tuple[Knowledge, ...] = ()
    #: Faults seen while reading; `bpmn.check.decisions` adds what it finds.
    faults: tuple[Problem, ...] = field(default=(), compare=False)

    @cached_property
    def decision(self) -> Mapping[str, Decision]:
        """Every decision by id."""
        return {decision.id: decision for decision in self.decisions}


def read_decisions(source: bytes | Path, *, limits: Limits | None = None) -> Decisions:
    """Read a DMN file, or its bytes; raises `UnreadableFile` where it is none."""
    limits = limits or Limits()
    root = parse(load(source, limits), limits)
    name = QName(root)
    if "/DMN/" not in (name.namespace or "") or name.localname != "definitions":
        sentence = "This is no DMN file with decisions: its root is {found}. Export the decisions as DMN 1.3 XML."
        raise refusal("not-bpmn", "no-decisions", sentence, line=root.sourceline or 0, found=name.localname[:80])
    if sum(map(len, {"".join(text.itertext()) for text in root.iter("{*}text")})) > MAX_TEXT:
        sentence = "The decisions hold more than {limit} characters of cells. Divide them into several files."
        raise refusal("not-bpmn", "too-many-cells", sentence, limit=f"{MAX_TEXT:,}")
    return _Reader(root).decisions()


class _Reader:
    """A DMN file being read."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self.language = str(root.get("expressionLanguage") or "")
        self.faults: list[Problem] = []
        self.names = odd_names(self._all_names())
        self.types: dict[str, tuple[str, str]] = {}
        for element in _children(root, "itemDefinition"):
            values = next(_children(element, "allowedValues"), None)
            self.types[_name(element)] = (_type(element), _text(values))

    def _all_names(self) -> Iterator[str]:
        """Names of the file that expressions may use, whatever signs are in them."""
        kinds = (
            "inputData", "decision", "variable", "formalParameter", "itemComponent", "businessKnowledgeModel", "output",
        )  # fmt: skip
        for element in self.root.iter(*(f"{{*}}{kind}" for kind in kinds)):
            yield _name(element)

    def decisions(self) -> Decisions:
        namespace = QName(self.root).namespace or ""
        return Decisions(
            id=str(self.root.get("id") or ""),
            name=_name(self.root),
            version=next((version for part, version in _VERSIONS if part in namespace), ""),
            decisions=tuple(map(self._decision, _children(self.root, "decision"))),
            inputs=tuple(map(self._input_data, _children(self.root, "inputData"))),
            knowledge=tuple(map(self._knowledge, _children(self.root, "businessKnowledgeModel"))),
            faults=tuple(self.faults),
        )

    def _decision(self, element: Any) -> Decision:
        variable = next(_children(element, "variable"), None)
        required: dict[str, list[str]] = {"requiredDecision": [], "requiredInput": [], "requiredKnowledge": []}
        for holder in element:
            if _local(holder) in ("informationRequirement", "knowledgeRequirement"):
                for part in holder:
                    required.setdefault(_local(part), []).append(self._referred(str(part.get("href") or "")))
        return Decision(
            id=str(element.get("id") or ""),
            name=_name(element),
            variable=_name(variable) if variable is not None else "",
            **self._logic(element),
            decisions=tuple(required["requiredDecision"]),
            inputs=tuple(required["requiredInput"]),
            knowledge=tuple(required["requiredKnowledge"]),
            line=element.sourceline or 0,
        )

    def _referred(self, href: str) -> str:
        """The id a reference means; of an element in another file, the reference as it stands."""
        place, _, id_ = href.strip().rpartition("#")
        return id_ if place in ("", self.root.get("namespace")) else href

    def _logic(self, element: Any) -> dict[str, Any]:
        """What answers a decision, by the field it stands in: another kind of logic only by its name."""
        for child in element:
            kind = _local(child)
            if kind == "decisionTable":
                return {"table": self._table(child)}
            if kind == "literalExpression":
                return {"expression": self._expression(child)}
            if kind == "invocation" and (invocation := self._invocation(child)) is not None:
                return {"invocation": invocation}
            if kind in OTHER_LOGIC:
                return {"other": kind}
        return {}

    def _invocation(self, element: Any) -> Invocation | None:
        """A call of a knowledge model by its name, with an expression for each parameter; none for any other call."""
        called = _text(next(_children(element, "literalExpression"), None))
        bindings = []
        for binding in _children(element, "binding"):
            parameter = next(_children(binding, "parameter"), None)
            value = next(_children(binding, "literalExpression"), None)
            if parameter is None or value is None:
                return None
            bindings.append((_name(parameter), self._expression(value)))
        return Invocation(called=called, bindings=tuple(bindings)) if called else None

    def _input_data(self, element: Any) -> NamedInput:
        variable = next(_children(element, "variable"), element)
        return NamedInput(id=str(element.get("id") or ""), name=_name(element), kind=self._kind(_type(variable)))

    def _knowledge(self, element: Any) -> Knowledge:
        logic = next(_children(element, "encapsulatedLogic"), element)
        return Knowledge(
            id=str(element.get("id") or ""),
            name=_name(element),
            parameters=tuple(map(_name, _children(logic, "formalParameter"))),
            **self._logic(logic),
            line=element.sourceline or 0,
        )

    def _table(self, element: Any) -> Table:
        inputs = tuple(map(self._input, _children(element, "input")))
        names = [str(part.get("inputVariable") or "") for part in _inner(element, "input", "inputExpression")]
        names += [str(part.get(_CAMUNDA_VARIABLE) or "") for part in _children(element, "input")]
        called = next(filter(None, names), "cellInput")
        return Table(
            hit_policy=str(element.get("hitPolicy") or "UNIQUE"),
            aggregation=str(element.get("aggregation") or ""),
            inputs=inputs,
            outputs=tuple(map(self._output, _children(element, "output"))),
            rules=tuple(self._rule(rule, called) for rule in _children(element, "rule")),
        )

    def _input(self, element: Any) -> TableInput:
        asked = next(_children(element, "inputExpression"), None)
        kind, allowed = self._typed(asked if asked is not None else element)
        values = next(_children(element, "inputValues"), None)
        return TableInput(
            id=str(element.get("id") or ""),
            label=str(element.get("label") or ""),
            expression=self._expression(asked) if asked is not None else Cell(text="", line=element.sourceline or 0),
            kind=kind,
            allowed=self._values(values) or allowed,
        )

    def _output(self, element: Any) -> TableOutput:
        kind, allowed = self._typed(element)
        values = next(_children(element, "outputValues"), None)
        default = next(_children(element, "defaultOutputEntry"), None)
        return TableOutput(
            id=str(element.get("id") or ""),
            name=_name(element),
            label=str(element.get("label") or ""),
            kind=kind,
            allowed=self._values(values) or allowed,
            default=self._expression(default) if default is not None and _text(default) else None,
        )

    def _rule(self, element: Any, input_name: str) -> TableRule:
        return TableRule(
            id=str(element.get("id") or ""),
            tests=tuple(self._test(entry, input_name) for entry in _children(element, "inputEntry")),
            outputs=tuple(map(self._expression, _children(element, "outputEntry"))),
            line=element.sourceline or 0,
        )

    def _expression(self, element: Any) -> Cell:
        """A text that gives a value; an empty one gives null."""
        text, line = _text(element), element.sourceline or 0
        if not text:
            return Cell(text="", line=line)
        language = self._language(element)
        return _cell(text, line, partial(read_expression, text, language, self.names, is_condition=False))

    def _test(self, element: Any, input_name: str) -> Cell:
        text, language = _text(element), self._language(element)
        read = partial(read_cell, text, language, self.names, input_name=input_name)
        return _cell(text, element.sourceline or 0, read)

    def _values(self, element: Any) -> Cell | None:
        """The values there are, as a list of tests in our language; none where nothing is said."""
        return _allowed(_text(element), element.sourceline or 0) if element is not None else None

    def _language(self, element: Any) -> str:
        return str(element.get("expressionLanguage") or self.language)

    def _typed(self, element: Any) -> tuple[str, Cell | None]:
        """The kind of value of a column and the values its type allows."""
        name, allowed = _type(element), ""
        for _ in range(_MOST_TYPES):
            if self._kind(name) or name not in self.types:
                break
            name, values = self.types[name]
            allowed = allowed or values
        return self._kind(name), _allowed(allowed, element.sourceline or 0)

    def _kind(self, name: str) -> str:
        return _KINDS.get(" ".join(name.rpartition(":")[2].split()).lower(), "") if name not in self.types else ""


#: Types may refer to types; no more of them are followed.
_MOST_TYPES = 20
_CAMUNDA_VARIABLE = "{http://camunda.org/schema/1.0/dmn}inputVariable"


def _allowed(text: str, line: int) -> Cell | None:
    return None if text in ("", "-") else _cell(text, line, partial(parse_cell, text))


def _cell(text: str, line: int, read: Callable[[], Expression]) -> Cell:
    """A cell with what its text means, or with its fault."""
    try:
        return Cell(text=text, expression=read(), line=line)
    except UnreadableExpression as fault:
        return Cell(text=text, fault=fault, line=line)


def _local(element: Any) -> str:
    return QName(element).localname if isinstance(element.tag, str) else ""


def _children(element: Any, name: str) -> Iterator[Any]:
    """The children of a name, of whatever version of DMN."""
    return (child for child in element if _local(child) == name)


def _inner(element: Any, outer: str, name: str) -> Iterator[Any]:
    return (part for child in _children(element, outer) for part in _children(child, name))


def _text(element: Any) -> str:
    """The text in an element, from its `text` child."""
    if element is None:
        return ""
    return next(("".join(child.itertext()).strip() for child in _children(element, "text")), "")


def _name(element: Any) -> str:
    return str(element.get("name") or "").strip()


def _type(element: Any) -> str:
    """The type of a value: an attribute in DMN 1.1 and of columns, an element in later item definitions."""
    child = next(_children(element, "typeRef"), None)
    return str(element.get("typeRef") or (child.text if child is not None else "") or "").strip()
