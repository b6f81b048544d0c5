"""Every construct of the drawing, timed: each rule of docs/explanation/simulation.md that goes beyond plain flows."""

import re
from collections import Counter
from datetime import datetime, timedelta
from math import exp
from pathlib import Path

import numpy as np
import pytest

import analysis.simulation
from analysis.annotated import not_annotated
from analysis.hours import office_hours
from analysis.outcomes import expected_outcomes
from analysis.simulation import default_warm_up, expected_visits, histories, overloads, refusals, simulate
from analysis.simulation.compiled import SOURCES
from bpmn.annotation import Duration, GovTime
from bpmn.build import Builder, build, gives, needs
from bpmn.model import Loop, Model

HOUR = 3_600_000_000
CASES = 20_000


def day_and_night(name: str = "p", **values: object) -> Builder:
    """A procedure without closed hours, so that durations can be added by hand."""
    return build(name, hours="00:00-24:00", calendar="none", **values)  # type: ignore[arg-type]


def mean(hours: float) -> GovTime:
    return GovTime(distribution="exponential", mean=Duration(seconds=hours * 3600))


def elapsed(model: Model, cases: int = CASES, **values: object) -> np.ndarray:
    columns = simulate(model, cases=cases, **values)  # type: ignore[arg-type]
    return (columns.end - columns.start) / HOUR


def times(model: Model, cases: int = CASES) -> dict[str, float]:
    return {step.id: step.times / cases for step in simulate(model, cases=cases).steps}


# Inclusive gateways


def three_ways(*, default: bool) -> Model:
    b = day_and_night().start().inclusive("g").branch(0.5).step("a", work="PT1H").branch(0.25).step("b", work="PT2H")
    return b.branch(None if default else 0.125, default=default).step("c", work="PT4H").join().end().model


def test_an_inclusive_choice_takes_the_default_where_no_other_flow_fires():
    found = times(three_ways(default=True))

    assert found == pytest.approx({"a": 0.5, "b": 0.25, "c": 0.5 * 0.75}, abs=0.012)


def test_an_inclusive_choice_without_a_default_is_drawn_again_until_a_flow_fires():
    some = 1 - 0.5 * 0.75 * 0.875

    assert times(three_ways(default=False)) == pytest.approx(
        {"a": 0.5 / some, "b": 0.25 / some, "c": 0.125 / some}, abs=0.012
    )


def test_rare_flows_of_an_inclusive_choice_are_drawn_at_once():
    b = day_and_night().start().inclusive("g").branch(1e-12).step("a").branch(1e-12).step("b").join().end()

    assert times(b.model, 4000) == pytest.approx({"a": 0.5, "b": 0.5}, abs=0.03)


def test_an_inclusive_join_waits_for_all_that_can_still_come():
    found = elapsed(three_ways(default=False))

    assert set(np.round(found, 6)) == {1.0, 2.0, 4.0}


def test_an_inclusive_join_goes_on_when_a_branch_ends_elsewhere():
    b = day_and_night().start().inclusive("g").branch(1.0).step("a", work="PT1H").to("j")
    b.node("j", "inclusiveGateway").at("g").exclusive("x").branch(0.5).step("out", work="PT9H").end("gone")
    b.branch(0.5).step("b", work="PT3H").to("j").at("j").step("last", work="PT1H").end()
    model = b.model.evolve(flows=tuple(f.evolve(probability=1.0) if f.source == "g" else f for f in b.model.flows))

    # The way out is known as soon as the choice is made, so that the join waits for nobody.
    assert set(np.round(elapsed(model, 200), 6)) == {4.0, 9.0}


def test_conditional_flows_out_of_a_step_are_an_inclusive_choice():
    b = day_and_night().start().step("s").node("a", work="PT1H").node("b", work="PT2H").node("c", work="PT4H")
    b.flow("s", "a", probability=0.5).flow("s", "b", condition="x").flow("s", "c")

    assert times(b.model) == pytest.approx({"s": 1, "a": 0.5, "b": 0.5, "c": 1}, abs=0.012)


# Timers


