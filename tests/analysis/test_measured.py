"""Two roads to one set of columns: those the simulation writes, and its own records reduced."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from analysis.measured import columns_of
from analysis.simulation import histories, simulate
from analysis.time import time_of
from analysis.visits import visits
from bpmn import Loop, build, needs, read
from bpmn.history import History, Record
from flows import procedures

COLUMNS = ("start", "end", "rejected", "work", "waiting", "hand_ins", "visits", "clock_start", "clock_end")
FILES = [
    pytest.param(file, id=f"{procedure.name}-{file.stem}")
    for procedure in procedures()
    for file in (procedure.as_is, procedure.to_be)
    if file is not None
]


def with_all():
    b = build("p", arrivals_per_day=9.0).start().lane("甲", staff=2).step("a", work="PT1H", visit=True, kind="accept")
    b.inclusive("g").branch(0.5).step("b", work="PT1H", materials=[needs("表")]).branch(0.5)
    b.lane("乙").step("c", work="PT30M", loop=Loop(kind="parallel", cardinality="2")).join()
    b.step("d", work="PT1H", rejects=0.2).step("w", work="PT2H").boundary("t", "timer", "PT1H")
    b.step("late", work="PT5M").end("e1").at("w")
    return b.end("e2").model


def assert_equal(model, cases, seed):
    columns = simulate(model, cases=cases, seed=seed)
    found = columns_of(model, histories(model, first=cases, cases=cases, seed=seed))
    ours, theirs = np.argsort(found.key), np.argsort(columns.key)
    for name in COLUMNS:
        assert (getattr(found, name)[ours] == getattr(columns, name)[theirs]).all(), name
    assert [(s.id, s.times, s.work, s.wait) for s in found.steps] == [
        (s.id, s.times, s.work, s.wait + s.queue) for s in columns.steps
    ]
    assert [(u.key, u.work, u.wait) for u in found.path.units] == [
        (u.key, u.work, u.wait + u.queue) for u in columns.path.units
    ]
    assert (found.path.closed, found.path.other) == (columns.path.closed, columns.path.other)
    assert sorted(found.stop_to.tolist()) == sorted(columns.stop_to.tolist())


@pytest.mark.parametrize("file", FILES)
def test_records_reduced_are_the_columns_of_the_simulation(file):
    assert_equal(read(file), 40, 3)


def test_a_model_with_rounds_inclusive_gateways_and_a_timer_on_a_border_too():
    assert_equal(with_all(), 200, 5)


def test_what_was_measured_says_so_and_knows_no_queue():
    model = with_all()
    result = time_of(model, columns_of(model, histories(model, first=50, cases=50)), source="measured")

    assert result.times.work.source == "measured"
    assert result.exact is None
    assert result.path.queue is None
    assert all(step.queue is None for step in result.steps)
    assert all(step.wait is not None for step in result.steps)


START = datetime(2026, 3, 2, 1, tzinfo=UTC)


def history(*facts):
    records = (
        Record(case="1", kind=kind, at=START + timedelta(hours=hour), element=element, person=person)
        for hour, kind, element, person in facts
    )
    return History(case="1", records=tuple(records))


def test_a_case_under_way_counts_in_nothing():
    model = build("p").start().step("a", work="PT1H").end().model

    found = columns_of(model, [history((0, "started", "", ""), (0, "offered", "a", ""))])

    assert found.cases == 0
    assert [step.times for step in found.steps] == [0]


@pytest.mark.parametrize("how", ["cancelled", "terminated"])
def test_a_case_that_was_broken_off_counts_in_nothing(how):
    model = build("p").start().step("a", work="PT1H").end().model
    told = history((0, "started", "", ""), (0, "offered", "a", ""), (1, how, "", "甲"), (1, "ended", "", ""))

    found = columns_of(model, [told])

    assert found.cases == 0
    assert [step.times for step in found.steps] == [0]


def test_work_stands_still_while_the_case_is_suspended():
    model = build("p").start().step("a", work="PT1H").end().model
    told = history(
        (0, "started", "start", ""),
        (0, "offered", "a", ""),
        (0.25, "claimed", "a", "甲"),
        (0.5, "work-started", "a", "甲"),
        (1, "suspended", "", ""),
        (1.5, "resumed", "", ""),
        (2, "completed", "a", "甲"),
        (2, "ended", "", ""),
    )

    found = columns_of(model, [told])

    assert found.work.tolist() == [3_600_000_000]
    assert found.waiting.tolist() == [1_800_000_000]


def test_beginnings_and_ends_of_one_person_belong_together():
    told = history(
        (0, "offered", "a", ""),
        (0, "offered", "a", ""),
        (1, "work-started", "a", "甲"),
        (2, "work-started", "a", "乙"),
        (3, "completed", "a", "乙"),
        (5, "completed", "a", "甲"),
    )

    found = {visit.person: visit for visit in visits(told)}

    assert found["乙"].done - found["乙"].begun == timedelta(hours=1)
    assert found["甲"].done - found["甲"].begun == timedelta(hours=4)


def test_what_was_given_back_begins_again_with_the_next_who_takes_it():
    told = history(
        (0, "offered", "a", ""),
        (1, "claimed", "a", "甲"),
        (2, "released", "a", "甲"),
        (3, "claimed", "a", "乙"),
        (4, "completed", "a", "乙"),
    )

    (visit,) = visits(told)

    assert (visit.begun - START, visit.person) == (timedelta(hours=3), "乙")
