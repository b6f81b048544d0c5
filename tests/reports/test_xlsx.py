"""The Excel workbook: live formulas that hold their value, figures equal to the data, and names that stay text."""

import doctest
import re
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from analysis.factors import Factor
from analysis.measure import Overload
from analysis.sensitivity import Change, Effect, Sensitivity
from reports import xlsx_table
from reports.format import UNKNOWN
from reports.json import comparison_json
from reports.matching import Match
from reports.study import study_of
from reports.xlsx import report_xlsx

LANGUAGES = ("zh", "en")
FORMULAS = ("=cmd|' /C calc'!A0", "+1", "-2", "@SUM(A1)", "\t=1+1", "＝1+1", "{=1}", "http://example.org/x", "0012")


def write(content, language="zh", **changes):
    given = {
        "title": "企业开办" if language == "zh" else "Business start-up",
        "version": "0.1.0",
        "day": date(2026, 11, 24),
        "command": "zaizao study business-start-up -o out",
    }
    return report_xlsx(study_of(content, language=language, **{**given, **changes}))


def opened(content, language="zh", *, values=True, **changes):
    return load_workbook(BytesIO(write(content, language, **changes)), data_only=values)


def table(book, name):
    """The rows of a sheet below its head, by their head."""
    rows = list(book[name].iter_rows(min_row=4, values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:] if any(cell is not None for cell in row)]


def renamed(side, names):
    """The same side with its steps and units called otherwise."""
    called = dict(zip([step.id for step in side.times.steps], names * 9, strict=False))
    nodes = tuple(replace(node, name=called.get(node.id, node.name)) for node in side.model.nodes)
    lanes = tuple(replace(lane, name=name) for lane, name in zip(side.model.lanes, names, strict=False))
    steps = tuple(replace(step, name=called[step.id], unit=names[0]) for step in side.times.steps)
    times = replace(side.times, steps=steps)
    return replace(side, model=side.model.evolve(nodes=nodes, lanes=lanes), times=times, file=names[0])


class Sheet:
    """Computes the formulas the workbook is written with, from the cells they name."""

    def __init__(self, book, sheet):
        self.book, self.cells = book, book[sheet]

    def value(self, cell):
        found = self.cells[cell].value
        return self.formula(found) if isinstance(found, str) and found.startswith("=") else found

    def formula(self, text):
        if found := re.fullmatch(r'=IF\(AND\(ISNUMBER\((\w+)\),ISNUMBER\((\w+)\)\),(\w+)-(\w+),"—"\)', text):
            one, other = self.value(found[1]), self.value(found[2])
            return one - other if _is_number(one) and _is_number(other) else UNKNOWN
        if found := re.fullmatch(r'=IF\(AND\(ISNUMBER\((\w+)\),(\w+)<>0\),(\w+)/(\w+),"—"\)', text):
            cut, before = self.value(found[1]), self.value(found[2])
            return cut / before if _is_number(cut) and before != 0 else UNKNOWN
        if found := re.fullmatch(r'=IF\(COUNT\((\w+),(\w+),(\w+)\)=3,.*,"—"\)', text):
            parts = [self.value(found[place]) for place in (1, 2, 3)]
            return sum(parts) if all(map(_is_number, parts)) else UNKNOWN
        if found := re.fullmatch(r'=IF\((\w+)>0,(\w+)/(\w+),"—"\)', text):
            return self.value(found[2]) / self.value(found[3])
        if found := re.fullmatch(r"=SUM\(\$(\w)\$(\d+):\$\w\$(\d+)\)", text):
            return sum(self.value(f"{found[1]}{row}") for row in range(int(found[2]), int(found[3]) + 1))
        if found := re.fullmatch(r"=SUMIF\('(.+)'!\$B\$5:\$B\$(\d+),(\w+),'.+'!\$(\w)\$5:\$\w\$\d+\)", text):
            other, kind = self.book[found[1]], self.value(found[3])
            rows = range(5, int(found[2]) + 1)
            return sum(other[f"{found[4]}{row}"].value for row in rows if other[f"B{row}"].value == kind)
        assert text == '="—"', text
        return UNKNOWN


def _is_number(value):
    return isinstance(value, (int, float))


# formulas


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_formula_holds_the_value_it_computes(compared, language):
    live, cached = (opened(compared, language, values=values) for values in (False, True))

    found = 0
    for sheet in live.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    found += 1
                    computed = Sheet(live, sheet.title).formula(cell.value)
                    assert computed == pytest.approx(cached[sheet.title][cell.coordinate].value), cell.value
    assert found > 50


