"""The library finds, loads and names its procedures; a broken folder says what is wrong with it."""

from datetime import date
from pathlib import Path

import pytest

import flows

TABLE = """
class = "vertical"
law_as_of = 2026-11-24
[title]
zh = "违法建设处置"
en = "Illegal building"
[summary]
zh = "示例"
en = "Example"
"""

BASIS = """
[[basis]]
law = "行政许可法"
steps = ["Step_decide"]
known = "read"
[basis.says]
zh = "期限按工作日"
en = "Working days"
"""


def add(library: Path, name: str = "illegal-building", table: str = TABLE, *drawings: str) -> Path:
    folder = library / name
    folder.mkdir()
    (folder / "procedure.toml").write_text(table, encoding="utf-8")
    for drawing in drawings or ("as-is.bpmn", "to-be.bpmn"):
        (folder / drawing).touch()
    return folder


def fault(library: Path, table: str) -> flows.UnreadableProcedure:
    add(library, "faulty", table)
    with pytest.raises(flows.UnreadableProcedure) as caught:
        flows.load("faulty", library)
    return caught.value


def test_procedures_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    add(tmp_path, "pollution")
    add(tmp_path, "food-safety")

    assert flows.names(tmp_path) == ("food-safety", "pollution")
    assert [procedure.name for procedure in flows.procedures(tmp_path)] == ["food-safety", "pollution"]


def test_a_folder_without_a_table_is_no_procedure(tmp_path: Path) -> None:
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "notes.toml").touch()

    assert flows.procedures(tmp_path) == ()


def test_a_procedure_knows_its_drawings(tmp_path: Path) -> None:
    folder = add(tmp_path)

    procedure = flows.load("illegal-building", tmp_path)

    assert procedure.drawing("as-is") == folder / "as-is.bpmn"
    assert procedure.drawing("to-be") == folder / "to-be.bpmn"
    assert procedure.drawing("draft") is None
    assert (procedure.kind, procedure.law_as_of) == ("vertical", date(2026, 11, 24))


def test_a_procedure_without_a_better_drawing_has_none(tmp_path: Path) -> None:
    add(tmp_path, "illegal-building", TABLE, "as-is.bpmn")

    assert flows.load("illegal-building", tmp_path).to_be is None


def test_an_article_that_was_not_read_stays_empty(tmp_path: Path) -> None:
    add(tmp_path, "illegal-building", TABLE + BASIS)

    (basis,) = flows.load("illegal-building", tmp_path).basis

    assert (basis.law, basis.article, basis.known) == ("行政许可法", "", "read")


@pytest.mark.parametrize("name", ["illegal-building", "违法建设处置", "Illegal building", "ILLEGAL_BUILDING"])
def test_a_procedure_is_found_by_name_and_title(tmp_path: Path, name: str) -> None:
    add(tmp_path)

    assert flows.load(name, tmp_path).name == "illegal-building"


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("ilegal-bulding", ("illegal-building",)),
        ("违法建设", ("illegal-building",)),
        ("building", ("illegal-building",)),
        ("zzzz", ()),
        ("", ()),
        ("../illegal-building/..", ("illegal-building",)),
    ],
)
def test_an_unknown_name_is_told_what_looks_like_it(tmp_path: Path, name: str, near: tuple[str, ...]) -> None:
    add(tmp_path)
    add(tmp_path, "pollution", TABLE.replace("违法建设处置", "环境污染").replace("Illegal building", "Pollution"))

    with pytest.raises(flows.UnknownProcedure) as caught:
        flows.load(name, tmp_path)

    assert (caught.value.name, caught.value.near) == (name, near)


@pytest.mark.parametrize(
    ("table", "key", "reason"),
    [
        (TABLE.replace('class = "vertical"', ""), "class", "missing"),
        (TABLE.replace("vertical", "sideways"), "class", "unknown-value"),
        (TABLE.replace('"vertical"', "3"), "class", "wrong-type"),
        (TABLE.replace("2026-11-24", '"today"'), "law_as_of", "wrong-type"),
        (TABLE.replace("2026-11-24", "2026-11-24T10:00:00"), "law_as_of", "wrong-type"),
        (TABLE.replace('en = "Example"', ""), "summary.en", "missing"),
        (TABLE + 'fr = "Exemple"', "summary.fr", "unknown-key"),
        (TABLE + BASIS.replace('known = "read"', 'known = "guessed"'), "basis[1].known", "unknown-value"),
        (TABLE + BASIS.replace('["Step_decide"]', '"Step_decide"'), "basis[1].steps", "wrong-type"),
        (TABLE + BASIS.replace('["Step_decide"]', "[1]"), "basis[1].steps", "wrong-type"),
        (TABLE + BASIS.replace("law =", "lawe ="), "basis[1].lawe", "unknown-key"),
        ("basis = [1]\n" + TABLE, "basis[1]", "wrong-type"),
        ("calibration = 1\n" + TABLE, "calibration", "wrong-type"),
    ],
)
def test_a_fault_in_a_table_names_its_place(tmp_path: Path, table: str, key: str, reason: str) -> None:
    found = fault(tmp_path, table)

    assert (found.file, found.key, found.reason) == (tmp_path / "faulty" / "procedure.toml", key, reason)


@pytest.mark.parametrize("content", [b"class = ", b"\xff\xfe", b"a = " + b"[" * 100_000])
def test_a_table_that_is_no_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    folder = add(tmp_path)
    (folder / "procedure.toml").write_bytes(content)

    with pytest.raises(flows.UnreadableProcedure) as caught:
        flows.load("illegal-building", tmp_path)

    assert caught.value.reason.startswith("not-toml")


def test_a_procedure_without_today_is_refused(tmp_path: Path) -> None:
    add(tmp_path, "illegal-building", TABLE, "to-be.bpmn")

    with pytest.raises(flows.UnreadableProcedure) as caught:
        flows.load("illegal-building", tmp_path)

    assert (caught.value.file.name, caught.value.reason) == ("as-is.bpmn", "no-such-file")


def test_every_procedure_that_comes_with_the_program_can_be_loaded() -> None:
    assert "business-start-up" in flows.names()
    assert [procedure.name for procedure in flows.procedures()] == list(flows.names())
