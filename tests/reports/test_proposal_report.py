"""What the report says of findings and of what the program proposes: numbers, split of time, proof, what is left."""

import io
import re
from dataclasses import replace
from datetime import date

import pytest

from redesign import Obligation, Proof
from reports.changes import changes, labels
from reports.docx import report_docx
from reports.html import report_html
from reports.json import study_json
from reports.lanes import CLOSE, drawn
from reports.pareto import pareto
from reports.proof import duties, proved
from reports.proposal import summing_to
from reports.study import study_of
from reports.treatment import left_lines, treatment
from reports.waterfall import waterfall
from reports.xlsx import report_xlsx


def study(content, proposal, language="zh"):
    return study_of(
        content, language=language, title="企业开办", proposal=proposal, version="0.1.0", day=date(2026, 11, 24)
    )


def of_the_proposal(proposal, language="zh"):
    return study(proposal.comparison, proposal, language)


def without_moves(proposal):
    made = replace(proposal.made, moves=(), after=proposal.made.before, line=())
    return replace(proposal, made=made, comparison=None, shares=())


# numbers


def test_findings_that_can_be_used_are_numbered_first(proposal):
    numbered = [(item.number, item.name, item.move is not None) for item in proposal.items]

    assert numbered == [
        (1, "approval-chain", True),
        (2, "unused-result", True),
        (3, "needless-sequence", False),
        (4, "automatable-step", False),
    ]


def test_a_move_that_answers_none_of_the_findings_is_numbered_behind_them(proposal):
    later = replace(proposal.made.moves[1], finding="pass-through", steps=("push",))
    made = replace(proposal.made, moves=(proposal.made.moves[0], later))

    items = replace(proposal, made=made).items

    assert [(item.number, item.name) for item in items if item.move is not None][-1] == (5, "pass-through")
    assert items[-1].finding is None


def test_changes_somebody_decided_bear_letters_and_proposed_ones_the_numbers_of_findings(compared, proposal):
    assert set("".join(labels(study(compared, proposal)).values())) == set("ABCDE")

    proposed = of_the_proposal(proposal)

    assert {change.before: change.label for change in changes(proposed) if change.kind == "removed"} == {
        "登记台账": "2",
        "分管审批": "1",
    }


def test_the_number_in_the_list_is_the_one_at_the_step(compared, proposal):
    html = report_html(study(compared, proposal))
    marks = drawn(study(compared, proposal).alone, "only", compared.before, CLOSE).marks

    assert {step: mark.number for step, mark in marks.items() if mark.number} == {
        "approve": "1", "decide": "1,4", "record": "2", "identity": "3", "review": "3",
    }  # fmt: skip
    assert 'id="found-all"' in html
    assert re.search(r'class="number">1</span></td><td><b>审批层级过长</b>', html)


# what is done


def test_every_finding_says_what_is_done_or_why_not(compared, proposal):
    lines = {line.number: line for line in treatment(study(compared, proposal)).lines}

    assert (lines[1].done, lines[1].trust) == ("减少层级：分管审批", "可信")
    assert lines[3].done == "未采用：缺标注，先补齐或确认：材料（gov:material）"
    assert lines[3].trust == "待核"
    assert lines[4].done == "未采用：受法律保护：市场主体登记管理条例 第十九条"
    assert (lines[4].alone, lines[4].counted) == ("—", "—")


def test_what_is_counted_adds_up_to_the_cut_and_has_its_interval(compared, proposal):
    made = treatment(study(compared, proposal))

    counted = [float(line.counted) for line in made.lines if line.is_made]
    assert round(sum(counted), 2) == float(made.total.counted) == 7.0
    assert [line.interval for line in made.lines if line.is_made] == ["4.7–4.9", ""]


def test_many_findings_are_counted_but_what_is_done_is_always_seen(compared, proposal):
    short = treatment(study(compared, proposal), most=1)

    assert [line.number for line in short.lines] == [1, 2]
    assert short.more == 2


def test_where_nothing_pays_the_report_says_so(as_is, proposal):
    html = report_html(study(as_is, without_moves(proposal)))

    assert "没有一组改动既省又不使任何一项变差" in html
    assert "本报告只说现状" in html
    assert 'class="number open">1</span>' in html


def test_a_report_without_findings_has_no_such_section(compared):
    assert "发现与处理" not in report_html(study(compared, None))


# where the time is cut


def test_the_falls_go_from_the_mean_before_to_the_mean_after(proposal):
    rows = waterfall(of_the_proposal(proposal)).rows
    falls = [row for row in rows if row.kind == "fall"]

    assert [row.kind for row in rows] == ["legal", "promised", "now", "fall", "fall", "after"]
    assert [(row.note, row.text) for row in falls] == [("1", "−4.80"), ("2", "−2.20")]
    assert falls[0].start == pytest.approx(20.9)
    assert falls[0].end == pytest.approx(falls[1].start)
    assert falls[-1].end == pytest.approx(13.9)


