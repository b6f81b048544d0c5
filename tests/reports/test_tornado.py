"""What moves the result, on the page and as data (reports/sensitivity.py, reports/tornado.py)."""

import json
import re
from dataclasses import replace
from datetime import date

import pytest

from analysis.factors import Factor
from analysis.measure import Overload
from analysis.sensitivity import Change, Effect, Sensitivity, sensitivity
from analysis.time import time
from bpmn.build import build
from reports.comparison import side
from reports.html import report_html
from reports.sensitivity import sensitivity_json
from reports.study import study_of
from reports.tornado import Swing, TornadoRow, tornado

DAY = date(2026, 11, 24)


def page(found, *, language="en", name="审查"):
    chain = build("p", arrivals_per_day=20.0).start("s").lane("窗口", id="lane", staff=2)
    model = chain.step("a", name=name, work="PT20M").end("e").model
    one = replace(side(model, file="a.bpmn", times=time(model, cases=50)), sensitivity=found)
    return report_html(study_of(one, language=language, title="许可", version="1", day=DAY))


def effect(lower, higher, **factor):
    return Effect(
        factor=Factor(**{"kind": "work", "element": "a", "value": 1200.0, **factor}), lower=lower, higher=higher
    )


def moved(value, seconds):
    return Change(value=value, seconds=seconds, low=seconds - 30, high=seconds + 30)


def found(*effects, **values):
    return Sensitivity(**{"mean": 3600.0, "effects": effects, "cases": 500, "seed": 1, "warm_up": 10, **values})


def test_a_page_tells_what_moves_the_result_and_by_how_much():
    shown = page(found(effect(moved(1080.0, -120.0), moved(1320.0, 180.0), estimated=True)))

    assert "What moves the result" in shown
    assert re.search(r"<th scope=\"row\">.*审查: work.*</th>", shown)
    assert "−2.0<small>−2.5–−1.5</small>" in shown
    assert "+3.0<small>+2.5–+3.5</small>" in shown
    assert "20 minutes<small>estimated</small>" in shown
    assert "审查: work −2.0 / +3.0" in shown  # the chart in words


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_unit_that_cannot_keep_up_is_told_instead_of_a_number(language):
    overload = Overload(unit="窗口", use=1.2, staff=1, needed=2)
    less = Change(value=1.0, why="overload", overloaded=(overload,))

    shown = page(found(effect(less, moved(3.0, -60.0), kind="staff", element="lane", value=2.0)), language=language)

    assert {"zh": "忙不过来", "en": "cannot keep up"}[language] in shown
    assert {"zh": "窗口需要 2 人", "en": "窗口 needs 2"}[language] in shown


def test_what_moves_nothing_for_sure_is_not_drawn_but_counted():
    shown = page(found(effect(moved(1080.0, 5.0), moved(1320.0, -5.0))))

    assert "Nothing in the file moves the mean time for sure." in shown
    assert "Numbers of the file moved: 1, " in shown


def test_without_the_question_the_page_has_no_such_section():
    assert "What moves the result" not in page(None)


def test_names_of_a_file_cannot_leave_the_picture_or_the_table():
    shown = page(found(effect(moved(1080.0, -120.0), moved(1320.0, 180.0))), name="<script>x</script>\u202e")

    assert "<script>" not in shown
    assert "\u202e" not in shown


def test_limits_of_the_method_are_said():
    shown = page(found(effect(moved(1080.0, -120.0), None), left_out=7, settled=False))

    assert "7 more times were not moved" in shown
    assert "too short for the queues to settle" in shown


def test_an_overloaded_procedure_says_why_there_is_nothing():
    shown = page(found(mean=None, overloaded=(Overload(unit="窗口", use=1.2, staff=1, needed=2),)))

    assert "窗口 cannot keep up: there is no mean that could be moved." in shown


def test_the_chart_keeps_bars_and_numbers_inside():
    rows = [
        TornadoRow(
            name="长" * 60, lower=Swing(value=-90.0, low=-400.0, high=-5.0), higher=Swing(value=None, text="跟不上")
        ),
        TornadoRow(name="b", lower=None, higher=Swing(value=0.0)),
    ]

    picture = tornado(rows, title="t", unit="min", width=328.0)

    places = [float(x) for x in re.findall(r' x="([-\d.]+)"', picture)]
    ends = [float(x) for x in re.findall(r"H([-\d.]+)", picture)]
    assert min(places + ends) >= 0
    assert max(places + ends) <= 328
    assert tornado([], title="t", unit="min", width=328.0).startswith("<svg")


def test_the_data_holds_every_factor_and_can_be_written():
    shown = sensitivity_json(found(effect(moved(1080.0, -120.0), None), effect(None, moved(0.1, 1.0), kind="share")))

    assert sensitivity_json(None) is None
    assert json.loads(json.dumps(shown)) == shown
    assert [(factor["kind"], factor["lower"] is None) for factor in shown["factors"]] == [
        ("work", False),
        ("share", True),
    ]
    assert shown["factors"][0]["lower"] == {
        "value": 1080, "change_s": -120.0, "low": -150.0, "high": -90.0, "why": "", "overloaded": []
    }  # fmt: skip


def test_every_kind_of_factor_has_its_words():
    """One procedure with a time, a wait, shares, a rejection and staff, asked for real."""
    chain = build("p", arrivals_per_day=10.0).start("s").lane("窗口", id="lane", staff=2).exclusive("x", name="齐全？")
    chain = chain.branch(0.3, name="否").step("b", work="PT1H", wait="PT1H", rejects=0.1).branch(0.7).join("j")
    model = chain.step("a", work="PT30M").end("e").model
    one = side(model, file="a.bpmn", times=time(model, cases=50))

    asked = replace(one, sensitivity=sensitivity(model, cases=400))
    for language in ("zh", "en"):
        assert "齐全？" in report_html(study_of(asked, language=language, title="许可", version="1", day=DAY))
    assert {item.factor.kind for item in asked.sensitivity.effects} == {"work", "wait", "share", "rejects", "staff"}
