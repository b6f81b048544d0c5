"""From a file to its measures (analysis/time.py)."""

from datetime import datetime

import numpy as np
import pytest

from analysis.hours import estimated_years, open_between, units_with_other_hours
from analysis.time import time, time_pair
from bpmn.annotation import GovTime
from bpmn.build import build, needs
from bpmn.gov import parse_duration
from org import WorkTime, holidays

OFFICE = WorkTime(holidays=holidays("CN"))
ALWAYS = WorkTime(holidays=holidays("CN"), hours=((0, 86400),))


def moments(*texts: str) -> np.ndarray:
    return np.array([OFFICE.to_local(datetime.fromisoformat(f"{text}+08:00")) for text in texts], dtype=np.int64)


@pytest.mark.parametrize("hours", [OFFICE, ALWAYS], ids=["office", "round the clock"])
def test_open_time_of_columns_is_that_of_single_moments(hours):
    """Across the break, a night, a weekend, Spring Festival with its made-up days, and the end of a year."""
    start = moments("2026-02-13T08:00", "2026-02-13T11:50", "2026-02-14T12:30", "2025-12-31T17:00", "2026-02-16T03:00")
    end = moments("2026-02-13T08:30", "2026-02-13T13:40", "2026-02-28T10:00", "2026-01-05T09:30", "2026-02-16T04:00")

    found = open_between(hours, start, end) / 1e6

    single = [hours.count(hours.from_local(int(a)), hours.from_local(int(b))) for a, b in zip(start, end, strict=True)]
    assert found.tolist() == single


def test_no_case_has_no_open_time():
    assert open_between(OFFICE, np.array([], dtype=np.int64), np.array([], dtype=np.int64)).tolist() == []


def test_years_without_an_official_calendar_are_told_with_the_share_of_cases_that_touch_them():
    last = OFFICE.holidays.last_official_year
    start = moments(f"{last}-06-01T09:00", f"{last}-12-31T09:00", f"{last + 1}-02-01T09:00", f"{last}-06-01T09:00")
    end = moments(f"{last}-06-02T09:00", f"{last + 1}-01-05T09:00", f"{last + 1}-02-03T09:00", f"{last}-12-31T23:59")

    assert estimated_years(OFFICE, start, end) == {last + 1: 0.5}
    assert estimated_years(WorkTime(holidays=holidays("none")), start, end) == {}


def test_a_case_without_chance_by_hand():
    """One hour of work after two hours of waiting, then half an hour by another unit; two papers and one visit."""
    chain = build("p", promised_limit=1).start("s").lane("窗口").step("a", work="PT1H", wait="PT2H", kind="accept")
    chain = chain.step("b", task="serviceTask", materials=[needs("x"), needs("y")], visit=True)
    model = chain.lane("科室").step("c", work="PT30M", kind="decide").end("e").model

    found = time(model, cases=250)

    assert found.times.work.mean == found.times.work.p95 == 5400
    assert found.times.elapsed_working.mean == pytest.approx(3.5 * 3600)
    assert found.times.waiting.mean == 7200
    assert (found.materials_per_case.mean, found.visits_per_case.mean) == (2, 1)
    assert (found.times.work.n, found.cases, found.warm_up, found.process) == (250, 250, 0, "p")
    assert [(step.id, step.unit, step.work, step.wait, step.times_per_case) for step in found.steps] == [
        ("a", "窗口", 3600, 7200, 1), ("b", "窗口", 0, 0, 1), ("c", "科室", 1800, 0, 1)
    ]  # fmt: skip
    path = found.path
    assert (path.work, path.wait, path.queue) == (5400, 7200, 0)
    assert path.work + path.wait + path.closed + path.other == pytest.approx(found.times.elapsed_calendar.mean)
    assert found.outcome_shares == {"granted": 1.0, "rejected": 0.0}
    assert found.by_outcome.keys() == {"granted"}
    assert (found.not_annotated, found.notes, found.day_seconds) == (("b",), ("no-arrivals",), 7 * 3600)
    [limit] = found.limits
    assert limit.inside == limit.n == 250
    assert len(found.sample) == 250


def test_the_applicants_steps_are_no_steps_but_their_time_elapses():
    chain = build("p", pool="office").start("s").step("a", work="PT1H").catch("paper", "message").step("b", work="PT1H")
    chain = (
        chain.end("e")
        .pool("citizen", process="q", applicant=True)
        .start("s2", event="message")
        .step("write", work="P7D")
    )
    model = chain.end("e2").message("a", "s2").message("write", "paper").model

    found = time(model, cases=50)

    assert [step.id for step in found.steps] == ["a", "b"]
    assert found.times.work.mean == 7200
    assert found.times.elapsed_calendar.mean > 7 * 86400


