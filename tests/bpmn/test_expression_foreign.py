"""What other tools write means the same here, or is refused by the name of its language."""

from contextlib import suppress
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bpmn.errors import UnreadableExpression
from bpmn.expression import dialect_of, evaluate, holds, parse, passes, read_cell, read_expression


@pytest.mark.parametrize(
    ("foreign", "ours"),
    [
        ('${a == "x"}', 'a = "x"'),
        ('${x.contains("a")}', 'contains(x, "a")'),
        ('test.contains("a")', 'contains(test, "a")'),
        ("#{a.b == 3}", "a.b = 3"),
        ("${a < 3 && b >= 4}", "a < 3 and b >= 4"),
        ("${a == 'x' || a == 'y'}", 'a = "x" or a = "y"'),
        ("${valid == true}", "valid = true"),
        ("${approved}", "approved"),
        ("${a != null}", "a != null"),
        ("${a == null}", "a = null"),
        ('${a != "x"}', 'a = null or a != "x"'),
        ("${!approved}", "approved = null or not(approved)"),
        ('${"Yes".equals(a)}', '"Yes" = a'),
        ('${execution.getVariable("A") == true}', "A = true"),
        ("${a eq 3 and not (b gt 4)}", "a = 3 and (b = null or b <= 4)"),
        ("${empty a}", 'a = null or list contains(["", [], {}], a)'),
        ("${a ? b : c}", "if a then b else c"),
        ("approval == True", "approval = true"),
        ("x is None", "x = null"),
        ("x is not None and y > 0", "x != null and y > 0"),
        ('x in ["a", "b"]', 'x in ["a", "b"]'),
        ("a === 3", "a = 3"),
        ("= not(approved)", "not(approved)"),
        ("=10 < 3", "10 < 3"),
        ('Vacation Approval = "Approved"', 'Vacation Approval = "Approved"'),
        ("(a > 3) == false", "a = null or a <= 3"),
    ],
)
def test_what_is_exact_is_translated(foreign, ours):
    assert read_expression(foreign).tree == parse(ours).tree


@pytest.mark.parametrize(
    ("text", "language", "dialect"),
    [
        ("${list.size() > 3}", "", "juel"),
        ('${execution.hasVariable("X") == false}', "", "juel"),
        ("${a + 1 == 2}", "", "juel"),
        ("${a} and ${b}", "", "juel"),
        ("x${a}", "", "juel"),
        ("${", "", "juel"),
        ("__import__('os').system('x')", "", "python"),
        ("len(x) > 3", "", "python"),
        ("[y for y in x if y is None]", "", "python"),
        ("a < 3", "javascript", "javascript"),
        ("a.any { it > 3 }", "groovy", "groovy"),
        ("a < b", "groovy", "groovy"),
        ("bpmn:getDataObject('approved')", "http://www.w3.org/1999/XPath", "xpath"),
        ("a > 3", "http://www.jboss.org/mvel", "mvel"),
        ("a = 3", "camunda", "camunda"),
        ("exec('x')", "", "other"),
    ],
)
def test_what_is_not_exact_is_refused_by_the_name_of_its_language(text, language, dialect):
    with pytest.raises(UnreadableExpression) as caught:
        read_expression(text, language)

    assert (caught.value.rule, caught.value.dialect) == ("foreign", dialect)
    assert dialect in str(caught.value)


def test_the_default_label_of_the_standard_says_nothing():
    """BPMN calls every expression XPath where a tool says nothing."""
    assert dialect_of("amount > 3", "http://www.w3.org/1999/XPath") == "feel"


def test_a_label_of_our_language_is_believed():
    with pytest.raises(UnreadableExpression) as caught:
        read_expression("a == 3", "https://www.omg.org/spec/DMN/20191111/FEEL/")

    assert (caught.value.rule, caught.value.dialect) == ("unexpected", "feel")


