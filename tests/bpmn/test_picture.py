"""Pictures of drawings: the packaged font alone, missing characters named, large drawings kept within bounds."""

import struct

import pytest

from bpmn.build import build
from bpmn.drawing import draw
from bpmn.picture import LONGEST, MOST_PIXELS, missing_characters, png, size, texts


def svg(body="", width=100, height=50):
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">{body}</svg>'


def pixels(picture):
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", picture[16:24])


def test_a_picture_has_so_many_pixels_to_each_of_the_drawing():
    assert pixels(png(svg())) == (300, 150)
    assert pixels(png(svg(), zoom=1)) == (100, 50)


def test_the_same_drawing_gives_the_same_bytes():
    drawing = draw(build("permit").start().step("a", name="受理").end().model)

    assert png(drawing) == png(drawing)


@pytest.mark.parametrize("family", ["", ' font-family="Noto Sans CJK SC"', ' font-family="No Such Face, sans-serif"'])
def test_chinese_is_drawn_whatever_face_is_asked_for(family):
    text = f'<text x="10" y="30" font-size="20"{family}>受理</text>'

    assert png(svg(text)) != png(svg())


def test_only_the_packaged_font_is_used():
    """A character it lacks leaves nothing of a font of this machine: another such one looks the same."""
    pictures = [png(svg(f'<text x="10" y="30" font-size="20">{letter}</text>')) for letter in "\U0001f600\U0001f601"]

    assert pictures[0] == pictures[1]


def test_characters_without_a_shape_are_named_once_and_in_order():
    assert missing_characters("受理😀 Step → −1 ꙮ😀\u202f\n") == ("😀", "ꙮ")
    assert missing_characters("登记、核准（一）20.9 % · ①—“”") == ()


def test_what_a_drawing_says_is_read_without_its_marks():
    assert texts(svg('<title>no</title><text x="1">a &amp; <tspan>受</tspan></text><text>b</text>')) == "a & 受b"


def test_a_huge_drawing_is_drawn_smaller_instead_of_failing():
    across, down = pixels(png(svg(width=20_000, height=6_000)))

    assert across * down <= MOST_PIXELS * 1.01
    assert max(across, down) <= LONGEST
    assert across / down == pytest.approx(20_000 / 6_000, rel=0.01)


def test_the_size_of_a_drawing_is_the_one_it_says():
    assert size(svg(width=12.5, height=7)) == (12.5, 7.0)


def test_a_link_in_a_drawing_is_not_followed(tmp_path):
    secret = tmp_path / "secret.svg"
    secret.write_text(svg('<rect width="100" height="50" fill="#ff0000"/>'))

    assert png(svg(f'<image width="100" height="50" href="{secret}"/>')) == png(svg())