def test_every_cut_is_a_formula_over_its_two_figures(compared):
    sheet = opened(compared, values=False)["概要"]
    heads = [cell.value for cell in sheet[4]]

    assert heads[2:6] == ["改革前", "改革后", "减少量", "减幅"]
    for row in range(5, 5 + len(compared.cuts)):
        assert sheet.cell(row, 5).value == f'=IF(AND(ISNUMBER(C{row}),ISNUMBER(D{row})),C{row}-D{row},"—")'
        assert sheet.cell(row, 6).value == f'=IF(AND(ISNUMBER(E{row}),C{row}<>0),E{row}/C{row},"—")'


def test_the_reckoning_follows_the_sheet_of_changes(compared):
    rows = {row["变化"]: row for row in table(opened(compared), "对账")}

    assert (rows["合计"]["改革前个数"], rows["合计"]["改革后个数"]) == (compared.before.steps, compared.after.steps)
    assert (rows["删除"]["改革前个数"], rows["新增"]["改革后个数"]) == (2, 1)
    assert table(opened(compared), "改动清单")[1]["序号"] == "A"


# figures


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_summary_has_the_figures_of_the_data(compared, language):
    shown = comparison_json(compared)["cuts"]
    book = opened(compared, language)
    names = ("steps", "time", "median", "limit", "materials", "distinct", "visits")
    known = {**shown, "distinct": shown["materials"]["distinct"]}

    for row, name in zip(table(book, book.sheetnames[0]), names, strict=True):
        cut, length = known[name], 3600 if known[name]["unit"] == "s" else 1
        values = list(row.values())[2:8]
        expected = [cut["before"], cut["after"], cut["cut"], cut["percent"] / 100 * length, cut["low"], cut["high"]]
        assert values == pytest.approx([value / length for value in expected]), name


def test_every_step_has_its_times_in_the_unit_of_the_head(compared):
    rows = table(opened(compared), "环节")
    first = compared.before.times.steps[0]

    assert len(rows) == compared.before.steps + compared.after.steps
    head = next(head for head in rows[0] if head.startswith("办理"))
    assert head == "办理 (工时)"
    assert rows[0][head] == pytest.approx(first.work / 3600)
    assert [row["编号"] for row in rows[:2]] == ["collect", "record"]


def test_limits_have_both_counts_and_their_share(compared):
    row = table(opened(compared), "时限")[1]

    assert (row["时限内件数"], row["件数"]) == (9052, 9400)
    assert row["时限内占比"] == pytest.approx(9052 / 9400)


def test_the_distribution_grows_and_has_the_same_scale(compared):
    rows = table(opened(compared), "办结时间分布")
    before = [row["改革前 (工时)"] for row in rows]

    assert len(rows) == 100
    assert before == sorted(before)
    assert before[50] == pytest.approx(compared.before.times.sample[5050] / 3600, rel=0.01)


def test_what_moves_the_mean_time_stands_in_numbers(as_is):
    factor = Factor(kind="work", element="identity", value=900.0)
    lower = Change(value=800.0, seconds=-120.0, low=-150.0, high=-90.0)
    effect = Effect(factor=factor, lower=lower, higher=None)
    found = Sensitivity(mean=3600.0, effects=(effect,), cases=500, seed=1, warm_up=10)
    (row,) = table(opened(replace(as_is, sensitivity=found)), "影响因素")

    values = list(row.values())
    assert values[4:7] == pytest.approx([-2.0, -2.5, -1.5])
    assert values[7:] == [UNKNOWN] * 3
    assert "影响因素" not in opened(as_is).sheetnames


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_method_and_the_doubts_are_told(compared, language):
    book = opened(compared, language)
    said = "\n".join(str(cell.value) for row in book[book.sheetnames[-1]].iter_rows() for cell in row if cell.value)

    assert "zaizao 0.1.0" in said
    assert "9f3a41c7" in said
    assert "2027" in said


# every state


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_procedure_alone_has_its_workbook(as_is, language):
    book = opened(as_is, language)

    assert len(book.sheetnames) == 8
    rows = table(book, book.sheetnames[0])
    assert list(rows[0].values())[2] == as_is.steps
    assert list(rows[1].values())[2] == pytest.approx(20.9)


