"""The lines below a drawing: each note once, with its number, and the picture grows to hold them."""

import re

from bpmn import build
from bpmn.drawing import Mark, Note, draw


def height(drawing: str) -> float:
    found = re.search(r'viewBox="\S+ \S+ \S+ (\S+)"', drawing)
    assert found is not None
    return float(found[1])


def test_notes_stand_below_the_drawing() -> None:
    model = build("p").start("s").step("t", name="审查").end("e").model
    notes = [Note(text="走过的路", state="passed"), Note(text="「审查」之后没有出路", state="wrong", number=1)]

    plain, noted = draw(model), draw(model, marks={"t": Mark(state="wrong", number=1)}, notes=notes)

    assert height(noted) > height(plain) + 20
    assert noted.count("走过的路") == noted.count("「审查」之后没有出路") == 1
    assert noted.count(">1</text>") == 2


def test_a_long_note_is_broken_into_lines_and_cut_at_the_third() -> None:
    model = build("p").start("s").end("e").model

    noted = draw(model, notes=[Note(text="这里写得很长" * 60, number=1)])

    assert noted.count("这里写得很长") > 2
    assert "…" in noted


def test_a_note_cannot_end_the_text_it_stands_in() -> None:
    model = build("p").start("s").end("e").model

    assert "<script>" not in draw(model, notes=[Note(text="</text><script>alert(1)</script>")])
