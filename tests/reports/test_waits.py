"""Waiting against working: which steps are shown, in which order, and how they are paired."""

from dataclasses import replace
from datetime import date

from analysis.measure import Overload
from reports.study import study_of
from reports.waits import SHOWN, waits


def study(content):
    return study_of(
        content,
        language="zh",
        title="企业开办",
        procedure=None,
        version="0.1.0",
        day=date(2026, 11, 24),
        command="",
    )


def test_the_longest_waits_stand_first_and_merged_steps_are_one_row_with_their_letter(compared):
    found = waits(study(compared))

    assert (
        found.chart.index("B\u00a0形式审查等 3 项")
        < found.chart.index("C\u00a0印章备案")
        < found.chart.index("D\u00a0发放执照")
    )


def test_at_most_ten_steps_are_shown_and_the_rest_is_counted(make_side):
    rows = tuple((f"s{n}", f"第{n}步", "窗口", "check", 5, n + 1, "") for n in range(24))
    found = waits(study(make_side(rows, 320.0, 900.0)))

    assert f"最长的 {SHOWN} 项，共 24 项" in found.note
    assert "第23步" in found.chart
    assert "第14步" in found.chart
    assert "第13步" not in found.chart


def test_what_never_waits_is_not_shown(make_side):
    side = make_side((("a", "甲", "窗口", "check", 30, 0, ""), ("b", "乙", "窗口", "check", 30, 2, "")), 3.0, 3.0)
    steps = tuple(replace(step, queue=0.0) for step in side.times.steps)
    found = waits(study(replace(side, times=replace(side.times, steps=steps))))

    assert "乙" in found.chart
    assert "甲" not in found.chart


def test_where_nothing_waits_or_a_unit_cannot_keep_up_there_is_no_chart(as_is, make_side):
    still = make_side((("a", "甲", "窗口", "check", 30, 0, ""),), 0.5, 0.5)
    overloaded = replace(as_is.times, overloaded=(Overload(unit="窗口", use=1.1, staff=1, needed=2),))

    assert waits(study(still)) is None
    assert waits(study(replace(as_is, times=overloaded))) is None
