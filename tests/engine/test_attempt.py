"""Trying a case in memory: every step done, timers passed, and where it would wait for ever."""

from datetime import timedelta

from bpmn.build import Builder, build
from engine.attempt import Attempt, attempt
from engine.errors import NoWayOut, StepBudgetSpent
from engine.spiff import compiled
from engine.world import Office, OfficeWorld
from tests.engine.offices import MONDAY


def tried(builder: Builder, data: dict[str, object] | None = None, **more: object) -> Attempt:
    model = builder.model
    world = OfficeWorld(Office(model, (), "Asia/Shanghai"), (), MONDAY)
    return attempt(compiled(model), world, data or {}, start=MONDAY, **more)


def test_every_step_is_done_in_its_order() -> None:
    found = tried(build("p").start("s").step("a").step("b").end("e"), {"n": 1})

    assert (found.outcome, found.trace, found.data) == ("completed", ("s", "a", "b", "e"), {"n": 1})


def test_the_data_given_decide() -> None:
    model = build("p").start("s").exclusive("g").branch(condition="金额 > 3").step("a").end("e1")
    model = model.at("g").branch(condition="金额 <= 3").step("b").end("e2")

    assert "a" in tried(model, {"金额": 4}).trace
    assert "b" in tried(model, {"金额": 3}).trace
    failed = tried(model)
    assert failed.outcome == "failed"
    assert isinstance(failed.error, NoWayOut)


def test_the_clock_goes_on_to_the_next_timer() -> None:
    found = tried(build("p").start().catch("t", "timer", "P1D").step("a").end())

    assert (found.outcome, found.at - MONDAY) == ("completed", timedelta(days=1))


def test_a_message_nobody_sends_is_waited_for() -> None:
    found = tried(build("p").start().catch("m", "message", "复函").end())

    assert (found.outcome, found.waiting_at) == ("waiting", ("m",))


def test_a_message_of_a_pool_nobody_has_drawn_comes() -> None:
    model = build("p").black_box("申请人", id="them").pool("窗口", process="p")
    model = model.start().catch("m", "message", "补正").step("a").end().message("them", "m")

    assert tried(model).outcome == "completed"


def test_an_error_nobody_catches_fails_the_case() -> None:
    assert tried(build("p").start().step("a").end(event="error", value="E1")).outcome == "failed"


def test_a_loop_without_end_fails() -> None:
    model = build("p").start().exclusive("g").branch(condition="again").step("a").to("g")
    model = model.branch(condition="not(again)").close().end()

    found = tried(model, {"again": True}, budget=200)

    assert (found.outcome, type(found.error)) == ("failed", StepBudgetSpent)


def test_what_was_waited_for_stands_once_in_the_trace() -> None:
    model = build("p").start("s").catch("c", "timer", "P3D").step("a").boundary("b", "timer", "P1D").end("x")

    assert tried(model.at("a").end("e")).trace == ("s", "c", "a", "e")
