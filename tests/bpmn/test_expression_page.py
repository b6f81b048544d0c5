"""The page about expressions says what the program does: every row of its tables is tried."""

import json
import re
from datetime import datetime, timedelta

import pytest

from bpmn.errors import UnreadableExpression
from bpmn.expression import FUNCTIONS, Environment, evaluate, parse, parse_cell, passes, read_expression
from bpmn.expression.functions import MAX_ITEMS, MAX_STEPS, MAX_TEXT
from bpmn.expression.temporal import SHANGHAI
from bpmn.expression.tree import MAX_DEPTH, MAX_DIGITS, MAX_LENGTH
from bpmn.expression.values import same


class NationalDay:
    """The calendar of the page: the holiday of 1 to 7 October."""

    def is_open(self, day):
        return day.weekday() < 5 and not (day.month == 10 and day.day <= 7)

    def between(self, first, last):
        return sum(self.is_open(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))

    def after(self, start, days):
        while days:
            start += timedelta(days=1)
            days -= self.is_open(start)
        return start


ENVIRONMENT = Environment(now=datetime(2026, 10, 1, 9, 30, tzinfo=SHANGHAI), calendar=NationalDay())


@pytest.fixture(scope="module")
def page(root):
    return (root / "docs" / "reference" / "expressions.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def data(page):
    return json.loads(re.search(r"```json\n(.*?)```", page, re.DOTALL)[1])


def rows(page, *head):
    """The code in the cells of every table with that head."""
    titles = re.escape(f"| {' | '.join(head)} |")
    for table in re.findall(titles + r".*\n\|[-|]+\n((?:\|.*\n)+)", page):
        for line in table.splitlines():
            yield [re.findall(r"`([^`]+)`", cell) for cell in line.split(" | ")]


def test_every_example_has_the_value_beside_it(page, data):
    examples = [(cells[0][0], cells[1][0]) for cells in rows(page, "expression", "gives")]
    values = [(text, *(evaluate(parse(part), data, ENVIRONMENT) for part in (text, gives))) for text, gives in examples]

    assert len(examples) > 60
    assert [text for text, found, wanted in values if not same(found, wanted, SHANGHAI)] == []


def test_every_cell_lets_pass_what_it_says(page, data):
    for cell, passing, failing in rows(page, "cell", "passes", "does not pass"):
        tests = parse_cell(cell[0])
        assert all(passes(tests, evaluate(parse(value), {}), data, ENVIRONMENT) for value in passing), cell
        assert not any(passes(tests, evaluate(parse(value), {}), data, ENVIRONMENT) for value in failing), cell


def test_every_translation_is_the_one_beside_it(page):
    examples = [(cells[0][0], cells[1][0]) for cells in rows(page, "written", "read as")]

    assert len(examples) > 10
    assert [text for text, ours in examples if read_expression(text).tree != parse(ours).tree] == []


def test_every_refusal_names_its_language(page):
    for written, dialect in rows(page, "written", "is refused as"):
        with pytest.raises(UnreadableExpression) as caught:
            read_expression(written[0])
        assert [caught.value.dialect] == dialect


def test_every_function_and_limit_is_told(page):
    limits = (MAX_LENGTH, MAX_DEPTH, MAX_DIGITS, MAX_ITEMS, MAX_TEXT, MAX_STEPS)

    assert [name for name in FUNCTIONS if f"`{name}(" not in page and f" {name}(" not in page] == []
    assert re.findall(r"\| ([\d,]+) \|", page.partition("## Limits")[2]) == [f"{limit:,}" for limit in limits]
