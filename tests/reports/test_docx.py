"""The Word document: its layout, its figures, the faces of every run, and that no name in a file can break it."""

import doctest
import re
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm

from analysis.factors import Factor
from analysis.measure import Overload
from analysis.sensitivity import Change, Effect, Sensitivity
from reports import docx as document_module
from reports import docx_text
from reports.docx import report_docx
from reports.format import GAP
from reports.json import comparison_json
from reports.matching import Match
from reports.study import study_of

LANGUAGES = ("zh", "en")
HOSTILE = 'a]]></w:t><w:p/>&lt; "=1+1" {{7*7}} {before} \x00\x0b\u202ecba\ufffe 受理'


FACTOR = Factor(kind="work", element="identity", value=900.0)
LOWER = Change(value=800.0, seconds=-120.0, low=-150.0, high=-90.0)
HIGHER = Change(value=1000.0, seconds=180.0, low=150.0, high=210.0)
EFFECT = Effect(factor=FACTOR, lower=LOWER, higher=HIGHER)
SENSITIVITY = Sensitivity(mean=3600.0, effects=(EFFECT,), cases=500, seed=1, warm_up=10)


def write(content, language="zh", **changes):
    given = {
        "title": "企业开办" if language == "zh" else "Business start-up",
        "version": "0.1.0",
        "day": date(2026, 11, 24),
        "command": "zaizao study business-start-up -o out",
    }
    return report_docx(study_of(content, language=language, **{**given, **changes}))


def opened(content, language="zh", **changes):
    return Document(BytesIO(write(content, language, **changes)))


def text_of(document):
    return "\n".join(
        paragraph.text for paragraph in document.element.body.iter(qn("w:p")) for paragraph in [_P(paragraph)]
    )


class _P:
    def __init__(self, element):
        self.text = "".join(node.text or "" for node in element.iter(qn("w:t")))


def rows_of(document):
    return [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]


# the layout of GB/T 9704


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_that_of_an_official_document(compared, language):
    first, last = opened(compared, language).sections

    assert [round(side / Mm(1)) for side in (first.page_width, first.page_height)] == [210, 297]
    margins = (first.top_margin, first.bottom_margin, first.left_margin, first.right_margin)
    assert [round(side / Mm(1)) for side in margins] == [37, 35, 28, 26]
    assert last.page_width > last.page_height


def test_a_chinese_page_has_22_lines_of_28_characters(compared):
    document = opened(compared)
    grid = document.sections[0]._sectPr.find(qn("w:docGrid"))
    normal = document.styles["Normal"].element

    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")
    assert normal.find(".//" + qn("w:spacing")).get(qn("w:line")) == "579"
    assert document.sections[0].page_height.twips - round(72 * 1440 / 25.4) + 60 >= 22 * 579
    letter = 16 + int(normal.find(qn("w:rPr")).find(qn("w:spacing")).get(qn("w:val"))) / 20
    assert 28 * letter <= 156 / 25.4 * 72


def test_every_run_names_its_chinese_face_and_no_face_comes_from_a_theme(compared):
    for language in LANGUAGES:
        with ZipFile(BytesIO(write(compared, language))) as package:
            parts = {name: package.read(name).decode() for name in package.namelist() if name.endswith(".xml")}

        for name in ("word/document.xml", "word/footer1.xml", "word/footer2.xml"):
            runs = re.findall(r"<w:r>(.*?)</w:r>", parts[name], flags=re.DOTALL)
            written = [run for run in runs if "<w:t" in run]
            assert written
            assert [run for run in written if "w:eastAsia=" not in run] == []
        assert [name for name, text in parts.items() if re.search(r"Theme=|asciiTheme|eastAsiaTheme", text)] == []
        assert not [name for name in parts if "theme" in name]
        assert 'w:eastAsia="zh-CN"' in parts["word/styles.xml"]


def test_the_faces_are_those_of_the_standard(compared):
    styles = opened(compared).styles
    faces = {
        name: styles[name].element.find(qn("w:rPr")).find(qn("w:rFonts")).get(qn("w:eastAsia"))
        for name in ("Title", "Normal", "Heading 1", "Heading 2")
    }

    assert faces == {"Title": "方正小标宋简体", "Normal": "仿宋", "Heading 1": "黑体", "Heading 2": "楷体"}
    assert styles["Title"].font.size.pt == 22
    assert styles["Normal"].font.size.pt == 16


def test_page_numbers_stand_outside_between_dashes(compared):
    section = opened(compared).sections[0]

    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        paragraph = footer.paragraphs[0]
        assert paragraph.text == "— 1 —"
        assert "PAGE" in paragraph._p.xml
        assert f'<w:jc w:val="{side}"/>' in paragraph._p.xml


def test_headings_are_numbered_as_official_documents_number_them(compared):
    text = text_of(opened(compared))

    for heading in (
        "一、基本情况",
        "二、精简成效",
        "（一）环节。",
        "（二）时限。",
        "1.",
        "附件：1.主要指标对照表",
        "附件1",
    ):
        assert heading in text
    assert text.index("特此报告。") < text.index("附件：") < text.index("2026年11月24日") < text.index("附件1")


