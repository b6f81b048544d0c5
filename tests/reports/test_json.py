import dataclasses
import json
from datetime import datetime

import pytest

from analysis.measure import Measure
from analysis.time import time
from bpmn.build import build, needs
from bpmn.model import Model
from reports import json as shapes
from reports.comparison import Cut, compare
from reports.json import comparison_json, cuts_json, measure_json, study_json, time_json
from reports.matching import Match

MEASURE = {"mean", "low", "high", "median", "p90", "p95", "n", "basis", "source"}
CUT = {"before", "after", "cut", "percent", "low", "high", "basis"}


def permit(*, steps: int, staff: int = 2) -> Model:
    chain = (
        build("permit", arrivals_per_day=5, promised_limit=steps, legal_limit=20).start("s").lane("窗口", staff=staff)
    )
    for number in range(steps):
        kind = {0: "accept", steps - 1: "decide"}.get(number, "check")
        chain = chain.step(f"a{number}", kind=kind, work="PT20M", wait="PT1H", rejects=0.1, materials=[needs("申请书")])
    return chain.end("e").model


@pytest.fixture(scope="module")
def comparison():
    return compare(permit(steps=3), permit(steps=2), cases=300, files=("as-is.bpmn", "to-be.bpmn"))


def plain(value) -> bool:
    """Whether a value is made of what JSON knows, nothing of numpy among it."""
    if isinstance(value, dict):
        return all(type(key) is str and plain(item) for key, item in value.items())
    if isinstance(value, list):
        return all(plain(item) for item in value)
    return value is None or type(value) in (str, bool, int, float)


def test_time_has_the_keys_others_rely_on(comparison):
    shown = time_json(comparison.before.times)

    assert shown.keys() >= {
        "process", "cases", "seed", "start", "warm_up", "work_s", "elapsed_working_s", "elapsed_calendar_s",
        "waiting_s", "by_outcome", "overloaded", "not_annotated", "materials_per_case", "visits_per_case", "steps",
        "path",
    }  # fmt: skip
    for measure in (
        "work_s",
        "elapsed_working_s",
        "elapsed_calendar_s",
        "waiting_s",
        "materials_per_case",
        "visits_per_case",
    ):
        assert shown[measure].keys() == MEASURE
    assert shown["by_outcome"].keys() == {"granted", "rejected"}
    assert shown["by_outcome"]["granted"].keys() == {"work_s", "elapsed_working_s", "elapsed_calendar_s", "waiting_s"}
    assert shown["steps"][0].keys() == {"id", "name", "unit", "work_s", "wait_s", "queue_s", "times_per_case"}
    assert shown["path"].keys() == {"work_s", "wait_s", "queue_s", "closed_s", "other_s", "units"}
    assert shown["path"]["units"][0].keys() == {"unit", "work_s", "wait_s", "queue_s"}
    assert {limit["clock"] for limit in shown["limits"]} == {"legal", "promised"}
    assert datetime.fromisoformat(shown["start"]).utcoffset() is not None


def test_the_parts_of_the_path_sum_to_the_elapsed_calendar_time(comparison):
    shown = time_json(comparison.before.times)

    parts = sum(shown["path"][part] for part in ("work_s", "wait_s", "queue_s", "closed_s", "other_s"))
    assert parts == pytest.approx(shown["elapsed_calendar_s"]["mean"], abs=1e-3)


def test_compare_has_the_keys_others_rely_on(comparison):
    shown = comparison_json(comparison)

    assert shown.keys() >= {"before", "after", "comparable", "cuts", "changes", "moves"}
    assert shown["cuts"].keys() >= {"steps", "time", "median", "limit", "materials", "visits"}
    assert all(cut.keys() >= CUT for cut in shown["cuts"].values())
    assert shown["cuts"]["materials"]["distinct"].keys() >= CUT
    assert shown["changes"].keys() >= {"removed", "merged", "new", "moved"}
    assert shown["changes"]["removed"] == ["a2"]
    assert [shown[side]["file"] for side in ("before", "after")] == ["as-is.bpmn", "to-be.bpmn"]
    assert shown["cuts"]["time"]["n"] == 300


def test_study_holds_both_times_and_the_comparison(comparison):
    shown = study_json(
        procedure="permit",
        as_is=comparison.before.times,
        comparison=comparison,
        files=["report.html"],
    )

    assert shown.keys() >= {
        "procedure", "as_is", "to_be", "compare", "cuts", "findings", "redesign", "files", "not_built",
    }  # fmt: skip
    assert shown["as_is"] == time_json(comparison.before.times)
    assert shown["to_be"] == time_json(comparison.after.times)
    assert shown["cuts"] == shown["compare"]["cuts"]
    assert (shown["files"], shown["not_built"], shown["redesign"]) == (["report.html"], [], None)


def test_study_of_one_file_has_nothing_to_compare(comparison):
    shown = study_json(procedure="p", as_is=comparison.before.times, comparison=None, files=[])

    assert [shown[key] for key in ("to_be", "compare", "cuts", "redesign")] == [None] * 4


def test_everything_is_plain_and_made_twice_it_is_equal(comparison):
    again = compare(permit(steps=3), permit(steps=2), cases=300, files=("as-is.bpmn", "to-be.bpmn"))

    first, second = (json.dumps(comparison_json(found), allow_nan=False) for found in (comparison, again))

    assert plain(comparison_json(comparison))
    assert first == second


def test_a_unit_that_cannot_keep_up_has_null_means():
    shown = time_json(time(permit(steps=60), cases=50))

    assert shown["elapsed_working_s"]["mean"] is shown["waiting_s"]["p95"] is shown["steps"][0]["queue_s"] is None
    assert shown["overloaded"][0].keys() == {"unit", "use", "staff", "needed"}
    assert shown["materials_per_case"]["mean"] > 1
    assert plain(shown)


def test_times_are_rounded_to_microseconds_and_counts_stay_whole():
    time_of_work = Measure(
        mean=1 / 3, low=0.0, high=1.0, median=2.0000000001, p90=None, p95=7200.0, n=3, basis="work", source="exact"
    )
    visits = dataclasses.replace(time_of_work, basis="visits", mean=2.0, median=0.1 + 0.2)

    assert measure_json(time_of_work)["mean"] == 0.333333
    assert json.dumps(measure_json(time_of_work)["p95"]) == "7200.0"
    assert json.dumps(measure_json(visits)["mean"]) == "2"
    assert measure_json(visits)["median"] == 0.3


def test_no_negative_zero_and_nothing_that_json_does_not_know():
    cut = Cut(before=float("inf"), after=-0.0, cut=float("nan"), percent=None, low=-0.0, high=0.0, basis="x", unit="s")

    shown = cuts_json({"time": cut})["time"]

    assert json.dumps(shown, allow_nan=False).count("-0") == 0
    assert (shown["before"], shown["cut"], shown["low"]) == (None, None, 0.0)


def test_changes_are_grouped_by_what_became_of_the_steps():
    changes = (
        Match(kind="merged", before=("a", "b"), after=("x",), by="replaces"),
        Match(kind="removed", before=("c",), after=()),
        Match(kind="new", before=(), after=("y",)),
        Match(kind="moved", before=("d",), after=("d",), by="id"),
        Match(kind="kept", before=("e",), after=("e",), by="id"),
    )

    shown = shapes.changes_json(changes)

    assert shown["merged"] == [{"before": ["a", "b"], "after": ["x"], "by": "replaces"}]
    assert (shown["removed"], shown["new"]) == (["c"], ["y"])
    assert (len(shown["moved"]), len(shown["kept"])) == (1, 1)