def test_a_move_that_costs_time_is_drawn_as_a_rise(proposal):
    first, second = proposal.shares
    shares = (replace(first, elapsed_working_s=9 * 3600.0), replace(second, elapsed_working_s=-2 * 3600.0))

    rows = waterfall(of_the_proposal(replace(proposal, shares=shares))).rows

    assert [(row.kind, row.text[0]) for row in rows if row.kind in ("fall", "rise")] == [("fall", "−"), ("rise", "+")]


def test_nothing_is_split_where_there_is_no_mean(proposal):
    cuts = {**proposal.comparison.cuts}
    cuts["time"] = replace(cuts["time"], after=None, cut=None, percent=None)
    unknown = replace(proposal, comparison=replace(proposal.comparison, cuts=cuts))

    assert waterfall(of_the_proposal(unknown)) is None


def test_shares_of_fewer_cases_are_brought_to_the_printed_cut(proposal):
    scaled = summing_to(proposal.shares, 14 * 3600.0)

    assert sum(share.elapsed_working_s for share in scaled) == pytest.approx(14 * 3600.0)
    assert scaled[0].low == pytest.approx(2 * proposal.shares[0].low)


def test_the_line_shows_each_size_and_marks_what_is_proposed(proposal):
    points = pareto(of_the_proposal(proposal)).points

    assert [(point.moves, point.is_made) for point in points] == [(1, False), (2, True)]


# the proof


def test_the_proof_counts_each_kind_and_names_what_another_step_fulfils(proposal):
    made = proved(of_the_proposal(proposal))

    assert [(kind.name, kind.held, kind.count) for kind in made.kinds] == [("法定环节", 1, 1), ("法定次序", 1, 1)]
    assert [(duty.subject, duty.witness) for duty in made.notable] == [
        ("分管审批", "由「核准登记」承接，仍在「形式审查」之后。")
    ]


def test_a_broken_obligation_is_listed_first_with_what_breaks_it(proposal):
    broken = Obligation(
        obligation="mandatory-step",
        holds=False,
        element="decide",
        witness={"basis": "条例", "stands_for_it": "decide", "lost": ["unit"]},
    )
    obligations = (*proposal.made.proof.obligations, broken)
    made = replace(proposal, made=replace(proposal.made, proof=Proof(obligations=obligations)))

    first = proved(of_the_proposal(made)).notable[0]

    assert not first.holds
    assert "失去：承办单位" in first.witness


def test_an_obligation_of_a_new_kind_is_told_by_its_own_words(proposal):
    new = Obligation(obligation="not-yet-known", holds=True, element="decide", witness={"reason": "because"})
    made = replace(proposal, made=replace(proposal.made, proof=Proof(obligations=(new,))))

    assert [(duty.kind, duty.witness) for duty in duties(of_the_proposal(made))] == [
        ("not-yet-known", "reason=because")
    ]


# beside what was decided


def test_the_proposal_stands_beside_what_was_decided(compared, proposal):
    html = report_html(study(compared, proposal))

    assert "本程序另有方案：13.9 工时（减 33.5" in html.replace("\u202f", " ")
    assert "已定方案与再造方案" in html
    assert html.count('id="proposed-all"') == 1


def test_without_a_decision_the_first_page_is_of_the_proposal(proposal):
    html = report_html(of_the_proposal(proposal))

    assert "企业开办平均用时可由 20.9 工时减到" in html
    assert "还没有人决定采用" in html
    assert "已定方案与再造方案" not in html
    assert 'id="found-all"' not in html


def test_what_a_decided_redesign_leaves_is_told_with_what_it_saves(compared, proposal):
    finding = replace(proposal.findings[3], steps=("push",), evidence={"materials": ["回执"]})
    told = left_lines(study(compared, replace(proposal, left=(finding,))))

    assert [(line.done, line.alone, line.steps) for line in told] == [("取消环节", "2.00", "1")]
    assert "信息推送" in told[0].says


def test_a_decision_that_leaves_nothing_says_so(compared, proposal):
    assert "没有发现仍值得做的改动" in report_html(study(compared, replace(proposal, left=())))


# other kinds of report


@pytest.mark.parametrize("language", ["zh", "en"])
def test_word_and_excel_have_the_same_numbers(compared, proposal, language):
    from openpyxl import load_workbook

    matter = study(compared, replace(proposal, left=(proposal.findings[1],)), language)
    book = load_workbook(io.BytesIO(report_xlsx(matter)))
    sheet = book["发现" if language == "zh" else "Findings"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]

    assert [row[0] for row in rows[:4]] == [1, 2, 3, 4]
    assert rows[0][1] == treatment(matter).lines[0].title
    assert str(rows[4][6]).startswith("=SUM(")
    assert len(list(book["证明" if language == "zh" else "Proof"].iter_rows(min_row=5))) == 2
    assert report_docx(matter) == report_docx(matter)


def test_the_data_of_the_study_numbers_its_findings(compared, proposal):
    shown = study_json(procedure="p", as_is=compared.before.times, comparison=compared, files=[], proposal=proposal)

    assert [(one["number"], one["finding"]) for one in shown["findings"]] == [
        (1, "approval-chain"), (2, "unused-result"), (3, "needless-sequence"), (4, "automatable-step"),
    ]  # fmt: skip
