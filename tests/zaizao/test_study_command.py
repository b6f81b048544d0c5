"""`zaizao study`, the main job."""

import json
import re
from dataclasses import replace

import pytest

from bpmn import build, write
from flows import load
from reports.words import load as load_words
from zaizao.cli import study


@pytest.fixture
def library(make, monkeypatch):
    """Give a function that puts small procedures into the library: by name the files of both sides."""

    def fill(**files):
        known = load("business-start-up")
        found = {name: replace(known, name=name, as_is=pair[0], to_be=pair[1]) for name, pair in files.items()}
        monkeypatch.setattr(study, "procedures", lambda: tuple(found.values()))
        monkeypatch.setattr(study, "load", found.__getitem__)

    return fill


def pair(make, name):
    return make(f"{name}-before.bpmn"), make(f"{name}-after.bpmn", approve=False)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_main_job_writes_a_whole_report(run, make, library, tmp_path, language):
    library(permit=pair(make, "permit"))
    folder = tmp_path / "out"

    answer = run("study", "permit", "-o", folder, "--cases", 100, "--lang", language)

    assert answer.code == 0
    assert {file.name for file in folder.iterdir()} >= {
        "as-is.svg", "report.docx", "report.html", "report.json", "report.xlsx", "to-be.bpmn", "to-be.svg",
    }  # fmt: skip
    page = (folder / "report.html").read_text()
    assert page.count("<svg") >= 2
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org/", "")
    assert ('lang="en"' in page) == (language == "en")
    assert (folder / "to-be.bpmn").read_bytes() == (tmp_path / "permit-after.bpmn").read_bytes()


def test_the_data_of_the_report_is_what_json_prints(run, make, library, tmp_path):
    library(permit=pair(make, "permit"))
    folder = tmp_path / "out"

    answer = run("study", "permit", "-o", folder, "--cases", 100, "--json")

    assert answer.json == json.loads((folder / "report.json").read_text())
    assert set(answer.json) >= {
        "procedure", "as_is", "to_be", "compare", "cuts", "findings", "redesign", "files", "not_built",
    }  # fmt: skip
    assert answer.json["not_built"] == []
    assert [finding["number"] for finding in answer.json["findings"]] == list(
        range(1, len(answer.json["findings"]) + 1)
    )
    assert {file.rpartition("/")[2] for file in answer.json["files"]} == {file.name for file in folder.iterdir()}


def plain(tmp_path):
    """A file in which nothing is to be found."""
    file = tmp_path / "plain.bpmn"
    builder = build("plain", name="登记", lead="窗口").lane("窗口", staff=2, level="county").start()
    file.write_bytes(write(builder.step("decide", name="决定", kind="decide", work="PT1H").end().model))
    return file


def test_a_single_file_in_which_nothing_pays_gets_the_report_of_its_time(run, tmp_path):
    answer = run("study", plain(tmp_path), "-o", tmp_path / "out", "--cases", 100, "--json")

    assert answer.code == 0
    assert answer.json["to_be"] is None
    assert answer.json["compare"] is None
    assert answer.json["redesign"]["moves"] == []
    assert answer.json["as_is"]["cases"] == 100
    assert "本报告只说现状" in (tmp_path / "out" / "report.html").read_text()


def test_a_single_file_is_compared_with_the_proposal_which_is_written_beside(run, make, tmp_path):
    folder = tmp_path / "out"
    answer = run("study", make(), "-o", folder, "--cases", 200)

    assert answer.code == 0
    assert "还没有人决定采用" in answer.out
    data = json.loads((folder / "report.json").read_text())
    assert data["compare"]["after"]["file"] == "proposal.bpmn"
    undone = run("redesign", "--undo", folder / "to-be.bpmn", "-o", tmp_path / "before.bpmn")
    assert undone.code == 0
    assert (tmp_path / "before.bpmn").read_bytes() == (tmp_path / "permit.bpmn").read_bytes()


def test_findings_bear_the_numbers_that_find_gives_them(run, make, tmp_path):
    file, folder = make(), tmp_path / "out"
    listed = re.findall(r"^ *(\d+) +(\S+)", run("find", file).out, re.MULTILINE)

    run("study", file, "-o", folder, "--cases", 100)

    words = load_words("zh")
    numbered = json.loads((folder / "report.json").read_text())["findings"]
    assert listed == [(str(one["number"]), words(f"finding.{one['finding']}.title")) for one in numbered]
    assert len(listed) > 1


def test_all_procedures_get_a_folder_each_and_one_sheet(run, make, library, tmp_path):
    library(one=pair(make, "one"), two=pair(make, "two"))
    folder = tmp_path / "out"

    answer = run("study", "--all", "-o", folder, "--cases", 50, "--json")

    assert answer.code == 0
    assert [line["procedure"] for line in answer.lines] == ["one", "two"]
    assert {file.name for file in folder.iterdir()} == {
        "one", "two", "portfolio.html", "portfolio.xlsx", "portfolio.json",
    }  # fmt: skip
    sheet = json.loads((folder / "portfolio.json").read_text())
    assert [entry["name"] for entry in sheet["procedures"]] == ["one", "two"]
    assert 'href="one/report.html"' in (folder / "portfolio.html").read_text()


def test_a_procedure_that_cannot_be_studied_is_listed_and_the_others_go_on(run, make, library, tmp_path):
    broken = tmp_path / "broken.bpmn"
    broken.write_text("<definitions")
    library(bad=(broken, broken), good=pair(make, "good"))
    folder = tmp_path / "out"

    answer = run("study", "--all", "-o", folder, "--cases", 50)

    assert answer.code == 1
    sheet = json.loads((folder / "portfolio.json").read_text())
    assert [entry["name"] for entry in sheet["procedures"]] == ["good"]
    assert [(one["name"], "broken.bpmn" in one["reason"]) for one in sheet["failed"]] == [("bad", True)]
    assert "2 / 2  good" in answer.out


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


def test_what_is_to_know_is_said_with_the_side_it_holds_for(run, make, library, tmp_path):
    busy = {"staff": 1, "arrivals": 40}
    library(permit=(make("a.bpmn", work="PT4H", **busy), make("b.bpmn", work="PT6H", approve=False, **busy)))

    answer = run("study", "permit", "-o", tmp_path / "out", "--cases", 100)

    said = [line for line in answer.out.splitlines() if line.startswith("!")]
    assert len(said) == len(set(said))
    assert any("改革前：窗口" in line for line in said)
    assert any("改革后：窗口" in line for line in said)
