"""A token is put to any step that was passed or skipped, with the data of then."""

import pytest

from bpmn.build import build
from engine.errors import NoSuchElement, NoSuchToken, NotWaiting
from tests.engine.spiff.reloaded import Reloaded


def two_steps():
    return build("p").start("s").step("a").step("b").end("e").model


def test_a_case_is_sent_back_with_the_data_of_then():
    case = Reloaded.begin(two_steps(), {"x": 1}).play("x:=2 a")
    (wait,) = case.run.waits()

    case.run.put("a", 0, {"x": 1}, case.now)
    case.run.cancel(wait.token, case.now)
    case.note()

    assert (case.waits, case.run.data()) == (["a"], {"x": 1})
    assert case.play("a b").ended == "completed"


def test_a_token_goes_into_the_frame_its_step_lies_in():
    builder = (
        build("p").start("s").sub_process("f").start("fs").step("a").step("b").end("fe").close().step("n").end("e")
    )
    case = Reloaded.begin(builder.model)

    case.run.put("b", 0, {}, case.now)
    case.note()

    assert case.waits == ["a", "b"]
    assert case.play("b a b").waits == ["n"]
    with pytest.raises(NoSuchToken):
        case.run.put("a", 0, {}, case.now)


def test_what_is_not_there_is_refused_by_name():
    with pytest.raises(NoSuchElement):
        Reloaded.begin(two_steps()).run.put("nowhere", 0, {}, Reloaded.now)
    with pytest.raises(NoSuchToken):
        Reloaded.begin(two_steps()).run.complete(99, {}, Reloaded.now)
    case = Reloaded.begin(two_steps())
    (wait,) = case.run.waits()
    with pytest.raises(NotWaiting):
        case.run.fire(wait.token, {}, case.now)


def test_a_rejected_case_ends_unless_a_gateway_routes_on_the_step():
    case = Reloaded.begin(two_steps())
    case.run.reject(case.run.waits()[0].token, case.now)
    case.note()
    assert (case.ended, case.waits) == ("rejected", [])

    builder = build("p").start("s").step("a", kind="check").exclusive("g")
    model = builder.branch(condition="ok = true").step("b").branch(default=True).step("c").join().end("e").model
    routed = Reloaded.begin(model)
    routed.run.reject(routed.run.waits()[0].token, routed.now)
    routed.note()

    assert routed.waits == ["c"]
