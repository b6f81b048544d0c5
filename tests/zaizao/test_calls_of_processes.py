"""Processes that a file calls, in it or in another."""

import pytest

from bpmn import build, read, write


@pytest.fixture
def files(tmp_path):
    caller = build("main").lane("窗口", staff=1).start().step("a", work="PT10M").call("c", "other").end().model
    called = build("other").lane("窗口", staff=1).start().step("x", work="PT30M").step("y", work="PT20M").end().model
    for name, model in (("main", caller), ("other", called)):
        (tmp_path / f"{name}.bpmn").write_bytes(write(model))
    return tmp_path / "main.bpmn", tmp_path / "other.bpmn"


def test_the_steps_of_a_called_process_count_where_its_file_is_given(run, files):
    caller, called = files

    alone = run("time", caller, "--cases", 50, "--json").json
    together = run("time", caller, "--with", called, "--cases", 50, "--json").json

    assert alone["work_s"]["mean"] == pytest.approx(600)
    assert together["work_s"]["mean"] == pytest.approx(3600)
    assert len(together["steps"]) == 3


def test_a_comparison_counts_called_steps_as_steps(run, files):
    caller, called = files

    cuts = run("compare", caller, caller, "--with", called, "--cases", 50, "--json").json["cuts"]

    assert cuts["steps"]["before"] == 3


def test_a_file_that_is_not_there_is_named(run, files):
    answer = run("time", files[0], "--with", files[1].with_name("others.bpmn"))

    assert answer.code == 2
    assert "other.bpmn" in answer.err


@pytest.fixture
def twice(tmp_path):
    """A procedure that calls another office's file twice, where the same is checked and forwarded."""
    caller = build("main").lane("窗口").start().call("c", "other").call("d", "other").end().model
    builder = build("other").lane("乙局").start().step("x", kind="check", purpose="title", work="PT1H")
    called = builder.step("y", kind="forward", work="PT1H").end().model
    for name, model in (("main", caller), ("other", called)):
        (tmp_path / f"{name}.bpmn").write_bytes(write(model))
    return tmp_path / "main.bpmn", tmp_path / "other.bpmn"


def test_a_redesign_of_called_steps_is_a_file_others_open(run, twice, tmp_path):
    caller, called = twice
    to_be = tmp_path / "to-be.bpmn"

    answer = run("redesign", caller, "--with", called, "-o", to_be, "--json").json

    after = read(to_be.read_bytes())
    assert {move["move"] for move in answer["moves"]} == {"remove-step"}
    assert [node.id for node in after.nodes if node.is_step] == ["c.x"]
    assert (after.unit_of["c.x"].name, after.node["c.x"].step.replaces) == ("乙局", ("c/x",))
    assert b'id="c/' not in to_be.read_bytes()


def test_nothing_to_do_gives_the_file_itself(run, twice, tmp_path):
    caller, called = twice
    to_be = tmp_path / "to-be.bpmn"

    run("redesign", caller, "--with", called, "-o", to_be, "--only", "late-knockout")

    assert to_be.read_bytes() == caller.read_bytes()


def test_in_a_folder_what_is_called_is_a_part_and_no_procedure(run, twice):
    lines = run("find", twice[0].parent, "--no-saving", "--json").lines

    assert "repeated-check" in {finding["finding"] for finding in lines[0]["findings"]}
    assert lines[-1]["findings"] == []
