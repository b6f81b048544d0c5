"""Answering decisions: hit policies, kinds of values, decisions that need others, and every refusal by its name."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bpmn.decisions import read_decisions
from bpmn.expression import Environment
from bpmn.expression.coverage import axis
from engine.decisions import decide
from engine.errors import (
    DecisionCircle,
    DecisionRefused,
    DifferentAnswers,
    NoRule,
    NoSuchDecision,
    NotAllowed,
    SeveralRules,
    Unevaluable,
    WrongType,
)

NOW = Environment(now=datetime(2026, 10, 1, tzinfo=UTC))


def source(*bodies):
    inside = "".join(bodies)
    return f'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d">{inside}</definitions>'.encode()


def file(*bodies):
    return read_decisions(source(*bodies))


def cell(tag, text, attributes=""):
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return f"<{tag}{attributes}><text>{escaped}</text></{tag}>"


def table(*rows, asks="x", answers="o", policy="UNIQUE", id="t", needs="", default=""):  # noqa: A002
    """A decision with a table; columns are `name`, `name:type` or `name:type:allowed`, divided by `|`, as are cells."""
    inputs, outputs, rules = "", "", ""
    policy, _, aggregation = policy.partition("+")
    for column in asks.split("|"):
        name, kind, allowed = [*column.split(":"), "", ""][:3]
        said = f' typeRef="{kind}"' if kind else ""
        inputs += (
            f"<input>{cell('inputExpression', name, said)}{cell('inputValues', allowed) if allowed else ''}</input>"
        )
    for column in answers.split("|"):
        name, kind, allowed = [*column.split(":"), "", ""][:3]
        inside = (cell("outputValues", allowed) if allowed else "") + (
            cell("defaultOutputEntry", default) if default else ""
        )
        outputs += f'<output name="{name}"' + (f' typeRef="{kind}"' if kind else "") + f">{inside}</output>"
    count = len(asks.split("|"))
    for number, row in enumerate(rows, start=1):
        cells = [part.strip() for part in row.split("|")]
        rules += f'<rule id="r{number}">' + "".join(cell("inputEntry", text) for text in cells[:count])
        rules += "".join(cell("outputEntry", text) for text in cells[count:]) + "</rule>"
    added = f' aggregation="{aggregation}"' if aggregation else ""
    head = f'<decisionTable hitPolicy="{policy}"{added}>{inputs}{outputs}{rules}</decisionTable>'
    return f'<decision id="{id}" name="{id} 名">{needs}{head}</decision>'


def needing(*ids):
    return "".join(f'<informationRequirement><requiredDecision href="#{id_}"/></informationRequirement>' for id_ in ids)


def answer(decision, **data):
    return decide([file(decision)], "t", data).answer


OVERLAPPING = ("< 10 | 3", "< 20 | 1", "< 30 | 2")


@pytest.mark.parametrize(
    ("policy", "x", "expected"),
    [
        ("UNIQUE", 25, 2),
        ("FIRST", 5, 3),
        ("ANY", 25, 2),
        ("PRIORITY", 5, 2),
        ("OUTPUT ORDER", 5, (2, 1, 3)),
        ("RULE ORDER", 5, (3, 1, 2)),
        ("COLLECT", 15, (1, 2)),
        ("COLLECT", 99, ()),
        ("COLLECT+SUM", 5, 6),
        ("COLLECT+COUNT", 15, 2),
        ("COLLECT+COUNT", 99, 0),
        ("COLLECT+MIN", 5, 1),
        ("COLLECT+MAX", 5, 3),
        ("COLLECT+SUM", 99, None),
    ],
)
def test_hit_policies(policy, x, expected):
    assert answer(table(*OVERLAPPING, policy=policy, answers="o:number:2, 1, 3"), x=x) == expected


def test_an_answer_says_which_rules_held_and_what_was_asked():
    decided = decide([file(table(*OVERLAPPING, policy="COLLECT"))], "t 名", {"x": 15})

    assert [(held.rule, held.id, held.answer) for held in decided.rules] == [(2, "r2", 1), (3, "r3", 2)]
    assert [(asked.name, asked.value) for asked in decided.inputs] == [("x", 15)]
    assert (decided.decision, decided.outputs) == ("t", {"o": (1, 2)})


def test_several_outputs_are_an_answer_by_their_names():
    decided = decide([file(table('"a" | 1 | "low"', '"b" | 2 | "high"', answers="fee|level"))], "t", {"x": "b"})

    assert decided.answer == decided.outputs == {"fee": 2, "level": "high"}


def test_rules_that_agree_are_one_answer():
    assert answer(table("< 10 | 1", "< 20 | 1", policy="ANY"), x=5) == 1


def test_the_more_important_column_decides_first():
    rows = ('- | "B" | 1', '- | "A" | 2', '- | "A" | 1')

    found = answer(table(*rows, answers='g::"A", "B"|n::1, 2', policy="OUTPUT ORDER"), x=0)

    assert [(one["g"], one["n"]) for one in found] == [("A", 1), ("A", 2), ("B", 1)]


@pytest.mark.parametrize(
    ("decision", "data", "refusal"),
    [
        (table("< 10 | 1", "< 20 | 2"), {"x": 5}, SeveralRules),
        (table("< 10 | 1", "< 20 | 2", policy="ANY"), {"x": 5}, DifferentAnswers),
        (table("< 10 | 1"), {"x": 10}, NoRule),
        (table("< 10 | 1", policy="FIRST"), {}, NoRule),
        (table("- | 1", asks="x:number"), {"x": "5"}, WrongType),
        (table("- | 1", asks="x:integer"), {"x": 1.5}, WrongType),
        (table("- | 1", asks="x:date"), {"x": "2026-02-30"}, WrongType),
        (table('- | "a"', answers="o:number"), {}, WrongType),
        (table('- | "a"', "- | 1", policy="COLLECT+SUM"), {}, WrongType),
        (table("- | 1", asks='x:string:"A","B"'), {"x": "C"}, NotAllowed),
        (table('- | "C"', answers='o:string:"A","B"'), {}, NotAllowed),
        (table("${a.b()} | 1"), {}, Unevaluable),
        (table("- | 1 | 2", answers="o|p", policy="COLLECT+SUM"), {}, Unevaluable),
        (table("- | 1", policy="PRIORITY"), {}, Unevaluable),
        (table("- | 1", policy="BEST"), {}, Unevaluable),
        (table("- | 1 | 2"), {}, Unevaluable),
        (table("- | 1", asks="now()"), {}, Unevaluable),
        (table("- | 1", answers="o|o"), {}, Unevaluable),
        ('<decision id="t"/>', {}, Unevaluable),
        ('<decision id="t"><relation/></decision>', {}, Unevaluable),
        (table("- | 1", id="u"), {}, NoSuchDecision),
        (table("- | 1") + table("- | 1", id="u").replace('id="u"', 'id="t"'), {}, NoSuchDecision),
        (table("- | 1", needs=needing("gone")), {}, NoSuchDecision),
        (table("- | 1", needs=needing("u")) + table("- | 1", id="u", needs=needing("t")), {}, DecisionCircle),
    ],
)
def test_what_cannot_be_answered_is_refused_by_its_name(decision, data, refusal):
    with pytest.raises(DecisionRefused) as refused:
        answer(decision, **data)

    assert type(refused.value) is refusal


def test_two_rules_where_one_may_hold_are_named():
    with pytest.raises(SeveralRules) as refused:
        answer(table(*OVERLAPPING), x=15)

    assert refused.value.rules == (2, 3)


def test_a_rule_whose_row_does_not_get_so_far_needs_no_reading():
    assert answer(table("1 | ${a.b()} | 1", "2 | - | 2", asks="x|y"), x=2) == 2


@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST", "COLLECT+MAX"])
def test_the_default_answers_where_no_rule_holds(policy):
    decided = decide([file(table("< 10 | 1", policy=policy, default="7"))], "t", {"x": 50})

    assert (decided.answer, decided.rules[0].rule) == (7, 0)


def test_null_is_an_answer_where_the_default_says_so():
    assert answer(table("< 10 | 1", default="null"), x=50) is None


@pytest.mark.parametrize(
    ("kind", "text", "test"),
    [
        ("date", "2026-10-01", '> date("2026-09-30")'),
        ("dateTime", "2026-10-01T08:00:00", '= date and time("2026-10-01T00:00:00Z")'),
        ("time", "09:30", '< time("10:00:00")'),
        ("dayTimeDuration", "PT36H", '> duration("P1D")'),
        ("yearMonthDuration", "P1Y", '= duration("P12M")'),
    ],
)
def test_what_comes_as_text_is_read_as_its_kind(kind, text, test):
    assert answer(table(f"{test} | 1", "- | 2", asks=f"x:{kind}", policy="FIRST"), x=text) == 1


def test_an_answer_is_of_the_kind_of_its_column():
    assert answer(table('- | "2026-10-01"', answers="o:date")) == date(2026, 10, 1)


def test_a_missing_value_is_null_and_of_every_kind():
    assert answer(table('null | "none"', "- | 1", asks="x:number:[0..9]", policy="FIRST")) == "none"


# Decisions that need others

SEASON = table('"winter" | "stew"', '- | "steak"', asks="season 名", id="t", needs=needing("season"), policy="FIRST")
TEMPERATURE = table('<= 10 | "winter"', '> 10 | "summer"', asks="degrees", answers="season", id="season")


def test_what_is_needed_is_answered_first():
    decided = decide([file(SEASON, TEMPERATURE)], "t", {"degrees": 3})

    assert decided.answer == "stew"
    assert [(asked.decision, asked.value) for asked in decided.inputs] == [("season", 3), ("t", "winter")]
    assert [held.decision for held in decided.rules] == ["season", "t"]


def test_a_needed_output_is_known_by_its_own_name_too_and_newer_than_the_data():
    by_output = SEASON.replace("season 名", "season")

    assert decide([file(by_output, TEMPERATURE)], "t", {"degrees": 3, "season": "summer"}).answer == "stew"


def test_an_input_keeps_its_name_beside_an_output_called_so():
    needs = needing("season") + '<informationRequirement><requiredInput href="#i"/></informationRequirement>'
    asking = table('"winter" | 1', "- | 2", asks="season", needs=needs, policy="FIRST")
    named = '<inputData id="i" name="season"><variable name="season" typeRef="string"/></inputData>'

    assert decide([file(asking, TEMPERATURE, named)], "t", {"degrees": 3, "season": "summer"}).answer == 2


def test_a_needed_decision_of_another_file_is_found_by_its_id():
    outer = SEASON.replace("#season", "https://other#season")

    assert decide([file(outer), file(TEMPERATURE)], "t", {"degrees": 30}).answer == "steak"


def test_a_long_chain_is_no_recursion():
    chain = [table("- | x + 1", asks="x", answers="x", id="d0")]
    chain += [table("- | x + 1", answers="x", id=f"d{n}", needs=needing(f"d{n - 1}")) for n in range(1, 3_000)]

    assert decide([file(*chain)], "d2999", {"x": 0}).answer == 3_000


def test_a_literal_expression_answers_by_the_name_of_its_variable():
    body = (
        '<decision id="t"><variable name="合计"/><literalExpression><text>a + b</text></literalExpression></decision>'
    )
    decided = decide([file(body)], "t", {"a": 1, "b": 2})

    assert decided.outputs == {"合计": 3}
    assert [(asked.name, asked.value) for asked in decided.inputs] == [("a", 1), ("b", 2)]


CALL = (
    '<decision id="t"><invocation><literalExpression><text>rate</text></literalExpression>'
    "<binding><parameter name='p'/><literalExpression><text>x * 2</text></literalExpression></binding>"
    "</invocation></decision>"
)
MODEL = (
    "<businessKnowledgeModel id='k' name='rate'><encapsulatedLogic><formalParameter name='{}'/>{}"
    "</encapsulatedLogic></businessKnowledgeModel>"
)


def test_a_knowledge_model_is_called_with_its_parameters_alone():
    inside = table("10 | p", "- | x", asks="p", policy="FIRST").partition(">")[2].removesuffix("</decision>")
    files = [file(CALL, MODEL.format("p", inside))]

    assert decide(files, "t", {"x": 5}).answer == 10
    assert decide(files, "t", {"x": 6}).answer is None, "the data of the case are not seen inside"


@pytest.mark.parametrize(
    "model",
    [
        "",
        MODEL.format("q", "<literalExpression><text>1</text></literalExpression>"),
        MODEL.format("p", CALL.partition(">")[2].removesuffix("</decision>")),
    ],
    ids=["not there", "another parameter", "calls itself"],
)
def test_a_call_that_leads_nowhere_is_refused(model):
    with pytest.raises(Unevaluable):
        answer(CALL + model, x=1)


def test_all_expressions_together_are_bounded():
    slow = "count(some a in l satisfies some b in l satisfies a + b = -{}) > 0 | 1"
    rows = [slow.format(number) for number in range(100)]

    with pytest.raises(Unevaluable):
        decide([file(table(*rows, policy="COLLECT"))], "t", {"l": list(range(200))})


# A naive reading of tables

_CELLS = ("-", "1", "< 2", "[1..3]", "(1..3)", ">= 3", "not(2)", "1, 3", "null")
_NAIVE = {
    "-": lambda x: True,
    "1": lambda x: x == 1,
    "< 2": lambda x: x is not None and x < 2,
    "[1..3]": lambda x: x is not None and 1 <= x <= 3,
    "(1..3)": lambda x: x is not None and 1 < x < 3,
    ">= 3": lambda x: x is not None and x >= 3,
    "not(2)": lambda x: x != 2,
    "1, 3": lambda x: x in (1, 3),
    "null": lambda x: x is None,
}
_POLICIES = (
    "UNIQUE", "ANY", "FIRST", "PRIORITY", "RULE ORDER", "OUTPUT ORDER",
    "COLLECT", "COLLECT+SUM", "COLLECT+COUNT", "COLLECT+MIN", "COLLECT+MAX",
)  # fmt: skip


def naive(policy, rows, default, x, y):
    """What a table says, read straight from the words of the specification."""
    held = [o for a, b, o in rows if _NAIVE[a](x) and _NAIVE[b](y)]
    if not held and default:
        held = [7]
    ranked = sorted(held, key=[5, 2, 9, 7].index)
    if policy in ("UNIQUE", "ANY", "FIRST", "PRIORITY"):
        if not held:
            return NoRule
        if policy == "UNIQUE" and len(held) > 1:
            return SeveralRules
        if policy == "ANY" and len(set(held)) > 1:
            return DifferentAnswers
        return ranked[0] if policy == "PRIORITY" else held[0]
    if policy == "COLLECT+COUNT":
        return len(held)
    if "+" in policy:
        return {"SUM": sum, "MIN": min, "MAX": max}[policy[8:]](held) if held else None
    return tuple(ranked if policy == "OUTPUT ORDER" else held)


@settings(max_examples=150, deadline=None)
@given(
    rows=some.lists(
        some.tuples(some.sampled_from(_CELLS), some.sampled_from(_CELLS), some.sampled_from((2, 5, 9))), max_size=6
    ),
    policy=some.sampled_from(_POLICIES),
    default=some.booleans(),
)
def test_random_tables_answer_as_a_naive_reading_does(rows, policy, default):
    values = "o::5, 2, 9, 7" if policy in ("PRIORITY", "OUTPUT ORDER") else "o"
    lines = [" | ".join(map(str, row)) for row in rows]
    decisions = [file(table(*lines, asks="x|y", answers=values, policy=policy, default="7" * default))]
    for x, y in product((None, 1, 2, 3, 4), (1, 2.5)):
        try:
            found = decide(decisions, "t", {"x": x, "y": y}).answer
        except DecisionRefused as refused:
            found = type(refused)
        assert found == naive(policy, rows, default, x, y)


# Real files


def passing(column, tests, rule):
    """A value that passes a rule's cell, out of the cells of its column; null where nobody can say."""
    found = axis(column.name, [[test.expression] for test in tests], column.kind, None)
    bits = found.passing[rule]
    return found.values[(bits & -bits).bit_length() - 1] if bits else None


