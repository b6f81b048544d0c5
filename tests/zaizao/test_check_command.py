"""`zaizao check` as its users meet it."""

import pytest

from bpmn import build, write

BROKEN = b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p"><task id="a"'


def test_a_sound_file_has_no_problems(run, make):
    answer = run("check", make(), "--json")

    assert answer.code == 0
    assert answer.json["problems"] == []


def test_all_problems_of_a_file_are_reported_together_with_line_and_sentence(run, make):
    file = make()
    text = file.read_text().replace('staff="2"', 'staff="many"').replace('targetRef="decide"', 'targetRef="nowhere"')
    file.write_text(text)

    answer = run("check", file, "--json")
    problems = {problem["problem"] for problem in answer.json["problems"]}

    assert answer.code == 1
    assert {"bad-annotation", "missing-reference"} <= problems
    for problem in answer.json["problems"]:
        assert problem["line"] > 0
        assert problem["message"]
        assert "{" not in problem["message"]


def test_many_files_are_checked_in_one_call_and_each_has_a_line(run, make, tmp_path):
    broken = tmp_path / "broken.bpmn"
    broken.write_bytes(BROKEN)

    answer = run("check", make("one.bpmn"), broken, make("two.bpmn"), "--json")

    assert answer.code == 1
    assert [bool(line["problems"]) for line in answer.lines] == [False, True, False]
    assert answer.lines[1]["problems"][0]["problem"] == "not-xml"


def test_a_file_that_is_not_there_does_not_keep_the_others_from_being_checked(run, make):
    file = make("as-is.bpmn")

    answer = run("check", file.with_name("asis.bpmn"), file)

    assert answer.code == 2
    assert "as-is.bpmn" in answer.err
    assert "没有问题" in answer.out


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_is_in_one_language(run, make, language):
    file = make(name="permit")
    file.write_text(file.read_text().replace('name="窗口"', 'name="desk"').replace('staff="2"', 'staff="many"'))

    answer = run("check", file, "--lang", language)
    has_chinese = any("\u4e00" <= character <= "\u9fff" for character in answer.out.replace("审查", ""))

    assert has_chinese == (language == "zh")


def test_a_folder_is_no_file(run, tmp_path):
    answer = run("check", tmp_path)

    assert answer.code == 2
    assert answer.err.count("\n") == 1


def test_every_public_file_gets_an_answer(run, shared):
    files = [file for file in sorted((shared / "bpmn").rglob("*")) if file.suffix in (".bpmn", ".xml", ".dmn")]

    answer = run("check", *files, "--json")

    assert answer.code == 1
    assert answer.err == ""
    assert len(answer.lines) == len(files) > 800


def test_a_problem_shows_the_way_to_it(run, tmp_path):
    model = build("p").start("s").parallel("a").branch().step("t", name="审查").branch().step("u").join("j").end().model
    doubled = model.evolve(
        nodes=tuple(node.evolve(kind="exclusiveGateway") if node.id == "j" else node for node in model.nodes)
    )
    file = tmp_path / "doubled.bpmn"
    file.write_bytes(write(doubled))

    (problem,) = [p for p in run("check", file, "--json").json["problems"] if p["severity"] == "error"]

    assert problem["run"][:2] == ["s", "s-a"]
    assert problem["run"][-1] == "j"
    assert "s → a → 审查 → u → j → j" in run("check", file).out


def test_a_call_into_another_file_given_is_answered(run, tmp_path):
    caller, called = tmp_path / "caller.bpmn", tmp_path / "called.bpmn"
    caller.write_bytes(write(build("main").start().call("c", "other").end().model))
    called.write_bytes(write(build("other").start().step("t").end().model))

    assert "other" in run("check", caller, "--for", "run", "--json").json["problems"][0]["message"]
    assert run("check", caller, called, "--for", "run").code == 0
