"""The web page of the report: what it says in every state, and golden texts."""

import os
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from analysis.measure import Overload
from bpmn.annotation import Duration, GovTime
from flows import Basis, Calibration, Illustration, Procedure, PublishedFigure, TimeSource
from reports.changes import reckon
from reports.matching import Match
from tests.reports.page import HOSTILE, LANGUAGES, Page, text_of, write

# what it says


def test_the_headline_says_both_numbers_in_one_sentence(compared):
    assert "企业开办平均用时由 20.9 工时减到 1.0 工时" in text_of(compared)
    assert "Business start-up: mean time falls from 20.9 to 1.0 working hours" in text_of(compared, "en")


def test_a_rise_is_called_a_rise(as_is, to_be, make_comparison):
    text = text_of(make_comparison(replace(to_be, steps=6), as_is))

    assert "平均用时由 1.0 工时增到 20.9 工时" in text
    assert "+19.9" in text


def test_a_difference_within_chance_is_no_change(compared):
    cut = replace(compared.cuts["time"], cut=100.0, percent=0.1, low=-300.0, high=500.0)
    text = text_of(replace(compared, cuts={**compared.cuts, "time": cut}))

    assert "没有可信的变化" in text
    assert "含 0，不能说有变化" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cut_has_both_numbers_its_per_cent_and_its_basis(compared, language):
    text = text_of(compared, language)

    for both in ("9 → 6", "20.9 → 1.0", "19 → 7", "2 → 1"):
        assert both.replace(" ", "") in text.replace(" ", "")
    for part in ("−33.3 %", "−95.2 %", "−63.2 %", "−50.0 %"):
        assert part in text
    assert "n = 10 000" in text


def test_the_reckoning_adds_up_to_the_steps_of_both_sides(compared):
    reckoning = reckon(compared.changes)

    assert (reckoning.before, reckoning.after) == (compared.before.steps, compared.after.steps)
    assert reckoning.sums == ("9 = 3 + 1 + 3 + 2", "6 = 3 + 1 + 1 + 1")
    assert "9 = 3 + 1 + 3 + 2" in text_of(compared)


def test_limits_are_told_with_the_cases_inside_of_those_whose_clock_ran(compared):
    text = text_of(compared)

    assert "9 052 / 9 400 件" in text
    assert "96.3 %" in text
    assert "p95" in text


def test_the_parts_of_the_way_add_up_as_they_are_printed(compared):
    text = text_of(compared)
    total, parts = re.search(r"改革前 ([\d.]+) 小时 = (.*?)。", text).groups()

    assert round(sum(float(part) for part in re.findall(r"[\d.]+", parts)), 1) == float(total)


def test_what_is_in_doubt_is_said(compared):
    text = text_of(compared)

    assert "2027 年的放假安排还没有公布" in text
    assert "发放执照；没有写的用时按 0 计" in text
    assert "登记台账、印章备案的标注是程序建议" in text


def test_an_auditor_finds_what_repeats_it(compared):
    text = text_of(compared)

    for needed in (
        "20261124",
        "9f3a41c7 9f3a41c7",
        "c20d88e1 c20d88e1",
        "as-is.bpmn",
        "zaizao 0.1.0",
        "--seed 20261124",
        "2026-01-04 09:00",
    ):
        assert needed in text


def limited(side, unit, legal=60, promised=20):
    """The same side with its limits in another unit."""
    processes = [
        process.evolve(
            procedure=replace(process.procedure, legal_limit=legal, promised_limit=promised, limit_unit=unit)
        )
        if process.procedure is not None
        else process
        for process in side.model.processes
    ]
    return replace(side, model=side.model.evolve(processes=tuple(processes)))


def test_limits_in_calendar_days_are_set_beside_calendar_time(as_is):
    text = text_of(limited(as_is, "day"))

    assert "日历时间，小时" in text
    assert "法定时限 60 天 1 440" in text
    assert "p95，小时 | 138" in text


def test_limits_in_months_are_set_beside_calendar_time_about(as_is):
    assert "法定时限 6 个月 4 383" in text_of(limited(as_is, "month", legal=6, promised=None))


def test_a_file_without_limits_says_so(as_is):
    text = text_of(limited(as_is, "workday", legal=None, promised=None))

    assert "文件没有写法定时限和承诺时限" in text
    assert "没有写时限" in text


