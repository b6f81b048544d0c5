"""The language: what it reads, what it says of values, where it stops."""

import doctest
import importlib
import pickle
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import bpmn.expression
from bpmn.errors import BpmnError, NotProvided, NoTruthValue, TooMuchWork, UnreadableExpression
from bpmn.expression import FUNCTIONS, Environment, evaluate, holds, names, parse, parse_assignments, parse_cell, passes
from bpmn.expression.tree import depth

NOW = Environment(now=datetime(2026, 10, 1, 23, 30, tzinfo=UTC))
DATA = {
    "金额": 5,
    "比例": 0.1,
    "状态": "已受理",
    "已缴": True,
    "空": None,
    "申请人": {"姓名": "王芳", "年龄": 41, "证件": ["身份证", "执照"]},
    "名单": [{"姓名": "甲", "年龄": 17}, {"姓名": "乙", "年龄": 30}],
    "Service Level": "Premium",
}


def value(text, data=DATA, environment=NOW):
    return evaluate(parse(text), data, environment)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3 - 4 / 2", 5),
        ("(1 + 2) * 3", 9),
        ("-金额 + 1", -4),
        ("0.1 + 0.2 = 0.3", True),
        ("比例 * 3 = 0.3", True),
        ("1 / 3", Decimal("0.3333333333333333333333333333333333")),
        ("1 / 0", None),
        ('"再" + "造"', "再造"),
        ('"a" + 1', None),
        ("金额 > 3 and 金额 <= 5", True),
        ('状态 = "已受理"', True),
        ('Service  Level = "Premium"', True),
        ("申请人.年龄 >= 18", True),
        ("名单.年龄", (Decimal(17), Decimal(30))),
        ("金额 in [1..5]", True),
        ("金额 in [1..5)", False),
        ("金额 in (5..9]", False),
        ("金额 in (1, 5)", True),
        ("金额 in (< 3, > 4)", True),
        ("金额 in [3, 5]", True),
        ("金额 in [[1..4], [5..6]]", True),
        ("-1234567890123456789012345678901234", Decimal("-1234567890123456789012345678901234")),
        ("1234567890123456789012345678901234 - 1", Decimal("1234567890123456789012345678901233")),
        ("string(-0)", "0"),
        ("金额 between 1 and 5 and 已缴", True),
        ("if 金额 > 3 then 1 else 2", 1),
        ("if 空 then 1 else 2", 2),
        ("some 人 in 名单 satisfies 人.年龄 < 18", True),
        ("every 人 in 名单 satisfies 人.年龄 < 18", False),
        ("some x in [1, 2], y in [3, x] satisfies x = y", True),
        ('{a: 1, "b c": {d: 2}}.b c.d', 2),
        ("[1, [2]] = [1, [2]]", True),
        ("[1, 2] = [2, 1]", False),
        ("[]", ()),
        ('not(状态 = "x")', True),
    ],
)
def test_an_expression_has_its_value(text, expected):
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("空 = 1", None),
        ("空 != 1", None),
        ("没有 < 1", None),
        ("空 = null", True),
        ("没有 = null", True),
        ("金额 != null", True),
        ("null = null", True),
        ("not(空)", None),
        ("空 + 1", None),
        ("false and 空", False),
        ("true and 空", None),
        ("true or 空", True),
        ("false or 空", None),
        ('金额 = "5"', None),
        ('金额 < "9"', None),
        ("true = 1", None),
        ("空 in [1, 2]", None),
        ("空 in (1, null)", True),
        ("空 between 1 and 2", None),
        ("金额 in (!= 4, 9)", True),
        ("金额 in (= 4)", False),
        ("3 between 5 and 空", False),
        ("申请人.没有.更没有", None),
        ("金额.姓名", None),
        ("some x in 空 satisfies x", None),
        ("some x in [空, true] satisfies x", True),
        ("every x in [空, true] satisfies x", None),
    ],
)
def test_null_is_neither_true_nor_false(text, expected):
    assert value(text) is expected


