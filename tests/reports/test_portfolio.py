"""The sheet of all procedures: targets by class, both ways of summing up, what is missed, what cannot be judged."""

import io
from dataclasses import replace
from datetime import date

import pytest

from reports.portfolio import Entry, Failed, Portfolio, counted, entry_of, portfolio_json, totals
from reports.portfolio_html import headline, portfolio_html, target, verdict
from reports.portfolio_xlsx import portfolio_xlsx
from reports.words import load

HOUR = 3600.0


@pytest.fixture
def entry(compared):
    """Give the maker of an entry: its class, hours before and after, visits before and after."""

    def make(name, kind, before, after, visits=(3, 1), **changes) -> Entry:
        time = replace(
            compared.cuts["time"],
            before=before * HOUR,
            after=after * HOUR,
            cut=(before - after) * HOUR,
            percent=100 * (before - after) / before,
        )
        comings = replace(
            compared.cuts["visits"],
            before=visits[0],
            after=visits[1],
            cut=visits[0] - visits[1],
            percent=100 * (visits[0] - visits[1]) / visits[0] if visits[0] else None,
        )
        pair = replace(compared, cuts={**compared.cuts, "time": time, "visits": comings})
        made = entry_of(
            name=name, title=name, kind=kind, pair=pair, is_proposed=False, proposed=None, findings=5, moves=2
        )
        return replace(made, **changes)

    return make


def sheet(*entries, failed=(), language="zh"):
    return Portfolio(
        words=load(language),
        entries=tuple(entries),
        failed=tuple(failed),
        day=date(2026, 11, 24),
        version="0.1.0",
        cases=1000,
        seed=1,
        command="zaizao study --all -o out",
    )


@pytest.mark.parametrize(
    ("kind", "after", "visits", "met"),
    [
        ("internal", 50, (3, 3), True),
        ("internal", 51, (3, 0), False),
        ("vertical", 40, (0, 0), True),
        ("vertical", 41, (0, 0), False),
        ("cross", 99, (3, 1), True),
        ("cross", 1, (3, 2), False),
        ("", 1, (3, 0), None),
    ],
)
def test_each_class_has_its_target(entry, kind, after, visits, met):
    assert entry("a", kind, 100, after, visits).is_met is met


def test_what_may_not_be_compared_is_neither_judged_nor_summed_up(entry):
    doubtful = entry("a", "internal", 100, 10, comparable=False)

    assert doubtful.is_met is None
    assert [total.n for total in totals([doubtful])] == [0, 0, 0, 0]
    assert verdict(sheet(doubtful), doubtful) == "不宜相比"


def test_a_procedure_in_which_nothing_pays_is_not_judged():
    nothing = entry_of(
        name="a", title="a", kind="internal", pair=None, is_proposed=False, proposed=None, findings=1, moves=0
    )

    assert nothing.is_met is None
    assert verdict(sheet(nothing), nothing) == "没有可做的改动"


def test_the_ratio_of_sums_is_not_the_mean_of_ratios(entry):
    time = next(
        total for total in totals([entry("a", "cross", 100, 90), entry("b", "cross", 10, 2)]) if total.cut == "time"
    )

    assert time.ratio_of_sums == pytest.approx(100 * 18 / 110)
    assert time.mean_of_ratios == pytest.approx(45.0)
    assert (time.n, time.ratios) == (2, 2)


def test_what_was_nothing_before_counts_in_the_sums_and_has_no_ratio(entry):
    found = totals([entry("a", "cross", 10, 5, (4, 1)), entry("b", "cross", 10, 5, (0, 0))])
    visits = next(total for total in found if total.cut == "visits")

    assert (visits.before, visits.after, visits.n, visits.ratios) == (4, 1, 2, 1)
    assert visits.mean_of_ratios == pytest.approx(75.0)


def test_the_share_of_procedures_with_one_visit_has_both_numbers(entry):
    portfolio = sheet(*(entry(str(n), "cross", 10, 5, (3, 1 if n else 2)) for n in range(4)))

    assert (
        target(portfolio, "cross").replace("\u202f", " ") == "目标：一件至多跑 1 次；3 / 4 项达到（75.0 %），目标 70 %"
    )
    assert 'class="late">目标' not in portfolio_html(portfolio)


def test_too_small_a_share_is_marked(entry):
    portfolio = sheet(*(entry(str(n), "cross", 10, 5, (3, 1 + n)) for n in range(2)))

    assert '<span class="late">目标' in portfolio_html(portfolio)


def test_what_misses_its_target_stands_first_and_is_marked(entry):
    portfolio = sheet(entry("good", "internal", 10, 1), entry("bad", "internal", 10, 9))
    html = portfolio_html(portfolio)

    assert html.index("bad/report.html") < html.index("good/report.html")
    assert html.count('<tr class="late">') == 1
    assert headline(portfolio) == "2 项流程中 1 项达到目标"
    assert counted(portfolio.entries) == (1, 2)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_is_whole_and_fetches_nothing(entry, language):
    html = portfolio_html(
        sheet(entry("a", "vertical", 10, 1), failed=[Failed(name="<b>", reason="x & y")], language=language)
    )

    assert "<script" not in html
    assert "http://" not in html.replace("http://www.w3.org/", "")
    assert "&lt;b&gt;" in html
    assert "x &amp; y" in html
    assert "<b>&" not in html


def test_a_sheet_of_nothing_is_a_sheet(entry):
    assert "还没有一项可以评" in portfolio_html(sheet())
    assert portfolio_json(sheet())["procedures"] == []
    assert portfolio_xlsx(sheet())


def test_the_workbook_holds_formulas_and_the_reasons(entry):
    from openpyxl import load_workbook

    made = sheet(entry("a", "cross", 10, 5), failed=[Failed(name="b", reason="=1+1")])
    book = load_workbook(io.BytesIO(portfolio_xlsx(made)))

    assert book.sheetnames == ["事项", "合计", "未研究成"]
    assert str(book["合计"]["C6"].value).startswith("=SUMIFS(")
    assert book["未研究成"]["B5"].value == "=1+1"
    assert book["未研究成"]["B5"].data_type == "s"


def test_the_data_says_how_many_reach_the_target_of_each_class(entry):
    shown = portfolio_json(sheet(entry("a", "cross", 10, 5), entry("b", "internal", 10, 9)))

    assert [(one["class"], one["target"], one["met"], one["known"]) for one in shown["classes"]] == [
        ("internal", {"time_percent": 50.0}, 0, 1),
        ("cross", {"visits": 1, "share_percent": 70.0}, 1, 1),
    ]
    assert shown["procedures"][0]["cuts"]["time"]["percent"] == 50
