"""Names are never paths: neither the names in a file nor the name of a file decides where something is written."""

import os
from xml.sax.saxutils import quoteattr

import pytest

from bpmn import read
from tests.hostile.families import file

NAMES = (
    "../../../tmp/evil", "/etc/evil", "C:\\evil", "\\\\host\\share", "CON", "NUL.bpmn", "a" * 300, "a\nb", "-rf",
    "--json",
    "$(touch evil)", "`touch evil`", "; touch evil;", "%00", "~", ".", "..", "*", "?x",
    "|touch evil", "evil", "ｅ́",
)  # fmt: skip
FILES = (
    "a b.bpmn", "it's.bpmn", 'say "x".bpmn', ";touch evil;.bpmn", "$(touch evil).bpmn", "-o.bpmn", "--help.bpmn",
    "a\nb.bpmn",
    "\u202egnp.bpmn", "%s{0}{name}.bpmn", "\x1b[31mred.bpmn", "x" * 240 + ".bpmn", "许可 証.bpmn", "#?&.bpmn", "~.bpmn",
)  # fmt: skip


def named(name: str) -> bytes:
    """A permit in which everything goes by one name."""
    said = quoteattr(name, {"\n": "&#10;"})
    return file(
        f'<process id="p" name={said}><extensionElements><gov:procedure matter={said}/></extensionElements>'
        f'<laneSet id="x"><lane id="l" name={said}><flowNodeRef>t</flowNodeRef></lane></laneSet><startEvent id="s"/>'
        f'<task id="t" name={said}/><endEvent id="e"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/>'
        '<sequenceFlow id="g" sourceRef="t" targetRef="e"/></process>'
    ).replace(b'"t"', said.encode() if "\n" not in name else b'"t"')


@pytest.mark.parametrize("name", NAMES)
def test_no_name_in_a_file_decides_where_something_is_written(call, save, tmp_path, name):
    before = set(tmp_path.iterdir())
    path = save(named(name))

    call("check", path)
    call("draw", path, "-o", "out.svg")
    call("study", path, "-o", "out", "--cases", "10")

    assert set(tmp_path.iterdir()) - before <= {path, tmp_path / "out.svg", tmp_path / "out"}
    assert not list(tmp_path.rglob("*evil*"))
    assert {entry.suffix for entry in (tmp_path / "out").glob("*")} <= {
        ".html",
        ".docx",
        ".xlsx",
        ".json",
        ".svg",
        ".bpmn",
    }


@pytest.mark.skipif(os.name == "nt", reason="forbids most of these names")
@pytest.mark.parametrize("name", FILES)
def test_a_file_may_be_called_anything(call, save, tmp_path, name):
    path = save(named("审查"), name)

    for arguments in (("check", path), ("check", "--", name), ("time", path, "--cases", "10"), ("find", path)):
        assert call(*arguments).code == 0, arguments
    assert call("draw", path, "-o", tmp_path / f"{name[:200]}.svg").code == 0
    assert call("draw", path, "-o", tmp_path / f"{name[:200]}.bpmn").code == 0
    assert call("study", path, "-o", tmp_path / "out", "--cases", "10").code == 0
    assert len(read(path).nodes) == 3
    assert not list(tmp_path.rglob("evil"))


def test_a_result_is_not_written_through_where_somebody_laid_a_link(call, save, tmp_path):
    goal = tmp_path / "kept.txt"
    goal.write_text("kept")
    link = tmp_path / "out.svg"
    link.symlink_to(goal)

    call("draw", save(named("审查")), "-o", link)

    assert goal.read_text() == "kept"
    assert link.read_text().startswith("<svg")


def test_an_output_that_cannot_be_written_is_refused_in_a_sentence(call, save, tmp_path):
    path = save(named("审查"))

    for target in ("out.exe", "out", ""):
        answer = call("draw", path, "-o", target)
        assert answer.code == 2, target
    assert not (tmp_path / "out.exe").exists()


def test_a_model_keeps_the_file_it_is_drawn_over(call, save):
    path = save(named("审查"))

    assert call("draw", path, "-o", path).code == 0
    assert read(path).node
