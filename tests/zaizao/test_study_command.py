"""`zaizao study`, the main job."""

import json

import pytest

from flows import load


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_main_job_writes_a_whole_report(run, tmp_path, language):
    folder = tmp_path / "out"

    answer = run("study", "business-start-up", "-o", folder, "--cases", 400, "--lang", language)

    assert answer.code == 0
    assert {file.name for file in folder.iterdir()} == {
        "as-is.svg", "report.docx", "report.html", "report.json", "report.xlsx", "to-be.bpmn", "to-be.svg",
    }  # fmt: skip
    page = (folder / "report.html").read_text()
    assert page.count("<svg") >= 2
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org/", "")
    assert ('lang="en"' in page) == (language == "en")
    assert (folder / "to-be.bpmn").read_bytes() == load("business-start-up").to_be.read_bytes()


def test_the_data_of_the_report_is_what_json_prints(run, tmp_path):
    answer = run("study", "business-start-up", "-o", tmp_path, "--cases", 200, "--json")

    assert answer.json == json.loads((tmp_path / "report.json").read_text())
    assert set(answer.json) >= {
        "procedure", "as_is", "to_be", "compare", "cuts", "findings", "redesign", "files", "not_built",
    }  # fmt: skip
    assert answer.json["findings"] == []
    assert "findings" in answer.json["not_built"]
    assert not {"docx", "xlsx"} & set(answer.json["not_built"])
    assert {file.rpartition("/")[2] for file in answer.json["files"]} == {file.name for file in tmp_path.iterdir()}


def test_a_single_file_gets_the_report_of_its_time(run, make, tmp_path):
    answer = run("study", make(), "-o", tmp_path / "out", "--cases", 200, "--json")

    assert answer.code == 0
    assert answer.json["to_be"] is None
    assert answer.json["compare"] is None
    assert answer.json["as_is"]["cases"] == 200
    assert (tmp_path / "out" / "report.html").exists()


def test_all_procedures_get_a_folder_each(run, tmp_path):
    answer = run("study", "--all", "-o", tmp_path, "--cases", 100, "--json")

    assert answer.code == 0
    assert {line["procedure"] for line in answer.lines} == {folder.name for folder in tmp_path.iterdir()}


def test_an_unknown_name_gets_near_ones(run, tmp_path):
    answer = run("study", "business-startup", "-o", tmp_path)

    assert answer.code == 2
    assert "business-start-up" in answer.err


def test_a_name_and_all_together_are_refused(run, tmp_path):
    for arguments in (("study", "-o", tmp_path), ("study", "business-start-up", "--all", "-o", tmp_path)):
        assert run(*arguments).code == 2


def test_a_full_disk_leaves_what_was_written_whole(run, make, tmp_path, monkeypatch):
    folder = tmp_path / "out"
    assert run("study", make(), "-o", folder, "--cases", 50).code == 0
    before = {file.name: file.read_bytes() for file in folder.iterdir()}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", str(folder / "report.html"))

    monkeypatch.setattr("os.replace", full)
    answer = run("study", make(work="PT2H"), "-o", folder, "--cases", 50)

    assert answer.code == 3
    assert "report.html" in answer.err
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_what_is_to_know_is_said_once_for_both_sides_and_else_with_its_side(run, tmp_path):
    answer = run("study", "business-start-up", "-o", tmp_path, "--cases", 3000)

    said = [line for line in answer.out.splitlines() if line.startswith("!")]

    assert said
    assert len(said) == len(set(said))
    assert any("改革前：" in line for line in said)
    assert any("改革后：" in line for line in said)