def test_the_share_of_each_outcome_is_expected_and_the_times_are_told_by_it():
    chain = build("p").start("s").step("a", work="PT1H", rejects=0.25).step("b", work="PT1H").end("e")

    found = time(chain.model, cases=2000)

    assert found.outcome_shares == {"granted": 0.75, "rejected": 0.25}
    assert found.outcome_shares_exact
    assert found.by_outcome["rejected"].work.mean == 3600
    assert found.by_outcome["granted"].work.mean == 7200
    assert found.by_outcome["granted"].work.n + found.by_outcome["rejected"].work.n == 2000


def test_where_the_expected_shares_depend_on_time_the_simulated_ones_are_told_and_said_so():
    chain = build("p").start("s").parallel("g").branch().step("a", work="PT1H").end("no", outcome="rejected")
    model = chain.branch().step("b", work="PT2H").end("yes").close().model

    found = time(model, cases=20)

    assert (found.outcome_shares, found.outcome_shares_exact) == ({"granted": 1.0, "rejected": 0.0}, False)
    assert "outcomes-simulated" in found.notes


def test_all_starting_at_one_instant_is_said():
    model = build("p").start("s").step("a", work="PT1H").end("e").model

    found = time(model, cases=20, start=datetime.fromisoformat("2026-03-02T09:00:00+08:00"))

    assert "all-start-at-once" in found.notes


@pytest.mark.parametrize(
    ("kinds", "note"),
    [(("accept", "decide"), None), (("accept", "check"), "clock-to-end"), (("check", "decide"), "clock-from-start")],
)
def test_where_the_clocks_run_is_said(kinds, note):
    chain = build("p", legal_limit=5).start("s").step("a", work="PT1H", kind=kinds[0])
    model = chain.step("b", work="PT1H", kind=kinds[1]).end("e").model

    notes = time(model, cases=20).notes

    assert {"clock-to-end", "clock-from-start"} & set(notes) == ({note} if note else set())


def test_a_large_sample_is_thinned_and_keeps_its_ends():
    exponential = GovTime(distribution="exponential", mean=parse_duration("PT1H"))
    model = build("p").start("s").step("a", work=exponential).end("e").model

    found = time(model, cases=12_000)

    assert len(found.sample) == 10_000
    assert list(found.sample) == sorted(found.sample)
    assert found.sample[5000] == pytest.approx(found.times.elapsed_working.median, rel=1e-3)


def test_the_interval_of_a_simulated_queue_holds_the_closed_form():
    """M/M/1 round the clock at 70 %: mean time in the system is 1 / (μ - λ); Kleinrock, Queueing Systems 1, 3.2."""
    always = ((0, 86400),)
    work = GovTime(distribution="exponential", mean=parse_duration("PT1H"))
    chain = build("p", arrivals_per_day=0.7 * 24, hours=always, arrival_hours=None, calendar="none")
    model = chain.start("s").lane("office", staff=1, hours=always).step("a", work=work).end("e").model

    covered = 0
    for seed in range(20):
        measure = time(model, cases=4000, seed=seed).times.elapsed_working
        covered += measure.low <= 3600 / 0.3 <= measure.high

    assert covered >= 17


def test_units_with_other_hours_are_named_where_people_work_in_them():
    chain = (
        build("p").start("s").lane("窗口", hours="09:00-12:00,13:30-17:30").step("a").lane("热线", hours="00:00-24:00")
    )
    chain = chain.step("b").lane("系统", hours="00:00-24:00").step("c", task="serviceTask").end("e")

    assert units_with_other_hours(chain.model) == ("热线",)


def test_two_files_share_their_cases_also_where_their_warm_ups_differ():
    def queue(staff: int):
        work = GovTime(distribution="exponential", mean=parse_duration("PT50M"))
        chain = build("p", arrivals_per_day=7).start("s").lane("office", staff=staff)
        return chain.step("a", work=work).end("e").model

    pair = time_pair(queue(1), queue(2), cases=1000)

    assert pair.before.warm_up == pair.after.warm_up
    assert pair.before.times.work.mean == pair.after.times.work.mean
    assert pair.mean is not None
    assert pair.mean.saved == pytest.approx(pair.mean.before - pair.mean.after)