ATOMS = (
    "t", "t == true", "t != true", "a == 'x'", "a != 'x'", "'x' == a", "a == b", "a != b", "a == null", "n < 2",
    "n >= 2", "n != 1",
)  # fmt: skip
#: Every combination of values of the names above, each of the kind it is compared with, or null.
WORLDS = [
    {"t": t, "a": a, "b": b, "n": n}
    for t, a, b, n in product((True, False, None), ("x", "y", None), ("x", None), (1, 2, None))
]


def java(text, values):
    """The truth of a condition as Java's expression language has it: null is false and less than nothing."""
    python = (
        text.replace("&&", " and ")
        .replace("||", " or ")
        .replace("null", "None")
        .replace("true", "True")
        .replace("!(", " not (")
    )
    scope = {name: Comparable(value) for name, value in values.items()}
    return bool(eval(python, {"__builtins__": {}}, scope))


class Comparable:
    """A value that compares as Java's expression language compares."""

    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        return self.value == plain(other)

    def __ne__(self, other):
        return self.value != plain(other)

    def __lt__(self, other):
        return self.value is not None and plain(other) is not None and self.value < plain(other)

    def __ge__(self, other):
        return self.value is not None and plain(other) is not None and self.value >= plain(other)

    def __bool__(self):
        return self.value is True

    __hash__ = None


def plain(value):
    return value.value if isinstance(value, Comparable) else value


@pytest.mark.parametrize("first", ATOMS)
@pytest.mark.parametrize("shape", ["{0}", "!({0})", "{0} && {1}", "!({0} || {1})", "!({0} && !({1}))"])
def test_a_translation_is_true_exactly_where_the_original_is(first, shape):
    for second in ATOMS:
        text = shape.format(first, second)
        translated = read_expression("${" + text + "}")

        assert [world for world in WORLDS if holds(translated, world) != java(text, world)] == [], text


@pytest.mark.parametrize(
    ("cell", "language", "passing", "failing"),
    [
        ('cellInput == "bronze"', "juel", ["bronze"], ["silver", None]),
        ("cellInput < 1000", "groovy", [999, None], [1000]),
        ("100 < ? <= 110", "", [110], [100, 111]),
        ('"PEANUTS" in ?', "", [["PEANUTS"], "PEANUTS"], [["MILK"], "none"]),
        ('"PEANUTS" not in ?', "", [["MILK"], "none"], [["PEANUTS"], "PEANUTS and more"]),
        ("'Layla'", "", ["Layla"], ["Mona"]),
        ("True", "", [True], [False]),
        ("", "juel", [1], []),
    ],
)
def test_foreign_cells(cell, language, passing, failing):
    tests = read_cell(cell, language)

    assert all(passes(tests, value, {}) for value in passing)
    assert not any(passes(tests, value, {}) for value in failing)


def test_a_cell_may_ask_by_the_name_of_its_input():
    cell = read_cell('${status == "a" && other == 2}', "juel", input_name="status")

    assert passes(cell, "a", {"other": 2})
    assert not passes(cell, "b", {"other": 2})


@settings(max_examples=300, deadline=None)
@given(some.text(alphabet="ab1 .,()[]'\"${}<>=!&|?:-notisemptyin", max_size=40))
def test_any_text_of_another_tool_is_read_or_refused(text):
    for language in ("", "juel", "python", "groovy"):
        with suppress(UnreadableExpression):
            evaluate(read_expression(text, language), {"a": 1, "b": "x"})
        with suppress(UnreadableExpression):
            passes(read_cell(text, language), 1, {})


@pytest.mark.parametrize(
    ("text", "rule", "found", "expected"),
    [
        ("a = 'x'", "meant", "'", '"'),
        ("a <> 3", "meant", "<>", "!="),
        ("金额 > 3 且 金额 < 9", "meant", "且", "and"),
        ("a = 1;", "sign", ";", ""),
        ("a = 'x' + b'y", "foreign", "=", ""),
        ("function(x) x", "definition", "function(", ""),
    ],
)
def test_of_what_many_write_the_one_wrong_sign_is_named(text, rule, found, expected) -> None:
    with pytest.raises(UnreadableExpression) as caught:
        read_expression(text)

    assert (caught.value.rule, caught.value.found) == (rule, found)
    assert expected in caught.value.expected