def data_for(decisions):
    """Data made of the cells of all tables: for each of the first rules, what passes it."""
    tables = [one.table for one in decisions.decisions if one.table is not None]
    for rule in range(min(8, max([len(one.rules) for one in tables], default=1))):
        data = {}
        for one in tables:
            for place, column in enumerate(one.inputs if one.rules else ()):
                tests = [row.tests[place] for row in one.rules]
                if all(test.expression for test in tests):
                    *contexts, name = column.name.split(".")
                    inner = data
                    for context in contexts:
                        inner = inner.setdefault(context, {})
                    inner[name] = passing(column, tests, rule % len(tests))
        yield data


def test_real_decisions_answer_or_are_refused_by_name(shared):
    answered, refused = set(), {}
    for path in sorted((shared / "dmn").rglob("*.dmn")):
        decisions = read_decisions(path)
        for decision in decisions.decisions:
            for data in data_for(decisions):
                key = path, decision.id
                try:
                    decide([decisions], decision.id or decision.name, data, NOW)
                    answered.add(key)
                except DecisionRefused as refusal:
                    refused.setdefault(key, refusal)

    never = {key: refusal for key, refusal in refused.items() if key not in answered}
    assert len(answered) >= 45
    assert {type(refusal) for refusal in never.values()} <= {
        Unevaluable,
        NoRule,
        SeveralRules,
        NoSuchDecision,
        WrongType,
    }


