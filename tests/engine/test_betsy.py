"""The conformance cases of betsy: none does wrong, and nearly all pass."""

from collections import Counter

import pytest

from benchmarks.betsy import verdicts
from benchmarks.coverage import cases, elements


@pytest.fixture(scope="module")
def found(shared):
    return list(verdicts(shared / "bpmn" / "betsy", shared / "expect" / "betsy_tests.json"))


def test_no_case_does_wrong(found):
    assert [(one.name, one.given, one.why) for one in found if one.verdict == "wrong"] == []


def test_at_least_four_of_five_pass_and_the_rest_is_refused_by_name(found):
    counts = Counter(one.verdict for one in found)

    assert counts["passed"] >= 0.8 * len(found), counts
    assert all(one.why for one in found if one.verdict == "refused")


def test_the_page_says_what_is_so(found, root):
    page = (root / "docs" / "reference" / "bpmn-coverage.md").read_text("utf-8")

    assert cases(found) in page, "run python -m benchmarks.coverage"
    assert elements() in page, "run python -m benchmarks.coverage"