@pytest.mark.parametrize(
    ("value", "hours"),
    [("PT5H", 5), ("P1D", 24), ("P1W", 168), ("R3/PT2H", 2), ("R/2026-01-05T00:00/PT2H", 2), ("2026-03-02T11:00", 2)],
)
def test_a_timer_waits_by_the_natural_clock(value, hours):
    model = build("p").start().catch("t", "timer", value).end().model
    start = datetime(2026, 3, 2, 9, 0, tzinfo=office_hours(model).zone)

    assert elapsed(model, 1, start=start).tolist() == [hours]


def test_a_date_that_is_past_takes_no_time():
    model = build("p").start().step("a", work="PT1H").catch("t", "timer", "2020-03-02T11:00").end().model

    assert simulate(model, cases=1).work.tolist() == [HOUR]
    assert elapsed(model, 1).tolist() == [1]


def test_a_timer_keeps_office_hours_where_the_file_says_so():
    model = build("p", calendar="none").start().catch("t", "timer", "P1D", work=GovTime(clock="work")).end().model
    start = datetime(2026, 3, 2, 9, 0, tzinfo=office_hours(model).zone)

    assert elapsed(model, 1, start=start).tolist() == [8.5]


def test_a_written_time_replaces_that_of_a_timer():
    assert elapsed(build("p").start().catch("t", "timer", "P9D", work="PT3H").end().model, 1).tolist() == [3]


# Events that race


def test_events_race_behind_a_gateway():
    b = day_and_night().start().event_based("g").branch().catch("t", "timer", "PT5H").step("late")
    b.branch().catch("m", "message", work=mean(5)).step("told").join().end()
    found = elapsed(b.model)

    assert times(b.model)["late"] == pytest.approx(exp(-1), abs=0.012)
    assert found.max() == 5.0
    assert found.mean() == pytest.approx(5 * (1 - exp(-1)), rel=0.02)


def test_shares_decide_among_messages_and_timers_race_with_what_they_choose():
    b = day_and_night().start().event_based("g").branch(0.25).catch("m", "message", work="PT9H").step("told")
    b.branch(0.75).catch("n", "message", work="PT2H").step("asked").branch().catch("t", "timer", "PT5H").step("late")

    assert times(b.join().end().model) == pytest.approx({"told": 0, "asked": 0.75, "late": 0.25}, abs=0.012)


# Events on borders


def with_border(*, interrupting: bool, value: str = "PT2H", kind: str = "timer", share: float | None = None) -> Model:
    b = day_and_night().start().lane("甲", staff=1).step("a", work=mean(2))
    b.boundary("t", kind, value, on="a", interrupting=interrupting, probability=share)
    return b.step("late", work="PT1H").end("e").at("a").end("done").model


def test_a_timer_on_the_border_ends_its_activity_and_frees_its_person():
    model = with_border(interrupting=True)
    columns = simulate(model, cases=CASES)
    found = (columns.end - columns.start) / HOUR

    assert times(model)["late"] == pytest.approx(exp(-1), abs=0.012)
    assert found.mean() == pytest.approx(2 * (1 - exp(-1)) + exp(-1), rel=0.02)
    # What was done until then counts as work.
    assert columns.work.mean() / HOUR == pytest.approx(2 * (1 - exp(-1)) + exp(-1), rel=0.02)


def test_a_timer_on_the_border_that_does_not_interrupt_adds_a_token():
    columns = simulate(with_border(interrupting=False), cases=CASES)

    assert columns.work.mean() / HOUR == pytest.approx(2 + exp(-1), rel=0.03)
    assert (columns.end - columns.start).min() >= 0


def test_at_equal_instants_an_activity_is_done_before_its_timer_rings():
    b = (
        day_and_night()
        .start()
        .step("a", work="PT2H")
        .boundary("t", "timer", "PT2H")
        .step("late")
        .end("e")
        .at("a")
        .end()
    )

    assert times(b.model, 10) == {"a": 1, "late": 0}


def test_other_events_on_the_border_are_taken_by_their_share_when_the_work_is_done():
    assert times(with_border(interrupting=True, kind="error", value="", share=0.3))["late"] == pytest.approx(
        0.3, abs=0.012
    )
    assert times(with_border(interrupting=True, kind="error", value=""))["late"] == 0
    assert "t" in not_annotated(with_border(interrupting=True, kind="error", value=""))