def test_promises_in_different_units_stand_side_by_side_without_a_per_cent(compared):
    cut = replace(compared.cuts["limit"], before=3.0, after=8.0, cut=None, percent=None, unit="workday/hour")

    assert "承诺 3 工作日 → 8 小时，—" in text_of(replace(compared, cuts={**compared.cuts, "limit": cut}))


def test_the_calendar_is_the_second_basis_where_office_hours_differ(compared):
    cut = replace(compared.cuts["time"], before=360000.0, after=36000.0, percent=90.0, basis="elapsed-calendar")
    text = text_of(replace(compared, cuts={**compared.cuts, "calendar": cut})).replace("\u00a0", " ")

    assert "日历 100 → 10.0 小时，−90.0 %" in text


# empty and broken states


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_procedure_alone_is_reported_without_a_word_of_after(as_is, language):
    text = text_of(as_is, language)

    assert ("改革前" if language == "zh" else "Before") not in text
    assert ("还没有改革后的流程图" if language == "zh" else "no redesigned procedure yet") in text
    assert "→" not in text
    assert "20.9" in text


@pytest.fixture
def overloaded(as_is):
    """Give a side that has no mean, because a unit cannot keep up."""
    nothing = dict.fromkeys(("mean", "low", "high", "median", "p90", "p95"))
    times = as_is.times.times
    path = as_is.times.path
    result = replace(
        as_is.times,
        times=replace(
            times,
            elapsed_working=replace(times.elapsed_working, **nothing),
            elapsed_calendar=replace(times.elapsed_calendar, **nothing),
            waiting=replace(times.waiting, **nothing),
        ),
        overloaded=(Overload(unit="综合窗口", use=1.04, staff=3, needed=4),),
        path=replace(path, work=None, wait=None, queue=None, closed=None, other=None, units=()),
        sample=(),
    )
    return replace(as_is, times=result)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_unit_that_cannot_keep_up_is_named_with_the_staff_it_needs(overloaded, to_be, make_comparison, language):
    for content in (overloaded, make_comparison(overloaded, to_be)):
        text = text_of(content, language)

        assert "综合窗口" in text
        assert "104 %" in text
        assert ("至少配 4 人" if language == "zh" else "at least 4") in text
        assert "None" not in text


def test_sides_that_cannot_be_compared_say_why(compared):
    text = text_of(replace(compared, comparable=False, why_not=("outcomes-differ",)))

    assert "两边不宜直接相比" in text
    assert "相差超过 0.1 个百分点" in text


def test_a_file_without_times_counts_steps_and_claims_no_time(make_side):
    side = make_side(
        (("s", "办结", "窗口", "decide", 30, 0, "measured"),), 0, 0, materials=0, distinct_materials=0, visits=0
    )
    model = side.model.evolve(nodes=tuple(node.evolve(times=()) for node in side.model.nodes))
    text = text_of(replace(side, model=model))

    assert "用时还没有标注" in text
    assert "文件没有写申请人递交的材料" in text
    assert "0 工时" not in text


def test_steps_that_all_stay_are_no_list_of_changes(make_side, make_comparison):
    rows = (("s", "办结", "窗口", "decide", 30, 0, "measured"),)
    kept = [Match(kind="kept", before=("s",), after=("s",), by="id")]

    assert "没有改动" in text_of(make_comparison(make_side(rows, 0.6, 0.6), make_side(rows, 0.5, 0.5), kept))


def test_a_figure_that_was_nothing_before_has_no_per_cent(as_is, to_be, make_comparison):
    before, after = replace(as_is, visits=0), replace(to_be, visits=2)

    assert "改革前为 0，不算百分数" in text_of(make_comparison(before, after))


def test_upper_bounds_are_called_bounds(compared):
    assert "此数为上界" in text_of(replace(compared, before=replace(compared.before, bounds=("visits",))))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("steps", "units"), [(1, 1), (12, 12), (80, 12)])
def test_a_report_is_written_of_small_and_large_procedures(make_side, make_comparison, language, steps, units):
    rows = tuple(
        (f"s{n}", f"第{n}步审核核验材料", f"第{n * units // steps}单位", "check", 5, 1, "") for n in range(steps)
    )
    kept = [Match(kind="kept", before=(row[0],), after=(row[0],), by="id") for row in rows]
    content = make_comparison(make_side(rows, 200.0, 900.0), make_side(rows, 100.0, 400.0), kept)

    page = Page(write(content, language))

    assert page.open == []
    assert page.tags.count("table") >= 6


