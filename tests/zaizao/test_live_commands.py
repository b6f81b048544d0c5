"""Live cases by commands, as a user gives them in an empty folder."""

import csv
import io
import json

import pytest

from bpmn import build, write
from bpmn.history import KINDS
from flows import procedures
from reports.words import load


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder with no setting of a database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ZAIZAO_DB", raising=False)
    return tmp_path


@pytest.fixture
def permit(folder):
    """A permit of two steps in two units, the second with a choice behind it."""
    b = build("permit", name="许可", legal_limit=20, promised_limit=5).lane("窗口").start()
    b.step("accept", name="受理", kind="accept", work="PT10M").lane("审批科")
    model = b.step("decide", name="决定", kind="decide", work="PT20M", rejects=0.1).end().model
    (folder / "permit.bpmn").write_bytes(write(model))
    return "permit.bpmn"


def start(run, permit, *more):
    return run("case", "start", permit, "--as", "甲", "--json", *more).json


def test_a_case_goes_from_start_to_end(run, permit):
    begun = start(run, permit, "--data", '{"面积": 120}')
    first = begun["items"][0]["item"]

    claimed = run("work", "claim", first, "--as", "乙", "--json").json
    second = run("work", "complete", first, "--as", "乙", "--data", '{"齐全": true}', "--json").json["items"][0]
    ended = run("work", "complete", second["item"], "--as", "丙", "--json").json

    assert (begun["state"], begun["version"]) == ("active", 1)
    assert claimed["items"][0]["state"] == "claimed"
    assert second["name"] == "决定"
    assert (ended["state"], ended["outcome"]) == ("completed", "granted")
    shown = run("case", "show", begun["case"], "--json").json
    assert shown["data"] == {"面积": 120, "齐全": True}
    told = run("case", "history", begun["case"], "--json").json["records"]
    assert [record["seq"] for record in told] == list(range(1, len(told) + 1))
    assert [r["kind"] for r in told if r["element"] == "accept"] == ["offered", "claimed", "completed"]
    assert all(len(record["hash"]) == 64 for record in told)


@pytest.mark.parametrize("procedure", procedures(), ids=lambda one: one.name)
def test_a_case_of_each_procedure_runs_to_its_end(run, folder, procedure):
    case = start(run, procedure.name)["case"]
    for _ in range(100):
        shown = run("case", "show", case, "--json").json
        if shown["state"] != "active":
            break
        if shown["items"]:
            item = shown["items"][0]
            done = run("work", "complete", item["item"], "--as", f"经办·{item['element']}")
        elif shown["jobs"]:
            done = run("worker", "--once")
        else:
            done = run("case", "message", shown["waits"][0]["name"], "--case", case, "--as", "外部")
        assert done.code == 0, done.err

    assert shown["state"] == "completed"
    assert run("db", "verify", "--json").json["damage"] == []


def test_the_default_database_is_made_and_any_other_is_not(run, permit, folder):
    missing = run("work", "list")
    made = start(run, permit)
    other = run("case", "list", "--db", "other.db")

    assert missing.code == other.code == 3
    assert "zaizao db init" in missing.err
    assert made["state"] == "active"
    assert (folder / "zaizao.db").exists()
    assert not (folder / "other.db").exists()


def test_the_same_key_takes_effect_once_and_is_answered_the_same(run, permit):
    first, again = (run("case", "start", permit, "--as", "甲", "--key", "k", "--json").out for _ in range(2))
    other = run("case", "start", permit, "--as", "甲", "--key", "k", "--data", '{"a": 1}')

    assert first == again
    assert len(run("case", "list", "--json").json["cases"]) == 1
    assert other.code == 2


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["work", "claim", "nope", "--as", "乙"], 2, "nope"),
        (["case", "show", "nope"], 2, "nope"),
        (["case", "start", "nowhere", "--as", "乙"], 2, "nowhere"),
        (["case", "start", "nowhere.bpmn", "--as", "乙"], 2, "nowhere.bpmn"),
        (["case", "cancel", "nope", "--as", "乙"], 2, "--yes"),
        (["case", "history"], 2, "--all"),
        (["case", "history", "--all"], 2, "-o"),
        (["work", "complete", "nope", "--as", "乙", "--data", "[1]"], 2, "--data"),
        (["work", "complete", "nope", "--as", "乙", "--data", "{"], 2, "--data"),
        (["work", "complete", "nope"], 2, "--as"),
        (["case", "message", "nobody", "--as", "乙"], 2, ""),
        (["worker", "--once", "--list"], 2, "--list"),
        (["measure", "permit.bpmn"], 2, "permit.bpmn"),
        (["db", "init", "--db", "mysql://x/y"], 2, ""),
    ],
)
def test_what_cannot_be_done_gets_one_sentence(run, permit, arguments, code, said):
    start(run, permit)
    answer = run(*arguments)

    assert answer.code == code
    assert said in answer.err
    assert answer.err.count("\n") == 1
    assert "Traceback" not in answer.err


