"""Workers: timers fire once, messages find their cases, calls go out under one key, bad jobs harm nobody."""

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

import engine.outgoing
from bpmn.build import Builder, build
from engine.engine import Engine, Settings
from engine.errors import CallFailed
from engine.outgoing import Outgoing
from store import jobs
from tests.engine.offices import Town


@pytest.fixture
def office(office: Town) -> Town:
    """Give an office whose clock is the database's, which due times go by."""
    with office.store.reading() as reading:
        office.now = reading.now()
    return office


def calling(name: str = "register", steps: str = "b") -> Builder:
    model = build("p").start().step("a", task="serviceTask", automatic=True)
    model = model.step(steps).end()
    model._nodes["a"] = model._nodes["a"].evolve(implementation=name)
    return model


def test_a_timer_rings_once(office: Town) -> None:
    case = office.start(build("p").start().catch("t", "timer", "PT0S").step("a").end())
    again = office.start(build("q").start().catch("t", "timer", "PT1H").step("a").end())
    worker = office.worker()

    done = worker.step() + worker.step()

    assert done <= 1
    assert (office.waits_at(case), office.waits_at(again)) == (["a"], [])


def test_a_due_timer_moves_its_case(everywhere: Town) -> None:
    everywhere.now = datetime(2026, 1, 5, 1, tzinfo=UTC)
    case = everywhere.start(build("p").start().catch("t", "timer", "PT1H").step("a").end())

    assert everywhere.worker().step() == 1

    assert everywhere.waits_at(case) == ["a"]
    assert "timer-due" in everywhere.kinds(case, "t")
    assert everywhere.jobs(case) == []
    assert everywhere.worker().step() == 0


def test_a_timer_whose_lease_was_lost_is_fenced(office: Town) -> None:
    office.now -= timedelta(days=1)
    case = office.start(build("p").start().catch("t", "timer", "PT1H").step("a").end())
    first = jobs.claim(office.store, ["timer"], lease=timedelta(seconds=-1))
    second = jobs.claim(office.store, ["timer"])

    office.worker().do(first[0])
    assert office.waits_at(case) == []
    office.worker().do(second[0])

    assert office.waits_at(case) == ["a"]


def test_a_cycle_beside_a_step_rings_as_often_as_it_says(office: Town) -> None:
    office.now -= timedelta(days=1)
    model = build("p").start().step("a").boundary("t", "timer", "R2/PT1H", interrupting=False).step("urge").end()
    case = office.start(model.at("a").end())
    worker = office.worker()
    while worker.step():
        pass

    assert office.kinds(case, "t").count("timer-due") == 2


def test_timers_of_a_suspended_case_wait(office: Town) -> None:
    office.now -= timedelta(days=1)
    case = office.start(build("p").start().catch("t", "timer", "PT1H").step("a").end())
    office.do("suspend", case=case)
    office.worker().step()
    assert office.waits_at(case) == []

    office.do("resume", case=case)
    office.worker().step()

    assert office.waits_at(case) == ["a"]


def test_a_bad_case_does_not_hold_up_its_neighbours(office: Town) -> None:
    office.now -= timedelta(days=1)
    bad = build("p").start().catch("t", "timer", "PT1H").exclusive("g").branch(condition="x > 1").step("a").end()
    first = office.start(bad.at("g").branch(condition="x < 0").step("b").end())
    second = office.start(build("q").start().catch("t", "timer", "PT2H").step("a").end())

    office.worker().step()

    assert office.waits_at(second) == ["a"]
    (job,) = office.jobs(first)
    assert (job.state, job.attempts) == ("ready", 1)
    assert job.error.startswith("No condition")


def test_a_message_goes_from_case_to_case(office: Town) -> None:
    waiting = office.start(build("q").start().catch("m", "message", "复函").step("a").end())
    office.start(build("p").start().throw("m", "message", "复函").end())

    office.worker().step()

    assert office.waits_at(waiting) == ["a"]
    assert office.jobs() == []


