"""Answering a decision: DMN tables, expressions and calls of knowledge models, in the order they need each other.

Every answer says which rules held and what was asked. Whatever cannot be answered is refused by name and never guessed:
a value of another kind than its column, no rule where one has to hold, two where only one may.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from bpmn.decisions import (
    AGGREGATIONS,
    HIT_POLICIES,
    Cell,
    Decision,
    Decisions,
    Invocation,
    Knowledge,
    Table,
    TableInput,
)
from bpmn.errors import BpmnError
from bpmn.expression import FUNCTIONS, Environment, Expression, Value, measured, names
from bpmn.expression.functions import written
from bpmn.expression.temporal import read_date, read_duration, read_moment, read_time
from bpmn.expression.tree import Tests
from bpmn.expression.values import kind_of, same, taken_in
from engine.errors import (
    DecisionCircle,
    DifferentAnswers,
    NoRule,
    NoSuchDecision,
    NotAllowed,
    SeveralRules,
    Unevaluable,
    WrongType,
)

#: Most steps of all expressions of one answer together.
MAX_STEPS = 2_000_000
#: Deepest chain of knowledge models that call each other.
MAX_CALLS = 20
#: Hit policies that answer with a list.
_SEVERAL = frozenset(("COLLECT", "RULE ORDER", "OUTPUT ORDER"))
_BY_PRIORITY = frozenset(("PRIORITY", "OUTPUT ORDER"))
#: Kinds that come as text, since forms and JSON know no others, and how each is read.
_FROM_TEXT: Mapping[str, Callable[[str], Any]] = {
    "date": read_date,
    "time": read_time,
    "date-time": read_moment,
    "duration": read_duration,
    "months": read_duration,
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A value a decision went by."""

    #: The id of the decision, or of the knowledge model it called.
    decision: str
    #: What was asked: the input of a table, a name in an expression, a parameter of a call.
    name: str
    value: Value


@dataclass(frozen=True, kw_only=True)
class Held:
    """A rule that held, and what it answered."""

    decision: str
    #: Its row, counted from 1; 0 where no rule held and the default answered.
    rule: int
    id: str = ""
    answer: Value