def test_a_unit_that_cannot_keep_up_leaves_no_cut_of_time(as_is, to_be, make_comparison):
    nothing = replace(
        as_is.times.times.elapsed_working, mean=None, low=None, high=None, median=None, p90=None, p95=None
    )
    times = replace(
        as_is.times,
        times=replace(as_is.times.times, elapsed_working=nothing),
        overloaded=(Overload(unit="公安局", use=1.3, staff=4, needed=6),),
    )
    book = opened(make_comparison(replace(as_is, times=times), to_be))
    row = table(book, "概要")[1]

    assert (row["改革前"], row["减少量"], row["减幅"]) == (UNKNOWN, UNKNOWN, UNKNOWN)
    assert row["改革后"] == pytest.approx(1.0)
    assert "公安局" in str(book["概要"]["A2"].value) + str(book["概要"]["A3"].value)


def test_limits_in_different_units_are_not_subtracted(compared):
    limit = replace(compared.cuts["limit"], before=5.0, after=4.0, cut=None, percent=None, unit="workday/hour")
    content = replace(compared, cuts={**compared.cuts, "limit": limit})
    row = table(opened(content), "概要")[3]

    assert (row["改革前"], row["改革后"], row["减少量"]) == (5, 4, UNKNOWN)
    assert opened(content, values=False)["概要"]["E8"].value == '="—"'


def test_what_was_nothing_before_has_no_per_cent(compared):
    visits = replace(compared.cuts["visits"], before=0.0, after=2.0, cut=-2.0, percent=None)
    row = table(opened(replace(compared, cuts={**compared.cuts, "visits": visits})), "概要")[-1]

    assert (row["减少量"], row["减幅"]) == (-2, UNKNOWN)


def test_eighty_steps_stand_on_one_sheet(make_side, make_comparison):
    rows = [(f"s{n}", f"第{n}个环节", f"单位{n % 12}", "check", 10, 1, "estimate") for n in range(80)]
    side = make_side(rows, 100.0, 400.0)
    changes = [Match(kind="kept", before=(row[0],), after=(row[0],), by="id") for row in rows]

    assert len(table(opened(make_comparison(side, side, changes)), "环节")) == 160


# names from files


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_name_in_a_file_becomes_a_formula_or_a_link(as_is, to_be, make_comparison, language):
    content = make_comparison(renamed(as_is, FORMULAS), renamed(to_be, FORMULAS))
    given = {"title": FORMULAS[0], "command": FORMULAS[0], "version": FORMULAS[1]}
    ours = re.compile(r'^=(IF\(|SUM\(|SUMIF\(|"—")')
    book = opened(content, language, values=False, **given)

    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell.value for cell in cells if cell.data_type == "f" and not ours.match(cell.value)] == []
    assert [cell.value for cell in cells if cell.hyperlink] == []
    said = {str(cell.value) for cell in cells if cell.data_type == "s"}
    assert {name.replace("\t", " ") for name in FORMULAS} <= said
    risky = [cell for cell in cells if cell.data_type == "s" and str(cell.value).strip().startswith(tuple("=+@＝"))]
    assert risky
    assert [cell.value for cell in risky if not cell.quotePrefix and cell.row >= 4] == []


def test_hidden_and_impossible_characters_are_shown_and_long_texts_cut(as_is):
    side = renamed(as_is, ("a\u202eb\x00", "x" * 40_000, "_x0041_"))
    rows = table(opened(side), "环节")

    assert rows[0]["环节"] == "a⟨U+202E⟩b⟨U+0000⟩"
    assert len(rows[1]["环节"]) == 32_767
    assert rows[2]["环节"] == "_x0041_"


# the file


@pytest.mark.parametrize("language", LANGUAGES)
def test_heads_stay_in_sight_and_columns_hold_their_names(compared, language):
    for sheet in opened(compared, language).worksheets:
        assert sheet.freeze_panes is not None
        assert sheet.freeze_panes.endswith("5")
        assert sheet.print_title_rows == "$4:$4"
        assert sheet.page_setup.orientation == "landscape"
        assert all(column.width >= 7 for column in sheet.column_dimensions.values())
    assert opened(compared)["环节"].column_dimensions["B"].width > 10


def test_the_summary_the_units_and_the_distribution_have_native_charts(compared):
    with ZipFile(BytesIO(write(compared))) as package:
        charts = [name for name in package.namelist() if re.fullmatch(r"xl/charts/chart\d+\.xml", name)]

    assert len(charts) == 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_report_gives_the_same_bytes(compared, language):
    assert write(compared, language) == write(compared, language)
    assert opened(compared).properties.created == datetime(2026, 11, 24)


def test_examples():
    assert doctest.testmod(xlsx_table).failed == 0
