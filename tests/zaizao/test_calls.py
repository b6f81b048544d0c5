"""Wrong calls, help, and what a user must never see."""

import os

import pytest


def test_bare_help_names_every_command_in_the_users_language(run):
    zh, en = run("--help"), run("--help", "--lang", "en")

    assert zh.code == en.code == 0
    for command in ("check", "draw", "time", "compare", "study", "flows", "org"):
        assert command in zh.out
        assert command in en.out
    assert "查出" in zh.out
    assert not any("\u4e00" <= character <= "\u9fff" for character in en.out)


@pytest.mark.parametrize(
    "command",
    [
        *("check", "draw", "time", "compare", "study", "flows", "org", "org due", "org calendar"),
        *("try", "case", "work", "apply", "worker", "measure", "trial", "db"),
        *(f"case {name}" for name in ("start", "list", "show", "history", "clocks", "message", "signal")),
        *("work list", "work allowed"),
        *(f"db {name}" for name in ("init", "upgrade", "backup", "restore", "release", "verify", "archive", "root")),
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_help_of_a_command_has_examples(run, command, language):
    answer = run(*command.split(), "--help", "--lang", language)

    assert answer.code == 0
    assert f"zaizao {command}" in answer.out
    assert ("例" if language == "zh" else "Examples") in answer.out


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["chek"], "check"),
        (["check"], "FILES"),
        (["check", "--jsn", "x"], "--json"),
        (["draw", "x.bpmn"], "-o"),
        (["time", "nowhere.bpmn"], "nowhere.bpmn"),
        (["time", "x", "--start", "soon"], "soon"),
        (["check", "x", "--for", "fun"], "analysis"),
    ],
)
def test_a_wrong_call_gets_one_sentence_and_leaves_with_2(run, arguments, named):
    answer = run(*arguments)

    assert answer.code == 2
    assert named in answer.err
    assert answer.err.count("\n") == 1
    assert "Traceback" not in answer.err


def test_a_failure_of_ours_is_a_sentence_and_debug_shows_where(run, make, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("zaizao.cli.check.check", fail)
    quiet, loud = run("check", make()), run("check", make(), "--debug")

    assert quiet.code == loud.code == 3
    assert "Traceback" not in quiet.err
    assert "ZeroDivisionError" in loud.err
    assert "Traceback" in loud.err


def test_version(run):
    assert run("--version").out.startswith("zaizao ")


@pytest.mark.skipif(os.name == "nt", reason="names of files are text there")
def test_a_file_whose_name_is_no_text_is_named_all_the_same(run, make, tmp_path):
    odd = os.fsdecode(b"\xff\xfe.bpmn")
    os.rename(make(), tmp_path / odd)

    for arguments in (("check", tmp_path / odd), ("draw", tmp_path / odd, "-o", tmp_path / "x.svg")):
        answer = run(*arguments, "--json")

        assert answer.code == 0
        answer.out.encode("utf-8")
        assert answer.json["file"].endswith(".bpmn")

    assert run("study", tmp_path / odd, "-o", tmp_path / "out", "--cases", 50).code == 0
