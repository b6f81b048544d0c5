import doctest
import itertools
import re
from html import unescape

import pytest

from reports import charts
from reports.charts import ClockRow, Dots, Label, Mark, Parts, PathRow

TEXT = re.compile(
    r'<text x="([-\d.]+)" y="([-\d.]+)" font-size="([\d.]+)"'
    r'(?: text-anchor="(\w+)")?(?: class="([\w -]+)")?>(.*?)</text>'
)
RECT = re.compile(r'<rect x="([-\d.]+)" y="([-\d.]+)" width="([-\d.]+)" height="([-\d.]+)" class="([\w -]+)"')
CIRCLE = re.compile(r'<circle cx="([-\d.]+)" cy="([-\d.]+)" r="([\d.]+)" class="([\w -]+)"')
LONG = "国家税务总局高新技术产业开发区税务局第一税务所办税服务厅联合窗口"


def labels(svg):
    return [
        Label(x=float(x), y=float(y), size=float(size), anchor=anchor or "start", style=style, text=unescape(text))
        for x, y, size, anchor, style, text in TEXT.findall(svg)
    ]


def size(svg):
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    return float(found[1]), float(found[2])


def assert_labels_stand_apart(svg):
    width, height = size(svg)
    found = labels(svg)
    assert found
    for label in found:
        left, top, right, bottom = label.box
        assert left >= -0.6, label
        assert top >= -0.6, label
        assert right <= width + 0.6, label
        assert bottom <= height + 0.6, label
    for place, one in enumerate(found):
        for other in found[place + 1 :]:
            a, b = one.box, other.box
            overlap = min(a[2], b[2]) - max(a[0], b[0]) > 0.6 and min(a[3], b[3]) - max(a[1], b[1]) > 0.6
            assert not overlap, (one, other)


def row(name, before, after, texts=("1.0", "0.5")):
    return PathRow(name=name, before=before, after=after, before_text=texts[0], after_text=texts[1])


def dots(sample, marks=(), style="now"):
    return Dots(
        name="改革前", figures="均值 20.9 · 中位 19.8 · p90 28.8 · p95 33.6", sample=sample, style=style, marks=marks
    )


def mark(clock, value, text="承诺 5 工作日"):
    return Mark(clock=clock, value=value, text=text)


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(charts).failed == 0


def test_bars_of_before_and_after_share_one_scale():
    svg = charts.paired_bars(24, 12, title="环节 24 → 12 个")

    assert [float(width) for _, _, width, _, _ in RECT.findall(svg)] == [150, 75]
    assert "<title>环节 24 → 12 个</title>" in svg


def test_a_side_alone_has_one_bar_and_nothing_has_none():
    assert len(RECT.findall(charts.paired_bars(24, None, title=""))) == 1
    assert RECT.findall(charts.paired_bars(0, 0, title="")) == []


def test_the_parts_of_a_bar_stand_end_to_end_and_add_up_to_its_total():
    parts = Parts(work=3.1, queue=5.3, wait=12.5, other=0.0, closed=65.5)
    svg = charts.path_bars([row("全程", parts, None, ("86.4", ""))], title="t", unit="小时", is_pair=False)

    bars = [(float(x), float(width), style) for x, _, width, _, style in RECT.findall(svg)]

    assert [style for _, _, style in bars] == ["tm work", "tm queue", "tm wait", "tm closed"]
    assert all(abs(left + width - right) < 0.11 for (left, width, _), (right, _, _) in itertools.pairwise(bars))
    assert sum(width for _, width, _ in bars) / bars[0][1] == pytest.approx(86.4 / 3.1, rel=0.02)


@pytest.mark.parametrize("count", [1, 3, 12])
@pytest.mark.parametrize("name", ["税务局", LONG, "Administrative Approval and Service Bureau of the District", ""])
@pytest.mark.parametrize("width", [328, 680])
def test_labels_of_the_path_stand_apart_for_any_names(count, name, width):
    parts = Parts(work=1, queue=2, wait=14.7)
    rows = [row(f"{name}{place}", parts, parts, ("14.7", "12 345")) for place in range(count)]

    svg = charts.path_bars(rows, title="t", unit="working hours", is_pair=True, width=width, whole=7)

    assert_labels_stand_apart(svg)


def test_an_unknown_part_is_a_dash_without_a_bar():
    svg = charts.path_bars([row("窗口", None, Parts(work=1), ("—", "1.0"))], title="t", unit="工时", is_pair=True)

    assert len(RECT.findall(svg)) == 1
    assert "—" in [label.text for label in labels(svg)]


@pytest.mark.parametrize("largest", [0.02, 0.9, 1, 7, 20.9, 33.4, 56, 86.4, 1234, 99999])
@pytest.mark.parametrize("whole", [0.0, 7.0])
def test_an_axis_holds_its_largest_value_with_few_round_ticks(largest, whole):
    axis = charts.axis(0, 100, largest, whole=whole)

    assert largest <= axis.top * (1 + 1e-9)
    assert axis.at(largest) >= 40
    assert 2 <= len(axis.ticks) <= 9
    assert axis.ticks[0] == 0


def test_ticks_of_office_hours_are_whole_days():
    assert charts.axis(0, 100, 33.4, whole=7).ticks == [0, 7, 14, 21, 28, 35]


def test_every_dot_stands_for_the_same_share_of_the_cases():
    svg = charts.distribution([dots([float(value) for value in range(1000)])], title="t", unit="工时")

    assert len(CIRCLE.findall(svg)) == charts.DOTS