def test_the_timer_of_a_queue_frees_the_next_in_it():
    b = build("p", hours="00:00-24:00", calendar="none", arrivals_per_day=30.0).start().lane("甲", staff=1)
    b.step("a", work="PT30M").boundary("t", "timer", "PT1H").end("left").at("a").end("done")
    columns = simulate(b.model, cases=3000)

    assert (columns.end - columns.start).max() <= HOUR
    assert 0 < sum((columns.end - columns.start) == HOUR) < 3000


def test_a_clock_stop_that_a_timer_ends_lasts_until_then():
    b = day_and_night().start().step("a", work="PT9H", kind="check", clock_stop="inspection")
    b.boundary("t", "timer", "PT2H").end("e").at("a").end()
    columns = simulate(b.model, cases=1)

    assert (columns.stop_to - columns.stop_from).tolist() == [2 * HOUR]


def test_a_timer_on_the_border_of_a_sub_process_takes_all_tokens_in_it():
    b = day_and_night().start().sub_process("f").start("i").parallel("g").branch().step("a", work="PT9H").branch()
    b.step("b", work="PT1H").step("c", work="PT9H").join().end("ie").close().boundary("t", "timer", "PT4H")
    columns = simulate(b.step("d", work="PT1H").end("e").at("f").end("done").model, cases=1)

    assert (columns.end - columns.start).tolist() == [5 * HOUR]
    assert columns.work.tolist() == [(4 + 1 + 3 + 1) * HOUR]


def test_an_error_end_event_breaks_off_the_sub_process_that_catches_it():
    b = day_and_night().start().sub_process("f").start("i").exclusive("x").branch(0.4).step("a", work="PT1H")
    b.end("err", event="error", value="E").branch(0.6).step("b", work="PT2H").end("ie").close().close()
    b.boundary("t", "error", "E", on="f").step("d", work="PT5H").end("e1").at("f").end("e2")

    assert times(b.model)["d"] == pytest.approx(0.4, abs=0.012)
    assert set(np.round(elapsed(b.model, 100), 6)) == {6.0, 2.0}
    assert expected_outcomes(b.model) is None


@pytest.mark.parametrize(("interrupting", "hours"), [(True, 3), (False, 4)])
def test_an_event_sub_process_begins_by_its_timer(interrupting, hours):
    b = day_and_night().start().step("a", work="PT4H").sub_process("v", by_event=True)
    b.start("alarm", event="timer", value="PT2H", interrupting=interrupting).step("b", work="PT1H").end("ve").close()
    b.at("a").end()

    assert elapsed(b.model, 1).tolist() == [hours]


def test_an_event_sub_process_whose_timer_comes_too_late_never_begins():
    b = day_and_night().start().step("a", work="PT1H").sub_process("v", by_event=True)
    b.start("alarm", event="timer", value="PT2H").step("b", work="PT1H").end("ve").close().at("a").end()

    assert times(b.model, 5) == {"a": 1, "b": 0}


# Rounds


@pytest.mark.parametrize(
    ("kind", "number", "repeat", "hours"),
    [
        ("parallel", "3", None, 1),
        ("sequential", "3", None, 3),
        ("standard", "3", None, 3),
        ("standard", "3", 7.0, 3),
        ("sequential", "${n}", 2.0, 2),
        ("sequential", "", None, 1),
        ("sequential", "0", None, 0),
    ],
)
def test_rounds_follow_the_written_number_then_the_mean(kind, number, repeat, hours):
    b = day_and_night().start().step("a", work="PT1H", loop=Loop(kind=kind, cardinality=number), repeat=repeat).end()

    assert elapsed(b.model, 1).tolist() == [hours]
    assert (not_annotated(b.model) == ("a",)) == (number in ("", "${n}") and repeat is None)


def test_a_mean_number_of_rounds_is_rounded_up_by_chance():
    b = day_and_night().start().step("a", work="PT1H", loop=Loop(kind="sequential"), repeat=2.25).end()
    found = Counter(np.round(elapsed(b.model), 6).tolist())

    assert set(found) == {2.0, 3.0}
    assert found[3.0] / CASES == pytest.approx(0.25, abs=0.012)
    assert expected_visits(b.model) == ({"a": 2.25}, True)