def test_a_refusal_changes_nothing_and_says_whose_it_is(run, permit):
    begun = start(run, permit)
    item = begun["items"][0]["item"]
    run("work", "claim", item, "--as", "乙")

    refused = run("work", "complete", item, "--as", "丙")
    allowed = run("work", "allowed", item, "--as", "丙", "--json").json["allowed"]

    assert refused.code == 2
    assert "乙" in refused.err
    assert "complete" not in allowed
    assert "complete" in run("work", "allowed", item, "--as", "乙", "--json").json["allowed"]


def test_every_operation_of_the_table_is_a_command_with_words(run):
    from engine.lifecycle import CASE, commanded

    for row in commanded():
        group = "case" if row.of == CASE else "work"
        for language in ("zh", "en"):
            answer = run(group, row.operation, "--help", "--lang", language)
            assert answer.code == 0
            assert f"zaizao {group} {row.operation}" in answer.out


def test_apply_answers_every_line_in_its_order(run, permit, folder):
    lines = [
        {"do": "start", "procedure": permit, "as": "甲", "key": "1"},
        "no json",
        {"do": "claim", "item": "nope", "as": "乙", "key": "3"},
        {"do": "start", "procedure": permit, "as": "甲", "key": "1"},
        {"do": "claim", "item": 7},
        {"do": "dance", "as": "甲"},
        [1],
    ]
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    (folder / "commands.jsonl").write_text(text + "\n", encoding="utf-8")

    answer = run("apply", "commands.jsonl")
    answers = answer.lines

    assert answer.code == 2
    assert [one["ok"] for one in answers] == [True, False, False, True, False, False, False]
    assert answers[0] == answers[3]
    assert answers[2]["refused"] == "NoSuchItem"
    assert answers[2]["key"] == "3"
    assert answers[5]["refused"] == "NoSuchOperation"
    assert all(one["message"] for one in answers if not one["ok"])
    assert len(run("case", "list", "--json").json["cases"]) == 1


def test_suspended_work_waits_until_the_case_is_resumed(run, permit):
    begun = start(run, permit)
    item = begun["items"][0]["item"]

    assert run("case", "suspend", begun["case"], "--as", "甲").code == 0
    assert run("work", "complete", item, "--as", "乙").code == 2
    assert run("case", "resume", begun["case"], "--as", "甲").code == 0
    assert run("work", "complete", item, "--as", "乙").code == 0


def test_a_cancelled_case_leaves_nothing_to_do(run, permit):
    begun = start(run, permit)

    assert run("case", "cancel", begun["case"], "--as", "甲", "--yes").code == 0
    assert run("work", "list", "--json").json["items"] == []
    assert run("case", "show", begun["case"], "--json").json["state"] == "cancelled"


def complete_all(run, case):
    while items := run("work", "list", "--case", case, "--json").json["items"]:
        assert run("work", "complete", items[0]["item"], "--as", "乙").code == 0


def test_histories_are_written_as_logs(run, permit, folder):
    case = start(run, permit)["case"]
    complete_all(run, case)

    assert run("case", "history", "--all", "-o", "log.xes").code == 0
    assert run("case", "history", case, "-o", "log.csv").code == 0
    xes = (folder / "log.xes").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO((folder / "log.csv").read_text(encoding="utf-8-sig"))))
    told = run("case", "history", case, "--json").json["records"]
    assert xes.count("<event>") == len(rows) == len(told)
    assert 'value="受理"' in xes
    assert [row["kind"] for row in rows] == [record["kind"] for record in told]
    assert run("case", "history", case, "-o", "log.pdf").code == 2


def test_a_cell_of_a_log_is_no_formula(run, permit, folder):
    case = start(run, permit)["case"]
    item = run("work", "list", "--case", case, "--json").json["items"][0]["item"]
    run("work", "complete", item, "--as", "=cmd|' /C calc'!A0")

    run("case", "history", case, "-o", "log.csv")

    rows = csv.DictReader(io.StringIO((folder / "log.csv").read_text(encoding="utf-8-sig")))
    assert {row["person"] for row in rows if row["kind"] == "completed"} == {"'=cmd|' /C calc'!A0"}


def test_the_clocks_of_a_case(run, permit):
    case = start(run, permit)["case"]
    before = run("case", "clocks", case, "--json").json
    complete_all(run, case)
    after = run("case", "clocks", case, "--json").json

    assert [limit["due"] for limit in before["limits"]] == [None, None]
    assert [limit["clock"] for limit in after["limits"]] == ["legal", "promised"]
    assert all(limit["due"] and limit["late"] is False for limit in after["limits"])
    assert "法定" in run("case", "clocks", case).out


def test_measure_reads_the_database_by_the_same_measure(run, permit):
    for _ in range(3):
        complete_all(run, start(run, permit)["case"])
    start(run, permit)

    found = run("measure", "zaizao.db", "--json").json

    assert (found["process"], found["cases"], found["under_way"]) == ("permit", 3, 1)
    assert found["elapsed_working_s"]["source"] == found["work_s"]["source"] == "measured"
    assert found["elapsed_working_s"]["n"] == 3
    assert {one["id"] for one in found["activities"]} == {"accept", "decide"}
    assert [(one["from"] != one["to"]) for one in found["hand_overs"]] == [True]
    assert found["variants"] == 1
    assert [limit["inside"] for limit in found["limits"]] == [3, 3]
    page = run("measure", "zaizao.db").out
    assert "许可" in page
    assert "受理" in page


