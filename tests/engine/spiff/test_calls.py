"""Called processes: of the same file, of others, with data of their own."""

from bpmn.build import build
from bpmn.model import Data, Loop
from engine.spiff import compiled
from tests.engine.spiff.reloaded import Reloaded


def called():
    return build("q").start("qs").step("qa").end("qe").model


def test_elements_of_another_file_have_their_call_before_them():
    program = compiled(build("p").start("s").call("c", "q").end("e").model, {"other": called()})
    case = Reloaded.of(program)

    assert case.waits == ["c/qa"]
    assert program.node("c/qa").id == "qa"
    assert case.play("c/qa").log == ["s", "c/qs", "c/qa", "c/qe", "c", "e"]


def test_a_call_without_declared_data_shares_those_of_its_caller():
    program = compiled(build("p").start("s").call("c", "q").end("e").model, {"other": called()})

    assert Reloaded.of(program, {"x": 1}).play("y:=2 c/qa").run.data() == {"x": 1, "y": 2}


def test_a_process_that_declares_what_it_takes_and_gives_has_data_of_its_own():
    declared = (
        Data(id="i", kind="dataInput", name="x", process="q"),
        Data(id="o", kind="dataOutput", name="result", process="q"),
    )
    program = compiled(build("p").start("s").call("c", "q").end("e").model, {"other": called().evolve(data=declared)})
    case = Reloaded.of(program, {"x": 1, "secret": True}).play("result:=7 note:=8 c/qa")

    assert case.run.data() == {"x": 1, "secret": True, "result": 7}


def test_a_step_of_a_called_process_can_fail_into_its_caller():
    builder = build("p").start("s").call("c", "q").boundary("b", "error", "E").step("h").end("he").at("c").end("e")
    program = compiled(builder.model, {"other": called()})

    assert Reloaded.of(program).play("c/qa!E").waits == ["h"]


def test_each_instance_of_a_call_takes_its_item_and_its_result_is_gathered():
    declared = (
        Data(id="i", kind="dataInput", name="x", process="q"),
        Data(id="o", kind="dataOutput", name="result", process="q"),
    )
    loop = Loop(kind="parallel", collection="items", input_item="x", output="results", output_item="result")
    model = build("p").start("s").call("c", "q", loop=loop).end("e").model
    case = Reloaded.of(compiled(model, {"other": called().evolve(data=declared)}), {"items": [7, 8]})

    taken = [data["x"] for scope in range(case.run.waits()[-1].token) if "x" in (data := case.run.data(scope))]
    assert taken == [7, 8]
    case.play("result:=1 note:=8 c/qa").play("result:=2 c/qa")

    assert case.run.data() == {"items": [7, 8], "results": [1, 2]}
