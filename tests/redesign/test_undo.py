"""A redesign is undone to the byte, whatever the file looks like."""

import pytest

from analysis.findings import find
from bpmn import read, write
from bpmn.build import build, needs
from bpmn.layout import redraw
from bpmn.origin import origin_of, with_origin
from redesign.move import move_of
from redesign.moves import apply


def a_file() -> bytes:
    builder = build("permit", name="许可", pool="县局").lane("县局").start("start")
    builder.step("look", name="查看", kind="check", purpose="a", materials=[needs("plan")])
    builder.step("hand on", name="转送", kind="forward")
    builder.step("look again", name="再看", kind="check", purpose="a", materials=[needs("plan")])
    return write(builder.step("decide", name="决定", kind="decide").end("end").model)


def redesigned(data: bytes) -> bytes:
    model = read(data)
    moves = [move for finding in find(model) if (move := move_of(finding)) is not None]
    made = apply(model, moves)
    assert len(made.moves) >= 2
    return with_origin(write(redraw(model, made.model)), data)


def dressed(data: bytes) -> bytes:
    """The file with comments, a foreign attribute and white space of its own."""
    text = data.decode().replace("<bpmn:process ", "<!-- 甲 -->\n\n<bpmn:process\n   xmlns:x='urn:x' x:mark='1'  ", 1)
    return (text + "<!-- behind -->\n").encode()


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data,
        dressed,
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        lambda data: data.decode().replace("UTF-8", "GB18030").encode("gb18030"),
        lambda data: b"\xef\xbb\xbf" + data,
    ],
    ids=["as written", "comments", "CRLF", "UTF-16", "GB18030", "byte order mark"],
)
def test_the_original_comes_back_to_the_byte(change):
    data = change(a_file())

    after = redesigned(data)

    assert origin_of(after) == data
    assert not read(after).faults
    assert "hand on" not in read(after).node


def test_the_four_procedures_come_back_to_the_byte(root):
    for file in sorted((root / "flows").glob("*/as-is.bpmn")):
        data = file.read_bytes()

        assert origin_of(redesigned(data)) == data