# what the library knows


def both(text):
    return {"zh": text, "en": text}


def procedure(text="说明"):
    """Give a procedure of the library all of whose texts are this one."""
    return Procedure(
        name="permit",
        title=both(text),
        summary=both(text),
        kind="cross",
        folder=Path("permit"),
        as_is=Path("permit/as-is.bpmn"),
        to_be=None,
        law_as_of=date(2026, 11, 24),
        basis=(Basis(law=text, article=text, says=both(text), steps=("decide", "nowhere"), known="read"),),
        times=(
            TimeSource(
                scenarios=("as-is",),
                part="work",
                elements=("decide",),
                source="text",
                calibrated=True,
                origin=both(f"出自{text}"),
            ),
        ),
        published=(PublishedFigure(place=text, says=both(text), citation=f"见{text}", known="known", target=True),),
        calibration=Calibration(elapsed_working_s={"as-is": 75600}, cases="all", statement=both(f"校准{text}")),
        illustrations=(Illustration(name="arrivals", says=both(f"演示{text}")),),
        left_out=(both(f"不计{text}"),),
        notes=(both(f"另注{text}"),),
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_library_knows_of_the_sources_stands_in_the_report(compared, language):
    text = text_of(compared, language, procedure=procedure())

    for told in ("出自说明", "见说明", "校准说明", "演示说明", "不计说明", "另注说明", "2026-11-24"):
        assert told in text
    assert "核准登记, 审核合一" in text.replace("、", ", ")
    assert ("示例：" if language == "zh" else "Example:") in text
    assert ("总用时经过校准" if language == "zh" else "Calibrated to the published totals") in text


def test_text_of_the_library_never_becomes_code(compared):
    page = Page(write(compared, "en", procedure=procedure(HOSTILE)))

    assert page.open == []
    assert "script" not in page.tags
    assert "img" not in page.tags


def test_chinese_on_an_english_page_is_marked_as_chinese(compared):
    assert '<span lang="zh-CN">分管审批' not in write(compared, "zh")
    assert re.search(r'<span lang="zh-CN">[^<]*分管审批', write(compared, "en"))


# how it was made


def test_rejected_cases_are_told_with_their_own_mean(as_is):
    outcomes = {"granted": as_is.times.times, "rejected": as_is.times.times}
    times = replace(as_is.times, outcome_shares={"granted": 0.98, "rejected": 0.02}, by_outcome=outcomes)

    assert "预期不予 2.0 %，由文件的比例算出" in text_of(replace(as_is, times=times))
    assert "不予的平均历时 20.9 工时" in text_of(replace(as_is, times=times))


def test_sides_that_began_at_different_instants_say_so(compared):
    after = replace(
        compared.after, times=replace(compared.after.times, start=compared.before.times.start.replace(hour=14))
    )
    text = text_of(replace(compared, after=after))

    assert "改革前：2026-01-04 09:00" in text
    assert "改革后：2026-01-04 14:00" in text


def test_units_without_a_number_of_staff_and_cases_without_arrivals_are_told(as_is):
    lanes = tuple(lane.evolve(unit=None) for lane in as_is.model.lanes)
    bare = [process.evolve(procedure=None) for process in as_is.model.processes]
    text = text_of(replace(as_is, model=as_is.model.evolve(lanes=lanes, processes=tuple(bare))))

    assert "综合窗口、市场监管局、公安局没有写人数，按不限" in text
    assert "没有写到件数，案件互不排队" in text


@pytest.mark.parametrize(
    ("time", "told"),
    [
        (GovTime(mean=Duration(seconds=4500)), "1 小时 15 分钟"),
        (GovTime(mean=Duration(days=1), distribution="exponential"), "1 工作日（指数）"),
        (GovTime(mean=Duration(days=2), clock="calendar"), "2 天"),
        (GovTime(mean=Duration(weeks=1, seconds=7200)), "1 周 2 小时"),
        (
            GovTime(mean=Duration(seconds=1800), sd=Duration(seconds=600), distribution="gamma"),
            "30 分钟 ± 10 分钟（伽马）",
        ),
        (
            GovTime(
                low=Duration(seconds=60),
                mode=Duration(seconds=120),
                high=Duration(seconds=600),
                distribution="triangular",
            ),
            "1 分钟–2 分钟–10 分钟（三角）",
        ),
        (GovTime(values=(Duration(seconds=60),) * 7, distribution="empirical"), "7 个实测值"),
        (GovTime(mean=Duration()), "0 分钟"),
        (GovTime(), "—"),
    ],
)
def test_a_time_nobody_measured_is_listed_as_the_file_gives_it(make_side, time, told):
    side = make_side((("s", "办结", "窗口", "decide", 30, 0, "estimate"),), 0.5, 0.5)
    model = side.model.evolve(
        nodes=tuple(node.evolve(times=(time,)) if node.is_step else node for node in side.model.nodes)
    )

    assert f"| 办结 | 窗口 | {told} |" in text_of(replace(side, model=model))


# golden


def golden(root, name, text):
    file = root / "tests" / "golden" / name
    if os.environ.get("ZAIZAO_GOLDEN") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return file.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["comparison", "alone", "overloaded"])