def test_a_timer_starts_cases_one_after_the_other(office: Town) -> None:
    office.now -= timedelta(hours=2, minutes=30)
    office.install(build("p").start("s", event="timer", value="R/PT1H").step("a").end())
    worker = office.worker()
    while worker.step():
        pass

    with office.store.reading() as reading:
        assert len(reading.cases()) == 2
    assert [job.kind for job in office.jobs()] == ["start"]


def test_a_newer_version_takes_the_timer_starts_of_the_old_away(office: Town) -> None:
    office.now -= timedelta(hours=2)
    office.install(build("p").start("s", event="timer", value="R/PT1H").step("a").end())
    office.install(build("p").start("s").step("a").end())

    office.worker().step()

    with office.store.reading() as reading:
        assert reading.cases() == []


def test_a_call_completes_its_step_with_what_comes_back(office: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def carrier(key: str, body: bytes, target: str) -> dict[str, object]:
        asked.append((key, json.loads(body), target))
        return {"编号": "7"}

    monkeypatch.setattr(engine.outgoing, "_carrier", lambda name: carrier)
    case = office.start(calling(), data={"n": 1})
    office.worker(outgoing=Outgoing(routes={"register": "plugged"})).step()

    assert office.waits_at(case) == ["b"]
    assert office.data(case) == {"n": 1, "编号": "7"}
    ((key, body, target),) = asked
    assert key.startswith(f"{case}:a:")
    assert (body["data"], body["case"], target) == ({"n": 1}, case, "register")
    assert office.kinds(case, "a") == ["called", "answered", "completed"]


def test_an_offer_is_told_where_notices_are_carried(office: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    told = []
    monkeypatch.setattr(engine.outgoing, "_carrier", lambda name: lambda key, body, target: told.append(body) or {})
    office.engine = Engine(office.store, chance=random.Random(2), settings=Settings(notices=True))
    case = office.start(build("p").start().lane("审查科").step("a", name="审查").step("b").end())

    item = office.item(case).id
    office.worker(outgoing=Outgoing(routes={"notice": "plugged"})).step()
    office.do("complete", item=item)

    (notice,) = map(json.loads, told)
    assert (notice["name"], notice["unit_name"], notice["item"]) == ("审查", "审查科", item)
    assert [job.kind for job in office.jobs(case, ("ready",))] == ["notice"]


def test_without_a_carrier_no_notice_waits(office: Town) -> None:
    case = office.start(build("p").start().step("a").end())

    assert office.jobs(case) == []


def test_a_call_that_fails_goes_out_again_under_the_same_key(office: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = []

    def carrier(key: str, body: bytes, target: str) -> dict[str, object]:
        keys.append(key)
        if len(keys) == 1:
            raise CallFailed("down")
        return {}

    monkeypatch.setattr(engine.outgoing, "_carrier", lambda name: carrier)
    case = office.start(calling())
    worker = office.worker(outgoing=Outgoing(routes={"register": "plugged"}))
    worker.step()
    (job,) = office.jobs(case)
    assert (job.state, job.attempts) == ("ready", 1)

    worker.do(office.store.perform(lambda writing: _taken(writing, job)))

    assert len(set(keys)) == 1
    assert office.waits_at(case) == ["b"]


def _taken(writing: object, job: object) -> object:
    """Hold a job before it is due."""
    writing.line.connection.execute("update job set free_at = 0, run_at = 0")
    writing.line.connection.execute("update job set state='held', fence=fence+1, attempts=attempts+1")
    (held,) = [one for one in writing.jobs(["held"]) if one.id == job.id]
    return held


def test_a_call_that_hangs_is_left_behind(office: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    release = Event()
    monkeypatch.setattr(engine.outgoing, "_carrier", lambda name: lambda key, body, target: release.wait(20) or {})
    case = office.start(calling())

    office.worker(outgoing=Outgoing(routes={"register": "plugged"}, seconds=0.05)).step()
    release.set()

    (job,) = office.jobs(case)
    assert job.error.startswith("The job took longer")


def test_a_call_that_may_not_be_made_is_stuck_with_a_sentence(office: Town) -> None:
    case = office.start(calling("http://127.0.0.1:9/x"))

    office.worker().step()

    (job,) = office.jobs(case)
    assert job.state == "stuck"
    assert "outgoing_hosts" in job.error


def test_an_answer_nobody_waits_for_any_more_changes_nothing(office: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    case = office.start(calling())
    monkeypatch.setattr(
        engine.outgoing, "_carrier", lambda name: lambda key, body, target: office.do("cancel", case=case) and {}
    )

    office.worker(outgoing=Outgoing(routes={"register": "plugged"})).step()

    assert office.case(case).state == "cancelled"
    assert office.kinds(case)[-1] == "ended"


def test_a_file_is_dropped_whole_and_once(office: Town, tmp_path: Path) -> None:
    case = office.start(calling())

    office.worker(outgoing=Outgoing(folder=tmp_path / "out")).step()

    (file,) = (tmp_path / "out").iterdir()
    assert json.loads(file.read_text())["case"] == case
    assert office.waits_at(case) == ["b"]


def test_a_worker_that_is_told_to_stop_gives_back_what_it_took(office: Town) -> None:
    office.now -= timedelta(days=1)
    for name in ("p", "q"):
        office.start(build(name).start().catch("t", "timer", "PT1H").step("a").end())
    stop = Event()
    stop.set()

    assert office.worker().step(stop) == 0

    assert [(job.state, job.attempts) for job in office.jobs()] == [("ready", 0)] * 2


def test_the_hourly_root_is_made_and_the_next_is_planned(office: Town) -> None:
    office.start(build("p").start().step("a").end())
    stop = Event()
    worker = office.worker()
    office.now -= timedelta(hours=3)
    worker._plan_root()
    office.now += timedelta(hours=3)

    worker.step(stop)

    with office.store.reading() as reading:
        (planned,) = [job for job in reading.jobs() if job.kind == "root"]
    assert planned.run_at > office.now


@pytest.mark.parametrize(("hour", "keys"), [(23, 0), (22, 1)], ids=["the last of a day", "any other"])
def test_old_keys_go_with_the_last_root_of_a_day(office: Town, hour: int, keys: int) -> None:
    day = office.now.replace(hour=0, minute=0, second=0, microsecond=0)
    office.now = day - timedelta(days=40)
    office.do("claim", item=office.item(office.start(build("p").start().step("a").end())).id, key="k1")
    office.now = day - timedelta(days=1) + timedelta(hours=hour, minutes=-30)
    worker = office.worker()
    worker._plan_root()
    office.now += timedelta(minutes=31)

    worker.step()

    with office.store.reading() as reading:
        assert reading.line.connection.execute("SELECT count(*) FROM command").fetchone() == (keys,)


def test_an_answer_that_no_database_keeps_costs_an_attempt(office: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine.outgoing, "_carrier", lambda name: lambda key, body, target: {"x": "\ud800"})
    case = office.start(calling())

    office.worker(outgoing=Outgoing(routes={"register": "plugged"})).step()

    (job,) = office.jobs(case)
    assert (job.state, job.attempts) == ("ready", 1)
    assert job.run_at > office.now


def test_a_message_whose_case_is_not_yet_there_is_kept_and_comes_later(office: Town) -> None:
    sends = office.start(build("sends").start().step("x").throw("t", "message", "移送").end())
    waits = office.start(build("waits").start().step("y").catch("c", "message", "移送").step("z").end())
    office.do("complete", item=office.item(sends).id, data={"n": 1})
    worker = office.worker()
    worker.step()
    (job,) = office.jobs()
    office.do("complete", item=office.item(waits).id)

    worker.do(office.store.perform(lambda writing: _taken(writing, job)))

    assert office.waits_at(waits) == ["z"]
    assert office.data(waits) == {"n": 1}
    assert office.jobs() == []


def test_a_message_no_procedure_knows_is_gone(office: Town) -> None:
    office.start(build("sends").start().throw("t", "message", "通知").end())

    office.worker().step()

    assert office.jobs() == []
