"""The hand-over matrix of the report: a number in every cell, both sides on one scale."""

from dataclasses import replace
from datetime import date

import pytest

from analysis.measure import StepTime
from bpmn.build import build
from reports.hand_overs import matrices
from reports.study import study_of


def study(content, language="zh"):
    return study_of(
        content,
        language=language,
        title="企业开办",
        procedure=None,
        version="0.1.0",
        day=date(2026, 11, 24),
        command="",
    )


def texts(matrix):
    return {row.name: [cell.text for cell in row.cells] for row in matrix.rows}


def test_each_cell_says_how_often_the_row_hands_over_to_the_column(compared):
    found = matrices(study(compared))

    assert texts(found.sides[0]) == {
        "综合窗口": ["0", "1", "0"],
        "市场监管局": ["0", "0", "1"],
        "公安局": ["1", "0", "0"],
    }
    assert texts(found.sides[1]) == {
        "综合窗口": ["0", "1", "0"],
        "市场监管局": ["0", "0", "1"],
        "公安局": ["0", "0", "0"],
    }


def test_rows_and_columns_add_up_to_the_sums_before_and_after(compared):
    found = matrices(study(compared))

    assert [side.total for side in found.sides] == ["3", "2"]
    assert found.summary.replace("\u00a0", " ") == "3 → 2"
    assert [row.total for row in found.sides[0].rows] == ["1", "1", "1"]
    assert found.sides[1].received == ("0", "1", "1")


def test_heat_is_one_scale_for_both_sides_and_nothing_is_not_warm(compared):
    found = matrices(study(compared))

    assert {cell.heat for side in found.sides for row in side.rows for cell in row.cells} == {0, 6}
    assert all(cell.text == "0" for row in found.sides[0].rows for cell in row.cells if cell.heat == 0)


def test_a_procedure_of_one_unit_has_no_matrix(make_side):
    rows = tuple((f"s{n}", f"第{n}步", "窗口", "check", 5, 1, "") for n in range(3))

    assert matrices(study(make_side(rows, 1.0, 2.0))) is None


def test_where_the_equations_do_not_hold_the_simulations_own_counts_are_taken_and_said_so(as_is):
    b = build("p").lane("窗口").start().step("a").parallel("x")
    b.branch().lane("甲").step("b", rejects=0.5).branch().lane("乙").step("c").join().end()
    steps = tuple(
        StepTime(id=step, name=step, unit="", work=0.0, wait=0.0, queue=0.0, times_per_case=0.75) for step in "abc"
    )
    found = matrices(study(replace(as_is, model=b.model, times=replace(as_is.times, steps=steps))))

    assert not found.is_exact
    assert texts(found.sides[0])["窗口"] == ["0", "0.75", "0.75"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_units_stand_in_the_order_of_the_lanes(compared, language):
    names = [row.name for row in matrices(study(compared, language)).sides[0].rows]

    assert names == ["综合窗口", "市场监管局", "公安局"]
