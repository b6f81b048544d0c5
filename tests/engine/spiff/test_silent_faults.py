"""What SpiffWorkflow by itself does wrong without a word: each goes right here, or is refused by name."""

import pytest

from bpmn.build import build
from bpmn.model import Association, Loop
from engine.errors import CalledTooDeep, NoWayOut, StepBudgetSpent, Uncaught, Unrunnable
from engine.spiff import compiled
from tests.engine.spiff.reloaded import Reloaded


def p():
    return build("p").start("s")


def test_a_link_leads_on():
    model = p().step("a").throw("t", "link", "x").catch("c", "link", "x").step("b").end("e").model

    assert Reloaded.begin(model).play("a b").log == ["s", "a", "t", "c", "b", "e"]


def test_a_signal_end_sends_its_signal():
    case = Reloaded.begin(p().step("a").end("e", event="signal", value="done").model).play("a")

    assert case.thrown == ["signal done"]


def test_a_condition_on_plain_data_is_asked_again_whenever_they_change():
    model = (
        p().parallel("g").branch().catch("c", "conditional", "x = 2").branch().step("a").step("b").join().end().model
    )
    case = Reloaded.begin(model).play("x:=1 a")
    assert case.waits == ["b", "c"]

    assert "c" in case.play("x:=2 b").log


def test_a_condition_on_a_flow_out_of_a_step_decides():
    builder = p().step("a").flow("a", "b", condition="x > 1").flow("a", "c", condition="x > 0")
    model = builder.node("b", "userTask").node("c", "userTask").model

    assert Reloaded.begin(model).play("x:=1 a").waits == ["c"]
    assert Reloaded.begin(model).play("x:=2 a").waits == ["b", "c"]
    with pytest.raises(NoWayOut):
        Reloaded.begin(model).play("x:=0 a")


def test_several_flows_out_of_a_step_are_all_taken():
    model = p().step("a").flow("a", "b").flow("a", "c").node("b", "userTask").node("c", "userTask").model

    assert Reloaded.begin(model).play("a").waits == ["b", "c"]


def test_two_flows_into_a_step_in_a_circle_do_not_recurse():
    model = (
        p().step("a").flow("a", "a", condition="again = true").flow("a", "e", default=True).node("e", "endEvent").model
    )

    assert Reloaded.begin(model).play("again:=true a again:=false a").log == ["s", "a", "a", "e"]


def handled(event, value="", *, interrupting=True):
    builder = p().parallel("g").branch().step("a").end("ae").branch().step("b").end("be")
    builder.sub_process("h", by_event=True).start("hs", event=event, value=value, interrupting=interrupting)
    return builder.step("c").end("he").close().model


def test_an_event_sub_process_that_interrupts_ends_what_goes_on_around_it():
    case = Reloaded.begin(handled("message", "m")).play("@m")

    assert case.waits == ["c"]
    assert case.play("c").ended == "completed"


def test_one_that_does_not_interrupt_runs_beside_as_often_as_its_event_happens():
    case = Reloaded.begin(handled("message", "m", interrupting=False)).play("@m @m")

    assert case.waits == ["a", "b", "c", "c", "hs"]
    assert case.play("a b c c").ended == "completed"


def test_an_event_sub_process_with_an_error_start_waits_for_the_error():
    case = Reloaded.begin(handled("error", "E"))

    assert case.waits == ["a", "b", "hs"]
    assert case.play("a!E").waits == ["c"]


def test_a_waiting_timer_beside_it_does_not_keep_a_case_open():
    assert Reloaded.begin(handled("timer", "P30D")).play("a b").ended == "completed"


def test_an_event_sub_process_inside_a_sub_process_starts():
    builder = p().sub_process("f").start("fs").step("a").end("fe").sub_process("h", by_event=True)
    model = builder.start("hs", event="message", value="m").step("c").end("he").close().close().step("n").end("e").model

    assert Reloaded.begin(model).play("@m c n").log == ["s", "fs", "hs", "c", "he", "h", "f", "n", "e"]


def test_what_one_case_starts_beside_itself_no_other_case_starts():
    program = compiled(handled("message", "m"))

    Reloaded.of(program).play("@m c")

    assert Reloaded.of(program).waits == ["a", "b", "hs"]


def test_a_parallel_join_in_a_loop_waits_in_every_round():
    builder = p().node("m", "exclusiveGateway").flow("s", "m").at("m")
    builder.parallel("g").branch().step("a").branch().step("b").join("j").exclusive("x")
    model = builder.branch(condition="again = true").to("m").branch(default=True).end("e").model
    case = Reloaded.begin(model).play("a again:=true b b")

    assert case.waits == ["a"]
    assert case.play("again:=false a").ended == "completed"


def test_two_tokens_on_one_flow_of_a_parallel_join_are_two():
    builder = p().parallel("g").branch().step("a").step("c").branch().step("b").join("j").step("n").end("e")
    model = builder.flow("a", "c", id="twice").flow("s", "b", id="again").model
    case = Reloaded.begin(model).play("a c c b b")

    assert case.waits == ["n", "n"]