@dataclass(frozen=True, kw_only=True)
class Decided:
    """An answer and how it came about, the decisions it needed included, in the order they were answered."""

    #: The id of the decision that was asked for.
    decision: str
    #: One value, a context of the outputs by name, or a list of these where the table answers with several rules.
    answer: Value
    #: The same as data: by the names of the outputs, or else by what the answer is called.
    outputs: Mapping[str, Value]
    rules: tuple[Held, ...] = ()
    inputs: tuple[Asked, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Place:
    """A decision and the number of the file it stands in."""

    file: int
    decision: Decision

    @property
    def key(self) -> tuple[int, str]:
        return self.file, self.decision.id


def decide(
    decisions: Sequence[Decisions], asked: str, data: Mapping[str, Any], environment: Environment | None = None
) -> Decided:
    """Answer the decision of that id, or else of that name; the files may need each other.

    Raises a `DecisionRefused` that names what stands against an answer.
    """
    order = _order(decisions, _place(decisions, asked))
    notes = _Notes(environment=environment or Environment())
    answers: dict[tuple[int, str], tuple[Decision, Value]] = {}
    for place in order:
        known = _known(decisions, place, answers, data)
        question = _Question(decisions[place.file], place.decision, ChainMap(known, data), notes)  # type: ignore[arg-type]
        answers[place.key] = place.decision, question.answer()
    decision, answer = answers[order[-1].key]
    return Decided(
        decision=decision.id,
        answer=answer,
        outputs=_outputs(decision, answer),
        rules=tuple(notes.rules),
        inputs=tuple(notes.asked),
    )


def _title(decision: Decision | Knowledge) -> str:
    """What people call a decision."""
    return decision.name or decision.id


def _place(decisions: Sequence[Decisions], asked: str) -> _Place:
    """Where the decision of an id or name stands."""
    every = [_Place(file=number, decision=one) for number, file in enumerate(decisions) for one in file.decisions]
    found = [place for place in every if asked and place.decision.id == asked]
    found = found or [place for place in every if asked and place.decision.name == asked]
    if len(found) != 1:
        raise NoSuchDecision(asked, f"{len(found)} ×")
    return found[0]


def _needed(decisions: Sequence[Decisions], place: _Place) -> Iterator[_Place]:
    """The decisions one needs itself; those of other files are found by their ids."""
    for reference in place.decision.decisions:
        inside = decisions[place.file].decision.get(reference)
        if inside is not None:
            yield _Place(file=place.file, decision=inside)
        elif "#" in reference:
            yield _place(decisions, reference.rpartition("#")[2])
        else:
            raise NoSuchDecision(_title(place.decision), reference)


def _order(decisions: Sequence[Decisions], wanted: _Place) -> list[_Place]:
    """The decisions an answer needs, each after those it needs itself, the one asked for last."""
    order: list[_Place] = []
    done: set[tuple[int, str]] = set()
    way = {wanted.key: (wanted, _needed(decisions, wanted))}
    while way:
        place, needed = next(reversed(way.values()))
        following = next((other for other in needed if other.key not in done), None)
        if following is None:
            del way[place.key]
            done.add(place.key)
            order.append(place)
        elif following.key in way:
            raise DecisionCircle(_title(following.decision))
        else:
            way[following.key] = following, _needed(decisions, following)
    return order


def _known(
    decisions: Sequence[Decisions],
    place: _Place,
    answers: Mapping[tuple[int, str], tuple[Decision, Value]],
    data: Mapping[str, Any],
) -> dict[str, Any]:
    """What a decision knows beside the data of the case: the answers it needs, and its inputs of their kind.

    An answer has the name of its variable, and each output its own unless an input is called so.
    """
    given = {one.id: one for one in decisions[place.file].inputs}
    inputs = {given[id_].name: given[id_].kind for id_ in place.decision.inputs if id_ in given}
    known = {
        name: _fitted(place.decision, name, kind, data[name]) for name, kind in inputs.items() if kind and name in data
    }
    for needed in _needed(decisions, place):
        decision, answer = answers[needed.key]
        known |= {name: value for name, value in _outputs(decision, answer).items() if name not in inputs}
        known[_variable(decision)] = answer
    return known


def _variable(decision: Decision) -> str:
    return decision.variable or decision.name or decision.id


def _outputs(decision: Decision, answer: Value) -> dict[str, Value]:
    """An answer as data: by the names of its outputs, or else by its own."""
    table = decision.table
    if table is not None and len(table.outputs) == 1:
        return {table.outputs[0].name or _variable(decision): answer}
    if table is not None and isinstance(answer, Mapping):
        return dict(answer)
    return {_variable(decision): answer}


def _fitted(decision: Decision | Knowledge, name: str, kind: str, value: object) -> Value:
    """A value as one of a kind; a date, time or duration may come as its text. Null is of every kind."""
    taken = taken_in(value)
    if taken is None or not kind:
        return taken
    if isinstance(taken, str) and kind in _FROM_TEXT:
        taken = _FROM_TEXT[kind](taken)
    if kind == "whole number" and isinstance(taken, Decimal) and taken == taken.to_integral_value():
        return taken
    if taken is None or kind_of(taken) != kind:
        raise WrongType(_title(decision), f"{name} = {written(taken_in(value)) or kind_of(value)}, {kind}")
    return taken


@dataclass(kw_only=True)
class _Notes:
    """What came up on the way to one answer, and the steps left for it."""

    environment: Environment
    steps: int = MAX_STEPS
    asked: list[Asked] = field(default_factory=list)
    rules: list[Held] = field(default_factory=list)

    def value(self, expression: Expression, data: Mapping[str, Any], asked: Value) -> Value:
        """The value of an expression, within the steps left."""
        environment = self.environment
        if self.steps < environment.max_steps:
            environment = replace(environment, max_steps=self.steps)
        value, steps = measured(expression, data, environment, asked)
        self.steps -= steps
        return value


class _Question:
    """One decision, or a knowledge model it calls, over what it knows."""

    def __init__(
        self, file: Decisions, logic: Decision | Knowledge, data: Mapping[str, Any], notes: _Notes, calls: int = 0
    ) -> None:
        self.file = file
        self.logic = logic
        self.data = data
        self.notes = notes
        self.calls = calls

    def answer(self) -> Value:
        """What its table, expression or call says."""
        logic = self.logic
        if logic.table is not None:
            return self.by_table(logic.table)
        if logic.expression is not None:
            read = logic.expression.expression
            for name in sorted(names(read)) if read is not None else ():
                self.note(name, taken_in(self.data.get(name)))
            return self.value(logic.expression)
        if logic.invocation is not None:
            return self.by_call(logic.invocation)
        raise self.unevaluable(logic.other or "no table, no expression")

    def by_call(self, invocation: Invocation) -> Value:
        """What the knowledge model of that name says to the parameters it is given."""
        models = [model for model in self.file.knowledge if model.name == invocation.called]
        if len(models) != 1 or self.calls == MAX_CALLS:
            raise self.unevaluable(invocation.called)
        unknown = {name for name, _ in invocation.bindings} - set(models[0].parameters)
        if unknown:
            raise self.unevaluable(", ".join(sorted(unknown)))
        parameters = {name: self.value(cell) for name, cell in invocation.bindings}
        called = _Question(self.file, models[0], parameters, self.notes, self.calls + 1)
        for name, value in parameters.items():
            called.note(name, value)
        return called.answer()

    def by_table(self, table: Table) -> Value:
        """What a table says, by its hit policy."""
        self.refuse_misshapen(table)
        values = [self.asked(column) for column in table.inputs]
        rows = self.holding(table, values)
        if table.hit_policy == "UNIQUE" and len(rows) > 1:
            raise SeveralRules(_title(self.logic), [row + 1 for row in rows])
        hits = [self.hit(table, row + 1, table.rules[row].id, table.rules[row].outputs) for row in rows]
        hits = self.chosen(table, hits or self.default(table))
        self.notes.rules += [hit.held for hit in hits]
        answers = tuple(hit.held.answer for hit in hits)
        if table.aggregation and table.hit_policy == "COLLECT":
            return self.aggregated(table, answers)
        return answers if table.hit_policy in _SEVERAL else answers[0]

    def holding(self, table: Table, values: Sequence[Value]) -> list[int]:
        """The rules that hold for some values, in their order; of FIRST only the first."""
        rows = []
        for row, rule in enumerate(table.rules):
            if all(self.value(test, value) is True for test, value in zip(rule.tests, values, strict=True)):
                rows.append(row)
                if table.hit_policy == "FIRST":
                    break
        return rows

    def asked(self, column: TableInput) -> Value:
        """What a column asks: of its kind, and one of the values there are; null is no value and may always be."""
        value = _fitted(self.logic, column.name, column.kind, self.value(column.expression))
        self.note(column.name, value)
        if value is not None and column.allowed is not None:
            self.rank(column.name, column.allowed, value)
        return value

    def hit(self, table: Table, row: int, id_: str, cells: Sequence[Cell]) -> _Hit:
        """What a rule answers, and how early that comes by priority."""
        values: dict[str, Value] = {}
        ranks = []
        for number, (output, cell) in enumerate(zip(table.outputs, cells, strict=True)):
            name = _output_name(table, number)
            values[name] = value = _fitted(self.logic, name, output.kind, self.value(cell))
            if output.allowed is not None:
                ranks.append(self.rank(name, output.allowed, value) if value is not None else _LAST)
        answer = values if len(values) != 1 else next(iter(values.values()))
        held = Held(decision=self.logic.id, rule=row, id=id_, answer=answer)
        return _Hit(held=held, ranks=tuple(ranks))

    def default(self, table: Table) -> list[_Hit]:
        """What is answered where no rule holds: the defaults, else nothing, which only a list may be."""
        defaults = [output.default for output in table.outputs if output.default is not None]
        if defaults and len(defaults) == len(table.outputs):
            return [self.hit(table, 0, "", defaults)]
        if table.hit_policy not in _SEVERAL:
            raise NoRule(_title(self.logic))
        return []

    def chosen(self, table: Table, hits: list[_Hit]) -> list[_Hit]:
        """The rules that answer, of those that hold."""
        zone = self.notes.environment.timezone
        if table.hit_policy == "ANY" and not all(same(hits[0].held.answer, hit.held.answer, zone) for hit in hits):
            raise DifferentAnswers(_title(self.logic), [hit.held.rule for hit in hits])
        if table.hit_policy in _BY_PRIORITY:
            hits = sorted(hits, key=lambda hit: hit.ranks)
        return hits[:1] if table.hit_policy == "PRIORITY" else hits

    def aggregated(self, table: Table, answers: tuple[Value, ...]) -> Value:
        """The number, sum, least or largest of all answers; without any, none is counted and the others are null."""
        total = FUNCTIONS[table.aggregation.lower()].make([answers], self.notes.environment)
        if total is None and answers:
            raise WrongType(_title(self.logic), f"{table.aggregation} ({', '.join(map(kind_of, answers))})")
        return total

    def rank(self, name: str, allowed: Cell, value: Value) -> int:
        """How early a value stands among those allowed."""
        if allowed.expression is None:
            raise self.unevaluable(allowed.fault.sentence if allowed.fault is not None else name)
        tree = allowed.expression.tree
        alone = not isinstance(tree, Tests) or tree.negated or not tree.tests
        for number, test in enumerate((tree,) if alone else tree.tests):  # type: ignore[union-attr]
            one = Expression(text=allowed.text, tree=test if alone else Tests(tests=(test,)))
            if self.value(Cell(text=allowed.text, expression=one), value) is True:
                return number
        raise NotAllowed(_title(self.logic), f"{name} = {written(value) or kind_of(value)}, {allowed.text[:200]}")

    def value(self, cell: Cell, asked: Value = None) -> Value:
        """The value of a cell, or whether what is asked passes it; an empty one is null."""
        if cell.fault is not None:
            raise self.unevaluable(f"{cell.text[:200]!r}: {cell.fault.sentence}")
        if cell.expression is None:
            return None
        try:
            return self.notes.value(cell.expression, self.data, asked)
        except BpmnError as fault:
            raise self.unevaluable(str(fault)) from None

    def note(self, name: str, value: Value) -> None:
        """Remember what the answer goes by."""
        self.notes.asked.append(Asked(decision=self.logic.id, name=name, value=value))

    def unevaluable(self, fault: str) -> Unevaluable:
        """The refusal that names a fault."""
        return Unevaluable(_title(self.logic), fault)

    def refuse_misshapen(self, table: Table) -> None:
        """Refuse a table whose rows or hit policy nobody can go by."""
        several = len(table.outputs) > 1
        ranked = any(output.allowed is not None for output in table.outputs)
        faults = {
            f"hitPolicy={table.hit_policy}": table.hit_policy not in HIT_POLICIES,
            f"aggregation={table.aggregation}": table.aggregation not in AGGREGATIONS
            or (several and table.hit_policy == "COLLECT" and bool(table.aggregation)),
            f"{table.hit_policy}, outputValues": table.hit_policy in _BY_PRIORITY and not ranked,
            "output": not table.outputs
            or len({_output_name(table, number) for number in range(len(table.outputs))}) < len(table.outputs),
            "rule": any(
                len(rule.tests) != len(table.inputs) or len(rule.outputs) != len(table.outputs) for rule in table.rules
            ),
        }
        for fault, stands in faults.items():
            if stands:
                raise self.unevaluable(fault)


@dataclass(frozen=True, kw_only=True)
class _Hit:
    """A rule that holds, with the place of each of its answers among those allowed."""

    held: Held
    ranks: tuple[int, ...]


#: The rank of an answer that is null.
_LAST = 1 << 30


def _output_name(table: Table, number: int) -> str:
    output = table.outputs[number]
    return output.name or output.label or output.id or str(number + 1)