def test_a_condition_that_is_null_is_not_taken():
    assert not holds(parse("没有 > 3"), {})
    assert holds(parse("没有 = null"), {})
    with pytest.raises(NoTruthValue, match="5"):
        holds(parse("金额"), DATA)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('date("2026-01-31") + duration("P1M")', date(2026, 2, 28)),
        ('date("2026-03-31") - duration("P1M")', date(2026, 2, 28)),
        ('date("2024-02-29") + duration("P1Y")', date(2025, 2, 28)),
        ('date("2026-10-08") - date("2026-10-01")', timedelta(days=7)),
        ('duration("P1D") + duration("PT12H")', timedelta(hours=36)),
        ('duration("PT1H") * 1.5', timedelta(minutes=90)),
        ('duration("P3D") / 2', timedelta(hours=36)),
        ('duration("P1D") / duration("PT6H")', 4),
        ('time("23:00:00") + duration("PT2H")', time(1)),
        ('date("9999-12-31") + duration("P1D")', None),
        ('date("2026-10-01") < date("2026-10-02")', True),
        ('date("2026-10-01") < date and time("2026-10-02T00:00:00")', None),
        ('date and time("2026-10-01T08:00:00") = date and time("2026-10-01T00:00:00Z")', True),
        ('date and time("2026-10-01T08:00:00+08:00") < date and time("2026-10-01T01:00:00Z")', True),
        (
            'date and time("2026-03-29T01:30:00@Europe/Berlin") + duration("PT1H")'
            ' = date and time("2026-03-29T03:30:00@Europe/Berlin")',
            True,
        ),
        ('date and time("0001-01-01T00:00:00") < date and time("9999-12-31T23:59:59Z")', True),
        ('duration("P1Y") = duration("P12M")', True),
        ('duration("P1M") < duration("P31D")', None),
        ("today()", date(2026, 10, 2)),
        ('now() = date and time("2026-10-02T07:30:00")', True),
        ('date("2026-10-01") in [date("2026-09-01")..date("2026-10-01")]', True),
        ('string(duration("P1DT2H"))', "P1DT2H"),
        ("date(上次)", date(2026, 9, 30)),
        ("date(金额)", None),
    ],
)
def test_dates_and_durations(text, expected):
    assert value(text, DATA | {"上次": "2026-09-30"}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('contains("食品安全", "安全")', True),
        ("contains(空, 状态)", None),
        ('starts with("abc", "ab")', True),
        ('ends with("abc", "bc")', True),
        ('string length("再造")', 2),
        ('upper case("aß")', "ASS"),
        ('lower case("AB")', "ab"),
        ('substring("foobar", 3)', "obar"),
        ('substring("foobar", 3, 3)', "oba"),
        ('substring("foobar", -2, 1)', "a"),
        ('substring("foobar", 0)', None),
        ('number("012.50")', Decimal("12.5")),
        ('number("1e9")', None),
        ("string(1.50)", "1.5"),
        ("string(true)", "true"),
        ("count([1, 空])", 2),
        ("count(空)", None),
        ("sum([1, 2, 3.5])", Decimal("6.5")),
        ("sum(1, 2)", 3),
        ("sum([])", None),
        ("sum([1, 空])", None),
        ('sum([duration("P1D"), duration("PT12H")])', timedelta(hours=36)),
        ("min([3, 1, 2])", 1),
        ('max("a", "b")', "b"),
        ('max(1, "b")', None),
        ("mean([1, 2])", Decimal("1.5")),
        ("floor(-1.5)", -2),
        ("ceiling(-1.5)", -1),
        ("abs(-3)", 3),
        ('abs(duration("-P1D"))', timedelta(days=1)),
        ("modulo(-12, 5)", 3),
        ("modulo(1, 0)", None),
        ("list contains([1, null], 空)", True),
        ('list contains([1], "1")', False),
        ("append([1], 2, 3)", (1, 2, 3)),
        ("distinct values([1, true, 1.0, [2], [2]])", (1, True, (2,))),
    ],
)
def test_functions(text, expected):
    assert value(text) == expected


def test_every_function_is_tried_somewhere():
    tried = Path(__file__).read_text(encoding="utf-8")

    assert [name for name in FUNCTIONS if f"{name}(" not in tried] == []