def test_a_report_says_which_side_was_measured(run, permit, folder):
    complete_all(run, start(run, permit)["case"])
    cancelled = start(run, permit)["case"]
    assert run("case", "cancel", cancelled, "--as", "甲", "--yes").code == 0

    answer = run("compare", permit, "zaizao.db", "--cases", 50, "-o", "r.html")
    measured = run("measure", "zaizao.db", "--json").json

    page = (folder / "r.html").read_text(encoding="utf-8")
    assert "n = 50 → 1" in answer.out
    assert "共用同一批随机数" not in page
    assert (measured["cases"], measured["broken_off"]) == (1, 1)


def test_the_database_is_backed_up_restored_and_verified(run, permit, folder):
    case = start(run, permit)["case"]

    assert run("db", "backup", "-o", "b.zip").code == 0
    restored = run("db", "restore", "b.zip", "--db", "new.db", "--json").json
    again = run("db", "restore", "b.zip", "--db", "new.db")
    released = run("db", "release", "--db", "new.db", "--yes")
    assert run("db", "root", "-o", "root.json").code == 0
    verified = run("db", "verify", "--root", "root.json", "--json").json

    assert (restored["cases"], restored["damage"]) == (1, [])
    assert again.code == 2
    assert released.code == 0
    assert run("case", "show", case, "--db", "new.db").code == 0
    assert (verified["cases"], verified["damage"]) == (1, [])
    assert run("db", "upgrade").code == run("db", "init").code == 0


def test_try_plays_a_case_without_a_database(run, permit, folder):
    found = run("try", permit, "--data", '{"a": 1}', "--json").json

    assert found["outcome"] == "completed"
    assert [one for one in found["trace"] if one in ("accept", "decide")] == ["accept", "decide"]
    assert found["data"] == {"a": 1}
    assert not (folder / "zaizao.db").exists()
    assert "受理" in run("try", permit).out


def test_a_file_that_cannot_be_run_is_refused_with_its_problems(run, folder):
    model = build("p").start().step("a").end().model
    script = model.evolve(
        nodes=tuple(
            node.evolve(kind="scriptTask", script="import os", script_format="python") if node.id == "a" else node
            for node in model.nodes
        )
    )
    (folder / "p.bpmn").write_bytes(write(script))

    tried = run("try", "p.bpmn", "--json")
    started = run("case", "start", "p.bpmn", "--as", "甲")

    assert tried.code == started.code == 1
    assert tried.json["outcome"] == "refused"
    assert run("try", "p.bpmn", "--skip-scripts", "--json").json["outcome"] == "completed"


def test_starting_a_check_loads_no_database_and_no_engine(root):
    import subprocess
    import sys

    asked = "import sys; sys.argv=['zaizao','flows']\nimport contextlib, zaizao.cli\n"
    asked += "with contextlib.suppress(SystemExit): zaizao.cli.main()\n"
    asked += "print([name for name in ('sqlalchemy', 'SpiffWorkflow', 'engine', 'store') if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, cwd=root, check=True)

    assert said.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("ending", [".json", ".html", ".docx", ".xlsx"])
def test_what_was_promised_is_compared_with_what_was_measured(run, permit, folder, ending):
    for _ in range(4):
        complete_all(run, start(run, permit)["case"])

    answer = run("compare", permit, "zaizao.db", "-o", f"report{ending}", "--cases", 50, "--json")

    assert answer.code == 0, answer.err
    cut = answer.json["cuts"]["time"]
    assert answer.json["before"]["time"]["work_s"]["source"] == "simulated"
    assert answer.json["after"]["time"]["work_s"]["source"] == "measured"
    assert cut["cut"] == pytest.approx(cut["before"] - cut["after"])
    assert cut["low"] <= cut["cut"] <= cut["high"]
    assert (folder / f"report{ending}").stat().st_size > 500


def test_a_database_without_a_case_that_ended_has_nothing_to_compare(run, permit):
    start(run, permit)

    answer = run("compare", permit, "zaizao.db", "--cases", 50)

    assert answer.code == 2
    assert "zaizao.db" in answer.err


def test_an_archive_is_measured_like_the_database(run, permit):
    pytest.importorskip("polars")
    complete_all(run, start(run, permit)["case"])
    before = run("measure", "zaizao.db", "--json").json

    moved = run("db", "archive", "-o", "kept", "--before", "2100-01-01", "--yes", "--json").json
    after = run("measure", "kept", "--json").json

    assert (moved["cases"], after["cases"], after["records"]) == (1, 1, before["records"])
    assert after["elapsed_calendar_s"]["mean"] == pytest.approx(before["elapsed_calendar_s"]["mean"])
    assert run("db", "verify", "--json").json["damage"] == []


def test_every_kind_of_record_has_its_word():
    for language in ("zh", "en"):
        words = load(language)
        assert [kind for kind in KINDS if f"cli.record.{kind}" not in words] == []