# what it says


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cut_has_both_numbers_its_per_cent_and_its_basis(compared, language):
    shown = comparison_json(compared)["cuts"]
    said = text_of(opened(compared, language))

    for name in ("steps", "materials", "visits"):
        cut = shown[name]
        both = f"由 {cut['before']} " if language == "zh" else f"From {cut['before']} to {cut['after']} "
        assert (both.replace(" ", "") if language == "zh" else both) in said.replace("由 ", "由")
        assert f"{cut['percent']:.1f}%" in said
    assert f"{shown['time']['before'] / 3600:.1f}" in said
    assert f"{shown['time']['percent']:.1f}%" in said
    assert ("口径：" if language == "zh" else "Basis: ") in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_annex_has_the_figures_of_the_data(compared, language):
    shown, rows = comparison_json(compared)["cuts"], rows_of(opened(compared, language))

    steps, time = (next(row for row in rows if row[0] == name) for name in _NAMES[language])
    assert steps[2:6] == ["9", "6", "−3", "−33.3%"]
    assert time[2:4] == [f"{shown['time'][side] / 3600:.1f}" for side in ("before", "after")]


_NAMES = {"zh": ("环节", "历时均值（办公时间）"), "en": ("Steps", "Mean elapsed time (office hours)")}


def test_every_change_stands_in_its_annex_with_its_letter(compared):
    rows = rows_of(opened(compared))
    letters = [row[0] for row in rows if len(row) == 6 and len(row[0]) == 1 and row[0].isupper()]

    assert letters == [chr(65 + place) for place in range(sum(match.kind != "kept" for match in compared.changes))]
    assert ["A", "删除", "登记台账", "—", "综合窗口", "—"] in rows


def test_a_table_repeats_its_head_and_breaks_no_row(compared):
    for table in opened(compared).tables:
        first, *others = table._tbl.findall(qn("w:tr"))
        assert first.find(".//" + qn("w:tblHeader")) is not None
        assert all(row.find(".//" + qn("w:cantSplit")) is not None for row in (first, *others))


def test_no_table_is_wider_than_the_page(compared):
    for language in LANGUAGES:
        for table in opened(compared, language).tables:
            widths = [int(column.get(qn("w:w"))) for column in table._tbl.iter(qn("w:gridCol"))]
            assert min(widths) > 0
            assert sum(widths) <= 156 * 1440 / 25.4 + len(widths)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_says_in_words_what_it_shows(compared, language):
    pictures = list(opened(compared, language).element.body.iter(qn("wp:docPr")))

    assert len(pictures) >= 6
    assert all(picture.get("descr") for picture in pictures)
    assert len({picture.get("id") for picture in pictures}) == len(pictures)


def test_a_character_the_pictures_cannot_show_is_named(as_is, to_be, make_comparison):
    model = to_be.model.evolve(
        nodes=tuple(replace(node, name=f"{node.name}\U0001f600") if node.name else node for node in to_be.model.nodes)
    )
    text = text_of(opened(make_comparison(as_is, replace(to_be, model=model))))

    assert "U+1F600" in text
    assert "U+1F600" not in text_of(opened(make_comparison(as_is, to_be)))


def test_what_moves_the_mean_time_is_listed_and_drawn(as_is):
    words = opened(as_is)
    moved = opened(replace(as_is, sensitivity=SENSITIVITY))

    assert "影响平均用时的数（现状）" in text_of(moved)
    assert "影响平均用时的数" not in text_of(words)
    assert any("−2.0" in cell and "−2.5–−1.5" in cell for row in rows_of(moved) for cell in row)
    assert len(list(moved.element.body.iter(qn("wp:docPr")))) == len(list(words.element.body.iter(qn("wp:docPr")))) + 1


# every state


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_procedure_alone_has_its_report(as_is, language):
    document = opened(as_is, language)
    text = text_of(document)

    assert ("流程现状用时情况" if language == "zh" else "takes at present") in text
    assert ("二、用时情况" if language == "zh" else "2. What it takes") in text
    assert ("流程改动清单" if language == "zh" else "List of changes") not in text


def test_a_unit_that_cannot_keep_up_is_named_with_the_staff_it_needs(as_is, to_be, make_comparison):
    overload = Overload(unit="公安局", use=1.3, staff=4, needed=6)
    nothing = replace(
        as_is.times.times.elapsed_working, mean=None, low=None, high=None, median=None, p90=None, p95=None
    )
    times = replace(as_is.times, times=replace(as_is.times.times, elapsed_working=nothing), overloaded=(overload,))
    compared = make_comparison(replace(as_is, times=times), to_be)
    compared = replace(compared, notes=("overloaded-before",))
    text = text_of(opened(compared))

    assert "为公安局至少配备6人" in text
    assert "没有可比的减幅" in text