def test_what_a_terminate_end_took_does_nothing_more():
    builder = (
        p().parallel("g").branch().step("a").end("e", event="terminate").branch().step("a2").step("c", task="task")
    )
    model = builder.flow("a", "c2").node("c2", "scriptTask", script='x = "ran"', script_format="feel").model
    case = Reloaded.begin(model).play("a")

    assert (case.ended, case.waits) == ("completed", [])


def test_both_branches_of_a_parallel_split_keep_what_they_wrote():
    model = p().parallel("g").branch().step("a").branch().step("b").join("j").step("n").end("e").model
    case = Reloaded.begin(model).play("x:=1 a y:=2 b")

    assert case.run.data() == {"x": 1, "y": 2}


def test_a_timer_is_iso_text_and_a_cycle_reminds_more_than_once():
    builder = p().step("a").boundary("b", "timer", "R3/PT1H", interrupting=False).step("r").end("re").at("a").end("e")
    case = Reloaded.begin(builder.model).play("+PT5H")

    assert case.waits == ["a", "r", "r", "r"]


def test_an_error_of_a_step_is_caught_by_its_code_and_else_refused():
    model = p().step("a").boundary("b", "error", "E").step("h").end("he").at("a").end("e").model

    assert Reloaded.begin(model).play("a!E").waits == ["h"]
    with pytest.raises(Uncaught):
        Reloaded.begin(model).play("a!F")


def compensated():
    builder = p().step("a").boundary("ab", "compensate").at("a").step("b").boundary("bb", "compensate").at("b")
    builder.throw("t", "compensate").end("e").node("ua", "userTask", for_compensation=True)
    model = builder.node("ub", "userTask", for_compensation=True).model
    ties = (("ab", "ua"), ("bb", "ub"))
    lines = tuple(Association(id=f"l{a}", source=a, target=b, process="p") for a, b in ties)
    return model.evolve(associations=(*model.associations, *lines))


def test_work_is_undone_in_reverse_order_and_only_what_was_done():
    assert Reloaded.begin(compensated()).play("a b ub ua").log == ["s", "a", "b", "ub", "ua", "t", "e"]


def ad_hoc(**values):
    builder = p().sub_process("f", kind="adHocSubProcess", **values).node("a", "userTask").node("b", "userTask")
    return builder.close().step("n").end("e").model


def test_the_steps_of_an_ad_hoc_sub_process_are_done_in_any_order_or_one_by_one():
    assert Reloaded.begin(ad_hoc()).play("b a").waits == ["n"]
    assert Reloaded.begin(ad_hoc(ordering="Sequential")).waits == ["a"]
    assert Reloaded.begin(ad_hoc(ordering="Sequential")).play("a b").waits == ["n"]


def test_an_ad_hoc_sub_process_that_is_over_stops_or_waits_for_the_rest():
    assert Reloaded.begin(ad_hoc(completion="x = 1")).play("x:=1 a").waits == ["n"]
    assert Reloaded.begin(ad_hoc(completion="x = 1", cancel_remaining=False)).play("x:=1 a").waits == ["b"]


def test_a_process_that_calls_itself_without_end_is_named():
    builder = p().node("x", "exclusiveGateway").flow("s", "x").flow("x", "c", condition="deep = true")
    model = builder.node("c", "callActivity", called="p").flow("x", "e", default=True).node("e", "endEvent").model

    assert Reloaded.begin(model).ended == "completed"
    with pytest.raises(CalledTooDeep):
        Reloaded.begin(model, {"deep": True})


def test_code_of_a_script_runs_nowhere():
    model = p().step("a", task="scriptTask", script="import os").end("e").model

    with pytest.raises(Unrunnable) as refusal:
        compiled(model)

    assert [problem.rule for problem in refusal.value.problems] == ["script"]
    assert Reloaded.of(compiled(model, skip_scripts=True)).ended == "completed"


def test_a_script_of_our_language_assigns():
    model = p().step("a", task="scriptTask", script="y = x * 2", script_format="feel").step("b").end("e").model

    assert Reloaded.begin(model, {"x": 21}).run.data() == {"x": 21, "y": 42}


def test_a_loop_that_nobody_stops_is_named():
    model = p().node("m", "exclusiveGateway").flow("s", "m").at("m").step("a", task="scriptTask").to("m").model

    with pytest.raises(StepBudgetSpent):
        Reloaded.begin(model)


def test_drawn_only_files_run():
    model = p().step("a").end("e").model

    assert not any(process.executable for process in model.processes)
    assert Reloaded.begin(model).play("a").ended == "completed"


def test_results_of_instances_are_collected_in_their_order_and_each_sees_its_item():
    loop = Loop(kind="parallel", collection="people", input_item="who", output="votes", output_item="vote")
    case = Reloaded.begin(p().step("a", loop=loop).step("n").end("e").model, {"people": ["王芳", "李雷"]})
    waits = case.run.waits()
    assert [(wait.instance, wait.data["who"]) for wait in waits] == [(1, "王芳"), (2, "李雷")]

    case.run.complete(waits[1].token, {"vote": "no", "note": "…"}, case.now)
    case.note()
    case.play('vote:="yes" a')

    assert case.run.data() == {"people": ["王芳", "李雷"], "votes": ["yes", "no"], "note": "…"}
