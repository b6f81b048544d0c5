"""`zaizao time` as its users meet it."""

import pytest


def test_the_figures_are_those_of_the_contract(run, make):
    answer = run("time", make(), "--cases", 500, "--json")

    figures = answer.json
    assert answer.code == 0
    assert figures["cases"] == 500
    assert figures["seed"] == 1
    assert figures["work_s"]["mean"] == pytest.approx(2 * 3600)
    assert figures["elapsed_working_s"]["mean"] >= figures["work_s"]["mean"]
    assert figures["elapsed_calendar_s"]["mean"] >= figures["elapsed_working_s"]["mean"]
    assert figures["overloaded"] == []
    assert {step["id"] for step in figures["steps"]} == {"accept", "check", "approve", "decide"}
    assert set(figures["work_s"]) >= {"mean", "low", "high", "median", "p90", "p95", "n", "basis", "source"}
    assert figures["elapsed_working_s"]["source"] == "simulated"


def test_same_seed_same_answer_and_another_seed_another(run, make):
    file = make()

    first, again, other = (run("time", file, "--cases", 300, "--seed", seed, "--json").out for seed in (7, 7, 8))

    assert first == again
    assert first != other


def test_a_unit_that_cannot_keep_up_is_named_with_the_staff_it_needs_and_there_is_no_mean(run, make):
    answer = run("time", make(arrivals=40, staff=2), "--cases", 200, "--json")

    assert answer.code == 0
    assert answer.json["elapsed_working_s"]["mean"] is None
    (overload,) = answer.json["overloaded"]
    assert overload["unit"] == "窗口"
    assert overload["staff"] == 2
    assert overload["use"] == pytest.approx(40 * 2 / 7 / 2)
    assert overload["needed"] == 12


def test_the_page_says_the_four_times_and_what_to_know_of_them(run, make):
    answer = run("time", make(arrivals=40), "--cases", 200)

    assert "忙不过来" in answer.out
    assert "12" in answer.out


def test_an_unsound_file_has_no_figures(run, make):
    file = make()
    file.write_text(file.read_text().replace('targetRef="decide"', 'targetRef="nowhere"'))

    answer = run("time", file)

    assert answer.code == 1
    assert answer.out == ""
    assert "permit.bpmn" in answer.err


@pytest.mark.parametrize("cases", ["0", "-3", "many", "1e6", "99999999999999999999999"])
def test_a_number_of_cases_that_is_none_is_refused_in_one_sentence(run, make, cases):
    answer = run("time", make(), "--cases", cases)

    assert answer.code == 2
    assert "--cases" in answer.err
    assert answer.err.count("\n") == 1


def test_arrivals_open_when_asked(run, make):
    answer = run("time", make(), "--cases", 50, "--start", "2026-03-02T09:00", "--json")

    assert answer.json["start"].startswith("2026-03-02T09:00")


def test_the_least_time_without_queues_is_computed_beside_the_simulated_one(run, make):
    file = make()

    figures, page = run("time", file, "--cases", 500, "--json").json, run("time", file, "--cases", 500).out

    exact = figures["exact"]
    assert (exact["holds"], exact["queueless"]) == (False, True)
    assert {why["reason"] for why in exact["why_not"]} == {"staff"}
    assert exact["elapsed_working_s"]["mean"] == pytest.approx(2 * 3600)
    assert exact["elapsed_working_s"]["source"] == "exact"
    assert exact["work_s"]["mean"] == pytest.approx(figures["work_s"]["mean"])
    assert "不排队" in page


def test_where_there_is_no_exact_time_the_page_says_why_and_where(run, make):
    file = make()
    file.write_text(file.read_text().replace('part="work"', 'part="work" clock="calendar"', 1))

    answer = run("time", file, "--cases", 100)

    assert "没有精确历时" in answer.out