def test_files_that_cannot_be_compared_are_told_so(compared):
    text = text_of(opened(replace(compared, comparable=False, why_not=("unrelated",))))

    assert "没有一个环节的名称和单位对得上" in text
    assert "核对两份流程文件" in text


def test_a_file_without_times_claims_none(as_is, to_be, make_comparison, make_side):
    bare = replace(as_is.model, nodes=tuple(replace(node, times=()) for node in as_is.model.nodes))
    zero = make_side((), 0.0, 0.0).times
    sides = [replace(side, model=bare, times=replace(zero, sample=())) for side in (as_is, to_be)]
    text = text_of(opened(make_comparison(*sides)))

    assert "用时还没有标注" in text
    assert "减幅95" not in text


def test_a_diagram_of_many_units_stands_on_upright_pages_where_it_can_be_read(make_side):
    rows = [(f"s{n}", f"第{n}个环节", f"单位{n}", "check", 10, 1, "estimate") for n in range(30)]

    for side, is_turned in ((make_side(rows, 100.0, 400.0), False), (make_side(rows[:5], 100.0, 400.0), True)):
        last = opened(side).sections[-1]
        assert (last.page_width > last.page_height) == is_turned


def test_eighty_steps_fit_their_pages(make_side, make_comparison):
    rows = [(f"s{n}", f"第{n}个环节要办的事", f"单位{n % 12}", "check", 10, 1, "estimate") for n in range(80)]
    before, after = make_side(rows, 100.0, 400.0), make_side(rows[:60], 40.0, 160.0)
    changes = [Match(kind="kept", before=(row[0],), after=(row[0],), by="id") for row in rows[:60]]
    changes += [Match(kind="removed", before=(row[0],), after=()) for row in rows[60:]]
    document = opened(make_comparison(before, after, changes))

    is_turned = document.sections[-1].page_width > document.sections[-1].page_height
    extents = list(document.element.body.iter(qn("wp:extent")))
    assert len(extents) > 6
    for extent in extents:
        assert 0 < int(extent.get("cx")) <= Mm(225 if is_turned else 156)
        assert 0 < int(extent.get("cy")) <= Mm(156 if is_turned else 225)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_name_in_a_file_breaks_the_document(as_is, to_be, make_comparison, language):
    sides = []
    for side in (as_is, to_be):
        model = side.model.evolve(
            nodes=tuple(replace(node, name=HOSTILE) for node in side.model.nodes),
            lanes=tuple(replace(lane, name=HOSTILE) for lane in side.model.lanes),
        )
        steps = tuple(replace(step, name=HOSTILE, unit=HOSTILE) for step in side.times.steps)
        sides.append(replace(side, model=model, file=HOSTILE, title=HOSTILE, times=replace(side.times, steps=steps)))
    document = opened(make_comparison(*sides), language, title=HOSTILE, command=HOSTILE, version=HOSTILE)
    text = text_of(document)

    assert "⟨U+202E⟩" in text
    assert "⟨U+0000⟩" in text
    assert "{{7*7}}" in text
    assert "</w:t>" in text
    assert "49" not in re.findall(r"\{\{7\*7\}\}|\b49\b", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_report_gives_the_same_bytes(compared, language):
    first = write(compared, language)

    assert first == write(compared, language)
    with ZipFile(BytesIO(first)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_dates_of_the_document_are_those_it_was_given(compared):
    known = opened(compared).core_properties

    assert known.created.replace(tzinfo=None) == known.modified.replace(tzinfo=None) == datetime(2026, 11, 24)
    assert known.author == "zaizao 0.1.0"
    assert "企业开办" in known.title


def test_figures_have_no_narrow_gaps_in_an_official_document(compared):
    for language in LANGUAGES:
        assert GAP not in text_of(opened(compared, language))


@pytest.mark.parametrize("module", [document_module, docx_text], ids=["numerals", "figures"])
def test_examples(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_procedure_too_large_for_paper_is_named_with_the_file_of_its_drawing(make_side, make_comparison, language):
    rows = [(f"s{n}", f"第{n}个环节", "单位", "check", 10, 0, "estimate") for n in range(450)]
    large, small = make_side(rows, 100.0, 400.0), make_side(rows[:5], 40.0, 160.0)
    compared = opened(make_comparison(large, small, []), language)

    text = text_of(compared)
    assert "as-is.svg" in text
    assert "to-be.svg" not in text
    # The small one is still drawn: a picture more than beside the large one alone, with its key.
    assert len(list(compared.element.body.iter(qn("wp:extent")))) > 1


@pytest.mark.parametrize(("language", "span"), [("zh", "2029 年到 2060 年"), ("en", "2029 to 2060")])
def test_many_estimated_years_are_one_span(as_is, language, span):
    years = dict.fromkeys(range(2029, 2061), 0.01)
    text = text_of(opened(replace(as_is, times=replace(as_is.times, estimated_years=years)), language))

    assert span in text
    assert "2040" not in text
