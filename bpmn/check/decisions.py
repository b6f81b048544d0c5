"""What must be repaired in a DMN file before its decisions are used: cells, requirements, gaps, overlaps."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from bpmn.check.calling import COMPUTED
from bpmn.check.expressions import details_of
from bpmn.check.rules import RULES, shortened
from bpmn.decisions import AGGREGATIONS, HIT_POLICIES, Cell, Decision, Decisions, Knowledge, Table, TableRule
from bpmn.errors import BpmnError
from bpmn.expression import Expression, evaluate, names
from bpmn.expression.coverage import Axis, NotDecided, Point, axis, gap, masked, overlaps
from bpmn.expression.evaluate import passes
from bpmn.expression.temporal import SHANGHAI
from bpmn.expression.tree import path
from bpmn.expression.values import same
from bpmn.model import Model, Node
from bpmn.problem import Problem

#: What can be wrong with decisions, beside what can be wrong with every expression.
DECISION_RULES: dict[tuple[str, str], str] = {
    ("decision-gap", "rules"): "No rule of {what} holds for {value}. Write a rule for it, or a default answer.",
    ("decision-gap", "not-decided"): (
        "Whether {what} leaves a gap or has rules that overlap is not decided: it has too many. Divide the table."
    ),
    ("decision-overlap", "rules"): (
        "Rules {first} and {second} of {what} both hold for {value}, but only one may (UNIQUE). Make them apart, or "
        "choose another hit policy."
    ),
    ("decision-overlap", "answers"): (
        "Rules {first} and {second} of {what} both hold for {value} and answer differently (ANY). Make the answers "
        "equal, or the rules apart."
    ),
    ("missing-reference", "requirement"): (
        "{what} needs {value}, which the file does not have. Draw the requirement again."
    ),
    ("missing-reference", "decision"): (
        "{what} asks for the decision {value}, which none of the DMN files given has. Give its file too, or correct it."
    ),
    ("duplicate-id", "decision"): "The id {value} is used a second time. Give this decision an id of its own.",
    ("bpmn-rule", "no-decision"): "The file holds no decision. Draw one, or name another file.",
    ("bpmn-rule", "decision-id"): "{what} has no id, so no process can ask for it. Give it one.",
    ("bpmn-rule", "hit-policy"): "{what} has the hit policy {value}, which there is not. Choose one of: {expected}.",
    ("bpmn-rule", "aggregation"): "{what} adds up by {value}, which there is not. Choose one of: {expected}.",
    ("bpmn-rule", "no-priority"): (
        "{what} answers by priority, but no output says which values come first. List the values of an output, the "
        "most important first."
    ),
    ("bpmn-rule", "table-empty"): "The table of {what} has no rule, so it answers nothing. Write its rules.",
    ("bpmn-rule", "rule-never-holds"): (
        "Rule {first} of {what} never holds: {column} cannot be what it asks for. Correct the cell, or the values "
        "allowed."
    ),
    ("bpmn-rule", "rule-masked"): (
        "Rule {first} of {what} is never reached: wherever it holds, rule {second} before it answers (FIRST). Move it "
        "up, or delete it."
    ),
    ("bpmn-rule", "table-row"): (
        "Rule {first} of {what} has {found} cells, the table {expected} inputs and outputs. Fill in the row anew."
    ),
    ("bpmn-rule", "decision-circle"): "{what} needs its own answer, by way of {value}. Take one requirement away.",
    ("unsupported-element", "decision-logic"): (
        "{what} is answered by {value}, which cannot be run. Write a decision table or an expression."
    ),
    ("unsupported-element", "no-logic"): (
        "{what} has neither table nor expression, so it cannot be run. Write one of them."
    ),
}
#: Most overlaps told of one table.
MOST_TOLD = 20
#: Hit policies that answer with one rule: where none holds, nothing is answered.
_BY_PRIORITY = frozenset(("PRIORITY", "OUTPUT ORDER"))
_SINGLE = frozenset(("UNIQUE", "ANY", "PRIORITY", "FIRST"))


def check_decisions(decisions: Decisions, *, purpose: str = "analysis") -> tuple[Problem, ...]:
    """Every problem of a DMN file, by line; what only stops a live case is told with `purpose` "run"."""
    problems = [*decisions.faults]
    if not decisions.decisions and not decisions.knowledge:
        problems.append(_problem(("bpmn-rule", "no-decision"), None, severity="warning"))
    problems += _ids(decisions)
    problems += _requirements(decisions)
    logics: tuple[Decision | Knowledge, ...] = (*decisions.decisions, *decisions.knowledge)
    for decision in logics:
        if decision.table is not None:
            problems += _shape(decision, decision.table)
            problems += _coverage(decision, decision.table)
        if purpose == "run":
            problems += _runnable(decision)
    return tuple(sorted(problems, key=lambda problem: (problem.line, problem.severity)))


def missing_decisions(model: Model, given: frozenset[str]) -> Iterator[Problem]:
    """Business rule tasks whose decision is in none of the DMN files given, by the ids of all their decisions."""
    for node in model.nodes:
        if node.decision and node.decision not in given and not COMPUTED.search(node.decision):
            yield _problem(("missing-reference", "decision"), node, stops="run", value=node.decision)


def _problem(
    case: tuple[str, str],
    asked: Decision | Knowledge | Node | None,
    *,
    severity: str = "error",
    stops: str = "all",
    line: int = 0,
    **details: str,
) -> Problem:
    """Make a problem of a decision or of what asks for one; a warning stops nothing."""
    name = asked.name if asked is not None else ""
    element = asked.id if asked is not None else ""
    details = {"what": f"“{shortened(name)}”" if name.strip() else element or "?", **details}
    sentence = DECISION_RULES.get(case) or RULES[case]
    return Problem(
        problem=case[0],
        severity=severity,
        stops=stops if severity == "error" else "nothing",
        rule=case[1],
        element=element,
        name=name,
        line=line or (asked.line if asked is not None else 0),
        details=details,
        message=sentence.format_map({key: shortened(value) for key, value in details.items()}),
    )


def _ids(decisions: Decisions) -> Iterator[Problem]:
    seen: set[str] = set()
    for decision in decisions.decisions:
        if not decision.id:
            yield _problem(("bpmn-rule", "decision-id"), decision, severity="warning")
        elif decision.id in seen:
            yield _problem(("duplicate-id", "decision"), decision, value=decision.id)
        seen.add(decision.id)


def _requirements(decisions: Decisions) -> Iterator[Problem]:
    """Needs that lead nowhere, and decisions that need themselves."""
    inputs, knowledge = {one.id for one in decisions.inputs}, {one.id for one in decisions.knowledge}
    for decision in decisions.decisions:
        for needed, there in (
            (decision.decisions, decisions.decision.keys()),
            (decision.inputs, inputs),
            (decision.knowledge, knowledge),
        ):
            for id_ in needed:
                if id_ not in there and "#" not in id_:
                    yield _problem(("missing-reference", "requirement"), decision, stops="run", value=id_ or "…")
    called = {one.name for one in decisions.knowledge}
    logics: tuple[Decision | Knowledge, ...] = (*decisions.decisions, *decisions.knowledge)
    for logic in logics:
        if logic.invocation is not None and logic.invocation.called not in called:
            yield _problem(("missing-reference", "requirement"), logic, stops="run", value=logic.invocation.called)
    yield from _circles(decisions)


def _circles(decisions: Decisions) -> Iterator[Problem]:
    """Take away decisions that need no other that is left, again and again; what stays is in or behind a circle."""
    left = {decision.id: set(decision.decisions) & decisions.decision.keys() for decision in decisions.decisions}
    free = [id_ for id_, needed in left.items() if not needed]
    users: dict[str, list[str]] = {}
    for id_, needed in left.items():
        for other in needed:
            users.setdefault(other, []).append(id_)
    while free:
        done = free.pop()
        left.pop(done, None)
        for user in users.get(done, ()):
            left[user].discard(done)
            if not left[user]:
                free.append(user)
    for id_ in left:
        value = " ".join(sorted(left[id_]))
        yield _problem(("bpmn-rule", "decision-circle"), decisions.decision[id_], stops="run", value=value)


def _shape(decision: Decision | Knowledge, table: Table) -> Iterator[Problem]:
    if table.hit_policy not in HIT_POLICIES:
        expected = ", ".join(sorted(HIT_POLICIES))
        yield _problem(("bpmn-rule", "hit-policy"), decision, stops="run", value=table.hit_policy, expected=expected)
    if table.aggregation not in AGGREGATIONS:
        expected = ", ".join(sorted(AGGREGATIONS - {""}))
        yield _problem(("bpmn-rule", "aggregation"), decision, stops="run", value=table.aggregation, expected=expected)
    if table.hit_policy in _BY_PRIORITY and all(output.allowed is None for output in table.outputs):
        yield _problem(("bpmn-rule", "no-priority"), decision, stops="run")
    for number, rule in enumerate(table.rules, start=1):
        if not _fits(rule, table):
            yield _problem(
                ("bpmn-rule", "table-row"),
                decision,
                stops="run",
                line=rule.line,
                first=str(number),
                found=f"{len(rule.tests)} + {len(rule.outputs)}",
                expected=f"{len(table.inputs)} + {len(table.outputs)}",
            )


def _fits(rule: TableRule, table: Table) -> bool:
    return len(rule.tests) == len(table.inputs) and len(rule.outputs) == len(table.outputs)


# What cannot be run


def _runnable(decision: Decision | Knowledge) -> Iterator[Problem]:
    if decision.other:
        yield _problem(("unsupported-element", "decision-logic"), decision, stops="run", value=decision.other)
    elif decision.table is None and decision.expression is None and decision.invocation is None:
        yield _problem(("unsupported-element", "no-logic"), decision, stops="run")
    for cell, place in _cells(decision):
        if cell.fault is not None:
            case = ("unsafe-expression", cell.fault.rule)
            name = " › ".join(filter(None, (decision.name.strip() or decision.id, *place)))
            details = {"what": f"“{shortened(name)}”", "name": name, **details_of(cell.fault)}
            yield _problem(case, decision, severity="error", stops="run", line=cell.line, **details)


def _cells(decision: Decision | Knowledge) -> Iterator[tuple[Cell, tuple[str, ...]]]:
    """Every cell of a decision that has to be read before it can answer, with its place: rule and column."""
    if decision.expression is not None:
        yield decision.expression, ()
    if decision.invocation is not None:
        yield from ((cell, (name,)) for name, cell in decision.invocation.bindings)
    table = decision.table
    if table is None:
        return
    asked = [column.name for column in table.inputs]
    answered = [column.name or column.label for column in table.outputs]
    for column, name in zip(table.inputs, asked, strict=True):
        yield from ((cell, (name,)) for cell in (column.expression, column.allowed) if cell is not None)
    for answer, name in zip(table.outputs, answered, strict=True):
        yield from ((cell, (name,)) for cell in (answer.allowed, answer.default) if cell is not None)
    for number, rule in enumerate(table.rules, start=1):
        for cell, name in (*zip(rule.tests, asked, strict=False), *zip(rule.outputs, answered, strict=False)):
            yield cell, (str(number), name)


# Gaps and overlaps


def _coverage(decision: Decision | Knowledge, table: Table) -> Iterator[Problem]:
    """Values no rule holds for, where one rule answers, and values two rules hold for, where only one may."""
    if table.hit_policy not in _SINGLE or not all(_fits(rule, table) for rule in table.rules):
        return
    if not table.rules:
        yield _problem(("bpmn-rule", "table-empty"), decision, severity="warning")
        return
    axes = _axes(table)
    if axes is None:
        return
    try:
        yield from islice(_idle(decision, table, axes), MOST_TOLD)
        yield from islice(_overlaps(decision, table, axes), MOST_TOLD)
        if not table.outputs or any(output.default is None for output in table.outputs):
            point = gap(axes, len(table.rules))
            if point is not None:
                value = point.text or "…"
                yield _problem(("decision-gap", "rules"), decision, severity="warning", value=value)
    except NotDecided:
        yield _problem(("decision-gap", "not-decided"), decision, severity="warning")


def _idle(decision: Decision | Knowledge, table: Table, axes: list[Axis]) -> Iterator[Problem]:
    """Rules that no value can make hold, and rules that one before them always answers for.

    A missing value is none of the values of an axis: what it makes hold is not idle.
    """
    for number, rule in enumerate(table.rules):
        axis = next((axis for axis in axes if not axis.passing[number]), None)
        if axis is not None and not _holds_for_nothing(rule):
            details = {"first": str(number + 1), "column": axis.name}
            yield _problem(("bpmn-rule", "rule-never-holds"), decision, severity="warning", line=rule.line, **details)
    for before, number in masked(axes, len(table.rules)) if table.hit_policy == "FIRST" else ():
        if not _holds_for_nothing(table.rules[number]) or _holds_for_nothing(table.rules[before], every=True):
            details = {"first": str(number + 1), "second": str(before + 1)}
            line = table.rules[number].line
            yield _problem(("bpmn-rule", "rule-masked"), decision, severity="warning", line=line, **details)


def _holds_for_nothing(rule: TableRule, *, every: bool = False) -> bool:
    """Whether some cell, or every cell, of a rule lets a missing value pass."""
    passing = (cell.expression is None or passes(cell.expression, None, {}) for cell in rule.tests)
    return all(passing) if every else any(passing)


def _axes(table: Table) -> list[Axis] | None:
    """An axis for each thing that is asked, however many columns ask it; none where one depends on another."""
    columns: dict[str, list[int]] = {}
    for number, column in enumerate(table.inputs):
        asked = column.expression.expression
        columns.setdefault(repr(asked.tree) if asked is not None else f"{number}", []).append(number)
    asked_of = [table.inputs[numbers[0]].expression.expression for numbers in columns.values()]
    if not _are_independent([expression for expression in asked_of if expression is not None]):
        return None
    made = []
    for numbers in columns.values():
        first = table.inputs[numbers[0]]
        rows = [[rule.tests[number].expression for number in numbers] for rule in table.rules]
        allowed = next((table.inputs[number].allowed for number in numbers if table.inputs[number].allowed), None)
        asked = first.expression.expression
        name = (_path(asked) if asked is not None else "") or first.name
        made.append(axis(name, rows, first.kind, allowed.expression if allowed is not None else None))
    return made


def _are_independent(asked: list[Expression]) -> bool:
    """Whether every combination of answers can be: each name or path is asked once, and none is part of another."""
    taken: set[str] = set()
    for expression in asked:
        claimed = set(filter(None, (_path(expression),))) or names(expression)
        for claim in claimed:
            if any(claim == other or claim.startswith(f"{other}.") or other.startswith(f"{claim}.") for other in taken):
                return False
        taken |= claimed
    return True


def _path(expression: Expression) -> str:
    """A plain name or path as text; empty for anything else."""
    return ".".join(path(expression.tree))


def _overlaps(decision: Decision | Knowledge, table: Table, axes: list[Axis]) -> Iterator[Problem]:
    if table.hit_policy not in ("UNIQUE", "ANY"):
        return
    rule = "rules" if table.hit_policy == "UNIQUE" else "answers"
    for first, second, point in overlaps(axes, len(table.rules)):
        if rule == "rules" or _answers_differ(table.rules[first], table.rules[second]):
            yield _overlap(decision, table, rule, (first, second), point)


def _overlap(decision: Decision | Knowledge, table: Table, rule: str, pair: tuple[int, int], point: Point) -> Problem:
    first, second = pair
    return _problem(
        ("decision-overlap", rule),
        decision,
        line=table.rules[second].line,
        first=str(first + 1),
        second=str(second + 1),
        value=point.text or "…",
    )


def _answers_differ(first: TableRule, second: TableRule) -> bool:
    """Whether two rules surely answer differently: in one place both answers are known, and they are not the same."""
    return any(map(_differ, first.outputs, second.outputs))


def _differ(one: Cell, other: Cell) -> bool:
    values = []
    for cell in (one, other):
        if cell.fault is not None or (cell.expression is not None and names(cell.expression)):
            return False
        try:
            values.append(evaluate(cell.expression, {}) if cell.expression is not None else None)
        except BpmnError:
            return False
    return not same(values[0], values[1], SHANGHAI)
