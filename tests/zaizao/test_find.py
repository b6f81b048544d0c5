"""`zaizao find`, as a user calls it."""

import pytest

from bpmn import build, gives, needs, write

PAPER = [needs("执照")]


@pytest.fixture
def wasteful(tmp_path):
    """A procedure with a record nobody reads, a mandatory one, and a paper asked for twice."""
    builder = build("permit", name="许可", matter="1", legal_limit=20).lane("窗口", level="county", staff=1).start()
    builder.step("a", name="收件", kind="collect", work="PT10M", materials=PAPER)
    builder.step("r", name="填台账", kind="record", work="PT1H", materials=[gives("台账")])
    builder.step("l", name="报备", kind="forward", work="PT1H", mandatory=True, basis="条例 第三条")
    path = tmp_path / "as-is.bpmn"
    path.write_bytes(write(builder.step("b", name="审查", kind="check", work="PT1H", materials=PAPER).end().model))
    return path


def test_findings_with_savings_and_reasons(run, wasteful):
    answer = run("find", wasteful)

    assert answer.code == 0
    assert "4 项发现，3 项可采用" in answer.out
    assert "法定环节，只列示：条例 第三条" in answer.out
    assert f"zaizao redesign {wasteful} -o to-be.bpmn" in answer.out


def test_json_has_every_key_of_the_reference(run, wasteful):
    found = run("find", wasteful, "--json").json

    record = next(one for one in found["findings"] if one["finding"] == "pass-through" and one["steps"] == ["r"])
    assert record.keys() == {"finding", "steps", "evidence", "protected", "sure", "missing", "move", "saving"}
    assert (record["move"], record["saving"]["steps"], record["saving"]["elapsed_working_s"]) == (
        "remove-step",
        1,
        3600,
    )
    assert (found["process"], found["left_out"], found["lacking"]) == ("permit", [], [])


def test_without_savings_nothing_is_measured(run, wasteful):
    found = run("find", wasteful, "--json", "--no-saving").json["findings"]

    assert {one["saving"]["steps"] for one in found} == {None}
    assert "4 项发现，3 项可采用" in run("find", wasteful, "--no-saving").out


@pytest.mark.parametrize(
    ("language", "says"), [("zh", "可以再查：重复核验"), ("en", "more could be found: Repeated check")]
)
def test_a_bare_drawing_says_what_it_lacks(run, tmp_path, language, says):
    path = tmp_path / "bare.bpmn"
    path.write_bytes(write(build("p").lane("窗口").start().step("a", materials=PAPER).end().model))

    answer = run("--lang", language, "find", path)

    assert answer.code == 0
    assert says in answer.out


def test_a_folder_also_tells_what_its_procedures_repeat(run, wasteful):
    other = wasteful.with_name("other.bpmn")
    other.write_bytes(
        write(build("q", name="备案", matter="2").start().step("a", kind="collect", materials=PAPER).end().model)
    )

    *files, between = run("find", wasteful.parent, "--json", "--no-saving").lines

    assert [len(one["findings"]) for one in files] == [4, 0]
    assert [(one["finding"], one["evidence"]["material"]) for one in between["findings"]] == [
        ("shared-material", "执照")
    ]
    assert "许可、备案 都要申请人提交“执照”" in run("find", wasteful.parent, "--no-saving").out


def test_a_file_at_fault_is_told_and_the_others_are_answered(run, wasteful):
    broken = wasteful.with_name("broken.bpmn")
    broken.write_text("<x/>", encoding="utf-8")

    answer = run("find", broken, wasteful, "--no-saving", "--json")

    assert answer.code == 1
    assert "broken.bpmn" in answer.err
    assert len(answer.lines) == 1


def test_a_folder_without_files_and_a_name_that_is_none(run, tmp_path):
    (tmp_path / "empty").mkdir()

    assert run("find", tmp_path / "empty").code == 2
    assert run("find", tmp_path / "nothing.bpmn").code == 2
