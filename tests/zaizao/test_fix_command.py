"""`zaizao check --fix` as its users meet it."""

import pytest

from bpmn import build, read, write
from bpmn.layout import complete


@pytest.fixture
def untidy(tmp_path):
    """Give a file whose task has two ways out and whose diagram is missing."""
    builder = build(name="许可").start().step("a", name="受理").node("b", name="甲").node("c", name="乙")
    path = tmp_path / "as-is.bpmn"
    path.write_bytes(write(builder.to("b").at("a").to("c").at("b").end("e1").at("c").end("e2").model))
    return path


def test_what_was_done_is_told_and_the_repaired_file_is_checked(run, untidy, tmp_path):
    out = tmp_path / "mended.bpmn"

    answer = run("check", untidy, "--fix", "-o", out, "--json")

    assert answer.code == 0
    assert [fix["fix"] for fix in answer.json["fixed"]] == ["diagram", "implicit-split"]
    assert answer.json["fixed"][1]["element"] == "a"
    assert "受理" in answer.json["fixed"][1]["message"]
    assert answer.json["file"] == str(out)
    assert not any(problem["rule"] == "no-implicit-split" for problem in answer.json["problems"])
    assert read(out).node["a_split"].kind == "parallelGateway"


@pytest.mark.parametrize(("language", "words"), [("zh", "并行网关"), ("en", "parallel gateway")])
def test_the_page_says_what_was_done_in_the_users_language(run, untidy, tmp_path, language, words):
    answer = run("check", untidy, "--fix", "-o", tmp_path / "out.bpmn", "--lang", language)

    assert words in answer.out
    assert "{" not in answer.out


def test_a_drawn_start_has_its_name_in_the_users_language(run, tmp_path):
    path, out = tmp_path / "a.bpmn", tmp_path / "b.bpmn"
    path.write_bytes(write(build().step("a", name="受理").model))

    run("check", path, "--fix", "-o", out)

    assert {node.name for node in read(out).nodes} == {"开始", "受理", "结束"}


def test_the_file_given_is_never_written_over(run, untidy):
    before = untidy.read_bytes()

    answer = run("check", untidy, "--fix", "-o", untidy)

    assert answer.code == 2
    assert str(untidy) in answer.err
    assert untidy.read_bytes() == before


def test_a_file_with_nothing_to_repair_is_written_as_it_is(run, tmp_path):
    path, out = tmp_path / "a.bpmn", tmp_path / "b.bpmn"
    path.write_bytes(write(complete(build().start(name="收").step("a", name="办").end(name="结").model)))

    answer = run("check", path, "--fix", "-o", out)

    assert answer.code == 0
    assert out.read_bytes() == path.read_bytes()
    assert "原样写出" in answer.out


def test_what_stays_wrong_in_the_repaired_file_gives_code_1(run, tmp_path):
    path = tmp_path / "a.bpmn"
    path.write_bytes(write(build().start().step("a").end().node("b", name="无人来").model))

    answer = run("check", path, "--fix", "-o", tmp_path / "b.bpmn", "--json")

    assert answer.code == 1
    assert "unreachable" in {problem["problem"] for problem in answer.json["problems"]}


def test_a_file_that_cannot_be_read_is_not_repaired(run, tmp_path):
    path, out = tmp_path / "a.bpmn", tmp_path / "b.bpmn"
    path.write_bytes(b"<definitions")

    answer = run("check", path, "--fix", "-o", out)

    assert answer.code == 1
    assert not out.exists()
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["FILE", "--fix"], "-o"),
        (["FILE", "-o", "b.bpmn"], "--fix"),
        (["FILE", "FILE", "--fix", "-o", "b.bpmn"], "--fix"),
        (["FILE", "--fix", "-o", "b.png"], ".bpmn"),
        (["nowhere.bpmn", "--fix", "-o", "b.bpmn"], "nowhere.bpmn"),
    ],
)
def test_a_wrong_call_gets_one_sentence_and_leaves_with_2(run, untidy, arguments, named):
    answer = run("check", *[untidy if argument == "FILE" else argument for argument in arguments])

    assert answer.code == 2
    assert named in answer.err
    assert answer.err.count("\n") == 1


def test_every_repair_has_its_sentence_in_both_languages(root):
    from bpmn.fix.document import REPAIRS as OF_THE_FILE
    from bpmn.fix.flows import REPAIRS as OF_THE_FLOW
    from reports.words import load

    named = {repairs.__name__.replace("_", "-") for repairs in (*OF_THE_FILE, *OF_THE_FLOW)} | {"diagram"}
    told = {"start", "end", "done", "nothing"}
    page = (root / "docs" / "howto" / "repair-a-file.md").read_text(encoding="utf-8")

    for language in ("zh", "en"):
        sentences = {key.removeprefix("cli.fix.") for key in load(language).sentences if key.startswith("cli.fix.")}
        assert sentences - told == named
    assert [name for name in named if f"`{name}`" not in page] == []
