"""A redesigned file carries its original."""

import pytest

from bpmn import build, read, write
from bpmn.origin import ChangedSince, NoOrigin, origin_of, with_origin


def a_file(name: str) -> bytes:
    return write(build("permit", name=name, matter="M1").start().step("check", purpose="title").end().model)


def test_the_original_comes_back_to_the_byte():
    before, after = a_file("前"), a_file("后")

    assert origin_of(with_origin(after, before)) == before


@pytest.mark.parametrize("codec", ["utf-16", "gb18030"])
def test_files_of_other_encodings_carry_their_original(codec):
    text = a_file("前").decode().replace("UTF-8", codec.upper()).replace("utf-8", codec)
    before = text.encode(codec)

    assert origin_of(with_origin(before, before)) == before


def test_the_file_reads_as_before():
    after = a_file("后")

    model = read(with_origin(after, a_file("前")))

    assert model == read(after)
    assert not model.faults


def test_a_file_changed_since_is_undone_only_by_force():
    data = with_origin(a_file("后"), a_file("前")).replace("后".encode(), "改".encode())

    with pytest.raises(ChangedSince):
        origin_of(data)
    assert origin_of(data, force=True) == a_file("前")


def test_a_redesign_of_a_redesign_goes_back_one_step_at_a_time():
    first = with_origin(a_file("二"), a_file("一"))

    second = with_origin(first.replace("二".encode(), "三".encode()), first)

    assert origin_of(second) == first
    assert origin_of(first) == a_file("一")


@pytest.mark.parametrize("text", [b"", b"not base64 at all!", b"AAAA"])
def test_a_file_without_an_original_says_so(text):
    data = with_origin(a_file("后"), a_file("前"))
    start = data.index(b">", data.index(b":origin")) + 1
    end = data.index(b"</", start)

    with pytest.raises(NoOrigin):
        origin_of(data[:start] + text + data[end:], force=True)
    with pytest.raises(NoOrigin):
        origin_of(a_file("前"))