def test_the_numbers_of_an_answer_are_exact():
    assert answer(table("- | 0.1 + 0.2")) == Decimal("0.3")


@pytest.mark.parametrize(
    ("said", "data"),
    [
        ('c:decisionRef="t"', {"x": 5, "o": "low"}),
        ('c:decisionRef="t" c:resultVariable="grade"', {"x": 5, "grade": "low"}),
        (
            'c:decisionRef="t" c:resultVariable="grade" c:mapDecisionResult="singleResult"',
            {"x": 5, "grade": {"o": "low"}},
        ),
    ],
)
def test_the_answer_goes_by_the_name_the_task_says(office, said, data):
    process = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:c="urn:c" targetNamespace="t">'
        f'<process id="p" isExecutable="true"><startEvent id="s"/><businessRuleTask id="r" {said}/><userTask id="a"/>'
        '<endEvent id="e"/><sequenceFlow id="f" sourceRef="s" targetRef="r"/>'
        '<sequenceFlow id="g" sourceRef="r" targetRef="a"/><sequenceFlow id="h" sourceRef="a" targetRef="e"/>'
        "</process></definitions>"
    )
    decision = source(table('<10 | "low"'))
    row = office.engine.install(process.encode(), {"d.dmn": decision}, office.now)

    case = office.do("start", procedure=row.digest, data={"x": 5}).case

    assert office.data(case) == data
    told = [record.data for record in office.records(case) if (record.element, record.kind) == ("r", "completed")]
    assert told == [{name: value for name, value in data.items() if name != "x"}]
