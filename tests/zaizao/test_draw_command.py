"""`zaizao draw` as its users meet it."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from bpmn import build, read, write
from bpmn.look import INKS


def test_a_file_without_a_diagram_is_drawn(run, make, tmp_path):
    picture = tmp_path / "out" / "permit.svg"

    answer = run("draw", make(), "-o", picture)

    assert answer.code == 0
    assert ElementTree.parse(picture).getroot().tag.endswith("svg")
    for name in ("受理", "审查", "复核", "决定", "窗口"):
        assert name in picture.read_text()


def test_a_file_gets_a_whole_diagram_and_then_keeps_it_to_the_byte(run, make, tmp_path):
    drawn, again = tmp_path / "drawn.bpmn", tmp_path / "again.bpmn"

    assert run("draw", make(), "-o", drawn).code == 0
    assert run("draw", drawn, "-o", again).code == 0

    model = read(drawn)
    assert {node.id for node in model.nodes} <= set(model.shape)
    assert {flow.id for flow in model.flows} <= set(model.edge)
    assert drawn.read_bytes() == again.read_bytes()


def test_a_file_becomes_a_picture(run, make, tmp_path):
    answer = run("draw", make(), "-o", tmp_path / "permit.png")

    assert (answer.code, answer.err) == (0, "")
    assert (tmp_path / "permit.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_character_the_picture_cannot_show_is_named(run, make, tmp_path, language):
    file = Path(make())
    file.write_text(file.read_text(encoding="utf-8").replace("复核", "复核\U0001f600"), encoding="utf-8")

    answer = run("draw", file, "-o", tmp_path / "permit.png", "--lang", language)

    assert answer.code == 0
    assert "U+1F600" in answer.err
    assert answer.err.count("\n") == 1


def test_a_picture_of_a_kind_nobody_writes_is_refused_in_one_sentence(run, make, tmp_path):
    answer = run("draw", make(), "-o", tmp_path / "permit.gif")

    assert answer.code == 2
    assert ".svg .png .bpmn" in answer.err
    assert not (tmp_path / "permit.gif").exists()


def test_an_unreadable_file_is_named_with_its_line(run, tmp_path):
    file = tmp_path / "draft.bpmn"
    file.write_text('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">\n<process id="p">\n<task')

    answer = run("draw", file, "-o", tmp_path / "draft.svg")

    assert answer.code == 1
    assert "draft.bpmn:3:" in answer.err
    assert answer.err.count("\n") == 1


def test_problems_are_marked_with_the_way_to_them_and_told_below(run, tmp_path):
    builder = build("p").start("s").exclusive("x").branch().step("t", name="审查").branch().step("u")
    model = builder.join("j").end().model
    stuck = model.evolve(nodes=tuple(n.evolve(kind="parallelGateway") if n.id == "j" else n for n in model.nodes))
    file, picture, plain = tmp_path / "stuck.bpmn", tmp_path / "stuck.svg", tmp_path / "plain.svg"
    file.write_bytes(write(stuck))

    assert run("draw", file, "-o", picture, "--problems").code == 0
    assert run("draw", file, "-o", plain).code == 0

    assert "永远等不到" in picture.read_text()
    assert INKS["passed"].line in picture.read_text()
    assert INKS["wrong"].line in picture.read_text()
    assert "永远等不到" not in plain.read_text()


def test_a_sound_file_has_nothing_to_mark(run, tmp_path):
    file = tmp_path / "sound.bpmn"
    file.write_bytes(write(build("p").start("s", name="申请").step("t", name="审查").end("e", name="办结").model))

    assert run("draw", file, "-o", tmp_path / "marked.svg", "--problems").code == 0
    assert run("draw", file, "-o", tmp_path / "plain.svg").code == 0

    assert (tmp_path / "marked.svg").read_bytes() == (tmp_path / "plain.svg").read_bytes()