def test_parallel_instances_queue_for_people():
    b = day_and_night().start().lane("甲", staff=2).step("a", work="PT1H", loop=Loop(kind="parallel", cardinality="5"))

    assert elapsed(b.end().model, 1).tolist() == [3]


@pytest.mark.parametrize(("kind", "often"), [("parallel", 1), ("sequential", 1), ("standard", 3)])
def test_papers_and_visits_of_a_multi_instance_count_once_and_those_of_a_loop_each_round(kind, often):
    loop = Loop(kind=kind, cardinality="3")
    b = (
        day_and_night()
        .start()
        .step("a", kind="accept", visit=True, materials=[needs("表"), gives("书")], loop=loop)
        .end()
    )
    columns = simulate(b.model, cases=1)

    assert (columns.hand_ins.tolist(), columns.visits.tolist()) == ([often], [often])


def test_clocks_begin_and_end_when_all_instances_are_done():
    loop = Loop(kind="sequential", cardinality="3")
    b = (
        day_and_night()
        .start()
        .step("a", kind="accept", work="PT1H", loop=loop)
        .step("d", kind="decide", work="PT2H")
        .end()
    )
    columns = simulate(b.model, cases=1)

    assert ((columns.clock_start - columns.start) // HOUR).tolist() == [3]
    assert ((columns.clock_end - columns.start) // HOUR).tolist() == [5]


def test_a_multi_instance_rejects_once():
    loop = Loop(kind="parallel", cardinality="3")
    b = day_and_night().start().step("a", work="PT1H", rejects=0.2, loop=loop).end()

    assert simulate(b.model, cases=CASES).rejected.mean() == pytest.approx(0.2, abs=0.012)


@pytest.mark.parametrize(("kind", "hours"), [("parallel", 2), ("sequential", 6)])
def test_sub_processes_are_done_in_rounds_too(kind, hours):
    b = day_and_night().start().sub_process("f", loop=Loop(kind=kind, cardinality="3")).start("i")
    b.parallel("g").branch().step("a", work="PT1H").branch().step("b", work="PT2H").join().end("ie").close().end()

    assert elapsed(b.model, 1).tolist() == [hours]


# Calls


def with_call(*, calls: int = 1, called: str = "sub") -> Model:
    b = build("p", pool="机关").lane("甲", staff=3).start()
    for number in range(calls):
        b.call(f"c{number}", called, work="P9D")
    b.end().pool("局", process="sub").lane("乙", staff=2).start("s2").step("q", work="PT1H").end("e2")
    return b.model


def test_a_called_process_takes_the_place_of_its_call():
    columns = simulate(with_call(), cases=1)

    assert columns.work.tolist() == [HOUR]
    assert [(step.id, step.unit) for step in columns.steps] == [("q", "乙")]


def test_a_process_that_is_called_again_is_copied():
    columns = simulate(with_call(calls=2), cases=1)

    assert [(step.id, step.unit, step.times) for step in columns.steps] == [("q", "乙", 1), ("c1/q", "乙", 1)]


def test_a_called_process_may_stand_in_another_file():
    model = build("p").start().call("c", "other", work="PT7H").end().model
    other = build("other", pool="局").lane("乙", staff=2).start("x").step("y", work="PT2H").end("z").model

    assert simulate(model, cases=1).work.tolist() == [7 * HOUR]
    found = simulate(model, cases=1, library={"other.bpmn": other})
    assert found.work.tolist() == [2 * HOUR]
    assert [(step.id, step.unit) for step in found.steps] == [("c/y", "乙")]
    assert expected_visits(model, {"other.bpmn": other}) == ({"c/y": 1.0}, True)


def test_what_calls_itself_is_refused():
    b = build("p").start().call("c", "sub").end().pool("局", process="sub").start("s2").call("d", "sub").end("e2")

    assert [(problem.element, problem.rule) for problem in refusals(b.model)] == [("d", "recursive-call")]


# Arrivals


def test_arrival_hours_round_the_clock_bring_cases_every_day():
    b = (
        build("p", arrivals_per_day=10.0, arrival_hours="00:00-24:00")
        .start()
        .lane("甲", staff=50)
        .step("a", work="PT1H")
    )
    model = b.end().model
    columns = simulate(model, cases=CASES)
    days = (columns.start.max() - columns.start.min()) / (24 * HOUR)
    weekday = (columns.start // (24 * HOUR) + 3) % 7

    assert CASES / days == pytest.approx(10.0, rel=0.03)
    assert np.bincount(weekday, minlength=7) / CASES == pytest.approx(np.full(7, 1 / 7), abs=0.012)
    assert default_warm_up(model) > 0


def test_arrival_hours_are_those_of_the_day():
    model = build("p", arrivals_per_day=10.0, arrival_hours="10:00-11:00").start().step("a").end().model
    minute = simulate(model, cases=2000).start // 60_000_000 % 1440

    assert minute.min() >= 600
    assert minute.max() <= 660


def test_a_unit_keeps_up_by_the_cases_of_all_days():
    def staffed(hours: str) -> Model:
        b = build("p", arrivals_per_day=7.0, arrival_hours=hours).start().lane("甲", staff=1)
        return b.step("a", work="PT55M").end().model

    assert not overloads(staffed("09:00-17:00"))
    assert overloads(staffed("00:00-24:00"))


# Histories


def with_all() -> Model:
    b = build("p", arrivals_per_day=9.0).start().lane("甲", staff=2).step("a", work=mean(1), visit=True, kind="accept")
    b.inclusive("g").branch(0.5).step("b", work=mean(1), materials=[needs("表")]).branch(0.5)
    b.lane("乙").step("c", work=mean(0.5), loop=Loop(kind="parallel", cardinality="2")).join()
    b.step("d", work=mean(1), rejects=0.2).step("w", work=mean(2)).boundary("t", "timer", "PT1H")
    b.step("late", work="PT5M").end("e1").at("w")
    return b.end("e2").model


def test_histories_tell_what_the_columns_count():
    model = with_all()
    columns = simulate(model, cases=300, seed=3)
    found = histories(model, first=300, cases=300, seed=3)
    by_key = {int(key): row for row, key in enumerate(columns.key)}
    own = office_hours(model)
    offered: Counter[str] = Counter()

    assert len(found) == 300
    for number, history in enumerate(found):
        row = by_key[number]
        assert own.to_local(history.start) == columns.start[row]
        assert own.to_local(history.end) == columns.end[row]
        kinds = [record.kind for record in history.records]
        assert ("rejected" in kinds) == columns.rejected[row]
        steps = Counter(record.element for record in history.records if record.kind == "offered")
        offered += steps
        assert columns.visits[row] == steps["a"]
        assert columns.hand_ins[row] == steps["b"]
        begun = [r.at for r in history.records if r.kind == "work-started"]
        ended = [r.at for r in history.records if r.kind == "completed" and r.element in steps]
        if "timer-due" not in kinds:
            first = min(begun) - timedelta(days=1)
            work = sum(own.count(first, at) for at in ended) - sum(own.count(first, at) for at in begun)
            assert work * 1e6 == pytest.approx(columns.work[row], abs=20)
        taken = [record.flow for record in history.records if record.kind == "flow-taken"]
        assert set(taken) <= set(model.flow)
        assert "start-a" in taken
    assert {step.id: step.times for step in columns.steps} == dict(offered)


def test_histories_of_the_first_cases_are_those_of_all():
    model = with_all()

    assert histories(model, first=5, cases=50) == histories(model, first=50, cases=50)[:5]
    assert histories(model, first=0, cases=50) == ()


def test_the_machine_code_is_told_apart_by_all_that_is_compiled():
    folder = Path(analysis.simulation.__file__).parent
    waiting, seen = ["kernel"], set()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            text = (folder / f"{name}.py").read_text("utf-8")
            waiting += re.findall(r"^from analysis\.simulation\.(\w+) import", text, re.MULTILINE)
            waiting += ["layout"] if "import layout" in text else []

    assert set(SOURCES) == seen


@pytest.mark.parametrize(("kind", "refused"), [("parallel", ["parallel-rounds"]), ("sequential", [])])
def test_rejections_inside_parallel_rounds_are_refused_by_name(kind, refused):
    rounds = build("p").start().sub_process("rounds", loop=Loop(kind=kind), repeat=3).start()
    model = rounds.step("judge", kind="check", work="PT10M", rejects=0.2).end().close().end().model

    assert [problem.rule for problem in refusals(model)] == refused
