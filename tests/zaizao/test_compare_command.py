"""`zaizao compare` as its users meet it."""

import json
from zipfile import ZipFile

import pytest


def test_the_cuts_have_both_numbers(run, make):
    answer = run("compare", make("a.bpmn"), make("b.bpmn", approve=False), "--cases", 300, "--json")

    cuts = answer.json["cuts"]
    assert answer.code == 0
    assert answer.json["comparable"] is True
    assert (cuts["steps"]["before"], cuts["steps"]["after"], cuts["steps"]["cut"]) == (4, 3, 1)
    assert (cuts["materials"]["before"], cuts["materials"]["after"]) == (2, 1)
    assert (cuts["visits"]["before"], cuts["visits"]["after"]) == (2, 1)
    assert cuts["time"]["cut"] == pytest.approx(cuts["time"]["before"] - cuts["time"]["after"])
    assert cuts["time"]["low"] <= cuts["time"]["cut"] <= cuts["time"]["high"]
    assert cuts["time"]["cut"] > 30 * 60
    assert "approve" in json.dumps(answer.json["changes"]["removed"])


def test_a_file_against_itself_cuts_nothing(run, make):
    file = make()

    cuts = run("compare", file, file, "--cases", 200, "--json").json["cuts"]

    assert {name: cut["cut"] for name, cut in cuts.items() if cut["before"] is not None} == dict.fromkeys(
        [name for name, cut in cuts.items() if cut["before"] is not None], 0
    )


@pytest.mark.parametrize(("ending", "has"), [(".html", "<svg"), (".json", '"cuts"')])
def test_the_report_is_written_by_its_ending(run, make, tmp_path, ending, has):
    report = tmp_path / f"report{ending}"

    answer = run("compare", make("a.bpmn"), make("b.bpmn", approve=False), "-o", report, "--cases", 100)

    assert answer.code == 0
    assert has in report.read_text()


@pytest.mark.parametrize(("ending", "part"), [(".docx", "word/document.xml"), (".xlsx", "xl/workbook.xml")])
def test_the_documents_of_the_office_are_written_by_their_ending(run, make, tmp_path, ending, part):
    report = tmp_path / f"report{ending}"

    answer = run("compare", make("a.bpmn"), make("b.bpmn", approve=False), "-o", report, "--cases", 100)

    assert answer.code == 0
    assert part in ZipFile(report).namelist()


@pytest.mark.parametrize("ending", [".pdf", ".doc", ""])
def test_an_ending_that_cannot_be_written_is_refused_before_anything_is_done(run, make, tmp_path, ending):
    report = tmp_path / f"report{ending}"

    answer = run("compare", make("a.bpmn"), make("b.bpmn"), "-o", report)

    assert answer.code == 2
    assert ".html" in answer.err
    assert not report.exists()
