"""What cannot be run is told by the check for running, and nothing else is refused: on every public file there is."""

import pytest

from bpmn import read
from bpmn.build import build
from bpmn.check import check
from bpmn.check.support import support
from bpmn.errors import UnreadableFile
from engine.errors import Unrunnable
from engine.spiff import compiled, refusals


def models(folder):
    for path in sorted(folder.rglob("*.bpmn")):
        try:
            yield path, read(path)
        except UnreadableFile:
            continue


def is_refused(model):
    try:
        compiled(model)
    except Unrunnable:
        return True
    return False


def test_a_file_is_refused_exactly_where_the_check_for_running_says_so(shared):
    differing = []
    for path, model in models(shared / "bpmn"):
        told = any(problem.stops != "nothing" for problem in (*model.faults, *support(model, {})))
        if is_refused(model) != told:
            differing.append(path.name)

    assert differing == []


def test_what_is_refused_is_part_of_the_whole_check(shared):
    hidden = []
    for path, model in models(shared / "bpmn" / "betsy" / "activities"):
        told = {(problem.problem, problem.rule, problem.element) for problem in check(model, purpose="run")}
        hidden += [path.name for one in refusals(model) if (one.problem, one.rule, one.element) not in told]

    assert hidden == []


def test_every_procedure_of_the_library_can_be_run(root):
    assert [path.name for path, model in models(root / "flows") if is_refused(model)] == []


def test_a_file_of_the_library_that_cannot_be_run_is_named_at_its_call():
    broken = build("q").start("s").step("t", task="scriptTask", script="import os").end("e").model
    model = build("p").start("s").call("c", "q").end("e").model

    with pytest.raises(Unrunnable) as refusal:
        compiled(model, {"other": broken})

    assert [(one.rule, one.element) for one in refusal.value.problems] == [("called-file", "c")]
