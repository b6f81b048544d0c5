"""The examples of the page on working time run."""

import doctest

from org import holidays


def test_the_examples_of_the_page_on_working_time_run(root):
    page = root / "docs" / "explanation" / "working-time.md"

    failed, tried = doctest.testfile(str(page), module_relative=False)

    assert tried >= 8
    assert failed == 0


def test_the_page_on_calendars_names_the_years_of_the_table(root):
    text = (root / "docs" / "reference" / "calendar.md").read_text(encoding="utf-8")
    cn = holidays("CN")

    assert f"{cn.first_year}–{cn.last_official_year}" in text
    assert f"{cn.last_official_year + 1}–{cn.last_year}" in text