def test_golden_text_of_the_report(compared, as_is, overloaded, to_be, make_comparison, root, language, kind):
    content = {"comparison": compared, "alone": as_is}.get(kind) or make_comparison(overloaded, to_be)
    text = Page(write(content, language)).text + "\n"

    assert text == golden(root, f"report-{kind}.{language}.txt", text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["decided", "proposed"])
def test_golden_text_of_the_report_with_findings(compared, proposal, root, language, kind):
    content = compared if kind == "decided" else proposal.comparison
    text = Page(write(content, language, proposal=proposal)).text + "\n"

    assert text == golden(root, f"report-{kind}.{language}.txt", text)


def test_golden_charts_of_the_report(compared, root):
    html = write(compared)
    charts = re.findall(r"<svg [^>]*role=\"img\"><title>.*?</svg>", html)
    text = (
        "\n".join(re.sub(r"(<(?!/))", r"\n\1", chart).strip() for chart in charts if 'class="map"' not in chart) + "\n"
    )

    assert text == golden(root, "report-charts.svg.txt", text)


def test_a_name_with_no_place_to_break_may_break_anywhere(as_is, make_side):
    usual = make_side([("one", "Registration of companies", "Office", "check", 5, 1, "")], 1.0, 4.0)
    wide = make_side([("one", "X" * 300, "Office", "check", 5, 1, "")], 1.0, 4.0)

    assert '<main class="unbroken">' in write(wide, "en")
    assert "<main>" in write(usual, "en")
    assert "<main>" in write(as_is, "zh")


@pytest.mark.parametrize(("language", "name"), [("zh", "无单位"), ("en", "no unit")])
def test_the_time_of_steps_without_a_unit_is_labelled_so(as_is, language, name):
    units = tuple(
        replace(unit, unit="" if place == 0 else unit.unit) for place, unit in enumerate(as_is.times.path.units)
    )
    side = replace(as_is, times=replace(as_is.times, path=replace(as_is.times.path, units=units)))
    page = write(side, language)

    assert re.search(rf"<text[^>]*>(<tspan[^>]*>)?{name}<", page)
    assert re.search(rf'<th scope="row">(<span[^>]*>)?{name}<', page)


@pytest.mark.parametrize(("language", "span"), [("zh", "2029 年到 2060 年"), ("en", "2029 to 2060")])
def test_many_estimated_years_are_told_as_one_span(as_is, language, span):
    years = dict.fromkeys(range(2029, 2061), 0.01)
    page = write(replace(as_is, times=replace(as_is.times, estimated_years=years)), language)

    assert span in page
    assert "2040" not in page


def test_one_of_a_thing_is_told_in_the_singular(make_side):
    side = make_side([("one", "Check", "Office", "check", 5, 1, "")], 1.0, 4.0)
    text = " ".join(re.sub(r"<[^>]*>", " ", write(replace(side, times=replace(side.times, cases=1)), "en")).split())

    assert "1 step " in text
    assert "1 case simulated" in text
    assert not re.search(r"\b1 (steps|units|cases|times|numbers)\b", text)
