"""Processes that a file calls, in it or in another."""

import pytest

from bpmn import build, write


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
