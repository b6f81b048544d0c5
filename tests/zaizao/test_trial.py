"""Two independent roads to one number: the real engine played by officials, and the simulation."""

import pytest

from bpmn import Loop, build, read, write
from flows import procedures
from zaizao.trial import obstacles, trial

FILES = [
    pytest.param(file, id=f"{procedure.name}-{file.stem}")
    for procedure in procedures()
    for file in (procedure.as_is, procedure.to_be)
    if file is not None
]


@pytest.mark.parametrize("file", FILES)
def test_every_procedure_comes_to_the_same_times_on_both_roads(file):
    model = read(file)

    found = trial(model, model.source, cases=10, seed=3, warm_up=3)

    assert found.is_within
    assert found.same == found.trial.cases == 10
    assert found.trial.times.work == pytest.approx(found.simulated.times.work, abs=0) or (
        found.trial.times.work.mean == pytest.approx(found.simulated.times.work.mean)
    )
    assert found.trial.times.waiting.mean == pytest.approx(found.simulated.times.waiting.mean)
    assert [(s.id, s.times_per_case) for s in found.trial.steps] == [
        (s.id, s.times_per_case) for s in found.simulated.steps
    ]


def played(builder, **more):
    model = builder.model
    return trial(model, write(model), cases=30, seed=5, **more)


def test_queues_rejects_parallel_branches_and_kept_apart_steps_agree():
    b = build("p", arrivals_per_day=8.0).start().lane("甲", staff=1).step("a", work="PT20M", kind="accept")
    b.parallel("f").branch().step("b", work="PT15M").branch().lane("乙", staff=1).step("c", work="PT25M").join()
    found = played(b.lane("甲").step("d", work="PT5M", rejects=0.3).end(), warm_up=5)

    assert found.same == 30
    assert found.trial.times.waiting.mean > 0
    assert 0 < found.trial.outcome_shares["rejected"] < 1


def test_cases_that_never_meet_agree_too():
    b = build("p").start().lane("甲", staff=1).step("a", work="PT3H")
    b.exclusive("g").branch(0.3).step("b", work="P1D").branch(0.7).step("c", work="PT1H").join()
    found = played(b.end())

    assert found.same == 30
    assert found.is_within


def test_what_a_trial_cannot_play_is_named():
    b = build("p").start().step("a", work="PT1H", loop=Loop(kind="standard")).step("b", work="PT1H")

    assert obstacles(b.end().model) == ("a",)


def test_the_command_prints_time_and_whether_it_agrees(run, make):
    found = run("trial", make(), "--cases", 10, "--warm-up", 2, "--json").json

    assert found["cases"] == 10
    assert found["agrees"]["within"] is True
    assert found["agrees"]["same"] == 10
    assert found["agrees"]["trial"]["source"] == found["work_s"]["source"] == "trial"
    assert found["agrees"]["simulated"]["source"] == "simulated"


def test_roads_that_part_leave_with_1(run, make, monkeypatch):
    from analysis.simulation import chance

    honest = chance.CaseChance.work

    def slower(self, node, visit, moment, kind=0):
        found = honest(self, node, visit, moment, kind)
        return None if found is None else chance.Lasting(length=found.length * 3, clock=found.clock)

    monkeypatch.setattr(chance.CaseChance, "work", slower)
    answer = run("trial", make(), "--cases", 10, "--warm-up", 2)

    assert answer.code == 1
    assert "不符" in answer.out


def test_a_manager_sees_promise_simulation_and_trial_on_the_first_page(run, make, tmp_path):
    answer = run("study", make(), "--cases", 100, "--trial", 2, "-o", tmp_path)

    assert answer.code == 0
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    first, _, _ = page.partition("流程前后对照")
    assert "承诺 · 仿真 · 试运行" in first
    assert first.count("相符（同 2 件）") == 2
