import doctest
from datetime import date, datetime

import pytest

from reports import format as write
from reports.format import GAP


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(write).failed == 0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "—"),
        (float("nan"), "—"),
        (float("inf"), "—"),
        (0.0, "0"),
        (0.934, "0.93"),
        (0.9961, "1.0"),
        (0.0042, "0.004"),
        (20.94, "20.9"),
        (99.96, "100"),
        (142.4, "142"),
        (1234567.8, f"1{GAP}234{GAP}568"),
        (-3.14, "−3.1"),
    ],
)
def test_a_number_has_as_many_decimals_as_its_size_deserves(value, text):
    assert write.number(value) == text


def test_a_number_that_rounds_to_nothing_has_no_minus():
    assert write.number(-0.04, 1) == "0.0"


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (9390, 9400, "99.9"),
        (9399, 9400, "99.99"),
        (9400, 9400, "100"),
        (0, 9400, "0"),
        (1, 9400, "0.01"),
        (1, 10**7, "0.0000"),
    ],
)
def test_a_share_is_never_rounded_up_to_all(part, whole, text):
    assert write.share(part, whole) == f"{text}{GAP}%"


def test_a_share_of_nothing_is_unknown():
    assert write.share(0, 0) == "—"


@pytest.mark.parametrize(
    ("text", "cut", "said"),
    [("19.9", 19.9, "−19.9"), ("0.4", -0.4, "+0.4"), ("−2", -2, "+2"), ("0.0 %", 0.0001, "0.0 %"), ("—", None, "—")],
)
def test_a_cut_is_said_as_the_change_it_makes(text, cut, said):
    assert write.change(text, cut) == said


@pytest.mark.parametrize(
    ("seconds", "unit"),
    [(3240, "minute"), (5400, "hour"), (75240, "hour"), (126000, "workday"), (0, "hour"), (None, "hour")],
)
def test_office_time_is_told_in_the_unit_that_reads_best(seconds, unit):
    assert write.office_scale(seconds, 25200).unit == unit


def test_calendar_time_is_told_in_days_from_five_days_on():
    assert write.calendar_scale(4.9 * 86400).unit == "clock-hour"
    assert write.calendar_scale(5 * 86400).unit == "day"


@pytest.mark.parametrize("values", [[3.14, 5.34, 12.44, 65.48], [0.05, 0.05, 0.05], [1.0], [], [0.96, 0.04]])
def test_rounded_parts_add_up_to_their_rounded_sum(values):
    parts = write.adding_up(values, 1)

    assert round(sum(parts), 1) == round(sum(values) + 1e-12, 1)
    assert all(abs(part - value) <= 0.1 + 1e-9 for part, value in zip(parts, values, strict=True))


def test_dates_are_iso():
    assert write.day(date(2026, 11, 24)) == "2026-11-24"
    assert write.minute(datetime(2026, 1, 4, 9)) == "2026-01-04 09:00"
    assert write.clock(63000) == "17:30"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("企业 开办", "企业 开办"),
        ("a\u202eb", "a⟨U+202E⟩b"),
        ("a\x00b", "a⟨U+0000⟩b"),
        ("a\u200bb", "a⟨U+200B⟩b"),
        ("a\nb\tc", "a b c"),
        ("a\ufeff", "a⟨U+FEFF⟩"),
        (f"10{GAP}000", f"10{GAP}000"),
        ("\u2066x\u2069", "⟨U+2066⟩x⟨U+2069⟩"),
    ],
)
def test_what_is_hidden_in_a_text_becomes_visible(text, shown):
    assert write.visible(text) == shown