class Weekdays:
    """Monday to Friday, as an office counts them."""

    def between(self, first, last):
        days = ((first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
        return sum(day.weekday() < 5 for day in days)

    def after(self, start, days):
        while days:
            start += timedelta(days=1)
            days -= start.weekday() < 5
        return start


def test_working_days_are_counted_by_the_calendar_of_the_caller():
    environment = Environment(calendar=Weekdays())

    assert value('working days between(date("2026-10-02"), date("2026-10-06"))', {}, environment) == 2
    assert value('working days between(date("2026-10-06"), date("2026-10-02"))', {}, environment) == -2
    assert value('add working days(date("2026-10-02"), 3)', {}, environment) == date(2026, 10, 7)
    assert value('add working days(date("2026-10-02"), 1.5)', {}, environment) is None
    with pytest.raises(NotProvided, match="calendar"):
        value('add working days(date("2026-10-02"), 3)', {}, Environment())
    with pytest.raises(NotProvided, match="now"):
        value("today()", {}, Environment())


@pytest.mark.parametrize(
    ("text", "rule", "position", "expected"),
    [
        ("", "empty", 1, ""),
        ("金额 >", "unfinished", 5, '"…"'),
        ("金额 == 3", "unexpected", 5, '"…"'),
        ("金额 ＞ 3", "meant", 4, ">"),
        ("状态 = “是”", "meant", 6, '"'),
        ('date("2026-10-01T09:00:00")', "meant", 1, "date and time"),
        ("金额 ≥ 3", "meant", 4, ">="),
        ("a & b", "meant", 3, "and"),
        ("not a", "meant", 1, "not(…)"),
        ('"a', "unclosed", 1, ""),
        ("a # b", "sign", 3, ""),
        ("if a then b", "unfinished", 12, "else"),
        ("(a", "unfinished", 3, ")"),
        ("1..3", "unexpected", 2, "and"),
        ("contain(a, b)", "function", 1, "contains"),
        ('eval("1")', "function", 1, ""),
        ("contains(a)", "arguments", 1, "2"),
        ('date("2026-02-30")', "literal", 1, "date"),
        ("1" * 35, "digits", 1, ""),
        ("a" * 2_001, "too-long", 2_001, ""),
        ("(" * 51 + "1" + ")" * 51, "too-deep", 51, ""),
        ("not(" * 50 + "a" + ")" * 50, "too-deep", 1, ""),
        ("x" + ".y" * 50, "too-deep", 1, ""),
        ("a ** 2", "unexpected", 4, '"…"'),
        ("a.b(c)", "unexpected", 3, "x"),
        ("for x in y return x", "unexpected", 1, ""),
    ],
)
def test_a_fault_names_its_place_and_what_to_write(text, rule, position, expected):
    with pytest.raises(UnreadableExpression) as caught:
        parse(text)

    assert (caught.value.rule, caught.value.position) == (rule, position)
    assert expected in caught.value.expected
    assert str(caught.value).endswith(".")


def test_a_name_may_hold_signs_and_keywords_where_the_caller_knows_it():
    known = frozenset(("Pre-Bureau Risk", "date of birth and place", "Risk"))

    assert names(parse("Pre-Bureau Risk > Risk - 1", known)) == {"Pre-Bureau Risk", "Risk"}
    assert names(parse('date of birth and place = "x" and Risk', known)) == {"date of birth and place", "Risk"}
    assert names(parse("Pre-Bureau Risk > 1")) == {"Pre", "Bureau Risk"}
    assert evaluate(parse("借-贷 - 1", frozenset(("借-贷",))), {"借-贷": 3}) == 2


def test_names_are_those_of_the_case_and_not_those_that_are_bound():
    text = "some x in 名单, y in x.证件 satisfies y = 证 and contains(x.姓名, 甲.乙)"

    assert names(parse(text)) == {"名单", "证", "甲"}


def test_a_tree_is_a_value_that_can_be_kept():
    expression = parse('some x in [1, "a"] satisfies x in (< 3, [4]) and date("2026-10-01") > d')

    assert pickle.loads(pickle.dumps(expression)) == expression
    assert hash(expression.tree) == hash(parse(expression.text).tree)


@pytest.mark.parametrize(
    "text",
    ["1" + "+1" * 990, "a" + " and a" * 300, "[" + "1," * 990 + "1]", "-" * 1_999 + "1", '"' + "x" * 1_990 + '"'],
    ids=["sum", "and", "list", "signs", "text"],
)
def test_a_long_expression_is_no_deep_one(text):
    assert depth(parse(text).tree) <= 3
    value(text)


def test_work_is_bounded():
    with pytest.raises(TooMuchWork, match="steps"):
        value("some a in x, b in x, c in x satisfies a + b + c < 0", {"x": list(range(100))})
    with pytest.raises(TooMuchWork, match="steps"):
        value("distinct values(x)", {"x": [[n] for n in range(1_000)]})
    with pytest.raises(TooMuchWork, match="list"):
        value("append(x, 1)", {"x": list(range(10_000))})
    with pytest.raises(TooMuchWork, match="text"):
        value("x + x", {"x": "一" * 60_000})


@pytest.mark.parametrize(
    "hostile",
    [float("nan"), float("inf"), 10**9_000, object(), b"bytes", {1, 2}],
    ids=["nan", "infinity", "huge", "object", "bytes", "set"],
)
def test_a_value_that_is_none_of_the_language_is_null(hostile):
    assert value("x = null", {"x": hostile}) is True


def test_a_program_that_reads_no_expression_does_not_load_the_parser():
    script = "import sys, bpmn, bpmn.check, bpmn.expression; print('lark' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"


def test_attributes_of_python_are_no_names():
    for text in ("x.__class__", "x.append", "x.keys", "申请人.items"):
        assert value(text, DATA | {"x": ["a"]}) is None


@pytest.mark.parametrize(
    ("cell", "passing", "failing"),
    [
        ("-", [1, "a", None], []),
        ("", [None], []),
        ('"A", "B"', ["A", "B"], ["C", None, 1]),
        ('not("A", "B")', ["C", 1], ["A", "B"]),
        ("< 5", [4, Decimal("4.9")], [5, None, "a"]),
        (">= 5, 1", [5, 1], [2]),
        ("[1..5)", [1, 4], [5, 0]),
        ("(1..5]", [5], [1]),
        ("100 < ? and ? <= 110", [110], [100]),
        ('contains(?, "a")', ["cat"], ["dog", None]),
        ("true", [True], [False, 1, "true"]),
        ("[1, 2]", [1, 2], [3]),
        ("null", [None], [0]),
        ("= 3", [3], [4]),
        ("!= 3", [4], [3]),
        ('date("2026-10-01")', [date(2026, 10, 1)], [date(2026, 10, 2)]),
        ("底线", [7], [8]),
        ("> 底线 + 1", [9], [8]),
        ('not(contains(?, "a"))', ["dog"], ["cat"]),
    ],
)
def test_cells_let_values_pass(cell, passing, failing):
    tests = parse_cell(cell)

    assert [value for value in passing if not passes(tests, value, {"底线": 7})] == []
    assert [value for value in failing if passes(tests, value, {"底线": 7})] == []


def test_a_script_assigns_line_by_line():
    script = parse_assignments('合计 = 金额 * 2\n\n等级 = if 合计 >= 10 then "大" else "小"')

    assert [name for name, _ in script] == ["合计", "等级"]
    with pytest.raises(UnreadableExpression):
        parse_assignments("import os")
    with pytest.raises(UnreadableExpression):
        parse_assignments("a.b = 1")


@settings(max_examples=300, deadline=None)
@given(some.text(alphabet='ab1 .,()[]{}<>=!+-*/"?:不and or not in if then else', max_size=40))
def test_any_text_is_read_or_refused(text):
    with suppress(BpmnError):
        value(text, {"a": 1, "b": [1]})


@settings(max_examples=200, deadline=None)
@given(
    some.lists(
        some.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**6), max_value=10**6),
        min_size=1,
        max_size=6,
    )
)
def test_arithmetic_is_that_of_decimals(numbers):
    text = " + ".join(f"({number:f})" for number in numbers)

    assert value(text) == sum(numbers)


@pytest.mark.parametrize("module", sorted(path.stem for path in Path(bpmn.expression.__file__).parent.glob("*.py")))
def test_examples_in_the_code_run(module):
    found = importlib.import_module(f"bpmn.expression.{module}" if module != "__init__" else "bpmn.expression")

    assert doctest.testmod(found).failed == 0


@pytest.mark.parametrize(
    ("text", "found", "meant"),
    [
        ("a AND b", "AND", "and"),
        ("a = TRUE", "TRUE", "true"),
        ("金额 gt 3", "gt", ">"),
        ("金额 > 3 且 金额 < 9", "且", "and"),
    ],
)
def test_a_word_of_another_language_is_named_with_what_is_meant(text, found, meant):
    with pytest.raises(UnreadableExpression) as error:
        parse(text)

    assert (error.value.rule, error.value.found, error.value.expected) == ("meant", found, meant)


@pytest.mark.parametrize("text", ["gt", "le grand nom", "申请 金额 > 3", "是否 或有 = true"])
def test_such_a_word_may_be_a_name_of_its_own_or_a_part_of_one(text):
    assert parse(text)
