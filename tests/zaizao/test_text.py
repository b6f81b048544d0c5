"""Tables for a terminal."""

import pytest
from click import unstyle

from zaizao.cli.text import Column, shorten, table, width


@pytest.mark.parametrize(("text", "cells"), [("abc", 3), ("企业", 4), ("a企é", 4), ("e\u0301", 1), ("", 0)])
def test_width_counts_two_cells_for_a_chinese_character(text, cells):
    assert width(text) == cells


def test_columns_are_aligned_by_display_width():
    lines = table([Column(head="单位"), Column(head="n", right=True)], [["市场监管局", "1"], ["a", "23"]])

    ends = {width(unstyle(line)) for line in lines}

    assert len(ends) == 1


def test_a_long_name_loses_its_middle_and_figures_never_do():
    lines = table(
        [Column(shrinks=True), Column(right=True)], [["食品经营许可新办事项名称很长" * 4, "12345678"]], cells=40
    )

    assert width(lines[0]) <= 40
    assert "…" in lines[0]
    assert lines[0].endswith("12345678")


def test_shorten_keeps_what_fits():
    assert shorten("企业开办", 8) == "企业开办"
    assert width(shorten("企业开办登记", 8)) <= 8


def test_text_of_a_file_cannot_move_the_cursor():
    line = table([Column()], [["\x1b[2Jname\u202e"]])[0]

    assert "\x1b" not in line
    assert "\u202e" not in line