def test_dots_in_one_place_are_stacked_and_none_hides_another():
    svg = charts.distribution([dots([1.0] * 100), dots([5.0, 40.0], style="after")], title="t", unit="工时")
    found = {(x, y) for x, y, _, _ in CIRCLE.findall(svg)}

    assert len(found) == 2 * charts.DOTS


def test_both_sides_share_one_axis():
    svg = charts.distribution([dots([10.0] * 25), dots([10.0] * 25, style="after")], title="t", unit="工时")
    columns = {
        style: {x for x, _, _, found in CIRCLE.findall(svg) if found == style} for style in ("dot now", "dot after")
    }

    assert columns["dot now"] == columns["dot after"]


@pytest.mark.parametrize(
    "marks",
    [
        (),
        (mark("promised", 35),),
        (mark("promised", 35), mark("legal", 56, "法定 8 工作日")),
        (mark("promised", 1), mark("legal", 2, "法定 2 工作日")),
        (mark("promised", 54), mark("legal", 56, "legal 8 working days")),
        (mark("promised", 35), mark("legal", 35, "法定 5 工作日")),
        (mark("promised", 35), mark("legal", 9000, "法定 90 工作日")),
    ],
)
@pytest.mark.parametrize("sample", [[1.0] * 25, [float(value) for value in range(60)]])
def test_labels_of_the_distribution_stand_apart_from_each_other_and_from_the_lines_of_limits(marks, sample):
    svg = charts.distribution(
        [dots(sample, marks), dots(sample, marks, "after")], title="t", unit="working hours", whole=7
    )

    assert_labels_stand_apart(svg)
    lines = [tuple(map(float, found)) for found in re.findall(r'd="M([\d.]+) ([\d.]+)V([\d.]+)" class="limit', svg)]
    for label in (label for label in labels(svg) if label.style in {"legal", "promised"}):
        left, top, right, bottom = label.box
        assert not any(left < x < right and start < bottom - 2 and top + 2 < end for x, start, end in lines), label


def test_a_limit_far_beyond_all_cases_is_named_without_a_line():
    svg = charts.distribution([dots([1.0] * 25, (mark("legal", 9000, "法定 90 工作日"),))], title="t", unit="工时")

    assert "法定 90 工作日 →" in [label.text for label in labels(svg)]
    assert "limit legal" not in svg


def clock_rows(legal=56.0, promised=35.0, mean=20.9, p95=33.6, name="承诺时限"):
    return [
        ClockRow(kind="legal", name="法定时限", amount="8 工作日", value=legal, text="56.0"),
        ClockRow(kind="promised", name=name, amount="5 working days", value=promised, text="35.0"),
        ClockRow(kind="now", name="改革前实际", amount="", value=mean, p95=p95, text="mean 20.9 · p95 33.6"),
        ClockRow(kind="after", name="改革后实际", amount="", value=None, text="—"),
    ]


@pytest.mark.parametrize(
    "changes", [{}, {"legal": 1.0}, {"mean": 300.0, "p95": 900.0}, {"legal": None, "promised": None}]
)
@pytest.mark.parametrize("width", [300, 390])
def test_labels_of_the_clocks_stand_apart(changes, width):
    assert_labels_stand_apart(
        charts.clocks(clock_rows(**changes), title="t", unit="working hours", width=width, whole=7)
    )


def test_each_clock_has_its_own_shape():
    svg = charts.clocks(clock_rows(), title="t", unit="工时")

    assert 'class="legal-bar"' in svg
    assert 'class="diamond"' in svg
    assert 'class="dot now ringed"' in svg
    assert 'class="reach now"' in svg


def test_a_bar_reaches_to_the_p95_and_the_mean_is_marked_on_it():
    svg = charts.clocks(clock_rows(legal=40.0, promised=40.0, mean=20.0, p95=30.0), title="t", unit="工时")
    legal, reach = (
        next(float(width) for _, _, width, _, style in RECT.findall(svg) if style == wanted)
        for wanted in ("legal-span", "reach now")
    )
    mean = next(float(x) for x, _, _, style in CIRCLE.findall(svg) if style == "dot now ringed")
    left = next(float(x) for x, _, _, _, style in RECT.findall(svg) if style == "reach now")

    assert reach / legal == pytest.approx(30 / 40, rel=0.01)
    assert (mean - left) / legal == pytest.approx(20 / 40, rel=0.01)


def test_what_was_cut_is_a_dashed_step_from_the_earlier_value_and_nothing_where_it_is_the_same():
    rows = [
        ClockRow(kind="after", name="改革后实际", amount="", value=1.0, p95=1.5, earlier=earlier)
        for earlier in (21.0, 1.0)
    ]

    assert charts.clocks(rows[:1], title="t", unit="工时").count('class="step"') == 1
    assert charts.clocks(rows[1:], title="t", unit="工时").count('class="step"') == 0


def test_text_from_files_is_escaped_and_hidden_characters_shown():
    svg = charts.path_bars(
        [row('"><script>\u202e', Parts(work=1), Parts(work=1))], title="</title><script>", unit="工时", is_pair=True
    )

    assert "<script" not in svg
    assert "\u202e" not in svg
    assert "U+202E" in svg


def test_a_long_name_is_broken_at_words_and_its_end_is_told():
    assert charts.wrap("Administrative Approval Bureau", 118) == ["Administrative", "Approval Bureau"]
    assert charts.wrap("字" * 100, 100)[-1].endswith("…")
